/* Makes the calls of one program. */
#include "config.h"

#include "lab/program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "base/xalloc.h"
#include "lab/net.h"
#include "lab/option.h"

/* Out of the way of the sockets, which get 3, 4, … as in any program. */
#define REPORT_FD 500
#define GO_FD 501
#define NEVER -1

struct program {
    const struct lab_scenario *scenario;
    const struct lab_program *script;
    uint8_t index;
    int64_t start_ns, returned_ns; /* CLOCK_MONOTONIC */
    char *data;                    /* what is sent and what was read */
    struct {
        int fd; /* -1: closed */
        struct wire_endpoint local, remote;
    } sockets[LAB_MAX_SOCKETS];
};

static int64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void sleep_until(int64_t time_ns)
{
    struct timespec until = {.tv_sec = (time_t)(time_ns / 1000000000),
                             .tv_nsec = (long)(time_ns % 1000000000)};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
        continue;
}

/* --- addresses --- */

static socklen_t put_address(const struct program *program, const struct lab_step *step,
                             struct sockaddr_storage *out)
{
    struct wire_endpoint host = {0};
    bool ipv6 = program->scenario->ipv6;
    if (step->to < LAB_HOSTS)
        lab_net_address((enum lab_host)step->to, ipv6, &host);
    memset(out, 0, sizeof *out);
    if (ipv6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(step->port);
        memcpy(&in6->sin6_addr, host.address, 16);
        return sizeof *in6;
    }
    struct sockaddr_in *in = (struct sockaddr_in *)out;
    in->sin_family = AF_INET;
    in->sin_port = htons(step->port);
    memcpy(&in->sin_addr, host.address, 4);
    return sizeof *in;
}

static void take_address(const struct sockaddr_storage *address, struct wire_endpoint *out)
{
    struct wire_endpoint taken = {0};
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
        taken.family = 6;
        taken.port = ntohs(in6->sin6_port);
        memcpy(taken.address, &in6->sin6_addr, 16);
    } else if (address->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)address;
        taken.family = 4;
        taken.port = ntohs(in->sin_port);
        memcpy(taken.address, &in->sin_addr, 4);
    }
    if (taken.port != 0) /* else it is not bound, or no longer */
        *out = taken;
}

/* Remembers the addresses of a socket for as long as it can tell them. */
static void look_at_socket(struct program *program, uint8_t number)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int fd = program->sockets[number].fd;
    if (fd < 0)
        return;
    if (getsockname(fd, (struct sockaddr *)&address, &length) == 0)
        take_address(&address, &program->sockets[number].local);
    length = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &length) == 0)
        take_address(&address, &program->sockets[number].remote);
}

/* --- reports --- */

/* Calls that close all sockets at once. */
static bool ends_program(const struct program *program, size_t step)
{
    if (step >= program->script->step_count)
        return true;
    enum lab_op op = (enum lab_op)program->script->steps[step].op;
    return op == LAB_EXIT || op == LAB_KILL;
}

static uint8_t open_connection(const struct program *program)
{
    for (size_t i = 0; i < program->script->socket_count; i++)
        if (program->sockets[i].fd >= 0 && program->sockets[i].remote.family != 0)
            return (uint8_t)i;
    return LAB_NO_SOCKET;
}

static void report(const struct program *program, enum lab_report_kind kind, size_t step,
                   int64_t result, int error)
{
    struct lab_report out = {.time_ns = now_ns(CLOCK_REALTIME),
                             .result = result,
                             .error = error,
                             .step = (uint16_t)step,
                             .program = program->index,
                             .kind = (uint8_t)kind};
    uint8_t socket = LAB_NO_SOCKET;
    if (step < program->script->step_count) {
        const struct lab_step *made = &program->script->steps[step];
        socket = made->makes != LAB_NO_SOCKET && result >= 0 ? made->makes : made->socket;
    }
    if (socket == LAB_NO_SOCKET && ends_program(program, step))
        socket = open_connection(program);
    if (socket != LAB_NO_SOCKET) {
        out.local = program->sockets[socket].local;
        out.remote = program->sockets[socket].remote;
    }
    if (write(REPORT_FD, &out, sizeof out) != (ssize_t)sizeof out)
        _exit(1);
}

/* --- calls --- */

