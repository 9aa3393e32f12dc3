/* --kernel: between the tracker and whoever it tells, sees which connections there are, and asks
 * this host's kernel about them. */
#include "config.h"

#include "app/kernel.h"

#include <stdlib.h>

#include "base/intl.h"
#include "base/xalloc.h"

#ifdef HAVE_LAB
#include <string.h>
#include <time.h>

#include "app/rights.h"
#include "base/u64map.h"
#include "kernel/asker.h"

#define MS INT64_C(1000000)
/* How often answers are looked for, and how many are taken at once. */
#define TURN_MS 50
#define ANSWERS 512
/* New connections that are told in that time: a flood of them must not cost the capture anything.
 */
#define NEW_PER_TURN 256
/* A connection is told of again so often though its states are the same: it is busy. */
#define BUSY_NS (1000 * MS)

/* What the asking process was told of a connection. */
struct told {
    int64_t time_ns; /* of the segment */
    uint8_t state[2];
};

struct app_kernel {
    struct kernel_asker *asker;
    struct base_u64map told;        /* by connection: struct told, owned */
    struct track_observer observer; /* who is told */
    void *context;
    struct tracker *tracker; /* during a turn */
    int64_t turn_ns;         /* of the last turn; CLOCK_MONOTONIC */
    unsigned new_left;
    uint64_t left_out;
};

static void on_sample(void *context, const struct track_kernel_socket *socket, uint32_t scope,
                      uint64_t connection)
{
    struct app_kernel *kernel = context;
    /* an answer may come after its connection's end */
    if (base_u64map_get(&kernel->told, connection) != NULL)
        tracker_kernel(kernel->tracker, socket, scope, connection);
}

struct app_kernel *app_kernel_open(const char *interface, struct base_strbuf *error)
{
    struct app_kernel *kernel = base_calloc(1, sizeof *kernel);
    const struct kernel_asker_options options = {.interface = interface,
                                                 .confine = app_rights_look_only,
                                                 .sample = on_sample,
                                                 .context = kernel};
    kernel->new_left = NEW_PER_TURN;
    kernel->asker = kernel_asker_start(&options, error);
    if (kernel->asker != NULL)
        return kernel;
    free(kernel);
    return NULL;
}

void app_kernel_close(struct app_kernel *kernel)
{
    if (kernel == NULL)
        return;
    size_t at = 0;
    for (void *told; (told = base_u64map_next(&kernel->told, &at)) != NULL;)
        free(told);
    base_u64map_free(&kernel->told);
    kernel_asker_close(kernel->asker);
    free(kernel);
}

/* What cannot be told now is tried again at its next segment. */
static void tell_new(struct app_kernel *kernel, const struct track_conn *conn,
                     const struct track_event *event)
{
    struct kernel_watched watched = {
        .number = event->connection,
        .scope = track_conn_scope(conn),
        .self_connect = track_conn_self_connect(conn),
        .end = {*track_conn_endpoint(conn, TRACK_CLIENT), *track_conn_endpoint(conn, TRACK_SERVER)},
        .state = {event->state[TRACK_CLIENT], event->state[TRACK_SERVER]},
    };
    if (kernel->new_left == 0 || !kernel_asker_add(kernel->asker, &watched)) {
        kernel->left_out += event->first_of_connection;
        return;
    }
    kernel->new_left--;
    struct told *told = base_calloc(1, sizeof *told);
    memcpy(told->state, event->state, sizeof told->state);
    told->time_ns = event->time_ns;
    base_u64map_put(&kernel->told, event->connection, told);
}

static void tell(struct app_kernel *kernel, const struct track_conn *conn,
                 const struct track_event *event)
{
    struct told *told = base_u64map_get(&kernel->told, event->connection);
    if (told == NULL) {
        tell_new(kernel, conn, event);
        return;
    }
    if (memcmp(told->state, event->state, sizeof told->state) == 0 &&
        event->time_ns - told->time_ns < BUSY_NS)
        return;
    if (!kernel_asker_note(kernel->asker, event->connection, event->state))
        return;
    memcpy(told->state, event->state, sizeof told->state);
    told->time_ns = event->time_ns;
}

static void on_event(void *context, const struct track_conn *conn, const struct track_event *event)
{
    struct app_kernel *kernel = context;
    tell(kernel, conn, event);
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
    struct app_kernel *kernel = context;
    void *told = base_u64map_remove(&kernel->told, connection->number);
    if (told != NULL)
        (void)kernel_asker_forget(kernel->asker, connection->number);
    free(told);
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
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t now_ns = (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
    if (now_ns - kernel->turn_ns < TURN_MS * MS)
        return;
    kernel->turn_ns = now_ns;
    kernel->new_left = NEW_PER_TURN;
    kernel->tracker = tracker;
    kernel_asker_take(kernel->asker, ANSWERS);
}

void app_kernel_finish(struct app_kernel *kernel, struct tracker *tracker)
{
    kernel->tracker = tracker;
    kernel_asker_finish(kernel->asker);
}

int app_kernel_wait(const struct app_kernel *kernel)
{
    return kernel->told.count > 0 ? TURN_MS : -1;
}

struct app_kernel_counts app_kernel_counts(const struct app_kernel *kernel)
{
    struct kernel_watch_counts counts = kernel_asker_counts(kernel->asker);
    return (struct app_kernel_counts){.rounds = counts.rounds,
                                      .questions = counts.questions,
                                      .scans = counts.scans,
                                      .not_asked = counts.not_asked + kernel->left_out};
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
