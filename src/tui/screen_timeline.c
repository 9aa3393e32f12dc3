/* One connection's life as a ladder, and below it what explains the selected segment. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "tui/cursor.h"
#include "tui/detail.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/ladder.h"
#include "view/state_walk.h"
#include "view/steps.h"
#include "view/words.h"

/* The detail pane with its rule; less on a small screen. */
#define DETAIL_HEIGHT 8
/* On a tall screen it has room for all the sentences there are. */
#define TALL_SCREEN 42
#define TALL_DETAIL_HEIGHT 14
/* Runs of plain segments longer than this are folded. */
#define FOLD_OVER 12

static bool is_selectable(const struct view_scene_row *row)
{
    return row->item != VIEW_NO_ITEM;
}

/* --- folded sections, remembered for each connection --- */

/* The map has no zero: a bit beside those of the sections. */
#define REMEMBERED 0x100u

static unsigned folded_sections(const struct tui_timeline_state *state)
{
    uintptr_t kept = (uintptr_t)base_u64map_get(&state->folded, state->connection);
    return (unsigned)kept & ~REMEMBERED;
}

static void set_folded(struct tui_timeline_state *state, unsigned sections)
{
    void *kept = (void *)(uintptr_t)(sections | REMEMBERED); /* NOLINT: a number, not an address */
    base_u64map_put(&state->folded, state->connection, kept);
    state->stale = true;
}

/* --- the scene --- */

/* The columns that it is drawn in, which the screen may show a part of. */
static size_t drawn_width(const struct tui_timeline_state *state, size_t width)
{
    return state->lane_width > 0 ? state->lane_width : width;
}

static void build_scene(struct tui *tui, const struct view_timeline *timeline, size_t width)
{
    struct tui_timeline_state *state = &tui->timeline;
    const struct view_ladder_options options = {
        .ascii = tui->options.ascii,
        .absolute = tui->options.absolute,
        .title = true,
        .width = width,
        .fold_over = state->no_fold ? 0 : FOLD_OVER,
        .time_wait_ns = tui->options.time_wait_ns,
        .times = state->times,
        .aliases = tui_aliases(tui),
        .folded = folded_sections(state),
        .foldable = true,
        .slant = true,
        .few = tui_style_theme() == TUI_THEME_PROJECTOR,
        .no_calls = state->no_calls,
        .no_kernel = state->no_kernel,
    };
    view_ladder_build(&state->scene, timeline, &options);
    state->drawn_generation = view_timeline_generation(timeline);
    state->drawn_width = width;
    state->drawn_connection = state->connection;
    state->stale = false;
}

/* The row that shows what was selected, or the nearest after it. */
static size_t find_row(const struct view_scene *scene, size_t item, uint64_t frame)
{
    size_t found = scene->row_count;
    for (size_t i = 0; i < scene->row_count; i++) {
        const struct view_scene_row *row = &scene->rows[i];
        if (!is_selectable(row))
            continue;
        if (frame != 0 && row->frame == frame)
            return i;
        bool holds = row->frame == 0 && item >= row->item && item - row->item < row->items;
        bool after = row->item >= item && (frame == 0 || row->frame > frame);
        if (found == scene->row_count && (holds || after))
            found = i;
    }
    return found;
}

static size_t last_selectable(const struct view_scene *scene)
{
    size_t i = scene->row_count;
    while (i > 0 && !is_selectable(&scene->rows[i - 1]))
        i--;
    return i > 0 ? i - 1 : 0;
}

static size_t first_selectable(const struct view_scene *scene)
{
    size_t i = 0;
    while (i < scene->row_count && !is_selectable(&scene->rows[i]))
        i++;
    return i;
}

static const struct view_scene_row *selected_row(const struct tui *tui)
{
    const struct view_scene *scene = &tui->timeline.scene;
    size_t index = tui->timeline.scroll.selected;
    return index < scene->row_count ? &scene->rows[index] : NULL;
}

/* Builds the scene anew when there is reason to, and keeps the selection on its segment. */
static void bring_up_to_date(struct tui *tui, const struct view_timeline *timeline, size_t width)
{
    struct tui_timeline_state *state = &tui->timeline;
    bool same = state->drawn_connection == state->connection;
    bool news = state->drawn_generation != view_timeline_generation(timeline) && !tui->held;
    if (same && !news && state->drawn_width == width && !state->stale && !state->wanted)
        return;
    const struct view_scene_row *row = same ? selected_row(tui) : NULL;
    bool had = state->wanted || (row != NULL && is_selectable(row));
    size_t item = state->wanted ? state->wanted_item : had ? row->item : 0;
    uint64_t frame = state->wanted ? state->wanted_frame : had ? row->frame : 0;
    state->wanted = false;
    build_scene(tui, timeline, width);
    size_t found = had ? find_row(&state->scene, item, frame) : first_selectable(&state->scene);
    if ((state->follow || tui->replay.on) && same && news)
        found = last_selectable(&state->scene);
    state->scroll.count = state->scene.row_count;
    state->scroll.selected =
        found < state->scene.row_count ? found : last_selectable(&state->scene);
    if (!same)
        state->scroll.top = 0;
}