static int64_t call_socket(const struct program *program)
{
    return socket(program->scenario->ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
}

static int64_t call_connect(struct program *program, const struct lab_step *step, int fd)
{
    struct sockaddr_storage address;
    socklen_t length = put_address(program, step, &address);
    /* A connection that fails has no peer to be asked for afterwards. */
    take_address(&address, &program->sockets[step->socket].remote);
    return connect(fd, (const struct sockaddr *)&address, length);
}

static int64_t call_disconnect(struct program *program, const struct lab_step *step, int fd)
{
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    int result = connect(fd, &nobody, sizeof nobody);
    if (result == 0)
        program->sockets[step->socket].local.family = 0;
    return result;
}

static int64_t call_bind(const struct program *program, const struct lab_step *step, int fd)
{
    struct sockaddr_storage address;
    socklen_t length = put_address(program, step, &address);
    return bind(fd, (const struct sockaddr *)&address, length);
}

static int64_t call_send(const struct program *program, const struct lab_step *step, int fd)
{
    struct sockaddr_storage address;
    const void *bytes = step->bytes != NULL ? step->bytes : program->data;
    if (step->op != LAB_SENDTO)
        return send(fd, bytes, (size_t)step->number, step->flags);
    socklen_t length = put_address(program, step, &address);
    return sendto(fd, bytes, (size_t)step->number, step->flags, (const struct sockaddr *)&address,
                  length);
}

/* All there is until the end; the sum of it. */
static int64_t call_drain(const struct program *program, int fd)
{
    int64_t total = 0;
    ssize_t got;
    while ((got = recv(fd, program->data, 65536, 0)) > 0)
        total += got;
    return got < 0 ? got : total;
}

static int set_repair(int fd, int value)
{
    return setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &value, sizeof value);
}

/* A socket in repair is closed without a segment: its peer hears nothing of it. */
static int64_t call_vanish(int fd)
{
    return set_repair(fd, 1) != 0 ? -1 : close(fd);
}

static int64_t call_set_isn(const struct lab_step *step, int fd)
{
    int queue = TCP_SEND_QUEUE;
    uint32_t isn = (uint32_t)step->number;
    if (set_repair(fd, 1) != 0)
        return -1;
    int result = setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof queue) == 0
                     ? setsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &isn, sizeof isn)
                     : -1;
    return set_repair(fd, 0) == 0 ? result : -1;
}

static int64_t make_call(struct program *program, const struct lab_step *step, int fd)
{
    switch ((enum lab_op)step->op) {
    case LAB_ACCEPT:
        return accept(fd, NULL, NULL);
    case LAB_BIND:
        return call_bind(program, step, fd);
    case LAB_CLOSE:
        return close(fd);
    case LAB_CONNECT:
        return call_connect(program, step, fd);
    case LAB_DISCONNECT:
        return call_disconnect(program, step, fd);
    case LAB_DRAIN:
        return call_drain(program, fd);
    case LAB_EXIT:
        _exit(0);
    case LAB_KILL:
        return raise(SIGKILL);
    case LAB_LISTEN:
        return listen(fd, (int)step->number);
    case LAB_NONBLOCK:
        return fcntl(fd, F_SETFL, O_NONBLOCK);
    case LAB_PAUSE:
        for (;;)
            pause();
    case LAB_READ:
        return recv(fd, program->data, (size_t)step->number, step->flags);
    case LAB_SEND:
    case LAB_SENDTO:
        return call_send(program, step, fd);
    case LAB_SET_ISN:
        return call_set_isn(step, fd);
    case LAB_SETSOCKOPT:
        return lab_option_set(fd, step->option, step->number);
    case LAB_SHUTDOWN:
        return shutdown(fd, step->flags);
    case LAB_SIGNAL:
        return signal(SIGPIPE, step->flags != 0 ? SIG_IGN : SIG_DFL) == SIG_ERR ? -1 : 0;
    case LAB_SLEEP:
        sleep_until(now_ns(CLOCK_MONOTONIC) + step->number);
        return 0;
    case LAB_SOCKET:
        return call_socket(program);
    case LAB_VANISH:
        return call_vanish(fd);
    }
    return -1;
}

