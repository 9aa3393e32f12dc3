/* Small helpers to put text on a screen's grid. */
#include "config.h"

#include "tui/paint.h"

#include <string.h>

#include "tui/style.h"
#include "view/charwidth.h"
#include "view/glyphs.h"

size_t tui_paint_text(struct view_grid *grid, size_t x, size_t y, size_t width, const char *text,
                      uint8_t role, bool ascii)
{
    size_t length = strlen(text);
    if (x >= grid->width || width == 0)
        return 0;
    if (width > grid->width - x)
        width = grid->width - x;
    if (view_text_width(text, length) <= width)
        return view_grid_put(grid, x, y, text, length, width, role);
    const char *ellipsis = view_glyphs(ascii)->ellipsis;
    size_t tail = view_text_width(ellipsis, strlen(ellipsis));
    if (tail >= width)
        return view_grid_put(grid, x, y, text, length, width, role);
    size_t used = view_grid_put(grid, x, y, text, length, width - tail, role);
    return used + view_grid_put(grid, x + used, y, ellipsis, strlen(ellipsis), tail, role);
}

void tui_paint_right(struct view_grid *grid, size_t x, size_t y, size_t width, const char *text,
                     uint8_t role, bool ascii)
{
    size_t columns = view_text_width(text, strlen(text));
    size_t shift = columns < width ? width - columns : 0;
    tui_paint_text(grid, x + shift, y, width - shift, text, role, ascii);
}

void tui_paint_role(struct view_grid *grid, size_t x, size_t y, size_t width, uint8_t role)
{
    for (size_t i = x; i < x + width && i < grid->width && y < grid->height; i++)
        grid->cells[y * grid->width + i].role = role;
}

void tui_paint_select(struct view_grid *grid, size_t x, size_t y, size_t width)
{
    for (size_t i = x; i < x + width && i < grid->width && y < grid->height; i++)
        grid->cells[y * grid->width + i].role |= TUI_ROLE_SELECTED;
}

void tui_paint_copy(struct view_grid *grid, struct tui_area area, const struct view_grid *from,
                    size_t left, size_t first)
{
    if (area.x >= grid->width || left >= from->width)
        return;
    size_t width = area.width < from->width - left ? area.width : from->width - left;
    if (width > grid->width - area.x)
        width = grid->width - area.x;
    for (size_t y = 0; y < area.height && first + y < from->height && area.y + y < grid->height;
         y++)
        memcpy(grid->cells + (area.y + y) * grid->width + area.x,
               from->cells + (first + y) * from->width + left, width * sizeof from->cells[0]);
}

/* How many bytes of text fit in a line of that many columns, and how many to go on after them. */
static size_t fit_line(const char *text, size_t columns, size_t *next)
{
    size_t length = strlen(text);
    size_t fits = view_text_fit(text, length, columns);
    if (fits < length) {
        size_t cut = fits;
        while (cut > 0 && text[cut] != ' ')
            cut--;
        fits = cut > 0 ? cut : fits;
    }
    *next = fits + strspn(text + fits, " ");
    return fits;
}

size_t tui_paint_wrapped(struct view_grid *grid, struct tui_area area, size_t indent,
                         const char *text, uint8_t role)
{
    size_t lines = 0;
    size_t x = area.x;
    while (*text != '\0' && lines < area.height && x < area.x + area.width) {
        size_t next;
        size_t fits = fit_line(text, area.x + area.width - x, &next);
        if (next == 0)
            break;
        view_grid_put(grid, x, area.y + lines, text, fits, area.x + area.width - x, role);
        text += next;
        lines++;
        x = area.x + indent;
    }
    return lines;
}
