/* track: measures worked out by hand from lists of segments. */
#include "config.h"

#include "support.h"

#include <stdbool.h>
#include <string.h>

#include "track/rtt.h"
#include "track/tracker.h"

#define MS INT64_C(1000000)
#define START_NS (INT64_C(1700000000) * 1000 * MS)

enum { C, S };

struct run {
    struct tracker *tracker;
    struct track_connection record;
    uint32_t iss[2];
    uint64_t frame;
    bool plain; /* no timestamps */
    bool sack;  /* the next segment has the block [sack_left, sack_right) of relative numbers */
    uint32_t sack_left, sack_right;
    unsigned records;
};

static void on_connection(void *context, const struct track_connection *connection)
{
    struct run *run = context;
    run->record = *connection;
    run->records++;
}

static void begin(struct run *run, uint32_t iss_client, uint32_t iss_server)
{
    const struct tracker_options options = {.msl_ns = 30000 * MS};
    const struct track_observer observer = {.connection = on_connection};
    *run = (struct run){.iss = {iss_client, iss_server}};
    run->tracker = tracker_new(&options, &observer, run);
}

static void end(struct run *run)
{
    tracker_finish(run->tracker);
    tracker_free(run->tracker);
    assert_int_equal(run->records, 1);
}

static void add_timestamps(struct wire_segment *segment, uint32_t value, uint32_t echo)
{
    segment->options.present |= WIRE_OPTION_TIMESTAMPS;
    segment->options.timestamp_value = value;
    segment->options.timestamp_echo = echo;
}

static struct wire_segment make(struct run *run, int from, double at_ms, unsigned flags)
{
    const struct wire_endpoint ends[2] = {{.address = {10, 0, 0, 1}, .port = 50312, .family = 4},
                                          {.address = {10, 0, 0, 2}, .port = 1234, .family = 4}};
    struct wire_segment segment = {.number = ++run->frame,
                                   .time_ns = START_NS + (int64_t)(at_ms * 1e6 + 0.5),
                                   .source = ends[from],
                                   .destination = ends[1 - from],
                                   .flags = (uint16_t)flags,
                                   .window = 1000};
    if ((flags & WIRE_SYN) != 0) {
        segment.options.present =
            WIRE_OPTION_MSS | WIRE_OPTION_WINDOW_SCALE | WIRE_OPTION_SACK_PERMITTED;
        segment.options.mss = 1000;
        segment.options.window_scale = 7;
    }
    if (run->sack) {
        segment.options.present |= WIRE_OPTION_SACK;
        segment.options.sack_blocks = 1;
        segment.options.sack[0].left = run->iss[1 - from] + run->sack_left;
        segment.options.sack[0].right = run->iss[1 - from] + run->sack_right;
        run->sack = false;
    }
    return segment;
}

/* A segment by relative numbers, with TSval and TSecr in the sender's and receiver's ms; echo -1:
 * none. */
static void timed(struct run *run, int from, double at_ms, unsigned flags, uint32_t seq,
                  uint32_t ack, uint32_t bytes, int64_t echo_ms)
{
    struct wire_segment segment = make(run, from, at_ms, flags);
    segment.seq = run->iss[from] + seq;
    segment.ack = (flags & WIRE_ACK) != 0 ? run->iss[1 - from] + ack : 0;
    segment.payload_bytes = bytes;
    if (echo_ms >= 0)
        add_timestamps(&segment, 4294967000u + (uint32_t)at_ms, 4294967000u + (uint32_t)echo_ms);
    tracker_segment(run->tracker, &segment);
}

static void plain(struct run *run, int from, double at_ms, unsigned flags, uint32_t seq,
                  uint32_t ack, uint32_t bytes)
{
    timed(run, from, at_ms, flags, seq, ack, bytes, -1);
}

static void data(struct run *run, int from, double at_ms, uint32_t seq, uint32_t bytes)
{
    plain(run, from, at_ms, WIRE_ACK | WIRE_PSH, seq, 1, bytes);
}

