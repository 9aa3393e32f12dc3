/* A connection's timeline as it was at a moment of its life: what replay shows. */
#ifndef TCPVIZ_VIEW_CUT_H
#define TCPVIZ_VIEW_CUT_H

#include <stdbool.h>
#include <stdint.h>

#include "view/timeline.h"

/* A moment of a capture: segments may share a time, so the last frame that was seen counts too. */
struct view_moment {
    uint64_t frame;  /* the last frame seen */
    int64_t time_ns; /* timers and runs of folded segments count by the time */
};

/* The life up to a moment; NULL if it has not begun then. Borrows from the whole timeline, which
 * must neither change nor be freed before the cut is freed. TIME_WAIT ends time_wait_ns after it
 * began, also where the capture ended before. */
struct view_timeline *view_cut(const struct view_timeline *whole, struct view_moment moment,
                               int64_t time_wait_ns);

/* When an endpoint that is in TIME_WAIT at the end of the timeline leaves it; false: it is not. */
bool view_cut_expiry(const struct view_timeline *whole, enum track_side side, int64_t time_wait_ns,
                     int64_t *time_ns);

#endif
