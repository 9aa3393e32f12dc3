/* Socket calls as people read them: "read(c, 100) = 0: end of file". */
#include "config.h"

#include "lab/calls.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "lab/option.h"

void lab_calls_init(struct lab_calls *calls, const struct lab_scenario *scenario,
                    const struct lab_rules *rules, struct lab_recorder *recorder)
{
    *calls = (struct lab_calls){.scenario = scenario, .rules = rules, .recorder = recorder};
}

static const struct lab_step *step_of(const struct lab_calls *calls,
                                      const struct lab_report *report)
{
    const struct lab_program *program = &calls->scenario->programs[report->program];
    return report->step < program->step_count ? &program->steps[report->step] : NULL;
}

static enum lab_op op_of(const struct lab_calls *calls, const struct lab_report *report)
{
    const struct lab_step *step = step_of(calls, report);
    return step != NULL ? (enum lab_op)step->op : LAB_EXIT;
}

/* Waiting is no socket call. */
static bool is_shown(enum lab_op op)
{
    return op != LAB_SLEEP && op != LAB_PAUSE;
}

static void describe(const struct lab_calls *calls, const struct lab_report *begun,
                     struct track_call *call)
{
    const struct lab_program *program = &calls->scenario->programs[begun->program];
    const struct lab_step *step = step_of(calls, begun);
    const char *text = step != NULL ? step->text : "exit()";
    *call = (struct track_call){
        .time_ns = begun->time_ns,
        .local = begun->local,
        .remote = begun->remote,
        .program = program->number,
    };
    snprintf(call->host, sizeof call->host, "%s", lab_host_name((enum lab_host)program->host));
    snprintf(call->name, sizeof call->name, "%.*s", (int)strcspn(text, "("), text);
    snprintf(call->text, sizeof call->text, "%s", text);
}

static void record(struct lab_calls *calls, const struct track_call *call)
{
    lab_record(calls->recorder, LAB_RECORD_CALL, call, sizeof *call, NULL, 0);
}

static void tell_outcome(enum lab_op op, struct track_call *call)
{
    if (call->result < 0)
        snprintf(call->outcome, sizeof call->outcome, "-1 %s", lab_errno_name(call->error));
    else if (op == LAB_READ && call->result == 0)
        snprintf(call->outcome, sizeof call->outcome, "0: end of file");
    else if (op == LAB_DRAIN)
        snprintf(call->outcome, sizeof call->outcome, "%" PRId64 ", then 0: end of file",
                 call->result);
    else
        snprintf(call->outcome, sizeof call->outcome, "%" PRId64, call->result);
}

static void problem(struct lab_calls *calls, const struct lab_step *step, const char *text,
                    const char *outcome)
{
    char expected[32], line[256];
    if (step->expect == LAB_ERRNO)
        snprintf(expected, sizeof expected, "-1 %s", lab_errno_name((int)step->expected));
    else
        snprintf(expected, sizeof expected, "%" PRId64, step->expected);
    snprintf(line, sizeof line, "%s: line %u: %s = %s, where the scenario expects %s",
             calls->scenario->name, step->line, text, outcome, expected);
    lab_record_text(calls->recorder, LAB_RECORD_PROBLEM, line);
}

/* Calls without an expectation may not fail in the way of a wrong scenario only. */
static bool as_expected(const struct lab_step *step, const struct track_call *call)
{
    switch ((enum lab_expectation)step->expect) {
    case LAB_ANY_RESULT:
        return true;
    case LAB_RESULT:
        return call->result == step->expected;
    case LAB_ERRNO:
        return call->result < 0 && call->error == step->expected;
    }
    return true;
}

/* A connect() that failed leaves its socket without an address, and perhaps without a port: the
 * wire has seen which they were. */
static void find_local(const struct lab_calls *calls, size_t program, struct track_call *call)
{
    static const uint8_t any[sizeof call->local.address];
    unsigned host = calls->scenario->programs[program].host;
    uint16_t port = call->local.port;
    uint32_t newest = 0;
    if (call->remote.family == 0 || memcmp(call->local.address, any, sizeof any) != 0)
        return;
    for (size_t i = 0; i < calls->rules->flow_count; i++) {
        const struct lab_flow *flow = &calls->rules->flows[i];
        if (memcmp(&flow->end[1 - host], &call->remote, sizeof call->remote) != 0 ||
            (port != 0 && flow->end[host].port != port) || flow->number <= newest)
            continue;
        newest = flow->number;
        call->local = flow->end[host];
    }
}

