/* The TCP header (RFC 9293 section 3.1) and its options. */
#include "config.h"

#include "wire/checksum.h"
#include "wire/walk.h"

enum {
    KIND_END = 0,
    KIND_NOP = 1,
    KIND_MSS = 2,
    KIND_WINDOW_SCALE = 3,
    KIND_SACK_PERMITTED = 4,
    KIND_SACK = 5,
    KIND_TIMESTAMPS = 8,
    KIND_MD5 = 19,
    KIND_USER_TIMEOUT = 28,
    KIND_AO = 29,
    KIND_MPTCP = 30,
    KIND_FASTOPEN = 34,
    KIND_ACCECN_0 = 172,
    KIND_ACCECN_1 = 174,
    KIND_EXPERIMENT_1 = 253,
    KIND_EXPERIMENT_2 = 254
};

static bool take_sack(struct wire_options *options, const uint8_t *option, unsigned length)
{
    unsigned blocks = (length - 2) / 8;
    if (blocks < 1 || blocks > 4 || length != blocks * 8 + 2)
        return false;
    options->present |= WIRE_OPTION_SACK;
    options->sack_blocks = (uint8_t)blocks;
    for (unsigned i = 0; i < blocks; i++) {
        options->sack[i].left = wire_u32(option + 2 + i * 8);
        options->sack[i].right = wire_u32(option + 6 + i * 8);
    }
    return true;
}

static void take_timestamps(struct wire_options *options, const uint8_t *option)
{
    options->present |= WIRE_OPTION_TIMESTAMPS;
    options->timestamp_value = wire_u32(option + 2);
    options->timestamp_echo = wire_u32(option + 6);
}

/* A cookie has 4 to 16 bytes, an even number; none asks for one (RFC 7413 section 4.1.1). */
static bool take_fastopen(struct wire_options *options, unsigned cookie_bytes)
{
    if (cookie_bytes != 0 && (cookie_bytes < 4 || cookie_bytes > 16 || cookie_bytes % 2 != 0))
        return false;
    options->present |= WIRE_OPTION_FASTOPEN;
    options->fastopen_cookie_bytes = (uint8_t)cookie_bytes;
    return true;
}

/* Zero to three 24-bit counters, RFC 9768 section 3.2.3. */
static bool take_accecn(struct wire_options *options, unsigned counter_bytes)
{
    if (counter_bytes > 9 || counter_bytes % 3 != 0)
        return false;
    options->present |= WIRE_OPTION_ACCECN;
    return true;
}

/* RFC 6994: an experiment's number follows the length. */
static bool take_experiment(struct wire_options *options, const uint8_t *option, unsigned length)
{
    uint16_t experiment = length >= 4 ? wire_u16(option + 2) : 0;
    if (experiment == 0xf989 && option[0] == KIND_EXPERIMENT_2)
        return take_fastopen(options, length - 4);
    if (experiment == 0xacc0 || experiment == 0xacc1)
        return take_accecn(options, length - 4);
    options->present |= WIRE_OPTION_UNKNOWN;
    return true;
}

/* An option of which only the presence matters. */
static bool take_plain(struct wire_options *options, unsigned bit, bool length_fits)
{
    if (length_fits)
        options->present = (uint16_t)(options->present | bit);
    return length_fits;
}

static bool take_mss(struct wire_options *options, const uint8_t *option, unsigned length)
{
    if (length != 4)
        return false;
    options->present |= WIRE_OPTION_MSS;
    options->mss = wire_u16(option + 2);
    return true;
}

static bool take_window_scale(struct wire_options *options, const uint8_t *option, unsigned length)
{
    if (length != 3)
        return false;
    options->present |= WIRE_OPTION_WINDOW_SCALE;
    options->window_scale = option[2];
    return true;
}

static bool take_mptcp(struct wire_options *options, const uint8_t *option, unsigned length)
{
    if (length < 3)
        return false;
    options->present |= WIRE_OPTION_MPTCP;
    options->mptcp_subtype = option[2] >> 4;
    return true;
}

