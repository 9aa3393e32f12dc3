/* The selected segment in full: its layers, its header, its sums and rules, its bytes. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "explain/segment.h"
#include "base/intl.h"
#include "tui/detail.h"
#include "tui/cursor.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/encapsulation.h"
#include "view/glyphs.h"
#include "view/words.h"
#include "wire/decode.h"

/* From this width on what explains stands beside the header. */
#define WIDE 140
#define LEFT_WIDTH 68
/* Bytes of the payload that are shown. */
#define SHOWN_BYTES 4096
/* Rows that all that can be: the bytes at four a row, and the rest. */
#define PAGE_ROWS (SHOWN_BYTES / 4 + 256)
/* Packets of a file that are looked at for a frame. */
#define PACKETS_A_FRAME 20000

/* --- the packet --- */

static void decode(struct tui_segment_state *state)
{
    const struct wire_decoder_options options = {.verify_checksums = true};
    struct wire_decoder *decoder = wire_decoder_new(&options);
    struct wire_result result;
    wire_decode(decoder, &state->packet, &result);
    state->decoded = result.verdict == WIRE_SEGMENT;
    if (state->decoded)
        state->segment = result.segment;
    wire_decoder_free(decoder);
}

/* The file may have been written anew since. */
static bool is_of(const struct tui_segment_state *state, const struct track_event *event)
{
    return state->packet.time_ns == event->time_ns &&
           (!state->decoded ||
            (state->segment.seq == event->seq &&
             ((state->segment.flags ^ event->flags) & ~(unsigned)WIRE_FIN) == 0));
}

static void take(struct tui_segment_state *state, const struct wire_packet *packet)
{
    free(state->bytes);
    state->packet = *packet;
    state->bytes = base_calloc(packet->captured_bytes + 1, 1);
    memcpy(state->bytes, packet->data, packet->captured_bytes);
    state->packet.data = state->bytes;
    decode(state);
}

/* Finds the packet of the event, or goes on looking for it. */
static void fetch(struct tui *tui, const struct track_event *event)
{
    struct tui_segment_state *state = &tui->segment;
    struct wire_packet packet;
    if (state->frame == event->frame && state->fetched != APP_FETCH_MORE)
        return;
    if (state->frame != event->frame)
        state->top = 0;
    state->frame = event->frame;
    state->decoded = false;
    state->fetched = app_feed_fetch(tui->feed, event->frame, PACKETS_A_FRAME, &packet);
    if (state->fetched != APP_FETCH_DONE)
        return;
    take(state, &packet);
    if (!is_of(state, event)) {
        state->decoded = false;
        state->fetched = APP_FETCH_FAILED;
    }
}

static const char *why_no_packet(enum app_fetch fetched)
{
    switch (fetched) {
    case APP_FETCH_MORE:
        return _("Looking for the packet in the file ...");
    case APP_FETCH_NOT_KEPT:
        return _("The packet's bytes were not kept: below is what the timeline knows.");
    case APP_FETCH_FAILED:
        return _("The packet cannot be read again: the file is gone or another one.");
    case APP_FETCH_DONE:
        break;
    }
    return "";
}

/* --- parts: each takes a place, draws, and moves it down --- */

static void draw_title(struct view_place *place, const char *title)
{
    view_grid_fill(place->grid, place->x, place->y, view_glyphs(place->ascii)->rule, place->width,
                   VIEW_ROLE_RULE);
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, " %s ", title);
    tui_paint_text(place->grid, place->x + 2, place->y, place->width > 2 ? place->width - 2 : 0,
                   base_strbuf_text(&text), VIEW_ROLE_SECTION, place->ascii);
    base_strbuf_free(&text);
    place->y++;
}

static void draw_line(struct view_place *place, const char *text, uint8_t role)
{
    struct tui_area rest = {place->x + 1, place->y, place->width - 1, 8};
    place->y += tui_paint_wrapped(place->grid, rest, 2, text, role);
}

static void draw_layers(struct view_place *place, const struct tui_segment_state *state)
{
    struct base_strbuf title = BASE_STRBUF_INIT;
    base_strbuf_str(&title, _("Layers: "));
    view_add_counted(&title, state->packet.wire_bytes, N_("byte"));
    base_strbuf_str(&title, _(" on the wire"));
    if (state->packet.captured_bytes < state->packet.wire_bytes) {
        base_strbuf_str(&title, ", ");
        view_add_count(&title, state->packet.captured_bytes);
        base_strbuf_str(&title, _(" of them here"));
    }
    draw_title(place, base_strbuf_text(&title));
    base_strbuf_free(&title);
    if (state->decoded)
        place->y += view_draw_layers(place, &state->segment);
    else
        draw_line(place, _("The last of several IP fragments, or no TCP by itself."),
                  VIEW_ROLE_DIM);
}

