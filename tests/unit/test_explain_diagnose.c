/* explain: diagnoses that need more than a scenario can show, and their bounds. */
#include "config.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "explain/diagnose.h"
#include "track/tracker.h"

#define START_NS INT64_C(1700000000000000000)
#define MS INT64_C(1000000)

static struct track_event event_at(uint64_t frame, int64_t after_ns, unsigned sender,
                                   unsigned flags)
{
    return (struct track_event){.frame = frame,
                                .time_ns = START_NS + after_ns,
                                .connection = 1,
                                .sender = (uint8_t)sender,
                                .flags = (uint16_t)flags,
                                .window = 500,
                                .kind = TRACK_EVENT_SEGMENT};
}

/* The diagnosis of that symptom, or one without frames and with count 0. */
static struct explain_diagnosis find(const struct explain_case *kase,
                                     const struct track_connection *record,
                                     enum explain_symptom symptom)
{
    struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
    size_t count = explain_diagnose(kase, record, NULL, 0, record->end_ns, diagnoses);
    for (size_t i = 0; i < count; i++)
        if (diagnoses[i].symptom == symptom)
            return diagnoses[i];
    return (struct explain_diagnosis){0};
}

static void stall_for(int64_t span_ns, unsigned expected)
{
    struct explain_case *kase = explain_case_new();
    struct track_event event = event_at(1, 0, TRACK_SERVER, WIRE_ACK);
    event.window = 0;
    explain_case_event(kase, &event);
    event = event_at(2, span_ns, TRACK_SERVER, WIRE_ACK);
    explain_case_event(kase, &event);
    const struct track_connection record = {.end_ns = event.time_ns};
    struct explain_diagnosis stall = find(kase, &record, EXPLAIN_ZERO_WINDOW_STALL);
    assert_int_equal(stall.count, expected);
    if (expected > 0) {
        assert_true(stall.span_ns == span_ns);
        assert_int_equal(stall.side, TRACK_SERVER);
        assert_int_equal(stall.frame_count, 2);
    }
    explain_case_free(kase);
}

static void stalls_last(void **state)
{
    (void)state;
    stall_for(199 * MS, 0);
    stall_for(200 * MS, 1);
}

static void a_closed_window_at_the_end_is_a_stall(void **state)
{
    (void)state;
    struct explain_case *kase = explain_case_new();
    struct track_event event = event_at(7, 0, TRACK_CLIENT, WIRE_ACK);
    event.window = 0;
    explain_case_event(kase, &event);
    struct track_connection record = {.end_ns = START_NS + 100 * MS};
    assert_int_equal(find(kase, &record, EXPLAIN_ZERO_WINDOW_STALL).count, 0);
    record.end_ns = START_NS + 300 * MS;
    assert_true(find(kase, &record, EXPLAIN_ZERO_WINDOW_STALL).frames[0] == 7);
    explain_case_free(kase);
}

static void evidence_is_bounded(void **state)
{
    (void)state;
    struct explain_case *kase = explain_case_new();
    for (uint64_t frame = 1; frame <= 1000; frame++) {
        struct track_event event = event_at(frame, (int64_t)frame * MS, TRACK_CLIENT, WIRE_ACK);
        event.findings = (track_finding_set)1 << TRACK_MSS_EXCEEDED;
        explain_case_event(kase, &event);
    }
    const struct track_connection record = {.end_ns = START_NS + 1000 * MS};
    struct explain_diagnosis large = find(kase, &record, EXPLAIN_OFFLOAD_SEGMENTS);
    const uint64_t expected[EXPLAIN_EVIDENCE] = {1, 2, 3, 1000};
    assert_int_equal(large.count, 1000);
    assert_int_equal(large.frame_count, EXPLAIN_EVIDENCE);
    assert_memory_equal(large.frames, expected, sizeof expected);
    explain_case_free(kase);
}

