/* The broker: opens what may be opened, by name, for a process that cannot. */
#include "config.h"

#include "guard/impl.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"

struct allowed_name {
    char *path; /* owned */
    enum guard_mode mode;
    bool alone;              /* it may be the first thing in its directory, which is made then */
    char *beside, *replaced; /* owned: a new file and what it is to replace; NULL: none */
};

static struct {
    struct allowed_name *names;
    size_t count;
    int socket; /* to the broker; -1: none */
    bool started;
} broker = {.socket = -1};

/* --- names --- */

void guard_allow(const char *path, enum guard_mode mode)
{
    if (strlen(path) >= GUARD_PATH_BYTES)
        return; /* nothing has such a name */
    broker.names = base_realloc(broker.names, broker.count + 1, sizeof broker.names[0]);
    broker.names[broker.count++] = (struct allowed_name){.path = base_strdup(path), .mode = mode};
}

void guard_allow_alone(const char *path)
{
    size_t count = broker.count;
    guard_allow(path, GUARD_REPLACE);
    if (broker.count > count)
        broker.names[count].alone = true;
}

static struct allowed_name *find_name(const char *path, enum guard_mode mode)
{
    for (size_t i = 0; i < broker.count; i++)
        if (broker.names[i].mode == mode && strcmp(broker.names[i].path, path) == 0)
            return &broker.names[i];
    return NULL;
}

const char *guard_allowed(size_t index, enum guard_mode *mode)
{
    if (index >= broker.count)
        return NULL;
    *mode = broker.names[index].mode;
    return broker.names[index].path;
}

/* --- opening: what may be is decided before --- */

/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
static int open_to_read(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

/* A FIFO opened for reading too would hide that its reader went away; but what is saved may have to
 * be read again, and a file that we may only write is written all the same. */
static int open_to_write(const char *path)
{
    const int flags = O_TRUNC | O_CLOEXEC | O_NOCTTY;
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode))
        return open(path, O_WRONLY | flags);
    int fd = open(path, O_RDWR | O_CREAT | flags, 0666);
    return fd >= 0 || errno != EACCES ? fd : open(path, O_WRONLY | flags);
}

static int open_mode(const char *path, enum guard_mode mode)
{
    return mode == GUARD_WRITE ? open_to_write(path) : open_to_read(path);
}

static bool is_denied(int reason)
{
    return reason == EACCES || reason == EPERM;
}

/* What root makes for somebody belongs to that one; what was there keeps its owner. */
static int open_as_root(const struct guard_user *user, const char *path, enum guard_mode mode)
{
    struct stat status;
    bool was_there = stat(path, &status) == 0;
    int fd = open_mode(path, mode);
    if (fd >= 0 && mode == GUARD_WRITE && !was_there)
        (void)!fchown(fd, user->uid, user->gid);
    return fd;
}

static int open_allowed(const struct guard_user *user, const char *path, enum guard_mode mode)
{
    guard_privileges_switch(user, true);
    int fd = open_mode(path, mode);
    int reason = errno;
    guard_privileges_switch(user, false);
    errno = reason;
    if (fd >= 0 || !user->change || !is_denied(reason))
        return fd;
    return open_as_root(user, path, mode);
}

/* --- names that come from the user interface, and may come from an intruder --- */

/* The first bytes of what tcpviz reads: pcap in both orders and resolutions, pcapng, and what
 * compresses them. */
