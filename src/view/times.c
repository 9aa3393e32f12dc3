/* The column of times. */
#include "config.h"

#include "view/times.h"

#include <stdio.h>

#include "view/words.h"

/* "+0.020110" since the row before, "1.020110" since the first; long spans in words. */
static void add_since(struct base_strbuf *out, const struct view_row_time *time)
{
    bool steps = time->times == VIEW_TIMES_STEPS;
    int64_t delta = time->first ? 0 : time->time_ns - (steps ? time->last_ns : time->first_ns);
    if (delta < 0 || (!time->first && steps))
        base_strbuf_char(out, delta < 0 ? '-' : '+');
    uint64_t span = delta < 0 ? 0 - (uint64_t)delta : (uint64_t)delta;
    if (span < 1000000000000u)
        base_strbuf_printf(out, "%llu.%06llu", (unsigned long long)(span / 1000000000u),
                           (unsigned long long)(span / 1000u % 1000000u));
    else
        view_add_span(out, (int64_t)(span <= INT64_MAX ? span : INT64_MAX), time->ascii);
}

static void add_of_day(struct base_strbuf *out, const struct view_row_time *time)
{
    const int64_t day_us = 86400000000;
    int64_t ns = time->time_ns;
    int64_t us = (ns - (ns % 1000 + 1000) % 1000) / 1000 % day_us;
    unsigned long long of_day = (unsigned long long)(us < 0 ? us + day_us : us);
    char text[32];
    snprintf(text, sizeof text, "%02llu:%02llu:%02llu.%06llu", of_day / 3600000000,
             of_day / 60000000 % 60, of_day / 1000000 % 60, of_day % 1000000);
    base_strbuf_add(out, text, time->of_day_columns > 0 ? time->of_day_columns : 10);
}

void view_add_row_time(struct base_strbuf *out, const struct view_row_time *time)
{
    if (time->times == VIEW_TIMES_OF_DAY)
        add_of_day(out, time);
    else
        add_since(out, time);
}
