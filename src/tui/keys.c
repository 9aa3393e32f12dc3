/* Keys: their codes and names, and the one table that says what each does where. */
#include "config.h"

#include "tui/keys.h"

#include "base/intl.h"

#include <string.h>

/* Those that look at one segment after the other. */
#define STEPPED (TUI_IN_TIMELINE | TUI_IN_STATES | TUI_IN_SEGMENT | TUI_IN_SEQUENCE)
#define LISTS (TUI_IN_CONNECTIONS | STEPPED | TUI_IN_LANES)
#define REST (STEPPED | TUI_IN_LANES | TUI_IN_HELP | TUI_IN_QUIZ | TUI_IN_LEGEND)
#define CONTROL TUI_KEY_CONTROL

/* clang-format off */
/* The order is that of the help screen and of the key bar. */
static const struct tui_binding bindings[] = {
    {{TUI_KEY_UP, 'k'}, TUI_ACTION_UP, TUI_IN_ALL, NULL, N_("one line up")},
    {{TUI_KEY_DOWN, 'j'}, TUI_ACTION_DOWN, TUI_IN_ALL, NULL, N_("one line down")},
    {{TUI_KEY_PAGE_UP, 'b', CONTROL('b')}, TUI_ACTION_PAGE_UP, TUI_IN_ALL, NULL, N_("one page up")},
    {{TUI_KEY_PAGE_DOWN, CONTROL('f')}, TUI_ACTION_PAGE_DOWN, TUI_IN_ALL, NULL, N_("one page down")},
    {{TUI_KEY_HOME, 'g'}, TUI_ACTION_FIRST, TUI_IN_ALL, NULL, N_("to the first line")},
    {{TUI_KEY_END, 'G'}, TUI_ACTION_LAST, TUI_IN_ALL, NULL, N_("to the last line")},
    {{' '}, TUI_ACTION_PAGE_DOWN, TUI_IN_ALL & ~(TUI_IN_CONNECTIONS | TUI_IN_COLUMNS | TUI_IN_SAVE), NULL,
     N_("one page down, but in the list")},
    {{TUI_KEY_ENTER}, TUI_ACTION_OPEN, TUI_IN_CONNECTIONS, N_("Open"), N_("open the connection")},
    {{' '}, TUI_ACTION_MARK, TUI_IN_CONNECTIONS, N_("Mark"), N_("mark the connection, or unmark it")},
    {{'a'}, TUI_ACTION_MARK_SHOWN, TUI_IN_CONNECTIONS, NULL,
     N_("mark all that are shown; again: unmark them")},
    {{'x'}, TUI_ACTION_MARK_OTHERS, TUI_IN_CONNECTIONS, NULL,
     N_("of those that are shown, mark just the others")},
    {{'o', 'T'}, TUI_ACTION_COLUMNS, TUI_IN_CONNECTIONS, NULL, N_("choose the columns")},
    {{'O', TUI_KEY_F(8)}, TUI_ACTION_SETTINGS, LISTS, NULL, N_("settings, and to save them")},
    {{'s', TUI_KEY_F(2)}, TUI_ACTION_SAVE_SETTINGS, TUI_IN_SETTINGS, N_("Save"),
     N_("save what was changed in the settings file")},
    {{'o'}, TUI_ACTION_COLUMNS, TUI_IN_SETTINGS, N_("Columns"), N_("choose the columns of the list")},
    {{'q', TUI_KEY_ESCAPE, TUI_KEY_ENTER, 'O'}, TUI_ACTION_BACK, TUI_IN_SETTINGS, N_("Back"),
     N_("back to where the settings were opened")},
    {{'A'}, TUI_ACTION_ALIASES, LISTS, NULL, N_("aliases, or addresses")},
    {{TUI_KEY_F(2), 'W'}, TUI_ACTION_SAVE, TUI_IN_CONNECTIONS, N_("Save"),
     N_("save what is marked, selected or shown")},
    {{TUI_KEY_F(2)}, TUI_ACTION_SAVE, STEPPED, NULL, N_("save the connection")},
    {{TUI_KEY_ENTER}, TUI_ACTION_SAVE, TUI_IN_SAVE, N_("Save"), N_("save")},
    {{TUI_KEY_RIGHT}, TUI_ACTION_CHOICE, TUI_IN_SAVE | TUI_IN_SETTINGS, N_("Choose"), N_("the next choice")},
    {{TUI_KEY_LEFT}, TUI_ACTION_CHOICE_BACK, TUI_IN_SAVE | TUI_IN_SETTINGS, NULL, N_("the choice before")},
    {{TUI_KEY_ESCAPE}, TUI_ACTION_BACK, TUI_IN_SAVE, N_("Back"), N_("save nothing; while saving: stop")},
    {{' '}, TUI_ACTION_TOGGLE, TUI_IN_COLUMNS, N_("Show"), N_("show the column, or not")},
    {{'<', ',', 'K'}, TUI_ACTION_MOVE_UP, TUI_IN_COLUMNS, NULL, N_("move it to the left")},
    {{'>', '.', 'J'}, TUI_ACTION_MOVE_DOWN, TUI_IN_COLUMNS, N_("Move"), N_("move it to the right")},
    {{'+', '='}, TUI_ACTION_WIDER, TUI_IN_COLUMNS, N_("Wider"), N_("make it wider")},
    {{'-', '_'}, TUI_ACTION_NARROWER, TUI_IN_COLUMNS, N_("Narrower"), N_("make it narrower")},
    {{'s'}, TUI_ACTION_SORT, TUI_IN_COLUMNS, N_("Sort"), N_("sort by it; again: the other way round")},
    {{'R'}, TUI_ACTION_RESET, TUI_IN_COLUMNS, N_("Reset"), N_("as they were at first")},
    {{'q', TUI_KEY_ESCAPE, TUI_KEY_ENTER, 'o'}, TUI_ACTION_BACK, TUI_IN_COLUMNS, N_("Back"),
     N_("back to the list")},
    {{TUI_KEY_ENTER}, TUI_ACTION_OPEN, TUI_IN_START, N_("Open"), N_("open what is selected")},
    {{TUI_KEY_ENTER, 'o'}, TUI_ACTION_OPEN, TUI_IN_LESSON, N_("Replay"),
     N_("the timeline of its capture, at its beginning")},
    {{'a'}, TUI_ACTION_SHOW_ANSWER, TUI_IN_LESSON, N_("Answer"), N_("show the answer, or hide it")},
    {{'n', TUI_KEY_RIGHT}, TUI_ACTION_NEXT_CONNECTION, TUI_IN_LESSON, N_("Next"), N_("the next lesson")},
    {{'p', 'N', TUI_KEY_LEFT}, TUI_ACTION_PREVIOUS_CONNECTION, TUI_IN_LESSON, N_("Prev"),
     N_("the lesson before")},
    {{'w'}, TUI_ACTION_QUIZ, TUI_IN_LESSON, N_("Quiz"), N_("a quiz on its capture: what comes next?")},
    {{'1', '2', '3', '4', '5', '6', '7', '8', '9'}, TUI_ACTION_OPEN_AT_ONCE, TUI_IN_START,
     N_("Open at once"), N_("open what has this number")},
    {{'q', TUI_KEY_ESCAPE, TUI_KEY_BACKSPACE}, TUI_ACTION_BACK, TUI_IN_LANES, N_("Back"),
     N_("back to where you came from")},
    {{'q', TUI_KEY_ESCAPE, TUI_KEY_LEFT, TUI_KEY_BACKSPACE}, TUI_ACTION_BACK, REST & ~TUI_IN_LANES, N_("Back"),
     N_("back to where you came from")},
    {{'l', TUI_KEY_ENTER}, TUI_ACTION_BACK, TUI_IN_LEGEND, NULL, N_("back to where you came from")},
    {{'v', TUI_KEY_ENTER}, TUI_ACTION_SEGMENT, (STEPPED & ~TUI_IN_SEGMENT) | TUI_IN_LANES, N_("Segment"),
     N_("the segment in full: layers, header, sums, bytes")},
    {{'m'}, TUI_ACTION_STATES, (STEPPED & ~TUI_IN_STATES) | TUI_IN_LANES, N_("States"),
     N_("the state machine, with both ends in it")},
    {{'s'}, TUI_ACTION_SEQUENCE, (STEPPED & ~TUI_IN_SEQUENCE) | TUI_IN_LANES, N_("Space"),
     N_("the sequence space: windows, and a graph over time")},
    {{'i'}, TUI_ACTION_ZOOM_IN, TUI_IN_SEQUENCE, N_("In"), N_("zoom into the graph")},
    {{'o'}, TUI_ACTION_ZOOM_OUT, TUI_IN_SEQUENCE, N_("Out"), N_("zoom out of it")},
    {{'<', ','}, TUI_ACTION_PAN_BACK, TUI_IN_SEQUENCE, NULL, N_("move the graph to earlier times")},
    {{'>', '.'}, TUI_ACTION_PAN_ON, TUI_IN_SEQUENCE, NULL, N_("move the graph to later times")},
    {{'d', TUI_KEY_TAB}, TUI_ACTION_OTHER_DIRECTION, TUI_IN_SEQUENCE, N_("Direction"),
     N_("the graph of the other direction")},
    {{'e'}, TUI_ACTION_EDGE, TUI_IN_SEQUENCE, N_("Edge"), N_("fit the window's edge into the graph, or not")},
    {{'n', TUI_KEY_RIGHT}, TUI_ACTION_NEXT_CONNECTION, STEPPED, N_("Next"),
     N_("the next connection of the list")},
    {{'p', 'N'}, TUI_ACTION_PREVIOUS_CONNECTION, STEPPED, N_("Prev"),
     N_("the connection before this one")},
    {{'z'}, TUI_ACTION_FOLD, TUI_IN_TIMELINE | TUI_IN_LANES, N_("Fold"),
     N_("fold or unfold the runs of plain data")},
    {{'x'}, TUI_ACTION_FOLD_SECTION, TUI_IN_TIMELINE, NULL,
     N_("fold or unfold the section of the selected line: open, data or close")},
    {{'X'}, TUI_ACTION_FOLD_SECTIONS, TUI_IN_TIMELINE, NULL, N_("fold or unfold all sections")},
    {{'l'}, TUI_ACTION_LEGEND, STEPPED | TUI_IN_LANES, N_("Legend"),
     N_("what is this? names all that is drawn of the selected segment")},
    {{'L'}, TUI_ACTION_LESSON, TUI_IN_TIMELINE, N_("Lesson"),
     N_("the pane below: what is worth remembering here, or the numbers")},
    {{'K'}, TUI_ACTION_CALLS, TUI_IN_TIMELINE, NULL,
     N_("socket calls and the kernels' states: both, calls only, neither")},
    {{'W'}, TUI_ACTION_WIDER, TUI_IN_TIMELINE, NULL, N_("wider lanes, beyond the screen if need be")},
    {{'T'}, TUI_ACTION_TIGHTER, TUI_IN_TIMELINE, NULL, N_("narrower lanes")},
    {{'<', ','}, TUI_ACTION_PAN_BACK, TUI_IN_TIMELINE, NULL, N_("scroll to the left")},
    {{'>', '.'}, TUI_ACTION_PAN_ON, TUI_IN_TIMELINE, NULL, N_("scroll to the right")},
    {{'S'}, TUI_ACTION_SEQUENCE_MODE, STEPPED | TUI_IN_LANES, N_("Seq"),
     N_("sequence numbers: relative, or as on the wire")},
    {{'t'}, TUI_ACTION_TIME_MODE, TUI_IN_TIMELINE | TUI_IN_LANES, N_("Time"),
     N_("times: since the line before, since the start, of day")},
    {{'d', TUI_KEY_TAB}, TUI_ACTION_DETAIL, TUI_IN_TIMELINE, N_("Detail"),
     N_("show or hide what explains the selected segment")},
    {{']'}, TUI_ACTION_NEXT_FINDING, STEPPED, NULL, N_("to the next segment with a finding")},
    {{'['}, TUI_ACTION_PREVIOUS_FINDING, STEPPED, NULL, N_("to the one before with a finding")},
    {{'c'}, TUI_ACTION_NEXT_CHANGE, STEPPED, NULL, N_("to the next segment that moves a state")},
    {{'C'}, TUI_ACTION_PREVIOUS_CHANGE, STEPPED, NULL, N_("to the one before that moves a state")},
    {{'M'}, TUI_ACTION_MERGE, TUI_IN_CONNECTIONS | TUI_IN_TIMELINE | TUI_IN_LANES, NULL,
     N_("several connections side by side on one axis of time: those marked, or from here on")},
    {{'D'}, TUI_ACTION_COMPARE, TUI_IN_CONNECTIONS | TUI_IN_TIMELINE | TUI_IN_LANES, NULL,
     N_("two connections compared, where they first differ: those marked, or this and the next")},
    {{'<', ',', TUI_KEY_LEFT}, TUI_ACTION_PAN_BACK, TUI_IN_LANES, NULL,
     N_("to the lanes on the left")},
    {{'>', '.', TUI_KEY_RIGHT}, TUI_ACTION_PAN_ON, TUI_IN_LANES, NULL,
     N_("to the lanes on the right")},
    {{']', 'c', 'n'}, TUI_ACTION_NEXT_DIFFERENCE, TUI_IN_LANES, N_("Differs"),
     N_("compared: to the next difference")},
    {{'[', 'C', 'N'}, TUI_ACTION_PREVIOUS_DIFFERENCE, TUI_IN_LANES, NULL,
     N_("compared: to the difference before")},
    {{'m'}, TUI_ACTION_STATES, TUI_IN_CONNECTIONS, NULL, N_("the state machine, with both ends in it")},
    {{'s'}, TUI_ACTION_SEQUENCE, TUI_IN_CONNECTIONS, NULL,
     N_("the sequence space: windows, and a graph over time")},
    {{'/', '\\', TUI_KEY_F(4)}, TUI_ACTION_FILTER, TUI_IN_CONNECTIONS, N_("Filter"),
     N_("show only the connections that match (below)")},
    {{TUI_KEY_ESCAPE}, TUI_ACTION_CLEAR_FILTER, TUI_IN_CONNECTIONS, NULL, N_("show all connections")},
    {{'>', '.', TUI_KEY_RIGHT, TUI_KEY_F(6)}, TUI_ACTION_SORT_RIGHT, TUI_IN_CONNECTIONS, N_("Sort"),
     N_("sort by the next column")},
    {{'<', ',', TUI_KEY_LEFT}, TUI_ACTION_SORT_LEFT, TUI_IN_CONNECTIONS, NULL,
     N_("sort by the column before")},
    {{'r', 'I'}, TUI_ACTION_REVERSE, TUI_IN_CONNECTIONS, N_("Reverse"), N_("sort the other way round")},
    {{TUI_KEY_F1, '?', 'h'}, TUI_ACTION_HELP, LISTS | TUI_IN_START | TUI_IN_QUIZ | TUI_IN_COLUMNS | TUI_IN_SAVE | TUI_IN_SETTINGS | TUI_IN_LESSON, N_("Help"), N_("this help")},
    {{'F'}, TUI_ACTION_FOLLOW, LISTS, N_("Follow"), N_("stay with the newest line")},
    {{'f', 'Z'}, TUI_ACTION_FREEZE, LISTS, N_("Hold"), N_("hold the picture still; reading goes on")},
    {{'P', TUI_KEY_F(5)}, TUI_ACTION_REPLAY_PLAY, LISTS, N_("Play"),
     N_("play the capture from its beginning, or pause")},
    {{')'}, TUI_ACTION_REPLAY_STEP, LISTS, NULL, N_("on by one segment")},
    {{'('}, TUI_ACTION_REPLAY_STEP_BACK, LISTS, NULL, N_("back by one segment")},
    {{'}'}, TUI_ACTION_REPLAY_STATE, LISTS, NULL, N_("on to the next change of a state")},
    {{'{'}, TUI_ACTION_REPLAY_STATE_BACK, LISTS, NULL, N_("back to the change of a state before")},
    {{'*'}, TUI_ACTION_REPLAY_FINDING, LISTS, NULL, N_("on to the next finding")},
    {{'#'}, TUI_ACTION_REPLAY_FINDING_BACK, LISTS, NULL, N_("back to the finding before")},
    {{'+', '='}, TUI_ACTION_REPLAY_FASTER, LISTS, NULL, N_("faster, up to 100 times")},
    {{'-', '_'}, TUI_ACTION_REPLAY_SLOWER, LISTS, NULL, N_("slower, down to a twentieth")},
    {{'0', '1', '2', '3', '4', '5', '6', '7', '8', '9'}, TUI_ACTION_REPLAY_SEEK, LISTS, NULL,
     N_("to the beginning, or so many tenths of the way")},
    {{'R'}, TUI_ACTION_REPLAY_END, LISTS, NULL, N_("leave the replay: show the whole capture")},
    {{'w'}, TUI_ACTION_QUIZ, LISTS, NULL, N_("a quiz on the connection: what comes next?")},
    {{'1', '2', '3', '4'}, TUI_ACTION_ANSWER, TUI_IN_QUIZ, N_("Answer"), N_("answer")},
    {{TUI_KEY_ENTER, 'n', TUI_KEY_RIGHT}, TUI_ACTION_QUIZ_NEXT, TUI_IN_QUIZ, N_("On"),
     N_("the next question; after the last one, ask again")},
    {{'E'}, TUI_ACTION_TO_LESSON, LISTS | TUI_IN_QUIZ, NULL,
     N_("back to the text of the lesson (--lesson)")},
    {{CONTROL('l')}, TUI_ACTION_REDRAW, TUI_IN_ALL, NULL, N_("draw the screen afresh")},
    {{CONTROL('z')}, TUI_ACTION_SUSPEND, TUI_IN_ALL, NULL, N_("to the shell for a while (fg returns)")},
    {{'q', 'Q', TUI_KEY_F(10)}, TUI_ACTION_QUIT, TUI_IN_CONNECTIONS | TUI_IN_START | TUI_IN_LESSON, N_("Quit"), N_("quit")},
    {{'Q', TUI_KEY_F(10)}, TUI_ACTION_QUIT, REST | TUI_IN_COLUMNS | TUI_IN_SETTINGS, NULL, N_("quit")},
};
/* clang-format on */

