/* What later segments are measured against: windows, counters, the SACK board. Internal. */
#ifndef TCPVIZ_TRACK_ACCOUNT_H
#define TCPVIZ_TRACK_ACCOUNT_H

#include <stdbool.h>

#include "track/conn.h"

/* Comes after sequence_sent(). taken: the receiver accepts the segment. */
void account_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event, bool taken);

#endif
