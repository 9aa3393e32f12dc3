/* What the tracker told of a host against what the host did. */
#ifndef TCPVIZ_PROPERTY_COMPARE_H
#define TCPVIZ_PROPERTY_COMPARE_H

#include <stdbool.h>

#include "simulate.h"
#include "told.h"

struct compare_result {
    bool equal;                                /* all lists, with the allowances */
    const struct track_transition *false_step; /* marked as confirmed, but the host did not make
                                                  it; NULL: none. Borrowed from told */
    const struct track_transition *misplaced;  /* told at another frame; NULL: none */
    unsigned confirmed, transitions;
    unsigned frames, frames_equal; /* of those transitions that are told in place */
};

/* frames: whether the told frame numbers are those of the host's own capture.
 *
 * Allowed: silence at the end of a life that no segment shows may be missing; so may FIN_WAIT_1 and
 * LAST_ACK whose FIN was never sent, and the end of TIME_WAIT. */
struct compare_result compare_host(const struct sim_history *history, const struct told *told,
                                   unsigned host);

#endif
