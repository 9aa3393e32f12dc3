/* The segment that the screens about one segment look at, and how they step from one to another. */
#include "config.h"

#include "tui/cursor.h"

#include <inttypes.h>

#include "base/intl.h"
#include "tui/detail.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/glyphs.h"
#include "view/segment_parts.h"
#include "view/state_walk.h"
#include "view/words.h"
#include "wire/decode.h"

/* Steps of a page. */
#define PAGE 10

static void move_to(struct tui *tui, const struct view_timeline *timeline, size_t item)
{
    struct view_item shown;
    view_timeline_item(timeline, item, &shown);
    tui->cursor.item = item;
    tui->cursor.frame = shown.kind == VIEW_ITEM_EVENT ? shown.event.frame : 0;
}

static bool is_at(const struct view_timeline *timeline, size_t item, uint64_t frame)
{
    struct view_item shown;
    if (item >= view_timeline_count(timeline))
        return false;
    view_timeline_item(timeline, item, &shown);
    return (shown.kind == VIEW_ITEM_EVENT ? shown.event.frame : 0) == frame;
}

/* Where a frame is now; what was folded since: the first one after it. */
static size_t find_frame(const struct view_timeline *timeline, uint64_t frame)
{
    size_t count = view_timeline_count(timeline);
    for (size_t i = 0; i < count; i++) {
        struct view_item shown;
        view_timeline_item(timeline, i, &shown);
        if (shown.kind == VIEW_ITEM_EVENT && shown.event.frame >= frame)
            return i;
    }
    return count - 1;
}

const struct view_timeline *tui_cursor_timeline(struct tui *tui)
{
    struct tui_cursor *cursor = &tui->cursor;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, cursor->connection);
    if (timeline == NULL || view_timeline_count(timeline) == 0)
        return NULL;
    size_t count = view_timeline_count(timeline);
    bool news = cursor->seen == cursor->connection &&
                cursor->generation != view_timeline_generation(timeline);
    bool newest = cursor->follow || (tui->replay.on && news);
    cursor->generation = view_timeline_generation(timeline);
    cursor->seen = cursor->connection;
    if (newest && !tui->held)
        move_to(tui, timeline, count - 1);
    else if (!is_at(timeline, cursor->item, cursor->frame))
        move_to(tui, timeline,
                cursor->frame != 0 ? find_frame(timeline, cursor->frame)
                                   : (cursor->item < count ? cursor->item : count - 1));
    return timeline;
}

void tui_cursor_begin(struct tui *tui, const struct tui_screen *screen)
{
    tui->cursor = (struct tui_cursor){
        .below = tui->screen, .connection = tui->connections.selected, .follow = true};
    /* later the user may look at other segments, and new ones come */
    tui_cursor_timeline(tui);
    tui->cursor.follow = app_feed_is_live(tui->feed);
    tui_show(tui, screen);
}

void tui_cursor_leave(struct tui *tui)
{
    struct tui_timeline_state *state = &tui->timeline;
    state->wanted = tui->cursor.below != &tui_screen_lanes;
    state->wanted_item = tui->cursor.item;
    state->wanted_frame = tui->cursor.frame;
    tui_show(tui, tui->cursor.below);
}

uint64_t tui_other_connection(struct tui *tui, uint64_t number, bool back)
{
    size_t index = tui_model_find(tui->model, number);
    size_t wanted = index == SIZE_MAX ? 0 : back ? index - 1 : index + 1;
    const struct track_connection *connection =
        back && index == 0 ? NULL : tui_model_at(tui->model, wanted);
    if (connection == NULL) {
        tui_say(tui, back ? _("This is the first connection of the list.")
                          : _("This is the last connection of the list."));
        return 0;
    }
    tui->connections.selected = connection->number;
    return connection->number;
}

/* --- actions --- */

static void step(struct tui *tui, const struct view_timeline *timeline, enum tui_action action)
{
    struct tui_scroll list = {
        .count = view_timeline_count(timeline), .selected = tui->cursor.item, .page = PAGE};
    tui_scroll_act(&list, action);
    move_to(tui, timeline, list.selected);
    tui->cursor.follow = false;
}

