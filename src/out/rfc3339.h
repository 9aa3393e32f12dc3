/* Points in time as text: RFC 3339, UTC, nanoseconds: 2024-02-29T12:00:00.123456789Z. */
#ifndef TCPVIZ_OUT_RFC3339_H
#define TCPVIZ_OUT_RFC3339_H

#include <stdbool.h>
#include <stdint.h>

#define OUT_RFC3339_LENGTH 30 /* without NUL; int64_t nanoseconds reach the years 1677 to 2262 */

/* Formats and remembers the last second: packets come in order, so most differ in the fraction
 * only. All zero is the initial value. */
struct out_rfc3339 {
    int64_t day, second; /* since the epoch, of what text holds */
    bool valid;
    char text[OUT_RFC3339_LENGTH + 1];
};

/* The text of a time since the epoch (negative: before 1970); valid until the next call. */
const char *out_rfc3339_text(struct out_rfc3339 *clock, int64_t time_ns);

#endif
