/* The way of each endpoint through the states: what is proven, what is presumed, what can be
 * written.
 *
 * The proven state moves by path_commit() only. Pending inputs are folded over it to give the
 * presumed state, so a revision is nothing but a change of that list: steps that were only presumed
 * exist nowhere else. */
#include "config.h"

#include "track/path.h"

#include <stddef.h>
#include <string.h>

#include "base/slab.h"
#include "track/measure.h"

/* More of a kind are rarely pending at once. */
#define FEW_ELEMENTS 2

struct track_path *path_make(struct base_slab *slab)
{
    struct track_path *path = base_slab_take(slab, sizeof *path);
    memset(path, 0, sizeof *path);
    return path;
}

void path_free(struct base_slab *slab, struct track_path *path)
{
    if (path == NULL)
        return;
    for (int side = 0; side < 2; side++) {
        if (path->input_room[side] > 0)
            base_slab_give(slab, path->input[side],
                           path->input_room[side] * sizeof *path->input[side]);
        if (path->step_room[side] > 0)
            base_slab_give(slab, path->step[side],
                           path->step_room[side] * sizeof *path->step[side]);
    }
    base_slab_give(slab, path, sizeof *path);
}

static struct track_path *path_of(struct track_conn *conn)
{
    if (conn->path == NULL)
        conn->path = path_make(conn->slab);
    return conn->path;
}

/* Moves count elements to where there is room for more; the room. */
static uint8_t widen(struct base_slab *slab, void **elements, size_t element_bytes, uint8_t count,
                     uint8_t room, uint8_t most)
{
    uint8_t wider = room == 0 ? FEW_ELEMENTS : most;
    void *more = base_slab_take(slab, wider * element_bytes);
    if (room > 0) {
        memcpy(more, *elements, count * element_bytes);
        base_slab_give(slab, *elements, room * element_bytes);
    }
    *elements = more;
    return wider;
}

struct track_input *path_add_input(struct base_slab *slab, struct track_path *path,
                                   enum track_side side)
{
    uint8_t count = path->inputs[side], room = path->input_room[side];
    if (count == TRACK_MAX_INPUTS)
        return NULL;
    if (count == room) {
        void *elements = path->input[side];
        path->input_room[side] =
            widen(slab, &elements, sizeof *path->input[side], count, room, TRACK_MAX_INPUTS);
        path->input[side] = elements;
    }
    path->inputs[side]++;
    return &path->input[side][count];
}

struct track_transition *path_add_step(struct base_slab *slab, struct track_path *path,
                                       enum track_side side)
{
    uint8_t count = path->steps[side], room = path->step_room[side];
    if (count == TRACK_MAX_STEPS)
        return NULL;
    if (count == room) {
        void *elements = path->step[side];
        path->step_room[side] =
            widen(slab, &elements, sizeof *path->step[side], count, room, TRACK_MAX_STEPS);
        path->step[side] = elements;
    }
    path->steps[side]++;
    return &path->step[side][count];
}

static bool sent_by_endpoint(uint8_t cause)
{
    return cause == TRACK_CAUSE_SENT_SYN || cause == TRACK_CAUSE_SENT_FIN ||
           cause == TRACK_CAUSE_SENT_RST || cause == TRACK_CAUSE_ABORTED_OPEN;
}

/* An endpoint's path order wins over frame order: a step is not earlier than the one before it. */
static int64_t not_before_last(const struct track_path *path, enum track_side side, int64_t time_ns)
{
    unsigned steps = path->steps[side];
    if (steps == 0 || path->step[side][steps - 1].time_ns <= time_ns)
        return time_ns;
    return path->step[side][steps - 1].time_ns;
}

static void add_step(struct track_conn *conn, enum track_side side, struct track_transition step)
{
    struct track_path *path = path_of(conn);
    step.time_ns = not_before_last(path, side, step.time_ns);
    struct track_transition *added = path_add_step(conn->slab, path, side);
    if (added != NULL)
        *added = step;
}

/* An input is up to two: a FIN comes with an ack, and its receiver looks at that first (RFC 9293
 * section 3.10.7.4). */
struct input_list {
    uint8_t kind[2]; /* enum fsm_input */
    unsigned count;
};

