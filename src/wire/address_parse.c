/* Addresses from text, as people write them. */
#include "config.h"

#include <string.h>

#include "wire/decode.h"

static bool take_decimal(const char **text, unsigned max, unsigned *value)
{
    const char *from = *text;
    *value = 0;
    while (**text >= '0' && **text <= '9' && *value <= max)
        *value = *value * 10 + (unsigned)(*(*text)++ - '0');
    return *text > from && *value <= max;
}

static bool take_ipv4(const char **text, uint8_t *address)
{
    for (unsigned i = 0; i < 4; i++) {
        unsigned byte;
        if ((i > 0 && *(*text)++ != '.') || !take_decimal(text, 255, &byte))
            return false;
        address[i] = (uint8_t)byte;
    }
    return true;
}

static bool take_group(const char **text, unsigned *group)
{
    const char *from = *text;
    *group = 0;
    for (;; (*text)++) {
        char c = **text;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16 || *text - from == 4)
            return *text > from;
        *group = *group * 16 + digit;
    }
}

/* RFC 4291 section 2.2; the groups after "::" move to the end. */
static bool take_ipv6(const char **text, uint8_t *address)
{
    unsigned count = 0, gap = 8;
    if (strncmp(*text, "::", 2) == 0) {
        gap = 0;
        *text += 2;
    }
    while (count < 8) {
        const char *before = *text;
        unsigned group;
        if (!take_group(text, &group)) {
            if (gap == count)
                break; /* "::" may be the end */
            return false;
        }
        if (**text == '.' && count <= 6) {
            *text = before;
            if (!take_ipv4(text, address + 2 * (size_t)count))
                return false;
            count += 2;
            break;
        }
        address[2 * count] = (uint8_t)(group >> 8);
        address[2 * count + 1] = (uint8_t)group;
        count++;
        if (**text != ':' || count == 8)
            break;
        if ((*text)[1] == ':' && gap == 8) {
            gap = count;
            *text += 2;
        } else {
            (*text)++;
        }
    }
    if (gap == 8)
        return count == 8;
    if (count == 8)
        return false;
    size_t tail = 2 * (size_t)(count - gap);
    memmove(address + 16 - tail, address + 2 * (size_t)gap, tail);
    memset(address + 2 * (size_t)gap, 0, 16 - 2 * (size_t)gap - tail);
    return true;
}

static bool take_rest(const char *text, struct wire_subnet *out)
{
    unsigned number;
    if (*text == '/') {
        text++;
        if (!take_decimal(&text, out->prefix, &number))
            return false;
        out->prefix = (uint8_t)number;
    }
    if (*text == ':' && out->prefix == (out->endpoint.family == 4 ? 32 : 128)) {
        text++;
        if (!take_decimal(&text, UINT16_MAX, &number))
            return false;
        out->endpoint.port = (uint16_t)number;
        out->has_port = true;
    }
    return *text == '\0';
}

bool wire_subnet_parse(const char *text, struct wire_subnet *out)
{
    *out = (struct wire_subnet){.endpoint.family = 4, .prefix = 32};
    const char *rest = text;
    if (take_ipv4(&rest, out->endpoint.address))
        return take_rest(rest, out);
    *out = (struct wire_subnet){.endpoint.family = 6, .prefix = 128};
    bool bracket = *text == '[';
    rest = text + bracket;
    if (!take_ipv6(&rest, out->endpoint.address))
        return false;
    if (bracket && *rest++ != ']')
        return false;
    return (bracket || *rest != ':') && take_rest(rest, out);
}

bool wire_subnet_has(const struct wire_subnet *subnet, const struct wire_endpoint *endpoint)
{
    if (endpoint->family != subnet->endpoint.family ||
        (subnet->has_port && endpoint->port != subnet->endpoint.port))
        return false;
    unsigned whole = subnet->prefix / 8, bits = subnet->prefix % 8;
    if (memcmp(endpoint->address, subnet->endpoint.address, whole) != 0)
        return false;
    unsigned mask = (0xff00u >> bits) & 0xff;
    return bits == 0 || ((endpoint->address[whole] ^ subnet->endpoint.address[whole]) & mask) == 0;
}
