/* Where packets come from: a file, a pipe that grows, a live interface. The only folder that knows
 * libpcap. */
#ifndef TCPVIZ_CAPTURE_SOURCE_H
#define TCPVIZ_CAPTURE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/packet.h"

struct capture_source;

/* What comes next; any of them may follow packets that the same call delivered. */
enum capture_status {
    CAPTURE_MORE, /* call again when convenient: there may be more at once */
    CAPTURE_WAIT, /* nothing more now: poll the descriptor */
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
    const char *filter; /* pcap-filter(7) expression or NULL */
    struct capture_filter
        *compiled;       /* files: the same, borrowed till the source is closed; or NULL */
    unsigned snaplen;    /* 0: 262144 */
    unsigned buffer_kib; /* 0: 16 MiB */
    bool no_promiscuous;
};

struct capture_stats {
    uint64_t packets;                 /* delivered: those that passed the filter */
    uint64_t kernel_dropped;          /* lost for want of room; files: as pcapng says */
    uint64_t interface_dropped;       /* lost by the interface or its driver; likewise */
    uint64_t bytes_read, bytes_total; /* files: progress, as stored (compressed); total 0 if not
                                         known */
};

/* NULL and *error on failure. name "-" is standard input. A file is pcap or pcapng whatever its
 * name, plain or gzip, zstd, xz, lz4. A regular file's header is read and its filter compiled here;
 * a pipe's when its bytes come (capture_source_read() then fails), though a filter that is wrong
 * for every link type fails here too.
 *
 * Packets of a file are numbered by their place in it, whether or not they pass the filter, so the
 * numbers are those that other tools show; live packets as they are delivered. Interfaces of a
 * pcapng file are numbered across its sections, each packet has the link type of its own. */
struct capture_source *capture_open_file(const char *name, const struct capture_options *options,
                                         struct capture_error *error);
struct capture_source *capture_open_live(const char *interface,
                                         const struct capture_options *options,
                                         struct capture_error *error);
void capture_source_close(struct capture_source *source);

/* Looks at most at max packets and delivers those that pass the filter, so a call is short even
 * when none does. Never blocks on a live interface or a pipe. After CAPTURE_END or CAPTURE_ERROR it
 * returns the same again. */
enum capture_status capture_source_read(struct capture_source *source, unsigned max,
                                        capture_packet_fn *deliver, void *context);
/* To poll for reading; -1 when it is always ready (a regular file). */
int capture_source_fd(const struct capture_source *source);
bool capture_source_is_live(
    const struct capture_source *source); /* an interface, or a pipe that grows */
const char *capture_source_name(const struct capture_source *source);
const char *capture_source_error(const struct capture_source *source);
/* LINKTYPE_ of the first interface; 0xffffffff before it is known (a pipe that has sent nothing).
 */
#define CAPTURE_LINK_TYPE_UNKNOWN 0xffffffffu
uint32_t capture_source_link_type(const struct capture_source *source);
/* As tcpdump names it: "EN10MB"; NULL if it has no name. */
const char *capture_link_type_name(uint32_t link_type);
/* True when a packet may have been captured more than once, at several interfaces of one host: on
 * `any`, live or from a file, which is when the first link type is SLL or SLL2; those headers say
 * by which way a packet went (struct wire_decoder_options). For a pipe: false until its first bytes
 * came. On `lo` libpcap leaves out the second sight of each packet, so this is false. */
bool capture_source_sees_twice(const struct capture_source *source);
void capture_source_stats(struct capture_source *source, struct capture_stats *out);

/* Saving packets (-w): pcap with nanoseconds. A regular file becomes pcapng once a second link type
 * (or a time that pcap cannot hold) shows up: it is then rewritten beside itself and renamed, so
 * nothing is lost and no half-made file is ever seen. What cannot be rewritten (a pipe, standard
 * output, a device) and what is named .pcapng is pcapng from the start. NULL and *error on failure;
 * name "-" is standard output. */
struct capture_writer;
struct capture_writer *capture_writer_open(const char *name, struct capture_error *error);
/* False and an error text once writing failed; later calls do nothing and stay false. What was
 * written till then stays readable: a regular file is cut back to its last whole packet. */
bool capture_writer_packet(struct capture_writer *writer, const struct wire_packet *packet);
bool capture_writer_flush(struct capture_writer *writer);
/* Writes what there is, so that it is a whole capture; allocates nothing: the program may end next.
 */
bool capture_writer_rescue(struct capture_writer *writer);
const char *capture_writer_error(const struct capture_writer *writer);
/* True when it failed because the reader of the pipe went away, which is no error for most. */
bool capture_writer_pipe_closed(const struct capture_writer *writer);
/* Flushes, closes and frees; false if something was lost, and why in *error unless that is NULL. */
bool capture_writer_close(struct capture_writer *writer, struct capture_error *error);

/* Calls back once per interface that can carry TCP: name, description or "", whether it is up and a
 * loopback. False and *error. */
typedef void capture_interface_fn(void *context, const char *name, const char *description, bool up,
                                  bool loopback);
bool capture_list_interfaces(capture_interface_fn *each, void *context,
                             struct capture_error *error);

#endif
