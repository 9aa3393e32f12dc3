/* A writer of JSON Lines: builds one record in memory, then writes it whole. */
#include "config.h"

#include "out/jsonw.h"

#include <stdlib.h>
#include <string.h>

#include "base/digits.h"
#include "base/utf8.h"
#include "base/xalloc.h"

static void add(struct out_jsonw *writer, const char *bytes, size_t length)
{
    memcpy(out_jsonw_room(writer, length), bytes, length);
    writer->length += length;
}

static void add_char(struct out_jsonw *writer, char c)
{
    *out_jsonw_room(writer, 1) = c;
    writer->length++;
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

/* For a value of at most that many bytes: makes room and writes the comma that may be due. */
static char *begin_value(struct out_jsonw *writer, size_t bytes)
{
    char *at = out_jsonw_room(writer, bytes + 1);
    *at = ',';
    at += writer->comma;
    writer->comma = true;
    return at;
}

static void end_value(struct out_jsonw *writer, const char *end)
{
    writer->length = (size_t)(end - writer->text);
}

static char *add_digits(char *at, uint64_t value)
{
    char *end = at + base_count_digits(value);
    base_put_digits(end, value);
    return end;
}

/* The fraction of a second without zeros at its end. */
static char *add_fraction(char *at, uint32_t fraction_ns)
{
    if (fraction_ns == 0)
        return at;
    *at = '.';
    base_put_nine(at + 1, fraction_ns);
    at += 10;
    while (at[-1] == '0')
        at--;
    return at;
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

/* The bytes from here on that need no escape: eight at a time, by the high bit of each. */
static size_t plain_run(const char *bytes, size_t length)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    size_t run = 0;
    for (; length - run >= sizeof(uint64_t); run += sizeof(uint64_t)) {
        uint64_t eight;
        memcpy(&eight, bytes + run, sizeof eight);
        uint64_t quote = eight ^ ones * '"', backslash = eight ^ ones * '\\';
        uint64_t delete = eight ^ ones * 0x7f;
        /* The borrow of a difference may mark a byte too many, never one too few. */
        if (((eight | (eight - ones * 0x20) | (quote - ones) | (backslash - ones) |
              (delete - ones)) &
             highs) != 0)
            break;
    }
    while (run < length && is_plain((unsigned char)bytes[run]))
        run++;
    return run;
}

static void add_code_point(struct out_jsonw *writer, uint32_t c)
{
    char bytes[BASE_UTF8_MAX];
    if (c < 0xa0 || (c < 0x10000 && !base_utf8_is_seen(c)))
        add_escape(writer, c); /* quotes, C0, DEL and C1 controls, what turns text round */
    else
        add(writer, bytes, base_utf8_encode(c, bytes));
}

void out_jsonw_grow(struct out_jsonw *writer, size_t more)
{
    if (more > SIZE_MAX / 2 - writer->length)
        base_out_of_memory(SIZE_MAX);
    size_t capacity = writer->capacity > 0 ? writer->capacity : 4096;
    while (capacity - writer->length < more)
        capacity *= 2;
    writer->text = base_realloc(writer->text, capacity, 1);
    writer->capacity = capacity;
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
    fwrite_unlocked(writer->text, 1, writer->length, writer->stream); /* one thread */
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
        size_t run = plain_run(bytes + at, length - at);
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

void out_jsonw_word(struct out_jsonw *writer, const char *word)
{
    size_t length = strlen(word);
    char *at = begin_value(writer, length + 2);
    at[0] = '"';
    memcpy(at + 1, word, length);
    at[length + 1] = '"';
    end_value(writer, at + length + 2);
}

void out_jsonw_u64(struct out_jsonw *writer, uint64_t value)
{
    end_value(writer, add_digits(begin_value(writer, 20), value));
}

void out_jsonw_i64(struct out_jsonw *writer, int64_t value)
{
    char *at = begin_value(writer, 21);
    *at = '-';
    end_value(writer,
              add_digits(at + (value < 0), value < 0 ? 0 - (uint64_t)value : (uint64_t)value));
}

void out_jsonw_bool(struct out_jsonw *writer, bool value)
{
    separate(writer);
    add(writer, value ? "true" : "false", value ? 4 : 5);
}

void out_jsonw_seconds(struct out_jsonw *writer, int64_t span_ns)
{
    uint64_t span = span_ns < 0 ? 0 - (uint64_t)span_ns : (uint64_t)span_ns;
    char *at = begin_value(writer, 31);
    *at = '-';
    at = add_digits(at + (span_ns < 0), span / 1000000000);
    end_value(writer, add_fraction(at, (uint32_t)(span % 1000000000)));
}

void out_jsonw_time(struct out_jsonw *writer, int64_t time_ns)
{
    char *at = begin_value(writer, OUT_RFC3339_LENGTH + 2);
    at[0] = '"';
    memcpy(at + 1, out_rfc3339_text(&writer->clock, time_ns), OUT_RFC3339_LENGTH);
    at[OUT_RFC3339_LENGTH + 1] = '"';
    end_value(writer, at + OUT_RFC3339_LENGTH + 2);
}
