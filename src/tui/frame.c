/* The parts around every screen: the title line with the totals, the key bar, the small-terminal
 * notice. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/words.h"

/* How far the files are read, in percent; -1: not known, or there is nothing to wait for. */
static int percent_loaded(const struct tui *tui)
{
    uint64_t done, total;
    if (tui->loaded || app_feed_is_live(tui->feed))
        return -1;
    app_feed_progress(tui->feed, &done, &total);
    if (total == 0)
        return -1;
    return done >= total ? 100 : (int)(done / (total / 100 + 1));
}

static const char *activity(const struct tui *tui)
{
    return tui->loaded ? "" : app_feed_is_live(tui->feed) ? _("live") : _("loading");
}

static void add_status(const struct tui *tui, struct base_strbuf *out)
{
    int percent = percent_loaded(tui);
    if (tui->replay.on && tui->replay.live)
        base_strbuf_str(out, _("frozen  "));
    else if (tui->held)
        base_strbuf_str(out, _("held  "));
    if (percent >= 0)
        base_strbuf_printf(out, _("loading %d %%  "), percent);
    else if (activity(tui)[0] != '\0')
        base_strbuf_printf(out, "%s  ", activity(tui));
}

/* "20 connections", or "3 of 20 connections" where a filter leaves some out. */
static void add_connections(const struct tui *tui, const struct out_capture *totals,
                            struct base_strbuf *out)
{
    if (tui_model_filter(tui->model)[0] != '\0' && tui_model_filter_error(tui->model) == NULL)
        base_strbuf_printf(out, _("%zu of "), tui_model_count(tui->model));
    view_add_counted(out, totals->connections, N_("connection"));
    base_strbuf_str(out, "  ");
}

/* What can be left out, the sooner the further to the end. */
enum totals_part { TOTALS_STATUS = 1, TOTALS_PACKETS, TOTALS_MARKS, TOTALS_CONNECTIONS };

/* For the right end of the title; what was lost is always told. */
static void add_totals(const struct tui *tui, struct base_strbuf *out, unsigned parts)
{
    struct out_capture totals;
    app_feed_describe(tui->feed, &totals);
    if (parts >= TOTALS_STATUS)
        add_status(tui, out);
    if (parts >= TOTALS_MARKS && tui_model_marks(tui->model) > 0)
        base_strbuf_printf(out, _("%zu marked  "), tui_model_marks(tui->model));
    if (parts >= TOTALS_CONNECTIONS)
        add_connections(tui, &totals, out);
    if (parts >= TOTALS_PACKETS) {
        view_add_counted(out, totals.frames, N_("packet"));
        base_strbuf_str(out, "  ");
    }
    if (totals.evicted > 0)
        base_strbuf_printf(out, _("%" PRIu64 " evicted  "), totals.evicted);
    if (tui_model_forgotten(tui->model) > 0)
        base_strbuf_printf(out, _("%" PRIu64 " forgotten  "), tui_model_forgotten(tui->model));
    view_add_count(out, totals.kernel_dropped);
    base_strbuf_str(out, _(" dropped"));
}

/* As many of them as leave room for the program's name and some of the capture's. */
static size_t fit_totals(const struct tui *tui, struct base_strbuf *out)
{
    size_t width = 0, room = tui->grid.width - 18;
    for (unsigned parts = TOTALS_CONNECTIONS + 1; parts-- > 0 && (width == 0 || width > room);) {
        base_strbuf_clear(out);
        add_totals(tui, out, parts);
        width = view_text_width(base_strbuf_text(out), out->length);
    }
    return width < tui->grid.width - 2 ? width : tui->grid.width - 2;
}

/* The last part of a path: the directories matter least when columns are short. */
static const char *base_name(const char *path)
{
    if (strcmp(path, "-") == 0)
        return _("standard input");
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' && strstr(path, ", ") == NULL ? slash + 1 : path;
}

static void draw_title(struct tui *tui)
{
    struct view_grid *grid = &tui->grid;
    struct out_capture totals;
    struct base_strbuf right = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    if (tui->feed == NULL) {
        size_t used = tui_paint_text(grid, 0, 0, grid->width, "tcpviz  ", VIEW_ROLE_DIM, ascii);
        tui_paint_text(grid, used, 0, grid->width - used, _("What to open"), VIEW_ROLE_TITLE,
                       ascii);
        return;
    }
    app_feed_describe(tui->feed, &totals);
    size_t right_width = fit_totals(tui, &right);
    const char *text = base_strbuf_text(&right);
    size_t x = tui_paint_text(grid, 0, 0, grid->width, "tcpviz  ", VIEW_ROLE_DIM, ascii);
    if (x + right_width + 2 < grid->width)
        tui_paint_text(grid, x, 0, grid->width - x - right_width - 2, base_name(totals.source),
                       VIEW_ROLE_TITLE, ascii);
    uint8_t role =
        totals.kernel_dropped > 0 || totals.evicted > 0 || tui_model_forgotten(tui->model) > 0
            ? TUI_ROLE_WARNING
            : VIEW_ROLE_PLAIN;
    tui_paint_text(grid, grid->width - right_width, 0, right_width, text, role, ascii);
    int percent = percent_loaded(tui);
    if (percent >= 0)
        tui_paint_role(grid, 0, 0, grid->width * (size_t)percent / 100, TUI_ROLE_PROGRESS);
    base_strbuf_free(&right);
}

/* Key and word of each row that wants to be there, as long as there is room. */
static void draw_key_bar(struct tui *tui, size_t y)
{
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    size_t x = 0;
    for (size_t i = 0; i < tui_binding_count(); i++) {
        const struct tui_binding *binding = tui_binding(i);
        if (binding->bar == NULL || (binding->screens & tui->screen->bit) == 0)
            continue;
        struct base_strbuf key = BASE_STRBUF_INIT;
        tui_key_name(&key, binding->keys[0]);
        const char *word = _(binding->bar);
        size_t needed = key.length + 1 + view_text_width(word, strlen(word));
        if (x + needed <= grid->width) {
            tui_paint_text(grid, x, y, key.length, base_strbuf_text(&key), TUI_ROLE_BAR_KEY, ascii);
            tui_paint_text(grid, x + key.length + 1, y, needed, word, TUI_ROLE_BAR_WORD, ascii);
            x += needed + 2;
        }
        base_strbuf_free(&key);
    }
}

static void draw_bottom(struct tui *tui)
{
    struct view_grid *grid = &tui->grid;
    size_t y = grid->height - 1;
    if (tui->prompting) {
        tui_prompt_draw(tui, y);
    } else if (tui->message.length > 0) {
        tui_paint_text(grid, 0, y, grid->width, base_strbuf_text(&tui->message),
                       tui->warned ? TUI_ROLE_WARNING : TUI_ROLE_PROMPT, tui->options.ascii);
    } else {
        draw_key_bar(tui, y);
    }
}

void tui_frame_draw(struct tui *tui)
{
    struct view_grid *grid = &tui->grid;
    view_grid_clear(grid);
    if (grid->width < TUI_MIN_WIDTH || grid->height < TUI_MIN_HEIGHT) {
        tui_paint_text(grid, 0, 0, grid->width, _("tcpviz needs 40x12; q quits"), VIEW_ROLE_PLAIN,
                       tui->options.ascii);
        return;
    }
    draw_title(tui);
    size_t bar = tui_replay_height(tui);
    tui->screen->draw(tui, (struct tui_area){0, 1, grid->width, grid->height - 2 - bar});
    if (bar > 0)
        tui_replay_draw(tui, grid->height - 2);
    draw_bottom(tui);
}
