/* capture: pcap and pcapng files, whole, cut and damaged. */
#include "config.h"

#include "capture_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define S 1000000000LL

static void pcap_reads_every_variant(void **state)
{
    (void)state;
    static const struct {
        uint32_t magic;
        int64_t time_ns;
    } variants[] = {{0xa1b2c3d4, 7 * S + 123456000},
                    {0xa1b23c4d, 7 * S + 123456},
                    {0xa1b2cd34, 7 * S + 123456000}};
    for (unsigned i = 0; i < 6; i++) {
        struct bytes file = {.big_endian = i >= 3};
        put_pcap_head(&file, variants[i % 3].magic, 0x04000000 | 1);
        for (unsigned n = 0; n < 2; n++) {
            bool patched = variants[i % 3].magic == 0xa1b2cd34;
            put_u32(&file, 7);
            put_u32(&file, 123456);
            put_u32(&file, 5 + n);
            put_u32(&file, 1500);
            put_u8(&file, 0, patched ? 8 : 0);
            put_u8(&file, 0xa0 + n, 5 + n);
        }
        struct result result;
        read_bytes(&file, NULL, &result);
        assert_int_equal(result.status, CAPTURE_END);
        assert_int_equal(result.count, 2);
        assert_int_equal(result.link_type, 1);
        assert_int_equal(result.packets[1].number, 2);
        assert_int_equal(result.packets[1].link_type, 1);
        assert_int_equal(result.packets[1].captured_bytes, 6);
        assert_int_equal(result.packets[1].wire_bytes, 1500);
        assert_int_equal(result.first[1], 0xa1);
        assert_int_equal(result.last[1], 0xa1);
        assert_true(result.packets[1].time_ns == variants[i % 3].time_ns);
        assert_int_equal(result.stats.bytes_read, file.length);
        assert_int_equal(result.stats.bytes_total, file.length);
    }
}

static void pcap_before_2_3_has_its_lengths_swapped(void **state)
{
    (void)state;
    for (unsigned minor = 2; minor <= 4; minor++) {
        struct bytes file = {0};
        put_pcap_head(&file, 0xa1b2c3d4, 1);
        file.at[6] = (uint8_t)minor;
        put_u32(&file, 1);
        put_u32(&file, 2);
        put_u32(&file, minor == 4 ? 4 : 60);
        put_u32(&file, minor == 4 ? 60 : 4);
        put_u8(&file, 9, 4);
        struct result result;
        read_bytes(&file, NULL, &result);
        assert_int_equal(result.status, CAPTURE_END);
        assert_int_equal(result.count, 1);
        assert_int_equal(result.packets[0].captured_bytes, 4);
        assert_int_equal(result.packets[0].wire_bytes, 60);
    }
}

static void pcap_bounds_a_record(void **state)
{
    (void)state;
    enum { MOST = 262144 };
    static uint8_t big[24 + 16 + MOST + 1];
    for (unsigned more = 0; more < 2; more++) {
        struct bytes head = {0};
        put_pcap_head(&head, 0xa1b2c3d4, 1); /* its snaplen of 100 is a lie */
        put_u32(&head, 1);
        put_u32(&head, 2);
        put_u32(&head, MOST + more);
        put_u32(&head, MOST + more);
        memcpy(big, head.at, head.length);
        struct result result;
        read_capture(temporary_file(big, sizeof big - 1 + more), NULL, &result);
        assert_int_equal(result.status, more == 0 ? CAPTURE_END : CAPTURE_ERROR);
        assert_int_equal(result.count, more == 0 ? 1 : 0);
        if (more > 0)
            assert_contains(result.error.text, "damaged at byte 24: a record of 262145 bytes");
    }
}

