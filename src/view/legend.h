/* What is this? All that a ladder draws of one segment, each sign with its meaning. */
#ifndef TCPVIZ_VIEW_LEGEND_H
#define TCPVIZ_VIEW_LEGEND_H

#include <stdbool.h>
#include <stddef.h>

#include "view/scene.h"
#include "view/timeline.h"

struct view_legend_options {
    bool ascii;
    bool absolute; /* sequence numbers as on the wire */
    size_t width;  /* columns, at least 30 */
};

/* Builds the scene anew, of text rows only: for an item of the timeline, or for the drawing in
 * general if there is no such item. */
void view_legend_build(struct view_scene *scene, const struct view_timeline *timeline, size_t item,
                       const struct view_legend_options *options);

/* What it means to be in a state, one sentence (RFC 9293 section 3.3.2). */
const char *view_state_meaning(enum track_state state);

#endif
