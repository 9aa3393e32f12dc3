/* --other-end: two captures of the same connections, one from each end, read as one. */
#ifndef TCPVIZ_APP_OTHER_END_H
#define TCPVIZ_APP_OTHER_END_H

#include "base/strbuf.h"
#include "capture/source.h"
#include "join/join.h"
#include "wire/segment.h"

/* Segments of both files together that can be joined: about 350 MB. */
#define APP_OTHER_END_MAX 4000000

/* Reads both files once to find out which packet of one is which of the other. The source then
 * gives each packet once, where its sender's capture has it, in the order of sending by the clock
 * of the first file, numbered in that order. NULL and a line of "what: why" in *error. Closed as
 * any source. */
struct capture_source *app_other_end_open(const char *here, const char *there,
                                          const struct capture_options *options,
                                          struct base_strbuf *error);
/* For the packet that is being delivered: writes into its segment whether and when it arrived, and
 * its addresses as the first file has them. */
void app_other_end_tell(const struct capture_source *source, struct wire_segment *segment);
/* What was found out about the two clocks. */
struct join_clock app_other_end_clock(const struct capture_source *source);

#endif
