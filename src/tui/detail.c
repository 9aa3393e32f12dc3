/* What explains a segment: its sums in full, what moved each state, its findings. */
#include "config.h"

#include "tui/detail.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "base/intl.h"
#include "explain/segment.h"
#include "tui/style.h"
#include "view/glyphs.h"
#include "view/kernel_words.h"
#include "view/segment_parts.h"
#include "view/words.h"

/* In a pane of so many lines the numbers, states and findings come first and alone. */
#define SHORT_PANE 8

/* The pane while it is drawn. */
struct pane {
    struct tui *tui;
    struct tui_area area;
    size_t line; /* the next one */
    struct base_strbuf text;
};

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

/* To the microsecond, to the nanosecond where that says more. */
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
    if (rest % 1000 == 0)
        base_strbuf_printf(out, "%s.%06" PRId64 " UTC", text, rest / 1000);
    else
        base_strbuf_printf(out, "%s.%09" PRId64 " UTC", text, rest);
}

static void add_ends(struct pane *pane, const struct track_event *event)
{
    static const char *const names[] = {N_("client"), N_("server")};
    base_strbuf_printf(&pane->text, "%s %s %s", _(names[event->sender]),
                       view_glyphs(pane->tui->options.ascii)->then,
                       _(names[track_other((enum track_side)event->sender)]));
}

static void draw_rule(struct pane *pane, const struct view_item *item)
{
    struct view_grid *grid = &pane->tui->grid;
    struct tui_area area = pane->area;
    view_grid_fill(grid, area.x, area.y, view_glyphs(pane->tui->options.ascii)->rule, area.width,
                   VIEW_ROLE_RULE);
    base_strbuf_char(&pane->text, ' ');
    if (item->kind == VIEW_ITEM_EVENT) {
        base_strbuf_printf(&pane->text, _("frame %" PRIu64 "  "), item->event.frame);
        add_ends(pane, &item->event);
        base_strbuf_str(&pane->text, "  ");
        add_time(&pane->text, item->event.time_ns);
    } else {
        view_add_counted(&pane->text, item->fold.segments, N_("segment"));
    }
    base_strbuf_char(&pane->text, ' ');
    tui_paint_text(grid, area.x + 2, area.y, area.width - 2, base_strbuf_text(&pane->text),
                   VIEW_ROLE_TITLE, pane->tui->options.ascii);
    base_strbuf_clear(&pane->text);
    pane->line = 1;
}

/* --- the sentences --- */

static void draw_window(struct pane *pane, const struct track_event *event)
{
    if ((event->flags & WIRE_RST) != 0)
        return;
    base_strbuf_str(&pane->text, _("window "));
    view_add_count(&pane->text, event->window_bytes);
    if (event->window_scale_known && event->window_bytes != event->window && event->window > 0)
        base_strbuf_printf(&pane->text, " (%u %s %" PRIu32 ")", (unsigned)event->window,
                           pane->tui->options.ascii ? "x" : "×",
                           event->window_bytes / event->window);
    else if (!event->window_scale_known && (event->flags & WIRE_SYN) == 0)
        base_strbuf_str(&pane->text, _(" (the scale is not known)"));
    base_strbuf_str(&pane->text, _("   in flight "));
    view_add_count(&pane->text, event->bytes_in_flight);
    if (event->options.present & WIRE_OPTION_MSS)
        base_strbuf_printf(&pane->text, "   mss %u", (unsigned)event->options.mss);
    if (event->options.present & WIRE_OPTION_WINDOW_SCALE)
        base_strbuf_printf(&pane->text, _("   window scale %u"),
                           (unsigned)event->options.window_scale);
    if (event->options.present & WIRE_OPTION_SACK_PERMITTED)
        base_strbuf_str(&pane->text, _("   SACK permitted"));
    if (event->options.sack_blocks > 0)
        base_strbuf_printf(&pane->text, _("   %u SACK blocks"),
                           (unsigned)event->options.sack_blocks);
    end_line(pane, VIEW_ROLE_DIM);
}

