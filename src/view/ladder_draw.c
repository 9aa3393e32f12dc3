/* The ladder: a scene becomes cells.
 *
 *   time        state ┃──── arrow ────▶┃ state
 *   time_w    label_w  life[0]   life[1]  label_w */
#include "config.h"

#include <string.h>

#include "view/charwidth.h"
#include "view/fit.h"
#include "view/glyphs.h"
#include "view/ladder.h"

#define MAX_ARROW_WIDTH 160
#define WIDE_ARROW 45
/* Columns between the end of an arrow that is lost and the lifeline. */
#define LOST_SHORT 2

struct geometry {
    size_t time_width, label_width;
    size_t label_x[2], life_x[2];
    size_t arrow_x, arrow_width;
    size_t width; /* of all */
};

struct drawing {
    const struct view_scene *scene;
    const struct view_glyphs *glyphs;
    struct view_grid *grid;
    struct geometry at;
    size_t y;
    bool slants; /* the rows are those of the scene, not copies */
};

static struct geometry geometry_of(size_t width, size_t time_width)
{
    struct geometry at = {.time_width = time_width > 0               ? time_width
                                        : width >= VIEW_LADDER_ROOMY ? 11
                                                                     : 10,
                          .label_width = width >= 90   ? 15
                                         : width >= 70 ? 14
                                                       : 13};
    size_t sides = at.time_width + 1 + 2 * (at.label_width + 1) + 2;
    at.arrow_width = width > sides + 4 ? width - sides : 4;
    if (at.arrow_width > MAX_ARROW_WIDTH)
        at.arrow_width = MAX_ARROW_WIDTH;
    at.label_x[0] = at.time_width + 1;
    at.life_x[0] = at.label_x[0] + at.label_width + 1;
    at.arrow_x = at.life_x[0] + 1;
    at.life_x[1] = at.arrow_x + at.arrow_width;
    at.label_x[1] = at.life_x[1] + 2;
    at.width = at.label_x[1] + at.label_width;
    return at;
}

/* --- text that has to fit --- */

static size_t width_of(const struct drawing *d, struct view_text text)
{
    return view_text_width(view_scene_text(d->scene, text), text.length);
}

/* Puts a text in at most max columns, its end replaced by an ellipsis if it is longer. */
static size_t put_cut(struct drawing *d, size_t x, struct view_text text, size_t max,
                      enum view_role role)
{
    const char *bytes = view_scene_text(d->scene, text);
    if (view_text_width(bytes, text.length) <= max)
        return view_grid_put(d->grid, x, d->y, bytes, text.length, max, role);
    const char *ellipsis = d->glyphs->ellipsis;
    size_t sign = view_text_width(ellipsis, strlen(ellipsis));
    if (max < sign)
        return 0;
    size_t used = view_grid_put(d->grid, x, d->y, bytes,
                                view_text_fit(bytes, text.length, max - sign), max - sign, role);
    return used + view_grid_put(d->grid, x + used, d->y, ellipsis, strlen(ellipsis), sign, role);
}

/* Draws fitted parts; what is still too wide is cut. Returns the columns used. */
static size_t put_fitted(struct drawing *d, size_t x, size_t max, const struct view_fitted *fitted)
{
    size_t used = 0;
    for (size_t i = 0; i < fitted->count && used < max; i++) {
        if (i > 0) {
            size_t gap = fitted->gap < max - used ? fitted->gap : max - used;
            view_grid_fill(d->grid, x + used, d->y, ' ', gap, VIEW_ROLE_PLAIN);
            used += gap;
        }
        used +=
            put_cut(d, x + used, fitted->texts[i], max - used, (enum view_role)fitted->roles[i]);
    }
    return used;
}

/* --- what all rows have --- */

static void draw_time(struct drawing *d, const struct view_scene_row *row)
{
    size_t width = width_of(d, row->time);
    size_t x = width < d->at.time_width ? d->at.time_width - width : 0;
    put_cut(d, x, row->time, d->at.time_width, VIEW_ROLE_TIME);
}

static void draw_labels(struct drawing *d, const struct view_scene_row *row)
{
    size_t width = width_of(d, row->label[0]);
    size_t x = d->at.label_x[0];
    if (width < d->at.label_width)
        x += d->at.label_width - width;
    put_cut(d, x, row->label[0], d->at.label_width, (enum view_role)row->label_role[0]);
    put_cut(d, d->at.label_x[1], row->label[1], d->at.label_width,
            (enum view_role)row->label_role[1]);
}

