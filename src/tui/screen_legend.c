/* The legend: a box over the screen that names what is drawn of the selected segment. */
#include "config.h"

#include "base/intl.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/glyphs.h"
#include "view/ladder.h"
#include "view/legend.h"

#define MAX_BOX_WIDTH 84

void tui_legend_open(struct tui *tui, uint64_t connection, size_t item)
{
    struct tui_legend_state *state = &tui->legend;
    state->connection = connection;
    state->item = item;
    state->below = tui->screen;
    state->top = 0;
    tui->screen = &tui_screen_legend; /* what is below goes on as it is */
    tui->dirty = true;
}

static void legend_enter(struct tui *tui)
{
    (void)tui;
}

static void draw_frame(struct tui *tui, struct tui_area box)
{
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    for (size_t y = box.y; y < box.y + box.height; y++)
        view_grid_fill(grid, box.x, y, ' ', box.width, VIEW_ROLE_PLAIN);
    for (size_t y = box.y; y < box.y + box.height; y++) {
        view_grid_fill(grid, box.x, y, ascii ? '|' : 0x2502, 1, VIEW_ROLE_RULE);
        view_grid_fill(grid, box.x + box.width - 1, y, ascii ? '|' : 0x2502, 1, VIEW_ROLE_RULE);
    }
    for (unsigned end = 0; end < 2; end++) {
        size_t y = end == 0 ? box.y : box.y + box.height - 1;
        view_grid_fill(grid, box.x, y, ascii ? '-' : 0x2500, box.width, VIEW_ROLE_RULE);
        view_grid_fill(grid, box.x, y, ascii ? '+' : end == 0 ? 0x250c : 0x2514, 1, VIEW_ROLE_RULE);
        view_grid_fill(grid, box.x + box.width - 1, y,
                       ascii      ? '+'
                       : end == 0 ? 0x2510
                                  : 0x2518,
                       1, VIEW_ROLE_RULE);
    }
    tui_paint_text(grid, box.x + 2, box.y, box.width - 4, _(" What is this? "), VIEW_ROLE_TITLE,
                   ascii);
}

static void draw_rows(struct tui *tui, struct tui_area inside)
{
    struct tui_legend_state *state = &tui->legend;
    size_t count = state->scene.row_count;
    size_t last_top = count > inside.height ? count - inside.height : 0;
    if (state->top > last_top)
        state->top = last_top;
    state->page = inside.height;
    struct view_grid drawing;
    view_grid_init(&drawing, inside.width, inside.height);
    view_ladder_draw(&state->scene, state->top, &drawing, 0);
    tui_paint_copy(&tui->grid, inside, &drawing, 0, 0);
    view_grid_free(&drawing);
    if (last_top > state->top)
        tui_paint_text(&tui->grid, inside.x + 1, inside.y + inside.height, inside.width - 1,
                       _(" more below: Down "), VIEW_ROLE_DIM, tui->options.ascii);
}

static void legend_draw(struct tui *tui, struct tui_area area)
{
    struct tui_legend_state *state = &tui->legend;
    state->below->draw(tui, area);
    const struct view_timeline *timeline = tui_model_timeline(tui->model, state->connection);
    if (timeline == NULL)
        return;
    struct tui_area box = {area.x, area.y, area.width, area.height};
    if (box.width > MAX_BOX_WIDTH)
        box.width = MAX_BOX_WIDTH;
    box.x = (area.width - box.width) / 2;
    const struct view_legend_options options = {
        .ascii = tui->options.ascii, .absolute = tui->options.absolute, .width = box.width - 4};
    view_legend_build(&state->scene, timeline, state->item, &options);
    if (state->scene.row_count + 2 < box.height)
        box.height = state->scene.row_count + 2;
    box.y = area.y + (area.height - box.height) / 2;
    draw_frame(tui, box);
    draw_rows(tui, (struct tui_area){box.x + 2, box.y + 1, box.width - 4, box.height - 2});
}

static bool legend_act(struct tui *tui, enum tui_action action)
{
    struct tui_legend_state *state = &tui->legend;
    struct tui_scroll lines = {
        .count = state->scene.row_count, .selected = state->top, .page = state->page};
    if (action == TUI_ACTION_BACK) {
        tui->screen = state->below;
        return true;
    }
    if (!tui_scroll_act(&lines, action))
        return false;
    state->top = lines.selected; /* drawing keeps it in range */
    return true;
}

static void legend_click(struct tui *tui, size_t x, size_t y)
{
    (void)x, (void)y;
    tui->screen = tui->legend.below;
}

const struct tui_screen tui_screen_legend = {
    .bit = TUI_IN_LEGEND,
    .enter = legend_enter,
    .draw = legend_draw,
    .act = legend_act,
    .click = legend_click,
};
