/* Several connections on one axis of time. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "view/lanes.h"
#include "view/steps.h"
#include "view/words.h"

#define DEFAULT_GAP_NS 500000000
/* Of a run that is folded, this many segments stay at each end. */
#define SHOWN_OF_RUN 2

/* A step, or a transition that no drawn segment made. */
struct moment {
    int64_t time_ns;
    uint64_t frame;
    size_t lane, step;
    const struct track_transition *own; /* NULL: a step */
    size_t order;                       /* as found: what is equal stays so */
};

struct merging {
    struct view_lanes *lanes;
    const struct view_lanes_options *options;
    struct view_steps steps[VIEW_MAX_LANES];
    const struct view_timeline *const *timelines;
    struct moment *moments; /* owned */
    size_t count;
    int64_t first_ns, last_ns;
    bool timed;
};

static int64_t time_of(const struct view_item *item)
{
    return item->kind == VIEW_ITEM_EVENT ? item->event.time_ns : item->fold.start_ns;
}

static int by_time(const void *left, const void *right)
{
    const struct moment *a = left, *b = right;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    if (a->frame != b->frame && a->frame != 0 && b->frame != 0)
        return a->frame < b->frame ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

/* A lane's own order wins over the times, which may run back in a capture. */
static void collect(struct merging *m)
{
    size_t room = 0;
    for (size_t lane = 0; lane < m->lanes->lane_count; lane++)
        room += m->steps[lane].count + m->steps[lane].transition_count;
    m->moments = base_calloc(room, sizeof m->moments[0]);
    for (size_t lane = 0; lane < m->lanes->lane_count; lane++) {
        const struct view_steps *steps = &m->steps[lane];
        int64_t latest = INT64_MIN;
        for (size_t i = 0; i < steps->count; i++) {
            const struct view_item *item = &steps->items[i];
            int64_t time_ns = time_of(item);
            latest = time_ns > latest ? time_ns : latest;
            m->moments[m->count] =
                (struct moment){.time_ns = latest,
                                .frame = item->kind == VIEW_ITEM_EVENT ? item->event.frame : 0,
                                .lane = lane,
                                .step = i,
                                .order = m->count};
            m->count++;
        }
        for (size_t i = 0; i < steps->transition_count; i++) {
            if (!steps->anchors[i].own_row)
                continue;
            m->moments[m->count] = (struct moment){.time_ns = steps->transitions[i].time_ns,
                                                   .lane = lane,
                                                   .own = &steps->transitions[i],
                                                   .order = m->count};
            m->count++;
        }
    }
    if (m->count > 0)
        qsort(m->moments, m->count, sizeof m->moments[0], by_time);
}

static void set_time(struct merging *m, struct view_lanes_line *line, int64_t time_ns)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_row_time(&text, &(struct view_row_time){.time_ns = time_ns,
                                                     .first_ns = m->timed ? m->first_ns : time_ns,
                                                     .last_ns = m->timed ? m->last_ns : time_ns,
                                                     .first = !m->timed,
                                                     .times = m->options->times,
                                                     .ascii = m->options->ascii});
    line->time[0] = view_scene_keep(&m->lanes->scene, base_strbuf_text(&text), text.length);
    base_strbuf_free(&text);
    if (!m->timed)
        m->first_ns = time_ns;
    m->last_ns = time_ns;
    m->timed = true;
}

static void add_gap(struct merging *m, size_t lane, int64_t time_ns)
{
    int64_t bound = m->options->gap_ns > 0 ? m->options->gap_ns : DEFAULT_GAP_NS;
    if (!m->timed || time_ns - m->last_ns < bound)
        return;
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, "~ ");
    view_add_span(&text, time_ns - m->last_ns, m->options->ascii);
    base_strbuf_str(&text, " ~");
    struct view_lanes_line *line = view_lanes_add(m->lanes, lane);
    view_scene_add_row(&m->lanes->scene, VIEW_ROW_GAP);
    view_scene_add_part(&m->lanes->scene, base_strbuf_text(&text), NULL, VIEW_ROLE_GAP, VIEW_NEVER,
                        VIEW_NEVER);
    line->across = (uint32_t)(m->lanes->scene.row_count - 1);
    base_strbuf_free(&text);
}

/* Below an arrow: where it brings its two ends. */
static void add_labels(struct merging *m, size_t lane, size_t step)
{
    const struct view_steps *steps = &m->steps[lane];
    bool begun = false;
    size_t arrow = m->lanes->count - 1;
    for (size_t i = 0; i < steps->transition_count; i++) {
        if (steps->anchors[i].step != step || steps->anchors[i].own_row)
            continue;
        if (!begun)
            view_lanes_add(m->lanes, lane);
        begun = true;
        m->lanes->lines[arrow].cell[lane].state[steps->transitions[i].side & 1] =
            steps->transitions[i].to; /* from its arrow on */
        if (!view_lanes_add_label(m->lanes, m->lanes->count - 1, lane, &steps->transitions[i])) {
            view_lanes_add(m->lanes, lane);
            view_lanes_add_label(m->lanes, m->lanes->count - 1, lane, &steps->transitions[i]);
        }
    }
}