static void ack(struct run *run, int from, double at_ms, uint32_t number)
{
    plain(run, from, at_ms, WIRE_ACK, 1, number, 0);
}

static void block(struct run *run, uint32_t left, uint32_t right)
{
    run->sack = true;
    run->sack_left = left;
    run->sack_right = right;
}

/* At the client: the server's half takes 20 ms, the client's 1 ms. */
static void open_connection(struct run *run)
{
    plain(run, C, 0, WIRE_SYN, 0, 0, 0);
    plain(run, S, 20, WIRE_SYN | WIRE_ACK, 0, 1, 0);
    plain(run, C, 21, WIRE_ACK, 1, 1, 0);
}

static const struct track_measures *of(const struct run *run, int side)
{
    return &run->record.end[side].measures;
}

static void assert_rtt(const struct track_rtt *rtt, unsigned samples, int64_t min_ms,
                       int64_t median_ms, int64_t max_ms)
{
    assert_int_equal(rtt->samples, samples);
    assert_int_equal(rtt->min_ns, min_ms * MS);
    assert_int_equal(rtt->median_ns, median_ms * MS);
    assert_int_equal(rtt->max_ns, max_ms * MS);
}

/* --- round trips --- */

static void the_handshake_is_split(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    end(&run);
    assert_int_equal(of(&run, C)->handshake_ns, 1 * MS);
    assert_int_equal(of(&run, S)->handshake_ns, 20 * MS);
    assert_rtt(&of(&run, C)->ack, 1, 1, 1, 1);
    assert_rtt(&of(&run, S)->ack, 1, 20, 20, 20);
    assert_int_equal(of(&run, S)->timestamp.samples, 0);
}

/* Numbers run over 2^32 in the middle of the data. */
static void an_ack_times_what_it_ends_with(void **state)
{
    (void)state;
    struct run run;
    begin(&run, UINT32_MAX - 1500, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 1001, 1000);
    ack(&run, S, 130, 2001); /* delayed: of both; 29 ms after the second */
    data(&run, C, 200, 2001, 1000);
    ack(&run, S, 222, 2501); /* of half of it */
    ack(&run, S, 224, 3001);
    end(&run);
    assert_rtt(&of(&run, S)->ack, 3, 20, 24, 29);
    assert_int_equal(of(&run, S)->ack.p95_ns, 29 * MS);
    assert_int_equal(of(&run, S)->ack.mean_ns, (20 + 24 + 29) * MS / 3);
    assert_rtt(&of(&run, C)->ack, 1, 1, 1, 1);
    assert_int_equal(of(&run, C)->in_flight_max, 2000);
    assert_int_equal(of(&run, C)->in_flight, 0);
}

static void what_was_sent_again_is_not_timed_by_ack(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 1001, 1000); /* its ack waits for the first */
    data(&run, C, 400, 1, 1000);
    ack(&run, S, 420, 2001);
    data(&run, C, 500, 2001, 1000);
    ack(&run, S, 520, 3001);
    end(&run);
    assert_rtt(&of(&run, S)->ack, 2, 20, 20, 20);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 1000);
}

static void a_repeated_syn_gives_no_sample(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    plain(&run, C, 0, WIRE_SYN, 0, 0, 0);
    plain(&run, C, 1000, WIRE_SYN, 0, 0, 0);
    plain(&run, S, 1020, WIRE_SYN | WIRE_ACK, 0, 1, 0);
    plain(&run, C, 1021, WIRE_ACK, 1, 1, 0);
    end(&run);
    assert_int_equal(of(&run, S)->ack.samples, 0);
    assert_rtt(&of(&run, C)->ack, 1, 1, 1, 1); /* the SYN-ACK was sent once */
}

