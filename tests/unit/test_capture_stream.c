/* capture: pipes that grow, standard input, compression. */
#include "config.h"

#include "capture_files.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/stream.h"

#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif
#ifdef HAVE_LZ4
#include <lz4frame.h>
#endif

static void put_capture(struct bytes *file, bool pcapng)
{
    if (!pcapng) {
        put_pcap_head(file, 0xa1b2c3d4, 113);
        put_pcap_record(file, 1, 0, 10, 1);
        put_pcap_record(file, 2, 0, 20, 2);
        put_pcap_record(file, 3, 0, 1, 3);
        return;
    }
    put_section(file);
    put_interface(file, 113, NULL, 0);
    put_enhanced(file, 0, 1, 10, 1);
    put_block(file, 0xbad, "skipped as it comes", 19);
    put_enhanced(file, 0, 2, 20, 2);
    put_enhanced(file, 0, 3, 1, 3);
}

static bool is_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) > 0;
}

/* Feeds a FIFO byte by byte: each packet must come with its last byte. */
static void feed_slowly(const struct bytes *file)
{
    struct result result = {0};
    const char *path = temporary_path("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    struct capture_source *source = capture_open_file(path, NULL, &result.error);
    assert_non_null(source);
    assert_true(capture_source_is_live(source));
    assert_true(capture_source_link_type(source) == CAPTURE_LINK_TYPE_UNKNOWN);
    int fd = capture_source_fd(source);
    assert_int_equal(capture_source_read(source, 9, keep_packet, &result), CAPTURE_WAIT);
    assert_false(is_readable(fd)); /* no writer yet is not the end */
    int writer = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(writer >= 0);
    unsigned expected = 0, end = 0;
    for (size_t i = 0; i < file->length; i++) {
        assert_int_equal(capture_source_read(source, 9, keep_packet, &result), CAPTURE_WAIT);
        assert_int_equal(write(writer, file->at + i, 1), 1);
        assert_true(is_readable(fd));
        assert_int_equal(capture_source_read(source, 9, keep_packet, &result), CAPTURE_WAIT);
        if (i + 1 == file->ends[end].at)
            expected += file->ends[end++].is_packet;
        assert_int_equal(result.count, expected);
    }
    assert_int_equal(result.count, 3);
    assert_true(capture_source_sees_twice(source));
    close(writer);
    assert_true(is_readable(fd));
    assert_int_equal(capture_source_read(source, 9, keep_packet, &result), CAPTURE_END);
    capture_source_close(source);
    unlink(temporary_path("fifo"));
}

static void a_pipe_shows_packets_as_they_come(void **state)
{
    (void)state;
    struct bytes pcap = {0}, pcapng = {0};
    put_capture(&pcap, false);
    feed_slowly(&pcap);
    put_capture(&pcapng, true);
    feed_slowly(&pcapng);
}

/* Runs with fd as standard input; returns the source's status at the end. */
static void read_standard_input(int fd, bool live, struct result *result)
{
    int saved = dup(STDIN_FILENO);
    assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    memset(result, 0, sizeof *result);
    struct capture_source *source = capture_open_file("-", NULL, &result->error);
    assert_non_null(source);
    assert_string_equal(capture_source_name(source), "standard input");
    assert_int_equal(capture_source_is_live(source), live);
    assert_int_equal(capture_source_fd(source), live ? STDIN_FILENO : -1);
    do
        result->status = capture_source_read(source, 2, keep_packet, result);
    while (result->status == CAPTURE_MORE);
    result->error.text[0] = '\0';
    strncat(result->error.text, capture_source_error(source), sizeof result->error.text - 1);
    capture_source_stats(source, &result->stats);
    capture_source_close(source);
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* not ours to close */
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
}

static int pipe_with(const void *data, size_t length)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], data, length), length);
    close(ends[1]);
    return ends[0];
}

static void standard_input_is_a_pipe_or_a_file(void **state)
{
    (void)state;
    struct bytes file = {0};
    struct result result;
    put_u32(&file, 0); /* read by someone before us */
    put_capture(&file, true);
    read_standard_input(pipe_with(file.at + 4, file.length - 4), true, &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 3);
    int fd = open(temporary_file(file.at, file.length), O_RDONLY);
    assert_int_equal(lseek(fd, 4, SEEK_SET), 4);
    read_standard_input(fd, false, &result);
    assert_int_equal(result.status, CAPTURE_END);
    assert_int_equal(result.count, 3);
    assert_int_equal(result.stats.bytes_total, file.length - 4);
    assert_int_equal(result.stats.bytes_read, file.length - 4);
}

