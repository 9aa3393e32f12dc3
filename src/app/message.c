/* What the program says on standard error. */
#include "config.h"

#include "app/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"

#define MESSAGE_SIZE 8192

void app_print_seen(FILE *stream, const char *text)
{
    struct base_strbuf seen = BASE_STRBUF_INIT;
    base_utf8_add_seen(&seen, text, strlen(text));
    fputs(base_strbuf_text(&seen), stream);
    base_strbuf_free(&seen);
}

/* Names of files and what else was given may have escape sequences for the terminal in them. */
void app_complain(const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fputs("tcpviz: ", stderr);
    app_print_seen(stderr, text);
    fputc('\n', stderr);
}

void app_complain_lines(const char *lines)
{
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        app_complain("%.*s", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}
