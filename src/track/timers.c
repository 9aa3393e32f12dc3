/* When connections are forgotten: entries in the order of their times. */
#include "config.h"

#include "track/timers.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define FIRST_CAPACITY 64

static struct timer_entry *at(const struct timer_queue *queue, size_t i)
{
    return &queue->entries[(queue->first + i) & (queue->capacity - 1)];
}

static void resize(struct timer_queue *queue, size_t capacity)
{
    struct timer_entry *entries = base_calloc(capacity, sizeof *entries);
    for (size_t i = 0; i < queue->count; i++)
        entries[i] = *at(queue, i);
    free(queue->entries);
    queue->entries = entries;
    queue->first = 0;
    queue->capacity = capacity;
}

void timers_add(struct timer_queue *queue, const struct timer_entry *entry)
{
    if (queue->count == queue->capacity)
        resize(queue, queue->capacity > 0 ? 2 * queue->capacity : FIRST_CAPACITY);
    size_t i = queue->count++;
    for (; i > 0 && at(queue, i - 1)->start_ns > entry->start_ns; i--)
        *at(queue, i) = *at(queue, i - 1);
    *at(queue, i) = *entry;
}

const struct timer_entry *timers_first(const struct timer_queue *queue)
{
    return queue->count > 0 ? at(queue, 0) : NULL;
}

void timers_drop_first(struct timer_queue *queue)
{
    queue->first = (queue->first + 1) & (queue->capacity - 1);
    queue->count--;
    if (queue->capacity > FIRST_CAPACITY && queue->count < queue->capacity / 8)
        resize(queue, queue->capacity / 2);
}

void timers_sift(struct timer_queue *queue, bool (*holds)(void *, const struct timer_entry *),
                 void *context)
{
    size_t kept = 0;
    for (size_t i = 0; i < queue->count; i++)
        if (holds(context, at(queue, i)))
            *at(queue, kept++) = *at(queue, i);
    queue->count = kept;
}

void timers_free(struct timer_queue *queue)
{
    free(queue->entries);
    *queue = (struct timer_queue){0};
}
