/* The findings: what is worth a person's attention in a segment, each defined once (SPEC 4). */
#ifndef TCPVIZ_TRACK_FINDING_H
#define TCPVIZ_TRACK_FINDING_H

#include <stdbool.h>
#include <stdint.h>

/* Bit numbers of struct track_event.findings; append only, the order is that of the JSON arrays. */
enum track_finding {
    TRACK_RETRANSMISSION,      /* of data; how it was triggered is not known */
    TRACK_FAST_RETRANSMISSION, /* after three duplicate acks, RFC 5681 */
    TRACK_TIMEOUT_RETRANSMISSION,
    TRACK_SPURIOUS_RETRANSMISSION, /* of what was acknowledged before */
    TRACK_SYN_RETRANSMISSION,
    TRACK_FIN_RETRANSMISSION,
    TRACK_OUT_OF_ORDER,
    TRACK_LOST_SEGMENT,       /* a gap before this segment */
    TRACK_ACKED_NOT_CAPTURED, /* acks what the capture did not see */
    TRACK_DUPLICATE_ACK,
    TRACK_KEEP_ALIVE,
    TRACK_KEEP_ALIVE_ACK,
    TRACK_ZERO_WINDOW,
    TRACK_WINDOW_PROBE,
    TRACK_WINDOW_PROBE_ACK,
    TRACK_WINDOW_FULL,
    TRACK_WINDOW_UPDATE,
    TRACK_WINDOW_SHRUNK,
    TRACK_PORT_REUSED,
    TRACK_PARTIAL_OVERLAP,
    TRACK_DSACK,
    TRACK_CHALLENGE_ACK,
    TRACK_DELAYED_ACK,
    TRACK_SMALL_SEGMENTS,
    TRACK_COALESCED_WRITES,
    TRACK_MSS_EXCEEDED,
    TRACK_URGENT_DATA,
    TRACK_HALF_OPEN,
    TRACK_SYN_FLOOD,
    TRACK_UNANSWERED_SYN,
    TRACK_IGNORED_RST, /* out of the window or not exact, RFC 5961: ends nothing */
    TRACK_DATA_AFTER_CLOSE,
    TRACK_UNACCEPTABLE, /* the receiver drops it */
    TRACK_KERNEL_DISAGREES, /* of no segment: told with what the kernel says */
    TRACK_FINDINGS
};

typedef uint64_t track_finding_set; /* 1 << enum track_finding */

/* English, whole sentences where not said otherwise. */
struct track_finding_entry {
    const char *name;      /* in JSON and filters: "duplicate_ack" */
    const char *words;     /* on an arrow: "duplicate ack" */
    const char *brief;     /* where words are too long; NULL: words are short */
    const char *meaning;   /* what it is, one sentence */
    const char *condition; /* exactly when it is found */
    const char *rfc;       /* number and section that define it */
    const char *wireshark; /* that program's field for the same or nearly the same; NULL: none */
    const char *differs;   /* where we differ from it on purpose; NULL: nowhere */
    const char *look;      /* what a person should look at */
    bool serious;          /* something is wrong, or worth a look at least */
};

/* Never NULL. */
const struct track_finding_entry *track_finding_entry(enum track_finding finding);
/* Its JSON name. */
const char *track_finding_name(enum track_finding finding);

#endif
