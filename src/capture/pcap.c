/* The classic format, draft-ietf-opsawg-pcap, and its old variants. */
#include "config.h"

#include <assert.h>
#include <string.h>

#include "capture/savefile.h"

#include "base/intl.h"

#define HEAD_BYTES 24

/* The magic numbers, read as little-endian from a little-endian file. */
static const struct variant {
    uint32_t magic;
    uint32_t fraction_ns;
    uint32_t header_bytes; /* of each record */
} variants[] = {
    {0xa1b2c3d4, 1000, 16},
    {0xa1b23c4d, 1, 16},
    /* Alexey Kuznetzov's patch for Linux: interface, protocol and packet type follow. */
    {0xa1b2cd34, 1000, 24},
};

static const struct variant *find_variant(const uint8_t *magic, bool *big_endian)
{
    for (int order = 0; order < 2; order++)
        for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
            if (savefile_load_u32(order == 1, magic) == variants[i].magic) {
                *big_endian = order == 1;
                return &variants[i];
            }
    return NULL;
}

bool savefile_is_pcap(const uint8_t *magic)
{
    bool big_endian;
    return find_variant(magic, &big_endian) != NULL;
}

/* Before 2.3 the two lengths stood the other way round; 2.3 has both kinds. 543 is DG/UX. */
static bool lengths_are_swapped(const struct savefile *file, uint32_t captured, uint32_t wire)
{
    return file->pcap.swapped_lengths || (file->pcap.version_minor == 3 && captured > wire);
}

static enum savefile_result pcap_next(struct savefile *file, struct wire_packet *packet)
{
    size_t head = file->pcap.header_bytes;
    enum savefile_result result = savefile_need(file, head);
    if (result == SAVEFILE_END && savefile_have(file) > 0)
        return savefile_truncated(file);
    if (result != SAVEFILE_OTHER)
        return result;
    const uint8_t *p = savefile_at(file);
    uint32_t captured = savefile_u32(file, p + 8), wire = savefile_u32(file, p + 12);
    if (lengths_are_swapped(file, captured, wire)) {
        uint32_t other = captured;
        captured = wire;
        wire = other;
    }
    if (captured > CAPTURE_MAX_PACKET)
        return savefile_break(file, _("damaged at byte %llu: a record of %lu bytes cannot be"),
                              (unsigned long long)file->offset, (unsigned long)captured);
    result = savefile_need(file, head + captured);
    if (result != SAVEFILE_OTHER)
        return result == SAVEFILE_END ? savefile_truncated(file) : result;
    p = savefile_at(file);
    *packet = (struct wire_packet){
        .number = ++file->number,
        .time_ns = (int64_t)savefile_u32(file, p) * 1000000000 +
                   (int64_t)savefile_u32(file, p + 4) * file->pcap.fraction_ns,
        .link_type = file->interfaces[0].link_type,
        .captured_bytes = captured,
        .wire_bytes = wire > captured ? wire : captured,
        .data = p + head,
    };
    savefile_use(file, head + captured);
    return SAVEFILE_PACKET;
}

enum savefile_result savefile_pcap_start(struct savefile *file)
{
    enum savefile_result result = savefile_need(file, HEAD_BYTES);
    if (result != SAVEFILE_OTHER)
        return result == SAVEFILE_END ? savefile_truncated(file) : result;
    const uint8_t *p = savefile_at(file);
    const struct variant *variant = find_variant(p, &file->big_endian);
    assert(variant != NULL); /* savefile_is_pcap() has found it */
    unsigned major = savefile_u16(file, p + 4), minor = savefile_u16(file, p + 6);
    if (major != 2 && major != 543)
        return savefile_break(file, _("pcap version %u.%u is not known"), major, minor);
    file->pcap.fraction_ns = variant->fraction_ns;
    file->pcap.header_bytes = variant->header_bytes;
    file->pcap.version_minor = (uint16_t)minor;
    file->pcap.swapped_lengths = major == 543 || minor < 3;
    struct savefile_interface *interface = savefile_add_interface(file);
    /* The upper half says how long the frame check sequence is. */
    interface->link_type = savefile_u32(file, p + 20) & 0xffff;
    interface->snaplen = savefile_u32(file, p + 16);
    savefile_use(file, HEAD_BYTES);
    file->next = pcap_next;
    return SAVEFILE_OTHER;
}
