/* The sequence space of a connection: each direction's sliding window at a segment, and the
 * time–sequence graph. */
#ifndef TCPVIZ_VIEW_SEQUENCE_SPACE_H
#define TCPVIZ_VIEW_SEQUENCE_SPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/grid.h"
#include "view/timeline.h"

/* One direction after a segment, RFC 9293 section 3.3.1; relative numbers of its sender. */
struct view_window {
    bool known;      /* anything of it */
    bool edge_known; /* its receiver said what it will take */
    int64_t snd_una; /* the highest ack; what the receiver has at least: its RCV.NXT */
    int64_t snd_nxt; /* after the highest number sent */
    int64_t edge;    /* after the last number that the receiver's window allows */
    struct {
        int64_t left, right;
    } sacked[VIEW_SACK_KEPT]; /* by the receiver's latest segment */
    size_t sacked_count;
};

/* The direction of what sender sends, after an item of the timeline. */
struct view_window view_window_at(const struct view_timeline *timeline, size_t item,
                                  enum track_side sender);

/* A bar of the grid's whole width in its row y: acked, in flight, SACKed, free to send; and below
 * it, where marks is true, the names of the borders. */
void view_window_draw(const struct view_window *window, struct view_grid *grid, size_t y,
                      bool marks, bool ascii);

struct view_graph {
    enum track_side sender; /* what this end sends, and the acks of the other */
    size_t item;            /* of the timeline: a line stands at its time */
    unsigned zoom;          /* the time shown is the 2^zoomth part, to VIEW_GRAPH_ZOOM */
    int64_t pan_ns;         /* from where the item is in the middle, at zoom > 0 */
    bool edge;              /* the window's edge must fit in too */
    bool ascii;
};
#define VIEW_GRAPH_ZOOM 20

/* How much time it shows. */
int64_t view_graph_span(const struct view_timeline *timeline, unsigned zoom);
/* Fills the grid: numbers at the left, times in the last row. */
void view_graph_draw(const struct view_graph *graph, const struct view_timeline *timeline,
                     struct view_grid *grid);

#endif
