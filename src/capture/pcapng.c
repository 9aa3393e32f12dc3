/* pcapng, draft-ietf-opsawg-pcapng: blocks, of which packets, interfaces and sections matter. */
#include "config.h"

#include <string.h>

#include "capture/savefile.h"

#include "base/intl.h"

enum {
    BLOCK_INTERFACE = 1,
    BLOCK_OLD_PACKET = 2,
    BLOCK_SIMPLE_PACKET = 3,
    BLOCK_STATISTICS = 5,
    BLOCK_ENHANCED_PACKET = 6,
};
#define BLOCK_SECTION 0x0a0d0d0au /* the same in both byte orders */
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

enum {
    OPTION_END = 0,
    OPTION_PACKET_DROPS = 4,    /* epb_dropcount */
    OPTION_INTERFACE_DROPS = 5, /* isb_ifdrop */
    OPTION_KERNEL_DROPS = 7,    /* isb_osdrop */
    OPTION_TIME_UNIT = 9,       /* if_tsresol */
    OPTION_TIME_OFFSET = 14,    /* if_tsoffset */
};

/* libpcap's bound too: what is read whole must fit in memory. Others are skipped at any size. */
#define MAX_BLOCK_BYTES (16u << 20)
#define HEAD_BYTES 8u /* type and total length */
#define TAIL_BYTES 4u /* total length again */

/* A block that is in the window whole. */
struct block {
    const uint8_t *body;
    uint32_t length; /* of the body */
};

struct option {
    unsigned code, length;
    const uint8_t *value;
};

bool savefile_is_pcapng(const uint8_t *magic)
{
    return memcmp(magic, "\x0a\x0d\x0d\x0a", 4) == 0;
}

/* Takes the next option off the list; false at its end, wherever it is broken too. */
static bool next_option(const struct savefile *file, const uint8_t **list, size_t *left,
                        struct option *option)
{
    if (*left < 4)
        return false;
    option->code = savefile_u16(file, *list);
    option->length = savefile_u16(file, *list + 2);
    size_t padded = ((size_t)option->length + 3) & ~(size_t)3;
    if (option->code == OPTION_END || padded > *left - 4)
        return false;
    option->value = *list + 4;
    *list += 4 + padded;
    *left -= 4 + padded;
    return true;
}

static int64_t saturated_add(int64_t a, int64_t b)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return b < 0 ? INT64_MIN : INT64_MAX;
    return sum;
}

static int64_t saturated_mul(int64_t a, int64_t b)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return (a < 0) != (b < 0) ? INT64_MIN : INT64_MAX;
    return product;
}

