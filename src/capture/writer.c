/* Saving packets: pcap, which turns into pcapng when it must. */
#include "config.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/impl.h"
#include "guard/guard.h"

/* Files are little-endian on every host, so that the same packets make the same bytes. */
#define PCAP_MAGIC_NS 0xa1b23c4du
#define PCAP_HEAD 24u
#define PCAP_RECORD_HEAD 16u
#define PCAPNG_PACKET_HEAD 28u /* type, length and the fixed part of the body */
#define PCAPNG_PACKET_FRAME 32u
/* Each needs an interface block; a file with more link types is a hostile one. */
#define MAX_LINK_TYPES 64

/* Room for several of the largest packets; holds whole records only. */
#define BUFFER_BYTES (1024u * 1024)

struct capture_writer {
    char *name;      /* owned; for people */
    bool rewritable; /* a regular file that can be read again */
    int fd;
    bool pcapng;
    bool failed;
    int failed_errno;
    struct capture_error error;
    uint64_t written_bytes; /* all whole records */
    size_t used;
    uint8_t *buffer; /* owned, BUFFER_BYTES */
    unsigned link_type_count;
    uint32_t link_types[MAX_LINK_TYPES]; /* in the order of their interface blocks */
};

static bool fail(struct capture_writer *writer, int reason, const char *doing)
{
    writer->failed = true;
    writer->failed_errno = reason;
    capture_error_set(&writer->error, "%s: %s%s", writer->name, doing, strerror(reason));
    return false;
}

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

static void put32(uint8_t *p, uint32_t value)
{
    put16(p, value & 0xffff);
    put16(p + 2, value >> 16);
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* Writes all, waiting where a pipe is full; returns how much, errno set if that is not all. */
static size_t write_all(int fd, const uint8_t *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
            (void)poll(&poll_fd, 1, -1);
        } else if (errno != EINTR) {
            break;
        }
    }
    return done;
}

/* The length of the record or block that starts at an offset into the buffer. */
static size_t record_length(const struct capture_writer *writer, size_t at)
{
    const uint8_t *p = writer->buffer + at;
    if (writer->pcapng)
        return get32(p + 4);
    return at == 0 && writer->written_bytes == 0 ? PCAP_HEAD : PCAP_RECORD_HEAD + get32(p + 8);
}

/* Leaves a regular file with whole records only, after some of the buffer could not be written. */
static void cut_back(struct capture_writer *writer, size_t done)
{
    size_t whole = 0;
    for (size_t next = 0; next <= done && next < writer->used;) {
        whole = next;
        next += record_length(writer, next);
    }
    if (writer->rewritable)
        (void)!ftruncate(writer->fd, (off_t)(writer->written_bytes + whole));
}

bool capture_writer_flush(struct capture_writer *writer)
{
    if (writer->failed)
        return false;
    size_t done = write_all(writer->fd, writer->buffer, writer->used);
    if (done < writer->used) {
        int reason = errno;
        cut_back(writer, done);
        return fail(writer, reason, "");
    }
    writer->written_bytes += writer->used;
    writer->used = 0;
    return true;
}

/* A place for a record in the buffer, NULL when flushing failed. */
static uint8_t *reserve(struct capture_writer *writer, size_t length)
{
    if (BUFFER_BYTES - writer->used < length && !capture_writer_flush(writer))
        return NULL;
    uint8_t *place = writer->buffer + writer->used;
    writer->used += length;
    return place;
}

static bool put_pcap_head(struct capture_writer *writer, uint32_t link_type)
{
    uint8_t *p = reserve(writer, PCAP_HEAD);
    if (p == NULL)
        return false;
    memset(p, 0, PCAP_HEAD);
    put32(p, PCAP_MAGIC_NS);
    put16(p + 4, 2);
    put16(p + 6, 4);
    put32(p + 16, CAPTURE_MAX_PACKET);
    put32(p + 20, link_type & 0xffff);
    return true;
}

static bool put_section(struct capture_writer *writer)
{
    uint8_t *p = reserve(writer, 28);
    if (p == NULL)
        return false;
    put32(p, 0x0a0d0d0a);
    put32(p + 4, 28);
    put32(p + 8, 0x1a2b3c4d);
    put16(p + 12, 1);
    put16(p + 14, 0);
    memset(p + 16, 0xff, 8); /* the section's length is not said */
    put32(p + 24, 28);
    return true;
}