/* A repetition has a TSval of its own: it can be timed. The TSvals run over 2^32. */
static void timestamps_time_repetitions_too(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    timed(&run, C, 0, WIRE_SYN, 0, 0, 0, 0);
    timed(&run, S, 20, WIRE_SYN | WIRE_ACK, 0, 1, 0, 0);
    timed(&run, C, 21, WIRE_ACK, 1, 1, 0, 20);
    timed(&run, C, 100, WIRE_ACK, 1, 1, 1000, 20);
    timed(&run, C, 400, WIRE_ACK, 1, 1, 1000, 20);
    timed(&run, S, 425, WIRE_ACK, 1, 1001, 0, 400);
    timed(&run, S, 426, WIRE_ACK, 1, 1001, 500, 400); /* nothing new acknowledged */
    timed(&run, C, 427, WIRE_ACK, 1001, 501, 0, 426);
    end(&run);
    assert_rtt(&of(&run, S)->timestamp, 2, 20, 20, 25);
    assert_rtt(&of(&run, C)->timestamp, 2, 1, 1, 1);
    assert_int_equal(of(&run, S)->ack.samples, 1);
}

/* Two segments in one tick of the clock: the first is what the echo is of. */
static void a_tick_is_timed_from_its_first_segment(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    timed(&run, C, 100.0, WIRE_ACK, 1, 1, 1000, 20);
    timed(&run, C, 100.5, WIRE_ACK, 1001, 1, 1000, 20);
    timed(&run, S, 120.0, WIRE_ACK, 1, 2001, 0, 100);
    end(&run);
    assert_rtt(&of(&run, S)->timestamp, 1, 20, 20, 20);
    assert_int_equal(of(&run, S)->ack.min_ns, 19500000);
}

/* The clock ticks slower than the path: what follows in the same tick cannot be told apart. */
static void a_tick_is_timed_once(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    timed(&run, C, 100.0, WIRE_ACK, 1, 1, 1000, 20);
    timed(&run, C, 100.3, WIRE_ACK, 1001, 1, 1000, 20);
    timed(&run, S, 100.4, WIRE_ACK, 1, 1001, 0, 100);
    timed(&run, C, 100.6, WIRE_ACK, 2001, 1, 1000, 20);
    timed(&run, S, 100.7, WIRE_ACK, 1, 2001, 0, 100); /* not 0.1 ms */
    timed(&run, S, 100.9, WIRE_ACK, 1, 3001, 0, 100);
    timed(&run, C, 101.2, WIRE_ACK, 3001, 1, 1000, 20);
    timed(&run, S, 101.7, WIRE_ACK, 1, 4001, 0, 101);
    end(&run);
    assert_int_equal(of(&run, S)->timestamp.samples, 2);
    assert_int_equal(of(&run, S)->timestamp.min_ns, 400000);
    assert_int_equal(of(&run, S)->timestamp.max_ns, 500000);
}

/* More in flight than are timed at once: a run of them, then the next run. */
static void a_large_flight_is_timed_in_runs(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    for (unsigned i = 0; i < 40; i++)
        data(&run, C, 100, 1 + 1000 * i, 1000);
    for (unsigned i = 0; i < 40; i++)
        ack(&run, S, 120 + i, 1001 + 1000 * i);
    data(&run, C, 200, 40001, 1000);
    ack(&run, S, 217, 41001);
    end(&run);
    assert_int_equal(of(&run, S)->ack.samples, 1 + 16 + 1);
    assert_int_equal(of(&run, S)->ack.min_ns, 17 * MS);
    assert_int_equal(of(&run, S)->ack.max_ns, 35 * MS);
    assert_int_equal(of(&run, C)->in_flight_max, 40000);
}

