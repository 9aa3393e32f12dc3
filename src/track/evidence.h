/* What a segment says about its sender and presumes of its receiver. Internal. */
#ifndef TCPVIZ_TRACK_EVIDENCE_H
#define TCPVIZ_TRACK_EVIDENCE_H

#include <stdbool.h>

#include "track/conn.h"

/* Before the sequence space takes the segment in: judges what its sender should have received by
 * what the segment covers, then moves the sender by what it sent. */
void evidence_sent(struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment);
/* After it: what the segment moves at its receiver, if it arrives. True if it was a RST that moves
 * nothing. */
bool evidence_received(struct track_conn *conn, enum track_side side,
                       const struct wire_segment *segment);

#endif