static bool put_interface(struct capture_writer *writer, uint32_t link_type)
{
    uint8_t *p = reserve(writer, 32);
    if (p == NULL)
        return false;
    memset(p, 0, 32);
    put32(p, 1);
    put32(p + 4, 32);
    put16(p + 8, link_type & 0xffff);
    put32(p + 12, CAPTURE_MAX_PACKET);
    put16(p + 16, 9); /* if_tsresol: nanoseconds */
    put16(p + 18, 1);
    p[20] = 9;
    put32(p + 28, 32); /* after opt_endofopt */
    return true;
}

/* The pcapng interface for a link type, its block written if it is new; -1 on failure. */
static int interface_for(struct capture_writer *writer, uint32_t link_type)
{
    for (unsigned i = 0; i < writer->link_type_count; i++)
        if (writer->link_types[i] == link_type)
            return (int)i;
    if (writer->link_type_count == MAX_LINK_TYPES) {
        fail(writer, EFBIG, _("too many link types: "));
        return -1;
    }
    if (!put_interface(writer, link_type))
        return -1;
    writer->link_types[writer->link_type_count] = link_type;
    return (int)writer->link_type_count++;
}

static bool put_pcapng_packet(struct capture_writer *writer, const struct wire_packet *packet)
{
    int interface = interface_for(writer, packet->link_type);
    size_t padded = ((size_t)packet->captured_bytes + 3) & ~(size_t)3;
    size_t length = PCAPNG_PACKET_FRAME + padded;
    uint8_t *p = interface < 0 ? NULL : reserve(writer, length);
    if (p == NULL)
        return false;
    uint64_t time_ns = packet->time_ns > 0 ? (uint64_t)packet->time_ns : 0;
    put32(p, 6);
    put32(p + 4, (uint32_t)length);
    put32(p + 8, (uint32_t)interface);
    put32(p + 12, (uint32_t)(time_ns >> 32));
    put32(p + 16, (uint32_t)time_ns);
    put32(p + 20, packet->captured_bytes);
    put32(p + 24, packet->wire_bytes);
    memset(p + length - 8, 0, 4); /* padding */
    memcpy(p + PCAPNG_PACKET_HEAD, packet->data, packet->captured_bytes);
    put32(p + length - 4, (uint32_t)length);
    return true;
}

static bool put_pcap_packet(struct capture_writer *writer, const struct wire_packet *packet)
{
    uint8_t *p = reserve(writer, PCAP_RECORD_HEAD + packet->captured_bytes);
    if (p == NULL)
        return false;
    put32(p, (uint32_t)(packet->time_ns / 1000000000));
    put32(p + 4, (uint32_t)(packet->time_ns % 1000000000));
    put32(p + 8, packet->captured_bytes);
    put32(p + 12, packet->wire_bytes);
    memcpy(p + PCAP_RECORD_HEAD, packet->data, packet->captured_bytes);
    return true;
}

/* Reads exactly so many bytes of the pcap file that was written. */
static bool read_back(int fd, uint64_t at, uint8_t *bytes, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t n = pread(fd, bytes + done, length - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO; /* it was cut behind our back */
        if (n <= 0)
            return false;
        done += (size_t)n;
    }
    return true;
}

static bool copy_packets(struct capture_writer *writer, int old_fd, uint64_t old_bytes,
                         uint32_t link_type)
{
    uint8_t *data = base_alloc(CAPTURE_MAX_PACKET);
    bool ok = true;
    for (uint64_t at = PCAP_HEAD; ok && at < old_bytes;) {
        uint8_t head[PCAP_RECORD_HEAD];
        ok = read_back(old_fd, at, head, sizeof head);
        if (!ok)
            break;
        uint32_t captured = get32(head + 8);
        assert(captured <= CAPTURE_MAX_PACKET); /* we wrote it */
        ok = read_back(old_fd, at + PCAP_RECORD_HEAD, data, captured);
        const struct wire_packet packet = {
            .time_ns = (int64_t)get32(head) * 1000000000 + get32(head + 4),
            .link_type = link_type,
            .captured_bytes = captured,
            .wire_bytes = get32(head + 12),
            .data = data,
        };
        ok = ok && put_pcapng_packet(writer, &packet);
        at += PCAP_RECORD_HEAD + captured;
    }
    free(data);
    return ok;
}

