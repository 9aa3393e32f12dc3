/* The state machine with both ends in it, as far as they have come at the selected segment. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "explain/segment.h"
#include "tui/cursor.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/glyphs.h"
#include "view/state_diagram.h"
#include "view/state_walk.h"
#include "view/steps.h"

/* From this width on the ends are told of beside the drawing, with the way that each came. */
#define WIDE 150
#define SIDE_WIDTH 62
/* Lines for an end below the drawing: its name, and three of what can come next. */
#define LEAST_LINES 4

/* --- one end --- */

static void draw_end_title(struct tui *tui, struct tui_area area, unsigned side,
                           const struct view_walk *walk, bool self_connect)
{
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    view_grid_fill(grid, area.x, area.y, view_glyphs(ascii)->rule, area.width, VIEW_ROLE_RULE);
    size_t x = area.x + 1, end = area.x + area.width;
    const char *name = self_connect ? _(" the socket ")
                       : side == 0  ? _(" C client ")
                                    : _(" S server ");
    x += tui_paint_text(grid, x, area.y, end - x, name,
                        side == 0 ? VIEW_ROLE_CLIENT : VIEW_ROLE_SERVER, ascii);
    x += tui_paint_text(grid, x, area.y, end - x, track_state_name((enum track_state)walk->state),
                        view_role_of_state((enum track_state)walk->state), ascii);
    tui_paint_text(grid, x, area.y, end - x, walk->confirmed ? " " : _(" (presumed) "),
                   VIEW_ROLE_DIM, ascii);
}

static const char *nothing_next(const struct view_walk *walk)
{
    if (walk->state == TRACK_UNKNOWN)
        return _("Nothing seen so far shows its state.");
    return walk->over ? _("Its connection is over.") : "";
}

/* What can come next; returns the lines used. */
static size_t draw_moves(struct tui *tui, struct tui_area area, const struct view_walk *walk)
{
    enum { NAME_WIDTH = 15 };
    struct view_move moves[VIEW_MAX_MOVES];
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    size_t count = view_walk_moves((enum track_state)walk->state, walk->over, moves);
    size_t shown = count < area.height ? count : area.height;
    if (count == 0 && area.height > 0) {
        tui_paint_text(grid, area.x + 1, area.y, area.width - 1, nothing_next(walk), VIEW_ROLE_DIM,
                       ascii);
        return 1;
    }
    for (size_t i = 0; i < shown; i++) {
        struct base_strbuf to = BASE_STRBUF_INIT;
        base_strbuf_printf(&to, "%s %s", view_glyphs(ascii)->then,
                           track_state_name((enum track_state)moves[i].to));
        tui_paint_text(grid, area.x, area.y + i, NAME_WIDTH, base_strbuf_text(&to),
                       view_role_of_state((enum track_state)moves[i].to), ascii);
        if (area.width > NAME_WIDTH + 12)
            tui_paint_text(grid, area.x + NAME_WIDTH + 1, area.y + i, area.width - NAME_WIDTH - 1,
                           _(moves[i].when), VIEW_ROLE_PLAIN, ascii);
        base_strbuf_free(&to);
    }
    return shown;
}

static void draw_end(struct tui *tui, struct tui_area area, unsigned side,
                     const struct view_state_diagram *diagram)
{
    if (area.height == 0)
        return;
    draw_end_title(tui, area, side, &diagram->walk[side], diagram->self_connect);
    draw_moves(tui, (struct tui_area){area.x, area.y + 1, area.width, area.height - 1},
               &diagram->walk[side]);
}

/* Side by side below the drawing. */
static void draw_ends_below(struct tui *tui, struct tui_area area,
                            const struct view_state_diagram *diagram)
{
    if (diagram->self_connect) {
        draw_end(tui, area, 0, diagram);
        return;
    }
    size_t half = area.width / 2;
    draw_end(tui, (struct tui_area){area.x, area.y, half - 1, area.height}, 0, diagram);
    draw_end(tui, (struct tui_area){area.x + half, area.y, area.width - half, area.height}, 1,
             diagram);
}

/* --- the way so far --- */

