/* The socket options, flags and errors that a scenario may name. */
#ifndef TCPVIZ_LAB_OPTION_H
#define TCPVIZ_LAB_OPTION_H

#include <stdbool.h>
#include <stdint.h>

enum lab_option_kind {
    LAB_OPTION_INT,
    LAB_OPTION_LINGER, /* seconds; struct linger with l_onoff set */
    LAB_OPTION_TIME    /* struct timeval */
};

struct lab_option {
    const char *name;
    int level, number;
    enum lab_option_kind kind;
};

/* NULL: there is none of that name. */
const struct lab_option *lab_option_find(const char *name);
/* As setsockopt(2); value is a number or, for LAB_OPTION_TIME, nanoseconds. */
int lab_option_set(int fd, const struct lab_option *option, int64_t value);

/* MSG_OOB, SHUT_WR, SIG_IGN, … and the groups they are for. */
enum lab_word_group { LAB_WORD_SEND, LAB_WORD_RECEIVE, LAB_WORD_SHUTDOWN, LAB_WORD_ACTION };
bool lab_word_find(enum lab_word_group group, const char *name, int *value);

/* "ECONNREFUSED" to its number; false if there is no such error here. */
bool lab_errno_find(const char *name, int *number);
/* The other way; "error" where it has no name here. */
const char *lab_errno_name(int number);

#endif
