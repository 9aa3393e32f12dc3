/* What this host says: answers of inet_diag, whole and broken; who has a socket. */
#include "config.h"

#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>

#include "kernel/local.h"
#include "kernel/owner.h"
#include "kernel/reply.h"
#include "track/state.h"

/* --- answers --- */

#define SEQUENCE 7

/* A datagram of the kernel's being made. */
struct datagram {
    _Alignas(struct nlmsghdr) char bytes[2048];
    size_t length;
};

static void put(struct datagram *datagram, const void *bytes, size_t length)
{
    memcpy(datagram->bytes + datagram->length, bytes, length);
    datagram->length += length;
}

static void put_header(struct datagram *datagram, unsigned type, uint32_t sequence, size_t payload)
{
    const struct nlmsghdr header = {.nlmsg_len = (uint32_t)(sizeof header + payload),
                                    .nlmsg_type = (uint16_t)type,
                                    .nlmsg_seq = sequence};
    put(datagram, &header, sizeof header);
}

static struct inet_diag_msg some_socket(void)
{
    return (struct inet_diag_msg){.idiag_family = 2,
                                  .idiag_state = 8,
                                  .idiag_timer = 2,
                                  .idiag_retrans = 3,
                                  .idiag_expires = 1500,
                                  .idiag_rqueue = 10,
                                  .idiag_wqueue = 20,
                                  .idiag_uid = 33,
                                  .idiag_inode = 4711};
}

static void put_socket(struct datagram *datagram, uint32_t sequence, size_t attributes)
{
    const struct inet_diag_msg message = some_socket();
    put_header(datagram, SOCK_DIAG_BY_FAMILY, sequence, sizeof message + attributes);
    put(datagram, &message, sizeof message);
}

static void put_info(struct datagram *datagram, size_t length)
{
    const struct tcp_info info = {.tcpi_rtt = 20000, .tcpi_rttvar = 5000, .tcpi_snd_cwnd = 12};
    const struct nlattr attribute = {.nla_len = (uint16_t)(sizeof attribute + length),
                                     .nla_type = INET_DIAG_INFO};
    put(datagram, &attribute, sizeof attribute);
    put(datagram, &info, length);
}

static enum kernel_reply read_datagram(const struct datagram *datagram,
                                       struct track_kernel_socket *out, int *error)
{
    *out = (struct track_kernel_socket){.state = TRACK_CLOSED};
    *error = 0;
    return kernel_reply_read(datagram->bytes, datagram->length, SEQUENCE, out, error);
}

static void a_whole_answer_is_taken(void **state)
{
    (void)state;
    struct datagram datagram = {.length = 0};
    struct track_kernel_socket socket;
    int error;
    put_socket(&datagram, 6, 0); /* of an earlier question */
    put_socket(&datagram, SEQUENCE, sizeof(struct nlattr) + sizeof(struct tcp_info));
    put_info(&datagram, sizeof(struct tcp_info));
    assert_int_equal(read_datagram(&datagram, &socket, &error), KERNEL_REPLY_SOCKET);
    assert_int_equal(socket.state, TRACK_CLOSE_WAIT);
    assert_int_equal(socket.timer, TRACK_TIMER_KEEP_ALIVE);
    assert_int_equal(socket.timer_ms, 1500);
    assert_int_equal(socket.retransmits, 3);
    assert_int_equal(socket.receive_queue, 10);
    assert_int_equal(socket.send_queue, 20);
    assert_int_equal(socket.inode, 4711);
    assert_int_equal(socket.uid, 33);
    assert_true(socket.has_info);
    assert_int_equal(socket.info.rtt_us, 20000);
    assert_int_equal(socket.info.rtt_variance_us, 5000);
    assert_int_equal(socket.info.cwnd_segments, 12);
}

