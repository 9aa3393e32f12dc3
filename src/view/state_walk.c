/* How far each end has come in the state machine at a point of its connection's life. */
#include "config.h"

#include "view/state_walk.h"

#include "base/intl.h"
#include "track/fsm.h"
#include "view/steps.h"

static const struct {
    uint8_t from, to;
} edges[VIEW_EDGES] = {
    [VIEW_EDGE_LISTEN] = {TRACK_CLOSED, TRACK_LISTEN},
    [VIEW_EDGE_CONNECT] = {TRACK_CLOSED, TRACK_SYN_SENT},
    [VIEW_EDGE_LISTEN_SYN] = {TRACK_LISTEN, TRACK_SYN_RECEIVED},
    [VIEW_EDGE_LISTEN_SEND] = {TRACK_LISTEN, TRACK_SYN_SENT},
    [VIEW_EDGE_SIMULTANEOUS_OPEN] = {TRACK_SYN_SENT, TRACK_SYN_RECEIVED},
    [VIEW_EDGE_ACK_OF_SYN] = {TRACK_SYN_RECEIVED, TRACK_ESTABLISHED},
    [VIEW_EDGE_SYN_ACK] = {TRACK_SYN_SENT, TRACK_ESTABLISHED},
    [VIEW_EDGE_EARLY_CLOSE] = {TRACK_SYN_RECEIVED, TRACK_FIN_WAIT_1},
    [VIEW_EDGE_CLOSE] = {TRACK_ESTABLISHED, TRACK_FIN_WAIT_1},
    [VIEW_EDGE_FIN] = {TRACK_ESTABLISHED, TRACK_CLOSE_WAIT},
    [VIEW_EDGE_ACK_OF_FIN] = {TRACK_FIN_WAIT_1, TRACK_FIN_WAIT_2},
    [VIEW_EDGE_SIMULTANEOUS_CLOSE] = {TRACK_FIN_WAIT_1, TRACK_CLOSING},
    [VIEW_EDGE_LAST_FIN] = {TRACK_FIN_WAIT_2, TRACK_TIME_WAIT},
    [VIEW_EDGE_ACK_OF_FIN_CLOSING] = {TRACK_CLOSING, TRACK_TIME_WAIT},
    [VIEW_EDGE_CLOSE_AFTER_PEER] = {TRACK_CLOSE_WAIT, TRACK_LAST_ACK},
    [VIEW_EDGE_LAST_ACK] = {TRACK_LAST_ACK, TRACK_CLOSED},
    [VIEW_EDGE_TIMEOUT] = {TRACK_TIME_WAIT, TRACK_CLOSED},
};

/* NULL: nothing that an endpoint goes through, but how an observer learns of it. */
static const char *const causes[FSM_INPUTS] = {
    [FSM_SENT_SYN] = N_("connect() sends a SYN"),  [FSM_SENT_FIN] = N_("close() sends a FIN"),
    [FSM_GOT_SYN] = N_("a SYN arrives, is acked"), [FSM_GOT_SYN_ACK] = N_("SYN,ACK arrives, acked"),
    [FSM_GOT_ACK_OF_SYN] = N_("its SYN is acked"), [FSM_GOT_FIN] = N_("a FIN arrives, is acked"),
    [FSM_GOT_ACK_OF_FIN] = N_("its FIN is acked"), [FSM_TIME_WAIT_OVER] = N_("2 MSL pass"),
    [FSM_GOT_RST] = N_("a RST arrives"),           [FSM_SENT_RST] = N_("an abort sends a RST"),
    [FSM_GOT_ICMP] = N_("an ICMP error arrives"),
};

/* The usual moves first, those that break off last. */
static const uint8_t order[] = {
    FSM_SENT_SYN, FSM_GOT_SYN_ACK,    FSM_GOT_SYN,  FSM_GOT_ACK_OF_SYN,
    FSM_SENT_FIN, FSM_GOT_ACK_OF_FIN, FSM_GOT_FIN,  FSM_TIME_WAIT_OVER,
    FSM_GOT_RST,  FSM_SENT_RST,       FSM_GOT_ICMP,
};

enum track_state view_edge_from(enum view_edge edge)
{
    return (enum track_state)edges[edge].from;
}

enum track_state view_edge_to(enum view_edge edge)
{
    return (enum track_state)edges[edge].to;
}

static uint32_t edge_bit(unsigned from, unsigned to)
{
    for (unsigned i = 0; i < VIEW_EDGES; i++)
        if (edges[i].from == from && edges[i].to == to)
            return (uint32_t)1 << i;
    return 0; /* a way that the figure leaves out: a reset, an abort, a joined connection */
}

static void step(struct view_walk *walk, const struct track_transition *transition)
{
    walk->walked |= edge_bit(transition->from, transition->to);
    walk->state = transition->to;
    walk->confirmed = walk->confirmed && transition->confirmed;
    walk->over = transition->to == TRACK_CLOSED;
    if (!walk->over)
        walk->visited |= (uint16_t)(1u << transition->to);
    walk->steps++;
}

void view_walk_to(const struct view_timeline *timeline, size_t item, struct view_walk walk[2])
{
    struct view_steps steps;
    view_steps_make(&steps, timeline);
    for (unsigned side = 0; side < 2; side++)
        walk[side] = (struct view_walk){.state = steps.initial[side],
                                        .confirmed = true,
                                        .visited = (uint16_t)(1u << steps.initial[side])};
    for (size_t i = 0; i < steps.transition_count; i++)
        if (steps.anchors[i].step <= item)
            step(&walk[steps.transitions[i].side & 1], &steps.transitions[i]);
    view_steps_free(&steps);
}

size_t view_walk_next_change(const struct view_timeline *timeline, size_t item, bool back)
{
    struct view_steps steps;
    size_t found = VIEW_WALK_NONE;
    view_steps_make(&steps, timeline);
    for (size_t i = 0; i < steps.transition_count; i++) {
        size_t at = steps.anchors[i].step;
        if (back ? at < item && (found == VIEW_WALK_NONE || at > found) : at > item && at < found)
            found = at;
    }
    view_steps_free(&steps);
    return found;
}

size_t view_walk_moves(enum track_state state, bool over, struct view_move moves[VIEW_MAX_MOVES])
{
    size_t count = 0;
    if (over || state == TRACK_UNKNOWN)
        return 0;
    if (state == TRACK_CLOSED)
        moves[count++] = (struct view_move){TRACK_LISTEN, "listen()"};
    for (size_t i = 0; i < sizeof order && count < VIEW_MAX_MOVES; i++) {
        const struct fsm_cell *cell = fsm_look_up(state, (enum fsm_input)order[i]);
        if (cell->next != TRACK_UNKNOWN)
            moves[count++] = (struct view_move){cell->next, causes[order[i]]};
    }
    return count;
}
