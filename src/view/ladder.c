/* The ladder: a timeline becomes a scene. Where things go on the screen is ladder_draw.c's. */
#include "config.h"

#include "view/ladder.h"

#include <stdlib.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "view/fate.h"
#include "view/glyphs.h"
#include "view/marks.h"
#include "view/remarks.h"
#include "view/segment_parts.h"
#include "view/steps.h"
#include "view/words.h"
#include "wire/decode.h"

#define DEFAULT_GAP_NS 500000000
/* Of a run that is folded, this many segments stay at each end. */
#define SHOWN_OF_RUN 2
/* More findings than this in a run are folded with it. */
#define MAX_SHOWN_FINDINGS 16

struct builder {
    struct view_scene *scene;
    const struct view_timeline *timeline;
    const struct track_connection *record;
    const struct view_ladder_options *options;
    const struct view_glyphs *glyphs;
    struct view_steps steps;
    struct view_marks marks; /* of socket calls */
    size_t next_mark;
    int64_t first_ns;           /* time of the first row */
    int64_t last_ns;            /* time of the row before */
    bool timed;                 /* there was one */
    bool presumed;              /* a state is marked with '?' */
    bool reset;                 /* … that a RST of the endpoint only suggests */
    bool lost;                  /* an arrow is marked as lost, by inference … */
    bool known_lost;            /* … and by the capture of the other end */
    unsigned manners;           /* 1 << enum view_manner of the arrows */
    explain_lesson_set lessons; /* given so far */
};

const char *view_open_words(enum track_open open)
{
    switch (open) {
    case TRACK_OPEN_THREE_WAY:
        return _("three-way handshake");
    case TRACK_OPEN_SIMULTANEOUS:
        return _("simultaneous open");
    case TRACK_OPEN_FAST_OPEN:
        return "Fast Open";
    case TRACK_OPEN_REFUSED:
        return _("refused");
    case TRACK_OPEN_UNANSWERED:
        return _("unanswered");
    case TRACK_OPEN_HALF:
        return _("never completed");
    case TRACK_OPEN_MIDSTREAM:
        return _("joined in the middle");
    }
    return "?";
}

const char *view_close_words(enum track_close close)
{
    switch (close) {
    case TRACK_CLOSE_OPEN:
        return _("not closed");
    case TRACK_CLOSE_FOUR_WAY:
        return _("four-way");
    case TRACK_CLOSE_THREE_SEGMENT:
        return _("three segments");
    case TRACK_CLOSE_SIMULTANEOUS:
        return _("simultaneous");
    case TRACK_CLOSE_HALF_CLOSED:
        return _("half-closed");
    case TRACK_CLOSE_RESET:
        return _("reset");
    case TRACK_CLOSE_TIMEOUT:
        return _("timeout");
    }
    return "?";
}

/* --- small helpers --- */

static void part(struct builder *b, const char *text, enum view_role role)
{
    view_scene_add_part(b->scene, text, NULL, role, VIEW_NEVER, VIEW_NEVER);
}

/* A part from a buffer, which is emptied for the next one. */
static void part_from(struct builder *b, struct base_strbuf *text, enum view_role role,
                      enum view_elision gone_at)
{
    view_scene_add_part(b->scene, base_strbuf_text(text), NULL, role, VIEW_NEVER, gone_at);
    base_strbuf_clear(text);
}

/* --- head --- */

static void add_endpoint(const struct builder *b, enum track_side side, struct base_strbuf *out)
{
    char text[WIRE_ENDPOINT_TEXT];
    base_strbuf_str(out,
                    view_endpoint_text(b->options->aliases, &b->record->end[side].endpoint, text));
}

