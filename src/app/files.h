/* The files that -r names: a directory stands for the captures in it. */
#ifndef TCPVIZ_APP_FILES_H
#define TCPVIZ_APP_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct app_files {
    char **names; /* owned, in the order to read */
    size_t count;
};

/* Adds name, or what a capture can be read from in it if it is a directory, in the order of their
 * names. False and a line of "what: why" in *error if it cannot be looked into or holds none. */
bool app_files_add(struct app_files *files, const char *name, struct base_strbuf *error);
/* True when path is one of the files, by whatever name. */
bool app_files_hold(const struct app_files *files, const char *path);
void app_files_free(struct app_files *files);

#endif
