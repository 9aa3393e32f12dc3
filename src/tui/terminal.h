/* The terminal: modes, size, keys and frames. The only file that knows ncurses.
 *
 * ncurses writes its frames to a file in memory, and what it wrote goes to the terminal as fast as
 * the terminal takes it: a terminal that is stopped or slow never stops the capture, it only gets
 * fewer frames. Without a terminal (scripts) the frames go nowhere. */
#ifndef TCPVIZ_TUI_TERMINAL_H
#define TCPVIZ_TUI_TERMINAL_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "view/grid.h"

struct tui_input {
    int key;  /* a character or an enum tui_key; TUI_KEY_NONE: none waits */
    int x, y; /* of a click or wheel, from 0 */
};

/* Takes the terminal over, or an imaginary one of 80x24 if offscreen. False and a line of "what:
 * why" in *error. */
bool tui_terminal_open(bool offscreen, bool color, struct base_strbuf *error);
/* Gives it back as it was; does nothing if it was not taken. */
void tui_terminal_close(void);
/* The same in a hurry, from a signal handler or out of memory: no ncurses, no allocation. */
void tui_terminal_restore(void);

void tui_terminal_size(int *width, int *height);
/* A size of its own, for scripts. */
void tui_terminal_resize(int width, int height);

/* To poll for reading: keys, and what signals leave behind. -1: none. */
int tui_terminal_input_fd(void);
int tui_terminal_wake_fd(void);
/* To poll for writing while tui_terminal_is_busy(). */
int tui_terminal_output_fd(void);

/* Looks after what signals left behind: true if the size changed or all must be drawn again. */
bool tui_terminal_woken(void);
/* The next key; never waits, but for the rest of an escape sequence. */
struct tui_input tui_terminal_read(void);
/* The terminal went away: its keys have ended. */
bool tui_terminal_is_gone(void);

/* The rest of the last frame still waits for the terminal: do not draw. */
bool tui_terminal_is_busy(void);
/* Writes what the terminal takes of the rest. */
void tui_terminal_flush(void);
/* Puts the grid's cells on the screen, the cursor at x, y or hidden if x < 0. */
void tui_terminal_draw(const struct view_grid *grid, int cursor_x, int cursor_y);
/* The next frame is drawn in full. */
void tui_terminal_redraw(void);
/* Stops the program until the shell continues it. */
void tui_terminal_suspend(void);

#endif
