/* What a host sends. */
#include "config.h"

#include "host.h"
#include "track/seq.h"

#define WINDOW_BYTES 64240

static uint32_t timestamp_of(const struct host *host)
{
    return host->plan->timestamp_start + (uint32_t)(host->now_ns / SIM_MILLISECOND);
}

static void add_sack(const struct host *host, struct wire_options *options)
{
    const struct host_socket *socket = &host->socket;
    if (!socket->sack || socket->ranges == 0)
        return;
    options->present |= WIRE_OPTION_SACK;
    for (unsigned i = 0; i < socket->ranges && i < 3; i++) {
        options->sack[i].left = socket->range[i].left;
        options->sack[i].right = socket->range[i].right;
        options->sack_blocks++;
    }
}

static void add_options(const struct host *host, struct wire_segment *segment)
{
    const struct host_socket *socket = &host->socket;
    struct wire_options *options = &segment->options;
    bool syn = (segment->flags & WIRE_SYN) != 0;
    bool first = syn && (segment->flags & WIRE_ACK) == 0;
    if (syn) {
        options->present |= WIRE_OPTION_MSS;
        options->mss = (uint16_t)host->plan->mss;
        if (first ? host->plan->sack : socket->sack)
            options->present |= WIRE_OPTION_SACK_PERMITTED;
    }
    if (first ? host->plan->timestamps : socket->timestamps) {
        options->present |= WIRE_OPTION_TIMESTAMPS;
        options->timestamp_value = timestamp_of(host);
        options->timestamp_echo = first ? 0 : socket->ts_recent;
    }
    add_sack(host, options);
}

static struct wire_segment make(const struct host *host, uint16_t flags, uint32_t seq,
                                uint32_t bytes)
{
    const struct host_socket *socket = &host->socket;
    struct wire_segment segment = {.seq = seq,
                                   .payload_bytes = bytes,
                                   .captured_payload_bytes = bytes,
                                   .flags = flags,
                                   .window = (uint16_t)(WINDOW_BYTES - socket->unread)};
    if ((flags & WIRE_ACK) != 0)
        segment.ack = socket->rcv_nxt;
    add_options(host, &segment);
    return segment;
}

static uint64_t send(struct host *host, struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    if ((segment->flags & WIRE_ACK) != 0) {
        socket->rcv_wup = segment->ack;
        socket->ack_at = SIM_NEVER;
        socket->unacked_segments = 0;
        socket->ack_now = false;
    }
    return host->send(host->context, host->index, segment);
}

uint64_t output_syn(struct host *host)
{
    uint16_t flags = host->socket.state == TRACK_SYN_RECEIVED ? WIRE_SYN | WIRE_ACK : WIRE_SYN;
    struct wire_segment segment = make(host, flags, host->socket.iss, 0);
    return send(host, &segment);
}

void output_ack(struct host *host)
{
    struct wire_segment segment = make(host, WIRE_ACK, host->socket.snd_nxt, 0);
    send(host, &segment);
}

void output_challenge(struct host *host)
{
    if (host->now_ns < host->socket.challenge_at)
        return;
    host->socket.challenge_at = host->now_ns + SIM_SECOND / 2;
    output_ack(host);
}

uint64_t output_abort(struct host *host)
{
    struct wire_segment segment = make(host, WIRE_RST | WIRE_ACK, host->socket.snd_nxt, 0);
    return send(host, &segment);
}

void output_refuse(struct host *host, const struct wire_segment *segment)
{
    if ((segment->flags & WIRE_RST) != 0)
        return;
    struct wire_segment reset = {.flags = WIRE_RST, .seq = segment->ack};
    if ((segment->flags & WIRE_ACK) == 0) {
        reset.flags = WIRE_RST | WIRE_ACK;
        reset.seq = 0;
        reset.ack = segment->seq + segment->payload_bytes + ((segment->flags & WIRE_SYN) != 0) +
                    ((segment->flags & WIRE_FIN) != 0);
    }
    host->send(host->context, host->index, &reset);
}

/* --- data and FIN --- */

