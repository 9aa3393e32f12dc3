/* Captures built by hand, byte by byte, and what a source makes of them. */
#ifndef TCPVIZ_TESTS_CAPTURE_FILES_H
#define TCPVIZ_TESTS_CAPTURE_FILES_H

#include "support.h"

#include <stdbool.h>

#include "capture/source.h"

/* A file in the making. */
struct bytes {
    uint8_t at[16384];
    size_t length;
    bool big_endian;
    /* Where each head, record or block ends. */
    struct {
        size_t at;
        bool is_packet;
    } ends[32];
    unsigned end_count;
};

void put_u8(struct bytes *bytes, unsigned value, size_t times);
void put_u16(struct bytes *bytes, unsigned value);
void put_u32(struct bytes *bytes, uint32_t value);
void put_data(struct bytes *bytes, const void *data, size_t length);

void put_pcap_head(struct bytes *bytes, uint32_t magic, uint32_t link_type);
/* wire bytes 1 more than those captured, all of them fill. */
void put_pcap_record(struct bytes *bytes, uint32_t seconds, uint32_t fraction, unsigned captured,
                     uint8_t fill);

void put_section(struct bytes *bytes);
/* options: as they are stored, or NULL. */
void put_interface(struct bytes *bytes, unsigned link_type, const void *options, size_t length);
void put_enhanced(struct bytes *bytes, uint32_t interface, uint64_t ticks, unsigned captured,
                  uint8_t fill);
/* A block with this body, padded. */
void put_block(struct bytes *bytes, uint32_t type, const void *body, size_t length);

/* A frame of 60 bytes: Ethernet (link type 1) or not (101), IPv4, TCP from 1000 to port. */
#define FRAME_BYTES 60
void make_frame(uint8_t frame[FRAME_BYTES], uint32_t link_type, unsigned port);

/* What came out of a source. */
#define RESULT_PACKETS 64
struct result {
    bool opened;
    enum capture_status status; /* the last */
    unsigned count;
    struct wire_packet packets[RESULT_PACKETS];          /* data: NULL */
    uint8_t first[RESULT_PACKETS], last[RESULT_PACKETS]; /* bytes of each */
    struct capture_stats stats;
    uint32_t link_type;
    bool sees_twice;
    struct capture_error error;
};

/* For capture_source_read(), with a struct result as context. */
void keep_packet(void *context, const struct wire_packet *packet);
/* Opens, reads to the end or error, closes. */
void read_capture(const char *path, const char *filter, struct result *result);
void read_bytes(const struct bytes *bytes, const char *filter, struct result *result);

/* Writes a file in a directory of the test's own, and gives its path, valid until the next call.
 * The directory goes when the test group ends. */
const char *temporary_file(const void *data, size_t length);
const char *temporary_path(const char *name);
int make_temporary_directory(void **state);
int remove_temporary_directory(void **state);
unsigned files_in_temporary_directory(void);

#define assert_contains(text, part)                                                                \
    do {                                                                                           \
        if (strstr((text), (part)) == NULL)                                                        \
            fail_msg("\"%s\" not in \"%s\"", (part), (text));                                      \
    } while (0)

#endif
