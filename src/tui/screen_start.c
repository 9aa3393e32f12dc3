/* The start screen: what there is to open, when no source was given. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/words.h"

/* How often the traffic of the interfaces is read. */
#define RATE_MS 1000
/* Things that a digit opens. */
#define SHORTCUTS 9

static const char *const titles[APP_THING_KINDS] = {
    [APP_THING_RECENT] = N_("Recent files"),
    [APP_THING_INTERFACE] = N_("Interfaces, live"),
    [APP_THING_CAPTURE] = N_("Captures to learn from"),
    [APP_THING_LAB] = N_("Lab: run a real TCP scenario"),
};

/* A line shows a thing or the title above its kind. */
static size_t line_of(const struct app_catalogue *all, size_t thing)
{
    size_t line = 0;
    for (size_t i = 0; i <= thing && i < all->count; i++)
        if (i == 0 || all->things[i].kind != all->things[i - 1].kind)
            line++;
    return line + thing;
}

static void read_rates(struct tui *tui, int64_t now_ms)
{
    struct tui_start_state *state = &tui->start;
    struct base_strbuf text = BASE_STRBUF_INIT;
    app_catalogue_read_traffic(&text);
    size_t interface = 0;
    for (size_t i = 0; i < state->catalogue->count && interface < TUI_START_RATES; i++) {
        struct tui_rate *rate = &state->rates[interface];
        uint64_t bytes, packets;
        if (state->catalogue->things[i].kind != APP_THING_INTERFACE)
            continue;
        interface++;
        rate->known = false;
        if (!app_catalogue_traffic(base_strbuf_text(&text), state->catalogue->things[i].name,
                                   &bytes, &packets))
            continue;
        int64_t span = now_ms - state->read_ms;
        if (state->read_ms != 0 && span > 0 && bytes >= rate->bytes && packets >= rate->packets) {
            rate->bytes_per_second = (bytes - rate->bytes) * 1000 / (uint64_t)span;
            rate->packets_per_second = (packets - rate->packets) * 1000 / (uint64_t)span;
            rate->known = true;
        }
        rate->bytes = bytes;
        rate->packets = packets;
    }
    state->read_ms = now_ms;
    base_strbuf_free(&text);
}

void tui_start_tick(struct tui *tui, int64_t now_ms)
{
    if (tui->start.read_ms != 0 && now_ms - tui->start.read_ms < RATE_MS)
        return;
    read_rates(tui, now_ms);
    tui->dirty = true;
}

static void add_rate(const struct tui *tui, size_t thing, struct base_strbuf *out)
{
    const struct app_catalogue *all = tui->start.catalogue;
    size_t interface = 0;
    for (size_t i = 0; i < thing; i++)
        interface += all->things[i].kind == APP_THING_INTERFACE;
    if (interface >= TUI_START_RATES || !tui->start.rates[interface].known)
        return;
    const struct tui_rate *rate = &tui->start.rates[interface];
    view_add_bytes_short(out, rate->bytes_per_second);
    base_strbuf_str(out, "/s  ");
    view_add_counted(out, rate->packets_per_second, N_("packet"));
    base_strbuf_str(out, "/s");
}

static void draw_thing(struct tui *tui, struct tui_area area, size_t y, size_t index)
{
    const struct app_thing *thing = &tui->start.catalogue->things[index];
    bool ascii = tui->options.ascii;
    struct base_strbuf about = BASE_STRBUF_INIT;
    char key[2] = {(char)(index < SHORTCUTS ? '1' + (int)index : ' '), '\0'};
    size_t label_width = area.width >= 100 ? 34 : 26;
    tui_paint_text(&tui->grid, area.x + 1, y, 1, key, TUI_ROLE_BAR_KEY, ascii);
    size_t x = area.x + 3;
    tui_paint_text(&tui->grid, x, y, label_width, thing->label, VIEW_ROLE_ENDPOINT, ascii);
    if (thing->kind == APP_THING_INTERFACE)
        add_rate(tui, index, &about);
    if (about.length > 0 && thing->about[0] != '\0')
        base_strbuf_str(&about, "  ");
    base_strbuf_str(&about, thing->about);
    x += label_width + 1;
    if (x < area.x + area.width)
        tui_paint_text(&tui->grid, x, y, area.x + area.width - x, base_strbuf_text(&about),
                       VIEW_ROLE_PLAIN, ascii);
    base_strbuf_free(&about);
}

static void start_draw(struct tui *tui, struct tui_area area)
{
    struct tui_start_state *state = &tui->start;
    const struct app_catalogue *all = state->catalogue;
    if (all->count == 0) {
        tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1,
                       _("There is nothing here to open; tcpviz -r FILE opens a capture."),
                       VIEW_ROLE_DIM, tui->options.ascii);
        return;
    }
    state->scroll.count = all->count;
    state->scroll.page = area.height > 4 ? area.height - 4 : 1;
    size_t line = line_of(all, state->scroll.selected);
    if (line >= state->top + area.height)
        state->top = line + 1 - area.height;
    if (line <= state->top + 1)
        state->top = line > 0 ? line - 1 : 0;
    for (size_t i = 0; i < all->count; i++) {
        size_t at = line_of(all, i);
        bool first = i == 0 || all->things[i].kind != all->things[i - 1].kind;
        if (first && at - 1 >= state->top && at - 1 < state->top + area.height)
            tui_paint_text(&tui->grid, area.x, area.y + at - 1 - state->top, area.width,
                           _(titles[all->things[i].kind]), VIEW_ROLE_SECTION, tui->options.ascii);
        if (at < state->top || at >= state->top + area.height)
            continue;
        draw_thing(tui, area, area.y + at - state->top, i);
        if (i == state->scroll.selected)
            tui_paint_select(&tui->grid, area.x, area.y + at - state->top, area.width);
    }
    state->body_y = area.y;
}

static void open_thing(struct tui *tui, size_t index)
{
    if (index >= tui->start.catalogue->count)
        return;
    tui->start.chosen = index;
    tui->quit = true;
}

static bool start_act(struct tui *tui, enum tui_action action)
{
    struct tui_start_state *state = &tui->start;
    if (tui_scroll_act(&state->scroll, action))
        return true;
    if (action == TUI_ACTION_OPEN)
        open_thing(tui, state->scroll.selected);
    else if (action == TUI_ACTION_OPEN_AT_ONCE)
        open_thing(tui, (size_t)(tui->key - '1'));
    else
        return false;
    return true;
}

static void start_click(struct tui *tui, size_t x, size_t y)
{
    (void)x;
    struct tui_start_state *state = &tui->start;
    for (size_t i = 0; i < state->catalogue->count; i++) {
        if (line_of(state->catalogue, i) != state->top + y - state->body_y)
            continue;
        if (i == state->scroll.selected)
            open_thing(tui, i);
        state->scroll.selected = i;
    }
}

static void start_enter(struct tui *tui)
{
    tui->start.scroll.count = tui->start.catalogue->count;
}

const struct tui_screen tui_screen_start = {
    .bit = TUI_IN_START,
    .enter = start_enter,
    .draw = start_draw,
    .act = start_act,
    .click = start_click,
};