/* --- drawing --- */

static void draw_rows(struct tui *tui, struct tui_area area, size_t first, size_t end)
{
    struct view_grid drawing;
    view_grid_init(&drawing, drawn_width(&tui->timeline, area.width), area.height);
    view_ladder_draw(&tui->timeline.scene, first, &drawing, 0);
    if (end - first < area.height)
        area.height = end - first;
    tui_paint_copy(&tui->grid, area, &drawing, tui->timeline.pan, 0);
    view_grid_free(&drawing);
}

/* The rows below the names of the ends, which stay in sight. */
static void draw_ladder(struct tui *tui, struct tui_area area)
{
    struct tui_timeline_state *state = &tui->timeline;
    const struct view_scene *scene = &state->scene;
    size_t head = scene->head_rows < area.height / 2 ? scene->head_rows : area.height / 2;
    draw_rows(tui, (struct tui_area){area.x, area.y, area.width, head}, 0, head);
    area.y += head;
    area.height -= head;
    struct tui_scroll body = state->scroll;
    body.selected -= body.selected >= head ? head : body.selected;
    /* the first line that can be selected brings what is above it along */
    if (state->scroll.selected == first_selectable(scene))
        body.top = 0;
    size_t count = scene->row_count > head ? scene->row_count - head : 0;
    tui_scroll_fit(&body, count, area.height);
    if (state->scroll.selected == last_selectable(scene) && count > area.height)
        body.top = count - area.height;
    state->scroll.top = body.top;
    state->scroll.page = area.height;
    state->scroll.count = scene->row_count;
    draw_rows(tui, area, head + body.top, scene->row_count);
    size_t line = state->scroll.selected - head - body.top;
    const struct view_scene_row *row = selected_row(tui);
    if (row != NULL && is_selectable(row) && line < area.height)
        tui_paint_select(&tui->grid, area.x, area.y + line, area.width);
    state->body_y = area.y;
    state->body_first = head + body.top;
}

static void timeline_draw(struct tui *tui, struct tui_area area)
{
    struct tui_timeline_state *state = &tui->timeline;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, state->connection);
    if (timeline == NULL) {
        tui_cursor_draw_gone(tui, area, state->connection);
        return;
    }
    size_t detail = area.height >= TALL_SCREEN ? TALL_DETAIL_HEIGHT : DETAIL_HEIGHT;
    if (state->no_detail || area.height < 14)
        detail = 0;
    if (detail > area.height / 3)
        detail = area.height / 3;
    size_t drawn = drawn_width(state, area.width);
    size_t last_pan = drawn > area.width ? drawn - area.width : 0;
    if (state->pan > last_pan)
        state->pan = last_pan;
    bring_up_to_date(tui, timeline, drawn);
    draw_ladder(tui, (struct tui_area){area.x, area.y, area.width, area.height - detail});
    const struct view_scene_row *row = selected_row(tui);
    struct tui_area below = {area.x, area.y + area.height - detail, area.width, detail};
    if (detail > 0)
        tui_detail_draw(tui, below, timeline,
                        row != NULL && is_selectable(row) ? row->item : VIEW_NO_ITEM,
                        row != NULL ? row->items : 0);
}

/* --- actions --- */

/* Up and down go from segment to segment; pages and ends by lines, then to the nearest one. */
static void move_selection(struct tui *tui, enum tui_action action)
{
    struct tui_timeline_state *state = &tui->timeline;
    const struct view_scene *scene = &state->scene;
    struct tui_scroll moved = state->scroll;
    bool back =
        action == TUI_ACTION_UP || action == TUI_ACTION_PAGE_UP || action == TUI_ACTION_LAST;
    tui_scroll_act(&moved, action);
    size_t i = moved.selected;
    while (i < scene->row_count && !is_selectable(&scene->rows[i])) {
        if (back && i == 0)
            break;
        i = back ? i - 1 : i + 1;
    }
    if (i >= scene->row_count || !is_selectable(&scene->rows[i]))
        i = back ? first_selectable(scene) : last_selectable(scene);
    state->scroll.selected = i;
    state->follow = false;
}

