/* Builds Ethernet frames with a TCP segment or an ICMP error. */
#include "config.h"

#include "lab/forge.h"

#include <string.h>

#include "lab/net.h"
#include "wire/checksum.h"

#define ETHERNET_BYTES 14
#define IPV4_BYTES 20
#define IPV6_BYTES 40
#define TCP_BYTES 20
#define ICMP_BYTES 8
#define TTL 64

static void put16(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

/* The field that makes a sum come out right. */
static uint32_t complement(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~(uint32_t)sum & 0xffff;
}

static size_t put_ethernet(uint8_t *frame, enum lab_host from, bool ipv6)
{
    lab_net_mac(from == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT, frame);
    lab_net_mac(from, frame + LAB_MAC_BYTES);
    put16(frame + 12, ipv6 ? 0x86dd : 0x0800);
    return ETHERNET_BYTES;
}

static size_t put_ipv4(uint8_t *ip, const uint8_t *source, const uint8_t *destination,
                       uint8_t protocol, size_t payload)
{
    memset(ip, 0, IPV4_BYTES);
    ip[0] = 0x45;
    put16(ip + 2, (uint32_t)(IPV4_BYTES + payload));
    ip[6] = 0x40; /* DF */
    ip[8] = TTL;
    ip[9] = protocol;
    memcpy(ip + 12, source, 4);
    memcpy(ip + 16, destination, 4);
    put16(ip + 10, complement(wire_checksum_add(0, ip, IPV4_BYTES)));
    return IPV4_BYTES;
}

static size_t put_ipv6(uint8_t *ip, const uint8_t *source, const uint8_t *destination,
                       size_t payload)
{
    memset(ip, 0, 8);
    ip[0] = 0x60;
    put16(ip + 4, (uint32_t)payload);
    ip[6] = 6; /* TCP */
    ip[7] = TTL;
    memcpy(ip + 8, source, 16);
    memcpy(ip + 24, destination, 16);
    return IPV6_BYTES;
}

size_t lab_forge_segment(const struct lab_rule *rule, const struct lab_flow *flow,
                         uint8_t frame[LAB_FORGED_BYTES])
{
    enum lab_host from = (enum lab_host)rule->forged_from;
    enum lab_host to = from == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT;
    const struct wire_endpoint *source = &flow->end[from], *destination = &flow->end[to];
    bool ipv6 = source->family == 6;
    size_t tcp_bytes = TCP_BYTES + (size_t)rule->forged_bytes;
    size_t at = put_ethernet(frame, from, ipv6);
    at += ipv6 ? put_ipv6(frame + at, source->address, destination->address, tcp_bytes)
               : put_ipv4(frame + at, source->address, destination->address, 6, tcp_bytes);
    uint8_t *tcp = frame + at;
    memset(tcp, 0, TCP_BYTES);
    memset(tcp + TCP_BYTES, 'x', rule->forged_bytes);
    put16(tcp, source->port);
    put16(tcp + 2, destination->port);
    put32(tcp + 4, flow->next_seq[from] + (uint32_t)rule->forged_offset);
    put32(tcp + 8, rule->forged_flags & WIRE_ACK ? flow->next_seq[to] : 0);
    tcp[12] = TCP_BYTES / 4 << 4;
    tcp[13] = (uint8_t)rule->forged_flags;
    put16(tcp + 14, flow->window[from]);
    struct wire_segment ends = {.source = *source, .destination = *destination};
    uint64_t sum = wire_checksum_pseudo(&ends, (uint32_t)tcp_bytes);
    put16(tcp + 16, complement(wire_checksum_add(sum, tcp, (uint32_t)tcp_bytes)));
    return at + tcp_bytes;
}

size_t lab_forge_unreachable(enum lab_host to, unsigned code, const uint8_t *packet, size_t length,
                             uint8_t frame[LAB_FORGED_BYTES])
{
    const uint8_t *quoted = packet + ETHERNET_BYTES;
    if (length < ETHERNET_BYTES + IPV4_BYTES + 8 || quoted[0] != 0x45)
        return 0;
    size_t quote = length - ETHERNET_BYTES < 128 ? length - ETHERNET_BYTES : 128;
    size_t at = put_ethernet(frame, to == LAB_CLIENT ? LAB_SERVER : LAB_CLIENT, false);
    at += put_ipv4(frame + at, quoted + 16, quoted + 12, 1, ICMP_BYTES + quote);
    uint8_t *icmp = frame + at;
    memset(icmp, 0, ICMP_BYTES);
    icmp[0] = 3; /* destination unreachable, RFC 792 */
    icmp[1] = (uint8_t)code;
    memcpy(icmp + ICMP_BYTES, quoted, quote);
    put16(icmp + 2, complement(wire_checksum_add(0, icmp, (uint32_t)(ICMP_BYTES + quote))));
    return at + ICMP_BYTES + quote;
}
