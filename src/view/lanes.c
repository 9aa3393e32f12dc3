/* Several connections side by side: the container, and how it becomes cells. */
#include "config.h"

#include "view/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "view/charwidth.h"
#include "view/fate.h"
#include "view/glyphs.h"
#include "view/segment_parts.h"
#include "view/words.h"
#include "wire/decode.h"

/* Columns: of a lane with its lifelines at least and at most, between two lanes, for the mark
 * between two that are compared, for times. */
#define LANE_MIN 30
#define LANE_MAX 90
#define LANE_GAP 1
#define MARK_WIDTH 3
#define TIME_WIDTH 10
/* From here on there is room for times. */
#define ROOM_FOR_TIMES 60
/* Two that are compared are both in sight however narrow it is. */
#define COMPARED_MIN 12

/* --- the container --- */

void view_lanes_clear(struct view_lanes *lanes)
{
    view_scene_clear(&lanes->scene);
    base_strbuf_clear(&lanes->summary);
    lanes->count = lanes->head_lines = lanes->lane_count = 0;
    lanes->compared = false;
    lanes->first_difference = SIZE_MAX;
}

void view_lanes_free(struct view_lanes *lanes)
{
    view_scene_free(&lanes->scene);
    free(lanes->lines);
    base_strbuf_free(&lanes->summary);
    *lanes = (struct view_lanes)VIEW_LANES_INIT;
}

struct view_lanes_line *view_lanes_add(struct view_lanes *lanes, size_t lane)
{
    if (lanes->count == lanes->capacity) {
        lanes->capacity = lanes->capacity > 0 ? 2 * lanes->capacity : 64;
        lanes->lines = base_realloc(lanes->lines, lanes->capacity, sizeof lanes->lines[0]);
    }
    struct view_lanes_line *line = &lanes->lines[lanes->count++];
    *line = (struct view_lanes_line){
        .across = VIEW_NO_ROW, .lane = (uint8_t)lane, .item = {VIEW_NO_ITEM, VIEW_NO_ITEM}};
    for (size_t i = 0; i < VIEW_MAX_LANES; i++) {
        if (lanes->count > 1)
            line->cell[i] = line[-1].cell[i];
        line->cell[i].row = VIEW_NO_ROW;
    }
    return line;
}

struct view_scene_row *view_lanes_add_row(struct view_lanes *lanes, enum view_row_kind kind)
{
    struct view_lanes_line *line = &lanes->lines[lanes->count - 1];
    struct view_scene_row *row = view_scene_add_row(&lanes->scene, kind);
    line->cell[line->lane].row = (uint32_t)(lanes->scene.row_count - 1);
    return row;
}

static void add_head(struct view_lanes *lanes, const struct view_timeline *const *timelines,
                     unsigned side)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    struct view_lanes_line *line = view_lanes_add(lanes, 0);
    line->head = true;
    for (size_t i = 0; i < lanes->lane_count; i++) {
        char name[WIRE_ENDPOINT_TEXT];
        const struct track_connection *record = view_timeline_record(timelines[i]);
        base_strbuf_clear(&text);
        if (side == 0)
            base_strbuf_printf(&text, "#%llu ", (unsigned long long)record->number);
        base_strbuf_str(&text, wire_endpoint_text(&record->end[side].endpoint, name, sizeof name));
        struct view_scene_row *row = view_scene_add_row(&lanes->scene, VIEW_ROW_HEADER);
        row->label[side] = view_scene_keep(&lanes->scene, base_strbuf_text(&text), text.length);
        row->label_role[side] = VIEW_ROLE_ENDPOINT;
        line->cell[i].row = (uint32_t)(lanes->scene.row_count - 1);
    }
    base_strbuf_free(&text);
}

void view_lanes_add_heads(struct view_lanes *lanes, const struct view_timeline *const *timelines)
{
    add_head(lanes, timelines, TRACK_CLIENT);
    add_head(lanes, timelines, TRACK_SERVER);
    lanes->head_lines = lanes->count;
}

void view_lanes_add_event(struct view_lanes *lanes, const struct view_steps *steps,
                          const struct track_connection *record, size_t step, bool absolute)
{
    const struct track_event *event = &steps->items[step].event;
    bool segment = event->kind == TRACK_EVENT_SEGMENT;
    struct view_scene_row *row =
        view_lanes_add_row(lanes, segment ? VIEW_ROW_ARROW : VIEW_ROW_NOTE);
    row->item = step;
    row->frame = event->frame;
    row->sender = event->sender;
    if (segment) {
        row->reset = (event->flags & WIRE_RST) != 0;
        row->lost = view_fate_is_lost(steps, record, step);
        row->manner = (uint8_t)view_fate_manner(event);
        view_add_segment_parts(&lanes->scene, event, absolute);
        return;
    }
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_icmp(&text, &event->icmp);
    view_scene_add_part(&lanes->scene, base_strbuf_text(&text), NULL, VIEW_ROLE_NOTE, VIEW_NEVER,
                        VIEW_NEVER);
    base_strbuf_free(&text);
}

