/* The kernels' own states of the lab's connections, told whenever one changes. */
#ifndef TCPVIZ_LAB_STATES_H
#define TCPVIZ_LAB_STATES_H

#include "lab/net.h"
#include "lab/record.h"
#include "lab/rules.h"

struct lab_states {
    const struct lab_net *net; /* borrowed, as the next two */
    const struct lab_rules *rules;
    struct lab_recorder *recorder;
    struct {
        uint8_t state;   /* enum track_state; UNKNOWN: nothing was told */
        uint32_t number; /* the life it belongs to */
    } told[LAB_MAX_FLOWS][LAB_HOSTS];
};

/* Asks both hosts about one flow. */
void lab_states_look_at(struct lab_states *states, size_t flow);
/* And about all. */
void lab_states_look(struct lab_states *states);

#endif
