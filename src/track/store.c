/* Where the connections are: warm ones at hand, cold ones frozen. */
#include "config.h"

#include "track/store.h"

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/slab.h"
#include "base/xalloc.h"
#include "track/frozen.h"
#include "track/path.h"

/* Places are in pages, so that none ever moves and growing takes no time. */
#define PAGE_BITS 14
#define PAGE_PLACES (1u << PAGE_BITS)

/* What an id stands for: a connection, a frozen one (the lowest bit is set), or the next free id
 * (shifted left by two, the second bit is set). */
typedef uintptr_t place;
#define FROZEN_BIT 1u
#define FREE_BIT 2u

struct conn_store {
    struct base_slab *slab;
    place **pages;
    size_t page_count;
    uint32_t end;        /* ids from here on were never used */
    uint32_t first_free; /* of those that were; 0: none */
    size_t count;
    struct track_conn **warm; /* in no order */
    size_t warm_count, warm_max;
    size_t hand; /* where the search for one to freeze goes on */
    uint64_t turn;
};

struct conn_store *store_new(size_t warm)
{
    struct conn_store *store = base_calloc(1, sizeof *store);
    store->slab = base_slab_new();
    store->warm_max = warm;
    store->warm = base_calloc(warm, sizeof(struct track_conn *));
    store->end = 1;
    store->turn = 2; /* the turn 0 of a connection is long ago */
    return store;
}

void store_free(struct conn_store *store)
{
    for (size_t i = 0; i < store->page_count; i++)
        free(store->pages[i]);
    free(store->pages);
    free(store->warm);
    base_slab_free(store->slab);
    free(store);
}

void store_turn(struct conn_store *store)
{
    store->turn++;
}

/* --- ids --- */

static place *place_of(const struct conn_store *store, uint32_t id)
{
    return &store->pages[id >> PAGE_BITS][id & (PAGE_PLACES - 1)];
}

static uint32_t take_id(struct conn_store *store)
{
    uint32_t id = store->first_free;
    if (id != 0) {
        store->first_free = (uint32_t)(*place_of(store, id) >> 2);
        return id;
    }
    if (store->end >> PAGE_BITS == store->page_count) {
        store->pages = base_realloc(store->pages, store->page_count + 1, sizeof *store->pages);
        store->pages[store->page_count++] = base_calloc(PAGE_PLACES, sizeof(place));
    }
    return store->end++;
}

static void give_id(struct conn_store *store, uint32_t id)
{
    *place_of(store, id) = (place)store->first_free << 2 | FREE_BIT;
    store->first_free = id;
}

/* --- warm and cold --- */

static struct frozen *frozen_at(place at)
{
    return (struct frozen *)(at - FROZEN_BIT); /* NOLINT: the lowest bit was set by freeze() */
}

static void leave_warm(struct conn_store *store, const struct track_conn *conn)
{
    struct track_conn *last = store->warm[--store->warm_count];
    store->warm[conn->place] = last;
    last->place = conn->place;
}

static void freeze(struct conn_store *store, struct track_conn *conn)
{
    uint32_t id = conn->id;
    leave_warm(store, conn);
    *place_of(store, id) = (place)frozen_make(store->slab, conn) | FROZEN_BIT;
    base_slab_give(store->slab, conn, sizeof *conn);
}

static void prefetch(const char *memory, size_t bytes)
{
    enum { CACHE_LINE = 64 };
    for (size_t at = 0; at < bytes; at += CACHE_LINE)
        __builtin_prefetch(memory + at);
}

/* One that was not asked for since the hand passed it last; those of this turn and the one before
 * are in somebody's hands. NULL if there is none but those. */
