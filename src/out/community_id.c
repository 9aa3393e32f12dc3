/* Community ID version 1: base64 of SHA-1 over seed, addresses, protocol and ports, lower end
 * first. */
#include "config.h"

#include "out/community_id.h"

#include <stddef.h>
#include <string.h>

#include <nettle/base64.h>
#include <nettle/sha1.h>
#include <nettle/version.h>

#define PROTOCOL_TCP 6

static size_t address_bytes(const struct wire_endpoint *endpoint)
{
    return endpoint->family == 4 ? 4 : 16;
}

static int compare(const struct wire_endpoint *a, const struct wire_endpoint *b)
{
    int order = memcmp(a->address, b->address, address_bytes(a));
    return order != 0 ? order : (int)a->port - (int)b->port;
}

static void digest_of(const uint8_t *bytes, size_t length, uint8_t digest[SHA1_DIGEST_SIZE])
{
    struct sha1_ctx context;
    sha1_init(&context);
    sha1_update(&context, length, bytes);
#if NETTLE_VERSION_MAJOR >= 4
    sha1_digest(&context, digest);
#else
    sha1_digest(&context, SHA1_DIGEST_SIZE, digest);
#endif
}

const char *out_community_id(const struct wire_endpoint *a, const struct wire_endpoint *b,
                             char text[OUT_COMMUNITY_ID_SIZE])
{
    if (compare(a, b) > 0) {
        const struct wire_endpoint *lower = b;
        b = a;
        a = lower;
    }
    uint8_t bytes[2 + 16 + 16 + 2 + 4] = {0}; /* the seed, 0, goes first */
    size_t size = address_bytes(a), at = 2;
    memcpy(bytes + at, a->address, size);
    at += size;
    memcpy(bytes + at, b->address, size);
    at += size;
    bytes[at] = PROTOCOL_TCP;
    at += 2;
    const uint16_t ports[] = {a->port, b->port};
    for (unsigned i = 0; i < 2; i++) {
        bytes[at++] = (uint8_t)(ports[i] >> 8);
        bytes[at++] = (uint8_t)ports[i];
    }
    uint8_t digest[SHA1_DIGEST_SIZE];
    digest_of(bytes, at, digest);
    memcpy(text, "1:", 2);
    base64_encode_raw(text + 2, sizeof digest, digest);
    text[OUT_COMMUNITY_ID_SIZE - 1] = '\0';
    return text;
}
