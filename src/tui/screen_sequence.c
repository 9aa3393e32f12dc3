/* The sequence space: both sliding windows at the selected segment, and a time–sequence graph. */
#include "config.h"

#include <inttypes.h>

#include "base/intl.h"
#include "tui/cursor.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/glyphs.h"
#include "view/sequence_space.h"
#include "view/words.h"

/* From this height on the borders of the windows are named. */
#define ROOMY 18

static const char *const names[] = {N_("client"), N_("server")};

/* --- windows --- */

static void add_number(const struct tui *tui, struct base_strbuf *out, const char *name,
                       int64_t number, const struct track_end_record *end)
{
    if (tui->options.absolute && end->isn_known)
        base_strbuf_printf(out, "  %s %" PRIu32, name, end->isn + (uint32_t)number);
    else
        base_strbuf_printf(out, "  %s %" PRId64, name, number);
}

static void describe(const struct tui *tui, struct base_strbuf *out,
                     const struct view_window *window, const struct track_end_record *end)
{
    if (!window->known) {
        base_strbuf_str(out, _("  nothing seen yet"));
        return;
    }
    add_number(tui, out, "SND.UNA", window->snd_una, end);
    add_number(tui, out, "SND.NXT", window->snd_nxt, end);
    add_number(tui, out, "RCV.NXT", window->snd_una, end);
    base_strbuf_str(out, _("  in flight "));
    view_add_count(out, (uint64_t)(window->snd_nxt - window->snd_una));
    if (window->edge_known) {
        int64_t left = window->edge - window->snd_nxt;
        base_strbuf_str(out, _("  free "));
        view_add_count(out, left > 0 ? (uint64_t)left : 0);
    }
    if (window->sacked_count > 0) {
        base_strbuf_str(out, "  ");
        view_add_counted(out, window->sacked_count, N_("SACK block"));
    }
}

/* Returns the rows used. */
static size_t draw_window(struct tui *tui, struct tui_area area,
                          const struct view_timeline *timeline, enum track_side side, bool marks)
{
    const struct track_connection *record = view_timeline_record(timeline);
    struct view_window window = view_window_at(timeline, tui->cursor.item, side);
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    describe(tui, &text, &window, &record->end[side]);
    bool chosen = tui->sequence.sender == side || record->self_connect;
    size_t x = tui_paint_text(&tui->grid, area.x, area.y, area.width, chosen ? "* " : "  ",
                              VIEW_ROLE_TITLE, ascii);
    x += tui_paint_text(&tui->grid, area.x + x, area.y, area.width - x,
                        record->self_connect ? _("the socket") : _(names[side]),
                        side == TRACK_CLIENT ? VIEW_ROLE_CLIENT : VIEW_ROLE_SERVER, ascii);
    tui_paint_text(&tui->grid, area.x + x, area.y, area.width - x, base_strbuf_text(&text),
                   VIEW_ROLE_PLAIN, ascii);
    base_strbuf_free(&text);
    struct view_grid bar;
    size_t rows = marks ? 2 : 1;
    view_grid_init(&bar, area.width, rows);
    view_window_draw(&window, &bar, 0, marks, ascii);
    tui_paint_copy(&tui->grid, (struct tui_area){area.x, area.y + 1, area.width, rows}, &bar, 0, 0);
    view_grid_free(&bar);
    return rows + 1;
}

static void draw_legend(struct tui *tui, struct tui_area area, bool self_connect)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    const struct tui_sequence_state *state = &tui->sequence;
    view_grid_fill(&tui->grid, area.x, area.y, view_glyphs(ascii)->rule, area.width,
                   VIEW_ROLE_RULE);
    base_strbuf_printf(&text, _(" from the %s: "),
                       self_connect ? _("socket") : _(names[state->sender]));
    size_t x = tui_paint_text(&tui->grid, area.x + 2, area.y, area.width - 2,
                              base_strbuf_text(&text), VIEW_ROLE_SECTION, ascii);
    static const struct {
        const char *sign, *word;
        uint8_t role;
    } parts[] = {{"#", N_("data "), VIEW_ROLE_TITLE},
                 {"R", N_("again "), VIEW_ROLE_BREAKS},
                 {"-", N_("acks "), VIEW_ROLE_ARROW},
                 {"S", N_("SACKed "), VIEW_ROLE_HOLDS},
                 {"=", N_("window edge "), VIEW_ROLE_GAP}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        size_t at = area.x + 2 + x;
        if (at + 16 > area.width)
            break;
        x += tui_paint_text(&tui->grid, at, area.y, area.width - at, ascii ? parts[i].sign : "●",
                            parts[i].role, ascii);
        x += tui_paint_text(&tui->grid, at + 1, area.y, area.width - at - 1, " ", VIEW_ROLE_PLAIN,
                            ascii);
        x += tui_paint_text(&tui->grid, at + 2, area.y, area.width - at - 2, _(parts[i].word),
                            VIEW_ROLE_DIM, ascii);
    }
    base_strbuf_free(&text);
}

