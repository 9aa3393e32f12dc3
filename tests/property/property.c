/* The tracker against simulated connections: seeded runs, seen from both hosts, whole and thinned.
 *
 * TCPVIZ_SEED repeats a run (or begins a series there), TCPVIZ_RUNS says how many. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "compare.h"
#include "simulate.h"
#include "told.h"
#include "trace.h"

#define BASE_SEED 1
#define FIXED_RUNS 10000 /* of them no near host is told wrong */
#define DEFAULT_RUNS 20000
#define MAX_TRACES 3

/* How much must hold, per ten thousand. Measured with 200,000 runs: 9999, 9580, 9515 and 9850; what
 * is lost on the way to a far host cannot be known here, nor whether a forged reset met it. */
#define FRAMES_FLOOR 9995
#define FAR_FRAMES_FLOOR 9500
#define FAR_FLOOR 9400
#define FAR_CLEAN_FLOOR 9800

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    fprintf(stderr, "out of memory: %zu bytes\n", size_bytes);
    abort();
}

enum rule { NEAR_EQUAL, NONE_FALSE, RULES_HOLD, THIN_NONE_FALSE, THIN_RULES_HOLD, RULES };

static const char *const rule_names[RULES] = {
    [NEAR_EQUAL] = "the host of the capture goes through the states that the tracker tells",
    [NONE_FALSE] = "what is told as confirmed has happened",
    [RULES_HOLD] = "chains, times, counters and records fit together",
    [THIN_NONE_FALSE] = "thinned captures: what is told as confirmed has happened",
    [THIN_RULES_HOLD] = "thinned captures: chains, times, counters and records fit together",
};

/* How often a rule may fail in ten thousand captures. A host that takes a forged segment and is
 * silent about it (its challenge ACKs are limited) cannot be told from one that does not. A far
 * host's FIN that was lost without a trace and came again only after the peer's looks like
 * LAST_ACK. Thinned captures (two for each) can lack any proof to the contrary.
 *
 * Measured over 200,000 runs: 0.6, 15 and 38. The seeds of a run are random, so each limit stands
 * five standard deviations of the default run above. */
static const unsigned allowed[RULES] = {
    [NEAR_EQUAL] = 3,
    [NONE_FALSE] = 25,
    [THIN_NONE_FALSE] = 57,
};

struct rate {
    uint64_t good, all;
};

struct totals {
    uint64_t runs, skipped, reopened, captures, thinned, segments, lost;
    uint64_t failures[RULES];
    struct rate frames, far_frames, far, far_clean, near_confirmed, far_confirmed;
    unsigned traces;
};

struct test {
    struct sim sim;
    struct told told;
    struct totals totals;
    char what[160];            /* of the failure that is being looked at */
    bool keep[SIM_MAX_FRAMES]; /* what the tracker gets of a capture */
    uint64_t seed;
    bool verbose; /* a line for each failure; the whole of a single run */
    bool single;
    bool thinned;
};

static void feed(struct test *test, unsigned vantage)
{
    const struct tracker_options options = {.msl_ns = 30 * SIM_SECOND, .hash_seed = test->seed};
    struct tracker *tracker;
    told_clear(&test->told);
    test->told.keep = true;
    tracker = tracker_new(&options, &told_observer, &test->told);
    const struct sim_capture *capture = &test->sim.capture[vantage];
    for (unsigned i = 0; i < capture->count; i++)
        if (test->keep[i])
            tracker_segment(tracker, &capture->frame[i]);
    /* Every second run the clock goes on until nothing is left. Silence says nothing where the
     * capture misses segments. */
    if ((test->seed & 1) != 0 && capture->count > 0 && !test->thinned)
        tracker_advance(tracker, capture->frame[capture->count - 1].time_ns + 200 * SIM_SECOND);
    tracker_finish(tracker);
    told_check_end(&test->told, tracker);
    tracker_free(tracker);
}

/* A rule of one seed; the first failures are shown whole. */
static void expect(struct test *test, enum rule rule, unsigned vantage, bool holds)
{
    struct totals *totals = &test->totals;
    if (holds)
        return;
    totals->failures[rule]++;
    if (test->verbose)
        printf("# seed %" PRIu64 " at %u: rule %d: %s%s\n", test->seed, vantage, rule, test->what,
               test->told.broken);
    if (totals->traces >= MAX_TRACES)
        return;
    totals->traces++;
    printf("# TCPVIZ_SEED=%" PRIu64 " TCPVIZ_RUNS=1: not so: %s: %s%s\n", test->seed,
           rule_names[rule], test->what, test->told.broken);
    trace_print(&test->sim, vantage, test->keep, &test->told);
}

