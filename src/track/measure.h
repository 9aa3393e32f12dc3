/* The measures of a connection, per endpoint (SPEC 4). Internal; struct track_measures is what is
 * told of them.
 *
 * All times are taken at the capture point. A round trip belongs to the endpoint that answers: it
 * is the way from the capture point to that endpoint and back, with the time that it waited before
 * it acknowledged (delayed acks are not hidden). The two ends' sums are the round trip of the path.
 *
 * By ack: from a segment that takes sequence numbers to the ack of exactly its last one, the first
 * ack to cover it. Karn's rule (RFC 6298 section 3) holds: what was sent again gives no sample, nor
 * does what was in flight beyond it, for its ack waited for the repetition. The handshake gives one
 * sample to each end, unless the SYN or SYN-ACK that it answers was repeated.
 * By timestamp: from the first segment with a TSval that takes sequence numbers to the first ack of
 * something new that echoes it (RFC 7323 section 4); repetitions count, they carry a new TSval.
 * Both time up to MEASURE_TIMED segments at once: when more are in flight, the next one is timed
 * after those in hand are acknowledged.
 *
 * In flight: from the highest ack of the peer (before there is one: from the SYN) to the highest
 * number sent, as seen here. Near the
 * receiver that is little.
 * Active: from the first segment with data to the last one or the ack of it, without idle gaps.
 * Throughput is all payload bytes over that time, goodput each byte once; a lone segment has no
 * rate. Idle gap: nothing to send for more than 1 s and more than four round trips, that is from
 * the ack of the last data (without acks: from the data), or the end of the peer's zero window if
 * that is later, to the next data. Zero window: from a segment that offers none to the next that
 * does, or the connection's end. Time in a state: by the final transitions. The last state, unless
 * CLOSED, lasts to the connection's last segment. */
#ifndef TCPVIZ_TRACK_MEASURE_H
#define TCPVIZ_TRACK_MEASURE_H

#include "track/conn.h"

/* Takes in a segment that the receiver accepts, no RST. Comes after find_segment() and before
 * sequence_sent(). new_bytes: of its payload, not sent before. */
void measure_segment(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment, const struct track_event *event,
                     uint32_t new_bytes);
/* A segment that is not believed for now: what it brings counts once it is acknowledged. */
void measure_refused(struct track_conn *conn, enum track_side side,
                     const struct wire_segment *segment);
/* A transition that is final. */
void measure_transition(struct track_conn *conn, const struct track_transition *transition);
/* The endpoint's measures as they stand, all of *out; without round_trips ack and timestamp say
 * that there are no samples. */
void measure_describe(const struct track_conn *conn, enum track_side side, bool round_trips,
                      struct track_measures *out);
/* Frees what the measures own. */
void measure_free(struct track_conn *conn);

#endif
