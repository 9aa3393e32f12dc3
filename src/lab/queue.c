/* A list by time: a wire holds few frames, and new ones mostly go to its end. */
#include "config.h"

#include "lab/queue.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

#define MAX_BYTES ((size_t)32 * 1024 * 1024)

static void insert(struct lab_frame **at, struct lab_frame *frame)
{
    while (*at != NULL && (*at)->due_ns <= frame->due_ns)
        at = &(*at)->next;
    frame->next = *at;
    *at = frame;
}

static struct lab_frame *make(struct lab_queue *queue, enum lab_host to, int64_t due_ns,
                              const uint8_t *bytes, size_t length)
{
    if (queue->bytes + length > MAX_BYTES) {
        queue->dropped++;
        return NULL;
    }
    struct lab_frame *frame = base_alloc(sizeof *frame + length);
    *frame = (struct lab_frame){.due_ns = due_ns, .to = (uint8_t)to, .length = length};
    memcpy(frame->bytes, bytes, length);
    queue->bytes += length;
    return frame;
}

void lab_queue_add(struct lab_queue *queue, enum lab_host to, int64_t due_ns, const uint8_t *bytes,
                   size_t length)
{
    struct lab_frame *frame = make(queue, to, due_ns, bytes, length);
    if (frame != NULL)
        insert(&queue->first, frame);
}

void lab_queue_hold(struct lab_queue *queue, enum lab_host to, uint32_t passes, int64_t due_ns,
                    const uint8_t *bytes, size_t length)
{
    struct lab_frame *frame = make(queue, to, due_ns, bytes, length);
    if (frame == NULL)
        return;
    frame->passes = passes;
    insert(&queue->held, frame);
}

/* Lets those go that this one was the last to pass: right behind it. */
static void release(struct lab_queue *queue, const struct lab_frame *passed)
{
    for (struct lab_frame **at = &queue->held; *at != NULL;) {
        struct lab_frame *frame = *at;
        if (frame->to != passed->to || --frame->passes > 0) {
            at = &frame->next;
            continue;
        }
        *at = frame->next;
        frame->due_ns = passed->due_ns;
        insert(&queue->first, frame);
    }
}

struct lab_frame *lab_queue_take(struct lab_queue *queue, int64_t now_ns)
{
    if (queue->held != NULL && queue->held->due_ns <= now_ns) {
        struct lab_frame *late = queue->held;
        queue->held = late->next;
        insert(&queue->first, late);
    }
    struct lab_frame *frame = queue->first;
    if (frame == NULL || frame->due_ns > now_ns)
        return NULL;
    queue->first = frame->next;
    queue->bytes -= frame->length;
    if (frame->passes == 0)
        release(queue, frame);
    return frame;
}

int64_t lab_queue_due(const struct lab_queue *queue)
{
    int64_t due = queue->first != NULL ? queue->first->due_ns : INT64_MAX;
    return queue->held != NULL && queue->held->due_ns < due ? queue->held->due_ns : due;
}

static void free_list(struct lab_frame *frame)
{
    while (frame != NULL) {
        struct lab_frame *next = frame->next;
        free(frame);
        frame = next;
    }
}

void lab_queue_free(struct lab_queue *queue)
{
    free_list(queue->first);
    free_list(queue->held);
    *queue = (struct lab_queue){0};
}
