/* The steps of giving up rights, in their order. */
#include "config.h"

#include "guard/guard.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "guard/impl.h"

static struct {
    struct guard_needs needs;
    struct guard_state state;
    bool entered, sealed;
} now;

/* What the C library would read from files later: messages of errors and the time zone. */
static void load_early(void)
{
    tzset();
    (void)strerror(EPERM);
}

bool guard_enter(const struct guard_user *user, const struct guard_needs *needs, const char **why)
{
    load_early();
    if (!guard_privileges_drop(user, &now.state.user_changed, why))
        return false;
    now.needs = *needs;
    now.entered = true;
    if (needs->confinement) {
        now.state.landlock = guard_landlock(GUARD_OPENING);
        now.state.seccomp = guard_seccomp(GUARD_OPENING, needs);
    }
    return true;
}

void guard_seal(void)
{
    if (!now.entered || now.sealed)
        return;
    now.sealed = true;
    if (!now.needs.confinement)
        return;
    (void)guard_landlock(GUARD_SEALED);
    (void)guard_seccomp(GUARD_SEALED, &now.needs);
}

void guard_describe(struct guard_state *out)
{
    *out = now.state;
}