static void bad_input_on_a_pipe_is_told_when_it_comes(void **state)
{
    (void)state;
    struct result result;
    read_standard_input(pipe_with("", 0), true, &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_contains(result.error.text, "standard input: it ended without a byte");
    read_standard_input(pipe_with("hello\n", 6), true, &result);
    assert_contains(result.error.text, "standard input: it is text");
    read_standard_input(pipe_with("BZh91AY&SY", 10), true, &result);
    assert_contains(result.error.text, "... | bzip2 -dc | tcpviz -r -");
    struct bytes file = {0};
    put_capture(&file, false);
    read_standard_input(pipe_with(file.at, file.length - 1), true, &result);
    assert_int_equal(result.status, CAPTURE_ERROR);
    assert_int_equal(result.count, 2);
    assert_contains(result.error.text, ", after packet 2");
}

/* Compression: each function appends whole compressed data to *out. */
typedef void compress_fn(struct bytes *out, const uint8_t *data, size_t length);

#ifdef HAVE_ZLIB
static void compress_gzip(struct bytes *out, const uint8_t *data, size_t length)
{
    z_stream z = {0};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)data;
    z.avail_in = (uInt)length;
    z.next_out = out->at + out->length;
    z.avail_out = (uInt)(sizeof out->at - out->length);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->length = (size_t)(z.next_out - out->at);
    deflateEnd(&z);
}
#else
#define compress_gzip NULL
#endif

#ifdef HAVE_ZSTD
static void compress_zstd(struct bytes *out, const uint8_t *data, size_t length)
{
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    size_t n =
        ZSTD_compress2(context, out->at + out->length, sizeof out->at - out->length, data, length);
    assert_false(ZSTD_isError(n));
    out->length += n;
    ZSTD_freeCCtx(context);
}
#else
#define compress_zstd NULL
#endif

#ifdef HAVE_LZMA
static void compress_xz(struct bytes *out, const uint8_t *data, size_t length)
{
    size_t at = out->length;
    assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, data, length, out->at, &at,
                                             sizeof out->at),
                     LZMA_OK);
    out->length = at;
}
#else
#define compress_xz NULL
#endif

#ifdef HAVE_LZ4
static void compress_lz4(struct bytes *out, const uint8_t *data, size_t length)
{
    const LZ4F_preferences_t preferences = {
        .frameInfo = {.contentChecksumFlag = LZ4F_contentChecksumEnabled}};
    size_t n = LZ4F_compressFrame(out->at + out->length, sizeof out->at - out->length, data, length,
                                  &preferences);
    assert_false(LZ4F_isError(n));
    out->length += n;
}
#else
#define compress_lz4 NULL
#endif

static const struct {
    const char *name;
    compress_fn *compress;
    const char *magic;
} formats[] = {
    {"gzip", compress_gzip, "\x1f\x8b......"},
    {"zstd", compress_zstd, "\x28\xb5\x2f\xfd...."},
    {"xz", compress_xz, "\xfd\x37zXZ\0.."},
    {"lz4", compress_lz4, "\x04\x22\x4d\x18...."},
};
#define FORMATS (sizeof formats / sizeof formats[0])

/* In two parts, as cat(1) joins them. */
static void compress_in_parts(unsigned format, const struct bytes *plain, struct bytes *out)
{
    size_t half = plain->length / 2;
    formats[format].compress(out, plain->at, half);
    formats[format].compress(out, plain->at + half, plain->length - half);
}

static void compressed_captures_are_read(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        struct bytes plain = {0}, file = {0};
        struct result result;
        put_capture(&plain, i % 2 == 0);
        if (formats[i].compress == NULL) {
            read_capture(temporary_file(formats[i].magic, 8), NULL, &result);
            assert_contains(result.error.text, "this tcpviz was built without");
            continue;
        }
        compress_in_parts(i, &plain, &file);
        read_bytes(&file, NULL, &result);
        assert_string_equal(result.error.text, "");
        assert_int_equal(result.status, CAPTURE_END);
        assert_int_equal(result.count, 3);
        assert_int_equal(result.last[1], 2);
        assert_int_equal(result.stats.bytes_read, file.length);
        read_standard_input(pipe_with(file.at, file.length), true, &result);
        assert_int_equal(result.status, CAPTURE_END);
        assert_int_equal(result.count, 3);
    }
}

static void cut_compressed_captures_end_in_an_error(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        struct bytes plain = {0}, whole = {0};
        if (formats[i].compress == NULL)
            continue;
        put_capture(&plain, false);
        formats[i].compress(&whole, plain.at, plain.length);
        unsigned most = 0;
        for (size_t cut = 8; cut < whole.length; cut++) {
            struct bytes file = whole;
            struct result result;
            file.length = cut;
            read_bytes(&file, NULL, &result);
            assert_true(!result.opened || result.status == CAPTURE_ERROR);
            assert_contains(result.error.text, "truncated: the ");
            assert_contains(result.error.text, formats[i].name);
            most = result.count > most ? result.count : most;
        }
        assert_int_equal(most, 3); /* only the checksum is missing */
    }
}

