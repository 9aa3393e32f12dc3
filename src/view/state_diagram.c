/* The state machine as a drawing: RFC 9293 figure 5 with both endpoints in it. */
#include "config.h"

#include "view/state_diagram.h"

#include <string.h>

#include "base/intl.h"
#include "view/charwidth.h"
#include "view/state_layout.h"

/* "[C SYN_RECEIVED S]" */
#define BOX_WIDTH VIEW_BOX_WIDTH
#define NAME_WIDTH 12
/* A wider drawing only has longer lines. */
#define MAX_WIDTH 130

enum direction { RIGHT, LEFT, DOWNWARDS };

/* The signs of a line that was walked, and of one that was not. */
struct pen {
    uint32_t across, down;
    uint32_t down_right, down_left; /* corners: from above to the side */
    uint32_t right_down, left_down; /* from the side downwards */
};

static const struct pen pens[2][2] = {
    {{0x2500, 0x2502, 0x2514, 0x2518, 0x2510, 0x250c},
     {0x2501, 0x2503, 0x2517, 0x251b, 0x2513, 0x250f}},
    {{'.', ':', '.', '.', '.', '.'}, {'-', '|', '+', '+', '+', '+'}},
};

struct drawing {
    const struct view_state_diagram *diagram;
    struct view_grid *grid;
    size_t x[VIEW_NODE_COLUMNS], y[VIEW_NODE_ROWS]; /* upper left corners of boxes */
    size_t box_height;                              /* 1 or 3 */
};

struct point {
    size_t x, y;
};

/* --- layout --- */

static void choose_rows(size_t height, size_t *box_height, size_t *gap)
{
    *box_height = height >= VIEW_NODE_ROWS * 3 + (VIEW_NODE_ROWS - 1) * 2 ? 3 : 1;
    *gap = (height - VIEW_NODE_ROWS * *box_height) / (VIEW_NODE_ROWS - 1);
    if (*gap > 3)
        *gap = 3;
}

size_t view_state_diagram_height(size_t width, size_t height)
{
    size_t box_height, gap;
    if (width < VIEW_STATE_DIAGRAM_WIDTH || height < VIEW_STATE_DIAGRAM_HEIGHT)
        return height < VIEW_STATE_LIST_HEIGHT ? height : VIEW_STATE_LIST_HEIGHT;
    choose_rows(height, &box_height, &gap);
    return VIEW_NODE_ROWS * box_height + (VIEW_NODE_ROWS - 1) * gap;
}

static void lay_out(struct drawing *d)
{
    size_t gap;
    size_t width = d->grid->width < MAX_WIDTH ? d->grid->width : MAX_WIDTH;
    size_t left = (d->grid->width - width) / 2 + 1;
    choose_rows(d->grid->height, &d->box_height, &gap);
    for (size_t i = 0; i < VIEW_NODE_COLUMNS; i++)
        d->x[i] = left + i * (width - 2 - BOX_WIDTH) / (VIEW_NODE_COLUMNS - 1);
    for (size_t i = 0; i < VIEW_NODE_ROWS; i++)
        d->y[i] = i * (d->box_height + gap);
}

/* --- who was where --- */

static bool takes_part(const struct drawing *d, unsigned side)
{
    return side == 0 || !d->diagram->self_connect;
}

static uint8_t role_of(bool client, bool server, uint8_t nobody)
{
    if (client && server)
        return VIEW_ROLE_BOTH;
    return client ? VIEW_ROLE_CLIENT : server ? VIEW_ROLE_SERVER : nobody;
}

static bool stands_at(const struct drawing *d, unsigned side, enum view_node node)
{
    const struct view_walk *walk = &d->diagram->walk[side];
    return takes_part(d, side) && walk->state == view_node_place(node)->state &&
           (walk->state != TRACK_CLOSED || walk->over == (node == VIEW_NODE_OVER));
}

static bool was_at(const struct drawing *d, unsigned side, enum view_node node)
{
    const struct view_walk *walk = &d->diagram->walk[side];
    bool visited =
        node != VIEW_NODE_OVER && (walk->visited >> view_node_place(node)->state & 1) != 0;
    return takes_part(d, side) && (visited || stands_at(d, side, node));
}

