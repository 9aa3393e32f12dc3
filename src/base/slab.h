/* Small objects of a few sizes, by the million: no header each, what is freed is used again, what
 * is not needed goes back to the system.
 *
 * Objects of one size (rounded up to 16 bytes) share chunks of 64 KiB. An empty chunk serves any
 * size; chunks come from regions of some megabytes, and an empty region is given back. */
#ifndef TCPVIZ_BASE_SLAB_H
#define TCPVIZ_BASE_SLAB_H

#include <stddef.h>

#define BASE_SLAB_MAX 4096 /* bytes of an object */

struct base_slab;

struct base_slab *base_slab_new(void);
/* Frees every object with it. NULL is allowed. */
void base_slab_free(struct base_slab *slab);

/* Not zeroed, aligned to 16 bytes. size_bytes: 1 to BASE_SLAB_MAX. */
void *base_slab_take(struct base_slab *slab, size_t size_bytes);
/* size_bytes: as it was taken, or any that base_slab_room() rounds to the same. */
void base_slab_give(struct base_slab *slab, void *object, size_t size_bytes);
/* What an object of that size really has room for. */
size_t base_slab_room(size_t size_bytes);

/* Bytes in chunks that are in use, and in objects. */
size_t base_slab_chunk_bytes(const struct base_slab *slab);
size_t base_slab_object_bytes(const struct base_slab *slab);

#endif
