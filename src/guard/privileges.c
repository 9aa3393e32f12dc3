/* Becomes an ordinary user without capabilities. */
#include "config.h"

#include "guard/impl.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "base/intl.h"

/* Decimal digits only. */
static bool parse_id(const char *text, unsigned *id)
{
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *end != '\0' || value >= UINT_MAX)
        return false;
    *id = (unsigned)value;
    return true;
}

static void take_entry(const struct passwd *entry, struct guard_user *user)
{
    user->change = entry->pw_uid != 0;
    user->uid = entry->pw_uid;
    user->gid = entry->pw_gid;
    snprintf(user->name, sizeof user->name, "%s", entry->pw_name);
}

/* The caller of sudo(8), by number, or of doas(1), by name. */
static void find_caller(struct guard_user *user)
{
    unsigned uid, gid;
    const char *name = getenv("DOAS_USER");
    const struct passwd *entry = NULL;
    if (parse_id(getenv("SUDO_UID"), &uid)) {
        entry = getpwuid((uid_t)uid);
        *user = (struct guard_user){.change = uid != 0, .uid = (uid_t)uid, .gid = (gid_t)uid};
    } else if (name != NULL) {
        entry = getpwnam(name);
    }
    if (entry != NULL)
        take_entry(entry, user);
    if (user->change && parse_id(getenv("SUDO_GID"), &gid))
        user->gid = (gid_t)gid;
}

bool guard_user_find(const char *name, struct guard_user *user)
{
    *user = (struct guard_user){.change = false};
    if (geteuid() != 0)
        return true;
    if (name == NULL) {
        find_caller(user);
        return true;
    }
    const struct passwd *entry = getpwnam(name);
    if (entry != NULL)
        take_entry(entry, user);
    return entry != NULL;
}

/* Nothing that is executed can have them: takes a capability itself, so it comes first. */
static void empty_bounding_set(void)
{
    for (unsigned long i = 0; i < 64 && prctl(PR_CAPBSET_READ, i, 0, 0, 0) >= 0; i++)
        (void)prctl(PR_CAPBSET_DROP, i, 0, 0, 0); /* as far as we may */
}

static bool drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, none) == 0;
}

/* A user namespace may know one user only: then nobody else can be become, and that is no risk, as
 * root is an ordinary user there. */
static bool is_unknown_here(int reason)
{
    return reason == EINVAL;
}

static bool become(const struct guard_user *user, bool *changed, const char **why)
{
    *why = _("giving up supplementary groups");
    if (geteuid() == 0 && setgroups(0, NULL) != 0 && errno != EPERM)
        return false;
    if (!user->change)
        return true;
    *why = _("becoming an ordinary user");
    if (setresgid(user->gid, user->gid, user->gid) != 0 && !is_unknown_here(errno))
        return false;
    if (setresuid(user->uid, user->uid, user->uid) == 0) {
        *changed = true;
        /* as the manual says it can be: not back */
        return setresuid((uid_t)-1, 0, (uid_t)-1) != 0;
    }
    return is_unknown_here(errno);
}

bool guard_privileges_drop(const struct guard_user *user, bool *changed, const char **why)
{
    *changed = false;
    empty_bounding_set();
    if (!become(user, changed, why))
        return false;
    *why = _("giving up capabilities");
    if (!drop_capabilities())
        return false;
    *why = _("giving up new privileges");
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

bool guard_privileges_switch(const struct guard_user *user, bool to_user)
{
    if (!user->change)
        return true;
    if (!to_user)
        return seteuid(0) == 0 && setegid(0) == 0;
    /* the groups are set once, by guard_privileges_prepare() */
    return (setegid(user->gid) == 0 && seteuid(user->uid) == 0);
}

void guard_privileges_prepare(const struct guard_user *user)
{
    if (!user->change)
        return;
    if (user->name[0] == '\0' || initgroups(user->name, user->gid) != 0)
        (void)!setgroups(0, NULL);
}

#define KEPT ((UINT32_C(1) << CAP_SYS_PTRACE) | (UINT32_C(1) << CAP_DAC_READ_SEARCH))

bool guard_look_only(const struct guard_user *user)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {{0}};
    const char *why;
    bool changed = false;
    (void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (!become(user, &changed, &why) || syscall(SYS_capget, &head, sets) != 0)
        return false;
    uint32_t kept = sets[0].permitted & KEPT;
    memset(sets, 0, sizeof sets);
    sets[0].permitted = sets[0].effective = kept;
    (void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    return syscall(SYS_capset, &head, sets) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}
