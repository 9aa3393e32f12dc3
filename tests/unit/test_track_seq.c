/* Sequence numbers around 2^31 and 2^32, and the sequence space of one direction, each case at
 * every awkward place of the number space. */
#include "config.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "track/seq.h"
#include "track/sequence.h"

#define GIB (UINT64_C(1) << 30)

static const uint32_t places[] = {
    0,          1,          0x7fffff00, 0x7fffffff, 0x80000000,
    0x80000001, 0xfffffe00, 0xffffff9b, 0xfffffffe, 0xffffffff,
};
enum { PLACES = sizeof places / sizeof places[0] };

/* --- seq.h --- */

static void order(void **unused)
{
    (void)unused;
    static const uint32_t distances[] = {1, 2, 1000, 0x7ffffffe, 0x7fffffff};
    for (int p = 0; p < PLACES; p++) {
        uint32_t a = places[p];
        assert_int_equal(seq_diff(a, a), 0);
        assert_true(seq_leq(a, a) && seq_geq(a, a) && !seq_lt(a, a) && !seq_gt(a, a));
        assert_true(seq_max(a, a) == a);
        for (unsigned d = 0; d < sizeof distances / sizeof distances[0]; d++) {
            uint32_t b = a + distances[d];
            assert_int_equal(seq_diff(b, a), (int32_t)distances[d]);
            assert_int_equal(seq_diff(a, b), -(int32_t)distances[d]);
            assert_true(seq_lt(a, b) && seq_leq(a, b) && seq_gt(b, a) && seq_geq(b, a));
            assert_false(seq_lt(b, a) || seq_leq(b, a) || seq_gt(a, b) || seq_geq(a, b));
            assert_true(seq_max(a, b) == b && seq_max(b, a) == b);
        }
    }
}

static void window(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        uint32_t low = places[p];
        assert_false(seq_in_window(low, low, 0));
        assert_true(seq_in_window(low, low, 1));
        assert_false(seq_in_window(low + 1, low, 1));
        assert_false(seq_in_window(low - 1, low, 1000));
        assert_true(seq_in_window(low + 999, low, 1000));
        assert_false(seq_in_window(low + 1000, low, 1000));
        assert_true(seq_in_window(low + 0x3fffffff, low, 0x40000000));
    }
}

/* A count is found again from its 32 bits, wherever the number that is known lies around it. */
static void unwrap(void **unused)
{
    (void)unused;
    static const int64_t offsets[] = {0, 1, -1, 1000, -1000, 0x7fffffff, -0x7fffffff};
    for (int p = 0; p < PLACES; p++)
        for (uint64_t count = 0; count < 13 * GIB; count += GIB / 2 + 12345)
            for (unsigned o = 0; o < sizeof offsets / sizeof offsets[0]; o++) {
                if (offsets[o] < 0 && (uint64_t)-offsets[o] > count)
                    continue;
                uint64_t near = count + (uint64_t)offsets[o];
                uint32_t value = places[p] + (uint32_t)count;
                assert_true(seq_unwrap(value, places[p], near) == (int64_t)count);
            }
}

static void unwrap_before_the_base(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        assert_true(seq_unwrap(places[p] - 1, places[p], 5) == -1);
        assert_true(seq_unwrap(places[p] - 100, places[p], 99) == -100);
        assert_true(seq_unwrap(places[p] - 100, places[p], 1000000) == -100);
    }
}

/* --- sequence.c: what one direction sent --- */

/* A client that has sent its SYN at iss, and a server that has not been heard. */
static struct track_conn opened(uint32_t iss)
{
    struct track_conn conn;
    memset(&conn, 0, sizeof conn);
    conn.end[TRACK_CLIENT].iss = iss;
    conn.end[TRACK_CLIENT].iss_known = true;
    conn.end[TRACK_CLIENT].presumed = TRACK_ESTABLISHED;
    conn.end[TRACK_SERVER].presumed = TRACK_ESTABLISHED;
    struct wire_segment syn = {.seq = iss, .flags = WIRE_SYN};
    sequence_sent(&conn, TRACK_CLIENT, &syn);
    return conn;
}

