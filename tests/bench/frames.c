/* Frames of a made-up capture, as records of pcap or pcapng. */
#include "config.h"

#include "frames.h"

#include <stdlib.h>
#include <string.h>

#define LINK_ETHERNET 1
#define SNAPLEN 262144
#define LINK_BYTES 14
#define IP_BYTES 20
#define TCP_BYTES 20
#define MAX_OPTIONS 24
#define WINDOW 502
/* A block or record head, a frame, padding and a block's last word. */
#define MAX_RECORD (28 + LINK_BYTES + IP_BYTES + TCP_BYTES + MAX_OPTIONS + FRAMES_MAX_PAYLOAD + 7)
#define BUFFER_BYTES (1u << 20)

struct frames {
    FILE *stream;
    bool pcapng;
    uint16_t ip_id;
    size_t used;
    uint8_t buffer[BUFFER_BYTES + MAX_RECORD];
};

static uint8_t *put16(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)(value >> 8);
    p[1] = (uint8_t)value;
    return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
    return put16(put16(p, value >> 16), value);
}

/* In this host's order, as a capture's own numbers are. */
static uint8_t *put_native(uint8_t *p, uint32_t value)
{
    memcpy(p, &value, sizeof value);
    return p + sizeof value;
}

static uint64_t sum16(uint64_t sum, const uint8_t *bytes, size_t even_length)
{
    for (size_t i = 0; i < even_length; i += 2)
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    return sum;
}

static uint32_t checksum(uint64_t sum)
{
    while (sum >> 16 != 0)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)~sum & 0xffff;
}

static void flush(struct frames *frames)
{
    fwrite(frames->buffer, 1, frames->used, frames->stream);
    frames->used = 0;
}

/* Timestamps in milliseconds, as most kernels count them. */
static uint8_t *put_timestamps(uint8_t *p, const struct frames_segment *segment)
{
    uint32_t now_ms = (uint32_t)(segment->time_us / 1000);
    *p++ = 8;
    *p++ = 10;
    p = put32(p, now_ms);
    return put32(p, (segment->flags & FRAMES_ACK) != 0 ? now_ms - 1 : 0);
}

static uint8_t *put_syn_options(uint8_t *p, const struct frames_segment *segment)
{
    static const uint8_t mss_and_sack[] = {2, 4, 5, 0xb4, 4, 2};
    static const uint8_t window_scale[] = {1, 3, 3, 7};
    memcpy(p, mss_and_sack, sizeof mss_and_sack);
    p = put_timestamps(p + sizeof mss_and_sack, segment);
    memcpy(p, window_scale, sizeof window_scale);
    return p + sizeof window_scale;
}

static uint8_t *put_options(uint8_t *p, const struct frames_segment *segment)
{
    if ((segment->flags & FRAMES_SYN) != 0)
        return put_syn_options(p, segment);
    p = put_timestamps(put16(p, 0x0101), segment);
    if (segment->sack_left == segment->sack_right)
        return p;
    p = put32(p, 0x0101050a);
    p = put32(p, segment->sack_left);
    return put32(p, segment->sack_right);
}

/* The payload is zeros, which add nothing to the sum. */
static size_t put_tcp(uint8_t *tcp, const struct frames_segment *segment)
{
    put16(tcp, segment->source.port);
    put16(tcp + 2, segment->destination.port);
    put32(tcp + 4, segment->seq);
    put32(tcp + 8, segment->ack);
    size_t header = (size_t)(put_options(tcp + TCP_BYTES, segment) - tcp);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = segment->flags;
    put16(tcp + 14, (segment->flags & FRAMES_SYN) != 0 ? 64240 : WINDOW);
    put32(tcp + 16, 0);
    uint64_t sum = 6 + header + segment->payload_bytes;
    sum += segment->source.address >> 16;
    sum += segment->source.address & 0xffff;
    sum += segment->destination.address >> 16;
    sum += segment->destination.address & 0xffff;
    put16(tcp + 16, checksum(sum16(sum, tcp, header)));
    memset(tcp + header, 0, segment->payload_bytes);
    return header + segment->payload_bytes;
}

