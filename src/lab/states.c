/* Asks inet_diag on both hosts. A state that lasts from one segment to the next is seen; one that a
 * kernel only passes through within a segment, or between two calls in quick succession, is not. */
#include "config.h"

#include "lab/states.h"

/* A SYN has replaced the socket in TIME_WAIT by that of a new connection. */
static bool is_new_life(uint8_t state, uint8_t told)
{
    return (state == TRACK_SYN_SENT || state == TRACK_SYN_RECEIVED) && told != TRACK_UNKNOWN &&
           told != TRACK_CLOSED && told != TRACK_SYN_SENT;
}

/* The old one is CLOSED, though there was no time to ask when it was. */
static void end_life(struct lab_states *states, size_t index, enum lab_host host,
                     const struct lab_record_kernel *next)
{
    struct lab_record_kernel last = {
        .host = next->host,
        .connection = states->told[index][host].number,
        .socket = {.time_ns = next->socket.time_ns,
                   .local = next->socket.local,
                   .remote = next->socket.remote,
                   .state = TRACK_CLOSED,
                   .lasting = true},
    };
    lab_record(states->recorder, LAB_RECORD_KERNEL, &last, sizeof last, NULL, 0);
}

static void look_at_end(struct lab_states *states, size_t index, enum lab_host host)
{
    const struct lab_flow *flow = &states->rules->flows[index];
    enum lab_host peer = host == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT;
    struct lab_record_kernel record = {.host = (uint32_t)host};
    const struct kernel_question question = {.local = flow->end[host], .remote = flow->end[peer]};
    if (states->net->diag[host] == NULL ||
        !kernel_diag_find(states->net->diag[host], &question, &record.socket))
        return;
    uint8_t *told = &states->told[index][host].state;
    uint8_t state = record.socket.state;
    /* The listener answers for a connection that is not, or no longer, there. */
    if (state == TRACK_LISTEN)
        state = record.socket.state = TRACK_CLOSED;
    if (state == *told || (state == TRACK_CLOSED && *told == TRACK_UNKNOWN))
        return;
    bool replaced = is_new_life(state, *told);
    /* The wire has not seen the SYN yet, so the new life has no number. */
    if ((replaced || *told == TRACK_CLOSED) && flow->number == states->told[index][host].number)
        return;
    if (replaced)
        end_life(states, index, host, &record);
    if (state == TRACK_SYN_SENT || state == TRACK_SYN_RECEIVED || *told == TRACK_UNKNOWN ||
        *told == TRACK_CLOSED)
        states->told[index][host].number = flow->number;
    *told = state;
    record.socket.lasting = true;
    record.connection = states->told[index][host].number;
    lab_record(states->recorder, LAB_RECORD_KERNEL, &record, sizeof record, NULL, 0);
}

void lab_states_look_at(struct lab_states *states, size_t flow)
{
    for (unsigned host = 0; host < LAB_HOSTS; host++)
        look_at_end(states, flow, (enum lab_host)host);
}

void lab_states_look(struct lab_states *states)
{
    for (size_t i = 0; i < states->rules->flow_count; i++)
        lab_states_look_at(states, i);
}
