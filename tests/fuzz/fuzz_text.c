/* Text from outside in every form that it is written in: what comes out is UTF-8, and nothing in it
 * drives a terminal or turns text round. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "out/jsonw.h"
#include "out/textw.h"
#include "out/xmlw.h"

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

static void check(const char *text, size_t length)
{
    size_t used;
    for (size_t at = 0; at < length; at += used) {
        char again[BASE_UTF8_MAX];
        uint32_t c = base_utf8_decode(text + at, length - at, &used);
        if (base_utf8_encode(c, again) != used || memcmp(again, text + at, used) != 0)
            abort(); /* it was no UTF-8 */
        if (!base_utf8_is_seen(c) && c != '\n' && c != '\t')
            abort();
    }
}

static void check_and_free(struct base_strbuf *out)
{
    check(base_strbuf_text(out), out->length);
    base_strbuf_free(out);
}

static void as_json(const char *text, size_t length)
{
    struct out_jsonw writer = OUT_JSONW_INIT(NULL);
    out_jsonw_begin(&writer);
    out_jsonw_key(&writer, "text");
    out_jsonw_string(&writer, text, length);
    check(writer.text, writer.length);
    /* nothing in the string ends it, or the line */
    for (size_t at = sizeof "{\"text\":\"" - 1; at + 1 < writer.length; at++) {
        if (writer.text[at] == '\n' || writer.text[at] == '"')
            abort();
        at += writer.text[at] == '\\';
    }
    out_jsonw_free(&writer);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const enum out_text_form forms[] = {OUT_TEXT_MARKDOWN, OUT_TEXT_MERMAID, OUT_TEXT_DOT};
    const char *text = (const char *)bytes;
    struct base_strbuf out = BASE_STRBUF_INIT;
    base_utf8_add_seen(&out, text, length);
    check_and_free(&out);
    out_xml_text(&out, text, length);
    if (out.length > 0 && strpbrk(base_strbuf_text(&out), "<>\"") != NULL)
        abort();
    check_and_free(&out);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        out_text(&out, forms[i], text, length);
        check_and_free(&out);
    }
    as_json(text, length);
    return 0;
}
