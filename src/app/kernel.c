/* --kernel: between the tracker and whoever it tells, sees which connections there are, and asks
 * this host's kernel about them. */
#include "config.h"

#include "app/kernel.h"

#include <stdlib.h>

#include "base/intl.h"
#include "base/xalloc.h"

#ifdef HAVE_LAB
#include "kernel/watch.h"

struct app_kernel {
    struct kernel_watch *watch;
    struct track_observer observer; /* who is told */
    void *context;
    struct tracker *tracker; /* during a turn */
};

static void on_sample(void *context, const struct track_kernel_socket *socket, uint32_t scope,
                      uint64_t connection)
{
    struct app_kernel *kernel = context;
    tracker_kernel(kernel->tracker, socket, scope, connection);
}

struct app_kernel *app_kernel_open(const char *interface, struct base_strbuf *error)
{
    struct app_kernel *kernel = base_calloc(1, sizeof *kernel);
    const struct kernel_watch_options options = {
        .interface = interface, .sample = on_sample, .context = kernel};
    kernel->watch = kernel_watch_open(&options, error);
    if (kernel->watch != NULL)
        return kernel;
    free(kernel);
    return NULL;
}

void app_kernel_close(struct app_kernel *kernel)
{
    if (kernel == NULL)
        return;
    kernel_watch_close(kernel->watch);
    free(kernel);
}

static void watch_connection(struct app_kernel *kernel, const struct track_conn *conn,
                             const struct track_event *event)
{
    if (kernel_watch_note(kernel->watch, event->connection, event->state))
        return;
    struct kernel_watched watched = {
        .number = event->connection,
        .scope = track_conn_scope(conn),
        .self_connect = track_conn_self_connect(conn),
        .end = {*track_conn_endpoint(conn, TRACK_CLIENT), *track_conn_endpoint(conn, TRACK_SERVER)},
        .state = {event->state[TRACK_CLIENT], event->state[TRACK_SERVER]},
    };
    kernel_watch_add(kernel->watch, &watched);
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct app_kernel *kernel = context;
    watch_connection(kernel, conn, event);
    if (kernel->observer.event != NULL)
        kernel->observer.event(kernel->context, conn, event);
}

static void on_transition(void *context, const struct track_conn *conn,
                          const struct track_transition *transition)
{
    const struct app_kernel *kernel = context;
    if (kernel->observer.transition != NULL)
        kernel->observer.transition(kernel->context, conn, transition);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    const struct app_kernel *kernel = context;
    kernel_watch_forget(kernel->watch, connection->number);
    if (kernel->observer.connection != NULL)
        kernel->observer.connection(kernel->context, connection);
}

static void on_kernel(void *context, const struct track_kernel_socket *socket, uint64_t connection)
{
    const struct app_kernel *kernel = context;
    if (kernel->observer.kernel != NULL)
        kernel->observer.kernel(kernel->context, socket, connection);
}

struct track_observer app_kernel_observer(struct app_kernel *kernel,
                                          const struct track_observer *observer, void *context)
{
    kernel->observer = *observer;
    kernel->context = context;
    return (struct track_observer){.event = on_event,
                                   .transition = on_transition,
                                   .connection = on_connection,
                                   .kernel = on_kernel};
}

void app_kernel_turn(struct app_kernel *kernel, struct tracker *tracker)
{
    kernel->tracker = tracker;
    kernel_watch_turn(kernel->watch);
}

void app_kernel_finish(struct app_kernel *kernel, struct tracker *tracker)
{
    kernel->tracker = tracker;
    kernel_watch_finish(kernel->watch);
}

int app_kernel_wait(const struct app_kernel *kernel)
{
    return kernel_watch_wait(kernel->watch);
}

struct app_kernel_counts app_kernel_counts(const struct app_kernel *kernel)
{
    struct kernel_watch_counts counts = kernel_watch_counts(kernel->watch);
    return (struct app_kernel_counts){.rounds = counts.rounds,
                                      .questions = counts.questions,
                                      .scans = counts.scans,
                                      .not_asked = counts.not_asked};
}

#else /* there is never one, so nothing else is called with one */

struct app_kernel *app_kernel_open(const char *interface, struct base_strbuf *error)
{
    (void)interface;
    base_strbuf_str(error, _("this tcpviz was built without libmnl, which it takes"));
    return NULL;
}

void app_kernel_close(struct app_kernel *kernel)
{
    (void)kernel;
}

struct track_observer app_kernel_observer(struct app_kernel *kernel,
                                          const struct track_observer *observer, void *context)
{
    (void)kernel;
    (void)context;
    return *observer;
}

void app_kernel_turn(struct app_kernel *kernel, struct tracker *tracker)
{
    (void)kernel;
    (void)tracker;
}

void app_kernel_finish(struct app_kernel *kernel, struct tracker *tracker)
{
    (void)kernel;
    (void)tracker;
}

int app_kernel_wait(const struct app_kernel *kernel)
{
    (void)kernel;
    return -1;
}

struct app_kernel_counts app_kernel_counts(const struct app_kernel *kernel)
{
    (void)kernel;
    return (struct app_kernel_counts){0};
}
#endif