static struct input_list expand(const struct track_input *input, enum track_state state)
{
    if (input->kind == FSM_GOT_FIN && input->acks_syn && state == TRACK_SYN_RECEIVED)
        return (struct input_list){{FSM_GOT_ACK_OF_SYN, FSM_GOT_FIN}, 2};
    if (input->kind == FSM_GOT_FIN && input->acks_fin && state == TRACK_FIN_WAIT_1)
        return (struct input_list){{FSM_GOT_ACK_OF_FIN, FSM_GOT_FIN}, 2};
    return (struct input_list){{input->kind}, 1};
}

void path_commit_input(struct track_conn *conn, enum track_side side,
                       const struct track_input *input, struct path_proof proof)
{
    struct input_list list = expand(input, conn->end[side].state);
    for (unsigned i = 0; i < list.count; i++)
        path_commit(conn, side, list.kind[i], input->frame, input->time_ns, proof);
}

void path_commit(struct track_conn *conn, enum track_side side, enum fsm_input input,
                 uint64_t frame, int64_t time_ns, struct path_proof proof)
{
    struct track_endpoint *end = &conn->end[side];
    const struct fsm_cell *cell = fsm_look_up(end->state, input);
    if (cell->next == TRACK_UNKNOWN)
        return;
    bool sure = !end->unsure || cell->next == TRACK_CLOSED;
    if (cell->next == TRACK_TIME_WAIT && end->open_order)
        sure = false;
    if (cell->next == TRACK_FIN_WAIT_2 || cell->next == TRACK_CLOSING)
        end->open_order = !(proof.confirmed && sure);
    add_step(conn, side,
             (struct track_transition){.frame = frame,
                                       .confirmed_by = proof.frame,
                                       .time_ns = time_ns,
                                       .side = (uint8_t)side,
                                       .from = end->state,
                                       .to = cell->next,
                                       .cause = cell->cause,
                                       .confirmed = proof.confirmed && sure});
    end->state = cell->next;
    if (end->state == TRACK_TIME_WAIT && time_ns > end->time_wait_ns)
        end->time_wait_ns = time_ns;
}

void path_join(struct track_conn *conn, enum track_side side, enum track_state state,
               uint64_t frame, int64_t time_ns)
{
    struct track_endpoint *end = &conn->end[side];
    add_step(conn, side,
             (struct track_transition){.frame = frame,
                                       .confirmed_by = frame,
                                       .time_ns = time_ns,
                                       .side = (uint8_t)side,
                                       .from = end->state,
                                       .to = (uint8_t)state,
                                       .cause = TRACK_CAUSE_JOINED,
                                       .confirmed = !end->unsure});
    end->state = (uint8_t)state;
}

bool path_expect(struct track_conn *conn, enum track_side side, const struct track_input *input)
{
    if (fsm_look_up(conn->end[side].presumed, input->kind)->next == TRACK_UNKNOWN)
        return false;
    struct track_path *path = path_of(conn);
    struct track_input *added = path_add_input(conn->slab, path, side);
    if (added == NULL)
        return false;
    *added = *input;
    path_presume(conn, side);
    return true;
}

struct track_input *path_inputs(struct track_conn *conn, enum track_side side, unsigned *count)
{
    *count = conn->path != NULL ? conn->path->inputs[side] : 0;
    return *count > 0 ? conn->path->input[side] : NULL;
}

void path_move_last(struct track_conn *conn, enum track_side side, struct track_input *input)
{
    struct track_path *path = conn->path;
    struct track_input moved = *input;
    unsigned at = (unsigned)(input - path->input[side]);
    unsigned after = path->inputs[side] - at - 1u;
    memmove(input, input + 1, after * sizeof *input);
    path->input[side][at + after] = moved;
    path_presume(conn, side);
}

void path_order_last(struct track_conn *conn, enum track_side side)
{
    struct track_input *input = conn->path->input[side];
    unsigned at = conn->path->inputs[side] - 1u;
    struct track_input last = input[at];
    for (; at > 0 && last.frame != 0 && input[at - 1].frame > last.frame; at--)
        input[at] = input[at - 1];
    input[at] = last;
    path_presume(conn, side);
}

void path_keep(struct track_conn *conn, enum track_side side, const bool *keep)
{
    struct track_path *path = conn->path;
    unsigned kept = 0;
    for (unsigned i = 0; i < path->inputs[side]; i++)
        if (keep[i])
            path->input[side][kept++] = path->input[side][i];
    path->inputs[side] = (uint8_t)kept;
    path_presume(conn, side);
}

