/* A line of text that is typed: with a cursor in it, as in a shell. */
#ifndef TCPVIZ_TUI_EDIT_H
#define TCPVIZ_TUI_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "view/grid.h"

/* Longer text is not taken. */
#define TUI_EDIT_MAX_BYTES 4000

struct tui_edit {
    struct base_strbuf text; /* UTF-8 without control characters */
    size_t cursor;           /* byte that it stands before */
    size_t first;            /* byte that the picture begins with */
};

void tui_edit_free(struct tui_edit *edit);
/* Another text, the cursor behind it. */
void tui_edit_set(struct tui_edit *edit, const char *text);
/* A character, or a key that moves or deletes; false if it is none of these. */
bool tui_edit_key(struct tui_edit *edit, int key);
/* Draws what fits in width columns around the cursor, and returns the cursor's column. */
size_t tui_edit_draw(struct tui_edit *edit, struct view_grid *grid, size_t x, size_t y,
                     size_t width);
/* Columns from the picture's begin to a byte of the text, as last drawn; 0 for what is before it.
 */
size_t tui_edit_column(const struct tui_edit *edit, size_t offset);

#endif
