/* Runs the scenarios of tests/scenarios: segments as text straight into the tracker, the states
 * compared after each line and the transitions at the end. The format is in
 * tests/scenarios/README.md.
 *
 * Every scenario runs several times: with initial sequence numbers that put the whole of it before,
 * across and behind 2^31 and 2^32, and with either end having the lower address. */
#include "config.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "explain/diagnose.h"
#include "track/tracker.h"

enum { END_C, END_S }; /* the ends as the scenario names them; the tracker's sides may differ */

#define MAX_CONNECTIONS 16
#define START_NS INT64_C(1700000000000000000)

struct variant {
    uint32_t iss[2]; /* by end */
    bool swapped;    /* C has the higher address */
};

/* What the tracker said about one connection. */
struct told {
    struct track_transition transitions[2][TRACK_MAX_OPEN_TRANSITIONS]; /* by end */
    size_t count[2];
    struct track_connection record;
    struct explain_case *kase;
    bool recorded;
};

struct run {
    const char *path;
    const struct variant *variant;
    struct tracker *tracker;
    struct tracker_options options;
    struct wire_endpoint ends[2];
    bool flooded;
    bool self; /* one socket talks to itself: everything is C */
    bool finished;
    uint64_t frame;
    int64_t now_ns; /* of the newest line */
    unsigned line;
    unsigned failures;
    bool saw_event; /* of the segment just fed */
    struct track_event event;
    track_finding_set seen, wanted, unwanted; /* findings of all segments; named in the file */
    unsigned event_end[2];                    /* end of each of the event's sides */
    struct told told[MAX_CONNECTIONS + 1];    /* by number */
};

static bool verbose;

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    fprintf(stderr, "out of memory: %zu bytes\n", size_bytes);
    abort();
}

__attribute__((format(printf, 2, 3))) static void fail(struct run *run, const char *format, ...)
{
    va_list args;
    run->failures++;
    printf("# %s:%u: ", run->path, run->line);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    printf(" [iss %" PRIu32 " and %" PRIu32 "%s]\n", run->variant->iss[END_C],
           run->variant->iss[END_S], run->variant->swapped ? ", C has the higher address" : "");
}

/* --- what the tracker tells --- */

static unsigned end_of(const struct run *run, const struct wire_endpoint *endpoint)
{
    return memcmp(endpoint, &run->ends[END_C], sizeof *endpoint) == 0 ? END_C : END_S;
}

static unsigned end_of_side(const struct run *run, const struct track_conn *conn, unsigned side)
{
    return run->self ? END_C : end_of(run, track_conn_endpoint(conn, (enum track_side)side));
}

/* NULL beyond those that are kept, which only a flood reaches. */
static struct told *told_of(struct run *run, uint64_t number)
{
    if (number > MAX_CONNECTIONS && run->flooded)
        return NULL;
    if (number == 0 || number > MAX_CONNECTIONS) {
        fail(run, "connection number %" PRIu64, number);
        return NULL;
    }
    return &run->told[number];
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct run *run = context;
    struct told *told = told_of(run, event->connection);
    if (told != NULL && told->kase == NULL)
        told->kase = explain_case_new();
    if (told != NULL)
        explain_case_event(told->kase, event);
    run->now_ns = event->time_ns > run->now_ns ? event->time_ns : run->now_ns;
    if (event->kind == TRACK_EVENT_TIMER)
        return;
    run->saw_event = true;
    run->event = *event;
    run->seen |= event->findings;
    for (unsigned side = 0; side < 2; side++)
        run->event_end[side] = conn != NULL ? end_of_side(run, conn, side) : side;
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    struct run *run = context;
    struct told *told = told_of(run, track_conn_number(conn));
    if (told == NULL)
        return;
    explain_case_transition(told->kase, transition);
    unsigned end = end_of_side(run, conn, transition->side);
    if (told->recorded)
        fail(run, "a transition after the connection's record");
    if (told->count[end] == TRACK_MAX_OPEN_TRANSITIONS)
        fail(run, "too many transitions");
    else
        told->transitions[end][told->count[end]++] = *transition;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct run *run = context;
    struct told *told = told_of(run, connection->number);
    if (told == NULL)
        return;
    if (told->recorded)
        fail(run, "a second record of connection %" PRIu64, connection->number);
    told->record = *connection;
    told->recorded = true;
}

