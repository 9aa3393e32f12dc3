/* A host: its calls, its timers and the list of states that its socket went through. */
#include "config.h"

#include "host.h"

#include "track/seq.h"

void host_enter(struct host *host, enum track_state to, uint64_t frame)
{
    struct host_socket *socket = &host->socket;
    struct sim_history *history = host->history;
    if (history->count < SIM_MAX_TRANSITIONS)
        history->transition[history->count++] = (struct sim_transition){.time_ns = host->now_ns,
                                                                        .frame = frame,
                                                                        .from = socket->state,
                                                                        .to = (uint8_t)to,
                                                                        .life = host->life};
    socket->state = (uint8_t)to;
}

static void stop_timers(struct host_socket *socket)
{
    socket->rto_at = socket->ack_at = socket->linger_at = SIM_NEVER;
}

void host_enter_closed(struct host *host, uint64_t frame)
{
    host_enter(host, TRACK_CLOSED, frame);
    stop_timers(&host->socket);
    host->socket.cuts = 0;
    app_wake(host);
}

void host_linger(struct host *host, int64_t duration_ns)
{
    host->socket.linger_at = host->now_ns + duration_ns;
    if (host->socket.state == TRACK_TIME_WAIT) {
        host->socket.small = true;
        host->socket.rto_at = host->socket.ack_at = SIM_NEVER;
    }
}

void host_start(struct host *host)
{
    host->socket = (struct host_socket){.state = TRACK_CLOSED};
    stop_timers(&host->socket);
    host->next_iss = host->plan->iss;
    app_start(host);
}

/* --- calls --- */

bool host_connect(struct host *host)
{
    struct host_socket *socket = &host->socket;
    bool reuses = socket->state == TRACK_TIME_WAIT && host->plan->reuses_time_wait;
    if (socket->state != TRACK_CLOSED && !reuses)
        return false;
    unsigned old = host->history->count;
    if (reuses)
        host_enter_closed(host, 0);
    *socket = (struct host_socket){.state = TRACK_CLOSED, .iss = host->next_iss};
    stop_timers(socket);
    host->next_iss += 1000003;
    host->life++;
    socket->snd_una = socket->iss;
    socket->snd_nxt = socket->write_end = socket->iss + 1;
    socket->rto_ns = SIM_SECOND;
    socket->rto_at = host->now_ns + SIM_SECOND;
    host_enter(host, TRACK_SYN_SENT, 0);
    uint64_t frame = output_syn(host);
    for (unsigned i = old; i < host->history->count; i++)
        host->history->transition[i].frame = frame;
    return true;
}

bool host_write(struct host *host, uint32_t bytes)
{
    struct host_socket *socket = &host->socket;
    if ((socket->state != TRACK_ESTABLISHED && socket->state != TRACK_CLOSE_WAIT) ||
        socket->fin_queued)
        return false;
    socket->write_end += bytes;
    output_data(host);
    return true;
}

static void queue_fin(struct host *host)
{
    struct host_socket *socket = &host->socket;
    socket->fin_queued = true;
    socket->fin_step = host->history->count;
    host_enter(host, socket->state == TRACK_ESTABLISHED ? TRACK_FIN_WAIT_1 : TRACK_LAST_ACK, 0);
    output_data(host);
}

bool host_shutdown(struct host *host)
{
    struct host_socket *socket = &host->socket;
    if (socket->state != TRACK_ESTABLISHED && socket->state != TRACK_CLOSE_WAIT)
        return false;
    queue_fin(host);
    return true;
}

static bool needs_reset(const struct host_socket *socket)
{
    switch ((enum track_state)socket->state) {
    case TRACK_SYN_RECEIVED:
    case TRACK_ESTABLISHED:
    case TRACK_CLOSE_WAIT:
    case TRACK_FIN_WAIT_1:
    case TRACK_FIN_WAIT_2:
        return true;
    case TRACK_CLOSING:
    case TRACK_LAST_ACK:
        return !socket->fin_sent;
    case TRACK_UNKNOWN:
    case TRACK_CLOSED:
    case TRACK_LISTEN:
    case TRACK_SYN_SENT:
    case TRACK_TIME_WAIT:
    case TRACK_STATES:
        break;
    }
    return false;
}

void host_abort(struct host *host)
{
    struct host_socket *socket = &host->socket;
    if (socket->state == TRACK_CLOSED || socket->small)
        return;
    host_enter_closed(host, needs_reset(socket) ? output_abort(host) : 0);
}

void host_close(struct host *host)
{
    struct host_socket *socket = &host->socket;
    if (socket->state == TRACK_CLOSED || socket->small || socket->orphan)
        return;
    if (socket->state == TRACK_SYN_SENT) {
        host_enter_closed(host, 0);
        return;
    }
    if (socket->unread > 0) {
        host_enter_closed(host, output_abort(host));
        return;
    }
    socket->orphan = socket->rcv_shutdown = true;
    if (socket->state == TRACK_FIN_WAIT_2) {
        socket->small = true;
        socket->ack_at = SIM_NEVER;
        host_linger(host, host->plan->fin_timeout_ns);
    } else if (socket->state == TRACK_ESTABLISHED || socket->state == TRACK_CLOSE_WAIT) {
        queue_fin(host);
    }
}

/* --- timers --- */

static unsigned most_retries(const struct host *host)
{
    const struct host_socket *socket = &host->socket;
    if (socket->state == TRACK_SYN_SENT)
        return host->plan->syn_retries;
    if (socket->state == TRACK_SYN_RECEIVED)
        return host->plan->syn_ack_retries;
    return socket->orphan ? host->plan->orphan_retries : host->plan->data_retries;
}

static void retransmit(struct host *host)
{
    struct host_socket *socket = &host->socket;
    if (socket->retries >= most_retries(host)) {
        host_enter_closed(host, 0);
        return;
    }
    socket->retries++;
    socket->rto_ns *= 2;
    socket->rto_at = host->now_ns + socket->rto_ns;
    if (socket->state == TRACK_SYN_SENT || socket->state == TRACK_SYN_RECEIVED) {
        output_syn(host);
        return;
    }
    socket->recovering = true;
    socket->recover = socket->snd_nxt;
    output_again(host);
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t host_deadline(const struct host *host)
{
    const struct host_socket *socket = &host->socket;
    int64_t at = earlier(socket->rto_at, earlier(socket->ack_at, socket->linger_at));
    return earlier(at, earlier(host->app_at, host->patience_at));
}

void host_run(struct host *host)
{
    struct host_socket *socket = &host->socket;
    host->cause = 0;
    if (socket->linger_at <= host->now_ns)
        host_enter_closed(host, 0);
    else if (socket->rto_at <= host->now_ns)
        retransmit(host);
    else if (socket->ack_at <= host->now_ns)
        output_ack(host);
    else
        app_run(host);
}
