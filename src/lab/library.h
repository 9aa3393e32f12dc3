/* The scenarios that are installed, or lie beside their captures. */
#ifndef TCPVIZ_LAB_LIBRARY_H
#define TCPVIZ_LAB_LIBRARY_H

#include "lab/scenario.h"

/* The scenario of this name: "refused" is looked for as refused.lab in $TCPVIZ_CAPTURES, in the
 * directory of the installed captures, and in ./captures; what has a '/' in it or ends with ".lab"
 * is a file. NULL and "what: why" in *error. */
struct lab_scenario *lab_library_open(const char *name, struct base_strbuf *error);

/* The capture that lies beside a scenario; false: there is none that can be read. */
bool lab_library_find_capture(const struct lab_scenario *scenario, struct base_strbuf *out);
/* The capture that lies beside a scenario, or else a directory of captures, for those who cannot
 * run it. */
void lab_library_capture(const struct lab_scenario *scenario, struct base_strbuf *out);

/* Calls back for each scenario of the first of these directories that has any, in the course's
 * order: by lesson, then by name. Files that are wrong are told by *error, a line each. False if
 * there is no such directory. */
typedef void lab_library_fn(void *context, const struct lab_scenario *scenario);
bool lab_library_each(lab_library_fn *each, void *context, struct base_strbuf *error);

/* The course: those of the same that have a place in it and a capture, in its order. */
struct lab_course {
    struct lab_scenario **lessons; /* owned */
    size_t count;
};
void lab_course_read(struct lab_course *course, struct base_strbuf *error);
/* The index of a lesson by its number in the course's order, from 1, or its name; count: none. */
size_t lab_course_find(const struct lab_course *course, const char *name);
void lab_course_free(struct lab_course *course);

#endif
