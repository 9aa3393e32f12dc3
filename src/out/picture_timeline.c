/* A scene of a ladder as a drawing: two lifelines whose ribbons change colour where the state does,
 * arrows that fall as time passes.
 *
 *   time   state ║──────────────────▶║ state
 *            life[0]              life[1] */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "out/picture.h"
#include "out/xmlw.h"
#include "view/fit.h"

#define TIME_RIGHT 100
#define LEFT_LIFE 244
#define RIGHT_LIFE (OUT_PICTURE_WIDTH - LEFT_LIFE + 80)
#define RIBBON 12 /* its width; that of an idle endpoint is IDLE */
#define IDLE 4
#define TEXT_SIZE 12
/* A column of the text on arrows; what fixed-width fonts take is 0.6 of their size or less. */
#define TENTHS_OF_COLUMN 73
#define ARROW_COLUMNS ((RIGHT_LIFE - LEFT_LIFE - 40) * 10 / TENTHS_OF_COLUMN)
/* Within a row: where an arrow's text stands, where it leaves and where it arrives. */
#define ARROW_TEXT 13
#define DEPARTURE 19
#define ARRIVAL 31
/* Sentences within the ladder begin with blanks, as many as the terminal's times take. */
#define INNER_TEXT (LEFT_LIFE - 56)
#define LOST_AT 80 /* percent of the way */

struct place {
    size_t top, height;
};

struct drawing {
    struct base_strbuf *out;
    const struct view_scene *scene;
    struct place *places;      /* owned, one a row */
    size_t life_top, life_end; /* rows between which lifelines run: [top, end) */
    bool script;
};

static const char *const role_classes[VIEW_ROLE_STATE] = {
    [VIEW_ROLE_PLAIN] = "",
    [VIEW_ROLE_DIM] = "dim",
    [VIEW_ROLE_TITLE] = "strong",
    [VIEW_ROLE_ENDPOINT] = "name",
    [VIEW_ROLE_TIME] = "r-time",
    [VIEW_ROLE_RULE] = "dim",
    [VIEW_ROLE_SECTION] = "strong",
    [VIEW_ROLE_ARROW] = "",
    [VIEW_ROLE_ARROW_RESET] = "r-flags-reset",
    [VIEW_ROLE_ARROW_LOST] = "r-breaks",
    [VIEW_ROLE_ARROW_REPEATED] = "r-finding",
    [VIEW_ROLE_ARROW_OUT_OF_ORDER] = "r-finding",
    [VIEW_ROLE_ARROW_IGNORED] = "dim",
    [VIEW_ROLE_FLAGS] = "strong",
    [VIEW_ROLE_FLAGS_RESET] = "strong r-flags-reset",
    [VIEW_ROLE_NUMBER] = "",
    [VIEW_ROLE_HOLDS] = "r-holds",
    [VIEW_ROLE_BREAKS] = "strong r-breaks",
    [VIEW_ROLE_FINDING] = "r-finding",
    [VIEW_ROLE_REMARK] = "r-remark",
    [VIEW_ROLE_FOLD] = "r-fold",
    [VIEW_ROLE_GAP] = "dim",
    [VIEW_ROLE_NOTE] = "r-note",
    [VIEW_ROLE_CLIENT] = "r-client",
    [VIEW_ROLE_SERVER] = "r-server",
    [VIEW_ROLE_BOTH] = "strong",
};

static void add_role_class(struct base_strbuf *out, unsigned role)
{
    if (role >= VIEW_ROLE_STATE)
        base_strbuf_printf(out, "s-%s",
                           track_state_name((enum track_state)(role - VIEW_ROLE_STATE)));
    else
        base_strbuf_str(out, role_classes[role]);
}

static bool is_idle(unsigned state)
{
    return state == TRACK_UNKNOWN || state == TRACK_CLOSED || state == TRACK_LISTEN;
}

static long life_x(unsigned side)
{
    return side == TRACK_CLIENT ? LEFT_LIFE : RIGHT_LIFE;
}

/* Where an arrow touches the lifeline of a side. */
static long edge_x(unsigned side)
{
    return side == TRACK_CLIENT ? LEFT_LIFE + RIBBON / 2 + 2 : RIGHT_LIFE - RIBBON / 2 - 2;
}

