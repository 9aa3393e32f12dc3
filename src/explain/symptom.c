/* The diagnoses: each defined once, with the sentences that tell it. */
#include "config.h"

#include <assert.h>

#include "base/intl.h"
#include "explain/diagnose.h"
#include "explain/fill.h"
#include "explain/voice.h"
#include "view/words.h"
#include "wire/decode.h"

/* clang-format off */
static const struct explain_symptom_entry table[EXPLAIN_SYMPTOMS] = {
    [EXPLAIN_PORT_CLOSED] = {"port_closed",
        N_("The port is closed: the host of {server_endpoint} answers the SYN with RST because no "
           "program listens there. connect() fails with ECONNREFUSED. Is the server running, and "
           "at that port and address?"),
        "A RST with an acceptable ack ends SYN_SENT.", "RFC 9293 3.10.7.1, connect(2)"},
    [EXPLAIN_NO_ANSWER] = {"no_answer",
        N_("Nobody answers: the SYN was sent {count} times in {span} and nothing came back. A "
           "filter drops them, the address is wrong or the host is down; a closed port would have "
           "answered with RST. connect() fails with ETIMEDOUT in the end."),
        "A SYN was repeated, and its receiver has sent nothing; no ICMP error came.",
        "RFC 9293 3.8.3, tcp(7) tcp_syn_retries"},
    [EXPLAIN_PROHIBITED] = {"prohibited",
        N_("A firewall prohibits the connection and says so by ICMP (administratively "
           "prohibited). A silent one would show no answer at all."),
        "ICMP destination unreachable, code 9, 10 or 13; ICMPv6 code 1.",
        "RFC 1812 5.2.7.1, RFC 4443 3.1"},
    [EXPLAIN_UNREACHABLE] = {"unreachable",
        N_("The network says by ICMP that {server_endpoint} cannot be reached. While connecting, "
           "connect() fails; in a connection the kernel goes on trying."),
        "ICMP destination unreachable (any other code), time exceeded or parameter problem.",
        "RFC 1122 4.2.3.9, icmp(7)"},
    [EXPLAIN_SYN_LOST] = {"syn_lost",
        N_("The SYN had to be sent {count} times, {span} in all, before an answer came: it was "
           "lost, or the listener's queue was full. The program felt it as a slow connect()."),
        "A SYN was repeated before its receiver sent anything, and was answered then.",
        "RFC 9293 3.8.1, RFC 6298"},
    [EXPLAIN_SYN_ACK_LOST] = {"syn_ack_lost",
        N_("The SYN,ACK had to be sent again before the handshake was completed: it was lost, or "
           "its ACK was."),
        "A SYN,ACK was repeated before the client acknowledged it, which it did then.",
        "RFC 9293 3.8.1"},
    [EXPLAIN_NEVER_COMPLETED] = {"never_completed",
        N_("The handshake was never completed: the server answered with SYN,ACK, no ACK came. A "
           "port scan, a forged source address, or the answers do not arrive."),
        "A SYN,ACK was repeated and the client has sent nothing but SYN.", "RFC 4987 2"},
    [EXPLAIN_LISTEN_QUEUE_FULL] = {"listen_queue_full",
        N_("The client has completed the handshake, but the server goes on sending its SYN,ACK: "
           "the queue of listen() is full because the program does not call accept() fast enough "
           "(or TCP_DEFER_ACCEPT waits for data)."),
        "A SYN,ACK was repeated twice or more after an ACK of it.", "listen(2), tcp(7)"},
    [EXPLAIN_LISTEN_QUEUE_RESET] = {"listen_queue_reset",
        N_("The server answered the completed handshake with RST before it sent anything: the "
           "queue of listen() is full and tcp_abort_on_overflow is set, or the listening socket "
           "was closed meanwhile."),
        "A RST without ACK of a server that has sent nothing but SYN,ACK, after an ACK of it.",
        "tcp(7) tcp_abort_on_overflow"},
    [EXPLAIN_ABORTED_OPEN] = {"aborted_open",
        N_("The client gave up before the SYN,ACK came and answered it with RST: the program "
           "called close() or ended while it was connecting, or this is a port scan that only "
           "looks which ports are open."),
        "A RST of the client answers an acceptable SYN,ACK.", "RFC 9293 3.10.4"},
    [EXPLAIN_SIMULTANEOUS_OPEN] = {"simultaneous_open",
        N_("Both ends called connect() at the same time and their SYNs crossed: one connection, "
           "no listener."),
        "Both ends sent a SYN without ACK.", "RFC 9293 3.5"},
    [EXPLAIN_SELF_CONNECT] = {"self_connect",
        N_("The socket is connected to itself: connect() to a local port in the range that the "
           "kernel gives out was given that very port as its own. What it writes it reads."),
        "Both ends are the same address and port.", "RFC 9293 3.5"},
    [EXPLAIN_SYN_FLOOD] = {"syn_flood",
        N_("Part of a SYN flood: very many connections to {server_endpoint} are begun and not "
           "completed."),
        "The finding syn_flood at a SYN of this connection.", "RFC 4987"},
    [EXPLAIN_TIME_WAIT_REUSED] = {"time_wait_reused",
        N_("TIME_WAIT was cut short: a new SYN with the same addresses and ports took the place "
           "of this connection."),
        "An end left TIME_WAIT at a SYN.", "RFC 6191"},
    [EXPLAIN_ZERO_WINDOW_STALL] = {"zero_window_stall",
        N_("The receive buffer of {end} was full for {span}: its program does not call read() "
           "fast enough, so write() blocks at {peer}. Neither the network nor the sender is slow."),
        "Window 0 for 200 ms or more.", "RFC 9293 3.8.6"},
    [EXPLAIN_NAGLE_DELAYED_ACK] = {"nagle_delayed_ack",
        N_("Nagle's algorithm meets delayed ACK: {times}, {end} held back a small write until the "
           "ACK of the one before came, and {peer} delayed that ACK (up to {span}). Write a whole "
           "request at once, or set TCP_NODELAY."),
        "Small data, a bare ACK of it 20 to 500 ms later than the peer's half of the handshake, "
        "and at once more data of the same end.",
        "RFC 9293 3.7.4, RFC 1122 4.2.3.2, tcp(7)"},
    [EXPLAIN_DATA_LOST] = {"data_lost",
        N_("{End} had to send {segments} again: lost or delayed on the way, or dropped by the "
           "receiver."),
        "Retransmissions of data or FIN that were not spurious.", "RFC 6298, RFC 5681"},
    [EXPLAIN_PEER_SILENT] = {"peer_silent",
        N_("{Peer} no longer answers: {end} asked {times} in {span} without any reply. The host "
           "or the way to it is down, or a device between them has forgotten the connection."),
        "Three or more repeats, probes or keep-alives in a row without a segment of the peer.",
        "RFC 9293 3.8.3, tcp(7) tcp_retries2"},
    [EXPLAIN_PATH_MTU] = {"path_mtu",
        N_("A router reports that segments of {end} are too large for the path; they become "
           "smaller from then on (path MTU discovery). Where such reports are filtered, "
           "connections hang."),
        "ICMP fragmentation needed, ICMPv6 packet too big.", "RFC 1191, RFC 8201"},
    [EXPLAIN_HALF_OPEN_PEER] = {"half_open_peer",
        N_("The connection was half-open: {end} had lost it (restarted, killed without FIN, or "
           "cut off by a device between them) while {peer} still believed in it, and answered the "
           "next segment with RST."),
        "An end that had not closed turns out to have no such connection.", "RFC 9293 3.5.1"},
    [EXPLAIN_BLIND_RESET_IGNORED] = {"blind_reset_ignored",
        N_("A RST for {end} was ignored because its number is not exactly the one expected, and "
           "the connection went on: forged by someone who guesses, or late."),
        "The finding ignored_rst.", "RFC 5961 3"},
    [EXPLAIN_RESET_UNREAD_DATA] = {"reset_unread_data",
        N_("{End} ended the connection by RST without answering the last data: most likely its "
           "program called close(), or ended, while data was still unread in the receive buffer. "
           "Read to the end before close()."),
        "An end that has not closed aborts, and the last data was its peer's and the first too.",
        "RFC 9293 3.6.1, RFC 2525 2.17"},
    [EXPLAIN_RESET_LINGER_ZERO] = {"reset_linger_zero",
        N_("{End} ended the connection by RST instead of FIN: its program closes with SO_LINGER "
           "set to 0, which throws away what is unsent and skips TIME_WAIT (or did not read all "
           "of the answer before close())."),
        "An end that has not closed aborts, in any other case than reset_unread_data.",
        "RFC 9293 3.10.5, socket(7) SO_LINGER"},
    [EXPLAIN_WROTE_AFTER_CLOSE] = {"wrote_after_close",
        N_("{End} wrote after {peer} had closed: the data met a RST. The first write() still "
           "succeeds; the next one fails with EPIPE and raises SIGPIPE. Once the FIN has "
           "arrived, read() returns 0: that is the sign to stop."),
        "Data after the peer's FIN is answered by RST.", "RFC 9293 3.6.1, write(2), signal(7)"},
    [EXPLAIN_CLOSE_WAIT_HELD] = {"close_wait_held",
        N_("{End} stayed in CLOSE_WAIT for {span}: the FIN of {peer} has come, read() returns 0, "
           "and the program has not called close(). No timer ends CLOSE_WAIT."),
        "In CLOSE_WAIT without sending data for 1 s and still there, or for 5 s.",
        "RFC 9293 3.6, ss(8)"},
    [EXPLAIN_FIN_WAIT_2_STUCK] = {"fin_wait_2_stuck",
        N_("{End} is in FIN_WAIT_2 for {span}: its FIN was acknowledged and {peer} does not send "
           "its own. After close() Linux ends it by tcp_fin_timeout (60 s), after shutdown() "
           "never."),
        "In FIN_WAIT_2 without data of the peer for 1 s and still there, or for 60 s.",
        "RFC 9293 3.6, tcp(7) tcp_fin_timeout"},
    [EXPLAIN_FIN_WAIT_2_EXPIRED] = {"fin_wait_2_expired",
        N_("{End} had left FIN_WAIT_2 without a word (tcp_fin_timeout) when {peer} closed at "
           "last: the late segment met a RST."),
        "An end turns out to have no such connection while in FIN_WAIT_2.",
        "tcp(7) tcp_fin_timeout"},
    [EXPLAIN_SIMULTANEOUS_CLOSE] = {"simultaneous_close",
        N_("Both ends closed at the same time and their FINs crossed: both passed through "
           "CLOSING, and both get TIME_WAIT."),
        "Neither FIN acknowledges the other.", "RFC 9293 3.6"},
    [EXPLAIN_LAST_ACK_LOST] = {"last_ack_lost",
        N_("The last ACK was lost: the FIN of {peer} came again and {end} answered it from "
           "TIME_WAIT. This is what TIME_WAIT is for."),
        "A FIN is repeated while its receiver is in TIME_WAIT.", "RFC 9293 3.6.1"},
    [EXPLAIN_TIME_WAIT_BLOCKS_BIND] = {"time_wait_blocks_bind",
        N_("TIME_WAIT is with the server, at port {server_port}, because it did not wait for the "
           "client to close first: if it is restarted within 2 MSL (60 s with Linux), bind() "
           "fails with EADDRINUSE unless it sets SO_REUSEADDR."),
        "The server enters TIME_WAIT.", "RFC 9293 3.6.1, socket(7) SO_REUSEADDR"},
    [EXPLAIN_OFFLOAD_SEGMENTS] = {"offload_segments",
        N_("Segments of {end} are larger than the MSS: the capture sees them before the network "
           "card cuts them or after it has joined them. On the wire they are smaller."),
        "The finding mss_exceeded.", "ethtool(8)"},
    [EXPLAIN_OFFLOAD_CHECKSUMS] = {"offload_checksums",
        N_("The checksums of {end} look wrong because its network card fills them in after the "
           "capture. Nothing is wrong on the wire."),
        "More segments of an end have a wrong checksum than a right one (--checksums).",
        "ethtool(8)"},
    [EXPLAIN_BAD_CHECKSUMS] = {"bad_checksums",
        N_("Wrong checksums in {segments} of {end}: damaged on the way, and the receiver drops "
           "them."),
        "Wrong checksums that are not offload_checksums.", "RFC 9293 3.1"},
    [EXPLAIN_CAPTURE_LOSS] = {"capture_loss",
        N_("The capture is not complete: segments of {end} were acknowledged that it does not "
           "have. The network did not lose them."),
        "The finding acked_not_captured.", "tcpdump(8) -B"},
};
/* clang-format on */

