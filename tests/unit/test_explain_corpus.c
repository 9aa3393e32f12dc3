/* explain on every capture there is: no segment without its sentences, no sentence out of shape,
 * and the diagnoses as they are in tests/unit/data/diagnoses.txt (TCPVIZ_UPDATE_GOLDEN writes it).
 */
#include "config.h"

#include "support.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "capture/source.h"
#include "explain/diagnose.h"
#include "explain/segment.h"
#include "track/tracker.h"
#include "wire/decode.h"

#define DIAGNOSES TESTS_DIR "/unit/data/diagnoses.txt"
#define MAX_CONNECTIONS 256

struct life {
    struct track_event *events;
    struct track_transition *transitions;
    struct explain_case *kase;
    struct track_connection record;
    size_t event_count, transition_count;
};

struct corpus {
    const char *name; /* of the capture */
    struct tracker *tracker;
    struct wire_decoder *decoder;
    struct life lives[MAX_CONNECTIONS + 1];
    struct base_strbuf diagnoses, text;
    int64_t now_ns;
    size_t segments, captures;
};

static struct life *life_of(struct corpus *corpus, uint64_t number)
{
    assert_in_range(number, 1, MAX_CONNECTIONS);
    struct life *life = &corpus->lives[number];
    if (life->kase == NULL)
        life->kase = explain_case_new();
    return life;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    (void)conn;
    struct corpus *corpus = context;
    struct life *life = life_of(corpus, event->connection);
    explain_case_event(life->kase, event);
    corpus->now_ns = event->time_ns;
    life->events = base_realloc(life->events, life->event_count + 1, sizeof life->events[0]);
    life->events[life->event_count++] = *event;
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct life *life = life_of(context, track_conn_number(conn));
    explain_case_transition(life->kase, transition);
    life->transitions =
        base_realloc(life->transitions, life->transition_count + 1, sizeof life->transitions[0]);
    life->transitions[life->transition_count++] = *transition;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    life_of(context, connection->number)->record = *connection;
}

static void on_packet(void *context, const struct wire_packet *packet)
{
    struct corpus *corpus = context;
    struct wire_result result;
    wire_decode(corpus->decoder, packet, &result);
    if (result.verdict == WIRE_SEGMENT)
        tracker_segment(corpus->tracker, &result.segment);
    else if (result.verdict == WIRE_ICMP_ERROR)
        tracker_icmp_error(corpus->tracker, &result.icmp);
}

/* --- sentences --- */

/* What no sentence may have in it. */
static void check_shape(const struct corpus *corpus, const struct track_event *event,
                        const char *text, bool ascii)
{
    const char *wrong = NULL;
    size_t length = strlen(text);
    if (length == 0)
        wrong = "is empty";
    else if (strpbrk(text, "%{}\n") != NULL)
        wrong = "has a sign in it that belongs to templates";
    else if (strstr(text, "  ") != NULL || text[0] == ' ' || text[length - 1] == ' ')
        wrong = "has blanks where they do not belong";
    else if (text[length - 1] == '.')
        wrong = "ends with a full stop";
    else if (strstr(text, "about a segment that it sent") != NULL)
        wrong = "is the one for what is not understood";
    for (size_t i = 0; ascii && wrong == NULL && i < length; i++)
        if ((unsigned char)text[i] >= 0x80)
            wrong = "is not ASCII";
    if (wrong != NULL)
        fail_msg("%s, frame %" PRIu64 ": \"%s\" %s", corpus->name, event->frame, text, wrong);
}

static void check_lines(struct corpus *corpus, const struct track_event *event, bool ascii)
{
    char *rest = NULL;
    for (char *line = strtok_r(corpus->text.text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest))
        check_shape(corpus, event, line, ascii);
}

typedef void sentence(const struct explain_subject *, const struct explain_options *,
                      struct base_strbuf *);

/* Says it at all. */
static void check_said(struct corpus *corpus, const struct explain_subject *subject, sentence *say)
{
    const struct explain_options options = {.ascii = true};
    base_strbuf_clear(&corpus->text);
    say(subject, &options, &corpus->text);
    check_shape(corpus, subject->event, base_strbuf_text(&corpus->text), true);
}