static bool walked(const struct drawing *d, unsigned side, enum view_edge edge)
{
    return takes_part(d, side) && (d->diagram->walk[side].walked >> edge & 1) != 0;
}

/* --- states --- */

/* The letters of those who are there, the name between them. */
static void draw_name(const struct drawing *d, struct point at, enum view_node node,
                      bool keep_marks)
{
    const char *name = track_state_name((enum track_state)view_node_place(node)->state);
    size_t length = strlen(name);
    bool here[2] = {stands_at(d, 0, node), stands_at(d, 1, node)};
    uint8_t role = VIEW_ROLE_DIM;
    if (here[0] || here[1])
        role = view_role_of_state((enum track_state)view_node_place(node)->state);
    else if (was_at(d, 0, node) || was_at(d, 1, node))
        role = VIEW_ROLE_TITLE;
    if (here[0])
        view_grid_text(d->grid, at.x, at.y, "C", VIEW_ROLE_CLIENT);
    if (here[1])
        view_grid_text(d->grid, at.x + (keep_marks ? 1 : NAME_WIDTH + 3), at.y, "S",
                       VIEW_ROLE_SERVER);
    size_t indent = keep_marks ? 1 : (NAME_WIDTH - length) / 2;
    view_grid_text(d->grid, at.x + 2 + indent, at.y, name, (enum view_role)role);
}

static void draw_border(const struct drawing *d, struct point at, const struct pen *pen,
                        uint8_t role)
{
    struct view_grid *grid = d->grid;
    size_t right = at.x + BOX_WIDTH - 1, bottom = at.y + 2;
    enum view_role look = (enum view_role)role;
    view_grid_fill(grid, at.x + 1, at.y, pen->across, BOX_WIDTH - 2, look);
    view_grid_fill(grid, at.x + 1, bottom, pen->across, BOX_WIDTH - 2, look);
    view_grid_fill(grid, at.x, at.y, pen->left_down, 1, look);
    view_grid_fill(grid, right, at.y, pen->right_down, 1, look);
    view_grid_fill(grid, at.x, at.y + 1, pen->down, 1, look);
    view_grid_fill(grid, right, at.y + 1, pen->down, 1, look);
    view_grid_fill(grid, at.x, bottom, pen->down_right, 1, look);
    view_grid_fill(grid, right, bottom, pen->down_left, 1, look);
}

static void draw_box(const struct drawing *d, enum view_node node)
{
    struct point at = {d->x[view_node_place(node)->column], d->y[view_node_place(node)->row]};
    bool seen = was_at(d, 0, node) || was_at(d, 1, node);
    uint8_t role = role_of(stands_at(d, 0, node), stands_at(d, 1, node),
                           seen ? VIEW_ROLE_PLAIN : VIEW_ROLE_DIM);
    if (d->box_height == 3) {
        draw_border(d, at, &pens[d->diagram->ascii][seen], role);
        draw_name(d, (struct point){at.x + 1, at.y + 1}, node, false);
        return;
    }
    view_grid_text(d->grid, at.x, at.y, "[", (enum view_role)role);
    view_grid_text(d->grid, at.x + BOX_WIDTH - 1, at.y, "]", (enum view_role)role);
    draw_name(d, (struct point){at.x + 1, at.y}, node, false);
}

/* --- arrows --- */

static struct point beside(const struct drawing *d, enum view_node node, enum direction direction)
{
    size_t x = d->x[view_node_place(node)->column];
    return (struct point){direction == RIGHT ? x + BOX_WIDTH : x - 1,
                          d->y[view_node_place(node)->row] + d->box_height / 2};
}

static struct point under(const struct drawing *d, enum view_node node, int offset)
{
    size_t middle = d->x[view_node_place(node)->column] + BOX_WIDTH / 2;
    return (struct point){(size_t)((int)middle + offset),
                          d->y[view_node_place(node)->row] + d->box_height};
}

static struct point above(const struct drawing *d, enum view_node node, int offset)
{
    size_t middle = d->x[view_node_place(node)->column] + BOX_WIDTH / 2;
    return (struct point){(size_t)((int)middle + offset), d->y[view_node_place(node)->row] - 1};
}

