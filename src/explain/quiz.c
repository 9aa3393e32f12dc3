/* Questions about a connection. */
#include "config.h"

#include "explain/quiz.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "view/cut.h"
#include "view/segment_parts.h"
#include "wire/segment.h"

/* Steps of plain data that are asked about; the rest are all alike. */
#define DATA_STEPS 4

struct explain_quiz {
    const struct view_timeline *timeline;
    struct explain_question questions[EXPLAIN_QUIZ_MAX];
    size_t count;
};

/* --- choices --- */

/* A number that is the same for the same capture (FNV-1a over what tells questions apart). */
static uint32_t seed_of(const struct explain_question *question, const struct track_event *event)
{
    const uint32_t parts[] = {(uint32_t)event->frame, event->seq, event->ack,
                              (uint32_t)question->kind};
    uint32_t seed = 2166136261u;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        seed = (seed ^ (parts[i] & 0xffff) ^ parts[i] >> 16) * 16777619u;
    return seed ^ seed >> 15;
}

static bool has_choice(const struct explain_question *question, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(question->choices[i], text) == 0)
            return true;
    return false;
}

/* A choice unless it is there already or all are there; the right one is put in first. */
static void offer(struct explain_question *question, size_t *count, const char *text)
{
    if (*count == EXPLAIN_CHOICES || has_choice(question, *count, text))
        return;
    size_t length = strnlen(text, sizeof question->choices[0] - 1);
    memcpy(question->choices[*count], text, length);
    question->choices[*count][length] = '\0';
    ++*count;
}

/* The right one goes to a place that the capture decides. */
static void place_right(struct explain_question *question, uint32_t seed)
{
    size_t place = seed % EXPLAIN_CHOICES;
    char text[sizeof question->choices[0]];
    memcpy(text, question->choices[0], sizeof text);
    memmove(question->choices[0], question->choices[place], sizeof text);
    memcpy(question->choices[place], text, sizeof text);
    question->right = place;
}

static void offer_flags(struct explain_question *question, const struct track_event *event,
                        uint32_t seed)
{
    static const uint16_t others[] = {
        WIRE_SYN | WIRE_ACK, WIRE_ACK, WIRE_FIN | WIRE_ACK, WIRE_RST, WIRE_SYN,
        WIRE_PSH | WIRE_ACK};
    enum { OTHERS = sizeof others / sizeof others[0] };
    size_t count = 0;
    for (size_t i = 0; i <= OTHERS; i++) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        view_add_flags(&text, i == 0 ? event->flags : others[(seed + i) % OTHERS], ' ');
        offer(question, &count, base_strbuf_text(&text));
        base_strbuf_free(&text);
    }
}

static void offer_acks(struct explain_question *question, const struct track_event *event,
                       uint32_t seed)
{
    int64_t ack = event->rel_ack;
    int64_t counted = event->ack_sum.syn + event->ack_sum.fin; /* SYN and FIN count as one */
    const int64_t others[] = {
        ack,
        ack - counted - event->ack_sum.bytes, /* as if nothing had come */
        counted > 0 ? ack - counted : ack + 1,
        event->rel_seq,
        ack + 1 + seed % 2,
        ack + 10,
        ack + 100,
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        base_strbuf_printf(&text, "%" PRId64, others[i]);
        offer(question, &count, base_strbuf_text(&text));
        base_strbuf_free(&text);
    }
}

static void offer_states(struct explain_question *question, enum track_state right,
                         enum track_state before, uint32_t seed)
{
    size_t count = 0;
    offer(question, &count, track_state_name(right));
    if (before != TRACK_UNKNOWN)
        offer(question, &count, track_state_name(before));
    for (unsigned i = 0; i < TRACK_STATES; i++) {
        unsigned state = 1 + (seed + i * 5) % (TRACK_STATES - 1);
        offer(question, &count, track_state_name((enum track_state)state));
    }
}

/* --- questions --- */

static struct explain_question *add_question(struct explain_quiz *quiz,
                                             enum explain_question_kind kind, size_t item,
                                             const struct track_event *event)
{
    if (quiz->count == EXPLAIN_QUIZ_MAX)
        return NULL;
    struct explain_question *question = &quiz->questions[quiz->count++];
    *question = (struct explain_question){.kind = kind, .item = item, .frame = event->frame};
    return question;
}

static void ask_flags_and_ack(struct explain_quiz *quiz, size_t item,
                              const struct track_event *event)
{
    struct explain_question *question = add_question(quiz, EXPLAIN_ASK_FLAGS, item, event);
    if (question != NULL) {
        offer_flags(question, event, seed_of(question, event));
        place_right(question, seed_of(question, event));
    }
    bool has_sum = event->rel_ack_known && event->ack_sum.known &&
                   event->ack_sum.bytes + event->ack_sum.syn + event->ack_sum.fin > 0;
    if ((event->flags & WIRE_ACK) == 0 || !has_sum)
        return;
    question = add_question(quiz, EXPLAIN_ASK_ACK, item, event);
    if (question == NULL)
        return;
    offer_acks(question, event, seed_of(question, event));
    place_right(question, seed_of(question, event));
}

/* The last step that a segment makes an end go; NULL: none. */
static const struct track_transition *move_of(const struct view_timeline *timeline,
                                              const struct track_event *event, unsigned side)
{
    size_t count;
    const struct track_transition *all = view_timeline_transitions(timeline, &count);
    for (size_t i = count; i-- > 0;)
        if (all[i].frame == event->frame && all[i].side == side)
            return &all[i];
    return NULL;
}

