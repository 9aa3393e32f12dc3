/* capture: what is saved can be read back, whatever happens on the way. */
#include "config.h"

#include "capture_files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define S 1000000000LL

static uint8_t data[262144];

static struct wire_packet packet_of(int64_t time_ns, uint32_t link_type, uint32_t captured)
{
    return (struct wire_packet){.time_ns = time_ns,
                                .link_type = link_type,
                                .captured_bytes = captured,
                                .wire_bytes = captured + 7,
                                .data = data};
}

/* What stood in the buffer before must not get into a file. */
static void assert_zero_padding(const char *path)
{
    uint8_t tail[8];
    int fd = open(path, O_RDONLY);
    assert_true(lseek(fd, -(off_t)sizeof tail, SEEK_END) > 0);
    assert_int_equal(read(fd, tail, sizeof tail), sizeof tail);
    close(fd);
    assert_memory_equal(tail + 1, "\0\0\0", 3);
}

static bool is_pcapng(const char *path)
{
    uint8_t magic[4] = {0};
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, magic, 4), 4);
    close(fd);
    return magic[0] == 0x0a;
}

static void write_packets(const char *path, const struct wire_packet *packets, unsigned count)
{
    struct capture_error error;
    struct capture_writer *writer = capture_writer_open(path, &error);
    assert_non_null(writer);
    for (unsigned i = 0; i < count; i++)
        assert_true(capture_writer_packet(writer, &packets[i]));
    assert_true(capture_writer_close(writer, &error));
}

static void assert_same(const struct result *result, const struct wire_packet *packets,
                        unsigned count)
{
    assert_int_equal(result->status, CAPTURE_END);
    assert_int_equal(result->count, count);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(result->packets[i].number, i + 1);
        assert_true(result->packets[i].time_ns == packets[i].time_ns);
        assert_int_equal(result->packets[i].link_type, packets[i].link_type);
        assert_int_equal(result->packets[i].captured_bytes, packets[i].captured_bytes);
        assert_int_equal(result->packets[i].wire_bytes, packets[i].wire_bytes);
    }
}

static void one_link_type_makes_pcap(void **state)
{
    (void)state;
    const struct wire_packet packets[] = {packet_of(1 * S + 1, 276, 61),
                                          packet_of(0xffffffffLL * S + 999999999, 276, 0),
                                          packet_of(0, 276, sizeof data)};
    char path[128];
    struct result result;
    snprintf(path, sizeof path, "%s", temporary_path("saved"));
    write_packets(path, packets, 3);
    assert_false(is_pcapng(path));
    read_capture(path, NULL, &result);
    assert_same(&result, packets, 3);
    write_packets(path, packets, 0);
    read_capture(path, NULL, &result);
    assert_same(&result, packets, 0);
    unlink(path);
}