static void note_step(struct test *test, const struct track_transition *step)
{
    if (step != NULL)
        snprintf(test->what, sizeof test->what, "%s to %s, %s, frame %" PRIu64,
                 track_state_name((enum track_state)step->from),
                 track_state_name((enum track_state)step->to),
                 track_cause_text((enum track_cause)step->cause), step->frame);
}

static void count(struct rate *rate, uint64_t good, uint64_t all)
{
    rate->good += good;
    rate->all += all;
}

static void check_whole(struct test *test, unsigned vantage)
{
    const struct sim *sim = &test->sim;
    struct totals *totals = &test->totals;
    memset(test->keep, true, sizeof test->keep);
    test->thinned = false;
    feed(test, vantage);
    unsigned other = 1 - vantage;
    struct compare_result near = compare_host(sim, vantage, &test->told, vantage);
    struct compare_result far = compare_host(sim, vantage, &test->told, other);
    test->what[0] = '\0';
    expect(test, RULES_HOLD, vantage, test->told.broken[0] == '\0');
    expect(test, NEAR_EQUAL, vantage, near.equal);
    note_step(test, near.false_step);
    note_step(test, far.false_step);
    expect(test, NONE_FALSE, vantage, near.false_step == NULL && far.false_step == NULL);
    totals->captures++;
    if (test->single)
        trace_print(sim, vantage, test->keep, &test->told);
    if (!far.equal && test->verbose)
        printf("# seed %" PRIu64 " at %u: far differs%s\n", test->seed, vantage,
               sim->lost == 0 ? ", nothing lost" : "");
    if (near.misplaced != NULL && test->verbose) {
        note_step(test, near.misplaced);
        printf("# seed %" PRIu64 " at %u: misplaced: %s\n", test->seed, vantage, test->what);
    }
    count(&totals->frames, near.frames_equal, near.frames);
    count(&totals->far_frames, far.frames_equal, far.frames);
    count(&totals->far, far.equal, 1);
    if (sim->lost == 0)
        count(&totals->far_clean, far.equal, 1);
    count(&totals->near_confirmed, near.confirmed, near.transitions);
    count(&totals->far_confirmed, far.confirmed, far.transitions);
}

/* --- captures that miss something --- */

static void thin_at_random(struct test *test, struct random *random, unsigned frames)
{
    uint32_t missed = 10 + random_below(random, 191);
    for (unsigned i = 0; i < frames; i++)
        test->keep[i] = !random_chance(random, missed);
}

static void thin(struct test *test, struct random *random, unsigned vantage)
{
    const struct sim_capture *capture = &test->sim.capture[vantage];
    unsigned frames = capture->count;
    unsigned at = random_below(random, frames);
    unsigned only = random_below(random, SIM_HOSTS);
    struct wire_endpoint sender = sim_endpoint(only);
    unsigned kind = random_below(random, 4);
    memset(test->keep, true, sizeof test->keep);
    if (kind == 0)
        thin_at_random(test, random, frames);
    for (unsigned i = 0; i < frames && kind > 0; i++)
        if (kind == 1)
            test->keep[i] = i >= at;
        else if (kind == 2)
            test->keep[i] = i < at;
        else
            test->keep[i] = memcmp(&capture->frame[i].source, &sender, sizeof sender) == 0;
}

static void check_thinned(struct test *test, struct random *random, unsigned vantage)
{
    const struct sim *sim = &test->sim;
    if (sim->capture[vantage].count == 0)
        return;
    thin(test, random, vantage);
    test->thinned = true;
    feed(test, vantage);
    test->totals.thinned++;
    bool false_step = false;
    test->what[0] = '\0';
    for (unsigned host = 0; host < SIM_HOSTS; host++) {
        struct compare_result result = compare_host(sim, vantage, &test->told, host);
        note_step(test, result.false_step);
        false_step = false_step || result.false_step != NULL;
    }
    expect(test, THIN_RULES_HOLD, vantage, test->told.broken[0] == '\0');
    expect(test, THIN_NONE_FALSE, vantage, !false_step);
}

