/* The state machine as a drawing: RFC 9293 figure 5, and the way of both ends through it. */
#include "config.h"

#include <stdlib.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "out/picture.h"
#include "out/xmlw.h"
#include "view/state_layout.h"
#include "wire/decode.h"

#define BOX_W 180
#define BOX_H 44
#define COLUMN_STEP 363
#define ROW_STEP 92
#define LEFT 32
#define TOP 16
/* A ladder's unit of offsets in these. */
#define OFFSET_UNIT (BOX_W / VIEW_BOX_WIDTH)
/* How far the ways of both ends keep from the middle of an arrow that both went. */
#define APART 3
#define LIST_STEP 20
#define MAX_LISTED 40
/* Between the list's columns. */
#define LIST_COLUMN 488

struct point {
    long x, y;
};

/* The corners of a route. */
struct corners {
    struct point at[4];
};

struct drawing {
    struct base_strbuf *out;
    struct view_walk walk[2];
    const struct track_transition *transitions;
    size_t transition_count;
    bool self_connect;
    bool script;
};

static const char *const way_classes[2] = {"way-client", "way-server"};
static const enum out_head way_heads[2] = {OUT_HEAD_CLIENT, OUT_HEAD_SERVER};
static const char *const letters[2] = {"C", "S"};
static const char *const letter_classes[2] = {"r-client", "r-server"};

/* --- geometry --- */

static struct point middle_of(unsigned node)
{
    const struct view_node_place *place = view_node_place((enum view_node)node);
    return (struct point){LEFT + BOX_W / 2 + place->column * COLUMN_STEP,
                          TOP + BOX_H / 2 + place->row * ROW_STEP};
}

static bool goes_right(const struct view_route *route)
{
    return middle_of(route->to).x > middle_of(route->from).x;
}

static struct corners trace(const struct view_route *route)
{
    struct point from = middle_of(route->from), to = middle_of(route->to);
    long aside = goes_right(route) ? BOX_W / 2 : -BOX_W / 2;
    bool starts_down = route->shape != VIEW_ACROSS && route->shape != VIEW_ACROSS_DOWN;
    bool ends_down = route->shape != VIEW_ACROSS && route->shape != VIEW_DOWN_ACROSS;
    if (starts_down)
        from = (struct point){from.x + route->from_offset * OFFSET_UNIT, from.y + BOX_H / 2};
    else
        from.x += aside;
    if (ends_down)
        to = (struct point){to.x + route->to_offset * OFFSET_UNIT, to.y - BOX_H / 2};
    else
        to.x -= aside;
    long turn = route->shape == VIEW_DOWN_ACROSS        ? to.y
                : route->shape == VIEW_DOWN_ACROSS_DOWN ? from.y + (to.y - from.y) / 2
                                                        : from.y;
    return (struct corners){{from, {from.x, turn}, {to.x, turn}, to}};
}

/* --- who was where --- */

static bool walked(const struct drawing *d, unsigned side, unsigned edge)
{
    return !d->script && (d->walk[side].walked >> edge & 1) != 0;
}

static bool stands_at(const struct drawing *d, unsigned side, unsigned node)
{
    const struct view_walk *walk = &d->walk[side];
    if (d->script || (side == TRACK_SERVER && d->self_connect))
        return false;
    return walk->state == view_node_place((enum view_node)node)->state &&
           (walk->state != TRACK_CLOSED || walk->over == (node == VIEW_NODE_OVER));
}

static bool was_at(const struct drawing *d, unsigned side, unsigned node)
{
    unsigned state = view_node_place((enum view_node)node)->state;
    if (d->script || (side == TRACK_SERVER && d->self_connect))
        return false;
    return stands_at(d, side, node) ||
           (node != VIEW_NODE_OVER && (d->walk[side].visited >> state & 1) != 0);
}

/* --- arrows --- */

static void add_path(struct drawing *d, const struct corners *way, const char *classes, long dx,
                     long dy, enum out_head head)
{
    base_strbuf_printf(d->out, "<path class=\"%s\" d=\"M%ld %ld", classes, way->at[0].x + dx,
                       way->at[0].y + dy);
    for (unsigned i = 1; i < 4; i++) /* a line of no length has no direction for its head */
        if (way->at[i].x != way->at[i - 1].x || way->at[i].y != way->at[i - 1].y)
            base_strbuf_printf(d->out, "L%ld %ld", way->at[i].x + dx, way->at[i].y + dy);
    base_strbuf_printf(d->out, "\" marker-end=\"url(#%s)\"/>\n", out_head_name(head));
}

