/* What explains a segment: its sums in full, what moved each state, its findings. */
#include "config.h"

#include "tui/detail.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "tui/style.h"
#include "view/glyphs.h"
#include "view/segment_parts.h"
#include "view/words.h"
#include "wire/decode.h"

/* The pane while it is drawn. */
struct pane {
    struct tui *tui;
    struct tui_area area;
    size_t line; /* the next one */
    struct base_strbuf text;
};

static const char *holds_sign(const struct pane *pane)
{
    return view_glyphs(pane->tui->options.ascii)->holds;
}

static const char *breaks_sign(const struct pane *pane)
{
    return view_glyphs(pane->tui->options.ascii)->breaks;
}

/* Draws the text so far, wrapped, and empties it. */
static void end_line(struct pane *pane, uint8_t role)
{
    if (pane->line < pane->area.height && pane->text.length > 0) {
        struct tui_area rest = {pane->area.x + 1, pane->area.y + pane->line,
                                pane->area.width > 2 ? pane->area.width - 2 : 1,
                                pane->area.height - pane->line};
        pane->line +=
            tui_paint_wrapped(&pane->tui->grid, rest, 2, base_strbuf_text(&pane->text), role);
    }
    base_strbuf_clear(&pane->text);
}

/* --- the rule above --- */

static void add_time(struct base_strbuf *out, int64_t time_ns)
{
    time_t seconds = (time_t)(time_ns / 1000000000);
    int64_t rest = time_ns % 1000000000;
    if (rest < 0) {
        rest += 1000000000;
        seconds--;
    }
    struct tm utc;
    char text[32] = "";
    if (gmtime_r(&seconds, &utc) != NULL)
        strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &utc);
    base_strbuf_printf(out, "%s.%09" PRId64 " UTC", text, rest);
}

static void add_ends(struct pane *pane, const struct track_connection *record,
                     const struct track_event *event)
{
    char from[WIRE_ENDPOINT_TEXT], to[WIRE_ENDPOINT_TEXT];
    enum track_side sender = (enum track_side)event->sender;
    enum track_side receiver = record->self_connect ? sender : track_other(sender);
    wire_endpoint_text(&record->end[sender].endpoint, from, sizeof from);
    wire_endpoint_text(&record->end[receiver].endpoint, to, sizeof to);
    base_strbuf_printf(&pane->text, "%s %s %s", from, view_glyphs(pane->tui->options.ascii)->then,
                       to);
}

static void draw_rule(struct pane *pane, const struct view_timeline *timeline,
                      const struct view_item *item)
{
    struct view_grid *grid = &pane->tui->grid;
    struct tui_area area = pane->area;
    view_grid_fill(grid, area.x, area.y, view_glyphs(pane->tui->options.ascii)->rule, area.width,
                   VIEW_ROLE_RULE);
    base_strbuf_char(&pane->text, ' ');
    if (item->kind == VIEW_ITEM_EVENT) {
        base_strbuf_printf(&pane->text, "frame %" PRIu64 "  ", item->event.frame);
        add_ends(pane, view_timeline_record(timeline), &item->event);
        base_strbuf_str(&pane->text, "  ");
        add_time(&pane->text, item->event.time_ns);
    } else {
        view_add_counted(&pane->text, item->fold.segments, "segment");
    }
    base_strbuf_char(&pane->text, ' ');
    tui_paint_text(grid, area.x + 2, area.y, area.width - 2, base_strbuf_text(&pane->text),
                   VIEW_ROLE_TITLE, pane->tui->options.ascii);
    base_strbuf_clear(&pane->text);
    pane->line = 1;
}

/* --- sums --- */

static uint64_t shown_seq(const struct pane *pane, const struct track_event *event)
{
    return pane->tui->options.absolute || !event->rel_seq_known ? event->seq : event->rel_seq;
}

static uint64_t shown_ack(const struct pane *pane, const struct track_event *event)
{
    return pane->tui->options.absolute || !event->rel_ack_known ? event->ack : event->rel_ack;
}

/* " ✓", or what was expected instead. expected is shown as far from seen as on the wire. */
static void add_outcome(struct pane *pane, const struct track_check *check, uint64_t shown)
{
    if (check->outcome == TRACK_HOLDS) {
        base_strbuf_printf(&pane->text, " %s", holds_sign(pane));
    } else if (check->outcome == TRACK_BREAKS) {
        int32_t apart = (int32_t)(check->expected - check->seen);
        base_strbuf_printf(&pane->text, " %s expected %" PRIu64, breaks_sign(pane),
                           pane->tui->options.absolute ? check->expected
                                                       : shown + (uint64_t)(int64_t)apart);
    }
}

