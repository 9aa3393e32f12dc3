/* A writer of JSON Lines (RFC 8259): builds one record in memory, then writes it whole.
 *
 * Every line it writes parses, whatever bytes the strings hold. No printf: this is a hot path. */
#ifndef TCPVIZ_OUT_JSONW_H
#define TCPVIZ_OUT_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "out/rfc3339.h"

struct out_jsonw {
    FILE *stream; /* borrowed */
    char *text;   /* owned: the record so far */
    size_t length, capacity;
    bool comma; /* the next value or key needs one before it */
    struct out_rfc3339 clock;
};

#define OUT_JSONW_INIT(stream_)                                                                    \
    {                                                                                              \
        .stream = (stream_)                                                                        \
    }

void out_jsonw_free(struct out_jsonw *writer);

/* A record is an object: begin, keys with values, end. end writes it with its newline in one piece.
 */
void out_jsonw_begin(struct out_jsonw *writer);
void out_jsonw_end(struct out_jsonw *writer);

/* Makes room for so many bytes behind what is there. */
void out_jsonw_grow(struct out_jsonw *writer, size_t more);

static inline char *out_jsonw_room(struct out_jsonw *writer, size_t more)
{
    if (writer->capacity - writer->length < more)
        out_jsonw_grow(writer, more);
    return writer->text + writer->length;
}

/* A key of the program's own: not escaped. A value must follow. Inline, as the length of a literal
 * is then a constant. */
static inline void out_jsonw_key(struct out_jsonw *writer, const char *key)
{
    size_t length = strlen(key);
    char *at = out_jsonw_room(writer, length + 4);
    *at = ',';
    at += writer->comma;
    *at++ = '"';
    memcpy(at, key, length);
    at[length] = '"';
    at[length + 1] = ':';
    writer->length = (size_t)(at - writer->text) + length + 2;
    writer->comma = false;
}

void out_jsonw_open_object(struct out_jsonw *writer);
void out_jsonw_close_object(struct out_jsonw *writer);
void out_jsonw_open_array(struct out_jsonw *writer);
void out_jsonw_close_array(struct out_jsonw *writer);

/* Any bytes: control characters are escaped, what is no UTF-8 becomes U+FFFD. */
void out_jsonw_string(struct out_jsonw *writer, const char *bytes, size_t length);
/* A word of the program's own: not escaped. */
void out_jsonw_word(struct out_jsonw *writer, const char *word);
void out_jsonw_u64(struct out_jsonw *writer, uint64_t value);
void out_jsonw_i64(struct out_jsonw *writer, int64_t value);
void out_jsonw_bool(struct out_jsonw *writer, bool value);
/* A span of nanoseconds as a number of seconds, exact: 1250000000 is 1.25. */
void out_jsonw_seconds(struct out_jsonw *writer, int64_t span_ns);
/* A point in time as an RFC 3339 string. */
void out_jsonw_time(struct out_jsonw *writer, int64_t time_ns);

/* Key and value in one. Text ends at its NUL. */
static inline void out_jsonw_key_text(struct out_jsonw *writer, const char *key, const char *text)
{
    out_jsonw_key(writer, key);
    out_jsonw_string(writer, text, strlen(text));
}

static inline void out_jsonw_key_word(struct out_jsonw *writer, const char *key, const char *word)
{
    out_jsonw_key(writer, key);
    out_jsonw_word(writer, word);
}

static inline void out_jsonw_key_u64(struct out_jsonw *writer, const char *key, uint64_t value)
{
    out_jsonw_key(writer, key);
    out_jsonw_u64(writer, value);
}

static inline void out_jsonw_key_i64(struct out_jsonw *writer, const char *key, int64_t value)
{
    out_jsonw_key(writer, key);
    out_jsonw_i64(writer, value);
}

static inline void out_jsonw_key_bool(struct out_jsonw *writer, const char *key, bool value)
{
    out_jsonw_key(writer, key);
    out_jsonw_bool(writer, value);
}

static inline void out_jsonw_key_seconds(struct out_jsonw *writer, const char *key, int64_t span_ns)
{
    out_jsonw_key(writer, key);
    out_jsonw_seconds(writer, span_ns);
}

static inline void out_jsonw_key_time(struct out_jsonw *writer, const char *key, int64_t time_ns)
{
    out_jsonw_key(writer, key);
    out_jsonw_time(writer, time_ns);
}

#endif
