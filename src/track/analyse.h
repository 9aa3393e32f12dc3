/* The arithmetic of a segment, checked, and what is worth noting about it (SPEC 4). Internal. */
#ifndef TCPVIZ_TRACK_ANALYSE_H
#define TCPVIZ_TRACK_ANALYSE_H

#include "track/conn.h"

/* Fills the event's numbers, sums, checks and findings from the state before the segment is taken
 * in. */
void analyse_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event);
/* Updates the sender's window, counters and what later analysis needs. Comes after sequence_sent().
 * taken: the receiver accepts the segment. */
void analyse_account(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event, bool taken);

#endif
