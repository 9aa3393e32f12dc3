/* The fields of a connection that a display filter can ask for. Inside of this folder only. */
#ifndef TCPVIZ_FILTER_FIELDS_H
#define TCPVIZ_FILTER_FIELDS_H

#include "base/pattern.h"
#include "filter/filter.h"
#include "wire/decode.h"

enum filter_kind {
    FILTER_FLAG,
    FILTER_NUMBER,
    FILTER_BYTES,    /* bytes, or bytes a second */
    FILTER_SPAN,     /* ns */
    FILTER_TIME,     /* ns since 1970, compared with a date or a span from the capture's start */
    FILTER_ENDPOINT, /* an address, perhaps with a port */
    FILTER_STATE,
    FILTER_OPEN,
    FILTER_CLOSE,
    FILTER_CLOSED_BY,
    FILTER_FINDING, /* those that a connection has */
    FILTER_TEXT
};

/* What a field without client. or server. in front is. */
enum filter_sides {
    FILTER_WHOLE,  /* of the connection: there are no sides */
    FILTER_EITHER, /* of either end: one that fits is enough */
    FILTER_SUM     /* both ends together, if both are known */
};

struct filter_field {
    const char *name;
    const char *meaning;
    enum filter_kind kind;
    enum filter_sides sides;
    /* Numbers, spans, times, flags and what has names: false if it is not known. */
    bool (*get)(const struct filter_subject *subject, unsigned side, int64_t *value);
    const char *(*text)(const struct filter_subject *subject); /* FILTER_TEXT */
};

enum filter_operator {
    FILTER_EQUAL,
    FILTER_NOT_EQUAL,
    FILTER_LESS,
    FILTER_LESS_EQUAL,
    FILTER_GREATER,
    FILTER_GREATER_EQUAL,
    FILTER_MATCHES,
    FILTER_NOT_MATCHES,
    FILTER_CONTAINS,
    FILTER_HAS /* the field alone: it is known, and not none */
};

#define FILTER_BOTH_SIDES 2

/* "client.bytes > 5KB". */
struct filter_test {
    const struct filter_field *field;
    enum filter_operator op;
    unsigned side;   /* enum track_side; FILTER_BOTH_SIDES: see the field's */
    unsigned counts; /* 1 + enum track_finding of "finding.NAME"; 0: another field */
    bool from_start; /* of FILTER_TIME: the number counts from the capture's first packet */
    int64_t number;
    struct wire_subnet subnet;    /* FILTER_ENDPOINT unless there is a text */
    char *text;                   /* owned; NULL: none */
    struct base_pattern *pattern; /* owned; NULL: none */
};

/* FILTER_ANY_FINDING: any that there is. */
#define FILTER_ANY_FINDING TRACK_FINDINGS

const struct filter_field *filter_field_by_name(const char *name, size_t length);
/* The same word: '-' and '_' are alike, and so are capitals and small letters. */
bool filter_same_word(const char *name, const char *text, size_t length);
/* The words of a kind that has them, by number; NULL: there are no more. */
const char *filter_word(enum filter_kind kind, unsigned number);

/* Sets what the test compares with. False and why in *error, whose place is the caller's. */
bool filter_value_take(struct filter_test *test, const char *text, size_t length,
                       struct filter_error *error);
void filter_test_free(struct filter_test *test);
bool filter_test_holds(const struct filter_test *test, const struct filter_subject *subject);
/* Whether the text is in an endpoint, an alias or a state. */
bool filter_text_found(const char *text, const struct filter_subject *subject);

#endif