static struct track_conn *find_idle(struct conn_store *store)
{
    for (size_t tried = 0; tried < 2 * store->warm_count; tried++) {
        if (store->hand >= store->warm_count)
            store->hand = 0;
        struct track_conn *conn = store->warm[store->hand++];
        if (!conn->used_lately && conn->turn + 1 < store->turn) {
            if (store->hand < store->warm_count) /* most likely the next */
                prefetch((const char *)store->warm[store->hand], sizeof *conn);
            return conn;
        }
        conn->used_lately = false;
    }
    return NULL;
}

static struct track_conn *enter_warm(struct conn_store *store, uint32_t id)
{
    struct track_conn *idle = store->warm_count >= store->warm_max ? find_idle(store) : NULL;
    if (idle != NULL) {
        freeze(store, idle);
    } else if (store->warm_count >= store->warm_max) {
        store->warm_max *= 2;
        store->warm = base_realloc(store->warm, store->warm_max, sizeof(struct track_conn *));
    }
    struct track_conn *conn = base_slab_take(store->slab, sizeof *conn);
    conn->slab = store->slab;
    conn->home = NULL;
    conn->id = id;
    conn->turn = store->turn;
    conn->used_lately = false;
    conn->place = (uint32_t)store->warm_count;
    store->warm[store->warm_count++] = conn;
    return conn;
}

struct track_conn *store_add(struct conn_store *store)
{
    uint32_t id = take_id(store);
    struct track_conn *conn = enter_warm(store, id);
    memset((char *)conn + offsetof(struct track_conn, age), 0,
           sizeof *conn - offsetof(struct track_conn, age));
    *place_of(store, id) = (place)conn;
    store->count++;
    return conn;
}

struct track_conn *store_get(struct conn_store *store, uint32_t id)
{
    place *at = place_of(store, id);
    assert((*at & FREE_BIT) == 0);
    if ((*at & FROZEN_BIT) == 0) {
        struct track_conn *conn = (struct track_conn *)*at; /* NOLINT */
        conn->turn = store->turn;
        conn->used_lately = true;
        return conn;
    }
    struct frozen *frozen = frozen_at(*at);
    struct track_conn *conn = enter_warm(store, id);
    frozen_thaw(store->slab, frozen, conn);
    conn->home = frozen;
    *at = (place)conn;
    return conn;
}

void store_drop(struct conn_store *store, struct track_conn *conn)
{
    leave_warm(store, conn);
    give_id(store, conn->id);
    path_free(store->slab, conn->path);
    frozen_free(store->slab, conn->home);
    base_slab_give(store->slab, conn, sizeof *conn);
    store->count--;
}

/* --- without thawing --- */