static void add_title(struct builder *b)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    const struct track_connection *record = b->record;
    view_scene_add_row(b->scene, VIEW_ROW_TEXT);
    base_strbuf_printf(&text, "#%llu", (unsigned long long)record->number);
    part_from(b, &text, VIEW_ROLE_TITLE, VIEW_NEVER);
    add_endpoint(b, TRACK_CLIENT, &text);
    if (record->self_connect) {
        base_strbuf_str(&text, _(" connected to itself"));
    } else {
        base_strbuf_printf(&text, " %s ", b->glyphs->both);
        add_endpoint(b, TRACK_SERVER, &text);
    }
    part_from(b, &text, VIEW_ROLE_TITLE, VIEW_NEVER);
    if (record->handshake_server_ns >= 0 && record->handshake_client_ns >= 0) {
        base_strbuf_str(&text, "RTT ");
        view_add_span(&text, record->handshake_server_ns + record->handshake_client_ns,
                      b->options->ascii);
        part_from(b, &text, VIEW_ROLE_PLAIN, VIEW_LEVEL_SUM);
    }
    view_add_bytes(&text, record->end[0].unique_bytes + record->end[1].unique_bytes);
    base_strbuf_str(&text, _(" in "));
    view_add_span(&text, record->end_ns - record->start_ns, b->options->ascii);
    part_from(b, &text, VIEW_ROLE_PLAIN, VIEW_LEVEL_DETAIL);
    if (record->incarnation > 1) {
        base_strbuf_printf(&text, _("incarnation %u"), (unsigned)record->incarnation);
        part_from(b, &text, VIEW_ROLE_PLAIN, VIEW_LEVEL_WINDOW);
    }
    base_strbuf_free(&text);
}

static void keep_label(struct builder *b, struct view_scene_row *row, enum track_side side,
                       const struct base_strbuf *text, enum view_role role)
{
    row->label[side] = view_scene_keep(b->scene, base_strbuf_text(text), text->length);
    row->label_role[side] = (uint8_t)role;
}

/* The names above the lifelines: side by side, or one below the other where they are too long. */
static void add_header(struct builder *b)
{
    struct base_strbuf names[2] = {BASE_STRBUF_INIT, BASE_STRBUF_INIT};
    base_strbuf_str(&names[0], b->record->guessed ? _("client? ") : _("client "));
    add_endpoint(b, TRACK_CLIENT, &names[0]);
    if (b->record->self_connect) {
        base_strbuf_str(&names[1], _("the same socket"));
    } else {
        base_strbuf_str(&names[1], b->record->guessed ? _("server? ") : _("server "));
        add_endpoint(b, TRACK_SERVER, &names[1]);
    }
    /* the client's name begins where the states do, after the column of times */
    bool both = names[0].length + names[1].length + 14 <= b->options->width;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_HEADER);
    keep_label(b, row, TRACK_CLIENT, &names[0], VIEW_ROLE_ENDPOINT);
    if (!both)
        row = view_scene_add_row(b->scene, VIEW_ROW_HEADER);
    keep_label(b, row, TRACK_SERVER, &names[1], VIEW_ROLE_ENDPOINT);
    base_strbuf_free(&names[0]);
    base_strbuf_free(&names[1]);
    b->scene->head_rows = b->scene->row_count;
}

/* What both were before the first segment. */
static void add_initial_states(struct builder *b)
{
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_STATE);
    struct base_strbuf name = BASE_STRBUF_INIT;
    for (unsigned side = 0; side < 2; side++) {
        enum track_state state =
            (enum track_state)b->steps.initial[b->steps.self_connect ? 0 : side];
        row->state[side] = (uint8_t)state;
        base_strbuf_clear(&name);
        base_strbuf_str(&name, track_state_name(state));
        if (side == 0 || !b->steps.self_connect)
            keep_label(b, row, (enum track_side)side, &name, view_role_of_state(state));
    }
    base_strbuf_free(&name);
}

/* --- time --- */

/* Columns of a time of day: to the microsecond, the millisecond or a tenth of a second. */
static size_t time_of_day_width(size_t width)
{
    return width >= 100 ? 15 : width >= 76 ? 12 : 10;
}

/* "0.000000" for the first row. */
static void set_time(struct builder *b, struct view_scene_row *row, int64_t time_ns)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_row_time(
        &text, &(struct view_row_time){.time_ns = time_ns,
                                       .first_ns = b->first_ns,
                                       .last_ns = b->last_ns,
                                       .first = !b->timed,
                                       .times = b->options->times,
                                       .of_day_columns = time_of_day_width(b->options->width),
                                       .ascii = b->options->ascii});
    row->time = view_scene_keep(b->scene, base_strbuf_text(&text), text.length);
    base_strbuf_free(&text);
    if (!b->timed)
        b->first_ns = time_ns;
    b->last_ns = time_ns;
    b->timed = true;
}