/* "seq 1201 + 100 bytes + 1 (FIN counts as one) = 1301, the next" */
static void draw_seq(struct pane *pane, const struct track_event *event)
{
    uint64_t seq = shown_seq(pane, event);
    bool syn = (event->flags & WIRE_SYN) != 0, fin = (event->flags & WIRE_FIN) != 0;
    base_strbuf_printf(&pane->text, "seq %" PRIu64, seq);
    add_outcome(pane, &event->checks[TRACK_CHECK_SEQ], seq);
    uint64_t length = (uint64_t)event->payload_bytes + syn + fin;
    if (length > 0) {
        base_strbuf_printf(&pane->text, "   next: %" PRIu64, seq);
        if (syn)
            base_strbuf_str(&pane->text, " + 1 (SYN counts as one)");
        if (event->payload_bytes > 0) {
            base_strbuf_str(&pane->text, " + ");
            view_add_counted(&pane->text, event->payload_bytes, "byte");
        }
        if (fin)
            base_strbuf_str(&pane->text, " + 1 (FIN counts as one)");
        uint64_t next = seq + length;
        base_strbuf_printf(&pane->text, " = %" PRIu64,
                           pane->tui->options.absolute ? next & UINT32_MAX : next);
    }
    end_line(pane, VIEW_ROLE_PLAIN);
}

/* "ack 1301 = 1201 + 100 bytes ✓" */
static void draw_ack(struct pane *pane, const struct track_event *event)
{
    if ((event->flags & WIRE_ACK) == 0)
        return;
    const struct track_sum *sum = &event->ack_sum;
    uint64_t ack = shown_ack(pane, event);
    uint64_t base = ack - sum->bytes - sum->syn - sum->fin;
    base_strbuf_printf(&pane->text, "ack %" PRIu64, ack);
    if (sum->known && sum->bytes == 0 && sum->syn == 0 && sum->fin == 0) {
        base_strbuf_str(&pane->text, ", nothing new");
    } else if (sum->known) {
        base_strbuf_printf(&pane->text, " = %" PRIu64,
                           pane->tui->options.absolute ? base & UINT32_MAX : base);
        if (sum->syn > 0)
            base_strbuf_str(&pane->text, " + 1 (SYN counts as one)");
        if (sum->bytes > 0) {
            base_strbuf_str(&pane->text, " + ");
            view_add_counted(&pane->text, sum->bytes, "byte");
        }
        if (sum->fin > 0)
            base_strbuf_str(&pane->text, " + 1 (FIN counts as one)");
    }
    add_outcome(pane, &event->checks[TRACK_CHECK_ACK], ack);
    end_line(pane, VIEW_ROLE_PLAIN);
}

static void draw_window(struct pane *pane, const struct track_event *event)
{
    if ((event->flags & WIRE_RST) != 0)
        return;
    base_strbuf_str(&pane->text, "window ");
    view_add_count(&pane->text, event->window_bytes);
    if (event->window_scale_known && event->window_bytes != event->window && event->window > 0)
        base_strbuf_printf(&pane->text, " (%u %s %" PRIu32 ")", (unsigned)event->window,
                           pane->tui->options.ascii ? "x" : "×",
                           event->window_bytes / event->window);
    else if (!event->window_scale_known && (event->flags & WIRE_SYN) == 0)
        base_strbuf_str(&pane->text, " (the scale is not known)");
    base_strbuf_str(&pane->text, "   in flight ");
    view_add_count(&pane->text, event->bytes_in_flight);
    if (event->options.present & WIRE_OPTION_MSS)
        base_strbuf_printf(&pane->text, "   mss %u", (unsigned)event->options.mss);
    if (event->options.present & WIRE_OPTION_WINDOW_SCALE)
        base_strbuf_printf(&pane->text, "   window scale %u",
                           (unsigned)event->options.window_scale);
    if (event->options.present & WIRE_OPTION_SACK_PERMITTED)
        base_strbuf_str(&pane->text, "   SACK permitted");
    if (event->options.sack_blocks > 0)
        base_strbuf_printf(&pane->text, "   %u SACK blocks", (unsigned)event->options.sack_blocks);
    end_line(pane, VIEW_ROLE_DIM);
}

