/* What this host's kernel says of an end, in words. */
#include "config.h"

#include "view/kernel_words.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "view/words.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)

/* A program may be named anything: what is no printable ASCII is a question mark. */
static void add_process(struct base_strbuf *out, const char name[TRACK_PROCESS_NAME])
{
    for (size_t i = 0; i < TRACK_PROCESS_NAME && name[i] != '\0'; i++)
        base_strbuf_char(out, name[i] > ' ' && name[i] < 0x7f ? name[i] : '?');
}

static void add_owner(struct base_strbuf *out, uint8_t owner, const char *process, uint32_t pid,
                      uint32_t uid)
{
    switch ((enum track_owner)owner) {
    case TRACK_OWNER_NOT_KNOWN:
        return;
    case TRACK_OWNER_PROCESS:
    case TRACK_OWNER_PAST:
        base_strbuf_str(out, "  ");
        add_process(out, process);
        base_strbuf_printf(
            out, owner == TRACK_OWNER_PAST ? _(" (%" PRIu32 ", closed it)") : " (%" PRIu32 ")",
            pid);
        return;
    case TRACK_OWNER_NONE:
        base_strbuf_str(out, _("  no process"));
        return;
    case TRACK_OWNER_HIDDEN:
        base_strbuf_printf(out, _("  a process of user %" PRIu32 " (root sees which)"), uid);
        return;
    }
}

static void add_timer(struct base_strbuf *out, const struct track_kernel_socket *socket,
                      int64_t now_ns, bool ascii)
{
    const char *name = track_kernel_timer_name((enum track_kernel_timer)socket->timer);
    int64_t left_ns =
        socket->timer_ms * MS - (now_ns > socket->time_ns ? now_ns - socket->time_ns : 0);
    if (name == NULL)
        return;
    base_strbuf_printf(out, "  %s ", name);
    view_add_span(out, left_ns > 0 ? left_ns : 0, ascii);
    if (socket->retransmits > 0)
        base_strbuf_printf(out, _(", fired %u times"), (unsigned)socket->retransmits);
}

static void add_queues(struct base_strbuf *out, const struct track_kernel_socket *socket)
{
    if (socket->receive_queue > 0) {
        base_strbuf_str(out, _("  unread "));
        view_add_bytes_short(out, socket->receive_queue);
    }
    if (socket->send_queue > 0) {
        base_strbuf_str(out, _("  unacked "));
        view_add_bytes_short(out, socket->send_queue);
    }
    if (socket->has_listener)
        base_strbuf_printf(out, _("  accept queue %" PRIu32 " of %" PRIu32), socket->accept_queue,
                           socket->accept_limit);
}

static void add_info(struct base_strbuf *out, const struct track_tcp_info *info, bool ascii)
{
    base_strbuf_printf(out, _("  cwnd %" PRIu32 "  RTT "), info->cwnd_segments);
    view_add_span(out, info->rtt_us * US, ascii);
    base_strbuf_str(out, "  RTO ");
    view_add_span(out, info->rto_us * US, ascii);
    if (info->retransmitted_segments > 0)
        base_strbuf_printf(out, _("  resent %" PRIu32), info->retransmitted_segments);
}

void view_add_kernel(struct base_strbuf *out, const struct track_kernel_socket *socket,
                     int64_t now_ns, bool ascii)
{
    base_strbuf_str(out, track_state_name((enum track_state)socket->state));
    if (socket->agreement == TRACK_DISAGREES)
        base_strbuf_printf(out, _(", not %s"),
                           track_state_name((enum track_state)socket->inferred));
    add_owner(out, socket->owner, socket->process, socket->pid, socket->uid);
    add_timer(out, socket, now_ns, ascii);
    add_queues(out, socket);
    if (socket->has_info)
        add_info(out, &socket->info, ascii);
}

void view_add_kernel_state(struct base_strbuf *out, const struct track_kernel_socket *socket)
{
    base_strbuf_str(out, track_state_name((enum track_state)socket->state));
    if (socket->agreement == TRACK_DISAGREES)
        base_strbuf_char(out, '!');
}

void view_add_kernel_process(struct base_strbuf *out, const struct track_kernel_socket *socket)
{
    if (socket->owner != TRACK_OWNER_PROCESS && socket->owner != TRACK_OWNER_PAST)
        return;
    add_process(out, socket->process);
    base_strbuf_printf(out, " (%" PRIu32 ")", socket->pid);
}

void view_add_kernel_word(struct base_strbuf *out, const struct track_end_record *end)
{
    const struct track_kernel_word *word = &end->kernel;
    if (word->state == TRACK_UNKNOWN)
        return;
    base_strbuf_str(out, track_state_name((enum track_state)word->state));
    if (word->agreement == TRACK_DISAGREES)
        base_strbuf_printf(out, _(", not %s"), track_state_name((enum track_state)end->state));
    add_owner(out, word->owner, word->process, word->pid, word->uid);
}
