/* --other-end: reads two captures as one. */
#include "config.h"

#include "app/other_end.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/impl.h"
#include "wire/decode.h"

/* Packets at a time while both are looked through. */
#define PIECE 1024

/* The next packet of a file, kept until it is its turn. */
struct waiting {
    struct wire_packet packet;
    uint8_t *bytes; /* owned */
    size_t capacity;
    bool here;
};

struct joined {
    struct capture_source head; /* first */
    struct capture_source *file[2];
    struct waiting next[2];
    struct join *join;
    /* the packet that is being delivered */
    enum join_end current_end;
    uint64_t current_number;
    uint64_t count;
};

/* --- looking through --- */

struct survey {
    struct joined *joined;
    struct wire_decoder *decoder;
    enum join_end end;
    bool full;
};

static void look_at(void *context, const struct wire_packet *packet)
{
    struct survey *survey = context;
    struct wire_result result;
    wire_decode(survey->decoder, packet, &result);
    if (result.verdict == WIRE_SEGMENT && !survey->full)
        survey->full = !join_add(survey->joined->join, survey->end, &result.segment);
}

static bool look_through(struct joined *joined, enum join_end end, const char *name,
                         const struct capture_options *options, struct base_strbuf *error)
{
    struct capture_error why;
    struct stat kind;
    if (stat(name, &kind) == 0 && !S_ISREG(kind.st_mode)) {
        base_strbuf_printf(error, _("%s: --other-end takes files, not pipes: each is read twice"),
                           name);
        return false;
    }
    struct capture_source *source = capture_open_file(name, options, &why);
    if (source == NULL) {
        base_strbuf_str(error, why.text);
        return false;
    }
    struct wire_decoder_options wanted = {.loopback_duplicates = capture_source_sees_twice(source)};
    struct survey survey = {joined, wire_decoder_new(&wanted), end, false};
    enum capture_status status;
    do
        status = capture_source_read(source, PIECE, look_at, &survey);
    while (status == CAPTURE_MORE && !survey.full);
    wire_decoder_free(survey.decoder);
    capture_source_close(source);
    if (survey.full)
        base_strbuf_printf(error, _("%s: more than %d segments cannot be joined; take a filter"),
                           name, APP_OTHER_END_MAX);
    return !survey.full;
}

/* --- reading --- */

static void keep(void *context, const struct wire_packet *packet)
{
    struct waiting *next = context;
    if (packet->captured_bytes > next->capacity) {
        next->capacity = packet->captured_bytes;
        next->bytes = base_realloc(next->bytes, next->capacity, 1);
    }
    if (packet->captured_bytes > 0)
        memcpy(next->bytes, packet->data, packet->captured_bytes);
    next->packet = *packet;
    next->packet.data = next->bytes;
    next->here = true;
}

static enum capture_status fill(struct joined *joined, enum join_end end)
{
    struct waiting *next = &joined->next[end];
    enum capture_status status = CAPTURE_MORE;
    while (!next->here && status == CAPTURE_MORE)
        status = capture_source_read(joined->file[end], 1, keep, next);
    if (next->here)
        return CAPTURE_MORE;
    if (status == CAPTURE_ERROR && joined->head.error.text[0] == '\0')
        capture_error_set(&joined->head.error, "%s", capture_source_error(joined->file[end]));
    return CAPTURE_END;
}

/* The one that was sent first, by the clock here; false: there is none left. */
static bool choose(struct joined *joined, enum join_end *end)
{
    fill(joined, JOIN_HERE);
    fill(joined, JOIN_THERE);
    const struct waiting *next = joined->next;
    if (!next[JOIN_HERE].here && !next[JOIN_THERE].here)
        return false;
    int64_t ahead = join_clock(joined->join).ahead_ns;
    *end = !next[JOIN_THERE].here ||
                   (next[JOIN_HERE].here &&
                    next[JOIN_HERE].packet.time_ns <= next[JOIN_THERE].packet.time_ns - ahead)
               ? JOIN_HERE
               : JOIN_THERE;
    return true;
}

