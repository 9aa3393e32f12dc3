/* Puts socket calls in time order. */
#include "config.h"

#include "view/marks.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* A call that takes less did not wait for the network. */
#define WAITED_NS 1000000

/* Whether something was on the wire while the call waited. */
static bool waited(const struct view_call *call, const struct view_steps *steps)
{
    if (call->end_ns - call->time_ns < WAITED_NS)
        return false;
    for (size_t i = 0; i < steps->count; i++) {
        const struct view_item *item = &steps->items[i];
        int64_t time = item->kind == VIEW_ITEM_EVENT ? item->event.time_ns : item->fold.start_ns;
        if (time > call->time_ns && time <= call->end_ns)
            return true;
    }
    return false;
}

static int by_time(const void *left, const void *right)
{
    const struct view_mark *a = left, *b = right;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    /* the same moment: as they were told */
    return a->call < b->call ? -1 : a->call > b->call;
}

void view_marks_make(struct view_marks *marks, const struct view_steps *steps,
                     const struct view_timeline *timeline)
{
    size_t count;
    const struct view_call *calls = view_timeline_calls(timeline, &count);
    *marks = (struct view_marks){.mark = base_calloc(2 * count, sizeof marks->mark[0])};
    for (size_t i = 0; i < count; i++) {
        const struct view_call *call = &calls[i];
        bool both = waited(call, steps);
        marks->mark[marks->count++] =
            (struct view_mark){call->time_ns, call, both ? VIEW_MARK_MADE : VIEW_MARK_WHOLE};
        if (both)
            marks->mark[marks->count++] =
                (struct view_mark){call->end_ns, call, VIEW_MARK_RETURNED};
    }
    if (marks->count > 0)
        qsort(marks->mark, marks->count, sizeof marks->mark[0], by_time);
}

void view_marks_free(struct view_marks *marks)
{
    free(marks->mark);
    *marks = (struct view_marks){0};
}

void view_mark_text(const struct view_mark *mark, const char *ellipsis, struct base_strbuf *out)
{
    const struct view_call *call = mark->call;
    base_strbuf_str(out, call->text);
    if (mark->kind == VIEW_MARK_MADE)
        base_strbuf_printf(out, " %s", ellipsis);
    else if (call->outcome[0] != '\0')
        base_strbuf_printf(out, call->end == TRACK_CALL_RETURNED ? " = %s" : ": %s", call->outcome);
}
