/* inet_diag by libmnl: sock_diag(7). */
#include "config.h"

#include "kernel/diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include <libmnl/libmnl.h>

#include "base/xalloc.h"
#include "track/state.h"

struct kernel_diag {
    struct mnl_socket *socket;
    uint32_t sequence;
    char buffer[8192];
};

/* include/net/tcp_states.h, which is not for programs; 12 is a request that waits for its ACK. */
static const uint8_t states[] = {
    [1] = TRACK_ESTABLISHED, [2] = TRACK_SYN_SENT,   [3] = TRACK_SYN_RECEIVED,
    [4] = TRACK_FIN_WAIT_1,  [5] = TRACK_FIN_WAIT_2, [6] = TRACK_TIME_WAIT,
    [7] = TRACK_CLOSED,      [8] = TRACK_CLOSE_WAIT, [9] = TRACK_LAST_ACK,
    [10] = TRACK_LISTEN,     [11] = TRACK_CLOSING,   [12] = TRACK_SYN_RECEIVED,
};

struct kernel_diag *kernel_diag_open(void)
{
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
    if (socket == NULL)
        return NULL;
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0) {
        int why = errno;
        mnl_socket_close(socket);
        errno = why;
        return NULL;
    }
    struct kernel_diag *diag = base_calloc(1, sizeof *diag);
    diag->socket = socket;
    return diag;
}

void kernel_diag_close(struct kernel_diag *diag)
{
    if (diag == NULL)
        return;
    mnl_socket_close(diag->socket);
    free(diag);
}

static void put_id(struct inet_diag_sockid *id, const struct wire_endpoint *local,
                   const struct wire_endpoint *remote)
{
    id->idiag_sport = htons(local->port);
    id->idiag_dport = htons(remote->port);
    memcpy(id->idiag_src, local->address, sizeof id->idiag_src);
    memcpy(id->idiag_dst, remote->address, sizeof id->idiag_dst);
    id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

static int take_attribute(const struct nlattr *attribute, void *context)
{
    struct track_kernel_socket *out = context;
    struct tcp_info info = {0};
    if (mnl_attr_get_type(attribute) != INET_DIAG_INFO)
        return MNL_CB_OK;
    size_t length = mnl_attr_get_payload_len(attribute);
    memcpy(&info, mnl_attr_get_payload(attribute), length < sizeof info ? length : sizeof info);
    out->rtt_us = info.tcpi_rtt;
    out->cwnd_segments = info.tcpi_snd_cwnd;
    out->has_info = true;
    return MNL_CB_OK;
}

static void take_message(const struct nlmsghdr *header, struct track_kernel_socket *out)
{
    const struct inet_diag_msg *message = mnl_nlmsg_get_payload(header);
    if (message->idiag_state < sizeof states)
        out->state = states[message->idiag_state];
    out->receive_queue = message->idiag_rqueue;
    out->send_queue = message->idiag_wqueue;
    out->timer = message->idiag_timer;
    out->timer_ms = message->idiag_expires;
    out->retransmits = message->idiag_retrans;
    out->inode = message->idiag_inode;
    out->uid = message->idiag_uid;
    (void)mnl_attr_parse(header, sizeof *message, take_attribute, out);
}

/* The answer to our question; others' are stale and skipped. */
static bool receive(struct kernel_diag *diag, struct track_kernel_socket *out)
{
    for (;;) {
        ssize_t length = mnl_socket_recvfrom(diag->socket, diag->buffer, sizeof diag->buffer);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return false;
        const struct nlmsghdr *header = (const void *)diag->buffer;
        int left = (int)length;
        for (; mnl_nlmsg_ok(header, left); header = mnl_nlmsg_next(header, &left)) {
            if (header->nlmsg_seq != diag->sequence)
                continue;
            if (header->nlmsg_type == NLMSG_ERROR) {
                const struct nlmsgerr *answer = mnl_nlmsg_get_payload(header);
                errno = -answer->error;
                return errno == ENOENT;
            }
            if (mnl_nlmsg_get_payload_len(header) >= sizeof(struct inet_diag_msg)) {
                take_message(header, out);
                return true;
            }
        }
    }
}

bool kernel_diag_find(struct kernel_diag *diag, const struct wire_endpoint *local,
                      const struct wire_endpoint *remote, struct track_kernel_socket *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct track_kernel_socket){
        .time_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
        .local = *local,
        .remote = *remote,
        .state = TRACK_CLOSED,
    };
    char buffer[256];
    struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = ++diag->sequence;
    struct inet_diag_req_v2 *request = mnl_nlmsg_put_extra_header(header, sizeof *request);
    request->sdiag_family = local->family == 6 ? AF_INET6 : AF_INET;
    request->sdiag_protocol = IPPROTO_TCP;
    request->idiag_ext = 1 << (INET_DIAG_INFO - 1);
    request->idiag_states = 0xffffffffu;
    put_id(&request->id, local, remote);
    if (mnl_socket_sendto(diag->socket, header, header->nlmsg_len) < 0)
        return false;
    return receive(diag, out);
}
