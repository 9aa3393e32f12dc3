/* What is worth noting about a segment (SPEC 4). Internal. */
#ifndef TCPVIZ_TRACK_FIND_H
#define TCPVIZ_TRACK_FIND_H

#include "track/conn.h"

/* Adds findings from the state before the segment is taken in; after check_segment(). */
void find_segment(struct track_conn *conn, enum track_side side, const struct wire_segment *segment,
                  struct track_event *event);

/* The same where nothing is open (conn_is_steady()) and the segment goes on where its sender's last
 * one ended: what cannot be found then is not looked for. */
void find_in_steady(struct track_conn *conn, enum track_side side,
                    const struct wire_segment *segment, struct track_event *event);

#endif