/* The latest lines, as many as fit: each transition wrapped. */
static void draw_way(struct tui *tui, struct tui_area area, unsigned side,
                     const struct view_timeline *timeline)
{
    struct view_steps steps;
    struct base_strbuf text = BASE_STRBUF_INIT;
    const struct explain_options options = {tui->options.absolute, tui->options.ascii};
    size_t line = 0;
    view_steps_make(&steps, timeline);
    for (size_t i = 0; i < steps.transition_count && line < area.height; i++) {
        const struct track_transition *transition = &steps.transitions[i];
        if (transition->side != side || steps.anchors[i].step > tui->cursor.item)
            continue;
        base_strbuf_clear(&text);
        if (transition->frame != 0)
            base_strbuf_printf(&text, _("frame %" PRIu64 "  "), transition->frame);
        else
            base_strbuf_str(&text, _("no frame  "));
        explain_transition(transition, &options, &text);
        struct tui_area rest = {area.x + 1, area.y + line, area.width - 1, area.height - line};
        line += tui_paint_wrapped(&tui->grid, rest, 2, base_strbuf_text(&text),
                                  view_role_of_state((enum track_state)transition->to));
    }
    base_strbuf_free(&text);
    view_steps_free(&steps);
}

static void draw_ends_beside(struct tui *tui, struct tui_area area,
                             const struct view_state_diagram *diagram,
                             const struct view_timeline *timeline)
{
    unsigned ends = diagram->self_connect ? 1 : 2;
    size_t height = area.height / ends;
    for (unsigned side = 0; side < ends; side++) {
        struct tui_area part = {area.x, area.y + side * height, area.width, height};
        draw_end_title(tui, part, side, &diagram->walk[side], diagram->self_connect);
        part.y++;
        part.height--;
        tui_paint_text(&tui->grid, part.x, part.y, part.width, _("What can come next"),
                       VIEW_ROLE_SECTION, tui->options.ascii);
        size_t used =
            2 + draw_moves(
                    tui, (struct tui_area){part.x + 1, part.y + 1, part.width - 1, part.height / 2},
                    &diagram->walk[side]);
        tui_paint_text(&tui->grid, part.x, part.y + used, part.width, _("The way so far"),
                       VIEW_ROLE_SECTION, tui->options.ascii);
        used++;
        draw_way(tui, (struct tui_area){part.x, part.y + used, part.width, part.height - used},
                 side, timeline);
    }
}

/* --- the screen --- */

static void draw_diagram(struct tui *tui, struct tui_area area,
                         const struct view_state_diagram *diagram)
{
    struct view_grid drawing;
    view_grid_init(&drawing, area.width, area.height);
    view_state_diagram_draw(diagram, &drawing);
    tui_paint_copy(&tui->grid, area, &drawing, 0, 0);
    view_grid_free(&drawing);
}

static void states_draw(struct tui *tui, struct tui_area area)
{
    const struct view_timeline *timeline = tui_cursor_timeline(tui);
    if (timeline == NULL) {
        tui_cursor_draw_gone(tui, area, tui->cursor.connection);
        return;
    }
    struct view_state_diagram diagram = {.ascii = tui->options.ascii};
    diagram.self_connect = view_timeline_record(timeline)->self_connect;
    view_walk_to(timeline, tui->cursor.item, diagram.walk);
    tui_cursor_draw_head(tui, area, timeline);
    area.y += TUI_CURSOR_HEAD;
    area.height -= TUI_CURSOR_HEAD;
    bool wide = area.width >= WIDE;
    struct tui_area drawing = area;
    if (wide)
        drawing.width -= SIDE_WIDTH + 2;
    size_t least = wide ? 0 : area.height >= VIEW_STATE_DIAGRAM_HEIGHT + 2 ? LEAST_LINES : 2;
    if (area.height < VIEW_STATE_DIAGRAM_HEIGHT + LEAST_LINES)
        least =
            area.height >= VIEW_STATE_DIAGRAM_HEIGHT ? area.height - VIEW_STATE_DIAGRAM_HEIGHT : 2;
    drawing.height = view_state_diagram_height(drawing.width, area.height - least);
    draw_diagram(tui, drawing, &diagram);
    if (wide)
        draw_ends_beside(
            tui,
            (struct tui_area){area.x + area.width - SIDE_WIDTH, area.y, SIDE_WIDTH, area.height},
            &diagram, timeline);
    else
        draw_ends_below(tui,
                        (struct tui_area){area.x, area.y + drawing.height, area.width,
                                          area.height - drawing.height},
                        &diagram);
}

static void states_enter(struct tui *tui)
{
    (void)tui;
}

static void states_click(struct tui *tui, size_t x, size_t y)
{
    (void)tui, (void)x, (void)y;
}

const struct tui_screen tui_screen_states = {
    .bit = TUI_IN_STATES,
    .enter = states_enter,
    .draw = states_draw,
    .act = tui_cursor_act,
    .click = states_click,
};
