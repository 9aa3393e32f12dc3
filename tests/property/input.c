/* What a host does with a segment that arrives: RFC 9293 section 3.10.7 with RFC 5961, in the order
 * of Linux. */
#include "config.h"

#include "host.h"
#include "track/seq.h"

#define TIME_WAIT_NS (60 * SIM_SECOND)
#define WINDOW_BYTES 64240
#define DELAYED_ACK_NS (40 * SIM_MILLISECOND)

#define HAS(segment, bits) (((segment)->flags & (bits)) == (bits))

/* After its last number; bare: without the FIN. */
static uint32_t bare_end(const struct wire_segment *segment)
{
    return segment->seq + segment->payload_bytes + HAS(segment, WIRE_SYN);
}

static uint32_t end_of(const struct wire_segment *segment)
{
    return bare_end(segment) + HAS(segment, WIRE_FIN);
}

static void open_window(struct host *host, const struct wire_segment *syn)
{
    struct host_socket *socket = &host->socket;
    const struct wire_options *options = &syn->options;
    socket->irs = syn->seq;
    socket->rcv_nxt = socket->rcv_wup = syn->seq + 1;
    socket->sack = host->plan->sack && (options->present & WIRE_OPTION_SACK_PERMITTED) != 0;
    socket->timestamps = host->plan->timestamps && (options->present & WIRE_OPTION_TIMESTAMPS) != 0;
    socket->ts_recent = options->timestamp_value;
}

/* --- without a socket --- */

static void open_request(struct host *host, const struct wire_segment *syn)
{
    struct host_socket *socket = &host->socket;
    if (host->life > 0 && syn->seq == socket->irs)
        host->reopened = true;
    *socket = (struct host_socket){.state = TRACK_LISTEN, .iss = host->next_iss, .request = true};
    host->next_iss += 1000003;
    host->life++;
    app_start(host);
    socket->ack_at = socket->linger_at = SIM_NEVER;
    socket->snd_una = socket->iss;
    socket->snd_nxt = socket->write_end = socket->iss + 1;
    socket->rto_ns = SIM_SECOND;
    socket->rto_at = host->now_ns + SIM_SECOND;
    open_window(host, syn);
    host_enter(host, TRACK_SYN_RECEIVED, host->cause);
    output_syn(host);
}

static void without_socket(struct host *host, const struct wire_segment *segment)
{
    if (HAS(segment, WIRE_RST))
        return;
    bool syn = HAS(segment, WIRE_SYN) && !HAS(segment, WIRE_ACK);
    if (host->plan->listens && syn)
        open_request(host, segment);
    else if (!host->plan->listens || HAS(segment, WIRE_ACK))
        output_refuse(host, segment);
}

/* --- SYN_SENT --- */

static void established(struct host *host)
{
    struct host_socket *socket = &host->socket;
    socket->snd_una = socket->iss + 1;
    socket->rto_at = SIM_NEVER;
    socket->rto_ns = host->round_trip_ns + SIM_SECOND / 5;
    socket->retries = 0;
    host_enter(host, TRACK_ESTABLISHED, host->cause);
    app_wake(host);
}

static void in_syn_sent(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    bool ack = HAS(segment, WIRE_ACK);
    if (ack && (seq_leq(segment->ack, socket->iss) || seq_gt(segment->ack, socket->snd_nxt))) {
        output_refuse(host, segment);
        return;
    }
    if (HAS(segment, WIRE_RST)) {
        if (ack)
            host_enter_closed(host, host->cause);
        return;
    }
    if (!HAS(segment, WIRE_SYN))
        return;
    open_window(host, segment);
    if (ack) {
        established(host);
        output_ack(host);
        return;
    }
    host_enter(host, TRACK_SYN_RECEIVED, host->cause);
    socket->retries = 0;
    socket->rto_ns = SIM_SECOND;
    socket->rto_at = host->now_ns + SIM_SECOND;
    output_syn(host);
}

