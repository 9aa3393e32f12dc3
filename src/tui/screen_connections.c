/* The list of connections, with what does not fit in its columns about the selected one below. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "tui/cursor.h"
#include "tui/screen.h"
#include "tui/sketch.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/segment_parts.h"
#include "view/words.h"
#include "wire/decode.h"

/* The detail below the list: a rule and this many lines. */
#define DETAIL_LINES 3

struct list_column {
    const char *name, *long_name;
    enum tui_sort sort; /* TUI_SORTS: the sketch, which takes what is left */
    uint8_t width;      /* at least; the ends take more when there is room */
    uint8_t order;      /* the higher, the sooner it goes when there is no room */
    bool left;          /* aligned to the left */
};

/* In the order of enum tui_sort. */
static const struct list_column columns[] = {
    {"#", "number", TUI_SORT_NUMBER, 4, 0, false},
    {"Client", "client", TUI_SORT_CLIENT, 15, 0, true},
    {"Server", "server", TUI_SORT_SERVER, 15, 0, true},
    {"Client state", "client state", TUI_SORT_CLIENT_STATE, 12, 0, true},
    {"Server state", "server state", TUI_SORT_SERVER_STATE, 12, 0, true},
    {"Pkts", "packets", TUI_SORT_PACKETS, 6, 1, false},
    {"Bytes", "bytes", TUI_SORT_BYTES, 8, 3, false},
    {"!", "findings", TUI_SORT_FINDINGS, 3, 2, false},
    {"RTT", "RTT", TUI_SORT_RTT, 8, 4, false},
    {"Age", "age", TUI_SORT_AGE, 11, 5, false},
    {"Life", "life", TUI_SORTS, 20, 6, true},
};

#define COLUMNS (sizeof columns / sizeof columns[0])
#define LIFE (COLUMNS - 1)

/* Where each column is in this frame; width 0: not shown. */
struct list_layout {
    size_t x[COLUMNS], width[COLUMNS];
};

/* --- layout --- */

static size_t endpoint_width(const struct track_connection *connection, enum track_side side)
{
    char text[WIRE_ENDPOINT_TEXT];
    if (connection->self_connect)
        side = TRACK_CLIENT;
    return strlen(wire_endpoint_text(&connection->end[side].endpoint, text, sizeof text));
}

/* What the two columns of endpoints want, for the rows in sight. */
static void wanted_widths(const struct tui *tui, size_t page, size_t widths[2])
{
    widths[0] = widths[1] = columns[TUI_SORT_CLIENT].width;
    for (size_t i = 0; i < page; i++) {
        const struct track_connection *connection =
            tui_model_at(tui->model, tui->connections.scroll.top + i);
        for (unsigned side = 0; connection != NULL && side < 2; side++) {
            size_t width = endpoint_width(connection, (enum track_side)side);
            if (width > widths[side])
                widths[side] = width;
        }
    }
}

/* Everything that is shown, with a blank between. */
static size_t total_width(const struct list_layout *layout)
{
    size_t total = 0;
    for (size_t i = 0; i < COLUMNS; i++)
        total += layout->width[i] > 0 ? layout->width[i] + 1 : 0;
    return total > 0 ? total - 1 : 0;
}

/* Leaves out the least important columns until the rest fits. */
static void drop_columns(struct list_layout *layout, size_t width)
{
    for (unsigned order = columns[LIFE].order; order > 0 && total_width(layout) > width; order--)
        for (size_t i = 0; i < COLUMNS; i++)
            if (columns[i].order == order)
                layout->width[i] = 0;
}

