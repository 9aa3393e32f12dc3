/* The settings file: /etc/tcpviz/config, then $XDG_CONFIG_HOME/tcpviz/config; what the command line
 * says comes after both. */
#ifndef TCPVIZ_APP_SETTINGS_H
#define TCPVIZ_APP_SETTINGS_H

#include <stdbool.h>

#include "app/options.h"
#include "base/strbuf.h"

/* Reads both files into options that hold the defaults. A file that is not there is none. False and
 * a line "file:line: what: why" each in *error; what was right is taken. */
bool app_settings_load(struct app_options *options, struct base_strbuf *error);
/* One file; for tests. */
bool app_settings_read(struct app_options *options, const char *file, struct base_strbuf *error);
/* The user's own file, whether it is there or not; false: there is no place for one. Appends. */
bool app_settings_path(struct base_strbuf *out);

struct app_setting {
    const char *name, *value;
};
/* Writes settings into the user's own file: the last line that says one is changed, one that none
 * says is added, and all else, comments too, stays as it is. The file is replaced as a whole. False
 * and "file: why" in *error. */
bool app_settings_save(const struct app_setting *settings, size_t count, struct base_strbuf *error);
/* The same on a text; for tests and app_settings_save(). Appends. */
void app_settings_change(const char *text, const struct app_setting *settings, size_t count,
                         struct base_strbuf *out);
/* The settings as a file would say them. Appends. */
void app_settings_print(const struct app_options *options, struct base_strbuf *out);

#endif
