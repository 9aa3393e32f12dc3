/* Makes namespaces, veth pairs and their settings by netlink, ethtool and /proc/sys. */
#include "config.h"

#include "lab/net.h"

#include <errno.h>
#include <fcntl.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <arpa/inet.h>
#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <linux/veth.h>

#include <libmnl/libmnl.h>

#include "base/intl.h"

/* The interface in a host; at home the wire's end has the host's name. */
#define HOST_INTERFACE "eth0"
#define SIGHT_BUFFER_BYTES (8 * 1024 * 1024)

void lab_net_mac(enum lab_host host, uint8_t mac[LAB_MAC_BYTES])
{
    static const uint8_t base[LAB_MAC_BYTES] = {0x02};
    memcpy(mac, base, LAB_MAC_BYTES);
    mac[LAB_MAC_BYTES - 1] = (uint8_t)(host + 1);
}

/* 10.0.0.1 and 10.0.0.2, fd00::1 and fd00::2. */
void lab_net_address(enum lab_host host, bool ipv6, struct wire_endpoint *out)
{
    *out = (struct wire_endpoint){.family = ipv6 ? 6 : 4};
    out->address[0] = ipv6 ? 0xfd : 10;
    out->address[ipv6 ? 15 : 3] = (uint8_t)(host + 1);
}

static bool fail(struct lab_net_error *error, int why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(struct lab_net_error *error, int why, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    base_strbuf_vprintf(&error->text, format, args);
    va_end(args);
    base_strbuf_printf(&error->text, ": %s", strerror(why));
    error->forbidden = why == EPERM || why == EACCES || why == EROFS || why == ENOSPC;
    return false;
}

static bool enter(int namespace)
{
    return setns(namespace, CLONE_NEWNET) == 0;
}

bool lab_net_enter(const struct lab_net *net, enum lab_host host)
{
    return enter(net->host[host]);
}

/* --- netlink --- */

struct request {
    char buffer[1024];
    struct nlmsghdr *header;
};

static void *begin(struct request *request, uint16_t type, uint16_t flags, size_t length)
{
    request->header = mnl_nlmsg_put_header(request->buffer);
    request->header->nlmsg_type = type;
    request->header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
    return mnl_nlmsg_put_extra_header(request->header, length);
}

/* Sends it in the namespace that the caller is in and waits for the answer; 0 or an errno. */
static int commit(struct request *request)
{
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    char answer[8192];
    int why = 0;
    if (socket == NULL)
        return errno;
    if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
        mnl_socket_sendto(socket, request->header, request->header->nlmsg_len) < 0)
        why = errno;
    ssize_t length = why == 0 ? mnl_socket_recvfrom(socket, answer, sizeof answer) : 0;
    if (length < 0)
        why = errno;
    else if (why == 0 && mnl_cb_run(answer, (size_t)length, 0, 0, NULL, NULL) < 0)
        why = errno;
    mnl_socket_close(socket);
    return why;
}

/* A pair of interfaces: one here, named after the host, one in the host. */
static int make_pair(const struct lab_net *net, enum lab_host host, unsigned mtu)
{
    struct request request;
    uint8_t mac[LAB_MAC_BYTES];
    lab_net_mac(host, mac);
    struct ifinfomsg *link = begin(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *link);
    struct nlmsghdr *header = request.header;
    mnl_attr_put_strz(header, IFLA_IFNAME, lab_host_name(host));
    mnl_attr_put_u32(header, IFLA_MTU, mtu);
    struct nlattr *info = mnl_attr_nest_start(header, IFLA_LINKINFO);
    mnl_attr_put_strz(header, IFLA_INFO_KIND, "veth");
    struct nlattr *data = mnl_attr_nest_start(header, IFLA_INFO_DATA);
    struct nlattr *peer = mnl_attr_nest_start(header, VETH_INFO_PEER);
    mnl_nlmsg_put_extra_header(header, sizeof(struct ifinfomsg));
    mnl_attr_put_strz(header, IFLA_IFNAME, HOST_INTERFACE);
    mnl_attr_put_u32(header, IFLA_MTU, mtu);
    mnl_attr_put(header, IFLA_ADDRESS, sizeof mac, mac);
    mnl_attr_put_u32(header, IFLA_NET_NS_FD, (uint32_t)net->host[host]);
    mnl_attr_nest_end(header, peer);
    mnl_attr_nest_end(header, data);
    mnl_attr_nest_end(header, info);
    return commit(&request);
}