static void go_to_finding(struct tui *tui, bool back)
{
    struct tui_timeline_state *state = &tui->timeline;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, state->connection);
    const struct view_scene *scene = &state->scene;
    size_t count = timeline != NULL ? view_timeline_count(timeline) : 0;
    for (size_t i = state->scroll.selected; back ? i-- > 0 : ++i < scene->row_count;) {
        struct view_item item;
        if (!is_selectable(&scene->rows[i]) || scene->rows[i].item >= count)
            continue;
        view_timeline_item(timeline, scene->rows[i].item, &item);
        if (item.kind == VIEW_ITEM_EVENT && tui_detail_has_finding(&item.event)) {
            state->scroll.selected = i;
            return;
        }
    }
    tui_say(tui, TUI_NO_FINDING(back));
}

/* Made at once, for the keys that come before the next frame. */
static void timeline_enter(struct tui *tui)
{
    tui->timeline.connection = tui->connections.selected;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, tui->timeline.connection);
    if (timeline != NULL && tui->grid.width >= TUI_MIN_WIDTH)
        bring_up_to_date(tui, timeline, drawn_width(&tui->timeline, tui->grid.width));
}

static void show_other(struct tui *tui, bool back)
{
    uint64_t other = tui_other_connection(tui, tui->timeline.connection, back);
    if (other != 0)
        timeline_enter(tui);
}

static void go_to_change(struct tui *tui, bool back)
{
    struct tui_timeline_state *state = &tui->timeline;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, state->connection);
    const struct view_scene_row *row = selected_row(tui);
    if (timeline == NULL || row == NULL || !is_selectable(row))
        return;
    size_t item = view_walk_next_change(timeline, row->item, back);
    if (item != VIEW_WALK_NONE)
        state->scroll.selected = find_row(&state->scene, item, 0);
    else
        tui_say(tui, TUI_NO_CHANGE(back));
}

/* The section that a row stands in. */
static unsigned section_at(const struct view_scene *scene, size_t row)
{
    for (size_t i = row + 1; i-- > 0;)
        if (i < scene->row_count && scene->rows[i].kind == VIEW_ROW_SECTION)
            return scene->rows[i].section;
    return VIEW_SECTION_OPEN;
}

static void fold_section(struct tui_timeline_state *state, size_t row)
{
    set_folded(state, folded_sections(state) ^ 1u << section_at(&state->scene, row));
}

#define LANE_STEP 20
#define PAN_STEP 10

static void change_width(struct tui *tui, bool wider)
{
    struct tui_timeline_state *state = &tui->timeline;
    size_t width = drawn_width(state, tui->grid.width);
    if (wider)
        width =
            width + LANE_STEP < VIEW_LADDER_MAX_WIDTH ? width + LANE_STEP : VIEW_LADDER_MAX_WIDTH;
    else
        width =
            width > VIEW_LADDER_MIN_WIDTH + LANE_STEP ? width - LANE_STEP : VIEW_LADDER_MIN_WIDTH;
    state->lane_width = width == tui->grid.width ? 0 : width;
    tui_say(tui, _("Drawn in %zu columns%s."), width,
            width > tui->grid.width ? _("; > and < scroll") : "");
}

/* Both, calls only, neither. */
static void change_calls(struct tui *tui)
{
    struct tui_timeline_state *state = &tui->timeline;
    if (!state->no_kernel)
        state->no_kernel = true;
    else if (!state->no_calls)
        state->no_calls = true;
    else
        state->no_kernel = state->no_calls = false;
    tui_say(tui, state->no_calls ? _("Neither socket calls nor the kernels' states.")
                 : state->no_kernel
                     ? _("Socket calls, without the kernels' states.")
                     : _("Socket calls and the kernels' states, where they are known."));
}

/* False: the action is none of these. */
static bool change_lanes(struct tui *tui, enum tui_action action)
{
    struct tui_timeline_state *state = &tui->timeline;
    const unsigned all = (1u << VIEW_SECTIONS) - 1;
    if (action == TUI_ACTION_FOLD_SECTION)
        fold_section(state, state->scroll.selected);
    else if (action == TUI_ACTION_FOLD_SECTIONS)
        set_folded(state, folded_sections(state) != 0 ? 0 : all);
    else if (action == TUI_ACTION_WIDER || action == TUI_ACTION_TIGHTER)
        change_width(tui, action == TUI_ACTION_WIDER);
    else if (action == TUI_ACTION_CALLS)
        change_calls(tui);
    else if (action == TUI_ACTION_PAN_BACK)
        state->pan -= state->pan < PAN_STEP ? state->pan : PAN_STEP;
    else if (action == TUI_ACTION_PAN_ON)
        state->pan += PAN_STEP; /* drawing brings it back */
    else
        return false;
    return true;
}