static void pcap_reads_past_its_window(void **state)
{
    (void)state;
    enum { RECORDS = 1500, LENGTH = 1003 };
    uint8_t *file = calloc(1, 24 + RECORDS * (16 + LENGTH));
    struct bytes head = {0};
    put_pcap_head(&head, 0xa1b2c3d4, 1);
    memcpy(file, head.at, head.length);
    uint8_t *p = file + head.length;
    for (unsigned i = 0; i < RECORDS; i++) {
        struct bytes record = {0};
        put_pcap_record(&record, i, 0, LENGTH, (uint8_t)i);
        memcpy(p, record.at, record.length);
        p += record.length;
    }
    struct result result = {0};
    struct capture_source *source =
        capture_open_file(temporary_file(file, (size_t)(p - file)), NULL, &result.error);
    assert_non_null(source);
    for (unsigned i = 0; i < RECORDS; i++) {
        result.count = 0;
        assert_int_equal(capture_source_read(source, 1, keep_packet, &result), CAPTURE_MORE);
        assert_int_equal(result.count, 1);
        assert_int_equal(result.packets[0].number, i + 1);
        assert_int_equal(result.first[0], (uint8_t)i);
        assert_int_equal(result.last[0], (uint8_t)i);
    }
    assert_int_equal(capture_source_read(source, 1, keep_packet, &result), CAPTURE_END);
    capture_source_close(source);
    free(file);
}

/* Two sections of different byte order; interfaces: Ethernet, RAW with ns, then Linux SLL. */
static void put_mixed_pcapng(struct bytes *file)
{
    put_section(file);
    put_interface(file, 1, NULL, 0);
    put_interface(file, 101, "\x09\0\x01\0\x09\0\0\0\0\0\0\0", 12);
    put_enhanced(file, 0, 5000000, 5, 0x11);
    put_block(file, 0x0bad, "whatever", 8); /* unknown */
    put_enhanced(file, 1, 5000000007, 8, 0x22);
    file->big_endian = true;
    put_section(file);
    put_interface(file, 113, NULL, 0);
    put_enhanced(file, 0, 6000001, 1, 0x33);
    put_block(file, 3,
              "\0\0\0\x09"
              "abcdefghi",
              13);                                                              /* simple packet */
    put_block(file, 2, "\0\0\0\3\0\0\0\0\0\x6a\xcf\xc0\0\0\0\2\0\0\0\2xy", 22); /* old packet */
}

static void pcapng_mixes_link_types(void **state)
{
    (void)state;
    struct bytes file = {0};
    put_mixed_pcapng(&file);
    struct result result;
    read_bytes(&file, NULL, &result);
    assert_string_equal(result.error.text, "");
    assert_int_equal(result.status, CAPTURE_END);
    static const struct wire_packet expected[] = {
        {1, 5 * S, 1, 0, 5, 6, NULL},          {2, 5 * S + 7, 101, 1, 8, 9, NULL},
        {3, 6 * S + 1000, 113, 2, 1, 2, NULL}, {4, 6 * S + 1000, 113, 2, 9, 9, NULL},
        {5, 7 * S, 113, 2, 2, 2, NULL},
    };
    assert_int_equal(result.count, 5);
    for (unsigned i = 0; i < 5; i++) {
        const struct wire_packet *got = &result.packets[i], *want = &expected[i];
        assert_int_equal(got->number, want->number);
        assert_true(got->time_ns == want->time_ns);
        assert_int_equal(got->link_type, want->link_type);
        assert_int_equal(got->interface, want->interface);
        assert_int_equal(got->captured_bytes, want->captured_bytes);
        assert_int_equal(got->wire_bytes, want->wire_bytes);
    }
    assert_int_equal(result.first[3], 'a');
    assert_int_equal(result.last[3], 'i');
    assert_int_equal(result.last[4], 'y');
    assert_int_equal(result.stats.kernel_dropped, 3); /* as the old packet block says */
    assert_int_equal(result.link_type, 1);
    assert_false(result.sees_twice);
}

