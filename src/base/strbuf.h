/* A growing string, always NUL-terminated. */
#ifndef TCPVIZ_BASE_STRBUF_H
#define TCPVIZ_BASE_STRBUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct base_strbuf {
    char *text; /* owned; NULL until the first append */
    size_t length;
    size_t capacity;
};

#define BASE_STRBUF_INIT                                                                           \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

void base_strbuf_free(struct base_strbuf *buf);
/* Keeps the memory. */
void base_strbuf_clear(struct base_strbuf *buf);
/* The text so far, "" when empty; valid until the next append. */
const char *base_strbuf_text(const struct base_strbuf *buf);

void base_strbuf_add(struct base_strbuf *buf, const char *bytes, size_t length);
void base_strbuf_str(struct base_strbuf *buf, const char *text);
void base_strbuf_char(struct base_strbuf *buf, char c);
/* The character n times. */
void base_strbuf_fill(struct base_strbuf *buf, char c, size_t n);
void base_strbuf_u64(struct base_strbuf *buf, uint64_t value);
void base_strbuf_printf(struct base_strbuf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void base_strbuf_vprintf(struct base_strbuf *buf, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#endif
