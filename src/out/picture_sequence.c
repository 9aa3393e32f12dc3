/* The time-sequence graph as a drawing: what one end sends and the other acknowledges. */
#include "config.h"

#include "base/intl.h"
#include "out/picture.h"
#include "track/seq.h"
#include "view/words.h"
#include "wire/decode.h"

#define LEFT 100
#define RIGHT (OUT_PICTURE_WIDTH - OUT_PICTURE_MARGIN)
#define TOP 62
#define HEIGHT 300
#define TICKS 8

struct plot {
    struct base_strbuf *out;
    const struct view_timeline *timeline;
    enum track_side sender;
    int64_t from_ns, to_ns;
    int64_t low, high; /* numbers at the bottom and top */
    bool alone;        /* a socket that talks to itself */
    bool cut;          /* the connection lasted longer, without data of this direction */
    int64_t data_end;  /* number after the last payload */
    int64_t busy_ns;   /* when that was acknowledged, or sent */
};

typedef void take_event_fn(struct plot *plot, const struct track_event *event);

/* Those in the time that is shown. */
static void each_event(struct plot *plot, take_event_fn *take)
{
    size_t count = view_timeline_count(plot->timeline);
    for (size_t i = 0; i < count; i++) {
        struct view_item item;
        view_timeline_item(plot->timeline, i, &item);
        if (item.kind == VIEW_ITEM_EVENT && item.event.kind == TRACK_EVENT_SEGMENT &&
            !(item.event.flags & WIRE_RST) && (!plot->cut || item.event.time_ns <= plot->to_ns))
            take(plot, &item.event);
    }
}

static int64_t length_of(const struct track_event *event)
{
    return (int64_t)event->payload_bytes + ((event->flags & WIRE_SYN) != 0) +
           ((event->flags & WIRE_FIN) != 0);
}

static bool is_data(const struct plot *plot, const struct track_event *event)
{
    return event->sender == plot->sender && event->rel_seq_known && length_of(event) > 0;
}

static bool is_ack(const struct plot *plot, const struct track_event *event)
{
    return (event->sender != plot->sender || plot->alone) && (event->flags & WIRE_ACK) &&
           event->rel_ack_known;
}

/* --- what is shown --- */

static void stretch(struct plot *plot, int64_t number)
{
    if (number < plot->low)
        plot->low = number;
    if (number > plot->high)
        plot->high = number;
}

static void fit(struct plot *plot, const struct track_event *event)
{
    if (event->time_ns < plot->from_ns)
        plot->from_ns = event->time_ns;
    if (event->time_ns > plot->to_ns)
        plot->to_ns = event->time_ns;
    if (is_data(plot, event)) {
        stretch(plot, event->rel_seq);
        stretch(plot, event->rel_seq + length_of(event));
    }
    if (is_ack(plot, event))
        stretch(plot, event->rel_ack);
}

static void find_end_of_data(struct plot *plot, const struct track_event *event)
{
    if (is_data(plot, event) && event->payload_bytes > 0 &&
        event->rel_seq + (int64_t)event->payload_bytes > plot->data_end) {
        plot->data_end = event->rel_seq + (int64_t)event->payload_bytes;
        plot->busy_ns = event->time_ns;
    }
}

static void find_ack_of_data(struct plot *plot, const struct track_event *event)
{
    if (is_ack(plot, event) && event->rel_ack >= plot->data_end && plot->data_end > 0) {
        plot->busy_ns = event->time_ns > plot->busy_ns ? event->time_ns : plot->busy_ns;
        plot->data_end = 0; /* the first such ack alone */
    }
}

/* Most of the time nothing of this direction is under way: only when something is, is shown. */
static void leave_silence_out(struct plot *plot)
{
    int64_t span = plot->to_ns - plot->from_ns;
    plot->busy_ns = plot->from_ns;
    plot->data_end = 0;
    each_event(plot, find_end_of_data);
    each_event(plot, find_ack_of_data);
    int64_t busy = plot->busy_ns - plot->from_ns;
    if (busy > 0 && busy < span / 2) {
        plot->to_ns = plot->from_ns + busy + busy / 6;
        plot->cut = true;
    }
}

static bool choose_area(struct plot *plot)
{
    plot->cut = false;
    plot->from_ns = plot->low = INT64_MAX;
    plot->to_ns = plot->high = INT64_MIN;
    each_event(plot, fit);
    if (plot->low > plot->high)
        return false;
    leave_silence_out(plot);
    if (plot->high - plot->low < 8)
        plot->high = plot->low + 8;
    plot->high += (plot->high - plot->low) / 12;
    if (plot->to_ns - plot->from_ns < 1000)
        plot->to_ns = plot->from_ns + 1000;
    plot->to_ns += (plot->to_ns - plot->from_ns) / 40;
    return true;
}

