/* The segment that the screens about one segment look at, and how they step from one to another. */
#ifndef TCPVIZ_TUI_CURSOR_H
#define TCPVIZ_TUI_CURSOR_H

#include "tui/screen.h"
#include "view/timeline.h"

/* Opens such a screen from the list, on the newest segment of the selected connection. */
void tui_cursor_begin(struct tui *tui, const struct tui_screen *screen);
/* Back to the timeline or the list, which then select what was looked at. */
void tui_cursor_leave(struct tui *tui);

/* The timeline that is looked at, the cursor on its segment; NULL if it was forgotten or is empty.
 */
const struct view_timeline *tui_cursor_timeline(struct tui *tui);
/* Steps, goes to another connection, finding or state change, follows, goes back, or shows a screen
 * of the same segment; false if the action is none of these. */
bool tui_cursor_act(struct tui *tui, enum tui_action action);

/* Which connection and segment it is, in two lines. */
#define TUI_CURSOR_HEAD 2
void tui_cursor_draw_head(struct tui *tui, struct tui_area area,
                          const struct view_timeline *timeline);
/* Says that there is nothing to look at. */
void tui_cursor_draw_gone(struct tui *tui, struct tui_area area, uint64_t connection);

/* The next connection of the list, or the one before, selected there too; 0, which it says, if
 * there is none. */
uint64_t tui_other_connection(struct tui *tui, uint64_t number, bool back);

#define TUI_NO_FINDING(back) ((back) ? "No finding before this one." : "No finding after this one.")
#define TUI_NO_CHANGE(back)                                                                        \
    ((back) ? "No state changes before this segment." : "No state changes after this segment.")

#endif
