/* The way of each endpoint through the states: what is proven, what is presumed, what can be
 * written. Internal. */
#ifndef TCPVIZ_TRACK_PATH_H
#define TCPVIZ_TRACK_PATH_H

#include <stdbool.h>

#include "track/conn.h"
#include "track/tracker.h"

/* How a step is known. */
struct path_proof {
    bool confirmed;
    uint64_t frame; /* of the proof; 0: silence or reuse */
};

/* Applies an input for good. Does nothing when the state has no such move. */
void path_commit(struct track_conn *conn, enum track_side side, enum fsm_input input,
                 uint64_t frame, int64_t time_ns, struct path_proof proof);
/* The same for a pending input and what came with it. */
void path_commit_input(struct track_conn *conn, enum track_side side,
                       const struct track_input *input, struct path_proof proof);
/* The first state that a segment shows of an endpoint joined in the middle. */
void path_join(struct track_conn *conn, enum track_side side, enum track_state state,
               uint64_t frame, int64_t time_ns);
/* Presumes an input if it would move the presumed state; true if it did. */
bool path_expect(struct track_conn *conn, enum track_side side, const struct track_input *input);
/* The pending inputs of an endpoint; *count is 0 and the result NULL when there are none. */
struct track_input *path_inputs(struct track_conn *conn, enum track_side side, unsigned *count);
/* Makes a pending input the latest one: it is the second copy of its segment that counts. */
void path_move_last(struct track_conn *conn, enum track_side side, struct track_input *input);
/* Whether the end runs on the host of the capture: what is seen on its way to it has arrived. */
bool path_is_here(const struct track_conn *conn, enum track_side side);
/* Puts the latest input before those whose segments came after its own. */
void path_order_last(struct track_conn *conn, enum track_side side);
/* Takes the inputs away at which keep[] is false. */
void path_keep(struct track_conn *conn, enum track_side side, const bool *keep);
/* Settles what is pending: as proven by silence or reuse, or as it stands at the end of the
 * capture. */
void path_settle(struct track_conn *conn, enum track_side side, bool confirmed);
/* Recomputes end[side].presumed. */
void path_presume(struct track_conn *conn, enum track_side side);
/* Hands the steps that can no longer change to the observer, in order. */
void path_write(struct track_conn *conn, const struct track_observer *observer, void *context);
/* An empty one; what is in it comes from the slab too. */
struct track_path *path_make(struct base_slab *slab);
/* NULL is allowed. */
void path_free(struct base_slab *slab, struct track_path *path);
/* A further element, not set; NULL when there are as many as are kept. */
struct track_input *path_add_input(struct base_slab *slab, struct track_path *path,
                                   enum track_side side);
struct track_transition *path_add_step(struct base_slab *slab, struct track_path *path,
                                       enum track_side side);
/* Unwritten steps and presumptions in order, at most max. */
size_t path_list(const struct track_conn *conn, struct track_transition *out, size_t max);
enum track_certainty path_certainty(const struct track_conn *conn, enum track_side side);

#endif
