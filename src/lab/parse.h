/* What the parts of the scenario parser share. */
#ifndef TCPVIZ_LAB_PARSE_H
#define TCPVIZ_LAB_PARSE_H

#include "lab/scenario.h"
#include "lab/words.h"

struct lab_parser {
    const char *file;
    unsigned line;
    struct base_strbuf *error;
    struct lab_scenario *scenario;
    struct lab_words words;
    /* In a program. */
    size_t repeat_from, repeat_times; /* times 0: none is open */
    unsigned repeat_line;
};

/* Says "FILE:LINE: …"; always false. */
bool lab_parse_fail(struct lab_parser *parser, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
bool lab_parse_host(const char *text, uint8_t *host);
/* "SYN,ACK" came as the words SYN and ACK, or as SYN+ACK in one: the word's flags. */
bool lab_parse_flags(const char *text, uint16_t *flags);

/* Each takes the parser's words, which are one line of its section. */
bool lab_parse_step(struct lab_parser *parser, struct lab_program *program);
bool lab_parse_rule(struct lab_parser *parser);
/* An open repeat at the end of a program is an error. */
bool lab_parse_program_end(struct lab_parser *parser);

#endif
