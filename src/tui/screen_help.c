/* The help screen: the key table, and what the filter line takes. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "filter/filter.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/remarks.h"

struct help_line {
    const char *keys; /* owned by the table it came from, or NULL */
    bool starred;     /* … and a star behind them */
    const char *text;
    uint8_t role;
    size_t binding; /* index + 1 of a line of the key table */
};

/* A key is listed in the first section that has all its screens (help aside). */
static const struct {
    const char *title;
    unsigned screens;
} sections[] = {
    {N_("Connections"), TUI_IN_CONNECTIONS},
    {N_("Timeline"), TUI_IN_TIMELINE},
    {N_("Sequence space"), TUI_IN_SEQUENCE},
    {N_("The screens of a connection"),
     TUI_IN_TIMELINE | TUI_IN_STATES | TUI_IN_SEGMENT | TUI_IN_SEQUENCE},
    {N_("Side by side"), TUI_IN_LANES},
    {N_("Replay of a saved capture"), 0},
    {N_("Start screen"), TUI_IN_START},
    {N_("Quiz"), TUI_IN_QUIZ},
    {N_("Lesson"), TUI_IN_LESSON},
    {N_("The columns of the list"), TUI_IN_COLUMNS},
    {N_("Saving"), TUI_IN_SAVE},
    {N_("Settings"), TUI_IN_SETTINGS | TUI_IN_SAVE},
    {N_("Everywhere"), TUI_IN_ALL},
};

enum { REPLAY_SECTION = 5 };

static size_t section_of(const struct tui_binding *binding)
{
    if (binding->action >= TUI_ACTION_REPLAY_PLAY && binding->action <= TUI_ACTION_REPLAY_END)
        return REPLAY_SECTION;
    size_t last = sizeof sections / sizeof sections[0] - 1;
    for (size_t i = 0; i < last; i++)
        if ((binding->screens & ~(sections[i].screens | TUI_IN_HELP)) == 0)
            return i;
    return last;
}

static void add_line(struct help_line *lines, size_t *count, struct help_line line)
{
    lines[(*count)++] = line;
}

#define HELP_MAX_LINES 256

static size_t collect_lines(struct help_line *lines)
{
    size_t count = 0;
    const size_t section_count = sizeof sections / sizeof sections[0];
    for (size_t i = 0; i < section_count; i++) {
        size_t s = (i + section_count - 1) % section_count; /* what works everywhere comes first */
        if (i > 0)
            add_line(lines, &count, (struct help_line){.text = ""});
        add_line(lines, &count,
                 (struct help_line){.text = _(sections[s].title), .role = VIEW_ROLE_SECTION});
        for (size_t b = 0; b < tui_binding_count(); b++)
            if (section_of(tui_binding(b)) == s)
                add_line(lines, &count,
                         (struct help_line){.binding = b + 1, .text = _(tui_binding(b)->help)});
    }
    add_line(lines, &count, (struct help_line){.text = ""});
    add_line(lines, &count,
             (struct help_line){.text = _("The filter line"), .role = VIEW_ROLE_SECTION});
    for (size_t i = 0; i < filter_language_count(); i++) {
        struct filter_field_help help = filter_language_help(i);
        add_line(lines, &count, (struct help_line){.keys = help.name, .text = help.meaning});
    }
    add_line(lines, &count, (struct help_line){.text = ""});
    add_line(lines, &count,
             (struct help_line){.text = _("Its fields; those with * also as client. and server."),
                                .role = VIEW_ROLE_SECTION});
    for (size_t i = 0; i < filter_field_count(); i++) {
        struct filter_field_help help = filter_field_help(i);
        add_line(
            lines, &count,
            (struct help_line){.keys = help.name, .text = help.meaning, .starred = help.per_side});
    }
    return count;
}

/* Where the lines go: those above the first row that is shown, or below the last, are only counted.
 */