static void draw_lifelines(struct drawing *d, const struct view_scene_row *row)
{
    for (unsigned side = 0; side < 2; side++) {
        enum track_state state = (enum track_state)row->state[side];
        bool idle = state == TRACK_UNKNOWN || state == TRACK_CLOSED || state == TRACK_LISTEN;
        view_grid_fill(d->grid, d->at.life_x[side], d->y,
                       idle ? d->glyphs->life_idle : d->glyphs->life, 1, view_role_of_state(state));
    }
}

/* --- the kinds of rows --- */

static void draw_text(struct drawing *d, const struct view_scene_row *row)
{
    struct view_fitted fitted;
    view_fit(d->scene, row->parts, row->part_count, d->grid->width, &fitted);
    put_fitted(d, 0, d->grid->width, &fitted);
}

static void draw_header(struct drawing *d, const struct view_scene_row *row)
{
    size_t x = d->at.label_x[0];
    put_cut(d, x, row->label[0], d->at.width - x, VIEW_ROLE_ENDPOINT);
    size_t width = width_of(d, row->label[1]);
    x = width < d->at.width ? d->at.width - width : 0;
    put_cut(d, x, row->label[1], d->at.width, VIEW_ROLE_ENDPOINT);
}

static void draw_section(struct drawing *d, const struct view_scene_row *row)
{
    struct view_fitted fitted;
    size_t max = d->at.width > 6 ? d->at.width - 6 : 1;
    view_grid_fill(d->grid, 0, d->y, d->glyphs->rule, d->at.width, VIEW_ROLE_RULE);
    view_fit(d->scene, row->parts, row->part_count, max, &fitted);
    view_grid_fill(d->grid, 2, d->y, ' ', 1, VIEW_ROLE_RULE);
    size_t used = put_fitted(d, 3, max, &fitted);
    view_grid_fill(d->grid, 3 + used, d->y, ' ', 1, VIEW_ROLE_RULE);
}

static enum view_role arrow_role(const struct view_scene_row *row)
{
    if (row->lost)
        return VIEW_ROLE_ARROW_LOST;
    switch ((enum view_manner)row->manner) {
    case VIEW_MANNER_REPEATED:
        return VIEW_ROLE_ARROW_REPEATED;
    case VIEW_MANNER_OUT_OF_ORDER:
        return VIEW_ROLE_ARROW_OUT_OF_ORDER;
    case VIEW_MANNER_IGNORED:
        return VIEW_ROLE_ARROW_IGNORED;
    case VIEW_MANNER_PLAIN:
    case VIEW_MANNERS:
        break;
    }
    return row->reset ? VIEW_ROLE_ARROW_RESET : VIEW_ROLE_ARROW;
}

static void draw_shaft(struct drawing *d, const struct view_scene_row *row, size_t x, size_t width)
{
    const struct view_glyphs *glyphs = d->glyphs;
    enum view_role role = arrow_role(row);
    uint32_t line = row->reset                                ? glyphs->line_reset
                    : row->manner == VIEW_MANNER_REPEATED     ? glyphs->line_repeated
                    : row->manner == VIEW_MANNER_OUT_OF_ORDER ? glyphs->line_out_of_order
                                                              : glyphs->line;
    view_grid_fill(d->grid, x, d->y, line, width, role);
    for (size_t i = 0; line == ' ' && i < width; i += 2)
        view_grid_fill(d->grid, x + i, d->y, glyphs->line, 1, role);
}

/* A lost one ends short of the lifeline. */
static size_t draw_head(struct drawing *d, const struct view_scene_row *row)
{
    size_t x = d->at.arrow_x, width = d->at.arrow_width;
    bool right = row->sender == TRACK_CLIENT, ignored = row->manner == VIEW_MANNER_IGNORED;
    size_t short_of = row->lost && width >= WIDE_ARROW ? LOST_SHORT : 0;
    uint32_t head = row->lost ? d->glyphs->lost
                    : ignored ? (right ? d->glyphs->ignored_right : d->glyphs->ignored_left)
                    : right   ? d->glyphs->head_right
                              : d->glyphs->head_left;
    size_t at = right ? x + width - 1 - short_of : x + short_of;
    view_grid_fill(d->grid, right ? at : x, d->y, ' ', short_of + 1, VIEW_ROLE_PLAIN);
    view_grid_fill(d->grid, at, d->y, head, 1, arrow_role(row));
    return short_of;
}

/* The row's parts in at most max columns, a blank at either side, lead columns from where the shaft
 * starts. */
static void write_on_shaft(struct drawing *d, const struct view_scene_row *row, size_t lead,
                           size_t max)
{
    struct view_fitted fitted;
    view_fit(d->scene, row->parts, row->part_count, max, &fitted);
    size_t text = fitted.width < max ? fitted.width : max;
    size_t start = row->sender == TRACK_CLIENT
                       ? d->at.arrow_x + lead
                       : d->at.arrow_x + d->at.arrow_width - lead - text - 2;
    if (max == 0)
        return;
    view_grid_fill(d->grid, start, d->y, ' ', text + 2, VIEW_ROLE_PLAIN);
    put_fitted(d, start + 1, text, &fitted);
}

