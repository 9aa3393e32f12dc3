/* capture: this host's loopback, with real traffic. Skipped without the right to capture. */
#include "config.h"

#include "capture_files.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What a source saw of one connection. */
struct seen {
    struct capture_source *source;
    unsigned packets, syns, fins;
    uint64_t last_number;
    int64_t last_time_ns;
    bool in_order;
};

static void count_packet(void *context, const struct wire_packet *packet)
{
    struct seen *seen = context;
    size_t link_bytes = packet->link_type == 1 ? 14 : 20; /* Ethernet, SLL2 */
    assert_true(packet->captured_bytes >= link_bytes + 40);
    uint8_t flags = packet->data[link_bytes + 20 + 13];
    seen->packets++;
    seen->syns += (flags & 0x02) != 0;
    seen->fins += (flags & 0x01) != 0;
    seen->in_order = seen->in_order && packet->number == seen->last_number + 1;
    seen->last_number = packet->number;
    seen->last_time_ns = packet->time_ns;
}

/* Until both ends said FIN, or nothing came for two seconds. */
static void drain(struct seen *seen)
{
    for (;;) {
        enum capture_status status = capture_source_read(seen->source, 1, count_packet, seen);
        assert_true(status == CAPTURE_MORE || status == CAPTURE_WAIT);
        struct pollfd poll_fd = {.fd = capture_source_fd(seen->source), .events = POLLIN};
        if (status == CAPTURE_WAIT && poll(&poll_fd, 1, seen->fins < 2 ? 2000 : 200) == 0)
            return;
    }
}

static int listen_on_loopback(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

static void talk(int listener, unsigned port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char bytes[5];
    int client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof address), 0);
    int server = accept(listener, NULL, NULL);
    assert_true(server >= 0);
    assert_int_equal(send(client, "hello", 5, 0), 5);
    assert_int_equal(recv(server, bytes, 5, MSG_WAITALL), 5);
    close(client);
    assert_int_equal(recv(server, bytes, 1, 0), 0);
    close(server);
}

static void watch(const char *interface, uint32_t link_type)
{
    struct capture_error error;
    unsigned port;
    char filter[32];
    int listener = listen_on_loopback(&port);
    snprintf(filter, sizeof filter, "tcp port %u", port);
    const struct capture_options options = {.filter = filter, .buffer_kib = 1024};
    struct seen seen = {.in_order = true};
    seen.source = capture_open_live(interface, &options, &error);
    if (seen.source == NULL) {
        close(listener);
        assert_contains(error.text, "setcap cap_net_raw,cap_net_admin=eip");
        skip();
    }
    assert_true(capture_source_is_live(seen.source));
    assert_int_equal(capture_source_link_type(seen.source), link_type);
    assert_int_equal(capture_source_sees_twice(seen.source), link_type != 1);
    assert_int_equal(capture_source_read(seen.source, 9, count_packet, &seen), CAPTURE_WAIT);
    talk(listener, port);
    close(listener);
    drain(&seen);
    /* Each once, though lo has every packet going out and coming in. */
    assert_int_equal(seen.syns, 2);
    assert_int_equal(seen.fins, 2);
    assert_true(seen.packets >= 7 && seen.packets <= 9);
    assert_true(seen.in_order);
    assert_true(seen.last_time_ns > 1700000000LL * 1000000000);
    struct capture_stats stats;
    capture_source_stats(seen.source, &stats);
    assert_int_equal(stats.packets, seen.packets);
    assert_int_equal(stats.kernel_dropped, 0);
    capture_source_close(seen.source);
}

static void loopback_shows_each_packet_once(void **state)
{
    (void)state;
    watch("lo", 1);
}

static void any_has_sll2(void **state)
{
    (void)state;
    watch("any", 276);
}

static void refusals_have_a_way_out(void **state)
{
    (void)state;
    struct capture_error error;
    const struct capture_options options = {.filter = "port 1234x"};
    assert_null(capture_open_live("nosuch0", NULL, &error));
    if (strstr(error.text, "no permission") != NULL)
        skip();
    assert_string_equal(error.text, "nosuch0: no such interface; -D lists them");
    assert_null(capture_open_live("lo", &options, &error));
    assert_string_equal(error.text, "filter: port 1234x: unknown port '1234x'");
}

static void find_loopback(void *context, const char *name, const char *description, bool up,
                          bool loopback)
{
    (void)up;
    assert_non_null(description);
    if (strcmp(name, "lo") == 0)
        *(bool *)context = loopback;
}

static void interfaces_are_listed(void **state)
{
    (void)state;
    struct capture_error error;
    bool found = false;
    assert_true(capture_list_interfaces(find_loopback, &found, &error));
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loopback_shows_each_packet_once),
        cmocka_unit_test(any_has_sll2),
        cmocka_unit_test(refusals_have_a_way_out),
        cmocka_unit_test(interfaces_are_listed),
    };
    return cmocka_run_group_tests_name("capture live", tests, NULL, NULL);
}