static void returned(struct lab_calls *calls, const struct lab_report *report)
{
    const struct lab_step *step = step_of(calls, report);
    struct track_call call;
    describe(calls, &calls->program[report->program].begun, &call);
    call.duration_ns = report->time_ns - call.time_ns;
    call.local = report->local;
    call.remote = report->remote;
    find_local(calls, report->program, &call);
    call.result = report->result;
    call.error = report->error;
    tell_outcome(op_of(calls, report), &call);
    if (is_shown(op_of(calls, report)))
        record(calls, &call);
    if (step != NULL && !as_expected(step, &call))
        problem(calls, step, call.text, call.outcome);
}

void lab_calls_report(struct lab_calls *calls, const struct lab_report *report)
{
    if (report->program >= calls->scenario->program_count)
        return;
    switch ((enum lab_report_kind)report->kind) {
    case LAB_REPORT_READY:
        calls->program[report->program].ready = true;
        break;
    case LAB_REPORT_BEGIN:
        calls->program[report->program].begun = *report;
        calls->program[report->program].in_call = true;
        break;
    case LAB_REPORT_END:
        calls->program[report->program].in_call = false;
        returned(calls, report);
        break;
    case LAB_REPORT_DONE:
        break; /* its process will end */
    }
}

/* A call that never returned, and why. */
static void unreturned(struct lab_calls *calls, size_t program, enum track_call_end end,
                       const char *outcome, int64_t time_ns)
{
    const struct lab_report *begun = &calls->program[program].begun;
    struct track_call call;
    enum lab_op op = op_of(calls, begun);
    if (!is_shown(op))
        return;
    describe(calls, begun, &call);
    call.duration_ns = time_ns - call.time_ns;
    call.end = (uint8_t)end;
    call.result = end == TRACK_CALL_RETURNED ? 0 : -1;
    snprintf(call.outcome, sizeof call.outcome, "%s", outcome);
    record(calls, &call);
    const struct lab_step *step = step_of(calls, begun);
    if (step != NULL && step->expect != LAB_ANY_RESULT)
        problem(calls, step, call.text, outcome);
}

/* Of those that end programs here. */
static const char *signal_name(int number)
{
    return number == SIGPIPE ? "SIGPIPE" : number == SIGKILL ? "SIGKILL" : "a signal";
}

void lab_calls_ended(struct lab_calls *calls, size_t program, int status, int64_t time_ns)
{
    char outcome[48] = "";
    bool killed = WIFSIGNALED(status);
    if (killed)
        snprintf(outcome, sizeof outcome, "killed by %s", signal_name(WTERMSIG(status)));
    if (calls->program[program].in_call)
        unreturned(calls, program, killed ? TRACK_CALL_KILLED : TRACK_CALL_RETURNED, outcome,
                   time_ns);
    calls->program[program].in_call = false;
    calls->program[program].ready = calls->program[program].over = true;
}

void lab_calls_finish(struct lab_calls *calls, int64_t time_ns)
{
    for (size_t i = 0; i < calls->scenario->program_count; i++)
        if (calls->program[i].in_call)
            unreturned(calls, i, TRACK_CALL_BLOCKED, "blocks", time_ns);
}

bool lab_calls_all_ready(const struct lab_calls *calls)
{
    for (size_t i = 0; i < calls->scenario->program_count; i++)
        if (!calls->program[i].ready)
            return false;
    return true;
}

bool lab_calls_all_over(const struct lab_calls *calls)
{
    for (size_t i = 0; i < calls->scenario->program_count; i++) {
        bool pauses =
            calls->program[i].in_call && op_of(calls, &calls->program[i].begun) == LAB_PAUSE;
        if (!calls->program[i].over && !pauses)
            return false;
    }
    return true;
}