static void run(struct test *test, uint64_t seed)
{
    struct random random = {seed};
    struct totals *totals = &test->totals;
    test->seed = seed;
    sim_plan_draw(&test->sim.plan, &random);
    sim_run(&test->sim, &random);
    totals->runs++;
    totals->reopened += test->sim.reopened;
    if (test->sim.overflowed || test->sim.reopened) {
        totals->skipped += test->sim.overflowed;
        return;
    }
    totals->lost += test->sim.lost;
    for (unsigned vantage = 0; vantage < SIM_HOSTS; vantage++) {
        totals->segments += test->sim.capture[vantage].count;
        check_whole(test, vantage);
        check_thinned(test, &random, vantage);
        check_thinned(test, &random, vantage);
    }
}

/* --- the report --- */

static uint64_t per_ten_thousand(const struct rate *rate)
{
    return rate->all > 0 ? rate->good * 10000 / rate->all : 10000;
}

static void print_rate(const char *what, const struct rate *rate)
{
    uint64_t part = per_ten_thousand(rate);
    printf("# %s: %" PRIu64 " of %" PRIu64 " (%" PRIu64 ".%02" PRIu64 " %%)\n", what, rate->good,
           rate->all, part / 100, part % 100);
}

static unsigned tests_done;

static bool tap(bool ok, const char *name)
{
    printf("%s %u - %s\n", ok ? "ok" : "not ok", ++tests_done, name);
    return ok;
}

static bool report(const struct totals *totals, bool rates)
{
    bool ok = true;
    printf("# %" PRIu64 " runs (%" PRIu64 " beyond the simulator's bounds and %" PRIu64
           " with an old SYN answered left out), %" PRIu64 " captures, %" PRIu64
           " thinned, %" PRIu64 " segments, %" PRIu64 " lost\n",
           totals->runs, totals->skipped, totals->reopened, totals->captures, totals->thinned,
           totals->segments, totals->lost);
    print_rate("told at the frame that did it", &totals->frames);
    print_rate("told of the far host at the segment that did it", &totals->far_frames);
    print_rate("far hosts told right", &totals->far);
    print_rate("far hosts told right, nothing lost", &totals->far_clean);
    print_rate("told as confirmed of the near host", &totals->near_confirmed);
    print_rate("told as confirmed of the far host", &totals->far_confirmed);
    for (int rule = 0; rule < RULES; rule++) {
        if (totals->failures[rule] > 0)
            printf("# %" PRIu64 " times not so:\n", totals->failures[rule]);
        uint64_t most = rates ? (totals->captures * allowed[rule] + 9999) / 10000 : 0;
        ok = tap(totals->failures[rule] <= most, rule_names[rule]) && ok;
    }
    if (!rates)
        return ok;
    ok = tap(totals->skipped * 100 <= totals->runs, "runs stay within the bounds") && ok;
    ok = tap(per_ten_thousand(&totals->frames) >= FRAMES_FLOOR, "frames are right") && ok;
    ok = tap(per_ten_thousand(&totals->far_frames) >= FAR_FRAMES_FLOOR,
             "frames of the far host are right") &&
         ok;
    ok = tap(per_ten_thousand(&totals->far) >= FAR_FLOOR, "far hosts are right") && ok;
    ok = tap(per_ten_thousand(&totals->far_clean) >= FAR_CLEAN_FLOOR,
             "far hosts are right where nothing was lost") &&
         ok;
    return ok;
}

static uint64_t number_from(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL && text[0] != '\0' ? strtoull(text, NULL, 0) : otherwise;
}

static void run_series(struct test *test, uint64_t seed, uint64_t runs)
{
    printf("# seeds from %" PRIu64 "\n", seed);
    for (uint64_t i = 0; i < runs; i++)
        run(test, seed + i);
}

int main(void)
{
    struct test *test = base_calloc(1, sizeof *test);
    uint64_t runs = number_from("TCPVIZ_RUNS", DEFAULT_RUNS);
    uint64_t seed = number_from("TCPVIZ_SEED", 0);
    bool fixed = true;
    struct random now = {(uint64_t)time(NULL)};
    test->verbose = getenv("TCPVIZ_TRACE") != NULL;
    test->single = test->verbose && runs == 1;
    if (seed != 0) {
        run_series(test, seed, runs);
    } else {
        run_series(test, BASE_SEED, runs / 2);
        /* What these seeds draw is known: a change that breaks one is seen at once. */
        fixed = tap(test->totals.failures[NEAR_EQUAL] == 0 || runs / 2 > FIXED_RUNS,
                    "the fixed seeds: every host of a capture goes through the states told");
        run_series(test, random_next(&now) >> 16, runs - runs / 2);
    }
    bool ok = report(&test->totals, runs >= 500) && fixed;
    printf("1..%u\n", tests_done);
    told_free(&test->told);
    free(test);
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
