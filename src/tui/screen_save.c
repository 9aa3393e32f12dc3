/* Saves connections: asks which, as what and in which file, and says how far it is. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/save.h"
#include "base/intl.h"
#include "base/xalloc.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"

#define LABEL_WIDTH 9

static size_t count_of(const struct tui *tui, enum tui_save_what what)
{
    return what == TUI_SAVE_MARKED  ? tui_model_marks(tui->model)
           : what == TUI_SAVE_SHOWN ? tui_model_count(tui->model)
                                    : tui->save.selected != 0;
}

/* "tcpviz-3.pcap", "tcpviz-marked.csv". */
static void propose_name(struct tui *tui)
{
    struct tui_save_state *save = &tui->save;
    static const char *const names[] = {
        [TUI_SAVE_SELECTED] = NULL, [TUI_SAVE_MARKED] = "marked", [TUI_SAVE_SHOWN] = "shown"};
    struct base_strbuf name = BASE_STRBUF_INIT;
    if (names[save->what] != NULL)
        base_strbuf_printf(&name, "tcpviz-%s", names[save->what]);
    else
        base_strbuf_printf(&name, "tcpviz-%" PRIu64, save->selected);
    base_strbuf_printf(&name, ".%s", app_save_extension(save->kind));
    if (!save->named)
        tui_edit_set(&save->file, base_strbuf_text(&name));
    base_strbuf_free(&name);
}

static void save_enter(struct tui *tui)
{
    struct tui_save_state *save = &tui->save;
    if (!save->opening)
        return; /* back from the help */
    save->opening = false;
    bool list = save->below == &tui_screen_connections;
    save->selected = list                                  ? tui->connections.selected
                     : save->below == &tui_screen_timeline ? tui->timeline.connection
                                                           : tui->cursor.connection;
    save->what = list && tui_model_marks(tui->model) > 0 ? TUI_SAVE_MARKED : TUI_SAVE_SELECTED;
    save->line = TUI_SAVE_WHAT;
    save->named = false;
    propose_name(tui);
}

/* --- the picture --- */

static void add_what(const struct tui *tui, enum tui_save_what what, struct base_strbuf *out)
{
    size_t count = count_of(tui, what);
    if (what == TUI_SAVE_SELECTED)
        base_strbuf_printf(out, _("connection %" PRIu64), tui->save.selected);
    else if (what == TUI_SAVE_MARKED)
        base_strbuf_printf(out, P_("%zu that is marked", "%zu that are marked", count), count);
    else
        base_strbuf_printf(out, P_("%zu that is shown", "%zu that are shown", count), count);
}

/* A choice between others: "< … >". */
static void draw_choice(struct tui *tui, size_t x, size_t y, size_t width, const char *text)
{
    bool ascii = tui->options.ascii;
    size_t used =
        tui_paint_text(&tui->grid, x, y, width, ascii ? "< " : "◂ ", VIEW_ROLE_DIM, ascii);
    used += tui_paint_text(&tui->grid, x + used, y, width - used - 2, text, VIEW_ROLE_TITLE, ascii);
    tui_paint_text(&tui->grid, x + used, y, width - used, ascii ? " >" : " ▸", VIEW_ROLE_DIM,
                   ascii);
}

static void draw_line(struct tui *tui, struct tui_area area, enum tui_save_line line, size_t y)
{
    static const char *const labels[] = {[TUI_SAVE_WHAT] = N_("What"),
                                         [TUI_SAVE_FORMAT] = N_("Format"),
                                         [TUI_SAVE_FILE] = N_("File")};
    struct tui_save_state *save = &tui->save;
    bool ascii = tui->options.ascii, selected = line == save->line;
    size_t x = area.x + 2 + LABEL_WIDTH, width = area.width - LABEL_WIDTH - 3;
    struct base_strbuf text = BASE_STRBUF_INIT;
    tui_paint_text(&tui->grid, area.x, y, 2, selected ? ascii ? "> " : "▶ " : "  ",
                   TUI_ROLE_BAR_KEY, ascii);
    tui_paint_text(&tui->grid, area.x + 2, y, LABEL_WIDTH, _(labels[line]),
                   selected ? TUI_ROLE_PROMPT : VIEW_ROLE_PLAIN, ascii);
    if (line == TUI_SAVE_FILE) {
        save->cursor_x = tui_edit_draw(&save->file, &tui->grid, x, y, width);
        save->cursor_y = y;
    } else if (line == TUI_SAVE_WHAT) {
        add_what(tui, save->what, &text);
        draw_choice(tui, x, y, width, base_strbuf_text(&text));
    } else {
        base_strbuf_printf(&text, "%s", app_save_name(save->kind));
        draw_choice(tui, x, y, width, base_strbuf_text(&text));
        tui_paint_text(&tui->grid, x + 2, y + 1, width - 2, app_save_words(save->kind),
                       VIEW_ROLE_DIM, ascii);
    }
    if (selected && line != TUI_SAVE_FILE) {
        save->cursor_x = x;
        save->cursor_y = y;
    }
    base_strbuf_free(&text);
}

