/* app: packets again, from files and from what was kept. */
#include "config.h"

#include "capture_files.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "app/packets.h"

#define PCAP_MAGIC 0xa1b2c3d4u

/* Packets 1 to count of a file: 20 bytes of their number each. */
static void make_file(char *path, size_t size, unsigned count)
{
    struct bytes bytes = {.length = 0};
    put_pcap_head(&bytes, PCAP_MAGIC, 1);
    for (unsigned i = 1; i <= count; i++)
        put_pcap_record(&bytes, i, 0, 20, (uint8_t)i);
    char name[32];
    snprintf(name, sizeof name, "packets-%u", count);
    char written[PATH_MAX];
    snprintf(written, sizeof written, "%s", temporary_file(bytes.at, bytes.length));
    snprintf(path, size, "%s", temporary_path(name));
    assert_int_equal(rename(written, path), 0);
}

static void assert_packet(struct app_packets *packets, uint64_t number, uint8_t fill)
{
    struct wire_packet packet;
    enum app_fetch fetch;
    while ((fetch = app_packets_fetch(packets, number, 1, &packet)) == APP_FETCH_MORE)
        continue;
    assert_int_equal(fetch, APP_FETCH_DONE);
    assert_int_equal(packet.number, number);
    assert_int_equal(packet.captured_bytes, 20);
    assert_int_equal(packet.data[0], fill);
    assert_int_equal(packet.data[19], fill);
    assert_int_equal(packet.time_ns, (int64_t)fill * 1000000000);
}

static void files_are_read_again_in_any_order(void **state)
{
    (void)state;
    struct app_packets *packets = app_packets_new();
    char path[PATH_MAX];
    make_file(path, sizeof path, 20);
    app_packets_add_file(packets, path, 0);
    make_file(path, sizeof path, 5);
    app_packets_add_file(packets, path, 20);
    static const uint8_t order[] = {3, 4, 20, 1, 2, 21, 25, 24, 10};
    for (size_t i = 0; i < sizeof order; i++)
        assert_packet(packets, order[i], order[i] > 20 ? (uint8_t)(order[i] - 20) : order[i]);
    struct wire_packet packet;
    assert_int_equal(app_packets_fetch(packets, 26, 100, &packet), APP_FETCH_FAILED);
    assert_int_equal(app_packets_fetch(packets, 0, 100, &packet), APP_FETCH_NOT_KEPT);
    assert_packet(packets, 22, 2);
    app_packets_free(packets);
}

static void a_call_looks_at_so_many_only(void **state)
{
    (void)state;
    struct app_packets *packets = app_packets_new();
    struct wire_packet packet;
    char path[PATH_MAX];
    make_file(path, sizeof path, 30);
    app_packets_add_file(packets, path, 0);
    assert_int_equal(app_packets_fetch(packets, 30, 10, &packet), APP_FETCH_MORE);
    assert_int_equal(app_packets_fetch(packets, 30, 10, &packet), APP_FETCH_MORE);
    assert_int_equal(app_packets_fetch(packets, 30, 1000, &packet), APP_FETCH_DONE);
    app_packets_free(packets);
}

static void a_file_that_went_is_said(void **state)
{
    (void)state;
    struct app_packets *packets = app_packets_new();
    struct wire_packet packet;
    app_packets_add_file(packets, temporary_path("nothing-here"), 0);
    app_packets_add_file(packets, "-", 10);
    assert_int_equal(app_packets_fetch(packets, 1, 100, &packet), APP_FETCH_FAILED);
    app_packets_free(packets);
}

static void what_is_live_is_kept_for_a_while(void **state)
{
    (void)state;
    struct app_packets *packets = app_packets_new();
    uint8_t bytes[APP_PACKETS_KEPT_BYTES + 50];
    struct wire_packet packet;
    for (uint64_t i = 1; i <= APP_PACKETS_KEPT + 10; i++) {
        memset(bytes, (int)(i & 0xff), sizeof bytes);
        packet = (struct wire_packet){
            .number = i, .captured_bytes = sizeof bytes, .wire_bytes = 1500, .data = bytes};
        app_packets_keep(packets, &packet);
    }
    assert_int_equal(app_packets_fetch(packets, 10, 1, &packet), APP_FETCH_NOT_KEPT);
    assert_int_equal(app_packets_fetch(packets, 11, 1, &packet), APP_FETCH_DONE);
    assert_int_equal(packet.data[0], 11);
    assert_int_equal(packet.captured_bytes, APP_PACKETS_KEPT_BYTES);
    assert_int_equal(packet.wire_bytes, 1500);
    assert_int_equal(app_packets_fetch(packets, APP_PACKETS_KEPT + 11, 1, &packet),
                     APP_FETCH_NOT_KEPT);
    app_packets_free(packets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_again_in_any_order),
        cmocka_unit_test(a_call_looks_at_so_many_only),
        cmocka_unit_test(a_file_that_went_is_said),
        cmocka_unit_test(what_is_live_is_kept_for_a_while),
    };
    return cmocka_run_group_tests_name("app_packets", tests, make_temporary_directory,
                                       remove_temporary_directory);
}