static void make_layout(const struct tui *tui, size_t width, size_t page,
                        struct list_layout *layout)
{
    size_t wanted[2];
    wanted_widths(tui, page, wanted);
    for (size_t i = 0; i < COLUMNS; i++)
        layout->width[i] = columns[i].width;
    const struct track_connection *last = tui_model_at(tui->model, tui_model_count(tui->model) - 1);
    for (uint64_t n = last != NULL ? last->number : 0; n > 9999; n /= 10)
        layout->width[TUI_SORT_NUMBER]++;
    /* both ends in full where that costs no column but the last ones */
    size_t most = width / 4 > 9 ? width / 4 : 9;
    layout->width[TUI_SORT_CLIENT] = wanted[0] < most ? wanted[0] : most;
    layout->width[TUI_SORT_SERVER] = wanted[1] < most ? wanted[1] : most;
    drop_columns(layout, width);
    size_t total = total_width(layout);
    if (total > width) { /* very narrow: the client's end has to do */
        layout->width[TUI_SORT_SERVER] = 0;
        total = total_width(layout);
        layout->width[TUI_SORT_CLIENT] += total < width ? width - total : 0;
        layout->width[TUI_SORT_CLIENT] -= total > width ? total - width : 0;
    }
    if (layout->width[LIFE] > 0)
        layout->width[LIFE] += width - total_width(layout);
    size_t x = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        layout->x[i] = x;
        x += layout->width[i] > 0 ? layout->width[i] + 1 : 0;
    }
}

/* --- cells --- */

/* An endpoint that is too long keeps its end: the port tells more than the network. */
static void draw_endpoint(struct tui *tui, size_t x, size_t y, size_t width,
                          const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    size_t length = strlen(wire_endpoint_text(endpoint, text, sizeof text));
    if (length <= width) {
        view_grid_text(&tui->grid, x, y, text, VIEW_ROLE_PLAIN);
        return;
    }
    view_grid_text(&tui->grid, x, y, tui->options.ascii ? "~" : "…", VIEW_ROLE_DIM);
    view_grid_text(&tui->grid, x + 1, y, text + length - (width - 1), VIEW_ROLE_PLAIN);
}

static void draw_state(struct tui *tui, size_t x, size_t y, size_t width,
                       const struct track_end_record *end)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    enum track_state state = (enum track_state)end->state;
    base_strbuf_str(&text, track_state_name(state));
    tui_paint_text(&tui->grid, x, y, width, base_strbuf_text(&text), view_role_of_state(state),
                   tui->options.ascii);
    base_strbuf_free(&text);
}

/* In six columns: "99,999", then "100 k", "1.2 M". */
static void add_packets(struct base_strbuf *out, uint64_t count)
{
    if (count < 100000)
        view_add_count(out, count);
    else if (count < 1000000)
        base_strbuf_printf(out, "%" PRIu64 " k", count / 1000);
    else
        base_strbuf_printf(out, "%" PRIu64 ".%" PRIu64 " M", count / 1000000, count / 100000 % 10);
}

static void draw_figure(struct tui *tui, size_t x, size_t y, size_t width, enum tui_sort column,
                        const struct track_connection *connection)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    uint8_t role = VIEW_ROLE_PLAIN;
    if (column == TUI_SORT_NUMBER) {
        base_strbuf_u64(&text, connection->number);
        role = VIEW_ROLE_DIM;
    } else if (column == TUI_SORT_PACKETS) {
        add_packets(&text, tui_connection_packets(connection));
    } else if (column == TUI_SORT_BYTES) {
        view_add_bytes_short(&text, tui_connection_bytes(connection));
    } else if (column == TUI_SORT_FINDINGS) {
        uint64_t count = tui_connection_findings(connection);
        if (count > 0)
            base_strbuf_u64(&text, count);
        role = VIEW_ROLE_FINDING;
    } else if (column == TUI_SORT_RTT) {
        if (tui_connection_rtt(connection) >= 0)
            view_add_span(&text, tui_connection_rtt(connection), ascii);
        else
            base_strbuf_char(&text, '-');
    } else if (column == TUI_SORT_AGE) {
        view_add_span(&text, tui_connection_age(tui->model, connection), ascii);
    }
    tui_paint_right(&tui->grid, x, y, width, base_strbuf_text(&text), role, ascii);
    base_strbuf_free(&text);
}