static void add_gap(struct builder *b, int64_t time_ns)
{
    int64_t bound = b->options->gap_ns > 0 ? b->options->gap_ns : DEFAULT_GAP_NS;
    if (!b->timed || time_ns - b->last_ns < bound)
        return;
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, "~ ");
    view_add_span(&text, time_ns - b->last_ns, b->options->ascii);
    base_strbuf_str(&text, " ~");
    view_scene_add_row(b->scene, VIEW_ROW_GAP);
    part_from(b, &text, VIEW_ROLE_GAP, VIEW_NEVER);
    base_strbuf_free(&text);
}

/* --- states --- */

static bool sent_reset(const struct builder *b, enum track_side side)
{
    for (size_t i = b->steps.count; i-- > 0;) {
        const struct view_item *item = &b->steps.items[i];
        if (item->kind == VIEW_ITEM_EVENT && item->event.sender == side &&
            (item->event.flags & WIRE_RST))
            return true;
    }
    return false;
}

static void set_state(struct builder *b, struct view_scene_row *row,
                      const struct track_transition *transition)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    enum track_state to = (enum track_state)transition->to;
    enum track_side side = transition->side == TRACK_SERVER ? TRACK_SERVER : TRACK_CLIENT;
    base_strbuf_str(&text, track_state_name(to));
    if (!transition->confirmed) {
        base_strbuf_char(&text, '?');
        if (to == TRACK_CLOSED && sent_reset(b, side))
            b->reset = true;
        else
            b->presumed = true;
    }
    if (to == TRACK_TIME_WAIT && b->options->time_wait_ns > 0) {
        base_strbuf_char(&text, ' ');
        view_add_span(&text, b->options->time_wait_ns, b->options->ascii);
    }
    keep_label(b, row, side, &text, view_role_of_state(to));
    row->state[side] = (uint8_t)to;
    if (b->steps.self_connect)
        row->state[TRACK_SERVER] = (uint8_t)to;
    base_strbuf_free(&text);
}

/* The row's slot for a side is taken: the label goes into the next row, which is made if need be.
 */
static void place_label(struct builder *b, size_t row, const struct track_transition *transition)
{
    unsigned side = transition->side & 1;
    while (b->scene->rows[row].label[side].length > 0)
        if (++row == b->scene->row_count)
            view_scene_add_row(b->scene, VIEW_ROW_STATE);
    set_state(b, &b->scene->rows[row], transition);
    for (size_t i = row + 1; i < b->scene->row_count; i++) {
        b->scene->rows[i].state[side] = transition->to;
        if (b->steps.self_connect)
            b->scene->rows[i].state[TRACK_SERVER] = transition->to;
    }
}

/* The labels of a step from its row on: one side's second move in one segment goes a row further
 * down. */
static void place_labels(struct builder *b, size_t step, size_t row)
{
    for (size_t i = 0; i < b->steps.transition_count; i++)
        if (b->steps.anchors[i].step == step && !b->steps.anchors[i].own_row)
            place_label(b, row, &b->steps.transitions[i]);
}

/* Transitions that no drawn segment made. */
static void add_own_rows(struct builder *b, size_t step)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (size_t i = 0; i < b->steps.transition_count; i++) {
        const struct track_transition *transition = &b->steps.transitions[i];
        if (b->steps.anchors[i].step != step || !b->steps.anchors[i].own_row)
            continue;
        add_gap(b, transition->time_ns);
        struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_NOTE);
        set_time(b, row, transition->time_ns);
        set_state(b, row, transition);
        row->frame = transition->frame;
        base_strbuf_str(&text, track_cause_text((enum track_cause)transition->cause));
        if (transition->frame != 0)
            base_strbuf_printf(&text, ", #%llu", (unsigned long long)transition->frame);
        part_from(b, &text, VIEW_ROLE_NOTE, VIEW_NEVER);
    }
    base_strbuf_free(&text);
}

/* --- socket calls --- */

/* In the colour of the state, and whether that is the one inferred. */
static void add_kernel_parts(struct builder *b, const struct view_call *word,
                             struct base_strbuf *text)
{
    part_from(b, text, view_role_of_state((enum track_state)word->state), VIEW_NEVER);
    if (word->agreement == TRACK_AGREES)
        part(b, b->glyphs->holds, VIEW_ROLE_HOLDS);
    else if (word->agreement == TRACK_DISAGREES)
        part(b, b->glyphs->breaks, VIEW_ROLE_BREAKS);
}

/* Those up to a time that have no row yet. Their rows say no time: the segments' are in order
 * without them. */
