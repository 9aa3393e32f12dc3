/* A capture file while it is read: the window over its bytes, its interfaces, and what the readers
 * of the two formats share. */
#ifndef TCPVIZ_CAPTURE_SAVEFILE_H
#define TCPVIZ_CAPTURE_SAVEFILE_H

#include "capture/filter.h"
#include "capture/impl.h"
#include "capture/stream.h"

enum savefile_result {
    SAVEFILE_PACKET,
    SAVEFILE_OTHER, /* something without a packet was read, or is there (savefile_need) */
    SAVEFILE_WAIT,
    SAVEFILE_END,
    SAVEFILE_ERROR /* the source's error text is set */
};

struct savefile_interface {
    uint32_t link_type;
    uint32_t snaplen;      /* 0: no limit */
    uint8_t time_unit;     /* if_tsresol: 10^-n s, or 2^-(n - 128) s from 128 on */
    int64_t time_offset_s; /* if_tsoffset */
    int filter_slot;       /* -1: not compiled yet */
    uint64_t lost_packets; /* as packet blocks say, each since the one before */
    uint64_t kernel_drops; /* as the last statistics block says, from the start */
    uint64_t interface_drops;
};

struct savefile {
    struct capture_source source; /* first */
    struct capture_stream *stream;
    struct capture_filter *filter; /* NULL: all pass */
    bool filter_is_ours;
    /* Reads one record, or nothing unless it is there whole. */
    enum savefile_result (*next)(struct savefile *file, struct wire_packet *packet);

    /* The window: bytes [start, end) are read and not yet used. */
    uint8_t *bytes; /* owned */
    size_t start, end, capacity;
    uint64_t offset; /* of start in the (decompressed) file */

    bool big_endian;
    uint64_t number;                       /* records so far */
    struct savefile_interface *interfaces; /* owned */
    uint32_t interface_count, interface_capacity;

    /* The first flaw that only cost a packet; told at the end. */
    char flaw[160];
    uint64_t flawed_packets;

    struct {                  /* pcap */
        uint32_t fraction_ns; /* what one unit of the second timestamp word is worth */
        uint32_t header_bytes;
        uint16_t version_minor;
        bool swapped_lengths;
    } pcap;
    struct {                   /* pcapng */
        uint32_t section_base; /* the number of this section's first interface */
        int64_t last_time_ns;
        uint32_t skipped_block; /* total length of the block being skipped; 0: none */
        uint32_t skip_left;     /* bytes of it before its last four */
    } pcapng;
};

/* Makes at least n bytes readable at savefile_at(): OTHER when they are, or WAIT, ERROR, END. END
 * says that the file ends before; if bytes are left it is truncated there. */
enum savefile_result savefile_fill(struct savefile *file, size_t n);
/* Ends the reading: sets the error text, "NAME: what, after packet N". */
enum savefile_result savefile_break(struct savefile *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The text for a file that ends within a record. */
enum savefile_result savefile_truncated(struct savefile *file);
/* A packet is lost, but the next ones can be read. */
enum savefile_result savefile_flaw(struct savefile *file, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Never NULL: the caller has checked the bound. */
struct savefile_interface *savefile_add_interface(struct savefile *file);

#define SAVEFILE_MAX_INTERFACES 65536u

static inline size_t savefile_have(const struct savefile *file)
{
    return file->end - file->start;
}

static inline enum savefile_result savefile_need(struct savefile *file, size_t n)
{
    return savefile_have(file) >= n ? SAVEFILE_OTHER : savefile_fill(file, n);
}

static inline const uint8_t *savefile_at(const struct savefile *file)
{
    return file->bytes + file->start;
}

/* Leaves n bytes behind that savefile_need() made sure of; they stay valid until its next call. */
static inline void savefile_use(struct savefile *file, size_t n)
{
    file->start += n;
    file->offset += n;
}

static inline uint16_t savefile_u16(const struct savefile *file, const uint8_t *p)
{
    return (uint16_t)(file->big_endian ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static inline uint32_t savefile_load_u32(bool big_endian, const uint8_t *p)
{
    if (big_endian)
        return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t savefile_u32(const struct savefile *file, const uint8_t *p)
{
    return savefile_load_u32(file->big_endian, p);
}

static inline uint64_t savefile_u64(const struct savefile *file, const uint8_t *p)
{
    uint64_t first = savefile_u32(file, p), second = savefile_u32(file, p + 4);
    return file->big_endian ? first << 32 | second : second << 32 | first;
}

/* The formats. Each recognises its first bytes (4 and 12 of them), reads the head that they begin
 * and sets file->next. */
bool savefile_is_pcap(const uint8_t *magic);
enum savefile_result savefile_pcap_start(struct savefile *file);
bool savefile_is_pcapng(const uint8_t *magic);
enum savefile_result savefile_pcapng_next(struct savefile *file, struct wire_packet *packet);

#endif
