/* What the parts of the guard share. */
#ifndef TCPVIZ_GUARD_IMPL_H
#define TCPVIZ_GUARD_IMPL_H

#include <stdint.h>

#include "guard/guard.h"

/* --- privileges.c --- */

/* For good. *changed: the user is another one now. False, *why and errno. */
bool guard_privileges_drop(const struct guard_user *user, bool *changed, const char **why);
/* To the user and back, in a process that stays root's; the user's groups hold from the first
 * call on. */
void guard_privileges_prepare(const struct guard_user *user);
bool guard_privileges_switch(const struct guard_user *user, bool to_user);

/* --- landlock.c, seccomp.c --- */

enum guard_step {
    GUARD_OPENING, /* reads what the system has for everybody, opens its terminal */
    GUARD_SEALED,  /* opens nothing */
    GUARD_BROKER   /* opens, and does nothing else */
};

/* False: not to be had here. */
bool guard_landlock(enum guard_step step);
bool guard_seccomp(enum guard_step step, const struct guard_needs *needs);

/* --- broker.c: the protocol --- */

enum guard_request_kind {
    GUARD_REQUEST_OPEN,    /* mode; answered with a descriptor */
    GUARD_REQUEST_REPLACE, /* answered with a descriptor */
    GUARD_REQUEST_KEEP,
    GUARD_REQUEST_DISCARD,
    GUARD_REQUEST_REMEMBER,
    GUARD_REQUEST_KINDS
};

/* Every message has this size; anything else ends the broker. */
struct guard_request {
    uint32_t kind;
    uint32_t mode;
    char path[GUARD_PATH_BYTES];
};

struct guard_reply {
    int32_t error; /* an errno, 0: done */
};

/* The names that were allowed, in the order of guard_allow(); NULL after the last one. */
const char *guard_allowed(size_t index, enum guard_mode *mode);

/* Does what a message asks for, if it may be. False: no such message was ever sent by us. The
 * descriptor is the caller's, or -1. */
bool guard_broker_serve(const struct guard_options *options, const void *message, size_t length,
                        struct guard_reply *reply, int *fd);

#endif