static bool begins_as_capture(int fd)
{
    static const struct {
        unsigned char bytes[4];
        size_t length;
    } known[] = {
        {{0xa1, 0xb2, 0xc3, 0xd4}, 4}, {{0xd4, 0xc3, 0xb2, 0xa1}, 4},
        {{0xa1, 0xb2, 0x3c, 0x4d}, 4}, {{0x4d, 0x3c, 0xb2, 0xa1}, 4},
        {{0xa1, 0xb2, 0xcd, 0x34}, 4}, {{0x34, 0xcd, 0xb2, 0xa1}, 4},
        {{0x0a, 0x0d, 0x0d, 0x0a}, 4}, {{0x1f, 0x8b}, 2},
        {{0x28, 0xb5, 0x2f, 0xfd}, 4}, {{0xfd, '7', 'z', 'X'}, 4},
        {{0x04, 0x22, 0x4d, 0x18}, 4},
    };
    unsigned char first[4];
    ssize_t got = pread(fd, first, sizeof first, 0);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (got >= (ssize_t)known[i].length && memcmp(first, known[i].bytes, known[i].length) == 0)
            return true;
    return false;
}

static int open_capture(const char *path)
{
    int fd = open_to_read(path);
    struct stat status;
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && begins_as_capture(fd))
        return fd;
    close(fd);
    errno = EPERM;
    return -1;
}

/* No part of it is hidden, as what other programs are set up by is, and it ends as what tcpviz
 * writes. */
static bool is_name_of_result(const char *path)
{
    static const char *const endings[] = {".pcap", ".pcapng", ".cap", ".json", ".jsonl",
                                          ".txt",  ".csv",    ".log", ".svg",  ".html",
                                          ".md",   ".dot",    ".mmd"};
    for (const char *part = path; part != NULL; part = strchr(part, '/')) {
        part += strspn(part, "/");
        size_t length = strcspn(part, "/");
        bool goes =
            (length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.');
        if (part[0] == '.' && !goes)
            return false;
    }
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t ending = strlen(endings[i]);
        if (length > ending && path[length - ending - 1] != '/' &&
            strcmp(path + length - ending, endings[i]) == 0)
            return true;
    }
    return false;
}

static int open_new(const char *path)
{
    if (is_name_of_result(path))
        return open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0666);
    errno = EPERM;
    return -1;
}

static int open_other(const struct guard_user *user, const char *path, enum guard_mode mode)
{
    guard_privileges_switch(user, true);
    int fd = mode == GUARD_READ ? open_capture(path) : open_new(path);
    int reason = errno;
    guard_privileges_switch(user, false);
    errno = reason;
    return fd;
}

/* --- replacing --- */

static void forget_replacement(struct allowed_name *name)
{
    free(name->beside);
    free(name->replaced);
    name->beside = name->replaced = NULL;
}

static void make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static int open_beside(const struct guard_user *user, struct allowed_name *name, bool as_user)
{
    guard_privileges_switch(user, as_user);
    if (as_user && name->alone)
        make_directories(name->beside);
    int fd = mkstemp(name->beside);
    struct stat status;
    if (fd >= 0 && stat(name->replaced, &status) == 0) {
        (void)!fchmod(fd, status.st_mode & 07777);
        if (!as_user)
            (void)!fchown(fd, status.st_uid, status.st_gid);
    }
    int reason = errno;
    guard_privileges_switch(user, false);
    errno = reason;
    return fd;
}

static bool end_replacement(const struct guard_user *user, struct allowed_name *name, bool keep)
{
    if (name->beside == NULL) {
        errno = EINVAL;
        return false;
    }
    bool done = false;
    for (int as_user = 1; as_user >= 0 && !done; as_user--) {
        guard_privileges_switch(user, as_user);
        done = keep ? rename(name->beside, name->replaced) == 0 : unlink(name->beside) == 0;
        int reason = errno;
        guard_privileges_switch(user, false);
        errno = reason;
    }
    int reason = errno;
    if (!done && keep)
        unlink(name->beside);
    forget_replacement(name);
    errno = reason;
    return done;
}

