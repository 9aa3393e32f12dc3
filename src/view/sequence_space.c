/* The sequence space of a connection: each direction's sliding window at a segment. */
#include "config.h"

#include "view/sequence_space.h"

#include <string.h>

#include "base/intl.h"
#include "track/seq.h"
#include "view/charwidth.h"

static int64_t end_of(const struct track_event *event)
{
    return event->rel_seq + event->payload_bytes + ((event->flags & WIRE_SYN) != 0) +
           ((event->flags & WIRE_FIN) != 0);
}

static void take_sent(struct view_window *window, const struct track_event *event)
{
    if (!event->rel_seq_known || (event->flags & WIRE_RST))
        return;
    if (!window->known) {
        window->snd_una = event->rel_seq;
        window->snd_nxt = event->rel_seq;
    }
    window->known = true;
    if (end_of(event) > window->snd_nxt)
        window->snd_nxt = end_of(event);
}

static void take_sacked(struct view_window *window, const struct track_event *event)
{
    size_t count = event->options.sack_blocks;
    window->sacked_count = 0;
    for (size_t i = 0; i < count && i < VIEW_SACK_KEPT; i++) {
        int64_t left = event->rel_ack + seq_diff(event->options.sack[i].left, event->ack);
        int64_t right = event->rel_ack + seq_diff(event->options.sack[i].right, event->ack);
        if (left < event->rel_ack || right <= left)
            continue; /* a D-SACK, or nonsense */
        window->sacked[window->sacked_count].left = left;
        window->sacked[window->sacked_count++].right = right;
    }
}

static void take_acked(struct view_window *window, const struct track_event *event)
{
    if (!(event->flags & WIRE_ACK) || (event->flags & WIRE_RST) || !event->rel_ack_known)
        return;
    if (!window->known)
        window->snd_nxt = event->rel_ack;
    if (!window->known || event->rel_ack > window->snd_una)
        window->snd_una = event->rel_ack;
    if (window->snd_nxt < window->snd_una)
        window->snd_nxt = window->snd_una; /* what was sent before is not kept */
    int64_t edge = event->rel_ack + event->window_bytes;
    if (!window->edge_known || event->rel_ack == window->snd_una)
        window->edge = edge;
    window->known = window->edge_known = true;
    take_sacked(window, event);
}

struct view_window view_window_at(const struct view_timeline *timeline, size_t item,
                                  enum track_side sender)
{
    struct view_window window = {.known = false};
    bool alone = view_timeline_record(timeline)->self_connect;
    for (size_t i = 0; i <= item && i < view_timeline_count(timeline); i++) {
        struct view_item shown;
        view_timeline_item(timeline, i, &shown);
        if (shown.kind != VIEW_ITEM_EVENT || shown.event.kind != TRACK_EVENT_SEGMENT)
            continue;
        if (shown.event.sender == sender)
            take_sent(&window, &shown.event);
        if (shown.event.sender != sender || alone)
            take_acked(&window, &shown.event);
    }
    return window;
}

/* --- the bar --- */

enum part { PART_ACKED, PART_FLIGHT, PART_SACKED, PART_FREE, PART_BEYOND };

static enum part part_at(const struct view_window *window, int64_t from, int64_t to)
{
    for (size_t i = 0; i < window->sacked_count; i++)
        if (from < window->sacked[i].right && to > window->sacked[i].left)
            return PART_SACKED;
    if (window->snd_nxt > window->snd_una && from < window->snd_nxt && to > window->snd_una)
        return PART_FLIGHT; /* a cell that has any of it */
    if (from < window->snd_una)
        return PART_ACKED;
    return window->edge_known && from < window->edge ? PART_FREE : PART_BEYOND;
}

static int64_t top_of(const struct view_window *window)
{
    return window->edge_known && window->edge > window->snd_nxt ? window->edge : window->snd_nxt;
}

/* The numbers of the first cell and behind the last one: what is not acked yet, and some around. */
static void span_of(const struct view_window *window, int64_t *from, int64_t *to)
{
    int64_t span = top_of(window) - window->snd_una;
    if (span < 16)
        span = 16;
    *from = window->snd_una - span / 8;
    *to = top_of(window) + span / 8 + 1;
}

/* The number at which a cell of the bar begins. */
static int64_t number_at(size_t x, int64_t from, int64_t to, size_t width)
{
    return from + (int64_t)((double)x * (double)(to - from) / (double)width);
}

/* The first cell that begins at a number or behind it. */
static size_t column_of(int64_t number, int64_t from, int64_t to, size_t width)
{
    size_t x = 0;
    while (x < width && number_at(x, from, to, width) < number)
        x++;
    return x;
}

/* An arrow at each border with its name, one for those that are the same number. */
static void draw_marks(const struct view_window *window, struct view_grid *grid, size_t y,
                       int64_t from, int64_t to, bool ascii)
{
    static const char *const names[] = {"UNA", "NXT", N_("edge")};
    const int64_t numbers[] = {window->snd_una, window->snd_nxt, window->edge};
    size_t next = 0, count = window->edge_known ? 3 : 2;
    for (size_t i = 0; i < count;) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        size_t x = column_of(numbers[i], from, to, grid->width);
        int64_t number = numbers[i];
        const char *arrow = ascii ? "^" : "↑";
        base_strbuf_str(&text, _(names[i++]));
        for (; i < count && numbers[i] == number; i++)
            base_strbuf_printf(&text, "=%s", _(names[i]));
        size_t width = 1 + view_text_width(base_strbuf_text(&text), text.length);
        bool before = x + width > grid->width; /* the name stands before its arrow */
        size_t start = before && x + 1 >= width ? x + 1 - width : x;
        if (start >= next && start + width <= grid->width) {
            view_grid_text(grid, x, y, arrow, VIEW_ROLE_DIM);
            view_grid_text(grid, before ? start : x + 1, y, base_strbuf_text(&text), VIEW_ROLE_DIM);
            next = start + width + 1;
        }
        base_strbuf_free(&text);
    }
}

void view_window_draw(const struct view_window *window, struct view_grid *grid, size_t y,
                      bool marks, bool ascii)
{
    static const uint32_t signs[2][5] = {{0x00b7, 0x2588, 0x2593, 0x2591, ' '},
                                         {'.', '#', 'S', '-', ' '}};
    static const uint8_t roles[] = {VIEW_ROLE_DIM, VIEW_ROLE_FINDING, VIEW_ROLE_HOLDS,
                                    VIEW_ROLE_ARROW, VIEW_ROLE_PLAIN};
    int64_t from, to;
    if (!window->known)
        return;
    span_of(window, &from, &to);
    for (size_t x = 0; x < grid->width; x++) {
        int64_t left = number_at(x, from, to, grid->width);
        int64_t right = number_at(x + 1, from, to, grid->width);
        enum part part = part_at(window, left, right > left ? right : left + 1);
        view_grid_fill(grid, x, y, signs[ascii][part], 1, (enum view_role)roles[part]);
    }
    if (marks)
        draw_marks(window, grid, y + 1, from, to, ascii);
}
