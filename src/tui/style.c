/* Looks: which attributes and colours each style role has on this terminal. */
#include "config.h"

#include "tui/style.h"

#include <curses.h>

/* Colours are middle tones that can be read on a light and on a dark ground; -1 is the terminal's
 * own. */
struct style_row {
    char letter;
    short color256, color8;
    attr_t with_color, without_color;
};

#define STATE(name) [VIEW_ROLE_STATE + TRACK_##name]

/* clang-format off */
static const struct style_row styles[TUI_ROLES] = {
    [VIEW_ROLE_PLAIN]       = {'.', -1, -1, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_DIM]         = {'d', 244, -1, A_NORMAL, A_DIM},
    [VIEW_ROLE_TITLE]       = {'t', -1, -1, A_BOLD, A_BOLD},
    [VIEW_ROLE_ENDPOINT]    = {'e', -1, -1, A_BOLD, A_BOLD},
    [VIEW_ROLE_TIME]        = {'m', 244, -1, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_RULE]        = {'-', 244, -1, A_NORMAL, A_DIM},
    [VIEW_ROLE_SECTION]     = {'s', -1, -1, A_BOLD, A_BOLD},
    [VIEW_ROLE_ARROW]       = {'a', 37, COLOR_CYAN, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_ARROW_RESET] = {'A', 167, COLOR_RED, A_NORMAL, A_BOLD},
    [VIEW_ROLE_ARROW_LOST]  = {'L', 167, COLOR_RED, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_ARROW_REPEATED] = {'R', 172, COLOR_YELLOW, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_ARROW_OUT_OF_ORDER] = {'O', 169, COLOR_MAGENTA, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_ARROW_IGNORED] = {'I', 244, -1, A_NORMAL, A_DIM},
    [VIEW_ROLE_FLAGS]       = {'f', -1, -1, A_BOLD, A_BOLD},
    [VIEW_ROLE_FLAGS_RESET] = {'F', 167, COLOR_RED, A_BOLD, A_BOLD},
    [VIEW_ROLE_NUMBER]      = {'n', -1, -1, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_HOLDS]       = {'v', 71, COLOR_GREEN, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_BREAKS]      = {'x', 167, COLOR_RED, A_BOLD, A_BOLD},
    [VIEW_ROLE_FINDING]     = {'!', 172, COLOR_YELLOW, A_BOLD, A_BOLD},
    [VIEW_ROLE_REMARK]      = {'r', 244, -1, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_FOLD]        = {'z', 67, COLOR_BLUE, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_GAP]         = {'g', 244, -1, A_NORMAL, A_DIM},
    [VIEW_ROLE_NOTE]        = {'i', 136, COLOR_YELLOW, A_NORMAL, A_NORMAL},
    [VIEW_ROLE_CLIENT]      = {'C', 75, COLOR_BLUE, A_BOLD, A_BOLD},
    [VIEW_ROLE_SERVER]      = {'V', 208, COLOR_YELLOW, A_BOLD, A_BOLD},
    [VIEW_ROLE_BOTH]        = {'B', -1, -1, A_BOLD, A_BOLD},
    STATE(UNKNOWN)          = {'0', 244, -1, A_NORMAL, A_DIM},
    STATE(CLOSED)           = {'1', 244, -1, A_NORMAL, A_NORMAL},
    STATE(LISTEN)           = {'2', 66, COLOR_CYAN, A_NORMAL, A_NORMAL},
    STATE(SYN_SENT)         = {'3', 172, COLOR_YELLOW, A_NORMAL, A_NORMAL},
    STATE(SYN_RECEIVED)     = {'4', 178, COLOR_YELLOW, A_NORMAL, A_NORMAL},
    STATE(ESTABLISHED)      = {'5', 71, COLOR_GREEN, A_NORMAL, A_NORMAL},
    STATE(FIN_WAIT_1)       = {'6', 68, COLOR_BLUE, A_NORMAL, A_NORMAL},
    STATE(FIN_WAIT_2)       = {'7', 74, COLOR_CYAN, A_NORMAL, A_NORMAL},
    STATE(CLOSE_WAIT)       = {'8', 169, COLOR_MAGENTA, A_NORMAL, A_NORMAL},
    STATE(CLOSING)          = {'9', 167, COLOR_RED, A_NORMAL, A_NORMAL},
    STATE(LAST_ACK)         = {'a', 133, COLOR_MAGENTA, A_NORMAL, A_NORMAL},
    STATE(TIME_WAIT)        = {'b', 98, COLOR_BLUE, A_NORMAL, A_NORMAL},
    [TUI_ROLE_HEAD]         = {'H', -1, -1, A_REVERSE, A_REVERSE},
    [TUI_ROLE_HEAD_SORTED]  = {'S', -1, -1, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD | A_UNDERLINE},
    [TUI_ROLE_BAR_KEY]      = {'K', 37, COLOR_CYAN, A_BOLD, A_BOLD},
    [TUI_ROLE_BAR_WORD]     = {'W', -1, -1, A_NORMAL, A_NORMAL},
    [TUI_ROLE_WARNING]      = {'w', 167, COLOR_RED, A_BOLD, A_BOLD},
    [TUI_ROLE_PROGRESS]     = {'P', -1, -1, A_REVERSE, A_REVERSE},
    [TUI_ROLE_PROMPT]       = {'p', -1, -1, A_BOLD, A_BOLD},
};
/* clang-format on */

