/* The state machine against data/fsm.txt, which was written from RFC 9293, cell by cell; and
 * against the steps of real kernels in tests/truth. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "track/fsm.h"

enum { STATE, INPUT, NEXT, SECTION, LINUX, NOTE, COLUMNS };

static bool seen[TRACK_STATES][FSM_INPUTS];

static int state_of(const char *name)
{
    for (int state = 0; state < TRACK_STATES; state++)
        if (strcmp(track_state_name((enum track_state)state), name) == 0)
            return state;
    fail_msg("no such state: %s", name);
    return 0;
}

static int input_of(const char *name)
{
    for (int input = 0; input < FSM_INPUTS; input++)
        if (strcmp(fsm_input_name((enum fsm_input)input), name) == 0)
            return input;
    fail_msg("no such input: %s", name);
    return 0;
}

/* Cuts a line at its bars and trims the pieces. */
static void split(char *line, char *columns[COLUMNS])
{
    for (int i = 0; i < COLUMNS; i++) {
        char *bar = i < NOTE ? strchr(line, '|') : line + strcspn(line, "\n");
        assert_non_null(bar);
        *bar = '\0';
        columns[i] = line + strspn(line, " ");
        for (char *end = bar; end > columns[i] && end[-1] == ' ';)
            *--end = '\0';
        line = bar + 1;
    }
}

static void check_cell(char *columns[COLUMNS])
{
    int state = state_of(columns[STATE]), input = input_of(columns[INPUT]);
    const struct fsm_cell *cell = fsm_look_up((enum track_state)state, (enum fsm_input)input);
    const char *next = strcmp(columns[LINUX], "=") == 0 ? columns[NEXT] : columns[LINUX];
    const char *told =
        cell->next == TRACK_UNKNOWN ? "-" : track_state_name((enum track_state)cell->next);
    if (seen[state][input])
        fail_msg("%s, %s stands there twice", columns[STATE], columns[INPUT]);
    seen[state][input] = true;
    if (strcmp(told, next) != 0)
        fail_msg("%s, %s: %s, the table has %s", columns[STATE], columns[INPUT], next, told);
    if (cell->next == TRACK_UNKNOWN) {
        assert_int_equal(cell->cause, TRACK_CAUSE_NONE);
        return;
    }
    if (strcmp(cell->rfc, columns[SECTION]) != 0)
        fail_msg("%s, %s: section %s, the table has %s", columns[STATE], columns[INPUT],
                 columns[SECTION], cell->rfc);
    /* What the records say is the section of the cause. */
    const char *of_cause = track_cause_rfc((enum track_cause)cell->cause);
    assert_non_null(of_cause);
    if (strstr(of_cause, columns[SECTION]) == NULL)
        fail_msg("%s, %s: section %s, its cause says %s", columns[STATE], columns[INPUT],
                 columns[SECTION], of_cause);
}

static FILE *open_file(const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", TESTS_DIR, name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    return file;
}

static void every_cell_is_as_the_rfc_says(void **unused)
{
    (void)unused;
    char line[512];
    FILE *file = open_file("unit/data/fsm.txt");
    while (fgets(line, sizeof line, file) != NULL) {
        char *columns[COLUMNS];
        if (line[0] == '#' || line[0] == '\n')
            continue;
        split(line, columns);
        check_cell(columns);
    }
    fclose(file);
    for (int state = 0; state < TRACK_STATES; state++)
        for (int input = 0; input < FSM_INPUTS; input++)
            if (!seen[state][input])
                fail_msg("fsm.txt lacks %s, %s", track_state_name((enum track_state)state),
                         fsm_input_name((enum fsm_input)input));
}

static bool can_go(int from, int to)
{
    for (int input = 0; input < FSM_INPUTS; input++)
        if (fsm_look_up((enum track_state)from, (enum fsm_input)input)->next == to)
            return true;
    return false;
}

/* Reads "life LOCAL PEER near=… far=…: STATE" and the steps "  STATE …" below it. */
static unsigned walk_steps(FILE *file)
{
    char line[512], name[32];
    int state = TRACK_UNKNOWN;
    unsigned steps = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        if (sscanf(line, "life %*s %*s %*s %*s %31s", name) == 1) {
            state = state_of(name);
        } else if (line[0] == ' ' && sscanf(line, " %31s", name) == 1) {
            int next = state_of(name);
            if (!can_go(state, next))
                fail_msg("a kernel went from %s to %s", track_state_name((enum track_state)state),
                         name);
            state = next;
            steps++;
        }
    }
    return steps;
}

static void every_step_of_a_kernel_is_in_the_table(void **unused)
{
    (void)unused;
    static const char *const names[] = {"truth/scenarios.truth", "truth/packetdrill.truth"};
    unsigned steps = 0;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        FILE *file = open_file(names[i]);
        steps += walk_steps(file);
        fclose(file);
    }
    assert_true(steps > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_the_rfc_says),
        cmocka_unit_test(every_step_of_a_kernel_is_in_the_table),
    };
    return cmocka_run_group_tests_name("fsm", tests, NULL, NULL);
}
