/* The lab as the program's options name it. */
#ifndef TCPVIZ_APP_LAB_H
#define TCPVIZ_APP_LAB_H

#include "app/options.h"
#include "base/strbuf.h"
#include "lab/lab.h"

/* --lab list: the scenarios on standard output, one a line. Returns the exit status. */
int app_lab_list(void);
/* Starts the scenario of the options. It must outlive the source and is freed by the caller. NULL
 * and "what: why" in *error. */
struct capture_source *app_lab_open(const struct app_options *options,
                                    const struct lab_observer *observer,
                                    struct lab_scenario **scenario, struct base_strbuf *error);

#endif