static bool same(const struct wire_endpoint *a, const struct wire_endpoint *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool store_is_of(const struct conn_store *store, uint32_t id, const struct wire_endpoint *a,
                 const struct wire_endpoint *b, uint32_t scope)
{
    place at = *place_of(store, id);
    if ((at & FROZEN_BIT) != 0)
        return frozen_is_of(frozen_at(at), a, b, scope);
    const struct track_conn *conn = (const struct track_conn *)at; /* NOLINT */
    return conn->scope == scope && ((same(&conn->endpoint[0], a) && same(&conn->endpoint[1], b)) ||
                                    (same(&conn->endpoint[0], b) && same(&conn->endpoint[1], a)));
}

void store_prefetch_place(const struct conn_store *store, uint32_t id)
{
    __builtin_prefetch(place_of(store, id));
}

void store_prefetch(const struct conn_store *store, uint32_t id)
{
    place at = *place_of(store, id);
    if ((at & FROZEN_BIT) != 0) {
        prefetch((const char *)frozen_at(at), 256);
        return;
    }
    const struct track_conn *conn = (const struct track_conn *)at; /* NOLINT */
    prefetch((const char *)conn, offsetof(struct track_conn, measured));
    prefetch((const char *)&conn->measured[0], offsetof(struct measure_end, idle_ns));
    prefetch((const char *)&conn->measured[1], offsetof(struct measure_end, idle_ns));
}

bool store_brief(const struct conn_store *store, uint32_t id, struct store_brief *out)
{
    place at = *place_of(store, id);
    if ((at & FREE_BIT) != 0)
        return false;
    if ((at & FROZEN_BIT) != 0) {
        const struct frozen *frozen = frozen_at(at);
        *out = (struct store_brief){frozen_number(frozen), frozen_last_frame(frozen),
                                    frozen_age(frozen)};
        return true;
    }
    const struct track_conn *conn = (const struct track_conn *)at; /* NOLINT */
    *out = (struct store_brief){conn->number, conn->last_frame, (enum conn_age)conn->age};
    return true;
}

uint32_t store_end(const struct conn_store *store)
{
    return store->end;
}

size_t store_count(const struct conn_store *store)
{
    return store->count;
}

size_t store_bytes(const struct conn_store *store)
{
    return base_slab_chunk_bytes(store->slab) + store->page_count * PAGE_PLACES * sizeof(place);
}

/* --- in order --- */

struct keyed {
    uint64_t key;
    uint32_t id;
};

/* Which connections, and by what. */
struct order {
    bool by_last_frame;
    enum conn_age age; /* by_last_frame: of these only */
};

static bool key_of(const struct conn_store *store, uint32_t id, const struct order *order,
                   uint64_t *key)
{
    struct store_brief brief;
    if (!store_brief(store, id, &brief) || (order->by_last_frame && brief.age != order->age))
        return false;
    *key = order->by_last_frame ? brief.last_frame : brief.number;
    return true;
}

static int by_key(const void *a, const void *b)
{
    const struct keyed *left = a, *right = b;
    if (left->key != right->key)
        return left->key > right->key ? 1 : -1;
    return (left->id > right->id) - (left->id < right->id);
}

static uint32_t *sort_keys(const struct conn_store *store, const struct order *order, size_t *count)
{
    struct keyed *all = base_calloc(*count, sizeof *all);
    uint32_t *ids = base_calloc(*count, sizeof *ids);
    size_t n = 0;
    for (uint32_t id = 1; id < store->end; id++)
        if (key_of(store, id, order, &all[n].key))
            all[n++].id = id;
    qsort(all, n, sizeof *all, by_key);
    for (size_t i = 0; i < n; i++)
        ids[i] = all[i].id;
    free(all);
    *count = n;
    return ids;
}

/* Keys that lie close together need no sorting: each has its place. False if two are the same. */
static bool spread_keys(const struct conn_store *store, const struct order *order, uint64_t least,
                        uint32_t *ids)
{
    uint64_t key;
    for (uint32_t id = 1; id < store->end; id++)
        if (key_of(store, id, order, &key)) {
            if (ids[key - least] != 0)
                return false;
            ids[key - least] = id;
        }
    return true;
}

static uint32_t *in_order(const struct conn_store *store, const struct order *order, size_t *count)
{
    uint64_t key, least = UINT64_MAX, greatest = 0;
    *count = 0;
    for (uint32_t id = 1; id < store->end; id++)
        if (key_of(store, id, order, &key)) {
            least = key < least ? key : least;
            greatest = key > greatest ? key : greatest;
            ++*count;
        }
    if (*count == 0)
        return base_calloc(1, sizeof(uint32_t));
    if (greatest - least < 4 * (uint64_t)*count) {
        size_t range = (size_t)(greatest - least) + 1;
        uint32_t *ids = base_calloc(range, sizeof *ids);
        if (spread_keys(store, order, least, ids)) {
            *count = range;
            return ids;
        }
        free(ids);
    }
    return sort_keys(store, order, count);
}

uint32_t *store_by_number(const struct conn_store *store, size_t *count)
{
    return in_order(store, &(struct order){.by_last_frame = false}, count);
}

uint32_t *store_by_last_frame(const struct conn_store *store, enum conn_age age, size_t *count)
{
    return in_order(store, &(struct order){.by_last_frame = true, .age = age}, count);
}
