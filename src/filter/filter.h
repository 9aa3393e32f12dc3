/* The display filter: which connections to show, by what is known of them.
 *
 *     state == TIME_WAIT and (client.bytes > 5KB or not rtt < 10ms) and history ~ "^ShA"
 *
 * The language is that of the manual page's section "Display filters". Text, depth, size and time
 * are bounded, whatever the text. */
#ifndef TCPVIZ_FILTER_FILTER_H
#define TCPVIZ_FILTER_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/event.h"

#define FILTER_MAX_BYTES 4000

struct filter;

/* What is wrong, and the bytes of the text that it is about; offset may be the end. */
struct filter_error {
    size_t offset, length;
    char text[160]; /* in the reader's language */
};

/* A connection and what its record does not say. */
struct filter_subject {
    const struct track_connection *connection;
    const char *names[2]; /* aliases of the ends, by enum track_side; NULL: none */
    int64_t now_ns;       /* to which ages are counted */
    int64_t first_ns;     /* of the capture's first packet */
    bool marked;          /* by the user */
};

/* NULL and *error if the text is no filter. An empty one matches all. Freed with filter_free(). */
struct filter *filter_new(const char *text, struct filter_error *error);
void filter_free(struct filter *filter);
bool filter_matches(const struct filter *filter, const struct filter_subject *subject);
/* False for an empty one. */
bool filter_is_set(const struct filter *filter);

/* The fields, for help: their names in full, what they are and which values they take. */
struct filter_field_help {
    const char *name;
    const char *meaning;
    const char *values; /* a kind of values or the words that there are */
    bool per_side;      /* there is client.NAME and server.NAME, too */
};
size_t filter_field_count(void);
struct filter_field_help filter_field_help(size_t index);
/* … and the language: name is what is written; values and per_side say nothing. */
size_t filter_language_count(void);
struct filter_field_help filter_language_help(size_t index);
/* The language in some lines and every field, as `tcpviz --help filter` prints it. Appends. */
void filter_help(struct base_strbuf *out);

#endif
