/* A rectangle of character cells: what every drawing becomes before it meets a terminal or a file.
 */
#ifndef TCPVIZ_VIEW_GRID_H
#define TCPVIZ_VIEW_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "view/role.h"

struct view_cell {
    uint32_t code_point; /* ' ' when empty; 0: the right half of the wide character before it */
    uint8_t role;        /* enum view_role */
    uint8_t width;       /* columns: 1, 2, or 0 for the right half */
};

struct view_grid {
    size_t width, height;
    struct view_cell *cells; /* owned, row by row */
};

/* Blank. A width or height of 0 is taken as 1. */
void view_grid_init(struct view_grid *grid, size_t width, size_t height);
void view_grid_free(struct view_grid *grid);
void view_grid_clear(struct view_grid *grid);

/* The cell, or NULL outside. */
const struct view_cell *view_grid_cell(const struct view_grid *grid, size_t x, size_t y);

/* Puts UTF-8 text of length bytes at (x, y), at most max columns of it, clipped to the grid;
 * returns the columns it took. Control characters become U+FFFD; combining marks are left out; a
 * wide character that is half overwritten becomes a blank. */
size_t view_grid_put(struct view_grid *grid, size_t x, size_t y, const char *text, size_t length,
                     size_t max, enum view_role role);
/* As above with text up to its NUL and no bound but the grid's. */
size_t view_grid_text(struct view_grid *grid, size_t x, size_t y, const char *text,
                      enum view_role role);
/* The same character, of width 1, count times. */
void view_grid_fill(struct view_grid *grid, size_t x, size_t y, uint32_t code_point, size_t count,
                    enum view_role role);

/* How many columns of row y are used: up to the last cell that is no blank. */
size_t view_grid_used(const struct view_grid *grid, size_t y);
/* Appends row y as UTF-8, without trailing blanks and newline. ascii: what is not ASCII becomes
 * '?'. */
void view_grid_add_row(const struct view_grid *grid, size_t y, bool ascii, struct base_strbuf *out);

#endif
