/* Runs the program: opens the source, shows it in the format wanted, says what went wrong. */
#ifndef TCPVIZ_APP_RUN_H
#define TCPVIZ_APP_RUN_H

#include "app/options.h"

/* Returns the exit status. */
int app_run(const struct app_options *options);

#endif
