/* A connection's life so far in one line: SYN → SYN,ACK → ACK ⋯ FIN … */
#ifndef TCPVIZ_TUI_SKETCH_H
#define TCPVIZ_TUI_SKETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "view/timeline.h"

/* Appends at most width columns; what does not fit goes from the middle. */
void tui_sketch_add(struct base_strbuf *out, const struct view_timeline *timeline, size_t width,
                    bool ascii);

#endif
