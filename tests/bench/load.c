/* load KIND SECONDS [PER_SECOND]: traffic of real sockets on 127.0.0.1, for captures of lo.
 *
 * KIND is churn (connect, one byte each way, close) or writes (64 bytes at a time, TCP_NODELAY, on
 * one connection). PER_SECOND bounds connections or writes; without it they go as fast as they can.
 * Prints how many there were. */
#include "config.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WRITE_BYTES 64

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void check(int result, const char *what)
{
    if (result >= 0)
        return;
    perror(what);
    exit(1);
}

static int listen_anywhere(struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    check(listener, "socket");
    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    check(bind(listener, (struct sockaddr *)address, length), "bind");
    check(listen(listener, 4096), "listen");
    check(getsockname(listener, (struct sockaddr *)address, &length), "getsockname");
    return listener;
}

static int connect_to(const struct sockaddr_in *address)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    check(fd, "socket");
    check(connect(fd, (const struct sockaddr *)address, sizeof *address), "connect");
    return fd;
}

/* Answers each connection's byte and waits for the end; the client closes with RST, so that no
 * TIME_WAIT uses up the ports. */
static void serve_churn(int listener)
{
    char byte;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0 && read(fd, &byte, 1) == 1 && write(fd, &byte, 1) == 1)
            (void)!read(fd, &byte, 1);
        close(fd);
    }
}

static void talk_churn(const struct sockaddr_in *address)
{
    static const struct linger at_once = {1, 0};
    char byte = 'x';
    int fd = connect_to(address);
    if (write(fd, &byte, 1) != 1 || read(fd, &byte, 1) != 1)
        check(-1, "churn");
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static void serve_writes(int listener)
{
    static char bytes[65536];
    int fd = accept(listener, NULL, NULL);
    while (read(fd, bytes, sizeof bytes) > 0)
        ;
}

static void talk_write(int fd)
{
    static const char bytes[WRITE_BYTES];
    if (write(fd, bytes, sizeof bytes) != WRITE_BYTES)
        check(-1, "write");
}

/* Sleeps while the count is ahead of the rate. */
static void keep_to_rate(uint64_t start_ns, uint64_t count, uint64_t per_second)
{
    if (per_second == 0 || count % 16 != 0)
        return;
    uint64_t due_ns = start_ns + count * 1000000000 / per_second, now = now_ns();
    if (due_ns > now + 100000) {
        struct timespec pause = {0, (long)((due_ns - now) % 1000000000)};
        nanosleep(&pause, NULL);
    }
}

static uint64_t talk(const struct sockaddr_in *address, bool churn, uint64_t seconds,
                     uint64_t per_second)
{
    int fd = -1, on = 1;
    if (!churn) {
        fd = connect_to(address);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    uint64_t start_ns = now_ns(), count = 0;
    while (now_ns() - start_ns < seconds * 1000000000) {
        if (churn)
            talk_churn(address);
        else
            talk_write(fd);
        keep_to_rate(start_ns, ++count, per_second);
    }
    if (fd >= 0)
        close(fd);
    return count;
}

int main(int argc, char **argv)
{
    bool churn = argc > 1 && strcmp(argv[1], "churn") == 0;
    if (argc < 3 || (!churn && strcmp(argv[1], "writes") != 0)) {
        fputs("usage: load churn|writes SECONDS [PER_SECOND]\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct sockaddr_in address;
    int listener = listen_anywhere(&address);
    pid_t server = fork();
    check(server, "fork");
    if (server == 0) {
        if (churn)
            serve_churn(listener);
        else
            serve_writes(listener);
        _exit(0);
    }
    uint64_t seconds = strtoull(argv[2], NULL, 10);
    uint64_t count = talk(&address, churn, seconds, argc > 3 ? strtoull(argv[3], NULL, 10) : 0);
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    printf("%llu\n", (unsigned long long)count);
    return 0;
}
