/* A writer of JSON Lines (RFC 8259): builds one record in memory, then writes it whole.
 *
 * Every line it writes parses, whatever bytes the strings hold. No printf: this is a hot path. */
#ifndef TCPVIZ_OUT_JSONW_H
#define TCPVIZ_OUT_JSONW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

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

/* A key of the program's own: not escaped. A value must follow. */
void out_jsonw_key(struct out_jsonw *writer, const char *key);

void out_jsonw_open_object(struct out_jsonw *writer);
void out_jsonw_close_object(struct out_jsonw *writer);
void out_jsonw_open_array(struct out_jsonw *writer);
void out_jsonw_close_array(struct out_jsonw *writer);

/* Any bytes: control characters are escaped, what is no UTF-8 becomes U+FFFD. */
void out_jsonw_string(struct out_jsonw *writer, const char *bytes, size_t length);
void out_jsonw_u64(struct out_jsonw *writer, uint64_t value);
void out_jsonw_i64(struct out_jsonw *writer, int64_t value);
void out_jsonw_bool(struct out_jsonw *writer, bool value);
/* A span of nanoseconds as a number of seconds, exact: 1250000000 is 1.25. */
void out_jsonw_seconds(struct out_jsonw *writer, int64_t span_ns);
/* A point in time as an RFC 3339 string. */
void out_jsonw_time(struct out_jsonw *writer, int64_t time_ns);

/* Key and value in one. Text ends at its NUL. */
void out_jsonw_key_text(struct out_jsonw *writer, const char *key, const char *text);
void out_jsonw_key_u64(struct out_jsonw *writer, const char *key, uint64_t value);
void out_jsonw_key_i64(struct out_jsonw *writer, const char *key, int64_t value);
void out_jsonw_key_bool(struct out_jsonw *writer, const char *key, bool value);
void out_jsonw_key_seconds(struct out_jsonw *writer, const char *key, int64_t span_ns);
void out_jsonw_key_time(struct out_jsonw *writer, const char *key, int64_t time_ns);

#endif