/* A SYN that nothing answered says nothing about a listener. */
static bool says_nothing(const struct track_endpoint *end, const struct track_input *input)
{
    return input->kind == FSM_GOT_SYN && end->state != TRACK_SYN_SENT;
}

/* A SYN-ACK is answered at once. A FIN that came again and again without any answer most likely
 * never arrived. */
#define UNANSWERED_REPEATS 2

static bool never_arrived(const struct track_input *input)
{
    if (input->arrived)
        return false;
    if (input->kind == FSM_GOT_SYN_ACK)
        return true;
    return input->kind == FSM_GOT_FIN && input->repeats >= UNANSWERED_REPEATS;
}

/* An end whose half of the handshake took next to nothing beside the other's. */
bool path_is_here(const struct track_conn *conn, enum track_side side)
{
    const int64_t host_ns = 1000000;
    int64_t own_ns = conn->end[side].reaction_ns;
    int64_t peer_ns = conn->end[conn_peer(conn, side)].reaction_ns;
    return own_ns >= 0 && own_ns < host_ns && peer_ns > 8 * own_ns;
}

/* What an end does with an ACK of its SYN still depends on its accept queue. */
static bool arrived_here(const struct track_conn *conn, enum track_side side,
                         const struct track_input *input)
{
    return (input->kind == FSM_GOT_RST || input->kind == FSM_GOT_ACK_OF_FIN) &&
           path_is_here(conn, side);
}

/* Silence and reuse show that an end is closed, not what a FIN or its ack did before. */
static bool says_end(const struct track_conn *conn, enum track_side side,
                     const struct track_input *input)
{
    const struct track_endpoint *end = &conn->end[side];
    uint8_t next = fsm_look_up((enum track_state)end->state, (enum fsm_input)input->kind)->next;
    if (input->kind != FSM_GOT_FIN && input->kind != FSM_GOT_ACK_OF_FIN)
        return true;
    return next == TRACK_CLOSED || next == TRACK_TIME_WAIT || path_is_here(conn, side);
}

void path_settle(struct track_conn *conn, enum track_side side, bool confirmed)
{
    unsigned count;
    struct track_input *inputs = path_inputs(conn, side, &count);
    for (unsigned i = 0; i < count; i++) {
        if (says_nothing(&conn->end[side], &inputs[i])) {
            if (conn->end[side].state == TRACK_LISTEN)
                conn->end[side].state = TRACK_UNKNOWN;
            continue;
        }
        if (never_arrived(&inputs[i]))
            continue;
        bool sure = !inputs[i].doubtful &&
                    (inputs[i].arrived || (confirmed && says_end(conn, side, &inputs[i])) ||
                     inputs[i].kind == FSM_SENT_RST || arrived_here(conn, side, &inputs[i]));
        path_commit_input(conn, side, &inputs[i], (struct path_proof){sure, 0});
    }
    if (count > 0)
        conn->path->inputs[side] = 0;
    path_presume(conn, side);
}

/* Where an input leads from a state; the state itself if it moves nothing. */
static enum track_state lead(enum track_state state, const struct track_input *input)
{
    struct input_list list = expand(input, state);
    for (unsigned i = 0; i < list.count; i++) {
        const struct fsm_cell *cell = fsm_look_up(state, list.kind[i]);
        if (cell->next != TRACK_UNKNOWN)
            state = cell->next;
    }
    return state;
}

void path_presume(struct track_conn *conn, enum track_side side)
{
    enum track_state state = conn->end[side].state;
    unsigned count;
    const struct track_input *inputs = path_inputs(conn, side, &count);
    for (unsigned i = 0; i < count; i++) {
        enum track_state next = lead(state, &inputs[i]);
        if (next != state && next == TRACK_TIME_WAIT &&
            inputs[i].time_ns > conn->end[side].time_wait_ns)
            conn->end[side].time_wait_ns = inputs[i].time_ns;
        state = next;
    }
    conn->end[side].presumed = (uint8_t)state;
}

enum track_certainty path_certainty(const struct track_conn *conn, enum track_side side)
{
    const struct track_endpoint *end = &conn->end[side];
    if (end->presumed == TRACK_UNKNOWN)
        return TRACK_NOT_KNOWN;
    if (end->presumed == TRACK_LISTEN || end->presumed != end->state)
        return TRACK_INFERRED;
    return TRACK_SEEN;
}

