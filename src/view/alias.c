/* Names of the user's own for addresses. */
#include "config.h"

#include "view/alias.h"

#include <stdio.h>
#include <string.h>

static bool is_name(const char *name)
{
    static const char *const letters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return name[0] != '\0' && name[strspn(name, letters)] == '\0';
}

bool view_alias_parse(struct view_alias *alias, const char *where, const char *name,
                      struct base_strbuf *error)
{
    if (!wire_subnet_parse(where, &alias->where)) {
        base_strbuf_printf(error, "%.60s: no address such as 10.0.0.1, 10.0.0.0/8 or 10.0.0.1:80",
                           where);
        return false;
    }
    if (!is_name(name) || strlen(name) >= VIEW_ALIAS_NAME) {
        base_strbuf_printf(error, "%.60s: a name has up to %d letters, digits and . _ -", name,
                           VIEW_ALIAS_NAME - 1);
        return false;
    }
    memcpy(alias->name, name, strlen(name) + 1);
    return true;
}

void view_alias_add_where(const struct view_alias *alias, struct base_strbuf *out)
{
    char text[WIRE_ENDPOINT_TEXT];
    const struct wire_subnet *where = &alias->where;
    unsigned whole = where->endpoint.family == 4 ? 32 : 128;
    if (where->prefix < whole)
        base_strbuf_printf(out, "%s/%u", wire_address_text(&where->endpoint, text, sizeof text),
                           where->prefix);
    else if (where->has_port)
        base_strbuf_str(out, wire_endpoint_text(&where->endpoint, text, sizeof text));
    else
        base_strbuf_str(out, wire_address_text(&where->endpoint, text, sizeof text));
}

static const struct view_alias *find(const struct view_aliases *aliases,
                                     const struct wire_endpoint *endpoint)
{
    const struct view_alias *found = NULL;
    for (size_t i = 0; aliases != NULL && i < aliases->count; i++) {
        const struct view_alias *alias = &aliases->aliases[i];
        if (!wire_subnet_has(&alias->where, endpoint))
            continue;
        if (alias->where.has_port)
            return alias;
        if (found == NULL || alias->where.prefix > found->where.prefix)
            found = alias;
    }
    return found;
}

const char *view_alias_find(const struct view_aliases *aliases,
                            const struct wire_endpoint *endpoint)
{
    const struct view_alias *alias = find(aliases, endpoint);
    return alias != NULL ? alias->name : NULL;
}

const char *view_endpoint_text(const struct view_aliases *aliases,
                               const struct wire_endpoint *endpoint, char *text)
{
    const struct view_alias *alias = find(aliases, endpoint);
    if (alias == NULL)
        return wire_endpoint_text(endpoint, text, WIRE_ENDPOINT_TEXT);
    snprintf(text, WIRE_ENDPOINT_TEXT, "%s:%u", alias->name, endpoint->port);
    return text;
}
