/* The lines that end a text output: what was read, what was skipped and what was lost. */
#ifndef TCPVIZ_OUT_CLOSING_H
#define TCPVIZ_OUT_CLOSING_H

#include "base/strbuf.h"
#include "out/sink.h"

/* Appends one to five lines; losses and bounds that were hit are said, never their absence. */
void out_add_closing(struct base_strbuf *out, const struct out_capture *capture);

#endif