/* The ways that were gone, beside one another where both ends went. */
static void draw_ways(struct drawing *d, const struct view_route *route, unsigned edge)
{
    struct corners way = trace(route);
    bool both = d->script || (walked(d, 0, edge) && walked(d, 1, edge));
    for (unsigned side = 0; side < 2; side++) {
        if (!d->script && !walked(d, side, edge))
            continue;
        long apart = !both ? 0 : side == TRACK_CLIENT ? APART : -APART;
        add_path(d, &way, way_classes[side], goes_right(route) ? apart : -apart, -apart,
                 way_heads[side]);
    }
}

/* Which step of its own a side went over an edge the first time; 0: never. */
static size_t step_over(const struct drawing *d, unsigned side, unsigned edge)
{
    size_t count = 0;
    for (size_t i = 0; i < d->transition_count; i++) {
        const struct track_transition *transition = &d->transitions[i];
        if ((transition->side & 1) != side)
            continue;
        count++;
        if (transition->from == view_edge_from((enum view_edge)edge) &&
            transition->to == view_edge_to((enum view_edge)edge))
            return count;
    }
    return 0;
}

/* "C2 ", "S1 " */
static void add_step_numbers(struct drawing *d, unsigned edge)
{
    for (unsigned side = 0; side < 2; side++)
        if (walked(d, side, edge))
            base_strbuf_printf(d->out, "<tspan class=\"strong %s\">%s%zu </tspan>",
                               letter_classes[side], letters[side], step_over(d, side, edge));
}

static void draw_label(struct drawing *d, const struct view_route *route, unsigned edge)
{
    struct corners way = trace(route);
    bool down = route->shape == VIEW_DOWN;
    bool last =
        down && view_node_place((enum view_node)route->from)->column == VIEW_NODE_COLUMNS - 1;
    long x = last ? way.at[0].x - 9 : down ? way.at[0].x + 9 : (way.at[1].x + way.at[2].x) / 2;
    long y = down ? (way.at[0].y + way.at[3].y) / 2 + 4 : way.at[1].y - 8;
    bool taken = walked(d, 0, edge) || walked(d, 1, edge);
    base_strbuf_printf(d->out,
                       "<text class=\"small halo %s\" x=\"%ld\" y=\"%ld\" text-anchor=\"%s\" "
                       "xml:space=\"preserve\">",
                       taken ? "" : "dim", x, y,
                       last   ? "end"
                       : down ? "start"
                              : "middle");
    add_step_numbers(d, edge);
    out_xml_string(d->out, _(route->full));
    base_strbuf_str(d->out, "</text>\n");
}

static void draw_edge(struct drawing *d, unsigned edge)
{
    const struct view_route *route = view_route((enum view_edge)edge);
    struct corners way = trace(route);
    if (d->script)
        base_strbuf_printf(d->out, "<g class=\"e\" data-edge=\"%s-%s\">\n",
                           track_state_name(view_edge_from((enum view_edge)edge)),
                           track_state_name(view_edge_to((enum view_edge)edge)));
    else
        base_strbuf_str(d->out, "<g>\n");
    if (d->script || !(walked(d, 0, edge) || walked(d, 1, edge)))
        add_path(d, &way, "edge", 0, 0, OUT_HEAD_DIM);
    draw_ways(d, route, edge);
    draw_label(d, route, edge);
    base_strbuf_str(d->out, "</g>\n");
}

/* --- states --- */

/* A letter in a disc at the upper corner of the box: who stands there. */
static void draw_mark(struct drawing *d, unsigned side, struct point middle)
{
    long x = middle.x + (side == TRACK_CLIENT ? -BOX_W / 2 + 4 : BOX_W / 2 - 4);
    long y = middle.y - BOX_H / 2 + 4;
    base_strbuf_printf(d->out,
                       "<g class=\"mark %s\"><circle class=\"mark-%s\" cx=\"%ld\" cy=\"%ld\" "
                       "r=\"11\"/>",
                       side == TRACK_CLIENT ? "c" : "s", side == TRACK_CLIENT ? "client" : "server",
                       x, y);
    out_picture_text(d->out, "small strong mark-text", x, y + 4, "middle", letters[side]);
    base_strbuf_str(d->out, "</g>\n");
}

