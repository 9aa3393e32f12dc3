/* The cases (explain/diagnose.h) of a sink's open connections. A connection of which only a SYN was
 * seen needs none, so that a flood of them costs nothing. */
#ifndef TCPVIZ_OUT_CASES_H
#define TCPVIZ_OUT_CASES_H

#include "base/u64map.h"
#include "explain/diagnose.h"
#include "track/tracker.h"

struct out_cases {
    struct base_u64map map; /* owned, with what is in it */
    int64_t now_ns;         /* of the newest event */
};

#define OUT_CASES_INIT                                                                             \
    {                                                                                              \
        .map = BASE_U64MAP_INIT, .now_ns = INT64_MIN                                               \
    }

void out_cases_free(struct out_cases *cases);
/* What the tracker's observer hears. */
void out_cases_expect(const struct out_cases *cases, uint64_t connection);
void out_cases_event(struct out_cases *cases, const struct track_conn *conn,
                     const struct track_event *event);
void out_cases_transition(struct out_cases *cases, const struct track_conn *conn,
                          const struct track_transition *transition);
/* The diagnoses of a connection that has ended; its case is forgotten. */
size_t out_cases_close(struct out_cases *cases, const struct track_connection *record,
                       struct explain_diagnosis out[EXPLAIN_MAX_DIAGNOSES]);

#endif
