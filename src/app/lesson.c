/* Goes through the course, a process for each lesson. */
#include "config.h"

#include "app/lesson.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/message.h"
#include "app/stop.h"
#include "base/intl.h"
#include "lab/library.h"
#include "view/remarks.h"

#define LEAST_WIDTH 40
#define MOST_WIDTH 100
/* How often it is looked whether a lesson's process has stopped, and how long after a signal it may
 * take to end by itself. */
#define LOOK_MS 100
#define GRACE_LOOKS 10

/* What the process of a lesson hands back. */
struct answer {
    size_t next, script_done;
};

/* --- the text --- */

static void print_wrapped(const char *text, size_t indent, unsigned width)
{
    while (text != NULL && *text != '\0') {
        size_t length = view_wrap_length(text, width - indent);
        printf("%*s%.*s\n", (int)indent, "", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
}

static void print_part(const char *heading, const char *text, unsigned width)
{
    if (text == NULL)
        return;
    printf("\n%s\n", heading);
    print_wrapped(text, 2, width);
}

static void print_programs(const struct lab_scenario *scenario)
{
    printf("\n%s\n", _("What the programs do"));
    for (size_t i = 0; i < scenario->program_count; i++) {
        const struct lab_program *program = &scenario->programs[i];
        printf("  %s\n", lab_host_name((enum lab_host)program->host));
        for (size_t k = 0; k < program->step_count; k++) {
            struct base_strbuf line = BASE_STRBUF_INIT;
            lab_step_describe(program, k, &line);
            printf("    %s\n", base_strbuf_text(&line));
            base_strbuf_free(&line);
        }
    }
}

static void print_beginning(const struct app_lesson *lesson, unsigned width)
{
    const struct lab_scenario *scenario = lesson->scenario;
    printf(_("Lesson %zu of %zu"), lesson->index + 1, lesson->count);
    if (scenario->chapter != NULL)
        printf(": %s", scenario->chapter);
    printf("\n%s (%s)\n", scenario->title, scenario->name);
    print_part(_("What it teaches"), scenario->teaches, width);
    print_part(_("Look at"), scenario->look, width);
    print_programs(scenario);
    putchar('\n');
}

/* At a terminal the answer waits to be asked for. */
static void print_end(const struct app_lesson *lesson, unsigned width)
{
    print_part(_("Question"), lesson->scenario->question, width);
    if (lesson->scenario->answer != NULL && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
        char line[64];
        fputs(_("Enter shows the answer."), stdout);
        fflush(stdout);
        if (fgets(line, sizeof line, stdin) == NULL)
            putchar('\n');
    }
    print_part(_("Answer"), lesson->scenario->answer, width);
}

static void print_list(const struct lab_course *course)
{
    const char *chapter = "";
    for (size_t i = 0; i < course->count; i++) {
        const struct lab_scenario *scenario = course->lessons[i];
        if (scenario->chapter != NULL && strcmp(scenario->chapter, chapter) != 0) {
            chapter = scenario->chapter;
            printf("%s%s\n", i > 0 ? "\n" : "", chapter);
        }
        printf("%4zu  %-30s %s\n", i + 1, scenario->name, scenario->title);
    }
}

/* --- a lesson --- */

/* In its own process. */
static _Noreturn void be_shown(const struct app_options *options, struct app_lesson *lesson,
                               int answers, app_lesson_show *show)
{
    struct base_strbuf capture = BASE_STRBUF_INIT;
    struct app_options with = *options;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    lab_library_find_capture(lesson->scenario, &capture);
    const char *file = base_strbuf_text(&capture);
    with.files = &file;
    with.file_count = 1;
    with.lesson_shown = lesson;
    with.script_done = lesson->script_done;
    int status = show(&with);
    const struct answer answer = {lesson->next, lesson->script_done};
    if (write(answers, &answer, sizeof answer) != (ssize_t)sizeof answer)
        status = APP_LOST;
    base_strbuf_free(&capture);
    if (fflush(stdout) != 0)
        status = APP_LOST;
    _exit(status);
}

/* Its exit status. When it stops, this process does, for the shell; a signal that ends this process
 * ends it, if it did not get it itself. */
static int wait_for(pid_t pid, int answers)
{
    int status = 0, late = 0;
    for (;;) {
        struct pollfd wanted[] = {{.fd = answers, .events = POLLIN},
                                  {.fd = app_stop_wanted() ? -1 : app_stop_fd(), .events = POLLIN}};
        (void)poll(wanted, 2, LOOK_MS);
        pid_t changed = waitpid(pid, &status, WUNTRACED | (wanted[0].revents != 0 ? 0 : WNOHANG));
        if (changed == pid && WIFSTOPPED(status)) {
            raise(SIGSTOP);
            kill(pid, SIGCONT);
        } else if (changed == pid) {
            return WIFEXITED(status) ? WEXITSTATUS(status) : APP_LOST;
        } else if (changed < 0 && errno != EINTR) {
            return APP_LOST;
        } else if (app_stop_wanted() && ++late == GRACE_LOOKS) {
            kill(pid, SIGTERM);
        }
    }
}

static int show_one(const struct app_options *options, struct app_lesson *lesson,
                    app_lesson_show *show)
{
    int pipes[2];
    struct answer answer = {SIZE_MAX, 0};
    lesson->next = SIZE_MAX;
    fflush(stdout);
    if (pipe(pipes) != 0) {
        app_complain("--lesson: %s", strerror(errno));
        return APP_USAGE;
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(pipes[0]);
        be_shown(options, lesson, pipes[1], show);
    }
    close(pipes[1]);
    int status = pid > 0 ? wait_for(pid, pipes[0]) : APP_USAGE;
    if (pid < 0)
        app_complain("--lesson: %s", strerror(errno));
    if (read(pipes[0], &answer, sizeof answer) == (ssize_t)sizeof answer) {
        lesson->next = answer.next;
        lesson->script_done = answer.script_done;
    }
    close(pipes[0]);
    return status;
}

/* --- the course --- */

static int tell_lessons(const struct app_options *options, const struct lab_course *course,
                        size_t first, size_t last, unsigned width, app_lesson_show *show)
{
    int worst = APP_DONE;
    for (size_t i = first; i <= last && !app_stop_wanted(); i++) {
        struct app_lesson lesson = {course->lessons[i], i, course->count, 0, 0};
        if (i > first)
            puts("\n");
        print_beginning(&lesson, width);
        int status = show_one(options, &lesson, show);
        worst = status > worst ? status : worst;
        print_end(&lesson, width);
        if (fflush(stdout) != 0)
            return ferror(stdout) && errno != EPIPE ? APP_LOST : worst;
    }
    return worst;
}

static int walk_lessons(const struct app_options *options, const struct lab_course *course,
                        size_t index, app_lesson_show *show)
{
    int status = APP_DONE;
    struct app_lesson lesson = {.script_done = options->script_done};
    while (index < course->count && !app_stop_wanted() && status == APP_DONE) {
        lesson.scenario = course->lessons[index];
        lesson.index = index;
        lesson.count = course->count;
        status = show_one(options, &lesson, show);
        index = lesson.next;
    }
    return status;
}

int app_lesson_run(const struct app_options *options, bool text, unsigned width,
                   app_lesson_show *show)
{
    struct lab_course course;
    struct base_strbuf error = BASE_STRBUF_INIT;
    const char *name = options->lesson;
    int status = APP_USAGE;
    if (width < LEAST_WIDTH || width > MOST_WIDTH)
        width = width < LEAST_WIDTH && width > 0 ? LEAST_WIDTH : MOST_WIDTH;
    app_stop_install();
    lab_course_read(&course, &error);
    app_complain_lines(base_strbuf_text(&error));
    size_t index = name[0] != '\0' ? lab_course_find(&course, name) : 0;
    if (course.count == 0) {
        app_complain(_("--lesson: no lessons in %s"), PKGDATADIR "/captures");
    } else if (strcmp(name, "list") == 0) {
        print_list(&course);
        status = fflush(stdout) == 0 ? APP_DONE : APP_LOST;
    } else if (index == course.count) {
        app_complain(_("--lesson %s: no such lesson; --lesson list lists them"), name);
    } else if (text) {
        size_t last = name[0] != '\0' ? index : course.count - 1;
        status = tell_lessons(options, &course, index, last, width, show);
    } else {
        status = walk_lessons(options, &course, index, show);
    }
    base_strbuf_free(&error);
    lab_course_free(&course);
    return status;
}