static int replace(const struct guard_user *user, struct allowed_name *name)
{
    if (name->beside != NULL) /* one at a time: of those there were, none stays */
        end_replacement(user, name, false);
    name->replaced = realpath(name->path, NULL); /* a link stays one */
    if (name->replaced == NULL)
        name->replaced = base_strdup(name->path);
    size_t length = strlen(name->replaced);
    name->beside = base_alloc(length + sizeof ".XXXXXX");
    memcpy(name->beside, name->replaced, length);
    memcpy(name->beside + length, ".XXXXXX", sizeof ".XXXXXX");
    int fd = open_beside(user, name, true);
    if (fd < 0 && user->change && is_denied(errno)) {
        memcpy(name->beside + length, ".XXXXXX", sizeof ".XXXXXX");
        fd = open_beside(user, name, false);
    }
    int reason = errno;
    if (fd >= 0)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    else
        forget_replacement(name);
    errno = reason;
    return fd;
}

/* --- the broker's side --- */

static void remember(const struct guard_options *options, const char *path)
{
    if (options->remember == NULL)
        return;
    guard_privileges_switch(&options->user, true);
    options->remember(path);
    guard_privileges_switch(&options->user, false);
}

static int serve_open(const struct guard_options *options, const struct guard_request *request)
{
    enum guard_mode mode = (enum guard_mode)request->mode;
    if (find_name(request->path, mode) != NULL)
        return open_allowed(&options->user, request->path, mode);
    return open_other(&options->user, request->path, mode);
}

/* Sets errno to 0 where it is done; returns the descriptor to send or -1. */
static int serve_name(const struct guard_options *options, const struct guard_request *request)
{
    struct allowed_name *name = find_name(request->path, GUARD_REPLACE);
    int fd = -1;
    errno = EPERM;
    switch ((enum guard_request_kind)request->kind) {
    case GUARD_REQUEST_OPEN:
        fd = serve_open(options, request);
        break;
    case GUARD_REQUEST_REPLACE:
        if (name != NULL)
            fd = replace(&options->user, name);
        break;
    case GUARD_REQUEST_KEEP:
    case GUARD_REQUEST_DISCARD:
        if (name != NULL &&
            end_replacement(&options->user, name, request->kind == GUARD_REQUEST_KEEP))
            errno = 0;
        break;
    case GUARD_REQUEST_REMEMBER:
        if (find_name(request->path, GUARD_READ) != NULL) {
            remember(options, request->path);
            errno = 0;
        }
        break;
    case GUARD_REQUEST_KINDS:
        break;
    }
    if (fd >= 0)
        errno = 0;
    return fd;
}

bool guard_broker_serve(const struct guard_options *options, const void *message, size_t length,
                        struct guard_reply *reply, int *fd)
{
    const struct guard_request *request = message;
    *fd = -1;
    if (length != sizeof *request || request->kind >= GUARD_REQUEST_KINDS ||
        request->mode >= GUARD_MODES || request->path[0] == '\0' ||
        memchr(request->path, '\0', sizeof request->path) == NULL)
        return false;
    if (request->kind == GUARD_REQUEST_OPEN && request->mode == GUARD_REPLACE)
        return false;
    *fd = serve_name(options, request);
    reply->error = errno;
    return true;
}

static bool send_reply(int socket, const struct guard_reply *reply, int fd)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec part = {.iov_base = (void *)(uintptr_t)reply, .iov_len = sizeof *reply};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd >= 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof fd);
        memcpy(CMSG_DATA(head), &fd, sizeof fd);
    }
    ssize_t sent;
    do
        sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

/* Ends when the other side does, even if that was killed. */
static _Noreturn void run_broker(const struct guard_options *options, int socket)
{
    static struct guard_request request;
    for (;;) {
        ssize_t got = recv(socket, &request, sizeof request, MSG_TRUNC);
        if (got < 0 && errno == EINTR)
            continue;
        struct guard_reply reply;
        int fd;
        if (got <= 0 || !guard_broker_serve(options, &request, (size_t)got, &reply, &fd))
            break;
        bool sent = send_reply(socket, &reply, fd);
        if (fd >= 0)
            close(fd);
        if (!sent)
            break;
    }
    /* a file that was to replace another one is of no use to anybody now */
    for (size_t i = 0; i < broker.count; i++)
        if (broker.names[i].beside != NULL)
            end_replacement(&options->user, &broker.names[i], false);
    _exit(0);
}

