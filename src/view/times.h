/* The column of times: since the row before, since the first one, or of day. */
#ifndef TCPVIZ_VIEW_TIMES_H
#define TCPVIZ_VIEW_TIMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

/* What the column of times counts from. */
enum view_times {
    VIEW_TIMES_STEPS,  /* the row before */
    VIEW_TIMES_START,  /* the connection's first segment */
    VIEW_TIMES_OF_DAY, /* midnight, UTC */
    VIEW_TIMES_KINDS
};

struct view_row_time {
    int64_t time_ns;
    int64_t first_ns, last_ns; /* of the first row, and of the one before */
    bool first;                /* it is the first: there is none before */
    enum view_times times;
    size_t of_day_columns; /* 0: 10, which is a tenth of a second; 15: microseconds */
    bool ascii;
};

/* "+0.020110", "1.020110", "10:14:39.3". Appends. */
void view_add_row_time(struct base_strbuf *out, const struct view_row_time *time);

#endif
