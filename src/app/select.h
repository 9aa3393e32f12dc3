/* -Y for the formats that are written as they are read: which connections match is only known at
 * the end, so the files are read twice. */
#ifndef TCPVIZ_APP_SELECT_H
#define TCPVIZ_APP_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/feed.h"
#include "app/options.h"

/* True if what the options name can be read twice. */
bool app_select_can(const struct app_options *options);
/* Reads the files of a feed, which was opened, and finds the connections that the display filter
 * matches. False and a line of "what: why" in *error if they cannot be read. *numbers is the
 * caller's to free, ascending; if none matches it holds a 0, which is no connection's number. */
bool app_select(const struct app_feed *feed, const struct app_options *options, uint64_t **numbers,
                unsigned *count, struct base_strbuf *error);

#endif
