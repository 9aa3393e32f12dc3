/* Least privilege: from before the first packet is parsed on, the process that parses is an
 * ordinary user without capabilities, and can open, execute and connect to nothing. What it still
 * needs goes through a small process, the broker, that was forked before:
 *
 *     guard_allow()…          names that the command line gave
 *     guard_start()           the broker
 *                             (what takes privileges: the capture, the lab)
 *     guard_enter()           the user's rights, no capabilities, GUARD_OPENING
 *                             (files, the terminal, the output)
 *     guard_seal()            nothing can be opened any more but through guard_open()
 *
 * Linux: Landlock and seccomp, each where the kernel and the build have it. Nothing here is for
 * several threads. */
#ifndef TCPVIZ_GUARD_GUARD_H
#define TCPVIZ_GUARD_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Longest path with its 0. */
#define GUARD_PATH_BYTES 4096

/* --- whose rights --- */

struct guard_user {
    bool change; /* false: the process stays who it is, and loses capabilities only */
    uid_t uid;
    gid_t gid;
    char name[64]; /* "" if nobody knows it */
};

/* Who to become: nobody else unless the process is root's; then the user by that name, or, for
 * NULL, the one that sudo(8) or doas(1) says has called it. False if there is no such user. */
bool guard_user_find(const char *name, struct guard_user *user);

/* --- what may be opened, by name --- */

enum guard_mode {
    GUARD_READ,    /* of an allowed name: whatever it is; else a regular file that begins as a
                    * capture does */
    GUARD_WRITE,   /* of an allowed name: made, or emptied if there is one; else a new file */
    GUARD_REPLACE, /* of an allowed name only: guard_replace() */
    GUARD_MODES
};

/* Before guard_start(): the name may be opened so. */
void guard_allow(const char *path, enum guard_mode mode);
/* The name may be replaced, and the directories above it made where there are none: for settings. */
void guard_allow_alone(const char *path);

/* Opens in the broker, as the user, allowed names as root too where the user may not; directly when
 * there is no broker. A file made by root then belongs to the user. Close on exec, no controlling
 * terminal; GUARD_READ does not wait for a FIFO's writer. -1 and errno; EPERM: a name that is not
 * allowed. */
int guard_open(const char *path, enum guard_mode mode);

/* A new file beside an allowed one, with its mode; -1 and errno. guard_replaced() then puts it in
 * the place of that one, or removes it again. One at a time for each name. */
int guard_replace(const char *path);
bool guard_replaced(const char *path, bool keep);

/* Has the broker call what guard_start() was given, with an allowed name. */
void guard_remember(const char *path);

/* --- the broker --- */

struct guard_options {
    struct guard_user user;
    void (*remember)(const char *path); /* in the broker, as the user; NULL: nothing to remember */
};

/* Forks the broker; it ends with this process. False and errno. Copies the options. */
bool guard_start(const struct guard_options *options);

/* --- this process --- */

enum guard_source { GUARD_SOURCE_FILE, GUARD_SOURCE_LIVE, GUARD_SOURCE_LAB };

struct guard_needs {
    enum guard_source source;
    bool terminal;    /* the terminal UI: its modes, and stopping */
    bool netlink;     /* asks the kernel about sockets */
    int capture_fd;   /* of a live capture, which is never written to; -1: none */
    pid_t child;      /* may be ended; 0: none */
    bool confinement; /* false: rights are given up, but neither Landlock nor seccomp is used */
};

/* For a process of its own that parses nothing: the user's rights, and of the capabilities only those
 * by which other users' processes can be looked into, as far as it has them. False and errno. */
bool guard_look_only(const struct guard_user *user);

/* What confines this process now, for people who ask. */
struct guard_state {
    bool user_changed;
    bool landlock, seccomp;
};

/* Gives up every right that is not needed to open what guard_seal() then shuts. False and *why, a
 * static text, with errno, if rights could not be given up; that Landlock or seccomp is not there
 * is no failure. */
bool guard_enter(const struct guard_user *user, const struct guard_needs *needs, const char **why);
void guard_seal(void);
void guard_describe(struct guard_state *out);

#endif
