/* Connections side by side: several merged on one axis of time, or two compared. */
#include "config.h"

#include "base/intl.h"
#include "tui/cursor.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/glyphs.h"

#define FOLD_OVER 12
#define SUMMARY_MAX 5 /* lines */

/* Which lane's step of a line is looked at. */
static unsigned side_of(const struct tui_lanes_state *state, const struct view_lanes_line *line)
{
    return state->compare && line->item[0] == VIEW_NO_ITEM ? 1 : 0;
}

static bool is_selectable(const struct view_lanes_line *line)
{
    return line->item[0] != VIEW_NO_ITEM || line->item[1] != VIEW_NO_ITEM;
}

static const struct view_lanes_line *selected_line(const struct tui_lanes_state *state)
{
    size_t at = state->scroll.selected;
    return at < state->lanes.count && is_selectable(&state->lanes.lines[at])
               ? &state->lanes.lines[at]
               : NULL;
}

static size_t nearest(const struct tui_lanes_state *state, size_t at, bool back)
{
    const struct view_lanes *lanes = &state->lanes;
    for (size_t i = at; i < lanes->count; i = back ? i - 1 : i + 1)
        if (is_selectable(&lanes->lines[i]))
            return i;
    for (size_t i = at < lanes->count ? at : lanes->count; i-- > 0;)
        if (is_selectable(&lanes->lines[i]))
            return i;
    for (size_t i = 0; i < lanes->count; i++)
        if (is_selectable(&lanes->lines[i]))
            return i;
    return 0;
}

/* --- which ones --- */

static void take(struct tui *tui, uint64_t number)
{
    struct tui_lanes_state *state = &tui->lanes;
    const struct view_timeline *timeline = tui_model_timeline(tui->model, number);
    if (timeline != NULL && state->count < VIEW_MAX_LANES && view_timeline_count(timeline) > 0)
        state->number[state->count++] = number;
}

static void take_marked(struct tui *tui)
{
    for (uint64_t number = 1; number <= tui_model_numbers(tui->model); number++)
        if (tui_model_is_marked(tui->model, number))
            take(tui, number);
}

/* Those that are marked, if there are enough; else this one and those after it in the list. */
static void choose(struct tui *tui, uint64_t connection, bool compare)
{
    struct tui_lanes_state *state = &tui->lanes;
    state->count = 0;
    if (tui_model_marks(tui->model) >= (compare ? 2 : 1))
        take_marked(tui);
    if (state->count >= (compare ? 2 : 1))
        return;
    size_t from = tui_model_find(tui->model, connection);
    size_t wanted = compare ? 2 : VIEW_MAX_LANES;
    state->count = 0;
    if (from == SIZE_MAX)
        take(tui, connection);
    for (size_t i = from; i < tui_model_count(tui->model) && state->count < wanted; i++)
        take(tui, tui_model_at(tui->model, i)->number);
    /* the last of the list goes with the one before it */
    for (size_t i = from; from != SIZE_MAX && i-- > 0 && state->count < 2;)
        take(tui, tui_model_at(tui->model, i)->number);
}

void tui_lanes_open(struct tui *tui, uint64_t connection, bool compare)
{
    struct tui_lanes_state *state = &tui->lanes;
    choose(tui, connection, compare);
    if (state->count == 0 || (compare && state->count < 2)) {
        tui_say(tui, "%s",
                compare ? _("There is no other connection to compare it with.")
                        : _("There is no connection to show."));
        return;
    }
    state->below = tui->screen;
    state->compare = compare;
    state->first_lane = 0;
    state->scroll = (struct tui_scroll){0};
    state->times = tui->timeline.times;
    state->stale = true;
    state->to_difference = compare;
    tui_show(tui, &tui_screen_lanes);
    if (!compare && tui_model_marks(tui->model) > VIEW_MAX_LANES)
        tui_say(tui, _("The first %d of %zu that are marked."), VIEW_MAX_LANES,
                tui_model_marks(tui->model));
}

/* --- the lines --- */

static uint64_t generation_of(const struct tui *tui, const struct view_timeline **timelines,
                              size_t *count)
{
    const struct tui_lanes_state *state = &tui->lanes;
    uint64_t sum = 0;
    *count = 0;
    for (size_t i = 0; i < state->count; i++) {
        const struct view_timeline *timeline = tui_model_timeline(tui->model, state->number[i]);
        if (timeline == NULL || view_timeline_count(timeline) == 0)
            continue;
        timelines[(*count)++] = timeline;
        sum = sum * 31 + view_timeline_generation(timeline) + state->number[i];
    }
    return sum;
}

