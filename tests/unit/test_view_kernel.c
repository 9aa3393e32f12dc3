/* What a kernel says of an end, in words. */
#include "config.h"

#include "support.h"

#include <string.h>

#include "view/kernel_words.h"

#define MS INT64_C(1000000)

static void check_words(const struct track_kernel_socket *socket, int64_t now_ns,
                        const char *expected)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_kernel(&text, socket, now_ns, true);
    assert_string_equal(base_strbuf_text(&text), expected);
    base_strbuf_free(&text);
}

static void all_that_there_is(void **state)
{
    (void)state;
    const struct track_kernel_socket socket = {
        .time_ns = 1000 * MS,
        .state = TRACK_FIN_WAIT_1,
        .inferred = TRACK_ESTABLISHED,
        .agreement = TRACK_DISAGREES,
        .owner = TRACK_OWNER_PROCESS,
        .pid = 123,
        .process = "python3",
        .timer = TRACK_TIMER_RETRANSMIT,
        .timer_ms = 200,
        .retransmits = 2,
        .receive_queue = 10,
        .send_queue = 20,
        .has_listener = true,
        .accept_queue = 3,
        .accept_limit = 2,
        .has_info = true,
        .info = {.cwnd_segments = 10,
                 .rtt_us = 1500,
                 .rto_us = 200000,
                 .retransmitted_segments = 4},
    };
    check_words(&socket, 1050 * MS,
                "FIN_WAIT_1, not ESTABLISHED  python3 (123)  retransmit 150 ms, fired 2 times"
                "  unread 10 B  unacked 20 B  accept queue 3 of 2  cwnd 10  RTT 1.50 ms"
                "  RTO 200 ms  resent 4");
}

static void no_more_than_there_is(void **state)
{
    (void)state;
    struct track_kernel_socket socket = {.state = TRACK_TIME_WAIT,
                                         .inferred = TRACK_CLOSED,
                                         .agreement = TRACK_DIFFERS,
                                         .owner = TRACK_OWNER_PAST,
                                         .pid = 7,
                                         .process = "a\033[2J\xffz",
                                         .timer = TRACK_TIMER_TIME_WAIT,
                                         .timer_ms = 100};
    check_words(&socket, 5000 * MS, "TIME_WAIT  a?[2J?z (7, closed it)  TIME_WAIT 0 s");
    socket.owner = TRACK_OWNER_HIDDEN;
    socket.uid = 33;
    socket.timer = TRACK_TIMER_NONE;
    check_words(&socket, 0, "TIME_WAIT  a process of user 33 (root sees which)");
    socket.owner = TRACK_OWNER_NONE;
    check_words(&socket, 0, "TIME_WAIT  no process");
    memset(socket.process, 'x', sizeof socket.process);
    socket.owner = TRACK_OWNER_PROCESS;
    check_words(&socket, 0, "TIME_WAIT  xxxxxxxxxxxxxxxx (7)");
}

static void a_record_has_it_in_brief(void **state)
{
    (void)state;
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct track_end_record end = {.state = TRACK_ESTABLISHED};
    view_add_kernel_word(&text, &end);
    assert_string_equal(base_strbuf_text(&text), "");
    end.kernel = (struct track_kernel_word){.state = TRACK_CLOSED, .agreement = TRACK_DISAGREES};
    view_add_kernel_word(&text, &end);
    assert_string_equal(base_strbuf_text(&text), "CLOSED, not ESTABLISHED");
    base_strbuf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_there_is),
        cmocka_unit_test(no_more_than_there_is),
        cmocka_unit_test(a_record_has_it_in_brief),
    };
    return cmocka_run_group_tests_name("view_kernel", tests, NULL, NULL);
}
