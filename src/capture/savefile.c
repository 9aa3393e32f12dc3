/* The source that is a file or a pipe: window, interfaces, filter; pcap.c and pcapng.c know the
 * formats. */
#include "config.h"

#include "capture/savefile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"

/* Blocks that may stand before a pcapng file's first interface when it is opened. */
#define MAX_LEADING_BLOCKS 1000

static void make_room(struct savefile *file)
{
    if (file->start > 0) {
        memmove(file->bytes, file->bytes + file->start, savefile_have(file));
        file->end -= file->start;
        file->start = 0;
    }
    if (file->capacity - file->end >= CAPTURE_STREAM_PIECE / 2)
        return;
    /* Doubling as bytes come, so a length that lies costs no more memory than the file has. */
    file->capacity *= 2;
    file->bytes = base_realloc(file->bytes, file->capacity, 1);
}

enum savefile_result savefile_fill(struct savefile *file, size_t n)
{
    while (savefile_have(file) < n) {
        make_room(file);
        size_t got;
        switch (capture_stream_read(file->stream, file->bytes + file->end,
                                    file->capacity - file->end, &got)) {
        case CAPTURE_STREAM_BYTES:
            file->end += got;
            break;
        case CAPTURE_STREAM_WAIT:
            return SAVEFILE_WAIT;
        case CAPTURE_STREAM_END:
            return SAVEFILE_END;
        case CAPTURE_STREAM_ERROR:
            return savefile_break(file, "%s", capture_stream_error(file->stream));
        }
    }
    return SAVEFILE_OTHER;
}

enum savefile_result savefile_break(struct savefile *file, const char *format, ...)
{
    char what[320];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    if (file->number == 0)
        capture_error_set(&file->source.error, "%s: %s", file->source.name, what);
    else
        capture_error_set(&file->source.error, _("%s: %s, after packet %llu"), file->source.name,
                          what, (unsigned long long)file->number);
    return SAVEFILE_ERROR;
}

static const char *of_what(const struct savefile *file)
{
    return capture_stream_is_compressed(file->stream) ? _(" of the decompressed data") : "";
}

enum savefile_result savefile_truncated(struct savefile *file)
{
    unsigned long long end = file->offset + savefile_have(file);
    if (file->number == 0)
        return savefile_break(file, _("truncated at byte %llu%s, before the first packet is whole"),
                              end, of_what(file));
    return savefile_break(file, _("truncated at byte %llu%s"), end, of_what(file));
}

enum savefile_result savefile_flaw(struct savefile *file, const char *format, ...)
{
    if (file->flawed_packets++ == 0) {
        int n = snprintf(file->flaw, sizeof file->flaw, _("damaged at byte %llu%s: packet %llu "),
                         (unsigned long long)file->offset, of_what(file),
                         (unsigned long long)file->number);
        va_list args;
        va_start(args, format);
        vsnprintf(file->flaw + n, sizeof file->flaw - (size_t)n, format, args);
        va_end(args);
    }
    return SAVEFILE_OTHER;
}

struct savefile_interface *savefile_add_interface(struct savefile *file)
{
    if (file->interface_count == file->interface_capacity) {
        file->interface_capacity = file->interface_capacity * 2 + 4;
        file->interfaces =
            base_realloc(file->interfaces, file->interface_capacity, sizeof *file->interfaces);
    }
    struct savefile_interface *interface = &file->interfaces[file->interface_count++];
    *interface = (struct savefile_interface){.filter_slot = -1, .time_unit = 6};
    return interface;
}

static enum savefile_result not_a_capture(struct savefile *file)
{
    const uint8_t *p = savefile_at(file);
    size_t n = savefile_have(file), i = 0;
    while (i < n && i < 64 && (p[i] >= ' ' || (p[i] >= '\t' && p[i] <= '\r')) && p[i] != 0x7f)
        i++;
    if (i == (n < 64 ? n : 64))
        return savefile_break(file,
                              _("it is text, not a capture (pcap or pcapng, as tcpdump -w and "
                                "Wireshark write)"));
    return savefile_break(file, _("not a pcap or pcapng capture; Wireshark's editcap converts many "
                                  "other kinds"));
}

/* The first "record": tells the formats apart by their first bytes. */
static enum savefile_result detect_format(struct savefile *file, struct wire_packet *packet)
{
    (void)packet;
    enum savefile_result result = savefile_need(file, 12);
    if (result != SAVEFILE_OTHER && result != SAVEFILE_END)
        return result;
    size_t have = savefile_have(file);
    if (have == 0)
        return savefile_break(file, "%s",
                              file->offset == 0 && capture_stream_fd(file->stream) < 0
                                  ? _("the file is empty (tcpdump -U writes each packet "
                                      "at once)")
                                  : _("it ended without a byte"));
    const uint8_t *p = savefile_at(file);
    if (have >= 4 && savefile_is_pcap(p))
        return savefile_pcap_start(file);
    if (have >= 4 && savefile_is_pcapng(p)) {
        file->next = savefile_pcapng_next;
        return SAVEFILE_OTHER;
    }
    return not_a_capture(file);
}