static void draw_sketch(struct tui *tui, size_t x, size_t y, size_t width, uint64_t number)
{
    const struct view_timeline *timeline = tui_model_timeline(tui->model, number);
    struct base_strbuf text = BASE_STRBUF_INIT;
    if (timeline != NULL)
        tui_sketch_add(&text, timeline, width, tui->options.ascii);
    tui_paint_text(&tui->grid, x, y, width, base_strbuf_text(&text), VIEW_ROLE_PLAIN,
                   tui->options.ascii);
    base_strbuf_free(&text);
}

static void draw_row(struct tui *tui, const struct list_layout *layout, size_t y,
                     const struct track_connection *connection)
{
    for (size_t i = 0; i < COLUMNS; i++) {
        size_t x = layout->x[i], width = layout->width[i];
        enum track_side side =
            i == TUI_SORT_SERVER || i == TUI_SORT_SERVER_STATE ? TRACK_SERVER : TRACK_CLIENT;
        if (width == 0)
            continue;
        if (connection->self_connect && side == TRACK_SERVER)
            tui_paint_text(&tui->grid, x, y, width, i == TUI_SORT_SERVER ? "(itself)" : "",
                           VIEW_ROLE_DIM, tui->options.ascii);
        else if (i == TUI_SORT_CLIENT || i == TUI_SORT_SERVER)
            draw_endpoint(tui, x, y, width, &connection->end[side].endpoint);
        else if (i == TUI_SORT_CLIENT_STATE || i == TUI_SORT_SERVER_STATE)
            draw_state(tui, x, y, width, &connection->end[side]);
        else if (i == LIFE)
            draw_sketch(tui, x, y, width, connection->number);
        else
            draw_figure(tui, x, y, width, (enum tui_sort)i, connection);
    }
}

static void draw_header(struct tui *tui, const struct list_layout *layout, struct tui_area area)
{
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    tui_paint_role(grid, area.x, area.y, area.width, TUI_ROLE_HEAD);
    for (size_t i = 0; i < COLUMNS; i++) {
        bool sorted = i == tui_model_sort(tui->model);
        uint8_t role = sorted ? TUI_ROLE_HEAD_SORTED : TUI_ROLE_HEAD;
        struct base_strbuf name = BASE_STRBUF_INIT;
        base_strbuf_str(&name, columns[i].name);
        if (sorted && view_text_width(columns[i].name, name.length) < layout->width[i])
            base_strbuf_str(&name, tui_model_is_reversed(tui->model) ? ascii ? "v" : "▼"
                                   : ascii                           ? "^"
                                                                     : "▲");
        if (columns[i].left)
            tui_paint_text(grid, layout->x[i], area.y, layout->width[i], base_strbuf_text(&name),
                           role, ascii);
        else
            tui_paint_right(grid, layout->x[i], area.y, layout->width[i], base_strbuf_text(&name),
                            role, ascii);
        base_strbuf_free(&name);
    }
}

/* --- the selected connection, below --- */

static void add_findings(const struct track_connection *connection, struct base_strbuf *out)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if (connection->findings[i] == 0 || !view_finding_is_serious((enum track_finding)i))
            continue;
        base_strbuf_printf(out, "%s%s", out->length > 0 ? ", " : "",
                           view_finding_words((enum track_finding)i));
        if (connection->findings[i] > 1)
            base_strbuf_printf(out, " (%" PRIu32 ")", connection->findings[i]);
    }
}

