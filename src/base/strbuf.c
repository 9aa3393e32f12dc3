/* A growing string, always NUL-terminated. */
#include "config.h"

#include "base/strbuf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

/* Room for more bytes and the NUL. */
static void reserve(struct base_strbuf *buf, size_t more)
{
    if (more > SIZE_MAX / 2 - buf->length - 1)
        base_out_of_memory(SIZE_MAX);
    size_t need = buf->length + more + 1;
    if (need <= buf->capacity)
        return;
    size_t capacity = buf->capacity > 0 ? buf->capacity : 64;
    while (capacity < need)
        capacity *= 2;
    buf->text = base_realloc(buf->text, capacity, 1);
    buf->capacity = capacity;
}

void base_strbuf_free(struct base_strbuf *buf)
{
    free(buf->text);
    *buf = (struct base_strbuf)BASE_STRBUF_INIT;
}

void base_strbuf_clear(struct base_strbuf *buf)
{
    buf->length = 0;
    if (buf->text != NULL)
        buf->text[0] = '\0';
}

const char *base_strbuf_text(const struct base_strbuf *buf)
{
    return buf->text != NULL ? buf->text : "";
}

void base_strbuf_add(struct base_strbuf *buf, const char *bytes, size_t length)
{
    reserve(buf, length);
    if (length > 0)
        memcpy(buf->text + buf->length, bytes, length);
    buf->length += length;
    buf->text[buf->length] = '\0';
}

void base_strbuf_str(struct base_strbuf *buf, const char *text)
{
    base_strbuf_add(buf, text, strlen(text));
}

void base_strbuf_char(struct base_strbuf *buf, char c)
{
    base_strbuf_add(buf, &c, 1);
}

void base_strbuf_fill(struct base_strbuf *buf, char c, size_t n)
{
    reserve(buf, n);
    memset(buf->text + buf->length, c, n);
    buf->length += n;
    buf->text[buf->length] = '\0';
}

void base_strbuf_u64(struct base_strbuf *buf, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    base_strbuf_add(buf, digits + at, sizeof digits - at);
}

void base_strbuf_vprintf(struct base_strbuf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    if (length > 0) {
        reserve(buf, (size_t)length);
        vsnprintf(buf->text + buf->length, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
}

void base_strbuf_printf(struct base_strbuf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    base_strbuf_vprintf(buf, format, args);
    va_end(args);
}