static void release(struct track_conn *conn)
{
    free(conn->holes[0]);
    free(conn->holes[1]);
}

/* from and to count from the SYN's number, as relative numbers do. */
static struct wire_segment data(uint32_t iss, uint32_t from, uint32_t to, uint16_t flags)
{
    return (struct wire_segment){
        .seq = iss + from, .payload_bytes = to - from - ((flags & WIRE_FIN) != 0), .flags = flags};
}

static void send_range(struct track_conn *conn, uint32_t from, uint32_t to, uint16_t flags)
{
    struct wire_segment segment = data(conn->end[TRACK_CLIENT].iss, from, to, flags);
    sequence_sent(conn, TRACK_CLIENT, &segment);
}

static uint32_t new_bytes(const struct track_conn *conn, uint32_t from, uint32_t to)
{
    struct wire_segment segment = data(conn->end[TRACK_CLIENT].iss, from, to, 0);
    return sequence_new_bytes(conn, TRACK_CLIENT, &segment);
}

static void send_ack(struct track_conn *conn, uint32_t rel)
{
    struct wire_segment segment = {.flags = WIRE_ACK, .ack = conn->end[TRACK_CLIENT].iss + rel};
    sequence_sent(conn, TRACK_SERVER, &segment);
}

static void expect_reach(const struct track_conn *conn, uint32_t contiguous, uint32_t snd_nxt,
                         unsigned ranges)
{
    const struct track_endpoint *end = &conn->end[TRACK_CLIENT];
    assert_int_equal(end->contiguous - end->iss, contiguous);
    assert_int_equal(end->snd_nxt - end->iss, snd_nxt);
    assert_true(end->sent_rel == snd_nxt);
    const struct track_hole_set *set = conn->holes[TRACK_CLIENT];
    assert_int_equal(set != NULL ? set->count : 0, ranges);
}

static void segment_length(void **unused)
{
    (void)unused;
    struct wire_segment segment = {.payload_bytes = 10, .flags = WIRE_ACK | WIRE_PSH};
    assert_int_equal(sequence_length(&segment), 10);
    segment.flags = WIRE_FIN;
    assert_int_equal(sequence_length(&segment), 11);
    segment.flags = WIRE_SYN | WIRE_FIN;
    segment.payload_bytes = 0;
    assert_int_equal(sequence_length(&segment), 2);
}

static void holes_fill(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        expect_reach(&conn, 1, 1, 0);
        send_range(&conn, 1, 100, WIRE_ACK);
        expect_reach(&conn, 100, 100, 0);
        send_range(&conn, 200, 300, WIRE_ACK);
        send_range(&conn, 400, 500, WIRE_ACK);
        expect_reach(&conn, 100, 500, 2);
        send_range(&conn, 300, 400, WIRE_ACK);
        expect_reach(&conn, 100, 500, 1);
        send_range(&conn, 50, 150, WIRE_ACK);
        expect_reach(&conn, 150, 500, 1);
        send_range(&conn, 150, 200, WIRE_ACK);
        expect_reach(&conn, 500, 500, 0);
        assert_null(conn.holes[TRACK_CLIENT]);
        send_range(&conn, 1, 100, WIRE_ACK);
        expect_reach(&conn, 500, 500, 0);
        release(&conn);
    }
}

/* Only so many ranges are kept; the nearest ones are, so that contiguous stays right. */
static void holes_are_bounded(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        for (uint32_t i = 2 * TRACK_MAX_HOLES; i > 0; i--)
            send_range(&conn, i * 100, i * 100 + 50, WIRE_ACK);
        expect_reach(&conn, 1, 2 * TRACK_MAX_HOLES * 100 + 50, TRACK_MAX_HOLES);
        send_range(&conn, 1, 100, WIRE_ACK);
        expect_reach(&conn, 150, 2 * TRACK_MAX_HOLES * 100 + 50, TRACK_MAX_HOLES - 1);
        send_range(&conn, 150, 420, WIRE_ACK);
        expect_reach(&conn, 450, 2 * TRACK_MAX_HOLES * 100 + 50, 0);
        release(&conn);
    }
}

