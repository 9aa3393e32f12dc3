/* Writes captures/README.md from the scenarios: readme DIRECTORY. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "lab/library.h"

static const char head[] = "# Captures, a lesson each\n"
                           "\n"
                           "Real traffic between two Linux hosts, made in the lab: NAME.lab is the "
                           "scenario, NAME.pcap what passed one end of\n"
                           "the wire while it ran. `tcpviz -r NAME` opens a capture, `tcpviz "
                           "--lesson NAME` explains it first, and\n"
                           "`tcpviz --lab NAME` runs it again. Any pcap tool reads them too.\n"
                           "\n"
                           "`make captures` makes them all anew in the lab, and this file from the "
                           "scenarios; do not edit it.\n";

static const char columns[] =
    "| lesson | capture | what it is | what it teaches | look at | question | answer |\n"
    "|---|---|---|---|---|---|---|\n";

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    fprintf(stderr, "out of memory: %zu bytes\n", size_bytes);
    exit(1);
}

/* A cell of a table: on one line, and no borders in it. */
static void print_cell(const char *text)
{
    fputs(" ", stdout);
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '|')
            putchar('\\');
        putchar(*text);
    }
    fputs(" |", stdout);
}

int main(int argc, char **argv)
{
    struct lab_course course;
    struct base_strbuf error = BASE_STRBUF_INIT;
    const char *chapter = "";
    if (argc != 2 || setenv("TCPVIZ_CAPTURES", argv[1], 1) != 0)
        return 2;
    lab_course_read(&course, &error);
    fputs(base_strbuf_text(&error), stderr);
    fputs(head, stdout);
    for (size_t i = 0; i < course.count; i++) {
        const struct lab_scenario *lesson = course.lessons[i];
        if (lesson->chapter != NULL && strcmp(lesson->chapter, chapter) != 0) {
            chapter = lesson->chapter;
            printf("\n## %s\n\n%s", chapter, columns);
        }
        printf("| %zu | `%s.pcap`%s |", i + 1, lesson->name,
               lesson->vantage == LAB_VANTAGE_SERVER ? ", taken at the server" : "");
        print_cell(lesson->title);
        print_cell(lesson->teaches);
        print_cell(lesson->look);
        print_cell(lesson->question);
        print_cell(lesson->answer);
        putchar('\n');
    }
    bool good = error.length == 0 && course.count > 0 && fflush(stdout) == 0;
    base_strbuf_free(&error);
    lab_course_free(&course);
    return good ? 0 : 1;
}
