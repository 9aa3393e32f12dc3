/* join: the captures of two ends made into one. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "join/join.h"

#define MS INT64_C(1000000)
#define OWD (10 * MS)
#define AHEAD (3600000 * MS) /* the clock there */

struct pair {
    struct join *join;
    uint64_t number[2];
};

static struct wire_endpoint host(uint8_t last, uint16_t port)
{
    return (struct wire_endpoint){.address = {10, 0, 0, last}, .port = port, .family = 4};
}

static struct wire_segment segment(bool from_client, int64_t time_ns, uint16_t flags, uint32_t seq,
                                   uint32_t ack, uint32_t bytes)
{
    struct wire_endpoint client = host(1, 50000), server = host(2, 1234);
    return (struct wire_segment){.time_ns = time_ns,
                                 .source = from_client ? client : server,
                                 .destination = from_client ? server : client,
                                 .flags = flags,
                                 .seq = seq,
                                 .ack = ack,
                                 .payload_bytes = bytes};
}

static uint64_t add(struct pair *pair, enum join_end end, struct wire_segment seen)
{
    seen.number = ++pair->number[end];
    if (end == JOIN_THERE)
        seen.time_ns += AHEAD;
    assert_true(join_add(pair->join, end, &seen));
    return seen.number;
}

/* It leaves at that time and arrives after OWD; the client is here. */
static void carry(struct pair *pair, struct wire_segment sent)
{
    bool from_client = sent.source.port == 50000;
    struct wire_segment arrival = sent;
    arrival.time_ns += OWD;
    add(pair, from_client ? JOIN_HERE : JOIN_THERE, sent);
    add(pair, from_client ? JOIN_THERE : JOIN_HERE, arrival);
}

static struct pair handshake(void)
{
    struct pair pair = {.join = join_new(100)};
    carry(&pair, segment(true, 0, WIRE_SYN, 100, 0, 0));
    carry(&pair, segment(false, 11 * MS, WIRE_SYN | WIRE_ACK, 500, 101, 0));
    carry(&pair, segment(true, 22 * MS, WIRE_ACK, 101, 501, 0));
    return pair;
}

static void the_clocks(void **state)
{
    (void)state;
    struct pair pair = handshake();
    join_settle(pair.join);
    struct join_clock clock = join_clock(pair.join);
    assert_true(clock.known);
    assert_int_equal(clock.ahead_ns, AHEAD);
    assert_int_equal(clock.one_way_ns, OWD);
    assert_int_equal(clock.pairs, 3);
    assert_int_equal(clock.lost + clock.unsent, 0);
    struct join_fate syn = join_fate(pair.join, JOIN_HERE, 1);
    assert_int_equal(syn.part, JOIN_SENT);
    assert_int_equal(syn.arrival, WIRE_ARRIVED);
    assert_int_equal(syn.arrived_ns, OWD);
    assert_int_equal(join_fate(pair.join, JOIN_THERE, 1).part, JOIN_RECEIVED);
    struct join_fate answer = join_fate(pair.join, JOIN_THERE, 2);
    assert_int_equal(answer.part, JOIN_SENT);
    assert_int_equal(answer.arrived_ns, 21 * MS);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, 2).part, JOIN_RECEIVED);
    join_free(pair.join);
}

static void the_first_copy_is_lost(void **state)
{
    (void)state;
    struct pair pair = handshake();
    uint64_t lost = add(&pair, JOIN_HERE, segment(true, 30 * MS, WIRE_ACK, 101, 501, 5));
    carry(&pair, segment(true, 230 * MS, WIRE_ACK, 101, 501, 5));
    join_settle(pair.join);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, lost).arrival, WIRE_ARRIVAL_LOST);
    struct join_fate again = join_fate(pair.join, JOIN_HERE, lost + 1);
    assert_int_equal(again.arrival, WIRE_ARRIVED);
    assert_int_equal(again.arrived_ns, 240 * MS);
    assert_int_equal(join_clock(pair.join).lost, 1);
    join_free(pair.join);
}

/* The second copy overtook nothing: it came too late to be what arrived. */
static void the_second_copy_is_lost(void **state)
{
    (void)state;
    struct pair pair = handshake();
    carry(&pair, segment(true, 30 * MS, WIRE_ACK, 101, 501, 5));
    uint64_t lost = add(&pair, JOIN_HERE, segment(true, 230 * MS, WIRE_ACK, 101, 501, 5));
    carry(&pair, segment(true, 330 * MS, WIRE_FIN | WIRE_ACK, 106, 501, 0));
    join_settle(pair.join);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, lost - 1).arrived_ns, 40 * MS);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, lost).arrival, WIRE_ARRIVAL_LOST);
    join_free(pair.join);
}

