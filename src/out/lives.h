/* What the formats that draw have in common: they keep the first and last segments of every open
 * connection (view/timeline.h), draw it when its record is final, and forget it. */
#ifndef TCPVIZ_OUT_LIVES_H
#define TCPVIZ_OUT_LIVES_H

#include <stdint.h>

#include "base/strbuf.h"
#include "base/u64map.h"
#include "out/sink.h"
#include "view/ladder.h"
#include "view/recent.h"
#include "view/timeline.h"

/* Runs of plain segments longer than this are folded. */
#define OUT_FOLD_OVER 12

struct out_lives {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    FILE *stream;
    /* A connection's whole life, lent for the call. */
    void (*take)(struct out_lives *lives, const struct view_timeline *timeline);
    uint64_t last;                /* without --connection only those up to this number; 0: all */
    struct base_u64map timelines; /* of open connections, owned */
    struct track_call *calls;     /* owned: those that belong to no ended connection yet */
    size_t call_count, call_capacity;
    int64_t now_ns; /* of the newest event */
    struct view_recent recent;
};

/* Makes a sink that is all zero one that takes lives; its finish and free are the caller's. */
void out_lives_init(struct out_lives *lives, FILE *stream, const struct out_options *options,
                    void (*take)(struct out_lives *lives, const struct view_timeline *timeline));
/* What is in it, not the sink itself. */
void out_lives_release(struct out_lives *lives);
/* How these lives are drawn in this many columns. */
struct view_ladder_options out_lives_ladder(const struct out_lives *lives, size_t width);

/* --- formats that write their pages at the end, by the connections' numbers --- */

struct out_page {
    uint64_t number;
    size_t height; /* as drawn; the format's own unit */
    struct base_strbuf text;
};

struct out_pages {
    struct out_lives lives; /* first */
    /* Draws a connection into text and says its height. */
    size_t (*draw)(struct out_pages *pages, const struct view_timeline *timeline,
                   struct base_strbuf *text);
    size_t max;            /* so many pages, those with the lowest numbers */
    struct out_page *page; /* owned, by number */
    size_t count, capacity;
    bool more; /* there were others */
};

/* A sink whose finish writes the pages. */
struct out_sink *
out_pages_new(FILE *stream, const struct out_options *options, size_t max,
              size_t (*draw)(struct out_pages *pages, const struct view_timeline *timeline,
                             struct base_strbuf *text),
              void (*finish)(struct out_sink *sink, const struct out_capture *capture));
/* How many connections of the capture, or of those chosen, have no page. */
uint64_t out_pages_left_out(const struct out_pages *pages, const struct out_capture *capture);

#endif
