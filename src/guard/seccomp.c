/* seccomp: which system calls a process can make at all. What is not listed fails with EPERM.
 * Nothing is killed: a library that tries something harmless must not end a capture. */
#include "config.h"

#include "guard/impl.h"

#if defined(HAVE_SECCOMP) && !defined(GUARD_SANITIZED)

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <linux/sockios.h>

/* At which steps a call is allowed. */
enum {
    AT_OPENING = 1 << GUARD_OPENING,
    AT_SEALED = 1 << GUARD_SEALED,
    AT_BROKER = 1 << GUARD_BROKER,
    ALWAYS = AT_OPENING | AT_SEALED | AT_BROKER,
    NAMES = AT_OPENING | AT_BROKER
};

struct call {
    int number;
    unsigned steps;
};

#define CALL(name, steps)                                                                          \
    {                                                                                              \
        SCMP_SYS(name), (steps)                                                                    \
    }

static const struct call allowed_calls[] = {
    /* memory */
    CALL(brk, ALWAYS),
    CALL(madvise, ALWAYS),
    CALL(mremap, ALWAYS),
    CALL(munmap, ALWAYS),
    /* descriptors that are open */
    CALL(_llseek, ALWAYS),
    CALL(close, ALWAYS),
    CALL(epoll_create1, AT_OPENING | AT_SEALED),
    CALL(epoll_ctl, AT_OPENING | AT_SEALED),
    CALL(epoll_pwait, AT_OPENING | AT_SEALED),
    CALL(epoll_wait, AT_OPENING | AT_SEALED),
    CALL(fdatasync, ALWAYS),
    CALL(fstat, ALWAYS),
    CALL(fstat64, ALWAYS),
    CALL(fstatat64, ALWAYS), /* fstat() is this one with an empty name */
    CALL(fsync, ALWAYS),
    CALL(ftruncate, ALWAYS),
    CALL(ftruncate64, ALWAYS),
    CALL(lseek, ALWAYS),
    CALL(memfd_create, AT_OPENING | AT_SEALED),
    CALL(newfstatat, ALWAYS),
    CALL(pipe2, AT_OPENING | AT_SEALED),
    CALL(poll, ALWAYS),
    CALL(ppoll, ALWAYS),
    CALL(ppoll_time64, ALWAYS),
    CALL(pread64, ALWAYS),
    CALL(pselect6, AT_OPENING | AT_SEALED),
    CALL(read, ALWAYS),
    CALL(readv, ALWAYS),
    CALL(recvmsg, ALWAYS),
    CALL(select, AT_OPENING | AT_SEALED),
    CALL(statx, ALWAYS),
    /* time */
    CALL(clock_getres, ALWAYS),
    CALL(clock_gettime, ALWAYS),
    CALL(clock_gettime64, ALWAYS),
    CALL(clock_nanosleep, ALWAYS),
    CALL(gettimeofday, ALWAYS),
    CALL(nanosleep, ALWAYS),
    CALL(time, ALWAYS),
    /* this process */
    CALL(exit, ALWAYS),
    CALL(exit_group, ALWAYS),
    CALL(futex, ALWAYS),
    CALL(getegid, ALWAYS),
    CALL(geteuid, ALWAYS),
    CALL(getgid, ALWAYS),
    CALL(getpgrp, ALWAYS),
    CALL(getpid, ALWAYS),
    CALL(getppid, ALWAYS),
    CALL(getrandom, ALWAYS),
    CALL(getrusage, ALWAYS),
    CALL(gettid, ALWAYS),
    CALL(getuid, ALWAYS),
    CALL(restart_syscall, ALWAYS),
    CALL(rseq, ALWAYS),
    CALL(rt_sigaction, ALWAYS),
    CALL(rt_sigpending, ALWAYS),
    CALL(rt_sigprocmask, ALWAYS),
    CALL(rt_sigreturn, ALWAYS),
    CALL(sched_yield, ALWAYS),
    CALL(set_robust_list, ALWAYS),
    CALL(sigaltstack, ALWAYS),
    CALL(sigreturn, ALWAYS),
    CALL(sysinfo, ALWAYS),
    CALL(uname, ALWAYS),
    CALL(wait4, AT_OPENING | AT_SEALED), /* for the lab's process */
    CALL(waitid, AT_OPENING | AT_SEALED),
    /* names */
    CALL(access, NAMES),
    CALL(faccessat, NAMES),
    CALL(getcwd, NAMES),
    CALL(getdents64, NAMES),
    CALL(lstat, NAMES),
    CALL(readlink, NAMES),
    CALL(readlinkat, NAMES),
    CALL(stat, NAMES),
/* the next step */
#ifdef __SNR_landlock_add_rule
    CALL(landlock_add_rule, AT_OPENING),
    CALL(landlock_create_ruleset, AT_OPENING),
    CALL(landlock_restrict_self, AT_OPENING),
#endif
    CALL(seccomp, AT_OPENING),
    /* the broker makes what it was allowed to, as the user */
    CALL(chown, AT_BROKER),
    CALL(fchmod, AT_BROKER),
    CALL(fchown, AT_BROKER),
    CALL(mkdir, AT_BROKER),
    CALL(mkdirat, AT_BROKER),
    CALL(open, AT_BROKER),
    CALL(openat, AT_BROKER),
    CALL(rename, AT_BROKER),
    CALL(renameat, AT_BROKER),
    CALL(renameat2, AT_BROKER),
    CALL(recvfrom, AT_BROKER),
    CALL(recv, AT_BROKER),
    CALL(sendmsg, AT_BROKER),
    CALL(setgid, AT_BROKER),
    CALL(setregid, AT_BROKER),
    CALL(setresgid, AT_BROKER),
    CALL(setresuid, AT_BROKER),
    CALL(setreuid, AT_BROKER),
    CALL(unlink, AT_BROKER),
    CALL(unlinkat, AT_BROKER),
    CALL(write, AT_BROKER),
    CALL(writev, AT_BROKER),
};

