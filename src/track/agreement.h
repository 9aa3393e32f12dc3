/* Sets what the kernel says of an endpoint beside what was inferred of it. Internal. */
#ifndef TCPVIZ_TRACK_AGREEMENT_H
#define TCPVIZ_TRACK_AGREEMENT_H

#include "track/conn.h"

/* Takes in a sample and fills in what tracker_kernel() gives. now_ns: all segments until then have
 * been taken in. Counts the finding. */
void agreement_sample(struct track_conn *conn, enum track_side side, int64_t now_ns,
                      struct track_kernel_socket *sample);
/* All of *out. */
void agreement_describe(const struct track_conn *conn, enum track_side side,
                        struct track_kernel_word *out);

#endif
