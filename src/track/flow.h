/* The flow table: from a segment's addresses, ports and scope to its connection. Internal. */
#ifndef TCPVIZ_TRACK_FLOW_H
#define TCPVIZ_TRACK_FLOW_H

#include <stddef.h>
#include <stdint.h>

#include "track/store.h"

/* Open addressing, eight bytes an entry: the hash and the connection's id. The hash is keyed
 * (SipHash-1-3), so that nobody can aim at one place. The table grows and shrinks in steps, some
 * with each connection that is put in or taken out. */
struct flow_table;

/* store: where the ids are looked up; borrowed. */
struct flow_table *flow_new(uint64_t seed, const struct conn_store *store);
void flow_free(struct flow_table *table);

/* The same for both directions. */
uint32_t flow_hash(const struct flow_table *table, const struct wire_endpoint *a,
                   const struct wire_endpoint *b, uint32_t scope);
/* Not keyed: the same in every run, for what shows in results. */
uint64_t flow_endpoint_hash(const struct wire_endpoint *endpoint);
/* Begins to fetch the entry that flow_find() will read. */
void flow_prefetch(const struct flow_table *table, uint32_t hash);
/* What flow_find() will most likely return, without a look at it; 0: nothing. */
uint32_t flow_likely(const struct flow_table *table, uint32_t hash);
/* The connection's id; 0 if there is none. Either direction finds it. */
uint32_t flow_find(const struct flow_table *table, uint32_t hash, const struct wire_endpoint *a,
                   const struct wire_endpoint *b, uint32_t scope);
/* There must be none with the same key. */
void flow_put(struct flow_table *table, uint32_t hash, uint32_t id);
/* Nothing if it is not there. */
void flow_remove(struct flow_table *table, uint32_t hash, uint32_t id);
size_t flow_count(const struct flow_table *table);
/* Bytes of memory in use. */
size_t flow_bytes(const struct flow_table *table);

#endif
