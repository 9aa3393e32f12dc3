/* The lab's network: two hosts, which are network namespaces of their own, and the two ends of the
 * wire between them in a third. */
#ifndef TCPVIZ_LAB_NET_H
#define TCPVIZ_LAB_NET_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "kernel/diag.h"
#include "lab/scenario.h"

struct lab_net {
    int home;                            /* namespace of the wire */
    int host[LAB_HOSTS];                 /* namespaces of the hosts */
    int sight[LAB_HOSTS];                /* packet socket: all that passes at this host's end */
    int send[LAB_HOSTS];                 /* packet socket: towards this host */
    struct kernel_diag *diag[LAB_HOSTS]; /* NULL: the kernel has no inet_diag */
};

/* Where a step of setting up failed, to say which setting forbids it. */
struct lab_net_error {
    struct base_strbuf text; /* "what: why" */
    bool forbidden;          /* by a setting of this system, not by the scenario */
};

/* Builds it, in a process that has a network namespace of its own and may administer it. False and
 * *error if it cannot. Gone when the process is. */
bool lab_net_build(struct lab_net *net, const struct lab_scenario *scenario,
                   struct lab_net_error *error);
/* Moves the caller into a host. */
bool lab_net_enter(const struct lab_net *net, enum lab_host host);
/* The address of a host. */
void lab_net_address(enum lab_host host, bool ipv6, struct wire_endpoint *out);
/* The hosts' link addresses. */
#define LAB_MAC_BYTES 6
void lab_net_mac(enum lab_host host, uint8_t mac[LAB_MAC_BYTES]);

#endif
