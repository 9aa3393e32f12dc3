/* The signals that end the program in order: INT, TERM and HUP are remembered and wake poll(). */
#include "config.h"

#include "app/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

/* timeout(1) signals its child and then the child's process group, service managers and terminals
 * likewise: two signals this close are one wish, not the impatience that ends the program at once.
 */
#define ONE_WISH_MS 500

static volatile sig_atomic_t stop_wanted;
static volatile int64_t stop_first_ms; /* written before stop_wanted is set, read after */
static int stop_pipe[2] = {-1, -1};

static void (*volatile stop_last_act)(void);

static int64_t now_ms(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_signal(int number)
{
    int saved = errno;
    if (stop_wanted && now_ms() - stop_first_ms < ONE_WISH_MS) {
        errno = saved;
        return;
    }
    if (stop_wanted) {
        if (stop_last_act != NULL)
            stop_last_act();
        signal(number, SIG_DFL);
        raise(number);
    }
    stop_first_ms = now_ms();
    stop_wanted = 1;
    if (write(stop_pipe[1], "", 1) < 0)
        stop_wanted = 1; /* a full pipe wakes poll() as well */
    errno = saved;
}

void app_stop_install(void)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    /* Without the pipe poll() is still interrupted by the signal itself, but for a rare race. */
    if (pipe2(stop_pipe, O_CLOEXEC | O_NONBLOCK) != 0)
        stop_pipe[0] = stop_pipe[1] = -1;
    /* One handler at a time. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaddset(&action.sa_mask, signals[i]);
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction old;
        /* What nohup(1) or a shell's "&" set to be ignored stays so. */
        if (sigaction(signals[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
            sigaction(signals[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
}

void app_stop_set_last_act(void (*last_act)(void))
{
    stop_last_act = last_act;
}

bool app_stop_wanted(void)
{
    return stop_wanted != 0;
}

int app_stop_fd(void)
{
    return stop_pipe[0];
}
