/* The summary sink: a table with a line per connection, by their numbers, and closing lines.
 *
 * Connections come in the order in which they end. Memory is bounded: of a file HELD_ROWS rows
 * wait, and the lowest of them is written when there is one more; the address columns fit the first
 * of them. Rows of a live capture are written at once. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/strbuf.h"
#include "base/xalloc.h"
#include "out/closing.h"
#include "out/select.h"
#include "out/sink.h"
#include "view/charwidth.h"
#include "view/kernel_words.h"
#include "view/words.h"
#include "wire/decode.h"

#define HELD_ROWS 4096
#define IPV4_WIDTH 21 /* 255.255.255.255:65535 */
#define NUMBER_WIDTH 5

struct row {
    char client[WIRE_ENDPOINT_TEXT], server[WIRE_ENDPOINT_TEXT];
    size_t client_length, server_length;
    struct base_strbuf rest; /* the columns after the addresses */
};

/* A row that waits: its place in rows. */
struct held {
    uint64_t number;
    size_t row;
};

struct summary_sink {
    struct out_sink sink; /* first: the observer's context is cast to this struct */
    struct out_options options;
    FILE *stream;
    struct row *rows;  /* owned; HELD_ROWS that wait or are free, and one in work */
    struct held *heap; /* owned; the lowest number first */
    size_t held_count;
    size_t spare; /* the row in work */
    struct base_strbuf cell, line;
    bool streaming; /* the widths are fixed and the head is written */
    size_t client_width, server_width;
};

static size_t text_width(const struct base_strbuf *text)
{
    size_t width = 0;
    for (size_t i = 0; i < text->length; i++)
        width += ((unsigned char)text->text[i] & 0xc0) != 0x80; /* µ is the only one beyond ASCII */
    return width;
}

/* --- cells: each but the first has a space before it --- */

static void add_left(struct base_strbuf *out, const char *text, size_t length, size_t width)
{
    base_strbuf_add(out, text, length);
    if (length < width)
        base_strbuf_fill(out, ' ', width - length);
}

static void add_word(struct base_strbuf *out, const char *word, size_t width)
{
    if (out->length > 0)
        base_strbuf_char(out, ' ');
    add_left(out, word, strlen(word), width);
}

/* Takes the text out of the cell. */
static void add_right(struct base_strbuf *out, struct base_strbuf *cell, size_t width)
{
    size_t taken = text_width(cell);
    base_strbuf_fill(out, ' ', taken < width ? width - taken + 1 : 1);
    base_strbuf_add(out, cell->text, cell->length);
    base_strbuf_clear(cell);
}

static void add_numbers(struct base_strbuf *out, struct base_strbuf *cell,
                        const struct track_connection *connection, bool ascii)
{
    const struct track_end_record *a = &connection->end[0], *b = &connection->end[1];
    view_add_count(cell, a->packets + b->packets);
    add_right(out, cell, 7);
    view_add_bytes_short(cell, a->unique_bytes + b->unique_bytes);
    add_right(out, cell, 8);
    view_add_count(cell, (uint64_t)a->retransmissions + b->retransmissions);
    add_right(out, cell, 6);
    view_add_span(cell, connection->end_ns - connection->start_ns, ascii);
    add_right(out, cell, 12);
    if (connection->handshake_server_ns >= 0 && connection->handshake_client_ns >= 0)
        view_add_span(cell, connection->handshake_server_ns + connection->handshake_client_ns,
                      ascii);
    else
        base_strbuf_char(cell, '-');
    add_right(out, cell, 8);
}

/* What this host's kernel says of its ends; nothing where it was not asked. */
static void add_kernel(struct base_strbuf *out, const struct track_connection *connection)
{
    static const char *const names[] = {N_("client"), N_("server")};
    for (unsigned i = 0; i < 2; i++)
        if (connection->end[i].kernel.state != TRACK_UNKNOWN) {
            base_strbuf_printf(out, _("  kernel, %s: "), _(names[i]));
            view_add_kernel_word(out, &connection->end[i]);
        }
}

static void fill_row(struct summary_sink *summary, struct row *row,
                     const struct track_connection *connection)
{
    const struct track_end_record *end = connection->end;
    const struct wire_endpoint *client = &end[TRACK_CLIENT].endpoint;
    const struct wire_endpoint *server =
        connection->self_connect ? client : &end[TRACK_SERVER].endpoint;
    row->client_length = strlen(wire_endpoint_text(client, row->client, sizeof row->client));
    row->server_length = strlen(wire_endpoint_text(server, row->server, sizeof row->server));
    base_strbuf_clear(&row->rest);
    add_word(&row->rest, track_state_name((enum track_state)end[0].state), 12);
    add_word(&row->rest,
             connection->self_connect ? "(itself)"
                                      : track_state_name((enum track_state)end[1].state),
             12);
    add_word(&row->rest, track_open_name((enum track_open)connection->open), 12);
    add_word(&row->rest, track_close_name((enum track_close)connection->close), 13);
    add_numbers(&row->rest, &summary->cell, connection, summary->options.ascii);
    add_kernel(&row->rest, connection);
}

/* --- lines --- */