static void add_calls(struct builder *b, int64_t until_ns)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (; b->next_mark < b->marks.count && b->marks.mark[b->next_mark].time_ns <= until_ns;
         b->next_mark++) {
        const struct view_mark *mark = &b->marks.mark[b->next_mark];
        if (mark->call->kernel ? b->options->no_kernel : b->options->no_calls)
            continue;
        view_mark_text(mark, b->glyphs->ellipsis, &text);
        view_scene_add_row(b->scene, VIEW_ROW_CALL)->sender = mark->call->side;
        if (mark->call->kernel)
            add_kernel_parts(b, mark->call, &text);
        else
            part_from(b, &text, VIEW_ROLE_NOTE, VIEW_NEVER);
    }
    base_strbuf_free(&text);
}

/* --- segments --- */

static void add_icmp(struct builder *b, size_t step)
{
    const struct track_event *event = &b->steps.items[step].event;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_NOTE);
    set_time(b, row, event->time_ns);
    row->item = step;
    row->items = 1;
    row->frame = event->frame;
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_icmp(&text, &event->icmp);
    base_strbuf_printf(&text, " %s %s", b->glyphs->then,
                       event->sender == TRACK_SERVER ? _("client") : _("server"));
    part_from(b, &text, VIEW_ROLE_NOTE, VIEW_NEVER);
    base_strbuf_free(&text);
    place_labels(b, step, b->scene->row_count - 1);
}

/* What was said of a SYN when nothing had come back does not hold once something has. */
static void add_segment_parts(struct builder *b, const struct track_event *event)
{
    struct track_event shown = *event;
    if (b->record->end[track_other((enum track_side)(event->sender & 1))].packets > 0)
        shown.findings &= ~((track_finding_set)1 << TRACK_UNANSWERED_SYN);
    view_add_segment_parts(b->scene, &shown, b->options->absolute);
}

static void add_arrow(struct builder *b, size_t step)
{
    const struct track_event *event = &b->steps.items[step].event;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_ARROW);
    set_time(b, row, event->time_ns);
    row->item = step;
    row->items = 1;
    row->frame = event->frame;
    row->sender = event->sender;
    row->reset = (event->flags & WIRE_RST) != 0;
    row->lost = view_fate_is_lost(&b->steps, b->record, step);
    row->manner = (uint8_t)view_fate_manner(event);
    bool known = b->steps.items[step].event.arrival == WIRE_ARRIVAL_LOST;
    b->lost = b->lost || (row->lost && !known);
    b->known_lost = b->known_lost || (row->lost && known);
    b->manners |= 1u << row->manner;
    add_segment_parts(b, event);
    place_labels(b, step, b->scene->row_count - 1);
}

/* Who sends first stands in the first row with its own step; all else is known when the arrows
 * arrive. */
static void place_cross_labels(struct builder *b, size_t step, size_t row)
{
    bool left[2] = {false, false};
    for (size_t i = 0; i < b->steps.transition_count; i++) {
        const struct track_transition *transition = &b->steps.transitions[i];
        size_t at = b->steps.anchors[i].step;
        unsigned side = transition->side & 1;
        if ((at != step && at != step + 1) || b->steps.anchors[i].own_row)
            continue;
        const struct track_event *a = &b->steps.items[step].event,
                                 *c = &b->steps.items[step + 1].event;
        uint64_t own = a->sender == side ? a->frame : c->frame;
        bool sent = transition->frame == own && !left[side];
        left[side] = true;
        place_label(b, sent ? row : row + 1, transition);
    }
}

/* Two arrows at once, which meet in the middle. */
static void add_cross(struct builder *b, size_t step)
{
    const struct track_event *first = &b->steps.items[step].event;
    const struct track_event *second = &b->steps.items[step + 1].event;
    bool swapped = first->sender == TRACK_SERVER;
    size_t index = b->scene->row_count;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_CROSS);
    row->sender = first->sender;
    set_time(b, row, first->time_ns);
    row->item = step;
    row->items = 1;
    row->frame = first->frame;
    add_segment_parts(b, swapped ? second : first);
    view_scene_other_parts(b->scene);
    add_segment_parts(b, swapped ? first : second);
    row = view_scene_add_row(b->scene, VIEW_ROW_CROSS_END);
    set_time(b, row, second->time_ns);
    row->item = step + 1;
    row->items = 1;
    row->frame = second->frame;
    place_cross_labels(b, step, index);
}

