/* What inet_diag answers: netlink messages to one socket's state. */
#ifndef TCPVIZ_KERNEL_REPLY_H
#define TCPVIZ_KERNEL_REPLY_H

#include <stddef.h>
#include <stdint.h>

#include "track/kernel_socket.h"

enum kernel_reply {
    KERNEL_REPLY_NOTHING, /* nothing in it answers the question */
    KERNEL_REPLY_SOCKET,
    KERNEL_REPLY_DONE, /* the end of a list */
    KERNEL_REPLY_ERROR
};

/* Looks in a datagram, aligned as struct nlmsghdr is, for the answer to the question of that
 * sequence number. A socket is written to *out as far as the answer has it, addresses and times
 * aside; *out is else left alone. *error is the errno of an error. Takes any bytes. */
enum kernel_reply kernel_reply_read(const void *bytes, size_t length, uint32_t sequence,
                                    struct track_kernel_socket *out, int *error);

#endif