static void add_facts(const struct tui *tui, const struct track_connection *connection,
                      struct base_strbuf *out)
{
    bool ascii = tui->options.ascii;
    base_strbuf_printf(out, "open %s  close %s  ",
                       track_open_name((enum track_open)connection->open),
                       connection->close == TRACK_CLOSE_OPEN
                           ? "not yet"
                           : track_close_name((enum track_close)connection->close));
    view_add_bytes_short(out, connection->end[TRACK_CLIENT].payload_bytes);
    base_strbuf_str(out, ascii ? " -> <- " : " → ← ");
    view_add_bytes_short(out, connection->end[TRACK_SERVER].payload_bytes);
    if (tui_connection_rtt(connection) >= 0) {
        base_strbuf_str(out, "  RTT ");
        view_add_span(out, tui_connection_rtt(connection), ascii);
    }
    base_strbuf_str(out, "  age ");
    view_add_span(out, tui_connection_age(tui->model, connection), ascii);
}

static void draw_detail(struct tui *tui, struct tui_area area)
{
    const struct tui_connections_state *list = &tui->connections;
    const struct track_connection *connection = tui_model_at(tui->model, list->scroll.selected);
    view_grid_fill(&tui->grid, area.x, area.y, tui->options.ascii ? '-' : 0x2500, area.width,
                   VIEW_ROLE_RULE);
    if (connection == NULL)
        return;
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, " #%" PRIu64 " ", connection->number);
    view_grid_text(&tui->grid, area.x + 2, area.y, base_strbuf_text(&text), VIEW_ROLE_TITLE);
    draw_sketch(tui, area.x + 1, area.y + 1, area.width - 2, connection->number);
    base_strbuf_clear(&text);
    add_facts(tui, connection, &text);
    tui_paint_text(&tui->grid, area.x + 1, area.y + 2, area.width - 2, base_strbuf_text(&text),
                   VIEW_ROLE_PLAIN, tui->options.ascii);
    base_strbuf_clear(&text);
    add_findings(connection, &text);
    tui_paint_text(&tui->grid, area.x + 1, area.y + 3, area.width - 2, base_strbuf_text(&text),
                   VIEW_ROLE_FINDING, tui->options.ascii);
    base_strbuf_free(&text);
}

/* --- the screen --- */

/* The list changes under the selection, which is a connection and not a line. */
static void place_selection(struct tui *tui, size_t page)
{
    struct tui_connections_state *list = &tui->connections;
    size_t count = tui_model_count(tui->model);
    if (list->follow && !tui->held) {
        const struct track_connection *newest = NULL;
        for (size_t i = 0; i < count; i++)
            if (newest == NULL || tui_model_at(tui->model, i)->number > newest->number)
                newest = tui_model_at(tui->model, i);
        list->selected = newest != NULL ? newest->number : 0;
    }
    if (list->selected != 0) {
        const struct track_connection *there = tui_model_at(tui->model, list->scroll.selected);
        size_t index = there != NULL && there->number == list->selected
                           ? list->scroll.selected
                           : tui_model_find(tui->model, list->selected);
        if (index != SIZE_MAX)
            list->scroll.selected = index;
    }
    tui_scroll_fit(&list->scroll, count, page);
    const struct track_connection *now = tui_model_at(tui->model, list->scroll.selected);
    list->selected = now != NULL ? now->number : 0;
}

static void draw_empty(struct tui *tui, struct tui_area area)
{
    const char *text = tui_model_filter(tui->model)[0] != '\0'
                           ? "No connection matches the filter; Esc shows all."
                       : tui->loaded ? "No TCP connection was seen."
                                     : "No TCP connection yet.";
    tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1, text, VIEW_ROLE_DIM,
                   tui->options.ascii);
}

static void connections_draw(struct tui *tui, struct tui_area area)
{
    size_t detail = area.height >= 14 ? DETAIL_LINES + 1 : 0;
    size_t page = area.height - 1 - detail;
    place_selection(tui, page);
    struct list_layout layout;
    make_layout(tui, area.width, page, &layout);
    draw_header(tui, &layout, area);
    size_t top = tui->connections.scroll.top;
    if (tui_model_count(tui->model) == 0)
        draw_empty(tui, (struct tui_area){area.x, area.y + 1, area.width, page});
    for (size_t i = 0; i < page; i++) {
        const struct track_connection *connection = tui_model_at(tui->model, top + i);
        if (connection == NULL)
            break;
        draw_row(tui, &layout, area.y + 1 + i, connection);
        if (top + i == tui->connections.scroll.selected)
            tui_paint_select(&tui->grid, area.x, area.y + 1 + i, area.width);
    }
    if (detail > 0)
        draw_detail(tui, (struct tui_area){area.x, area.y + 1 + page, area.width, detail});
}