static void draw_progress(struct tui *tui, struct tui_area area, size_t y)
{
    char text[80];
    int percent = app_save_percent(tui->save.job);
    snprintf(text, sizeof text, _(" Saving … %d %%; Esc stops"), percent);
    tui_paint_text(&tui->grid, area.x, y, area.width, text, VIEW_ROLE_PLAIN, tui->options.ascii);
    tui_paint_role(&tui->grid, area.x, y, area.width * (size_t)percent / 100, TUI_ROLE_PROGRESS);
}

static void save_draw(struct tui *tui, struct tui_area area)
{
    static const size_t rows[] = {[TUI_SAVE_FILE] = 6, [TUI_SAVE_WHAT] = 2, [TUI_SAVE_FORMAT] = 3};
    bool ascii = tui->options.ascii;
    tui_paint_text(&tui->grid, area.x + 2, area.y, area.width - 2, _("Save connections"),
                   VIEW_ROLE_TITLE, ascii);
    /* the file last, so that the cursor is where the selected line is */
    for (unsigned i = 0; i < TUI_SAVE_LINES; i++) {
        unsigned line = (TUI_SAVE_FILE + 1 + i) % TUI_SAVE_LINES;
        if (line != tui->save.line)
            draw_line(tui, area, (enum tui_save_line)line, area.y + rows[line]);
    }
    draw_line(tui, area, tui->save.line, area.y + rows[tui->save.line]);
    if (tui->save.job != NULL)
        draw_progress(tui, area, area.y + area.height - 1);
}

/* --- saving --- */

static bool is_chosen(const struct tui *tui, uint64_t number)
{
    switch (tui->save.what) {
    case TUI_SAVE_SELECTED:
        return number == tui->save.selected;
    case TUI_SAVE_MARKED:
        return tui_model_is_marked(tui->model, number);
    case TUI_SAVE_SHOWN:
        return tui_model_find(tui->model, number) != SIZE_MAX;
    case TUI_SAVE_WHATS:
        break;
    }
    return false;
}

/* The records of what is chosen; the caller's to free. */
static const struct track_connection **collect(const struct tui *tui, size_t *count)
{
    *count = 0;
    if (tui->save.what == TUI_SAVE_SHOWN) {
        size_t all = tui_model_count(tui->model);
        const struct track_connection **shown = base_calloc(all + 1, sizeof *shown);
        while (*count < all) {
            shown[*count] = tui_model_at(tui->model, *count);
            ++*count;
        }
        return shown;
    }
    uint64_t numbers = tui_model_numbers(tui->model);
    const struct track_connection **chosen =
        base_calloc(count_of(tui, tui->save.what) + 1, sizeof *chosen);
    for (uint64_t number = 1; number <= numbers; number++) {
        const struct view_timeline *timeline = tui_model_whole(tui->model, number);
        if (timeline != NULL && is_chosen(tui, number))
            chosen[(*count)++] = view_timeline_record(timeline);
    }
    return chosen;
}

static void begin(struct tui *tui)
{
    struct tui_save_state *save = &tui->save;
    struct base_strbuf error = BASE_STRBUF_INIT;
    size_t count;
    const struct track_connection **chosen = collect(tui, &count);
    if (count == 0)
        tui_warn(tui, _("There is nothing to save."));
    else if (save->file.text.length == 0)
        tui_warn(tui, _("The file wants a name."));
    else
        save->job = app_save_begin(tui->feed, save->kind, base_strbuf_text(&save->file.text),
                                   tui->options.ascii, chosen, count, &error);
    if (error.length > 0)
        tui_warn(tui, base_strbuf_text(&error));
    base_strbuf_free(&error);
    free((void *)chosen);
}

