/* Which process has a socket: /proc/PID/fd/N is a link to "socket:[INODE]" (proc(5)). */
#include "config.h"

#include "kernel/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/u64map.h"
#include "base/xalloc.h"

/* Sockets that are looked for or known at a time. */
#define MAX_SOCKETS 16384
/* Processes that had a socket lately are looked at first. */
#define RECENT 16
#define BETWEEN_SCANS_NS INT64_C(200000000)
/* A twentieth of the time at most goes into scans. */
#define REST 20

struct entry {
    struct kernel_owner owner;
    uint64_t wanted_since; /* how many scans had begun */
};

struct kernel_owners {
    int proc;                   /* the directory */
    struct base_u64map sockets; /* by inode: struct entry, owned */
    size_t wanted;              /* of these, are looked for */
    uint64_t scans;
    int64_t next_scan_ns, spent_ns; /* of the scan that runs or ran last */
    DIR *processes;                 /* of the scan; NULL: none runs, or it is at the recent ones */
    DIR *files;                     /* of pid; NULL: the next process is due */
    uint32_t pid;
    unsigned recent_at; /* RECENT: they have been looked at */
    uint32_t recent[RECENT];
    bool scanning;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct kernel_owners *kernel_owners_open(const char *proc)
{
    int directory = open(proc, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return NULL;
    struct kernel_owners *owners = base_calloc(1, sizeof *owners);
    owners->proc = directory;
    return owners;
}

static void close_directory(DIR **directory)
{
    if (*directory != NULL)
        closedir(*directory);
    *directory = NULL;
}

void kernel_owners_close(struct kernel_owners *owners)
{
    if (owners == NULL)
        return;
    size_t at = 0;
    for (void *entry; (entry = base_u64map_next(&owners->sockets, &at)) != NULL;)
        free(entry);
    base_u64map_free(&owners->sockets);
    close_directory(&owners->files);
    close_directory(&owners->processes);
    close(owners->proc);
    free(owners);
}

void kernel_owners_find(struct kernel_owners *owners, uint32_t inode, struct kernel_owner *out)
{
    struct entry *entry = base_u64map_get(&owners->sockets, inode);
    if (entry == NULL && owners->sockets.count < MAX_SOCKETS) {
        entry = base_calloc(1, sizeof *entry);
        entry->wanted_since = owners->scans;
        base_u64map_put(&owners->sockets, inode, entry);
        owners->wanted++;
    }
    *out = entry != NULL ? entry->owner : (struct kernel_owner){.owner = TRACK_OWNER_NOT_KNOWN};
}

void kernel_owners_forget(struct kernel_owners *owners, uint32_t inode)
{
    struct entry *entry = base_u64map_remove(&owners->sockets, inode);
    if (entry != NULL && entry->owner.owner == TRACK_OWNER_NOT_KNOWN)
        owners->wanted--;
    free(entry);
}

/* --- a scan --- */

/* False for what is no number, or too large for a pid or inode. */
static bool read_number(const char *text, const char *end, uint32_t *out)
{
    uint64_t value = 0;
    if (text == end)
        return false;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* The inode of a file if that is a socket. */
static bool read_inode(int directory, const char *name, uint32_t *inode)
{
    static const char start[] = "socket:[";
    char link[64];
    ssize_t length = readlinkat(directory, name, link, sizeof link);
    if (length <= (ssize_t)sizeof start || strncmp(link, start, sizeof start - 1) != 0 ||
        link[length - 1] != ']')
        return false;
    return read_number(link + sizeof start - 1, link + length - 1, inode);
}

static void read_process_name(const struct kernel_owners *owners, char name[TRACK_PROCESS_NAME])
{
    char path[32], text[64];
    snprintf(path, sizeof path, "%" PRIu32 "/comm", owners->pid);
    int fd = openat(owners->proc, path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text) : 0;
    if (fd >= 0)
        close(fd);
    if (length > 0 && text[length - 1] == '\n')
        length--;
    if (length > TRACK_PROCESS_NAME - 1)
        length = TRACK_PROCESS_NAME - 1;
    memset(name, 0, TRACK_PROCESS_NAME);
    if (length > 0)
        memcpy(name, text, (size_t)length);
}

static void remember_process(struct kernel_owners *owners)
{
    for (unsigned i = 0; i < RECENT; i++)
        if (owners->recent[i] == owners->pid)
            return;
    memmove(owners->recent + 1, owners->recent, (RECENT - 1) * sizeof owners->recent[0]);
    owners->recent[0] = owners->pid;
}

static void look_at_file(struct kernel_owners *owners, const char *name)
{
    uint32_t inode;
    if (!read_inode(dirfd(owners->files), name, &inode))
        return;
    struct entry *entry = base_u64map_get(&owners->sockets, inode);
    if (entry == NULL || entry->owner.owner != TRACK_OWNER_NOT_KNOWN)
        return;
    entry->owner.owner = TRACK_OWNER_PROCESS;
    entry->owner.pid = owners->pid;
    read_process_name(owners, entry->owner.process);
    owners->wanted--;
    if (owners->processes != NULL)
        remember_process(owners);
}

static void begin_scan(struct kernel_owners *owners)
{
    owners->scanning = true;
    owners->recent_at = 0;
    owners->spent_ns = 0;
    owners->scans++;
}

/* What was wanted all the time and not found is not to be seen. */
static void end_scan(struct kernel_owners *owners, bool saw_all)
{
    size_t at = 0;
    for (struct entry *entry; saw_all && (entry = base_u64map_next(&owners->sockets, &at)) != NULL;)
        if (entry->owner.owner == TRACK_OWNER_NOT_KNOWN && entry->wanted_since < owners->scans) {
            entry->owner.owner = TRACK_OWNER_HIDDEN;
            owners->wanted--;
        }
    close_directory(&owners->files);
    close_directory(&owners->processes);
    owners->scanning = false;
}

/* The next process to be looked at; false: that was all. */
static bool next_process(struct kernel_owners *owners)
{
    while (owners->recent_at < RECENT)
        if ((owners->pid = owners->recent[owners->recent_at++]) != 0)
            return true;
    if (owners->processes == NULL) {
        int directory = openat(owners->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        owners->processes = directory >= 0 ? fdopendir(directory) : NULL;
        if (owners->processes == NULL && directory >= 0)
            close(directory);
    }
    const struct dirent *entry = NULL;
    while (owners->processes != NULL && (entry = readdir(owners->processes)) != NULL)
        if (read_number(entry->d_name, entry->d_name + strlen(entry->d_name), &owners->pid))
            return true;
    return false;
}

/* Those that may not be looked into, or have ended, have no files. */
static void open_files(struct kernel_owners *owners)
{
    char path[32];
    snprintf(path, sizeof path, "%" PRIu32 "/fd", owners->pid);
    int directory = openat(owners->proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    owners->files = directory >= 0 ? fdopendir(directory) : NULL;
    if (owners->files == NULL && directory >= 0)
        close(directory);
}

/* One file or one process. */
static void step(struct kernel_owners *owners)
{
    const struct dirent *entry = owners->files != NULL ? readdir(owners->files) : NULL;
    if (entry != NULL) {
        look_at_file(owners, entry->d_name);
        if (owners->wanted == 0)
            end_scan(owners, false);
        return;
    }
    close_directory(&owners->files);
    if (next_process(owners))
        open_files(owners);
    else
        end_scan(owners, true);
}

void kernel_owners_turn(struct kernel_owners *owners, int64_t until_ns)
{
    int64_t began_ns = now_ns(), now = began_ns;
    if (!owners->scanning) {
        if (owners->wanted == 0 || now < owners->next_scan_ns)
            return;
        begin_scan(owners);
    }
    for (; owners->scanning && now < until_ns; now = now_ns())
        step(owners);
    owners->spent_ns += now - began_ns;
    int64_t rest_ns = REST * owners->spent_ns;
    owners->next_scan_ns = now + (rest_ns > BETWEEN_SCANS_NS ? rest_ns : BETWEEN_SCANS_NS);
}

bool kernel_owners_busy(const struct kernel_owners *owners)
{
    return owners->wanted > 0;
}

uint64_t kernel_owners_scans(const struct kernel_owners *owners)
{
    return owners->scans;
}
