/* The same segments at both ends of a wire: when each was sent and when it arrived. */
#ifndef TCPVIZ_APP_ENDS_H
#define TCPVIZ_APP_ENDS_H

#include <stdbool.h>

#include "track/tracker.h"
#include "wire/segment.h"

/* At most so many segments of an end wait to be seen at the other; then the oldest is given up. */
#define APP_ENDS_WAIT 1024

struct app_ends;

/* Never NULL. Frames are those of the first end. */
struct app_ends *app_ends_new(void);
void app_ends_free(struct app_ends *ends);

/* A segment is seen at an end, 0 or 1; each end's segments in order of time. True: it was at the
 * other end, too, and *passage says when at which. */
bool app_ends_seen(struct app_ends *ends, unsigned end, const struct wire_segment *segment,
                   struct track_passage *passage);
/* Those that left the first end and never came to the other, oldest first, one a call; false: no
 * more. To be asked when nothing more is on its way. */
bool app_ends_lost(struct app_ends *ends, struct track_passage *passage);

#endif
