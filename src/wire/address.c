/* Addresses and endpoints as text. */
#include "config.h"

#include <string.h>

#include "base/digits.h"
#include "wire/decode.h"

/* A writer that never passes the end; full is sticky. */
struct writer {
    char *text;
    unsigned length, size; /* size leaves room for the NUL */
    bool full;
};

static void put(struct writer *writer, char c)
{
    if (writer->length < writer->size)
        writer->text[writer->length++] = c;
    else
        writer->full = true;
}

static void put_bytes(struct writer *writer, const char *bytes, size_t length)
{
    if (writer->size - writer->length < length)
        writer->full = true;
    else
        memcpy(writer->text + writer->length, bytes, length);
    writer->length += writer->full ? 0 : (unsigned)length;
}

static void put_decimal(struct writer *writer, unsigned value)
{
    char digits[20], *end = digits + sizeof digits;
    const char *first = base_put_digits(end, value);
    put_bytes(writer, first, (size_t)(end - first));
}

static void put_hex(struct writer *writer, unsigned value)
{
    if (value >= 16)
        put_hex(writer, value / 16);
    put(writer, "0123456789abcdef"[value % 16]);
}

static void put_ipv4(struct writer *writer, const uint8_t *address)
{
    char text[15], *end = text + sizeof text, *at = base_put_digits(end, address[3]);
    for (unsigned i = 3; i-- > 0;) {
        *--at = '.';
        at = base_put_digits(at, address[i]);
    }
    put_bytes(writer, at, (size_t)(end - at));
}

/* The longest run of two zero groups or more, the first of equals: RFC 5952 section 4.2. */
static unsigned longest_zeros(const unsigned *groups, unsigned count, unsigned *run)
{
    unsigned best = 0;
    *run = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned length = 0;
        while (i + length < count && groups[i + length] == 0)
            length++;
        if (length > *run) {
            best = i;
            *run = length;
        }
    }
    if (*run < 2)
        *run = 0;
    return best;
}

static void put_ipv6(struct writer *writer, const uint8_t *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool dotted = memcmp(address, mapped, sizeof mapped) == 0;
    unsigned count = dotted ? 6 : 8;
    unsigned groups[8];
    unsigned run;
    for (unsigned i = 0; i < 8; i++)
        groups[i] = (unsigned)(address[2 * i] << 8 | address[2 * i + 1]);
    unsigned zeros = longest_zeros(groups, count, &run);
    for (unsigned i = 0; i < count; i++) {
        if (run > 0 && i == zeros) {
            put(writer, ':');
            put(writer, ':');
            i += run - 1;
            continue;
        }
        if (i > 0 && (run == 0 || i != zeros + run))
            put(writer, ':');
        put_hex(writer, groups[i]);
    }
    if (dotted) {
        put(writer, ':');
        put_ipv4(writer, address + 12);
    }
}

static const char *finish(struct writer *writer, unsigned size)
{
    if (size > 0)
        writer->text[writer->full ? 0 : writer->length] = '\0';
    return writer->text;
}

const char *wire_address_text(const struct wire_endpoint *endpoint, char *text, unsigned size)
{
    struct writer writer = {text, 0, size > 0 ? size - 1 : 0, false};
    if (endpoint->family == 4)
        put_ipv4(&writer, endpoint->address);
    else
        put_ipv6(&writer, endpoint->address);
    return finish(&writer, size);
}

const char *wire_endpoint_text(const struct wire_endpoint *endpoint, char *text, unsigned size)
{
    struct writer writer = {text, 0, size > 0 ? size - 1 : 0, false};
    if (endpoint->family == 4) {
        put_ipv4(&writer, endpoint->address);
    } else {
        put(&writer, '[');
        put_ipv6(&writer, endpoint->address);
        put(&writer, ']');
    }
    put(&writer, ':');
    put_decimal(&writer, endpoint->port);
    return finish(&writer, size);
}