static long x_of(const struct plot *plot, int64_t time_ns)
{
    double part = (double)(time_ns - plot->from_ns) / (double)(plot->to_ns - plot->from_ns);
    return LEFT + (long)(part * (RIGHT - LEFT) + 0.5);
}

static long y_of(const struct plot *plot, int64_t number)
{
    if (number > plot->high)
        number = plot->high;
    double part = (double)(plot->high - number) / (double)(plot->high - plot->low);
    return TOP + (long)(part * HEIGHT + 0.5);
}

/* --- axes --- */

/* 1, 2 or 5 times a power of ten, so that span has at most TICKS of them. */
static int64_t tick_of(int64_t span)
{
    int64_t step = 1;
    for (unsigned i = 0; span / step > TICKS; i++) {
        if (step > INT64_MAX / 5)
            return span;
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    }
    return step;
}

static void draw_number_axis(struct plot *plot)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    int64_t step = tick_of(plot->high - plot->low);
    int64_t first = plot->low / step * step;
    for (int64_t number = first; number <= plot->high; number += step) {
        if (number < plot->low)
            continue;
        long y = y_of(plot, number);
        out_picture_line(plot->out, "thin", LEFT, y, RIGHT, y);
        base_strbuf_clear(&text);
        if (number < 0)
            base_strbuf_char(&text, '-');
        view_add_count(&text, (uint64_t)(number < 0 ? -number : number));
        out_picture_text(plot->out, "small dim", LEFT - 8, y + 4, "end", base_strbuf_text(&text));
    }
    base_strbuf_free(&text);
}

static void draw_time_axis(struct plot *plot)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    int64_t start = plot->from_ns, span = plot->to_ns - start, step = tick_of(span);
    for (int64_t at = 0; at <= span; at += step) {
        long x = x_of(plot, start + at);
        out_picture_line(plot->out, "axis", x, TOP + HEIGHT, x, TOP + HEIGHT + 5);
        base_strbuf_clear(&text);
        view_add_span(&text, at, false);
        out_picture_text(plot->out, "small dim", x, TOP + HEIGHT + 20,
                         x > RIGHT - 30 ? "end" : "middle", base_strbuf_text(&text));
    }
    out_picture_line(plot->out, "axis", LEFT, TOP, LEFT, TOP + HEIGHT);
    out_picture_line(plot->out, "axis", LEFT, TOP + HEIGHT, RIGHT, TOP + HEIGHT);
    base_strbuf_free(&text);
}

/* --- what happened --- */

/* A run of numbers at one time: at least as high as it is wide, so that a SYN shows. */
static void draw_run(struct plot *plot, const char *classes, int64_t time_ns, int64_t low,
                     int64_t high)
{
    long x = x_of(plot, time_ns), bottom = y_of(plot, low), top = y_of(plot, high);
    if (bottom - top < 3)
        top = bottom - 3;
    out_picture_line(plot->out, classes, x, bottom, x, top);
}

static void draw_data(struct plot *plot, const struct track_event *event)
{
    if (is_data(plot, event))
        draw_run(plot, view_is_retransmission(event->findings) ? "again" : "data", event->time_ns,
                 event->rel_seq, event->rel_seq + length_of(event));
}

static void draw_sacks(struct plot *plot, const struct track_event *event)
{
    if (!is_ack(plot, event))
        return;
    for (size_t i = 0; i < event->options.sack_blocks && i < VIEW_SACK_KEPT; i++)
        draw_run(plot, "sacked", event->time_ns,
                 event->rel_ack + seq_diff(event->options.sack[i].left, event->ack),
                 event->rel_ack + seq_diff(event->options.sack[i].right, event->ack));
}

/* Stairs of the acks, or of the window's edge where that lies in the picture. */
static void draw_stairs(struct plot *plot, const char *classes, bool edge)
{
    bool drawing = false;
    size_t count = view_timeline_count(plot->timeline);
    base_strbuf_printf(plot->out, "<path class=\"%s\" d=\"", classes);
    for (size_t i = 0; i < count; i++) {
        struct view_item item;
        view_timeline_item(plot->timeline, i, &item);
        const struct track_event *event = &item.event;
        if (item.kind != VIEW_ITEM_EVENT) {
            drawing = false;
            continue;
        }
        if (event->kind != TRACK_EVENT_SEGMENT || (event->flags & WIRE_RST) ||
            !is_ack(plot, event) || event->time_ns > plot->to_ns)
            continue;
        int64_t number = event->rel_ack + (edge ? event->window_bytes : 0);
        if (number > plot->high) {
            drawing = false;
            continue;
        }
        long x = x_of(plot, event->time_ns), y = y_of(plot, number);
        if (drawing)
            base_strbuf_printf(plot->out, "H%ldV%ld", x, y);
        else
            base_strbuf_printf(plot->out, "M%ld %ld", x, y);
        drawing = true;
    }
    if (drawing)
        base_strbuf_printf(plot->out, "H%d", RIGHT);
    base_strbuf_str(plot->out, "\"/>\n");
}

