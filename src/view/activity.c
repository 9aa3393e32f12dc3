/* How much a connection sent over its life. */
#include "config.h"

#include "view/activity.h"

#define FIRST_SPAN_NS 1000
#define LEVELS 8

static uint32_t sum(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

/* How many spans lie before a time; one before the start counts as the start. */
static uint64_t spans_before(const struct view_activity *activity, int64_t time_ns)
{
    if (time_ns <= activity->start_ns)
        return 0;
    return ((uint64_t)time_ns - (uint64_t)activity->start_ns) / (uint64_t)activity->span_ns;
}

static void halve(struct view_activity *activity)
{
    for (size_t i = 0; i < VIEW_ACTIVITY_SPANS; i++) {
        bool has = 2 * i + 1 < VIEW_ACTIVITY_SPANS;
        activity->bytes[i] = has ? sum(activity->bytes[2 * i], activity->bytes[2 * i + 1]) : 0;
    }
    activity->span_ns *= 2;
}

void view_activity_add(struct view_activity *activity, int64_t time_ns, uint32_t bytes)
{
    if (activity->span_ns == 0) {
        activity->start_ns = time_ns;
        activity->span_ns = FIRST_SPAN_NS;
    }
    while (spans_before(activity, time_ns) >= VIEW_ACTIVITY_SPANS)
        halve(activity);
    uint32_t *span = &activity->bytes[spans_before(activity, time_ns)];
    *span = sum(*span, bytes);
}

/* The columns share the spans, or the spans the columns. */
static uint64_t column_bytes(const struct view_activity *activity, size_t spans, size_t column,
                             size_t width)
{
    size_t first = column * spans / width, end = (column + 1) * spans / width;
    uint64_t bytes = 0;
    for (size_t i = first; i < (end > first ? end : first + 1); i++)
        bytes += activity->bytes[i];
    return bytes;
}

void view_activity_draw(const struct view_activity *activity, int64_t until_ns, size_t width,
                        bool ascii, struct base_strbuf *out)
{
    static const char *const bars[2][LEVELS + 1] = {{" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
                                                    {" ", ".", ",", ":", "-", "=", "+", "*", "#"}};
    if (activity->span_ns == 0 || until_ns < activity->start_ns)
        return;
    uint64_t last = spans_before(activity, until_ns);
    size_t spans = last < VIEW_ACTIVITY_SPANS ? (size_t)last + 1 : VIEW_ACTIVITY_SPANS;
    uint64_t most = 1;
    for (size_t i = 0; i < width; i++) {
        uint64_t bytes = column_bytes(activity, spans, i, width);
        most = bytes > most ? bytes : most;
    }
    for (size_t i = 0; i < width; i++) {
        uint64_t bytes = column_bytes(activity, spans, i, width);
        base_strbuf_str(out, bars[ascii][(bytes * LEVELS + most - 1) / most]);
    }
}
