/* inet_diag: asks the kernel for the TCP sockets of one network namespace. Works without
 * privileges. */
#ifndef TCPVIZ_KERNEL_DIAG_H
#define TCPVIZ_KERNEL_DIAG_H

#include <stdbool.h>

#include "track/kernel_socket.h"

struct kernel_diag;

/* Asks in the network namespace that the caller is in now, whatever it moves to later. NULL and
 * errno on failure. */
struct kernel_diag *kernel_diag_open(void);
void kernel_diag_close(struct kernel_diag *diag);

/* Whether this kernel answers questions about TCP: else every one is answered as if there were no
 * socket. False and errno. */
bool kernel_diag_works(struct kernel_diag *diag);

/* Which socket: by its addresses as the kernel has them. A remote of port 0: the listener at the
 * local address. interface: an index; 0: the socket is not bound to one, as one of a link-local
 * IPv6 address always is. */
struct kernel_question {
    struct wire_endpoint local, remote;
    uint32_t interface;
};

/* The socket in any state: one lookup, no dump, and no waiting. What there is none of is CLOSED; a
 * listener that would take the connection is LISTEN, with its accept queue in the place of the
 * receive queue and the limit in that of the send queue. False and errno when the kernel does not
 * answer. */
bool kernel_diag_find(struct kernel_diag *diag, const struct kernel_question *question,
                      struct track_kernel_socket *out);

#endif
