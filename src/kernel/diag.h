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

/* The socket of this 4-tuple, in any state: one lookup, no dump. What there is none of is CLOSED; a
 * listener that would take the connection is LISTEN. False and errno when the kernel does not
 * answer. */
bool kernel_diag_find(struct kernel_diag *diag, const struct wire_endpoint *local,
                      const struct wire_endpoint *remote, struct track_kernel_socket *out);

#endif