static const struct {
    int key;
    const char *name;
} names[] = {
    {TUI_KEY_TAB, "Tab"},
    {TUI_KEY_ENTER, "Enter"},
    {TUI_KEY_ESCAPE, "Esc"},
    {' ', "Space"},
    {TUI_KEY_UP, "Up"},
    {TUI_KEY_DOWN, "Down"},
    {TUI_KEY_LEFT, "Left"},
    {TUI_KEY_RIGHT, "Right"},
    {TUI_KEY_HOME, "Home"},
    {TUI_KEY_END, "End"},
    {TUI_KEY_PAGE_UP, "PgUp"},
    {TUI_KEY_PAGE_DOWN, "PgDn"},
    {TUI_KEY_DELETE, "Del"},
    {TUI_KEY_BACKSPACE, "Backspace"},
    {TUI_KEY_WHEEL_UP, "WheelUp"},
    {TUI_KEY_WHEEL_DOWN, "WheelDown"},
};

size_t tui_binding_count(void)
{
    return sizeof bindings / sizeof bindings[0];
}

const struct tui_binding *tui_binding(size_t index)
{
    return &bindings[index];
}

enum tui_action tui_key_action(int key, unsigned screen)
{
    for (size_t i = 0; i < sizeof bindings / sizeof bindings[0]; i++) {
        if ((bindings[i].screens & screen) == 0)
            continue;
        for (size_t k = 0; k < TUI_BINDING_KEYS && bindings[i].keys[k] != 0; k++)
            if (bindings[i].keys[k] == key)
                return bindings[i].action;
    }
    return TUI_ACTION_NONE;
}