static void write_row(struct summary_sink *summary, uint64_t number, const struct row *row)
{
    struct base_strbuf *line = &summary->line, *cell = &summary->cell;
    base_strbuf_clear(line);
    base_strbuf_u64(cell, number);
    if (cell->length < NUMBER_WIDTH)
        base_strbuf_fill(line, ' ', NUMBER_WIDTH - cell->length);
    base_strbuf_add(line, cell->text, cell->length);
    base_strbuf_clear(cell);
    base_strbuf_char(line, ' ');
    add_left(line, row->client, row->client_length, summary->client_width);
    base_strbuf_char(line, ' ');
    add_left(line, row->server, row->server_length, summary->server_width);
    base_strbuf_char(line, ' ');
    base_strbuf_add(line, row->rest.text, row->rest.length);
    base_strbuf_char(line, '\n');
    fwrite(line->text, 1, line->length, summary->stream);
}

static void write_head(struct summary_sink *summary)
{
    const struct {
        const char *word;
        size_t width;
        bool right;
    } columns[] = {{"#", NUMBER_WIDTH, true},
                   {_("client"), summary->client_width, false},
                   {_("server"), summary->server_width, false},
                   {_("client state"), 12, false},
                   {_("server state"), 12, false},
                   {_("open"), 12, false},
                   {_("close"), 13, false},
                   {_("packets"), 7, true},
                   {_("bytes"), 8, true},
                   {_("resent"), 6, true},
                   {_("duration"), 12, true},
                   {"RTT", 8, true}};
    struct base_strbuf *line = &summary->line;
    base_strbuf_clear(line);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        size_t length = strlen(columns[i].word), width = view_text_width(columns[i].word, length);
        size_t blanks = width < columns[i].width ? columns[i].width - width : 0;
        if (i > 0)
            base_strbuf_char(line, ' ');
        base_strbuf_fill(line, ' ', columns[i].right ? blanks : 0);
        base_strbuf_add(line, columns[i].word, length);
        base_strbuf_fill(line, ' ', columns[i].right ? 0 : blanks);
    }
    base_strbuf_char(line, '\n');
    fwrite(line->text, 1, line->length, summary->stream);
}

/* Fixes the widths by the rows held so far and writes the head. */
static void start_streaming(struct summary_sink *summary)
{
    for (size_t i = 0; i < summary->held_count; i++) {
        const struct row *row = &summary->rows[summary->heap[i].row];
        if (row->client_length > summary->client_width)
            summary->client_width = row->client_length;
        if (row->server_length > summary->server_width)
            summary->server_width = row->server_length;
    }
    write_head(summary);
    summary->streaming = true;
}

/* --- the rows that wait --- */

static void swap_held(struct held *a, struct held *b)
{
    struct held kept = *a;
    *a = *b;
    *b = kept;
}

static void hold(struct summary_sink *summary, struct held held)
{
    struct held *heap = summary->heap;
    size_t at = summary->held_count++;
    heap[at] = held;
    for (size_t above; at > 0 && heap[above = (at - 1) / 2].number > heap[at].number; at = above)
        swap_held(&heap[above], &heap[at]);
}

/* Takes the lowest out; there is one. */
static struct held release(struct summary_sink *summary)
{
    struct held *heap = summary->heap, lowest = heap[0];
    size_t count = --summary->held_count, at = 0;
    heap[0] = heap[count];
    for (size_t below; (below = 2 * at + 1) < count; at = below) {
        if (below + 1 < count && heap[below + 1].number < heap[below].number)
            below++;
        if (heap[at].number <= heap[below].number)
            break;
        swap_held(&heap[at], &heap[below]);
    }
    return lowest;
}

/* Its row is the spare one then. */
static void write_lowest(struct summary_sink *summary)
{
    struct held lowest = release(summary);
    write_row(summary, lowest.number, &summary->rows[lowest.row]);
    summary->spare = lowest.row;
}

static void on_connection(void *context, const struct track_connection *connection)
{
    struct summary_sink *summary = context;
    if (!out_selected(&summary->options, connection->number))
        return;
    struct row *row = &summary->rows[summary->spare];
    fill_row(summary, row, connection);
    if (summary->options.live) {
        write_row(summary, connection->number, row);
        return;
    }
    struct held held = {connection->number, summary->spare};
    if (summary->held_count < HELD_ROWS) {
        hold(summary, held);
        summary->spare = summary->held_count;
        return;
    }
    if (!summary->streaming)
        start_streaming(summary);
    if (held.number < summary->heap[0].number) {
        write_row(summary, held.number, row);
        return;
    }
    write_lowest(summary);
    hold(summary, held);
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
    for (size_t i = 0; i <= HELD_ROWS; i++)
        base_strbuf_free(&summary->rows[i].rest);
    base_strbuf_free(&summary->cell);
    base_strbuf_free(&summary->line);
    free(summary->rows);
    free(summary->heap);
    free(summary);
}

struct out_sink *out_summary_new(FILE *stream, const struct out_options *options)
{
    struct summary_sink *summary = base_calloc(1, sizeof *summary);
    summary->sink.observer.connection = on_connection;
    summary->sink.finish = finish;
    summary->sink.free = summary_free;
    summary->options = *options;
    summary->rows = base_calloc(HELD_ROWS + 1, sizeof summary->rows[0]);
    summary->heap = base_calloc(HELD_ROWS, sizeof summary->heap[0]);
    summary->stream = stream;
    summary->client_width = summary->server_width = options->live ? IPV4_WIDTH : strlen("server");
    if (options->live)
        start_streaming(summary);
    return &summary->sink;
}
