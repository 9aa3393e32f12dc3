/* How much a connection sent over its life, in a row of bars. Memory does not grow with it. */
#ifndef TCPVIZ_VIEW_ACTIVITY_H
#define TCPVIZ_VIEW_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define VIEW_ACTIVITY_SPANS 32

/* Equal spans of time from the start on; when they are too few, each two become one. All zero: no
 * packet yet. */
struct view_activity {
    int64_t start_ns, span_ns;
    uint32_t bytes[VIEW_ACTIVITY_SPANS]; /* full, not more than UINT32_MAX */
};

void view_activity_add(struct view_activity *activity, int64_t time_ns, uint32_t bytes);
/* Appends width columns for the life until then; the highest bar is the busiest span, and nothing
 * is a blank. */
void view_activity_draw(const struct view_activity *activity, int64_t until_ns, size_t width,
                        bool ascii, struct base_strbuf *out);

#endif