static void draw_transitions(struct pane *pane, const struct explain_subject *subject,
                             const struct explain_options *options)
{
    for (size_t i = 0; i < subject->transition_count; i++) {
        const struct track_transition *transition = &subject->transitions[i];
        if (subject->event->frame == 0 || transition->frame != subject->event->frame)
            continue;
        explain_transition(transition, options, &pane->text);
        end_line(pane, view_role_of_state((enum track_state)transition->to));
    }
}

static void draw_oddities(struct pane *pane, const struct explain_subject *subject)
{
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        if ((subject->event->findings & (track_finding_set)1 << i) == 0)
            continue;
        bool serious = view_finding_is_serious((enum track_finding)i);
        explain_finding(subject, (enum track_finding)i, &pane->text);
        end_line(pane, serious ? VIEW_ROLE_FINDING : VIEW_ROLE_REMARK);
    }
    for (unsigned i = 0; i < TRACK_CHECKS; i++) {
        if (subject->event->checks[i].outcome != TRACK_BREAKS)
            continue;
        explain_broken_check((enum track_check_kind)i, &pane->text);
        end_line(pane, VIEW_ROLE_BREAKS);
    }
}

/* The lessons of a segment, those of earlier ones aside; *last_frame: the latest one before it that
 * had some. */
static void add_lessons(struct pane *pane, const struct view_timeline *timeline, size_t item,
                        struct base_strbuf *out, uint64_t *last_frame)
{
    const struct explain_options options = {pane->tui->options.absolute, pane->tui->options.ascii};
    struct view_item shown;
    struct explain_subject subject = {.event = &shown.event,
                                      .record = view_timeline_record(timeline)};
    subject.transitions = view_timeline_transitions(timeline, &subject.transition_count);
    explain_lesson_set given = 0;
    for (size_t i = 0; i <= item; i++) {
        explain_lesson_set before = given;
        view_timeline_item(timeline, i, &shown);
        if (shown.kind != VIEW_ITEM_EVENT)
            continue;
        explain_lessons(&subject, &options, &given, i == item ? out : NULL);
        if (i < item && given != before)
            *last_frame = shown.event.frame;
    }
}

/* A line of text for each line. */
static void draw_lines(struct pane *pane, const char *lines, const char *prefix, uint8_t role)
{
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        base_strbuf_str(&pane->text, prefix);
        base_strbuf_add(&pane->text, lines, length);
        end_line(pane, role);
        lines += length + (lines[length] == '\n');
    }
}

/* What is worth remembering here. */
static void draw_lesson(struct pane *pane, const struct view_timeline *timeline, size_t item)
{
    struct view_item shown;
    struct base_strbuf lessons = BASE_STRBUF_INIT;
    uint64_t last_frame = 0;
    view_timeline_item(timeline, item, &shown);
    struct explain_subject subject = {.event = &shown.event,
                                      .record = view_timeline_record(timeline)};
    subject.transitions = view_timeline_transitions(timeline, &subject.transition_count);
    const struct explain_options options = {pane->tui->options.absolute, pane->tui->options.ascii};
    explain_what(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_NOTE);
    add_lessons(pane, timeline, item, &lessons, &last_frame);
    draw_lines(pane, base_strbuf_text(&lessons), _("remember: "), VIEW_ROLE_PLAIN);
    if (lessons.length == 0) {
        base_strbuf_str(&pane->text, _("Nothing new to remember here."));
        if (last_frame != 0)
            base_strbuf_printf(&pane->text, _(" The last was at frame %llu."),
                               (unsigned long long)last_frame);
        end_line(pane, VIEW_ROLE_DIM);
    }
    base_strbuf_free(&lessons);
    draw_transitions(pane, &subject, &options);
    explain_calls(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_REMARK);
    explain_next(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_REMARK);
}

/* What the kernels say now, of the ends that are theirs. */
static void draw_kernel(struct pane *pane, const struct track_connection *connection)
{
    for (unsigned side = 0; side < 2; side++) {
        uint8_t role;
        if (tui_detail_kernel(pane->tui, connection->number, (enum track_side)side, &pane->text,
                              &role))
            end_line(pane, role);
    }
}