/* --- where rows stand --- */

static size_t height_of(const struct drawing *d, size_t row)
{
    bool inside = row >= d->life_top && row < d->life_end;
    switch ((enum view_row_kind)d->scene->rows[row].kind) {
    case VIEW_ROW_TEXT:
        if (inside && d->scene->rows[row + 1].kind != VIEW_ROW_TEXT)
            return 26;
        return inside ? 17 : 19;
    case VIEW_ROW_HEADER:
        return 28;
    case VIEW_ROW_SECTION:
        return 36;
    case VIEW_ROW_ARROW:
        return 38;
    case VIEW_ROW_CROSS:
        return 34;
    case VIEW_ROW_CROSS_END:
        return 34;
    case VIEW_ROW_FOLD:
        return 44;
    case VIEW_ROW_GAP:
        return 26;
    case VIEW_ROW_NOTE:
        return 34;
    case VIEW_ROW_CALL:
        return 22;
    case VIEW_ROW_STATE:
        return 26;
    }
    return 0;
}

static size_t lay_out(struct drawing *d)
{
    const struct view_scene *scene = d->scene;
    d->life_top = scene->row_count;
    for (size_t i = scene->row_count; i-- > 0;)
        if (scene->rows[i].kind == VIEW_ROW_STATE)
            d->life_top = i;
    d->life_end = scene->row_count;
    while (d->life_end > d->life_top && scene->rows[d->life_end - 1].kind == VIEW_ROW_TEXT)
        d->life_end--;
    d->places = base_calloc(scene->row_count + 1, sizeof d->places[0]);
    size_t y = 0;
    for (size_t i = 0; i < scene->row_count; i++) {
        if (i == d->life_end)
            y += 22;
        d->places[i] = (struct place){y, height_of(d, i)};
        y += d->places[i].height;
    }
    return y;
}

/* Where a side's state changes in a row. */
static long change_y(const struct drawing *d, size_t row, unsigned side)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    long top = (long)d->places[row].top;
    switch ((enum view_row_kind)shown->kind) {
    case VIEW_ROW_ARROW:
        return top + (shown->sender == side ? DEPARTURE : ARRIVAL);
    case VIEW_ROW_CROSS:
        return top + DEPARTURE;
    case VIEW_ROW_CROSS_END:
        return top + (long)d->places[row].height - 8;
    default:
        return top + (long)d->places[row].height / 2;
    }
}

/* --- text --- */

static const char *text_of(const struct drawing *d, struct view_text text, struct base_strbuf *kept)
{
    base_strbuf_clear(kept);
    base_strbuf_add(kept, view_scene_text(d->scene, text), text.length);
    return base_strbuf_text(kept);
}

static void add_parts(struct drawing *d, const struct view_fitted *fitted)
{
    for (size_t i = 0; i < fitted->count; i++) {
        if (i > 0)
            base_strbuf_fill(d->out, ' ', fitted->gap);
        base_strbuf_str(d->out, "<tspan class=\"");
        add_role_class(d->out, fitted->roles[i]);
        base_strbuf_str(d->out, "\">");
        out_xml_text(d->out, view_scene_text(d->scene, fitted->texts[i]), fitted->texts[i].length);
        base_strbuf_str(d->out, "</tspan>");
    }
}

/* A line of parts; anchor: NULL, "middle" or "end". */
static void draw_parts(struct drawing *d, uint32_t first, uint32_t count, size_t columns, long x,
                       long y, const char *anchor)
{
    struct view_fitted fitted;
    view_fit(d->scene, first, count, columns, &fitted);
    base_strbuf_printf(d->out, "<text class=\"mono halo\" x=\"%ld\" y=\"%ld\"", x, y);
    if (anchor != NULL)
        base_strbuf_printf(d->out, " text-anchor=\"%s\"", anchor);
    base_strbuf_str(d->out, " xml:space=\"preserve\">");
    add_parts(d, &fitted);
    base_strbuf_str(d->out, "</text>\n");
}

/* --- what all rows have --- */

static void draw_time(struct drawing *d, size_t row)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    const struct view_scene_row *shown = &d->scene->rows[row];
    if (shown->time.length > 0)
        out_picture_text(d->out, "mono r-time", TIME_RIGHT,
                         change_y(d, row, shown->sender) + TEXT_SIZE / 3, "end",
                         text_of(d, shown->time, &text));
    base_strbuf_free(&text);
}

