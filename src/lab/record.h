/* What the lab's own process tells the program: records through a socket, in order. */
#ifndef TCPVIZ_LAB_RECORD_H
#define TCPVIZ_LAB_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/call.h"
#include "track/kernel_socket.h"

enum lab_record_kind {
    LAB_RECORD_READY,     /* the network stands, the programs start: nothing more */
    LAB_RECORD_FORBIDDEN, /* text: this system does not allow it */
    LAB_RECORD_FAILED,    /* text: it could not be built or run */
    LAB_RECORD_PACKET,    /* struct lab_record_packet, then the frame */
    LAB_RECORD_CALL,      /* struct track_call */
    LAB_RECORD_KERNEL,    /* struct lab_record_kernel */
    LAB_RECORD_PROBLEM,   /* text: something was not as the scenario says */
    LAB_RECORD_END        /* the scenario is over; struct lab_record_end */
};

struct lab_record_head {
    uint32_t length; /* of what follows */
    uint32_t kind;   /* enum lab_record_kind */
};

struct lab_record_packet {
    int64_t time_ns;
    uint32_t interface;
    uint32_t bytes;
};

struct lab_record_kernel {
    struct track_kernel_socket socket;
    uint32_t host;       /* enum lab_host */
    uint32_t connection; /* number of the flow's life on the wire */
};

struct lab_record_end {
    uint64_t dropped; /* packets that were not told for want of room */
};

#define LAB_MAX_RECORD (sizeof(struct lab_record_packet) + 16384)

/* The sending end: never waits, keeps what the reader does not take yet. */
struct lab_recorder {
    int fd;
    struct base_strbuf waiting;
    size_t sent; /* of what is waiting */
    uint64_t dropped;
    bool gone; /* nobody reads any more */
};

/* A record of one or two parts. Packets are dropped when too much waits. */
void lab_record(struct lab_recorder *recorder, enum lab_record_kind kind, const void *head,
                size_t head_length, const void *body, size_t body_length);
void lab_record_text(struct lab_recorder *recorder, enum lab_record_kind kind, const char *text);
/* Sends what can be sent now. */
void lab_recorder_flush(struct lab_recorder *recorder);
bool lab_recorder_waits(const struct lab_recorder *recorder);

#endif