static void draw_arrow(struct drawing *d, const struct view_scene_row *row)
{
    size_t x = d->at.arrow_x, width = d->at.arrow_width;
    draw_shaft(d, row, x, width);
    size_t short_of = draw_head(d, row);
    /* shaft at its start, a blank at either side of the text, shaft and head at its end */
    size_t lead = width >= WIDE_ARROW ? 2 : 1, rest = lead + 2 + lead + short_of;
    size_t max = width > rest ? width - rest : 0;
    write_on_shaft(d, row, lead, max);
}

/* --- arrows that take their time --- */

/* The part of a slanted arrow in the row-th of its rows: a stretch of shaft, at its end the step
 * down, in the last one the head. */
static void draw_stretch(struct drawing *d, const struct view_scene_row *leaves, size_t row,
                         size_t rows)
{
    /* half of the way in the first row, which has the text; the rest in equal parts */
    size_t width = d->at.arrow_width, half = width / 2, rest = width - half;
    size_t from = row == 0 ? 0 : half + (row - 1) * rest / (rows - 1);
    size_t to = half + row * rest / (rows - 1);
    bool right = leaves->sender == TRACK_CLIENT, last = row + 1 == rows;
    if (to <= from)
        return;
    size_t x = d->at.arrow_x + (right ? from : width - to);
    draw_shaft(d, leaves, x, to - from);
    size_t end = right ? x + to - from - 1 : x;
    bool ignored = leaves->manner == VIEW_MANNER_IGNORED;
    uint32_t sign = !last     ? (right ? d->glyphs->down : d->glyphs->up)
                    : ignored ? (right ? d->glyphs->ignored_right : d->glyphs->ignored_left)
                    : right   ? d->glyphs->head_right
                              : d->glyphs->head_left;
    view_grid_fill(d->grid, end, d->y, sign, 1, arrow_role(leaves));
}

/* All that are on their way at a row. */
static void draw_slants(struct drawing *d, size_t row)
{
    for (size_t i = 0; i < d->scene->slant_count; i++) {
        const struct view_slant *slant = &d->scene->slants[i];
        if (slant->leaves > row)
            break;
        if (slant->arrives >= row)
            draw_stretch(d, &d->scene->rows[slant->leaves], row - slant->leaves,
                         slant->arrives - slant->leaves + 1);
    }
}

/* What is written on it stands where it leaves, over what else is on its way there. */
static void draw_slanted(struct drawing *d, const struct view_scene_row *row)
{
    size_t width = d->at.arrow_width;
    size_t lead = width >= WIDE_ARROW ? 2 : 1;
    size_t max = width / 2 > lead + 4 ? width / 2 - lead - 4 : 0;
    write_on_shaft(d, row, lead, max);
}

/* Text in the middle between the lifelines, on a line of its own kind or on nothing. */
static void draw_middle(struct drawing *d, const struct view_scene_row *row, uint32_t line)
{
    struct view_fitted fitted;
    size_t max = d->at.arrow_width > 2 ? d->at.arrow_width - 2 : 1;
    view_fit(d->scene, row->parts, row->part_count, max, &fitted);
    size_t text = fitted.width < max ? fitted.width : max;
    size_t x = d->at.arrow_x + (d->at.arrow_width - text) / 2;
    if (line != ' ') {
        view_grid_fill(d->grid, d->at.arrow_x, d->y, line, d->at.arrow_width, VIEW_ROLE_NOTE);
        view_grid_fill(d->grid, x - 1, d->y, ' ', text + 2, VIEW_ROLE_PLAIN);
    }
    put_fitted(d, x, max, &fitted);
}

/* Two arrows start towards each other: their texts side by side, the shafts dive in the middle. */
static void draw_cross(struct drawing *d, const struct view_scene_row *row)
{
    size_t x = d->at.arrow_x, width = d->at.arrow_width, middle = width / 2;
    view_grid_fill(d->grid, x, d->y, d->glyphs->line, width, VIEW_ROLE_ARROW);
    view_grid_fill(d->grid, x + middle - 1, d->y, d->glyphs->down, 1, VIEW_ROLE_ARROW);
    view_grid_fill(d->grid, x + middle, d->y, ' ', 1, VIEW_ROLE_PLAIN);
    view_grid_fill(d->grid, x + middle + 1, d->y, d->glyphs->up, 1, VIEW_ROLE_ARROW);
    size_t max = middle > 5 ? middle - 5 : 0;
    if (max == 0)
        return;
    struct view_fitted fitted;
    view_fit(d->scene, row->parts, row->part_count, max, &fitted);
    size_t text = fitted.width < max ? fitted.width : max;
    view_grid_fill(d->grid, x + 1, d->y, ' ', text + 2, VIEW_ROLE_PLAIN);
    put_fitted(d, x + 2, text, &fitted);
    view_fit(d->scene, row->other_parts, row->other_count, max, &fitted);
    text = fitted.width < max ? fitted.width : max;
    size_t start = x + width - 1 - text - 2;
    view_grid_fill(d->grid, start, d->y, ' ', text + 2, VIEW_ROLE_PLAIN);
    put_fitted(d, start + 1, text, &fitted);
}

