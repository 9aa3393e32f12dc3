/* The state machine as a drawing: RFC 9293 figure 5 with both endpoints in it. */
#ifndef TCPVIZ_VIEW_STATE_DIAGRAM_H
#define TCPVIZ_VIEW_STATE_DIAGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "view/grid.h"
#include "view/state_walk.h"

struct view_state_diagram {
    struct view_walk walk[2]; /* by side */
    bool self_connect;        /* there is no server */
    bool ascii;
};

/* From here on arrows are drawn; below it the states stand in a list. */
#define VIEW_STATE_DIAGRAM_WIDTH 78
#define VIEW_STATE_DIAGRAM_HEIGHT 13
#define VIEW_STATE_LIST_HEIGHT 6

/* The rows it takes of those there are, when it is that wide. */
size_t view_state_diagram_height(size_t width, size_t height);

/* Draws into the whole grid, which is blank. */
void view_state_diagram_draw(const struct view_state_diagram *diagram, struct view_grid *grid);

#endif
