/* Text from anywhere as text of Markdown, Mermaid and Graphviz. */
#include "config.h"

#include "out/textw.h"

#include <string.h>

#include "base/utf8.h"
#include "out/xmlw.h"

static bool is_special(enum out_text_form form, uint32_t c)
{
    if (c == 0 || c >= 0x80)
        return false;
    switch (form) {
    case OUT_TEXT_MARKDOWN:
        return strchr("\\`*_{}[]<>#|&~$@!", (int)c) != NULL;
    case OUT_TEXT_MERMAID:
        return strchr("#;<>&\"%{}\\", (int)c) != NULL;
    case OUT_TEXT_DOT:
        return strchr("\"\\<>&", (int)c) != NULL;
    }
    return false;
}

static void add_special(struct base_strbuf *out, enum out_text_form form, uint32_t c)
{
    switch (form) {
    case OUT_TEXT_MARKDOWN:
        base_strbuf_printf(out, c == '<' || c == '>' || c == '&' || c == '@' ? "&#%u;" : "\\%c",
                           (unsigned)c);
        break;
    case OUT_TEXT_MERMAID:
        base_strbuf_printf(out, "#%u;", (unsigned)c);
        break;
    case OUT_TEXT_DOT:
        base_strbuf_printf(out, c == '"' || c == '\\' ? "\\%c" : "&#%u;", (unsigned)c);
        break;
    }
}

void out_text(struct base_strbuf *out, enum out_text_form form, const char *text, size_t length)
{
    size_t used;
    for (size_t at = 0; at < length; at += used) {
        uint32_t c = base_utf8_decode(text + at, length - at, &used);
        char bytes[BASE_UTF8_MAX];
        if (is_special(form, c))
            add_special(out, form, c);
        else
            base_strbuf_add(
                out, bytes,
                base_utf8_encode(out_xml_allows(c) && c >= ' ' ? c : BASE_UTF8_REPLACEMENT, bytes));
    }
}

void out_text_string(struct base_strbuf *out, enum out_text_form form, const char *text)
{
    out_text(out, form, text, strlen(text));
}

void out_text_parts(struct base_strbuf *out, enum out_text_form form,
                    const struct view_scene *scene, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        struct view_text text = scene->parts[i].text;
        if (i > first)
            base_strbuf_char(out, ' ');
        out_text(out, form, view_scene_text(scene, text), text.length);
    }
}