static void bytes_are_new_once(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        assert_int_equal(new_bytes(&conn, 1, 101), 100);
        send_range(&conn, 1, 101, WIRE_ACK);
        assert_int_equal(new_bytes(&conn, 1, 101), 0);
        assert_int_equal(new_bytes(&conn, 51, 151), 50);
        send_range(&conn, 200, 300, WIRE_ACK);
        assert_int_equal(new_bytes(&conn, 101, 200), 99);
        assert_int_equal(new_bytes(&conn, 101, 400), 199);
        assert_int_equal(new_bytes(&conn, 250, 260), 0);
        assert_int_equal(new_bytes(&conn, 150, 250), 50);
        assert_int_equal(new_bytes(&conn, 300, 310), 10);
        release(&conn);
    }
}

static void a_fin_waits_for_the_gap(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        const struct track_endpoint *end = &conn.end[TRACK_CLIENT];
        send_range(&conn, 1, 100, WIRE_ACK);
        send_range(&conn, 200, 301, WIRE_ACK | WIRE_FIN);
        assert_true(end->fin_known);
        assert_int_equal(end->fin_end - end->iss, 301);
        expect_reach(&conn, 100, 301, 1);
        send_range(&conn, 100, 200, WIRE_ACK);
        expect_reach(&conn, 301, 301, 0);
        /* again, and shorter: nothing new */
        send_range(&conn, 300, 301, WIRE_ACK | WIRE_FIN);
        send_range(&conn, 250, 252, WIRE_ACK | WIRE_FIN);
        assert_int_equal(end->fin_end - end->iss, 301);
        release(&conn);
    }
}

static void data_beyond_a_fin_proves_it_wrong(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        const struct track_endpoint *end = &conn.end[TRACK_CLIENT];
        send_range(&conn, 1, 100, WIRE_ACK);
        send_range(&conn, 100, 101, WIRE_ACK | WIRE_FIN);
        send_range(&conn, 100, 200, WIRE_ACK);
        assert_false(end->fin_known);
        /* the FIN resent behind more data */
        send_range(&conn, 200, 251, WIRE_ACK | WIRE_FIN);
        assert_true(end->fin_known);
        assert_int_equal(end->fin_end - end->iss, 251);
        release(&conn);
    }
}

static void a_fin_before_the_end_is_none(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        send_range(&conn, 1, 200, WIRE_ACK);
        send_range(&conn, 100, 151, WIRE_ACK | WIRE_FIN);
        assert_false(conn.end[TRACK_CLIENT].fin_known);
        send_range(&conn, 150, 201, WIRE_ACK | WIRE_FIN);
        assert_true(conn.end[TRACK_CLIENT].fin_known);
        release(&conn);
    }
}

static void an_ack_covers_what_was_not_captured(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        const struct track_endpoint *end = &conn.end[TRACK_CLIENT];
        send_range(&conn, 1, 100, WIRE_ACK);
        send_range(&conn, 200, 300, WIRE_ACK);
        send_ack(&conn, 200);
        expect_reach(&conn, 300, 300, 0);
        assert_int_equal(end->snd_una - end->iss, 200);
        send_ack(&conn, 100);
        assert_int_equal(end->snd_una - end->iss, 200);
        send_ack(&conn, 1000);
        expect_reach(&conn, 1000, 1000, 0);
        release(&conn);
    }
}

static void what_can_be_acked(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        struct track_endpoint *end = &conn.end[TRACK_CLIENT];
        uint32_t iss = end->iss;
        assert_true(sequence_ack_possible(end, iss + 1));
        assert_true(sequence_ack_possible(end, iss + 5000));
        assert_true(sequence_ack_possible(end, iss + 1 + (1u << 30)));
        assert_false(sequence_ack_possible(end, iss + 2 + (1u << 30)));
        end->presumed = TRACK_SYN_SENT; /* nothing follows a SYN that was not answered */
        assert_false(sequence_ack_possible(end, iss + 2));
        end->presumed = TRACK_ESTABLISHED;
        send_range(&conn, 1, 11, WIRE_ACK | WIRE_FIN);
        assert_true(sequence_ack_possible(end, iss + 11));
        assert_false(sequence_ack_possible(end, iss + 12));
        send_ack(&conn, 12);
        assert_false(end->una_known);
        release(&conn);
    }
}

