/* explain: the sentences about a segment. */
#include "config.h"

#include "support.h"

#include "base/strbuf.h"
#include "explain/segment.h"
#include "fake_conn.h"
#include "fake_life.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER

static void check_text(struct fake_life *life, bool absolute, const char *expected)
{
    struct explain_subject subject = {.event = &life->last, .record = &life->record};
    subject.transitions = view_timeline_transitions(life->timeline, &subject.transition_count);
    const struct explain_options options = {.absolute = absolute, .ascii = true};
    struct base_strbuf text = BASE_STRBUF_INIT;
    explain_segment(&subject, &options, &text);
    assert_string_equal(base_strbuf_text(&text), expected);
    base_strbuf_free(&text);
}

static void sums_are_said_in_full(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    fake_life_segment(&life, 0, C, WIRE_SYN, 0);
    check_text(&life, false,
               "seq 0 is where the client begins to count (4294967280 on the wire); SYN counts as "
               "one: 1 is the next\n");
    fake_life_segment(&life, 10, S, WIRE_SYN | WIRE_ACK, 0);
    fake_life_move(&life, C, TRACK_SYN_SENT, TRACK_ESTABLISHED, TRACK_CAUSE_RECEIVED_SYN_ACK);
    check_text(&life, false,
               "seq 0 is where the server begins to count (1000 on the wire); SYN counts as one: 1 "
               "is the next\n"
               "ack 1 = 0 + SYN: the SYN arrived, which counts as one; 1 is the next one that the "
               "server expects\n"
               "client: SYN_SENT -> ESTABLISHED: received SYN,ACK (RFC 9293 3.10.7.3)\n");
    fake_life_segment(&life, 10, C, WIRE_ACK, 100); /* from 4294967281: it crosses 2^32 */
    check_text(&life, true,
               "seq 4294967281 is the next one expected; + 100 bytes makes 85 the next\n"
               "ack 1001 = 1000 + SYN: the SYN arrived, which counts as one; 1001 is the next one "
               "that the client expects\n");
    fake_life_segment(&life, 10, S, WIRE_ACK, 0);
    check_text(&life, false,
               "seq 1 is the next one expected\n"
               "ack 101 = 1 + 100: 100 bytes arrived; 101 is the next one that the server "
               "expects\n");
    fake_life_segment(&life, 10, S, WIRE_ACK, 0);
    check_text(&life, false,
               "seq 1 is the next one expected\n"
               "ack 101: nothing new; 101 is the next one that the server expects\n");
    fake_life_segment(&life, 10, C, WIRE_FIN | WIRE_ACK, 1);
    check_text(&life, false,
               "seq 101 is the next one expected; FIN counts as one, + 1 byte makes 103 the next\n"
               "ack 1: nothing new; 1 is the next one that the client expects\n");
    fake_life_segment(&life, 10, S, WIRE_ACK, 0);
    check_text(&life, false,
               "seq 1 is the next one expected\n"
               "ack 103 = 101 + 1 + FIN: 1 byte arrived, and the FIN, which counts as one; 103 is "
               "the next one that the server expects\n");
    fake_life_free(&life);
}

static void what_is_odd_is_said(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    fake_life_handshake(&life);
    fake_life_make(&life, 10, C, WIRE_ACK, 10);
    life.last.checks[TRACK_CHECK_SEQ] =
        (struct track_check){life.last.seq + 20, life.last.seq, TRACK_BREAKS};
    life.last.checks[TRACK_CHECK_ACK] =
        (struct track_check){life.last.ack - 1, life.last.ack, TRACK_BREAKS};
    life.last.checks[TRACK_CHECK_CHECKSUM].outcome = TRACK_BREAKS;
    life.last.related_frame = 2;
    life.last.findings = 1u << TRACK_TIMEOUT_RETRANSMISSION;
    check_text(&life, false,
               "seq 1 was sent before: 21 is the next one expected; + 10 bytes makes 11 the next\n"
               "ack 1 is wrong: 0 was expected\n"
               "retransmission by timeout: repeats frame 2\n"
               "the checksum is wrong\n");
    life.last.checks[TRACK_CHECK_SEQ].expected = life.last.seq - 1;
    life.last.checks[TRACK_CHECK_ACK].outcome = TRACK_CANNOT_KNOW;
    life.last.checks[TRACK_CHECK_CHECKSUM].outcome = TRACK_NOT_CHECKED;
    life.last.ack_sum.known = false;
    life.last.findings = 1u << TRACK_DUPLICATE_ACK;
    life.last.duplicate_ack_number = 3;
    check_text(&life, false,
               "seq 1 is ahead: 0 is the next one expected; + 10 bytes makes 11 the next\n"
               "ack 1: what it adds is not known; 1 is the next one that the client expects\n"
               "duplicate ack number 3: says what frame 2 said\n");
    fake_life_free(&life);
}

static void transitions_say_how_sure_they_are(void **state)
{
    (void)state;
    const struct explain_options options = {.ascii = false};
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct track_transition transition = {.frame = 3,
                                          .confirmed_by = 5,
                                          .side = S,
                                          .from = TRACK_UNKNOWN,
                                          .to = TRACK_ESTABLISHED,
                                          .cause = TRACK_CAUSE_JOINED,
                                          .confirmed = true};
    explain_transition(&transition, &options, &text);
    transition.confirmed = false;
    base_strbuf_char(&text, '\n');
    explain_transition(&transition, &options, &text);
    assert_string_equal(base_strbuf_text(&text),
                        "server: UNKNOWN → ESTABLISHED: first seen in this state; proved by frame "
                        "5\nserver: UNKNOWN → ESTABLISHED: first seen in this state; presumed, "
                        "nothing has proved it");
    base_strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_said_in_full),
        cmocka_unit_test(what_is_odd_is_said),
        cmocka_unit_test(transitions_say_how_sure_they_are),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