/* False: the action is none of these. */
static bool change_look(struct tui *tui, enum tui_action action)
{
    static const char *const times[] = {N_("since the line before"), N_("since the start"),
                                        N_("of day, in UTC")};
    struct tui_timeline_state *state = &tui->timeline;
    if (action == TUI_ACTION_FOLD) {
        state->no_fold = !state->no_fold;
        tui_say(tui,
                state->no_fold ? _("Every segment that is kept.") : _("Runs of data are folded."));
    } else if (action == TUI_ACTION_SEQUENCE_MODE) {
        tui->options.absolute = !tui->options.absolute;
        tui_say(tui, tui->options.absolute ? _("Sequence numbers as on the wire.")
                                           : _("Sequence numbers relative to the first."));
    } else if (action == TUI_ACTION_TIME_MODE) {
        state->times = (enum view_times)((state->times + 1) % VIEW_TIMES_KINDS);
        tui_say(tui, _("Times: %s."), _(times[state->times]));
    } else if (action == TUI_ACTION_DETAIL) {
        state->no_detail = !state->no_detail;
    } else if (action == TUI_ACTION_LESSON) {
        state->lesson = !state->lesson;
        state->no_detail = false;
    } else {
        return change_lanes(tui, action);
    }
    state->stale = true;
    return true;
}

/* Another screen about the selected segment. */
static void show_segment_screen(struct tui *tui, const struct tui_screen *screen)
{
    const struct view_scene_row *row = selected_row(tui);
    if (row == NULL || !is_selectable(row))
        return;
    if (screen == &tui_screen_segment && row->kind == VIEW_ROW_SECTION) {
        fold_section(&tui->timeline, tui->timeline.scroll.selected);
        return;
    }
    if (screen == &tui_screen_segment && row->frame == 0) {
        change_look(tui, TUI_ACTION_FOLD); /* a run of segments opens */
        return;
    }
    tui->cursor = (struct tui_cursor){.below = &tui_screen_timeline,
                                      .connection = tui->timeline.connection,
                                      .frame = row->frame,
                                      .item = row->item,
                                      .follow = tui->timeline.follow};
    tui_show(tui, screen);
}

static bool timeline_act(struct tui *tui, enum tui_action action)
{
    struct tui_timeline_state *state = &tui->timeline;
    if (tui_action_moves(action)) {
        move_selection(tui, action);
    } else if (action == TUI_ACTION_BACK) {
        tui_show(tui, &tui_screen_connections);
    } else if (action == TUI_ACTION_NEXT_CONNECTION) {
        show_other(tui, false);
    } else if (action == TUI_ACTION_PREVIOUS_CONNECTION) {
        show_other(tui, true);
    } else if (action == TUI_ACTION_NEXT_FINDING) {
        go_to_finding(tui, false);
    } else if (action == TUI_ACTION_PREVIOUS_FINDING) {
        go_to_finding(tui, true);
    } else if (action == TUI_ACTION_NEXT_CHANGE) {
        go_to_change(tui, false);
    } else if (action == TUI_ACTION_PREVIOUS_CHANGE) {
        go_to_change(tui, true);
    } else if (action == TUI_ACTION_LEGEND) {
        const struct view_scene_row *row = selected_row(tui);
        if (row != NULL && is_selectable(row))
            tui_legend_open(tui, state->connection, row->item);
    } else if (action == TUI_ACTION_STATES) {
        show_segment_screen(tui, &tui_screen_states);
    } else if (action == TUI_ACTION_SEQUENCE) {
        show_segment_screen(tui, &tui_screen_sequence);
    } else if (action == TUI_ACTION_SEGMENT) {
        show_segment_screen(tui, &tui_screen_segment);
    } else if (action == TUI_ACTION_MERGE || action == TUI_ACTION_COMPARE) {
        tui_lanes_open(tui, state->connection, action == TUI_ACTION_COMPARE);
    } else if (action == TUI_ACTION_FOLLOW) {
        state->follow = !state->follow;
        state->scroll.selected = last_selectable(&state->scene);
        tui_say(tui, state->follow ? _("Following the newest segment.") : _("Not following."));
    } else {
        return change_look(tui, action);
    }
    return true;
}

static void timeline_click(struct tui *tui, size_t x, size_t y)
{
    (void)x;
    struct tui_timeline_state *state = &tui->timeline;
    size_t row = state->body_first + y - state->body_y;
    if (y < state->body_y || y - state->body_y >= state->scroll.page ||
        row >= state->scene.row_count)
        return;
    if (state->scene.rows[row].kind == VIEW_ROW_SECTION)
        fold_section(state, row);
    if (!is_selectable(&state->scene.rows[row]))
        return;
    state->scroll.selected = row;
    state->follow = false;
}

const struct tui_screen tui_screen_timeline = {
    .bit = TUI_IN_TIMELINE,
    .enter = timeline_enter,
    .draw = timeline_draw,
    .act = timeline_act,
    .click = timeline_click,
};