static void pcapng_tells_time_in_any_unit(void **state)
{
    (void)state;
    static const struct {
        uint8_t unit;
        int64_t offset_s;
        uint64_t ticks;
        int64_t time_ns;
    } cases[] = {
        {0, 0, 3, 3 * S},
        {3, 0, 3001, 3 * S + 1000000},
        {6, -2, 3000001, 1 * S + 1000},
        {9, 10, 3, 10 * S + 3},
        {12, 0, 3000000007999, 3 * S + 7},
        {28, 0, UINT64_MAX, 1},
        {29, 0, UINT64_MAX, 0},
        {127, 0, UINT64_MAX, 0},
        {128 + 0, 0, 3, 3 * S},
        {128 + 1, 0, 3, 1 * S + 500000000},
        {128 + 30, 0, (5ull << 30) + (1 << 29), 5 * S + 500000000},
        {128 + 34, 0, (5ull << 34) + (1ull << 34) - 1, 5 * S + 999999999},
        {128 + 35, 0, (1ull << 35) - 1, 999999999},
        {128 + 60, 0, (5ull << 60) + (1ull << 59), 5 * S + 500000000},
        {128 + 64, 0, 1ull << 63, 500000000},
        {128 + 127, 0, UINT64_MAX, 0},
        {0, 0, UINT64_MAX, INT64_MAX},
        {9, 0, UINT64_MAX, INT64_MAX},
        {9, INT64_MIN, 0, INT64_MIN},
        {9, INT64_MAX, UINT64_MAX, INT64_MAX},
        {128, INT64_MIN, 1, INT64_MIN + S},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bytes file = {.big_endian = i % 2 == 1}, options = {.big_endian = i % 2 == 1};
        put_u16(&options, 9);
        put_u16(&options, 1);
        put_u8(&options, cases[i].unit, 4);
        put_u16(&options, 14);
        put_u16(&options, 8);
        uint64_t offset = (uint64_t)cases[i].offset_s;
        put_u32(&options, (uint32_t)(file.big_endian ? offset >> 32 : offset));
        put_u32(&options, (uint32_t)(file.big_endian ? offset : offset >> 32));
        put_section(&file);
        put_interface(&file, 1, options.at, options.length);
        put_enhanced(&file, 0, cases[i].ticks, 1, 1);
        struct result result;
        read_bytes(&file, NULL, &result);
        assert_int_equal(result.count, 1);
        if (result.packets[0].time_ns != cases[i].time_ns)
            fail_msg("case %u: %lld, not %lld", i, (long long)result.packets[0].time_ns,
                     (long long)cases[i].time_ns);
    }
}

static void pcapng_counts_drops(void **state)
{
    (void)state;
    struct bytes file = {0};
    put_section(&file);
    put_interface(&file, 1, NULL, 0);
    /* ifdrop 4, osdrop 2, then the last word: ifdrop 5, osdrop 7 */
    put_block(&file, 5,
              "\0\0\0\0\0\0\0\0\0\0\0\0\5\0\x08\0\4\0\0\0\0\0\0\0\7\0\x08\0\2\0\0\0\0\0\0\0", 36);
    put_block(&file, 5,
              "\0\0\0\0\0\0\0\0\0\0\0\0\5\0\x08\0\5\0\0\0\0\0\0\0\7\0\x08\0\7\0\0\0\0\0\0\0", 36);
    /* a packet with epb_dropcount 3 after an empty comment */
    put_block(&file, 6,
              "\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0A\0\0\0\1\0\0\0\4\0\x08\0\3\0\0\0\0\0\0\0",
              40);
    struct result result;
    read_bytes(&file, NULL, &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 1);
    assert_int_equal(result.stats.kernel_dropped, 7);
    assert_int_equal(result.stats.interface_dropped, 5);
}

