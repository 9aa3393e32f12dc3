/* What a tracker tells, with the rules that hold for any input checked as it tells. */
#include "config.h"

#include "told.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/fsm.h"

void told_clear(struct told *told)
{
    told->known = told->count = 0;
    told->broken[0] = '\0';
}

void told_free(struct told *told)
{
    free(told->connections);
    free(told->transitions);
    *told = (struct told){.known = 0};
}

__attribute__((format(printf, 2, 3))) static void broken(struct told *told, const char *format, ...)
{
    va_list args;
    if (told->broken[0] != '\0')
        return;
    va_start(args, format);
    vsnprintf(told->broken, sizeof told->broken, format, args);
    va_end(args);
}

/* A dummy stands in for a number out of order, so that the rest can go on. */
static struct told_connection *connection_of(struct told *told, uint64_t number)
{
    if (number == told->known + 1) {
        if (told->known == told->room) {
            told->room = told->room > 0 ? 2 * told->room : 16;
            told->connections =
                base_realloc(told->connections, told->room, sizeof *told->connections);
        }
        told->connections[told->known++] = (struct told_connection){.time_ns = INT64_MIN};
    }
    if (number == 0 || number > told->known) {
        static struct told_connection dummy;
        broken(told, "connection %" PRIu64 " after %zu", number, told->known);
        dummy = (struct told_connection){.time_ns = INT64_MIN};
        return &dummy;
    }
    return &told->connections[number - 1];
}

/* --- events --- */

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct told *told = context;
    struct told_connection *connection = connection_of(told, event->connection);
    if (track_conn_number(conn) != event->connection)
        broken(told, "event of connection %" PRIu64 " says %" PRIu64, track_conn_number(conn),
               event->connection);
    if (connection->recorded)
        broken(told, "connection %" PRIu64 ": event after its record", event->connection);
    if (event->sender > 1 || event->state[0] >= TRACK_STATES || event->state[1] >= TRACK_STATES ||
        event->certainty[0] > TRACK_SEEN || event->certainty[1] > TRACK_SEEN)
        broken(told, "frame %" PRIu64 ": an event out of range", event->frame);
    for (int i = 0; i < TRACK_CHECKS; i++)
        if (event->checks[i].outcome > TRACK_CANNOT_KNOW)
            broken(told, "frame %" PRIu64 ": check %d out of range", event->frame, i);
        else
            connection->checks[event->checks[i].outcome]++;
    for (int i = 0; i < TRACK_FINDINGS; i++)
        connection->findings[i] += (uint32_t)(event->findings >> i & 1);
    if (event->kind == TRACK_EVENT_SEGMENT && event->sender <= 1)
        connection->packets[event->sender]++;
}

/* --- transitions --- */

static bool in_table(const struct track_transition *step)
{
    if (step->cause == TRACK_CAUSE_JOINED)
        return step->from == TRACK_UNKNOWN;
    for (int input = 0; input < FSM_INPUTS; input++) {
        const struct fsm_cell *cell =
            fsm_look_up((enum track_state)step->from, (enum fsm_input)input);
        if (cell->next == step->to && cell->cause == step->cause)
            return true;
    }
    return false;
}

static bool in_range(const struct track_transition *step)
{
    return step->side <= 1 && step->from < TRACK_STATES && step->to < TRACK_STATES &&
           step->to != TRACK_UNKNOWN && step->cause < TRACK_CAUSES;
}