static void quantiles_are_within_their_bound(void **state)
{
    (void)state;
    struct rtt_times times = {0};
    struct track_rtt rtt;
    rtt_describe(&times, &rtt);
    assert_int_equal(rtt.samples, 0);
    for (int i = 16; i >= 1; i--) /* few: exact */
        rtt_add(&times, i * MS);
    rtt_describe(&times, &rtt);
    assert_int_equal(rtt.median_ns, 8 * MS);
    assert_int_equal(rtt.p95_ns, 16 * MS);
    for (int i = 17; i <= 10000; i++)
        rtt_add(&times, i * 1000);
    for (int i = 10001; i <= 20016; i++)
        rtt_add(&times, i * 1000);
    rtt_describe(&times, &rtt);
    assert_int_equal(rtt.samples, 20016);
    assert_in_range(rtt.median_ns, 10008000 * 15 / 16, 10008000 * INT64_C(17) / 16);
    assert_in_range(rtt.p95_ns, 19015000 * INT64_C(15) / 16, 19015000 * INT64_C(17) / 16);
    assert_int_equal(rtt.min_ns, 17000);
    assert_int_equal(rtt.max_ns, 20016000);
    rtt_add(&times, INT64_MAX); /* hostile times */
    rtt_add(&times, -5);
    rtt_describe(&times, &rtt);
    assert_int_equal(rtt.max_ns, INT64_MAX);
    assert_int_equal(rtt.min_ns, 0);
    rtt_free(&times);
}

/* Every scale: a hundred equal samples and one outlier on each side. */
static void quantiles_hold_on_every_scale(void **state)
{
    (void)state;
    for (int64_t time_ns = 1100; time_ns < INT64_C(130000000000); time_ns += time_ns / 9) {
        struct rtt_times times = {0};
        struct track_rtt rtt;
        rtt_add(&times, 0);
        rtt_add(&times, INT64_MAX);
        for (int i = 0; i < 100; i++)
            rtt_add(&times, time_ns);
        rtt_describe(&times, &rtt);
        assert_in_range(rtt.median_ns, time_ns - time_ns / 16, time_ns + time_ns / 16);
        assert_in_range(rtt.p95_ns, time_ns - time_ns / 16, time_ns + time_ns / 16);
        rtt_free(&times);
    }
}

/* --- loss by network or by capture --- */

/* Captured before the loss: the segment was seen, and comes again when asked for. */
static void a_segment_seen_twice_was_lost_behind_the_capture(void **state)
{
    (void)state;
    struct run run;
    begin(&run, UINT32_MAX - 2500, 2000);
    open_connection(&run);
    for (unsigned i = 0; i < 5; i++)
        data(&run, C, 100 + i, 1 + 1000 * i, 1000);
    ack(&run, S, 120, 1001);
    for (unsigned i = 0; i < 3; i++) {
        block(&run, 2001, 3001 + 1000 * i);
        ack(&run, S, 122 + i, 1001);
    }
    data(&run, C, 125, 1001, 1000);
    ack(&run, S, 145, 5001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 1000);
    assert_int_equal(of(&run, C)->missed_by_capture, 0);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 1000);
}

/* Captured behind the loss: a gap, filled a round trip later. */
static void a_gap_that_is_filled_late_was_lost(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 2001, 1000);
    ack(&run, S, 101.1, 1001);
    data(&run, C, 130, 1001, 1000);
    ack(&run, S, 130.1, 3001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 1000);
    assert_int_equal(of(&run, C)->missed_by_capture, 0);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 0); /* seen once */
}

static void a_gap_that_is_filled_at_once_was_overtaken(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 2001, 1000);
    data(&run, C, 102, 1001, 1000);
    ack(&run, S, 122, 3001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
    assert_int_equal(of(&run, C)->missed_by_capture, 0);
    assert_int_equal(of(&run, S)->ack.samples, 1); /* its ack waited: only the handshake's */
}

static void an_acked_gap_was_missed_by_the_capture(void **state)
{
    (void)state;
    struct run run;
    begin(&run, UINT32_MAX - 1500, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 3001, 1000); /* 2000 bytes before it are not there */
    ack(&run, S, 120, 2001);
    ack(&run, S, 121, 4001);
    ack(&run, S, 150, 4501); /* never seen; believed when it is said again */
    ack(&run, S, 151, 4501);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
    assert_int_equal(of(&run, C)->missed_by_capture, 2500);
}