static void pcapng_goes_on_after_a_flaw(void **state)
{
    (void)state;
    struct bytes file = {0};
    put_section(&file);
    put_block(&file, 3, "\1\0\0\0A", 5); /* before any interface */
    put_interface(&file, 1, NULL, 0);
    put_enhanced(&file, 0, 1, 4, 1);
    put_enhanced(&file, 7, 1, 4, 2);
    size_t at = file.length;
    put_enhanced(&file, 0, 1, 4, 2);
    file.at[at + 20] = 5; /* a byte more than the block has */
    put_enhanced(&file, 0, 1, 4, 3);
    struct result result;
    read_bytes(&file, NULL, &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_int_equal(result.count, 2);
    assert_int_equal(result.packets[1].number, 5);
    assert_int_equal(result.first[1], 3);
    assert_contains(result.error.text, "damaged at byte 28: packet 1 stands before any interface");
    assert_contains(result.error.text, "3 of 5 packets lost");
}

static void pcapng_keeps_options_within_their_block(void **state)
{
    (void)state;
    struct bytes file = {0};
    put_section(&file);
    put_interface(&file, 1, "\x09\0\1\0", 4); /* if_tsresol without its byte */
    put_block(&file, 6, "\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\4\0\x08\0\3\0\0\0", 28);
    put_block(&file, 5, "\0\0\0\0\0\0\0\0\0\0\0\0\5\0\x08\0\4\0\0\0", 20);
    put_enhanced(&file, 0, 1, 4, 1);
    struct result result;
    read_bytes(&file, NULL, &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 2);
    assert_true(result.packets[0].time_ns == 1000);
    assert_int_equal(result.stats.kernel_dropped, 0);
    assert_int_equal(result.stats.interface_dropped, 0);
}

static void pcapng_checks_blocks_it_skips(void **state)
{
    (void)state;
    struct bytes file = {0};
    put_section(&file);
    put_interface(&file, 1, NULL, 0);
    put_block(&file, 0xbad, "1234", 4);
    put_enhanced(&file, 0, 1, 4, 1);
    file.at[file.ends[2].at - 4] ^= 4;
    struct result result;
    read_bytes(&file, NULL, &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_int_equal(result.count, 0);
    assert_contains(result.error.text, "a block's two lengths differ");
}

static void pcapng_bounds_its_interfaces(void **state)
{
    (void)state;
    enum { MANY = 65537 };
    struct bytes head = {0}, interface = {0};
    put_section(&head);
    put_interface(&interface, 1, NULL, 0);
    uint8_t *file = malloc(head.length + MANY * interface.length);
    memcpy(file, head.at, head.length);
    for (size_t i = 0; i < MANY; i++)
        memcpy(file + head.length + i * interface.length, interface.at, interface.length);
    struct result result;
    read_capture(temporary_file(file, head.length + MANY * interface.length), NULL, &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_contains(result.error.text, "more than 65536 interfaces");
    free(file);
}

static void pcapng_refuses_block_lengths_that_cannot_be(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 1, 8, 12, 31, 33, 0x7ffffffc, 0xffffffff, 40};
    for (unsigned i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct bytes file = {0};
        put_section(&file);
        put_interface(&file, 1, NULL, 0);
        size_t at = file.length;
        put_enhanced(&file, 0, 1, 4, 1);
        put_enhanced(&file, 0, 1, 4, 1);
        file.length = file.length - 4;
        file.at[at + 4] = (uint8_t)lengths[i];
        file.at[at + 5] = (uint8_t)(lengths[i] >> 8);
        file.at[at + 6] = (uint8_t)(lengths[i] >> 16);
        file.at[at + 7] = (uint8_t)(lengths[i] >> 24);
        struct result result;
        read_bytes(&file, NULL, &result);
        assert_int_equal(result.status, CAPTURE_ERROR);
        assert_int_equal(result.count, 0);
        assert_contains(result.error.text, "damaged at byte 48");
        if (lengths[i] % 4 != 0 || lengths[i] < 32)
            assert_contains(result.error.text, "a block's length cannot be");
    }
}

static void cut_everywhere(const struct bytes *whole)
{
    for (size_t cut = 0; cut <= whole->length; cut++) {
        struct bytes file = *whole;
        file.length = cut;
        struct result result;
        read_bytes(&file, NULL, &result);
        bool at_end = false;
        unsigned expected = 0;
        for (unsigned i = 0; i < whole->end_count; i++) {
            expected += whole->ends[i].at <= cut && whole->ends[i].is_packet;
            at_end = at_end || whole->ends[i].at == cut;
        }
        assert_int_equal(result.count, expected);
        if (result.opened)
            assert_int_equal(result.status, at_end ? CAPTURE_END : CAPTURE_ERROR);
        if (!at_end && cut >= 4) {
            char text[40];
            snprintf(text, sizeof text, "truncated at byte %zu", cut);
            assert_contains(result.error.text, text);
            snprintf(text, sizeof text, "after packet %u", expected);
            if (expected > 0)
                assert_contains(result.error.text, text);
        }
    }
}

static void put_small_pcap(struct bytes *file)
{
    put_pcap_head(file, 0xa1b2c3d4, 1);
    put_pcap_record(file, 1, 0, 10, 1);
    put_pcap_record(file, 2, 0, 0, 2);
    put_pcap_record(file, 3, 0, 33, 3);
}

static void a_cut_file_gives_what_is_whole(void **state)
{
    (void)state;
    struct bytes pcap = {0}, pcapng = {0};
    put_small_pcap(&pcap);
    cut_everywhere(&pcap);
    put_mixed_pcapng(&pcapng);
    cut_everywhere(&pcapng);
}

static void flip_everywhere(const struct bytes *whole)
{
    static const uint8_t flips[] = {0x01, 0x04, 0x80, 0xff};
    for (size_t at = 0; at < whole->length; at++)
        for (unsigned i = 0; i < sizeof flips; i++) {
            struct bytes file = *whole;
            file.at[at] ^= flips[i];
            struct result result;
            read_bytes(&file, i % 2 == 0 ? "tcp port 1234" : NULL, &result);
            assert_true(result.status != CAPTURE_WAIT);
            assert_true(result.count <= 8);
            bool failed = !result.opened || result.status == CAPTURE_ERROR;
            assert_int_equal(failed, result.error.text[0] != '\0');
        }
}

static void a_damaged_file_ends(void **state)
{
    (void)state;
    struct bytes pcap = {0}, pcapng = {0};
    put_small_pcap(&pcap);
    flip_everywhere(&pcap);
    put_mixed_pcapng(&pcapng);
    flip_everywhere(&pcapng);
}

static void what_is_no_capture_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *text;
    } cases[] = {
        {"", 0, "the file is empty"},
        {"12:00:01.5 IP 10.0.0.1.80 > 10.0.0.2.9: Flags [S]\n", 50, "it is text"},
        {"x", 1, "it is text"},
        {"\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\7", 16, "not a pcap or pcapng"},
        {"\xd4\xc3\xb2\xa1", 4, "truncated at byte 4, before the first packet is whole"},
        {"\xd4\xc3\xb2\xa1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0", 24,
         "version 1.0 is not known"},
        {"BZh91AY&SY....", 14, "bzip2 -dc "},
        {"PK\3\4......", 10, "unzip -p "},
    };
    struct result result;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = temporary_file(cases[i].bytes, cases[i].length);
        read_capture(path, NULL, &result);
        assert_false(result.opened);
        assert_contains(result.error.text, cases[i].text);
        assert_memory_equal(result.error.text, path, strlen(path));
    }
    read_capture("/", NULL, &result);
    assert_contains(result.error.text, "/: it is a directory");
    read_capture(temporary_path("missing"), NULL, &result);
    assert_contains(result.error.text, "No such file");
}

