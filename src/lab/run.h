/* The lab's own process: builds the network, starts the programs, is the wire. */
#ifndef TCPVIZ_LAB_RUN_H
#define TCPVIZ_LAB_RUN_H

#include "lab/scenario.h"

struct lab_run_options {
    bool sight[LAB_HOSTS];   /* packets at which end are wanted */
    bool new_user_namespace; /* the process is in one of its own that has no users yet */
    unsigned outer_uid, outer_gid;
};

/* In a process that is the first of its pid namespace and has a network namespace of its own: runs
 * the scenario, tells the socket what happens, and exits; all that it made goes with it. */
_Noreturn void lab_run(const struct lab_scenario *scenario, const struct lab_run_options *options,
                       int socket);

#endif
