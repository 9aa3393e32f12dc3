/* From the sources to the tracker: reads packets in bounded pieces, saves them, decodes them and
 * hands the segments on. */
#include "config.h"

#include "app/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "app/ends.h"
#include "app/files.h"
#include "app/kernel.h"
#include "app/lab.h"
#include "app/message.h"
#include "app/other_end.h"
#include "app/rights.h"
#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/filter.h"
#include "wire/decode.h"

/* Packets wait in the kernel's ring for a while: the timers run this much behind the clock, so that
 * none fires before the packet that stops it is read. */
#define CLOCK_LAG_NS INT64_C(250000000)

/* Segments that are handed to the tracker at once: enough to overlap the waits for memory. */
#define BATCH 32

struct app_feed {
    const struct app_options *options; /* borrowed */
    struct app_files files;
    size_t next_file;              /* index of the file after the open one */
    struct capture_source *source; /* NULL when all are read */
    struct lab_scenario *scenario; /* NULL: not from the lab */
    struct capture_filter *filter; /* for all files; NULL: none */
    bool filter_is_borrowed;
    struct track_observer observer;
    void *observer_context;
    struct capture_writer *writer;       /* NULL: none, or it broke */
    struct capture_writer *other_writer; /* of the wire's other end; likewise */
    struct wire_decoder *decoder;        /* of this source; made at its first packet */
    struct wire_result batch[BATCH];     /* segments that the tracker has not got yet */
    size_t batched;
    struct tracker *tracker;
    struct app_kernel *kernel; /* --kernel; NULL: not asked for, or it cannot be */
    struct out_capture totals; /* of what was read before the open source, and of all packets */
    uint64_t number_base;      /* of the sources before this one: frames are numbered through */
    uint64_t last_number;      /* of the newest packet, the base included */
    uint64_t bytes_before;     /* of the files before this one */
    uint64_t source_frames;    /* of the open source */
    uint64_t source_strangers; /* of these, with a link type that is not decoded */
    struct app_ends *ends;     /* both ends of the lab's wire are captured; else NULL */
    struct wire_decoder *other_decoder;
    struct app_packets *packets; /* NULL: not wanted */
    struct base_strbuf name;
    struct base_strbuf problems;
    bool writer_gone;
    bool read_to_end;
    bool stopped; /* -c reached, or the saved file broke */
};

static void add_problem(struct app_feed *feed, const char *text)
{
    base_strbuf_printf(&feed->problems, "%s\n", text);
    feed->totals.complete = false;
}

static struct capture_options capture_options_of(const struct app_feed *feed)
{
    const struct app_options *options = feed->options;
    return (struct capture_options){
        .filter = options->filter,
        .compiled = feed->filter,
        .snaplen = (unsigned)options->snaplen,
        .buffer_kib = (unsigned)options->buffer_kib,
        .no_promiscuous = options->no_promiscuous,
    };
}

/* The one file and that of the other end, as one source. */
static bool open_both_ends(struct app_feed *feed, const struct capture_options *wanted)
{
    struct base_strbuf why = BASE_STRBUF_INIT;
    const char *here = feed->files.files[feed->next_file++].name;
    feed->source = app_other_end_open(here, feed->options->other_end, wanted, &why);
    if (feed->source == NULL)
        add_problem(feed, base_strbuf_text(&why));
    base_strbuf_free(&why);
    if (feed->source != NULL)
        feed->totals.clock = app_other_end_clock(feed->source);
    return feed->source != NULL;
}

/* Opens the next file that can be; false when there is none. What cannot be is a problem. */
static bool open_next_file(struct app_feed *feed)
{
    struct capture_options wanted = capture_options_of(feed);
    if (feed->options->other_end != NULL)
        return feed->next_file == 0 && open_both_ends(feed, &wanted);
    while (feed->next_file < feed->files.count) {
        struct capture_error error;
        feed->source =
            capture_open_file(feed->files.files[feed->next_file++].name, &wanted, &error);
        if (feed->source != NULL)
            return true;
        add_problem(feed, error.text);
    }
    return false;
}

