/* The process that asks this host's kernel, and what is said between it and the program: messages
 * of one size each way, through a pair of sockets. */
#include "config.h"

#include "kernel/asker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"

#define START_MS 10000
#define FINISH_MS 1000
/* Messages that are taken before the kernel is asked again. */
#define PIECE 1024

enum order_kind { ORDER_ADD, ORDER_NOTE, ORDER_FORGET, ORDER_FINISH, ORDERS };

struct order {
    uint32_t kind;
    struct kernel_watched connection; /* NOTE: number and state only; FORGET: number only */
};

enum answer_kind { ANSWER_READY, ANSWER_FAILED, ANSWER_SAMPLE, ANSWER_FINISHED };

struct answer {
    uint32_t kind;
    uint32_t scope;
    uint64_t connection;
    union {
        char why[160]; /* FAILED */
        struct track_kernel_socket socket;
        struct kernel_watch_counts counts; /* FINISHED */
    };
};

struct kernel_asker {
    struct kernel_asker_options options;
    struct kernel_watch_counts counts;
    pid_t pid;
    int fd;
    bool finished;
};

/* --- the process --- */

static void answer(int fd, const struct answer *message)
{
    ssize_t sent;
    do
        sent = send(fd, message, sizeof *message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0)
        _exit(0); /* nobody listens any more */
}

static void on_sample(void *context, const struct track_kernel_socket *socket, uint32_t scope,
                      uint64_t connection)
{
    struct answer message = {.kind = ANSWER_SAMPLE, .scope = scope, .connection = connection};
    message.socket = *socket;
    answer(*(const int *)context, &message);
}

static void obey(struct kernel_watch *watch, int fd, const struct order *order)
{
    const struct kernel_watched *connection = &order->connection;
    struct answer finished = {.kind = ANSWER_FINISHED};
    switch ((enum order_kind)order->kind) {
    case ORDER_ADD:
        if (!kernel_watch_note(watch, connection->number, connection->state))
            kernel_watch_add(watch, connection);
        return;
    case ORDER_NOTE:
        (void)kernel_watch_note(watch, connection->number, connection->state);
        return;
    case ORDER_FORGET:
        kernel_watch_forget(watch, connection->number);
        return;
    case ORDER_FINISH:
        kernel_watch_finish(watch);
        finished.counts = kernel_watch_counts(watch);
        answer(fd, &finished);
        return;
    case ORDERS:
        break;
    }
    _exit(1); /* no such order was ever given */
}

/* What the program can send: no more, should it have been taken over. */
static bool is_order(const struct order *order, ssize_t length)
{
    uint8_t flag;
    memcpy(&flag, &order->connection.self_connect, sizeof flag);
    return length == (ssize_t)sizeof *order && order->kind < ORDERS && flag <= 1;
}

/* False: the program is gone. */
static bool take_orders(struct kernel_watch *watch, int fd)
{
    for (unsigned i = 0; i < PIECE; i++) {
        struct order order;
        ssize_t length = recv(fd, &order, sizeof order, MSG_DONTWAIT);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK;
        if (!is_order(&order, length))
            return false;
        obey(watch, fd, &order);
    }
    return true;
}

/* Nothing of what the program has open, nor its terminal. */
static void let_go(int keep)
{
    setsid();
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = 0; null >= 0 && fd < 3; fd++)
        dup2(null, fd);
    long most = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < (most > 0 && most < 4096 ? (int)most : 4096); fd++)
        if (fd != keep)
            close(fd);
}

static _Noreturn void fail(int fd, const char *why)
{
    struct answer message = {.kind = ANSWER_FAILED};
    snprintf(message.why, sizeof message.why, "%s", why);
    answer(fd, &message);
    _exit(1);
}

static _Noreturn void run(const struct kernel_asker_options *options, int fd)
{
    struct base_strbuf why = BASE_STRBUF_INIT;
    const struct answer ready = {.kind = ANSWER_READY};
    const struct kernel_watch_options wanted = {
        .interface = options->interface, .sample = on_sample, .context = &fd};
    let_go(fd);
    struct kernel_watch *watch = kernel_watch_open(&wanted, &why);
    if (watch == NULL)
        fail(fd, base_strbuf_text(&why));
    if (options->confine != NULL && !options->confine())
        fail(fd, _("its rights could not be given up"));
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    answer(fd, &ready);
    for (;;) {
        struct pollfd wanted_fd = {.fd = fd, .events = POLLIN};
        (void)poll(&wanted_fd, 1, kernel_watch_wait(watch));
        if (!take_orders(watch, fd))
            _exit(0);
        kernel_watch_turn(watch);
    }
}

