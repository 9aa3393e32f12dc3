/* What the wire does: rules, the queue, forged frames. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "lab/forge.h"
#include "lab/queue.h"
#include "lab/rules.h"
#include "wire/decode.h"
#include "wire/linktype.h"

/* --- rules --- */

static struct lab_scenario *with_rules(const char *rules)
{
    struct base_strbuf text = BASE_STRBUF_INIT, error = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, "title T\nclient\n  pause()\nwire\n%s\n", rules);
    struct lab_scenario *scenario = lab_scenario_parse("x.lab", text.text, text.length, &error);
    if (scenario == NULL)
        fail_msg("%s", base_strbuf_text(&error));
    base_strbuf_free(&text);
    return scenario;
}

static struct wire_segment segment_of(enum lab_host from, uint16_t flags, uint32_t seq,
                                      uint32_t bytes)
{
    const struct wire_endpoint client = {.address = {10, 0, 0, 1}, .port = 5000, .family = 4};
    const struct wire_endpoint server = {.address = {10, 0, 0, 2}, .port = 1234, .family = 4};
    return (struct wire_segment){.source = from == LAB_CLIENT ? client : server,
                                 .destination = from == LAB_CLIENT ? server : client,
                                 .flags = flags,
                                 .seq = seq,
                                 .payload_bytes = bytes,
                                 .window = 1000};
}

/* The number of the rule for a segment, from 1; 0: none. */
static size_t applied(struct lab_rules *rules, enum lab_host from, uint16_t flags, uint32_t seq,
                      uint32_t bytes, int64_t time_ns)
{
    struct wire_segment segment = segment_of(from, flags, seq, bytes);
    struct lab_flow *flow;
    const struct lab_rule *rule = lab_rules_apply(rules, from, &segment, time_ns, &flow);
    return rule != NULL ? (size_t)(rule - rules->scenario->rules) + 1 : 0;
}

static void the_named_segment_is_meant(void **state)
{
    (void)state;
    struct lab_scenario *scenario = with_rules("  drop client SYN\n  drop client ACK data nth 2-3\n"
                                               "  drop server RST\n  drop client any seq 21\n");
    struct lab_rules rules;
    lab_rules_init(&rules, scenario);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_SYN, 100, 0, 0), 1);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_SYN, 100, 0, 0), 0);
    assert_int_equal(applied(&rules, LAB_SERVER, WIRE_SYN | WIRE_ACK, 900, 0, 0), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK, 101, 0, 0), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK | WIRE_PSH, 101, 10, 0), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK | WIRE_PSH, 111, 10, 0), 2);
    /* both are for it: the first wins, the second has counted it */
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK | WIRE_PSH, 121, 10, 0), 2);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK | WIRE_PSH, 121, 10, 0), 0);
    assert_int_equal(applied(&rules, LAB_SERVER, WIRE_RST | WIRE_ACK, 901, 0, 0), 3);
    lab_scenario_free(scenario);
}

static void sequence_numbers_wrap(void **state)
{
    (void)state;
    struct lab_scenario *scenario = with_rules("  drop client any data seq 15\n");
    struct lab_rules rules;
    lab_rules_init(&rules, scenario);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_SYN, 0xfffffff8u, 0, 0), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK, 0xfffffff9u, 10, 0), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK, 3, 10, 0), 1);
    assert_int_equal(rules.flows[0].next_seq[LAB_CLIENT], 13);
    lab_scenario_free(scenario);
}

static void times_and_lives_are_told_apart(void **state)
{
    (void)state;
    struct lab_scenario *scenario =
        with_rules("  drop client ACK all after 1s until 2s\n  drop client FIN+ACK connection 2\n");
    struct lab_rules rules;
    lab_rules_init(&rules, scenario);
    applied(&rules, LAB_CLIENT, WIRE_SYN, 100, 0, 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK, 101, 0, 999999999), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK, 101, 0, 1000000000), 1);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_ACK, 101, 0, 2000000000), 0);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_FIN | WIRE_ACK, 101, 0, 0), 0);
    /* a SYN with another number is a new life of the same ports, a repeated one is not */
    applied(&rules, LAB_CLIENT, WIRE_SYN, 100, 0, 0);
    assert_int_equal(rules.connections, 1);
    applied(&rules, LAB_CLIENT, WIRE_SYN, 5000, 0, 0);
    assert_int_equal(rules.connections, 2);
    assert_int_equal(applied(&rules, LAB_CLIENT, WIRE_FIN | WIRE_ACK, 5001, 0, 0), 2);
    lab_scenario_free(scenario);
}