static uint64_t power_of_10(unsigned exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

/* ticks of 2^-exponent s. */
static int64_t binary_ns(uint64_t ticks, unsigned exponent)
{
    uint64_t seconds = exponent < 64 ? ticks >> exponent : 0;
    uint64_t fraction = exponent < 64 ? ticks & (((uint64_t)1 << exponent) - 1) : ticks;
    if (exponent > 34) { /* keeps 2^34 * 10^9 within 64 bits; the rest is below a nanosecond */
        fraction = exponent - 34 < 64 ? fraction >> (exponent - 34) : 0;
        exponent = 34;
    }
    int64_t whole = saturated_mul(seconds > INT64_MAX ? INT64_MAX : (int64_t)seconds, 1000000000);
    return saturated_add(whole, (int64_t)(fraction * 1000000000 >> exponent));
}

static int64_t decimal_ns(uint64_t ticks, unsigned exponent)
{
    if (exponent > 9)
        return exponent - 9 > 19 ? 0 : (int64_t)(ticks / power_of_10(exponent - 9));
    return saturated_mul(ticks > INT64_MAX ? INT64_MAX : (int64_t)ticks,
                         (int64_t)power_of_10(9 - exponent));
}

static int64_t time_ns(const struct savefile_interface *interface, uint64_t ticks)
{
    unsigned unit = interface->time_unit;
    int64_t ns = unit < 128 ? decimal_ns(ticks, unit) : binary_ns(ticks, unit - 128);
    return saturated_add(ns, saturated_mul(interface->time_offset_s, 1000000000));
}

static enum savefile_result read_section(struct savefile *file, const struct block *block)
{
    unsigned major = savefile_u16(file, block->body + 4);
    if (major != 1)
        return savefile_break(file, _("pcapng version %u.%u is not known"), major,
                              (unsigned)savefile_u16(file, block->body + 6));
    file->pcapng.section_base = file->interface_count;
    return SAVEFILE_OTHER;
}

static enum savefile_result read_interface(struct savefile *file, const struct block *block)
{
    if (file->interface_count == SAVEFILE_MAX_INTERFACES)
        return savefile_break(file, _("more than %u interfaces"), SAVEFILE_MAX_INTERFACES);
    struct savefile_interface *interface = savefile_add_interface(file);
    interface->link_type = savefile_u16(file, block->body);
    interface->snaplen = savefile_u32(file, block->body + 4);
    const uint8_t *list = block->body + 8;
    size_t left = block->length - 8;
    struct option option;
    while (next_option(file, &list, &left, &option)) {
        if (option.code == OPTION_TIME_UNIT && option.length == 1)
            interface->time_unit = option.value[0];
        if (option.code == OPTION_TIME_OFFSET && option.length == 8)
            interface->time_offset_s = (int64_t)savefile_u64(file, option.value);
    }
    return SAVEFILE_OTHER;
}

/* Numbered within the section; NULL if there is none. */
static struct savefile_interface *find_interface(struct savefile *file, uint32_t id)
{
    if (id >= file->interface_count - file->pcapng.section_base)
        return NULL;
    return &file->interfaces[file->pcapng.section_base + id];
}

static enum savefile_result read_statistics(struct savefile *file, const struct block *block)
{
    struct savefile_interface *interface = find_interface(file, savefile_u32(file, block->body));
    if (interface == NULL)
        return SAVEFILE_OTHER;
    const uint8_t *list = block->body + 12;
    size_t left = block->length - 12;
    struct option option;
    while (next_option(file, &list, &left, &option)) {
        if (option.code == OPTION_INTERFACE_DROPS && option.length == 8)
            interface->interface_drops = savefile_u64(file, option.value);
        if (option.code == OPTION_KERNEL_DROPS && option.length == 8)
            interface->kernel_drops = savefile_u64(file, option.value);
    }
    return SAVEFILE_OTHER;
}

static void count_packet_drops(const struct savefile *file, struct savefile_interface *interface,
                               const uint8_t *list, size_t left)
{
    struct option option;
    while (next_option(file, &list, &left, &option))
        if (option.code == OPTION_PACKET_DROPS && option.length == 8)
            interface->lost_packets += savefile_u64(file, option.value);
}

/* The two packet blocks with a head of 20 bytes, whose interface is known by id. */
static enum savefile_result read_packet(struct savefile *file, const struct block *block,
                                        uint32_t id, struct wire_packet *packet)
{
    const uint8_t *p = block->body;
    file->number++;
    struct savefile_interface *interface = find_interface(file, id);
    if (interface == NULL)
        return savefile_flaw(file, _("names interface %lu, of which there is none"),
                             (unsigned long)id);
    uint32_t captured = savefile_u32(file, p + 12), wire = savefile_u32(file, p + 16);
    if (captured > block->length - 20 || captured > CAPTURE_MAX_PACKET)
        return savefile_flaw(file, _("claims %lu bytes in a block of %lu"), (unsigned long)captured,
                             (unsigned long)block->length);
    uint64_t ticks = (uint64_t)savefile_u32(file, p + 4) << 32 | savefile_u32(file, p + 8);
    *packet = (struct wire_packet){
        .number = file->number,
        .time_ns = time_ns(interface, ticks),
        .link_type = interface->link_type,
        .interface = file->pcapng.section_base + id,
        .captured_bytes = captured,
        .wire_bytes = wire > captured ? wire : captured,
        .data = p + 20,
    };
    file->pcapng.last_time_ns = packet->time_ns;
    return SAVEFILE_PACKET;
}

static enum savefile_result read_enhanced_packet(struct savefile *file, const struct block *block,
                                                 struct wire_packet *packet)
{
    uint32_t id = savefile_u32(file, block->body);
    enum savefile_result result = read_packet(file, block, id, packet);
    if (result != SAVEFILE_PACKET)
        return result;
    size_t used = 20 + (((size_t)packet->captured_bytes + 3) & ~(size_t)3);
    if (used + 4 <= block->length)
        count_packet_drops(file, find_interface(file, id), block->body + used,
                           block->length - used);
    return result;
}

static enum savefile_result read_old_packet(struct savefile *file, const struct block *block,
                                            struct wire_packet *packet)
{
    uint32_t id = savefile_u16(file, block->body);
    enum savefile_result result = read_packet(file, block, id, packet);
    unsigned drops = savefile_u16(file, block->body + 2);
    if (result == SAVEFILE_PACKET && drops != 0xffff)
        find_interface(file, id)->lost_packets += drops;
    return result;
}

/* Has no time of its own: it gets that of the packet before. */
static enum savefile_result read_simple_packet(struct savefile *file, const struct block *block,
                                               struct wire_packet *packet)
{
    file->number++;
    const struct savefile_interface *interface = find_interface(file, 0);
    if (interface == NULL)
        return savefile_flaw(file, _("stands before any interface"));
    uint32_t wire = savefile_u32(file, block->body);
    uint32_t captured = block->length - 4;
    if (captured > wire)
        captured = wire;
    if (interface->snaplen != 0 && captured > interface->snaplen)
        captured = interface->snaplen;
    if (captured > CAPTURE_MAX_PACKET)
        return savefile_flaw(file, _("claims %lu bytes"), (unsigned long)captured);
    *packet = (struct wire_packet){
        .number = file->number,
        .time_ns = file->pcapng.last_time_ns,
        .link_type = interface->link_type,
        .interface = file->pcapng.section_base,
        .captured_bytes = captured,
        .wire_bytes = wire,
        .data = block->body + 4,
    };
    return SAVEFILE_PACKET;
}

/* Body bytes that every block of the type has; 0 for types that are skipped. */
static uint32_t least_body(uint32_t type)
{
    switch (type) {
    case BLOCK_SECTION:
        return 16;
    case BLOCK_INTERFACE:
        return 8;
    case BLOCK_OLD_PACKET:
    case BLOCK_ENHANCED_PACKET:
        return 20;
    case BLOCK_SIMPLE_PACKET:
        return 4;
    case BLOCK_STATISTICS:
        return 12;
    default:
        return 0;
    }
}

static enum savefile_result read_block(struct savefile *file, uint32_t type,
                                       const struct block *block, struct wire_packet *packet)
{
    switch (type) {
    case BLOCK_SECTION:
        return read_section(file, block);
    case BLOCK_INTERFACE:
        return read_interface(file, block);
    case BLOCK_OLD_PACKET:
        return read_old_packet(file, block, packet);
    case BLOCK_ENHANCED_PACKET:
        return read_enhanced_packet(file, block, packet);
    case BLOCK_SIMPLE_PACKET:
        return read_simple_packet(file, block, packet);
    default:
        return read_statistics(file, block);
    }
}

static enum savefile_result damaged(struct savefile *file, const char *why)
{
    return savefile_break(file, _("damaged at byte %llu: %s"), (unsigned long long)file->offset,
                          why);
}

/* A result of savefile_need() within a block. */
static enum savefile_result cut_short(struct savefile *file, enum savefile_result result)
{
    return result == SAVEFILE_END ? savefile_truncated(file) : result;
}

/* Goes on skipping the block in hand, as far as there are bytes. */
static enum savefile_result skip_block(struct savefile *file)
{
    while (file->pcapng.skip_left > 0) {
        enum savefile_result result = savefile_need(file, 1);
        if (result != SAVEFILE_OTHER)
            return cut_short(file, result);
        size_t n = savefile_have(file);
        if (n > file->pcapng.skip_left)
            n = file->pcapng.skip_left;
        savefile_use(file, n);
        file->pcapng.skip_left -= (uint32_t)n;
    }
    enum savefile_result result = savefile_need(file, TAIL_BYTES);
    if (result != SAVEFILE_OTHER)
        return cut_short(file, result);
    if (savefile_u32(file, savefile_at(file)) != file->pcapng.skipped_block)
        return damaged(file, _("a block's two lengths differ"));
    savefile_use(file, TAIL_BYTES);
    file->pcapng.skipped_block = 0;
    return SAVEFILE_OTHER;
}

/* A section header gives the byte order that even its own length is in. */
static enum savefile_result learn_byte_order(struct savefile *file)
{
    enum savefile_result result = savefile_need(file, HEAD_BYTES + 4);
    if (result != SAVEFILE_OTHER)
        return cut_short(file, result);
    const uint8_t *magic = savefile_at(file) + HEAD_BYTES;
    file->big_endian = magic[0] == 0x1a;
    if (savefile_u32(file, magic) != BYTE_ORDER_MAGIC)
        return damaged(file, _("a section without a byte order"));
    return SAVEFILE_OTHER;
}

/* The block whose type and sound length are known, once it is there whole. */
static enum savefile_result whole_block(struct savefile *file, uint32_t type, uint32_t total,
                                        struct wire_packet *packet)
{
    enum savefile_result result = savefile_need(file, total);
    if (result != SAVEFILE_OTHER)
        return cut_short(file, result);
    const uint8_t *p = savefile_at(file);
    if (savefile_u32(file, p + total - TAIL_BYTES) != total)
        return damaged(file, _("a block's two lengths differ"));
    struct block block = {p + HEAD_BYTES, total - HEAD_BYTES - TAIL_BYTES};
    result = read_block(file, type, &block, packet);
    if (result != SAVEFILE_ERROR)
        savefile_use(file, total);
    return result;
}

enum savefile_result savefile_pcapng_next(struct savefile *file, struct wire_packet *packet)
{
    if (file->pcapng.skipped_block != 0)
        return skip_block(file);
    enum savefile_result result = savefile_need(file, HEAD_BYTES);
    if (result == SAVEFILE_END && savefile_have(file) > 0)
        return savefile_truncated(file);
    if (result != SAVEFILE_OTHER)
        return result;
    uint32_t type = savefile_u32(file, savefile_at(file));
    if (type == BLOCK_SECTION) {
        result = learn_byte_order(file);
        if (result != SAVEFILE_OTHER)
            return result;
    }
    uint32_t total = savefile_u32(file, savefile_at(file) + 4);
    uint32_t least = least_body(type);
    if (total < HEAD_BYTES + least + TAIL_BYTES || total % 4 != 0)
        return damaged(file, _("a block's length cannot be"));
    if (least > 0) {
        if (total > MAX_BLOCK_BYTES)
            return damaged(file, _("a block of more than 16 MiB"));
        return whole_block(file, type, total, packet);
    }
    file->pcapng.skipped_block = total;
    file->pcapng.skip_left = total - HEAD_BYTES - TAIL_BYTES;
    savefile_use(file, HEAD_BYTES);
    return skip_block(file);
}