/* --- acceptance --- */

/* RFC 7323 section 5.3. */
static bool fails_paws(const struct host_socket *socket, const struct wire_segment *segment)
{
    return socket->timestamps && (segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0 &&
           seq_gt(socket->ts_recent, segment->options.timestamp_value);
}

static void note_timestamp(struct host_socket *socket, const struct wire_segment *segment)
{
    if (socket->timestamps && (segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0 &&
        seq_leq(segment->seq, socket->rcv_wup))
        socket->ts_recent = segment->options.timestamp_value;
}

/* What is not acceptable is acked; bare acks and SYNs at a limited rate, so that two hosts do not
 * ack each other's acks for ever. */
static void ack_unacceptable(struct host *host, const struct wire_segment *segment)
{
    if (segment->payload_bytes > 0 && !HAS(segment, WIRE_SYN))
        output_ack(host);
    else
        output_challenge(host);
}

static bool in_window(const struct host_socket *socket, const struct wire_segment *segment)
{
    return !seq_lt(end_of(segment), socket->rcv_wup) &&
           !seq_gt(segment->seq, socket->rcv_nxt + WINDOW_BYTES - socket->unread);
}

/* The RST of a socket that did not count its own FIN. */
static bool rst_before_fin(const struct host_socket *socket, const struct wire_segment *segment)
{
    return segment->seq == socket->rcv_nxt - 1 &&
           (socket->state == TRACK_CLOSE_WAIT || socket->state == TRACK_LAST_ACK ||
            socket->state == TRACK_CLOSING);
}

static bool rst_is_exact(const struct host_socket *socket, const struct wire_segment *segment)
{
    if (segment->seq == socket->rcv_nxt || rst_before_fin(socket, segment))
        return true;
    uint32_t highest = socket->rcv_nxt;
    for (unsigned i = 0; i < socket->ranges; i++)
        highest = seq_max(highest, socket->range[i].right);
    return socket->sack && segment->seq == highest;
}

/* The other SYN-ACK of a simultaneous open. */
static bool completes_simultaneous(const struct host_socket *socket,
                                   const struct wire_segment *segment)
{
    return socket->state == TRACK_SYN_RECEIVED && HAS(segment, WIRE_SYN | WIRE_ACK) &&
           segment->seq == socket->irs && segment->ack == socket->snd_nxt;
}

/* RFC 9293 section 3.10.7.4, first to fourth check. */
static bool is_acceptable(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    bool rst = HAS(segment, WIRE_RST);
    if (!rst && fails_paws(socket, segment)) {
        ack_unacceptable(host, segment);
        return false;
    }
    if (!in_window(socket, segment)) {
        if (!rst)
            ack_unacceptable(host, segment);
        else if (rst_before_fin(socket, segment))
            host_enter_closed(host, host->cause);
        return false;
    }
    if (rst) {
        if (rst_is_exact(socket, segment))
            host_enter_closed(host, host->cause);
        else
            output_challenge(host);
        return false;
    }
    if (HAS(segment, WIRE_SYN) && !completes_simultaneous(socket, segment)) {
        output_challenge(host);
        return false;
    }
    return HAS(segment, WIRE_ACK);
}

/* --- the ack --- */

static void count_duplicate(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    if (segment->payload_bytes > 0 || HAS(segment, WIRE_FIN) || socket->cuts == 0)
        return;
    if (++socket->dup_acks != 3 || socket->recovering)
        return;
    socket->recovering = true;
    socket->recover = socket->snd_nxt;
    output_again(host);
}

/* RFC 9293 section 3.10.7.4, fifth check. */
static bool take_ack(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    bool opening = socket->state == TRACK_SYN_RECEIVED;
    if (seq_gt(segment->ack, socket->snd_nxt) ||
        (opening && seq_leq(segment->ack, socket->snd_una))) {
        if (opening)
            output_refuse(host, segment);
        else
            output_challenge(host);
        return false;
    }
    note_timestamp(socket, segment);
    if (opening)
        established(host);
    else if (seq_gt(segment->ack, socket->snd_una))
        output_acked(host, segment->ack);
    else if (segment->ack == socket->snd_una)
        count_duplicate(host, segment);
    return true;
}

/* Data that nobody will read any more ends the socket. */
static bool resets_for_data(struct host *host, const struct wire_segment *segment)
{
    const struct host_socket *socket = &host->socket;
    if (!socket->rcv_shutdown || segment->seq == end_of(segment) ||
        !seq_gt(bare_end(segment), socket->rcv_nxt))
        return false;
    host_enter_closed(host, host->cause);
    output_refuse(host, segment);
    return true;
}

/* Its FIN is acked. False if nothing more is to be done with the segment. */
static bool leave_fin_wait_1(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    host_enter(host, TRACK_FIN_WAIT_2, host->cause);
    if (!socket->orphan)
        return true;
    if (resets_for_data(host, segment))
        return false;
    host_linger(host, host->plan->fin_timeout_ns);
    if (HAS(segment, WIRE_FIN))
        return true;
    socket->small = true;
    socket->ack_at = SIM_NEVER;
    return false;
}

static bool move_by_ack(struct host *host, const struct wire_segment *segment)
{
    if (!output_fin_acked(host))
        return true;
    switch ((enum track_state)host->socket.state) {
    case TRACK_FIN_WAIT_1:
        return leave_fin_wait_1(host, segment);
    case TRACK_CLOSING:
        host_enter(host, TRACK_TIME_WAIT, host->cause);
        host_linger(host, TIME_WAIT_NS);
        return false;
    case TRACK_LAST_ACK:
        host_enter_closed(host, host->cause);
        return false;
    case TRACK_UNKNOWN:
    case TRACK_CLOSED:
    case TRACK_LISTEN:
    case TRACK_SYN_SENT:
    case TRACK_SYN_RECEIVED:
    case TRACK_ESTABLISHED:
    case TRACK_FIN_WAIT_2:
    case TRACK_CLOSE_WAIT:
    case TRACK_TIME_WAIT:
    case TRACK_STATES:
        break;
    }
    return true;
}

/* --- the data and the FIN --- */

static void take_fin(struct host *host)
{
    struct host_socket *socket = &host->socket;
    socket->fin_received = socket->rcv_shutdown = true;
    app_wake(host);
    if (socket->state == TRACK_ESTABLISHED) {
        host_enter(host, TRACK_CLOSE_WAIT, host->cause);
    } else if (socket->state == TRACK_FIN_WAIT_1) {
        output_ack(host);
        host_enter(host, TRACK_CLOSING, host->cause);
    } else if (socket->state == TRACK_FIN_WAIT_2) {
        output_ack(host);
        host_enter(host, TRACK_TIME_WAIT, host->cause);
        host_linger(host, TIME_WAIT_NS);
    }
}

static void move_right(struct host *host, uint32_t right)
{
    struct host_socket *socket = &host->socket;
    if (seq_leq(right, socket->rcv_nxt))
        return;
    uint32_t fin = socket->fin_in_known && right == socket->fin_in_end;
    uint32_t bytes = right - socket->rcv_nxt - fin;
    socket->received += bytes;
    if (!host->reading)
        socket->unread += bytes;
    socket->rcv_nxt = right;
}

static void absorb_ranges(struct host *host)
{
    struct host_socket *socket = &host->socket;
    for (unsigned i = 0; i < socket->ranges;) {
        if (seq_leq(socket->range[i].left, socket->rcv_nxt)) {
            move_right(host, socket->range[i].right);
            socket->range[i] = socket->range[--socket->ranges];
            i = 0;
        } else {
            i++;
        }
    }
}

static void keep_range(struct host_socket *socket, uint32_t left, uint32_t right)
{
    for (unsigned i = 0; i < socket->ranges;) {
        if (seq_leq(socket->range[i].left, right) && seq_leq(left, socket->range[i].right)) {
            left = seq_lt(socket->range[i].left, left) ? socket->range[i].left : left;
            right = seq_max(right, socket->range[i].right);
            socket->range[i] = socket->range[--socket->ranges];
            i = 0;
        } else {
            i++;
        }
    }
    if (socket->ranges == HOST_MAX_RANGES)
        return;
    socket->range[socket->ranges].left = left;
    socket->range[socket->ranges++].right = right;
}

static void schedule_ack(struct host *host, bool at_once)
{
    struct host_socket *socket = &host->socket;
    socket->unacked_segments++;
    if (at_once || host->plan->quick_acks || socket->unacked_segments >= 2)
        socket->ack_now = true;
    else if (socket->ack_at == SIM_NEVER)
        socket->ack_at = host->now_ns + DELAYED_ACK_NS;
}

static void queue(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    uint32_t right = end_of(segment);
    if (segment->seq == right)
        return;
    if (seq_leq(right, socket->rcv_nxt)) {
        schedule_ack(host, true);
        return;
    }
    if (HAS(segment, WIRE_FIN)) {
        socket->fin_in_known = true;
        socket->fin_in_end = right;
    }
    bool gap = seq_gt(segment->seq, socket->rcv_nxt) || socket->ranges > 0;
    if (seq_gt(segment->seq, socket->rcv_nxt))
        keep_range(socket, segment->seq, right);
    else
        move_right(host, right);
    absorb_ranges(host);
    schedule_ack(host, gap);
    app_wake(host);
    if (socket->fin_in_known && !socket->fin_received && socket->rcv_nxt == socket->fin_in_end)
        take_fin(host);
}

/* RFC 9293 section 3.10.7.4, seventh and eighth check. */
static void take_data(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    switch ((enum track_state)socket->state) {
    case TRACK_CLOSE_WAIT:
    case TRACK_CLOSING:
    case TRACK_LAST_ACK:
        if (!seq_lt(segment->seq, socket->rcv_nxt) || resets_for_data(host, segment))
            return;
        break;
    case TRACK_FIN_WAIT_1:
    case TRACK_FIN_WAIT_2:
        if (resets_for_data(host, segment))
            return;
        break;
    case TRACK_UNKNOWN:
    case TRACK_CLOSED:
    case TRACK_LISTEN:
    case TRACK_SYN_SENT:
    case TRACK_SYN_RECEIVED:
    case TRACK_ESTABLISHED:
    case TRACK_TIME_WAIT:
    case TRACK_STATES:
        break;
    }
    queue(host, segment);
}

static void in_synchronized(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    if (!HAS(segment, WIRE_ACK) && !HAS(segment, WIRE_RST) && !HAS(segment, WIRE_SYN))
        return;
    if (!is_acceptable(host, segment) || !take_ack(host, segment) || !move_by_ack(host, segment))
        return;
    take_data(host, segment);
    if (socket->state == TRACK_CLOSED || socket->small)
        return;
    output_data(host);
    if (socket->ack_now)
        output_ack(host);
}

/* --- SYN_RECEIVED of a listener --- */

static bool in_request_window(const struct host_socket *socket, const struct wire_segment *segment)
{
    uint32_t left = socket->rcv_nxt, right = left + WINDOW_BYTES;
    if (segment->seq == left || (seq_gt(end_of(segment), left) && seq_lt(segment->seq, right)))
        return true;
    return segment->seq == right && end_of(segment) == right;
}

static void in_request(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    uint16_t flags = segment->flags & (WIRE_SYN | WIRE_ACK | WIRE_RST);
    if (flags == WIRE_SYN && segment->seq == socket->irs) {
        output_syn(host);
        return;
    }
    if ((flags & WIRE_ACK) != 0 && segment->ack != socket->iss + 1) {
        output_refuse(host, segment);
        return;
    }
    if (!in_request_window(socket, segment) || fails_paws(socket, segment)) {
        if ((flags & WIRE_RST) == 0)
            output_challenge(host);
        return;
    }
    if ((flags & WIRE_RST) != 0 && segment->seq != socket->rcv_nxt) {
        output_challenge(host);
        return;
    }
    if ((flags & (WIRE_RST | WIRE_SYN)) != 0) {
        host_enter_closed(host, host->cause);
        output_refuse(host, segment);
        return;
    }
    if ((flags & WIRE_ACK) == 0)
        return;
    socket->request = false;
    in_synchronized(host, segment);
}

/* --- FIN_WAIT_2 and TIME_WAIT as Linux keeps them --- */

static bool in_small_window(const struct host_socket *socket, const struct wire_segment *segment)
{
    return segment->seq == socket->rcv_nxt ||
           (seq_gt(end_of(segment), socket->rcv_nxt) &&
            seq_lt(segment->seq, socket->rcv_nxt + WINDOW_BYTES));
}

static void in_small_fin_wait_2(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    if (fails_paws(socket, segment) || !in_small_window(socket, segment)) {
        if (!HAS(segment, WIRE_RST))
            output_challenge(host);
        return;
    }
    if (HAS(segment, WIRE_RST)) {
        host_enter_closed(host, host->cause);
        return;
    }
    if (!HAS(segment, WIRE_SYN) && (!HAS(segment, WIRE_ACK) || segment->seq == end_of(segment)))
        return;
    if (!HAS(segment, WIRE_FIN) || end_of(segment) != socket->rcv_nxt + 1) {
        host_enter_closed(host, host->cause);
        output_refuse(host, segment);
        return;
    }
    socket->rcv_nxt = end_of(segment);
    note_timestamp(socket, segment);
    host_enter(host, TRACK_TIME_WAIT, host->cause);
    host_linger(host, TIME_WAIT_NS);
    output_ack(host);
}

static bool may_reuse(const struct host_socket *socket, const struct wire_segment *segment)
{
    if ((segment->flags & (WIRE_SYN | WIRE_ACK | WIRE_RST)) != WIRE_SYN)
        return false;
    if (seq_gt(segment->seq, socket->rcv_nxt))
        return true;
    return socket->timestamps && (segment->options.present & WIRE_OPTION_TIMESTAMPS) != 0 &&
           seq_lt(socket->ts_recent, segment->options.timestamp_value);
}

static void in_time_wait(struct host *host, const struct wire_segment *segment)
{
    struct host_socket *socket = &host->socket;
    bool late = fails_paws(socket, segment);
    bool rst = HAS(segment, WIRE_RST);
    if (!late && segment->seq == socket->rcv_nxt && (rst || segment->seq == end_of(segment))) {
        if (rst)
            host_enter_closed(host, host->cause);
        else
            host_linger(host, TIME_WAIT_NS);
        return;
    }
    if (!late && host->plan->listens && may_reuse(socket, segment)) {
        host_enter_closed(host, host->cause);
        open_request(host, segment);
        return;
    }
    if (rst)
        return;
    if (late || HAS(segment, WIRE_ACK))
        host_linger(host, TIME_WAIT_NS);
    ack_unacceptable(host, segment);
}

void host_receive(struct host *host, const struct wire_segment *segment, uint64_t frame)
{
    const struct host_socket *socket = &host->socket;
    host->cause = frame;
    if (host->plan->deaf)
        return;
    if (socket->state == TRACK_CLOSED)
        without_socket(host, segment);
    else if (socket->state == TRACK_SYN_SENT)
        in_syn_sent(host, segment);
    else if (socket->request)
        in_request(host, segment);
    else if (socket->small && socket->state == TRACK_FIN_WAIT_2)
        in_small_fin_wait_2(host, segment);
    else if (socket->state == TRACK_TIME_WAIT)
        in_time_wait(host, segment);
    else
        in_synchronized(host, segment);
}
