/* Names of the user's own for addresses. */
#ifndef TCPVIZ_VIEW_ALIAS_H
#define TCPVIZ_VIEW_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "wire/decode.h"

#define VIEW_ALIAS_NAME 32 /* with its 0 */

struct view_alias {
    struct wire_subnet where; /* an address, some addresses, or one with a port */
    char name[VIEW_ALIAS_NAME];
};

struct view_aliases {
    const struct view_alias *aliases; /* borrowed */
    size_t count;
};

/* From an address and a name of ASCII letters, digits and . _ -; false and why in *error. */
bool view_alias_parse(struct view_alias *alias, const char *where, const char *name,
                      struct base_strbuf *error);
/* "10.0.0.1", "10.0.0.0/8", "10.0.0.1:80". Appends. */
void view_alias_add_where(const struct view_alias *alias, struct base_strbuf *out);

/* The name of an endpoint: one with its port, else that with the longest prefix; NULL: none. */
const char *view_alias_find(const struct view_aliases *aliases,
                            const struct wire_endpoint *endpoint);
/* "server:80", or "10.0.0.1:80" without a name or without aliases (NULL). text takes
 * WIRE_ENDPOINT_TEXT bytes and is returned. */
const char *view_endpoint_text(const struct view_aliases *aliases,
                               const struct wire_endpoint *endpoint, char *text);

#endif