struct help_page {
    struct tui *tui;
    struct tui_area area;
    size_t top, row;
};

/* Text over as many rows as it takes, the first of them the page's. */
static void draw_text(struct help_page *page, size_t indent, const char *text, uint8_t role)
{
    size_t width = page->area.width > indent ? page->area.width - indent : 1;
    do {
        size_t length = view_wrap_length(text, width);
        if (page->row >= page->top && page->row - page->top < page->area.height)
            view_grid_put(&page->tui->grid, page->area.x + indent,
                          page->area.y + page->row - page->top, text, length, width, role);
        page->row++;
        text += length;
        text += strspn(text, " ");
    } while (*text != '\0');
}

/* The keys and what they do beside them; on a narrow terminal below them where they are long. */
static void draw_keys(struct help_page *page, const char *keys, const struct help_line *line)
{
    const size_t column = page->area.width < 60 ? 12 : 26, first = page->row;
    struct base_strbuf star = BASE_STRBUF_INIT;
    base_strbuf_str(&star, keys);
    if (line->starred)
        base_strbuf_str(&star, " *");
    size_t used = 3 + view_text_width(base_strbuf_text(&star), strlen(base_strbuf_text(&star)));
    draw_text(page, 3, base_strbuf_text(&star), VIEW_ROLE_DIM);
    page->row = first;
    draw_text(page, 3, keys, TUI_ROLE_BAR_KEY);
    if (used < column)
        page->row = first;
    draw_text(page, column, line->text, VIEW_ROLE_PLAIN);
    base_strbuf_free(&star);
}

static void draw_line(struct help_page *page, const struct help_line *line)
{
    if (line->keys != NULL) {
        draw_keys(page, line->keys, line);
    } else if (line->binding == 0) {
        draw_text(page, line->role == VIEW_ROLE_SECTION ? 1 : 3, line->text, line->role);
    } else {
        struct base_strbuf keys = BASE_STRBUF_INIT;
        tui_binding_keys(&keys, tui_binding(line->binding - 1));
        draw_keys(page, base_strbuf_text(&keys), line);
        base_strbuf_free(&keys);
    }
}

/* Draws what is shown from a row on; returns how many rows there are. */
static size_t draw_lines(struct tui *tui, struct tui_area area, size_t top)
{
    struct help_line lines[HELP_MAX_LINES];
    struct help_page page = {.tui = tui, .area = area, .top = top};
    size_t count = collect_lines(lines);
    for (size_t i = 0; i < count; i++)
        draw_line(&page, &lines[i]);
    return page.row;
}

static void help_enter(struct tui *tui)
{
    tui->help.scroll.top = tui->help.scroll.selected = 0;
}

static void help_draw(struct tui *tui, struct tui_area area)
{
    struct tui_scroll *scroll = &tui->help.scroll;
    size_t count = draw_lines(tui, (struct tui_area){.width = area.width}, 0);
    scroll->page = area.height;
    scroll->count = count;
    size_t last_top = count > area.height ? count - area.height : 0;
    if (scroll->top > last_top)
        scroll->top = last_top;
    draw_lines(tui, area, scroll->top);
}

/* Scrolls without a selected line. */
static bool help_act(struct tui *tui, enum tui_action action)
{
    struct tui_scroll *scroll = &tui->help.scroll;
    if (action == TUI_ACTION_BACK || action == TUI_ACTION_HELP) {
        tui_show(tui, tui->below_help);
        return true;
    }
    scroll->selected = scroll->top;
    if (!tui_scroll_act(scroll, action))
        return false;
    scroll->top = scroll->selected;
    return true;
}

static void help_click(struct tui *tui, size_t x, size_t y)
{
    (void)x, (void)y;
    tui_show(tui, tui->below_help);
}

const struct tui_screen tui_screen_help = {
    .bit = TUI_IN_HELP,
    .enter = help_enter,
    .draw = help_draw,
    .act = help_act,
    .click = help_click,
};