static void draw_event(struct pane *pane, const struct view_timeline *timeline, size_t item,
                       const struct track_event *event)
{
    struct explain_subject subject = {.event = event, .record = view_timeline_record(timeline)};
    subject.transitions = view_timeline_transitions(timeline, &subject.transition_count);
    const struct explain_options options = {pane->tui->options.absolute, pane->tui->options.ascii};
    bool roomy = pane->area.height > SHORT_PANE;
    if (roomy)
        explain_what(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_NOTE);
    explain_seq(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_PLAIN);
    explain_ack(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_PLAIN);
    draw_transitions(pane, &subject, &options);
    draw_oddities(pane, &subject);
    draw_window(pane, event);
    if (roomy)
        draw_kernel(pane, subject.record);
    if (roomy)
        explain_calls(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_REMARK);
    if (roomy)
        explain_next(&subject, &options, &pane->text);
    end_line(pane, VIEW_ROLE_REMARK);
    if (!roomy)
        return;
    struct base_strbuf lessons = BASE_STRBUF_INIT;
    uint64_t last_frame = 0;
    add_lessons(pane, timeline, item, &lessons, &last_frame);
    draw_lines(pane, base_strbuf_text(&lessons), _("remember: "), VIEW_ROLE_NOTE);
    base_strbuf_free(&lessons);
}

static void sum_up(const struct view_timeline *timeline, size_t item, size_t items,
                   struct view_item *sum)
{
    struct view_fold fold = {0};
    for (size_t i = item; i < item + items && i < view_timeline_count(timeline); i++) {
        view_timeline_item(timeline, i, sum);
        view_fold_add(&fold, sum);
    }
    *sum = (struct view_item){.kind = VIEW_ITEM_FOLD, .fold = fold};
}

static void draw_fold(struct pane *pane, const struct view_fold *fold)
{
    view_add_bytes(&pane->text, fold->payload_bytes);
    base_strbuf_str(&pane->text, _(" of data in "));
    view_add_span(&pane->text, fold->end_ns - fold->start_ns, pane->tui->options.ascii);
    if (fold->retransmissions > 0) {
        base_strbuf_str(&pane->text, ", ");
        view_add_counted(&pane->text, fold->retransmissions, N_("retransmission"));
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
                     size_t item, size_t items)
{
    struct pane pane = {.tui = tui, .area = area, .text = BASE_STRBUF_INIT};
    if (item >= view_timeline_count(timeline)) {
        view_grid_fill(&tui->grid, area.x, area.y, view_glyphs(tui->options.ascii)->rule,
                       area.width, VIEW_ROLE_RULE);
        return;
    }
    struct view_item shown;
    view_timeline_item(timeline, item, &shown);
    if (items > 1)
        sum_up(timeline, item, items, &shown);
    draw_rule(&pane, &shown);
    if (shown.kind == VIEW_ITEM_EVENT && tui->timeline.lesson)
        draw_lesson(&pane, timeline, item);
    else if (shown.kind == VIEW_ITEM_EVENT)
        draw_event(&pane, timeline, item, &shown.event);
    else
        draw_fold(&pane, &shown.fold);
    base_strbuf_free(&pane.text);
}

bool tui_detail_kernel(const struct tui *tui, uint64_t number, enum track_side side,
                       struct base_strbuf *text, uint8_t *role)
{
    static const char *const names[] = {N_("client"), N_("server")};
    const struct track_kernel_socket *socket = tui_model_kernel(tui->model, number, side);
    base_strbuf_clear(text);
    if (socket == NULL)
        return false;
    base_strbuf_printf(text, _("kernel, %s: "), _(names[side]));
    view_add_kernel(text, socket, tui_model_now(tui->model), tui->options.ascii);
    *role = socket->agreement == TRACK_DISAGREES ? VIEW_ROLE_FINDING : VIEW_ROLE_REMARK;
    return true;
}
