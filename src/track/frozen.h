/* A connection in a tenth of its space, for the time in which no segment of it comes. Internal.
 *
 * Most of what is held about a connection follows from the rest: without loss and at rest, all that
 * was sent was seen and acknowledged, times lie close together, the handshake's times say how long
 * the states before ESTABLISHED lasted. So each member is kept as its difference from what the
 * members before it let expect, in few bytes (the lists in frozen.c). What differs more is added as
 * whole words, so that thawing always gives the very same connection. */
#ifndef TCPVIZ_TRACK_FROZEN_H
#define TCPVIZ_TRACK_FROZEN_H

#include "track/conn.h"

struct frozen;

/* The connection with its path and what is being timed, which it gives back; *conn is undefined
 * afterwards. Its home is used again where it fits, or given back. Never NULL; taken from slab. */
struct frozen *frozen_make(struct base_slab *slab, struct track_conn *conn);
/* Writes all that frozen_make() took to *conn; what says where *conn stands stays, but home_room.
 */
void frozen_thaw(struct base_slab *slab, const struct frozen *frozen, struct track_conn *conn);
/* NULL is allowed. */
void frozen_free(struct base_slab *slab, struct frozen *frozen);

bool frozen_is_of(const struct frozen *frozen, const struct wire_endpoint *a,
                  const struct wire_endpoint *b, uint32_t scope);
uint64_t frozen_number(const struct frozen *frozen);
uint64_t frozen_last_frame(const struct frozen *frozen);
enum conn_age frozen_age(const struct frozen *frozen);

#endif
