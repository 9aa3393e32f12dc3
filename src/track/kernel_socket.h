/* What a host's kernel itself says of one TCP socket, to stand beside what was inferred. */
#ifndef TCPVIZ_TRACK_KERNEL_SOCKET_H
#define TCPVIZ_TRACK_KERNEL_SOCKET_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/segment.h"

/* The timer that runs, as inet_diag numbers them. */
enum track_kernel_timer {
    TRACK_TIMER_NONE,
    TRACK_TIMER_RETRANSMIT,
    TRACK_TIMER_KEEP_ALIVE,
    TRACK_TIMER_TIME_WAIT,
    TRACK_TIMER_ZERO_WINDOW_PROBE
};

/* Whose the socket is. A process of another user is seen by those who may read its /proc entry. */
enum track_owner {
    TRACK_OWNER_NOT_KNOWN, /* not looked for yet */
    TRACK_OWNER_PROCESS,
    TRACK_OWNER_PAST,  /* no process has it any more: the last that had */
    TRACK_OWNER_NONE,  /* no process has it, and none was seen */
    TRACK_OWNER_HIDDEN /* another user's process, which must not be looked into */
};

/* Whether the kernel's state is the one inferred. */
enum track_agreement {
    TRACK_AGREEMENT_NOT_KNOWN, /* nothing was inferred, or nothing asked */
    TRACK_AGREES,
    TRACK_DIFFERS,   /* for now: a segment may be on its way */
    TRACK_DISAGREES, /* for longer than a round trip: the finding */
    TRACK_AGREEMENTS
};

/* What has changed since this endpoint was told of last. */
enum {
    TRACK_KERNEL_STATE = 1 << 0,
    TRACK_KERNEL_AGREEMENT = 1 << 1,
    TRACK_KERNEL_OWNER = 1 << 2,
    TRACK_KERNEL_FINDING = 1 << 3 /* it disagrees for long enough from now on */
};

/* From struct tcp_info, as far as this kernel has it. */
struct track_tcp_info {
    uint32_t rtt_us, rtt_variance_us, rto_us;
    uint32_t cwnd_segments, ssthresh_segments; /* the latter 0x7fffffff: not set yet */
    uint32_t unacknowledged_segments, lost_segments;
    uint32_t retransmitted_segments; /* in the whole life */
    uint32_t send_mss_bytes, receive_mss_bytes;
    uint32_t unsent_bytes;
    uint64_t delivery_rate; /* bytes a second; 0: not known */
};

#define TRACK_PROCESS_NAME 16 /* as in /proc/PID/comm */

struct track_kernel_socket {
    int64_t time_ns;                    /* when it was asked, since the epoch */
    struct wire_endpoint local, remote; /* the kernel's socket, by its addresses */
    uint32_t receive_queue;             /* bytes */
    uint32_t send_queue;                /* bytes */
    uint32_t timer_ms;                  /* until the timer fires */
    uint32_t inode;                     /* 0: no process has it */
    uint32_t uid;
    uint32_t accept_queue, accept_limit; /* of the listener that it came to: connections that wait
                                            for accept(), how many may; valid if has_listener */
    struct track_tcp_info info;          /* valid if has_info */
    uint32_t pid;                        /* valid if owner is PROCESS or PAST, as process */
    char process[TRACK_PROCESS_NAME];    /* may hold any bytes: escape it */
    uint8_t state;                       /* enum track_state; CLOSED: there is no such socket */
    uint8_t timer;                       /* enum track_kernel_timer */
    uint8_t retransmits;                 /* how often in a row */
    uint8_t owner;                       /* enum track_owner */
    bool has_info, has_listener;
    bool lasting; /* told whenever it changes, so it holds until the next one */
    /* Given by tracker_kernel(). */
    uint8_t side;      /* enum track_side of its endpoint */
    uint8_t inferred;  /* enum track_state at that time */
    uint8_t agreement; /* enum track_agreement */
    uint8_t changes;   /* TRACK_KERNEL_… */
    int64_t since_ns;  /* when this state was first sampled */
};

/* What stays of it in a connection's record. */
struct track_kernel_word {
    uint32_t pid, uid;                /* as above */
    char process[TRACK_PROCESS_NAME]; /* as above */
    uint8_t state;                    /* enum track_state; UNKNOWN: it was not asked */
    uint8_t agreement;                /* enum track_agreement, when it was asked last */
    uint8_t owner;                    /* enum track_owner */
};

/* "retransmit", "keep-alive", "TIME_WAIT", "zero window probe"; NULL: none runs. */
const char *track_kernel_timer_name(enum track_kernel_timer timer);

#endif