static bool passes(struct savefile *file, const struct wire_packet *packet,
                   enum savefile_result *result)
{
    if (file->filter == NULL)
        return true;
    struct savefile_interface *interface = &file->interfaces[packet->interface];
    if (interface->filter_slot < 0) {
        struct capture_error error;
        interface->filter_slot = capture_filter_slot(file->filter, interface->link_type, &error);
        if (interface->filter_slot < 0) {
            capture_error_set(&file->source.error, "%.*s", (int)sizeof error.text - 1, error.text);
            *result = SAVEFILE_ERROR;
            return false;
        }
    }
    return capture_filter_passes(file->filter, interface->filter_slot, packet);
}

static enum capture_status file_end(struct savefile *file)
{
    if (file->flawed_packets == 0)
        return CAPTURE_END;
    capture_error_set(&file->source.error, _("%s: %s; %llu of %llu packets lost"),
                      file->source.name, file->flaw, (unsigned long long)file->flawed_packets,
                      (unsigned long long)file->number);
    return CAPTURE_ERROR;
}

static enum capture_status file_read(struct capture_source *source, unsigned max,
                                     capture_packet_fn *deliver, void *context)
{
    struct savefile *file = (struct savefile *)source;
    for (unsigned i = 0; i < max; i++) {
        struct wire_packet packet;
        enum savefile_result result = file->next(file, &packet);
        if (result == SAVEFILE_PACKET && passes(file, &packet, &result)) {
            source->delivered++;
            deliver(context, &packet);
        }
        switch (result) {
        case SAVEFILE_PACKET:
        case SAVEFILE_OTHER:
            break;
        case SAVEFILE_WAIT:
            return CAPTURE_WAIT;
        case SAVEFILE_END:
            return file_end(file);
        case SAVEFILE_ERROR:
            return CAPTURE_ERROR;
        }
    }
    return CAPTURE_MORE;
}

static int file_fd(const struct capture_source *source)
{
    return capture_stream_fd(((const struct savefile *)source)->stream);
}

static bool file_is_live(const struct capture_source *source)
{
    return file_fd(source) >= 0;
}

static uint32_t file_link_type(const struct capture_source *source)
{
    const struct savefile *file = (const struct savefile *)source;
    return file->interface_count > 0 ? file->interfaces[0].link_type : CAPTURE_LINK_TYPE_UNKNOWN;
}

static void file_stats(struct capture_source *source, struct capture_stats *out)
{
    const struct savefile *file = (const struct savefile *)source;
    for (uint32_t i = 0; i < file->interface_count; i++) {
        const struct savefile_interface *interface = &file->interfaces[i];
        /* Both count the same losses. */
        out->kernel_dropped += interface->kernel_drops > interface->lost_packets
                                   ? interface->kernel_drops
                                   : interface->lost_packets;
        out->interface_dropped += interface->interface_drops;
    }
    capture_stream_progress(file->stream, &out->bytes_read, &out->bytes_total);
}

static void file_close(struct capture_source *source)
{
    struct savefile *file = (struct savefile *)source;
    capture_stream_close(file->stream);
    if (file->filter_is_ours)
        capture_filter_free(file->filter);
    free(file->interfaces);
    free(file->bytes);
    free(file->source.name);
    free(file);
}

static const struct capture_ops file_ops = {
    .read = file_read,
    .fd = file_fd,
    .is_live = file_is_live,
    .link_type = file_link_type,
    .stats = file_stats,
    .close = file_close,
};

/* Reads a regular file's head, so that what is wrong with it shows when it is opened. */
static bool read_head(struct savefile *file)
{
    enum savefile_result result = SAVEFILE_OTHER;
    for (int i = 0; i < MAX_LEADING_BLOCKS && result == SAVEFILE_OTHER; i++) {
        if (file->interface_count > 0)
            break;
        struct wire_packet packet;
        result = file->next(file, &packet);
    }
    if (result == SAVEFILE_ERROR)
        return false;
    if (file->filter == NULL || file->interface_count == 0)
        return true;
    struct capture_error error;
    file->interfaces[0].filter_slot =
        capture_filter_slot(file->filter, file->interfaces[0].link_type, &error);
    if (file->interfaces[0].filter_slot < 0)
        capture_error_set(&file->source.error, "%.*s", (int)sizeof error.text - 1, error.text);
    return file->interfaces[0].filter_slot >= 0;
}

struct capture_source *capture_open_file(const char *name, const struct capture_options *options,
                                         struct capture_error *error)
{
    struct capture_filter *filter = options != NULL ? options->compiled : NULL;
    bool filter_is_ours = filter == NULL;
    if (filter == NULL && options != NULL && options->filter != NULL &&
        options->filter[0] != '\0') {
        filter = capture_filter_new(options->filter, error);
        if (filter == NULL)
            return NULL;
    }
    struct capture_stream *stream = capture_stream_open(name, error);
    if (stream == NULL) {
        if (filter_is_ours)
            capture_filter_free(filter);
        return NULL;
    }
    struct savefile *file = base_calloc(1, sizeof *file);
    file->source.ops = &file_ops;
    file->source.name = base_strdup(strcmp(name, "-") == 0 ? _("standard input") : name);
    file->stream = stream;
    file->filter = filter;
    file->filter_is_ours = filter_is_ours;
    file->next = detect_format;
    file->capacity = (size_t)2 * CAPTURE_STREAM_PIECE;
    file->bytes = base_alloc(file->capacity);
    if (!file_is_live(&file->source) && !read_head(file)) {
        *error = file->source.error;
        file_close(&file->source);
        return NULL;
    }
    return &file->source;
}
