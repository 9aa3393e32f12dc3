/* Rows of fields: CSV as RFC 4180 has it, and the tab-separated logs of Zeek. */
#include "config.h"

#include "out/fieldw.h"

#include <inttypes.h>
#include <string.h>

#include "base/utf8.h"

void out_fieldw_free(struct out_fieldw *writer)
{
    base_strbuf_free(&writer->line);
}

static void separate(struct out_fieldw *writer)
{
    if (writer->any)
        base_strbuf_char(&writer->line, writer->form == OUT_FIELDS_CSV ? ',' : '\t');
    writer->any = true;
}

void out_fieldw_end(struct out_fieldw *writer)
{
    base_strbuf_str(&writer->line, writer->form == OUT_FIELDS_CSV ? "\r\n" : "\n");
    fwrite(writer->line.text, 1, writer->line.length, writer->stream);
    base_strbuf_clear(&writer->line);
    writer->any = false;
}

/* --- CSV --- */

static bool is_formula(char first)
{
    return first == '=' || first == '+' || first == '-' || first == '@' || first == '\t' ||
           first == '\r';
}

static bool needs_quotes(const char *bytes, size_t length)
{
    if (length > 0 && (bytes[0] == ' ' || bytes[length - 1] == ' '))
        return true;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] != '\0' && strchr(",\"\r\n", bytes[i]) != NULL)
            return true;
    return false;
}

static void add_csv(struct base_strbuf *out, const char *bytes, size_t length)
{
    bool quotes = needs_quotes(bytes, length);
    if (quotes)
        base_strbuf_char(out, '"');
    if (length > 0 && is_formula(bytes[0]))
        base_strbuf_char(out, '\'');
    size_t used;
    for (size_t at = 0; at < length; at += used) {
        char text[BASE_UTF8_MAX];
        uint32_t c = base_utf8_decode(bytes + at, length - at, &used);
        if (c == 0)
            c = BASE_UTF8_REPLACEMENT;
        if (c == '"')
            base_strbuf_char(out, '"');
        base_strbuf_add(out, text, base_utf8_encode(c, text));
    }
    if (quotes)
        base_strbuf_char(out, '"');
}

/* --- Zeek --- */

static void add_zeek(struct base_strbuf *out, const char *bytes, size_t length)
{
    if (length == 0) {
        base_strbuf_str(out, "(empty)");
        return;
    }
    bool like_unset = length == 1 && bytes[0] == '-';
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < 0x20 || c >= 0x7f || c == '\\' || like_unset)
            base_strbuf_printf(out, "\\x%02x", c);
        else
            base_strbuf_char(out, (char)c);
    }
}

/* --- public --- */

void out_fieldw_text(struct out_fieldw *writer, const char *bytes, size_t length)
{
    separate(writer);
    if (writer->form == OUT_FIELDS_CSV)
        add_csv(&writer->line, bytes, length);
    else
        add_zeek(&writer->line, bytes, length);
}

void out_fieldw_string(struct out_fieldw *writer, const char *text)
{
    out_fieldw_text(writer, text, strlen(text));
}

void out_fieldw_unset(struct out_fieldw *writer)
{
    separate(writer);
    if (writer->form == OUT_FIELDS_ZEEK)
        base_strbuf_char(&writer->line, '-');
}

void out_fieldw_u64(struct out_fieldw *writer, uint64_t value)
{
    separate(writer);
    base_strbuf_u64(&writer->line, value);
}

void out_fieldw_i64(struct out_fieldw *writer, int64_t value)
{
    separate(writer);
    base_strbuf_printf(&writer->line, "%" PRId64, value);
}

void out_fieldw_seconds(struct out_fieldw *writer, int64_t span_ns, unsigned digits)
{
    uint64_t span = span_ns < 0 ? 0 - (uint64_t)span_ns : (uint64_t)span_ns;
    uint64_t fraction = span % 1000000000u;
    for (unsigned i = digits; i < 9; i++)
        fraction /= 10;
    separate(writer);
    base_strbuf_printf(&writer->line, "%s%" PRIu64 ".%0*" PRIu64, span_ns < 0 ? "-" : "",
                       span / 1000000000u, (int)digits, fraction);
}

void out_fieldw_plain(struct out_fieldw *writer, const char *text)
{
    separate(writer);
    base_strbuf_str(&writer->line, text);
}