/* A segment that acks what the capture missed is not believed at once; its data was there. */
static void data_beside_a_wild_ack_was_seen(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    plain(&run, C, 100, WIRE_ACK, 1, 1, 100);
    plain(&run, S, 120, WIRE_ACK, 1, 201, 100); /* of 101 to 200: not there */
    plain(&run, C, 121, WIRE_ACK, 201, 101, 100);
    plain(&run, S, 141, WIRE_ACK, 101, 301, 100);
    plain(&run, C, 142, WIRE_ACK, 301, 201, 0);
    end(&run);
    assert_int_equal(of(&run, C)->missed_by_capture, 100);
    assert_int_equal(of(&run, S)->missed_by_capture, 0);
    assert_int_equal(of(&run, S)->lost_by_network, 0);
    assert_int_equal(run.record.end[S].unique_bytes, 200);
    assert_int_equal(run.record.end[C].unique_bytes, 200);
}

/* The records of the two directions come swapped by a hair. */
static void data_right_after_its_ack_was_not_missed(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 100.1, 2001, 1000);
    ack(&run, S, 120, 3001);
    data(&run, C, 120.1, 1001, 1000);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
    assert_int_equal(of(&run, C)->missed_by_capture, 0);
}

/* Only the ack was lost; the receiver says so (RFC 2883). */
static void a_d_sack_takes_the_loss_back(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 400, 1, 1000);
    block(&run, 1, 1001);
    ack(&run, S, 420, 1001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 1000);
}

static void a_copy_made_on_the_way_is_no_loss(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 100.1, 1, 1000);
    ack(&run, S, 120, 1001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 1000);
}

/* The second gap of a window is filled when the first one's ack comes: no need to ask again. */
static void two_losses_in_a_window_count_twice(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    for (unsigned i = 0; i < 6; i++)
        data(&run, C, 100 + i, 1 + 1000 * i, 1000);
    for (unsigned i = 0; i < 4; i++)
        ack(&run, S, 120 + i, 1);
    data(&run, C, 124, 1, 1000);
    data(&run, C, 125, 6001, 1000);
    ack(&run, S, 144, 3001);
    data(&run, C, 144.1, 3001, 1000);
    ack(&run, S, 164, 7001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 2000);
}

static void a_lost_fin_counts_as_a_byte(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    plain(&run, C, 100, WIRE_FIN | WIRE_ACK, 1, 1, 0);
    plain(&run, C, 400, WIRE_FIN | WIRE_ACK, 1, 1, 0);
    plain(&run, S, 420, WIRE_ACK, 2, 2, 0); /* after a FIN of its own that was lost on the way */
    plain(&run, S, 600, WIRE_FIN | WIRE_ACK, 1, 2, 0);
    plain(&run, C, 601, WIRE_ACK, 2, 2, 0);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 1);
    assert_int_equal(of(&run, S)->lost_by_network, 1);
    assert_int_equal(of(&run, S)->missed_by_capture, 0);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 0);
}

/* What the receiver has beyond a gap was not lost, even when it comes again. */
static void what_was_sacked_is_no_loss(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 1001, 1000);
    block(&run, 1001, 2001);
    ack(&run, S, 121, 1);
    data(&run, C, 400, 1, 1000);
    data(&run, C, 401, 1001, 1000);
    ack(&run, S, 420, 2001);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 1000);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 2000);
}

/* A server without Fast Open takes the SYN and not its data. */
static void data_refused_with_the_syn_is_no_loss(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    plain(&run, C, 0, WIRE_SYN, 0, 0, 500);
    plain(&run, S, 20, WIRE_SYN | WIRE_ACK, 0, 1, 0);
    data(&run, C, 21, 1, 500);
    ack(&run, S, 41, 501);
    data(&run, C, 50, 501, 500);
    data(&run, C, 350, 501, 500);
    ack(&run, S, 370, 1001);
    end(&run);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 1000);
    assert_int_equal(of(&run, C)->lost_by_network, 500);
    assert_int_equal(of(&run, C)->in_flight_max, 501);
}

