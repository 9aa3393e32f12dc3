/* What became of a segment on its way, and how its arrow is drawn. Between steps and ladder;
 * nothing else needs it. */
#ifndef TCPVIZ_VIEW_FATE_H
#define TCPVIZ_VIEW_FATE_H

#include <stdbool.h>
#include <stddef.h>

#include "view/scene.h"
#include "view/steps.h"

/* Presumably: it was sent again, not for nothing, and nothing acknowledged it in between; or it
 * acknowledged a SYN or FIN that came again all the same. The step is an event. */
bool view_fate_is_lost(const struct view_steps *steps, const struct track_connection *record,
                       size_t step);

/* Whether this step takes back what the one before presumed of an endpoint; *presumed is the state
 * it was thought to be in, *really the one that it was in. */
bool view_fate_is_revised(const struct view_steps *steps, size_t step, enum track_side side,
                          enum track_state *presumed, enum track_state *really);

/* How its arrow is drawn, lost or not. */
enum view_manner view_fate_manner(const struct track_event *event);

#endif
