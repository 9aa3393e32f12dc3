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

/* What was told from the capture at vantage. frames: whether the told frame is the segment that
 * moved the host, as its own capture has it; for the end of TIME_WAIT whether the time is right.
 *
 * Allowed: silence at the end of a life that no segment shows may be missing; so may FIN_WAIT_1 and
 * LAST_ACK whose FIN was never sent, and the end of TIME_WAIT. */
struct compare_result compare_host(const struct sim *sim, unsigned vantage, const struct told *told,
                                   unsigned host);

#endif
