/* -Y for the formats that are written as they are read: which connections match is only known at
 * the end, so the files are read twice. */
#ifndef TCPVIZ_APP_SELECT_H
#define TCPVIZ_APP_SELECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/options.h"

/* Reads the files and finds the connections that the display filter matches. False and a line of
 * "what: why" in *error if they cannot be read, or not twice. *numbers is the caller's to free; if
 * none matches it holds a 0, which is no connection's number. */
bool app_select(const struct app_options *options, uint64_t **numbers, unsigned *count,
                struct base_strbuf *error);

#endif
