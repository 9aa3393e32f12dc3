/* Turns the programs' reports into calls with their outcome, and compares that with what the
 * scenario expects. */
#ifndef TCPVIZ_LAB_CALLS_H
#define TCPVIZ_LAB_CALLS_H

#include "lab/program.h"
#include "lab/record.h"
#include "lab/rules.h"

struct lab_calls {
    const struct lab_scenario *scenario; /* borrowed */
    const struct lab_rules *rules;       /* borrowed: the connections on the wire */
    struct lab_recorder *recorder;       /* borrowed */
    struct {
        struct lab_report begun; /* the call that has not returned */
        bool in_call, ready, over;
    } program[LAB_MAX_PROGRAMS];
};

void lab_calls_init(struct lab_calls *calls, const struct lab_scenario *scenario,
                    const struct lab_rules *rules, struct lab_recorder *recorder);
/* A program's report. */
void lab_calls_report(struct lab_calls *calls, const struct lab_report *report);
/* The process of a program ended; status as waitpid() has it. */
void lab_calls_ended(struct lab_calls *calls, size_t program, int status, int64_t time_ns);
/* The scenario is over: calls that have not returned. */
void lab_calls_finish(struct lab_calls *calls, int64_t time_ns);

/* Every program has done its preparations. */
bool lab_calls_all_ready(const struct lab_calls *calls);
/* Every program has ended or pauses. */
bool lab_calls_all_over(const struct lab_calls *calls);

#endif
