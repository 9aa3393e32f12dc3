/* --kernel: between the tracker and whoever it tells, sees which connections there are, and asks
 * this host's kernel about them. */
#ifndef TCPVIZ_APP_KERNEL_H
#define TCPVIZ_APP_KERNEL_H

#include "base/strbuf.h"
#include "track/tracker.h"

struct app_kernel;

/* Between app_rights_start() and app_rights_give_up(), as a process is started that keeps some.
 * NULL and one line of "what: why" in *error if this host cannot be asked. interface: that of the
 * capture. */
struct app_kernel *app_kernel_open(const char *interface, struct base_strbuf *error);
void app_kernel_close(struct app_kernel *kernel);

/* What the tracker is to be made with, context the kernel, so that both are told. The observer is
 * copied, its context is borrowed. */
struct track_observer app_kernel_observer(struct app_kernel *kernel,
                                          const struct track_observer *observer, void *context);
/* Asks what is due and hands the answers to the tracker. */
void app_kernel_turn(struct app_kernel *kernel, struct tracker *tracker);
/* The same about all, before tracker_finish(). */
void app_kernel_finish(struct app_kernel *kernel, struct tracker *tracker);
/* Milliseconds until the next turn does something; -1: not before a segment comes. */
int app_kernel_wait(const struct app_kernel *kernel);

/* What it took, for the totals: rounds of questions, questions, looks through all processes. */
struct app_kernel_counts {
    uint64_t rounds, questions, scans, not_asked;
};
struct app_kernel_counts app_kernel_counts(const struct app_kernel *kernel);

#endif
