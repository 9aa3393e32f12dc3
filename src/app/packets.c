/* Packets again, after they were decoded. */
#include "config.h"

#include "app/packets.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "capture/source.h"

/* Packets looked at in one go. */
#define PIECE 64

struct kept_packet {
    struct wire_packet packet; /* number 0: none */
    uint8_t bytes[APP_PACKETS_KEPT_BYTES];
};

struct packet_file {
    char *name;    /* owned */
    uint64_t base; /* packets before its first one */
};

struct app_packets {
    struct kept_packet *kept; /* owned, a ring by number; NULL until there is one */
    struct packet_file *files;
    size_t file_count;
    /* The file that was read last, to read on in it. */
    struct capture_source *source;
    size_t source_file;
    uint64_t wanted;  /* number */
    uint64_t reached; /* number of the latest packet looked at */
    bool found;
    struct wire_packet packet; /* the one found, its bytes below */
    uint8_t *bytes;            /* owned */
};

struct app_packets *app_packets_new(void)
{
    return base_calloc(1, sizeof(struct app_packets));
}

static void close_source(struct app_packets *packets)
{
    if (packets->source != NULL)
        capture_source_close(packets->source);
    packets->source = NULL;
    packets->reached = 0;
}

void app_packets_free(struct app_packets *packets)
{
    if (packets == NULL)
        return;
    close_source(packets);
    for (size_t i = 0; i < packets->file_count; i++)
        free(packets->files[i].name);
    free(packets->files);
    free(packets->kept);
    free(packets->bytes);
    free(packets);
}

void app_packets_keep(struct app_packets *packets, const struct wire_packet *packet)
{
    if (packets->kept == NULL)
        packets->kept = base_calloc(APP_PACKETS_KEPT, sizeof packets->kept[0]);
    struct kept_packet *kept = &packets->kept[packet->number % APP_PACKETS_KEPT];
    kept->packet = *packet;
    if (kept->packet.captured_bytes > APP_PACKETS_KEPT_BYTES)
        kept->packet.captured_bytes = APP_PACKETS_KEPT_BYTES;
    kept->packet.data = kept->bytes;
    memcpy(kept->bytes, packet->data, kept->packet.captured_bytes);
}

void app_packets_add_file(struct app_packets *packets, const char *name, uint64_t base)
{
    if (strcmp(name, "-") == 0)
        return; /* can be read once only */
    packets->files =
        base_realloc(packets->files, packets->file_count + 1, sizeof packets->files[0]);
    packets->files[packets->file_count++] = (struct packet_file){base_strdup(name), base};
}

/* The file that holds a number; file_count if none does. */
static size_t file_of(const struct app_packets *packets, uint64_t number)
{
    size_t i = packets->file_count;
    while (i > 0 && packets->files[i - 1].base >= number)
        i--;
    return i > 0 ? i - 1 : packets->file_count;
}

static void on_packet(void *context, const struct wire_packet *packet)
{
    struct app_packets *packets = context;
    uint64_t number = packet->number + packets->files[packets->source_file].base;
    packets->reached = number;
    if (number != packets->wanted)
        return;
    if (packets->bytes == NULL)
        packets->bytes = base_calloc(1, APP_PACKETS_READ_BYTES);
    packets->packet = *packet;
    packets->packet.number = number;
    if (packets->packet.captured_bytes > APP_PACKETS_READ_BYTES)
        packets->packet.captured_bytes = APP_PACKETS_READ_BYTES;
    memcpy(packets->bytes, packet->data, packets->packet.captured_bytes);
    packets->packet.data = packets->bytes;
    packets->found = true;
}

/* At a place before the number. */
static bool open_before(struct app_packets *packets, size_t file, uint64_t number)
{
    if (packets->source != NULL && packets->source_file == file && packets->reached < number)
        return true;
    close_source(packets);
    struct capture_options options = {.snaplen = 0};
    struct capture_error error;
    packets->source = capture_open_file(packets->files[file].name, &options, &error);
    packets->source_file = file;
    packets->reached = packets->files[file].base;
    return packets->source != NULL;
}

static enum app_fetch read_to(struct app_packets *packets, uint64_t number, unsigned max,
                              struct wire_packet *out)
{
    enum capture_status status = CAPTURE_MORE;
    packets->wanted = number;
    packets->found = false;
    for (unsigned read = 0; read < max && packets->reached < number && status == CAPTURE_MORE;) {
        /* singly near the wanted one, so that the next one can be read on to */
        unsigned piece = number - packets->reached > PIECE ? PIECE : 1;
        status = capture_source_read(packets->source, piece, on_packet, packets);
        read += piece;
    }
    if (packets->found) {
        *out = packets->packet;
        return APP_FETCH_DONE;
    }
    if (status == CAPTURE_MORE && packets->reached < number)
        return APP_FETCH_MORE;
    close_source(packets);
    return APP_FETCH_FAILED;
}

enum app_fetch app_packets_fetch(struct app_packets *packets, uint64_t number, unsigned max,
                                 struct wire_packet *out)
{
    if (number == 0)
        return APP_FETCH_NOT_KEPT;
    if (packets->kept != NULL) {
        const struct kept_packet *kept = &packets->kept[number % APP_PACKETS_KEPT];
        if (kept->packet.number == number) {
            *out = kept->packet;
            return APP_FETCH_DONE;
        }
    }
    size_t file = file_of(packets, number);
    if (file == packets->file_count)
        return APP_FETCH_NOT_KEPT;
    if (!open_before(packets, file, number))
        return APP_FETCH_FAILED;
    return read_to(packets, number, max, out);
}