void view_lanes_add_fold(struct view_lanes *lanes, const struct view_fold *fold)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_lanes_add_row(lanes, VIEW_ROW_FOLD);
    base_strbuf_printf(&text, "%s ", view_glyphs(lanes->scene.ascii)->fold);
    view_add_counted(&text, fold->segments, N_("segment"));
    base_strbuf_str(&text, ", ");
    view_add_bytes_short(&text, fold->unique_bytes);
    if (fold->retransmissions > 0)
        base_strbuf_printf(&text, _(", %llu again"), (unsigned long long)fold->retransmissions);
    view_scene_add_part(&lanes->scene, base_strbuf_text(&text), NULL, VIEW_ROLE_FOLD, VIEW_NEVER,
                        VIEW_NEVER);
    base_strbuf_free(&text);
}

bool view_lanes_add_label(struct view_lanes *lanes, size_t line, size_t lane,
                          const struct track_transition *transition)
{
    struct view_lane_cell *cell = &lanes->lines[line].cell[lane];
    unsigned side = transition->side & 1;
    enum track_state to = (enum track_state)transition->to;
    if (cell->row == VIEW_NO_ROW) {
        view_scene_add_row(&lanes->scene, VIEW_ROW_STATE);
        cell->row = (uint32_t)(lanes->scene.row_count - 1);
    }
    struct view_scene_row *row = &lanes->scene.rows[cell->row];
    if (row->label[side].length > 0)
        return false;
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_str(&text, track_state_name(to));
    if (!transition->confirmed)
        base_strbuf_char(&text, '?');
    row->label[side] = view_scene_keep(&lanes->scene, base_strbuf_text(&text), text.length);
    row->label_role[side] = view_role_of_state(to);
    cell->state[side] = (uint8_t)to;
    base_strbuf_free(&text);
    return true;
}

/* --- drawing --- */

struct places {
    size_t lanes; /* in sight */
    size_t x[VIEW_MAX_LANES], width;
    size_t time_x[2], times;
    size_t mark_x, end_x;
};

static struct places compared_places(size_t width)
{
    struct places at = {.lanes = 2, .times = width >= ROOM_FOR_TIMES ? 2 : 0};
    size_t sides = at.times * (TIME_WIDTH + 1) + MARK_WIDTH;
    at.width = width > sides + 2 * COMPARED_MIN ? (width - sides) / 2 : COMPARED_MIN;
    if (at.width > LANE_MAX)
        at.width = LANE_MAX;
    at.x[0] = at.times > 0 ? TIME_WIDTH + 1 : 0;
    at.mark_x = at.x[0] + at.width;
    at.x[1] = at.mark_x + MARK_WIDTH;
    at.time_x[1] = at.x[1] + at.width + 1;
    at.end_x = at.x[1] + at.width;
    return at;
}

static struct places places_of(const struct view_lanes *lanes, size_t width)
{
    if (lanes->compared)
        return compared_places(width);
    size_t left = TIME_WIDTH + 1,
           room = width > left + 1 ? width - left - 1 : 1; /* the last: see draw_line() */
    struct places at = {.lanes = (room + LANE_GAP) / (LANE_MIN + LANE_GAP), .times = 1};
    if (at.lanes > lanes->lane_count)
        at.lanes = lanes->lane_count;
    if (at.lanes == 0)
        at.lanes = 1;
    at.width = (room + LANE_GAP) / at.lanes;
    at.width = at.width > LANE_GAP ? at.width - LANE_GAP : 1;
    if (at.width > LANE_MAX)
        at.width = LANE_MAX;
    for (size_t i = 0; i < at.lanes; i++)
        at.x[i] = left + i * (at.width + LANE_GAP);
    at.end_x = left + at.lanes * (at.width + LANE_GAP) - LANE_GAP;
    return at;
}

size_t view_lanes_fit(const struct view_lanes *lanes, size_t width)
{
    return places_of(lanes, width).lanes;
}