bool output_fin_acked(const struct host *host)
{
    const struct host_socket *socket = &host->socket;
    return socket->fin_sent && socket->snd_una == socket->write_end + 1;
}

static void arm(struct host *host)
{
    host->socket.rto_at = host->now_ns + host->socket.rto_ns;
}

static uint64_t send_range(struct host *host, uint32_t left, uint32_t right)
{
    struct host_socket *socket = &host->socket;
    bool fin = seq_gt(right, socket->write_end);
    uint32_t bytes = right - left - fin;
    uint16_t flags = WIRE_ACK;
    if (fin)
        flags |= WIRE_FIN;
    if (bytes > 0 && right - fin == socket->write_end)
        flags |= WIRE_PSH;
    struct wire_segment segment = make(host, flags, left, bytes);
    return send(host, &segment);
}

static void send_new(struct host *host, uint32_t bytes, bool fin)
{
    struct host_socket *socket = &host->socket;
    uint32_t left = socket->snd_nxt;
    uint32_t right = left + bytes + fin;
    if (socket->cuts == 0)
        arm(host);
    socket->snd_nxt = right;
    socket->cut[socket->cuts++] = right;
    uint64_t frame = send_range(host, left, right);
    if (!fin)
        return;
    socket->fin_sent = true;
    host->history->transition[socket->fin_step].frame = frame;
}

static bool may_send(const struct host_socket *socket)
{
    switch ((enum track_state)socket->state) {
    case TRACK_ESTABLISHED:
    case TRACK_CLOSE_WAIT:
    case TRACK_FIN_WAIT_1:
    case TRACK_CLOSING:
    case TRACK_LAST_ACK:
        return true;
    case TRACK_UNKNOWN:
    case TRACK_CLOSED:
    case TRACK_LISTEN:
    case TRACK_SYN_SENT:
    case TRACK_SYN_RECEIVED:
    case TRACK_FIN_WAIT_2:
    case TRACK_TIME_WAIT:
    case TRACK_STATES:
        break;
    }
    return false;
}

void output_data(struct host *host)
{
    struct host_socket *socket = &host->socket;
    if (!may_send(socket))
        return;
    while (!socket->fin_sent && socket->snd_nxt != socket->write_end) {
        uint32_t left = socket->write_end - socket->snd_nxt;
        uint32_t bytes = left < host->plan->mss ? left : host->plan->mss;
        bool held = host->plan->nagle && bytes < host->plan->mss && !socket->fin_queued;
        if (socket->cuts >= host->plan->send_segments || (held && socket->cuts > 0))
            return;
        send_new(host, bytes, socket->fin_queued && bytes == left);
    }
    if (socket->fin_queued && !socket->fin_sent)
        send_new(host, 0, true);
}

/* Segments that were sent apart may go out again as one. */
static uint32_t end_of_repeat(const struct host *host)
{
    const struct host_socket *socket = &host->socket;
    uint32_t right = socket->cut[0];
    for (unsigned i = 1; host->plan->collapses && i < socket->cuts; i++)
        if (socket->cut[i] - socket->snd_una <= host->plan->mss)
            right = socket->cut[i];
    return right;
}

void output_again(struct host *host)
{
    if (host->socket.cuts > 0)
        send_range(host, host->socket.snd_una, end_of_repeat(host));
}

void output_acked(struct host *host, uint32_t ack)
{
    struct host_socket *socket = &host->socket;
    unsigned kept = 0;
    for (unsigned i = 0; i < socket->cuts; i++)
        if (seq_gt(socket->cut[i], ack))
            socket->cut[kept++] = socket->cut[i];
    socket->cuts = kept;
    socket->snd_una = ack;
    socket->retries = 0;
    socket->dup_acks = 0;
    socket->rto_ns = host->round_trip_ns + SIM_SECOND / 5;
    if (kept > 0)
        arm(host);
    else
        socket->rto_at = SIM_NEVER;
    if (socket->recovering && seq_lt(ack, socket->recover))
        output_again(host);
    else
        socket->recovering = false;
}
