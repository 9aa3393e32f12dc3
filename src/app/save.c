/* Saves connections while the terminal UI runs. */
#include "config.h"

#include "app/save.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/source.h"
#include "guard/guard.h"
#include "wire/decode.h"

/* Packets looked at in one step. */
#define PIECE 512

/* A connection by what its packets show: the ends in an order that does not depend on who sends. */
struct save_key {
    struct wire_endpoint low, high;
    uint32_t scope;
};

struct save_connection {
    struct save_key key;
    uint64_t first, last; /* frames */
};

struct app_save {
    struct app_feed *feed; /* borrowed */
    char *file;            /* owned */
    uint64_t *numbers;     /* owned, ascending */
    size_t count;
    bool failed;
    struct base_strbuf why;
    /* packets */
    struct save_connection *connections; /* owned, by key, then by frame */
    struct capture_writer *writer;
    struct wire_decoder *decoder;
    uint64_t frame, first_frame, last_frame;
    uint64_t saved, missing, cut;
    /* another format */
    struct app_feed *again;
    struct out_sink *sink;
    FILE *stream;
    locale_t plain; /* for what is the same in every language; 0: the reader's */
};

const char *app_save_name(unsigned kind)
{
    return kind == APP_SAVE_PACKETS ? "pcap" : out_format((enum out_kind)(kind - 1))->name;
}

const char *app_save_words(unsigned kind)
{
    return kind == APP_SAVE_PACKETS ? _("the packets, as a capture")
                                    : _(out_format((enum out_kind)(kind - 1))->what);
}

const char *app_save_extension(unsigned kind)
{
    return kind == APP_SAVE_PACKETS ? "pcap" : out_format((enum out_kind)(kind - 1))->extension;
}

/* --- which packets --- */

static struct save_key key_of(const struct wire_endpoint *a, const struct wire_endpoint *b,
                              uint32_t scope)
{
    bool in_order = memcmp(a, b, sizeof *a) <= 0;
    struct save_key key;
    memset(&key, 0, sizeof key);
    key.low = in_order ? *a : *b;
    key.high = in_order ? *b : *a;
    key.scope = scope;
    return key;
}

static int compare_keys(const struct save_key *a, const struct save_key *b)
{
    return memcmp(a, b, sizeof *a);
}

static int compare_connections(const void *left, const void *right)
{
    const struct save_connection *a = left, *b = right;
    int order = compare_keys(&a->key, &b->key);
    return order != 0 ? order : a->first < b->first ? -1 : a->first > b->first;
}

