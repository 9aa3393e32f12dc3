/* Starts the lab's process and reads its records. */
#include "config.h"

#include "lab/lab.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/filter.h"
#include "capture/impl.h"
#include "lab/library.h"
#include "lab/record.h"
#include "lab/run.h"
#include "wire/linktype.h"

struct lab {
    struct capture_source source; /* first */
    struct lab_observer observer;
    struct capture_filter *filter; /* NULL: none */
    int filter_slot;
    pid_t pid;
    int fd;
    size_t have; /* bytes in buffer */
    uint64_t dropped;
    uint32_t snaplen;
    bool over;
    _Alignas(max_align_t) uint8_t buffer[2 * (sizeof(struct lab_record_head) + LAB_MAX_RECORD)];
};

/* --- starting --- */

/* As fork(), in new namespaces; the child is the first process of its own. */
static pid_t fork_into(int namespaces)
{
    return (pid_t)syscall(SYS_clone, (unsigned long)namespaces | SIGCHLD, NULL, NULL, NULL, NULL);
}

static bool start_process(struct lab *lab, const struct lab_options *options, bool user_namespace)
{
    int sockets[2];
    enum lab_vantage vantage =
        options->vantage == LAB_VANTAGE_UNSAID ? options->scenario->vantage : options->vantage;
    struct lab_run_options wanted = {
        .sight = {vantage != LAB_VANTAGE_SERVER, vantage != LAB_VANTAGE_CLIENT},
        .new_user_namespace = user_namespace,
        .outer_uid = (unsigned)geteuid(),
        .outer_gid = (unsigned)getegid(),
    };
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
        return false;
    lab->pid = fork_into(CLONE_NEWNET | CLONE_NEWPID | (user_namespace ? CLONE_NEWUSER : 0));
    if (lab->pid == 0)
        lab_run(options->scenario, &wanted, sockets[1]);
    int why = errno;
    close(sockets[1]);
    lab->fd = sockets[0];
    errno = why;
    return lab->pid > 0;
}