static void every_state_has_its_name(void **state)
{
    static const uint8_t expected[] = {TRACK_UNKNOWN,      TRACK_ESTABLISHED, TRACK_SYN_SENT,
                                       TRACK_SYN_RECEIVED, TRACK_FIN_WAIT_1,  TRACK_FIN_WAIT_2,
                                       TRACK_TIME_WAIT,    TRACK_CLOSED,      TRACK_CLOSE_WAIT,
                                       TRACK_LAST_ACK,     TRACK_LISTEN,      TRACK_CLOSING,
                                       TRACK_SYN_RECEIVED};
    (void)state;
    for (unsigned number = 0; number < 256; number++) {
        struct datagram datagram = {.length = 0};
        struct track_kernel_socket socket;
        int error;
        put_socket(&datagram, SEQUENCE, 0);
        struct inet_diag_msg *message = (void *)(datagram.bytes + sizeof(struct nlmsghdr));
        message->idiag_state = (uint8_t)number;
        bool known = number > 0 && number < sizeof expected;
        assert_int_equal(read_datagram(&datagram, &socket, &error),
                         known ? KERNEL_REPLY_SOCKET : KERNEL_REPLY_NOTHING);
        assert_int_equal(socket.state, known ? expected[number] : TRACK_CLOSED);
    }
}

static void what_is_cut_off_is_not_read(void **state)
{
    (void)state;
    struct datagram whole = {.length = 0};
    size_t info = sizeof(struct nlattr) + sizeof(struct tcp_info);
    put_socket(&whole, SEQUENCE, info);
    put_info(&whole, sizeof(struct tcp_info));
    for (size_t length = 0; length < whole.length; length++) {
        char *copy = malloc(length > 0 ? length : 1); /* of just that length, for ASan */
        struct track_kernel_socket socket = {.state = TRACK_CLOSED};
        int error = 0;
        memcpy(copy, whole.bytes, length);
        assert_int_equal(kernel_reply_read(copy, length, SEQUENCE, &socket, &error),
                         KERNEL_REPLY_NOTHING);
        assert_int_equal(socket.state, TRACK_CLOSED);
        free(copy);
    }
}

/* The message is whole, its attribute says it is longer than that, or has too little. */
static void broken_attributes_are_left_out(void **state)
{
    static const uint16_t lengths[] = {0, 3, 4, 5, 60, 4000, 65535};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct datagram datagram = {.length = 0};
        struct track_kernel_socket socket;
        int error;
        put_socket(&datagram, SEQUENCE, sizeof(struct nlattr) + 64);
        size_t at = datagram.length;
        put_info(&datagram, 64);
        memcpy(datagram.bytes + at, &lengths[i], sizeof lengths[i]);
        assert_int_equal(read_datagram(&datagram, &socket, &error), KERNEL_REPLY_SOCKET);
        assert_int_equal(socket.state, TRACK_CLOSE_WAIT);
        assert_false(socket.has_info);
    }
}

static void a_length_beyond_all_ends_it(void **state)
{
    static const uint32_t lengths[] = {0, 15, 0x7fffffff, 0x80000010, 0xffffffff};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct datagram datagram = {.length = 0};
        struct track_kernel_socket socket;
        int error;
        put_socket(&datagram, SEQUENCE + 1, 0);
        memcpy(datagram.bytes, &lengths[i], sizeof lengths[i]);
        put_socket(&datagram, SEQUENCE, 0);
        assert_int_equal(read_datagram(&datagram, &socket, &error), KERNEL_REPLY_NOTHING);
    }
}

static void an_older_kernel_says_less(void **state)
{
    (void)state;
    struct datagram datagram = {.length = 0};
    struct track_kernel_socket socket;
    int error;
    size_t length = offsetof(struct tcp_info, tcpi_pacing_rate);
    put_socket(&datagram, SEQUENCE, sizeof(struct nlattr) + length);
    put_info(&datagram, length);
    assert_int_equal(read_datagram(&datagram, &socket, &error), KERNEL_REPLY_SOCKET);
    assert_true(socket.has_info);
    assert_int_equal(socket.info.cwnd_segments, 12);
    assert_int_equal(socket.info.delivery_rate, 0);
}