static void end(struct tui *tui)
{
    struct base_strbuf result = BASE_STRBUF_INIT;
    bool done = app_save_end(tui->save.job, &result);
    tui->save.job = NULL;
    if (done) {
        tui_show(tui, tui->save.below);
        tui_say(tui, "%s", base_strbuf_text(&result));
    } else {
        tui_warn(tui, base_strbuf_text(&result));
    }
    base_strbuf_free(&result);
}

void tui_save_tick(struct tui *tui)
{
    if (tui->save.job == NULL)
        return;
    tui->dirty = true;
    if (!app_save_step(tui->save.job))
        end(tui);
}

void tui_save_free(struct tui_save_state *state)
{
    struct base_strbuf result = BASE_STRBUF_INIT;
    if (state->job != NULL)
        app_save_end(state->job, &result);
    base_strbuf_free(&result);
    tui_edit_free(&state->file);
}

/* --- keys --- */

static void choose(struct tui *tui, bool back)
{
    struct tui_save_state *save = &tui->save;
    if (save->line == TUI_SAVE_WHAT)
        save->what = (enum tui_save_what)(
            ((unsigned)save->what + (back ? TUI_SAVE_WHATS - 1u : 1u)) % TUI_SAVE_WHATS);
    else
        save->kind = (save->kind + (back ? APP_SAVE_KINDS - 1 : 1)) % APP_SAVE_KINDS;
    propose_name(tui);
}

static void stop(struct tui *tui)
{
    struct base_strbuf result = BASE_STRBUF_INIT;
    app_save_end(tui->save.job, &result);
    base_strbuf_free(&result);
    tui->save.job = NULL;
    tui_warn(tui, _("Stopped: the file has a part only."));
}

static bool save_act(struct tui *tui, enum tui_action action)
{
    struct tui_save_state *save = &tui->save;
    if (action == TUI_ACTION_BACK && save->job != NULL)
        stop(tui);
    else if (action == TUI_ACTION_BACK)
        tui_show(tui, save->below);
    else if (save->job != NULL)
        return true;
    else if (action == TUI_ACTION_SAVE)
        begin(tui);
    else if (action == TUI_ACTION_UP || action == TUI_ACTION_DOWN)
        save->line = (enum tui_save_line)(
            ((unsigned)save->line + (action == TUI_ACTION_DOWN ? 1u : TUI_SAVE_LINES - 1u)) %
            TUI_SAVE_LINES);
    else if (action == TUI_ACTION_CHOICE || action == TUI_ACTION_CHOICE_BACK)
        choose(tui, action == TUI_ACTION_CHOICE_BACK);
    else
        return action < TUI_ACTION_OPEN;
    return true;
}

/* What is typed goes into the name, wherever the selected line is. */
static bool save_key(struct tui *tui, int key)
{
    struct tui_save_state *save = &tui->save;
    if (save->job != NULL)
        return key != TUI_KEY_ESCAPE;
    if (key == TUI_KEY_TAB) {
        save_act(tui, TUI_ACTION_DOWN);
        return true;
    }
    bool types = key >= ' ' && key < TUI_KEY_UP;
    if (key == TUI_KEY_UP || key == TUI_KEY_DOWN || (save->line != TUI_SAVE_FILE && !types))
        return false;
    if (!tui_edit_key(&save->file, key))
        return false;
    save->named = true;
    save->line = TUI_SAVE_FILE;
    return true;
}

static void save_click(struct tui *tui, size_t x, size_t y)
{
    (void)x;
    if (tui->save.job == NULL && y >= 3 && y <= 7)
        tui->save.line = y == 3 ? TUI_SAVE_WHAT : y < 6 ? TUI_SAVE_FORMAT : TUI_SAVE_FILE;
}

const struct tui_screen tui_screen_save = {
    .bit = TUI_IN_SAVE,
    .enter = save_enter,
    .draw = save_draw,
    .act = save_act,
    .click = save_click,
    .key = save_key,
};
