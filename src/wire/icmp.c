/* ICMP (RFC 792) and ICMPv6 (RFC 4443) errors that quote a TCP segment. */
#include "config.h"

#include "wire/walk.h"

/* Destination unreachable, source quench, time exceeded, parameter problem. */
static bool is_error(uint8_t family, uint8_t type)
{
    if (family == 4)
        return type == 3 || type == 4 || type == 11 || type == 12;
    return type >= 1 && type <= 4;
}

static void set_quoted(struct wire_icmp_error *error, uint8_t family, const uint8_t *addresses)
{
    size_t bytes = family == 4 ? 4 : 16;
    memcpy(error->source.address, addresses, bytes);
    memcpy(error->destination.address, addresses + bytes, bytes);
    error->source.family = error->destination.family = family;
}

/* Steps over the quoted IPv4 header; its protocol, or -1 and a verdict. */
static int quoted_ipv4(struct wire_walk *walk, struct wire_icmp_error *error)
{
    const uint8_t *header = wire_walk_peek(walk, 20);
    if (header == NULL)
        return -1;
    uint32_t header_bytes = (header[0] & 0x0fu) * 4;
    if (header[0] >> 4 != 4 || header_bytes < 20) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return -1;
    }
    if (wire_walk_take(walk, header_bytes) == NULL)
        return -1;
    set_quoted(error, 4, header + 12);
    if ((wire_u16(header + 6) & 0x1fff) != 0) { /* a later fragment: no ports to read */
        wire_walk_skip(walk, WIRE_SKIP_FRAGMENT);
        return -1;
    }
    return header[9];
}

/* Steps over extension headers in front of TCP; the protocol after them, or -1 and a verdict. */
static int quoted_extensions(struct wire_walk *walk, uint8_t protocol)
{
    while (protocol == 0 || protocol == 43 || protocol == 44 || protocol == 60) {
        const uint8_t *header = wire_walk_peek(walk, 8);
        if (header == NULL)
            return -1;
        if (protocol == 44 && (wire_u16(header + 2) & 0xfff8) != 0) {
            wire_walk_skip(walk, WIRE_SKIP_FRAGMENT);
            return -1;
        }
        uint32_t length = protocol == 44 ? 8 : (header[1] + 1u) * 8;
        if (wire_walk_take(walk, length) == NULL)
            return -1;
        protocol = header[0];
    }
    return protocol;
}

static int quoted_ipv6(struct wire_walk *walk, struct wire_icmp_error *error)
{
    const uint8_t *header = wire_walk_take(walk, 40);
    if (header == NULL)
        return -1;
    if (header[0] >> 4 != 6) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return -1;
    }
    set_quoted(error, 6, header + 8);
    return quoted_extensions(walk, header[6]);
}

static uint32_t next_mtu(uint8_t family, const uint8_t *header)
{
    if (family == 4)
        return header[0] == 3 && header[1] == 4 ? wire_u16(header + 6) : 0; /* RFC 1191 */
    return header[0] == 2 ? wire_u32(header + 4) : 0;
}

void wire_walk_icmp(struct wire_walk *walk, uint8_t family)
{
    const uint8_t *header = wire_walk_take(walk, 8);
    if (header == NULL)
        return;
    if (!is_error(family, header[0])) {
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
        return;
    }
    struct wire_icmp_error error;
    memset(&error, 0, sizeof error);
    int protocol = family == 4 ? quoted_ipv4(walk, &error) : quoted_ipv6(walk, &error);
    if (protocol < 0)
        return;
    if (protocol != 6) {
        wire_walk_skip(walk, WIRE_SKIP_NOT_TCP);
        return;
    }
    const uint8_t *quoted = wire_walk_take(walk, 8); /* all that RFC 792 promises */
    if (quoted == NULL)
        return;
    error.number = walk->packet->number;
    error.time_ns = walk->packet->time_ns;
    error.scope = walk->scope;
    error.source.port = wire_u16(quoted);
    error.destination.port = wire_u16(quoted + 2);
    error.seq = wire_u32(quoted + 4);
    memcpy(error.reporter, walk->segment->source.address, sizeof error.reporter);
    error.reporter_family = family;
    error.type = header[0];
    error.code = header[1];
    error.mtu = next_mtu(family, header);
    walk->result->icmp = error; /* takes the place of the segment */
    walk->result->verdict = WIRE_ICMP_ERROR;
    walk->next = WIRE_NEXT_DONE;
}