static void errors_have_their_number(void **state)
{
    static const struct {
        int sent, expected;
    } cases[] = {{-ENOENT, ENOENT}, {-EPERM, EPERM}, {0, EPROTO}, {5, EPROTO}, {INT32_MIN, EPROTO}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct datagram datagram = {.length = 0};
        struct track_kernel_socket socket;
        int error;
        const struct nlmsgerr message = {.error = cases[i].sent};
        put_header(&datagram, NLMSG_ERROR, SEQUENCE, sizeof message);
        put(&datagram, &message, sizeof message);
        assert_int_equal(read_datagram(&datagram, &socket, &error), KERNEL_REPLY_ERROR);
        assert_int_equal(error, cases[i].expected);
    }
    struct datagram brief = {.length = 0};
    struct track_kernel_socket socket;
    int error;
    put_header(&brief, NLMSG_ERROR, SEQUENCE, 0);
    assert_int_equal(read_datagram(&brief, &socket, &error), KERNEL_REPLY_ERROR);
    assert_int_equal(error, EPROTO);
}

static void the_end_of_a_list_may_be_an_error(void **state)
{
    (void)state;
    static const struct {
        int32_t result;
        enum kernel_reply expected;
    } cases[] = {{0, KERNEL_REPLY_DONE}, {-ENOENT, KERNEL_REPLY_ERROR}};
    for (size_t i = 0; i < 2; i++) {
        struct datagram datagram = {.length = 0};
        struct track_kernel_socket socket;
        int error;
        put_header(&datagram, NLMSG_DONE, SEQUENCE, sizeof cases[i].result);
        put(&datagram, &cases[i].result, sizeof cases[i].result);
        assert_int_equal(read_datagram(&datagram, &socket, &error), cases[i].expected);
        assert_int_equal(error, -cases[i].result);
    }
}

/* --- owners --- */

static char proc[] = "/tmp/tcpviz-proc-XXXXXX";

static void make_process(unsigned pid, const char *name, const char *const *links)
{
    char path[128], at[256];
    snprintf(path, sizeof path, "%s/%u", proc, pid);
    mkdir(path, 0700);
    snprintf(at, sizeof at, "%s/comm", path);
    FILE *file = fopen(at, "w");
    assert_non_null(file);
    fputs(name, file);
    fclose(file);
    snprintf(at, sizeof at, "%s/fd", path);
    mkdir(at, 0700);
    for (unsigned i = 0; links[i] != NULL; i++) {
        snprintf(at, sizeof at, "%s/fd/%u", path, i);
        assert_int_equal(symlink(links[i], at), 0);
    }
}

static int make_proc(void **state)
{
    static const char *const none[] = {NULL};
    static const char *const strange[] = {"socket:[]",    "socket:[12", "socket:[99999999999]",
                                          "socket:[1x]",  "pipe:[41]",  "/tmp/socket:[42]",
                                          "socket:[41]x", NULL};
    static const char *const some[] = {"/dev/null", "socket:[41]", "socket:[42]", NULL};
    static const char *const other[] = {"socket:[43]", NULL};
    (void)state;
    if (mkdtemp(proc) == NULL)
        return -1;
    make_process(1, "init\n", none);
    make_process(20, "strange\n", strange);
    make_process(300, "a name that is longer than it may be\n", some);
    make_process(301, "", other);
    return 0;
}

static int remove_proc(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", proc);
    return system(command);
}

static int64_t in_ms(int64_t ms)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + ms * 1000000;
}

/* Until all that is asked for is known, a minute at most. */
static void look(struct kernel_owners *owners)
{
    int64_t until_ns = in_ms(60000);
    while (kernel_owners_busy(owners) && in_ms(0) < until_ns)
        kernel_owners_turn(owners, in_ms(1));
    assert_false(kernel_owners_busy(owners));
}

