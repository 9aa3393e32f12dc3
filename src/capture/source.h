/* Where packets come from: a file, a pipe that grows, a live interface. The only folder that knows
 * libpcap. */
#ifndef TCPVIZ_CAPTURE_SOURCE_H
#define TCPVIZ_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/packet.h"

struct capture_source;

enum capture_status {
    CAPTURE_MORE, /* packets were delivered, there may be more at once */
    CAPTURE_WAIT, /* none now: poll the descriptor */
    CAPTURE_END,  /* the end of a file or pipe */
    CAPTURE_ERROR /* it broke: capture_source_error() says why; all that was readable was delivered
                   */
};

typedef void capture_packet_fn(void *context, const struct wire_packet *packet);

struct capture_error {
    char text[512]; /* one line, without "tcpviz: ": "what: why", the way out included where there
                       is one */
};

struct capture_options {
    const char *filter;  /* pcap-filter(7) expression or NULL */
    unsigned snaplen;    /* 0: 262144 */
    unsigned buffer_kib; /* 0: 16 MiB */
    bool no_promiscuous;
    bool count_only_accepted; /* reserved; numbers always count the packets of the source that
                                 passed the filter */
};

struct capture_stats {
    uint64_t packets;                 /* delivered */
    uint64_t kernel_dropped;          /* live: lost for want of room */
    uint64_t interface_dropped;       /* live: by the interface or its driver */
    uint64_t bytes_read, bytes_total; /* files: progress; total 0 if not known */
};

/* NULL and *error on failure. name "-" is standard input. A file is pcap or pcapng whatever its
 * name, plain or gzip, zstd, xz, lz4. */
struct capture_source *capture_open_file(const char *name, const struct capture_options *options,
                                         struct capture_error *error);
struct capture_source *capture_open_live(const char *interface,
                                         const struct capture_options *options,
                                         struct capture_error *error);
void capture_source_close(struct capture_source *source);

/* Delivers at most max packets. Never blocks on a live interface or a pipe. */
enum capture_status capture_source_read(struct capture_source *source, unsigned max,
                                        capture_packet_fn *deliver, void *context);
/* To poll for reading; -1 when it is always ready (a regular file). */
int capture_source_fd(const struct capture_source *source);
bool capture_source_is_live(
    const struct capture_source *source); /* an interface, or a pipe that grows */
const char *capture_source_name(const struct capture_source *source);
const char *capture_source_error(const struct capture_source *source);
/* LINKTYPE_ of the (first) interface; 0xffffffff before it is known. */
uint32_t capture_source_link_type(const struct capture_source *source);
/* True when packets of lo or any may be seen twice (struct wire_decoder_options). For a file: when
 * its first packets' link type is SLL or SLL2, or both MAC addresses are zero. */
bool capture_source_sees_twice(const struct capture_source *source);
void capture_source_stats(struct capture_source *source, struct capture_stats *out);

/* Saving packets (-w): pcap with nanoseconds, or pcapng once a second link type shows up. NULL and
 * *error on failure; name "-" is standard output. */
struct capture_writer;
struct capture_writer *capture_writer_open(const char *name, struct capture_error *error);
/* False and an error text once writing failed; later calls do nothing and stay false. */
bool capture_writer_packet(struct capture_writer *writer, const struct wire_packet *packet);
bool capture_writer_flush(struct capture_writer *writer);
const char *capture_writer_error(const struct capture_writer *writer);
/* Flushes and closes; false if something was lost. */
bool capture_writer_close(struct capture_writer *writer);

/* Calls back once per interface: name, description or "", whether it is up and a loopback. False
 * and *error. */
typedef void capture_interface_fn(void *context, const char *name, const char *description, bool up,
                                  bool loopback);
bool capture_list_interfaces(capture_interface_fn *each, void *context,
                             struct capture_error *error);

#endif