static void sort_by(struct tui *tui, unsigned sort)
{
    enum tui_sort now = tui_model_sort(tui->model);
    bool reverse = sort == now ? !tui_model_is_reversed(tui->model)
                               : sort >= TUI_SORT_PACKETS; /* of figures, the largest first */
    tui_model_set_sort(tui->model, (enum tui_sort)sort, reverse);
    tui->connections.selected = 0; /* to the top, which is what one sorts for */
    tui->connections.scroll.selected = 0;
    tui_say(tui, "Sorted by %s.", columns[sort].long_name);
}

static bool connections_act(struct tui *tui, enum tui_action action)
{
    struct tui_connections_state *list = &tui->connections;
    unsigned sort = tui_model_sort(tui->model);
    if (tui_scroll_act(&list->scroll, action)) {
        const struct track_connection *now = tui_model_at(tui->model, list->scroll.selected);
        list->selected = now != NULL ? now->number : 0;
        list->follow = false;
    } else if (action == TUI_ACTION_OPEN) {
        if (list->selected != 0)
            tui_show(tui, &tui_screen_timeline);
    } else if (action == TUI_ACTION_STATES || action == TUI_ACTION_SEQUENCE) {
        if (list->selected != 0)
            tui_cursor_begin(tui, action == TUI_ACTION_STATES ? &tui_screen_states
                                                              : &tui_screen_sequence);
    } else if (action == TUI_ACTION_FILTER) {
        tui_prompt_start(tui);
    } else if (action == TUI_ACTION_CLEAR_FILTER) {
        tui_model_set_filter(tui->model, "");
    } else if (action == TUI_ACTION_SORT_RIGHT) {
        sort_by(tui, (sort + 1) % TUI_SORTS);
    } else if (action == TUI_ACTION_SORT_LEFT) {
        sort_by(tui, (sort + TUI_SORTS - 1) % TUI_SORTS);
    } else if (action == TUI_ACTION_REVERSE) {
        sort_by(tui, sort);
    } else if (action == TUI_ACTION_FOLLOW) {
        list->follow = !list->follow;
        tui_say(tui, list->follow ? "Following the newest connection." : "Not following.");
    } else {
        return false;
    }
    return true;
}

static void connections_click(struct tui *tui, size_t x, size_t y)
{
    struct tui_scroll *scroll = &tui->connections.scroll;
    if (y == 1) {
        struct list_layout layout;
        make_layout(tui, tui->grid.width, scroll->page, &layout);
        for (unsigned i = 0; i < TUI_SORTS; i++)
            if (x >= layout.x[i] && x < layout.x[i] + layout.width[i])
                sort_by(tui, i);
        return;
    }
    size_t row = scroll->top + y - 2;
    const struct track_connection *connection = tui_model_at(tui->model, row);
    if (y < 2 || y - 2 >= scroll->page || connection == NULL)
        return;
    bool again = connection->number == tui->connections.selected;
    scroll->selected = row;
    tui->connections.selected = connection->number;
    tui->connections.follow = false;
    if (again)
        tui_show(tui, &tui_screen_timeline);
}

static void connections_enter(struct tui *tui)
{
    (void)tui;
}

const struct tui_screen tui_screen_connections = {
    .bit = TUI_IN_CONNECTIONS,
    .enter = connections_enter,
    .draw = connections_draw,
    .act = connections_act,
    .click = connections_click,
};
