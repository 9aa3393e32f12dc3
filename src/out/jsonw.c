/* A writer of JSON Lines: builds one record in memory, then writes it whole. */
#include "config.h"

#include "out/jsonw.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"

static void reserve(struct out_jsonw *writer, size_t more)
{
    if (more > SIZE_MAX / 2 - writer->length)
        base_out_of_memory(SIZE_MAX);
    if (writer->capacity - writer->length >= more)
        return;
    size_t capacity = writer->capacity > 0 ? writer->capacity : 1024;
    while (capacity - writer->length < more)
        capacity *= 2;
    writer->text = base_realloc(writer->text, capacity, 1);
    writer->capacity = capacity;
}

static void add(struct out_jsonw *writer, const char *bytes, size_t length)
{
    reserve(writer, length);
    memcpy(writer->text + writer->length, bytes, length);
    writer->length += length;
}

static void add_char(struct out_jsonw *writer, char c)
{
    reserve(writer, 1);
    writer->text[writer->length++] = c;
}

/* Before a value: the comma between array elements; none after a key. */
static void separate(struct out_jsonw *writer)
{
    if (writer->comma)
        add_char(writer, ',');
    writer->comma = true;
}

static void open_with(struct out_jsonw *writer, char c)
{
    separate(writer);
    add_char(writer, c);
    writer->comma = false;
}

static void close_with(struct out_jsonw *writer, char c)
{
    add_char(writer, c);
    writer->comma = true;
}

static void add_digits(struct out_jsonw *writer, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    add(writer, digits + at, sizeof digits - at);
}

/* \n and the like where JSON has a short form, \u00xx otherwise; for code points below U+0100. */
static void add_escape(struct out_jsonw *writer, uint32_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* what it is, how it is written */
    for (size_t i = 0; i + 1 < sizeof names; i += 2)
        if (c == (unsigned char)names[i]) {
            add_char(writer, '\\');
            add_char(writer, names[i + 1]);
            return;
        }
    const char escape[] = {'\\', 'u', '0', '0', hex[c >> 4 & 15], hex[c & 15]};
    add(writer, escape, sizeof escape);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

static void add_code_point(struct out_jsonw *writer, uint32_t c)
{
    char bytes[BASE_UTF8_MAX];
    if (c < 0xa0) /* what is_plain() left over: quotes, C0, DEL and C1 controls */
        add_escape(writer, c);
    else
        add(writer, bytes, base_utf8_encode(c, bytes));
}

void out_jsonw_free(struct out_jsonw *writer)
{
    free(writer->text);
    writer->text = NULL;
    writer->length = writer->capacity = 0;
}

void out_jsonw_begin(struct out_jsonw *writer)
{
    writer->length = 0;
    writer->comma = false;
    add_char(writer, '{');
}

void out_jsonw_end(struct out_jsonw *writer)
{
    add(writer, "}\n", 2);
    fwrite(writer->text, 1, writer->length, writer->stream);
}

void out_jsonw_key(struct out_jsonw *writer, const char *key)
{
    separate(writer);
    add_char(writer, '"');
    add(writer, key, strlen(key));
    add(writer, "\":", 2);
    writer->comma = false;
}

void out_jsonw_open_object(struct out_jsonw *writer)
{
    open_with(writer, '{');
}

void out_jsonw_close_object(struct out_jsonw *writer)
{
    close_with(writer, '}');
}

void out_jsonw_open_array(struct out_jsonw *writer)
{
    open_with(writer, '[');
}

void out_jsonw_close_array(struct out_jsonw *writer)
{
    close_with(writer, ']');
}

void out_jsonw_string(struct out_jsonw *writer, const char *bytes, size_t length)
{
    separate(writer);
    add_char(writer, '"');
    for (size_t at = 0; at < length;) {
        size_t run = 0;
        while (at + run < length && is_plain((unsigned char)bytes[at + run]))
            run++;
        add(writer, bytes + at, run);
        at += run;
        if (at < length) {
            size_t used;
            add_code_point(writer, base_utf8_decode(bytes + at, length - at, &used));
            at += used;
        }
    }
    add_char(writer, '"');
}

void out_jsonw_u64(struct out_jsonw *writer, uint64_t value)
{
    separate(writer);
    add_digits(writer, value);
}

void out_jsonw_i64(struct out_jsonw *writer, int64_t value)
{
    separate(writer);
    if (value < 0)
        add_char(writer, '-');
    add_digits(writer, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void out_jsonw_bool(struct out_jsonw *writer, bool value)
{
    separate(writer);
    add(writer, value ? "true" : "false", value ? 4 : 5);
}

void out_jsonw_seconds(struct out_jsonw *writer, int64_t span_ns)
{
    separate(writer);
    if (span_ns < 0)
        add_char(writer, '-');
    uint64_t span = span_ns < 0 ? 0 - (uint64_t)span_ns : (uint64_t)span_ns;
    add_digits(writer, span / 1000000000);
    char fraction[10] = {'.'};
    size_t length = 1;
    uint64_t rest = span % 1000000000;
    for (size_t i = 9; i > 0; i--, rest /= 10) {
        fraction[i] = (char)('0' + rest % 10);
        if (length == 1 && fraction[i] != '0')
            length = i + 1;
    }
    if (length > 1)
        add(writer, fraction, length);
}

void out_jsonw_time(struct out_jsonw *writer, int64_t time_ns)
{
    separate(writer);
    add_char(writer, '"');
    add(writer, out_rfc3339_text(&writer->clock, time_ns), OUT_RFC3339_LENGTH);
    add_char(writer, '"');
}

void out_jsonw_key_text(struct out_jsonw *writer, const char *key, const char *text)
{
    out_jsonw_key(writer, key);
    out_jsonw_string(writer, text, strlen(text));
}

void out_jsonw_key_u64(struct out_jsonw *writer, const char *key, uint64_t value)
{
    out_jsonw_key(writer, key);
    out_jsonw_u64(writer, value);
}

void out_jsonw_key_i64(struct out_jsonw *writer, const char *key, int64_t value)
{
    out_jsonw_key(writer, key);
    out_jsonw_i64(writer, value);
}

void out_jsonw_key_bool(struct out_jsonw *writer, const char *key, bool value)
{
    out_jsonw_key(writer, key);
    out_jsonw_bool(writer, value);
}

void out_jsonw_key_seconds(struct out_jsonw *writer, const char *key, int64_t span_ns)
{
    out_jsonw_key(writer, key);
    out_jsonw_seconds(writer, span_ns);
}

void out_jsonw_key_time(struct out_jsonw *writer, const char *key, int64_t time_ns)
{
    out_jsonw_key(writer, key);
    out_jsonw_time(writer, time_ns);
}
