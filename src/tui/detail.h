/* What explains a segment: its sums in full, what moved each state, its findings. */
#ifndef TCPVIZ_TUI_DETAIL_H
#define TCPVIZ_TUI_DETAIL_H

#include "tui/screen.h"
#include "view/timeline.h"

/* Draws the pane for an item of the timeline, or for the sum of several from there on;
 * VIEW_NO_ITEM: only its frame. */
void tui_detail_draw(struct tui *tui, struct tui_area area, const struct view_timeline *timeline,
                     size_t item, size_t items);
/* What the kernel of that end says, as a line in *text, and its role; false: nothing is known. */
bool tui_detail_kernel(const struct tui *tui, uint64_t number, enum track_side side,
                       struct base_strbuf *text, uint8_t *role);
/* A finding that asks for attention. */
bool tui_detail_has_finding(const struct track_event *event);

#endif
