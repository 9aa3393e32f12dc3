/* Whole sentences with named places: "{sender} sent {payload}". A translation may put the places in
 * another order. */
#ifndef TCPVIZ_EXPLAIN_FILL_H
#define TCPVIZ_EXPLAIN_FILL_H

#include <stddef.h>

#include "base/strbuf.h"

/* Appends what stands for a place. */
typedef void explain_put(const void *context, struct base_strbuf *out);

struct explain_place {
    const char *name; /* without the braces */
    explain_put *put;
};

/* Appends the sentence with its places filled in. A place that is not in the list is a mistake in
 * the program. */
void explain_fill(struct base_strbuf *out, const char *sentence, const struct explain_place *places,
                  size_t count, const void *context);

#endif
