/* Frames on their way along the wire, in the order in which they arrive. */
#ifndef TCPVIZ_LAB_QUEUE_H
#define TCPVIZ_LAB_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lab/scenario.h"

struct lab_frame {
    struct lab_frame *next;
    int64_t due_ns;  /* CLOCK_MONOTONIC */
    uint32_t passes; /* held until so many more have passed; 0: not held */
    uint8_t to;      /* enum lab_host */
    size_t length;
    uint8_t bytes[];
};

struct lab_queue {
    struct lab_frame *first; /* by due time; equal ones in the order of their coming */
    struct lab_frame *held;
    size_t bytes;
    uint64_t dropped; /* for want of room */
};

/* A copy of the bytes. */
void lab_queue_add(struct lab_queue *queue, enum lab_host to, int64_t due_ns, const uint8_t *bytes,
                   size_t length);
/* Kept back until `passes` more frames have gone to the same host, at the latest until due_ns. */
void lab_queue_hold(struct lab_queue *queue, enum lab_host to, uint32_t passes, int64_t due_ns,
                    const uint8_t *bytes, size_t length);
/* The next that is due, which is the caller's to free(); NULL: none. */
struct lab_frame *lab_queue_take(struct lab_queue *queue, int64_t now_ns);
/* When the next is due; INT64_MAX: never. */
int64_t lab_queue_due(const struct lab_queue *queue);
void lab_queue_free(struct lab_queue *queue);

#endif