/* The network card cuts what the kernel hands it: 3000 bytes here are 1460, 1460 and 80 there. */
static void offload(void **state)
{
    (void)state;
    struct pair pair = handshake();
    uint64_t large = add(&pair, JOIN_HERE, segment(true, 30 * MS, WIRE_ACK, 101, 501, 3000));
    uint32_t seq = 101;
    const uint32_t sizes[] = {1460, 1460, 80};
    for (unsigned i = 0; i < 3; i++) {
        add(&pair, JOIN_THERE,
            segment(true, 30 * MS + OWD + i * 10000, WIRE_ACK, seq, 501, sizes[i]));
        seq += sizes[i];
    }
    uint64_t half = add(&pair, JOIN_HERE, segment(true, 50 * MS, WIRE_ACK, 3101, 501, 2920));
    add(&pair, JOIN_THERE, segment(true, 50 * MS + OWD, WIRE_ACK, 3101, 501, 1460));
    carry(&pair, segment(false, 70 * MS, WIRE_ACK, 501, 4561, 0));
    join_settle(pair.join);
    struct join_fate fate = join_fate(pair.join, JOIN_HERE, large);
    assert_int_equal(fate.arrival, WIRE_ARRIVED);
    assert_int_equal(fate.arrived_ns, 30 * MS + OWD + 20000);
    assert_int_equal(join_fate(pair.join, JOIN_THERE, 4).part, JOIN_RECEIVED);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, half).arrival, WIRE_ARRIVAL_LOST);
    join_free(pair.join);
}

/* A capture that ended says nothing about what came later. */
static void after_the_end(void **state)
{
    (void)state;
    struct pair pair = handshake();
    uint64_t later = add(&pair, JOIN_HERE, segment(true, 5000 * MS, WIRE_ACK, 101, 501, 5));
    add(&pair, JOIN_HERE, segment(false, 5020 * MS, WIRE_ACK, 501, 106, 0));
    join_settle(pair.join);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, later).arrival, WIRE_ARRIVAL_UNKNOWN);
    assert_int_equal(join_clock(pair.join).lost, 0);
    join_free(pair.join);
}

/* One that is silent because nothing comes any more does. */
static void the_line_is_dead(void **state)
{
    (void)state;
    struct pair pair = handshake();
    uint64_t later = add(&pair, JOIN_HERE, segment(true, 5000 * MS, WIRE_ACK, 101, 501, 5));
    join_settle(pair.join);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, later).arrival, WIRE_ARRIVAL_LOST);
    join_free(pair.join);
}

static void made_on_the_way(void **state)
{
    (void)state;
    struct pair pair = handshake();
    uint64_t forged = add(&pair, JOIN_THERE, segment(true, 30 * MS, WIRE_RST, 101, 0, 0));
    join_settle(pair.join);
    struct join_fate fate = join_fate(pair.join, JOIN_THERE, forged);
    assert_int_equal(fate.part, JOIN_SENT);
    assert_int_equal(fate.arrival, WIRE_ARRIVAL_UNSENT);
    assert_int_equal(join_clock(pair.join).unsent, 1);
    join_free(pair.join);
}

static struct wire_segment translated(struct wire_segment seen)
{
    struct wire_endpoint outside = host(99, 40000);
    if (seen.source.port == 50000)
        seen.source = outside;
    else
        seen.destination = outside;
    return seen;
}

static void addresses_translated_on_the_way(void **state)
{
    (void)state;
    struct pair pair = {.join = join_new(100)};
    add(&pair, JOIN_HERE, segment(true, 0, WIRE_SYN, 100, 0, 0));
    add(&pair, JOIN_THERE, translated(segment(true, OWD, WIRE_SYN, 100, 0, 0)));
    struct wire_segment answer = segment(false, 11 * MS, WIRE_SYN | WIRE_ACK, 500, 101, 0);
    uint64_t number = add(&pair, JOIN_THERE, translated(answer));
    answer.time_ns += OWD;
    add(&pair, JOIN_HERE, answer);
    join_settle(pair.join);
    assert_true(join_clock(pair.join).known);
    struct wire_segment seen = translated(answer);
    join_translate(pair.join, number, &seen);
    assert_memory_equal(&seen.source, &answer.source, sizeof seen.source);
    assert_memory_equal(&seen.destination, &answer.destination, sizeof seen.destination);
    join_free(pair.join);
}

static void nothing_in_common(void **state)
{
    (void)state;
    struct pair pair = {.join = join_new(3)};
    add(&pair, JOIN_HERE, segment(true, 0, WIRE_SYN, 100, 0, 0));
    add(&pair, JOIN_THERE, segment(true, 0, WIRE_SYN, 777, 0, 0));
    struct wire_segment more = segment(true, 1, WIRE_SYN, 5, 0, 0);
    assert_true(join_add(pair.join, JOIN_HERE, &more));
    assert_false(join_add(pair.join, JOIN_THERE, &more)); /* no room */
    join_settle(pair.join);
    assert_false(join_clock(pair.join).known);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, 1).arrival, WIRE_ARRIVAL_UNKNOWN);
    assert_int_equal(join_fate(pair.join, JOIN_HERE, 99).part, JOIN_SENT);
    join_free(pair.join);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_clocks),
        cmocka_unit_test(the_first_copy_is_lost),
        cmocka_unit_test(the_second_copy_is_lost),
        cmocka_unit_test(offload),
        cmocka_unit_test(after_the_end),
        cmocka_unit_test(the_line_is_dead),
        cmocka_unit_test(made_on_the_way),
        cmocka_unit_test(addresses_translated_on_the_way),
        cmocka_unit_test(nothing_in_common),
    };
    return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
