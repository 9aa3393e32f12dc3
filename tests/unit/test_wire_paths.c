/* wire: every link type and tunnel, whole, cut at every byte, and damaged at every byte. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "frame.h"
#include "wire_paths.h"

static bool has_id(const struct wire_segment *segment, uint32_t id)
{
    for (unsigned i = 0; i < segment->layer_count; i++)
        if (segment->layers[i].id == id)
            return true;
    return false;
}

static void check_segment(const struct wire_path *path, struct frame *frame,
                          const struct wire_result *result)
{
    char text[512];
    const struct wire_segment *segment = &result->segment;
    assert_int_equal(result->verdict, WIRE_SEGMENT);
    assert_string_equal(frame_layers(result, text), path->layers);
    assert_true(has_id(segment, path->id));
    assert_int_equal(segment->scope != 0, path->scoped);
    wire_endpoint_text(&segment->source, text, sizeof text);
    assert_string_equal(text, segment->source.family == 4 ? "10.0.0.1:1000" : "[2001:db8::1]:1000");
    wire_endpoint_text(&segment->destination, text, sizeof text);
    assert_string_equal(text, segment->source.family == 4 ? "10.0.0.2:80" : "[2001:db8::2]:80");
    assert_int_equal(segment->number, 7);
    assert_int_equal(segment->seq, 1000);
    assert_int_equal(segment->ack, 2000);
    assert_int_equal(segment->flags, WIRE_PSH | WIRE_ACK);
    assert_int_equal(segment->window, 512);
    assert_int_equal(segment->ttl, segment->source.family == 4 ? 64 : 63);
    assert_int_equal(segment->ip_id, segment->source.family == 4 ? 0x1234 : 0);
    assert_int_equal(segment->header_bytes, 20);
    assert_int_equal(segment->payload_bytes, 5);
    assert_int_equal(segment->captured_payload_bytes, 5);
    assert_memory_equal(frame_data(frame) + segment->payload_offset, "xxxxx", 5);
    assert_int_equal(segment->packet_captured_bytes, frame->length);
}

/* Layers follow each other without a gap, up to what no layer is noted for. */
static void check_offsets(const struct wire_segment *segment)
{
    for (unsigned i = 1; i < segment->layer_count; i++)
        assert_true(segment->layers[i].offset >=
                    segment->layers[i - 1].offset + segment->layers[i - 1].length);
}

static void whole(void **state)
{
    (void)state;
    for (unsigned i = 0; i < WIRE_PATHS; i++) {
        struct frame frame;
        struct wire_result result;
        frame_make(&frame, wire_paths[i].line);
        print_message("# %s\n", wire_paths[i].name);
        frame_decode(wire_paths[i].link_type, wire_paths[i].line, &result);
        check_segment(&wire_paths[i], &frame, &result);
        check_offsets(&result.segment);
    }
}

/* Ethernet pads short frames; the IP length tells. */
static void padded(void **state)
{
    (void)state;
    struct wire_result result;
    frame_decode(1, "eth ip4 tcp:0", &result);
    assert_int_equal(result.segment.payload_bytes, 0);
    struct frame frame;
    frame_make(&frame, "eth ip4 tcp:0");
    uint8_t bytes[60] = {0};
    memcpy(bytes, frame_data(&frame), frame.length);
    struct wire_decoder *decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    frame_decode_cut(decoder, 1, bytes, sizeof bytes, sizeof bytes, &result);
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    assert_int_equal(result.segment.payload_bytes, 0);
    assert_int_equal(result.segment.captured_payload_bytes, 0);
    wire_decoder_free(decoder);
}

/* The snapshot length cuts the packet to n bytes: a segment as long as its 20 bytes are there, with
 * the payload of the IP length; else truncated. */
static void check_cut(struct wire_decoder *decoder, const struct wire_path *path,
                      struct frame *frame, unsigned n, unsigned tcp)
{
    struct wire_result result;
    frame_decode_cut(decoder, path->link_type, frame_data(frame), n, frame->length, &result);
    if (n < tcp + 20) {
        assert_int_equal(result.verdict, WIRE_SKIPPED);
        assert_int_equal(result.skip, WIRE_SKIP_TRUNCATED);
        return;
    }
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    assert_int_equal(result.segment.payload_bytes, 5);
    assert_int_equal(result.segment.captured_payload_bytes, n - tcp - 20);
    assert_false(result.segment.truncated_header);
}

static void cut_everywhere(void **state)
{
    (void)state;
    struct wire_decoder *decoder =
        wire_decoder_new(&(struct wire_decoder_options){.verify_checksums = true});
    for (unsigned i = 0; i < WIRE_PATHS; i++) {
        struct frame frame;
        struct wire_result result;
        frame_make(&frame, wire_paths[i].line);
        frame_decode(wire_paths[i].link_type, wire_paths[i].line, &result);
        unsigned tcp = result.segment.layers[result.segment.layer_count - 1].offset;
        print_message("# %s\n", wire_paths[i].name);
        for (unsigned n = 0; n < frame.length; n++) {
            check_cut(decoder, &wire_paths[i], &frame, n, tcp);
            /* and a packet that was no longer on the wire: never beyond what is there */
            frame_decode_cut(decoder, wire_paths[i].link_type, frame_data(&frame), n, n, &result);
            assert_true(result.verdict == WIRE_SKIPPED || n >= tcp + 20);
        }
    }
    wire_decoder_free(decoder);
}