/* Of many gaps the newest 16 are followed; here these are the wide ones. */
static void many_gaps_are_bounded(void **state)
{
    (void)state;
    struct run run;
    begin(&run, UINT32_MAX - 30000, 2000);
    open_connection(&run);
    uint32_t seq = 1;
    for (unsigned i = 0; i < 60; i++) {
        seq += i < 44 ? 1000 : 1500;
        data(&run, C, 100 + i, seq, 100);
        seq += 100;
    }
    ack(&run, S, 500, seq);
    end(&run);
    assert_int_equal(of(&run, C)->missed_by_capture, 16 * 1500);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
}

/* One direction only, never acknowledged. */
static void one_side_alone_is_measured_as_far_as_it_goes(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    plain(&run, C, 0, WIRE_SYN, 0, 0, 0);
    data(&run, C, 100, 1, 1000);
    data(&run, C, 101, 2001, 1000);
    data(&run, C, 400, 1001, 1000);
    data(&run, C, 3400, 3001, 1000);
    end(&run);
    assert_int_equal(of(&run, C)->lost_by_network, 1000);
    assert_int_equal(of(&run, C)->missed_by_capture, 0);
    assert_int_equal(of(&run, C)->in_flight_max, 1); /* the SYN; then there is no telling */
    assert_int_equal(of(&run, C)->idle_gaps, 1);
    assert_int_equal(of(&run, C)->idle_longest_ns, 3000 * MS);
    assert_int_equal(of(&run, C)->ack.samples, 0);
}

/* --- windows, rates, idleness --- */

static void windowed(struct run *run, int from, double at_ms, uint32_t number, uint16_t window)
{
    struct wire_segment segment = make(run, from, at_ms, WIRE_ACK);
    segment.seq = run->iss[from] + 1;
    segment.ack = run->iss[1 - from] + number;
    segment.window = window;
    tracker_segment(run->tracker, &segment);
}

static void windows_are_scaled_and_closed_ones_timed(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    windowed(&run, S, 30, 1, 20);
    data(&run, C, 100, 1, 1000);
    windowed(&run, S, 120, 1001, 0);
    windowed(&run, S, 1500, 1001, 0);
    windowed(&run, S, 2120, 1001, 5);
    data(&run, C, 2121, 1001, 600); /* it waited for the window: not idle */
    windowed(&run, S, 2140, 1601, 0);
    windowed(&run, S, 2640, 1601, 0);
    end(&run);
    assert_true(of(&run, S)->window_known);
    assert_int_equal(of(&run, S)->window_min, 0);
    assert_int_equal(of(&run, S)->window_max, 20 << 7);
    assert_int_equal(of(&run, S)->window_last, 0);
    assert_int_equal(of(&run, S)->zero_window_ns, 2000 * MS + 500 * MS);
    assert_int_equal(of(&run, C)->window_min, 1000 << 7);
    assert_int_equal(of(&run, C)->zero_window_ns, 0);
    assert_int_equal(of(&run, C)->idle_gaps, 0);
}

static void idle_gaps_are_left_out_of_the_rates(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 1000, 1, 1000); /* active from 1000 to 3000 */
    data(&run, C, 2900, 1, 1000); /* waiting for its ack is not idle */
    ack(&run, S, 3000, 1001);
    data(&run, C, 6000, 1001, 1000); /* a gap of 3 s; active from 6000 to 6980 */
    ack(&run, S, 6020, 2001);
    data(&run, C, 6960, 2001, 1000); /* less than 1 s */
    ack(&run, S, 6980, 3001);
    plain(&run, C, 9000, WIRE_FIN | WIRE_ACK, 3001, 1, 0); /* no data */
    plain(&run, S, 9020, WIRE_ACK, 1, 3002, 0);
    end(&run);
    assert_int_equal(of(&run, C)->idle_gaps, 1);
    assert_int_equal(of(&run, C)->idle_longest_ns, 3000 * MS);
    assert_int_equal(of(&run, C)->goodput, 1007);    /* 3000 / 2.98 s */
    assert_int_equal(of(&run, C)->throughput, 1342); /* 4000 / 2.98 s */
    assert_int_equal(of(&run, S)->goodput, 0);
    assert_int_equal(of(&run, S)->idle_gaps, 0);
}

