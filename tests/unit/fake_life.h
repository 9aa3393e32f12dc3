/* A connection's life by hand, told to a timeline: segments with their sums, and the final
 * transitions. */
#ifndef TCPVIZ_TESTS_FAKE_LIFE_H
#define TCPVIZ_TESTS_FAKE_LIFE_H

#include "track/event.h"
#include "view/timeline.h"

struct fake_life {
    struct view_timeline *timeline;
    struct track_connection record;
    struct track_event last; /* the last segment told */
    uint64_t frame;
    int64_t time_ns;
    uint64_t next_seq[2], acked[2]; /* relative */
};

/* Keeps the given numbers of segments whole. */
struct fake_life fake_life_new(size_t first, size_t last);
void fake_life_free(struct fake_life *life);

/* A segment after_us later: its sequence number and ack are the next ones in order. */
void fake_life_segment(struct fake_life *life, int64_t after_us, enum track_side sender,
                       unsigned flags, uint32_t payload_bytes);
/* Makes the segment but does not tell it yet: for the test to change life->last and call _tell().
 */
void fake_life_make(struct fake_life *life, int64_t after_us, enum track_side sender,
                    unsigned flags, uint32_t payload_bytes);
void fake_life_tell(struct fake_life *life);
/* A confirmed transition at the last segment, or at a frame of choice (0: by a timer, now). */
void fake_life_move(struct fake_life *life, enum track_side side, enum track_state from,
                    enum track_state to, enum track_cause cause);
void fake_life_move_at(struct fake_life *life, uint64_t frame, enum track_side side,
                       enum track_state from, enum track_state to, enum track_cause cause,
                       bool confirmed);
/* The record is final. */
void fake_life_end(struct fake_life *life);

/* SYN to ESTABLISHED at both ends. */
void fake_life_handshake(struct fake_life *life);

#endif
