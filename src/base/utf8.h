/* UTF-8 in and out, RFC 3629. Text from outside may hold anything: what is no UTF-8 reads as
 * U+FFFD. */
#ifndef TCPVIZ_BASE_UTF8_H
#define TCPVIZ_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

#define BASE_UTF8_REPLACEMENT 0xfffdu
#define BASE_UTF8_MAX 4 /* bytes of a code point */

/* The code point at bytes, of which there are length (at least 1); *used is set to how many it
 * took. An ill-formed sequence is one U+FFFD for its longest prefix that could have been
 * well-formed (Unicode 3.9, "substitution of maximal subparts"), so that reading always moves on.
 */
uint32_t base_utf8_decode(const char *bytes, size_t length, size_t *used);

/* Writes the code point (a surrogate or beyond U+10FFFF: U+FFFD) and returns the number of bytes.
 * No NUL. */
size_t base_utf8_encode(uint32_t code_point, char out[BASE_UTF8_MAX]);

/* False for what does something to a terminal, or to the reader of a text, instead of being seen:
 * control characters, line and paragraph separators, marks that turn the direction of writing
 * round, what is no character. */
bool base_utf8_is_seen(uint32_t code_point);

/* Text from outside as it can be shown: a "?" for what base_utf8_is_seen() is not, and for what is
 * no UTF-8. Appends. */
void base_utf8_add_seen(struct base_strbuf *out, const char *text, size_t length);

#endif