/* "taken back: server was SYN_RECEIVED, not ESTABLISHED" */
static void add_revisions(struct builder *b, size_t step)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (unsigned side = 0; side < 2; side++) {
        enum track_state presumed, really;
        if (!view_fate_is_revised(&b->steps, step, (enum track_side)side, &presumed, &really))
            continue;
        const char *end = side == 0 ? _("client") : _("server");
        struct base_strbuf brief = BASE_STRBUF_INIT;
        base_strbuf_clear(&text);
        base_strbuf_printf(&text, _("taken back: %s was %s, not %s"), end, track_state_name(really),
                           track_state_name(presumed));
        base_strbuf_printf(&brief, _("taken back: %s %s"), end, track_state_name(really));
        view_scene_add_row(b->scene, VIEW_ROW_NOTE);
        view_scene_add_part(b->scene, base_strbuf_text(&text), base_strbuf_text(&brief),
                            VIEW_ROLE_NOTE, VIEW_LEVEL_WINDOW, VIEW_NEVER);
        base_strbuf_free(&brief);
    }
    base_strbuf_free(&text);
}

static void add_explanation(struct builder *b, size_t step)
{
    if (!b->options->explain)
        return;
    const struct explain_subject subject = {.event = &b->steps.items[step].event,
                                            .record = b->record,
                                            .transitions = b->steps.transitions,
                                            .transition_count = b->steps.transition_count};
    const struct explain_options options = {.absolute = b->options->absolute,
                                            .ascii = b->options->ascii};
    view_add_explanation(b->scene, &subject, &options, &b->lessons, b->options->width);
}

/* --- folds --- */

static void add_fold_row(struct builder *b, const struct view_fold *fold, size_t item, size_t items)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_FOLD);
    set_time(b, row, fold->end_ns);
    row->item = item;
    row->items = items;
    base_strbuf_printf(&text, "%s ", b->glyphs->fold);
    view_add_counted(&text, fold->segments, N_("segment"));
    base_strbuf_str(&text, ", ");
    view_add_bytes(&text, fold->unique_bytes);
    if (fold->retransmissions > 0) {
        base_strbuf_str(&text, ", ");
        view_add_counted(&text, fold->retransmissions, N_("retransmission"));
    }
    part_from(b, &text, VIEW_ROLE_FOLD, VIEW_NEVER);
    base_strbuf_free(&text);
}

/* How many plain steps follow from here within the section. */
static size_t run_length(const struct builder *b, size_t step, size_t end)
{
    size_t length = 0;
    while (step + length < end && view_step_is_plain(&b->steps, step + length))
        length++;
    return length;
}

/* --- all together --- */

/* So that it can be read from the back of the room. */
static void add_room(struct builder *b)
{
    if (b->options->few)
        view_scene_add_row(b->scene, VIEW_ROW_STATE);
}

static void add_step(struct builder *b, size_t step)
{
    const struct view_item *item = &b->steps.items[step];
    add_calls(b, item->kind == VIEW_ITEM_FOLD ? item->fold.start_ns : item->event.time_ns);
    if (item->kind == VIEW_ITEM_FOLD) {
        add_fold_row(b, &item->fold, step, 1);
    } else {
        add_gap(b, item->event.time_ns);
        if (item->event.kind == TRACK_EVENT_ICMP)
            add_icmp(b, step);
        else
            add_arrow(b, step);
        add_revisions(b, step);
        add_explanation(b, step);
    }
    add_own_rows(b, step);
    add_room(b);
}

/* length > 2 * SHOWN_OF_RUN. A fold of the timeline's own is taken in rather than shown beside. */
static void add_run(struct builder *b, size_t step, size_t length)
{
    size_t first = step, last = step + length - SHOWN_OF_RUN;
    while (first < step + SHOWN_OF_RUN && b->steps.items[first].kind == VIEW_ITEM_EVENT)
        add_step(b, first++);
    for (size_t i = last; i < step + length; i++)
        if (b->steps.items[i].kind == VIEW_ITEM_FOLD)
            last = i + 1;
    struct view_fold fold = {0};
    for (size_t i = first; i < last; i++)
        view_fold_add(&fold, &b->steps.items[i]);
    add_fold_row(b, &fold, first, last - first);
    for (size_t i = last; i < step + length; i++)
        add_step(b, i);
}

