/* A real echo server and its clients on loopback, for tests/e2e/live-lo.sh: PORT COUNT [4|6].
 *
 * As in a first socket course: the server greets, echoes one line and closes first, so that
 * TIME_WAIT is at its port. Says "ready" when it listens and a line per connection when it is over.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static socklen_t loopback(union address *address, int family, uint16_t port)
{
    memset(address, 0, sizeof *address);
    if (family == AF_INET6) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_addr = in6addr_loopback;
        address->v6.sin6_port = htons(port);
        return sizeof address->v6;
    }
    address->v4.sin_family = AF_INET;
    address->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address->v4.sin_port = htons(port);
    return sizeof address->v4;
}

static int listen_at(int family, uint16_t port)
{
    union address address;
    socklen_t length = loopback(&address, family, port);
    int on = 1;
    int listener = socket(family, SOCK_STREAM, 0);
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener, &address.any, length) != 0 || listen(listener, 16) != 0)
        die("listen");
    return listener;
}

/* Reads up to and with the newline, or to the end. */
static size_t read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    while (length < size) {
        ssize_t n = read(fd, line + length, 1);
        if (n < 0)
            die("read");
        if (n == 0 || line[length++] == '\n')
            break;
    }
    return length;
}

static void write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);
        if (n < 0)
            die("write");
        bytes += n;
        length -= (size_t)n;
    }
}

static void serve_one(int listener)
{
    char line[64];
    int connection = accept(listener, NULL, NULL);
    if (connection < 0)
        die("accept");
    write_all(connection, "hello\n", 6);
    write_all(connection, line, read_line(connection, line, sizeof line));
    close(connection);
}

/* True if the greeting and the echo came and then the end. */
static bool visit_one(int family, uint16_t port)
{
    char line[64];
    union address address;
    socklen_t length = loopback(&address, family, port);
    int connection = socket(family, SOCK_STREAM, 0);
    if (connection < 0 || connect(connection, &address.any, length) != 0)
        die("connect");
    bool right = read_line(connection, line, sizeof line) == 6 && memcmp(line, "hello\n", 6) == 0;
    write_all(connection, "ping\n", 5);
    right = right && read_line(connection, line, sizeof line) == 5 &&
            memcmp(line, "ping\n", 5) == 0 && read_line(connection, line, sizeof line) == 0;
    close(connection);
    return right;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s PORT COUNT [4|6]\n", argv[0]);
        return 2;
    }
    uint16_t port = (uint16_t)atoi(argv[1]);
    int count = atoi(argv[2]);
    int family = argc > 3 && strcmp(argv[3], "6") == 0 ? AF_INET6 : AF_INET;
    int listener = listen_at(family, port);
    puts("ready");
    fflush(stdout);
    pid_t client = fork();
    if (client == 0) {
        close(listener);
        for (int i = 0; i < count; i++)
            if (!visit_one(family, port))
                return 1;
        return 0;
    }
    for (int i = 0; i < count; i++)
        serve_one(listener);
    int status = 0;
    if (client < 0 || waitpid(client, &status, 0) != client)
        die("client");
    printf("%d connections\n", count);
    return status == 0 ? 0 : 1;
}
