/* The course: lessons one after the other, each a text, its capture and a question. */
#ifndef TCPVIZ_APP_LESSON_H
#define TCPVIZ_APP_LESSON_H

#include <stddef.h>

#include "app/options.h"
#include "lab/scenario.h"

/* The lesson that is shown; what shows it says how to go on. */
struct app_lesson {
    const struct lab_scenario *scenario; /* borrowed */
    size_t index, count;                 /* its place in the course, from 0 */
    size_t next;                         /* the one to show then; SIZE_MAX: none */
    size_t script_done;                  /* steps of the script that it took */
};

/* Shows a capture as the options say; an exit status. Runs in a process of its own, as it gives up
 * the right to open another one. */
typedef int app_lesson_show(const struct app_options *options);

/* --lesson: the one that the options name and those after it, or, as text, all or just that one. An
 * exit status. text: no terminal UI. width: columns of the text. */
int app_lesson_run(const struct app_options *options, bool text, unsigned width,
                   app_lesson_show *show);

#endif