static void check_sane(const struct wire_result *result, unsigned length)
{
    if (result->verdict == WIRE_SKIPPED) {
        assert_true(result->skip < WIRE_SKIP_KINDS);
    } else if (result->verdict == WIRE_SEGMENT) {
        const struct wire_segment *segment = &result->segment;
        assert_true(segment->layer_count >= 2 && segment->layer_count <= WIRE_MAX_LAYERS);
        assert_in_range(segment->header_bytes, 20, 60);
        assert_true(segment->captured_payload_bytes <= segment->payload_bytes);
        assert_true(segment->captured_payload_bytes <= length);
        assert_true(segment->source.family == 4 || segment->source.family == 6);
    }
}

static void damaged_everywhere(void **state)
{
    (void)state;
    struct wire_decoder *decoder = wire_decoder_new(
        &(struct wire_decoder_options){.verify_checksums = true, .loopback_duplicates = true});
    for (unsigned i = 0; i < WIRE_PATHS; i++) {
        struct frame frame;
        frame_make(&frame, wire_paths[i].line);
        for (unsigned n = 0; n < frame.length; n++) {
            uint8_t *byte = frame_data(&frame) + n;
            uint8_t was = *byte;
            const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, was ^ 0x10};
            for (unsigned v = 0; v < sizeof values; v++) {
                struct wire_result result;
                *byte = values[v];
                frame_decode_cut(decoder, wire_paths[i].link_type, frame_data(&frame), frame.length,
                                 frame.length, &result);
                check_sane(&result, frame.length);
            }
            *byte = was;
        }
    }
    wire_decoder_free(decoder);
}

struct refused {
    uint32_t link_type;
    const char *line;
    enum wire_skip skip;
};

static const struct refused refused[] = {
    {1, "x0202020202020202020202020806 x0001", WIRE_SKIP_NOT_IP},                     /* ARP */
    {1, "x020202020202020202020202 xLLLL x424203 x0000000000", WIRE_SKIP_NOT_IP},     /* STP */
    {1, "x020202020202020202020202 xLLLL xaaaa0300000c2000 x0000", WIRE_SKIP_NOT_IP}, /* CDP */
    {1, "x02020202020202020202020205ff x0000", WIRE_SKIP_NOT_IP}, /* no length, no EtherType */
    {1, "eth x11a70000 x0004@e8863 x01010000", WIRE_SKIP_NOT_IP}, /* PPPoE discovery */
    {51, "x11a70000 x0004 x01010000", WIRE_SKIP_NOT_IP},
    {1, "eth x11000001 xLLLL@e8864 xc0210101000400000000", WIRE_SKIP_NOT_IP}, /* LCP */
    {1, "eth x0003f140@e8847 x90000000", WIRE_SKIP_NOT_IP},
    {113, "x000003380006020202020202 x0000EEEE ip4 tcp", WIRE_SKIP_NOT_IP}, /* netlink */
    {113, "x000000010006020202020202 x00000001 ip4 tcp", WIRE_SKIP_NOT_IP}, /* Novell */
    {0, "x07000000 ip4 tcp", WIRE_SKIP_NOT_IP},
    {0, "x02000200 ip4 tcp", WIRE_SKIP_NOT_IP},
    {101, "x50000000 ip4 tcp", WIRE_SKIP_NOT_IP},
    {105, "x80000000 x020202020202 x030303030303 x040404040404 x0000",
     WIRE_SKIP_NOT_IP}, /* beacon */
    {105, "x48010000 x020202020202 x030303030303 x040404040404 x0000", WIRE_SKIP_NOT_IP}, /* null */
    {105, "x08410000 x020202020202 x030303030303 x040404040404 x0000 xaaaa03000000EEEE ip4 tcp",
     WIRE_SKIP_NOT_IP}, /* encrypted */
    {105,
     "x88010000 x020202020202 x030303030303 x040404040404 x0000 x8000 xaaaa03000000EEEE ip4 tcp",
     WIRE_SKIP_NOT_IP}, /* an aggregate */
    {105, "x08010000 x020202020202 x030303030303 x040404040404 x0100 xaaaa03000000EEEE ip4 tcp",
     WIRE_SKIP_FRAGMENT},
    {127, "x0000090002000000 x40 x08010000 x020202020202 x030303030303 x040404040404 x0000",
     WIRE_SKIP_MALFORMED}, /* bad FCS */
    {127, "x0000070000000000", WIRE_SKIP_MALFORMED},
    {192, "x00000700690000000000", WIRE_SKIP_MALFORMED},
    {192, "x00000800c0000000 x00000800c0000000", WIRE_SKIP_MALFORMED},
    {192, "x000008008f000000 ip4 tcp", WIRE_SKIP_LINK_TYPE},
    {239, "x02000000 x00000000 x00000000", WIRE_SKIP_MALFORMED}, /* a length of 0 */
    {239, "x02000000 x08000a0000000000", WIRE_SKIP_MALFORMED},   /* no payload */
    {10, "x41020202020202030303030303 xaaaa03000000EEEE ip4 tcp", WIRE_SKIP_NOT_IP}, /* SMT */
    {147, "ip4 tcp", WIRE_SKIP_LINK_TYPE},
    {0xffffffff, "ip4 tcp", WIRE_SKIP_LINK_TYPE},
    {101, "ip4 udp:53 x000000000000", WIRE_SKIP_NOT_TCP},
    {101, "ip4 x00000000@p132", WIRE_SKIP_NOT_TCP},        /* SCTP */
    {101, "ip4 xPP000104@p60 tcp", WIRE_SKIP_NOT_TCP},     /* an IPv6 header in IPv4 */
    {101, "ip6 x@p59 x0000", WIRE_SKIP_NOT_TCP},           /* no next header */
    {101, "ip4 x4000EEEE@p47 ip4 tcp", WIRE_SKIP_NOT_TCP}, /* GRE with routing */
    {101, "ip4 x0002EEEE@p47 ip4 tcp", WIRE_SKIP_NOT_TCP}, /* GRE version 2 */
    {101, "ip4 x00000000@p47", WIRE_SKIP_NOT_TCP},         /* GRE keep-alive */
    {101, "ip4 x00000010@p47 x0000", WIRE_SKIP_NOT_IP},
    {101, "ip4 x100022eb x00000001 x200100050000000000001000@p47 ip4 tcp", WIRE_SKIP_NOT_IP},
    {101, "ip4 udp:4789 x0000000000012300 eth ip4 tcp", WIRE_SKIP_NOT_TCP},
    {101, "ip4 udp:4790 x0c00000400012300 eth ip4 tcp", WIRE_SKIP_NOT_IP}, /* NSH */
    {101, "ip4 udp:6081 x40006558 x00012300 eth ip4 tcp", WIRE_SKIP_NOT_TCP},
    {101, "ip4 udp:2152 x3001 xLLLL x00000009", WIRE_SKIP_NOT_TCP}, /* an echo */
    {101, "ip4 udp:2152 x34ff0040 x00000009 x00000085 x00090985 ip4 tcp", WIRE_SKIP_MALFORMED},
    {101, "ip4 udp:3544 x50000000", WIRE_SKIP_NOT_TCP},
    {101, "ip4 xPP00000000000009000000010000@p51 tcp", WIRE_SKIP_MALFORMED}, /* AH of 8 bytes */
};