/* --- rules and findings --- */

static void draw_transition(struct pane *pane, const struct track_transition *transition)
{
    const char *rfc = track_cause_rfc((enum track_cause)transition->cause);
    base_strbuf_printf(&pane->text, "%s: %s %s %s, %s",
                       transition->side == TRACK_CLIENT ? "client" : "server",
                       track_state_name((enum track_state)transition->from),
                       view_glyphs(pane->tui->options.ascii)->then,
                       track_state_name((enum track_state)transition->to),
                       track_cause_text((enum track_cause)transition->cause));
    if (rfc != NULL)
        base_strbuf_printf(&pane->text, " (RFC %s)", rfc);
    if (!transition->confirmed)
        base_strbuf_str(&pane->text, "; presumed, nothing has proved it");
    else if (transition->confirmed_by > transition->frame)
        base_strbuf_printf(&pane->text, "; proved by frame %" PRIu64, transition->confirmed_by);
    end_line(pane, view_role_of_state((enum track_state)transition->to));
}

static void draw_findings(struct pane *pane, const struct track_event *event)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if ((event->findings & (track_finding_set)1 << i) == 0)
            continue;
        bool serious = view_finding_is_serious((enum track_finding)i);
        base_strbuf_str(&pane->text, view_finding_words((enum track_finding)i));
        if (event->related_frame != 0)
            base_strbuf_printf(&pane->text, ", see frame %" PRIu64, event->related_frame);
        end_line(pane, serious ? VIEW_ROLE_FINDING : VIEW_ROLE_REMARK);
    }
}

static void draw_broken_checks(struct pane *pane, const struct track_event *event)
{
    for (unsigned i = TRACK_CHECK_WINDOW; i < TRACK_CHECKS; i++) {
        if (event->checks[i].outcome != TRACK_BREAKS)
            continue;
        base_strbuf_printf(&pane->text, "%s %s: breaks the rule", breaks_sign(pane),
                           track_check_name((enum track_check_kind)i));
        end_line(pane, VIEW_ROLE_BREAKS);
    }
}

static void draw_event(struct pane *pane, const struct view_timeline *timeline,
                       const struct track_event *event)
{
    size_t count;
    const struct track_transition *transitions = view_timeline_transitions(timeline, &count);
    draw_seq(pane, event);
    draw_ack(pane, event);
    for (size_t i = 0; i < count; i++)
        if (event->frame != 0 && transitions[i].frame == event->frame)
            draw_transition(pane, &transitions[i]);
    draw_findings(pane, event);
    draw_broken_checks(pane, event);
    draw_window(pane, event);
}

static void draw_fold(struct pane *pane, const struct view_fold *fold)
{
    view_add_bytes(&pane->text, fold->payload_bytes);
    base_strbuf_str(&pane->text, " of data in ");
    view_add_span(&pane->text, fold->end_ns - fold->start_ns, pane->tui->options.ascii);
    if (fold->retransmissions > 0) {
        base_strbuf_str(&pane->text, ", ");
        view_add_counted(&pane->text, fold->retransmissions, "retransmission");
    }
    end_line(pane, VIEW_ROLE_PLAIN);
}

bool tui_detail_has_finding(const struct track_event *event)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if ((event->findings & (track_finding_set)1 << i) != 0 &&
            view_finding_is_serious((enum track_finding)i))
            return true;
    return false;
}

void tui_detail_draw(struct tui *tui, struct tui_area area, const struct view_timeline *timeline,
                     size_t item)
{
    struct pane pane = {.tui = tui, .area = area, .text = BASE_STRBUF_INIT};
    if (item >= view_timeline_count(timeline)) {
        view_grid_fill(&tui->grid, area.x, area.y, view_glyphs(tui->options.ascii)->rule,
                       area.width, VIEW_ROLE_RULE);
        return;
    }
    struct view_item shown;
    view_timeline_item(timeline, item, &shown);
    draw_rule(&pane, timeline, &shown);
    if (shown.kind == VIEW_ITEM_EVENT)
        draw_event(&pane, timeline, &shown.event);
    else
        draw_fold(&pane, &shown.fold);
    base_strbuf_free(&pane.text);
}
