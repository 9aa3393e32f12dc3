/* The time–sequence graph: what one end sends and the other acks, as dots. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/seq.h"
#include "view/charwidth.h"
#include "view/sequence_space.h"
#include "view/words.h"

/* What a dot is of; where several meet in a cell, the last of these gives it its look. */
enum ink { INK_NONE, INK_EDGE, INK_ACK, INK_SACK, INK_DATA, INK_AGAIN, INKS };

struct plot {
    const struct view_graph *graph;
    const struct view_timeline *timeline;
    struct view_grid *grid;
    size_t left, columns, rows; /* the area of dots, in cells */
    int64_t from_ns, to_ns;
    int64_t low, high; /* numbers at the bottom and top */
    uint8_t *dots;     /* owned, a byte a cell: the eight dots of a braille character */
    uint8_t *inks;     /* owned, enum ink a cell */
};

#define DOTS_X 2
#define DOTS_Y 4

typedef void take_event_fn(struct plot *plot, const struct track_event *event);

static void each_event(struct plot *plot, take_event_fn *take)
{
    size_t count = view_timeline_count(plot->timeline);
    for (size_t i = 0; i < count; i++) {
        struct view_item item;
        view_timeline_item(plot->timeline, i, &item);
        if (item.kind == VIEW_ITEM_EVENT && item.event.kind == TRACK_EVENT_SEGMENT &&
            !(item.event.flags & WIRE_RST))
            take(plot, &item.event);
    }
}

static bool is_data(const struct plot *plot, const struct track_event *event)
{
    return event->sender == plot->graph->sender && event->rel_seq_known;
}

static bool is_ack(const struct plot *plot, const struct track_event *event)
{
    bool alone = view_timeline_record(plot->timeline)->self_connect;
    return (event->sender != plot->graph->sender || alone) && (event->flags & WIRE_ACK) &&
           event->rel_ack_known;
}

static int64_t length_of(const struct track_event *event)
{
    return (int64_t)event->payload_bytes + ((event->flags & WIRE_SYN) != 0) +
           ((event->flags & WIRE_FIN) != 0);
}

/* --- what is shown --- */

static int64_t time_of_item(const struct view_timeline *timeline, size_t item)
{
    struct view_item shown;
    view_timeline_item(timeline, item, &shown);
    return shown.kind == VIEW_ITEM_EVENT ? shown.event.time_ns : shown.fold.start_ns;
}

int64_t view_graph_span(const struct view_timeline *timeline, unsigned zoom)
{
    size_t count = view_timeline_count(timeline);
    int64_t span = time_of_item(timeline, count - 1) - time_of_item(timeline, 0);
    span = (span > 0 ? span : 0) >> (zoom < VIEW_GRAPH_ZOOM ? zoom : VIEW_GRAPH_ZOOM);
    return span > 1000 ? span : 1000;
}

static void choose_times(struct plot *plot)
{
    int64_t span = view_graph_span(plot->timeline, plot->graph->zoom);
    plot->from_ns = time_of_item(plot->timeline, 0);
    if (plot->graph->zoom > 0)
        plot->from_ns =
            time_of_item(plot->timeline, plot->graph->item) - span / 2 + plot->graph->pan_ns;
    plot->to_ns = plot->from_ns + span;
}

static void stretch(struct plot *plot, int64_t number)
{
    if (number < plot->low)
        plot->low = number;
    if (number > plot->high)
        plot->high = number;
}

static void fit(struct plot *plot, const struct track_event *event)
{
    if (event->time_ns < plot->from_ns || event->time_ns > plot->to_ns)
        return;
    if (is_data(plot, event)) {
        stretch(plot, event->rel_seq);
        stretch(plot, event->rel_seq + length_of(event));
    }
    if (is_ack(plot, event)) {
        stretch(plot, event->rel_ack);
        if (plot->graph->edge)
            stretch(plot, event->rel_ack + event->window_bytes);
    }
}

static void choose_numbers(struct plot *plot)
{
    plot->low = INT64_MAX;
    plot->high = INT64_MIN;
    each_event(plot, fit);
    if (plot->low > plot->high)
        plot->low = plot->high = 0;
    if (plot->high - plot->low < 8)
        plot->high = plot->low + 8;
}

