/* When a segment was at each end of the wire, for who captures at both. */
#ifndef TCPVIZ_TRACK_PASSAGE_H
#define TCPVIZ_TRACK_PASSAGE_H

#include <stdint.h>

#define TRACK_NEVER_RECEIVED INT64_MIN

struct track_passage {
    uint64_t frame;      /* the segment */
    int64_t sent_ns;     /* at its sender's end */
    int64_t received_ns; /* at the other; TRACK_NEVER_RECEIVED: it was lost */
};

#endif
