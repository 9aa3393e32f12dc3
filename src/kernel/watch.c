/* Asks this host's kernel about the connections of a live capture.
 *
 * An end that has moved is asked at once, one that is busy or differs ten times a second, the rest
 * once a second; all in rounds, at most 20 a second, that end after so many questions or so long.
 * What was due and had no place comes first in the next one. */
#include "config.h"

#include "kernel/watch.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/u64map.h"
#include "base/xalloc.h"
#include "kernel/diag.h"
#include "kernel/local.h"
#include "kernel/owner.h"
#include "track/event.h"

#define MS INT64_C(1000000)
#define MAX_WATCHED 4096
#define MAX_QUESTIONS 128 /* a round */
#define ROUND_NS (2 * MS)
#define BETWEEN_ROUNDS_NS (50 * MS)
#define FINISH_NS (100 * MS)
/* A twentieth of the time at most goes into rounds. */
#define REST 20
#define OWNERS_NS (4 * MS)
#define BUSY_NS (100 * MS)
#define QUIET_NS (1000 * MS)
#define IS_BUSY_NS (2000 * MS)
/* The addresses of this host are asked for no oftener. */
#define ADDRESSES_NS (5000 * MS)
/* What is not this host's: so often it is asked whether there is a socket all the same, as behind a
 * transparent proxy. */
#define TRIES 3
#define LISTENERS 64

struct end {
    int64_t due_ns; /* INT64_MAX: never, unless it moves */
    uint32_t inode;
    struct kernel_owner owner;
    uint8_t said; /* enum track_state */
    uint8_t tries;
    bool is_local;
    bool found; /* there was a socket */
};

struct watched {
    struct kernel_watched connection;
    int64_t moved_ns; /* when a state changed or a segment came last */
    size_t at;        /* in the list */
    struct end end[2];
};

struct listener {
    struct wire_endpoint endpoint;
    int64_t asked_ns;
    uint32_t queue, limit;
    bool found;
};