static bool is_wanted(const struct app_save *save, const struct save_key *key, uint64_t frame)
{
    size_t low = 0, high = save->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_keys(&save->connections[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < save->count && compare_keys(&save->connections[low].key, key) == 0; low++)
        if (frame >= save->connections[low].first && frame <= save->connections[low].last)
            return true;
    return false;
}

/* A fragment that completes nothing tells no ports: it is saved too, as it may belong. */
static bool belongs(struct app_save *save, const struct wire_packet *packet)
{
    struct wire_result result;
    struct save_key key;
    wire_decode(save->decoder, packet, &result);
    switch (result.verdict) {
    case WIRE_SEGMENT:
        key = key_of(&result.segment.source, &result.segment.destination, result.segment.scope);
        break;
    case WIRE_ICMP_ERROR:
        key = key_of(&result.icmp.source, &result.icmp.destination, result.icmp.scope);
        break;
    case WIRE_SKIPPED:
        return result.skip == WIRE_SKIP_FRAGMENT;
    default:
        return false;
    }
    return is_wanted(save, &key, packet->number);
}

static void fail(struct app_save *save, const char *why)
{
    save->failed = true;
    base_strbuf_str(&save->why, why);
}

static void save_packet(struct app_save *save, const struct wire_packet *packet)
{
    if (!belongs(save, packet))
        return;
    save->saved++;
    save->cut += packet->captured_bytes < packet->wire_bytes;
    if (!capture_writer_packet(save->writer, packet))
        fail(save, capture_writer_error(save->writer));
}

static bool step_packets(struct app_save *save)
{
    struct wire_packet packet;
    for (unsigned i = 0; i < PIECE && save->frame <= save->last_frame && !save->failed; i++) {
        switch (app_feed_fetch(save->feed, save->frame, PIECE, &packet)) {
        case APP_FETCH_DONE:
            save_packet(save, &packet);
            break;
        case APP_FETCH_MORE:
            return true;
        case APP_FETCH_NOT_KEPT:
            save->missing++;
            break;
        case APP_FETCH_FAILED:
            fail(save, _("the capture cannot be read again"));
            break;
        }
        save->frame++;
    }
    return !save->failed && save->frame <= save->last_frame;
}

/* The process that parses packets can make new files, and only such as hold results: one that is
 * there is not overwritten. */
static void add_refusal(const struct app_save *save, struct base_strbuf *error)
{
    const char *why = errno == EEXIST  ? _("is there already; choose another name")
                      : errno == EPERM ? _("may not be made; such as x.pcap or x.csv may, not .x")
                                       : strerror(errno);
    base_strbuf_printf(error, "%s: %s", save->file, why);
}

static void begin_packets(struct app_save *save, const struct track_connection *const *connections)
{
    save->connections = base_calloc(save->count + 1, sizeof save->connections[0]);
    save->frame = UINT64_MAX;
    for (size_t i = 0; i < save->count; i++) {
        const struct track_connection *c = connections[i];
        const struct track_end_record *server =
            &c->end[c->self_connect ? TRACK_CLIENT : TRACK_SERVER];
        save->connections[i] = (struct save_connection){
            .key = key_of(&c->end[TRACK_CLIENT].endpoint, &server->endpoint, c->scope),
            .first = c->frames[0],
            .last = c->frames[1],
        };
        if (c->frames[0] < save->frame)
            save->frame = c->frames[0];
        if (c->frames[1] > save->last_frame)
            save->last_frame = c->frames[1];
    }
    save->first_frame = save->frame;
    qsort(save->connections, save->count, sizeof save->connections[0], compare_connections);
    save->decoder = wire_decoder_new(&(struct wire_decoder_options){0});
}

static bool open_packets(struct app_save *save, const struct track_connection *const *connections,
                         struct base_strbuf *error)
{
    struct capture_error why;
    errno = 0;
    save->writer = capture_writer_open(save->file, &why);
    if (save->writer == NULL) {
        add_refusal(save, error);
        return false;
    }
    begin_packets(save, connections);
    return true;
}

/* --- another format --- */

static bool open_format(struct app_save *save, enum out_kind kind, bool ascii,
                        struct base_strbuf *error)
{
    save->again = app_feed_again(save->feed, error);
    if (save->again == NULL)
        return false;
    int fd = guard_open(save->file, GUARD_WRITE);
    save->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (save->stream == NULL) {
        add_refusal(save, error);
        return false;
    }
    struct out_options wanted = app_feed_out_options(save->feed);
    wanted.ascii = ascii;
    wanted.connections = save->numbers;
    wanted.connection_count = (unsigned)save->count;
    if (out_format(kind)->data)
        save->plain = newlocale(LC_MESSAGES_MASK, "C", duplocale(LC_GLOBAL_LOCALE));
    save->sink = out_format_open(kind, save->stream, &wanted);
    app_feed_observe(save->again, &save->sink->observer, save->sink);
    return true;
}

static void finish_format(struct app_save *save)
{
    struct out_capture totals;
    app_feed_finish(save->again);
    app_feed_describe(save->again, &totals);
    save->sink->finish(save->sink, &totals);
}

static bool step_format(struct app_save *save)
{
    locale_t before = save->plain != (locale_t)0 ? uselocale(save->plain) : (locale_t)0;
    enum capture_status status = app_feed_read(save->again, PIECE);
    bool more = status == CAPTURE_MORE && !ferror(save->stream);
    if (status == CAPTURE_WAIT)
        fail(save, _("the capture cannot be read again"));
    else if (!more)
        finish_format(save);
    if (before != (locale_t)0)
        uselocale(before);
    return more;
}

/* --- both --- */

static int compare_numbers(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static void free_all(struct app_save *save)
{
    if (save->sink != NULL)
        save->sink->free(save->sink);
    if (save->stream != NULL)
        fclose(save->stream);
    if (save->plain != (locale_t)0)
        freelocale(save->plain);
    app_feed_close(save->again);
    if (save->writer != NULL)
        capture_writer_close(save->writer, NULL);
    if (save->decoder != NULL)
        wire_decoder_free(save->decoder);
    base_strbuf_free(&save->why);
    free(save->connections);
    free(save->numbers);
    free(save->file);
    free(save);
}

struct app_save *app_save_begin(struct app_feed *feed, unsigned kind, const char *file, bool ascii,
                                const struct track_connection *const *connections, size_t count,
                                struct base_strbuf *error)
{
    struct app_save *save = base_calloc(1, sizeof *save);
    save->feed = feed;
    save->file = base_strdup(file);
    save->count = count;
    save->numbers = base_calloc(count + 1, sizeof save->numbers[0]);
    for (size_t i = 0; i < count; i++)
        save->numbers[i] = connections[i]->number;
    qsort(save->numbers, count, sizeof save->numbers[0], compare_numbers);
    if (app_feed_saves_in(feed, file)) {
        base_strbuf_printf(error, _("%s: is being written; choose another name"), file);
        free_all(save);
        return NULL;
    }
    if (kind == APP_SAVE_PACKETS ? open_packets(save, connections, error)
                                 : open_format(save, (enum out_kind)(kind - 1), ascii, error))
        return save;
    free_all(save);
    return NULL;
}

bool app_save_step(struct app_save *save)
{
    return save->again != NULL ? step_format(save) : step_packets(save);
}

int app_save_percent(const struct app_save *save)
{
    uint64_t done = save->frame - save->first_frame;
    uint64_t total = save->last_frame - save->first_frame + 1;
    if (save->again != NULL)
        app_feed_progress(save->again, &done, &total);
    return total == 0 || done >= total ? 100 : (int)(done / (total / 100 + 1));
}

/* What was written so far is on the disk, or why not. */
static void close_file(struct app_save *save)
{
    struct capture_error why;
    if (save->writer != NULL && !capture_writer_close(save->writer, &why) && !save->failed)
        fail(save, why.text);
    save->writer = NULL;
    if (save->stream == NULL)
        return;
    save->sink->free(save->sink);
    save->sink = NULL;
    errno = 0;
    bool lost = ferror(save->stream) != 0;
    lost = fclose(save->stream) != 0 || lost;
    save->stream = NULL;
    if (lost && !save->failed)
        fail(save, errno != 0 ? strerror(errno) : _("could not be written"));
}

static void add_result(const struct app_save *save, struct base_strbuf *out)
{
    if (save->again != NULL) {
        base_strbuf_printf(
            out, P_("%zu connection saved in %s", "%zu connections saved in %s", save->count),
            save->count, save->file);
        return;
    }
    base_strbuf_printf(
        out, P_("%" PRIu64 " packet saved in %s", "%" PRIu64 " packets saved in %s", save->saved),
        save->saved, save->file);
    if (save->missing > 0)
        base_strbuf_printf(out, _("; not kept any more: %" PRIu64 " (-w keeps all)"),
                           save->missing);
    if (save->cut > 0)
        base_strbuf_printf(out, _("; cut short: %" PRIu64), save->cut);
}

bool app_save_end(struct app_save *save, struct base_strbuf *result)
{
    close_file(save);
    bool done = !save->failed;
    if (done)
        add_result(save, result);
    else if (strncmp(base_strbuf_text(&save->why), save->file, strlen(save->file)) == 0)
        base_strbuf_str(result, base_strbuf_text(&save->why));
    else
        base_strbuf_printf(result, "%s: %s", save->file, base_strbuf_text(&save->why));
    free_all(save);
    return done;
}
