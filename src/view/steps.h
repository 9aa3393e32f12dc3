/* The steps of a ladder: a timeline's items with the transitions that belong to each, in sections.
 * Between timeline and ladder; nothing else needs it. */
#ifndef TCPVIZ_VIEW_STEPS_H
#define TCPVIZ_VIEW_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/timeline.h"

enum view_section { VIEW_SECTION_OPEN, VIEW_SECTION_DATA, VIEW_SECTION_CLOSE, VIEW_SECTIONS };

/* Where a transition is drawn. */
struct view_anchor {
    size_t step;  /* at or after this step */
    bool own_row; /* no segment shown moved it: it gets a row of its own after the step */
};

struct view_steps {
    const struct view_timeline *timeline; /* borrowed */
    struct view_item *items;              /* owned */
    size_t count;
    const struct track_transition *transitions; /* the timeline's */
    struct view_anchor *anchors;                /* owned, one a transition */
    size_t transition_count;
    uint8_t initial[2];          /* enum track_state before the first transition of each side */
    size_t begin[VIEW_SECTIONS]; /* step at which each section begins; count: it has none */
    bool self_connect;
};

void view_steps_make(struct view_steps *steps, const struct view_timeline *timeline);
void view_steps_free(struct view_steps *steps);

/* No flags that move a connection, and nothing moves at it. */
bool view_step_is_plain(const struct view_steps *steps, size_t step);
/* Steps i and i + 1 are two SYNs or two FINs, one from each end, sent before the other arrived. */
bool view_steps_cross(const struct view_steps *steps, size_t step);

#endif