/* Segments that only were counted: when, and how many. */
static void draw_folds(struct plot *plot)
{
    size_t count = view_timeline_count(plot->timeline);
    for (size_t i = 0; i < count; i++) {
        struct view_item item;
        view_timeline_item(plot->timeline, i, &item);
        if (item.kind != VIEW_ITEM_FOLD)
            continue;
        if (item.fold.start_ns > plot->to_ns)
            break;
        long from = x_of(plot, item.fold.start_ns);
        long to = item.fold.end_ns < plot->to_ns ? x_of(plot, item.fold.end_ns) : RIGHT;
        struct base_strbuf text = BASE_STRBUF_INIT;
        out_picture_rect(plot->out, "band", from, TOP, to - from > 2 ? to - from : 2, HEIGHT, 0);
        base_strbuf_str(&text, "⋯ ");
        view_add_counted(&text, item.fold.segments, "segment");
        if (to - from > 120)
            out_picture_text(plot->out, "small r-fold halo", (from + to) / 2, TOP + HEIGHT / 2,
                             "middle", base_strbuf_text(&text));
        base_strbuf_free(&text);
    }
}

/* --- legend --- */

static void draw_legend(struct plot *plot)
{
    static const struct {
        const char *classes, *words;
        long width;
    } signs[] = {
        {"data", N_("sent"), 74},           {"again", N_("sent again"), 112},
        {"acks", N_("acknowledged"), 136},  {"sacked", N_("SACK"), 84},
        {"window", N_("window's edge"), 0},
    };
    long x = LEFT;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        out_picture_line(plot->out, signs[i].classes, x, 42, x + 20, 42);
        out_picture_text(plot->out, "small dim", x + 27, 46, NULL, _(signs[i].words));
        x += signs[i].width + 14;
    }
}

/* Says that the connection went on. */
static void draw_rest(struct plot *plot, const struct track_connection *record)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, _("no more data until the end at "));
    view_add_span(&text, record->end_ns - record->start_ns, false);
    out_picture_text(plot->out, "small dim", RIGHT, 46, "end", base_strbuf_text(&text));
    base_strbuf_free(&text);
}

static size_t draw(struct plot *plot, size_t y)
{
    char ends[2][WIRE_ENDPOINT_TEXT];
    const struct track_connection *record = view_timeline_record(plot->timeline);
    struct base_strbuf title = BASE_STRBUF_INIT;
    if (!choose_area(plot))
        return y;
    for (unsigned side = 0; side < 2; side++)
        wire_endpoint_text(&record->end[plot->alone ? 0 : side].endpoint, ends[side],
                           WIRE_ENDPOINT_TEXT);
    base_strbuf_printf(plot->out, "<g transform=\"translate(0,%zu)\">\n", y);
    base_strbuf_printf(&title, "%s → %s", ends[plot->sender], ends[plot->sender ^ 1u]);
    out_picture_text(plot->out, "name", LEFT, 18, NULL, base_strbuf_text(&title));
    draw_legend(plot);
    draw_folds(plot);
    draw_number_axis(plot);
    draw_stairs(plot, "window", true);
    draw_stairs(plot, "acks", false);
    each_event(plot, draw_sacks);
    each_event(plot, draw_data);
    draw_time_axis(plot);
    if (plot->cut)
        draw_rest(plot, record);
    base_strbuf_str(plot->out, "</g>\n");
    base_strbuf_free(&title);
    return y + TOP + HEIGHT + 44;
}

size_t out_draw_sequence(struct base_strbuf *out, const struct view_timeline *timeline)
{
    const struct track_connection *record = view_timeline_record(timeline);
    struct plot plot = {.out = out, .timeline = timeline, .alone = record->self_connect};
    size_t y = 0;
    bool any = record->end[0].payload_bytes > 0 || record->end[1].payload_bytes > 0;
    for (unsigned side = 0; side < (plot.alone ? 1 : 2); side++) {
        plot.sender = (enum track_side)side;
        if (record->end[side].payload_bytes > 0 || (!any && side == TRACK_CLIENT))
            y = draw(&plot, y);
    }
    return y;
}