/* Order of two steps of different ends: time, then frame, then the sender's before the receiver's.
 */
static bool comes_first(const struct track_transition *a, const struct track_transition *b)
{
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns;
    if (a->frame != b->frame)
        return a->frame < b->frame;
    return sent_by_endpoint(a->cause) || !sent_by_endpoint(b->cause);
}

/* Nothing that is still pending can come before this time. */
static int64_t earliest_pending(const struct track_path *path)
{
    int64_t earliest = INT64_MAX;
    for (int side = 0; side < 2; side++)
        for (unsigned i = 0; i < path->inputs[side]; i++) {
            int64_t time_ns =
                not_before_last(path, (enum track_side)side, path->input[side][i].time_ns);
            if (time_ns < earliest)
                earliest = time_ns;
        }
    return earliest;
}

static void drop_first_step(struct track_path *path, unsigned side)
{
    path->steps[side]--;
    memmove(&path->step[side][0], &path->step[side][1],
            path->steps[side] * sizeof path->step[side][0]);
}

static const struct track_transition *first_step(const struct track_path *path)
{
    const struct track_transition *client = path->steps[0] > 0 ? &path->step[0][0] : NULL;
    const struct track_transition *server = path->steps[1] > 0 ? &path->step[1][0] : NULL;
    if (client == NULL || server == NULL)
        return client != NULL ? client : server;
    return comes_first(client, server) ? client : server;
}

void path_write(struct track_conn *conn, const struct track_observer *observer, void *context)
{
    struct track_path *path = conn->path;
    if (path == NULL)
        return;
    int64_t limit = earliest_pending(path);
    const struct track_transition *step;
    while ((step = first_step(path)) != NULL && step->time_ns < limit) {
        if (observer->transition != NULL)
            observer->transition(context, conn, step);
        measure_transition(conn, step);
        drop_first_step(path, step->side);
    }
    if (path->inputs[0] + path->inputs[1] + path->steps[0] + path->steps[1] == 0) {
        path_free(conn->slab, path);
        conn->path = NULL;
    }
}

/* Appends what an input would add to a path; the state it leads to. */
static enum track_state add_presumed(struct track_transition *steps, unsigned *count,
                                     enum track_side side, enum track_state state,
                                     const struct track_input *input)
{
    struct input_list list = expand(input, state);
    for (unsigned i = 0; i < list.count; i++) {
        const struct fsm_cell *cell = fsm_look_up(state, list.kind[i]);
        if (cell->next == TRACK_UNKNOWN)
            continue;
        int64_t last = *count > 0 ? steps[*count - 1].time_ns : input->time_ns;
        steps[(*count)++] =
            (struct track_transition){.frame = input->frame,
                                      .time_ns = last > input->time_ns ? last : input->time_ns,
                                      .side = (uint8_t)side,
                                      .from = (uint8_t)state,
                                      .to = cell->next,
                                      .cause = cell->cause};
        state = cell->next;
    }
    return state;
}

/* The proven steps of one end and what its pending inputs would add. */
static unsigned whole_path(const struct track_conn *conn, enum track_side side,
                           struct track_transition *steps)
{
    const struct track_path *path = conn->path;
    unsigned count = path->steps[side];
    if (count > 0)
        memcpy(steps, path->step[side], count * sizeof *steps);
    enum track_state state = conn->end[side].state;
    for (unsigned i = 0; i < path->inputs[side]; i++)
        state = add_presumed(steps, &count, side, state, &path->input[side][i]);
    return count;
}

size_t path_list(const struct track_conn *conn, struct track_transition *out, size_t max)
{
    if (conn->path == NULL)
        return 0;
    struct track_transition steps[2][TRACK_MAX_STEPS + 2 * TRACK_MAX_INPUTS];
    unsigned count[2], at[2] = {0, 0};
    for (int side = 0; side < 2; side++)
        count[side] = whole_path(conn, (enum track_side)side, steps[side]);
    size_t n = 0;
    while (n < max && (at[0] < count[0] || at[1] < count[1])) {
        bool client = at[1] == count[1] ||
                      (at[0] < count[0] && comes_first(&steps[0][at[0]], &steps[1][at[1]]));
        int side = client ? 0 : 1;
        out[n++] = steps[side][at[side]++];
    }
    return n;
}