static void draw_labels(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    for (unsigned side = 0; side < 2; side++) {
        if (shown->label[side].length == 0)
            continue;
        base_strbuf_printf(d->out,
                           "<text class=\"name halo s-%s\" x=\"%ld\" y=\"%ld\" text-anchor=\"%s\">",
                           track_state_name((enum track_state)shown->state[side]),
                           life_x(side) + (side == TRACK_CLIENT ? -13 : 13),
                           change_y(d, row, side) + 5, side == TRACK_CLIENT ? "end" : "start");
        out_xml_text(d->out, view_scene_text(d->scene, shown->label[side]),
                     shown->label[side].length);
        base_strbuf_str(d->out, "</text>\n");
    }
}

static void draw_ribbon(struct drawing *d, unsigned side, unsigned state, long from, long to)
{
    struct base_strbuf classes = BASE_STRBUF_INIT;
    long width = is_idle(state) ? IDLE : RIBBON;
    base_strbuf_printf(&classes, "f-%s", track_state_name((enum track_state)state));
    out_picture_rect(d->out, base_strbuf_text(&classes), life_x(side) - width / 2, from, width,
                     to - from, 2);
    base_strbuf_free(&classes);
}

static void draw_lifelines(struct drawing *d)
{
    if (d->life_top >= d->life_end)
        return;
    const struct place *last = &d->places[d->life_end - 1];
    for (unsigned side = 0; side < 2; side++) {
        unsigned state = d->scene->rows[d->life_top].state[side];
        long from = (long)d->places[d->life_top].top;
        for (size_t i = d->life_top + 1; i < d->life_end; i++) {
            if (d->scene->rows[i].state[side] == state)
                continue;
            draw_ribbon(d, side, state, from, change_y(d, i, side));
            from = change_y(d, i, side);
            state = d->scene->rows[i].state[side];
        }
        draw_ribbon(d, side, state, from, (long)(last->top + last->height) + 6);
    }
}

/* --- the kinds of rows --- */

static void draw_header(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (unsigned side = 0; side < 2; side++) {
        bool left = side == TRACK_CLIENT, narrow = shown->label[side].length <= 34;
        long x = narrow ? life_x(side) : left ? OUT_PICTURE_MARGIN : OUT_PICTURE_WIDTH - 24;
        if (shown->label[side].length > 0)
            out_picture_text(d->out, "name", x, (long)d->places[row].top + 18,
                             narrow ? "middle"
                             : left ? "start"
                                    : "end",
                             text_of(d, shown->label[side], &text));
    }
    base_strbuf_free(&text);
}

static void draw_section(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    long y = (long)d->places[row].top + 18;
    out_picture_line(d->out, "thin", OUT_PICTURE_MARGIN, y, OUT_PICTURE_WIDTH - 24, y);
    struct view_fitted fitted;
    view_fit(d->scene, shown->parts, shown->part_count, OUT_PICTURE_COLUMNS, &fitted);
    base_strbuf_printf(d->out, "<text class=\"halo\" x=\"%d\" y=\"%ld\" text-anchor=\"middle\">",
                       (LEFT_LIFE + RIGHT_LIFE) / 2, y + 4);
    add_parts(d, &fitted);
    base_strbuf_str(d->out, "</text>\n");
}

static const char *line_of(const struct view_scene_row *row)
{
    switch ((enum view_manner)row->manner) {
    case VIEW_MANNER_REPEATED:
        return "line repeated";
    case VIEW_MANNER_OUT_OF_ORDER:
        return "line overtaken";
    case VIEW_MANNER_IGNORED:
        return "line ignored";
    case VIEW_MANNER_PLAIN:
    case VIEW_MANNERS:
        break;
    }
    return row->reset ? "reset" : "line";
}

static enum out_head head_of(const struct view_scene_row *row)
{
    if (row->manner == VIEW_MANNER_REPEATED || row->manner == VIEW_MANNER_OUT_OF_ORDER)
        return OUT_HEAD_FINDING;
    if (row->manner == VIEW_MANNER_IGNORED)
        return OUT_HEAD_OPEN;
    return row->reset ? OUT_HEAD_RESET : OUT_HEAD;
}