static void draw_cross_end(struct drawing *d)
{
    size_t x = d->at.arrow_x, width = d->at.arrow_width;
    view_grid_fill(d->grid, x, d->y, d->glyphs->line, width, VIEW_ROLE_ARROW);
    view_grid_fill(d->grid, x, d->y, d->glyphs->head_left, 1, VIEW_ROLE_ARROW);
    view_grid_fill(d->grid, x + width / 2, d->y, d->glyphs->cross, 1, VIEW_ROLE_ARROW);
    view_grid_fill(d->grid, x + width - 1, d->y, d->glyphs->head_right, 1, VIEW_ROLE_ARROW);
}

/* Text beside one lifeline. */
static void draw_call(struct drawing *d, const struct view_scene_row *row)
{
    struct view_fitted fitted;
    size_t max = d->at.arrow_width > 2 ? d->at.arrow_width - 2 : 1;
    view_fit(d->scene, row->parts, row->part_count, max, &fitted);
    size_t text = fitted.width < max ? fitted.width : max;
    bool left = row->sender == TRACK_CLIENT;
    size_t x = d->at.arrow_x + (left ? 1 : d->at.arrow_width - 1 - text);
    view_grid_fill(d->grid, x - 1, d->y, ' ', text + 2, VIEW_ROLE_PLAIN);
    put_fitted(d, x, text, &fitted);
}

/* The lifelines and what is between them. */
static void draw_lane(struct drawing *d, const struct view_scene_row *row)
{
    draw_lifelines(d, row);
    if (d->slants)
        draw_slants(d, (size_t)(row - d->scene->rows));
    switch ((enum view_row_kind)row->kind) {
    case VIEW_ROW_ARROW:
        if (row->slanted)
            draw_slanted(d, row);
        else
            draw_arrow(d, row);
        break;
    case VIEW_ROW_CROSS:
        draw_cross(d, row);
        break;
    case VIEW_ROW_CROSS_END:
        draw_cross_end(d);
        break;
    case VIEW_ROW_FOLD:
    case VIEW_ROW_GAP:
        draw_middle(d, row, ' ');
        break;
    case VIEW_ROW_NOTE:
        draw_middle(d, row, d->glyphs->line_note);
        break;
    case VIEW_ROW_CALL:
        draw_call(d, row);
        break;
    case VIEW_ROW_TEXT:
    case VIEW_ROW_HEADER:
    case VIEW_ROW_SECTION:
    case VIEW_ROW_STATE:
        break;
    }
}

static void draw_between(struct drawing *d, const struct view_scene_row *row)
{
    draw_time(d, row);
    draw_labels(d, row);
    draw_lane(d, row);
}

void view_ladder_draw_lane(const struct view_scene *scene, const struct view_scene_row *row,
                           struct view_grid *grid, size_t x, size_t y, size_t width)
{
    struct drawing d = {.scene = scene, .glyphs = view_glyphs(scene->ascii), .grid = grid, .y = y};
    d.at.width = width;
    d.at.life_x[0] = x;
    d.at.arrow_x = x + 1;
    d.at.arrow_width = width > 6 ? width - 2 : 4;
    d.at.life_x[1] = d.at.arrow_x + d.at.arrow_width;
    draw_lane(&d, row);
}

size_t view_ladder_draw(const struct view_scene *scene, size_t first, struct view_grid *grid,
                        size_t y)
{
    struct drawing d = {.scene = scene,
                        .glyphs = view_glyphs(scene->ascii),
                        .grid = grid,
                        .at = geometry_of(grid->width, scene->time_width),
                        .slants = scene->slant_count > 0};
    size_t row = first;
    for (d.y = y; row < scene->row_count && d.y < grid->height; d.y++, row++) {
        const struct view_scene_row *shown = &scene->rows[row];
        if (shown->kind == VIEW_ROW_TEXT)
            draw_text(&d, shown);
        else if (shown->kind == VIEW_ROW_HEADER)
            draw_header(&d, shown);
        else if (shown->kind == VIEW_ROW_SECTION)
            draw_section(&d, shown);
        else
            draw_between(&d, shown);
    }
    return row - first;
}