static int set_up(const char *interface)
{
    struct request request;
    struct ifinfomsg *link = begin(&request, RTM_NEWLINK, 0, sizeof *link);
    link->ifi_index = (int)if_nametoindex(interface);
    link->ifi_flags = IFF_UP;
    link->ifi_change = IFF_UP;
    return commit(&request);
}

static int add_address(enum lab_host host, bool ipv6)
{
    struct request request;
    struct wire_endpoint own;
    lab_net_address(host, ipv6, &own);
    size_t length = ipv6 ? 16 : 4;
    struct ifaddrmsg *address =
        begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *address);
    address->ifa_family = ipv6 ? AF_INET6 : AF_INET;
    address->ifa_prefixlen = ipv6 ? 64 : 24;
    address->ifa_flags = ipv6 ? IFA_F_NODAD : 0;
    address->ifa_index = if_nametoindex(HOST_INTERFACE);
    mnl_attr_put(request.header, IFA_LOCAL, length, own.address);
    mnl_attr_put(request.header, IFA_ADDRESS, length, own.address);
    return commit(&request);
}

/* The other host's link address is given, so that no ARP or neighbour discovery is in the way. */
static int add_neighbour(enum lab_host host, bool ipv6)
{
    struct request request;
    struct wire_endpoint other;
    uint8_t mac[LAB_MAC_BYTES];
    enum lab_host peer = host == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT;
    lab_net_address(peer, ipv6, &other);
    lab_net_mac(peer, mac);
    struct ndmsg *neighbour =
        begin(&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, sizeof *neighbour);
    neighbour->ndm_family = ipv6 ? AF_INET6 : AF_INET;
    neighbour->ndm_ifindex = (int)if_nametoindex(HOST_INTERFACE);
    neighbour->ndm_state = NUD_PERMANENT;
    mnl_attr_put(request.header, NDA_DST, ipv6 ? 16 : 4, other.address);
    mnl_attr_put(request.header, NDA_LLADDR, sizeof mac, mac);
    return commit(&request);
}

/* --- offloads --- */

static int switch_off(int fd, uint32_t command)
{
    struct ethtool_value value = {.cmd = command, .data = 0};
    struct ifreq request = {.ifr_data = (void *)&value};
    memcpy(request.ifr_name, HOST_INTERFACE, sizeof HOST_INTERFACE);
    return ioctl(fd, SIOCETHTOOL, &request);
}

/* Segments must be on the wire as a network card would put them: no larger than the MTU, with their
 * checksums. */
static bool switch_offloads_off(struct lab_net_error *error)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(error, errno, _("a socket"));
    bool good = switch_off(fd, ETHTOOL_STXCSUM) == 0;
    int why = errno;
    /* These follow from the first on most kernels. */
    (void)switch_off(fd, ETHTOOL_STSO);
    (void)switch_off(fd, ETHTOOL_SGSO);
    (void)switch_off(fd, ETHTOOL_SGRO);
    close(fd);
    return good || fail(error, why, _("checksum offload off on a virtual interface"));
}

/* --- sysctls --- */