static void check_step(struct told *told, uint64_t number, const struct track_transition *step)
{
    struct told_connection *connection = connection_of(told, number);
    const char *from = track_state_name((enum track_state)step->from);
    const char *to = track_state_name((enum track_state)step->to);
    uint8_t last = connection->state[step->side];
    bool start =
        step->from == TRACK_CLOSED || step->from == TRACK_LISTEN || step->from == TRACK_UNKNOWN;
    if (connection->recorded)
        broken(told, "connection %" PRIu64 ": %s after its record", number, to);
    if (!in_table(step))
        broken(told, "connection %" PRIu64 ": %s to %s is not in the table", number, from, to);
    if (connection->moved[step->side] ? last != step->from : !start)
        broken(told, "connection %" PRIu64 ": from %s to %s after %s", number, from, to,
               connection->moved[step->side] ? track_state_name((enum track_state)last)
                                             : "nothing");
    if (step->time_ns < connection->time_ns)
        broken(told, "connection %" PRIu64 ": %s to %s goes back in time", number, from, to);
    if (step->confirmed_by != 0 && step->confirmed_by < step->frame)
        broken(told, "connection %" PRIu64 ": %s to %s is proven before it happens", number, from,
               to);
    connection->time_ns = step->time_ns;
    connection->state[step->side] = step->to;
    connection->moved[step->side] = true;
}

static void keep_step(struct told *told, const struct track_conn *conn,
                      const struct track_transition *step)
{
    if (told->count == told->transition_room) {
        told->transition_room = told->transition_room > 0 ? 2 * told->transition_room : 64;
        told->transitions =
            base_realloc(told->transitions, told->transition_room, sizeof *told->transitions);
    }
    told->transitions[told->count++] = (struct told_transition){
        *step, *track_conn_endpoint(conn, (enum track_side)step->side), track_conn_number(conn)};
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *step)
{
    struct told *told = context;
    if (!in_range(step)) {
        broken(told, "a transition out of range");
        return;
    }
    check_step(told, track_conn_number(conn), step);
    if (told->keep)
        keep_step(told, conn, step);
}

/* --- records --- */

static void on_connection(void *context, const struct track_connection *record)
{
    struct told *told = context;
    struct told_connection *connection = connection_of(told, record->number);
    if (connection->recorded)
        broken(told, "connection %" PRIu64 ": a second record", record->number);
    connection->recorded = true;
    if (record->checks_held != connection->checks[TRACK_HOLDS] ||
        record->checks_broken != connection->checks[TRACK_BREAKS] ||
        record->checks_unknown != connection->checks[TRACK_CANNOT_KNOW])
        broken(told, "connection %" PRIu64 ": its checks do not add up", record->number);
    for (int side = 0; side < 2; side++) {
        const struct track_end_record *end = &record->end[side];
        if (end->state >= TRACK_STATES || end->certainty > TRACK_SEEN)
            broken(told, "connection %" PRIu64 ": a record out of range", record->number);
        else if (connection->moved[side] && end->state != connection->state[side])
            broken(told, "connection %" PRIu64 ": ends in %s, its record says %s", record->number,
                   track_state_name((enum track_state)connection->state[side]),
                   track_state_name((enum track_state)end->state));
        if (end->packets != connection->packets[side])
            broken(told, "connection %" PRIu64 ": its packets do not add up", record->number);
    }
    for (int i = 0; i < TRACK_FINDINGS; i++)
        if (record->findings[i] != connection->findings[i])
            broken(told, "connection %" PRIu64 ": its findings %d do not add up", record->number,
                   i);
}

const struct track_observer told_observer = {
    .event = on_event, .transition = on_transition, .connection = on_connection};

void told_check_bound(struct told *told, const struct tracker *tracker, size_t max_connections)
{
    uint64_t open = tracker_counts(tracker).open_connections;
    if (max_connections > 0 && open > max_connections)
        broken(told, "%" PRIu64 " connections, the bound is %zu", open, max_connections);
}

void told_check_end(struct told *told, const struct tracker *tracker)
{
    struct tracker_counts counts = tracker_counts(tracker);
    if (counts.connections != told->known || counts.open_connections != 0)
        broken(told, "%" PRIu64 " connections counted, %zu told of, %" PRIu64 " still open",
               counts.connections, told->known, counts.open_connections);
    for (size_t i = 0; i < told->known; i++)
        if (!told->connections[i].recorded)
            broken(told, "connection %zu has no record", i + 1);
}