/* Through a link, in a file with a mode of its own, after more than the buffer holds. */
static void a_second_link_type_makes_pcapng(void **state)
{
    (void)state;
    struct wire_packet packets[40];
    for (unsigned i = 0; i < 40; i++)
        packets[i] = packet_of(i * S + i, i == 30 || i == 35 ? 101 : 1, 50002 + i);
    char path[128], link[128];
    struct result result;
    snprintf(path, sizeof path, "%s", temporary_path("saved"));
    snprintf(link, sizeof link, "%s", temporary_path("link"));
    assert_int_equal(symlink("saved", link), 0);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(fchmod(fd, 0640), 0);
    close(fd);
    unsigned before = files_in_temporary_directory();
    write_packets(link, packets, 40);
    assert_int_equal(files_in_temporary_directory(), before);
    struct stat status;
    assert_int_equal(lstat(link, &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    assert_int_equal(lstat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0640);
    assert_true(is_pcapng(path));
    read_capture(path, NULL, &result);
    assert_same(&result, packets, 40);
    assert_zero_padding(path);
    unlink(link);
    unlink(path);
}

static void a_time_beyond_pcap_makes_pcapng(void **state)
{
    (void)state;
    const struct wire_packet packets[] = {packet_of(1 * S, 1, 4),
                                          packet_of(0x100000000LL * S, 1, 4)};
    char path[128];
    struct result result;
    snprintf(path, sizeof path, "%s", temporary_path("saved"));
    write_packets(path, packets, 2);
    assert_true(is_pcapng(path));
    read_capture(path, NULL, &result);
    assert_same(&result, packets, 2);
    write_packets(path, packets + 1, 1);
    read_capture(path, NULL, &result);
    assert_same(&result, packets + 1, 1);
    unlink(path);
}

static void what_cannot_be_rewritten_stays_sound(void **state)
{
    (void)state;
    char path[128];
    struct capture_error error;
    const struct wire_packet ethernet = packet_of(1 * S, 1, 4), raw = packet_of(1 * S, 101, 4);
    snprintf(path, sizeof path, "%s", temporary_path("below"));
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s", temporary_path("below/saved"));
    struct capture_writer *writer = capture_writer_open(path, &error);
    assert_non_null(writer);
    assert_true(capture_writer_packet(writer, &ethernet));
    assert_int_equal(rename(path, temporary_path("saved")), 0);
    assert_int_equal(rmdir(temporary_path("below")), 0);
    assert_false(capture_writer_packet(writer, &raw));
    assert_contains(capture_writer_error(writer), "cannot turn it into pcapng");
    assert_false(capture_writer_packet(writer, &ethernet));
    assert_false(capture_writer_pipe_closed(writer));
    assert_false(capture_writer_close(writer, &error));
    assert_contains(error.text, "No such file");
    struct result result;
    read_capture(temporary_path("saved"), NULL, &result);
    assert_same(&result, &ethernet, 1);
    unlink(temporary_path("saved"));
}

static void limit_file_size(rlim_t most, struct rlimit *saved)
{
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, saved), 0);
    const struct rlimit limit = {.rlim_cur = most, .rlim_max = saved->rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The same packets take more room as pcapng. */
static void a_disk_too_full_to_rewrite_leaves_pcap(void **state)
{
    (void)state;
    enum { COUNT = 30, LENGTH = 40000 };
    char path[128];
    struct capture_error error;
    struct rlimit saved;
    snprintf(path, sizeof path, "%s", temporary_path("saved"));
    unsigned before = files_in_temporary_directory();
    limit_file_size(24 + COUNT * (16 + LENGTH), &saved);
    struct capture_writer *writer = capture_writer_open(path, &error);
    struct wire_packet packets[COUNT + 1];
    for (unsigned i = 0; i <= COUNT; i++) {
        packets[i] = packet_of(i, i == COUNT ? 101 : 1, LENGTH);
        assert_int_equal(capture_writer_packet(writer, &packets[i]), i < COUNT);
    }
    assert_contains(capture_writer_error(writer), "cannot turn it into pcapng");
    assert_contains(capture_writer_error(writer), strerror(EFBIG));
    assert_false(capture_writer_close(writer, NULL));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
    assert_int_equal(files_in_temporary_directory(), before + 1);
    struct result result;
    read_capture(path, NULL, &result);
    assert_same(&result, packets, COUNT);
    unlink(path);
}

/* As when the disk is full: a limit that falls within a packet. */
static void a_full_disk_leaves_whole_packets(void **state)
{
    (void)state;
    enum { LIMIT = 1300001, LENGTH = 40000 };
    for (unsigned pcapng = 0; pcapng < 2; pcapng++) {
        char path[128];
        struct capture_error error;
        struct rlimit saved;
        snprintf(path, sizeof path, "%s", temporary_path("saved"));
        limit_file_size(LIMIT, &saved);
        struct capture_writer *writer = capture_writer_open(path, &error);
        struct wire_packet packet = packet_of(1 * S, 1, LENGTH);
        bool ok = true;
        for (unsigned i = 0; i < 60 && ok; i++) {
            packet.link_type = i == 0 && pcapng == 1 ? 101 : 1;
            ok = capture_writer_packet(writer, &packet);
        }
        assert_false(ok);
        assert_contains(capture_writer_error(writer), strerror(EFBIG));
        assert_false(capture_writer_flush(writer));
        assert_false(capture_writer_close(writer, NULL));
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &saved), 0);
        struct result result;
        assert_int_equal(is_pcapng(path), pcapng);
        read_capture(path, NULL, &result);
        assert_string_equal(result.error.text, "");
        assert_int_equal(result.status, CAPTURE_END);
        assert_int_equal(result.count, LIMIT / (LENGTH + 32));
        unlink(path);
    }
}

static void a_pipe_gets_pcapng(void **state)
{
    (void)state;
    char path[128];
    struct capture_error error;
    struct result result = {0};
    const struct wire_packet packets[] = {packet_of(1 * S + 5, 1, 4), packet_of(2 * S, 101, 5)};
    snprintf(path, sizeof path, "%s", temporary_path("fifo"));
    assert_int_equal(mkfifo(path, 0600), 0);
    struct capture_source *source = capture_open_file(path, NULL, &error);
    struct capture_writer *writer = capture_writer_open(path, &error);
    assert_non_null(writer);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(capture_writer_packet(writer, &packets[i]));
        assert_true(capture_writer_flush(writer));
        assert_int_equal(capture_source_read(source, 9, keep_packet, &result), CAPTURE_WAIT);
        assert_int_equal(result.count, i + 1);
    }
    result.status = CAPTURE_END;
    assert_same(&result, packets, 2);
    capture_source_close(source);
    signal(SIGPIPE, SIG_IGN);
    assert_true(capture_writer_packet(writer, &packets[0]));
    assert_false(capture_writer_flush(writer));
    assert_true(capture_writer_pipe_closed(writer));
    assert_false(capture_writer_close(writer, &error));
    unlink(path);
}

static void failures_have_their_reason(void **state)
{
    (void)state;
    struct capture_error error;
    assert_null(capture_writer_open("/nowhere/x.pcap", &error));
    assert_string_equal(error.text, "/nowhere/x.pcap: No such file or directory");
    assert_null(capture_writer_open("/", &error));
    struct capture_writer *writer = capture_writer_open("/dev/full", &error);
    assert_non_null(writer);
    const struct wire_packet packet = packet_of(1, 1, 4);
    assert_true(capture_writer_packet(writer, &packet)); /* in the buffer */
    assert_false(capture_writer_close(writer, &error));
    assert_string_equal(error.text, "/dev/full: No space left on device");
}

int main(void)
{
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i * 7);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_link_type_makes_pcap),
        cmocka_unit_test(a_second_link_type_makes_pcapng),
        cmocka_unit_test(a_time_beyond_pcap_makes_pcapng),
        cmocka_unit_test(what_cannot_be_rewritten_stays_sound),
        cmocka_unit_test(a_disk_too_full_to_rewrite_leaves_pcap),
        cmocka_unit_test(a_full_disk_leaves_whole_packets),
        cmocka_unit_test(a_pipe_gets_pcapng),
        cmocka_unit_test(failures_have_their_reason),
    };
    return cmocka_run_group_tests_name("capture writer", tests, make_temporary_directory,
                                       remove_temporary_directory);
}
