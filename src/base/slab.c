/* Small objects of a few sizes, by the million. */
#include "config.h"

#include "base/slab.h"

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/xalloc.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define POISON(start, bytes) ASAN_POISON_MEMORY_REGION(start, bytes)
#define UNPOISON(start, bytes) ASAN_UNPOISON_MEMORY_REGION(start, bytes)
#else
#define POISON(start, bytes) ((void)(start), (void)(bytes))
#define UNPOISON(start, bytes) ((void)(start), (void)(bytes))
#endif

#define STEP 16u
#define CLASSES (BASE_SLAB_MAX / STEP + 1)
#define CHUNK_BYTES ((size_t)64 << 10)
#define REGION_CHUNKS 64u
#define REGION_BYTES (CHUNK_BYTES * REGION_CHUNKS)

/* What is free keeps the address of the next that is. */
struct free_object {
    struct free_object *next;
};

/* At the beginning of each chunk, which is aligned to its size: an object finds its chunk. */
struct chunk {
    struct chunk *next, *prev; /* with room, of the same class; or empty, of the same region */
    struct region *region;
    struct free_object *free;
    uint32_t used, fresh; /* objects; where those begin that were never used */
    uint16_t class;
};

#define HEADER_BYTES ((sizeof(struct chunk) + STEP - 1) / STEP * STEP)

struct region {
    struct region *next, *prev; /* with empty chunks */
    char *memory;
    struct chunk *empty;            /* that were used before */
    uint32_t used;                  /* chunks */
    uint32_t fresh;                 /* chunks from here on were never used */
    struct region *later, *earlier; /* all */
};

struct base_slab {
    struct chunk *with_room[CLASSES];
    struct region *with_empty; /* regions */
    struct region *regions;
    size_t chunks, object_bytes, region_count;
};

#define LIST_ADD(first, item, next, prev)                                                          \
    do {                                                                                           \
        (item)->next = (first);                                                                    \
        (item)->prev = NULL;                                                                       \
        if ((first) != NULL)                                                                       \
            (first)->prev = (item);                                                                \
        (first) = (item);                                                                          \
    } while (0)

#define LIST_DROP(first, item, next, prev)                                                         \
    do {                                                                                           \
        if ((item)->next != NULL)                                                                  \
            (item)->next->prev = (item)->prev;                                                     \
        if ((item)->prev != NULL)                                                                  \
            (item)->prev->next = (item)->next;                                                     \
        else                                                                                       \
            (first) = (item)->next;                                                                \
    } while (0)

struct base_slab *base_slab_new(void)
{
    return base_calloc(1, sizeof(struct base_slab));
}

void base_slab_free(struct base_slab *slab)
{
    if (slab == NULL)
        return;
    for (struct region *region = slab->regions, *later; region != NULL; region = later) {
        later = region->later;
        UNPOISON(region->memory, REGION_BYTES);
        free(region->memory);
        free(region);
    }
    free(slab);
}

/* --- regions --- */

static struct region *add_region(struct base_slab *slab)
{
    struct region *region = base_calloc(1, sizeof *region);
    region->memory = aligned_alloc(CHUNK_BYTES, REGION_BYTES);
    if (region->memory == NULL)
        base_out_of_memory(REGION_BYTES);
    POISON(region->memory, REGION_BYTES);
    LIST_ADD(slab->regions, region, later, earlier);
    LIST_ADD(slab->with_empty, region, next, prev);
    slab->region_count++;
    return region;
}

static void drop_region(struct base_slab *slab, struct region *region)
{
    LIST_DROP(slab->regions, region, later, earlier);
    LIST_DROP(slab->with_empty, region, next, prev);
    slab->region_count--;
    UNPOISON(region->memory, REGION_BYTES);
    free(region->memory);
    free(region);
}

static struct chunk *take_chunk(struct base_slab *slab, uint16_t class)
{
    struct region *region = slab->with_empty != NULL ? slab->with_empty : add_region(slab);
    struct chunk *chunk = region->empty;
    if (chunk != NULL)
        region->empty = chunk->next;
    else
        chunk = (struct chunk *)(void *)(region->memory + region->fresh++ * CHUNK_BYTES);
    UNPOISON(chunk, sizeof *chunk);
    if (++region->used == REGION_CHUNKS)
        LIST_DROP(slab->with_empty, region, next, prev);
    *chunk = (struct chunk){.region = region, .fresh = HEADER_BYTES, .class = class};
    LIST_ADD(slab->with_room[class], chunk, next, prev);
    slab->chunks++;
    return chunk;
}

static void give_chunk(struct base_slab *slab, struct chunk *chunk)
{
    struct region *region = chunk->region;
    LIST_DROP(slab->with_room[chunk->class], chunk, next, prev);
    if (region->used-- == REGION_CHUNKS)
        LIST_ADD(slab->with_empty, region, next, prev);
    chunk->next = region->empty;
    region->empty = chunk;
    POISON(chunk + 1, CHUNK_BYTES - sizeof *chunk);
    slab->chunks--;
    /* The last one stays, or else one object that comes and goes would ask the system each time. */
    if (region->used == 0 && slab->region_count > 1)
        drop_region(slab, region);
}

/* --- objects --- */

static uint16_t class_of(size_t size_bytes)
{
    assert(size_bytes > 0 && size_bytes <= BASE_SLAB_MAX);
    return (uint16_t)((size_bytes + STEP - 1) / STEP);
}

size_t base_slab_room(size_t size_bytes)
{
    return class_of(size_bytes) * (size_t)STEP;
}

static bool is_full(const struct chunk *chunk)
{
    return chunk->free == NULL && chunk->fresh + chunk->class * STEP > CHUNK_BYTES;
}

void *base_slab_take(struct base_slab *slab, size_t size_bytes)
{
    uint16_t class = class_of(size_bytes);
    struct chunk *chunk = slab->with_room[class];
    if (chunk == NULL)
        chunk = take_chunk(slab, class);
    void *object = chunk->free;
    if (object == NULL) {
        object = (char *)chunk + chunk->fresh;
        chunk->fresh += class * STEP;
    }
    UNPOISON(object, class * (size_t)STEP);
    if (chunk->free != NULL)
        chunk->free = chunk->free->next;
    chunk->used++;
    if (is_full(chunk))
        LIST_DROP(slab->with_room[class], chunk, next, prev);
    slab->object_bytes += class * (size_t)STEP;
    return object;
}

void base_slab_give(struct base_slab *slab, void *object, size_t size_bytes)
{
    struct chunk *chunk = (struct chunk *)((uintptr_t)object & ~(uintptr_t)(CHUNK_BYTES - 1));
    uint16_t class = chunk->class;
    assert(class == class_of(size_bytes));
    (void)size_bytes;
    if (is_full(chunk))
        LIST_ADD(slab->with_room[class], chunk, next, prev);
    struct free_object *freed = object;
    freed->next = chunk->free;
    chunk->free = freed;
    POISON(freed + 1, class * (size_t)STEP - sizeof *freed);
    slab->object_bytes -= class * (size_t)STEP;
    /* One with room stays for each size. */
    if (--chunk->used == 0 && (chunk->next != NULL || chunk->prev != NULL))
        give_chunk(slab, chunk);
}

size_t base_slab_chunk_bytes(const struct base_slab *slab)
{
    return slab->chunks * CHUNK_BYTES;
}

size_t base_slab_object_bytes(const struct base_slab *slab)
{
    return slab->object_bytes;
}
