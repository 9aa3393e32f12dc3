/* Small helpers to put text on a screen's grid. */
#ifndef TCPVIZ_TUI_PAINT_H
#define TCPVIZ_TUI_PAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/grid.h"

/* A rectangle of the screen. */
struct tui_area {
    size_t x, y, width, height;
};

/* Text in at most width columns, cut with an ellipsis; returns the columns used. */
size_t tui_paint_text(struct view_grid *grid, size_t x, size_t y, size_t width, const char *text,
                      uint8_t role, bool ascii);
/* The same, ending at column x + width. */
void tui_paint_right(struct view_grid *grid, size_t x, size_t y, size_t width, const char *text,
                     uint8_t role, bool ascii);
/* Gives cells a role, their text untouched. */
void tui_paint_role(struct view_grid *grid, size_t x, size_t y, size_t width, uint8_t role);
/* Marks cells as those of the selected line. */
void tui_paint_select(struct view_grid *grid, size_t x, size_t y, size_t width);
/* Copies a part of a drawing, from column left and row first on, into an area of the screen. */
void tui_paint_copy(struct view_grid *grid, struct tui_area area, const struct view_grid *from,
                    size_t left, size_t first);
/* Text over several lines, broken at blanks; returns the lines used, at most the area's height. */
size_t tui_paint_wrapped(struct view_grid *grid, struct tui_area area, size_t indent,
                         const char *text, uint8_t role);

#endif
