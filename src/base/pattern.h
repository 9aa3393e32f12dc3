/* Regular expressions that take no longer than the text times the expression: for those that come
 * from outside.
 *
 * As in egrep: . [] [^] * + ? {n,m} | () ^ $, and \d \w \s \D \W \S; bytes, capitals and small
 * letters the same; no references back. */
#ifndef TCPVIZ_BASE_PATTERN_H
#define TCPVIZ_BASE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

struct base_pattern;

/* NULL if the expression is wrong or needs too much; then *why says it in a few words (English,
 * marked for translation) and *where is the byte that it is about. Freed with
 * base_pattern_free(). */
struct base_pattern *base_pattern_new(const char *text, size_t length, size_t *where,
                                      const char **why);
void base_pattern_free(struct base_pattern *pattern);
/* Whether some part of the text is what the expression describes. */
bool base_pattern_matches(const struct base_pattern *pattern, const char *text, size_t length);

#endif