static void take_step(struct program *program, size_t number)
{
    const struct lab_step *step = &program->script->steps[number];
    int fd = step->socket != LAB_NO_SOCKET ? program->sockets[step->socket].fd : -1;
    report(program, LAB_REPORT_BEGIN, number, -1, 0);
    errno = 0;
    int64_t result = make_call(program, step, fd);
    int error = result < 0 ? errno : 0;
    program->returned_ns = now_ns(CLOCK_MONOTONIC);
    if (step->makes != LAB_NO_SOCKET) {
        program->sockets[step->makes].fd = (int)result;
        program->sockets[step->makes].local.family = 0;
        program->sockets[step->makes].remote.family = 0;
        look_at_socket(program, step->makes);
    }
    if (step->socket != LAB_NO_SOCKET) {
        if (result == 0 && (step->op == LAB_CLOSE || step->op == LAB_VANISH))
            program->sockets[step->socket].fd = -1;
        else
            look_at_socket(program, step->socket);
    }
    report(program, LAB_REPORT_END, number, result, error);
}

static void wait_for_time(const struct program *program, const struct lab_step *step)
{
    if (step->when == LAB_AT)
        sleep_until(program->start_ns + step->when_ns);
    else if (step->when == LAB_AFTER)
        sleep_until(program->returned_ns + step->when_ns);
}

/* Calls that return at once and put nothing on the wire. */
static bool is_preparation(const struct lab_step *step)
{
    switch ((enum lab_op)step->op) {
    case LAB_BIND:
    case LAB_LISTEN:
    case LAB_NONBLOCK:
    case LAB_SET_ISN:
    case LAB_SETSOCKOPT:
    case LAB_SIGNAL:
    case LAB_SOCKET:
        return step->when == LAB_AT_ONCE;
    case LAB_ACCEPT:
    case LAB_CLOSE:
    case LAB_CONNECT:
    case LAB_DISCONNECT:
    case LAB_DRAIN:
    case LAB_EXIT:
    case LAB_KILL:
    case LAB_PAUSE:
    case LAB_READ:
    case LAB_SEND:
    case LAB_SENDTO:
    case LAB_SHUTDOWN:
    case LAB_SLEEP:
    case LAB_VANISH:
        break;
    }
    return false;
}

static size_t data_bytes(const struct lab_program *script)
{
    size_t most = 65536;
    for (size_t i = 0; i < script->step_count; i++)
        if (script->steps[i].op != LAB_SET_ISN && script->steps[i].op != LAB_SLEEP &&
            script->steps[i].number > (int64_t)most && script->steps[i].number <= LAB_MAX_BYTES)
            most = (size_t)script->steps[i].number;
    return most;
}

/* A pattern that shows where in the stream one is. */
static void fill_data(char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        data[i] = i % 64 == 63 ? '\n' : (char)('a' + (i + i / 64) % 26);
}

/* Nothing is open but 0, 1, 2 and the two pipes; signals do what they do by default. */
static void be_a_program(int report_fd, int go_fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (dup2(report_fd, REPORT_FD) < 0 || dup2(go_fd, GO_FD) < 0)
        _exit(1);
    for (int fd = 3; fd < REPORT_FD; fd++)
        close(fd);
    for (int number = 1; number < 32; number++)
        signal(number, SIG_DFL);
}

static bool has_open_socket(const struct program *program)
{
    for (size_t i = 0; i < program->script->socket_count; i++)
        if (program->sockets[i].fd >= 0)
            return true;
    return false;
}

_Noreturn void lab_program_run(const struct lab_scenario *scenario, size_t index, int report_fd,
                               int go)
{
    struct program program = {
        .scenario = scenario, .script = &scenario->programs[index], .index = (uint8_t)index};
    be_a_program(report_fd, go);
    for (size_t i = 0; i < LAB_MAX_SOCKETS; i++)
        program.sockets[i].fd = NEVER;
    size_t length = data_bytes(program.script), step = 0;
    program.data = base_alloc(length);
    fill_data(program.data, length);
    while (step < program.script->step_count && is_preparation(&program.script->steps[step]))
        take_step(&program, step++);
    report(&program, LAB_REPORT_READY, LAB_STEP_EXIT, 0, 0);
    if (read(GO_FD, &program.start_ns, sizeof program.start_ns) != sizeof program.start_ns)
        _exit(1);
    program.returned_ns = program.start_ns;
    for (; step < program.script->step_count; step++) {
        wait_for_time(&program, &program.script->steps[step]);
        take_step(&program, step);
    }
    if (has_open_socket(&program))
        report(&program, LAB_REPORT_BEGIN, LAB_STEP_EXIT, 0, 0);
    report(&program, LAB_REPORT_DONE, LAB_STEP_EXIT, 0, 0);
    _exit(0);
}