/* False: what is to be shown is not there now, at this moment of a replay. */
static bool bring_up_to_date(struct tui *tui)
{
    struct tui_lanes_state *state = &tui->lanes;
    const struct view_timeline *timelines[VIEW_MAX_LANES];
    size_t count;
    uint64_t generation = generation_of(tui, timelines, &count);
    if (count == 0 || (state->compare && count < 2))
        return false;
    bool news = generation != state->drawn_generation && !tui->held;
    if (!news && !state->stale)
        return true;
    const struct view_lanes_options options = {.ascii = tui->options.ascii,
                                               .absolute = tui->options.absolute,
                                               .times = state->times,
                                               .fold_over = state->no_fold ? 0 : FOLD_OVER};
    if (state->compare)
        view_compare_build(&state->lanes, timelines[0], timelines[1], &options);
    else
        view_merge_build(&state->lanes, timelines, count, &options);
    state->drawn_generation = generation;
    state->stale = false;
    state->scroll.count = state->lanes.count;
    if (tui->replay.on && news)
        state->scroll.selected = state->lanes.count;
    state->scroll.selected =
        nearest(state, state->scroll.selected, state->scroll.selected >= state->lanes.count);
    if (state->to_difference && state->lanes.first_difference != SIZE_MAX)
        state->scroll.selected = state->lanes.first_difference;
    state->to_difference = false;
    return true;
}

static void lanes_enter(struct tui *tui)
{
    tui->lanes.stale = true;
    bring_up_to_date(tui);
}

/* --- drawing --- */

static void draw_lines(struct tui *tui, struct tui_area area, size_t first)
{
    struct view_grid drawing;
    view_grid_init(&drawing, area.width, area.height);
    view_lanes_draw(&tui->lanes.lanes, first, tui->lanes.first_lane, &drawing, 0);
    tui_paint_copy(&tui->grid, area, &drawing, 0, 0);
    view_grid_free(&drawing);
}

static void keep_lanes_in_sight(struct tui_lanes_state *state, size_t width)
{
    size_t fits = view_lanes_fit(&state->lanes, width);
    size_t last = state->lanes.lane_count > fits ? state->lanes.lane_count - fits : 0;
    if (state->first_lane > last)
        state->first_lane = last;
}

/* What it is, and which lanes of how many are in sight, or where the lives differ. */
static size_t draw_title(struct tui *tui, struct tui_area area)
{
    struct tui_lanes_state *state = &tui->lanes;
    struct base_strbuf text = BASE_STRBUF_INIT;
    if (state->compare) {
        size_t lines = area.height / 4 < SUMMARY_MAX ? area.height / 4 : SUMMARY_MAX;
        if (lines == 0)
            lines = 1;
        struct tui_area top = {area.x, area.y, area.width, lines};
        return tui_paint_wrapped(&tui->grid, top, 2, base_strbuf_text(&state->lanes.summary),
                                 VIEW_ROLE_NOTE);
    }
    size_t fits = view_lanes_fit(&state->lanes, area.width);
    size_t last = state->first_lane + fits;
    base_strbuf_printf(&text,
                       P_("%zu connection on one axis of time",
                          "%zu connections on one axis of time", state->lanes.lane_count),
                       state->lanes.lane_count);
    if (fits < state->lanes.lane_count)
        base_strbuf_printf(&text, _("; %zu to %zu are shown, > and < for others"),
                           state->first_lane + 1, last);
    tui_paint_text(&tui->grid, area.x, area.y, area.width, base_strbuf_text(&text), VIEW_ROLE_TITLE,
                   tui->options.ascii);
    base_strbuf_free(&text);
    return 1;
}

static void draw_body(struct tui *tui, struct tui_area area)
{
    struct tui_lanes_state *state = &tui->lanes;
    size_t head = state->lanes.head_lines < area.height ? state->lanes.head_lines : area.height;
    draw_lines(tui, (struct tui_area){area.x, area.y, area.width, head}, 0);
    area.y += head;
    area.height -= head;
    struct tui_scroll body = state->scroll;
    body.selected -= body.selected >= head ? head : body.selected;
    tui_scroll_fit(&body, state->lanes.count > head ? state->lanes.count - head : 0, area.height);
    state->scroll.top = body.top;
    state->scroll.page = area.height;
    state->body_y = area.y;
    draw_lines(tui, area, head + body.top);
    size_t line = state->scroll.selected - head - body.top;
    if (selected_line(state) != NULL && line < area.height)
        tui_paint_select(&tui->grid, area.x, area.y + line, area.width);
}

static void lanes_draw(struct tui *tui, struct tui_area area)
{
    struct tui_lanes_state *state = &tui->lanes;
    if (!bring_up_to_date(tui)) {
        tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1,
                       _("These connections have not begun yet at this moment."), VIEW_ROLE_DIM,
                       tui->options.ascii);
        return;
    }
    keep_lanes_in_sight(state, area.width);
    size_t used = draw_title(tui, area);
    area.y += used;
    area.height -= used;
    draw_body(tui, area);
}

/* --- actions --- */

/* The lane of the selected line comes into sight. */
static void show_lane(struct tui *tui)
{
    struct tui_lanes_state *state = &tui->lanes;
    const struct view_lanes_line *line = selected_line(state);
    if (line == NULL || state->compare)
        return;
    size_t fits = view_lanes_fit(&state->lanes, tui->grid.width);
    if (line->lane < state->first_lane)
        state->first_lane = line->lane;
    else if (line->lane >= state->first_lane + fits)
        state->first_lane = line->lane - fits + 1;
}

