/* The process that asks this host's kernel: it never sees a packet, so it may keep the right to
 * look into other users' processes, and whatever it takes does not hold up the capture. */
#ifndef TCPVIZ_KERNEL_ASKER_H
#define TCPVIZ_KERNEL_ASKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "kernel/watch.h"

struct kernel_asker;

struct kernel_asker_options {
    const char *interface; /* of the capture */
    /* In the new process, before it asks: gives up the rights that this does not take. False: they
     * could not be. */
    bool (*confine)(void);
    /* As struct kernel_watch_options has it; called by kernel_asker_take(). */
    void (*sample)(void *context, const struct track_kernel_socket *socket, uint32_t scope,
                   uint64_t connection);
    void *context;
};

/* Starts it. NULL and one line of "what: why" in *error if the kernel cannot be asked. */
struct kernel_asker *kernel_asker_start(const struct kernel_asker_options *options,
                                        struct base_strbuf *error);
/* Ends it too. */
void kernel_asker_close(struct kernel_asker *asker);

/* What kernel_watch_add(), _note() and _forget() do, there. None waits; false: there is no room
 * now, or it is gone. */
bool kernel_asker_add(struct kernel_asker *asker, const struct kernel_watched *connection);
bool kernel_asker_note(struct kernel_asker *asker, uint64_t number, const uint8_t state[2]);
bool kernel_asker_forget(struct kernel_asker *asker, uint64_t number);

/* Hands over the answers that have come, at most so many. */
void kernel_asker_take(struct kernel_asker *asker, unsigned most);
/* Has it ask about all once more and hands those answers over, for a second at most. */
void kernel_asker_finish(struct kernel_asker *asker);
/* As of kernel_asker_finish(). */
struct kernel_watch_counts kernel_asker_counts(const struct kernel_asker *asker);

#endif
