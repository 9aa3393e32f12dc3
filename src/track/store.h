/* Where the connections are: those that segments came for lately as they are worked on, the rest
 * frozen. Internal.
 *
 * A connection is known by its id, which it keeps; its address changes when it is thawed. A pointer
 * to one holds until the turn after next: begin a turn with each segment or timer. */
#ifndef TCPVIZ_TRACK_STORE_H
#define TCPVIZ_TRACK_STORE_H

#include "track/conn.h"

/* As many as are worked on at once before the others are frozen. */
#define STORE_WARM 12288

struct conn_store;

/* warm: STORE_WARM, or less to test. */
struct conn_store *store_new(size_t warm);
/* Frees the connections too, not what they own. */
void store_free(struct conn_store *store);

/* What was got before may be frozen from now on. */
void store_turn(struct conn_store *store);
/* A new one, all 0 but its id. */
struct track_conn *store_add(struct conn_store *store);
/* Never NULL: id is of one that was added and not dropped. */
struct track_conn *store_get(struct conn_store *store, uint32_t id);
/* Does not free what it owns but its path. */
void store_drop(struct conn_store *store, struct track_conn *conn);

/* Without thawing it: */
bool store_is_of(const struct conn_store *store, uint32_t id, const struct wire_endpoint *a,
                 const struct wire_endpoint *b, uint32_t scope);
/* Begin to fetch where it is noted, and once that is there the connection. */
void store_prefetch_place(const struct conn_store *store, uint32_t id);
void store_prefetch(const struct conn_store *store, uint32_t id);
struct store_brief {
    uint64_t number, last_frame;
    enum conn_age age;
};
/* False if no connection has this id. */
bool store_brief(const struct conn_store *store, uint32_t id, struct store_brief *out);
/* All ids are from 1 on and below this. */
uint32_t store_end(const struct conn_store *store);
size_t store_count(const struct conn_store *store);
/* Bytes of memory in use. */
size_t store_bytes(const struct conn_store *store);

/* The ids in ascending order of a key: numbers of all, or last frames of those of one age. The
 * caller frees them; 0 stands where none is. */
uint32_t *store_by_number(const struct conn_store *store, size_t *count);
uint32_t *store_by_last_frame(const struct conn_store *store, enum conn_age age, size_t *count);

#endif