static bool has_serious_finding(const struct builder *b, size_t step)
{
    const struct view_item *item = &b->steps.items[step];
    if (item->kind != VIEW_ITEM_EVENT)
        return false;
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        if ((item->event.findings >> i & 1) && view_finding_is_serious((enum track_finding)i))
            return true;
    return false;
}

/* A run too long to be shown whole: its findings stay in sight, unless they are many, and what lies
 * between them is folded. */
static void add_long_run(struct builder *b, size_t begin, size_t end)
{
    size_t serious = 0;
    for (size_t i = begin; i < end; i++)
        serious += has_serious_finding(b, i);
    bool show = serious <= MAX_SHOWN_FINDINGS;
    for (size_t step = begin; step < end;) {
        size_t quiet = 0;
        while (step + quiet < end && !(show && has_serious_finding(b, step + quiet)))
            quiet++;
        if (quiet > 2 * SHOWN_OF_RUN + 2) {
            add_run(b, step, quiet);
            step += quiet;
        } else {
            add_step(b, step++);
        }
    }
}

/* --- arrows that take their time --- */

/* A segment leaves or arrives. */
struct moment {
    int64_t time_ns;
    size_t step;
    bool arrives;
    size_t order;
};

static int by_time(const void *left, const void *right)
{
    const struct moment *a = left, *b = right;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* NULL: it is drawn as at one moment. */
static const struct track_passage *passage_of(const struct builder *b, size_t step)
{
    const struct view_item *item = &b->steps.items[step];
    if (item->kind != VIEW_ITEM_EVENT || item->event.kind != TRACK_EVENT_SEGMENT)
        return NULL;
    const struct track_passage *passage =
        view_timeline_find_passage(b->timeline, item->event.frame);
    bool known = passage != NULL && passage->received_ns != TRACK_NEVER_RECEIVED &&
                 passage->received_ns > passage->sent_ns;
    return known ? passage : NULL;
}

static size_t collect_moments(const struct builder *b, size_t begin, size_t end,
                              struct moment *moments)
{
    size_t count = 0;
    for (size_t step = begin; step < end; step++) {
        const struct view_item *item = &b->steps.items[step];
        const struct track_passage *passage = passage_of(b, step);
        int64_t time_ns = item->kind == VIEW_ITEM_FOLD ? item->fold.end_ns : item->event.time_ns;
        moments[count] = (struct moment){
            .time_ns = passage != NULL ? passage->sent_ns : time_ns, .step = step, .order = count};
        count++;
        if (passage == NULL)
            continue;
        moments[count] = (struct moment){
            .time_ns = passage->received_ns, .step = step, .arrives = true, .order = count};
        count++;
    }
    qsort(moments, count, sizeof moments[0], by_time);
    return count;
}

static void place_side_labels(struct builder *b, size_t step, size_t row, enum track_side side)
{
    for (size_t i = 0; i < b->steps.transition_count; i++)
        if (b->steps.anchors[i].step == step && !b->steps.anchors[i].own_row &&
            b->steps.transitions[i].side == side)
            place_label(b, row, &b->steps.transitions[i]);
}

static size_t add_leaving(struct builder *b, const struct moment *moment)
{
    const struct track_event *event = &b->steps.items[moment->step].event;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_ARROW);
    size_t index = b->scene->row_count - 1;
    set_time(b, row, moment->time_ns);
    row->item = moment->step;
    row->items = 1;
    row->frame = event->frame;
    row->sender = event->sender;
    row->reset = (event->flags & WIRE_RST) != 0;
    row->manner = (uint8_t)view_fate_manner(event);
    b->manners |= 1u << row->manner;
    add_segment_parts(b, event);
    place_side_labels(b, moment->step, index, (enum track_side)event->sender);
    return index;
}

static void add_arriving(struct builder *b, const struct moment *moment, size_t left)
{
    const struct track_event *event = &b->steps.items[moment->step].event;
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_STATE);
    set_time(b, row, moment->time_ns);
    view_scene_add_slant(b->scene, left, b->scene->row_count - 1);
    place_side_labels(b, moment->step, b->scene->row_count - 1,
                      track_other((enum track_side)event->sender));
    add_revisions(b, moment->step);
    add_own_rows(b, moment->step);
}