static void put_ip(struct frames *frames, uint8_t *ip, size_t tcp_bytes,
                   const struct frames_segment *segment)
{
    put16(ip, 0x4500);
    put16(ip + 2, (uint32_t)(IP_BYTES + tcp_bytes));
    put16(ip + 4, frames->ip_id++);
    put16(ip + 6, 0x4000); /* do not fragment */
    put16(ip + 8, 64 << 8 | 6);
    put16(ip + 10, 0);
    put32(ip + 12, segment->source.address);
    put32(ip + 16, segment->destination.address);
    put16(ip + 10, checksum(sum16(0, ip, IP_BYTES)));
}

static size_t put_frame(struct frames *frames, uint8_t *frame, const struct frames_segment *segment)
{
    static const uint8_t link[LINK_BYTES] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
    memcpy(frame, link, sizeof link);
    size_t tcp_bytes = put_tcp(frame + LINK_BYTES + IP_BYTES, segment);
    put_ip(frames, frame + LINK_BYTES, tcp_bytes, segment);
    return LINK_BYTES + IP_BYTES + tcp_bytes;
}

static void begin_pcap(struct frames *frames)
{
    static const uint16_t version[] = {2, 4};
    uint8_t *p = put_native(frames->buffer, 0xa1b2c3d4);
    memcpy(p, version, sizeof version);
    p = put_native(p + sizeof version, 0);
    p = put_native(p, 0);
    p = put_native(p, SNAPLEN);
    p = put_native(p, LINK_ETHERNET);
    frames->used = (size_t)(p - frames->buffer);
}

static void begin_pcapng(struct frames *frames)
{
    static const uint32_t section[] = {0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28};
    static const uint32_t interface[] = {1, 20, LINK_ETHERNET, SNAPLEN, 20};
    memcpy(frames->buffer, section, sizeof section);
    memcpy(frames->buffer + sizeof section, interface, sizeof interface);
    frames->used = sizeof section + sizeof interface;
}

struct frames *frames_new(FILE *stream, bool pcapng)
{
    struct frames *frames = calloc(1, sizeof *frames);
    if (frames == NULL)
        abort();
    frames->stream = stream;
    frames->pcapng = pcapng;
    if (pcapng)
        begin_pcapng(frames);
    else
        begin_pcap(frames);
    return frames;
}

static size_t put_pcap_record(struct frames *frames, uint8_t *record,
                              const struct frames_segment *segment)
{
    size_t length = put_frame(frames, record + 16, segment);
    uint8_t *p = put_native(record, (uint32_t)(segment->time_us / 1000000));
    p = put_native(p, (uint32_t)(segment->time_us % 1000000));
    p = put_native(p, (uint32_t)length);
    put_native(p, (uint32_t)length);
    return 16 + length;
}

static size_t put_pcapng_block(struct frames *frames, uint8_t *block,
                               const struct frames_segment *segment)
{
    size_t length = put_frame(frames, block + 28, segment);
    size_t padded = (length + 3) & ~(size_t)3;
    memset(block + 28 + length, 0, padded - length);
    uint8_t *p = put_native(block, 6);
    p = put_native(p, (uint32_t)(32 + padded));
    p = put_native(p, 0);
    p = put_native(p, (uint32_t)(segment->time_us >> 32));
    p = put_native(p, (uint32_t)segment->time_us);
    p = put_native(p, (uint32_t)length);
    put_native(p, (uint32_t)length);
    put_native(block + 28 + padded, (uint32_t)(32 + padded));
    return 32 + padded;
}

void frames_add(struct frames *frames, const struct frames_segment *segment)
{
    uint8_t *to = frames->buffer + frames->used;
    frames->used += frames->pcapng ? put_pcapng_block(frames, to, segment)
                                   : put_pcap_record(frames, to, segment);
    if (frames->used >= BUFFER_BYTES)
        flush(frames);
}

bool frames_close(struct frames *frames)
{
    flush(frames);
    bool good = fflush(frames->stream) == 0 && !ferror(frames->stream);
    free(frames);
    return good;
}
