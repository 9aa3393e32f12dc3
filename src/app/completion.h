/* Completion scripts for shells, made from the table of options. */
#ifndef TCPVIZ_APP_COMPLETION_H
#define TCPVIZ_APP_COMPLETION_H

#include <stdbool.h>

#include "base/strbuf.h"

/* The script for "bash", "zsh" or "fish", appended to *out. False: there is none for that shell. */
bool app_completion(const char *shell, struct base_strbuf *out);

#endif