/* --- the program --- */

/* The next answer; false: none has come within the time, or it is gone. */
static bool next_answer(const struct kernel_asker *asker, struct answer *out, int wait_ms)
{
    struct pollfd wanted = {.fd = asker->fd, .events = POLLIN};
    if (asker->fd < 0 || (wait_ms > 0 && poll(&wanted, 1, wait_ms) <= 0))
        return false;
    return read(asker->fd, out, sizeof *out) == (ssize_t)sizeof *out;
}

static bool start_process(struct kernel_asker *asker)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        return false;
    asker->pid = fork();
    if (asker->pid == 0)
        run(&asker->options, sockets[1]);
    int why = errno;
    close(sockets[1]);
    asker->fd = sockets[0];
    fcntl(asker->fd, F_SETFL, O_NONBLOCK);
    errno = why;
    return asker->pid > 0;
}

struct kernel_asker *kernel_asker_start(const struct kernel_asker_options *options,
                                        struct base_strbuf *error)
{
    struct kernel_asker *asker = base_calloc(1, sizeof *asker);
    struct answer first = {.kind = ANSWER_FAILED};
    asker->options = *options;
    asker->fd = -1;
    if (!start_process(asker))
        snprintf(first.why, sizeof first.why, _("a process: %s"), strerror(errno));
    else if (!next_answer(asker, &first, START_MS))
        snprintf(first.why, sizeof first.why, _("the process that asks does not answer"));
    if (first.kind == ANSWER_READY)
        return asker;
    first.why[sizeof first.why - 1] = '\0';
    base_strbuf_str(error, first.why);
    kernel_asker_close(asker);
    return NULL;
}

void kernel_asker_close(struct kernel_asker *asker)
{
    if (asker == NULL)
        return;
    if (asker->fd >= 0)
        close(asker->fd);
    while (asker->pid > 0 && waitpid(asker->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    free(asker);
}

static bool give(const struct kernel_asker *asker, const struct order *order)
{
    return asker->fd >= 0 && write(asker->fd, order, sizeof *order) == (ssize_t)sizeof *order;
}

bool kernel_asker_add(struct kernel_asker *asker, const struct kernel_watched *connection)
{
    struct order order = {.kind = ORDER_ADD};
    order.connection = *connection;
    return give(asker, &order);
}

bool kernel_asker_note(struct kernel_asker *asker, uint64_t number, const uint8_t state[2])
{
    struct order order = {.kind = ORDER_NOTE};
    order.connection.number = number;
    memcpy(order.connection.state, state, sizeof order.connection.state);
    return give(asker, &order);
}

bool kernel_asker_forget(struct kernel_asker *asker, uint64_t number)
{
    struct order order = {.kind = ORDER_FORGET};
    order.connection.number = number;
    return give(asker, &order);
}

static void hand_over(struct kernel_asker *asker, const struct answer *message)
{
    if (message->kind == ANSWER_SAMPLE)
        asker->options.sample(asker->options.context, &message->socket, message->scope,
                              message->connection);
    if (message->kind != ANSWER_FINISHED)
        return;
    asker->counts = message->counts;
    asker->finished = true;
}

void kernel_asker_take(struct kernel_asker *asker, unsigned most)
{
    struct answer message;
    for (; most > 0 && next_answer(asker, &message, 0); most--)
        hand_over(asker, &message);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void kernel_asker_finish(struct kernel_asker *asker)
{
    const struct order order = {.kind = ORDER_FINISH};
    const int64_t until_ms = now_ms() + FINISH_MS;
    struct answer message;
    bool given = false;
    for (int64_t left_ms; !asker->finished && (left_ms = until_ms - now_ms()) > 0;) {
        given = given || give(asker, &order);
        if (next_answer(asker, &message, (int)left_ms))
            hand_over(asker, &message);
        else if (given)
            return; /* it is gone, or too slow */
    }
}

struct kernel_watch_counts kernel_asker_counts(const struct kernel_asker *asker)
{
    return asker->counts;
}
