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

#include <libmnl/libmnl.h>

#include "base/xalloc.h"
#include "kernel/reply.h"
#include "track/state.h"

#define QUESTION_BYTES 256

struct kernel_diag {
    struct mnl_socket *socket;
    uint32_t sequence;
    _Alignas(struct nlmsghdr) char buffer[8192];
};

struct kernel_diag *kernel_diag_open(void)
{
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_SOCK_DIAG, SOCK_CLOEXEC | SOCK_NONBLOCK);
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

/* The answer to our question; others' are stale and skipped. The kernel has answered before send()
 * came back, so nothing is waited for. */
static enum kernel_reply receive(struct kernel_diag *diag, struct track_kernel_socket *out)
{
    for (;;) {
        struct sockaddr_nl from;
        socklen_t size = sizeof from;
        ssize_t length = recvfrom(mnl_socket_get_fd(diag->socket), diag->buffer,
                                  sizeof diag->buffer, 0, (struct sockaddr *)&from, &size);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return KERNEL_REPLY_ERROR;
        int error = 0;
        if (size != sizeof from || from.nl_pid != 0)
            continue;
        enum kernel_reply reply =
            kernel_reply_read(diag->buffer, (size_t)length, diag->sequence, out, &error);
        if (reply == KERNEL_REPLY_ERROR)
            errno = error;
        if (reply != KERNEL_REPLY_NOTHING)
            return reply;
    }
}

/* A question about TCP's sockets; the caller fills in which. */
static struct inet_diag_req_v2 *put_question(char *buffer, struct kernel_diag *diag, int family)
{
    struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
    header->nlmsg_type = SOCK_DIAG_BY_FAMILY;
    header->nlmsg_flags = NLM_F_REQUEST;
    header->nlmsg_seq = ++diag->sequence;
    struct inet_diag_req_v2 *request = mnl_nlmsg_put_extra_header(header, sizeof *request);
    request->sdiag_family = (uint8_t)family;
    request->sdiag_protocol = IPPROTO_TCP;
    return request;
}

static bool send_question(const struct kernel_diag *diag, const char *buffer)
{
    const struct nlmsghdr *header = (const void *)buffer;
    return mnl_socket_sendto(diag->socket, header, header->nlmsg_len) >= 0;
}

static bool ask(struct kernel_diag *diag, const struct kernel_question *question)
{
    _Alignas(struct nlmsghdr) char buffer[QUESTION_BYTES];
    int family = question->local.family == 6 ? AF_INET6 : AF_INET;
    struct inet_diag_req_v2 *request = put_question(buffer, diag, family);
    request->idiag_ext = 1 << (INET_DIAG_INFO - 1);
    request->idiag_states = 0xffffffffu;
    put_id(&request->id, &question->local, &question->remote);
    request->id.idiag_if = question->interface;
    return send_question(diag, buffer);
}

/* A list of the sockets in no state at all is empty, if it can be had. */
bool kernel_diag_works(struct kernel_diag *diag)
{
    _Alignas(struct nlmsghdr) char buffer[QUESTION_BYTES];
    put_question(buffer, diag, AF_INET);
    struct nlmsghdr *header = (void *)buffer;
    struct track_kernel_socket nothing;
    header->nlmsg_flags |= NLM_F_DUMP;
    if (!send_question(diag, buffer))
        return false;
    return receive(diag, &nothing) == KERNEL_REPLY_DONE;
}

bool kernel_diag_find(struct kernel_diag *diag, const struct kernel_question *question,
                      struct track_kernel_socket *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    *out = (struct track_kernel_socket){
        .time_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec,
        .local = question->local,
        .remote = question->remote,
        .state = TRACK_CLOSED,
    };
    if (!ask(diag, question))
        return false;
    enum kernel_reply reply = receive(diag, out);
    return reply == KERNEL_REPLY_SOCKET || (reply == KERNEL_REPLY_ERROR && errno == ENOENT);
}