static enum capture_status joined_read(struct capture_source *source, unsigned max,
                                       capture_packet_fn *deliver, void *context)
{
    struct joined *joined = (struct joined *)source;
    for (unsigned i = 0; i < max; i++) {
        enum join_end end;
        if (!choose(joined, &end))
            return source->error.text[0] != '\0' ? CAPTURE_ERROR : CAPTURE_END;
        struct waiting *next = &joined->next[end];
        next->here = false;
        struct join_fate fate = join_fate(joined->join, end, next->packet.number);
        if (fate.part == JOIN_RECEIVED)
            continue;
        joined->current_end = end;
        joined->current_number = next->packet.number;
        struct wire_packet packet = next->packet;
        packet.number = ++joined->count;
        packet.interface = 0;
        if (end == JOIN_THERE)
            packet.time_ns -= join_clock(joined->join).ahead_ns;
        deliver(context, &packet);
    }
    return CAPTURE_MORE;
}

static int joined_fd(const struct capture_source *source)
{
    (void)source;
    return -1;
}

static bool joined_is_live(const struct capture_source *source)
{
    (void)source;
    return false;
}

static uint32_t joined_link_type(const struct capture_source *source)
{
    return capture_source_link_type(((const struct joined *)source)->file[JOIN_HERE]);
}

static void joined_stats(struct capture_source *source, struct capture_stats *out)
{
    struct joined *joined = (struct joined *)source;
    for (int end = 0; end < 2; end++) {
        struct capture_stats stats;
        capture_source_stats(joined->file[end], &stats);
        out->kernel_dropped += stats.kernel_dropped;
        out->interface_dropped += stats.interface_dropped;
        out->bytes_read += stats.bytes_read;
        out->bytes_total += stats.bytes_total;
    }
}

static void joined_close(struct capture_source *source)
{
    struct joined *joined = (struct joined *)source;
    for (int end = 0; end < 2; end++) {
        if (joined->file[end] != NULL)
            capture_source_close(joined->file[end]);
        free(joined->next[end].bytes);
    }
    join_free(joined->join);
    free(source->name);
    free(joined);
}

static const struct capture_ops joined_ops = {
    .read = joined_read,
    .fd = joined_fd,
    .is_live = joined_is_live,
    .link_type = joined_link_type,
    .stats = joined_stats,
    .close = joined_close,
};

static bool open_both(struct joined *joined, const char *const names[2],
                      const struct capture_options *options, struct base_strbuf *error)
{
    for (int end = 0; end < 2; end++)
        if (!look_through(joined, (enum join_end)end, names[end], options, error))
            return false;
    join_settle(joined->join);
    for (int end = 0; end < 2; end++) {
        struct capture_error why;
        joined->file[end] = capture_open_file(names[end], options, &why);
        if (joined->file[end] == NULL) {
            base_strbuf_str(error, why.text);
            return false;
        }
    }
    return true;
}

struct capture_source *app_other_end_open(const char *here, const char *there,
                                          const struct capture_options *options,
                                          struct base_strbuf *error)
{
    struct joined *joined = base_calloc(1, sizeof *joined);
    struct base_strbuf name = BASE_STRBUF_INIT;
    base_strbuf_printf(&name, "%s + %s", here, there);
    joined->head.ops = &joined_ops;
    joined->head.name = base_strdup(base_strbuf_text(&name));
    base_strbuf_free(&name);
    joined->join = join_new(APP_OTHER_END_MAX);
    const char *const names[2] = {here, there};
    if (!open_both(joined, names, options, error)) {
        joined_close(&joined->head);
        return NULL;
    }
    if (!join_clock(joined->join).known) {
        base_strbuf_printf(error, _("%s: has no connection that %s shows too, in both directions"),
                           there, here);
        joined_close(&joined->head);
        return NULL;
    }
    return &joined->head;
}

void app_other_end_tell(const struct capture_source *source, struct wire_segment *segment)
{
    const struct joined *joined = (const struct joined *)source;
    struct join_fate fate = join_fate(joined->join, joined->current_end, joined->current_number);
    segment->arrival = (uint8_t)fate.arrival;
    segment->arrived_ns = fate.arrived_ns;
    if (joined->current_end == JOIN_THERE)
        join_translate(joined->join, joined->current_number, segment);
}

struct join_clock app_other_end_clock(const struct capture_source *source)
{
    return join_clock(((const struct joined *)source)->join);
}
