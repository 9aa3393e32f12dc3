/* What the program says on standard error. */
#include "config.h"

#include "app/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MESSAGE_SIZE 8192

/* Names of files and what else was given may have escape sequences for the terminal in them. */
void app_complain(const char *format, ...)
{
    char text[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    fprintf(stderr, "tcpviz: %s\n", text);
}

void app_complain_lines(const char *lines)
{
    while (*lines != '\0') {
        size_t length = strcspn(lines, "\n");
        app_complain("%.*s", (int)length, lines);
        lines += length + (lines[length] == '\n');
    }
}
