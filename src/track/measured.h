/* What is measured of an endpoint as the tracker holds it; the definitions are in measure.h.
 * Internal. */
#ifndef TCPVIZ_TRACK_MEASURED_H
#define TCPVIZ_TRACK_MEASURED_H

#include <stdbool.h>
#include <stdint.h>

#include "track/loss.h"
#include "track/rtt.h"
#include "track/state.h"

#define MEASURE_TIMED 16

/* A segment that is being timed, by a mark that grows: the number after it, or its TSval. */
struct measure_mark {
    int64_t time_ns;
    uint32_t mark;
};

struct measure_marks {
    struct measure_mark mark[MEASURE_TIMED]; /* a ring */
};

#define MEASURE_FEW 3

/* Segments under way that are being timed. Few need no memory of their own. */
struct measure_timed {
    struct measure_marks *many;           /* owned; NULL: few has them */
    struct measure_mark few[MEASURE_FEW]; /* a ring, count of them */
    uint32_t newest;                      /* mark that came, timed or not */
    uint8_t count;
    uint8_t first; /* in the ring */
    uint8_t any;   /* bool: came yet */
    uint8_t
        full; /* bool: was full; takes no more until it is empty, so that whole runs are timed */
};

struct measure_end {
    struct measure_timed by_ack, by_timestamp; /* of what it sends */
    int64_t data_ns, active_ns;                /* its first data; its last, or the ack of it */
    uint32_t data_end;                         /* after its latest data */
    uint32_t syn_data_end; /* after the data that its SYN brought, valid if syn_data */
    uint32_t in_flight_max;
    uint32_t window_min, window_max, window_last;
    uint16_t states;
    union {
        uint8_t flags; /* all of them */
        struct {
            bool handshake_taken : 1;
            bool syn_data : 1;
            bool data_seen : 1, more_data_seen : 1; /* a first segment with data, and another */
            bool window_known : 1;
            bool zero_window : 1;
        };
    };
    struct rtt_times ack, timestamp; /* of its answers */
    struct loss loss;                /* of what it sends */
    int64_t idle_ns, idle_longest_ns;
    int64_t zero_window_ns;
    int64_t zero_since_ns, zero_until_ns; /* the latest zero window */
    uint64_t idle_gaps;
    uint64_t retransmitted_bytes;
    int64_t state_ns[TRACK_STATES];
};

#endif