/* The kernel's word is no event: its finding stands where a segment's would. */
static void on_kernel(void *context, const struct track_kernel_socket *socket, uint64_t connection)
{
    struct run *run = context;
    (void)connection;
    run->saw_event = true;
    run->event.findings = 0;
    if (socket->changes & TRACK_KERNEL_FINDING)
        run->event.findings = (track_finding_set)1 << TRACK_KERNEL_DISAGREES;
    run->seen |= run->event.findings;
}

/* --- setting up --- */

static struct wire_endpoint make_endpoint(uint8_t last_byte, uint16_t port)
{
    struct wire_endpoint endpoint = {.address = {10, 0, 0, last_byte}, .port = port, .family = 4};
    return endpoint;
}

static void run_start(struct run *run)
{
    const struct track_observer observer = {
        .event = on_event,
        .transition = on_transition,
        .connection = on_connection,
        .kernel = on_kernel,
    };
    run->tracker = tracker_new(&run->options, &observer, run);
}

static void run_finish(struct run *run)
{
    if (run->tracker == NULL)
        run_start(run);
    if (!run->finished)
        tracker_finish(run->tracker);
    run->finished = true;
}

/* --- reading a line --- */

/* A number after "key=", or the fallback. */
static uint64_t key_number(char *const *words, const char *key, uint64_t fallback)
{
    size_t length = strlen(key);
    for (; *words != NULL; words++)
        if (strncmp(*words, key, length) == 0 && (*words)[length] == '=')
            return strtoull(*words + length + 1, NULL, 10);
    return fallback;
}

