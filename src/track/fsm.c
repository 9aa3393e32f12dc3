/* The state machine of RFC 9293 section 3.3.2 as a constant table. */
#include "config.h"

#include "track/fsm.h"

#include <assert.h>
#include <stddef.h>

#define CELL(to, why, section)                                                                     \
    {                                                                                              \
        TRACK_##to, TRACK_CAUSE_##why, section                                                     \
    }

/* Sections: 3.10.1 OPEN, 3.10.4 CLOSE, 3.10.5 ABORT, 3.10.7.x SEGMENT ARRIVES, 3.10.8 timeouts, all
 * of RFC 9293. What Linux does otherwise, as its own tracepoints show, stands beside the cell. */
static const struct fsm_cell table[TRACK_STATES][FSM_INPUTS] =
    {
        [TRACK_UNKNOWN] =
            {
                [FSM_SENT_SYN] = CELL(SYN_SENT, SENT_SYN, "3.10.1"),
                /* It sent a FIN, so it was ESTABLISHED (or CLOSE_WAIT, if the peer's FIN came
                   before the capture). */
                [FSM_SENT_FIN] = CELL(FIN_WAIT_1, SENT_FIN, "3.10.4"),
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_SYN] = CELL(SYN_RECEIVED, RECEIVED_SYN, "3.10.7.2"),
            },
        [TRACK_CLOSED] =
            {
                [FSM_SENT_SYN] = CELL(SYN_SENT, SENT_SYN, "3.10.1"),
            },
        [TRACK_LISTEN] =
            {
                /* A listener that sends: RFC 9293 section 3.10.2. */
                [FSM_SENT_SYN] = CELL(SYN_SENT, SENT_SYN, "3.10.1"),
                [FSM_GOT_SYN] = CELL(SYN_RECEIVED, RECEIVED_SYN, "3.10.7.2"),
            },
        [TRACK_SYN_SENT] =
            {
                [FSM_SENT_RST] = CELL(CLOSED, ABORTED_OPEN, "3.10.4"),
                [FSM_GOT_SYN] = CELL(SYN_RECEIVED, RECEIVED_SYN_IN_SYN_SENT, "3.10.7.3"),
                [FSM_GOT_SYN_ACK] = CELL(ESTABLISHED, RECEIVED_SYN_ACK, "3.10.7.3"),
                [FSM_GOT_RST] = CELL(CLOSED, REFUSED, "3.10.7.3"),
                [FSM_GOT_ICMP] = CELL(CLOSED, ICMP, "3.9.2.2"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_SYN_RECEIVED] =
            {
                /* Fast Open (RFC 7413) can close before the handshake is done. */
                [FSM_SENT_FIN] = CELL(FIN_WAIT_1, SENT_FIN, "3.10.4"),
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_ACK_OF_SYN] = CELL(ESTABLISHED, RECEIVED_ACK_OF_SYN, "3.10.7.4"),
                [FSM_GOT_FIN] = CELL(CLOSE_WAIT, RECEIVED_FIN, "3.10.7.4"),
                /* RFC 9293: back to LISTEN after a passive open; Linux frees the request: CLOSED.
                 */
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST_IN_SYN_RECEIVED, "3.10.7.4"),
                [FSM_GOT_ICMP] = CELL(CLOSED, ICMP, "3.9.2.2"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_ESTABLISHED] =
            {
                [FSM_SENT_FIN] = CELL(FIN_WAIT_1, SENT_FIN, "3.10.4"),
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_FIN] = CELL(CLOSE_WAIT, RECEIVED_FIN, "3.10.7.4"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_FIN_WAIT_1] =
            {
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_FIN] = CELL(CLOSING, RECEIVED_FIN, "3.10.7.4"),
                [FSM_GOT_ACK_OF_FIN] = CELL(FIN_WAIT_2, RECEIVED_ACK_OF_FIN, "3.10.7.4"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_FIN_WAIT_2] =
            {
                /* Linux: an orphan that gets data, RFC 9293 section 3.6.1 (closed without reading).
                 */
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_FIN] = CELL(TIME_WAIT, RECEIVED_FIN, "3.10.7.4"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_CLOSE_WAIT] =
            {
                [FSM_SENT_FIN] = CELL(LAST_ACK, SENT_FIN, "3.10.4"),
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_CLOSING] =
            {
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_ACK_OF_FIN] = CELL(TIME_WAIT, RECEIVED_ACK_OF_FIN, "3.10.7.4"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_LAST_ACK] =
            {
                [FSM_SENT_RST] = CELL(CLOSED, SENT_RST, "3.10.5"),
                [FSM_GOT_ACK_OF_FIN] = CELL(CLOSED, RECEIVED_ACK_OF_FIN, "3.10.7.4"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_REUSED] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
            },
        [TRACK_TIME_WAIT] =
            {
                [FSM_SENT_RST] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_GOT_RST] = CELL(CLOSED, RECEIVED_RST, "3.10.7.4"),
                [FSM_NO_SOCKET] = CELL(CLOSED, NO_SOCKET, "3.10.7.1"),
                [FSM_TIME_WAIT_OVER] = CELL(CLOSED, TIME_WAIT_EXPIRED, "3.10.8"),
                [FSM_REUSED] = CELL(CLOSED, TIME_WAIT_REUSED, "3.6.1"),
            },
};

static const char *const input_names[FSM_INPUTS] = {
    [FSM_SENT_SYN] = "sent SYN",       [FSM_SENT_FIN] = "sent FIN",
    [FSM_SENT_RST] = "sent RST",       [FSM_GOT_SYN] = "got SYN",
    [FSM_GOT_SYN_ACK] = "got SYN,ACK", [FSM_GOT_ACK_OF_SYN] = "got ACK of SYN",
    [FSM_GOT_FIN] = "got FIN",         [FSM_GOT_ACK_OF_FIN] = "got ACK of FIN",
    [FSM_GOT_RST] = "got RST",         [FSM_GOT_ICMP] = "got ICMP error",
    [FSM_NO_SOCKET] = "no socket",     [FSM_TIME_WAIT_OVER] = "2 MSL passed",
    [FSM_REUSED] = "reused",
};

const struct fsm_cell *fsm_look_up(enum track_state state, enum fsm_input input)
{
    assert(state < TRACK_STATES && input < FSM_INPUTS);
    return &table[state][input];
}

const char *fsm_input_name(enum fsm_input input)
{
    assert(input < FSM_INPUTS);
    return input_names[input];
}
