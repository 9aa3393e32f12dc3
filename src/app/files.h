/* The files that -r names: a directory stands for the captures in it. */
#ifndef TCPVIZ_APP_FILES_H
#define TCPVIZ_APP_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

struct app_file {
    char *name;     /* owned */
    bool was_named; /* else it was found in a directory, and may be anything */
};

struct app_files {
    struct app_file *files; /* in the order to read */
    size_t count;
    char **directories; /* owned, all of them: those that were looked into */
    size_t directory_count;
};

/* Adds name, or the regular files in it if it is a directory, in the order of their names. False
 * and a line of "what: why" in *error if it cannot be looked into. Opens nothing else. */
bool app_files_add(struct app_files *files, const char *name, struct base_strbuf *error);
/* Keeps of the files found in directories those that a capture can be read from. A line of "what:
 * why" in *error for each directory that holds none. */
void app_files_check(struct app_files *files, struct base_strbuf *error);
/* True when path is one of the files, by whatever name. */
bool app_files_hold(const struct app_files *files, const char *path);
/* Of a capture at both ends of the lab's wire: "x.pcap" at the end "client" is "x-client.pcap".
 * Appends. */
void app_files_end_name(const char *name, const char *end, struct base_strbuf *out);
void app_files_free(struct app_files *files);
/* Standard input is among them. */
bool app_files_have_pipe(const struct app_files *files);
/* The files alone, to read them again. */
void app_files_copy(struct app_files *files, const struct app_files *from);

#endif