/* What ends the other process ends this one by way of the socket, in its turn. */
static void ignore_signals(void)
{
    static const int signals[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGPIPE, SIGTSTP,
                                  SIGTTIN, SIGTTOU, SIGUSR1, SIGUSR2, SIGALRM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        signal(signals[i], SIG_IGN);
}

static _Noreturn void become_broker(const struct guard_options *options, int socket)
{
    static struct guard_options kept;
    bool changed;
    const char *why;
    kept = *options;
    ignore_signals();
    (void)prctl(PR_SET_NAME, "tcpviz-broker", 0, 0, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    guard_privileges_prepare(&kept.user);
    if (geteuid() != 0) /* what the capture takes is not for files */
        (void)guard_privileges_drop(&kept.user, &changed, &why);
    (void)guard_seccomp(GUARD_BROKER, NULL);
    run_broker(&kept, socket);
}

bool guard_start(const struct guard_options *options)
{
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        close(sockets[0]);
        become_broker(options, sockets[1]);
    }
    int reason = errno;
    close(sockets[1]);
    if (pid < 0) {
        close(sockets[0]);
        errno = reason;
        return false;
    }
    broker.socket = sockets[0];
    broker.started = true;
    return true;
}

/* --- the other side --- */

static int receive_reply(struct guard_reply *reply)
{
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec part = {.iov_base = reply, .iov_len = sizeof *reply};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t got;
    int fd = -1;
    do
        got = recvmsg(broker.socket, &message, MSG_CMSG_CLOEXEC);
    while (got < 0 && errno == EINTR);
    if (got != (ssize_t)sizeof *reply) {
        reply->error = EIO; /* the broker is gone */
        return -1;
    }
    const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
        memcpy(&fd, CMSG_DATA(head), sizeof fd);
    return fd;
}

/* -1 and errno, which is 0 where there is nothing to open. */
static int ask(enum guard_request_kind kind, const char *path, enum guard_mode mode)
{
    static struct guard_request request; /* all of it is sent: never bytes of the stack */
    struct guard_reply reply = {.error = EIO};
    int fd = -1;
    if (path[0] == '\0' || strlen(path) >= sizeof request.path) {
        errno = path[0] == '\0' ? ENOENT : ENAMETOOLONG;
        return -1;
    }
    memset(&request, 0, sizeof request);
    request.kind = kind;
    request.mode = mode;
    memcpy(request.path, path, strlen(path));
    if (write(broker.socket, &request, sizeof request) == (ssize_t)sizeof request)
        fd = receive_reply(&reply);
    errno = reply.error;
    return fd;
}

static const struct guard_user nobody_else = {.change = false};

int guard_open(const char *path, enum guard_mode mode)
{
    return broker.started ? ask(GUARD_REQUEST_OPEN, path, mode)
                          : open_allowed(&nobody_else, path, mode);
}

int guard_replace(const char *path)
{
    if (broker.started)
        return ask(GUARD_REQUEST_REPLACE, path, GUARD_REPLACE);
    if (find_name(path, GUARD_REPLACE) == NULL)
        guard_allow(path, GUARD_REPLACE);
    struct allowed_name *name = find_name(path, GUARD_REPLACE);
    errno = ENAMETOOLONG;
    return name != NULL ? replace(&nobody_else, name) : -1;
}

bool guard_replaced(const char *path, bool keep)
{
    if (broker.started) {
        errno = 0;
        ask(keep ? GUARD_REQUEST_KEEP : GUARD_REQUEST_DISCARD, path, GUARD_REPLACE);
        return errno == 0;
    }
    struct allowed_name *name = find_name(path, GUARD_REPLACE);
    return name != NULL && end_replacement(&nobody_else, name, keep);
}

void guard_remember(const char *path)
{
    if (broker.started)
        ask(GUARD_REQUEST_REMEMBER, path, GUARD_READ);
}