static void a_reset_is_no_stream(void **unused)
{
    (void)unused;
    struct track_conn conn = opened(7);
    struct wire_segment rst = {.seq = 5000, .payload_bytes = 9, .flags = WIRE_RST | WIRE_ACK};
    sequence_sent(&conn, TRACK_CLIENT, &rst);
    expect_reach(&conn, 1, 1, 0);
    assert_int_equal(sequence_judge(&conn, TRACK_CLIENT, &rst), SEQUENCE_TAKEN);
}

/* --- what the receiver will not take --- */

/* Both ends have spoken; the server allows up to 10000 bytes. */
static struct track_conn talking(uint32_t iss)
{
    struct track_conn conn = opened(iss);
    struct track_endpoint *client = &conn.end[TRACK_CLIENT], *server = &conn.end[TRACK_SERVER];
    struct wire_segment syn_ack = {.seq = 99, .ack = iss + 1, .flags = WIRE_SYN | WIRE_ACK};
    server->iss = 99;
    server->iss_known = true;
    sequence_sent(&conn, TRACK_SERVER, &syn_ack);
    send_range(&conn, 1, 101, WIRE_ACK);
    client->packets = 2;
    server->packets = 1;
    server->right_edge = iss + 1 + 10000;
    server->edge_known = true;
    return conn;
}

static bool taken(struct track_conn *conn, uint32_t from, uint32_t to)
{
    struct wire_segment segment = data(conn->end[TRACK_CLIENT].iss, from, to, WIRE_ACK);
    segment.ack = 100;
    return sequence_judge(conn, TRACK_CLIENT, &segment) == SEQUENCE_TAKEN;
}

static void a_wild_seq_is_believed_when_it_goes_on(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = talking(places[p]);
        assert_true(taken(&conn, 101, 201));
        assert_true(taken(&conn, 9901, 10001));
        assert_false(taken(&conn, 1000101, 1000201));
        assert_false(taken(&conn, 2000101, 2000201)); /* another one, not going on */
        assert_true(taken(&conn, 2000201, 2000301));
        assert_true(taken(&conn, 1, 51)); /* the past is another matter */
        release(&conn);
    }
}

static void a_wild_ack_is_believed_when_said_again(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = talking(places[p]);
        struct wire_segment ack = {.seq = 100, .flags = WIRE_ACK, .ack = places[p] + 101};
        assert_int_equal(sequence_judge(&conn, TRACK_SERVER, &ack), SEQUENCE_TAKEN);
        ack.ack = places[p] + 5000;
        assert_int_not_equal(sequence_judge(&conn, TRACK_SERVER, &ack), SEQUENCE_TAKEN);
        assert_int_equal(sequence_judge(&conn, TRACK_SERVER, &ack), SEQUENCE_TAKEN);
        ack.ack = places[p] + 0x70000000;
        assert_int_not_equal(sequence_judge(&conn, TRACK_SERVER, &ack), SEQUENCE_TAKEN);
        assert_int_not_equal(sequence_judge(&conn, TRACK_SERVER, &ack), SEQUENCE_TAKEN);
        release(&conn);
    }
}

/* RFC 2385: all or nothing. */
static void a_signature_is_missing_or_too_much(void **unused)
{
    (void)unused;
    struct track_conn conn = talking(1);
    struct wire_segment segment = data(1, 101, 201, WIRE_ACK);
    segment.ack = 100;
    segment.options.present = WIRE_OPTION_MD5;
    assert_int_not_equal(sequence_judge(&conn, TRACK_CLIENT, &segment), SEQUENCE_TAKEN);
    conn.end[TRACK_CLIENT].md5 = true;
    assert_int_equal(sequence_judge(&conn, TRACK_CLIENT, &segment), SEQUENCE_TAKEN);
    segment.options.present = 0;
    assert_int_not_equal(sequence_judge(&conn, TRACK_CLIENT, &segment), SEQUENCE_TAKEN);
    segment.truncated_header = true;
    assert_int_equal(sequence_judge(&conn, TRACK_CLIENT, &segment), SEQUENCE_TAKEN);
    release(&conn);
}

