/* Sets what the kernel says of an endpoint beside what was inferred of it.
 *
 * Neither is behind the other for long: a segment is on its way, waits to be read from the capture,
 * or the kernel moved between two questions. So only what stays different for a round trip, while
 * neither moves and all segments of that time have been read, is a disagreement. */
#include "config.h"

#include "track/agreement.h"

#include <string.h>

#include "base/xalloc.h"
#include "track/path.h"

/* The round trip where the handshake was not seen (RFC 6298 section 2), and the least: a busy host
 * takes as long to run what a segment wakes. */
#define RTT_NOT_KNOWN_NS INT64_C(1000000000)
#define RTT_LEAST_NS INT64_C(200000000)
/* How late Linux's timer wheel may end TIME_WAIT. */
#define TIME_WAIT_SLACK_NS INT64_C(9000000000)

struct kernel_end {
    struct track_kernel_word word;
    int64_t since_ns;  /* of the state */
    int64_t differ_ns; /* the first sample of two states that differ */
    uint8_t inferred;  /* at the last sample */
    bool lasting;
};

struct track_kernel {
    struct kernel_end end[2];
};

static int64_t patience(const struct track_conn *conn, enum track_state inferred,
                        enum track_state said)
{
    if (inferred == TRACK_CLOSED && said == TRACK_TIME_WAIT)
        return TIME_WAIT_SLACK_NS;
    if (conn->handshake_server_ns < 0 || conn->handshake_client_ns < 0)
        return RTT_NOT_KNOWN_NS;
    int64_t rtt_ns = conn->handshake_server_ns + conn->handshake_client_ns;
    return rtt_ns > RTT_LEAST_NS ? rtt_ns : RTT_LEAST_NS;
}

/* A listener answers for a connection that is not, or no longer, there. */
static enum track_state state_of(const struct track_kernel_socket *sample,
                                 enum track_state inferred)
{
    if (sample->state == TRACK_LISTEN && inferred != TRACK_LISTEN)
        return TRACK_CLOSED;
    return (enum track_state)sample->state;
}

static enum track_agreement compare(enum track_state inferred, enum track_state said)
{
    if (inferred == TRACK_UNKNOWN || said == TRACK_UNKNOWN)
        return TRACK_AGREEMENT_NOT_KNOWN;
    return inferred == said ? TRACK_AGREES : TRACK_DIFFERS;
}

/* What differs is a disagreement once it has lasted; the sample then says that it is found. */
static enum track_agreement judge(struct kernel_end *end, const struct track_conn *conn,
                                  int64_t now_ns, struct track_kernel_socket *sample)
{
    enum track_state here = (enum track_state)sample->inferred;
    enum track_state said = (enum track_state)sample->state;
    enum track_agreement verdict = compare(here, said);
    enum track_agreement before = (enum track_agreement)end->word.agreement;
    bool moved = end->word.state != said || end->inferred != here;
    if (verdict != TRACK_DIFFERS)
        return verdict;
    if (moved || (before != TRACK_DIFFERS && before != TRACK_DISAGREES)) {
        end->differ_ns = sample->time_ns;
        return TRACK_DIFFERS;
    }
    if (before == TRACK_DIFFERS && now_ns - end->differ_ns < patience(conn, here, said))
        return TRACK_DIFFERS;
    if (before == TRACK_DIFFERS)
        sample->changes |= TRACK_KERNEL_FINDING;
    return TRACK_DISAGREES;
}

static void take(struct kernel_end *end, const struct track_kernel_socket *sample)
{
    if (end->word.state != sample->state)
        end->since_ns = sample->time_ns;
    end->word = (struct track_kernel_word){.pid = sample->pid,
                                           .uid = sample->uid,
                                           .state = sample->state,
                                           .agreement = sample->agreement,
                                           .owner = sample->owner};
    memcpy(end->word.process, sample->process, sizeof end->word.process);
    end->inferred = sample->inferred;
    end->lasting = sample->lasting;
}

void agreement_sample(struct track_conn *conn, enum track_side side, int64_t now_ns,
                      struct track_kernel_socket *sample)
{
    if (conn->kernel == NULL)
        conn->kernel = base_calloc(1, sizeof *conn->kernel);
    struct kernel_end *end = &conn->kernel->end[side];
    sample->side = (uint8_t)side;
    sample->inferred = conn->end[side].presumed;
    sample->state = (uint8_t)state_of(sample, (enum track_state)sample->inferred);
    sample->changes = 0;
    sample->agreement = (uint8_t)judge(end, conn, now_ns, sample);
    if (end->word.state != sample->state)
        sample->changes |= TRACK_KERNEL_STATE;
    if (end->word.agreement != sample->agreement)
        sample->changes |= TRACK_KERNEL_AGREEMENT;
    if (end->word.owner != sample->owner || end->word.pid != sample->pid)
        sample->changes |= TRACK_KERNEL_OWNER;
    conn->findings[TRACK_KERNEL_DISAGREES] += (sample->changes & TRACK_KERNEL_FINDING) != 0;
    take(end, sample);
    sample->since_ns = end->since_ns;
}

void agreement_describe(const struct track_conn *conn, enum track_side side,
                        struct track_kernel_word *out)
{
    *out = (struct track_kernel_word){.state = TRACK_UNKNOWN};
    if (conn->kernel == NULL)
        return;
    *out = conn->kernel->end[side].word;
    if (conn->kernel->end[side].lasting && out->agreement != TRACK_DISAGREES)
        out->agreement = (uint8_t)compare((enum track_state)conn->end[side].presumed,
                                          (enum track_state)out->state);
}

const char *track_kernel_timer_name(enum track_kernel_timer timer)
{
    switch (timer) {
    case TRACK_TIMER_NONE:
        break;
    case TRACK_TIMER_RETRANSMIT:
        return "retransmit";
    case TRACK_TIMER_KEEP_ALIVE:
        return "keep-alive";
    case TRACK_TIMER_TIME_WAIT:
        return "TIME_WAIT";
    case TRACK_TIMER_ZERO_WINDOW_PROBE:
        return "zero window probe";
    }
    return NULL;
}
