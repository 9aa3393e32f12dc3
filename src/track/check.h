/* The numbers of a segment, relative and summed up, and whether they hold (SPEC 4). Internal. */
#ifndef TCPVIZ_TRACK_CHECK_H
#define TCPVIZ_TRACK_CHECK_H

#include <stdbool.h>

#include "track/conn.h"

/* Fills the event's numbers, sums and checks from the state before the segment is taken in. */
void check_segment(const struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment, struct track_event *event);
/* Whether the window scale of both directions is known, from both SYNs. */
bool check_scale_known(const struct track_endpoint *end, const struct track_endpoint *peer);

#endif