/* The TCP header's bytes, if the packet has them; 0 if not. */
static size_t header_bytes(const struct tui_segment_state *state, const uint8_t **bytes)
{
    const struct wire_segment *segment = &state->segment;
    if (!state->decoded || segment->reassembled || segment->layer_count == 0)
        return 0;
    size_t at = segment->layers[segment->layer_count - 1].offset;
    if (at >= state->packet.captured_bytes)
        return 0;
    size_t left = state->packet.captured_bytes - at;
    *bytes = state->packet.data + at;
    return left < segment->header_bytes ? left : segment->header_bytes;
}

static void draw_header(struct tui *tui, struct view_place *place, const struct track_event *event,
                        const struct track_connection *record)
{
    const struct tui_segment_state *state = &tui->segment;
    struct view_header header = {.event = event, .absolute = tui->options.absolute};
    enum track_side sender = (enum track_side)(event->sender & 1);
    enum track_side peer = record->self_connect ? sender : track_other(sender);
    header.length = header_bytes(state, &header.bytes);
    header.ports[0] = record->end[sender].endpoint.port;
    header.ports[1] = record->end[peer].endpoint.port;
    header.checksum = state->decoded ? state->segment.tcp_checksum : WIRE_CHECKSUM_UNKNOWN;
    draw_title(place, _("TCP header"));
    place->y += view_draw_header(place, &header);
}

static void draw_window(struct view_place *place, const struct track_event *event)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, _("window %u"), (unsigned)event->window);
    if (event->window_scale_known && event->window_bytes != event->window && event->window > 0)
        base_strbuf_printf(&text, _(" %s %" PRIu32 " (scale)"), place->ascii ? "x" : "×",
                           event->window_bytes / event->window);
    base_strbuf_str(&text, ": ");
    view_add_counted(&text, event->window_bytes, N_("byte"));
    base_strbuf_str(&text, _(" may come; in flight of its own: "));
    view_add_count(&text, event->bytes_in_flight);
    draw_line(place, base_strbuf_text(&text), VIEW_ROLE_DIM);
    base_strbuf_free(&text);
}

static void draw_words(struct tui *tui, struct view_place *place,
                       const struct view_timeline *timeline, const struct track_event *event)
{
    struct explain_subject subject = {.event = event, .record = view_timeline_record(timeline)};
    subject.transitions = view_timeline_transitions(timeline, &subject.transition_count);
    const struct explain_options options = {tui->options.absolute, tui->options.ascii};
    struct base_strbuf text = BASE_STRBUF_INIT;
    explain_segment(&subject, &options, &text);
    draw_title(place, _("What it means"));
    for (const char *line = base_strbuf_text(&text); *line != '\0';) {
        size_t length = strcspn(line, "\n");
        struct base_strbuf one = BASE_STRBUF_INIT;
        base_strbuf_add(&one, line, length);
        draw_line(place, base_strbuf_text(&one), VIEW_ROLE_PLAIN);
        base_strbuf_free(&one);
        line += length + (line[length] == '\n');
    }
    base_strbuf_free(&text);
    if (event->kind == TRACK_EVENT_SEGMENT && (event->flags & WIRE_RST) == 0)
        draw_window(place, event);
    if (tui->segment.decoded && tui->segment.segment.tcp_checksum == WIRE_CHECKSUM_BAD)
        draw_line(
            place,
            _("the checksum is wrong here: often because the sender's network card fills it in "
              "only after the capture"),
            VIEW_ROLE_REMARK);
}

static void draw_payload(struct view_place *place, const struct tui_segment_state *state)
{
    const struct wire_segment *segment = &state->segment;
    struct base_strbuf title = BASE_STRBUF_INIT;
    size_t at = segment->payload_offset, here = segment->captured_payload_bytes;
    if (!state->decoded || segment->payload_bytes == 0 || segment->reassembled)
        return;
    if (at > state->packet.captured_bytes)
        return;
    if (here > state->packet.captured_bytes - at)
        here = state->packet.captured_bytes - at;
    size_t shown = here < SHOWN_BYTES ? here : SHOWN_BYTES;
    base_strbuf_str(&title, _("Payload: "));
    view_add_counted(&title, segment->payload_bytes, N_("byte"));
    if (shown < segment->payload_bytes) {
        base_strbuf_str(&title, shown < here ? _(", the first ") : _(", captured "));
        view_add_count(&title, shown);
    }
    draw_title(place, base_strbuf_text(&title));
    base_strbuf_free(&title);
    place->y += view_draw_bytes(place, state->packet.data + at, shown);
}

/* What the kernels say now, of the ends that are theirs. */
static void draw_kernel(struct tui *tui, struct view_place *place, uint64_t number)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (unsigned side = 0; side < 2; side++) {
        uint8_t role;
        if (tui_detail_kernel(tui, number, (enum track_side)side, &text, &role))
            draw_line(place, base_strbuf_text(&text), role);
    }
    base_strbuf_free(&text);
}