const struct explain_symptom_entry *explain_symptom_entry(enum explain_symptom symptom)
{
    assert(symptom < EXPLAIN_SYMPTOMS);
    return &table[symptom];
}

/* --- places --- */

struct telling {
    const struct explain_diagnosis *diagnosis;
    const struct track_connection *record;
    bool ascii;
};

static void put_end(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    base_strbuf_str(out, explain_end_name(t->record, (enum track_side)t->diagnosis->side));
}

static void put_peer(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    base_strbuf_str(out,
                    explain_end_name(t->record, track_other((enum track_side)t->diagnosis->side)));
}

/* At the beginning of a sentence. */
static const char *first_name(const struct track_connection *record, enum track_side side)
{
    if (record->self_connect)
        return _("The socket");
    return side == TRACK_CLIENT ? _("The client") : _("The server");
}

static void put_first_end(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    base_strbuf_str(out, first_name(t->record, (enum track_side)t->diagnosis->side));
}

static void put_first_peer(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    base_strbuf_str(out, first_name(t->record, track_other((enum track_side)t->diagnosis->side)));
}

static const struct wire_endpoint *server_of(const struct telling *t)
{
    return &t->record->end[t->record->self_connect ? TRACK_CLIENT : TRACK_SERVER].endpoint;
}

