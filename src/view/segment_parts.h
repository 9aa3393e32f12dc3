/* What is written on a segment's arrow: flags, numbers with their sum, findings. */
#ifndef TCPVIZ_VIEW_SEGMENT_PARTS_H
#define TCPVIZ_VIEW_SEGMENT_PARTS_H

#include <stdbool.h>

#include "base/strbuf.h"
#include "track/event.h"
#include "view/scene.h"

/* Adds the parts to the scene's last row. absolute: numbers as on the wire. */
void view_add_segment_parts(struct view_scene *scene, const struct track_event *event,
                            bool absolute);

/* Which mark stands on its arrow: a check breaks that no finding explains; else its ack is right.
 */
bool view_segment_is_wrong(const struct track_event *event);
bool view_segment_is_right(const struct track_event *event);

/* "SYN ACK": appends the names of the flags, those that move the connection first; "none". */
void view_add_flags(struct base_strbuf *out, unsigned flags, char separator);

/* "ICMP host unreachable". Appends. */
void view_add_icmp(struct base_strbuf *out, const struct track_icmp *icmp);

/* "101 = 1 + 100", "1 = 0 + SYN": the acknowledgment number with its sum where that is known and
 * not empty. */
void view_add_ack_sum(struct base_strbuf *out, const struct track_event *event, bool absolute);

/* A finding in a few words, and whether it asks for attention. */
const char *view_finding_words(enum track_finding finding);
bool view_finding_is_serious(enum track_finding finding);

#endif
