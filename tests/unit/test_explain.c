/* explain: the sentences about a segment. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "base/strbuf.h"
#include "explain/segment.h"
#include "fake_conn.h"
#include "fake_life.h"

#define C TRACK_CLIENT
#define S TRACK_SERVER

static struct explain_subject subject_of(const struct fake_life *life)
{
    struct explain_subject subject = {.event = &life->last, .record = &life->record};
    subject.transitions = view_timeline_transitions(life->timeline, &subject.transition_count);
    return subject;
}

typedef void sentence(const struct explain_subject *, const struct explain_options *,
                      struct base_strbuf *);

static void add_line(const struct explain_subject *subject, const struct explain_options *options,
                     sentence *say, struct base_strbuf *out)
{
    size_t start = out->length;
    say(subject, options, out);
    if (out->length > start)
        base_strbuf_char(out, '\n');
}

/* expected: what stands between what the segment is and the calls. */
static void check_text(struct fake_life *life, bool absolute, const char *expected)
{
    const struct explain_subject subject = subject_of(life);
    const struct explain_options options = {.absolute = absolute, .ascii = true};
    struct base_strbuf text = BASE_STRBUF_INIT, whole = BASE_STRBUF_INIT;
    explain_segment(&subject, &options, &text);
    add_line(&subject, &options, explain_what, &whole);
    base_strbuf_str(&whole, expected);
    add_line(&subject, &options, explain_calls, &whole);
    add_line(&subject, &options, explain_next, &whole);
    assert_string_equal(base_strbuf_text(&text), base_strbuf_text(&whole));
    base_strbuf_free(&text);
    base_strbuf_free(&whole);
}

static void check_sentence(struct fake_life *life, sentence *say, const char *expected)
{
    const struct explain_subject subject = subject_of(life);
    const struct explain_options options = {.ascii = true};
    struct base_strbuf text = BASE_STRBUF_INIT;
    say(&subject, &options, &text);
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
               "retransmission by timeout: repeats frame 2; the sender repeats data because no ack "
               "came in time\n"
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
               "duplicate ack number 3: says what frame 2 said; the ack repeats the one before: "
               "something arrived out of order\n");
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

static void segments_have_names_calls_and_a_future(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    fake_life_segment(&life, 0, C, WIRE_SYN, 0);
    check_sentence(&life, explain_what,
                   "a SYN: the client asks to open a connection and tells the number from which it "
                   "counts its bytes");
    check_sentence(&life, explain_next,
                   "next: a SYN,ACK if a program listens there, a RST if none does, silence if "
                   "something drops the SYN");
    fake_life_segment(&life, 10, S, WIRE_SYN | WIRE_ACK, 0);
    fake_life_segment(&life, 10, C, WIRE_ACK, 0);
    life.last.state[C] = life.last.state[S] = TRACK_ESTABLISHED;
    check_sentence(&life, explain_calls,
                   "connect() has returned 0 at the client; when this arrives, accept() can return "
                   "the new socket at the server");
    check_sentence(&life, explain_next, "next: data or a FIN, from either end");
    fake_life_segment(&life, 10, C, WIRE_ACK | WIRE_PSH, 100);
    check_sentence(&life, explain_what,
                   "data: 100 bytes of the stream from the client to the server");
    check_sentence(&life, explain_next,
                   "next: an ACK of 101 from the server, alone or together with data");
    fake_life_segment(&life, 10, S, WIRE_ACK | WIRE_FIN, 0);
    fake_life_move(&life, S, TRACK_ESTABLISHED, TRACK_FIN_WAIT_1, TRACK_CAUSE_SENT_FIN);
    check_sentence(&life, explain_what, "a FIN: the server has sent all that it will ever send");
    fake_life_segment(&life, 10, C, WIRE_ACK | WIRE_FIN, 0);
    check_sentence(&life, explain_what,
                   "a FIN together with the ACK of the other FIN: the client had nothing more to "
                   "send and closed at once");
    life.last.flags = WIRE_RST;
    check_sentence(
        &life, explain_what,
        "a RST without ACK: the client answers a segment for which it has no connection");
    life.last.flags = WIRE_SYN | WIRE_FIN;
    check_sentence(&life, explain_what,
                   "flags that no TCP sends together: a port scanner or a broken program made this "
                   "segment");
    life.record.self_connect = true;
    life.last.flags = WIRE_ACK | WIRE_PSH;
    life.last.payload_bytes = 1;
    check_sentence(&life, explain_what, "data: 1 byte of the stream from the socket to the socket");
    fake_life_free(&life);
}

static size_t count_lines(const struct base_strbuf *text)
{
    size_t lines = 0;
    for (const char *at = base_strbuf_text(text); *at != '\0'; at++)
        lines += *at == '\n';
    return lines;
}

static void lessons_come_once(void **state)
{
    (void)state;
    struct fake_life life = fake_life_new(4, 4);
    const struct explain_options options = {.ascii = true};
    struct base_strbuf text = BASE_STRBUF_INIT;
    explain_lesson_set given = 0, again;
    fake_life_segment(&life, 0, C, WIRE_SYN, 0);
    fake_life_move(&life, S, TRACK_LISTEN, TRACK_SYN_RECEIVED, TRACK_CAUSE_RECEIVED_SYN);
    struct explain_subject subject = subject_of(&life);
    explain_lessons(&subject, &options, &given, &text);
    assert_int_equal(count_lines(&text), 3);
    assert_non_null(strstr(base_strbuf_text(&text), "a SYN takes one sequence number"));
    assert_non_null(strstr(base_strbuf_text(&text), "the listening socket takes no part"));
    base_strbuf_clear(&text);
    again = given;
    explain_lessons(&subject, &options, &given, &text);
    assert_int_equal(text.length, 0);
    assert_true(again == given);
    /* raw numbers: nothing to say about relative ones */
    const struct explain_options raw = {.absolute = true, .ascii = true};
    given = 0;
    explain_lessons(&subject, &raw, &given, &text);
    assert_int_equal(count_lines(&text), 2);
    base_strbuf_free(&text);
    fake_life_free(&life);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_said_in_full),
        cmocka_unit_test(what_is_odd_is_said),
        cmocka_unit_test(segments_have_names_calls_and_a_future),
        cmocka_unit_test(lessons_come_once),
        cmocka_unit_test(transitions_say_how_sure_they_are),
    };
    return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
