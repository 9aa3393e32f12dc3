/* What a tracker tells, with the rules that hold for any input checked as it tells. */
#ifndef TCPVIZ_PROPERTY_TOLD_H
#define TCPVIZ_PROPERTY_TOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "track/tracker.h"

/* One connection so far. */
struct told_connection {
    uint64_t checks[4]; /* by enum track_outcome */
    uint64_t packets[2];
    uint32_t findings[TRACK_FINDINGS];
    int64_t time_ns; /* of its latest transition */
    uint8_t state[2];
    bool moved[2]; /* state is known */
    bool recorded;
};

struct told_transition {
    struct track_transition step;
    struct wire_endpoint endpoint;
    uint64_t connection;
};

struct told {
    struct told_connection *connections; /* by number - 1 */
    size_t known, room;
    struct told_transition *transitions;
    size_t count, transition_room;
    bool keep;        /* the transitions, not only the rules */
    char broken[256]; /* the first rule that was broken; empty: none */
};

/* Zeroed memory is a valid told. Forgets what was told, keeps the memory. */
void told_clear(struct told *told);
void told_free(struct told *told);

/* Its context is the told. */
extern const struct track_observer told_observer;

/* After each input: the bound on connections holds. */
void told_check_bound(struct told *told, const struct tracker *tracker, size_t max_connections);
/* After tracker_finish(): every connection has its record. */
void told_check_end(struct told *told, const struct tracker *tracker);

#endif
