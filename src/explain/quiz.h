/* Questions about a connection: before each of its steps, what comes next. Made from its timeline
 * alone: the same capture always asks the same. */
#ifndef TCPVIZ_EXPLAIN_QUIZ_H
#define TCPVIZ_EXPLAIN_QUIZ_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "explain/segment.h"
#include "view/timeline.h"

enum explain_question_kind {
    EXPLAIN_ASK_FLAGS, /* which flags does the next segment carry? */
    EXPLAIN_ASK_ACK,   /* what does it acknowledge? its flags are told */
    EXPLAIN_ASK_CLIENT_STATE,
    EXPLAIN_ASK_SERVER_STATE
};

#define EXPLAIN_CHOICES 4

struct explain_question {
    enum explain_question_kind kind;
    size_t item;    /* of the timeline: the segment that is asked about */
    uint64_t frame; /* its own; what came before may be shown */
    size_t right;   /* index of the right choice */
    char choices[EXPLAIN_CHOICES][24];
};

struct explain_quiz;

/* At most so many questions a connection. */
#define EXPLAIN_QUIZ_MAX 60

/* The timeline is borrowed and may not change. Never NULL; it may have no question. */
struct explain_quiz *explain_quiz_new(const struct view_timeline *timeline);
void explain_quiz_free(struct explain_quiz *quiz);
size_t explain_quiz_count(const struct explain_quiz *quiz);
const struct explain_question *explain_quiz_question(const struct explain_quiz *quiz, size_t index);

/* The question in a sentence. Appends. */
void explain_quiz_ask(const struct explain_quiz *quiz, size_t index, struct base_strbuf *out);
/* Why the right answer is right: a line each. Appends. */
void explain_quiz_answer(const struct explain_quiz *quiz, size_t index,
                         const struct explain_options *options, struct base_strbuf *out);

#endif
