/* One segment of a known connection: numbers, evidence, findings. Internal. */
#ifndef TCPVIZ_TRACK_OBSERVE_H
#define TCPVIZ_TRACK_OBSERVE_H

#include "track/conn.h"

/* Takes the segment in and fills the event. */
void observe_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, struct track_event *event);
/* An ICMP error that quotes a segment of side: a hint of the network that ends an attempt to
 * connect. */
void observe_icmp_error(struct track_conn *conn, enum track_side side,
                        const struct wire_icmp_error *error, struct track_event *event);
/* States and certainties of both ends into the event. */
void observe_states(const struct track_conn *conn, struct track_event *event);

#endif
