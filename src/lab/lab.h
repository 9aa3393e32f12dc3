/* The lab: a scenario run between two real kernels in private namespaces, as a live source of
 * packets, socket calls and the kernels' own states. Linux only; needs no privileges where
 * unprivileged user namespaces are allowed. */
#ifndef TCPVIZ_LAB_LAB_H
#define TCPVIZ_LAB_LAB_H

#include <stdbool.h>

#include <sys/types.h>

#include "base/strbuf.h"
#include "capture/source.h"
#include "lab/scenario.h"
#include "track/call.h"
#include "track/kernel_socket.h"

struct lab_options {
    const struct lab_scenario *scenario; /* borrowed until the source is closed */
    enum lab_vantage vantage;
    uint32_t snaplen;   /* bytes of each packet that are delivered; 0: all */
    const char *filter; /* pcap-filter(7), or NULL; of whole packets */
};

/* What the lab tells beside packets, in the order in which it happens; called by
 * capture_source_read(). Any may be NULL. */
struct lab_observer {
    void (*call)(void *context, const struct track_call *call);
    /* A kernel's state of an endpoint has changed. connection counts as the wire sees the
     * connections, from 1. */
    void (*kernel)(void *context, const struct track_kernel_socket *socket, uint64_t connection);
    /* Something was not as the scenario says: one line. */
    void (*problem)(void *context, const char *text);
    void *context;
};

/* Starts the scenario. NULL and *error, which names the setting that forbids it and what else can
 * be done, if it cannot be. CAPTURE_END comes when the scenario is over. Everything is gone when
 * the source is closed, or when this process dies in whatever way. */
struct capture_source *lab_open(const struct lab_options *options,
                                const struct lab_observer *observer, struct base_strbuf *error);
/* The process that it runs in. */
pid_t lab_process(const struct capture_source *source);

#endif