static void no_packets_is_no_error(void **state)
{
    (void)state;
    struct bytes pcap = {0}, pcapng = {0};
    struct result result;
    put_pcap_head(&pcap, 0xa1b23c4d, 276);
    read_bytes(&pcap, "port 80", &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.link_type, 276);
    assert_true(result.sees_twice);
    put_section(&pcapng);
    read_bytes(&pcapng, "port 80", &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_true(result.link_type == CAPTURE_LINK_TYPE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_reads_every_variant),
        cmocka_unit_test(pcap_before_2_3_has_its_lengths_swapped),
        cmocka_unit_test(pcap_bounds_a_record),
        cmocka_unit_test(pcap_reads_past_its_window),
        cmocka_unit_test(pcapng_mixes_link_types),
        cmocka_unit_test(pcapng_tells_time_in_any_unit),
        cmocka_unit_test(pcapng_counts_drops),
        cmocka_unit_test(pcapng_goes_on_after_a_flaw),
        cmocka_unit_test(pcapng_keeps_options_within_their_block),
        cmocka_unit_test(pcapng_checks_blocks_it_skips),
        cmocka_unit_test(pcapng_bounds_its_interfaces),
        cmocka_unit_test(pcapng_refuses_block_lengths_that_cannot_be),
        cmocka_unit_test(a_cut_file_gives_what_is_whole),
        cmocka_unit_test(a_damaged_file_ends),
        cmocka_unit_test(what_is_no_capture_is_named),
        cmocka_unit_test(no_packets_is_no_error),
    };
    return cmocka_run_group_tests_name("capture file", tests, make_temporary_directory,
                                       remove_temporary_directory);
}
