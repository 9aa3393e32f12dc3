/* Landlock: which files a process can reach at all. Its rules are here in numbers, as the kernel
 * has rights that older headers do not name; see landlock(7). */
#include "config.h"

#include "guard/impl.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(SYS_landlock_create_ruleset) && !defined(GUARD_SANITIZED)

#define FS_WRITE_FILE (UINT64_C(1) << 1)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define FS_READ (FS_READ_FILE | FS_READ_DIR)
#define RULE_PATH_BENEATH 1
#define CREATE_RULESET_VERSION 1u

struct ruleset {
    uint64_t fs, net, scoped;
};

struct path_beneath {
    uint64_t allowed;
    int32_t parent_fd;
} __attribute__((packed));

/* What each version of the interface can forbid, all of it. */
static struct ruleset everything(long version, size_t *size)
{
    struct ruleset set = {.fs = (UINT64_C(1) << 13) - 1};
    *size = sizeof set.fs;
    if (version >= 2)
        set.fs |= UINT64_C(1) << 13; /* moving between directories */
    if (version >= 3)
        set.fs |= UINT64_C(1) << 14; /* truncating by name */
    if (version >= 4) {
        set.net = 3; /* binding and connecting TCP sockets */
        *size = sizeof set.fs + sizeof set.net;
    }
    if (version >= 6) {
        set.scoped = 1; /* abstract Unix sockets of others */
        *size = sizeof set;
    }
    return set;
}

static void allow(int ruleset, const char *path, uint64_t rights)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return;
    struct path_beneath rule = {.allowed = rights, .parent_fd = fd};
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0) {
        rule.allowed = rights & (FS_READ_FILE | FS_WRITE_FILE); /* it is no directory */
        (void)syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0);
    }
    close(fd);
}

/* Where ncurses looks for descriptions of terminals; see terminfo(5). */
static void allow_terminfo(int ruleset)
{
    const char *one = getenv("TERMINFO"), *home = getenv("HOME"), *list = getenv("TERMINFO_DIRS");
    char path[GUARD_PATH_BYTES];
    if (one != NULL && one[0] == '/')
        allow(ruleset, one, FS_READ);
    if (home != NULL && home[0] == '/' &&
        snprintf(path, sizeof path, "%s/.terminfo", home) < (int)sizeof path)
        allow(ruleset, path, FS_READ);
    while (list != NULL && *list != '\0') {
        size_t length = strcspn(list, ":");
        if (list[0] == '/' && length < sizeof path) {
            memcpy(path, list, length);
            path[length] = '\0';
            allow(ruleset, path, FS_READ);
        }
        list += length + (list[length] == ':');
    }
}

/* What the system has for everybody to read, and this process's terminal. */
static void allow_opening(int ruleset)
{
    static const char *const readable[] = {"/usr/share",
                                           "/usr/local/share",
                                           "/usr/lib",
                                           "/usr/lib64",
                                           "/lib",
                                           "/lib64",
                                           "/etc/terminfo",
                                           "/etc/localtime",
                                           "/etc/nsswitch.conf",
                                           "/etc/services",
                                           "/etc/protocols",
                                           "/etc/hosts",
                                           PKGDATADIR,
                                           LOCALEDIR};
    static const char *const terminals[] = {"/dev/null", "/dev/tty", "/dev/pts"};
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++)
        allow(ruleset, readable[i], FS_READ);
    for (size_t i = 0; i < sizeof terminals / sizeof terminals[0]; i++)
        allow(ruleset, terminals[i], FS_READ_FILE | FS_WRITE_FILE);
    allow_terminfo(ruleset);
}

bool guard_landlock(enum guard_step step)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);
    if (version < 1 || step == GUARD_BROKER) /* which opens whatever the user names */
        return false;
    size_t size;
    struct ruleset set = everything(version, &size);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (ruleset < 0)
        return false;
    if (step == GUARD_OPENING)
        allow_opening(ruleset);
    bool done = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return done;
}

#else

bool guard_landlock(enum guard_step step)
{
    (void)step;
    return false;
}

#endif