/* --- the page --- */

/* All of it; returns the rows used. */
static size_t draw_event(struct tui *tui, struct view_grid *page,
                         const struct view_timeline *timeline, const struct track_event *event)
{
    struct tui_segment_state *state = &tui->segment;
    struct view_place left = {page, 0, 0, page->width, tui->options.ascii};
    bool wide = page->width >= WIDE, segment = event->kind == TRACK_EVENT_SEGMENT;
    if (wide)
        left.width = LEFT_WIDTH;
    if (state->fetched == APP_FETCH_DONE)
        draw_layers(&left, state);
    else
        draw_line(&left, why_no_packet(state->fetched), VIEW_ROLE_NOTE);
    if (segment)
        draw_header(tui, &left, event, view_timeline_record(timeline));
    struct view_place right = left;
    if (wide)
        right = (struct view_place){page, LEFT_WIDTH + 2, 0, page->width - LEFT_WIDTH - 2,
                                    tui->options.ascii};
    draw_words(tui, &right, timeline, event);
    draw_kernel(tui, &right, view_timeline_record(timeline)->number);
    draw_payload(&right, state);
    return left.y > right.y ? left.y : right.y;
}

static size_t draw_fold(struct tui *tui, struct view_grid *page, const struct view_fold *fold)
{
    struct view_place place = {page, 0, 0, page->width, tui->options.ascii};
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_counted(&text, fold->segments, N_("segment"));
    base_strbuf_str(&text,
                    _(" of the middle of a long connection, which are counted but not kept: "));
    view_add_bytes(&text, fold->payload_bytes);
    base_strbuf_str(&text, _(" of data, "));
    view_add_counted(&text, fold->retransmissions, N_("retransmission"));
    draw_line(&place, base_strbuf_text(&text), VIEW_ROLE_PLAIN);
    base_strbuf_free(&text);
    return place.y;
}

static size_t draw_page(struct tui *tui, struct view_grid *page,
                        const struct view_timeline *timeline)
{
    struct view_item item;
    view_timeline_item(timeline, tui->cursor.item, &item);
    if (item.kind == VIEW_ITEM_FOLD) {
        tui->segment.frame = 0;
        tui->segment.top = 0;
        return draw_fold(tui, page, &item.fold);
    }
    fetch(tui, &item.event);
    return draw_event(tui, page, timeline, &item.event);
}

static void segment_draw(struct tui *tui, struct tui_area area)
{
    struct tui_segment_state *state = &tui->segment;
    const struct view_timeline *timeline = tui_cursor_timeline(tui);
    if (timeline == NULL) {
        tui_cursor_draw_gone(tui, area, tui->cursor.connection);
        return;
    }
    tui_cursor_draw_head(tui, area, timeline);
    area.y += TUI_CURSOR_HEAD;
    area.height -= TUI_CURSOR_HEAD;
    struct view_grid page;
    view_grid_init(&page, area.width, PAGE_ROWS);
    size_t rows = draw_page(tui, &page, timeline);
    state->page = area.height;
    state->last_top = rows > area.height ? rows - area.height : 0;
    if (state->top > state->last_top)
        state->top = state->last_top;
    tui_paint_copy(&tui->grid, area, &page, 0, state->top);
    if (state->top < state->last_top)
        tui_paint_right(&tui->grid, area.x, area.y + area.height - 1, area.width,
                        tui->options.ascii ? _(" more: Space") : _(" ▼ Space"), VIEW_ROLE_DIM,
                        tui->options.ascii);
    view_grid_free(&page);
}

bool tui_segment_wants_more(const struct tui *tui)
{
    return tui->screen == &tui_screen_segment && tui->segment.frame != 0 &&
           tui->segment.fetched == APP_FETCH_MORE;
}

/* Up and down go from segment to segment; pages and ends move in this one. */
static bool segment_act(struct tui *tui, enum tui_action action)
{
    struct tui_segment_state *state = &tui->segment;
    size_t page = state->page > 2 ? state->page - 2 : 1;
    if (action == TUI_ACTION_PAGE_DOWN)
        state->top += page;
    else if (action == TUI_ACTION_PAGE_UP)
        state->top = state->top > page ? state->top - page : 0;
    else if (action == TUI_ACTION_FIRST)
        state->top = 0;
    else if (action == TUI_ACTION_LAST)
        state->top = state->last_top;
    else
        return tui_cursor_act(tui, action);
    if (state->top > state->last_top)
        state->top = state->last_top;
    return true;
}

static void segment_enter(struct tui *tui)
{
    (void)tui;
}

static void segment_click(struct tui *tui, size_t x, size_t y)
{
    (void)tui, (void)x, (void)y;
}

const struct tui_screen tui_screen_segment = {
    .bit = TUI_IN_SEGMENT,
    .enter = segment_enter,
    .draw = segment_draw,
    .act = segment_act,
    .click = segment_click,
};
