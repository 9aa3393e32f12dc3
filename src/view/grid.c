/* A rectangle of character cells. */
#include "config.h"

#include "view/grid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xalloc.h"
#include "view/charwidth.h"

static const struct view_cell blank = {.code_point = ' ', .role = VIEW_ROLE_PLAIN, .width = 1};

static struct view_cell *row_of(const struct view_grid *grid, size_t y)
{
    return grid->cells + y * grid->width;
}

void view_grid_init(struct view_grid *grid, size_t width, size_t height)
{
    grid->width = width > 0 ? width : 1;
    grid->height = height > 0 ? height : 1;
    if (grid->width > SIZE_MAX / grid->height)
        base_out_of_memory(SIZE_MAX);
    grid->cells = base_calloc(grid->width * grid->height, sizeof grid->cells[0]);
    view_grid_clear(grid);
}

void view_grid_free(struct view_grid *grid)
{
    free(grid->cells);
    *grid = (struct view_grid){0};
}

void view_grid_clear(struct view_grid *grid)
{
    for (size_t i = 0; i < grid->width * grid->height; i++)
        grid->cells[i] = blank;
}

const struct view_cell *view_grid_cell(const struct view_grid *grid, size_t x, size_t y)
{
    return x < grid->width && y < grid->height ? &row_of(grid, y)[x] : NULL;
}

/* Blanks the other half of a wide character that the cell at x belongs to. */
static void part_from_neighbour(struct view_grid *grid, struct view_cell *row, size_t x)
{
    if (row[x].width == 0 && x > 0)
        row[x - 1] = blank;
    if (row[x].width == 2 && x + 1 < grid->width)
        row[x + 1] = blank;
}

/* x + width <= grid->width. */
static void set_cell(struct view_grid *grid, size_t x, size_t y, uint32_t code_point, size_t width,
                     enum view_role role)
{
    struct view_cell *row = row_of(grid, y);
    part_from_neighbour(grid, row, x);
    row[x] = (struct view_cell){code_point, (uint8_t)role, (uint8_t)width};
    if (width == 2) {
        part_from_neighbour(grid, row, x + 1);
        row[x + 1] = (struct view_cell){0, (uint8_t)role, 0};
    }
}

size_t view_grid_put(struct view_grid *grid, size_t x, size_t y, const char *text, size_t length,
                     size_t max, enum view_role role)
{
    if (x >= grid->width || y >= grid->height)
        return 0;
    if (max > grid->width - x)
        max = grid->width - x;
    size_t column = 0;
    for (size_t at = 0, used; at < length; at += used) {
        uint32_t code_point = base_utf8_decode(text + at, length - at, &used);
        int width = view_char_width(code_point);
        if (width < 0) {
            code_point = BASE_UTF8_REPLACEMENT;
            width = 1;
        }
        if (width == 0)
            continue;
        if ((size_t)width > max - column)
            break;
        set_cell(grid, x + column, y, code_point, (size_t)width, role);
        column += (size_t)width;
    }
    return column;
}

size_t view_grid_text(struct view_grid *grid, size_t x, size_t y, const char *text,
                      enum view_role role)
{
    return view_grid_put(grid, x, y, text, strlen(text), grid->width, role);
}

void view_grid_fill(struct view_grid *grid, size_t x, size_t y, uint32_t code_point, size_t count,
                    enum view_role role)
{
    if (x >= grid->width || y >= grid->height)
        return;
    if (count > grid->width - x)
        count = grid->width - x;
    for (size_t i = 0; i < count; i++)
        set_cell(grid, x + i, y, code_point, 1, role);
}

size_t view_grid_used(const struct view_grid *grid, size_t y)
{
    if (y >= grid->height)
        return 0;
    const struct view_cell *row = row_of(grid, y);
    size_t used = grid->width;
    while (used > 0 && row[used - 1].code_point == ' ')
        used--;
    return used;
}

void view_grid_add_row(const struct view_grid *grid, size_t y, bool ascii, struct base_strbuf *out)
{
    size_t used = view_grid_used(grid, y);
    for (size_t x = 0; x < used; x++) {
        uint32_t code_point = row_of(grid, y)[x].code_point;
        char bytes[BASE_UTF8_MAX];
        if (code_point == 0)
            continue;
        if (ascii && code_point >= 0x80)
            base_strbuf_char(out, '?');
        else
            base_strbuf_add(out, bytes, base_utf8_encode(code_point, bytes));
    }
}
