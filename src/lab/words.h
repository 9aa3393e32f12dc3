/* A scenario's line taken apart into words. */
#ifndef TCPVIZ_LAB_WORDS_H
#define TCPVIZ_LAB_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LAB_MAX_LINE 1024
#define LAB_MAX_WORDS 48

struct lab_word {
    const char *text; /* NUL-terminated; may hold NULs of its own if quoted */
    size_t length;
    bool quoted;
};

struct lab_words {
    struct lab_word word[LAB_MAX_WORDS];
    size_t count;
    char buffer[LAB_MAX_LINE * 2];
};

/* Blanks, parentheses and commas part words; '=' is a word; "…" with \n \t \r \0 \\ \" \xNN is one;
 * '#' begins a comment. NULL, or what is wrong with the line. */
const char *lab_words_split(struct lab_words *words, const char *line, size_t length);

/* "250ms", "1.5s", "20us": nanoseconds up to LAB_MAX_TIME_NS. */
bool lab_word_time(const char *text, int64_t *time_ns);
/* "1000", "64k", "2M"; a sign is allowed when min is negative. */
bool lab_word_number(const char *text, int64_t min, int64_t max, int64_t *value);

#endif
