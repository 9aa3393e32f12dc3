/* Which process has a socket: looks through /proc, a little at a time. */
#ifndef TCPVIZ_KERNEL_OWNER_H
#define TCPVIZ_KERNEL_OWNER_H

#include <stdbool.h>
#include <stdint.h>

#include "track/kernel_socket.h"

struct kernel_owners;

struct kernel_owner {
    uint32_t pid;
    char process[TRACK_PROCESS_NAME]; /* ends with NUL */
    uint8_t owner; /* enum track_owner: PROCESS, HIDDEN, or NOT_KNOWN while it is looked for */
};

/* proc: "/proc". NULL and errno if that cannot be read. */
struct kernel_owners *kernel_owners_open(const char *proc);
void kernel_owners_close(struct kernel_owners *owners);

/* Who has the socket of this inode, not 0. One that was not asked for before is looked for from now
 * on, within bounds; several processes may have it: it is one of them. */
void kernel_owners_find(struct kernel_owners *owners, uint32_t inode, struct kernel_owner *out);
/* It will not be asked for again. */
void kernel_owners_forget(struct kernel_owners *owners, uint32_t inode);
/* Looks for what is asked for until until_ns of CLOCK_MONOTONIC, goes on next time; does nothing
 * when nothing is wanted. A look through everything is not begun before twenty times the time that
 * the last one took. */
void kernel_owners_turn(struct kernel_owners *owners, int64_t until_ns);
/* Whether something is looked for. */
bool kernel_owners_busy(const struct kernel_owners *owners);
/* How often everything was looked through. */
uint64_t kernel_owners_scans(const struct kernel_owners *owners);

#endif