static void go_to_finding(struct tui *tui, const struct view_timeline *timeline, bool back)
{
    size_t count = view_timeline_count(timeline);
    for (size_t i = tui->cursor.item; back ? i-- > 0 : ++i < count;) {
        struct view_item item;
        view_timeline_item(timeline, i, &item);
        if (item.kind != VIEW_ITEM_EVENT || !tui_detail_has_finding(&item.event))
            continue;
        move_to(tui, timeline, i);
        tui->cursor.follow = false;
        return;
    }
    tui_say(tui, TUI_NO_FINDING(back));
}

static void go_to_change(struct tui *tui, const struct view_timeline *timeline, bool back)
{
    size_t item = view_walk_next_change(timeline, tui->cursor.item, back);
    if (item == VIEW_WALK_NONE) {
        tui_say(tui, TUI_NO_CHANGE(back));
        return;
    }
    move_to(tui, timeline, item);
    tui->cursor.follow = false;
}

/* At its beginning, where its story starts. */
static void show_other(struct tui *tui, bool back)
{
    uint64_t other = tui_other_connection(tui, tui->cursor.connection, back);
    if (other == 0)
        return;
    tui->cursor.connection = other;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, other);
    if (timeline != NULL && view_timeline_count(timeline) > 0)
        move_to(tui, timeline, 0);
}

/* What needs a segment; false if the action is none of these. */
static bool act_on_timeline(struct tui *tui, const struct view_timeline *timeline,
                            enum tui_action action)
{
    if (tui_action_moves(action))
        step(tui, timeline, action);
    else if (action == TUI_ACTION_NEXT_FINDING || action == TUI_ACTION_PREVIOUS_FINDING)
        go_to_finding(tui, timeline, action == TUI_ACTION_PREVIOUS_FINDING);
    else if (action == TUI_ACTION_NEXT_CHANGE || action == TUI_ACTION_PREVIOUS_CHANGE)
        go_to_change(tui, timeline, action == TUI_ACTION_PREVIOUS_CHANGE);
    else
        return false;
    return true;
}

bool tui_cursor_act(struct tui *tui, enum tui_action action)
{
    const struct view_timeline *timeline = tui_cursor_timeline(tui);
    if (timeline != NULL && act_on_timeline(tui, timeline, action))
        return true;
    if (action == TUI_ACTION_BACK) {
        tui_cursor_leave(tui);
    } else if (action == TUI_ACTION_NEXT_CONNECTION || action == TUI_ACTION_PREVIOUS_CONNECTION) {
        show_other(tui, action == TUI_ACTION_PREVIOUS_CONNECTION);
    } else if (action == TUI_ACTION_LEGEND) {
        tui_legend_open(tui, tui->cursor.connection, tui->cursor.item);
    } else if (action == TUI_ACTION_STATES) {
        tui_show(tui, &tui_screen_states);
    } else if (action == TUI_ACTION_SEGMENT) {
        tui_show(tui, &tui_screen_segment);
    } else if (action == TUI_ACTION_SEQUENCE) {
        tui_show(tui, &tui_screen_sequence);
    } else if (action == TUI_ACTION_SEQUENCE_MODE) {
        tui->options.absolute = !tui->options.absolute;
        tui->timeline.stale = true;
        tui_say(tui, tui->options.absolute ? _("Sequence numbers as on the wire.")
                                           : _("Sequence numbers relative to the first."));
    } else if (action == TUI_ACTION_FOLLOW) {
        tui->cursor.follow = !tui->cursor.follow;
        tui_say(tui, tui->cursor.follow ? _("Following the newest segment.") : _("Not following."));
    } else {
        return false;
    }
    return true;
}

/* --- drawing --- */

static void add_endpoint(const struct tui *tui, struct base_strbuf *out,
                         const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    base_strbuf_str(out, view_endpoint_text(tui_aliases(tui), endpoint, text));
}

