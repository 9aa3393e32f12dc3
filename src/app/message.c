/* What the program says on standard error. */
#include "config.h"

#include "app/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void app_complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("tcpviz: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

void app_complain_lines(const char *lines)
{
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        app_complain("%.*s", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}