static void damaged_compressed_captures_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FORMATS; i++) {
        struct bytes plain = {0}, whole = {0};
        if (formats[i].compress == NULL)
            continue;
        put_capture(&plain, false);
        formats[i].compress(&whole, plain.at, plain.length);
        unsigned told = 0;
        for (size_t at = 0; at < whole.length; at++) {
            struct bytes file = whole;
            struct result result;
            file.at[at] ^= 0x55;
            read_bytes(&file, NULL, &result);
            bool failed = !result.opened || result.status == CAPTURE_ERROR;
            assert_int_equal(failed, result.error.text[0] != '\0');
            told += strstr(result.error.text, "damaged") != NULL;
        }
        assert_true(told > whole.length / 2);
        put_data(&whole, "garbage", 7);
        struct result result;
        read_bytes(&whole, NULL, &result);
        assert_int_equal(result.count, 3);
        assert_int_equal(result.status, CAPTURE_ERROR);
    }
}

/* How many bytes come out of a quiet pipe, into so much room at a time. */
static size_t drain_quiet_pipe(const struct bytes *file, size_t length, size_t room)
{
    static uint8_t bytes[16384];
    struct capture_error error;
    const char *path = temporary_path("fifo");
    assert_int_equal(mkfifo(path, 0600), 0);
    struct capture_stream *stream = capture_stream_open(path, &error);
    int writer = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(write(writer, file->at, length), length);
    size_t got, sum = 0;
    enum capture_stream_result result;
    while ((result = capture_stream_read(stream, bytes, room, &got)) == CAPTURE_STREAM_BYTES)
        sum += got;
    assert_int_equal(result, CAPTURE_STREAM_WAIT);
    close(writer);
    capture_stream_close(stream);
    unlink(path);
    return sum;
}

/* A codec may hold output when its input is used up: it must come while the pipe is quiet. */
static void nothing_stays_behind_in_a_codec(void **state)
{
    (void)state;
    static uint8_t plain[12000];
    for (unsigned i = 0; i < FORMATS; i++) {
        if (formats[i].compress == NULL)
            continue;
        struct bytes file = {0};
        formats[i].compress(&file, plain, sizeof plain);
        assert_int_equal(drain_quiet_pipe(&file, file.length, 7), sizeof plain);
        for (size_t cut = 8; cut < file.length; cut++)
            assert_int_equal(drain_quiet_pipe(&file, cut, 7),
                             drain_quiet_pipe(&file, cut, sizeof plain));
    }
}

enum { BIG_PACKETS = 40, BIG_LENGTH = 200000 };

static uint8_t *make_big_capture(size_t *length)
{
    *length = 24 + BIG_PACKETS * (16 + (size_t)BIG_LENGTH);
    uint8_t *plain = calloc(1, *length);
    struct bytes head = {0}, record = {0};
    put_pcap_head(&head, 0xa1b2c3d4, 1);
    memcpy(plain, head.at, head.length);
    put_u32(&record, 0);
    put_u32(&record, 0);
    put_u32(&record, BIG_LENGTH);
    put_u32(&record, BIG_LENGTH);
    for (unsigned i = 0; i < BIG_PACKETS; i++)
        memcpy(plain + 24 + i * (16 + (size_t)BIG_LENGTH), record.at, record.length);
    return plain;
}

/* More comes out than any buffer holds, from few bytes in, and all of it before the pipe ends. */
static void what_is_inside_may_be_large(void **state)
{
    (void)state;
    size_t length;
    uint8_t *plain = make_big_capture(&length);
    for (unsigned i = 0; i < 3; i++) { /* lz4 needs more than one of struct bytes */
        if (formats[i].compress == NULL)
            continue;
        struct bytes file = {0};
        struct result result = {0};
        formats[i].compress(&file, plain, length);
        const char *path = temporary_path("fifo");
        assert_int_equal(mkfifo(path, 0600), 0);
        struct capture_source *source = capture_open_file(path, NULL, &result.error);
        int writer = open(path, O_WRONLY | O_CLOEXEC);
        assert_int_equal(write(writer, file.at, file.length), file.length);
        do
            result.status = capture_source_read(source, 9, keep_packet, &result);
        while (result.status == CAPTURE_MORE);
        assert_int_equal(result.status, CAPTURE_WAIT);
        assert_int_equal(result.count, BIG_PACKETS);
        assert_int_equal(result.packets[BIG_PACKETS - 1].captured_bytes, BIG_LENGTH);
        close(writer);
        assert_int_equal(capture_source_read(source, 9, keep_packet, &result), CAPTURE_END);
        capture_source_close(source);
        unlink(path);
    }
    free(plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_shows_packets_as_they_come),
        cmocka_unit_test(standard_input_is_a_pipe_or_a_file),
        cmocka_unit_test(bad_input_on_a_pipe_is_told_when_it_comes),
        cmocka_unit_test(compressed_captures_are_read),
        cmocka_unit_test(cut_compressed_captures_end_in_an_error),
        cmocka_unit_test(damaged_compressed_captures_end),
        cmocka_unit_test(nothing_stays_behind_in_a_codec),
        cmocka_unit_test(what_is_inside_may_be_large),
    };
    return cmocka_run_group_tests_name("capture stream", tests, make_temporary_directory,
                                       remove_temporary_directory);
}
