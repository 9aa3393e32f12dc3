/* Builds captures and reads them back. */
#include "config.h"

#include "capture_files.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[64];
static char path_text[128];

void put_u8(struct bytes *bytes, unsigned value, size_t times)
{
    assert_true(bytes->length + times <= sizeof bytes->at);
    memset(bytes->at + bytes->length, (int)value, times);
    bytes->length += times;
}

void put_u16(struct bytes *bytes, unsigned value)
{
    put_u8(bytes, (bytes->big_endian ? value >> 8 : value) & 0xff, 1);
    put_u8(bytes, (bytes->big_endian ? value : value >> 8) & 0xff, 1);
}

void put_u32(struct bytes *bytes, uint32_t value)
{
    put_u16(bytes, bytes->big_endian ? value >> 16 : value & 0xffff);
    put_u16(bytes, bytes->big_endian ? value & 0xffff : value >> 16);
}

void put_data(struct bytes *bytes, const void *data, size_t length)
{
    assert_true(bytes->length + length <= sizeof bytes->at);
    if (length > 0)
        memcpy(bytes->at + bytes->length, data, length);
    bytes->length += length;
}

static void put_end(struct bytes *bytes, bool is_packet)
{
    assert_true(bytes->end_count < sizeof bytes->ends / sizeof bytes->ends[0]);
    bytes->ends[bytes->end_count].at = bytes->length;
    bytes->ends[bytes->end_count++].is_packet = is_packet;
}

void put_pcap_head(struct bytes *bytes, uint32_t magic, uint32_t link_type)
{
    put_u32(bytes, magic);
    put_u16(bytes, 2);
    put_u16(bytes, 4);
    put_u32(bytes, 0);
    put_u32(bytes, 0);
    put_u32(bytes, 100);
    put_u32(bytes, link_type);
    put_end(bytes, false);
}

void put_pcap_record(struct bytes *bytes, uint32_t seconds, uint32_t fraction, unsigned captured,
                     uint8_t fill)
{
    put_u32(bytes, seconds);
    put_u32(bytes, fraction);
    put_u32(bytes, captured);
    put_u32(bytes, captured + 1);
    put_u8(bytes, fill, captured);
    put_end(bytes, true);
}

void put_block(struct bytes *bytes, uint32_t type, const void *body, size_t length)
{
    size_t padded = (length + 3) & ~(size_t)3;
    put_u32(bytes, type);
    put_u32(bytes, (uint32_t)padded + 12);
    put_data(bytes, body, length);
    put_u8(bytes, 0, padded - length);
    put_u32(bytes, (uint32_t)padded + 12);
    put_end(bytes, type == 6 || type == 3 || type == 2);
}

void put_section(struct bytes *bytes)
{
    struct bytes body = {.big_endian = bytes->big_endian};
    put_u32(&body, 0x1a2b3c4d);
    put_u16(&body, 1);
    put_u16(&body, 0);
    put_u8(&body, 0xff, 8);
    put_block(bytes, 0x0a0d0d0a, body.at, body.length);
}

void put_interface(struct bytes *bytes, unsigned link_type, const void *options, size_t length)
{
    struct bytes body = {.big_endian = bytes->big_endian};
    put_u16(&body, link_type);
    put_u16(&body, 0);
    put_u32(&body, 0);
    put_data(&body, options, length);
    put_block(bytes, 1, body.at, body.length);
}

void put_enhanced(struct bytes *bytes, uint32_t interface, uint64_t ticks, unsigned captured,
                  uint8_t fill)
{
    struct bytes body = {.big_endian = bytes->big_endian};
    put_u32(&body, interface);
    put_u32(&body, (uint32_t)(ticks >> 32));
    put_u32(&body, (uint32_t)ticks);
    put_u32(&body, captured);
    put_u32(&body, captured + 1);
    put_u8(&body, fill, captured);
    put_block(bytes, 6, body.at, body.length);
}

void make_frame(uint8_t frame[FRAME_BYTES], uint32_t link_type, unsigned port)
{
    struct bytes bytes = {.big_endian = true};
    if (link_type == 1) {
        put_u8(&bytes, 2, 12);
        put_u16(&bytes, 0x0800);
    }
    put_u16(&bytes, 0x4500);
    put_u16(&bytes, 40);
    put_u32(&bytes, 0);
    put_u16(&bytes, 0x4006);
    put_u16(&bytes, 0);
    put_u32(&bytes, 0x0a000001);
    put_u32(&bytes, 0x0a000002);
    put_u16(&bytes, 1000);
    put_u16(&bytes, port);
    put_u32(&bytes, 1);
    put_u32(&bytes, 0);
    put_u16(&bytes, 0x5002);
    put_u8(&bytes, 0, FRAME_BYTES - bytes.length);
    memcpy(frame, bytes.at, FRAME_BYTES);
}

void keep_packet(void *context, const struct wire_packet *packet)
{
    struct result *result = context;
    if (result->count >= RESULT_PACKETS)
        return;
    unsigned n = result->count++;
    result->packets[n] = *packet;
    result->packets[n].data = NULL;
    if (packet->captured_bytes > 0) {
        result->first[n] = packet->data[0];
        result->last[n] = packet->data[packet->captured_bytes - 1];
    }
}

void read_capture(const char *path, const char *filter, struct result *result)
{
    memset(result, 0, sizeof *result);
    const struct capture_options options = {.filter = filter};
    struct capture_source *source = capture_open_file(path, &options, &result->error);
    if (source == NULL)
        return;
    result->opened = true;
    do
        result->status = capture_source_read(source, 3, keep_packet, result);
    while (result->status == CAPTURE_MORE);
    assert_int_equal(capture_source_read(source, 3, keep_packet, result), result->status);
    capture_source_stats(source, &result->stats);
    result->link_type = capture_source_link_type(source);
    result->sees_twice = capture_source_sees_twice(source);
    memcpy(result->error.text, capture_source_error(source), sizeof result->error.text);
    capture_source_close(source);
}

void read_bytes(const struct bytes *bytes, const char *filter, struct result *result)
{
    read_capture(temporary_file(bytes->at, bytes->length), filter, result);
}

const char *temporary_path(const char *name)
{
    snprintf(path_text, sizeof path_text, "%s/%s", directory, name);
    return path_text;
}

const char *temporary_file(const void *data, size_t length)
{
    const char *path = temporary_path("capture");
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    if (length > 0)
        assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    return path;
}

int make_temporary_directory(void **state)
{
    (void)state;
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || strlen(parent) > 40)
        parent = "/tmp";
    snprintf(directory, sizeof directory, "%s/tcpviz-XXXXXX", parent);
    return mkdtemp(directory) == NULL;
}

static unsigned each_file(bool remove_it)
{
    unsigned count = 0;
    DIR *dir = opendir(directory);
    assert_non_null(dir);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        if (entry->d_name[0] != '.') {
            count++;
            if (remove_it)
                unlinkat(dirfd(dir), entry->d_name, 0);
        }
    closedir(dir);
    return count;
}

unsigned files_in_temporary_directory(void)
{
    return each_file(false);
}

int remove_temporary_directory(void **state)
{
    (void)state;
    each_file(true);
    return rmdir(directory);
}
