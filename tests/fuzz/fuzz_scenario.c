/* Fuzzes the reader of lab scenarios: any text is either a scenario within its bounds, or a mistake
 * told in one line with its number. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "lab/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_program(const struct lab_program *program)
{
    struct base_strbuf line = BASE_STRBUF_INIT;
    expect(program->step_count <= LAB_MAX_STEPS && program->socket_count <= LAB_MAX_SOCKETS);
    expect(program->host < LAB_HOSTS);
    for (size_t i = 0; i < program->step_count; i++) {
        const struct lab_step *step = &program->steps[i];
        expect(step->text != NULL && step->when_ns <= LAB_MAX_TIME_NS);
        expect(step->socket == LAB_NO_SOCKET || step->socket < program->socket_count);
        expect(step->makes == LAB_NO_SOCKET || step->makes < program->socket_count);
        if (step->op == LAB_SEND || step->op == LAB_SENDTO || step->op == LAB_READ)
            expect(step->number >= 0 && step->number <= LAB_MAX_BYTES);
        lab_step_describe(program, i, &line);
    }
    base_strbuf_free(&line);
}

static void check_scenario(const struct lab_scenario *scenario)
{
    expect(scenario->title != NULL && scenario->vantage < LAB_VANTAGE_BOTH);
    expect(scenario->program_count > 0 && scenario->program_count <= LAB_MAX_PROGRAMS);
    expect(scenario->rule_count <= LAB_MAX_RULES && scenario->expected_count <= LAB_MAX_EXPECTED);
    expect(scenario->limit_ns <= LAB_MAX_TIME_NS && scenario->mtu <= 9000);
    for (size_t i = 0; i < scenario->program_count; i++)
        check_program(&scenario->programs[i]);
    for (size_t i = 0; i < scenario->rule_count; i++) {
        const struct lab_rule *rule = &scenario->rules[i];
        expect(rule->first >= 1 && rule->first <= rule->last && rule->from < LAB_HOSTS);
        expect(rule->chance >= 1 && rule->chance <= 100);
    }
    /* a name that leads out of /proc/sys/net */
    for (size_t i = 0; i < scenario->sysctl_count; i++)
        expect(strstr(scenario->sysctls[i].path, "..") == NULL &&
               strstr(scenario->sysctls[i].path, "//") == NULL);
    for (size_t i = 0; i < scenario->expected_count; i++)
        expect(scenario->expected[i].count <= LAB_MAX_PATH);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct base_strbuf error = BASE_STRBUF_INIT;
    struct lab_scenario *scenario =
        lab_scenario_parse("f.lab", (const char *)bytes, length, &error);
    if (scenario != NULL) {
        expect(error.length == 0);
        check_scenario(scenario);
    } else {
        expect(strncmp(base_strbuf_text(&error), "f.lab:", 6) == 0 &&
               strchr(base_strbuf_text(&error), '\n') == NULL);
    }
    lab_scenario_free(scenario);
    base_strbuf_free(&error);
    return 0;
}
