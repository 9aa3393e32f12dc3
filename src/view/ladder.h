/* The ladder: one connection's life as arrows between two lifelines, with both endpoints' states at
 * the sides. The text format and the terminal's Timeline screen are both made here. */
#ifndef TCPVIZ_VIEW_LADDER_H
#define TCPVIZ_VIEW_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/alias.h"
#include "view/grid.h"
#include "view/scene.h"
#include "view/timeline.h"
#include "view/times.h"

struct view_ladder_options {
    bool ascii;
    bool absolute;    /* sequence numbers as on the wire */
    bool title;       /* begin with a line that names the connection */
    size_t width;     /* columns to draw in: 60 to 300; decides only whether the names stand side by
                         side */
    size_t fold_over; /* runs of plain segments longer than this are folded; 0: none are */
    int64_t gap_ns;   /* silences from this on get a line; 0: 500 ms */
    int64_t time_wait_ns; /* said beside TIME_WAIT; 0: not said */
    enum view_times times;
    const struct view_aliases *aliases; /* NULL: none */
    unsigned folded; /* 1 << enum view_section: sections that are shown as their heading alone */
    bool no_calls, no_kernel; /* leave out the socket calls, the kernels' words */
    bool slant;     /* arrows take the time that they took, where both ends were captured */
    bool foldable;  /* headings say whether they are */
    bool few;       /* for a projector: of each segment what matters, and room between the arrows */
    bool explain;   /* sentences below each arrow */
    int64_t now_ns; /* the newest time known, for what lasts; 0: the connection's last event */
};

#define VIEW_LADDER_MIN_WIDTH 60
/* The drawing gets no wider than this many columns. */
#define VIEW_LADDER_MAX_WIDTH 400
/* From here on the column of times is a digit wider. */
#define VIEW_LADDER_ROOMY 90

/* Builds the scene anew. */
void view_ladder_build(struct view_scene *scene, const struct view_timeline *timeline,
                       const struct view_ladder_options *options);

/* Draws rows of the scene from first on, one a grid row, from (0, y) down to the grid's end; what
 * was there is overwritten only where something is drawn. Returns how many rows it drew. Works at
 * any width; from VIEW_LADDER_MIN_WIDTH on everything fits. */
size_t view_ladder_draw(const struct view_scene *scene, size_t first, struct view_grid *grid,
                        size_t y);

/* A row's lifelines and what stands between them, without time and labels, in width columns from x
 * on. */
void view_ladder_draw_lane(const struct view_scene *scene, const struct view_scene_row *row,
                           struct view_grid *grid, size_t x, size_t y, size_t width);

/* The name of what opened or closed a connection, for people: "three-way handshake", "four-way". */
const char *view_open_words(enum track_open open);
const char *view_close_words(enum track_close close);

#endif
