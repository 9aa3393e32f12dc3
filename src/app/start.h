/* What there is to open: the list of interfaces, and the answer to a call without a source. */
#ifndef TCPVIZ_APP_START_H
#define TCPVIZ_APP_START_H

#include "app/options.h"

/* -D: the interfaces on standard output. Returns the exit status. */
int app_list_interfaces(void);
/* No source was given: on a terminal a list of what can be opened, else usage on standard error.
 * Returns the exit status. */
int app_start(const struct app_options *options);

#endif
