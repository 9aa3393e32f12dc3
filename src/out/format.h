/* The formats that connections are written in: one table for the command line, for what saves from
 * the terminal UI and for whoever lists them. */
#ifndef TCPVIZ_OUT_FORMAT_H
#define TCPVIZ_OUT_FORMAT_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "out/sink.h"

enum out_kind {
    OUT_LADDER,
    OUT_SUMMARY,
    OUT_JSON,
    OUT_CSV,
    OUT_ZEEK,
    OUT_SVG,
    OUT_HTML,
    OUT_MERMAID,
    OUT_DOT,
    OUT_MARKDOWN,
    OUT_KINDS
};

struct out_format {
    const char *name;      /* "json": what -f takes */
    const char *what;      /* for people, in English; translated by _() */
    const char *extension; /* of its files, without the dot */
    bool one;  /* a file holds one connection: the first of those chosen; else it holds all */
    bool data; /* for programs: the same in every language */
};

/* Never NULL. */
const struct out_format *out_format(enum out_kind kind);
/* False: there is no such format. */
bool out_format_find(const char *name, enum out_kind *kind);
/* "ladder, summary and json". Appends. */
void out_format_add_names(struct base_strbuf *out, const char *last_word);

/* A sink of that kind; out/sink.h says what is borrowed. Never NULL. */
struct out_sink *out_format_open(enum out_kind kind, FILE *stream,
                                 const struct out_options *options);

#endif