/* The cells of a line, both ends included. */
static void draw_across(const struct drawing *d, struct point a, struct point b,
                        const struct pen *pen, uint8_t role)
{
    size_t from = a.x < b.x ? a.x : b.x, to = a.x < b.x ? b.x : a.x;
    view_grid_fill(d->grid, from, a.y, pen->across, to - from + 1, (enum view_role)role);
}

static void draw_down(const struct drawing *d, struct point a, struct point b,
                      const struct pen *pen, uint8_t role)
{
    for (size_t y = a.y; y <= b.y; y++)
        view_grid_fill(d->grid, a.x, y, pen->down, 1, (enum view_role)role);
}

static void draw_head(const struct drawing *d, struct point at, enum direction direction,
                      uint8_t role)
{
    static const uint32_t heads[2][3] = {{0x25b6, 0x25c0, 0x25bc}, {'>', '<', 'v'}};
    view_grid_fill(d->grid, at.x, at.y, heads[d->diagram->ascii][direction], 1,
                   (enum view_role)role);
}

/* The corners of a route: start, up to two turns, end. */
struct track_of {
    struct point start, first, second, end;
};

static struct track_of trace(const struct drawing *d, const struct view_route *route, bool right)
{
    enum direction side = right ? RIGHT : LEFT, back = right ? LEFT : RIGHT;
    bool starts_down = route->shape != VIEW_ACROSS && route->shape != VIEW_ACROSS_DOWN;
    bool ends_down = route->shape != VIEW_ACROSS && route->shape != VIEW_DOWN_ACROSS;
    struct track_of way;
    way.start = starts_down ? under(d, (enum view_node)route->from, route->from_offset)
                            : beside(d, (enum view_node)route->from, side);
    way.end = ends_down ? above(d, (enum view_node)route->to, route->to_offset)
                        : beside(d, (enum view_node)route->to, back);
    size_t turn = route->shape == VIEW_DOWN_ACROSS ? way.end.y
                  : route->shape == VIEW_DOWN_ACROSS_DOWN
                      ? way.start.y + (way.end.y - way.start.y) / 2
                      : way.start.y;
    way.first = (struct point){way.start.x, turn};
    way.second = (struct point){way.end.x, turn};
    return way;
}

static bool is_blank(const struct drawing *d, size_t x, size_t y, size_t width)
{
    for (size_t i = x; i < x + width; i++) {
        const struct view_cell *cell = view_grid_cell(d->grid, i, y);
        if (cell == NULL || cell->code_point != ' ')
            return false;
    }
    return true;
}

/* On the line if it is long enough. */
static bool label_across(const struct drawing *d, const struct track_of *way, const char *text,
                         uint8_t role)
{
    size_t from = way->first.x < way->second.x ? way->first.x : way->second.x;
    size_t to = way->first.x < way->second.x ? way->second.x : way->first.x;
    size_t length = view_text_width(text, strlen(text));
    if (to - from + 1 < length + 6)
        return false;
    size_t x = from + (to - from + 1 - length) / 2;
    view_grid_text(d->grid, x - 1, way->first.y, " ", VIEW_ROLE_PLAIN);
    view_grid_text(d->grid, x, way->first.y, text, (enum view_role)role);
    view_grid_text(d->grid, x + length, way->first.y, " ", VIEW_ROLE_PLAIN);
    return true;
}

/* Beside the line, where there is nothing else: as near to its middle as can be. */
static bool label_beside(const struct drawing *d, const struct track_of *way, size_t x,
                         const char *text, uint8_t role)
{
    size_t length = view_text_width(text, strlen(text)), rows = way->end.y - way->start.y + 1;
    for (size_t i = 0; i < rows; i++) {
        size_t y = way->start.y + (rows / 2 + i) % rows;
        if (!is_blank(d, x - 1, y, length + 2))
            continue;
        view_grid_text(d->grid, x, y, text, (enum view_role)role);
        return true;
    }
    return false;
}

static bool label_down(const struct drawing *d, const struct track_of *way, const char *text,
                       uint8_t role)
{
    size_t length = view_text_width(text, strlen(text)), x = way->start.x;
    return label_beside(d, way, x + 2, text, role) ||
           (x > length + 2 && label_beside(d, way, x - 1 - length, text, role));
}