/* On a path of 2 s, 3 s are no gap. */
static void a_slow_path_is_not_idle(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    plain(&run, C, 0, WIRE_SYN, 0, 0, 0);
    plain(&run, S, 2000, WIRE_SYN | WIRE_ACK, 0, 1, 0);
    plain(&run, C, 2001, WIRE_ACK, 1, 1, 0);
    data(&run, C, 2002, 1, 1000);
    ack(&run, S, 4002, 1001);
    data(&run, C, 7002, 1001, 1000);
    ack(&run, S, 9002, 2001);
    data(&run, C, 18002, 2001, 1000); /* 9 s are */
    end(&run);
    assert_int_equal(of(&run, C)->idle_gaps, 1);
    assert_int_equal(of(&run, C)->idle_longest_ns, 9000 * MS);
    assert_int_equal(of(&run, C)->in_flight, 1000);
}

static void keep_alives_are_neither_data_nor_repetitions(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 100, 1, 1000);
    ack(&run, S, 120, 1001);
    for (unsigned i = 1; i < 4; i++) {
        data(&run, C, 10000 * i, 1000, 1);
        ack(&run, S, 10000 * i + 20, 1001);
    }
    end(&run);
    assert_int_equal(of(&run, C)->retransmitted_bytes, 0);
    assert_int_equal(of(&run, C)->lost_by_network, 0);
    assert_int_equal(of(&run, C)->idle_gaps, 0);
    assert_int_equal(of(&run, C)->goodput, 0); /* of a single segment */
}

/* --- states --- */

static void assert_state(const struct track_measures *measures, enum track_state state,
                         int64_t time_ms)
{
    assert_true((measures->states >> state & 1) != 0);
    assert_int_equal(measures->state_ns[state], time_ms * MS);
}

static void time_in_states_follows_the_final_transitions(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    plain(&run, C, 1021, WIRE_FIN | WIRE_ACK, 1, 1, 0);
    plain(&run, S, 1041, WIRE_ACK, 1, 2, 0);
    plain(&run, S, 3041, WIRE_FIN | WIRE_ACK, 1, 2, 0);
    plain(&run, C, 3042, WIRE_ACK, 2, 2, 0);
    tracker_advance(run.tracker, START_NS + 64000 * MS);
    end(&run);
    const struct track_measures *client = of(&run, C), *server = of(&run, S);
    assert_state(client, TRACK_SYN_SENT, 20);
    assert_state(client, TRACK_ESTABLISHED, 1001); /* from the SYN-ACK at 20 */
    assert_state(client, TRACK_FIN_WAIT_1, 20);
    assert_state(client, TRACK_FIN_WAIT_2, 2000);
    assert_state(client, TRACK_TIME_WAIT, 60000);
    assert_state(server, TRACK_SYN_RECEIVED, 21);
    assert_state(server, TRACK_ESTABLISHED, 1000);
    assert_state(server, TRACK_CLOSE_WAIT, 2020);
    assert_state(server, TRACK_LAST_ACK, 1);
    const unsigned none = 1u << TRACK_CLOSED | 1u << TRACK_LISTEN | 1u << TRACK_UNKNOWN;
    assert_int_equal((client->states | server->states) & none, 0);
    assert_int_equal(server->states >> TRACK_CLOSING & 1, 0);
}

