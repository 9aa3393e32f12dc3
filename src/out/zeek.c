/* The zeek sink: connections as Zeek's conn.log has them, tab-separated, with what a capture can
 * tell of its fields. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "out/community_id.h"
#include "out/fieldw.h"
#include "out/select.h"
#include "out/sink.h"
#include "wire/decode.h"

/* Zeek's clock. */
#define DIGITS 6
#define UID_DIGITS 17

struct zeek_sink {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    struct out_fieldw writer;
};

static const struct {
    const char *name, *type;
} fields[] = {
    {"ts", "time"},
    {"uid", "string"},
    {"id.orig_h", "addr"},
    {"id.orig_p", "port"},
    {"id.resp_h", "addr"},
    {"id.resp_p", "port"},
    {"proto", "enum"},
    {"service", "string"},
    {"duration", "interval"},
    {"orig_bytes", "count"},
    {"resp_bytes", "count"},
    {"conn_state", "string"},
    {"local_orig", "bool"},
    {"local_resp", "bool"},
    {"missed_bytes", "count"},
    {"history", "string"},
    {"orig_pkts", "count"},
    {"orig_ip_bytes", "count"},
    {"resp_pkts", "count"},
    {"resp_ip_bytes", "count"},
    {"tunnel_parents", "set[string]"},
    {"community_id", "string"},
};
#define FIELDS (sizeof fields / sizeof fields[0])

static void write_head(struct zeek_sink *zeek)
{
    struct out_fieldw *w = &zeek->writer;
    fputs("#separator \\x09\n", w->stream);
    fputs("#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n", w->stream);
    out_fieldw_plain(w, "#fields");
    for (size_t i = 0; i < FIELDS; i++)
        out_fieldw_plain(w, fields[i].name);
    out_fieldw_end(w);
    out_fieldw_plain(w, "#types");
    for (size_t i = 0; i < FIELDS; i++)
        out_fieldw_plain(w, fields[i].type);
    out_fieldw_end(w);
}

/* FNV-1a over a text, after what was hashed before. */
static uint64_t hash(uint64_t sum, const char *text)
{
    for (; *text != '\0'; text++)
        sum = (sum ^ (unsigned char)*text) * 1099511628211u;
    return sum;
}

/* A name for the connection in the form of Zeek's, the same in every run: Zeek draws its own. */
static void add_uid(struct zeek_sink *zeek, const struct track_connection *connection,
                    const char *community_id)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    char uid[UID_DIGITS + 2] = "C", when[48];
    snprintf(when, sizeof when, " %" PRId64 " %u", connection->start_ns,
             (unsigned)connection->incarnation);
    uint64_t sum = hash(hash(14695981039346656037u, community_id), when);
    for (unsigned i = 1; i <= UID_DIGITS; i++) {
        uid[i] = digits[sum % 62];
        sum = i == UID_DIGITS / 2 ? hash(sum, uid) : sum / 62;
    }
    out_fieldw_plain(&zeek->writer, uid);
}

static void add_end(struct zeek_sink *zeek, const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    out_fieldw_string(&zeek->writer, wire_address_text(endpoint, text, sizeof text));
    out_fieldw_u64(&zeek->writer, endpoint->port);
}

static void add_or_unset(struct zeek_sink *zeek, const char *text)
{
    if (text[0] == '\0')
        out_fieldw_unset(&zeek->writer);
    else
        out_fieldw_string(&zeek->writer, text);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct zeek_sink *zeek = context;
    struct out_fieldw *w = &zeek->writer;
    char id[OUT_COMMUNITY_ID_SIZE];
    const struct track_end_record *orig = &connection->end[TRACK_CLIENT];
    const struct track_end_record *resp = &connection->end[TRACK_SERVER];
    const struct wire_endpoint *to = connection->self_connect ? &orig->endpoint : &resp->endpoint;
    if (!out_selected(&zeek->options, connection->number))
        return;
    out_community_id(&orig->endpoint, to, id);
    out_fieldw_seconds(w, connection->start_ns, DIGITS);
    add_uid(zeek, connection, id);
    add_end(zeek, &orig->endpoint);
    add_end(zeek, to);
    out_fieldw_plain(w, "tcp");
    out_fieldw_unset(w); /* service */
    out_fieldw_seconds(w, connection->end_ns - connection->start_ns, DIGITS);
    out_fieldw_u64(w, orig->unique_bytes);
    out_fieldw_u64(w, resp->unique_bytes);
    add_or_unset(zeek, connection->zeek_conn_state);
    out_fieldw_unset(w); /* local_orig */
    out_fieldw_unset(w); /* local_resp */
    out_fieldw_u64(w, orig->measures.missed_by_capture + resp->measures.missed_by_capture);
    add_or_unset(zeek, connection->zeek_history);
    out_fieldw_u64(w, orig->packets);
    out_fieldw_unset(w); /* orig_ip_bytes */
    out_fieldw_u64(w, resp->packets);
    out_fieldw_unset(w); /* resp_ip_bytes */
    out_fieldw_unset(w); /* tunnel_parents */
    out_fieldw_plain(w, id);
    out_fieldw_end(w);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    (void)sink, (void)capture; /* a log has no place for it */
}

static void zeek_free(struct out_sink *sink)
{
    struct zeek_sink *zeek = (struct zeek_sink *)sink;
    out_fieldw_free(&zeek->writer);
    free(zeek);
}

struct out_sink *out_zeek_new(FILE *stream, const struct out_options *options)
{
    struct zeek_sink *zeek = base_calloc(1, sizeof *zeek);
    zeek->sink.observer.connection = on_connection;
    zeek->sink.finish = finish;
    zeek->sink.free = zeek_free;
    zeek->options = *options;
    zeek->writer = (struct out_fieldw)OUT_FIELDW_INIT(stream, OUT_FIELDS_ZEEK);
    write_head(zeek);
    return &zeek->sink;
}