static void refused_with_reason(void **state)
{
    (void)state;
    for (unsigned i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct wire_result result;
        print_message("# %s\n", refused[i].line);
        frame_decode(refused[i].link_type, refused[i].line, &result);
        assert_int_equal(result.verdict, WIRE_SKIPPED);
        assert_string_equal(wire_skip_name(result.skip), wire_skip_name(refused[i].skip));
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    struct wire_result result;
    frame_decode(101, "ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 tcp", &result);
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    assert_int_equal(result.segment.layer_count, WIRE_MAX_LAYERS);
    frame_decode(101, "ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 ip4 tcp", &result);
    assert_int_equal(result.verdict, WIRE_SKIPPED);
    assert_int_equal(result.skip, WIRE_SKIP_TOO_DEEP);
}

static uint32_t scope_of(const char *line)
{
    struct wire_result result;
    frame_decode(1, line, &result);
    assert_int_equal(result.verdict, WIRE_SEGMENT);
    return result.segment.scope;
}

static void scopes_differ_by_id(void **state)
{
    (void)state;
    uint32_t vlan = scope_of("eth x0064EEEE@e8100 ip4 tcp");
    assert_int_equal(vlan, scope_of("eth xe064EEEE@e8100 ip4 tcp")); /* whatever the priority */
    assert_int_not_equal(vlan, scope_of("eth x0065EEEE@e8100 ip4 tcp"));
    assert_int_not_equal(vlan, scope_of("eth ip4 udp:4789 x0800000000006400 eth ip4 tcp"));
    assert_int_not_equal(scope_of("eth x0064EEEE@e8100 x0065EEEE@e8100 ip4 tcp"),
                         scope_of("eth x0065EEEE@e8100 x0064EEEE@e8100 ip4 tcp"));
    assert_int_equal(scope_of("eth ip4 ip4 tcp"), 0);
    /* NVGRE: the flow's byte of the key does not count */
    assert_int_equal(scope_of("eth ip4 x2000EEEE x00012301@p47 eth ip4 tcp"),
                     scope_of("eth ip4 x2000EEEE x00012377@p47 eth ip4 tcp"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole),
        cmocka_unit_test(padded),
        cmocka_unit_test(cut_everywhere),
        cmocka_unit_test(damaged_everywhere),
        cmocka_unit_test(refused_with_reason),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(scopes_differ_by_id),
    };
    return cmocka_run_group_tests_name("wire paths", tests, NULL, NULL);
}