static void a_state_that_lasts_counts_to_the_last_segment(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    open_connection(&run);
    data(&run, C, 5020, 1, 10);
    end(&run);
    assert_state(of(&run, C), TRACK_ESTABLISHED, 5000);
    assert_int_equal(of(&run, C)->state_since_ns, START_NS + 20 * MS);
}

static void a_lone_syn_has_measures_too(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    plain(&run, C, 0, WIRE_SYN, 0, 0, 0);
    plain(&run, C, 1000, WIRE_SYN, 0, 0, 0);
    end(&run);
    assert_state(of(&run, C), TRACK_SYN_SENT, 1000);
    assert_int_equal(of(&run, C)->ack.samples, 0);
    assert_false(of(&run, C)->window_known);
    assert_int_equal(of(&run, S)->states, 0);
    assert_int_equal(of(&run, S)->handshake_ns, -1);
}

/* Joined in the middle: windows without their scale mean nothing. */
static void the_middle_has_no_window(void **state)
{
    (void)state;
    struct run run;
    begin(&run, 1000, 2000);
    data(&run, C, 0, 1, 1000);
    ack(&run, S, 20, 1001);
    data(&run, C, 40, 1001, 1000);
    ack(&run, S, 65, 2001);
    end(&run);
    assert_false(of(&run, S)->window_known);
    assert_rtt(&of(&run, S)->ack, 2, 20, 20, 25);
    assert_int_equal(of(&run, C)->missed_by_capture, 0);
    assert_int_equal(of(&run, C)->goodput, 30769); /* 2000 / 65 ms */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_handshake_is_split),
        cmocka_unit_test(an_ack_times_what_it_ends_with),
        cmocka_unit_test(what_was_sent_again_is_not_timed_by_ack),
        cmocka_unit_test(a_repeated_syn_gives_no_sample),
        cmocka_unit_test(timestamps_time_repetitions_too),
        cmocka_unit_test(a_tick_is_timed_from_its_first_segment),
        cmocka_unit_test(a_tick_is_timed_once),
        cmocka_unit_test(a_large_flight_is_timed_in_runs),
        cmocka_unit_test(quantiles_are_within_their_bound),
        cmocka_unit_test(quantiles_hold_on_every_scale),
        cmocka_unit_test(a_segment_seen_twice_was_lost_behind_the_capture),
        cmocka_unit_test(a_gap_that_is_filled_late_was_lost),
        cmocka_unit_test(a_gap_that_is_filled_at_once_was_overtaken),
        cmocka_unit_test(an_acked_gap_was_missed_by_the_capture),
        cmocka_unit_test(data_beside_a_wild_ack_was_seen),
        cmocka_unit_test(data_right_after_its_ack_was_not_missed),
        cmocka_unit_test(a_d_sack_takes_the_loss_back),
        cmocka_unit_test(a_copy_made_on_the_way_is_no_loss),
        cmocka_unit_test(two_losses_in_a_window_count_twice),
        cmocka_unit_test(a_lost_fin_counts_as_a_byte),
        cmocka_unit_test(what_was_sacked_is_no_loss),
        cmocka_unit_test(data_refused_with_the_syn_is_no_loss),
        cmocka_unit_test(many_gaps_are_bounded),
        cmocka_unit_test(one_side_alone_is_measured_as_far_as_it_goes),
        cmocka_unit_test(windows_are_scaled_and_closed_ones_timed),
        cmocka_unit_test(idle_gaps_are_left_out_of_the_rates),
        cmocka_unit_test(a_slow_path_is_not_idle),
        cmocka_unit_test(keep_alives_are_neither_data_nor_repetitions),
        cmocka_unit_test(time_in_states_follows_the_final_transitions),
        cmocka_unit_test(a_state_that_lasts_counts_to_the_last_segment),
        cmocka_unit_test(a_lone_syn_has_measures_too),
        cmocka_unit_test(the_middle_has_no_window),
    };
    return cmocka_run_group_tests_name("track_measure", tests, NULL, NULL);
}