/* A share of the segments, and for a seed the very same each time. */
static void chance_is_by_its_seed(void **state)
{
    (void)state;
    uint64_t picked[3] = {0};
    for (unsigned run = 0; run < 3; run++) {
        struct lab_scenario *scenario = with_rules(run < 2 ? "  drop client ACK chance 25% seed 7\n"
                                                           : "  drop client ACK chance 25%\n");
        struct lab_rules rules;
        lab_rules_init(&rules, scenario);
        unsigned count = 0;
        for (unsigned i = 0; i < 2000; i++) {
            bool is = applied(&rules, LAB_CLIENT, WIRE_ACK, 101, 0, 0) == 1;
            count += is;
            if (i < 64)
                picked[run] |= (uint64_t)is << i;
        }
        assert_in_range(count, 430, 570);
        lab_scenario_free(scenario);
    }
    assert_true(picked[0] == picked[1] && picked[0] != picked[2]);
}

static void flows_are_bounded(void **state)
{
    (void)state;
    struct lab_scenario *scenario = with_rules("  drop client RST all\n");
    struct lab_rules rules;
    struct lab_flow *flow = NULL;
    lab_rules_init(&rules, scenario);
    for (unsigned i = 0; i < LAB_MAX_FLOWS + 10; i++) {
        struct wire_segment segment = segment_of(LAB_CLIENT, WIRE_RST, 1, 0);
        segment.source.port = (uint16_t)(1000 + i);
        assert_non_null(lab_rules_apply(&rules, LAB_CLIENT, &segment, 0, &flow));
        assert_int_equal(flow != NULL, i < LAB_MAX_FLOWS);
    }
    lab_scenario_free(scenario);
}

/* --- the queue --- */

/* The bytes of all that is due, in order. */
static void expect_taken(struct lab_queue *queue, int64_t now_ns, const char *wanted)
{
    char taken[32];
    size_t count = 0;
    struct lab_frame *frame;
    while ((frame = lab_queue_take(queue, now_ns)) != NULL && count < sizeof taken - 1) {
        taken[count++] = (char)frame->bytes[0];
        free(frame);
    }
    taken[count] = '\0';
    assert_string_equal(taken, wanted);
}

static void add(struct lab_queue *queue, int64_t due_ns, const char *name)
{
    lab_queue_add(queue, LAB_SERVER, due_ns, (const uint8_t *)name, 1);
}

static void frames_come_by_time(void **state)
{
    (void)state;
    struct lab_queue queue = {0};
    add(&queue, 20, "b");
    add(&queue, 10, "a");
    add(&queue, 20, "c");
    assert_int_equal(lab_queue_due(&queue), 10);
    expect_taken(&queue, 9, "");
    expect_taken(&queue, 10, "a");
    expect_taken(&queue, 25, "bc");
    assert_true(lab_queue_due(&queue) == INT64_MAX);
    lab_queue_free(&queue);
}

static void held_frames_wait_to_be_passed(void **state)
{
    (void)state;
    struct lab_queue queue = {0};
    lab_queue_hold(&queue, LAB_SERVER, 2, 100, (const uint8_t *)"h", 1);
    add(&queue, 10, "a");
    lab_queue_add(&queue, LAB_CLIENT, 11, (const uint8_t *)"x", 1); /* the other way */
    add(&queue, 12, "b");
    add(&queue, 13, "c");
    expect_taken(&queue, 50, "axbhc");
    /* nobody passes: it goes when its time is up */
    lab_queue_hold(&queue, LAB_SERVER, 2, 100, (const uint8_t *)"h", 1);
    assert_int_equal(lab_queue_due(&queue), 100);
    expect_taken(&queue, 99, "");
    expect_taken(&queue, 100, "h");
    lab_queue_free(&queue);
}