/* The text's place is a column range of at most max, at its right end if asked for. */
static void put_text(const struct view_lanes *lanes, struct view_grid *grid, size_t x, size_t y,
                     struct view_text text, size_t max, bool right, uint8_t role)
{
    const char *bytes = view_scene_text(&lanes->scene, text);
    size_t width = view_text_width(bytes, text.length);
    if (width > max) {
        size_t used = view_text_fit(bytes, text.length, max > 0 ? max - 1 : 0);
        used = view_grid_put(grid, x, y, bytes, used, max, (enum view_role)role);
        const char *ellipsis = view_glyphs(lanes->scene.ascii)->ellipsis;
        view_grid_put(grid, x + used, y, ellipsis, strlen(ellipsis), max - used,
                      (enum view_role)role);
        return;
    }
    view_grid_put(grid, right ? x + max - width : x, y, bytes, text.length, max,
                  (enum view_role)role);
}

/* The names of states inside their lifelines; each may take what the other leaves. */
static void draw_labels(const struct view_lanes *lanes, struct view_grid *grid, size_t x, size_t y,
                        size_t width, const struct view_scene_row *row)
{
    size_t room = width > 4 ? width - 4 : 0, size[2];
    for (unsigned side = 0; side < 2; side++)
        size[side] = view_text_width(view_scene_text(&lanes->scene, row->label[side]),
                                     row->label[side].length);
    if (size[0] + size[1] + 1 > room && size[0] > 0 && size[1] > 0) {
        size_t half = room > 1 ? (room - 1) / 2 : 0;
        if (size[0] <= half)
            size[1] = room - 1 - size[0];
        else if (size[1] <= half)
            size[0] = room - 1 - size[1];
        else
            size[0] = size[1] = half;
    }
    for (unsigned side = 0; side < 2; side++) {
        size_t max = size[side] < room ? size[side] : room;
        put_text(lanes, grid, side == 0 ? x + 2 : x + width - 2 - max, y, row->label[side], max,
                 side == 1, row->label_role[side]);
    }
}

static void draw_cell(const struct view_lanes *lanes, const struct view_lane_cell *cell,
                      struct view_grid *grid, size_t x, size_t y, size_t width, bool head)
{
    struct view_scene_row life = {.kind = VIEW_ROW_STATE};
    const struct view_scene_row *row =
        cell->row != VIEW_NO_ROW ? &lanes->scene.rows[cell->row] : &life;
    if (head) {
        for (unsigned side = 0; side < 2; side++)
            put_text(lanes, grid, x, y, row->label[side], width, side == 1, row->label_role[side]);
        return;
    }
    struct view_scene_row shown = *row;
    memcpy(shown.state, cell->state, sizeof shown.state);
    view_ladder_draw_lane(&lanes->scene, &shown, grid, x, y, width);
    if (shown.kind == VIEW_ROW_STATE)
        draw_labels(lanes, grid, x, y, width, &shown);
}

static void draw_line(const struct view_lanes *lanes, const struct view_lanes_line *line,
                      const struct places *at, size_t first_lane, struct view_grid *grid, size_t y)
{
    for (size_t i = 0; i < at->lanes && first_lane + i < lanes->lane_count; i++)
        draw_cell(lanes, &line->cell[first_lane + i], grid, at->x[i], y, at->width, line->head);
    for (size_t i = 0; i < at->times; i++)
        put_text(lanes, grid, at->time_x[i], y, line->time[i], TIME_WIDTH, true, VIEW_ROLE_TIME);
    bool hidden = line->lane < first_lane || line->lane >= first_lane + at->lanes;
    if (hidden && !lanes->compared && line->item[0] != VIEW_NO_ITEM) /* its lane is over there */
        view_grid_fill(grid, line->lane < first_lane ? at->x[0] - 1 : at->end_x, y,
                       line->lane < first_lane ? '<' : '>', 1, VIEW_ROLE_FOLD);
    if (line->differs)
        view_grid_put(grid, at->mark_x + 1, y, lanes->scene.ascii ? "!" : "≠",
                      lanes->scene.ascii ? 1 : strlen("≠"), 1, VIEW_ROLE_BREAKS);
    if (line->across == VIEW_NO_ROW)
        return;
    const struct view_part *part = &lanes->scene.parts[lanes->scene.rows[line->across].parts];
    size_t width = part->text.length + 2;
    size_t room = at->end_x - at->x[0];
    size_t x = at->x[0] + (room > width ? (room - width) / 2 : 0);
    view_grid_fill(grid, x, y, ' ', width < room ? width : room, VIEW_ROLE_PLAIN);
    put_text(lanes, grid, x + 1, y, part->text, room > 2 ? room - 2 : 1, false, part->role);
}

void view_lanes_draw(const struct view_lanes *lanes, size_t first, size_t first_lane,
                     struct view_grid *grid, size_t y)
{
    struct places at = places_of(lanes, grid->width);
    for (; first < lanes->count && y < grid->height; first++, y++)
        draw_line(lanes, &lanes->lines[first], &at, first_lane, grid, y);
}
