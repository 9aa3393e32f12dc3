/* Text from anywhere as character data of XML and HTML. */
#include "config.h"

#include "out/xmlw.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

bool out_xml_allows(uint32_t c)
{
    if (c < 0x20)
        return c == '\t' || c == '\n';
    return base_utf8_is_seen(c);
}

static const char *entity_of(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void out_xml_text(struct base_strbuf *out, const char *text, size_t length)
{
    size_t used;
    for (size_t at = 0; at < length; at += used) {
        uint32_t c = base_utf8_decode(text + at, length - at, &used);
        const char *entity = entity_of(c);
        char bytes[BASE_UTF8_MAX];
        if (entity != NULL)
            base_strbuf_str(out, entity);
        else
            base_strbuf_add(out, bytes,
                            base_utf8_encode(out_xml_allows(c) ? c : BASE_UTF8_REPLACEMENT, bytes));
    }
}

void out_xml_string(struct base_strbuf *out, const char *text)
{
    out_xml_text(out, text, strlen(text));
}
