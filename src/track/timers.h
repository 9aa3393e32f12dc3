/* When connections are forgotten: entries in the order of their times. Internal.
 *
 * An entry that no longer holds is not searched for: its connection has the serial number of the
 * one that does. All entries of a queue wait equally long, so that new ones come last and only what
 * was restarted out of order moves. */
#ifndef TCPVIZ_TRACK_TIMERS_H
#define TCPVIZ_TRACK_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer_entry {
    int64_t start_ns;
    uint64_t serial;
    uint32_t id; /* of the connection */
};

struct timer_queue {
    struct timer_entry *entries; /* owned: a ring */
    size_t first, count, capacity;
};

/* Behind all that start no later. */
void timers_add(struct timer_queue *queue, const struct timer_entry *entry);
/* The oldest; NULL if there is none. */
const struct timer_entry *timers_first(const struct timer_queue *queue);
void timers_drop_first(struct timer_queue *queue);
/* Keeps the entries of which holds() says so. */
void timers_sift(struct timer_queue *queue, bool (*holds)(void *, const struct timer_entry *),
                 void *context);
void timers_free(struct timer_queue *queue);

#endif