static bool has_word(char *const *words, const char *word)
{
    for (; *words != NULL; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

#define MAX_WORDS 64

static void split_words(char *text, char *words[MAX_WORDS])
{
    size_t count = 0;
    char *rest = NULL;
    for (char *word = strtok_r(text, " \t\n", &rest); word != NULL && count + 1 < MAX_WORDS;
         word = strtok_r(NULL, " \t\n", &rest))
        words[count++] = word;
    words[count] = NULL;
}

static bool parse_flags(const char *text, uint16_t *flags)
{
    static const struct {
        const char *name;
        uint16_t flag;
    } names[] = {{"SYN", WIRE_SYN}, {"ACK", WIRE_ACK}, {"FIN", WIRE_FIN}, {"RST", WIRE_RST},
                 {"PSH", WIRE_PSH}, {"URG", WIRE_URG}, {"ECE", WIRE_ECE}, {"CWR", WIRE_CWR}};
    *flags = 0;
    while (*text != '\0') {
        size_t i = 0;
        size_t length = strcspn(text, ",");
        while (i < sizeof names / sizeof *names &&
               !(length == 3 && strncmp(text, names[i].name, 3) == 0))
            i++;
        if (i == sizeof names / sizeof *names)
            return false;
        *flags |= names[i].flag;
        text += length + (text[length] == ',');
    }
    return true;
}

static void parse_options(char *const *words, struct wire_options *options)
{
    uint64_t mss = key_number(words, "mss", 0);
    uint64_t scale = key_number(words, "wscale", UINT64_MAX);
    uint64_t cookie = key_number(words, "cookie", UINT64_MAX);
    uint64_t time = key_number(words, "ts", UINT64_MAX);
    if (mss != 0)
        options->present |= WIRE_OPTION_MSS;
    options->mss = (uint16_t)mss;
    if (scale != UINT64_MAX) {
        options->present |= WIRE_OPTION_WINDOW_SCALE;
        options->window_scale = (uint8_t)scale;
    }
    if (cookie != UINT64_MAX) {
        options->present |= WIRE_OPTION_FASTOPEN;
        options->fastopen_cookie_bytes = (uint8_t)cookie;
    }
    if (time != UINT64_MAX) {
        options->present |= WIRE_OPTION_TIMESTAMPS;
        options->timestamp_value = (uint32_t)time;
        options->timestamp_echo = (uint32_t)key_number(words, "ecr", 0);
    }
    if (has_word(words, "sackok"))
        options->present |= WIRE_OPTION_SACK_PERMITTED;
}

/* text: LEFT-RIGHT,… relative to iss */
static void parse_sack(const char *text, uint32_t iss, struct wire_options *options)
{
    options->present |= WIRE_OPTION_SACK;
    while (options->sack_blocks < 4) {
        char *rest;
        options->sack[options->sack_blocks].left = iss + (uint32_t)strtoull(text, &rest, 10);
        options->sack[options->sack_blocks++].right = iss + (uint32_t)strtoull(rest + 1, &rest, 10);
        if (*rest != ',')
            return;
        text = rest + 1;
    }
}

/* words: FROM > TO FLAGS key=value… */
static bool parse_segment(struct run *run, char *const *words, struct wire_segment *segment)
{
    unsigned from = strcmp(words[0], "C") == 0 ? END_C : END_S;
    unsigned to = run->self ? from : 1 - from;
    memset(segment, 0, sizeof *segment);
    if (!parse_flags(words[3], &segment->flags))
        return false;
    segment->source = run->ends[from];
    segment->destination = run->ends[to];
    segment->seq = run->variant->iss[from] + (uint32_t)key_number(words, "seq", 0);
    if (segment->flags & WIRE_ACK)
        segment->ack = run->variant->iss[to] + (uint32_t)key_number(words, "ack", 0);
    /* the RST to a SYN: its sender has no sequence numbers and takes 0 */
    if (has_word(words, "seq0"))
        segment->seq = 0;
    segment->payload_bytes = (uint32_t)key_number(words, "len", 0);
    segment->captured_payload_bytes = segment->payload_bytes;
    segment->window = (uint16_t)key_number(words, "win", 65535);
    segment->header_bytes = 20;
    segment->ttl = 64;
    segment->urgent = (uint16_t)key_number(words, "urgent", 0);
    parse_options(words, &segment->options);
    for (; *words != NULL; words++)
        if (strncmp(*words, "sack=", 5) == 0)
            parse_sack(*words + 5, run->variant->iss[to], &segment->options);
    return true;
}

/* --- comparing --- */

/* A state's name without its mark; the mark ('?', '!' or 0) in *mark. */
static enum track_state parse_state(struct run *run, const char *word, char *mark)
{
    size_t length = strcspn(word, "?!@");
    *mark = word[length] == '@' ? '\0' : word[length];
    for (int state = 0; state < TRACK_STATES; state++) {
        const char *name = track_state_name((enum track_state)state);
        if (strlen(name) == length && strncmp(word, name, length) == 0)
            return (enum track_state)state;
    }
    fail(run, "no such state: %s", word);
    return TRACK_UNKNOWN;
}

static void compare_state(struct run *run, unsigned end, const char *word)
{
    char mark;
    if (strcmp(word, "-") == 0)
        return;
    enum track_state expected = parse_state(run, word, &mark);
    unsigned side = run->event_end[TRACK_CLIENT] == end ? TRACK_CLIENT : TRACK_SERVER;
    enum track_state state = (enum track_state)run->event.state[side];
    enum track_certainty certainty = (enum track_certainty)run->event.certainty[side];
    if (state != expected)
        fail(run, "%c: expected %s, seen %s", "CS"[end], word, track_state_name(state));
    else if ((mark == '?' && certainty != TRACK_INFERRED) ||
             (mark == '!' && certainty != TRACK_SEEN))
        fail(run, "%c: expected %s, it is %s", "CS"[end], word, track_certainty_name(certainty));
}

/* word: a finding's name that must be there, or "no-" and one that must not. */
static void compare_finding(struct run *run, const char *word)
{
    bool wanted = strncmp(word, "no-", 3) != 0;
    const char *name = wanted ? word : word + 3;
    for (int finding = 0; finding < TRACK_FINDINGS; finding++)
        if (strcmp(track_finding_name((enum track_finding)finding), name) == 0) {
            bool there = run->event.findings >> finding & 1;
            *(wanted ? &run->wanted : &run->unwanted) |= (track_finding_set)1 << finding;
            if (there != wanted)
                fail(run, "finding %s %s", name, wanted ? "is missing" : "is there");
            return;
        }
    fail(run, "no such finding: %s", name);
}

/* text: "CLIENT-STATE SERVER-STATE finding…" */
static void compare_event(struct run *run, char *text)
{
    char *words[MAX_WORDS];
    split_words(text, words);
    if (words[0] == NULL || words[1] == NULL) {
        fail(run, "two states are needed");
        return;
    }
    if (!run->saw_event) {
        fail(run, "the tracker said nothing");
        return;
    }
    compare_state(run, END_C, words[0]);
    if (!run->self)
        compare_state(run, END_S, words[1]);
    for (char **word = words + 2; *word != NULL; word++)
        compare_finding(run, *word);
}

/* word: TO@FRAME, TO@FRAME! (confirmed) or TO@FRAME? (not confirmed); FRAME "-": none, "*": any. */
static void compare_transition(struct run *run, const char *word,
                               const struct track_transition *seen, enum track_state from)
{
    char mark;
    enum track_state to = parse_state(run, word, &mark);
    const char *at = strchr(word, '@');
    uint64_t frame = at == NULL || at[1] == '-' ? 0 : strtoull(at + 1, NULL, 10);
    mark = word[strlen(word) - 1];
    if (seen->from != from)
        fail(run, "%s: it starts from %s, not %s", word,
             track_state_name((enum track_state)seen->from), track_state_name(from));
    bool any_frame = at != NULL && at[1] == '*';
    if (seen->to != to || (seen->frame != frame && !any_frame))
        fail(run, "expected %s, seen %s@%" PRIu64 " (%s)", word,
             track_state_name((enum track_state)seen->to), seen->frame,
             track_cause_text((enum track_cause)seen->cause));
    else if ((mark == '!' && !seen->confirmed) || (mark == '?' && seen->confirmed))
        fail(run, "%s: it is %sconfirmed", word, seen->confirmed ? "" : "not ");
}

/* words: FROM TO@FRAME…, the whole life of an end; alone, FROM is the state it stays in. */
static void compare_life(struct run *run, const struct told *told, unsigned end, char *const *words)
{
    char mark;
    size_t count = 0;
    enum track_state state = parse_state(run, words[0], &mark);
    for (words++; *words != NULL; words++, count++) {
        if (count == told->count[end]) {
            fail(run, "missing: %s and what follows", *words);
            return;
        }
        compare_transition(run, *words, &told->transitions[end][count], state);
        state = parse_state(run, *words, &mark);
    }
    for (; count < told->count[end]; count++)
        fail(run, "too many: %s@%" PRIu64,
             track_state_name((enum track_state)told->transitions[end][count].to),
             told->transitions[end][count].frame);
    unsigned side = run->self || end_of(run, &told->record.end[0].endpoint) == end ? 0 : 1;
    enum track_state last = (enum track_state)told->record.end[side].state;
    if (last != state)
        fail(run, "%c: the record ends in %s, not %s", "CS"[end], track_state_name(last),
             track_state_name(state));
}

static void compare_word(struct run *run, const char *key, const char *expected, const char *seen)
{
    if (strcmp(expected, seen) != 0)
        fail(run, "%s: expected %s, seen %s", key, expected, seen);
}

/* expected: the names of all diagnoses in order with their ends, "close_wait_held:S,…", or "none".
 */
static void compare_diagnoses(struct run *run, const struct told *told, const char *expected)
{
    struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
    struct base_strbuf seen = BASE_STRBUF_INIT;
    size_t count = explain_diagnose(told->kase, &told->record, NULL, 0, run->now_ns, diagnoses);
    for (size_t i = 0; i < count; i++) {
        const struct explain_symptom_entry *entry =
            explain_symptom_entry((enum explain_symptom)diagnoses[i].symptom);
        unsigned end =
            run->self ? END_C : end_of(run, &told->record.end[diagnoses[i].side].endpoint);
        base_strbuf_printf(&seen, "%s%s:%c", i > 0 ? "," : "", entry->name, "CS"[end]);
    }
    compare_word(run, "diagnosis", expected, count > 0 ? base_strbuf_text(&seen) : "none");
    base_strbuf_free(&seen);
}

/* word: key=value of the connection's record. */
static void compare_record(struct run *run, const struct track_connection *record, char *word)
{
    char number[24];
    char *value = strchr(word, '=');
    if (value == NULL) {
        fail(run, "not key=value: %s", word);
        return;
    }
    *value++ = '\0';
    if (strcmp(word, "open") == 0)
        compare_word(run, word, value, track_open_name((enum track_open)record->open));
    else if (strcmp(word, "close") == 0)
        compare_word(run, word, value, track_close_name((enum track_close)record->close));
    else if (strcmp(word, "closed_by") == 0)
        compare_word(run, word, value,
                     track_closed_by_name((enum track_closed_by)record->closed_by));
    else if (strcmp(word, "guessed") == 0)
        compare_word(run, word, value, record->guessed ? "yes" : "no");
    else if (strcmp(word, "client") == 0)
        compare_word(run, word, value,
                     end_of(run, &record->end[TRACK_CLIENT].endpoint) == END_C ? "C" : "S");
    else if (strcmp(word, "incarnation") == 0) {
        snprintf(number, sizeof number, "%" PRIu32, record->incarnation);
        compare_word(run, word, value, number);
    } else
        fail(run, "no such key: %s", word);
}

/* words: "N C: …", "N S: …", "N key=value…" or "connections=N". */
static void do_expect(struct run *run, char *const *words)
{
    run_finish(run);
    if (words[0] == NULL) {
        fail(run, "nothing to expect");
        return;
    }
    uint64_t connections = key_number(words, "connections", 0);
    if (connections != 0) {
        uint64_t seen = tracker_counts(run->tracker).connections;
        if (seen != connections)
            fail(run, "expected %" PRIu64 " connections, seen %" PRIu64, connections, seen);
        return;
    }
    struct told *told = told_of(run, strtoull(words[0], NULL, 10));
    if (told == NULL || !told->recorded || words[1] == NULL) {
        fail(run, "no record of connection %s", words[0]);
        return;
    }
    if (strcmp(words[1], "C:") == 0 || strcmp(words[1], "S:") == 0)
        compare_life(run, told, words[1][0] == 'C' ? END_C : END_S, words + 2);
    else
        for (words++; *words != NULL; words++)
            if (strncmp(*words, "diagnosis=", 10) == 0)
                compare_diagnoses(run, told, *words + 10);
            else
                compare_record(run, &told->record, *words);
}

/* --- doing a line --- */

static int64_t time_of(const char *seconds)
{
    return START_NS + (int64_t)(strtod(seconds, NULL) * 1e6 + 0.5) * 1000;
}

static void print_event(const struct run *run)
{
    const struct track_event *event = &run->event;
    printf("# frame %" PRIu64 ":", event->frame);
    for (unsigned side = 0; side < 2; side++)
        printf(" %c %s (%s)", "CS"[run->event_end[side]],
               track_state_name((enum track_state)event->state[side]),
               track_certainty_name((enum track_certainty)event->certainty[side]));
    putchar('\n');
}

static void do_icmp(struct run *run, int64_t time_ns, char *const *words)
{
    unsigned from = strcmp(words[0], "C") == 0 ? END_C : END_S;
    struct wire_icmp_error error = {
        .number = ++run->frame,
        .time_ns = time_ns,
        .source = run->ends[from],
        .destination = run->ends[1 - from],
        .seq = run->variant->iss[from] + (uint32_t)key_number(words, "seq", 0),
        .reporter_family = 4,
        .type = (uint8_t)key_number(words, "type", 3),
        .code = (uint8_t)key_number(words, "code", 1),
    };
    tracker_icmp_error(run->tracker, &error);
}

/* words: count=N port=P; a SYN from each of that many ports of C, 1 us apart. */
static void do_flood(struct run *run, int64_t time_ns, char *const *words)
{
    static char *const syn[] = {"C", ">", "S", "SYN", NULL};
    uint64_t count = key_number(words, "count", 0), port = key_number(words, "port", 10000);
    struct wire_segment segment;
    run->flooded = true;
    for (uint64_t i = 0; i < count && parse_segment(run, syn, &segment); i++) {
        segment.number = ++run->frame;
        segment.time_ns = time_ns + (int64_t)i * 1000;
        segment.source.port = (uint16_t)(port + i);
        tracker_segment(run->tracker, &segment);
    }
}

/* words: END STATE; what that end's kernel says. */
static void do_kernel(struct run *run, int64_t time_ns, char *const *words)
{
    char mark;
    unsigned end = strcmp(words[0], "C") == 0 ? END_C : END_S;
    struct track_kernel_socket socket = {
        .time_ns = time_ns,
        .local = run->ends[end],
        .remote = run->ends[1 - end],
        .state = (uint8_t)parse_state(run, words[1], &mark),
    };
    tracker_advance(run->tracker, time_ns);
    tracker_kernel(run->tracker, &socket, 0, 0);
}

/* words: TIME FROM > TO FLAGS …; or TIME icmp FROM > TO …, quoting that segment; or TIME advance.
 */
static void do_packet(struct run *run, char *const *words, char *expected)
{
    struct wire_segment segment;
    int64_t time_ns = time_of(words[0]);
    run->saw_event = false;
    run->now_ns = time_ns;
    if (run->tracker == NULL)
        run_start(run);
    if (words[1] != NULL && strcmp(words[1], "advance") == 0)
        tracker_advance(run->tracker, time_ns);
    else if (words[1] != NULL && strcmp(words[1], "icmp") == 0 && words[2] != NULL)
        do_icmp(run, time_ns, words + 2);
    else if (words[1] != NULL && strcmp(words[1], "kernel") == 0 && words[2] != NULL &&
             words[3] != NULL)
        do_kernel(run, time_ns, words + 2);
    else if (words[1] != NULL && strcmp(words[1], "flood") == 0)
        do_flood(run, time_ns, words + 2);
    else if (words[1] != NULL && words[2] != NULL && words[3] != NULL && words[4] != NULL &&
             parse_segment(run, words + 1, &segment)) {
        segment.number = ++run->frame;
        segment.time_ns = time_ns;
        tracker_segment(run->tracker, &segment);
    } else
        fail(run, "cannot read this line");
    if (verbose && run->saw_event)
        print_event(run);
    if (expected != NULL)
        compare_event(run, expected);
}

static void do_setting(struct run *run, char *const *words)
{
    run->options.msl_ns =
        (int64_t)key_number(words, "msl", (uint64_t)(run->options.msl_ns / 1000000000)) *
        1000000000;
    run->ends[END_C].port = (uint16_t)key_number(words, "C", run->ends[END_C].port);
    run->ends[END_S].port = (uint16_t)key_number(words, "S", run->ends[END_S].port);
    run->self = run->self || has_word(words, "self");
}

static void do_line(struct run *run, char *text)
{
    char *words[MAX_WORDS];
    text[strcspn(text, "#")] = '\0';
    char *expected = strchr(text, '|');
    if (expected != NULL)
        *expected++ = '\0';
    split_words(text, words);
    if (words[0] == NULL)
        return;
    if (strcmp(words[0], "set") == 0)
        do_setting(run, words + 1);
    else if (strcmp(words[0], "expect") == 0)
        do_expect(run, words + 1);
    else
        do_packet(run, words, expected);
}

/* A file named finding-NAME.seg must show that finding, no-NAME.seg must nowhere have it and say
 * where. */
static void check_name(struct run *run)
{
    const char *slash = strrchr(run->path, '/');
    const char *name = slash != NULL ? slash + 1 : run->path;
    for (int finding = 0; finding < TRACK_FINDINGS; finding++) {
        const char *word = track_finding_name((enum track_finding)finding);
        size_t length = strlen(word);
        track_finding_set bit = (track_finding_set)1 << finding;
        if (strncmp(name, "finding-", 8) == 0 && strncmp(name + 8, word, length) == 0 &&
            strcmp(name + 8 + length, ".seg") == 0 && (run->wanted & bit) == 0)
            fail(run, "no line expects %s", word);
        if (strncmp(name, "no-", 3) == 0 && strncmp(name + 3, word, length) == 0 &&
            strcmp(name + 3 + length, ".seg") == 0) {
            if ((run->unwanted & bit) == 0)
                fail(run, "no line expects no-%s", word);
            if ((run->seen & bit) != 0)
                fail(run, "%s is found", word);
        }
    }
}

/* Returns the number of differences, and all of them for a file that expects nothing. */
static unsigned run_variant(const char *path, const struct variant *variant)
{
    struct run *run = base_calloc(1, sizeof *run);
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    run->path = path;
    run->variant = variant;
    run->options = (struct tracker_options){.msl_ns = INT64_C(30000000000), .hash_seed = 1};
    run->ends[END_C] = make_endpoint(variant->swapped ? 9 : 1, 50000);
    run->ends[END_S] = make_endpoint(2, 1234);
    if (file == NULL)
        fail(run, "cannot be read");
    while (file != NULL && getline(&text, &size, file) >= 0) {
        run->line++;
        do_line(run, text);
    }
    if (!run->finished)
        fail(run, "nothing is expected");
    check_name(run);
    if (run->tracker != NULL)
        tracker_free(run->tracker);
    if (file != NULL)
        fclose(file);
    free(text);
    unsigned failures = run->failures;
    for (size_t i = 0; i <= MAX_CONNECTIONS; i++)
        explain_case_free(run->told[i].kase);
    free(run);
    return failures;
}

static bool run_file(const char *path)
{
    static const struct variant variants[] = {
        {{100, 300}, false},
        {{0x7ffffffe, 0x80000000}, false},
        {{0xfffffffe, 0xfffffc00}, false},
        {{0xffffffff, 0}, true},
        {{0xffffe000, 0x7fffff00}, true},
    };
    unsigned failures = 0;
    for (size_t i = 0; i < sizeof variants / sizeof *variants && failures == 0; i++)
        failures += run_variant(path, &variants[i]);
    return failures == 0;
}

static int is_scenario(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".seg") == 0;
}

static void run_numbered(unsigned number, const char *path, const char *name)
{
    bool ok = run_file(path);
    printf("%s %u - %s\n", ok ? "ok" : "not ok", number, name);
}

/* Every finding has a scenario that shows it and one that must not. */
static void check_findings(unsigned *number)
{
    static const char *const kinds[] = {"finding", "no"};
    for (int finding = 0; finding < TRACK_FINDINGS; finding++)
        for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
            char path[4096];
            const char *name = track_finding_name((enum track_finding)finding);
            snprintf(path, sizeof path, "%s/scenarios/%s-%s.seg", TESTS_DIR, kinds[i], name);
            FILE *file = fopen(path, "r");
            printf("%sok %u - %s-%s.seg exists\n", file != NULL ? "" : "not ", ++*number, kinds[i],
                   name);
            if (file != NULL)
                fclose(file);
        }
}

/* Without arguments: all of tests/scenarios. With: [-v] FILE…, these only; -v prints the states. */
int main(int argc, char **argv)
{
    unsigned count = 0;
    if (argc > 1 && strcmp(argv[1], "-v") == 0) {
        verbose = true;
        argv++;
        argc--;
    }
    for (int i = 1; i < argc; i++)
        run_numbered(++count, argv[i], argv[i]);
    if (argc <= 1) {
        struct dirent **entries = NULL;
        int found = scandir(TESTS_DIR "/scenarios", &entries, is_scenario, alphasort);
        for (int i = 0; i < found; i++) {
            char path[4096];
            snprintf(path, sizeof path, "%s/scenarios/%s", TESTS_DIR, entries[i]->d_name);
            run_numbered(++count, path, entries[i]->d_name);
            free(entries[i]);
        }
        free(entries);
        check_findings(&count);
    }
    printf("1..%u\n", count);
    return count > 0 ? 0 : 1;
}