static void the_queue_is_bounded(void **state)
{
    (void)state;
    struct lab_queue queue = {0};
    static uint8_t frame[1024 * 1024];
    for (unsigned i = 0; i < 40; i++)
        lab_queue_add(&queue, LAB_SERVER, i, frame, sizeof frame);
    assert_int_equal(queue.dropped, 8);
    lab_queue_free(&queue);
}

/* --- forged frames --- */

static struct wire_result decoded(const uint8_t *frame, size_t length)
{
    struct wire_decoder *decoder =
        wire_decoder_new(&(struct wire_decoder_options){.verify_checksums = true});
    struct wire_packet packet = {.number = 1,
                                 .link_type = LINK_EN10MB,
                                 .captured_bytes = (uint32_t)length,
                                 .wire_bytes = (uint32_t)length,
                                 .data = frame};
    struct wire_result result;
    wire_decode(decoder, &packet, &result);
    wire_decoder_free(decoder);
    return result;
}

static void check_forged(uint8_t family)
{
    uint8_t frame[LAB_FORGED_BYTES];
    struct lab_flow flow = {.end = {{.address = {10, 0, 0, 1}, .port = 5000, .family = family},
                                    {.address = {10, 0, 0, 2}, .port = 1234, .family = family}},
                            .next_seq = {1000, 2000},
                            .window = {77, 88}};
    struct lab_rule rule = {.forged_from = LAB_SERVER,
                            .forged_flags = WIRE_RST | WIRE_ACK,
                            .forged_offset = -3,
                            .forged_bytes = 5};
    size_t length = lab_forge_segment(&rule, &flow, frame);
    struct wire_result result = decoded(frame, length);
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    assert_int_equal(result.segment.source.port, 1234);
    assert_int_equal(result.segment.seq, 1997);
    assert_int_equal(result.segment.ack, 1000);
    assert_int_equal(result.segment.flags, WIRE_RST | WIRE_ACK);
    assert_int_equal(result.segment.payload_bytes, 5);
    assert_int_equal(result.segment.window, 88);
    assert_int_equal(result.segment.tcp_checksum, WIRE_CHECKSUM_GOOD);
    if (family == 4)
        assert_int_equal(result.segment.ip_checksum, WIRE_CHECKSUM_GOOD);
}

static void forged_segments_fit(void **state)
{
    (void)state;
    check_forged(4);
    check_forged(6);
}

static void unreachable_quotes_the_segment(void **state)
{
    (void)state;
    uint8_t frame[LAB_FORGED_BYTES], answer[LAB_FORGED_BYTES];
    struct lab_flow flow = {.end = {{.address = {10, 0, 0, 1}, .port = 5000, .family = 4},
                                    {.address = {10, 0, 0, 2}, .port = 1234, .family = 4}},
                            .next_seq = {1000, 2000}};
    struct lab_rule rule = {.forged_from = LAB_CLIENT, .forged_flags = WIRE_SYN};
    size_t length = lab_forge_segment(&rule, &flow, frame);
    size_t answered = lab_forge_unreachable(LAB_CLIENT, 3, frame, length, answer);
    struct wire_result result = decoded(answer, answered);
    assert_int_equal(result.verdict, WIRE_ICMP_ERROR);
    assert_int_equal(result.icmp.type, 3);
    assert_int_equal(result.icmp.code, 3);
    assert_int_equal(result.icmp.seq, 1000);
    assert_int_equal(result.icmp.source.port, 5000);
    assert_int_equal(lab_forge_unreachable(LAB_CLIENT, 3, frame, 30, answer), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_named_segment_is_meant),
        cmocka_unit_test(sequence_numbers_wrap),
        cmocka_unit_test(times_and_lives_are_told_apart),
        cmocka_unit_test(chance_is_by_its_seed),
        cmocka_unit_test(flows_are_bounded),
        cmocka_unit_test(frames_come_by_time),
        cmocka_unit_test(held_frames_wait_to_be_passed),
        cmocka_unit_test(the_queue_is_bounded),
        cmocka_unit_test(forged_segments_fit),
        cmocka_unit_test(unreachable_quotes_the_segment),
    };
    return cmocka_run_group_tests_name("lab_wire", tests, NULL, NULL);
}
