/* What the program says on standard error. */
#ifndef TCPVIZ_APP_MESSAGE_H
#define TCPVIZ_APP_MESSAGE_H

#include <stdio.h>

/* Exit statuses. */
enum {
    APP_DONE = 0,
    APP_LOST = 1, /* the input broke or something was lost: what was readable was shown */
    APP_USAGE = 2 /* wrong usage, or nothing could be opened */
};

/* One line, "tcpviz: " before it and a newline after; what and why is the caller's. */
void app_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A complaint for each line of the text; the last needs no newline. */
void app_complain_lines(const char *lines);

/* Text from outside as it may be shown: see base_utf8_add_seen(). */
void app_print_seen(FILE *stream, const char *text);

#endif
