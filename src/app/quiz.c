/* The quiz as plain text. */
#include "config.h"

#include "app/quiz.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "app/message.h"
#include "app/stop.h"
#include "explain/quiz.h"
#include "view/ladder.h"
#include "wire/segment.h"

#define PACKETS_PER_TURN 1024
/* Segments kept whole at each end of the connection, and notable ones between. */
#define KEPT 200

struct quiz_reader {
    uint64_t connection;
    struct view_timeline *timeline;
};

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    (void)conn; /* only what is final is asked about */
    struct quiz_reader *reader = context;
    if (event->connection == reader->connection)
        view_timeline_event(reader->timeline, NULL, event);
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct quiz_reader *reader = context;
    if (track_conn_number(conn) == reader->connection)
        view_timeline_transition(reader->timeline, transition);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct quiz_reader *reader = context;
    if (connection->number == reader->connection)
        view_timeline_connection(reader->timeline, connection);
}

static bool read_answer(char *line, size_t size)
{
    fputs("> ", stdout);
    fflush(stdout);
    return !app_stop_wanted() && fgets(line, (int)size, stdin) != NULL;
}

/* The choice that an answer names by its number or its text; EXPLAIN_CHOICES: none. */
static size_t choice_of(const struct explain_question *question, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    const char *text = line + strspn(line, " \t");
    if (text[0] >= '1' && text[0] < '1' + EXPLAIN_CHOICES && text[1] == '\0')
        return (size_t)(text[0] - '1');
    for (size_t i = 0; i < EXPLAIN_CHOICES; i++)
        if (strcasecmp(text, question->choices[i]) == 0)
            return i;
    return EXPLAIN_CHOICES;
}

static void ask(const struct explain_quiz *quiz, size_t index)
{
    const struct explain_question *question = explain_quiz_question(quiz, index);
    struct base_strbuf text = BASE_STRBUF_INIT;
    explain_quiz_ask(quiz, index, &text);
    printf(_("\n%zu of %zu. %s\n"), index + 1, explain_quiz_count(quiz), base_strbuf_text(&text));
    for (size_t i = 0; i < EXPLAIN_CHOICES; i++)
        printf("   %zu  %s\n", i + 1, question->choices[i]);
    base_strbuf_free(&text);
}

static void tell(const struct explain_quiz *quiz, size_t index, bool right, bool ascii)
{
    const struct explain_question *question = explain_quiz_question(quiz, index);
    const struct explain_options options = {.ascii = ascii};
    struct base_strbuf text = BASE_STRBUF_INIT;
    explain_quiz_answer(quiz, index, &options, &text);
    if (right)
        fputs(_("Right.\n"), stdout);
    else
        printf(_("No: %s.\n"), question->choices[question->right]);
    fputs(base_strbuf_text(&text), stdout);
    base_strbuf_free(&text);
}

static int run(const struct explain_quiz *quiz, uint64_t connection, bool ascii)
{
    size_t count = explain_quiz_count(quiz), asked = 0, right = 0;
    if (count == 0) {
        app_complain(_("--quiz: connection %" PRIu64 " has nothing to ask about"), connection);
        return APP_USAGE;
    }
    printf(_("Connection %" PRIu64 ": what comes next? Answer with a number; the end of input "
             "ends the quiz.\n"),
           connection);
    for (char line[256]; asked < count; asked++) {
        ask(quiz, asked);
        size_t choice = EXPLAIN_CHOICES;
        bool more;
        while ((more = read_answer(line, sizeof line)) &&
               (choice = choice_of(explain_quiz_question(quiz, asked), line)) == EXPLAIN_CHOICES)
            printf(_("A number from 1 to %d, please.\n"), EXPLAIN_CHOICES);
        if (!more)
            break;
        bool is_right = choice == explain_quiz_question(quiz, asked)->right;
        right += is_right;
        tell(quiz, asked, is_right, ascii);
    }
    printf(_("\n%zu of %zu right.\n"), right, asked);
    return ferror(stdout) ? APP_LOST : APP_DONE;
}

int app_quiz(struct app_feed *feed, uint64_t connection, bool ascii)
{
    const struct track_observer observer = {
        .event = on_event, .transition = on_transition, .connection = on_connection};
    const struct view_timeline_options kept = {KEPT, KEPT, KEPT};
    struct quiz_reader reader = {connection > 0 ? connection : 1, view_timeline_new(&kept)};
    app_feed_observe(feed, &observer, &reader);
    while (!app_stop_wanted() && app_feed_read(feed, PACKETS_PER_TURN) == CAPTURE_MORE)
        ;
    app_feed_finish(feed);
    struct explain_quiz *quiz = explain_quiz_new(reader.timeline);
    int status = run(quiz, reader.connection, ascii);
    explain_quiz_free(quiz);
    view_timeline_free(reader.timeline);
    return status;
}
