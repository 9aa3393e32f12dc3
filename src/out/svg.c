/* The svg sink: connections as drawings below one another, in one picture. */
#include "config.h"

#include "base/intl.h"
#include "out/lives.h"
#include "out/picture.h"
#include "out/xmlw.h"
#include "view/words.h"
#include "wire/decode.h"

/* A picture of more is of no use to anyone. */
#define MAX_CONNECTIONS 40
#define BETWEEN 36
#define TITLE_HEIGHT 64

static void add_name(struct base_strbuf *out, const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    base_strbuf_str(out, wire_endpoint_text(endpoint, text, sizeof text));
}

/* "10.0.0.1:50312 ⇄ 10.0.0.2:1234" */
static void add_names(struct base_strbuf *out, const struct track_connection *record)
{
    add_name(out, &record->end[TRACK_CLIENT].endpoint);
    if (record->self_connect) {
        base_strbuf_str(out, _(" connected to itself"));
        return;
    }
    base_strbuf_str(out, " ⇄ ");
    add_name(out, &record->end[TRACK_SERVER].endpoint);
}

/* "three-way handshake, four-way close · 11 bytes in 180 ms · RTT 28.0 µs" */
void out_picture_facts(struct base_strbuf *out, const struct track_connection *record)
{
    base_strbuf_printf(out, _("open: %s · close: %s · "),
                       view_open_words((enum track_open)record->open),
                       view_close_words((enum track_close)record->close));
    view_add_bytes(out, record->end[0].unique_bytes + record->end[1].unique_bytes);
    base_strbuf_str(out, _(" in "));
    view_add_span(out, record->end_ns - record->start_ns, false);
    if (record->handshake_server_ns >= 0 && record->handshake_client_ns >= 0) {
        base_strbuf_str(out, " · RTT ");
        view_add_span(out, record->handshake_server_ns + record->handshake_client_ns, false);
    }
    if (record->incarnation > 1)
        base_strbuf_printf(out, _(" · incarnation %u"), (unsigned)record->incarnation);
}

size_t out_draw_title(struct base_strbuf *out, const struct view_timeline *timeline)
{
    const struct track_connection *record = view_timeline_record(timeline);
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(&text, "#%llu  ", (unsigned long long)record->number);
    add_names(&text, record);
    out_picture_text(out, "title", OUT_PICTURE_MARGIN, 24, NULL, base_strbuf_text(&text));
    base_strbuf_clear(&text);
    out_picture_facts(&text, record);
    out_picture_text(out, "dim", OUT_PICTURE_MARGIN, 46, NULL, base_strbuf_text(&text));
    base_strbuf_free(&text);
    return TITLE_HEIGHT;
}

static size_t draw_view(struct out_pages *pages, const struct view_timeline *timeline,
                        struct base_strbuf *text)
{
    struct view_ladder_options options =
        out_lives_ladder(&pages->lives, pages->lives.options.explain ? OUT_PICTURE_INNER_COLUMNS
                                                                     : OUT_PICTURE_COLUMNS);
    options.ascii = false;
    options.title = false;
    switch (pages->lives.options.view) {
    case OUT_VIEW_TIMELINE:
        return out_draw_timeline(text, timeline, &options, false);
    case OUT_VIEW_STATES:
        return out_draw_states(text, timeline, false);
    case OUT_VIEW_SEQUENCE:
        return out_draw_sequence(text, timeline);
    }
    return 0;
}

static size_t draw(struct out_pages *pages, const struct view_timeline *timeline,
                   struct base_strbuf *text)
{
    size_t title = out_draw_title(text, timeline);
    base_strbuf_printf(text, "<g transform=\"translate(0,%zu)\">\n", title);
    size_t height = draw_view(pages, timeline, text);
    base_strbuf_str(text, "</g>\n");
    return title + height;
}

static const char *name_of_view(enum out_view view)
{
    switch (view) {
    case OUT_VIEW_TIMELINE:
        return N_("TCP timeline");
    case OUT_VIEW_STATES:
        return N_("TCP states");
    case OUT_VIEW_SEQUENCE:
        return N_("TCP sequence numbers over time");
    }
    return "";
}

/* The element, its title for screen readers, the style sheet, the ground. */
static void add_head(struct base_strbuf *out, const struct out_pages *pages, const char *source,
                     size_t height)
{
    base_strbuf_printf(out,
                       "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"tcpviz\" role=\"img\" "
                       "width=\"%d\" height=\"%zu\" viewBox=\"0 0 %d %zu\" "
                       "aria-labelledby=\"title\">\n<title id=\"title\">",
                       OUT_PICTURE_WIDTH, height, OUT_PICTURE_WIDTH, height);
    out_xml_string(out, _(name_of_view(pages->lives.options.view)));
    if (source != NULL) {
        base_strbuf_str(out, ": ");
        out_xml_string(out, source);
    }
    base_strbuf_str(out, "</title>\n<style>\n");
    out_picture_style(out, pages->lives.options.theme, ".tcpviz");
    base_strbuf_str(out, "@media print{svg.tcpviz{width:100%;height:auto}}\n</style>\n");
    out_picture_defs(out);
    base_strbuf_printf(out, "<rect class=\"ground\" width=\"%d\" height=\"%zu\"/>\n",
                       OUT_PICTURE_WIDTH, height);
}

/* Says what is not shown. */
static void add_foot(struct base_strbuf *out, uint64_t left_out, bool none, size_t y)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    if (none)
        base_strbuf_str(&text, _("No TCP connection."));
    else if (left_out > 0) {
        base_strbuf_str(&text, _("Not drawn: "));
        view_add_counted(&text, left_out, "connection");
        base_strbuf_str(&text, _("; --connection chooses"));
    }
    if (text.length > 0)
        out_picture_text(out, "dim", OUT_PICTURE_MARGIN, (long)y, NULL, base_strbuf_text(&text));
    base_strbuf_free(&text);
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct out_pages *pages = (struct out_pages *)sink;
    struct base_strbuf out = BASE_STRBUF_INIT;
    uint64_t left_out = out_pages_left_out(pages, capture);
    bool none = pages->count == 0;
    size_t height = OUT_PICTURE_MARGIN, y = height;
    for (size_t i = 0; i < pages->count; i++)
        height += pages->page[i].height + (i > 0 ? BETWEEN : 0);
    height += (none || left_out > 0 ? 40u : 0u) + OUT_PICTURE_MARGIN;
    add_head(&out, pages, capture->source, height);
    for (size_t i = 0; i < pages->count; i++) {
        base_strbuf_printf(&out, "<g transform=\"translate(0,%zu)\">\n", y);
        base_strbuf_add(&out, base_strbuf_text(&pages->page[i].text), pages->page[i].text.length);
        base_strbuf_str(&out, "</g>\n");
        y += pages->page[i].height + BETWEEN;
    }
    add_foot(&out, left_out, none, height - OUT_PICTURE_MARGIN);
    base_strbuf_str(&out, "</svg>\n");
    fwrite(base_strbuf_text(&out), 1, out.length, pages->lives.stream);
    base_strbuf_free(&out);
}

struct out_sink *out_svg_new(FILE *stream, const struct out_options *options)
{
    return out_pages_new(stream, options, MAX_CONNECTIONS, draw, finish);
}
