/* Packets from one line of text, for the tests of wire/. */
#include "config.h"

#include "frame.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t *frame_data(struct frame *frame)
{
    return frame->bytes + frame->start;
}

static uint8_t *prepend(struct frame *frame, unsigned n)
{
    assert_true(n <= frame->start);
    frame->start -= n;
    frame->length += n;
    memset(frame_data(frame), 0, n);
    return frame_data(frame);
}

static void put_u16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static unsigned hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    assert_true(c >= 'a' && c <= 'f');
    return (unsigned)(c - 'a' + 10);
}

/* One unit of the text: a placeholder or a byte. Returns the text after it. */
static const char *hex_unit(const struct frame *inner, const char *hex, uint8_t *out, unsigned *at)
{
    if (strncmp(hex, "EEEE", 4) == 0 || strncmp(hex, "LLLL", 4) == 0) {
        put_u16(out + *at, *hex == 'E' ? inner->ethertype : inner->length);
        *at += 2;
        return hex + 4;
    }
    out[(*at)++] = strncmp(hex, "PP", 2) == 0
                       ? (uint8_t)inner->protocol
                       : (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
    return hex + 2;
}

static void wrap_hex(struct frame *frame, const char *hex)
{
    uint8_t out[FRAME_ROOM];
    unsigned n = 0;
    while (*hex != '\0' && *hex != '@')
        hex = hex_unit(frame, hex, out, &n);
    memcpy(prepend(frame, n), out, n);
    if (strncmp(hex, "@e", 2) == 0)
        frame->ethertype = (unsigned)strtoul(hex + 2, NULL, 16);
    else if (strncmp(hex, "@p", 2) == 0)
        frame->protocol = (unsigned)strtoul(hex + 2, NULL, 10);
}

static void wrap_tcp(struct frame *frame, const char *arguments)
{
    char *after = NULL;
    unsigned payload = *arguments == ':' ? (unsigned)strtoul(arguments + 1, &after, 10) : 5;
    memset(prepend(frame, payload), 'x', payload);
    if (after != NULL && *after == ':')
        wrap_hex(frame, after + 1);
    unsigned header = frame->length - payload + 20;
    uint8_t *tcp = prepend(frame, 20);
    put_u16(tcp, 1000);
    put_u16(tcp + 2, 80);
    put_u16(tcp + 6, 1000);
    put_u16(tcp + 10, 2000);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = WIRE_PSH | WIRE_ACK;
    put_u16(tcp + 14, 512);
    frame->protocol = 6;
}

static void wrap_ip4(struct frame *frame)
{
    uint8_t *ip = prepend(frame, 20);
    memcpy(ip, (uint8_t[]){0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64}, 9);
    put_u16(ip + 2, frame->length);
    ip[9] = (uint8_t)frame->protocol;
    memcpy(ip + 12, (uint8_t[]){10, 0, 0, 1, 10, 0, 0, 2}, 8);
    unsigned sum = 0;
    for (unsigned i = 0; i < 20; i += 2)
        sum += (unsigned)(ip[i] << 8 | ip[i + 1]);
    sum = (sum & 0xffff) + (sum >> 16);
    put_u16(ip + 10, ~sum & 0xffff);
    frame->ethertype = 0x0800;
    frame->protocol = 4;
}

static void wrap_ip6(struct frame *frame)
{
    unsigned length = frame->length;
    uint8_t *ip = prepend(frame, 40);
    ip[0] = 0x60;
    put_u16(ip + 4, length);
    ip[6] = (uint8_t)frame->protocol;
    ip[7] = 63;
    memcpy(ip + 8, (uint8_t[]){0x20, 1, 0x0d, 0xb8}, 4);
    memcpy(ip + 24, (uint8_t[]){0x20, 1, 0x0d, 0xb8}, 4);
    ip[23] = 1;
    ip[39] = 2;
    frame->ethertype = 0x86dd;
    frame->protocol = 41;
}

static void wrap_udp(struct frame *frame, unsigned port)
{
    uint8_t *udp = prepend(frame, 8);
    put_u16(udp, 50000);
    put_u16(udp + 2, port);
    put_u16(udp + 4, frame->length);
    frame->protocol = 17;
}

static void wrap_ethernet(struct frame *frame)
{
    uint8_t *header = prepend(frame, 14);
    memset(header, 2, 12);
    put_u16(header + 12, frame->ethertype);
    frame->ethertype = 0x6558;
}

static void wrap_word(struct frame *frame, const char *word)
{
    if (strcmp(word, "eth") == 0)
        wrap_ethernet(frame);
    else if (strcmp(word, "ip4") == 0)
        wrap_ip4(frame);
    else if (strcmp(word, "ip6") == 0)
        wrap_ip6(frame);
    else if (strncmp(word, "udp:", 4) == 0)
        wrap_udp(frame, (unsigned)strtoul(word + 4, NULL, 10));
    else if (strncmp(word, "tcp", 3) == 0)
        wrap_tcp(frame, word + 3);
    else if (word[0] == 'x')
        wrap_hex(frame, word + 1);
    else
        fail_msg("no such header: %s", word);
}

void frame_put(struct frame *frame, const uint8_t *bytes, unsigned length, unsigned protocol)
{
    memset(frame, 0, sizeof *frame);
    frame->start = sizeof frame->bytes;
    memcpy(prepend(frame, length), bytes, length);
    frame->protocol = protocol;
}

void frame_wrap(struct frame *frame, const char *line)
{
    char words[FRAME_ROOM];
    assert_true(strlen(line) < sizeof words);
    strcpy(words, line);
    for (char *space; (space = strrchr(words, ' ')) != NULL; *space = '\0')
        wrap_word(frame, space + 1);
    wrap_word(frame, words);
}

void frame_make(struct frame *frame, const char *line)
{
    frame_put(frame, (const uint8_t *)"", 0, 0);
    frame_wrap(frame, line);
}

void frame_decode_cut(struct wire_decoder *decoder, uint32_t link_type, const uint8_t *bytes,
                      unsigned captured, unsigned wire_bytes, struct wire_result *result)
{
    uint8_t *copy = malloc(captured > 0 ? captured : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, captured);
    struct wire_packet packet = {.number = 7,
                                 .time_ns = 1000000,
                                 .link_type = link_type,
                                 .captured_bytes = captured,
                                 .wire_bytes = wire_bytes,
                                 .data = copy};
    memset(result, 0xa5, sizeof *result);
    wire_decode(decoder, &packet, result);
    free(copy);
}

void frame_decode(uint32_t link_type, const char *line, struct wire_result *result)
{
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    struct frame frame;
    frame_make(&frame, line);
    frame_decode_cut(decoder, link_type, frame_data(&frame), frame.length, frame.length, result);
    wire_decoder_free(decoder);
}

const char *frame_layers(const struct wire_result *result, char text[512])
{
    size_t length = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < result->segment.layer_count; i++)
        length += (size_t)snprintf(text + length, 512 - length, "%s%s", i > 0 ? " " : "",
                                   wire_layer_name(result->segment.layers[i].kind));
    return text;
}