static void move_selection(struct tui_lanes_state *state, enum tui_action action)
{
    bool back =
        action == TUI_ACTION_UP || action == TUI_ACTION_PAGE_UP || action == TUI_ACTION_LAST;
    tui_scroll_act(&state->scroll, action);
    state->scroll.selected = nearest(state, state->scroll.selected, back);
}

static void go_to_difference(struct tui *tui, bool back)
{
    struct tui_lanes_state *state = &tui->lanes;
    for (size_t i = state->scroll.selected; back ? i-- > 0 : ++i < state->lanes.count;) {
        if (!state->lanes.lines[i].differs || !is_selectable(&state->lanes.lines[i]))
            continue;
        state->scroll.selected = i;
        return;
    }
    tui_say(tui, "%s",
            back ? _("No difference before this one.") : _("No difference after this one."));
}

/* A screen about the selected segment, or the legend of it. */
static void show_segment(struct tui *tui, enum tui_action action)
{
    struct tui_lanes_state *state = &tui->lanes;
    const struct view_lanes_line *line = selected_line(state);
    if (line == NULL)
        return;
    unsigned side = side_of(state, line);
    uint64_t number = state->lanes.number[state->compare ? side : line->lane];
    if (action == TUI_ACTION_LEGEND) {
        tui_legend_open(tui, number, line->item[side]);
        return;
    }
    tui->cursor = (struct tui_cursor){.below = &tui_screen_lanes,
                                      .connection = number,
                                      .frame = line->frame[side],
                                      .item = line->item[side]};
    tui_show(tui, action == TUI_ACTION_STATES     ? &tui_screen_states
                  : action == TUI_ACTION_SEQUENCE ? &tui_screen_sequence
                                                  : &tui_screen_segment);
}

/* The same connections the other way: those in sight, or all. */
static void change_kind(struct tui *tui, bool compare)
{
    struct tui_lanes_state *state = &tui->lanes;
    if (compare && state->count < 2) {
        tui_say(tui, "%s", _("There is no other connection to compare it with."));
        return;
    }
    if (compare && !state->compare) { /* the lane of the selected line, and the next one */
        const struct view_lanes_line *line = selected_line(state);
        size_t lane = line != NULL ? line->lane : state->first_lane;
        if (lane + 1 >= state->count)
            lane = state->count - 2;
        state->number[0] = state->number[lane];
        state->number[1] = state->number[lane + 1];
        state->count = 2;
    }
    state->compare = compare;
    state->first_lane = 0;
    state->stale = true;
    state->to_difference = compare;
}

/* False: the action is none of these. */
static bool change_look(struct tui *tui, enum tui_action action)
{
    struct tui_lanes_state *state = &tui->lanes;
    if (action == TUI_ACTION_FOLD)
        state->no_fold = !state->no_fold;
    else if (action == TUI_ACTION_TIME_MODE)
        state->times = (enum view_times)((state->times + 1) % VIEW_TIMES_KINDS);
    else if (action == TUI_ACTION_SEQUENCE_MODE)
        tui->options.absolute = !tui->options.absolute;
    else
        return false;
    state->stale = true;
    tui->timeline.stale = true;
    return true;
}

static bool lanes_act(struct tui *tui, enum tui_action action)
{
    struct tui_lanes_state *state = &tui->lanes;
    if (tui_action_moves(action)) {
        move_selection(state, action);
        show_lane(tui);
    } else if (action == TUI_ACTION_BACK)
        tui_show(tui, state->below);
    else if (action == TUI_ACTION_MERGE || action == TUI_ACTION_COMPARE)
        change_kind(tui, action == TUI_ACTION_COMPARE);
    else if (action == TUI_ACTION_PAN_BACK)
        state->first_lane -= state->first_lane > 0;
    else if (action == TUI_ACTION_PAN_ON)
        state->first_lane++; /* drawing brings it back */
    else if (action == TUI_ACTION_NEXT_DIFFERENCE || action == TUI_ACTION_PREVIOUS_DIFFERENCE)
        go_to_difference(tui, action == TUI_ACTION_PREVIOUS_DIFFERENCE);
    else if (action == TUI_ACTION_SEGMENT || action == TUI_ACTION_STATES ||
             action == TUI_ACTION_SEQUENCE || action == TUI_ACTION_LEGEND)
        show_segment(tui, action);
    else
        return change_look(tui, action);
    return true;
}

static void lanes_click(struct tui *tui, size_t x, size_t y)
{
    (void)x;
    struct tui_lanes_state *state = &tui->lanes;
    size_t line = state->lanes.head_lines + state->scroll.top + y - state->body_y;
    if (y >= state->body_y && line < state->lanes.count && is_selectable(&state->lanes.lines[line]))
        state->scroll.selected = line;
}

const struct tui_screen tui_screen_lanes = {
    .bit = TUI_IN_LANES,
    .enter = lanes_enter,
    .draw = lanes_draw,
    .act = lanes_act,
    .click = lanes_click,
};
