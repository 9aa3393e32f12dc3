/* A run as text, to see who is wrong. */
#include "config.h"

#include "trace.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char letter(unsigned host)
{
    return host == SIM_A ? 'A' : 'B';
}

static unsigned host_of(const struct wire_endpoint *endpoint)
{
    struct wire_endpoint a = sim_endpoint(SIM_A);
    return memcmp(endpoint, &a, sizeof a) == 0 ? SIM_A : SIM_B;
}

static double seconds(const struct sim *sim, unsigned vantage, int64_t time_ns)
{
    return (double)(time_ns - sim->capture[vantage].frame[0].time_ns) / 1e9;
}

static void print_flags(uint16_t flags)
{
    static const char letters[] = "FSRPA";
    char text[sizeof letters] = "";
    size_t n = 0;
    for (unsigned i = 0; i < sizeof letters - 1; i++)
        if ((flags >> i & 1) != 0)
            text[n++] = letters[i];
    printf("%-4s", text);
}

static void print_frame(const struct sim *sim, unsigned vantage, unsigned i, bool kept)
{
    const struct wire_segment *segment = &sim->capture[vantage].frame[i];
    unsigned from = host_of(&segment->source);
    printf("# %c%4u %12.6f  %c>%c ", kept ? ' ' : '-', i + 1,
           seconds(sim, vantage, segment->time_ns), letter(from), letter(1 - from));
    print_flags(segment->flags);
    printf(" seq %" PRIu32, segment->seq - sim->plan.host[from].iss);
    if ((segment->flags & WIRE_ACK) != 0)
        printf(" ack %" PRIu32, segment->ack - sim->plan.host[1 - from].iss);
    if (segment->payload_bytes > 0)
        printf(" length %" PRIu32, segment->payload_bytes);
    for (unsigned k = 0; k < segment->options.sack_blocks; k++)
        printf(" sack %" PRIu32 "-%" PRIu32,
               segment->options.sack[k].left - sim->plan.host[1 - from].iss,
               segment->options.sack[k].right - sim->plan.host[1 - from].iss);
    if ((segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0)
        printf(" ts %" PRIu32,
               segment->options.timestamp_value - sim->plan.host[from].timestamp_start);
    printf("\n");
}

static void print_done(const struct sim *sim, unsigned vantage, unsigned host, unsigned i)
{
    const struct sim_transition *done = &sim->history[host].transition[i];
    printf("#       %12.6f      %c %s -> %s (its frame %" PRIu64 ", life %u)\n",
           seconds(sim, vantage, done->time_ns), letter(host),
           track_state_name((enum track_state)done->from),
           track_state_name((enum track_state)done->to), done->frame, done->life);
}

/* What the hosts did before a time, in order. */
static void print_done_until(const struct sim *sim, unsigned vantage, unsigned at[SIM_HOSTS],
                             int64_t time_ns)
{
    for (;;) {
        int first = -1;
        for (int host = 0; host < SIM_HOSTS; host++) {
            const struct sim_history *history = &sim->history[host];
            if (at[host] == history->count || history->transition[at[host]].time_ns >= time_ns)
                continue;
            if (first < 0 || history->transition[at[host]].time_ns <
                                 sim->history[first].transition[at[first]].time_ns)
                first = host;
        }
        if (first < 0)
            return;
        print_done(sim, vantage, (unsigned)first, at[first]++);
    }
}

static void print_told(const struct told *told)
{
    for (size_t i = 0; i < told->count; i++) {
        const struct track_transition *step = &told->transitions[i].step;
        printf("#   tracker: connection %" PRIu64 " %c %s -> %s frame %" PRIu64 ", %s",
               told->transitions[i].connection, letter(host_of(&told->transitions[i].endpoint)),
               track_state_name((enum track_state)step->from),
               track_state_name((enum track_state)step->to), step->frame,
               track_cause_text((enum track_cause)step->cause));
        if (step->confirmed)
            printf(", confirmed by %" PRIu64, step->confirmed_by);
        printf("\n");
    }
}

void trace_print(const struct sim *sim, unsigned vantage, const bool *keep, const struct told *told)
{
    unsigned at[SIM_HOSTS] = {0, 0};
    printf("#   capture at %c, %u of %u segments lost on the way\n", letter(vantage), sim->lost,
           sim->capture[SIM_A].count + sim->capture[SIM_B].count);
    for (unsigned i = 0; i < sim->capture[vantage].count; i++) {
        print_done_until(sim, vantage, at, sim->capture[vantage].frame[i].time_ns);
        print_frame(sim, vantage, i, keep[i]);
    }
    print_done_until(sim, vantage, at, INT64_MAX);
    print_told(told);
}
