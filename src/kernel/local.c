/* The addresses of this host: getifaddrs(3). */
#include "config.h"

#include "kernel/local.h"

#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>

#include "base/xalloc.h"

/* More than any host has; so many are looked through for each new connection. */
#define MAX_ADDRESSES 4096

/* False if it is no address of IP. */
static bool take_address(const struct sockaddr *from, struct wire_endpoint *out)
{
    memset(out, 0, sizeof *out);
    if (from == NULL)
        return false;
    if (from->sa_family == AF_INET) {
        const struct sockaddr_in *ipv4 = (const void *)from;
        out->family = 4;
        memcpy(out->address, &ipv4->sin_addr, sizeof ipv4->sin_addr);
    } else if (from->sa_family == AF_INET6) {
        const struct sockaddr_in6 *ipv6 = (const void *)from;
        out->family = 6;
        memcpy(out->address, &ipv6->sin6_addr, sizeof ipv6->sin6_addr);
    }
    return out->family != 0;
}

void kernel_local_refresh(struct kernel_local *local)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0)
        return;
    size_t most = 0;
    for (const struct ifaddrs *at = all; at != NULL && most < MAX_ADDRESSES; at = at->ifa_next)
        most++;
    local->addresses =
        base_realloc(local->addresses, most > 0 ? most : 1, sizeof local->addresses[0]);
    local->count = 0;
    for (const struct ifaddrs *at = all; at != NULL && local->count < most; at = at->ifa_next)
        if (take_address(at->ifa_addr, &local->addresses[local->count]))
            local->count++;
    freeifaddrs(all);
}

void kernel_local_free(struct kernel_local *local)
{
    free(local->addresses);
    *local = (struct kernel_local)KERNEL_LOCAL_INIT;
}

static bool is_loopback(const struct wire_endpoint *endpoint)
{
    static const uint8_t one[16] = {[15] = 1};
    return endpoint->family == 4 ? endpoint->address[0] == 127
                                 : memcmp(endpoint->address, one, sizeof one) == 0;
}

bool kernel_local_has(const struct kernel_local *local, const struct wire_endpoint *endpoint)
{
    if (is_loopback(endpoint))
        return true;
    for (size_t i = 0; i < local->count; i++)
        if (local->addresses[i].family == endpoint->family &&
            memcmp(local->addresses[i].address, endpoint->address, sizeof endpoint->address) == 0)
            return true;
    return false;
}
