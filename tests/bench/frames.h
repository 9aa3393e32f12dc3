/* Frames of a made-up capture: Ethernet, IPv4, TCP with the usual options and right checksums, as
 * records of pcap or pcapng. */
#ifndef TCPVIZ_BENCH_FRAMES_H
#define TCPVIZ_BENCH_FRAMES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { FRAMES_FIN = 1, FRAMES_SYN = 2, FRAMES_RST = 4, FRAMES_PSH = 8, FRAMES_ACK = 16 };

struct frames_end {
    uint32_t address;
    uint16_t port;
};

/* A SYN carries the usual four options; others timestamps and, with sack_left != sack_right, one
 * SACK block. The payload is zeros. */
struct frames_segment {
    struct frames_end source, destination;
    uint32_t seq, ack, sack_left, sack_right;
    uint32_t payload_bytes;
    uint8_t flags;
    uint64_t time_us; /* since the epoch */
};

#define FRAMES_MAX_PAYLOAD 1448u

struct frames; /* writes to a stream that stays the caller's */

struct frames *frames_new(FILE *stream, bool pcapng);
void frames_add(struct frames *frames, const struct frames_segment *segment);
/* Flushes and frees; false if anything could not be written. */
bool frames_close(struct frames *frames);

#endif
