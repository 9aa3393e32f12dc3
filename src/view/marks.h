/* Where socket calls stand in a ladder: when they were made and, if they waited, when they
 * returned. Between timeline and ladder; nothing else needs it. */
#ifndef TCPVIZ_VIEW_MARKS_H
#define TCPVIZ_VIEW_MARKS_H

#include "base/strbuf.h"
#include "view/steps.h"

enum view_mark_kind {
    VIEW_MARK_WHOLE, /* made and returned */
    VIEW_MARK_MADE,  /* it waits: VIEW_MARK_RETURNED follows */
    VIEW_MARK_RETURNED
};

struct view_mark {
    int64_t time_ns;
    const struct view_call *call; /* the timeline's */
    enum view_mark_kind kind;
};

struct view_marks {
    struct view_mark *mark; /* owned, in time order */
    size_t count;
};

void view_marks_make(struct view_marks *marks, const struct view_steps *steps,
                     const struct view_timeline *timeline);
void view_marks_free(struct view_marks *marks);
/* "read(c, 100) …" and later "read(c, 100) = 0: end of file". */
void view_mark_text(const struct view_mark *mark, const char *ellipsis, struct base_strbuf *out);

#endif
