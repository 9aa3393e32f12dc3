/* The state machine of RFC 9293 section 3.3.2 as a constant table.
 *
 * A segment is two inputs: one to its sender (what it sent) and, when it arrives, one to its
 * receiver. Guards (does this ack cover our FIN?) are computed before the look-up, so that a cell
 * is a plain state and cause. */
#ifndef TCPVIZ_TRACK_FSM_H
#define TCPVIZ_TRACK_FSM_H

#include "track/event.h"
#include "track/state.h"

enum fsm_input {
    FSM_SENT_SYN, /* without ACK */
    FSM_SENT_FIN,
    FSM_SENT_RST,       /* one that ends the sender: an abort, or the answer of a host without this
                           connection */
    FSM_GOT_SYN,        /* without ACK */
    FSM_GOT_SYN_ACK,    /* with an acceptable ack */
    FSM_GOT_ACK_OF_SYN, /* any acceptable segment whose ack covers our SYN */
    FSM_GOT_FIN,        /* in order */
    FSM_GOT_ACK_OF_FIN, /* any acceptable segment whose ack covers our FIN */
    FSM_GOT_RST,        /* one that RFC 5961 section 3 accepts */
    FSM_GOT_ICMP,       /* an error that ends a connection attempt */
    FSM_NO_SOCKET,      /* it turned out to have no such connection (any more) */
    FSM_TIME_WAIT_OVER, /* 2 MSL passed */
    FSM_REUSED,         /* a new incarnation took the place */
    FSM_INPUTS
};

struct fsm_cell {
    uint8_t next;    /* enum track_state; TRACK_UNKNOWN: the input moves nothing */
    uint8_t cause;   /* enum track_cause */
    const char *rfc; /* section of RFC 9293 unless another number stands in front */
};

/* Never NULL. state may be TRACK_UNKNOWN: what an endpoint joined in the middle is known to be from
 * then on. */
const struct fsm_cell *fsm_look_up(enum track_state state, enum fsm_input input);

/* "got SYN", for tests and messages. */
const char *fsm_input_name(enum fsm_input input);

#endif