static void explain_event(struct corpus *corpus, const struct explain_subject *subject,
                          explain_lesson_set *given)
{
    bool segment = subject->event->kind == TRACK_EVENT_SEGMENT;
    for (unsigned form = 0; form < 4; form++) {
        const struct explain_options options = {.absolute = form & 1, .ascii = form & 2};
        base_strbuf_clear(&corpus->text);
        explain_segment(subject, &options, &corpus->text);
        assert_true(corpus->text.length > 0);
        check_lines(corpus, subject->event, options.ascii);
    }
    check_said(corpus, subject, explain_what);
    if (segment)
        check_said(corpus, subject, explain_next);
    const struct explain_options options = {.ascii = true};
    base_strbuf_clear(&corpus->text);
    explain_lessons(subject, &options, given, &corpus->text);
    if (corpus->text.length > 0)
        check_lines(corpus, subject->event, true);
    corpus->segments += segment;
}

static void explain_life(struct corpus *corpus, struct life *life)
{
    explain_lesson_set given = 0;
    for (size_t i = 0; i < life->event_count; i++) {
        const struct explain_subject subject = {.event = &life->events[i],
                                                .record = &life->record,
                                                .transitions = life->transitions,
                                                .transition_count = life->transition_count};
        explain_event(corpus, &subject, &given);
    }
}

/* --- diagnoses --- */

/* "captures/refused.pcap 1 port_closed server 2" */
static void diagnose_life(struct corpus *corpus, const struct life *life)
{
    struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
    size_t count = explain_diagnose(life->kase, &life->record, NULL, 0, corpus->now_ns, diagnoses);
    for (size_t i = 0; i < count; i++) {
        const struct explain_symptom_entry *entry =
            explain_symptom_entry((enum explain_symptom)diagnoses[i].symptom);
        base_strbuf_printf(&corpus->diagnoses, "%s %" PRIu64 " %s %s", corpus->name,
                           life->record.number, entry->name,
                           diagnoses[i].side == TRACK_SERVER ? "server" : "client");
        if (diagnoses[i].frame_count == 0)
            fail_msg("%s: %s without a frame", corpus->name, entry->name);
        for (unsigned frame = 0; frame < diagnoses[i].frame_count; frame++) {
            assert_true(frame == 0 || diagnoses[i].frames[frame] > diagnoses[i].frames[frame - 1]);
            base_strbuf_printf(&corpus->diagnoses, " %" PRIu64, diagnoses[i].frames[frame]);
        }
        base_strbuf_char(&corpus->diagnoses, '\n');
        base_strbuf_clear(&corpus->text);
        explain_diagnosis_text(&diagnoses[i], &life->record, true, &corpus->text);
        assert_int_equal(corpus->text.text[corpus->text.length - 1] == '.' ||
                             corpus->text.text[corpus->text.length - 1] == '?',
                         true);
        corpus->text.text[corpus->text.length - 1] = '!';
        check_shape(corpus, &life->events[0], corpus->text.text, true);
    }
}

/* --- captures --- */

static void end_lives(struct corpus *corpus)
{
    for (size_t i = 0; i <= MAX_CONNECTIONS; i++) {
        struct life *life = &corpus->lives[i];
        if (life->event_count > 0) {
            explain_life(corpus, life);
            diagnose_life(corpus, life);
        }
        free(life->events);
        free(life->transitions);
        explain_case_free(life->kase);
        *life = (struct life){0};
    }
}

static void read_one(struct corpus *corpus, const char *path)
{
    const struct capture_options options = {0};
    struct capture_error error;
    struct capture_source *source = capture_open_file(path, &options, &error);
    if (source == NULL)
        fail_msg("%s", error.text);
    const struct wire_decoder_options decoding = {
        .loopback_duplicates = capture_source_sees_twice(source), .verify_checksums = true};
    const struct tracker_options tracking = {.msl_ns = INT64_C(30000000000), .hash_seed = 1};
    const struct track_observer observer = {
        .event = on_event, .transition = on_transition, .connection = on_connection};
    corpus->decoder = wire_decoder_new(&decoding);
    corpus->tracker = tracker_new(&tracking, &observer, corpus);
    enum capture_status status;
    do
        status = capture_source_read(source, 1024, on_packet, corpus);
    while (status == CAPTURE_MORE);
    tracker_finish(corpus->tracker);
    end_lives(corpus);
    tracker_free(corpus->tracker);
    wire_decoder_free(corpus->decoder);
    capture_source_close(source);
    corpus->captures++;
}

static int is_capture(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".pcap") == 0;
}