/* --- the lab --- */

/* Hands over what waits: before anything else is told that must follow it. */
static void flush_batch(struct app_feed *feed)
{
    tracker_flow flows[BATCH];
    size_t count = feed->batched;
    feed->batched = 0;
    for (size_t i = 0; i < count; i++)
        flows[i] = tracker_expect(feed->tracker, &feed->batch[i].segment);
    for (size_t i = 0; i < count; i++)
        tracker_expect_more(feed->tracker, flows[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expect_rest(feed->tracker, flows[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expect_told(feed->tracker, flows[i]);
    for (size_t i = 0; i < count; i++)
        tracker_expected_segment(feed->tracker, &feed->batch[i].segment, flows[i]);
}

static void on_call(void *context, const struct track_call *call)
{
    struct app_feed *feed = context;
    flush_batch(feed);
    if (feed->observer.call != NULL)
        feed->observer.call(feed->observer_context, call);
}

static void on_kernel(void *context, const struct track_kernel_socket *socket, uint64_t connection)
{
    struct app_feed *feed = context;
    flush_batch(feed);
    tracker_kernel(feed->tracker, socket, 0, connection);
}

static void on_lab_problem(void *context, const char *text)
{
    base_strbuf_printf(&((struct app_feed *)context)->problems, "%s\n", text);
}

static bool open_lab(struct app_feed *feed, struct base_strbuf *error)
{
    const struct app_options *options = feed->options;
    const struct lab_observer observer = {
        .call = on_call, .kernel = on_kernel, .problem = on_lab_problem, .context = feed};
    feed->source = app_lab_open(options, &observer, &feed->scenario, error);
    if (feed->source != NULL)
        base_strbuf_str(&feed->name, feed->scenario->name);
    return feed->source != NULL;
}

/* The capture goes on without it. */
static void open_kernel(struct app_feed *feed)
{
    struct base_strbuf why = BASE_STRBUF_INIT;
    feed->kernel = app_kernel_open(feed->options->interface, &why);
    if (feed->kernel == NULL)
        app_complain(_("--kernel: %s; going on without what this host's kernel says"),
                     base_strbuf_text(&why));
    base_strbuf_free(&why);
}

static bool open_interface(struct app_feed *feed, struct base_strbuf *error)
{
    const char *interface = feed->options->interface;
    struct capture_options wanted = capture_options_of(feed);
    struct capture_error why;
    feed->source = capture_open_live(interface, &wanted, &why);
    if (feed->source == NULL)
        base_strbuf_str(error, why.text);
    base_strbuf_str(&feed->name, interface);
    if (feed->source != NULL && feed->options->kernel)
        open_kernel(feed);
    return feed->source != NULL;
}

/* The names of the files, before rights are given up: nothing is read of them yet. */
static void list_files(struct app_feed *feed)
{
    const struct app_options *options = feed->options;
    for (size_t i = 0; i < options->file_count; i++) {
        base_strbuf_printf(&feed->name, "%s%s", i > 0 ? ", " : "", options->files[i]);
        struct base_strbuf why = BASE_STRBUF_INIT;
        if (!app_files_add(&feed->files, options->files[i], &why))
            add_problem(feed, base_strbuf_text(&why));
        base_strbuf_free(&why);
    }
}

static bool compile_filter(struct app_feed *feed, struct base_strbuf *error)
{
    const char *expression = feed->options->filter;
    struct capture_error why;
    if (feed->files.count == 0 || expression == NULL || expression[0] == '\0')
        return true;
    feed->filter = capture_filter_new(expression, &why);
    if (feed->filter == NULL)
        base_strbuf_str(error, why.text);
    return feed->filter != NULL;
}

static bool open_files(struct app_feed *feed, struct base_strbuf *error)
{
    struct base_strbuf why = BASE_STRBUF_INIT;
    app_files_check(&feed->files, &why);
    if (why.length > 0) {
        base_strbuf_str(&feed->problems, base_strbuf_text(&why));
        feed->totals.complete = false;
    }
    base_strbuf_free(&why);
    if (open_next_file(feed))
        return true;
    const char *problems = base_strbuf_text(&feed->problems);
    base_strbuf_add(error, problems, feed->problems.length > 0 ? feed->problems.length - 1 : 0);
    return false;
}

static struct capture_writer *open_end_writer(const char *name, const char *end,
                                              struct base_strbuf *error)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    struct capture_error why;
    app_files_end_name(name, end, &path);
    struct capture_writer *writer = capture_writer_open(base_strbuf_text(&path), &why);
    if (writer == NULL)
        base_strbuf_str(error, why.text);
    base_strbuf_free(&path);
    return writer;
}

static bool open_both_writers(struct app_feed *feed, struct base_strbuf *error)
{
    feed->writer = open_end_writer(feed->options->write_file, "client", error);
    if (feed->writer != NULL)
        feed->other_writer = open_end_writer(feed->options->write_file, "server", error);
    return feed->other_writer != NULL;
}

static bool check_writer(const struct app_feed *feed, struct base_strbuf *error)
{
    const char *name = feed->options->write_file;
    if (name == NULL || !app_files_hold(&feed->files, name))
        return true;
    base_strbuf_printf(error, _("%s: is being read; write to another file"), name);
    return false;
}

static bool open_writer(struct app_feed *feed, struct base_strbuf *error)
{
    if (feed->options->write_file == NULL)
        return true;
    struct capture_error why;
    if (feed->options->vantage == LAB_VANTAGE_BOTH)
        return open_both_writers(feed, error);
    feed->writer = capture_writer_open(feed->options->write_file, &why);
    if (feed->writer == NULL)
        base_strbuf_str(error, why.text);
    return feed->writer != NULL;
}

/* What takes rights that are given up then. */
static bool open_privileged(struct app_feed *feed, struct base_strbuf *error)
{
    if (feed->options->lab != NULL)
        return open_lab(feed, error);
    if (feed->options->interface != NULL)
        return open_interface(feed, error);
    return true;
}

/* Before the first byte of a packet is looked at, rights are given up. */
static bool open_all(struct app_feed *feed, struct base_strbuf *error)
{
    list_files(feed);
    return check_writer(feed, error) && compile_filter(feed, error) &&
           app_rights_start(feed->options, &feed->files, error) && open_privileged(feed, error) &&
           app_rights_give_up(feed->options, feed->source, error) &&
           (feed->source != NULL || open_files(feed, error)) && open_writer(feed, error);
}

/* The one feed that there is at a time, for app_feed_rescue(). */
static struct app_feed *open_feed;

void app_feed_rescue(void)
{
    struct app_feed *feed = open_feed;
    open_feed = NULL; /* once only */
    if (feed != NULL && feed->writer != NULL)
        capture_writer_rescue(feed->writer);
    if (feed != NULL && feed->other_writer != NULL)
        capture_writer_rescue(feed->other_writer);
}

struct app_feed *app_feed_open(const struct app_options *options, struct base_strbuf *error)
{
    struct app_feed *feed = base_calloc(1, sizeof *feed);
    feed->options = options;
    feed->totals.complete = true;
    open_feed = feed;
    if (open_all(feed, error))
        return feed;
    app_feed_close(feed);
    return NULL;
}

bool app_feed_saves_in(const struct app_feed *feed, const char *file)
{
    const char *const names[] = {feed->options->write_file, feed->options->output_file};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i] != NULL && strcmp(names[i], file) == 0)
            return true;
    return false;
}

struct out_options app_feed_out_options(const struct app_feed *feed)
{
    const struct app_options *options = feed->options;
    return (struct out_options){
        .segments = options->segments,
        .wireshark = options->wireshark,
        .explain = options->explain,
        .numeric = options->numeric,
        .absolute = options->absolute,
        .view = options->view,
        .time_wait_ns = 2 * options->msl_ns,
    };
}

struct app_feed *app_feed_again(const struct app_feed *feed, struct base_strbuf *error)
{
    if (feed->options->interface != NULL || feed->options->lab != NULL ||
        app_files_have_pipe(&feed->files)) {
        base_strbuf_str(
            error, _("live captures are saved as pcap only; other formats: open what -w saved"));
        return NULL;
    }
    struct app_feed *again = base_calloc(1, sizeof *again);
    again->options = feed->options;
    again->totals.complete = true;
    again->filter = feed->filter;
    again->filter_is_borrowed = true;
    app_files_copy(&again->files, &feed->files);
    base_strbuf_str(&again->name, base_strbuf_text(&feed->name));
    if (open_next_file(again))
        return again;
    base_strbuf_str(error, again->problems.length > 0 ? base_strbuf_text(&again->problems)
                                                      : _("there is no file to read again\n"));
    app_feed_close(again);
    return NULL;
}

void app_feed_observe(struct app_feed *feed, const struct track_observer *observer, void *context)
{
    struct tracker_options wanted = {
        .msl_ns = feed->options->msl_ns,
        .max_connections = feed->options->max_connections,
        .wireshark = feed->options->wireshark,
    };
    /* A guessable table only matters to someone who can flood it. */
    if (getrandom(&wanted.hash_seed, sizeof wanted.hash_seed, 0) < 0)
        wanted.hash_seed = (uint64_t)time(NULL);
    struct track_observer both = *observer;
    if (feed->kernel != NULL)
        both = app_kernel_observer(feed->kernel, observer, context);
    feed->tracker =
        tracker_new(&wanted, &both, feed->kernel != NULL ? (void *)feed->kernel : context);
    feed->observer = *observer;
    feed->observer_context = context;
}

void app_feed_close(struct app_feed *feed)
{
    if (feed == NULL)
        return;
    open_feed = NULL;
    if (feed->tracker != NULL)
        tracker_free(feed->tracker);
    app_kernel_close(feed->kernel);
    if (feed->decoder != NULL)
        wire_decoder_free(feed->decoder);
    if (feed->writer != NULL)
        capture_writer_close(feed->writer, NULL);
    if (feed->other_writer != NULL)
        capture_writer_close(feed->other_writer, NULL);
    if (feed->source != NULL)
        capture_source_close(feed->source);
    app_packets_free(feed->packets);
    if (!feed->filter_is_borrowed)
        capture_filter_free(feed->filter);
    app_ends_free(feed->ends);
    if (feed->other_decoder != NULL)
        wire_decoder_free(feed->other_decoder);
    lab_scenario_free(feed->scenario);
    app_files_free(&feed->files);
    base_strbuf_free(&feed->name);
    base_strbuf_free(&feed->problems);
    free(feed);
}

/* Saving broke: without a reader that is a way to stop, else something was lost. */
static void writer_broke(struct app_feed *feed)
{
    feed->writer_gone = capture_writer_pipe_closed(feed->writer);
    if (!feed->writer_gone)
        base_strbuf_printf(&feed->problems, "%s\n", capture_writer_error(feed->writer));
    if (!feed->read_to_end && !feed->writer_gone)
        feed->totals.complete = false; /* the rest is not read */
    feed->stopped = true;
    capture_writer_close(feed->writer, NULL);
    feed->writer = NULL;
}

static bool sees_both_ends(const struct app_feed *feed)
{
    return feed->scenario != NULL && feed->options->vantage == LAB_VANTAGE_BOTH;
}

/* The segment in the batch's next place, which may have been at the other end before. */
static void decode_passage(struct app_feed *feed, const struct wire_segment *segment)
{
    struct track_passage passage;
    if (feed->ends == NULL)
        feed->ends = app_ends_new();
    bool passed = app_ends_seen(feed->ends, 0, segment, &passage);
    feed->batched++;
    flush_batch(feed);
    if (passed && feed->observer.passage != NULL)
        feed->observer.passage(feed->observer_context, &passage);
}

/* The segment in the batch's next place: the capture of the other end has it, too, or has not. */
static void decode_joined(struct app_feed *feed, struct wire_segment *segment)
{
    app_other_end_tell(feed->source, segment);
    bool lost = segment->arrival == WIRE_ARRIVAL_LOST;
    bool told = lost || segment->arrival == WIRE_ARRIVED;
    const struct track_passage passage = {segment->number, segment->time_ns,
                                          lost ? TRACK_NEVER_RECEIVED : segment->arrived_ns};
    feed->batched++;
    flush_batch(feed);
    if (told && feed->observer.passage != NULL)
        feed->observer.passage(feed->observer_context, &passage);
}

static void decode_packet(struct app_feed *feed, const struct wire_packet *packet)
{
    if (feed->decoder == NULL) {
        struct wire_decoder_options wanted = {
            .verify_checksums = feed->options->checksums,
            .loopback_duplicates = capture_source_sees_twice(feed->source),
        };
        feed->decoder = wire_decoder_new(&wanted);
    }
    struct wire_result *result = &feed->batch[feed->batched];
    wire_decode(feed->decoder, packet, result);
    switch (result->verdict) {
    case WIRE_SEGMENT:
        feed->totals.tcp_segments++;
        if (feed->options->other_end != NULL) {
            decode_joined(feed, &result->segment);
            break;
        }
        if (feed->ends != NULL || sees_both_ends(feed)) {
            decode_passage(feed, &result->segment);
            break;
        }
        if (++feed->batched == BATCH)
            flush_batch(feed);
        break;
    case WIRE_ICMP_ERROR: {
        const struct wire_icmp_error error = result->icmp;
        flush_batch(feed);
        tracker_icmp_error(feed->tracker, &error);
        break;
    }
    case WIRE_SKIPPED:
        feed->totals.skipped[result->skip]++;
        feed->source_strangers += result->skip == WIRE_SKIP_LINK_TYPE;
        break;
    }
}

/* --- both ends of the lab's wire --- */

static void tell_passage(struct app_feed *feed, const struct track_passage *passage)
{
    flush_batch(feed); /* the segment comes first */
    if (feed->observer.passage != NULL)
        feed->observer.passage(feed->observer_context, passage);
}

static void see_other(struct app_feed *feed, const struct wire_packet *packet)
{
    struct wire_result result;
    struct track_passage passage;
    if (feed->ends == NULL)
        feed->ends = app_ends_new();
    if (feed->other_decoder == NULL)
        feed->other_decoder = wire_decoder_new(&(struct wire_decoder_options){0});
    wire_decode(feed->other_decoder, packet, &result);
    if (result.verdict == WIRE_SEGMENT && app_ends_seen(feed->ends, 1, &result.segment, &passage))
        tell_passage(feed, &passage);
}

static void tell_lost(struct app_feed *feed)
{
    struct track_passage passage;
    while (feed->ends != NULL && app_ends_lost(feed->ends, &passage))
        tell_passage(feed, &passage);
}

/* A packet at the wire's other end: saved, not shown. */
static void save_other(struct app_feed *feed, const struct wire_packet *packet)
{
    struct wire_packet alone = *packet;
    alone.interface = 0;
    if (feed->other_writer == NULL || capture_writer_packet(feed->other_writer, &alone))
        return;
    add_problem(feed, capture_writer_error(feed->other_writer));
    capture_writer_close(feed->other_writer, NULL);
    feed->other_writer = NULL;
}

/* By its number in one file. */
static bool cannot_be_read_again(const struct app_feed *feed)
{
    return capture_source_is_live(feed->source) || feed->options->other_end != NULL;
}

static void on_packet(void *context, const struct wire_packet *packet)
{
    struct app_feed *feed = context;
    if (feed->scenario != NULL && packet->interface != 0 &&
        feed->options->vantage == LAB_VANTAGE_BOTH) {
        save_other(feed, packet);
        see_other(feed, packet);
        return;
    }
    feed->totals.frames++;
    feed->source_frames++;
    if (feed->writer != NULL && !capture_writer_packet(feed->writer, packet))
        writer_broke(feed);
    struct wire_packet numbered = *packet;
    numbered.number += feed->number_base;
    feed->last_number = numbered.number;
    if (feed->packets != NULL && cannot_be_read_again(feed))
        app_packets_keep(feed->packets, &numbered);
    decode_packet(feed, &numbered);
}

/* A capture of a network that carries no IP at all, such as USB, would else look empty. */
static void check_link_type(struct app_feed *feed)
{
    if (feed->source_frames > 0 && feed->source_strangers == feed->source_frames) {
        uint32_t type = capture_source_link_type(feed->source);
        const char *name = capture_link_type_name(type);
        base_strbuf_printf(
            &feed->problems, "%s: link type %s (%" PRIu32 ") is not decoded: nothing to show\n",
            capture_source_name(feed->source), name != NULL ? name : "unknown", type);
    }
    feed->source_frames = 0;
    feed->source_strangers = 0;
}

/* Adds the open source's own numbers to the totals and closes it. */
static void close_source(struct app_feed *feed)
{
    check_link_type(feed);
    struct capture_stats stats;
    capture_source_stats(feed->source, &stats);
    feed->totals.kernel_dropped += stats.kernel_dropped;
    feed->totals.interface_dropped += stats.interface_dropped;
    feed->bytes_before += stats.bytes_total;
    feed->number_base = feed->last_number;
    if (feed->totals.link_type == NULL)
        feed->totals.link_type = capture_link_type_name(capture_source_link_type(feed->source));
    capture_source_close(feed->source);
    feed->source = NULL;
    if (feed->decoder != NULL)
        wire_decoder_free(feed->decoder);
    feed->decoder = NULL;
}

/* The open source's packets can be read again if it is a file. */
static void remember_file(struct app_feed *feed)
{
    if (feed->packets != NULL && feed->source != NULL && !cannot_be_read_again(feed) &&
        feed->next_file > 0)
        app_packets_add_file(feed->packets, feed->files.files[feed->next_file - 1].name,
                             feed->number_base);
}

void app_feed_keep_packets(struct app_feed *feed)
{
    if (feed->packets == NULL)
        feed->packets = app_packets_new();
    remember_file(feed);
}

enum app_fetch app_feed_fetch(struct app_feed *feed, uint64_t number, unsigned max,
                              struct wire_packet *out)
{
    return feed->packets != NULL ? app_packets_fetch(feed->packets, number, max, out)
                                 : APP_FETCH_NOT_KEPT;
}

enum capture_status app_feed_read(struct app_feed *feed, unsigned max)
{
    uint64_t limit = feed->options->packet_limit;
    if (limit != 0 && limit - feed->totals.frames < max)
        max = (unsigned)(limit - feed->totals.frames);
    if (feed->source == NULL || feed->stopped || max == 0)
        return CAPTURE_END;
    enum capture_status status = capture_source_read(feed->source, max, on_packet, feed);
    flush_batch(feed);
    if (feed->kernel != NULL)
        app_kernel_turn(feed->kernel, feed->tracker);
    if (feed->stopped || (limit != 0 && feed->totals.frames >= limit))
        return CAPTURE_END;
    if (status == CAPTURE_ERROR)
        add_problem(feed, capture_source_error(feed->source));
    if (status == CAPTURE_MORE || status == CAPTURE_WAIT)
        return status;
    close_source(feed);
    if (!open_next_file(feed)) {
        feed->read_to_end = true;
        return CAPTURE_END;
    }
    remember_file(feed);
    return CAPTURE_MORE;
}

int app_feed_fd(const struct app_feed *feed)
{
    return feed->source != NULL ? capture_source_fd(feed->source) : -1;
}

void app_feed_idle(struct app_feed *feed)
{
    if (feed->writer != NULL && !capture_writer_flush(feed->writer))
        writer_broke(feed);
    if (feed->options->interface == NULL && feed->options->lab == NULL)
        return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    tracker_advance(feed->tracker, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - CLOCK_LAG_NS);
}

int app_feed_wait_ms(const struct app_feed *feed, int most_ms)
{
    int wait_ms = feed->kernel != NULL && feed->source != NULL ? app_kernel_wait(feed->kernel) : -1;
    return wait_ms >= 0 && wait_ms < most_ms ? wait_ms : most_ms;
}

void app_feed_finish(struct app_feed *feed)
{
    if (feed->kernel != NULL)
        app_kernel_finish(feed->kernel, feed->tracker);
    if (feed->source != NULL)
        close_source(feed);
    tell_lost(feed);
    tracker_finish(feed->tracker);
    struct capture_error error;
    if (feed->other_writer != NULL && !capture_writer_close(feed->other_writer, &error))
        base_strbuf_printf(&feed->problems, "%s\n", error.text);
    feed->other_writer = NULL;
    if (feed->writer == NULL)
        return;
    if (!capture_writer_flush(feed->writer)) {
        writer_broke(feed);
        return;
    }
    if (!capture_writer_close(feed->writer, &error))
        base_strbuf_printf(&feed->problems, "%s\n", error.text);
    feed->writer = NULL;
}

bool app_feed_read_to_end(const struct app_feed *feed)
{
    return feed->read_to_end;
}

bool app_feed_is_live(const struct app_feed *feed)
{
    return feed->source != NULL && capture_source_is_live(feed->source);
}

bool app_feed_is_interface(const struct app_feed *feed)
{
    return feed->options->interface != NULL;
}

void app_feed_describe(const struct app_feed *feed, struct out_capture *out)
{
    *out = feed->totals;
    out->source = base_strbuf_text(&feed->name);
    struct tracker_counts counts = tracker_counts(feed->tracker);
    out->connections = counts.connections;
    out->evicted = counts.evicted;
    if (feed->source != NULL) {
        struct capture_stats stats;
        capture_source_stats(feed->source, &stats);
        out->kernel_dropped += stats.kernel_dropped;
        out->interface_dropped += stats.interface_dropped;
        if (out->link_type == NULL)
            out->link_type = capture_link_type_name(capture_source_link_type(feed->source));
    }
    if (out->kernel_dropped > 0)
        out->complete = false;
    if (feed->kernel == NULL)
        return;
    struct app_kernel_counts asked = app_kernel_counts(feed->kernel);
    out->kernel_asked = true;
    out->kernel_rounds = asked.rounds;
    out->kernel_questions = asked.questions;
    out->kernel_not_asked = asked.not_asked;
    out->process_scans = asked.scans;
}

void app_feed_progress(const struct app_feed *feed, uint64_t *done, uint64_t *total)
{
    *done = *total = feed->bytes_before;
    if (feed->source == NULL)
        return;
    struct capture_stats stats;
    capture_source_stats(feed->source, &stats);
    *done += stats.bytes_read;
    *total = stats.bytes_total > 0 ? *total + stats.bytes_total : 0;
}

const char *app_feed_problems(const struct app_feed *feed)
{
    return base_strbuf_text(&feed->problems);
}

bool app_feed_writer_gone(const struct app_feed *feed)
{
    return feed->writer_gone;
}
