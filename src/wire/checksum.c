/* The Internet checksum (RFC 1071). */
#include "config.h"

#include "wire/checksum.h"

#include <string.h>

#include "wire/walk.h"

uint64_t wire_checksum_add(uint64_t sum, const uint8_t *bytes, uint32_t length)
{
    uint32_t i = 0;
    for (; i + 4 <= length; i += 4)
        sum += wire_u32(bytes + i); /* two words at once: the carry folds back in */
    if (i + 2 <= length) {
        sum += wire_u16(bytes + i);
        i += 2;
    }
    if (i < length)
        sum += (uint64_t)bytes[i] << 8;
    return sum;
}

uint64_t wire_checksum_pseudo(const struct wire_segment *segment, uint32_t tcp_bytes)
{
    uint32_t address_bytes = segment->source.family == 4 ? 4 : 16;
    uint64_t sum = 6 /* the protocol */ + (uint64_t)tcp_bytes;
    sum = wire_checksum_add(sum, segment->source.address, address_bytes);
    return wire_checksum_add(sum, segment->destination.address, address_bytes);
}

enum wire_checksum wire_checksum_verdict(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum == 0xffff ? WIRE_CHECKSUM_GOOD : WIRE_CHECKSUM_BAD;
}