#define SELECTED_PAIR (TUI_ROLES + 1)

/* What a theme has in place of a colour of the table above; 0: the same. */
static const short tones[TUI_THEMES][TUI_ROLES] = {
    [TUI_THEME_DARK] = {[VIEW_ROLE_DIM] = 248,
                        [VIEW_ROLE_TIME] = 248,
                        [VIEW_ROLE_RULE] = 248,
                        [VIEW_ROLE_ARROW] = 80,
                        [VIEW_ROLE_ARROW_RESET] = 203,
                        [VIEW_ROLE_FLAGS_RESET] = 203,
                        [VIEW_ROLE_ARROW_LOST] = 203,
                        [VIEW_ROLE_ARROW_REPEATED] = 215,
                        [VIEW_ROLE_ARROW_OUT_OF_ORDER] = 218,
                        [VIEW_ROLE_ARROW_IGNORED] = 248,
                        [VIEW_ROLE_HOLDS] = 114,
                        [VIEW_ROLE_BREAKS] = 203,
                        [VIEW_ROLE_FINDING] = 215,
                        [VIEW_ROLE_REMARK] = 248,
                        [VIEW_ROLE_FOLD] = 110,
                        [VIEW_ROLE_GAP] = 248,
                        [VIEW_ROLE_NOTE] = 186,
                        STATE(UNKNOWN) = 246,
                        STATE(CLOSED) = 250,
                        STATE(LISTEN) = 109,
                        STATE(SYN_SENT) = 215,
                        STATE(SYN_RECEIVED) = 221,
                        STATE(ESTABLISHED) = 114,
                        STATE(FIN_WAIT_1) = 111,
                        STATE(FIN_WAIT_2) = 117,
                        STATE(CLOSE_WAIT) = 218,
                        STATE(CLOSING) = 203,
                        STATE(LAST_ACK) = 176,
                        STATE(TIME_WAIT) = 141,
                        [TUI_ROLE_BAR_KEY] = 80,
                        [TUI_ROLE_WARNING] = 203},
    [TUI_THEME_LIGHT] = {[VIEW_ROLE_DIM] = 240,
                         [VIEW_ROLE_TIME] = 240,
                         [VIEW_ROLE_RULE] = 240,
                         [VIEW_ROLE_ARROW] = 24,
                         [VIEW_ROLE_ARROW_RESET] = 124,
                         [VIEW_ROLE_FLAGS_RESET] = 124,
                         [VIEW_ROLE_ARROW_LOST] = 124,
                         [VIEW_ROLE_ARROW_REPEATED] = 94,
                         [VIEW_ROLE_ARROW_OUT_OF_ORDER] = 126,
                         [VIEW_ROLE_ARROW_IGNORED] = 240,
                         [VIEW_ROLE_HOLDS] = 22,
                         [VIEW_ROLE_BREAKS] = 124,
                         [VIEW_ROLE_FINDING] = 94,
                         [VIEW_ROLE_REMARK] = 240,
                         [VIEW_ROLE_FOLD] = 25,
                         [VIEW_ROLE_GAP] = 240,
                         [VIEW_ROLE_NOTE] = 58,
                         STATE(UNKNOWN) = 241,
                         STATE(CLOSED) = 238,
                         STATE(LISTEN) = 23,
                         STATE(SYN_SENT) = 130,
                         STATE(SYN_RECEIVED) = 94,
                         STATE(ESTABLISHED) = 22,
                         STATE(FIN_WAIT_1) = 25,
                         STATE(FIN_WAIT_2) = 24,
                         STATE(CLOSE_WAIT) = 126,
                         STATE(CLOSING) = 124,
                         STATE(LAST_ACK) = 90,
                         STATE(TIME_WAIT) = 55,
                         [VIEW_ROLE_CLIENT] = 25,
                         [VIEW_ROLE_SERVER] = 94,
                         [TUI_ROLE_BAR_KEY] = 24,
                         [TUI_ROLE_WARNING] = 124},
    /* the palette of Okabe and Ito: vermilion and bluish green in place of red and green */
    [TUI_THEME_COLOR_BLIND] = {[VIEW_ROLE_ARROW] = 74,
                               [VIEW_ROLE_ARROW_RESET] = 166,
                               [VIEW_ROLE_FLAGS_RESET] = 166,
                               [VIEW_ROLE_ARROW_LOST] = 166,
                               [VIEW_ROLE_ARROW_OUT_OF_ORDER] = 175,
                               [VIEW_ROLE_HOLDS] = 36,
                               [VIEW_ROLE_BREAKS] = 166,
                               [VIEW_ROLE_FINDING] = 172,
                               STATE(LISTEN) = 66,
                               STATE(SYN_SENT) = 172,
                               STATE(SYN_RECEIVED) = 178,
                               STATE(ESTABLISHED) = 36,
                               STATE(FIN_WAIT_1) = 32,
                               STATE(FIN_WAIT_2) = 74,
                               STATE(CLOSE_WAIT) = 175,
                               STATE(CLOSING) = 166,
                               STATE(LAST_ACK) = 132,
                               STATE(TIME_WAIT) = 25,
                               [TUI_ROLE_BAR_KEY] = 74,
                               [TUI_ROLE_WARNING] = 166},
};