static bool write_sysctl(const char *path, const char *value)
{
    char name[160];
    snprintf(name, sizeof name, "/proc/sys/net/%s", path);
    int fd = open(name, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t length = strlen(value);
    ssize_t written = write(fd, value, length);
    int why = errno;
    close(fd);
    errno = why;
    return written == (ssize_t)length;
}

static bool apply_sysctls(const struct lab_scenario *scenario, enum lab_host host,
                          struct lab_net_error *error)
{
    for (size_t i = 0; i < scenario->sysctl_count; i++) {
        const struct lab_sysctl *sysctl = &scenario->sysctls[i];
        if (sysctl->host[host] && !write_sysctl(sysctl->path, sysctl->value))
            return fail(error, errno, _("line %u: sysctl net/%s"), sysctl->line, sysctl->path);
    }
    return true;
}

/* --- hosts and wire --- */

static int this_namespace(void)
{
    return open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
}

static bool make_namespaces(struct lab_net *net, struct lab_net_error *error)
{
    net->home = this_namespace();
    if (net->home < 0)
        return fail(error, errno, "/proc/self/ns/net");
    /* Hosts with a small socket table of their own; since Linux 6.1, else they share a large one.
     */
    (void)write_sysctl("ipv4/tcp_child_ehash_entries", "1024");
    for (unsigned i = 0; i < LAB_HOSTS; i++) {
        if (unshare(CLONE_NEWNET) != 0)
            return fail(error, errno, _("a network namespace"));
        net->host[i] = this_namespace();
        if (net->host[i] < 0)
            return fail(error, errno, "/proc/self/ns/net");
    }
    return enter(net->home) || fail(error, errno, _("a network namespace"));
}

/* In the host's namespace: everything that makes it a host. */
static bool furnish_host(struct lab_net *net, const struct lab_scenario *scenario,
                         enum lab_host host, struct lab_net_error *error)
{
    int why;
    /* Quiet IPv6: no addresses of its own, no router solicitations. */
    (void)write_sysctl("ipv6/conf/" HOST_INTERFACE "/addr_gen_mode", "1");
    (void)write_sysctl("ipv6/conf/" HOST_INTERFACE "/accept_ra", "0");
    if (!switch_offloads_off(error))
        return false;
    if ((why = set_up("lo")) != 0 || (why = set_up(HOST_INTERFACE)) != 0 ||
        (why = add_address(host, scenario->ipv6)) != 0 ||
        (why = add_neighbour(host, scenario->ipv6)) != 0)
        return fail(error, why, _("the %s's interface"), lab_host_name(host));
    if (!apply_sysctls(scenario, host, error))
        return false;
    net->diag[host] = kernel_diag_open();
    return true;
}

/* At home: sockets at the wire's end. All that passes is seen by one that sends nothing, so that
 * what is sent by the other comes in its place, with the kernel's time. */
static bool open_end(struct lab_net *net, enum lab_host host, struct lab_net_error *error)
{
    int on = 1, size = SIGHT_BUFFER_BYTES;
    struct sockaddr_ll address = {.sll_family = AF_PACKET,
                                  .sll_protocol = htons(ETH_P_ALL),
                                  .sll_ifindex = (int)if_nametoindex(lab_host_name(host))};
    net->sight[host] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    net->send[host] = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (net->sight[host] < 0 || net->send[host] < 0)
        return fail(error, errno, _("a packet socket"));
    if (setsockopt(net->sight[host], SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) != 0)
        (void)setsockopt(net->sight[host], SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    bool good = setsockopt(net->sight[host], SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0 &&
                bind(net->sight[host], (const struct sockaddr *)&address, sizeof address) == 0;
    address.sll_protocol = 0;
    good = good && bind(net->send[host], (const struct sockaddr *)&address, sizeof address) == 0;
    return good || fail(error, errno, _("a packet socket"));
}

static bool build_end(struct lab_net *net, const struct lab_scenario *scenario, enum lab_host host,
                      struct lab_net_error *error)
{
    int why = make_pair(net, host, scenario->mtu);
    if (why != 0)
        return fail(error, why, _("a pair of virtual interfaces (veth)"));
    if ((why = set_up(lab_host_name(host))) != 0)
        return fail(error, why, _("the wire's end"));
    if (!lab_net_enter(net, host))
        return fail(error, errno, _("a network namespace"));
    return furnish_host(net, scenario, host, error) &&
           (enter(net->home) || fail(error, errno, _("a network namespace"))) &&
           open_end(net, host, error);
}

bool lab_net_build(struct lab_net *net, const struct lab_scenario *scenario,
                   struct lab_net_error *error)
{
    if (!make_namespaces(net, error))
        return false;
    /* The wire has no addresses: it only passes on. */
    (void)write_sysctl("ipv6/conf/all/disable_ipv6", "1");
    (void)write_sysctl("ipv6/conf/default/disable_ipv6", "1");
    for (unsigned i = 0; i < LAB_HOSTS; i++)
        if (!build_end(net, scenario, (enum lab_host)i, error))
            return false;
    return true;
}
