/* What a host's kernel says, in JSON: a record of its own, and fields of an end's. */
#include "config.h"

#include "out/json_kernel.h"

#include <string.h>

#include "track/finding.h"
#include "track/state.h"
#include "wire/decode.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)
/* Linux's word for a threshold that no loss has set yet. */
#define SSTHRESH_NOT_SET 0x7fffffffu

void out_json_key_endpoint(struct out_jsonw *w, const char *key,
                           const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    if (endpoint->family != 0)
        out_jsonw_key_text(w, key, wire_endpoint_text(endpoint, text, sizeof text));
}

/* What differs for a moment, neither way is said of: a segment is on its way. */
static void key_agreement(struct out_jsonw *w, uint8_t agreement)
{
    if (agreement == TRACK_AGREES || agreement == TRACK_DISAGREES)
        out_jsonw_key_bool(w, "kernel_agrees", agreement == TRACK_AGREES);
}

static void key_owner(struct out_jsonw *w, const struct track_kernel_word *word)
{
    static const char *const names[] = {[TRACK_OWNER_PROCESS] = "process",
                                        [TRACK_OWNER_PAST] = "past",
                                        [TRACK_OWNER_NONE] = "none",
                                        [TRACK_OWNER_HIDDEN] = "hidden"};
    if (word->owner == TRACK_OWNER_NOT_KNOWN)
        return;
    out_jsonw_key_text(w, "owner", names[word->owner]);
    if (word->owner == TRACK_OWNER_HIDDEN)
        out_jsonw_key_u64(w, "uid", word->uid);
    if (word->owner != TRACK_OWNER_PROCESS && word->owner != TRACK_OWNER_PAST)
        return;
    out_jsonw_key(w, "process");
    out_jsonw_string(w, word->process, strnlen(word->process, sizeof word->process));
    out_jsonw_key_u64(w, "pid", word->pid);
}

static void key_timer(struct out_jsonw *w, const struct track_kernel_socket *socket)
{
    const char *name = track_kernel_timer_name((enum track_kernel_timer)socket->timer);
    if (name != NULL) {
        out_jsonw_key_text(w, "timer", name);
        out_jsonw_key_seconds(w, "timer_left", socket->timer_ms * MS);
    }
    if (socket->retransmits > 0)
        out_jsonw_key_u64(w, "retransmits", socket->retransmits);
}

static void key_queues(struct out_jsonw *w, const struct track_kernel_socket *socket)
{
    if (socket->state != TRACK_CLOSED) {
        out_jsonw_key_u64(w, "receive_queue", socket->receive_queue);
        out_jsonw_key_u64(w, "send_queue", socket->send_queue);
    }
    if (socket->has_listener) {
        out_jsonw_key_u64(w, "accept_queue", socket->accept_queue);
        out_jsonw_key_u64(w, "accept_limit", socket->accept_limit);
    }
}

static void key_info(struct out_jsonw *w, const struct track_tcp_info *info)
{
    out_jsonw_key(w, "tcp_info");
    out_jsonw_open_object(w);
    out_jsonw_key_seconds(w, "rtt", info->rtt_us * US);
    out_jsonw_key_seconds(w, "rtt_variance", info->rtt_variance_us * US);
    out_jsonw_key_seconds(w, "rto", info->rto_us * US);
    out_jsonw_key_u64(w, "cwnd", info->cwnd_segments);
    if (info->ssthresh_segments < SSTHRESH_NOT_SET)
        out_jsonw_key_u64(w, "ssthresh", info->ssthresh_segments);
    out_jsonw_key_u64(w, "unacknowledged", info->unacknowledged_segments);
    out_jsonw_key_u64(w, "lost", info->lost_segments);
    out_jsonw_key_u64(w, "retransmitted", info->retransmitted_segments);
    out_jsonw_key_u64(w, "send_mss", info->send_mss_bytes);
    out_jsonw_key_u64(w, "receive_mss", info->receive_mss_bytes);
    out_jsonw_key_u64(w, "unsent_bytes", info->unsent_bytes);
    if (info->delivery_rate > 0)
        out_jsonw_key_u64(w, "delivery_rate", info->delivery_rate);
    out_jsonw_close_object(w);
}

void out_json_kernel(struct out_jsonw *w, const struct track_kernel_socket *socket,
                     uint64_t connection)
{
    struct track_kernel_word word = {
        .pid = socket->pid, .uid = socket->uid, .owner = socket->owner};
    memcpy(word.process, socket->process, sizeof word.process);
    out_jsonw_begin(w);
    out_jsonw_key_text(w, "type", "kernel");
    out_jsonw_key_u64(w, "connection", connection);
    out_jsonw_key_time(w, "time", socket->time_ns);
    out_json_key_endpoint(w, "endpoint", &socket->local);
    out_json_key_endpoint(w, "peer", &socket->remote);
    out_jsonw_key_text(w, "kernel_state", track_state_name((enum track_state)socket->state));
    if (socket->inferred != TRACK_UNKNOWN)
        out_jsonw_key_text(w, "inferred_state",
                           track_state_name((enum track_state)socket->inferred));
    key_agreement(w, socket->agreement);
    key_owner(w, &word);
    key_timer(w, socket);
    key_queues(w, socket);
    if (socket->has_info)
        key_info(w, &socket->info);
    if ((socket->changes & TRACK_KERNEL_FINDING) != 0) {
        const char *name = track_finding_name(TRACK_KERNEL_DISAGREES);
        out_jsonw_key(w, "findings");
        out_jsonw_open_array(w);
        out_jsonw_string(w, name, strlen(name));
        out_jsonw_close_array(w);
    }
    out_jsonw_end(w);
}

void out_json_kernel_word(struct out_jsonw *w, const struct track_kernel_word *word)
{
    if (word->state == TRACK_UNKNOWN)
        return;
    out_jsonw_key_text(w, "kernel_state", track_state_name((enum track_state)word->state));
    key_agreement(w, word->agreement);
    key_owner(w, word);
}