/* The C library takes another way where these are not there. */
static const int unknown_calls[] = {SCMP_SYS(clone3), SCMP_SYS(faccessat2), SCMP_SYS(openat2)};

/* Numbers of requests are 32 bits for the kernel, whatever stands above. */
#define LOW_32(argument, value)                                                                    \
    SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, UINT64_C(0xffffffff), (scmp_datum_t)(uint32_t)(value))

static void allow(scmp_filter_ctx filter, int number)
{
    (void)seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
}

static void allow_if(scmp_filter_ctx filter, int number, struct scmp_arg_cmp compare)
{
    (void)seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, number, 1, &compare);
}

/* On any descriptor but that of the capture, which would send what is written. */
static void allow_elsewhere(scmp_filter_ctx filter, int number, const struct guard_needs *needs)
{
    if (needs == NULL || needs->capture_fd < 0)
        allow(filter, number);
    else
        allow_if(filter, number,
                 SCMP_CMP(0, SCMP_CMP_NE, (scmp_datum_t)(unsigned)needs->capture_fd, 0));
}

static void allow_fcntl(scmp_filter_ctx filter, const struct guard_needs *needs)
{
    static const int commands[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct scmp_arg_cmp both[] = {LOW_32(1, commands[i]), LOW_32(0, 0)};
        unsigned count = 1;
        if (needs != NULL && needs->capture_fd >= 0) {
            both[1] = SCMP_CMP(0, SCMP_CMP_NE, (scmp_datum_t)(unsigned)needs->capture_fd, 0);
            count = 2;
        }
        (void)seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), count, both);
        (void)seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl64), count, both);
    }
}

/* Never TIOCSTI and the like, which type at the terminal. */
static void allow_ioctl(scmp_filter_ctx filter, const struct guard_needs *needs)
{
    static const unsigned long always[] = {TCGETS, TIOCGWINSZ, FIONREAD};
    static const unsigned long modes[] = {TCSETS, TCSETSW, TCSETSF, TIOCGPGRP};
    static const unsigned long live[] = {SIOCGIFFLAGS, SIOCGIFINDEX, FIONBIO};
    for (size_t i = 0; i < sizeof always / sizeof always[0]; i++)
        allow_if(filter, SCMP_SYS(ioctl), LOW_32(1, always[i]));
    if (needs == NULL)
        return;
    for (size_t i = 0; needs->terminal && i < sizeof modes / sizeof modes[0]; i++)
        allow_if(filter, SCMP_SYS(ioctl), LOW_32(1, modes[i]));
    if (needs->source == GUARD_SOURCE_LIVE)
        for (size_t i = 0; i < sizeof live / sizeof live[0]; i++)
            allow_if(filter, SCMP_SYS(ioctl), LOW_32(1, live[i]));
}