/* --- dots --- */

static size_t dot_x(const struct plot *plot, int64_t time_ns)
{
    double part = (double)(time_ns - plot->from_ns) / (double)(plot->to_ns - plot->from_ns);
    return (size_t)(part * (double)(plot->columns * DOTS_X - 1) + 0.5);
}

static size_t dot_y(const struct plot *plot, int64_t number)
{
    double part = (double)(plot->high - number) / (double)(plot->high - plot->low);
    return (size_t)(part * (double)(plot->rows * DOTS_Y - 1) + 0.5);
}

static bool is_inside(const struct plot *plot, int64_t time_ns)
{
    return time_ns >= plot->from_ns && time_ns <= plot->to_ns;
}

static void put_dot(struct plot *plot, size_t x, size_t y, enum ink ink)
{
    static const uint8_t bits[DOTS_Y][DOTS_X] = {
        {0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
    size_t cell = y / DOTS_Y * plot->columns + x / DOTS_X;
    if (x >= plot->columns * DOTS_X || y >= plot->rows * DOTS_Y)
        return;
    plot->dots[cell] |= bits[y % DOTS_Y][x % DOTS_X];
    if (plot->inks[cell] < ink)
        plot->inks[cell] = (uint8_t)ink;
}

/* A run of numbers at a time, as much of it as is shown. */
static void put_run(struct plot *plot, int64_t time_ns, int64_t from, int64_t to, enum ink ink)
{
    if (!is_inside(plot, time_ns) || to < plot->low || from > plot->high)
        return;
    if (from < plot->low)
        from = plot->low;
    if (to > plot->high)
        to = plot->high;
    size_t x = dot_x(plot, time_ns);
    for (size_t y = dot_y(plot, to); y <= dot_y(plot, from); y++)
        put_dot(plot, x, y, ink);
}

/* A number that holds from one time to another. */
static void put_level(struct plot *plot, int64_t from_ns, int64_t to_ns, int64_t number,
                      enum ink ink)
{
    if (from_ns < plot->from_ns)
        from_ns = plot->from_ns;
    if (to_ns > plot->to_ns)
        to_ns = plot->to_ns;
    if (from_ns > to_ns || number < plot->low || number > plot->high)
        return;
    for (size_t x = dot_x(plot, from_ns); x <= dot_x(plot, to_ns); x++)
        put_dot(plot, x, dot_y(plot, number), ink);
}

static void plot_data(struct plot *plot, const struct track_event *event)
{
    int64_t length = length_of(event);
    if (is_data(plot, event) && length > 0)
        put_run(plot, event->time_ns, event->rel_seq, event->rel_seq + length,
                view_is_retransmission(event->findings) ? INK_AGAIN : INK_DATA);
}

static void plot_sacks(struct plot *plot, const struct track_event *event)
{
    if (!is_ack(plot, event))
        return;
    for (size_t i = 0; i < event->options.sack_blocks && i < VIEW_SACK_KEPT; i++)
        put_run(plot, event->time_ns,
                event->rel_ack + seq_diff(event->options.sack[i].left, event->ack),
                event->rel_ack + seq_diff(event->options.sack[i].right, event->ack), INK_SACK);
}

/* The stairs of acks and of the window's edge: each holds until the next. */
static void plot_levels(struct plot *plot)
{
    struct track_event last = {.frame = 0};
    size_t count = view_timeline_count(plot->timeline);
    bool any = false;
    for (size_t i = 0; i <= count; i++) {
        struct view_item item;
        int64_t until_ns = plot->to_ns;
        if (i < count) {
            view_timeline_item(plot->timeline, i, &item);
            if (item.kind != VIEW_ITEM_EVENT || item.event.kind != TRACK_EVENT_SEGMENT ||
                (item.event.flags & WIRE_RST) || !is_ack(plot, &item.event))
                continue;
            until_ns = item.event.time_ns;
        } else {
            until_ns = time_of_item(plot->timeline, count - 1);
        }
        if (any) {
            put_level(plot, last.time_ns, until_ns, last.rel_ack, INK_ACK);
            put_level(plot, last.time_ns, until_ns, last.rel_ack + last.window_bytes, INK_EDGE);
        }
        if (i < count)
            last = item.event;
        any = true;
    }
}

/* --- cells --- */

static void draw_cells(const struct plot *plot)
{
    static const char letters[INKS] = {' ', '=', '-', 'S', '#', 'R'};
    static const uint8_t roles[INKS] = {VIEW_ROLE_PLAIN, VIEW_ROLE_GAP,   VIEW_ROLE_ARROW,
                                        VIEW_ROLE_HOLDS, VIEW_ROLE_TITLE, VIEW_ROLE_BREAKS};
    for (size_t y = 0; y < plot->rows; y++) {
        for (size_t x = 0; x < plot->columns; x++) {
            size_t cell = y * plot->columns + x;
            uint8_t ink = plot->inks[cell];
            if (ink == INK_NONE)
                continue;
            uint32_t sign =
                plot->graph->ascii ? (uint32_t)letters[ink] : 0x2800u + plot->dots[cell];
            view_grid_fill(plot->grid, plot->left + x, y, sign, 1, (enum view_role)roles[ink]);
        }
    }
}

/* Where the selected segment is, behind everything. */
static void draw_cursor(const struct plot *plot)
{
    int64_t time_ns = time_of_item(plot->timeline, plot->graph->item);
    if (!is_inside(plot, time_ns))
        return;
    size_t x = dot_x(plot, time_ns) / DOTS_X;
    for (size_t y = 0; y < plot->rows; y++)
        view_grid_fill(plot->grid, plot->left + x, y, plot->graph->ascii ? ':' : 0x250a, 1,
                       VIEW_ROLE_NOTE);
}

static void draw_axis(const struct plot *plot)
{
    struct view_grid *grid = plot->grid;
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = plot->graph->ascii;
    const int64_t numbers[] = {plot->high, plot->low};
    for (size_t i = 0; i < 2; i++) {
        char number[24];
        snprintf(number, sizeof number, "%" PRId64, numbers[i]);
        view_grid_put(grid, 0, i == 0 ? 0 : plot->rows - 1, number, strlen(number), plot->left - 1,
                      VIEW_ROLE_DIM);
    }
    for (size_t y = 0; y < plot->rows; y++)
        view_grid_fill(grid, plot->left - 1, y, ascii ? '|' : 0x2502, 1, VIEW_ROLE_RULE);
    int64_t start = view_timeline_record(plot->timeline)->start_ns;
    base_strbuf_char(&text, plot->from_ns < start ? '-' : '+');
    view_add_span(&text, llabs(plot->from_ns - start), ascii);
    view_grid_text(grid, plot->left, plot->rows, base_strbuf_text(&text), VIEW_ROLE_TIME);
    base_strbuf_clear(&text);
    base_strbuf_char(&text, '+');
    view_add_span(&text, plot->to_ns > start ? plot->to_ns - start : 0, ascii);
    size_t width = view_text_width(base_strbuf_text(&text), text.length);
    view_grid_text(grid, grid->width > width ? grid->width - width : 0, plot->rows,
                   base_strbuf_text(&text), VIEW_ROLE_TIME);
    base_strbuf_free(&text);
}

void view_graph_draw(const struct view_graph *graph, const struct view_timeline *timeline,
                     struct view_grid *grid)
{
    struct plot plot = {.graph = graph, .timeline = timeline, .grid = grid, .left = 12};
    if (grid->width < plot.left + 8 || grid->height < 2 || view_timeline_count(timeline) == 0)
        return;
    plot.columns = grid->width - plot.left;
    plot.rows = grid->height - 1;
    plot.dots = base_calloc(plot.columns * plot.rows, 1);
    plot.inks = base_calloc(plot.columns * plot.rows, 1);
    choose_times(&plot);
    choose_numbers(&plot);
    plot_levels(&plot);
    each_event(&plot, plot_sacks);
    each_event(&plot, plot_data);
    draw_cursor(&plot);
    draw_cells(&plot);
    draw_axis(&plot);
    free(plot.dots);
    free(plot.inks);
}
