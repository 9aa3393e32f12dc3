/* The signs that drawings are made of. All of width 1 in every terminal: no emoji, nothing East
 * Asian wide. */
#include "config.h"

#include "view/glyphs.h"

static const struct view_glyphs unicode = {
    .rule = 0x2500,          /* ─ */
    .line = 0x2500,          /* ─ */
    .line_reset = 0x2550,    /* ═ */
    .line_note = 0x2504,     /* ┄ */
    .line_repeated = 0x254c, /* ╌ */
    .line_out_of_order = '~',
    .head_right = 0x25b6,    /* ▶ */
    .head_left = 0x25c0,     /* ◀ */
    .ignored_right = 0x25b7, /* ▷ */
    .ignored_left = 0x25c1,  /* ◁ */
    .lost = 0x00d7,          /* × */
    .life = 0x2503,          /* ┃ */
    .life_idle = 0x2502,     /* │ */
    .down = 0x2572,          /* ╲ */
    .up = 0x2571,            /* ╱ */
    .cross = 0x2573,         /* ╳ */
    .holds = "✓",
    .breaks = "✗",
    .ellipsis = "…",
    .fold = "⋯",
    .folded = "▸",
    .unfolded = "▾",
    .both = "⇄",
    .then = "→",
};

static const struct view_glyphs ascii_only = {
    .rule = '-',
    .line = '-',
    .line_reset = '=',
    .line_note = '.',
    .line_repeated = ' ', /* every other column: - - - */
    .line_out_of_order = '~',
    .head_right = '>',
    .head_left = '<',
    .ignored_right = ')',
    .ignored_left = '(',
    .lost = 'x',
    .life = '|',
    .life_idle = ':',
    .down = '\\',
    .up = '/',
    .cross = 'X',
    .holds = "ok",
    .breaks = "WRONG",
    .ellipsis = "~",
    .fold = "...",
    .folded = "+",
    .unfolded = "-",
    .both = "<->",
    .then = "->",
};

const struct view_glyphs *view_glyphs(bool ascii)
{
    return ascii ? &ascii_only : &unicode;
}
