/* A bounded cursor over bytes from the network: the only way the decoders read them.
 *
 * Failing is sticky: a read past the end yields 0, moves nothing and marks the cursor; callers read
 * a whole header and ask once. Nothing here trusts a length that came from the bytes themselves. */
#ifndef TCPVIZ_BASE_CURSOR_H
#define TCPVIZ_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct base_cursor {
    const uint8_t *next; /* borrowed */
    size_t left;         /* bytes from next on */
    bool failed;
};

static inline struct base_cursor base_cursor_make(const uint8_t *bytes, size_t length)
{
    return (struct base_cursor){bytes, length, false};
}

/* The next n bytes, or NULL and the cursor is marked; consumes them. */
static inline const uint8_t *base_cursor_take(struct base_cursor *cursor, size_t n)
{
    if (cursor->failed || n > cursor->left) {
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *taken = cursor->next;
    cursor->next += n;
    cursor->left -= n;
    return taken;
}

static inline bool base_cursor_skip(struct base_cursor *cursor, size_t n)
{
    return base_cursor_take(cursor, n) != NULL;
}

static inline uint8_t base_cursor_u8(struct base_cursor *cursor)
{
    const uint8_t *p = base_cursor_take(cursor, 1);
    return p != NULL ? p[0] : 0;
}

/* Network byte order. */
static inline uint16_t base_cursor_u16(struct base_cursor *cursor)
{
    const uint8_t *p = base_cursor_take(cursor, 2);
    return p != NULL ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t base_cursor_u32(struct base_cursor *cursor)
{
    const uint8_t *p = base_cursor_take(cursor, 4);
    return p != NULL ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t base_cursor_u64(struct base_cursor *cursor)
{
    uint64_t high = base_cursor_u32(cursor);
    return high << 32 | base_cursor_u32(cursor);
}

/* The byte at an offset from here without consuming it; 0 and marked when there is none. */
static inline uint8_t base_cursor_peek(struct base_cursor *cursor, size_t offset)
{
    if (cursor->failed || offset >= cursor->left) {
        cursor->failed = true;
        return 0;
    }
    return cursor->next[offset];
}

/* Forgets what lies beyond n more bytes (a length field of an enclosing header); never lengthens.
 */
static inline void base_cursor_limit(struct base_cursor *cursor, size_t n)
{
    if (n < cursor->left)
        cursor->left = n;
}

#endif