static void add_slanted(struct builder *b, size_t begin, size_t end)
{
    struct moment *moments = base_calloc(2 * (end - begin), sizeof moments[0]);
    size_t *left = base_calloc(end - begin, sizeof left[0]); /* rows at which they left */
    size_t count = collect_moments(b, begin, end, moments);
    for (size_t i = 0; i < count; i++) {
        const struct moment *moment = &moments[i];
        if (!moment->arrives && passage_of(b, moment->step) == NULL) {
            add_step(b, moment->step);
            continue;
        }
        add_calls(b, moment->time_ns);
        add_gap(b, moment->time_ns);
        if (moment->arrives)
            add_arriving(b, moment, left[moment->step - begin]);
        else
            left[moment->step - begin] = add_leaving(b, moment);
    }
    free(moments);
    free(left);
}

/* How many steps from here on go without folding. */
static size_t unfolded_length(const struct builder *b, size_t step, size_t end)
{
    size_t length = 0;
    while (step + length < end) {
        size_t run = b->options->fold_over > 0 ? run_length(b, step + length, end) : 0;
        if (run > b->options->fold_over)
            break;
        length += run > 0 ? run : 1;
    }
    return length;
}

/* Steps from begin to end, which are one section's. */
static void add_steps(struct builder *b, size_t begin, size_t end)
{
    for (size_t step = begin; step < end;) {
        size_t run = b->options->fold_over > 0 ? run_length(b, step, end) : 0;
        if (run > b->options->fold_over) {
            add_long_run(b, step, step + run);
            step += run;
        } else if (b->options->slant && !b->options->explain &&
                   view_timeline_has_passages(b->timeline)) {
            size_t length = unfolded_length(b, step, end);
            add_slanted(b, step, step + length);
            step += length;
        } else if (step + 1 < end && view_steps_cross(&b->steps, step)) {
            add_calls(b, b->steps.items[step].event.time_ns);
            add_gap(b, b->steps.items[step].event.time_ns);
            add_cross(b, step);
            add_explanation(b, step);
            add_explanation(b, step + 1);
            add_own_rows(b, step);
            add_own_rows(b, step + 1);
            add_room(b);
            step += 2;
        } else {
            add_step(b, step++);
        }
    }
}

static void add_section_words(struct builder *b, enum view_section section,
                              const struct view_fold *sum, struct base_strbuf *text)
{
    if (section == VIEW_SECTION_OPEN)
        base_strbuf_printf(text, _("open: %s"), view_open_words((enum track_open)b->record->open));
    else if (section == VIEW_SECTION_CLOSE)
        base_strbuf_printf(text, _("close: %s"),
                           view_close_words((enum track_close)b->record->close));
    else
        base_strbuf_str(text, _("data"));
    bool folded = (b->options->folded >> section & 1) != 0;
    if (section != VIEW_SECTION_DATA && !folded)
        return;
    base_strbuf_str(text, section == VIEW_SECTION_DATA ? ": " : ", ");
    view_add_counted(text, sum->segments, N_("segment"));
    if (section == VIEW_SECTION_DATA || sum->unique_bytes > 0) {
        base_strbuf_str(text, ", ");
        view_add_bytes(text, sum->unique_bytes);
    }
    if (sum->retransmissions > 0) {
        base_strbuf_str(text, ", ");
        view_add_counted(text, sum->retransmissions, N_("retransmission"));
    }
}

static void add_section_title(struct builder *b, enum view_section section, size_t begin,
                              size_t end)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_fold sum = {0};
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_SECTION);
    row->section = (uint8_t)section;
    row->folded = (b->options->folded >> section & 1) != 0 && begin < end;
    if (row->folded) {
        row->item = begin;
        row->items = end - begin;
    }
    for (size_t i = begin; i < end; i++)
        view_fold_add(&sum, &b->steps.items[i]);
    if (b->options->foldable)
        base_strbuf_printf(&text, "%s ", row->folded ? b->glyphs->folded : b->glyphs->unfolded);
    add_section_words(b, section, &sum, &text);
    part_from(b, &text, VIEW_ROLE_SECTION, VIEW_NEVER);
    base_strbuf_free(&text);
}

