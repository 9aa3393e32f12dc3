/* What inet_diag answers: sock_diag(7), linux/inet_diag.h. */
#include "config.h"

#include "kernel/reply.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include <libmnl/libmnl.h>

#include "track/state.h"

/* include/net/tcp_states.h, which is not for programs; 12 is a request that waits for its ACK. */
static const uint8_t states[] = {
    [1] = TRACK_ESTABLISHED, [2] = TRACK_SYN_SENT,   [3] = TRACK_SYN_RECEIVED,
    [4] = TRACK_FIN_WAIT_1,  [5] = TRACK_FIN_WAIT_2, [6] = TRACK_TIME_WAIT,
    [7] = TRACK_CLOSED,      [8] = TRACK_CLOSE_WAIT, [9] = TRACK_LAST_ACK,
    [10] = TRACK_LISTEN,     [11] = TRACK_CLOSING,   [12] = TRACK_SYN_RECEIVED,
};

static void take_info(const void *bytes, size_t length, struct track_kernel_socket *out)
{
    struct tcp_info info = {0};
    /* older kernels have less, newer ones more */
    memcpy(&info, bytes, length < sizeof info ? length : sizeof info);
    out->has_info = true;
    out->info = (struct track_tcp_info){
        .rtt_us = info.tcpi_rtt,
        .rtt_variance_us = info.tcpi_rttvar,
        .rto_us = info.tcpi_rto,
        .cwnd_segments = info.tcpi_snd_cwnd,
        .ssthresh_segments = info.tcpi_snd_ssthresh,
        .unacknowledged_segments = info.tcpi_unacked,
        .lost_segments = info.tcpi_lost,
        .retransmitted_segments = info.tcpi_total_retrans,
        .send_mss_bytes = info.tcpi_snd_mss,
        .receive_mss_bytes = info.tcpi_rcv_mss,
        .unsent_bytes = info.tcpi_notsent_bytes,
        .delivery_rate = info.tcpi_delivery_rate,
    };
}

static int take_attribute(const struct nlattr *attribute, void *context)
{
    struct track_kernel_socket *out = context;
    /* all up to the congestion window has been there since Linux 2.6 */
    if (mnl_attr_get_type(attribute) == INET_DIAG_INFO &&
        mnl_attr_get_payload_len(attribute) >= offsetof(struct tcp_info, tcpi_advmss))
        take_info(mnl_attr_get_payload(attribute), mnl_attr_get_payload_len(attribute), out);
    return MNL_CB_OK;
}

static bool take_socket(const struct nlmsghdr *header, struct track_kernel_socket *out)
{
    const struct inet_diag_msg *message = mnl_nlmsg_get_payload(header);
    if (mnl_nlmsg_get_payload_len(header) < sizeof *message ||
        message->idiag_state >= sizeof states || states[message->idiag_state] == TRACK_UNKNOWN)
        return false;
    out->state = states[message->idiag_state];
    out->receive_queue = message->idiag_rqueue;
    out->send_queue = message->idiag_wqueue;
    out->timer = message->idiag_timer <= TRACK_TIMER_ZERO_WINDOW_PROBE ? message->idiag_timer
                                                                       : TRACK_TIMER_NONE;
    out->timer_ms = message->idiag_expires;
    out->retransmits = message->idiag_retrans;
    out->inode = message->idiag_inode;
    out->uid = message->idiag_uid;
    /* not mnl_attr_parse(), which rounds the message's length up */
    (void)mnl_attr_parse_payload(message + 1, mnl_nlmsg_get_payload_len(header) - sizeof *message,
                                 take_attribute, out);
    /* there tcp_info's places hold the accept queue */
    if (out->state == TRACK_LISTEN)
        out->has_info = false;
    return true;
}

/* The errno behind a negative number; what cannot be one is a breach of protocol. */
static int error_number(int negative)
{
    return negative < 0 && negative >= -4095 ? -negative : EPROTO;
}

static int error_of(const struct nlmsghdr *header)
{
    const struct nlmsgerr *answer = mnl_nlmsg_get_payload(header);
    if (mnl_nlmsg_get_payload_len(header) < sizeof *answer)
        return EPROTO;
    return error_number(answer->error);
}

/* A list that could not be made ends with the reason. */
static enum kernel_reply done(const struct nlmsghdr *header, int *error)
{
    int result = 0;
    if (mnl_nlmsg_get_payload_len(header) >= sizeof result)
        memcpy(&result, mnl_nlmsg_get_payload(header), sizeof result);
    if (result == 0)
        return KERNEL_REPLY_DONE;
    *error = error_number(result);
    return KERNEL_REPLY_ERROR;
}

/* What one message says to the question. */
static enum kernel_reply read_message(const struct nlmsghdr *header, uint32_t sequence,
                                      struct track_kernel_socket *out, int *error)
{
    if (header->nlmsg_seq != sequence)
        return KERNEL_REPLY_NOTHING;
    if (header->nlmsg_type == NLMSG_ERROR) {
        *error = error_of(header);
        return KERNEL_REPLY_ERROR;
    }
    if (header->nlmsg_type == NLMSG_DONE)
        return done(header, error);
    if (header->nlmsg_type == SOCK_DIAG_BY_FAMILY && take_socket(header, out))
        return KERNEL_REPLY_SOCKET;
    return KERNEL_REPLY_NOTHING;
}

/* Not by mnl_nlmsg_ok(), which takes a length above 2 GB for a negative one that fits. */
enum kernel_reply kernel_reply_read(const void *bytes, size_t length, uint32_t sequence,
                                    struct track_kernel_socket *out, int *error)
{
    const char *at = bytes;
    while (length >= sizeof(struct nlmsghdr)) {
        const struct nlmsghdr *header = (const void *)at;
        if (header->nlmsg_len < sizeof *header || header->nlmsg_len > length)
            break;
        enum kernel_reply reply = read_message(header, sequence, out, error);
        if (reply != KERNEL_REPLY_NOTHING)
            return reply;
        size_t step = NLMSG_ALIGN((size_t)header->nlmsg_len);
        if (step >= length)
            break;
        at += step;
        length -= step;
    }
    return KERNEL_REPLY_NOTHING;
}
