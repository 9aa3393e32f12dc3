/* view: layers as boxes, the TCP header as rows, options, bytes. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "view/encapsulation.h"

static struct view_grid grid;

static struct view_place begin(size_t width, bool ascii)
{
    view_grid_init(&grid, width, 80);
    return (struct view_place){&grid, 0, 0, width, ascii};
}

/* The rows drawn, and frees the grid. */
static void end(size_t rows, struct base_strbuf *out)
{
    for (size_t y = 0; y < rows; y++) {
        view_grid_add_row(&grid, y, false, out);
        base_strbuf_char(out, '\n');
    }
    view_grid_free(&grid);
}

static void layers_are_boxes(void **state)
{
    (void)state;
    struct wire_segment segment = {.payload_bytes = 1, .payload_offset = 58, .layer_count = 4};
    segment.layers[0] = (struct wire_layer){0, 14, 0, WIRE_LAYER_ETHERNET};
    segment.layers[1] = (struct wire_layer){14, 4, 7, WIRE_LAYER_VLAN};
    segment.layers[2] = (struct wire_layer){18, 20, 0, WIRE_LAYER_IPV4};
    segment.layers[3] = (struct wire_layer){38, 20, 0, WIRE_LAYER_TCP};
    segment.packet_wire_bytes = 64;
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_place place = begin(80, true);
    end(view_draw_layers(&place, &segment), &text);
    assert_string_equal(base_strbuf_text(&text),
                        "+----------+----------+----------+----------+---------+----------+\n"
                        "| Ethernet | 802.1Q 7 |   IPv4   |   TCP    | payload | after IP |\n"
                        "| 14 bytes | 4 bytes  | 20 bytes | 20 bytes | 1 byte  | 5 bytes  |\n"
                        "+----------+----------+----------+----------+---------+----------+\n");
    base_strbuf_clear(&text);
    place = begin(40, true);
    assert_int_equal(view_draw_layers(&place, &segment), 8);
    end(8, &text);
    assert_non_null(strstr(base_strbuf_text(&text), "|   TCP    | payload | after IP |"));
    base_strbuf_free(&text);
}

/* SYN,ACK with five options, NOPs among them. */
static const uint8_t syn_ack[] = {
    0x1f, 0x90, 0xc0, 0x01, 0, 0, 0x03, 0xe8, 0,    0,    0x07, 0xd1, 0xa0, 0x12,
    0xff, 0xff, 0xbe, 0xef, 0, 0, 2,    4,    0x05, 0xb4, 4,    2,    8,    10,
    0,    0,    0,    9,    0, 0, 0,    7,    1,    3,    3,    7,
};

static struct track_event event_of_syn_ack(void)
{
    struct track_event event = {.seq = 1000,
                                .ack = 2001,
                                .rel_ack = 1,
                                .rel_seq_known = true,
                                .rel_ack_known = true,
                                .window = 0xffff,
                                .flags = WIRE_SYN | WIRE_ACK};
    return event;
}

static void the_header_is_rows_of_32_bits(void **state)
{
    (void)state;
    struct track_event event = event_of_syn_ack();
    const struct view_header header = {.event = &event,
                                       .bytes = syn_ack,
                                       .length = sizeof syn_ack,
                                       .ports = {8080, 49153},
                                       .checksum = WIRE_CHECKSUM_BAD};
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_place place = begin(80, true);
    end(view_draw_header(&place, &header), &text);
    assert_string_equal(base_strbuf_text(&text),
                        " 0                   1                   2                   3\n"
                        " 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1\n"
                        "+-------------------------------+-------------------------------+\n"
                        "|       Source port 8080        |    Destination port 49153     |\n"
                        "+-------------------------------+-------------------------------+\n"
                        "|             Sequence number 0 (on the wire 1000)              |\n"
                        "+---------------------------------------------------------------+\n"
                        "|          Acknowledgment number 1 (on the wire 2001)           |\n"
                        "+-------+-------+-+-+-+-+-+-+-+-+-------------------------------+\n"
                        "|Offset | Rsrvd |C|E|U|A|P|R|S|F|            Window             |\n"
                        "|  10   |   0   |0|0|0|1|0|0|1|0|             65535             |\n"
                        "+-------+-------+-+-+-+-+-+-+-+-+-------------------------------+\n"
                        "|     Checksum 0xbeef WRONG     |       Urgent pointer 0        |\n"
                        "+-------------------------------+-------------------------------+\n"
                        "|         Maximum segment size 1460  (kind 2, 4 bytes)          |\n"
                        "|               SACK permitted  (kind 4, 2 bytes)               |\n"
                        "|           Timestamps 9, echo 7  (kind 8, 10 bytes)            |\n"
                        "|                No-operation  (kind 1, 1 byte)                 |\n"
                        "|  Window scale 7: windows count 128 bytes  (kind 3, 3 bytes)   |\n"
                        "+---------------------------------------------------------------+\n");
    base_strbuf_free(&text);
}