struct kernel_watch {
    struct kernel_watch_options options;
    struct kernel_diag *diag;
    struct kernel_owners *owners; /* NULL: /proc cannot be read */
    struct kernel_local local;
    struct base_u64map map;            /* by number: struct watched */
    struct watched *list[MAX_WATCHED]; /* owned */
    size_t count, next;                /* next: where the next round begins */
    struct listener listeners[LISTENERS];
    uint32_t interface; /* index; 0: all */
    int64_t now_ns;     /* at the last turn; CLOCK_MONOTONIC */
    int64_t addresses_ns;
    int64_t round_due_ns;  /* no round before */
    int64_t answer_due_ns; /* nothing is due before */
    struct kernel_watch_counts counts;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct kernel_watch *kernel_watch_open(const struct kernel_watch_options *options,
                                       struct base_strbuf *error)
{
    struct kernel_diag *diag = kernel_diag_open();
    if (diag == NULL || !kernel_diag_works(diag)) {
        base_strbuf_printf(error, "sock_diag: %s", strerror(errno));
        kernel_diag_close(diag);
        return NULL;
    }
    struct kernel_watch *watch = base_calloc(1, sizeof *watch);
    watch->options = *options;
    watch->diag = diag;
    watch->owners = kernel_owners_open(options->proc != NULL ? options->proc : "/proc");
    watch->interface = if_nametoindex(options->interface);
    watch->now_ns = now_ns();
    watch->answer_due_ns = INT64_MAX;
    kernel_local_refresh(&watch->local);
    watch->addresses_ns = watch->now_ns;
    return watch;
}

void kernel_watch_close(struct kernel_watch *watch)
{
    if (watch == NULL)
        return;
    for (size_t i = 0; i < watch->count; i++)
        free(watch->list[i]);
    base_u64map_free(&watch->map);
    kernel_local_free(&watch->local);
    kernel_owners_close(watch->owners);
    kernel_diag_close(watch->diag);
    free(watch);
}

/* --- which connections --- */

static unsigned ends_of(const struct watched *watched)
{
    return watched->connection.self_connect ? 1 : 2;
}

static bool has_socket(const struct watched *watched)
{
    return watched->end[0].found || watched->end[1].found;
}

static bool is_over(const struct watched *watched)
{
    for (unsigned side = 0; side < ends_of(watched); side++)
        if (watched->connection.state[side] != TRACK_CLOSED &&
            watched->connection.state[side] != TRACK_TIME_WAIT)
            return false;
    return true;
}

static unsigned worth(const struct watched *watched)
{
    return is_over(watched) ? 0 : has_socket(watched) ? 2 : 1;
}

/* Which of some that are not far from each other in the list is missed least. */
static struct watched *least_wanted(const struct kernel_watch *watch)
{
    struct watched *least = watch->list[watch->next % watch->count];
    for (size_t i = 1; i < 16; i++) {
        struct watched *other = watch->list[(watch->next + i) % watch->count];
        if (worth(other) != worth(least) ? worth(other) < worth(least)
                                         : other->moved_ns < least->moved_ns)
            least = other;
    }
    return least;
}

/* It is due as soon as there may be a round. */
static void call_up(struct kernel_watch *watch, struct watched *watched)
{
    for (unsigned side = 0; side < ends_of(watched); side++)
        watched->end[side].due_ns = 0;
    watch->answer_due_ns = 0;
}

bool kernel_watch_note(struct kernel_watch *watch, uint64_t number, const uint8_t state[2])
{
    struct watched *watched = base_u64map_get(&watch->map, number);
    if (watched == NULL)
        return false;
    uint8_t *known = watched->connection.state;
    watched->moved_ns = watch->now_ns;
    if (known[0] == state[0] && known[1] == state[1])
        return true;
    known[0] = state[0];
    known[1] = state[1];
    call_up(watch, watched);
    return true;
}

static bool is_local(struct kernel_watch *watch, const struct wire_endpoint *endpoint)
{
    if (kernel_local_has(&watch->local, endpoint))
        return true;
    if (watch->now_ns - watch->addresses_ns < ADDRESSES_NS)
        return false;
    watch->addresses_ns = watch->now_ns;
    kernel_local_refresh(&watch->local);
    return kernel_local_has(&watch->local, endpoint);
}

void kernel_watch_add(struct kernel_watch *watch, const struct kernel_watched *connection)
{
    if (watch->count == MAX_WATCHED) {
        const struct watched *least = least_wanted(watch);
        watch->counts.not_asked += !has_socket(least);
        kernel_watch_forget(watch, least->connection.number);
    }
    struct watched *watched = base_calloc(1, sizeof *watched);
    watched->connection = *connection;
    watched->moved_ns = watch->now_ns;
    watched->at = watch->count;
    for (unsigned side = 0; side < ends_of(watched); side++)
        watched->end[side].is_local = is_local(watch, &connection->end[side]);
    watch->list[watch->count++] = watched;
    base_u64map_put(&watch->map, connection->number, watched);
    call_up(watch, watched);
}

static void forget_inode(const struct kernel_watch *watch, struct end *end)
{
    if (end->inode != 0 && watch->owners != NULL)
        kernel_owners_forget(watch->owners, end->inode);
    end->inode = 0;
}

void kernel_watch_forget(struct kernel_watch *watch, uint64_t number)
{
    struct watched *watched = base_u64map_remove(&watch->map, number);
    if (watched == NULL)
        return;
    forget_inode(watch, &watched->end[0]);
    forget_inode(watch, &watched->end[1]);
    struct watched *last = watch->list[--watch->count];
    watch->list[watched->at] = last;
    last->at = watched->at;
    free(watched);
}

/* --- who has it --- */

/* The last owner is remembered: a socket in TIME_WAIT has none, nor has one that its program closed
 * while data or its FIN were on their way. */
static void find_owner(const struct kernel_watch *watch, struct end *end,
                       struct track_kernel_socket *socket)
{
    if (socket->inode != end->inode && socket->inode != 0) {
        forget_inode(watch, end);
        end->owner = (struct kernel_owner){.owner = TRACK_OWNER_NOT_KNOWN};
        end->inode = socket->inode;
    }
    if (end->inode != 0 && end->owner.owner == TRACK_OWNER_NOT_KNOWN && watch->owners != NULL)
        kernel_owners_find(watch->owners, end->inode, &end->owner);
    socket->owner = end->owner.owner;
    socket->pid = end->owner.pid;
    memcpy(socket->process, end->owner.process, sizeof socket->process);
    if (socket->inode != 0)
        return;
    forget_inode(watch, end);
    socket->owner = end->owner.owner == TRACK_OWNER_PROCESS ? TRACK_OWNER_PAST : TRACK_OWNER_NONE;
}

/* --- the listener: what it says of itself is not said of the connection --- */

static struct listener *listener_at(struct kernel_watch *watch,
                                    const struct wire_endpoint *endpoint)
{
    struct listener *oldest = watch->listeners;
    for (size_t i = 0; i < LISTENERS; i++) {
        struct listener *listener = &watch->listeners[i];
        if (memcmp(&listener->endpoint, endpoint, sizeof *endpoint) == 0)
            return listener;
        if (listener->asked_ns < oldest->asked_ns)
            oldest = listener;
    }
    *oldest = (struct listener){.endpoint = *endpoint};
    return oldest;
}

static void ask_listener(struct kernel_watch *watch, struct listener *listener)
{
    struct kernel_question question = {.local = listener->endpoint,
                                       .remote = {.family = listener->endpoint.family}};
    struct track_kernel_socket answer;
    watch->counts.questions++;
    listener->asked_ns = watch->now_ns;
    listener->found =
        kernel_diag_find(watch->diag, &question, &answer) && answer.state == TRACK_LISTEN;
    listener->queue = answer.receive_queue;
    listener->limit = answer.send_queue;
}

static void add_listener(struct kernel_watch *watch, const struct watched *watched, unsigned side,
                         struct track_kernel_socket *socket)
{
    if (socket->state == TRACK_LISTEN) {
        socket->inode = 0;
        socket->has_listener = true;
        socket->accept_queue = socket->receive_queue;
        socket->accept_limit = socket->send_queue;
        socket->receive_queue = socket->send_queue = 0;
        return;
    }
    if (side != TRACK_SERVER || socket->state == TRACK_CLOSED)
        return;
    struct listener *listener = listener_at(watch, &watched->connection.end[side]);
    if (listener->asked_ns == 0 || watch->now_ns - listener->asked_ns >= BUSY_NS)
        ask_listener(watch, listener);
    socket->has_listener = listener->found;
    socket->accept_queue = listener->queue;
    socket->accept_limit = listener->limit;
}

/* --- asking --- */

/* A socket that is bound to an interface, as one of a link-local address is, is found by it only.
 */
static bool find(struct kernel_watch *watch, const struct kernel_watched *connection, unsigned side,
                 struct track_kernel_socket *out)
{
    unsigned peer = connection->self_connect ? side : 1 - side;
    struct kernel_question question = {.local = connection->end[side],
                                       .remote = connection->end[peer]};
    watch->counts.questions++;
    if (!kernel_diag_find(watch->diag, &question, out))
        return false;
    if ((out->state != TRACK_CLOSED && out->state != TRACK_LISTEN) || watch->interface == 0)
        return true;
    struct track_kernel_socket bound;
    question.interface = watch->interface;
    watch->counts.questions++;
    if (kernel_diag_find(watch->diag, &question, &bound) && bound.state != TRACK_CLOSED)
        *out = bound;
    return true;
}

/* When it is asked again. */
static int64_t when_due(const struct kernel_watch *watch, const struct watched *watched,
                        unsigned side)
{
    const struct end *end = &watched->end[side];
    uint8_t inferred = watched->connection.state[side];
    bool gone = end->said == TRACK_CLOSED || end->said == TRACK_LISTEN;
    if (gone && !end->is_local && end->tries >= TRIES)
        return INT64_MAX;
    if (gone && inferred == TRACK_CLOSED)
        return INT64_MAX;
    bool busy = watch->now_ns - watched->moved_ns < IS_BUSY_NS;
    return watch->now_ns + (busy ? BUSY_NS : QUIET_NS);
}

/* Where there never was a socket, that there is none says nothing: another host's address, or one
 * that is passed on to another host. Unless none should be there, or a listener takes it. */
static bool says_something(const struct watched *watched, unsigned side, uint8_t said)
{
    const struct end *end = &watched->end[side];
    uint8_t inferred = watched->connection.state[side];
    if (end->found)
        return true;
    return end->is_local &&
           (said == TRACK_LISTEN || inferred == TRACK_CLOSED || inferred == TRACK_LISTEN);
}

static void ask(struct kernel_watch *watch, struct watched *watched, unsigned side)
{
    struct track_kernel_socket socket;
    struct end *end = &watched->end[side];
    if (!find(watch, &watched->connection, side, &socket)) {
        end->due_ns = watch->now_ns + QUIET_NS;
        return;
    }
    end->said = socket.state;
    if (socket.state != TRACK_CLOSED && socket.state != TRACK_LISTEN)
        end->found = end->is_local = true;
    else if (end->tries < TRIES)
        end->tries++;
    end->due_ns = when_due(watch, watched, side);
    if (!says_something(watched, side, socket.state))
        return;
    add_listener(watch, watched, side, &socket);
    if (end->found)
        find_owner(watch, end, &socket);
    watch->options.sample(watch->options.context, &socket, watched->connection.scope,
                          watched->connection.number);
}

/* Asks what is due until there were most questions or it is until_ns; false if some was left. */
static bool ask_round(struct kernel_watch *watch, uint64_t most, int64_t until_ns)
{
    most += watch->counts.questions;
    watch->answer_due_ns = INT64_MAX;
    for (size_t left = watch->count; left > 0; left--, watch->next++) {
        if (watch->next >= watch->count)
            watch->next = 0;
        struct watched *watched = watch->list[watch->next];
        for (unsigned side = 0; side < ends_of(watched); side++) {
            struct end *end = &watched->end[side];
            if (end->due_ns <= watch->now_ns) {
                if (watch->counts.questions >= most || now_ns() >= until_ns)
                    return false;
                ask(watch, watched, side);
            }
            if (end->due_ns < watch->answer_due_ns)
                watch->answer_due_ns = end->due_ns;
        }
    }
    return true;
}

static void do_round(struct kernel_watch *watch, uint64_t most, int64_t lasts_ns)
{
    uint64_t before = watch->counts.questions;
    if (!ask_round(watch, most, watch->now_ns + lasts_ns))
        watch->answer_due_ns = 0;
    watch->counts.rounds += watch->counts.questions > before;
    int64_t over_ns = now_ns(), rest_ns = REST * (over_ns - watch->now_ns);
    watch->round_due_ns =
        watch->now_ns + (rest_ns > BETWEEN_ROUNDS_NS ? rest_ns : BETWEEN_ROUNDS_NS);
    if (watch->owners != NULL)
        kernel_owners_turn(watch->owners, over_ns + OWNERS_NS);
}

static bool owners_are_busy(const struct kernel_watch *watch)
{
    return watch->owners != NULL && kernel_owners_busy(watch->owners);
}

void kernel_watch_turn(struct kernel_watch *watch)
{
    watch->now_ns = now_ns();
    bool due = watch->answer_due_ns <= watch->now_ns || owners_are_busy(watch);
    if (due && watch->now_ns >= watch->round_due_ns)
        do_round(watch, MAX_QUESTIONS, ROUND_NS);
}

void kernel_watch_finish(struct kernel_watch *watch)
{
    watch->now_ns = now_ns();
    for (size_t i = 0; i < watch->count; i++)
        for (unsigned side = 0; side < 2; side++)
            if (watch->list[i]->end[side].due_ns != INT64_MAX)
                watch->list[i]->end[side].due_ns = 0;
    do_round(watch, UINT32_MAX, FINISH_NS);
}

int kernel_watch_wait(const struct kernel_watch *watch)
{
    int64_t due_ns = owners_are_busy(watch) ? 0 : watch->answer_due_ns;
    if (due_ns == INT64_MAX)
        return -1;
    if (due_ns < watch->round_due_ns)
        due_ns = watch->round_due_ns;
    int64_t wait_ns = due_ns - now_ns();
    return wait_ns > 0 ? (int)(wait_ns / MS) + 1 : 0;
}

struct kernel_watch_counts kernel_watch_counts(const struct kernel_watch *watch)
{
    struct kernel_watch_counts counts = watch->counts;
    counts.scans = watch->owners != NULL ? kernel_owners_scans(watch->owners) : 0;
    return counts;
}
