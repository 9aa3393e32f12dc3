/* The captures that were opened last: a list in $XDG_STATE_HOME/tcpviz/recent, a path a line, the
 * newest first. */
#ifndef TCPVIZ_APP_RECENT_H
#define TCPVIZ_APP_RECENT_H

#include <stddef.h>

#define APP_RECENT_MAX 20

/* The paths; *names is owned by the caller, as is each name. Returns how many, at most
 * APP_RECENT_MAX. A list that cannot be read is empty. */
size_t app_recent_read(char ***names);
void app_recent_free(char **names, size_t count);
/* Puts a file at the head. That it cannot be written is no harm and not told. */
void app_recent_add(const char *file);

#endif