static void draw_node(struct drawing *d, unsigned node)
{
    const char *name =
        track_state_name((enum track_state)view_node_place((enum view_node)node)->state);
    struct point middle = middle_of(node);
    bool here = stands_at(d, 0, node) || stands_at(d, 1, node);
    bool was = was_at(d, 0, node) || was_at(d, 1, node);
    struct base_strbuf classes = BASE_STRBUF_INIT;
    base_strbuf_printf(d->out, "<g class=\"n%s%s\"", was ? " was" : "", here ? " here" : "");
    if (d->script)
        base_strbuf_printf(d->out, " data-node=\"%s\"", node == VIEW_NODE_OVER ? "OVER" : name);
    base_strbuf_str(d->out, ">\n");
    base_strbuf_printf(&classes, "box b-%s", name);
    out_picture_rect(d->out, base_strbuf_text(&classes), middle.x - BOX_W / 2, middle.y - BOX_H / 2,
                     BOX_W, BOX_H, 9);
    base_strbuf_clear(&classes);
    if (was || d->script)
        base_strbuf_printf(&classes, "name s-%s", name);
    else
        base_strbuf_str(&classes, "dim");
    out_picture_text(d->out, base_strbuf_text(&classes), middle.x, middle.y + 5, "middle", name);
    for (unsigned side = 0; side < 2; side++)
        if (d->script || stands_at(d, side, node))
            draw_mark(d, side, middle);
    base_strbuf_str(d->out, "</g>\n");
    base_strbuf_free(&classes);
}

/* --- the list of steps --- */

static void add_step_text(const struct track_transition *transition, struct base_strbuf *out)
{
    base_strbuf_str(out, track_cause_text((enum track_cause)transition->cause));
    if (transition->frame != 0)
        base_strbuf_printf(out, ", #%llu", (unsigned long long)transition->frame);
    if (!transition->confirmed)
        base_strbuf_str(out, _(" (presumed)"));
}

static void draw_step(struct drawing *d, const struct track_transition *transition, size_t number,
                      long x, long y)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    unsigned side = transition->side & 1;
    base_strbuf_printf(d->out,
                       "<text class=\"small\" x=\"%ld\" y=\"%ld\" xml:space=\"preserve\">"
                       "<tspan class=\"strong %s\">%s%zu</tspan>"
                       "<tspan x=\"%ld\" class=\"name s-%s\">%s</tspan> → "
                       "<tspan class=\"name s-%s\">%s</tspan><tspan class=\"dim\">  ",
                       x, y, letter_classes[side], letters[side], number, x + 32,
                       track_state_name((enum track_state)transition->from),
                       track_state_name((enum track_state)transition->from),
                       track_state_name((enum track_state)transition->to),
                       track_state_name((enum track_state)transition->to));
    add_step_text(transition, &text);
    out_xml_string(d->out, base_strbuf_text(&text));
    base_strbuf_str(d->out, "</tspan></text>\n");
    base_strbuf_free(&text);
}

/* The client's steps on the left, the server's on the right. */
static size_t draw_list(struct drawing *d, const struct view_timeline *timeline, size_t y)
{
    size_t count[2] = {0, 0}, most = 0;
    const struct track_connection *record = view_timeline_record(timeline);
    for (unsigned side = 0; side < (d->self_connect ? 1 : 2); side++) {
        char name[WIRE_ENDPOINT_TEXT];
        struct base_strbuf text = BASE_STRBUF_INIT;
        wire_endpoint_text(&record->end[side].endpoint, name, sizeof name);
        base_strbuf_printf(&text, "name %s", letter_classes[side]);
        struct base_strbuf label = BASE_STRBUF_INIT;
        base_strbuf_printf(&label, "%s  %s  %s", letters[side],
                           side == TRACK_CLIENT ? _("client") : _("server"), name);
        out_picture_text(d->out, base_strbuf_text(&text),
                         OUT_PICTURE_MARGIN + (long)side * LIST_COLUMN, (long)y + 14, NULL,
                         base_strbuf_text(&label));
        base_strbuf_free(&label);
        base_strbuf_free(&text);
    }
    for (size_t i = 0; i < d->transition_count; i++) {
        unsigned side = d->transitions[i].side & 1;
        if (++count[side] > MAX_LISTED)
            continue;
        draw_step(d, &d->transitions[i], count[side], OUT_PICTURE_MARGIN + (long)side * LIST_COLUMN,
                  (long)(y + 16 + count[side] * LIST_STEP));
        most = count[side] > most ? count[side] : most;
    }
    return y + 24 + most * LIST_STEP;
}

size_t out_draw_states(struct base_strbuf *out, const struct view_timeline *timeline, bool script)
{
    struct drawing d = {.out = out, .script = script};
    if (timeline != NULL) {
        size_t count = view_timeline_count(timeline);
        view_walk_to(timeline, count > 0 ? count - 1 : 0, d.walk);
        d.transitions = view_timeline_transitions(timeline, &d.transition_count);
        d.self_connect = view_timeline_record(timeline)->self_connect;
    }
    for (unsigned i = 0; i < VIEW_EDGES; i++)
        draw_edge(&d, i);
    for (unsigned i = 0; i < VIEW_NODES; i++)
        draw_node(&d, i);
    size_t height = TOP + (VIEW_NODE_ROWS - 1) * ROW_STEP + BOX_H + 30;
    return script ? height : draw_list(&d, timeline, height);
}