/* Where a section that is not shown leaves the two ends, and the time. */
static void add_outcome(struct builder *b, size_t begin, size_t end)
{
    struct view_scene_row *row = view_scene_add_row(b->scene, VIEW_ROW_STATE);
    const struct view_item *last = &b->steps.items[end - 1];
    int64_t time_ns = last->kind == VIEW_ITEM_EVENT ? last->event.time_ns : last->fold.end_ns;
    const struct track_transition *moved[2] = {NULL, NULL};
    for (size_t i = 0; i < b->steps.transition_count; i++)
        if (b->steps.anchors[i].step >= begin && b->steps.anchors[i].step < end)
            moved[b->steps.transitions[i].side & 1] = &b->steps.transitions[i];
    for (unsigned side = 0; side < 2; side++)
        if (moved[side] != NULL)
            set_state(b, row, moved[side]);
    if (!b->timed) {
        const struct view_item *first = &b->steps.items[begin];
        b->first_ns = b->last_ns =
            first->kind == VIEW_ITEM_EVENT ? first->event.time_ns : first->fold.start_ns;
        b->timed = true;
    }
    set_time(b, row, time_ns);
    while (b->next_mark < b->marks.count && b->marks.mark[b->next_mark].time_ns <= time_ns)
        b->next_mark++;
}

static void add_section(struct builder *b, enum view_section section)
{
    size_t begin = b->steps.begin[section], end = b->steps.count;
    for (unsigned next = section + 1; next < VIEW_SECTIONS; next++)
        if (b->steps.begin[next] < end)
            end = b->steps.begin[next];
    bool joined = section == VIEW_SECTION_OPEN && b->record->open == TRACK_OPEN_MIDSTREAM;
    if (begin >= end && !joined)
        return;
    add_section_title(b, section, begin, end);
    if ((b->options->folded >> section & 1) != 0 && begin < end)
        add_outcome(b, begin, end);
    else
        add_steps(b, begin, end);
}

static void legend_line(struct builder *b, const char *text)
{
    view_scene_add_row(b->scene, VIEW_ROW_TEXT);
    part(b, text, VIEW_ROLE_DIM);
}

static void add_legend(struct builder *b)
{
    bool ascii = b->options->ascii;
    if (b->presumed)
        legend_line(
            b, _("STATE?  presumed: nothing in the capture proves that the endpoint got there"));
    if (b->reset)
        legend_line(b, _("CLOSED?  presumed: its RST says so, but anyone can send a RST"));
    if (b->lost)
        legend_line(b, ascii ? _("--x  sent again without an answer in between: presumably lost")
                             : _("──×  sent again without an answer in between: presumably lost"));
    if (b->known_lost)
        legend_line(b, ascii ? _("--x  lost: the capture at the other end does not have it")
                             : _("──×  lost: the capture at the other end does not have it"));
    if (b->manners & 1u << VIEW_MANNER_REPEATED)
        legend_line(b, ascii ? _("- ->  sent before") : _("╌╌▶  sent before"));
    if (b->manners & 1u << VIEW_MANNER_OUT_OF_ORDER)
        legend_line(b, ascii ? _("~~>  out of order: overtaken on the way")
                             : _("~~▶  out of order: overtaken on the way"));
    if (b->manners & 1u << VIEW_MANNER_IGNORED)
        legend_line(b, ascii ? _("--)  arrives, and its receiver ignores it")
                             : _("──▷  arrives, and its receiver ignores it"));
    if (b->record->guessed)
        legend_line(
            b, _("client?  no handshake was captured: the higher port is taken as the client's"));
}

void view_ladder_build(struct view_scene *scene, const struct view_timeline *timeline,
                       const struct view_ladder_options *options)
{
    struct builder b = {.scene = scene,
                        .timeline = timeline,
                        .record = view_timeline_record(timeline),
                        .options = options,
                        .glyphs = view_glyphs(options->ascii)};
    view_scene_clear(scene);
    scene->ascii = options->ascii;
    scene->least = options->few ? VIEW_LEVEL_MSS : VIEW_NEVER;
    if (options->times == VIEW_TIMES_OF_DAY)
        scene->time_width = time_of_day_width(options->width);
    view_steps_make(&b.steps, timeline);
    view_marks_make(&b.marks, &b.steps, timeline);
    if (options->title)
        add_title(&b);
    add_header(&b);
    add_initial_states(&b);
    for (unsigned section = 0; section < VIEW_SECTIONS; section++)
        add_section(&b, (enum view_section)section);
    if (b.steps.count == 0)
        add_own_rows(&b, 0);
    add_calls(&b, INT64_MAX);
    add_legend(&b);
    view_marks_free(&b.marks);
    view_add_diagnoses(scene, timeline, options->now_ns, options->width);
    view_steps_free(&b.steps);
}