/* Puts the old packets as pcapng into the new file and that in the old one's place. */
static bool rewrite_into(struct capture_writer *writer, int fd)
{
    int old_fd = writer->fd;
    uint64_t old_bytes = writer->written_bytes;
    uint32_t link_type = writer->link_types[0];
    writer->fd = fd;
    writer->written_bytes = 0;
    writer->pcapng = true;
    writer->link_type_count = 0;
    bool written = put_section(writer) && copy_packets(writer, old_fd, old_bytes, link_type) &&
                   capture_writer_flush(writer);
    int reason = writer->failed_errno;
    if (written && guard_replaced(writer->name, true)) {
        close(old_fd);
        return true;
    }
    if (written)
        reason = errno;
    else
        guard_replaced(writer->name, false);
    close(fd);
    writer->fd = old_fd; /* which stays as it was: a sound pcap file */
    writer->used = 0;
    return fail(writer, reason, _("cannot turn it into pcapng for a second link type: "));
}

static bool become_pcapng(struct capture_writer *writer)
{
    if (!capture_writer_flush(writer))
        return false;
    int fd = guard_replace(writer->name);
    return fd >= 0 ? rewrite_into(writer, fd)
                   : fail(writer, errno, _("cannot turn it into pcapng for a second link type: "));
}

static bool fits_pcap(const struct capture_writer *writer, const struct wire_packet *packet)
{
    return packet->link_type == writer->link_types[0] && packet->time_ns >= 0 &&
           packet->time_ns / 1000000000 <= UINT32_MAX;
}

/* The head of the file, once the first packet says which link type it is. */
static bool begin(struct capture_writer *writer, uint32_t link_type)
{
    if (writer->pcapng)
        return put_section(writer);
    writer->link_types[0] = link_type;
    writer->link_type_count = 1;
    return put_pcap_head(writer, link_type);
}

bool capture_writer_packet(struct capture_writer *writer, const struct wire_packet *packet)
{
    if (writer->failed)
        return false;
    if (packet->captured_bytes > CAPTURE_MAX_PACKET)
        return fail(writer, EMSGSIZE, "");
    bool is_first = writer->written_bytes + writer->used == 0;
    if (is_first && !begin(writer, packet->link_type))
        return false;
    if (!writer->pcapng && !fits_pcap(writer, packet) && !become_pcapng(writer))
        return false;
    return writer->pcapng ? put_pcapng_packet(writer, packet) : put_pcap_packet(writer, packet);
}

static int open_for_writing(const char *name)
{
    if (strcmp(name, "-") == 0)
        return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    return guard_open(name, GUARD_WRITE);
}

struct capture_writer *capture_writer_open(const char *name, struct capture_error *error)
{
    bool is_stdout = strcmp(name, "-") == 0;
    int fd = open_for_writing(name);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        capture_error_set(error, "%s: %s", is_stdout ? _("standard output") : name,
                          strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct capture_writer *writer = base_calloc(1, sizeof *writer);
    writer->name = base_strdup(is_stdout ? _("standard output") : name);
    writer->fd = fd;
    writer->buffer = base_alloc(BUFFER_BYTES);
    writer->rewritable =
        !is_stdout && S_ISREG(status.st_mode) && (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR;
    size_t length = strlen(name);
    bool wanted = length > 7 && strcmp(name + length - 7, ".pcapng") == 0;
    writer->pcapng = !writer->rewritable || wanted;
    return writer;
}

const char *capture_writer_error(const struct capture_writer *writer)
{
    return writer->error.text;
}

bool capture_writer_pipe_closed(const struct capture_writer *writer)
{
    return writer->failed && writer->failed_errno == EPIPE;
}

bool capture_writer_rescue(struct capture_writer *writer)
{
    /* Without packets it is still a capture: one of Ethernet with none. */
    if (!writer->failed && writer->written_bytes + writer->used == 0)
        begin(writer, 1);
    return capture_writer_flush(writer);
}

bool capture_writer_close(struct capture_writer *writer, struct capture_error *error)
{
    if (writer == NULL)
        return true;
    capture_writer_rescue(writer);
    if (close(writer->fd) != 0 && !writer->failed)
        fail(writer, errno, "");
    bool ok = !writer->failed;
    if (!ok && error != NULL)
        *error = writer->error;
    free(writer->buffer);
    free(writer->name);
    free(writer);
    return ok;
}