static void draw_shaft(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    long top = (long)d->places[row].top, from = edge_x(shown->sender);
    long to = edge_x(shown->sender ^ 1u);
    if (!shown->lost) {
        out_picture_arrow(d->out, head_of(shown), line_of(shown), from, top + DEPARTURE, to,
                          top + ARRIVAL);
        return;
    }
    long x = from + (to - from) * LOST_AT / 100;
    long y = top + DEPARTURE + (ARRIVAL - DEPARTURE) * LOST_AT / 100;
    out_picture_line(d->out, "line lost", from, top + DEPARTURE, x, y);
    out_picture_text(d->out, "title r-breaks halo", x, y + 7, "middle", "×");
}

static void draw_arrow(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    draw_shaft(d, row);
    draw_parts(d, shown->parts, shown->part_count, ARROW_COLUMNS, (LEFT_LIFE + RIGHT_LIFE) / 2,
               (long)d->places[row].top + ARROW_TEXT, "middle");
}

/* Both arrows leave here and arrive in the row below. */
static void draw_cross(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    long y = (long)d->places[row].top + DEPARTURE;
    long arrival = row + 1 < d->scene->row_count ? change_y(d, row + 1, TRACK_CLIENT) : y + 30;
    out_picture_arrow(d->out, OUT_HEAD, "line", edge_x(0), y, edge_x(1), arrival);
    out_picture_arrow(d->out, OUT_HEAD, "line", edge_x(1), y, edge_x(0), arrival);
    draw_parts(d, shown->parts, shown->part_count, ARROW_COLUMNS / 2 - 1, edge_x(0) + 6, y - 5,
               "start");
    draw_parts(d, shown->other_parts, shown->other_count, ARROW_COLUMNS / 2 - 1, edge_x(1) - 6,
               y - 5, "end");
}

static void draw_fold(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    long top = (long)d->places[row].top;
    out_picture_rect(d->out, "band fold", edge_x(0) + 8, top + 8, edge_x(1) - edge_x(0) - 16, 26,
                     6);
    draw_parts(d, shown->parts, shown->part_count, ARROW_COLUMNS, (LEFT_LIFE + RIGHT_LIFE) / 2,
               top + 25, "middle");
}

static void draw_note(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    long y = (long)(d->places[row].top + d->places[row].height / 2);
    if (shown->kind == VIEW_ROW_NOTE)
        out_picture_line(d->out, "notes", edge_x(0), y, edge_x(1), y);
    draw_parts(d, shown->parts, shown->part_count, ARROW_COLUMNS, (LEFT_LIFE + RIGHT_LIFE) / 2,
               y + 4, "middle");
}

static void draw_call(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    bool left = shown->sender == TRACK_CLIENT;
    draw_parts(d, shown->parts, shown->part_count, ARROW_COLUMNS,
               left ? edge_x(0) + 8 : edge_x(1) - 8, (long)d->places[row].top + 15,
               left ? "start" : "end");
}

static void draw_text(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    bool inside = row > d->life_top && row < d->life_end;
    draw_parts(d, shown->parts, shown->part_count, OUT_PICTURE_COLUMNS + 10,
               inside ? INNER_TEXT : OUT_PICTURE_MARGIN, (long)d->places[row].top + 13, NULL);
}

static void draw_row(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    switch ((enum view_row_kind)shown->kind) {
    case VIEW_ROW_TEXT:
        draw_text(d, row);
        break;
    case VIEW_ROW_HEADER:
        draw_header(d, row);
        return;
    case VIEW_ROW_SECTION:
        draw_section(d, row);
        return;
    case VIEW_ROW_ARROW:
        draw_arrow(d, row);
        break;
    case VIEW_ROW_CROSS:
        draw_cross(d, row);
        break;
    case VIEW_ROW_FOLD:
        draw_fold(d, row);
        break;
    case VIEW_ROW_GAP:
    case VIEW_ROW_NOTE:
        draw_note(d, row);
        break;
    case VIEW_ROW_CALL:
        draw_call(d, row);
        break;
    case VIEW_ROW_CROSS_END:
    case VIEW_ROW_STATE:
        break;
    }
    draw_time(d, row);
    draw_labels(d, row);
}

