/* The addresses of this host. */
#ifndef TCPVIZ_KERNEL_LOCAL_H
#define TCPVIZ_KERNEL_LOCAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/segment.h"

struct kernel_local {
    struct wire_endpoint *addresses; /* owned; ports are 0 */
    size_t count;
};

#define KERNEL_LOCAL_INIT                                                                          \
    {                                                                                              \
        NULL, 0                                                                                    \
    }

/* Asks for them anew; what cannot be had stays as it was. */
void kernel_local_refresh(struct kernel_local *local);
void kernel_local_free(struct kernel_local *local);
/* Whether the endpoint's address is one of them, or a loopback one. */
bool kernel_local_has(const struct kernel_local *local, const struct wire_endpoint *endpoint);

#endif
