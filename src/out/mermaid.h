/* A connection as a sequence diagram in Mermaid's language. */
#ifndef TCPVIZ_OUT_MERMAID_H
#define TCPVIZ_OUT_MERMAID_H

#include "view/ladder.h"

/* Appends the whole diagram, states as notes at their lifelines. */
void out_add_mermaid(struct base_strbuf *out, const struct view_timeline *timeline,
                     const struct view_ladder_options *options);

#endif