/* A group for a row that shows an item, so that a script finds it. */
static void open_row(struct drawing *d, size_t row)
{
    const struct view_scene_row *shown = &d->scene->rows[row];
    const struct place *place = &d->places[row];
    if (!d->script || shown->item == VIEW_NO_ITEM)
        base_strbuf_str(d->out, "<g>\n");
    else
        base_strbuf_printf(d->out,
                           "<g class=\"row\" data-item=\"%zu\">\n"
                           "<rect class=\"hit\" x=\"8\" y=\"%zu\" width=\"%d\" height=\"%zu\" "
                           "rx=\"4\"/>\n",
                           shown->item, place->top + 3, OUT_PICTURE_WIDTH - 16, place->height);
}

/* --- what the colours mean --- */

static const char *meaning_of(enum track_state state)
{
    switch (state) {
    case TRACK_UNKNOWN:
        return N_("the capture does not show it");
    case TRACK_CLOSED:
        return N_("no connection");
    case TRACK_LISTEN:
        return N_("waits for a SYN");
    case TRACK_SYN_SENT:
        return N_("has sent a SYN, waits for SYN,ACK");
    case TRACK_SYN_RECEIVED:
        return N_("has answered the SYN, waits for the ACK");
    case TRACK_ESTABLISHED:
        return N_("data may flow both ways");
    case TRACK_FIN_WAIT_1:
        return N_("has sent its FIN, waits for the ACK of it");
    case TRACK_FIN_WAIT_2:
        return N_("its FIN is acknowledged, the peer has not closed");
    case TRACK_CLOSE_WAIT:
        return N_("the peer has closed, this end has not");
    case TRACK_CLOSING:
        return N_("both FINs crossed, waits for the ACK of its own");
    case TRACK_LAST_ACK:
        return N_("has sent the last FIN, waits for the ACK of it");
    case TRACK_TIME_WAIT:
        return N_("waits 2 MSL, so that stragglers die out");
    case TRACK_STATES:
        break;
    }
    return "";
}

static unsigned states_shown(const struct drawing *d)
{
    unsigned shown = 0;
    for (size_t i = d->life_top; i < d->life_end; i++)
        for (unsigned side = 0; side < 2; side++)
            shown |= 1u << d->scene->rows[i].state[side];
    return shown;
}

/* The states that occur, in two columns. */
static size_t draw_legend(struct drawing *d, size_t y)
{
    unsigned shown = states_shown(d), count = 0, at = 0;
    struct base_strbuf classes = BASE_STRBUF_INIT;
    for (unsigned i = 0; i < TRACK_STATES; i++)
        count += shown >> i & 1;
    unsigned rows = (count + 1) / 2;
    for (unsigned i = 0; i < TRACK_STATES; i++) {
        if (!(shown >> i & 1))
            continue;
        const char *name = track_state_name((enum track_state)i);
        long x = OUT_PICTURE_MARGIN + (at / rows) * 480, top = (long)y + (at % rows) * 20;
        base_strbuf_clear(&classes);
        base_strbuf_printf(&classes, "f-%s", name);
        out_picture_rect(d->out, base_strbuf_text(&classes), x, top + 3, 12, 12, 2);
        base_strbuf_clear(&classes);
        base_strbuf_printf(&classes, "small name s-%s", name);
        out_picture_text(d->out, base_strbuf_text(&classes), x + 20, top + 13, NULL, name);
        out_picture_text(d->out, "small dim", x + 140, top + 13, NULL,
                         _(meaning_of((enum track_state)i)));
        at++;
    }
    base_strbuf_free(&classes);
    return y + rows * 20;
}

size_t out_draw_timeline(struct base_strbuf *out, const struct view_timeline *timeline,
                         const struct view_ladder_options *options, bool script)
{
    struct view_scene scene = VIEW_SCENE_INIT;
    struct drawing d = {.out = out, .scene = &scene, .script = script};
    view_ladder_build(&scene, timeline, options);
    size_t height = lay_out(&d);
    for (size_t i = 0; i < scene.row_count; i++) {
        open_row(&d, i);
        draw_row(&d, i);
        base_strbuf_str(out, "</g>\n");
    }
    draw_lifelines(&d);
    height = draw_legend(&d, height + 12);
    free(d.places);
    view_scene_free(&scene);
    return height;
}