static void draw_label(const struct drawing *d, enum view_edge edge)
{
    const struct view_route *route = view_route(edge);
    bool right =
        d->x[view_node_place(route->to)->column] > d->x[view_node_place(route->from)->column];
    struct track_of way = trace(d, route, right);
    uint8_t role = role_of(walked(d, 0, edge), walked(d, 1, edge), VIEW_ROLE_DIM);
    bool down = route->shape == VIEW_DOWN;
    if (down ? label_down(d, &way, _(route->full), role)
             : label_across(d, &way, _(route->full), role))
        return;
    if (down)
        label_down(d, &way, _(route->brief), role);
    else
        label_across(d, &way, _(route->brief), role);
}

static void draw_arrow(const struct drawing *d, enum view_edge edge)
{
    const struct view_route *route = view_route(edge);
    bool right =
        d->x[view_node_place(route->to)->column] > d->x[view_node_place(route->from)->column];
    bool taken = walked(d, 0, edge) || walked(d, 1, edge);
    const struct pen *pen = &pens[d->diagram->ascii][taken];
    uint8_t role = role_of(walked(d, 0, edge), walked(d, 1, edge), VIEW_ROLE_RULE);
    struct track_of way = trace(d, route, right);
    draw_down(d, way.start, route->shape == VIEW_DOWN ? way.end : way.first, pen, role);
    if (route->shape != VIEW_DOWN) {
        draw_across(d, way.first, way.second, pen, role);
        draw_down(d, way.second, way.end, pen, role);
    }
    uint32_t turn_away = right ? pen->down_right : pen->down_left;
    uint32_t turn_down = right ? pen->right_down : pen->left_down;
    if (route->shape == VIEW_DOWN_ACROSS || route->shape == VIEW_DOWN_ACROSS_DOWN)
        view_grid_fill(d->grid, way.first.x, way.first.y, turn_away, 1, (enum view_role)role);
    if (route->shape == VIEW_ACROSS_DOWN || route->shape == VIEW_DOWN_ACROSS_DOWN)
        view_grid_fill(d->grid, way.second.x, way.second.y, turn_down, 1, (enum view_role)role);
    if (route->shape == VIEW_ACROSS || route->shape == VIEW_DOWN_ACROSS)
        draw_across(d, way.second, way.end, pen, role);
    bool across = route->shape == VIEW_ACROSS || route->shape == VIEW_DOWN_ACROSS;
    draw_head(d, way.end, !across ? DOWNWARDS : right ? RIGHT : LEFT, role);
}

/* --- small screens --- */

/* The ways to open on the left, those to close on the right. */
static void draw_list(const struct drawing *d)
{
    static const uint8_t left[] = {VIEW_NODE_CLOSED, VIEW_NODE_LISTEN, VIEW_NODE_SYN_SENT,
                                   VIEW_NODE_SYN_RECEIVED, VIEW_NODE_ESTABLISHED};
    static const uint8_t right[] = {VIEW_NODE_FIN_WAIT_1, VIEW_NODE_FIN_WAIT_2, VIEW_NODE_CLOSING,
                                    VIEW_NODE_TIME_WAIT,  VIEW_NODE_CLOSE_WAIT, VIEW_NODE_LAST_ACK};
    size_t middle = d->grid->width / 2;
    for (size_t i = 0; i < sizeof left; i++)
        draw_name(d, (struct point){1, i}, (enum view_node)left[i], true);
    for (size_t i = 0; i < sizeof right; i++)
        draw_name(d, (struct point){middle, i}, (enum view_node)right[i], true);
    draw_name(d, (struct point){1, sizeof left}, VIEW_NODE_OVER, true);
}

void view_state_diagram_draw(const struct view_state_diagram *diagram, struct view_grid *grid)
{
    struct drawing d = {.diagram = diagram, .grid = grid};
    if (grid->width < VIEW_STATE_DIAGRAM_WIDTH || grid->height < VIEW_STATE_DIAGRAM_HEIGHT) {
        draw_list(&d);
        return;
    }
    lay_out(&d);
    for (unsigned i = 0; i < VIEW_NODES; i++)
        draw_box(&d, (enum view_node)i);
    for (unsigned i = 0; i < VIEW_EDGES; i++)
        draw_arrow(&d, (enum view_edge)i);
    for (unsigned i = 0; i < VIEW_EDGES; i++)
        draw_label(&d, (enum view_edge)i);
}
