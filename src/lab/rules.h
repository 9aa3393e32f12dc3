/* Decides what happens to each segment on the wire. Pure: no clock, no sockets. */
#ifndef TCPVIZ_LAB_RULES_H
#define TCPVIZ_LAB_RULES_H

#include "lab/scenario.h"
#include "wire/segment.h"

#define LAB_MAX_FLOWS 64

/* A connection as the wire sees it. */
struct lab_flow {
    struct wire_endpoint end[LAB_HOSTS];
    uint32_t number; /* of this life of the 4-tuple, from 1 in the order of their first segments */
    uint32_t isn[LAB_HOSTS];
    uint32_t next_seq[LAB_HOSTS]; /* after the last that the host sent */
    uint16_t window[LAB_HOSTS];
    bool isn_known[LAB_HOSTS];
};

struct lab_rules {
    const struct lab_scenario *scenario; /* borrowed */
    uint32_t matched[LAB_MAX_RULES];
    struct lab_flow flows[LAB_MAX_FLOWS];
    size_t flow_count;
    uint32_t connections;
};

void lab_rules_init(struct lab_rules *rules, const struct lab_scenario *scenario);
/* A segment that a host has put on the wire: its flow (NULL when there are too many) and the rule
 * for it, NULL if none is. The first rule that is for it wins; all of them count it. */
const struct lab_rule *lab_rules_apply(struct lab_rules *rules, enum lab_host from,
                                       const struct wire_segment *segment, int64_t since_start_ns,
                                       struct lab_flow **flow);

#endif
