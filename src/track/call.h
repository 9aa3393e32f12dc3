/* A socket call that a program made, to stand beside the segments that it caused or waited for. */
#ifndef TCPVIZ_TRACK_CALL_H
#define TCPVIZ_TRACK_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/segment.h"

/* How a call came to its end. */
enum track_call_end {
    TRACK_CALL_RETURNED,
    TRACK_CALL_BLOCKED, /* it still waited when the run ended */
    TRACK_CALL_KILLED   /* a signal ended the program in it */
};

struct track_call {
    int64_t time_ns;     /* when it was made, since the epoch */
    int64_t duration_ns; /* until it returned; of a blocked one until the run ended */
    struct wire_endpoint local, remote; /* of its socket; family 0: has none (yet) */
    int64_t result;                     /* as returned */
    int32_t error;                      /* errno when the result is -1 */
    uint8_t end;                        /* enum track_call_end */
    uint8_t program;                    /* 1, 2, …: several may run on a host */
    char host[16];                      /* "client" */
    char name[24];                      /* "connect" */
    char text[96];                      /* "connect(c, server:1234)" */
    char outcome[48]; /* "0", "0: end of file", "-1 EPIPE", "killed by SIGPIPE", "blocks" */
};

#endif
