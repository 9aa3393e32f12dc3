/* Every capture cut at every byte up to 4 KB, and with every one of these bytes flipped once, as
 * pcap and as pcapng: read to the end, decoded and tracked, it must end as it should. */
#include "config.h"

#include "capture_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "track/tracker.h"
#include "wire/decode.h"

#define LIMIT 4096
#define MAX_CAPTURES 400
/* With sanitizers every byte would take minutes. */
#ifdef GUARD_SANITIZED
#define STEP 11
#else
#define STEP 1
#endif

static char *names[MAX_CAPTURES];
static size_t name_count;

static int find_captures(void **state)
{
    DIR *directory = opendir(TESTS_DIR "/../captures");
    if (directory == NULL)
        return -1;
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        size_t length = strlen(entry->d_name);
        if (length > 5 && strcmp(entry->d_name + length - 5, ".pcap") == 0 &&
            name_count < MAX_CAPTURES) {
            char path[512];
            snprintf(path, sizeof path, "%s/../captures/%s", TESTS_DIR, entry->d_name);
            names[name_count++] = strdup(path);
        }
    }
    closedir(directory);
    /* else each file's buffers are mapped anew */
    mallopt(M_MMAP_THRESHOLD, 1 << 26);
    mallopt(M_TRIM_THRESHOLD, 1 << 26);
    return make_temporary_directory(state);
}

static int forget_captures(void **state)
{
    for (size_t i = 0; i < name_count; i++)
        free(names[i]);
    return remove_temporary_directory(state);
}

/* --- one file --- */

struct reader {
    struct wire_decoder *decoder;
    struct tracker *tracker;
    unsigned packets;
};

static void take_packet(void *context, const struct wire_packet *packet)
{
    struct reader *reader = context;
    struct wire_result result;
    reader->packets++;
    assert_true(packet->captured_bytes <= packet->wire_bytes);
    wire_decode(reader->decoder, packet, &result);
    if (result.verdict == WIRE_SEGMENT)
        tracker_segment(reader->tracker, &result.segment);
    else if (result.verdict == WIRE_ICMP_ERROR)
        tracker_icmp_error(reader->tracker, &result.icmp);
}

/* How it ended: CAPTURE_ERROR also if it could not be opened. */
static enum capture_status read_file(const char *path, unsigned *packets)
{
    static const struct wire_decoder_options decoder_options;
    static const struct tracker_options tracker_options = {.msl_ns = 30000000000,
                                                           .max_connections = 8};
    static const struct track_observer nobody;
    struct capture_error error = {.text = ""};
    struct capture_source *source = capture_open_file(path, NULL, &error);
    *packets = 0;
    if (source == NULL) {
        assert_true(error.text[0] != '\0');
        return CAPTURE_ERROR;
    }
    struct reader reader = {wire_decoder_new(&decoder_options),
                            tracker_new(&tracker_options, &nobody, NULL), 0};
    enum capture_status status;
    unsigned turns = 0;
    do {
        status = capture_source_read(source, 1000, take_packet, &reader);
        assert_true(++turns < 100); /* a file of some KB does not go on for ever */
    } while (status == CAPTURE_MORE);
    assert_true(status == CAPTURE_END || capture_source_error(source)[0] != '\0');
    tracker_finish(reader.tracker);
    tracker_free(reader.tracker);
    wire_decoder_free(reader.decoder);
    capture_source_close(source);
    *packets = reader.packets;
    return status;
}

static size_t size_of(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    return size < LIMIT ? (size_t)size : LIMIT;
}

/* Shorter by a byte each time: fewer packets, never more, and an error unless the cut is between
 * two of them. */
static void cut(int fd, const char *path, bool is_pcap)
{
    unsigned before, packets;
    enum capture_status above = CAPTURE_END;
    assert_int_equal(read_file(path, &before), CAPTURE_END);
    assert_true(before > 0);
    if (lseek(fd, 0, SEEK_END) > LIMIT) {
        assert_int_equal(ftruncate(fd, LIMIT), 0);
        above = read_file(path, &before);
    }
    for (size_t size = size_of(fd); size-- > 0;) {
        if (size % STEP != 0 && size > 64)
            continue;
        assert_int_equal(ftruncate(fd, (off_t)size), 0);
        enum capture_status status = read_file(path, &packets);
        if (packets > before)
            fail_msg("%s cut at %zu: %u packets, %u before", path, size, packets, before);
        /* a cut at the end of a packet, which the packet above it then lacks, is no error */
        if (is_pcap && STEP == 1 && size >= 24) {
            if (above == CAPTURE_END && packets == before)
                fail_msg("%s cut at %zu: lost nothing of a whole packet", path, size);
            if (status == CAPTURE_END && size > 24 && packets == 0)
                fail_msg("%s cut at %zu: no error", path, size);
        }
        above = status;
        if (size < 24)
            assert_int_equal(status, CAPTURE_ERROR);
        before = packets;
    }
    assert_int_equal(before, 0);
}

static void flip(int fd, const char *path)
{
    size_t size = size_of(fd);
    unsigned packets;
    for (size_t at = 0; at < size; at++) {
        uint8_t was, is;
        if (at % STEP != 0 && at > 64)
            continue;
        assert_int_equal(pread(fd, &was, 1, (off_t)at), 1);
        /* a whole byte, or a bit of it */
        is = was ^ (at % 2 == 0 ? 0xff : (uint8_t)(1u << at / 2 % 8));
        assert_int_equal(pwrite(fd, &is, 1, (off_t)at), 1);
        read_file(path, &packets);
        assert_int_equal(pwrite(fd, &was, 1, (off_t)at), 1);
    }
}

/* --- all of them --- */

static void write_packet(void *context, const struct wire_packet *packet)
{
    assert_true(capture_writer_packet(context, packet));
}

/* A copy, as pcap or, by its name, as pcapng; open for reading and writing. */
static int copy(const char *name, const char *path)
{
    struct capture_error error;
    struct capture_source *source = capture_open_file(name, NULL, &error);
    struct capture_writer *writer = capture_writer_open(path, &error);
    assert_non_null(source);
    assert_non_null(writer);
    while (capture_source_read(source, 1000, write_packet, writer) == CAPTURE_MORE)
        continue;
    capture_source_close(source);
    assert_true(capture_writer_close(writer, &error));
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void each(const char *copy_name, bool flipped)
{
    bool is_pcap = strcmp(copy_name, "copy.pcap") == 0;
    assert_true(name_count > 10);
    for (size_t i = 0; i < name_count; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s", temporary_path(copy_name));
        int fd = copy(names[i], path);
        if (flipped)
            flip(fd, path);
        else
            cut(fd, path, is_pcap);
        close(fd);
        unlink(path);
    }
}

static void a_pcap_is_cut(void **state)
{
    (void)state;
    each("copy.pcap", false);
}

static void a_pcap_is_flipped(void **state)
{
    (void)state;
    each("copy.pcap", true);
}

static void a_pcapng_is_cut(void **state)
{
    (void)state;
    each("copy.pcapng", false);
}

static void a_pcapng_is_flipped(void **state)
{
    (void)state;
    each("copy.pcapng", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pcap_is_cut),
        cmocka_unit_test(a_pcap_is_flipped),
        cmocka_unit_test(a_pcapng_is_cut),
        cmocka_unit_test(a_pcapng_is_flipped),
    };
    return cmocka_run_group_tests_name("hostile captures", tests, find_captures, forget_captures);
}
