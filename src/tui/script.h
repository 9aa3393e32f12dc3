/* Scripts that drive the terminal UI: a step a line, described in tcpviz(1).
 *
 *     Down  Enter  F1  /  ^L    a key by its name, as the help screen writes it
 *     "text"                    types the text
 *     click X Y                 the mouse, columns and rows counted from 0
 *     resize WIDTH HEIGHT
 *     wait loaded               until the whole file is read
 *     wait 200ms                (or 2s); with an interface packets are read meanwhile
 *     save FILE                 the screen as text
 *     save-roles FILE           the same with a line of style roles below each line
 *     quit
 *
 * Blank lines and lines that start with "# " are skipped. The end of the script quits. */
#ifndef TCPVIZ_TUI_SCRIPT_H
#define TCPVIZ_TUI_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum tui_step_kind {
    TUI_STEP_KEY,
    TUI_STEP_TEXT,
    TUI_STEP_CLICK,
    TUI_STEP_RESIZE,
    TUI_STEP_WAIT_LOADED,
    TUI_STEP_WAIT_PACKETS,
    TUI_STEP_WAIT,
    TUI_STEP_SAVE,
    TUI_STEP_SAVE_ROLES,
    TUI_STEP_QUIT
};

struct tui_step {
    enum tui_step_kind kind;
    int key;          /* TUI_STEP_KEY */
    int x, y;         /* TUI_STEP_CLICK; width and height of TUI_STEP_RESIZE */
    unsigned packets; /* TUI_STEP_WAIT_PACKETS */
    unsigned wait_ms; /* TUI_STEP_WAIT */
    char *text;       /* TUI_STEP_TEXT; the file of TUI_STEP_SAVE; owned by the script */
};

struct tui_script {
    struct tui_step *steps; /* owned */
    size_t count;
    size_t next; /* the step to do */
};

/* False and a line of "file:line: why" in *error. */
bool tui_script_read(struct tui_script *script, const char *file, struct base_strbuf *error);
/* One line, for tests; true and *kept false for a comment. */
bool tui_script_parse_line(const char *line, struct tui_step *step, bool *kept);
void tui_script_free(struct tui_script *script);

#endif