static void add_own(struct merging *m, const struct moment *moment)
{
    add_gap(m, moment->lane, moment->time_ns);
    struct view_lanes_line *line = view_lanes_add(m->lanes, moment->lane);
    set_time(m, line, moment->time_ns);
    view_lanes_add_row(m->lanes, VIEW_ROW_NOTE);
    view_scene_add_part(&m->lanes->scene, track_cause_text((enum track_cause)moment->own->cause),
                        NULL, VIEW_ROLE_NOTE, VIEW_NEVER, VIEW_NEVER);
    view_lanes_add(m->lanes, moment->lane);
    view_lanes_add_label(m->lanes, m->lanes->count - 1, moment->lane, moment->own);
}

static void add_moment(struct merging *m, const struct moment *moment)
{
    if (moment->own != NULL) {
        add_own(m, moment);
        return;
    }
    const struct view_item *item = &m->steps[moment->lane].items[moment->step];
    add_gap(m, moment->lane, moment->time_ns);
    struct view_lanes_line *line = view_lanes_add(m->lanes, moment->lane);
    set_time(m, line, moment->time_ns);
    line->item[0] = moment->step;
    line->frame[0] = moment->frame;
    if (item->kind == VIEW_ITEM_FOLD)
        view_lanes_add_fold(m->lanes, &item->fold);
    else
        view_lanes_add_event(m->lanes, &m->steps[moment->lane],
                             view_timeline_record(m->timelines[moment->lane]), moment->step,
                             m->options->absolute);
    add_labels(m, moment->lane, moment->step);
}

/* How many moments from here on are plain segments of the same lane. */
static size_t run_length(const struct merging *m, size_t begin)
{
    size_t i = begin;
    while (i < m->count && m->moments[i].own == NULL &&
           m->moments[i].lane == m->moments[begin].lane &&
           view_step_is_plain(&m->steps[m->moments[i].lane], m->moments[i].step))
        i++;
    return i - begin;
}

static void add_run(struct merging *m, size_t begin, size_t length)
{
    struct view_fold fold = {0};
    const struct moment *first = &m->moments[begin + SHOWN_OF_RUN];
    const struct moment *last = &m->moments[begin + length - SHOWN_OF_RUN - 1];
    for (size_t i = 0; i < SHOWN_OF_RUN; i++)
        add_moment(m, &m->moments[begin + i]);
    for (const struct moment *at = first; at <= last; at++)
        view_fold_add(&fold, &m->steps[at->lane].items[at->step]);
    struct view_lanes_line *line = view_lanes_add(m->lanes, first->lane);
    line->item[0] = first->step;
    set_time(m, line, last->time_ns);
    view_lanes_add_fold(m->lanes, &fold);
    for (size_t i = length - SHOWN_OF_RUN; i < length; i++)
        add_moment(m, &m->moments[begin + i]);
}

static void add_all(struct merging *m)
{
    for (size_t i = 0; i < m->count;) {
        size_t run = m->options->fold_over > 0 ? run_length(m, i) : 0;
        if (run > m->options->fold_over && run > 2 * SHOWN_OF_RUN) {
            add_run(m, i, run);
            i += run;
        } else {
            add_moment(m, &m->moments[i++]);
        }
    }
}

/* What each end was before its connection's first segment. */
static void add_initial_states(struct merging *m)
{
    struct view_lanes_line *line = view_lanes_add(m->lanes, 0);
    for (size_t lane = 0; lane < m->lanes->lane_count; lane++)
        for (unsigned side = 0; side < 2; side++)
            line->cell[lane].state[side] = m->steps[lane].initial[side];
}

void view_merge_build(struct view_lanes *lanes, const struct view_timeline *const *timelines,
                      size_t count, const struct view_lanes_options *options)
{
    struct merging m = {.lanes = lanes, .options = options, .timelines = timelines};
    view_lanes_clear(lanes);
    lanes->scene.ascii = options->ascii;
    lanes->lane_count = count < VIEW_MAX_LANES ? count : VIEW_MAX_LANES;
    for (size_t i = 0; i < lanes->lane_count; i++) {
        view_steps_make(&m.steps[i], timelines[i]);
        lanes->number[i] = view_timeline_record(timelines[i])->number;
    }
    view_lanes_add_heads(lanes, timelines);
    add_initial_states(&m);
    collect(&m);
    add_all(&m);
    free(m.moments);
    for (size_t i = 0; i < lanes->lane_count; i++)
        view_steps_free(&m.steps[i]);
}