void tui_key_name(struct base_strbuf *out, int key)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].key == key) {
            base_strbuf_str(out, names[i].name);
            return;
        }
    }
    if (key >= TUI_KEY_F1 && key <= TUI_KEY_F12)
        base_strbuf_printf(out, "F%d", key - TUI_KEY_F1 + 1);
    else if (key < 0x20)
        base_strbuf_printf(out, "^%c", key + '@');
    else
        base_strbuf_char(out, (char)key);
}

int tui_key_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i].name, name) == 0)
            return names[i].key;
    for (int key = TUI_KEY_F1; key <= TUI_KEY_F12; key++) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        tui_key_name(&text, key);
        bool same = strcmp(base_strbuf_text(&text), name) == 0;
        base_strbuf_free(&text);
        if (same)
            return key;
    }
    if (name[0] > ' ' && name[0] < 0x7f && name[1] == '\0')
        return name[0];
    if (name[0] == '^' && name[1] >= 'A' && name[1] <= 'Z' && name[2] == '\0')
        return CONTROL(name[1]);
    return TUI_KEY_NONE;
}

void tui_binding_keys(struct base_strbuf *out, const struct tui_binding *binding)
{
    for (size_t k = 0; k < TUI_BINDING_KEYS && binding->keys[k] != 0; k++) {
        if (k > 0)
            base_strbuf_char(out, ' ');
        tui_key_name(out, binding->keys[k]);
    }
}