static void checksums(unsigned good, unsigned bad, enum explain_symptom expected)
{
    struct explain_case *kase = explain_case_new();
    for (unsigned i = 0; i < good + bad; i++) {
        struct track_event event = event_at(i + 1, 0, TRACK_CLIENT, WIRE_ACK);
        event.checks[TRACK_CHECK_CHECKSUM].outcome = i < good ? TRACK_HOLDS : TRACK_BREAKS;
        explain_case_event(kase, &event);
    }
    const struct track_connection record = {.end_ns = START_NS};
    assert_int_equal(find(kase, &record, expected).count, bad);
    explain_case_free(kase);
}

static void offload_is_told_from_damage(void **state)
{
    (void)state;
    checksums(0, 5, EXPLAIN_OFFLOAD_CHECKSUMS);
    checksums(1, 5, EXPLAIN_OFFLOAD_CHECKSUMS); /* a RST is filled in by the kernel itself */
    checksums(9, 1, EXPLAIN_BAD_CHECKSUMS);
    checksums(9, 0, EXPLAIN_BAD_CHECKSUMS);
}

static void silence_ends_with_an_answer(void **state)
{
    (void)state;
    struct explain_case *kase = explain_case_new();
    const struct track_connection record = {.end_ns = START_NS + 9000 * MS};
    for (uint64_t i = 1; i <= 3; i++) {
        struct track_event event = event_at(i, (int64_t)i * 1000 * MS, TRACK_CLIENT, WIRE_ACK);
        event.findings = (track_finding_set)1 << TRACK_KEEP_ALIVE;
        explain_case_event(kase, &event);
        assert_int_equal(find(kase, &record, EXPLAIN_PEER_SILENT).count, i < 3 ? 0 : 3);
    }
    const struct track_event answer = event_at(4, 4000 * MS, TRACK_SERVER, WIRE_ACK);
    explain_case_event(kase, &answer);
    assert_int_equal(find(kase, &record, EXPLAIN_PEER_SILENT).count, 0);
    explain_case_free(kase);
}

/* What may still be revised counts now, and only now. */
static void open_transitions_are_not_kept(void **state)
{
    (void)state;
    struct explain_case *kase = explain_case_new();
    struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
    const struct track_connection record = {.end_ns = START_NS};
    const struct track_transition open = {.frame = 4,
                                          .time_ns = START_NS,
                                          .side = TRACK_SERVER,
                                          .from = TRACK_ESTABLISHED,
                                          .to = TRACK_CLOSE_WAIT,
                                          .cause = TRACK_CAUSE_RECEIVED_FIN};
    int64_t now_ns = START_NS + 1000 * MS;
    assert_int_equal(explain_diagnose(kase, &record, &open, 1, now_ns, diagnoses), 1);
    assert_int_equal(diagnoses[0].symptom, EXPLAIN_CLOSE_WAIT_HELD);
    assert_int_equal(explain_diagnose(kase, &record, &open, 1, now_ns - 1, diagnoses), 0);
    assert_int_equal(explain_diagnose(kase, &record, NULL, 0, now_ns, diagnoses), 0);
    explain_case_free(kase);
}

/* --- a flood --- */

static void on_connection(void *context, const struct track_connection *connection)
{
    unsigned *told = context;
    struct explain_diagnosis flood = find(NULL, connection, EXPLAIN_SYN_FLOOD);
    told[0]++;
    if (flood.count == 0)
        return;
    told[1]++;
    struct base_strbuf text = BASE_STRBUF_INIT;
    explain_diagnosis_text(&flood, connection, true, &text);
    assert_non_null(strstr(base_strbuf_text(&text), "to 10.0.0.2:80 are begun"));
    base_strbuf_free(&text);
}