/* --- the screen --- */

static void draw_graph(struct tui *tui, struct tui_area area, const struct view_timeline *timeline)
{
    const struct tui_sequence_state *state = &tui->sequence;
    const struct view_graph graph = {
        .sender = view_timeline_record(timeline)->self_connect ? TRACK_CLIENT : state->sender,
        .item = tui->cursor.item,
        .zoom = state->zoom,
        .pan_ns = state->pan_ns,
        .edge = state->edge,
        .ascii = tui->options.ascii,
    };
    struct view_grid drawing;
    view_grid_init(&drawing, area.width, area.height);
    view_graph_draw(&graph, timeline, &drawing);
    tui_paint_copy(&tui->grid, area, &drawing, 0, 0);
    view_grid_free(&drawing);
}

static void sequence_draw(struct tui *tui, struct tui_area area)
{
    const struct view_timeline *timeline = tui_cursor_timeline(tui);
    if (timeline == NULL) {
        tui_cursor_draw_gone(tui, area, tui->cursor.connection);
        return;
    }
    bool alone = view_timeline_record(timeline)->self_connect;
    bool marks = area.height >= ROOMY;
    size_t end = area.y + area.height;
    tui_cursor_draw_head(tui, area, timeline);
    area.y += TUI_CURSOR_HEAD;
    area.y += draw_window(tui, area, timeline, TRACK_CLIENT, marks);
    if (!alone)
        area.y += draw_window(tui, area, timeline, TRACK_SERVER, marks);
    draw_legend(tui, area, alone);
    area.y++;
    area.height = end - area.y;
    draw_graph(tui, area, timeline);
}

static void zoom(struct tui *tui, bool in)
{
    struct tui_sequence_state *state = &tui->sequence;
    if (in && state->zoom < VIEW_GRAPH_ZOOM)
        state->zoom++;
    else if (!in && state->zoom > 0)
        state->zoom--;
    if (state->zoom == 0)
        state->pan_ns = 0;
    tui_say(tui, _("The graph shows %s of the time."), state->zoom == 0 ? N_("all") : N_("a part"));
}

static void pan(struct tui *tui, bool back)
{
    const struct view_timeline *timeline = tui_cursor_timeline(tui);
    if (timeline == NULL || tui->sequence.zoom == 0) {
        tui_say(tui, _("All is in sight; i zooms in."));
        return;
    }
    int64_t whole = view_graph_span(timeline, 0);
    int64_t by = view_graph_span(timeline, tui->sequence.zoom) / 4;
    int64_t wanted = tui->sequence.pan_ns + (back ? -by : by);
    if (wanted <= whole && wanted >= -whole)
        tui->sequence.pan_ns = wanted;
}

static bool sequence_act(struct tui *tui, enum tui_action action)
{
    struct tui_sequence_state *state = &tui->sequence;
    if (action == TUI_ACTION_ZOOM_IN || action == TUI_ACTION_ZOOM_OUT) {
        zoom(tui, action == TUI_ACTION_ZOOM_IN);
    } else if (action == TUI_ACTION_PAN_BACK || action == TUI_ACTION_PAN_ON) {
        pan(tui, action == TUI_ACTION_PAN_BACK);
    } else if (action == TUI_ACTION_OTHER_DIRECTION) {
        state->sender = track_other(state->sender);
    } else if (action == TUI_ACTION_EDGE) {
        state->edge = !state->edge;
        tui_say(tui, state->edge ? _("The whole window fits in.") : N_("What was sent fits in."));
    } else {
        if (tui_action_moves(action))
            state->pan_ns = 0;
        return tui_cursor_act(tui, action);
    }
    return true;
}

static void sequence_enter(struct tui *tui)
{
    (void)tui;
}

static void sequence_click(struct tui *tui, size_t x, size_t y)
{
    (void)tui, (void)x, (void)y;
}

const struct tui_screen tui_screen_sequence = {
    .bit = TUI_IN_SEQUENCE,
    .enter = sequence_enter,
    .draw = sequence_draw,
    .act = sequence_act,
    .click = sequence_click,
};
