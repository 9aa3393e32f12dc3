/* The summary sink: a table with a line per connection, by their numbers, and closing lines.
 *
 * Connections come in the order in which they end. Memory is bounded: of a file HELD_ROWS rows
 * wait, and the lowest of them is written when there is one more; the address columns fit the first
 * of them. Rows of a live capture are written at once. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"
#include "base/xalloc.h"
#include "out/closing.h"
#include "out/select.h"
#include "out/sink.h"
#include "view/words.h"
#include "wire/decode.h"

#define HELD_ROWS 4096
#define IPV4_WIDTH 21 /* 255.255.255.255:65535 */

struct row {
    char client[WIRE_ENDPOINT_TEXT], server[WIRE_ENDPOINT_TEXT];
    uint64_t number;
    char *rest; /* owned: the columns after the addresses */
};

struct summary_sink {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    FILE *stream;
    struct row *held; /* owned: a heap, the lowest number first */
    size_t held_count;
    bool streaming; /* the widths are fixed and the head is written */
    int client_width, server_width;
};

static int text_width(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80; /* µ is the only one beyond ASCII */
    return width;
}

/* Right-aligned in width columns, one space before it. */
static void add_right(struct base_strbuf *out, const struct base_strbuf *cell, int width)
{
    const char *text = base_strbuf_text(cell);
    int missing = width - text_width(text);
    base_strbuf_fill(out, ' ', missing > 0 ? (size_t)missing + 1 : 1);
    base_strbuf_str(out, text);
}

static void add_numbers(struct base_strbuf *out, const struct track_connection *connection,
                        bool ascii)
{
    const struct track_end_record *a = &connection->end[0], *b = &connection->end[1];
    struct base_strbuf cell = BASE_STRBUF_INIT;
    view_add_count(&cell, a->packets + b->packets);
    add_right(out, &cell, 7);
    base_strbuf_clear(&cell);
    view_add_bytes_short(&cell, a->unique_bytes + b->unique_bytes);
    add_right(out, &cell, 8);
    base_strbuf_clear(&cell);
    view_add_count(&cell, (uint64_t)a->retransmissions + b->retransmissions);
    add_right(out, &cell, 6);
    base_strbuf_clear(&cell);
    view_add_span(&cell, connection->end_ns - connection->start_ns, ascii);
    add_right(out, &cell, 12);
    base_strbuf_clear(&cell);
    if (connection->handshake_server_ns >= 0 && connection->handshake_client_ns >= 0)
        view_add_span(&cell, connection->handshake_server_ns + connection->handshake_client_ns,
                      ascii);
    else
        base_strbuf_char(&cell, '-');
    add_right(out, &cell, 8);
    base_strbuf_free(&cell);
}

static char *rest_of_row(const struct track_connection *connection, bool ascii)
{
    struct base_strbuf out = BASE_STRBUF_INIT;
    const struct track_end_record *end = connection->end;
    base_strbuf_printf(
        &out, "%-12s %-12s %-12s %-13s", track_state_name((enum track_state)end[0].state),
        connection->self_connect ? "(itself)" : track_state_name((enum track_state)end[1].state),
        track_open_name((enum track_open)connection->open),
        track_close_name((enum track_close)connection->close));
    add_numbers(&out, connection, ascii);
    return out.text; /* never NULL: something was added */
}

static void write_row(struct summary_sink *summary, const struct row *row)
{
    fprintf(summary->stream, "%5llu %-*s %-*s %s\n", (unsigned long long)row->number,
            summary->client_width, row->client, summary->server_width, row->server, row->rest);
}

static void write_head(struct summary_sink *summary)
{
    fprintf(summary->stream, "%5s %-*s %-*s %-12s %-12s %-12s %-13s %7s %8s %6s %12s %8s\n", "#",
            summary->client_width, "client", summary->server_width, "server", "client state",
            "server state", "open", "close", "packets", "bytes", "resent", "duration", "RTT");
}

/* Fixes the widths by the rows held so far and writes the head. */
static void start_streaming(struct summary_sink *summary)
{
    for (size_t i = 0; i < summary->held_count; i++) {
        int client = (int)strlen(summary->held[i].client);
        int server = (int)strlen(summary->held[i].server);
        if (client > summary->client_width)
            summary->client_width = client;
        if (server > summary->server_width)
            summary->server_width = server;
    }
    write_head(summary);
    summary->streaming = true;
}

/* --- the rows that wait --- */

static void swap_rows(struct row *a, struct row *b)
{
    struct row kept = *a;
    *a = *b;
    *b = kept;
}

static void hold_row(struct summary_sink *summary, const struct row *row)
{
    struct row *heap = summary->held;
    size_t at = summary->held_count++;
    heap[at] = *row;
    for (size_t above; at > 0 && heap[above = (at - 1) / 2].number > heap[at].number; at = above)
        swap_rows(&heap[above], &heap[at]);
}

/* Takes the lowest out; there is one. */
static struct row release_row(struct summary_sink *summary)
{
    struct row *heap = summary->held, lowest = heap[0];
    size_t count = --summary->held_count, at = 0;
    heap[0] = heap[count];
    for (size_t below; (below = 2 * at + 1) < count; at = below) {
        if (below + 1 < count && heap[below + 1].number < heap[below].number)
            below++;
        if (heap[at].number <= heap[below].number)
            break;
        swap_rows(&heap[at], &heap[below]);
    }
    return lowest;
}

static void write_lowest(struct summary_sink *summary)
{
    struct row row = release_row(summary);
    write_row(summary, &row);
    free(row.rest);
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct summary_sink *summary = context;
    if (!out_selected(&summary->options, connection->number))
        return;
    struct row row = {.number = connection->number};
    const struct wire_endpoint *client = &connection->end[TRACK_CLIENT].endpoint;
    wire_endpoint_text(client, row.client, sizeof row.client);
    wire_endpoint_text(connection->self_connect ? client : &connection->end[TRACK_SERVER].endpoint,
                       row.server, sizeof row.server);
    row.rest = rest_of_row(connection, summary->options.ascii);
    if (summary->options.live) {
        write_row(summary, &row);
        free(row.rest);
        return;
    }
    if (summary->held_count == HELD_ROWS) {
        if (!summary->streaming)
            start_streaming(summary);
        write_lowest(summary);
    }
    hold_row(summary, &row);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct summary_sink *summary = (struct summary_sink *)sink;
    if (!summary->streaming && summary->held_count > 0)
        start_streaming(summary);
    while (summary->held_count > 0)
        write_lowest(summary);
    struct base_strbuf closing = BASE_STRBUF_INIT;
    out_add_closing(&closing, capture);
    fputs(base_strbuf_text(&closing), summary->stream);
    base_strbuf_free(&closing);
}

static void summary_free(struct out_sink *sink)
{
    struct summary_sink *summary = (struct summary_sink *)sink;
    for (size_t i = 0; i < summary->held_count; i++)
        free(summary->held[i].rest);
    free(summary->held);
    free(summary);
}

struct out_sink *out_summary_new(FILE *stream, const struct out_options *options)
{
    struct summary_sink *summary = base_calloc(1, sizeof *summary);
    summary->sink.observer.connection = on_connection;
    summary->sink.finish = finish;
    summary->sink.free = summary_free;
    summary->options = *options;
    summary->held = base_calloc(HELD_ROWS, sizeof summary->held[0]);
    summary->stream = stream;
    summary->client_width = summary->server_width =
        options->live ? IPV4_WIDTH : (int)strlen("server");
    if (options->live)
        start_streaming(summary);
    return &summary->sink;
}