static void without_bytes_it_shows_what_is_kept(void **state)
{
    (void)state;
    struct track_event event = event_of_syn_ack();
    event.options.present = WIRE_OPTION_MSS;
    event.options.mss = 1460;
    const struct view_header header = {.event = &event, .absolute = true};
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_place place = begin(40, true);
    end(view_draw_header(&place, &header), &text);
    const char *all = base_strbuf_text(&text);
    assert_non_null(strstr(all, "Sequence number 1000 (relative 0)"));
    assert_non_null(strstr(all, "Checksum not kept"));
    assert_non_null(strstr(all, "Window 65535"));
    assert_non_null(strstr(all, "Maximum segment size 1460"));
    base_strbuf_free(&text);
}

/* A 60 byte header of three SACK blocks: too long for a row with large numbers. */
static void sack_blocks_count_as_acks_do(void **state)
{
    (void)state;
    uint8_t bytes[48] = {[12] = 0xb0, [20] = 1,    [21] = 1,    [22] = 5,   [23] = 18,
                         [26] = 0x07, [27] = 0xd5, [30] = 0x07, [31] = 0xdb};
    struct track_event event = event_of_syn_ack();
    const struct view_header header = {.event = &event, .bytes = bytes, .length = 44};
    struct base_strbuf text = BASE_STRBUF_INIT;
    size_t at = 22;
    assert_true(view_add_option(&text, &header, &at));
    assert_memory_equal(base_strbuf_text(&text), "SACK 5..11 -2000..-2000", 23);
    assert_int_equal(at, 40);
    base_strbuf_free(&text);
}

/* Any options at any length end, inside the bytes (ASan watches), and are ASCII. */
static void hostile_options_end(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned run = 0; run < 20000; run++) {
        uint8_t *bytes = test_malloc(60);
        size_t length = 20 + run % 41;
        for (size_t i = 0; i < 60; i++) {
            random = random * 1664525u + 1013904223u;
            bytes[i] = (uint8_t)((random >> 24) % (run % 3 == 0 ? 256 : 36));
        }
        bytes[12] = (uint8_t)(random & 0xf0);
        uint8_t *exact = test_malloc(length);
        memcpy(exact, bytes, length);
        struct track_event event = event_of_syn_ack();
        const struct view_header header = {.event = &event, .bytes = exact, .length = length};
        struct base_strbuf text = BASE_STRBUF_INIT;
        size_t at = 0, options = 0;
        while (view_add_option(&text, &header, &at))
            assert_true(++options <= 40);
        assert_true(at <= 60);
        for (size_t i = 0; i < text.length; i++)
            assert_in_range((unsigned char)text.text[i], ' ', '~');
        base_strbuf_free(&text);
        test_free(exact);
        test_free(bytes);
    }
}

static void bytes_are_escaped(void **state)
{
    (void)state;
    static const uint8_t bytes[] = "GET /\x1b[2J\xc3\xa9\r\n0123456";
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_place place = begin(80, false);
    assert_int_equal(view_draw_bytes(&place, bytes, sizeof bytes - 1), 2);
    end(2, &text);
    assert_string_equal(base_strbuf_text(&text),
                        "0000  47 45 54 20 2f 1b 5b 32  4a c3 a9 0d 0a 30 31 32   GET /.[2J....012\n"
                        "0010  33 34 35 36                                        3456\n");
    base_strbuf_clear(&text);
    place = begin(40, false);
    end(view_draw_bytes(&place, bytes, 9), &text);
    assert_string_equal(base_strbuf_text(&text), "0000  47 45 54 20 2f 1b 5b 32   GET /.[2\n"
                                                 "0008  4a                        J\n");
    base_strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_boxes),
        cmocka_unit_test(the_header_is_rows_of_32_bits),
        cmocka_unit_test(without_bytes_it_shows_what_is_kept),
        cmocka_unit_test(sack_blocks_count_as_acks_do),
        cmocka_unit_test(hostile_options_end),
        cmocka_unit_test(bytes_are_escaped),
    };
    return cmocka_run_group_tests_name("view_encapsulation", tests, NULL, NULL);
}
