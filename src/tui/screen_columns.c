/* Chooses the columns of the list: which, in which order, how wide, and which it is sorted by. */
#include "config.h"

#include <string.h>

#include "base/intl.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"

/* The columns that are shown, in their order, then the others. */
static enum view_column column_of_line(const struct tui *tui, size_t line)
{
    const struct view_columns *columns = &tui->connections.columns;
    if (line < columns->count)
        return (enum view_column)columns->shown[line].column;
    line -= columns->count;
    for (unsigned i = 0; i < VIEW_COLUMNS; i++)
        if (view_columns_find(columns, (enum view_column)i) == columns->count && line-- == 0)
            return (enum view_column)i;
    return VIEW_COLUMN_NUMBER;
}

static size_t line_of_column(const struct tui *tui, enum view_column column)
{
    size_t line = 0;
    while (line + 1 < VIEW_COLUMNS && column_of_line(tui, line) != column)
        line++;
    return line;
}

static unsigned width_of(const struct tui *tui, size_t line)
{
    const struct view_columns *columns = &tui->connections.columns;
    return line < columns->count && columns->shown[line].width > 0
               ? columns->shown[line].width
               : view_column_entry(column_of_line(tui, line))->width;
}

/* "[x] Client state   12  sorted, falling  client state" */
static void draw_line(struct tui *tui, struct tui_area area, size_t y, size_t line)
{
    enum view_column column = column_of_line(tui, line);
    const struct view_column_entry *entry = view_column_entry(column);
    bool ascii = tui->options.ascii, shown = line < tui->connections.columns.count;
    bool own = shown && tui->connections.columns.shown[line].width > 0;
    uint8_t role = shown ? VIEW_ROLE_PLAIN : VIEW_ROLE_DIM;
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, "%s %s", shown ? "[x]" : "[ ]", _(entry->head));
    tui_paint_text(&tui->grid, area.x + 1, y, 18, base_strbuf_text(&text), role, ascii);
    base_strbuf_clear(&text);
    base_strbuf_printf(&text, "%u", width_of(tui, line));
    tui_paint_right(&tui->grid, area.x + 20, y, 4, base_strbuf_text(&text),
                    own ? VIEW_ROLE_TITLE : VIEW_ROLE_DIM, ascii);
    if (tui_model_sort(tui->model) == column)
        tui_paint_text(&tui->grid, area.x + 25, y, 1,
                       tui_model_is_reversed(tui->model) ? ascii ? "v" : "▼"
                       : ascii                           ? "^"
                                                         : "▲",
                       TUI_ROLE_BAR_KEY, ascii);
    tui_paint_text(&tui->grid, area.x + 27, y, area.width - 27, _(entry->words), role, ascii);
    base_strbuf_free(&text);
}

static void columns_enter(struct tui *tui)
{
    tui->columns.scroll = (struct tui_scroll){.count = VIEW_COLUMNS};
}

static void columns_draw(struct tui *tui, struct tui_area area)
{
    struct tui_scroll *scroll = &tui->columns.scroll;
    bool ascii = tui->options.ascii;
    tui_paint_role(&tui->grid, area.x, area.y, area.width, TUI_ROLE_HEAD);
    tui_paint_text(&tui->grid, area.x + 5, area.y, 14, _("Column"), TUI_ROLE_HEAD, ascii);
    tui_paint_right(&tui->grid, area.x + 18, area.y, 6, _("Width"), TUI_ROLE_HEAD, ascii);
    tui_paint_text(&tui->grid, area.x + 27, area.y, area.width - 27, _("What it shows"),
                   TUI_ROLE_HEAD, ascii);
    tui_scroll_fit(scroll, VIEW_COLUMNS, area.height - 1);
    for (size_t y = 0; y < area.height - 1 && scroll->top + y < VIEW_COLUMNS; y++) {
        draw_line(tui, area, area.y + 1 + y, scroll->top + y);
        if (scroll->top + y == scroll->selected)
            tui_paint_select(&tui->grid, area.x, area.y + 1 + y, area.width);
    }
}

static void toggle(struct tui *tui)
{
    struct tui_scroll *scroll = &tui->columns.scroll;
    enum view_column column = column_of_line(tui, scroll->selected);
    if (column == VIEW_COLUMN_NUMBER) {
        tui_say(tui, _("The number is always shown."));
        return;
    }
    view_columns_toggle(&tui->connections.columns, column);
    scroll->selected = line_of_column(tui, column);
}

static void move(struct tui *tui, bool back)
{
    struct tui_scroll *scroll = &tui->columns.scroll;
    if (view_columns_move(&tui->connections.columns, scroll->selected, back))
        scroll->selected += back ? (size_t)-1 : 1;
    else if (scroll->selected >= tui->connections.columns.count)
        tui_say(tui, _("Only columns that are shown have an order."));
}

static void widen(struct tui *tui, bool wider)
{
    size_t line = tui->columns.scroll.selected;
    unsigned width = width_of(tui, line);
    enum view_column column = column_of_line(tui, line);
    if (line >= tui->connections.columns.count || column == VIEW_COLUMN_NUMBER) {
        tui_say(tui, column == VIEW_COLUMN_NUMBER ? _("The number takes what it needs.")
                                                  : _("Only columns that are shown have a width."));
        return;
    }
    width += wider ? 1 : (unsigned)-1;
    if (width >= VIEW_COLUMN_MIN_WIDTH && width <= VIEW_COLUMN_MAX_WIDTH)
        tui->connections.columns.shown[line].width = (uint8_t)width;
}

static void sort(struct tui *tui)
{
    enum view_column column = column_of_line(tui, tui->columns.scroll.selected);
    if (view_column_entry(column)->unsorted)
        tui_say(tui, _("There is no order by this column."));
    tui_connections_sort(tui, column);
}

static bool columns_act(struct tui *tui, enum tui_action action)
{
    if (tui_scroll_act(&tui->columns.scroll, action))
        return true;
    if (action == TUI_ACTION_TOGGLE)
        toggle(tui);
    else if (action == TUI_ACTION_MOVE_UP || action == TUI_ACTION_MOVE_DOWN)
        move(tui, action == TUI_ACTION_MOVE_UP);
    else if (action == TUI_ACTION_WIDER || action == TUI_ACTION_NARROWER)
        widen(tui, action == TUI_ACTION_WIDER);
    else if (action == TUI_ACTION_SORT)
        sort(tui);
    else if (action == TUI_ACTION_RESET)
        view_columns_default(&tui->connections.columns);
    else if (action == TUI_ACTION_BACK)
        tui_show(tui, tui->below_columns);
    else
        return false;
    return true;
}

static void columns_click(struct tui *tui, size_t x, size_t y)
{
    struct tui_scroll *scroll = &tui->columns.scroll;
    (void)x;
    if (y < 2 || y - 2 >= scroll->page || scroll->top + y - 2 >= VIEW_COLUMNS)
        return;
    bool again = scroll->selected == scroll->top + y - 2;
    scroll->selected = scroll->top + y - 2;
    if (again)
        toggle(tui);
}

const struct tui_screen tui_screen_columns = {
    .bit = TUI_IN_COLUMNS,
    .enter = columns_enter,
    .draw = columns_draw,
    .act = columns_act,
    .click = columns_click,
};
