/* The list of connections, with what does not fit in its columns about the selected one below. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "tui/detail.h"
#include "tui/cursor.h"
#include "tui/screen.h"
#include "tui/sketch.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/kernel_words.h"
#include "view/segment_parts.h"
#include "view/words.h"
#include "wire/decode.h"

/* The detail below the list: a rule and this many lines. */
#define DETAIL_LINES 3

/* Where each column is in this frame, by its place; width 0: there is no room. */
struct list_layout {
    size_t x[VIEW_COLUMNS], width[VIEW_COLUMNS];
    size_t count;
};

static enum view_column column_at(const struct tui *tui, size_t place)
{
    return (enum view_column)tui->connections.columns.shown[place].column;
}

/* --- layout --- */

static size_t endpoint_width(const struct tui *tui, const struct track_connection *connection,
                             enum track_side side)
{
    char text[WIRE_ENDPOINT_TEXT];
    if (connection->self_connect)
        side = TRACK_CLIENT;
    return strlen(view_endpoint_text(tui_aliases(tui), &connection->end[side].endpoint, text));
}

/* What a column of endpoints wants, for the rows in sight. */
static size_t wanted_width(const struct tui *tui, size_t page, enum view_column column)
{
    size_t wanted = view_column_entry(column)->width;
    for (size_t i = 0; i < page; i++) {
        const struct track_connection *connection =
            tui_model_at(tui->model, tui->connections.scroll.top + i);
        if (connection == NULL)
            break;
        size_t width = endpoint_width(tui, connection,
                                      column == VIEW_COLUMN_SERVER ? TRACK_SERVER : TRACK_CLIENT);
        wanted = width > wanted ? width : wanted;
    }
    return wanted;
}

/* Everything that is shown, with a blank between. */
static size_t total_width(const struct list_layout *layout)
{
    size_t total = 0;
    for (size_t i = 0; i < layout->count; i++)
        total += layout->width[i] > 0 ? layout->width[i] + 1 : 0;
    return total > 0 ? total - 1 : 0;
}

/* Leaves out the least important columns, of equals the last one first, until the rest fits. */
static void drop_columns(const struct tui *tui, struct list_layout *layout, size_t width)
{
    for (unsigned order = UINT8_MAX; order > 0; order--)
        for (size_t i = layout->count; i-- > 0 && total_width(layout) > width;)
            if (view_column_entry(column_at(tui, i))->order == order)
                layout->width[i] = 0;
}

/* With a cell before it for the mark. */
static size_t number_width(const struct tui *tui)
{
    size_t width = view_column_entry(VIEW_COLUMN_NUMBER)->width;
    for (uint64_t n = tui_model_numbers(tui->model); n > 999; n /= 10)
        width++;
    return width;
}

static size_t column_width(const struct tui *tui, size_t place, size_t width, size_t page)
{
    enum view_column column = column_at(tui, place);
    if (column == VIEW_COLUMN_NUMBER)
        return number_width(tui);
    if (tui->connections.columns.shown[place].width > 0)
        return tui->connections.columns.shown[place].width;
    if (column != VIEW_COLUMN_CLIENT && column != VIEW_COLUMN_SERVER)
        return view_column_entry(column)->width;
    /* both ends in full where that costs no column but the last ones */
    size_t most = width / 4 > 9 ? width / 4 : 9, wanted = wanted_width(tui, page, column);
    return wanted < most ? wanted : most;
}

/* Very narrow: what stays where it can goes, too, from the end on, and the first column of an
 * endpoint has to do with what is left, or gets it. */
static void squeeze(const struct tui *tui, struct list_layout *layout, size_t width)
{
    size_t first = 1;
    while (first < layout->count && column_at(tui, first) != VIEW_COLUMN_CLIENT &&
           column_at(tui, first) != VIEW_COLUMN_SERVER)
        first++;
    for (size_t i = layout->count; i-- > 1 && total_width(layout) > width;)
        if (i != first &&
            (column_at(tui, i) == VIEW_COLUMN_CLIENT || column_at(tui, i) == VIEW_COLUMN_SERVER))
            layout->width[i] = 0;
    if (first < layout->count && layout->width[first] > 0) {
        size_t total = total_width(layout), own = layout->width[first];
        if (total > width)
            layout->width[first] = own > total - width + 5 ? own - (total - width) : 5;
        else
            layout->width[first] += width - total;
    }
    for (size_t i = layout->count; i-- > 1 && total_width(layout) > width;)
        layout->width[i] = 0;
    if (total_width(layout) > width)
        layout->width[0] = width;
}

