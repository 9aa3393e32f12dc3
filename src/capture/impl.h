/* What the kinds of source share: the head of each, and its table of functions. */
#ifndef TCPVIZ_CAPTURE_IMPL_H
#define TCPVIZ_CAPTURE_IMPL_H

#include <stdarg.h>

#include "capture/source.h"

/* tcpdump's MAXIMUM_SNAPLEN: no captured packet is larger, whatever a file says. */
#define CAPTURE_MAX_PACKET 262144u

struct capture_ops {
    /* As capture_source_read(); not called again after END or ERROR. */
    enum capture_status (*read)(struct capture_source *source, unsigned max,
                                capture_packet_fn *deliver, void *context);
    int (*fd)(const struct capture_source *source);
    bool (*is_live)(const struct capture_source *source);
    uint32_t (*link_type)(const struct capture_source *source);
    /* Everything but packets, which the dispatcher fills in. */
    void (*stats)(struct capture_source *source, struct capture_stats *out);
    /* Frees what is behind the head, and the whole. */
    void (*close)(struct capture_source *source);
};

/* The head of every source, first in its struct. */
struct capture_source {
    const struct capture_ops *ops;
    char *name; /* owned; for people: "standard input" */
    struct capture_error error;
    enum capture_status final; /* CAPTURE_MORE, or the END or ERROR that was returned */
    uint64_t delivered;
};

/* Formats *error. */
void capture_error_set(struct capture_error *error, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
