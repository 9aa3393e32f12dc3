/* A program of a scenario: makes its socket calls, in a process on its host, and reports each. */
#ifndef TCPVIZ_LAB_PROGRAM_H
#define TCPVIZ_LAB_PROGRAM_H

#include "lab/scenario.h"
#include "wire/segment.h"

enum lab_report_kind {
    LAB_REPORT_READY, /* what comes before the first call that takes time is done */
    LAB_REPORT_BEGIN, /* the call is about to be made */
    LAB_REPORT_END,   /* it returned */
    LAB_REPORT_DONE   /* the program ended by itself */
};

/* Steps past the last: what ends the program without a line of its own. */
#define LAB_STEP_EXIT UINT16_MAX

/* As it goes through the pipe: written whole, as it is smaller than PIPE_BUF. */
struct lab_report {
    int64_t time_ns; /* since the epoch */
    int64_t result;
    struct wire_endpoint local, remote; /* family 0: not known */
    int32_t error;
    uint16_t step;
    uint8_t program; /* index in the scenario */
    uint8_t kind;    /* enum lab_report_kind */
};

/* In the program's process, on its host. Waits, before the first call that takes time, for the
 * start time (CLOCK_MONOTONIC, 8 bytes) to come from the descriptor go. */
_Noreturn void lab_program_run(const struct lab_scenario *scenario, size_t index, int report,
                               int go);

#endif