static void make_layout(const struct tui *tui, size_t width, size_t page,
                        struct list_layout *layout)
{
    const struct view_columns *columns = &tui->connections.columns;
    *layout = (struct list_layout){.count = columns->count};
    for (size_t i = 0; i < columns->count; i++)
        layout->width[i] = column_width(tui, i, width, page);
    drop_columns(tui, layout, width);
    if (total_width(layout) > width)
        squeeze(tui, layout, width);
    size_t life = view_columns_find(columns, VIEW_COLUMN_LIFE);
    if (life < columns->count && layout->width[life] > 0 && columns->shown[life].width == 0)
        layout->width[life] += width - total_width(layout);
    size_t x = 0;
    for (size_t i = 0; i < columns->count; i++) {
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
    size_t length = strlen(view_endpoint_text(tui_aliases(tui), endpoint, text));
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

static void add_span(const struct tui *tui, struct base_strbuf *out, int64_t span_ns)
{
    if (span_ns >= 0)
        view_add_span(out, span_ns, tui->options.ascii);
    else
        base_strbuf_char(out, '-');
}

static void add_unless_none(struct base_strbuf *out, uint64_t count)
{
    if (count > 0)
        view_add_count(out, count);
}

static uint8_t figure_role(enum view_column column)
{
    return column == VIEW_COLUMN_NUMBER ? VIEW_ROLE_DIM
           : column == VIEW_COLUMN_FINDINGS || column == VIEW_COLUMN_RETRANSMISSIONS ||
                   column == VIEW_COLUMN_OUT_OF_ORDER || column == VIEW_COLUMN_ZERO_WINDOWS
               ? VIEW_ROLE_FINDING
               : VIEW_ROLE_PLAIN;
}

/* Of the client, the server or both, as far as a kernel here knows them. */
static void add_of_kernel(const struct tui *tui, uint64_t number,
                          void (*add)(struct base_strbuf *, const struct track_kernel_socket *),
                          struct base_strbuf *out)
{
    for (unsigned side = 0; side < 2; side++) {
        const struct track_kernel_socket *socket =
            tui_model_kernel(tui->model, number, (enum track_side)side);
        if (socket == NULL)
            continue;
        if (out->length > 0)
            base_strbuf_str(out, " / ");
        add(out, socket);
    }
}

/* What a column of figures or words says. */
static void add_figure(const struct tui *tui, enum view_column column,
                       const struct track_connection *c, struct base_strbuf *out)
{
    const struct track_end_record *client = &c->end[TRACK_CLIENT], *server = &c->end[TRACK_SERVER];
    switch (column) {
    case VIEW_COLUMN_NUMBER:
        base_strbuf_u64(out, c->number);
        break;
    case VIEW_COLUMN_PACKETS:
        add_packets(out, tui_connection_packets(c));
        break;
    case VIEW_COLUMN_BYTES:
        view_add_bytes_short(out, tui_connection_bytes(c));
        break;
    case VIEW_COLUMN_FINDINGS:
        if (tui_connection_findings(c) > 0)
            base_strbuf_u64(out, tui_connection_findings(c));
        break;
    case VIEW_COLUMN_RTT:
        add_span(tui, out, tui_connection_rtt(c));
        break;
    case VIEW_COLUMN_AGE:
        add_span(tui, out, tui_connection_age(tui->model, c));
        break;
    case VIEW_COLUMN_START:
        add_span(tui, out, c->start_ns - tui_model_start(tui->model));
        break;
    case VIEW_COLUMN_DURATION:
        add_span(tui, out, c->end_ns - c->start_ns);
        break;
    case VIEW_COLUMN_OPEN:
        base_strbuf_str(out, track_open_name((enum track_open)c->open));
        break;
    case VIEW_COLUMN_CLOSE:
        base_strbuf_str(
            out, c->close == TRACK_CLOSE_OPEN ? "-" : track_close_name((enum track_close)c->close));
        break;
    case VIEW_COLUMN_CLOSED_BY:
        base_strbuf_str(out, c->closed_by == TRACK_CLOSED_BY_NONE
                                 ? "-"
                                 : track_closed_by_name((enum track_closed_by)c->closed_by));
        break;
    case VIEW_COLUMN_CLIENT_PACKETS:
        add_packets(out, client->packets);
        break;
    case VIEW_COLUMN_SERVER_PACKETS:
        add_packets(out, server->packets);
        break;
    case VIEW_COLUMN_CLIENT_BYTES:
        view_add_bytes_short(out, client->payload_bytes);
        break;
    case VIEW_COLUMN_SERVER_BYTES:
        view_add_bytes_short(out, server->payload_bytes);
        break;
    case VIEW_COLUMN_RETRANSMISSIONS:
        add_unless_none(out, (uint64_t)client->retransmissions + server->retransmissions);
        break;
    case VIEW_COLUMN_OUT_OF_ORDER:
        add_unless_none(out, (uint64_t)client->out_of_order + server->out_of_order);
        break;
    case VIEW_COLUMN_ZERO_WINDOWS:
        add_unless_none(out, (uint64_t)client->zero_windows + server->zero_windows);
        break;
    case VIEW_COLUMN_THROUGHPUT:
        view_add_bytes_short(out, tui_connection_throughput(c));
        break;
    case VIEW_COLUMN_HISTORY:
        base_strbuf_str(out, c->zeek_history);
        break;
    case VIEW_COLUMN_CONN_STATE:
        base_strbuf_str(out, c->zeek_conn_state);
        break;
    case VIEW_COLUMN_INCARNATION:
        base_strbuf_u64(out, c->incarnation);
        break;
    case VIEW_COLUMN_KERNEL:
        add_of_kernel(tui, c->number, view_add_kernel_state, out);
        break;
    case VIEW_COLUMN_PROCESS:
        add_of_kernel(tui, c->number, view_add_kernel_process, out);
        break;
    case VIEW_COLUMN_CLIENT:
    case VIEW_COLUMN_SERVER:
    case VIEW_COLUMN_CLIENT_STATE:
    case VIEW_COLUMN_SERVER_STATE:
    case VIEW_COLUMN_ACTIVITY:
    case VIEW_COLUMN_LIFE:
    case VIEW_COLUMNS:
        break; /* drawn by others */
    }
}

static void draw_figure(struct tui *tui, size_t x, size_t y, size_t width, enum view_column column,
                        const struct track_connection *connection)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    add_figure(tui, column, connection, &text);
    if (view_column_entry(column)->left)
        tui_paint_text(&tui->grid, x, y, width, base_strbuf_text(&text), figure_role(column),
                       ascii);
    else
        tui_paint_right(&tui->grid, x, y, width, base_strbuf_text(&text), figure_role(column),
                        ascii);
    if (column == VIEW_COLUMN_NUMBER && tui_model_is_marked(tui->model, connection->number))
        tui_paint_text(&tui->grid, x, y, 1, "*", TUI_ROLE_BAR_KEY, ascii);
    base_strbuf_free(&text);
}

/* From the first segment to the last. */
static void draw_activity(struct tui *tui, size_t x, size_t y, size_t width,
                          const struct track_connection *connection)
{
    const struct view_activity *activity = tui_model_activity(tui->model, connection->number);
    if (activity == NULL)
        return;
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_activity_draw(activity, connection->end_ns, width, tui->options.ascii, &text);
    view_grid_text(&tui->grid, x, y, base_strbuf_text(&text), VIEW_ROLE_ARROW);
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

static void draw_cell(struct tui *tui, size_t x, size_t y, size_t width, enum view_column column,
                      const struct track_connection *connection)
{
    enum track_side side = column == VIEW_COLUMN_SERVER || column == VIEW_COLUMN_SERVER_STATE
                               ? TRACK_SERVER
                               : TRACK_CLIENT;
    if (connection->self_connect && side == TRACK_SERVER)
        tui_paint_text(&tui->grid, x, y, width, column == VIEW_COLUMN_SERVER ? _("(itself)") : "",
                       VIEW_ROLE_DIM, tui->options.ascii);
    else if (column == VIEW_COLUMN_CLIENT || column == VIEW_COLUMN_SERVER)
        draw_endpoint(tui, x, y, width, &connection->end[side].endpoint);
    else if (column == VIEW_COLUMN_CLIENT_STATE || column == VIEW_COLUMN_SERVER_STATE)
        draw_state(tui, x, y, width, &connection->end[side]);
    else if (column == VIEW_COLUMN_LIFE)
        draw_sketch(tui, x, y, width, connection->number);
    else if (column == VIEW_COLUMN_ACTIVITY)
        draw_activity(tui, x, y, width, connection);
    else
        draw_figure(tui, x, y, width, column, connection);
}

static void draw_row(struct tui *tui, const struct list_layout *layout, size_t y,
                     const struct track_connection *connection)
{
    for (size_t i = 0; i < layout->count; i++)
        if (layout->width[i] > 0)
            draw_cell(tui, layout->x[i], y, layout->width[i], column_at(tui, i), connection);
}

static void draw_head(struct tui *tui, size_t x, size_t y, size_t width, enum view_column column)
{
    const struct view_column_entry *entry = view_column_entry(column);
    bool ascii = tui->options.ascii, sorted = column == tui_model_sort(tui->model);
    uint8_t role = sorted ? TUI_ROLE_HEAD_SORTED : TUI_ROLE_HEAD;
    struct base_strbuf name = BASE_STRBUF_INIT;
    base_strbuf_str(&name, _(entry->head));
    if (sorted && view_text_width(base_strbuf_text(&name), name.length) < width)
        base_strbuf_str(&name, tui_model_is_reversed(tui->model) ? ascii ? "v" : "▼"
                               : ascii                           ? "^"
                                                                 : "▲");
    if (entry->left)
        tui_paint_text(&tui->grid, x, y, width, base_strbuf_text(&name), role, ascii);
    else
        tui_paint_right(&tui->grid, x, y, width, base_strbuf_text(&name), role, ascii);
    base_strbuf_free(&name);
}

static void draw_header(struct tui *tui, const struct list_layout *layout, struct tui_area area)
{
    tui_paint_role(&tui->grid, area.x, area.y, area.width, TUI_ROLE_HEAD);
    for (size_t i = 0; i < layout->count; i++)
        if (layout->width[i] > 0)
            draw_head(tui, layout->x[i], area.y, layout->width[i], column_at(tui, i));
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
    base_strbuf_printf(out, _("open %s  close %s  "),
                       track_open_name((enum track_open)connection->open),
                       connection->close == TRACK_CLOSE_OPEN
                           ? _("not yet")
                           : track_close_name((enum track_close)connection->close));
    view_add_bytes_short(out, connection->end[TRACK_CLIENT].payload_bytes);
    base_strbuf_str(out, ascii ? " -> <- " : " → ← ");
    view_add_bytes_short(out, connection->end[TRACK_SERVER].payload_bytes);
    if (tui_connection_rtt(connection) >= 0) {
        base_strbuf_str(out, "  RTT ");
        view_add_span(out, tui_connection_rtt(connection), ascii);
    }
    base_strbuf_str(out, _("  age "));
    view_add_span(out, tui_connection_age(tui->model, connection), ascii);
}

/* The lines of the kernels' words on a connection, one for each end that a kernel here knows. */
static size_t kernel_lines(const struct tui *tui, uint64_t number)
{
    return (size_t)(tui_model_kernel(tui->model, number, TRACK_CLIENT) != NULL) +
           (tui_model_kernel(tui->model, number, TRACK_SERVER) != NULL);
}

static void draw_kernel(struct tui *tui, struct tui_area area, uint64_t number)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (unsigned side = 0; side < 2; side++) {
        uint8_t role;
        if (tui_detail_kernel(tui, number, (enum track_side)side, &text, &role))
            tui_paint_text(&tui->grid, area.x, area.y++, area.width, base_strbuf_text(&text), role,
                           tui->options.ascii);
    }
    base_strbuf_free(&text);
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
    if (area.height > DETAIL_LINES + 1)
        draw_kernel(tui, (struct tui_area){area.x + 1, area.y + 4, area.width - 2, 2},
                    connection->number);
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
                           ? _("No connection matches the filter; Esc shows all.")
                       : tui->loaded ? _("No TCP connection was seen.")
                                     : _("No TCP connection yet.");
    tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1, text, VIEW_ROLE_DIM,
                   tui->options.ascii);
}