/* --- long and random --- */

static void beyond_four_gigabytes(void **unused)
{
    (void)unused;
    for (int p = 0; p < PLACES; p++) {
        struct track_conn conn = opened(places[p]);
        const struct track_endpoint *end = &conn.end[TRACK_CLIENT];
        uint64_t sent = 1;
        while (sent < 11 * GIB) {
            struct wire_segment segment = {
                .seq = places[p] + (uint32_t)sent, .payload_bytes = 0x1fffffff, .flags = WIRE_ACK};
            assert_int_equal(sequence_new_bytes(&conn, TRACK_CLIENT, &segment), 0x1fffffff);
            sequence_sent(&conn, TRACK_CLIENT, &segment);
            assert_int_equal(sequence_new_bytes(&conn, TRACK_CLIENT, &segment), 0);
            assert_true(seq_unwrap(segment.seq, end->base, end->sent_rel) == (int64_t)sent);
            sent += 0x1fffffff;
            assert_true(end->sent_rel == sent);
        }
        release(&conn);
    }
}

enum { SPACE = 400 };

/* The ranges of sent bytes beyond the first gap. */
static unsigned ranges_beyond(const bool *sent, uint32_t contiguous)
{
    unsigned ranges = 0;
    for (uint32_t i = contiguous; i < SPACE; i++)
        ranges += sent[i] && !sent[i - 1];
    return ranges;
}

static uint32_t reach_of(const bool *sent)
{
    uint32_t at = 0;
    while (at < SPACE && sent[at])
        at++;
    return at;
}

/* One random order of segments against a map of bytes, until more ranges come than are kept. */
static unsigned run_random(uint32_t iss, unsigned *seed)
{
    struct track_conn conn = opened(iss);
    bool sent[SPACE + 1] = {true};
    unsigned steps = 0;
    for (; steps < 200 && ranges_beyond(sent, reach_of(sent)) <= TRACK_MAX_HOLES; steps++) {
        *seed = *seed * 1103515245u + 12345u;
        uint32_t from = 1 + (*seed >> 8) % (SPACE - 60);
        uint32_t to = from + 1 + (*seed >> 20) % 50;
        uint32_t fresh = 0;
        for (uint32_t i = from; i < to; i++)
            fresh += !sent[i];
        assert_int_equal(conn.end[0].contiguous - iss, reach_of(sent));
        assert_int_equal(new_bytes(&conn, from, to), fresh);
        send_range(&conn, from, to, WIRE_ACK);
        memset(sent + from, true, to - from);
    }
    release(&conn);
    return steps;
}

static void random_orders_match_a_map(void **unused)
{
    (void)unused;
    unsigned seed = 1, steps = 0;
    for (int round = 0; round < 2000; round++)
        steps += run_random(places[round % PLACES], &seed);
    assert_true(steps > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),
        cmocka_unit_test(window),
        cmocka_unit_test(unwrap),
        cmocka_unit_test(unwrap_before_the_base),
        cmocka_unit_test(segment_length),
        cmocka_unit_test(holes_fill),
        cmocka_unit_test(holes_are_bounded),
        cmocka_unit_test(bytes_are_new_once),
        cmocka_unit_test(a_fin_waits_for_the_gap),
        cmocka_unit_test(data_beyond_a_fin_proves_it_wrong),
        cmocka_unit_test(a_fin_before_the_end_is_none),
        cmocka_unit_test(an_ack_covers_what_was_not_captured),
        cmocka_unit_test(what_can_be_acked),
        cmocka_unit_test(a_reset_is_no_stream),
        cmocka_unit_test(a_wild_seq_is_believed_when_it_goes_on),
        cmocka_unit_test(a_wild_ack_is_believed_when_said_again),
        cmocka_unit_test(a_signature_is_missing_or_too_much),
        cmocka_unit_test(beyond_four_gigabytes),
        cmocka_unit_test(random_orders_match_a_map),
    };
    return cmocka_run_group_tests_name("seq", tests, NULL, NULL);
}
