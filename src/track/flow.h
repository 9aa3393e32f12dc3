/* The flow table: from a segment's addresses, ports and scope to its connection. Internal. */
#ifndef TCPVIZ_TRACK_FLOW_H
#define TCPVIZ_TRACK_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "track/conn.h"

struct flow_table; /* open addressing; the hash is keyed, so that nobody can aim at one chain */

struct flow_table *flow_new(uint64_t seed);
void flow_free(struct flow_table *table);

uint64_t flow_hash(const struct flow_table *table, const struct wire_endpoint *a,
                   const struct wire_endpoint *b, uint32_t scope);
/* Not keyed: the same in every run, for what shows in results. */
uint64_t flow_endpoint_hash(const struct wire_endpoint *endpoint);
/* Begins to fetch the entry that flow_find() will read. */
void flow_prefetch(const struct flow_table *table, uint64_t hash);
/* What flow_find() will most likely return, without a look at it; NULL: nothing. */
struct track_conn *flow_likely(const struct flow_table *table, uint64_t hash);
/* NULL if there is none. Either direction finds it. */
struct track_conn *flow_find(const struct flow_table *table, uint64_t hash,
                             const struct wire_endpoint *a, const struct wire_endpoint *b,
                             uint32_t scope);
/* conn->hash must be set. Takes the place of a connection with the same key. */
void flow_put(struct flow_table *table, struct track_conn *conn);
/* Removes this very connection if it is the one found by its key. */
void flow_remove(struct flow_table *table, const struct track_conn *conn);
size_t flow_count(const struct flow_table *table);
/* All connections, in no order: from index 0 on until *index reaches the end and NULL comes. */
struct track_conn *flow_next(const struct flow_table *table, size_t *index);

#endif
