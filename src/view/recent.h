/* Which connection the latest frames belong to: for what is learned of a frame a little later. */
#ifndef TCPVIZ_VIEW_RECENT_H
#define TCPVIZ_VIEW_RECENT_H

#include <stdint.h>

#define VIEW_RECENT_FRAMES 2048 /* a power of two */

struct view_recent {
    uint64_t frame[VIEW_RECENT_FRAMES], connection[VIEW_RECENT_FRAMES];
};

static inline void view_recent_add(struct view_recent *recent, uint64_t frame, uint64_t connection)
{
    recent->frame[frame % VIEW_RECENT_FRAMES] = frame;
    recent->connection[frame % VIEW_RECENT_FRAMES] = connection;
}

/* The number of the connection; 0: not known any more. */
static inline uint64_t view_recent_find(const struct view_recent *recent, uint64_t frame)
{
    return frame != 0 && recent->frame[frame % VIEW_RECENT_FRAMES] == frame
               ? recent->connection[frame % VIEW_RECENT_FRAMES]
               : 0;
}

#endif
