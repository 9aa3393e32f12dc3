/* How many terminal columns a character takes, without asking the locale. */
#ifndef TCPVIZ_VIEW_CHARWIDTH_H
#define TCPVIZ_VIEW_CHARWIDTH_H

#include <stddef.h>
#include <stdint.h>

/* 0 (combining, zero width), 1, or 2 (East Asian wide and fullwidth, emoji); -1 for control
 * characters. */
int view_char_width(uint32_t code_point);

/* Columns of a UTF-8 text of length bytes; control characters count as 1, they are drawn as U+FFFD.
 */
size_t view_text_width(const char *text, size_t length);

/* The longest beginning of the text that fits in columns, in bytes; never cuts a character. */
size_t view_text_fit(const char *text, size_t length, size_t columns);

#endif
