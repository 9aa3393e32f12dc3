/* Several connections side by side: a lane each, with both lifelines of the connection, and lines
 * in which one lane or all have something. Made by merging lives on one axis of time, or by
 * comparing two of them step by step. */
#ifndef TCPVIZ_VIEW_LANES_H
#define TCPVIZ_VIEW_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "view/grid.h"
#include "view/ladder.h"
#include "view/scene.h"
#include "view/timeline.h"

#define VIEW_MAX_LANES 16
#define VIEW_NO_ROW UINT32_MAX

/* A line of a lane. */
struct view_lane_cell {
    uint32_t row;     /* of the scene; VIEW_NO_ROW: the lifelines go on */
    uint8_t state[2]; /* enum track_state of the lifelines */
};

struct view_lanes_line {
    struct view_lane_cell cell[VIEW_MAX_LANES];
    struct view_text time[2]; /* [0] of all lanes; compared: of each */
    uint32_t across;          /* row of the scene whose text is put over all lanes; VIEW_NO_ROW */
    uint8_t lane;             /* whose line it is; compared: the one that has something */
    bool differs;             /* compared: the two lives are not alike here */
    bool head;                /* names an end of each lane */
    /* What it shows, to be selected; VIEW_NO_ITEM: nothing. Compared: of each lane. */
    size_t item[2];
    uint64_t frame[2]; /* 0: none, or several */
};

struct view_lanes {
    struct view_scene scene;       /* what stands in the cells */
    struct view_lanes_line *lines; /* owned */
    size_t count, capacity;
    size_t head_lines; /* so many at the beginning name the ends: to be kept in sight */
    size_t lane_count;
    uint64_t number[VIEW_MAX_LANES]; /* of the connections */
    bool compared;
    size_t first_difference;    /* compared: a line; SIZE_MAX: there is none */
    struct base_strbuf summary; /* compared: where the lives differ, in sentences */
};

#define VIEW_LANES_INIT                                                                            \
    {                                                                                              \
        .scene = VIEW_SCENE_INIT                                                                   \
    }

struct view_lanes_options {
    bool ascii;
    bool absolute; /* sequence numbers as on the wire */
    enum view_times times;
    size_t fold_over; /* runs of plain segments longer than this are folded; 0: none */
    int64_t gap_ns;   /* as the ladder's */
};

/* At most VIEW_MAX_LANES timelines. Built anew. */
void view_merge_build(struct view_lanes *lanes, const struct view_timeline *const *timelines,
                      size_t count, const struct view_lanes_options *options);
/* Two lives, their steps set side by side where they are of the same kind. */
void view_compare_build(struct view_lanes *lanes, const struct view_timeline *first,
                        const struct view_timeline *second,
                        const struct view_lanes_options *options);
void view_lanes_free(struct view_lanes *lanes);

/* How many lanes have room in so many columns: at least 1. */
size_t view_lanes_fit(const struct view_lanes *lanes, size_t width);
/* Draws lines from first on, with lanes from first_lane on, from (0, y) down to the grid's end. */
void view_lanes_draw(const struct view_lanes *lanes, size_t first, size_t first_lane,
                     struct view_grid *grid, size_t y);

/* --- for merge.c and compare.c --- */

void view_lanes_clear(struct view_lanes *lanes);
/* A line in which every lane goes on as in the line before. */
struct view_lanes_line *view_lanes_add(struct view_lanes *lanes, size_t lane);
/* The row of the last line in its lane, new. */
struct view_scene_row *view_lanes_add_row(struct view_lanes *lanes, enum view_row_kind kind);
/* The names of the ends above each lane. */
void view_lanes_add_heads(struct view_lanes *lanes, const struct view_timeline *const *timelines);
/* The arrow or note of an event, in the last line's lane. steps and step as view/steps.h's. */
struct view_steps;
void view_lanes_add_event(struct view_lanes *lanes, const struct view_steps *steps,
                          const struct track_connection *record, size_t step, bool absolute);
void view_lanes_add_fold(struct view_lanes *lanes, const struct view_fold *fold);
/* The label of a transition in a lane of a line, whose row is there or is made. False: its side is
 * taken. */
bool view_lanes_add_label(struct view_lanes *lanes, size_t line, size_t lane,
                          const struct track_transition *transition);

#endif