/* One option of length >= 2, all of it there. False if its kind forbids that length. */
static bool take_option(struct wire_options *options, const uint8_t *option, unsigned length)
{
    switch (option[0]) {
    case KIND_MSS:
        return take_mss(options, option, length);
    case KIND_WINDOW_SCALE:
        return take_window_scale(options, option, length);
    case KIND_SACK_PERMITTED:
        return take_plain(options, WIRE_OPTION_SACK_PERMITTED, length == 2);
    case KIND_SACK:
        return take_sack(options, option, length);
    case KIND_TIMESTAMPS:
        if (length != 10)
            return false;
        take_timestamps(options, option);
        return true;
    case KIND_MD5:
        return take_plain(options, WIRE_OPTION_MD5, length == 18);
    case KIND_USER_TIMEOUT:
        return take_plain(options, WIRE_OPTION_USER_TIMEOUT, length == 4);
    case KIND_AO:
        return take_plain(options, WIRE_OPTION_AO, length >= 4);
    case KIND_MPTCP:
        return take_mptcp(options, option, length);
    case KIND_FASTOPEN:
        return take_fastopen(options, length - 2);
    case KIND_ACCECN_0:
    case KIND_ACCECN_1:
        return take_accecn(options, length - 2);
    case KIND_EXPERIMENT_1:
    case KIND_EXPERIMENT_2:
        return take_experiment(options, option, length);
    default:
        return take_plain(options, WIRE_OPTION_UNKNOWN, true);
    }
}

/* A length below 2 or beyond the header ends the list, as it says nothing about where the next
 * option begins; one that only its kind forbids leaves that option out. */
void wire_tcp_options(struct wire_options *options, const uint8_t *bytes, unsigned length,
                      unsigned header_length)
{
    /* What nearly every segment of an established connection has: NOP, NOP, timestamps. */
    if (length == 12 && wire_u32(bytes) == 0x0101080a) {
        take_timestamps(options, bytes + 2);
        return;
    }
    for (unsigned at = 0; at < length && bytes[at] != KIND_END;) {
        if (bytes[at] == KIND_NOP) {
            at++;
            continue;
        }
        if (at + 1 >= header_length) {
            options->present |= WIRE_OPTION_BAD;
            return;
        }
        if (at + 1 >= length) /* its length was not captured */
            return;
        unsigned size = bytes[at + 1];
        if (size < 2 || at + size > header_length) {
            options->present |= WIRE_OPTION_BAD;
            return;
        }
        if (at + size > length)
            return;
        if (!take_option(options, bytes + at, size))
            options->present |= WIRE_OPTION_BAD;
        at += size;
    }
}

static void set_header(struct wire_segment *segment, const uint8_t *header)
{
    segment->source.port = wire_u16(header);
    segment->destination.port = wire_u16(header + 2);
    segment->seq = wire_u32(header + 4);
    segment->ack = wire_u32(header + 8);
    segment->flags = (uint16_t)((header[12] & 1) << 8 | header[13]);
    segment->window = wire_u16(header + 14);
    segment->urgent = wire_u16(header + 18);
}

static void set_packet(struct wire_segment *segment, const struct wire_walk *walk)
{
    segment->number = walk->packet->number;
    segment->time_ns = walk->packet->time_ns;
    segment->scope = walk->scope;
    segment->interface = walk->packet->interface;
    segment->packet_captured_bytes = walk->packet->captured_bytes;
    segment->packet_wire_bytes = walk->packet->wire_bytes;
}

static void verify_checksum(const struct wire_walk *walk, const uint8_t *header)
{
    if (walk->cursor.left == walk->wire_left && !walk->partial) {
        uint64_t sum = wire_checksum_pseudo(walk->segment, walk->wire_left);
        sum = wire_checksum_add(sum, header, walk->wire_left);
        walk->segment->tcp_checksum = (uint8_t)wire_checksum_verdict(sum);
    }
}

void wire_walk_tcp(struct wire_walk *walk)
{
    const uint8_t *header = wire_walk_peek(walk, 20);
    if (header == NULL)
        return;
    struct wire_segment *segment = walk->segment;
    uint32_t header_bytes = (header[12] >> 4) * 4u;
    if (header_bytes < 20 || header_bytes > walk->wire_left) {
        wire_walk_skip(walk, WIRE_SKIP_MALFORMED);
        return;
    }
    if (!wire_walk_layer(walk, WIRE_LAYER_TCP, header, header_bytes, 0))
        return;
    set_packet(segment, walk);
    set_header(segment, header);
    uint32_t captured = (uint32_t)walk->cursor.left;
    uint32_t there = captured < header_bytes ? captured : header_bytes;
    segment->truncated_header = there < header_bytes;
    segment->header_bytes = (uint8_t)header_bytes;
    segment->payload_bytes = walk->wire_left - header_bytes;
    segment->captured_payload_bytes = captured - there;
    segment->payload_offset =
        (uint16_t)(segment->layers[segment->layer_count - 1].offset + header_bytes);
    if (header_bytes > 20)
        wire_tcp_options(&segment->options, header + 20, there - 20, header_bytes - 20);
    if (walk->decoder->options.verify_checksums)
        verify_checksum(walk, header);
    segment->first_fragment = walk->partial;
    if (walk->partial)
        segment->flags &= (uint16_t)~WIRE_FIN;
    walk->result->verdict = WIRE_SEGMENT;
    walk->next = WIRE_NEXT_DONE;
}