static void syn_flood(unsigned syns, unsigned expected)
{
    unsigned told[2] = {0, 0};
    const struct tracker_options options = {.msl_ns = 30000 * MS, .hash_seed = 1};
    const struct track_observer observer = {.connection = on_connection};
    struct tracker *tracker = tracker_new(&options, &observer, told);
    for (unsigned i = 0; i < syns; i++) {
        struct wire_segment segment = {
            .number = i + 1,
            .time_ns = START_NS + i * 100000,
            .source = {.address = {10, 1, (uint8_t)(i / 256), (uint8_t)i},
                       .port = 50000,
                       .family = 4},
            .destination = {.address = {10, 0, 0, 2}, .port = 80, .family = 4},
            .seq = i,
            .flags = WIRE_SYN,
            .window = 1000,
            .header_bytes = 20};
        tracker_segment(tracker, &segment);
    }
    tracker_finish(tracker);
    tracker_free(tracker);
    assert_int_equal(told[0], syns);
    assert_int_equal(told[1] > 0, expected);
}

static void a_flood_is_part_of_each_connection(void **state)
{
    (void)state;
    syn_flood(100, 0);
    syn_flood(300, 1);
}

/* --- anything at all --- */

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 16;
}

/* No order of events and transitions breaks a bound. */
static void nonsense_is_survived(void **state)
{
    (void)state;
    unsigned seed = 1;
    for (unsigned round = 0; round < 200; round++) {
        struct explain_case *kase = explain_case_new();
        struct track_connection record = {.open = (uint8_t)(round % 7),
                                          .close = (uint8_t)(round % 7),
                                          .self_connect = round % 3 == 0,
                                          .end_ns = START_NS};
        for (unsigned i = 0; i < 300; i++) {
            struct track_event event = event_at(next_random(&seed), next_random(&seed) * MS,
                                                next_random(&seed) & 1, next_random(&seed) & 0x1ff);
            event.findings = (track_finding_set)1 << next_random(&seed) % TRACK_FINDINGS;
            event.kind = (uint8_t)(next_random(&seed) % 2);
            event.icmp.family = next_random(&seed) & 1 ? 4 : 6;
            event.icmp.type = (uint8_t)(next_random(&seed) % 13);
            event.payload_bytes = next_random(&seed) & 1;
            event.checks[TRACK_CHECK_CHECKSUM].outcome = (uint8_t)(next_random(&seed) % 4);
            explain_case_event(kase, &event);
            const struct track_transition transition = {
                .frame = event.frame,
                .time_ns = event.time_ns,
                .side = next_random(&seed) & 1,
                .from = (uint8_t)(next_random(&seed) % TRACK_STATES),
                .to = (uint8_t)(next_random(&seed) % TRACK_STATES),
                .cause = (uint8_t)(next_random(&seed) % TRACK_CAUSES)};
            explain_case_transition(kase, &transition);
        }
        struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
        struct base_strbuf text = BASE_STRBUF_INIT;
        size_t count = explain_diagnose(kase, &record, NULL, 0, START_NS + 100000 * MS, diagnoses);
        assert_in_range(count, 1, EXPLAIN_MAX_DIAGNOSES);
        for (size_t i = 0; i < count; i++) {
            explain_diagnosis_text(&diagnoses[i], &record, round & 1, &text);
            assert_in_range(diagnoses[i].frame_count, 0, EXPLAIN_EVIDENCE);
        }
        base_strbuf_free(&text);
        explain_case_free(kase);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stalls_last),
        cmocka_unit_test(a_closed_window_at_the_end_is_a_stall),
        cmocka_unit_test(evidence_is_bounded),
        cmocka_unit_test(offload_is_told_from_damage),
        cmocka_unit_test(silence_ends_with_an_answer),
        cmocka_unit_test(open_transitions_are_not_kept),
        cmocka_unit_test(a_flood_is_part_of_each_connection),
        cmocka_unit_test(nonsense_is_survived),
    };
    return cmocka_run_group_tests_name("explain diagnoses", tests, NULL, NULL);
}
