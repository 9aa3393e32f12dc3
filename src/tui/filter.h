/* The display filter of the connection list: words such as state=TIME_WAIT port=1234, all of which
 * must hold. */
#ifndef TCPVIZ_TUI_FILTER_H
#define TCPVIZ_TUI_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "track/event.h"

struct tui_filter_term;

struct tui_filter {
    struct tui_filter_term *terms; /* owned */
    size_t count;
};

/* Words are separated by blanks or "and"; each is text to be found, or FIELD=VALUE or FIELD!=VALUE;
 * a '-' before a word means not. False and why in *error; the filter is then empty. */
bool tui_filter_parse(struct tui_filter *filter, const char *text, struct base_strbuf *error);
void tui_filter_free(struct tui_filter *filter);
/* An empty filter matches all. */
bool tui_filter_matches(const struct tui_filter *filter, const struct track_connection *connection);

#endif
