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

struct track_kernel_socket {
    int64_t time_ns; /* when it was asked, since the epoch */
    struct wire_endpoint local, remote;
    uint32_t receive_queue; /* bytes; of a listener: connections that wait for accept() */
    uint32_t send_queue;    /* bytes; of a listener: how many may wait */
    uint32_t timer_ms;      /* until the timer fires */
    uint32_t inode;         /* 0: no process has it */
    uint32_t uid;
    uint32_t rtt_us, cwnd_segments; /* valid if has_info */
    uint8_t state;                  /* enum track_state; CLOSED: there is no such socket */
    uint8_t timer;                  /* enum track_kernel_timer */
    uint8_t retransmits;            /* how often in a row */
    bool has_info;
};

#endif
