/* A line of text that is typed. */
#include "config.h"

#include "tui/edit.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "tui/keys.h"
#include "view/charwidth.h"
#include "view/role.h"

#define CONTROL TUI_KEY_CONTROL

void tui_edit_free(struct tui_edit *edit)
{
    base_strbuf_free(&edit->text);
    *edit = (struct tui_edit){0};
}

void tui_edit_set(struct tui_edit *edit, const char *text)
{
    base_strbuf_clear(&edit->text);
    base_strbuf_str(&edit->text, text);
    edit->cursor = edit->text.length;
    edit->first = 0;
}

static bool goes_on(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t character_before(const struct tui_edit *edit, size_t at)
{
    const char *text = base_strbuf_text(&edit->text);
    while (at > 0 && goes_on(text[at - 1]))
        at--;
    return at > 0 ? at - 1 : 0;
}

static size_t character_after(const struct tui_edit *edit, size_t at)
{
    const char *text = base_strbuf_text(&edit->text);
    at += at < edit->text.length;
    while (at < edit->text.length && goes_on(text[at]))
        at++;
    return at;
}

/* With the blanks behind it. */
static size_t word_before(const struct tui_edit *edit, size_t at)
{
    const char *text = base_strbuf_text(&edit->text);
    while (at > 0 && text[at - 1] == ' ')
        at--;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return at;
}

/* The bytes from one place to another become others; the cursor is behind those. */
static void replace(struct tui_edit *edit, size_t from, size_t to, const char *bytes, size_t length)
{
    char *old = base_strdup(base_strbuf_text(&edit->text));
    size_t old_length = edit->text.length;
    if (old_length - (to - from) + length <= TUI_EDIT_MAX_BYTES) {
        base_strbuf_clear(&edit->text);
        base_strbuf_add(&edit->text, old, from);
        base_strbuf_add(&edit->text, bytes, length);
        base_strbuf_add(&edit->text, old + to, old_length - to);
        edit->cursor = from + length;
    }
    free(old);
}

static bool type(struct tui_edit *edit, int key)
{
    char bytes[BASE_UTF8_MAX];
    if (key < ' ' || key >= TUI_KEY_UP || (key >= 0x7f && key < 0xa0))
        return false;
    replace(edit, edit->cursor, edit->cursor, bytes, base_utf8_encode((uint32_t)key, bytes));
    return true;
}

bool tui_edit_key(struct tui_edit *edit, int key)
{
    size_t at = edit->cursor, end = edit->text.length;
    if (key == TUI_KEY_LEFT || key == CONTROL('b'))
        edit->cursor = character_before(edit, at);
    else if (key == TUI_KEY_RIGHT || key == CONTROL('f'))
        edit->cursor = character_after(edit, at);
    else if (key == TUI_KEY_HOME || key == CONTROL('a'))
        edit->cursor = 0;
    else if (key == TUI_KEY_END || key == CONTROL('e'))
        edit->cursor = end;
    else if (key == TUI_KEY_BACKSPACE)
        replace(edit, character_before(edit, at), at, "", 0);
    else if (key == TUI_KEY_DELETE || key == CONTROL('d'))
        replace(edit, at, character_after(edit, at), "", 0);
    else if (key == CONTROL('u'))
        replace(edit, 0, at, "", 0);
    else if (key == CONTROL('k'))
        replace(edit, at, end, "", 0);
    else if (key == CONTROL('w'))
        replace(edit, word_before(edit, at), at, "", 0);
    else
        return type(edit, key);
    return true;
}

size_t tui_edit_column(const struct tui_edit *edit, size_t offset)
{
    const char *text = base_strbuf_text(&edit->text);
    return offset > edit->first ? view_text_width(text + edit->first, offset - edit->first) : 0;
}

size_t tui_edit_draw(struct tui_edit *edit, struct view_grid *grid, size_t x, size_t y,
                     size_t width)
{
    const char *text = base_strbuf_text(&edit->text);
    if (edit->first > edit->cursor)
        edit->first = edit->cursor;
    while (edit->first < edit->cursor && tui_edit_column(edit, edit->cursor) >= width)
        edit->first = character_after(edit, edit->first);
    view_grid_put(grid, x, y, text + edit->first, edit->text.length - edit->first, width,
                  VIEW_ROLE_PLAIN);
    return x + tui_edit_column(edit, edit->cursor);
}
