/* Wireshark's own verdicts on segments (tcp.analysis.* of its 4.0 series), for comparison with
 * ours.
 *
 * These rules are that program's, with their known faults: no state, no SACK, no look at
 * outstanding data before a duplicate ACK. They are kept apart from our findings (analyse.c) on
 * purpose and only run when asked for. */
#ifndef TCPVIZ_TRACK_WIRESHARK_H
#define TCPVIZ_TRACK_WIRESHARK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/segment.h"

/* Bit numbers of a verdict set. */
enum wireshark_verdict {
    WIRESHARK_RETRANSMISSION,
    WIRESHARK_FAST_RETRANSMISSION,
    WIRESHARK_SPURIOUS_RETRANSMISSION,
    WIRESHARK_OUT_OF_ORDER,
    WIRESHARK_LOST_SEGMENT,
    WIRESHARK_ACK_LOST_SEGMENT,
    WIRESHARK_DUPLICATE_ACK,
    WIRESHARK_KEEP_ALIVE,
    WIRESHARK_KEEP_ALIVE_ACK,
    WIRESHARK_ZERO_WINDOW,
    WIRESHARK_ZERO_WINDOW_PROBE,
    WIRESHARK_ZERO_WINDOW_PROBE_ACK,
    WIRESHARK_WINDOW_UPDATE,
    WIRESHARK_WINDOW_FULL,
    WIRESHARK_REUSED_PORTS,
    WIRESHARK_TFO_SYN,
    WIRESHARK_TFO_ACK,
    WIRESHARK_TFO_IGNORED,
    WIRESHARK_VERDICTS
};

typedef uint32_t wireshark_set; /* 1 << enum wireshark_verdict */

/* The last part of the field's name: "retransmission" for tcp.analysis.retransmission. */
const char *wireshark_verdict_name(enum wireshark_verdict verdict);

struct wireshark_flow; /* what it remembers of one conversation */

/* reused: an earlier conversation had the same addresses and ports. Never NULL; freed with free().
 */
struct wireshark_flow *wireshark_flow_new(bool reused);
/* side is 0 or 1: which end sends, always the same number for the same end. */
wireshark_set wireshark_segment(struct wireshark_flow *flow, unsigned side,
                                const struct wire_segment *segment);

#endif