static void allow_memory(scmp_filter_ctx filter, enum guard_step step)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        if (step == GUARD_OPENING) /* libraries may still be loaded */
            allow(filter, calls[i]);
        else
            allow_if(filter, calls[i], SCMP_CMP(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
}

static void allow_names(scmp_filter_ctx filter)
{
    const scmp_datum_t makes = O_CREAT | O_TRUNC;
    allow_if(filter, SCMP_SYS(open), SCMP_CMP(1, SCMP_CMP_MASKED_EQ, makes, 0));
    allow_if(filter, SCMP_SYS(openat), SCMP_CMP(2, SCMP_CMP_MASKED_EQ, makes, 0));
}

static void allow_process(scmp_filter_ctx filter, const struct guard_needs *needs)
{
    static const int requests[] = {PR_SET_NAME,         PR_GET_NAME,         PR_SET_PDEATHSIG,
                                   PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_GET_SECCOMP};
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        allow_if(filter, SCMP_SYS(prctl), LOW_32(0, requests[i]));
    const scmp_datum_t self = (scmp_datum_t)(unsigned)getpid();
    allow_if(filter, SCMP_SYS(tgkill), LOW_32(0, self));
    allow_if(filter, SCMP_SYS(kill), LOW_32(0, self));
    if (needs != NULL && needs->child > 0)
        allow_if(filter, SCMP_SYS(kill), LOW_32(0, needs->child));
    allow_if(filter, SCMP_SYS(prlimit64), SCMP_CMP(2, SCMP_CMP_EQ, 0, 0)); /* asking, not setting */
}

static void allow_sockets(scmp_filter_ctx filter, const struct guard_needs *needs)
{
    if (needs->source != GUARD_SOURCE_FILE || needs->netlink) {
        allow(filter, SCMP_SYS(getsockopt));
        allow(filter, SCMP_SYS(recvfrom));
        allow(filter, SCMP_SYS(recv));
    }
    if (needs->netlink) {
        allow_elsewhere(filter, SCMP_SYS(sendto), needs);
        allow_elsewhere(filter, SCMP_SYS(send), needs);
    }
}

static void allow_writing(scmp_filter_ctx filter, const struct guard_needs *needs)
{
    static const int calls[] = {SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64),
                                SCMP_SYS(dup),   SCMP_SYS(dup2),   SCMP_SYS(dup3)};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        allow_elsewhere(filter, calls[i], needs);
}

static void fill(scmp_filter_ctx filter, enum guard_step step, const struct guard_needs *needs)
{
    for (size_t i = 0; i < sizeof allowed_calls / sizeof allowed_calls[0]; i++)
        if (allowed_calls[i].steps & 1u << step)
            allow(filter, allowed_calls[i].number);
    allow_memory(filter, step);
    allow_fcntl(filter, needs);
    allow_ioctl(filter, needs);
    allow_process(filter, needs);
    if (step == GUARD_OPENING)
        allow_names(filter);
    if (needs != NULL) {
        allow_sockets(filter, needs);
        allow_writing(filter, needs);
    }
    for (size_t i = 0; i < sizeof unknown_calls / sizeof unknown_calls[0]; i++)
        (void)seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), unknown_calls[i], 0);
}

bool guard_seccomp(enum guard_step step, const struct guard_needs *needs)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (filter == NULL)
        return false;
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_NNP, 0); /* done, by guard_privileges_drop() */
    (void)seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
    fill(filter, step, needs);
    bool done = seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}

#else

bool guard_seccomp(enum guard_step step, const struct guard_needs *needs)
{
    (void)step;
    (void)needs;
    return false;
}

#endif
