/* Two hosts, their TCP, a bad wire between them and a capture at each: the oracle of the property
 * test.
 *
 * The TCP is that of RFC 9293 as Linux does it. It shares no code with the tracker but the modular
 * comparisons and the names of the states. */
#ifndef TCPVIZ_PROPERTY_SIMULATE_H
#define TCPVIZ_PROPERTY_SIMULATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "random.h"
#include "track/state.h"
#include "wire/segment.h"

#define SIM_MAX_FRAMES 600
#define SIM_MAX_TRANSITIONS 64
#define SIM_MAX_STEPS 24
#define SIM_MAX_FORGED 3
#define SIM_NEVER INT64_MAX
#define SIM_MILLISECOND INT64_C(1000000)
#define SIM_SECOND INT64_C(1000000000)

enum { SIM_A, SIM_B, SIM_HOSTS }; /* A opens; B listens, or opens too */

/* --- what the applications do --- */

enum sim_op {
    SIM_WAIT,       /* amount: nanoseconds */
    SIM_WAIT_OPEN,  /* until the connection is established */
    SIM_WAIT_BYTES, /* until so many bytes came in all */
    SIM_WAIT_END,   /* until the peer's FIN came */
    SIM_CONNECT,
    SIM_SEND,         /* amount: bytes */
    SIM_STOP_READING, /* what comes from now on stays unread */
    SIM_SHUTDOWN,     /* shutdown(SHUT_WR) */
    SIM_CLOSE,
    SIM_ABORT /* close() with SO_LINGER 0 */
};

struct sim_step {
    uint8_t op;
    int64_t amount;
    int64_t patience_ns; /* waits go on after so long */
};

struct sim_script {
    struct sim_step step[SIM_MAX_STEPS];
    unsigned steps;
};

/* --- what a run is made of; script.c draws it --- */

struct sim_path {
    int64_t delay_ns, jitter_ns;
    int64_t late_ns; /* extra delay of a reordered or duplicated segment, at most */
    uint32_t loss, duplicate, reorder; /* per mille */
};

enum sim_forgery {
    SIM_FORGED_RST_EXACT,
    SIM_FORGED_RST_INSIDE, /* in the window */
    SIM_FORGED_RST_OUTSIDE,
    SIM_FORGED_SYN,
    SIM_FORGED_DATA_OUTSIDE,
    SIM_FORGED_KINDS
};

/* A segment that somebody else sends to a host in its peer's name. */
struct sim_forged {
    int64_t time_ns;
    uint8_t victim;
    uint8_t kind; /* enum sim_forgery */
};

struct sim_host_plan {
    struct sim_script script;
    uint32_t iss;
    uint32_t mss;
    uint32_t send_segments; /* in flight at most */
    uint32_t timestamp_start;
    unsigned syn_retries, syn_ack_retries, data_retries, orphan_retries;
    int64_t fin_timeout_ns;
    bool listens;
    bool deaf; /* drops whatever comes, as a firewall would */
    bool timestamps, sack;
    bool nagle;
    bool collapses; /* joins what it retransmits */
    bool quick_acks;
    bool reuses_time_wait; /* connect() may take the place of its own TIME_WAIT socket */
};

struct sim_plan {
    struct sim_host_plan host[SIM_HOSTS];
    struct sim_path path[SIM_HOSTS]; /* by sender */
    struct sim_forged forged[SIM_MAX_FORGED];
    unsigned forgeries;
};

/* --- what came of it --- */

struct sim_transition {
    int64_t time_ns;
    uint64_t frame; /* that moved it, in its own host's capture; a FIN's own. 0: no segment did, or
                       the FIN never left */
    uint8_t from, to; /* enum track_state */
    unsigned life;    /* 1, 2, …: of the 4-tuple */
};

struct sim_history {
    struct sim_transition transition[SIM_MAX_TRANSITIONS];
    unsigned count;
};

struct sim_capture {
    struct wire_segment frame[SIM_MAX_FRAMES];
    uint32_t count;
};

struct sim {
    struct sim_plan plan;
    struct sim_capture capture[SIM_HOSTS]; /* taken at each host */
    struct sim_history history[SIM_HOSTS];
    uint32_t lost, duplicated, reordered; /* of all segments sent */
    bool reopened;                        /* a SYN that came late opened anew: see sim_run() */
    bool overflowed;                      /* a bound was hit: the run says nothing */
};

/* Draws a plan. */
void sim_plan_draw(struct sim_plan *plan, struct random *random);
/* Runs sim->plan; the rest of *sim is written.
 *
 * A listener that has forgotten the connection answers an old SYN once more. In the capture that is
 * the same SYN again; whether the answer begins a life or goes on with the old one cannot be told
 * from it in time. */
void sim_run(struct sim *sim, struct random *random);
struct wire_endpoint sim_endpoint(unsigned host);

#endif