static void read_directory(struct corpus *corpus, const char *directory, const char *shown)
{
    struct dirent **entries = NULL;
    int found = scandir(directory, &entries, is_capture, alphasort);
    assert_true(found > 0);
    for (int i = 0; i < found; i++) {
        char path[4096], name[512];
        snprintf(path, sizeof path, "%s/%s", directory, entries[i]->d_name);
        snprintf(name, sizeof name, "%s/%s", shown, entries[i]->d_name);
        corpus->name = name;
        read_one(corpus, path);
        free(entries[i]);
    }
    free(entries);
}

static char *read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    struct base_strbuf text = BASE_STRBUF_INIT;
    char piece[4096];
    size_t got;
    while (file != NULL && (got = fread(piece, 1, sizeof piece, file)) > 0)
        base_strbuf_add(&text, piece, got);
    if (file != NULL)
        fclose(file);
    base_strbuf_str(&text, "");
    return text.text != NULL ? text.text : base_strdup("");
}

static void compare_diagnoses(const char *seen)
{
    if (getenv("TCPVIZ_UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(DIAGNOSES, "w");
        assert_non_null(file);
        fputs(seen, file);
        assert_int_equal(fclose(file), 0);
        return;
    }
    char *expected = read_text(DIAGNOSES);
    const char *a = expected, *b = seen;
    for (size_t same; *a != '\0' || *b != '\0'; a += same + (a[same] == '\n'), b += same + 1) {
        same = strcspn(a, "\n");
        if (strcspn(b, "\n") != same || memcmp(a, b, same) != 0)
            fail_msg("expected %.*s, seen %.*s", (int)same, a, (int)strcspn(b, "\n"), b);
    }
    free(expected);
}

static void every_segment_of_every_capture(void **state)
{
    (void)state;
    struct corpus *corpus = base_calloc(1, sizeof *corpus);
    read_directory(corpus, TESTS_DIR "/../captures", "captures");
    read_directory(corpus, TESTS_DIR "/truth/scenarios", "scenarios");
    read_directory(corpus, TESTS_DIR "/truth/packetdrill", "packetdrill");
    assert_in_range(corpus->captures, 300, 10000);
    assert_in_range(corpus->segments, 5000, 10000000);
    print_message("# %zu segments of %zu captures\n", corpus->segments, corpus->captures);
    compare_diagnoses(base_strbuf_text(&corpus->diagnoses));
    base_strbuf_free(&corpus->diagnoses);
    base_strbuf_free(&corpus->text);
    free(corpus);
}

/* --- each symptom is shown somewhere --- */

static int is_scenario(const struct dirent *entry)
{
    return strstr(entry->d_name, ".seg") != NULL;
}

static void add_scenarios(struct base_strbuf *out)
{
    struct dirent **entries = NULL;
    int found = scandir(TESTS_DIR "/scenarios", &entries, is_scenario, alphasort);
    for (int i = 0; i < found; i++) {
        char path[4096];
        snprintf(path, sizeof path, TESTS_DIR "/scenarios/%s", entries[i]->d_name);
        char *text = read_text(path);
        for (const char *at = text; (at = strstr(at, "diagnosis=")) != NULL; at++) {
            base_strbuf_add(out, at + 10, strcspn(at + 10, " \n"));
            base_strbuf_char(out, ',');
        }
        free(text);
        free(entries[i]);
    }
    free(entries);
}

static void every_symptom_is_shown(void **state)
{
    (void)state;
    struct base_strbuf shown = BASE_STRBUF_INIT;
    char *captures = read_text(DIAGNOSES);
    /* what takes hundreds of connections is in test_explain_diagnose.c */
    base_strbuf_str(&shown, ",syn_flood:,");
    add_scenarios(&shown);
    for (unsigned i = 0; i < EXPLAIN_SYMPTOMS; i++) {
        const struct explain_symptom_entry *entry = explain_symptom_entry((enum explain_symptom)i);
        char in_capture[64], in_scenario[64];
        snprintf(in_capture, sizeof in_capture, " %s ", entry->name);
        snprintf(in_scenario, sizeof in_scenario, ",%s:", entry->name);
        if (strstr(captures, in_capture) == NULL &&
            strstr(base_strbuf_text(&shown), in_scenario) == NULL)
            fail_msg("%s is shown by no capture and no scenario", entry->name);
        assert_non_null(entry->condition);
        assert_non_null(entry->reference);
    }
    free(captures);
    base_strbuf_free(&shown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_segment_of_every_capture),
        cmocka_unit_test(every_symptom_is_shown),
    };
    return cmocka_run_group_tests_name("explain on captures", tests, NULL, NULL);
}
