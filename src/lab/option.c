/* Tables of the names of sockets' options, flags and errors. */
#include "config.h"

#include "lab/option.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

static const struct lab_option options[] = {
    {"SO_DONTROUTE", SOL_SOCKET, SO_DONTROUTE, LAB_OPTION_INT},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, LAB_OPTION_INT},
    {"SO_LINGER", SOL_SOCKET, SO_LINGER, LAB_OPTION_LINGER},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE, LAB_OPTION_INT},
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, LAB_OPTION_INT},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT, LAB_OPTION_INT},
    {"SO_RCVTIMEO", SOL_SOCKET, SO_RCVTIMEO, LAB_OPTION_TIME},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR, LAB_OPTION_INT},
    {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT, LAB_OPTION_INT},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, LAB_OPTION_INT},
    {"SO_SNDTIMEO", SOL_SOCKET, SO_SNDTIMEO, LAB_OPTION_TIME},
    {"TCP_CORK", IPPROTO_TCP, TCP_CORK, LAB_OPTION_INT},
    {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT, LAB_OPTION_INT},
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN, LAB_OPTION_INT},
    {"TCP_FASTOPEN_CONNECT", IPPROTO_TCP, TCP_FASTOPEN_CONNECT, LAB_OPTION_INT},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT, LAB_OPTION_INT},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE, LAB_OPTION_INT},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL, LAB_OPTION_INT},
    {"TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2, LAB_OPTION_INT},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG, LAB_OPTION_INT},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY, LAB_OPTION_INT},
    {"TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK, LAB_OPTION_INT},
    {"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT, LAB_OPTION_INT},
    {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT, LAB_OPTION_INT},
    {"TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP, LAB_OPTION_INT},
};

struct word {
    const char *name;
    int value;
    enum lab_word_group group;
};

static const struct word words[] = {
    {"MSG_OOB", MSG_OOB, LAB_WORD_SEND},
    {"MSG_MORE", MSG_MORE, LAB_WORD_SEND},
    {"MSG_NOSIGNAL", MSG_NOSIGNAL, LAB_WORD_SEND},
    {"MSG_DONTWAIT", MSG_DONTWAIT, LAB_WORD_SEND},
    {"MSG_FASTOPEN", MSG_FASTOPEN, LAB_WORD_SEND},
    {"MSG_OOB", MSG_OOB, LAB_WORD_RECEIVE},
    {"MSG_PEEK", MSG_PEEK, LAB_WORD_RECEIVE},
    {"MSG_WAITALL", MSG_WAITALL, LAB_WORD_RECEIVE},
    {"MSG_DONTWAIT", MSG_DONTWAIT, LAB_WORD_RECEIVE},
    {"SHUT_RD", SHUT_RD, LAB_WORD_SHUTDOWN},
    {"SHUT_WR", SHUT_WR, LAB_WORD_SHUTDOWN},
    {"SHUT_RDWR", SHUT_RDWR, LAB_WORD_SHUTDOWN},
    {"SIG_DFL", 0, LAB_WORD_ACTION},
    {"SIG_IGN", 1, LAB_WORD_ACTION},
};

/* Those that socket calls return. */
static const struct word errors[] = {
    {"EACCES", EACCES, 0},
    {"EADDRINUSE", EADDRINUSE, 0},
    {"EADDRNOTAVAIL", EADDRNOTAVAIL, 0},
    {"EAGAIN", EAGAIN, 0},
    {"EALREADY", EALREADY, 0},
    {"EBADF", EBADF, 0},
    {"ECONNABORTED", ECONNABORTED, 0},
    {"ECONNREFUSED", ECONNREFUSED, 0},
    {"ECONNRESET", ECONNRESET, 0},
    {"EDESTADDRREQ", EDESTADDRREQ, 0},
    {"EHOSTUNREACH", EHOSTUNREACH, 0},
    {"EINPROGRESS", EINPROGRESS, 0},
    {"EINTR", EINTR, 0},
    {"EINVAL", EINVAL, 0},
    {"EISCONN", EISCONN, 0},
    {"EMSGSIZE", EMSGSIZE, 0},
    {"ENETUNREACH", ENETUNREACH, 0},
    {"ENOBUFS", ENOBUFS, 0},
    {"ENOMEM", ENOMEM, 0},
    {"ENOPROTOOPT", ENOPROTOOPT, 0},
    {"ENOTCONN", ENOTCONN, 0},
    {"EOPNOTSUPP", EOPNOTSUPP, 0},
    {"EPERM", EPERM, 0},
    {"EPIPE", EPIPE, 0},
    {"EPROTO", EPROTO, 0},
    {"ETIMEDOUT", ETIMEDOUT, 0},
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

const struct lab_option *lab_option_find(const char *name)
{
    for (size_t i = 0; i < COUNT(options); i++)
        if (strcmp(options[i].name, name) == 0)
            return &options[i];
    return NULL;
}

int lab_option_set(int fd, const struct lab_option *option, int64_t value)
{
    int number = (int)value;
    struct linger linger = {.l_onoff = 1, .l_linger = (int)value};
    struct timeval time = {.tv_sec = (time_t)(value / 1000000000),
                           .tv_usec = (suseconds_t)(value % 1000000000 / 1000)};
    switch (option->kind) {
    case LAB_OPTION_INT:
        return setsockopt(fd, option->level, option->number, &number, sizeof number);
    case LAB_OPTION_LINGER:
        return setsockopt(fd, option->level, option->number, &linger, sizeof linger);
    case LAB_OPTION_TIME:
        return setsockopt(fd, option->level, option->number, &time, sizeof time);
    }
    return -1;
}

bool lab_word_find(enum lab_word_group group, const char *name, int *value)
{
    for (size_t i = 0; i < COUNT(words); i++)
        if (words[i].group == group && strcmp(words[i].name, name) == 0) {
            *value = words[i].value;
            return true;
        }
    return false;
}

bool lab_errno_find(const char *name, int *number)
{
    for (size_t i = 0; i < COUNT(errors); i++)
        if (strcmp(errors[i].name, name) == 0) {
            *number = errors[i].value;
            return true;
        }
    return false;
}

const char *lab_errno_name(int number)
{
    for (size_t i = 0; i < COUNT(errors); i++)
        if (errors[i].value == number)
            return errors[i].name;
    return "error";
}
