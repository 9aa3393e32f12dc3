/* Two captures of the same connections, taken at their two ends, made into one: which segment of
 * one is which of the other, what each end sent that the other did not get, and how the two clocks
 * differ.
 *
 * Segments are the same when their numbers, flags, length and timestamps are (addresses and ports
 * may be translated on the way); what segmentation offload cut or joined is found by the bytes. All
 * is in memory: join_add() says when there is no more room. */
#ifndef TCPVIZ_JOIN_JOIN_H
#define TCPVIZ_JOIN_JOIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/segment.h"

enum join_end { JOIN_HERE, JOIN_THERE };

/* What is to be done with a packet of either capture. */
enum join_part {
    JOIN_SENT,    /* shown: its sender is at this end, or nothing is known of it */
    JOIN_RECEIVED /* left out: the other capture shows it being sent */
};

struct join_fate {
    enum join_part part;
    enum wire_arrival arrival; /* of JOIN_SENT */
    int64_t arrived_ns;        /* by the clock here; valid if it arrived */
};

struct join_clock {
    bool known;
    int64_t ahead_ns;   /* how much the clock there is ahead of the one here */
    int64_t one_way_ns; /* the shortest way, the same in both directions by assumption */
    uint64_t pairs;     /* segments that both captures have */
    uint64_t lost;      /* that only their sender's has */
    uint64_t unsent;    /* that only their receiver's has */
};

struct join;

/* Room for max segments of both captures together. Never NULL. */
struct join *join_new(size_t max);
void join_free(struct join *join);
/* Segments of a capture in its order, numbers ascending. False: there is no room. */
bool join_add(struct join *join, enum join_end end, const struct wire_segment *segment);
/* After the last of both. */
void join_settle(struct join *join);
/* After join_settle(), as all below. */
struct join_clock join_clock(const struct join *join);
/* By the number of the packet in its capture; for packets that are no segments JOIN_SENT, unknown.
 */
struct join_fate join_fate(const struct join *join, enum join_end end, uint64_t number);
/* The addresses and ports that the connection has here, for a segment from there. */
void join_translate(const struct join *join, uint64_t number, struct wire_segment *segment);

#endif