static void connections_draw(struct tui *tui, struct tui_area area)
{
    size_t detail = area.height >= 14 ? DETAIL_LINES + 1 : 0;
    if (detail > 0)
        detail += kernel_lines(tui, tui->connections.selected);
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

static void to_the_top(struct tui *tui)
{
    tui->connections.selected = 0; /* which is what one sorts for */
    tui->connections.scroll.selected = 0;
}

void tui_connections_sort(struct tui *tui, enum view_column sort)
{
    const struct view_column_entry *entry = view_column_entry(sort);
    if (entry->unsorted)
        return;
    bool reverse =
        sort == tui_model_sort(tui->model) ? !tui_model_is_reversed(tui->model) : entry->falling;
    tui_model_set_sort(tui->model, sort, reverse);
    to_the_top(tui);
    tui_say(tui, _("Sorted by %s."), _(entry->words));
}

/* By the next column that has an order, or the one before. */
static void sort_beside(struct tui *tui, bool back)
{
    const struct view_columns *columns = &tui->connections.columns;
    size_t place = view_columns_find(columns, tui_model_sort(tui->model));
    if (place == columns->count)
        place = 0; /* sorted by a column that is not shown */
    do
        place = (place + (back ? columns->count - 1 : 1)) % columns->count;
    while (view_column_entry(column_at(tui, place))->unsorted);
    tui_connections_sort(tui, column_at(tui, place));
}

/* --- marks --- */

static void say_marks(struct tui *tui)
{
    tui_say(tui, P_("%zu marked.", "%zu marked.", tui_model_marks(tui->model)),
            tui_model_marks(tui->model));
}

static void mark_selected(struct tui *tui)
{
    struct tui_connections_state *list = &tui->connections;
    if (list->selected == 0)
        return;
    tui_model_mark(tui->model, list->selected, !tui_model_is_marked(tui->model, list->selected));
    if (list->scroll.selected + 1 < list->scroll.count) {
        list->scroll.selected++;
        list->selected = tui_model_at(tui->model, list->scroll.selected)->number;
    }
    list->follow = false;
}

static bool all_shown_are_marked(const struct tui *tui)
{
    for (size_t i = 0; i < tui_model_count(tui->model); i++)
        if (!tui_model_is_marked(tui->model, tui_model_at(tui->model, i)->number))
            return false;
    return true;
}

/* All that are shown; or none of them, if all are marked. */
static void mark_shown(struct tui *tui, bool invert)
{
    bool mark = !all_shown_are_marked(tui);
    for (size_t i = 0; i < tui_model_count(tui->model); i++) {
        uint64_t number = tui_model_at(tui->model, i)->number;
        tui_model_mark(tui->model, number,
                       invert ? !tui_model_is_marked(tui->model, number) : mark);
    }
    say_marks(tui);
}

static bool mark_act(struct tui *tui, enum tui_action action)
{
    if (action == TUI_ACTION_MARK)
        mark_selected(tui);
    else if (action == TUI_ACTION_MARK_SHOWN || action == TUI_ACTION_MARK_OTHERS)
        mark_shown(tui, action == TUI_ACTION_MARK_OTHERS);
    else
        return false;
    return true;
}

static bool connections_act(struct tui *tui, enum tui_action action)
{
    struct tui_connections_state *list = &tui->connections;
    tui_model_settle(tui->model);
    place_selection(tui, list->scroll.page);
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
        sort_beside(tui, false);
    } else if (action == TUI_ACTION_SORT_LEFT) {
        sort_beside(tui, true);
    } else if (action == TUI_ACTION_REVERSE) {
        tui_connections_sort(tui, tui_model_sort(tui->model));
    } else if (action == TUI_ACTION_COLUMNS) {
        tui->below_columns = tui->screen;
        tui_show(tui, &tui_screen_columns);
    } else if (action == TUI_ACTION_FOLLOW) {
        list->follow = !list->follow;
        tui_say(tui, list->follow ? _("Following the newest connection.") : _("Not following."));
    } else {
        return mark_act(tui, action);
    }
    return true;
}

static void connections_click(struct tui *tui, size_t x, size_t y)
{
    struct tui_scroll *scroll = &tui->connections.scroll;
    if (y == 1) {
        struct list_layout layout;
        make_layout(tui, tui->grid.width, scroll->page, &layout);
        for (size_t i = 0; i < layout.count; i++)
            if (x >= layout.x[i] && x < layout.x[i] + layout.width[i])
                tui_connections_sort(tui, column_at(tui, i));
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
