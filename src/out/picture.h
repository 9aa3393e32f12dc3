/* Drawings of a connection as groups of SVG elements, for the formats svg and html. Lengths are
 * SVG user units, CSS pixels unless scaled; y runs down from 0. Looks come by classes:
 * picture_style.c. */
#ifndef TCPVIZ_OUT_PICTURE_H
#define TCPVIZ_OUT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "out/sink.h"
#include "view/ladder.h"
#include "view/timeline.h"

/* All drawings are that wide. */
#define OUT_PICTURE_WIDTH 1000
#define OUT_PICTURE_MARGIN 24
/* Columns in which a ladder's paragraphs fit, beside the drawing and within it. */
#define OUT_PICTURE_COLUMNS 130
#define OUT_PICTURE_INNER_COLUMNS 86

/* Each appends elements and returns the height they take. */

/* The two lifelines with their states and the segments between them. script: rows carry the
 * timeline's item as data-item, for a page that steps through them. */
size_t out_draw_timeline(struct base_strbuf *out, const struct view_timeline *timeline,
                         const struct view_ladder_options *options, bool script);
/* RFC 9293 figure 5 with the way of both ends and a list of their steps. script: without ways and
 * list; nodes carry their state as data-node and edges their number as data-edge. */
size_t out_draw_states(struct base_strbuf *out, const struct view_timeline *timeline, bool script);
/* The time-sequence graph of each direction that carried data, or of the client's. */
size_t out_draw_sequence(struct base_strbuf *out, const struct view_timeline *timeline);

/* "#1  10.0.0.1:50312 ⇄ 10.0.0.2:1234", and what is known of it. Appends two lines of text. */
size_t out_draw_title(struct base_strbuf *out, const struct view_timeline *timeline);

/* "open: three-way handshake · close: four-way · 11 bytes in 180 ms · RTT 28.0 µs". Appends. */
void out_picture_facts(struct base_strbuf *out, const struct track_connection *record);

/* The style sheet's rules for all classes that the drawings use, below the selector scope. */
void out_picture_style(struct base_strbuf *out, enum out_theme theme, const char *scope);

/* --- for those who draw --- */

/* <text class= x= y=>text</text>, escaped; anchor: NULL, "middle" or "end". */
void out_picture_text(struct base_strbuf *out, const char *classes, long x, long y,
                      const char *anchor, const char *text);
void out_picture_line(struct base_strbuf *out, const char *classes, long x1, long y1, long x2,
                      long y2);
void out_picture_rect(struct base_strbuf *out, const char *classes, long x, long y, long width,
                      long height, long radius);
/* A line with a head at (x2, y2). */
enum out_head {
    OUT_HEAD,
    OUT_HEAD_RESET,
    OUT_HEAD_FINDING,
    OUT_HEAD_OPEN, /* not filled */
    OUT_HEAD_CLIENT,
    OUT_HEAD_SERVER,
    OUT_HEAD_DIM,
    OUT_HEADS
};
void out_picture_arrow(struct base_strbuf *out, enum out_head head, const char *classes, long x1,
                       long y1, long x2, long y2);
/* What url(#…) names. */
const char *out_head_name(enum out_head head);
/* The heads themselves, once a document. */
void out_picture_defs(struct base_strbuf *out);

#endif
