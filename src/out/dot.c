/* The dot sink: the state machine with the way of both ends, in the language of Graphviz. */
#include "config.h"

#include <inttypes.h>

#include "base/intl.h"
#include "out/lives.h"
#include "out/textw.h"
#include "view/state_layout.h"
#include "wire/decode.h"

static const char *const way_colors[2] = {"#1f5fc4", "#b35309"};
static const char *const letters[2] = {"C", "S"};

/* CLOSED is two nodes, as in the figure: where it begins and where it ends. */
static const char *node_name(unsigned state, bool ends)
{
    return state == TRACK_CLOSED && ends ? "CLOSED_again"
                                         : track_state_name((enum track_state)state);
}

static void add_endpoint(struct base_strbuf *out, const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    out_text_string(out, OUT_TEXT_DOT, wire_endpoint_text(endpoint, text, sizeof text));
}

static void add_head(struct base_strbuf *out, const struct track_connection *record)
{
    base_strbuf_str(out, "digraph tcp {\n"
                         "    graph [fontname=\"sans-serif\", labelloc=t, label=\"");
    base_strbuf_printf(out, "#%" PRIu64 "  C = ", record->number);
    add_endpoint(out, &record->end[TRACK_CLIENT].endpoint);
    if (!record->self_connect) {
        base_strbuf_str(out, ", S = ");
        add_endpoint(out, &record->end[TRACK_SERVER].endpoint);
    }
    base_strbuf_str(
        out, "\"];\n"
             "    node [shape=box, style=rounded, fontname=\"sans-serif\", color=\"#9aa4ae\", "
             "fontcolor=\"#5f6b76\"];\n"
             "    edge [fontname=\"sans-serif\", fontsize=10, color=\"#c9d1d9\", "
             "fontcolor=\"#5f6b76\"];\n");
}

/* --- who was where --- */

static bool takes_part(const struct track_connection *record, unsigned side)
{
    return side == TRACK_CLIENT || !record->self_connect;
}

/* Nodes that an end was in are bold, where it ended is filled. */
static void add_node(struct base_strbuf *out, const struct track_connection *record,
                     const struct view_walk walk[2], unsigned state, bool ends)
{
    bool was = false, here = false;
    for (unsigned side = 0; side < 2; side++) {
        if (!takes_part(record, side))
            continue;
        bool stands =
            walk[side].state == state && (state != TRACK_CLOSED || walk[side].over == ends);
        here = here || stands;
        was = was || stands || (!ends && (walk[side].visited >> state & 1) != 0);
    }
    base_strbuf_printf(out, "    %s [label=\"%s\"", node_name(state, ends),
                       track_state_name((enum track_state)state));
    if (was)
        base_strbuf_str(out, ", color=\"#1b1f24\", fontcolor=\"#1b1f24\", penwidth=2");
    if (here)
        base_strbuf_str(out, ", style=\"rounded,filled\", fillcolor=\"#dbe9f6\"");
    base_strbuf_str(out, "];\n");
}

static void add_nodes(struct base_strbuf *out, const struct view_timeline *timeline)
{
    struct view_walk walk[2];
    const struct track_connection *record = view_timeline_record(timeline);
    size_t count = view_timeline_count(timeline);
    view_walk_to(timeline, count > 0 ? count - 1 : 0, walk);
    for (unsigned i = 0; i < VIEW_NODES; i++)
        add_node(out, record, walk, view_node_place((enum view_node)i)->state, i == VIEW_NODE_OVER);
    if (walk[0].state == TRACK_UNKNOWN || walk[1].state == TRACK_UNKNOWN ||
        ((walk[0].visited | walk[1].visited) & 1u << TRACK_UNKNOWN) != 0)
        add_node(out, record, walk, TRACK_UNKNOWN, false);
    base_strbuf_str(out, "    { rank=same; SYN_RECEIVED; SYN_SENT }\n"
                         "    { rank=same; FIN_WAIT_1; CLOSE_WAIT }\n"
                         "    { rank=same; FIN_WAIT_2; CLOSING; LAST_ACK }\n");
}

/* --- edges --- */

static bool ends_at(unsigned to)
{
    return to == TRACK_CLOSED;
}

static bool is_walked(const struct track_transition *transitions, size_t count, unsigned from,
                      unsigned to)
{
    for (size_t i = 0; i < count; i++)
        if (transitions[i].from == from && transitions[i].to == to)
            return true;
    return false;
}

/* The figure's arrows that nobody went. */
static void add_rest(struct base_strbuf *out, const struct track_transition *transitions,
                     size_t count)
{
    for (unsigned i = 0; i < VIEW_EDGES; i++) {
        unsigned from = view_edge_from((enum view_edge)i), to = view_edge_to((enum view_edge)i);
        if (is_walked(transitions, count, from, to))
            continue;
        base_strbuf_printf(out, "    %s -> %s [label=\"", node_name(from, false),
                           node_name(to, ends_at(to)));
        out_text_string(out, OUT_TEXT_DOT, _(view_route((enum view_edge)i)->full));
        base_strbuf_str(out, "\"];\n");
    }
}

/* Each step of each end, numbered. */
static void add_ways(struct base_strbuf *out, const struct track_transition *transitions,
                     size_t count)
{
    size_t step[2] = {0, 0};
    for (size_t i = 0; i < count; i++) {
        const struct track_transition *transition = &transitions[i];
        unsigned side = transition->side & 1;
        base_strbuf_printf(out, "    %s -> %s [color=\"%s\", fontcolor=\"%s\", penwidth=2, ",
                           node_name(transition->from, false),
                           node_name(transition->to, ends_at(transition->to)), way_colors[side],
                           way_colors[side]);
        if (!transition->confirmed)
            base_strbuf_str(out, "style=dashed, ");
        base_strbuf_printf(out, "label=\"%s%zu  ", letters[side], ++step[side]);
        out_text_string(out, OUT_TEXT_DOT,
                        _(track_cause_text((enum track_cause)transition->cause)));
        base_strbuf_str(out, "\"];\n");
    }
}

static size_t draw(struct out_pages *pages, const struct view_timeline *timeline,
                   struct base_strbuf *text)
{
    (void)pages;
    size_t count;
    const struct track_transition *transitions = view_timeline_transitions(timeline, &count);
    add_head(text, view_timeline_record(timeline));
    add_nodes(text, timeline);
    add_rest(text, transitions, count);
    add_ways(text, transitions, count);
    base_strbuf_str(text, "}\n");
    return 0;
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct out_pages *pages = (struct out_pages *)sink;
    uint64_t left_out = out_pages_left_out(pages, capture);
    if (left_out > 0 && pages->count > 0)
        fprintf(pages->lives.stream,
                "// connection %" PRIu64 " alone; --connection chooses another\n",
                pages->page[0].number);
    fputs(pages->count > 0 ? base_strbuf_text(&pages->page[0].text) : "digraph tcp {\n}\n",
          pages->lives.stream);
}

struct out_sink *out_dot_new(FILE *stream, const struct out_options *options)
{
    return out_pages_new(stream, options, 1, draw, finish);
}