static void owners_are_found(void **state)
{
    (void)state;
    struct kernel_owner owner;
    struct kernel_owners *owners = kernel_owners_open(proc);
    assert_non_null(owners);
    kernel_owners_find(owners, 41, &owner);
    assert_int_equal(owner.owner, TRACK_OWNER_NOT_KNOWN);
    kernel_owners_find(owners, 43, &owner);
    kernel_owners_find(owners, 12, &owner);
    look(owners);
    kernel_owners_find(owners, 41, &owner);
    assert_int_equal(owner.owner, TRACK_OWNER_PROCESS);
    assert_int_equal(owner.pid, 300);
    assert_string_equal(owner.process, "a name that is ");
    kernel_owners_find(owners, 43, &owner);
    assert_int_equal(owner.pid, 301);
    assert_string_equal(owner.process, "");
    kernel_owners_find(owners, 12, &owner);
    assert_int_equal(owner.owner, TRACK_OWNER_HIDDEN);
    assert_int_equal(kernel_owners_scans(owners), 1);
    kernel_owners_close(owners);
}

/* What is known costs no look; a new one begins only after a rest. */
static void looks_are_seldom(void **state)
{
    (void)state;
    struct kernel_owner owner;
    struct kernel_owners *owners = kernel_owners_open(proc);
    for (int i = 0; i < 1000; i++)
        kernel_owners_turn(owners, in_ms(1));
    assert_int_equal(kernel_owners_scans(owners), 0);
    kernel_owners_find(owners, 41, &owner);
    look(owners);
    int64_t began_ns = in_ms(0);
    uint64_t scans = kernel_owners_scans(owners);
    for (uint32_t inode = 1000; inode < 1020; inode++) {
        kernel_owners_find(owners, inode, &owner);
        kernel_owners_turn(owners, in_ms(1));
    }
    int64_t lasted_ns = in_ms(0) - began_ns;
    assert_true(kernel_owners_scans(owners) - scans <= (uint64_t)(lasted_ns / 200000000 + 1));
    kernel_owners_forget(owners, 41);
    kernel_owners_find(owners, 41, &owner);
    assert_int_equal(owner.owner, TRACK_OWNER_NOT_KNOWN);
    kernel_owners_close(owners);
    assert_null(kernel_owners_open("/nonexistent"));
}

static void this_host_has_its_addresses(void **state)
{
    (void)state;
    struct kernel_local local = KERNEL_LOCAL_INIT;
    const struct wire_endpoint here = {.address = {127, 9, 9, 9}, .port = 80, .family = 4};
    const struct wire_endpoint here_too = {.address = {[15] = 1}, .port = 80, .family = 6};
    const struct wire_endpoint documentation = {.address = {192, 0, 2, 1}, .family = 4};
    assert_true(kernel_local_has(&local, &here));
    assert_true(kernel_local_has(&local, &here_too));
    kernel_local_refresh(&local);
    kernel_local_refresh(&local);
    assert_true(kernel_local_has(&local, &here));
    assert_false(kernel_local_has(&local, &documentation));
    kernel_local_free(&local);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_answer_is_taken),
        cmocka_unit_test(every_state_has_its_name),
        cmocka_unit_test(what_is_cut_off_is_not_read),
        cmocka_unit_test(broken_attributes_are_left_out),
        cmocka_unit_test(a_length_beyond_all_ends_it),
        cmocka_unit_test(an_older_kernel_says_less),
        cmocka_unit_test(errors_have_their_number),
        cmocka_unit_test(the_end_of_a_list_may_be_an_error),
        cmocka_unit_test(owners_are_found),
        cmocka_unit_test(looks_are_seldom),
        cmocka_unit_test(this_host_has_its_addresses),
    };
    return cmocka_run_group_tests_name("kernel", tests, make_proc, remove_proc);
}
