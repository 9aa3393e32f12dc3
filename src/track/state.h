/* The states of a TCP endpoint, RFC 9293 section 3.3.2. */
#ifndef TCPVIZ_TRACK_STATE_H
#define TCPVIZ_TRACK_STATE_H

enum track_state {
    TRACK_UNKNOWN, /* a state of knowledge, none of TCP's eleven */
    TRACK_CLOSED,
    TRACK_LISTEN,
    TRACK_SYN_SENT,
    TRACK_SYN_RECEIVED,
    TRACK_ESTABLISHED,
    TRACK_FIN_WAIT_1,
    TRACK_FIN_WAIT_2,
    TRACK_CLOSE_WAIT,
    TRACK_CLOSING,
    TRACK_LAST_ACK,
    TRACK_TIME_WAIT,
    TRACK_STATES
};

/* How an endpoint's state is known. */
enum track_certainty {
    TRACK_NOT_KNOWN, /* nothing shows it */
    TRACK_INFERRED,  /* presumed from what should have arrived */
    TRACK_SEEN       /* proven by what the endpoint sent */
};

/* "SYN_SENT", … ; "UNKNOWN". */
const char *track_state_name(enum track_state state);
/* "unknown", "inferred", "seen". */
const char *track_certainty_name(enum track_certainty certainty);

#endif