static void put_server_endpoint(const void *context, struct base_strbuf *out)
{
    char text[WIRE_ENDPOINT_TEXT];
    base_strbuf_str(out, wire_endpoint_text(server_of(context), text, sizeof text));
}

static void put_server_port(const void *context, struct base_strbuf *out)
{
    base_strbuf_u64(out, server_of(context)->port);
}

static void put_count(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    view_add_count(out, t->diagnosis->count);
}

static void put_segments(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    view_add_count(out, t->diagnosis->count);
    base_strbuf_str(out, P_(" segment", " segments", t->diagnosis->count));
}

static void put_times(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    if (t->diagnosis->count == 1) {
        base_strbuf_str(out, _("once"));
        return;
    }
    view_add_count(out, t->diagnosis->count);
    base_strbuf_str(out, _(" times"));
}

static void put_span(const void *context, struct base_strbuf *out)
{
    const struct telling *t = context;
    view_add_span(out, t->diagnosis->span_ns, t->ascii);
}

static const struct explain_place places[] = {
    {"end", put_end},
    {"peer", put_peer},
    {"End", put_first_end},
    {"Peer", put_first_peer},
    {"server_endpoint", put_server_endpoint},
    {"server_port", put_server_port},
    {"count", put_count},
    {"segments", put_segments},
    {"times", put_times},
    {"span", put_span},
};

void explain_diagnosis_text(const struct explain_diagnosis *diagnosis,
                            const struct track_connection *record, bool ascii,
                            struct base_strbuf *out)
{
    const struct telling telling = {diagnosis, record, ascii};
    explain_fill(out, _(table[diagnosis->symptom].text), places, sizeof places / sizeof places[0],
                 &telling);
}