static void ask_state(struct explain_quiz *quiz, size_t item, const struct track_event *event,
                      unsigned side)
{
    const struct track_transition *move = move_of(quiz->timeline, event, side);
    if (move == NULL)
        return;
    struct explain_question *question = add_question(
        quiz, side == TRACK_CLIENT ? EXPLAIN_ASK_CLIENT_STATE : EXPLAIN_ASK_SERVER_STATE, item,
        event);
    if (question == NULL)
        return;
    offer_states(question, (enum track_state)move->to, (enum track_state)move->from,
                 seed_of(question, event));
    place_right(question, seed_of(question, event));
}

static void ask_about(struct explain_quiz *quiz, size_t item, const struct track_event *event,
                      unsigned *data_steps)
{
    bool moves = move_of(quiz->timeline, event, TRACK_CLIENT) != NULL ||
                 move_of(quiz->timeline, event, TRACK_SERVER) != NULL;
    bool plain = (event->flags & (WIRE_SYN | WIRE_FIN | WIRE_RST)) == 0;
    if (!moves && plain && ++*data_steps > DATA_STEPS)
        return;
    ask_flags_and_ack(quiz, item, event);
    ask_state(quiz, item, event, event->sender);
    ask_state(quiz, item, event, track_other((enum track_side)event->sender));
}

/* --- public --- */

struct explain_quiz *explain_quiz_new(const struct view_timeline *timeline)
{
    struct explain_quiz *quiz = base_calloc(1, sizeof *quiz);
    unsigned data_steps = 0;
    quiz->timeline = timeline;
    for (size_t i = 0; i < view_timeline_count(timeline); i++) {
        struct view_item item;
        view_timeline_item(timeline, i, &item);
        if (item.kind == VIEW_ITEM_EVENT && item.event.kind == TRACK_EVENT_SEGMENT)
            ask_about(quiz, i, &item.event, &data_steps);
    }
    return quiz;
}

void explain_quiz_free(struct explain_quiz *quiz)
{
    free(quiz);
}

size_t explain_quiz_count(const struct explain_quiz *quiz)
{
    return quiz->count;
}

const struct explain_question *explain_quiz_question(const struct explain_quiz *quiz, size_t index)
{
    return &quiz->questions[index];
}

/* "The client sends SYN ACK with 100 bytes of data." */
static void add_segment(const struct track_event *event, struct base_strbuf *out)
{
    base_strbuf_str(out, event->sender == TRACK_SERVER ? _("The server sends ")
                                                       : _("The client sends "));
    view_add_flags(out, event->flags, ' ');
    if (event->payload_bytes > 0)
        base_strbuf_printf(out, _(" with %" PRIu32 " bytes of data"), event->payload_bytes);
    base_strbuf_str(out, ". ");
}

void explain_quiz_ask(const struct explain_quiz *quiz, size_t index, struct base_strbuf *out)
{
    const struct explain_question *question = &quiz->questions[index];
    struct view_item item;
    view_timeline_item(quiz->timeline, question->item, &item);
    bool server = item.event.sender == TRACK_SERVER;
    if (question->kind != EXPLAIN_ASK_FLAGS)
        add_segment(&item.event, out);
    switch (question->kind) {
    case EXPLAIN_ASK_FLAGS:
        base_strbuf_printf(out,
                           item.event.payload_bytes > 0
                               ? _("The next segment comes from the %s and carries data. "
                                   "Which flags does it have?")
                               : _("The next segment comes from the %s and carries no data. "
                                   "Which flags does it have?"),
                           server ? _("server") : _("client"));
        break;
    case EXPLAIN_ASK_ACK:
        base_strbuf_str(out, _("What is its acknowledgment number (relative)?"));
        break;
    case EXPLAIN_ASK_CLIENT_STATE:
        base_strbuf_str(out, _("Which state does it bring the client to?"));
        break;
    case EXPLAIN_ASK_SERVER_STATE:
        base_strbuf_str(out, _("Which state does it bring the server to?"));
        break;
    }
}

void explain_quiz_answer(const struct explain_quiz *quiz, size_t index,
                         const struct explain_options *options, struct base_strbuf *out)
{
    const struct explain_question *question = &quiz->questions[index];
    struct view_item item;
    view_timeline_item(quiz->timeline, question->item, &item);
    struct explain_subject subject = {.event = &item.event,
                                      .record = view_timeline_record(quiz->timeline)};
    subject.transitions = view_timeline_transitions(quiz->timeline, &subject.transition_count);
    if (question->kind == EXPLAIN_ASK_FLAGS)
        explain_what(&subject, options, out);
    else if (question->kind == EXPLAIN_ASK_ACK)
        explain_ack(&subject, options, out);
    unsigned side = question->kind == EXPLAIN_ASK_SERVER_STATE;
    bool state = question->kind >= EXPLAIN_ASK_CLIENT_STATE;
    for (size_t i = 0; state && i < subject.transition_count; i++) {
        const struct track_transition *move = &subject.transitions[i];
        if (move->frame != item.event.frame || move->side != side)
            continue;
        explain_transition(move, options, out);
        base_strbuf_char(out, '\n');
    }
    if (!state)
        base_strbuf_char(out, '\n');
}
