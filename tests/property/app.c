/* The applications: scripts of calls and waits. */
#include "config.h"

#include "host.h"

#include "track/seq.h"

void app_start(struct host *host)
{
    host->step = 0;
    host->reading = true;
    host->patience_at = SIM_NEVER;
    host->app_at = host->now_ns;
}

/* The time that a process takes to wake or to make its next call: microseconds, seldom more. */
static int64_t think(struct host *host)
{
    if (random_chance(host->random, 50))
        return random_scaled(host->random, SIM_MILLISECOND / 10, 20 * SIM_MILLISECOND);
    return random_scaled(host->random, 2000, 60000);
}

void app_wake(struct host *host)
{
    if (host->app_at == SIM_NEVER)
        host->app_at = host->now_ns + think(host);
}

static bool is_wait(const struct sim_step *step)
{
    return step->op <= SIM_WAIT_END;
}

static bool is_over(const struct host *host, const struct sim_step *step)
{
    const struct host_socket *socket = &host->socket;
    switch ((enum sim_op)step->op) {
    case SIM_WAIT_OPEN:
        return socket->state >= TRACK_ESTABLISHED;
    case SIM_WAIT_BYTES:
        return socket->fin_received || socket->received >= (uint64_t)step->amount;
    case SIM_WAIT_END:
        return socket->fin_received;
    case SIM_WAIT:
    case SIM_CONNECT:
    case SIM_SEND:
    case SIM_STOP_READING:
    case SIM_SHUTDOWN:
    case SIM_CLOSE:
    case SIM_ABORT:
        break;
    }
    return false;
}

static void call(struct host *host, const struct sim_step *step)
{
    bool opening = host->socket.state == TRACK_SYN_RECEIVED;
    switch ((enum sim_op)step->op) {
    case SIM_CONNECT:
        host->reading = true;
        host_connect(host);
        break;
    case SIM_SEND:
        host_write(host, (uint32_t)step->amount);
        break;
    case SIM_STOP_READING:
        host->reading = false;
        break;
    case SIM_SHUTDOWN:
        host_shutdown(host);
        break;
    case SIM_CLOSE:
        if (opening)
            host_abort(host);
        else
            host_close(host);
        break;
    case SIM_ABORT:
        host_abort(host);
        break;
    case SIM_WAIT:
    case SIM_WAIT_OPEN:
    case SIM_WAIT_BYTES:
    case SIM_WAIT_END:
        break;
    }
}

/* A call on a dead socket fails: the program goes on where it connects again. */
static void skip_dead(struct host *host)
{
    const struct sim_script *script = &host->plan->script;
    if (host->life == 0 || host->socket.state != TRACK_CLOSED)
        return;
    while (host->step < script->steps && script->step[host->step].op != SIM_CONNECT &&
           (script->step[host->step].op != SIM_WAIT || host->step + 1 >= script->steps ||
            script->step[host->step + 1].op != SIM_CONNECT)) {
        host->step++;
        host->patience_at = SIM_NEVER;
    }
}

void app_run(struct host *host)
{
    const struct sim_script *script = &host->plan->script;
    host->app_at = SIM_NEVER;
    skip_dead(host);
    if (host->step >= script->steps) {
        host->patience_at = SIM_NEVER;
        return;
    }
    const struct sim_step *step = &script->step[host->step];
    if (is_wait(step) && !is_over(host, step)) {
        if (host->patience_at == SIM_NEVER && step->patience_ns != SIM_NEVER)
            host->patience_at = host->now_ns + step->patience_ns;
        if (host->patience_at > host->now_ns)
            return;
    }
    host->patience_at = SIM_NEVER;
    host->step++;
    if (!is_wait(step))
        call(host, step);
    host->app_at = host->now_ns + think(host);
}