/* The process is the init of its namespace: all others in it end with it. */
static void end_process(struct lab *lab)
{
    if (lab->fd >= 0)
        close(lab->fd);
    lab->fd = -1;
    if (lab->pid > 0) {
        kill(lab->pid, SIGKILL);
        while (waitpid(lab->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    lab->pid = 0;
}

/* --- records --- */

/* The record at the front of the buffer, whole; NULL: not yet. */
static const struct lab_record_head *front(struct lab *lab)
{
    const struct lab_record_head *head = (const void *)lab->buffer;
    if (lab->have < sizeof *head || lab->have - sizeof *head < head->length)
        return NULL;
    return head;
}

static void pop_front(struct lab *lab, size_t length)
{
    lab->have -= length;
    memmove(lab->buffer, lab->buffer + length, lab->have);
}

/* More bytes: 1, or 0 at the end, or -1 and errno. */
static int fill(struct lab *lab, int flags)
{
    const struct lab_record_head *head = (const void *)lab->buffer;
    ssize_t got;
    if (lab->have >= sizeof *head && head->length > LAB_MAX_RECORD) {
        errno = EPROTO;
        return -1;
    }
    do
        got = recv(lab->fd, lab->buffer + lab->have, sizeof lab->buffer - lab->have, flags);
    while (got < 0 && errno == EINTR);
    if (got > 0)
        lab->have += (size_t)got;
    return got > 0 ? 1 : (int)got;
}

static void take_packet(struct lab *lab, const uint8_t *body, size_t length,
                        capture_packet_fn *deliver, void *context)
{
    struct lab_record_packet head;
    if (length < sizeof head)
        return;
    memcpy(&head, body, sizeof head);
    if (head.bytes > length - sizeof head)
        return;
    struct wire_packet packet = {.time_ns = head.time_ns,
                                 .link_type = LINK_EN10MB,
                                 .interface = head.interface,
                                 .captured_bytes = head.bytes,
                                 .wire_bytes = head.bytes,
                                 .data = body + sizeof head};
    if (lab->filter != NULL && !capture_filter_passes(lab->filter, lab->filter_slot, &packet))
        return;
    if (packet.captured_bytes > lab->snaplen)
        packet.captured_bytes = lab->snaplen;
    packet.number = ++lab->source.delivered;
    deliver(context, &packet);
}

static void take_call(const struct lab *lab, const uint8_t *body, size_t length)
{
    struct track_call call;
    if (length != sizeof call || lab->observer.call == NULL)
        return;
    memcpy(&call, body, sizeof call);
    lab->observer.call(lab->observer.context, &call);
}

static void take_kernel(const struct lab *lab, const uint8_t *body, size_t length)
{
    struct lab_record_kernel record;
    if (length != sizeof record || lab->observer.kernel == NULL)
        return;
    memcpy(&record, body, sizeof record);
    lab->observer.kernel(lab->observer.context, &record.socket, record.connection);
}

static void take_problem(const struct lab *lab, const uint8_t *body, size_t length)
{
    char text[512];
    if (lab->observer.problem == NULL)
        return;
    snprintf(text, sizeof text, "%.*s", (int)(length < sizeof text ? length : sizeof text - 1),
             (const char *)body);
    lab->observer.problem(lab->observer.context, text);
}

/* True if it was a packet. */
static bool take_record(struct lab *lab, const struct lab_record_head *head,
                        capture_packet_fn *deliver, void *context)
{
    const uint8_t *body = (const uint8_t *)(head + 1);
    struct lab_record_end end;
    switch ((enum lab_record_kind)head->kind) {
    case LAB_RECORD_PACKET:
        take_packet(lab, body, head->length, deliver, context);
        return true;
    case LAB_RECORD_CALL:
        take_call(lab, body, head->length);
        break;
    case LAB_RECORD_KERNEL:
        take_kernel(lab, body, head->length);
        break;
    case LAB_RECORD_FAILED:
    case LAB_RECORD_FORBIDDEN:
    case LAB_RECORD_PROBLEM:
        take_problem(lab, body, head->length);
        break;
    case LAB_RECORD_END:
        if (head->length == sizeof end) {
            memcpy(&end, body, sizeof end);
            lab->dropped = end.dropped;
        }
        lab->over = true;
        break;
    case LAB_RECORD_READY:
        break;
    }
    return false;
}

/* --- the source --- */

static enum capture_status lab_read(struct capture_source *source, unsigned max,
                                    capture_packet_fn *deliver, void *context)
{
    struct lab *lab = (struct lab *)source;
    for (unsigned packets = 0; packets < max;) {
        const struct lab_record_head *head = front(lab);
        if (head != NULL) {
            size_t length = sizeof *head + head->length;
            packets += take_record(lab, head, deliver, context);
            pop_front(lab, length);
            continue;
        }
        if (lab->over)
            return CAPTURE_END;
        int got = fill(lab, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return CAPTURE_WAIT;
        if (got <= 0) {
            capture_error_set(&source->error, _("%s: the lab's process ended too early"),
                              source->name);
            return CAPTURE_ERROR;
        }
    }
    return CAPTURE_MORE;
}

static int lab_fd(const struct capture_source *source)
{
    return ((const struct lab *)source)->fd;
}

static bool lab_is_live(const struct capture_source *source)
{
    (void)source;
    return true;
}

static uint32_t lab_link_type(const struct capture_source *source)
{
    (void)source;
    return LINK_EN10MB;
}

static void lab_stats(struct capture_source *source, struct capture_stats *out)
{
    out->kernel_dropped = ((const struct lab *)source)->dropped;
}

static void lab_close(struct capture_source *source)
{
    struct lab *lab = (struct lab *)source;
    end_process(lab);
    if (lab->filter != NULL)
        capture_filter_free(lab->filter);
    free(lab->source.name);
    free(lab);
}

static const struct capture_ops lab_ops = {
    .read = lab_read,
    .fd = lab_fd,
    .is_live = lab_is_live,
    .link_type = lab_link_type,
    .stats = lab_stats,
    .close = lab_close,
};

/* --- opening --- */

/* The value of a setting, -1 if there is none. */
static long read_setting(const char *path)
{
    FILE *file = fopen(path, "re");
    long value = -1;
    if (file == NULL)
        return -1;
    if (fscanf(file, "%ld", &value) != 1)
        value = -1;
    fclose(file);
    return value;
}

/* Which setting forbids it, as far as that can be seen, and the ways left. */
static void explain_forbidden(const struct lab_scenario *scenario, const char *what,
                              struct base_strbuf *error)
{
    const char *cause = _("this system forbids unprivileged user namespaces");
    if (read_setting("/proc/sys/kernel/unprivileged_userns_clone") == 0)
        cause = _("forbidden by the setting kernel.unprivileged_userns_clone=0");
    else if (read_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1)
        cause = _("forbidden by the setting kernel.apparmor_restrict_unprivileged_userns=1");
    else if (read_setting("/proc/sys/user/max_user_namespaces") == 0)
        cause = _("forbidden by the setting user.max_user_namespaces=0");
    struct base_strbuf capture = BASE_STRBUF_INIT;
    lab_library_capture(scenario, &capture);
    base_strbuf_printf(error,
                       _("--lab %s: %s; %s; run it with sudo, or see a capture: tcpviz -r %s"),
                       scenario->name, what, cause, base_strbuf_text(&capture));
    base_strbuf_free(&capture);
}

enum outcome { OUTCOME_GOOD, OUTCOME_FORBIDDEN, OUTCOME_FAILED };

/* Waits until the network stands; what is wrong otherwise is in *why. */
static enum outcome start(struct lab *lab, const struct lab_options *options, bool user_namespace,
                          struct base_strbuf *why)
{
    base_strbuf_clear(why);
    if (!start_process(lab, options, user_namespace)) {
        int number = errno;
        base_strbuf_printf(why, "%s: %s",
                           user_namespace ? _("a user namespace") : _("a network namespace"),
                           strerror(number));
        return number == ENOMEM || number == EAGAIN ? OUTCOME_FAILED : OUTCOME_FORBIDDEN;
    }
    const struct lab_record_head *head;
    int got = 1;
    while ((head = front(lab)) == NULL && got > 0)
        got = fill(lab, 0);
    if (head == NULL) {
        base_strbuf_str(why, _("its process ended before it began"));
        return OUTCOME_FAILED;
    }
    if (head->kind != LAB_RECORD_READY)
        base_strbuf_add(why, (const char *)(head + 1), head->length);
    enum outcome outcome = head->kind == LAB_RECORD_READY       ? OUTCOME_GOOD
                           : head->kind == LAB_RECORD_FORBIDDEN ? OUTCOME_FORBIDDEN
                                                                : OUTCOME_FAILED;
    pop_front(lab, sizeof *head + head->length);
    return outcome;
}

static enum outcome start_somehow(struct lab *lab, const struct lab_options *options,
                                  struct base_strbuf *why)
{
    enum outcome outcome = start(lab, options, true, why);
    if (outcome != OUTCOME_FORBIDDEN || geteuid() != 0)
        return outcome;
    /* root needs no user namespace to have the others */
    struct base_strbuf second = BASE_STRBUF_INIT;
    end_process(lab);
    lab->have = 0;
    outcome = start(lab, options, false, &second);
    base_strbuf_free(&second);
    return outcome;
}

static bool set_filter(struct lab *lab, const char *expression, struct base_strbuf *error)
{
    struct capture_error why;
    if (expression == NULL || expression[0] == '\0')
        return true;
    lab->filter = capture_filter_new(expression, &why);
    if (lab->filter != NULL)
        lab->filter_slot = capture_filter_slot(lab->filter, LINK_EN10MB, &why);
    if (lab->filter != NULL && lab->filter_slot >= 0)
        return true;
    base_strbuf_str(error, why.text);
    return false;
}

struct capture_source *lab_open(const struct lab_options *options,
                                const struct lab_observer *observer, struct base_strbuf *error)
{
    struct lab *lab = base_calloc(1, sizeof *lab);
    struct base_strbuf why = BASE_STRBUF_INIT;
    lab->source.ops = &lab_ops;
    lab->source.name = base_strdup(options->scenario->name);
    lab->fd = -1;
    lab->snaplen = options->snaplen > 0 ? options->snaplen : UINT32_MAX;
    if (observer != NULL)
        lab->observer = *observer;
    if (!set_filter(lab, options->filter, error)) {
        lab_close(&lab->source);
        return NULL;
    }
    enum outcome outcome = start_somehow(lab, options, &why);
    if (outcome == OUTCOME_FORBIDDEN)
        explain_forbidden(options->scenario, base_strbuf_text(&why), error);
    else if (outcome == OUTCOME_FAILED)
        base_strbuf_printf(error, "--lab %s: %s", options->scenario->name, base_strbuf_text(&why));
    base_strbuf_free(&why);
    if (outcome == OUTCOME_GOOD)
        return &lab->source;
    lab_close(&lab->source);
    return NULL;
}

pid_t lab_process(const struct capture_source *source)
{
    return ((const struct lab *)source)->pid;
}
