/* The filter while it is typed: what it finds, or what is wrong and where. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/words.h"

void tui_prompt_start(struct tui *tui)
{
    tui->prompting = true;
    tui->prompt.recalled = 0;
    tui_edit_set(&tui->prompt.edit, tui_model_filter(tui->model));
}

void tui_prompt_free(struct tui_prompt *prompt)
{
    tui_edit_free(&prompt->edit);
    for (size_t i = 0; i < TUI_PROMPT_HISTORY; i++)
        free(prompt->history[i]);
}

/* The latest is the first; a filter that was used before moves there. */
static void remember(struct tui_prompt *prompt, const char *text)
{
    size_t place = 0;
    if (text[0] == '\0')
        return;
    while (place + 1 < TUI_PROMPT_HISTORY && prompt->history[place] != NULL &&
           strcmp(prompt->history[place], text) != 0)
        place++;
    free(prompt->history[place]);
    memmove(prompt->history + 1, prompt->history, place * sizeof prompt->history[0]);
    prompt->history[0] = base_strdup(text);
}

static void recall(struct tui_prompt *prompt, bool older)
{
    size_t wanted = older ? prompt->recalled + 1 : prompt->recalled - 1;
    if ((!older && prompt->recalled == 0) || wanted > TUI_PROMPT_HISTORY ||
        (wanted > 0 && prompt->history[wanted - 1] == NULL))
        return;
    prompt->recalled = wanted;
    tui_edit_set(&prompt->edit, wanted > 0 ? prompt->history[wanted - 1] : "");
}

void tui_prompt_key(struct tui *tui, int key)
{
    struct tui_prompt *prompt = &tui->prompt;
    if (key == TUI_KEY_ENTER) {
        tui->prompting = tui_model_filter_error(tui->model) != NULL;
        if (!tui->prompting)
            remember(prompt, base_strbuf_text(&prompt->edit.text));
        return;
    } else if (key == TUI_KEY_ESCAPE) {
        tui->prompting = false;
        tui_edit_set(&prompt->edit, "");
    } else if (key == TUI_KEY_UP || key == TUI_KEY_DOWN) {
        recall(prompt, key == TUI_KEY_UP);
    } else if (!tui_edit_key(&prompt->edit, key)) {
        return;
    }
    /* what is typed so far takes effect at once */
    tui_model_set_filter(tui->model, base_strbuf_text(&prompt->edit.text));
}

/* Above the line: a mark that points to what is wrong, and beside it why. */
static void draw_error(struct tui *tui, size_t x, size_t y, const struct filter_error *error)
{
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    size_t caret = x + tui_edit_column(&tui->prompt.edit, error->offset);
    size_t text_width = view_text_width(error->text, strlen(error->text));
    if (caret >= grid->width)
        caret = grid->width - 1;
    view_grid_fill(grid, 0, y, ' ', grid->width, VIEW_ROLE_PLAIN);
    const char *sign = error->offset < tui->prompt.edit.first ? ascii ? "<" : "◀"
                       : ascii                                ? "v"
                                                              : "▼";
    tui_paint_text(grid, caret, y, 1, sign, TUI_ROLE_WARNING, ascii);
    if (caret + 2 + text_width <= grid->width || caret < text_width + 1)
        tui_paint_text(grid, caret + 2, y, grid->width - caret - 2, error->text, TUI_ROLE_WARNING,
                       ascii);
    else
        tui_paint_text(grid, caret - text_width - 1, y, text_width, error->text, TUI_ROLE_WARNING,
                       ascii);
    size_t end = x + tui_edit_column(&tui->prompt.edit, error->offset + error->length);
    if (error->length > 0)
        tui_paint_role(grid, caret, y + 1, end - caret, TUI_ROLE_WARNING);
}

/* "3 of 20 match". */
static void add_result(const struct tui *tui, struct base_strbuf *out)
{
    size_t count = tui_model_count(tui->model);
    base_strbuf_printf(out, _("%zu of %zu match"), count, tui_model_unfiltered(tui->model));
}

void tui_prompt_draw(struct tui *tui, size_t y)
{
    struct view_grid *grid = &tui->grid;
    bool ascii = tui->options.ascii;
    const struct filter_error *error = tui_model_filter_error(tui->model);
    struct base_strbuf result = BASE_STRBUF_INIT;
    if (error == NULL)
        add_result(tui, &result);
    size_t x = tui_paint_text(grid, 0, y, grid->width, _("Filter: "), TUI_ROLE_PROMPT, ascii);
    size_t right = view_text_width(base_strbuf_text(&result), result.length);
    size_t room = grid->width - x;
    if (right + 12 < room) {
        tui_paint_right(grid, x, y, room, base_strbuf_text(&result), VIEW_ROLE_DIM, ascii);
        room -= right + 1;
    }
    tui->prompt.cursor_x = tui_edit_draw(&tui->prompt.edit, grid, x, y, room);
    if (error != NULL)
        draw_error(tui, x, y - 1, error);
    base_strbuf_free(&result);
}
