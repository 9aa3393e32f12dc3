/* Fuzzes the tracker: bytes are segments between a few endpoints, often near what fits, and the
 * rules that hold for any input are checked (tests/property/told.h).
 *
 * An input is a byte of options (the bound on connections, the MSL), then records of 12 bytes: who
 * (2 bits a host, 2 its port, 1 the direction, 1 an ICMP error, 1 a step of the clock only), flags,
 * seq and ack (a base that both ends keep, or a number of their own, and an offset), payload,
 * window, time step, options. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/xalloc.h"
#include "told.h"
#include "track/tracker.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    (void)size_bytes;
    abort();
}

#define RECORD_BYTES 12
#define HOSTS 4
#define PORTS 4
#define MAX_SEGMENTS 4096

/* What both ends of a flow stand at, as far as the input is sane. */
struct flow {
    uint32_t next[2];
};

struct fuzz {
    struct tracker *tracker;
    struct told told;
    size_t max_connections;
    struct flow flows[HOSTS][PORTS];
    uint64_t number;
    int64_t time_ns;
};

static struct wire_endpoint make_endpoint(unsigned host, unsigned port)
{
    return (struct wire_endpoint){
        .address = {10, 0, 0, (uint8_t)host}, .port = (uint16_t)port, .family = 4};
}

/* The wild ones are far off, the others right at what is expected or a little beside it. */
static uint32_t make_number(uint32_t expected, uint8_t how)
{
    static const uint32_t far_off[] = {UINT32_C(0x80000000), UINT32_C(0x7fffffff), 100000, 65536};
    if (how < 160)
        return expected;
    if (how < 240)
        return expected + (uint32_t)(how - 200);
    return expected + far_off[how & 3];
}

/* Powers of two up to 100 s, so that TIME_WAIT and closed records end too. */
static int64_t make_step(uint8_t how)
{
    return (how & 1) != 0 ? (INT64_C(1000) << (how >> 3)) : how * INT64_C(1000);
}

static void add_options(struct wire_segment *segment, uint8_t how)
{
    struct wire_options *options = &segment->options;
    if ((how & 1) != 0) {
        options->present |= WIRE_OPTION_TIMESTAMPS;
        options->timestamp_value = (uint32_t)segment->number * 10 + (how & 0xf0);
        options->timestamp_echo = (uint32_t)segment->number * 10;
    }
    if ((how & 2) != 0) {
        options->present |= WIRE_OPTION_SACK_PERMITTED | WIRE_OPTION_WINDOW_SCALE;
        options->window_scale = how >> 4;
    }
    if ((how & 4) != 0) {
        options->present |= WIRE_OPTION_SACK;
        options->sack_blocks = 1;
        options->sack[0].left = segment->ack + (how >> 4);
        options->sack[0].right = segment->ack + how;
    }
    if (how == 0xff)
        options->present |= WIRE_OPTION_MD5 | WIRE_OPTION_FASTOPEN;
}

static void feed_segment(struct fuzz *fuzz, const uint8_t *record)
{
    struct flow *flow = &fuzz->flows[record[0] & 3][record[0] >> 2 & 3];
    unsigned way = record[0] >> 4 & 1;
    struct wire_endpoint client = make_endpoint(record[0] & 3, 40000u + (record[0] >> 2 & 3));
    /* Host 0 talks to itself. */
    struct wire_endpoint server = (record[0] & 3) == 0 ? client : make_endpoint(9, 80);
    struct wire_segment segment = {.number = fuzz->number,
                                   .time_ns = fuzz->time_ns,
                                   .source = way == 0 ? client : server,
                                   .destination = way == 0 ? server : client,
                                   .flags = record[1],
                                   .seq = make_number(flow->next[way], record[2]),
                                   .payload_bytes = (uint32_t)record[4] * (record[5] & 15u),
                                   .window = (uint16_t)(record[6] << 8 | record[7])};
    if ((record[1] & WIRE_ACK) != 0)
        segment.ack = make_number(flow->next[1 - way], record[3]);
    if ((record[5] & 0x80) != 0)
        segment.seq = flow->next[way] = (uint32_t)record[8] << 24 | record[9];
    segment.captured_payload_bytes = segment.payload_bytes;
    add_options(&segment, record[10]);
    if (record[2] < 160)
        flow->next[way] = segment.seq + segment.payload_bytes + ((record[1] & WIRE_SYN) != 0) +
                          ((record[1] & WIRE_FIN) != 0);
    tracker_segment(fuzz->tracker, &segment);
}

static void feed_error(struct fuzz *fuzz, const uint8_t *record)
{
    const struct flow *flow = &fuzz->flows[record[0] & 3][record[0] >> 2 & 3];
    unsigned way = record[0] >> 4 & 1;
    struct wire_endpoint client = make_endpoint(record[0] & 3, 40000u + (record[0] >> 2 & 3));
    struct wire_endpoint server = make_endpoint(9, 80);
    struct wire_icmp_error error = {.number = fuzz->number,
                                    .time_ns = fuzz->time_ns,
                                    .source = way == 0 ? client : server,
                                    .destination = way == 0 ? server : client,
                                    .seq = flow->next[way] - record[2],
                                    .reporter_family = 4,
                                    .type = record[3],
                                    .code = record[4]};
    tracker_icmp_error(fuzz->tracker, &error);
}

static void feed(struct fuzz *fuzz, const uint8_t *record)
{
    fuzz->number++;
    fuzz->time_ns += make_step(record[11]);
    if ((record[0] & 0xc0) == 0xc0)
        tracker_advance(fuzz->tracker, fuzz->time_ns);
    else if ((record[0] & 0xe0) == 0xa0)
        feed_error(fuzz, record);
    else
        feed_segment(fuzz, record);
    told_check_bound(&fuzz->told, fuzz->tracker, fuzz->max_connections);
}

static void finish(struct fuzz *fuzz)
{
    tracker_finish(fuzz->tracker);
    told_check_end(&fuzz->told, fuzz->tracker);
    tracker_free(fuzz->tracker);
    if (fuzz->told.broken[0] != '\0') {
        fprintf(stderr, "broken: %s\n", fuzz->told.broken);
        abort();
    }
    told_free(&fuzz->told);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct base_cursor cursor = base_cursor_make(bytes, length);
    uint8_t how = base_cursor_u8(&cursor);
    struct fuzz fuzz = {.max_connections = how & 7};
    const struct tracker_options options = {.msl_ns =
                                                (how & 8) != 0 ? INT64_C(30000000000) : 1000000,
                                            .max_connections = fuzz.max_connections,
                                            .hash_seed = how,
                                            .wireshark = (how & 16) != 0};
    fuzz.tracker = tracker_new(&options, &told_observer, &fuzz.told);
    while (cursor.left >= RECORD_BYTES && fuzz.number < MAX_SEGMENTS)
        feed(&fuzz, base_cursor_take(&cursor, RECORD_BYTES));
    finish(&fuzz);
    return 0;
}
