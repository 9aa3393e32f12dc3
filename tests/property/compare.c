/* What the tracker told of a host against what the host did. */
#include "config.h"

#include "compare.h"

#include <string.h>

#define MAX_STEPS 128

struct view {
    const struct sim_capture *own, *seen; /* the host's own capture, and the one that is told of */
    bool near;                            /* they are the same */
};

/* One life of a host: told or done. */
struct list {
    const struct track_transition *told[MAX_STEPS];
    struct sim_transition done[MAX_STEPS];
    unsigned steps;
};

/* close() can wait for long until its FIN may leave. What comes in meanwhile meets FIN_WAIT_1, but
 * the segments cannot show that: they show the FIN where it leaves, or never. */
static void move_fin(struct list *list, unsigned at)
{
    struct sim_transition fin = list->done[at];
    unsigned i = at;
    for (; i + 1 < list->steps; i++) {
        const struct sim_transition *next = &list->done[i + 1];
        if (next->to == TRACK_CLOSED || (fin.frame != 0 && next->frame >= fin.frame))
            break;
        list->done[i] = *next;
        if (next->to == TRACK_CLOSING) {
            list->done[i].to = TRACK_CLOSE_WAIT;
            fin.to = TRACK_LAST_ACK;
        }
    }
    list->done[i] = fin;
    if (fin.to == TRACK_LAST_ACK && i + 1 < list->steps && list->done[i + 1].to == TRACK_TIME_WAIT)
        list->done[i + 1].to = TRACK_CLOSED;
}

static void take_done(const struct sim_history *history, unsigned life, struct list *list)
{
    list->steps = 0;
    for (unsigned i = 0; i < history->count && list->steps < MAX_STEPS; i++)
        if (history->transition[i].life == life)
            list->done[list->steps++] = history->transition[i];
    for (unsigned i = 0; i < list->steps; i++)
        if (list->done[i].to == TRACK_FIN_WAIT_1) {
            move_fin(list, i);
            break;
        }
}

/* The host's steps in the first connection after *connection that has any. */
static void take_told(const struct told *told, unsigned host, uint64_t *connection,
                      struct list *list)
{
    struct wire_endpoint endpoint = sim_endpoint(host);
    uint64_t best = UINT64_MAX;
    list->steps = 0;
    for (size_t i = 0; i < told->count; i++)
        if (memcmp(&told->transitions[i].endpoint, &endpoint, sizeof endpoint) == 0 &&
            told->transitions[i].connection > *connection && told->transitions[i].connection < best)
            best = told->transitions[i].connection;
    for (size_t i = 0; i < told->count && list->steps < MAX_STEPS; i++)
        if (memcmp(&told->transitions[i].endpoint, &endpoint, sizeof endpoint) == 0 &&
            told->transitions[i].connection == best)
            list->told[list->steps++] = &told->transitions[i].step;
    *connection = best;
}

static bool is_hidden_fin(const struct sim_transition *done)
{
    return done->frame == 0 && (done->to == TRACK_FIN_WAIT_1 || done->to == TRACK_LAST_ACK);
}

static bool is_silent_from(const struct list *done, unsigned from)
{
    for (unsigned i = from; i < done->steps; i++)
        if (done->done[i].frame != 0 && !is_hidden_fin(&done->done[i]) &&
            !(done->done[i].from == TRACK_TIME_WAIT && i + 1 == done->steps))
            return false;
    return true;
}

/* Which segment a frame is; 0: none. */
static unsigned segment_of(const struct sim_capture *capture, uint64_t frame)
{
    return frame > 0 && frame <= capture->count ? capture->frame[frame - 1].ip_id : 0;
}

static void compare_place(const struct view *view, const struct sim_transition *done,
                          const struct track_transition *told, struct compare_result *result)
{
    bool expired = told->cause == TRACK_CAUSE_TIME_WAIT_EXPIRED;
    if (done->frame == 0 && (!expired || done->from != TRACK_TIME_WAIT || !view->near))
        return;
    int64_t late_ns = told->time_ns - done->time_ns;
    bool equal = expired
                     ? late_ns > -SIM_MILLISECOND && late_ns < SIM_MILLISECOND
                     : segment_of(view->own, done->frame) == segment_of(view->seen, told->frame);
    result->frames++;
    if (equal)
        result->frames_equal++;
    else
        result->misplaced = told;
}

/* Walks both lists; counts frames on the way. */
static bool match(const struct view *view, const struct list *done, const struct list *told,
                  struct compare_result *result)
{
    unsigned d = 0;
    for (unsigned t = 0; t < told->steps; t++, d++) {
        while (d < done->steps && is_hidden_fin(&done->done[d]) &&
               done->done[d].to != told->told[t]->to)
            d++;
        if (d == done->steps || done->done[d].to != told->told[t]->to)
            return false;
        compare_place(view, &done->done[d], told->told[t], result);
    }
    return is_silent_from(done, d);
}

/* The first of the confirmed ones that is not, in this order, among those that were done. */
static const struct track_transition *find_false(const struct sim_history *history,
                                                 const struct told *told, unsigned host)
{
    struct list done, list;
    uint64_t connection = 0;
    unsigned life = 1, d = 0;
    take_done(history, life, &done);
    do {
        take_told(told, host, &connection, &list);
        for (unsigned t = 0; t < list.steps; t++) {
            if (!list.told[t]->confirmed)
                continue;
            while (d == done.steps || done.done[d].to != list.told[t]->to) {
                if (d++ < done.steps)
                    continue;
                take_done(history, ++life, &done);
                if (done.steps == 0)
                    return list.told[t];
                d = 0;
            }
            d++;
        }
    } while (list.steps > 0);
    return NULL;
}

struct compare_result compare_host(const struct sim *sim, unsigned vantage, const struct told *told,
                                   unsigned host)
{
    const struct view view = {&sim->capture[host], &sim->capture[vantage], vantage == host};
    const struct sim_history *history = &sim->history[host];
    struct compare_result result = {.equal = true};
    uint64_t connection = 0;
    struct list done, list;
    unsigned lives = history->count > 0 ? history->transition[history->count - 1].life : 0;
    for (unsigned life = 1;; life++) {
        take_done(history, life, &done);
        take_told(told, host, &connection, &list);
        if (life > lives && list.steps == 0)
            break;
        result.transitions += list.steps;
        for (unsigned t = 0; t < list.steps; t++)
            result.confirmed += list.told[t]->confirmed;
        if (!match(&view, &done, &list, &result))
            result.equal = false;
    }
    result.false_step = find_false(history, told, host);
    return result;
}