static bool has_color;
static enum tui_theme theme_used;

void tui_style_set_theme(enum tui_theme theme)
{
    theme_used = theme < TUI_THEMES ? theme : TUI_THEME_DEFAULT;
}

enum tui_theme tui_style_theme(void)
{
    return theme_used;
}

short tui_style_color(enum tui_theme theme, uint8_t role)
{
    enum tui_theme from = theme == TUI_THEME_PROJECTOR ? TUI_THEME_LIGHT : theme;
    return tones[from][role] != 0 ? tones[from][role] : styles[role].color256;
}

void tui_style_init(bool color)
{
    has_color = color && theme_used != TUI_THEME_MONO && has_colors() && start_color() == OK;
    if (!has_color)
        return;
    short own = use_default_colors() == OK ? -1 : COLOR_BLACK;
    for (short role = 0; role < TUI_ROLES; role++) {
        short foreground =
            COLORS >= 256 ? tui_style_color(theme_used, (uint8_t)role) : styles[role].color8;
        if (foreground < 0)
            foreground = own < 0 ? -1 : COLOR_WHITE;
        init_pair((short)(role + 1), foreground, own);
    }
    init_pair(SELECTED_PAIR, COLOR_BLACK, COLOR_CYAN);
}

struct tui_look tui_style_look(uint8_t role)
{
    uint8_t plain = role & (uint8_t)~TUI_ROLE_SELECTED;
    const struct style_row *style = &styles[plain < TUI_ROLES ? plain : VIEW_ROLE_PLAIN];
    struct tui_look look = {.attributes = has_color ? style->with_color : style->without_color};
    if (has_color)
        look.pair = (short)(plain + 1);
    if (theme_used == TUI_THEME_PROJECTOR)
        look.attributes = (look.attributes & ~(uint32_t)A_DIM) | A_BOLD;
    if ((role & TUI_ROLE_SELECTED) == 0)
        return look;
    look.attributes &= A_BOLD;
    if (has_color)
        look.pair = SELECTED_PAIR;
    else
        look.attributes |= A_REVERSE;
    return look;
}

char tui_style_letter(uint8_t role)
{
    if (role & TUI_ROLE_SELECTED)
        return '#';
    return role < TUI_ROLES ? styles[role].letter : '?';
}
