/* cost COMMAND [ARGUMENT…]: runs it and writes one line to standard error after all that it wrote:
 * user and system time and wall time in microseconds, peak resident memory in KiB, exit status (128
 * + a signal's number). A small program of its own, as a process inherits the peak of what forked
 * it. */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static long long microseconds(const struct timeval *time)
{
    return (long long)time->tv_sec * 1000000 + time->tv_usec;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fputs("usage: cost COMMAND [ARGUMENT...]\n", stderr);
        return 2;
    }
    long long start_us = now_us();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (child < 0 || wait4(child, &status, 0, &used) != child) {
        perror("cost");
        return 2;
    }
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    fprintf(stderr, "%lld %lld %lld %ld %d\n", microseconds(&used.ru_utime),
            microseconds(&used.ru_stime), now_us() - start_us, used.ru_maxrss, code);
    return 0;
}