static void draw_connection(struct tui *tui, struct tui_area area,
                            const struct track_connection *record, size_t count)
{
    bool ascii = tui->options.ascii;
    struct base_strbuf text = BASE_STRBUF_INIT, place = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, "#%" PRIu64 " ", record->number);
    add_endpoint(tui, &text, &record->end[TRACK_CLIENT].endpoint);
    if (!record->self_connect) {
        base_strbuf_printf(&text, " %s ", view_glyphs(ascii)->both);
        add_endpoint(tui, &text, &record->end[TRACK_SERVER].endpoint);
    }
    base_strbuf_printf(&place, _(" %zu of %zu"), tui->cursor.item + 1, count);
    size_t right = place.length;
    tui_paint_text(&tui->grid, area.x, area.y, area.width - right, base_strbuf_text(&text),
                   VIEW_ROLE_TITLE, ascii);
    tui_paint_right(&tui->grid, area.x, area.y, area.width, base_strbuf_text(&place), VIEW_ROLE_DIM,
                    ascii);
    base_strbuf_free(&text);
    base_strbuf_free(&place);
}

static void add_event(struct base_strbuf *out, const struct tui *tui,
                      const struct track_event *event)
{
    bool absolute = tui->options.absolute;
    if (event->kind != TRACK_EVENT_SEGMENT) {
        view_add_icmp(out, &event->icmp);
        return;
    }
    view_add_flags(out, event->flags, ' ');
    if (!absolute && event->rel_seq_known)
        base_strbuf_printf(out, "  seq %" PRId64, event->rel_seq);
    else
        base_strbuf_printf(out, "  seq %" PRIu32, event->seq);
    if (event->payload_bytes > 0)
        base_strbuf_printf(out, "  len %" PRIu32, event->payload_bytes);
    if (event->flags & WIRE_ACK) {
        base_strbuf_str(out, "  ack ");
        view_add_ack_sum(out, event, absolute);
    }
}

static void draw_segment(struct tui *tui, struct tui_area area, const struct view_item *item,
                         const struct track_connection *record)
{
    static const char *const names[] = {N_("client"), N_("server")};
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    if (item->kind == VIEW_ITEM_FOLD) {
        view_add_counted(&text, item->fold.segments, N_("segment"));
        base_strbuf_str(&text, _(" that are not kept: "));
        view_add_bytes(&text, item->fold.payload_bytes);
    } else {
        const struct track_event *event = &item->event;
        base_strbuf_printf(&text, _("frame %" PRIu64 "  +"), event->frame);
        view_add_span(&text, event->time_ns - record->start_ns, ascii);
        if (!record->self_connect)
            base_strbuf_printf(&text, "  %s %s %s", _(names[event->sender & 1]),
                               view_glyphs(ascii)->then,
                               _(names[track_other((enum track_side)(event->sender & 1))]));
        base_strbuf_str(&text, "  ");
        add_event(&text, tui, event);
    }
    tui_paint_text(&tui->grid, area.x, area.y, area.width, base_strbuf_text(&text), VIEW_ROLE_PLAIN,
                   ascii);
    base_strbuf_free(&text);
}

void tui_cursor_draw_head(struct tui *tui, struct tui_area area,
                          const struct view_timeline *timeline)
{
    const struct track_connection *record = view_timeline_record(timeline);
    struct view_item item;
    view_timeline_item(timeline, tui->cursor.item, &item);
    draw_connection(tui, area, record, view_timeline_count(timeline));
    area.y++;
    draw_segment(tui, area, &item, record);
}

void tui_cursor_draw_gone(struct tui *tui, struct tui_area area, uint64_t connection)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text,
                       tui_model_whole(tui->model, connection) != NULL
                           ? _("Connection %" PRIu64 " has not begun yet at this moment.")
                           : _("Connection %" PRIu64 " was forgotten to save memory; q goes back."),
                       connection);
    tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1, base_strbuf_text(&text),
                   VIEW_ROLE_DIM, tui->options.ascii);
    base_strbuf_free(&text);
}
