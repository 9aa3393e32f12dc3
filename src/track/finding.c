/* The findings: each defined once. The manual, --help findings, the JSON names, the words on the
 * arrows and the explanations all come from this table. */
#include "config.h"

#include "track/finding.h"

#include <assert.h>
#include <stddef.h>

#include "base/intl.h"

static const struct track_finding_entry table[TRACK_FINDINGS] = {
    [TRACK_RETRANSMISSION] =
        {.name = "retransmission",
         .words = N_("retransmission"),
         .brief = N_("resent"),
         .serious = true,
         .meaning = N_("The sender repeats data that it sent before."),
         .condition =
             N_("All payload bytes lie below SND.NXT, at least one is neither acknowledged "
                "nor reported by SACK, and neither a timeout nor duplicate acks explain it."),
         .rfc = "9293 3.8.1",
         .wireshark = "tcp.analysis.retransmission",
         .differs = N_(
             "Wireshark does not look at SACK, and calls the SYN,ACK of a simultaneous open one."),
         .look = N_("Is it the network that loses segments, or the capture? See acked_not_captured "
                    "and duplicate_ack around it.")},
    [TRACK_FAST_RETRANSMISSION] =
        {.name = "fast_retransmission",
         .words = N_("fast retransmission"),
         .brief = N_("resent fast"),
         .serious = true,
         .meaning =
             N_("The sender repeats data because the peer's acks say that a segment is missing."),
         .condition = N_(
             "The segment begins at SND.UNA or below what SACK reports, after three duplicate acks "
             "or a SACK block above it, before the timer could have run out."),
         .rfc = "5681 3.2",
         .wireshark = "tcp.analysis.fast_retransmission",
         .differs = N_("Wireshark asks for two duplicate acks less than 20 ms ago and does not "
                       "look at SACK."),
         .look =
             N_("One segment was lost and the connection went on: half a congestion window is the "
                "price.")},
    [TRACK_TIMEOUT_RETRANSMISSION] =
        {.name = "timeout_retransmission",
         .words = N_("retransmission by timeout"),
         .brief = N_("resent, RTO"),
         .serious = true,
         .meaning = N_("The sender repeats data because no ack came in time."),
         .condition =
             N_("The segment repeats unacknowledged data at least 200 ms (the smallest timeout of "
                "Linux) after its sender last sent data, without three duplicate acks."),
         .rfc = "6298 5",
         .wireshark = "tcp.analysis.retransmission",
         .differs = N_("Wireshark does not tell the trigger."),
         .look = N_("The delay that a user feels. Each further one takes twice as long.")},
    [TRACK_SPURIOUS_RETRANSMISSION] =
        {.name = "spurious_retransmission",
         .words = N_("spurious retransmission"),
         .brief = N_("resent in vain"),
         .serious = true,
         .meaning = N_("The sender repeats data that the peer had received."),
         .condition = N_("All payload bytes are acknowledged, or reported by a SACK block, by "
                         "segments seen before."),
         .rfc = "9293 3.8.1",
         .wireshark = "tcp.analysis.spurious_retransmission",
         .differs = N_("Wireshark does not look at SACK."),
         .look = N_("The ack was lost, or came later than the sender's timer expected.")},
    [TRACK_SYN_RETRANSMISSION] =
        {.name = "syn_retransmission",
         .words = N_("SYN again"),
         .serious = true,
         .meaning = N_("A SYN or SYN,ACK is sent again."),
         .condition = N_(
             "SYN with the sequence number of this end's earlier SYN; not the SYN,ACK with which "
             "an end that has sent a SYN answers the peer's (simultaneous open)."),
         .rfc = "9293 3.8.1",
         .wireshark = "tcp.analysis.retransmission",
         .differs = N_("In a simultaneous open Wireshark calls both SYN,ACKs retransmissions."),
         .look = N_("Nobody answers: a filter drops the SYN, the queue of the listener is full, or "
                    "the answer is lost.")},
    [TRACK_FIN_RETRANSMISSION] =
        {.name = "fin_retransmission",
         .words = N_("FIN again"),
         .serious = true,
         .meaning = N_("A FIN is sent again."),
         .condition = N_("FIN at the place in the stream where this end's FIN stood before."),
         .rfc = "9293 3.8.1",
         .wireshark = "tcp.analysis.retransmission",
         .look = N_("The FIN or its ack was lost; TIME_WAIT at the peer exists to answer it.")},
    [TRACK_OUT_OF_ORDER] =
        {.name = "out_of_order",
         .words = N_("out of order"),
         .serious = true,
         .meaning = N_("A segment arrives after one that was sent later."),
         .condition = N_("The payload fills a gap less than a round trip (3 ms if none is known) "
                         "after the segment beyond the gap, without three duplicate acks."),
         .rfc = "9293 3.10.7.4",
         .wireshark = "tcp.analysis.out_of_order",
         .look =
             N_("The path reorders; receivers answer with duplicate acks, but nothing is lost.")},
    [TRACK_LOST_SEGMENT] = {.name = "lost_segment",
                            .words = N_("gap before"),
                            .serious = true,
                            .meaning = N_("Something before this segment was not seen."),
                            .condition = N_("The sequence number is beyond SND.NXT of its sender."),
                            .rfc = "9293 3.4",
                            .wireshark = "tcp.analysis.lost_segment",
                            .look = N_("If the sender repeats it, the network lost it; if the peer "
                                       "acks it, only the capture missed it.")},
    [TRACK_ACKED_NOT_CAPTURED] =
        {.name = "acked_not_captured",
         .words = N_("acks what was not captured"),
         .brief = N_("acks unseen"),
         .serious = true,
         .meaning = N_("The ack covers data that the capture does not have."),
         .condition = N_("The ack is beyond SND.NXT of the peer, where data can have been."),
         .rfc = "9293 3.4",
         .wireshark = "tcp.analysis.ack_lost_segment",
         .look = N_("The capture is not complete: a slow capture, a filter, or a second path.")},
    [TRACK_DUPLICATE_ACK] = {.name = "duplicate_ack",
                             .words = N_("duplicate ack"),
                             .serious = true,
                             .meaning = N_(
                                 "The ack repeats the one before: something arrived out of order."),
                             .condition =
                                 N_("ACK without payload, SYN, FIN or RST, with the same ack and "
                                    "window as before, while the peer has unacknowledged data."),
                             .rfc = "5681 2",
                             .wireshark = "tcp.analysis.duplicate_ack",
                             .differs = N_("Wireshark does not ask for unacknowledged data."),
                             .look = N_("Three of them make the sender repeat a segment.")},
    [TRACK_KEEP_ALIVE] = {.name = "keep_alive",
                          .words = N_("keep-alive"),
                          .meaning = N_("The sender asks whether the peer is still there."),
                          .condition =
                              N_("No or one byte of payload at SND.NXT - 1 while everything "
                                 "is acknowledged and the peer's window is open."),
                          .rfc = "9293 3.8.4",
                          .wireshark = "tcp.analysis.keep_alive",
                          .look =
                              N_("It is no retransmission. Unanswered ones end the connection.")},
    [TRACK_KEEP_ALIVE_ACK] =
        {.name = "keep_alive_ack",
         .words = N_("keep-alive ack"),
         .meaning = N_("The peer is still there."),
         .condition = N_("ACK with the same ack and window as before, after a keep-alive."),
         .rfc = "9293 3.8.4",
         .wireshark = "tcp.analysis.keep_alive_ack",
         .look = N_("Nothing: the connection is idle and alive.")},
    [TRACK_ZERO_WINDOW] = {.name = "zero_window",
                           .words = N_("zero window"),
                           .serious = true,
                           .meaning = N_("The receiver's buffer is full."),
                           .condition = N_("Window 0 in a segment without SYN, FIN or RST."),
                           .rfc = "9293 3.8.6",
                           .wireshark = "tcp.analysis.zero_window",
                           .look = N_("The program at this end does not read fast enough.")},
    [TRACK_WINDOW_PROBE] = {.name = "window_probe",
                            .words = N_("window probe"),
                            .meaning = N_("The sender asks whether the window has opened."),
                            .condition =
                                N_("At most one byte of payload at SND.NXT, or at SND.NXT - "
                                   "1 as Linux does it, while the peer's window is 0."),
                            .rfc = "9293 3.8.6.1",
                            .wireshark = "tcp.analysis.zero_window_probe",
                            .differs = N_("Wireshark calls the probe of Linux a keep-alive."),
                            .look = N_("How long the program at the other end does not read.")},
    [TRACK_WINDOW_PROBE_ACK] = {.name = "window_probe_ack",
                                .words = N_("window probe ack"),
                                .meaning = N_("The window is still closed."),
                                .condition =
                                    N_("ACK with the same ack and window 0, after a window probe."),
                                .rfc = "9293 3.8.6.1",
                                .wireshark = "tcp.analysis.zero_window_probe_ack",
                                .look = N_("The program at this end still does not read.")},
    [TRACK_WINDOW_FULL] = {.name = "window_full",
                           .words = N_("window full"),
                           .serious = true,
                           .meaning = N_("The sender has used up all that the receiver allows."),
                           .condition = N_(
                               "The payload ends exactly at the right edge of the peer's window."),
                           .rfc = "9293 3.8.6",
                           .wireshark = "tcp.analysis.window_full",
                           .look = N_("The receiver, not the network, limits the speed.")},
    [TRACK_WINDOW_UPDATE] =
        {.name = "window_update",
         .words = N_("window update"),
         .meaning = N_("The receiver changes how much it allows, and says nothing else."),
         .condition =
             N_("ACK without payload with the same ack as before and another window than 0."),
         .rfc = "9293 3.8.6",
         .wireshark = "tcp.analysis.window_update",
         .look = N_("The program at this end has read.")},
    [TRACK_WINDOW_SHRUNK] =
        {.name = "window_shrunk",
         .words = N_("window shrunk"),
         .serious = true,
         .meaning = N_("The receiver takes back what it allowed."),
         .condition = N_("The right edge, ack + window, moved to the left, in a "
                         "segment that is not older than the last."),
         .rfc = "9293 3.8.6",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("A receiver should not do so; data in flight may be thrown away.")},
    [TRACK_PORT_REUSED] = {.name = "port_reused",
                           .words = N_("port reused"),
                           .meaning = N_(
                               "A new connection between addresses and ports that had one before."),
                           .condition =
                               N_("SYN with another sequence number on a known pair of endpoints."),
                           .rfc = "9293 3.6.1",
                           .wireshark = "tcp.analysis.reused_ports",
                           .differs = N_("Wireshark also names a SYN,ACK whose number changes."),
                           .look = N_("Whether the old one was in TIME_WAIT, and at which end.")},
    [TRACK_PARTIAL_OVERLAP] =
        {.name = "partial_overlap",
         .words = N_("overlaps"),
         .serious = true,
         .meaning = N_("Part of the payload was sent before, part is new."),
         .condition = N_("The sequence number is below SND.NXT and the end above it."),
         .rfc = "9293 3.10.7.4",
         .wireshark = "tcp.analysis.retransmission",
         .differs = N_("Wireshark does not tell it from a plain repeat."),
         .look = N_("A sender that packs its data anew, or two senders that differ.")},
    [TRACK_DSACK] = {.name = "dsack",
                     .words = N_("D-SACK"),
                     .meaning = N_("The receiver reports that it got the same data twice."),
                     .condition =
                         N_("The first SACK block lies below the ack, or within the second block."),
                     .rfc = "2883 4",
                     .wireshark = "tcp.options.sack.dsack",
                     .look = N_("The retransmission before it was not needed.")},
    [TRACK_CHALLENGE_ACK] =
        {.name = "challenge_ack",
         .words = N_("challenge ack"),
         .serious = true,
         .meaning =
             N_("The receiver does not believe the segment before and says what it expects."),
         .condition = N_("ACK without payload right after a RST that is not exact, a SYN inside a "
                         "connection, or a segment out of the window."),
         .rfc = "5961 3",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("A real peer answers with an exact RST; a forged RST has changed nothing.")},
    [TRACK_DELAYED_ACK] =
        {.name = "delayed_ack",
         .words = N_("delayed ack"),
         .meaning = N_("The receiver waited before it acknowledged."),
         .condition = N_(
             "ACK without payload of new data, 20 to 500 ms later than this end's half of "
             "the handshake after the newest segment that it covers."),
         .rfc = "9293 3.8.6.3",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("With Nagle's algorithm at the other end: about 40 ms for each small write.")},
    [TRACK_SMALL_SEGMENTS] = {.name = "small_segments",
                              .words = N_("small segments"),
                              .meaning = N_("Small segments follow each other without waiting."),
                              .condition = N_(
                                  "Payload below half of the peer's MSS while an earlier one like "
                                  "it is not acknowledged (Nagle's algorithm would wait)."),
                              .rfc = "9293 3.7.4",
                              .differs = N_("Wireshark has no such verdict."),
                              .look = N_(
                                  "TCP_NODELAY is set, or the program writes little at a time.")},
    [TRACK_COALESCED_WRITES] =
        {.name = "coalesced_writes",
         .words = N_("coalesced writes"),
         .meaning =
             N_("Bytes of several writes leave together: the stream has no message borders."),
         .condition = N_(
             "Payload below half of the peer's MSS that follows, after this end's half of "
             "the handshake and at most 1 ms more, an ACK without payload of the small "
             "segment before it: Nagle's algorithm had kept it back."),
         .rfc = "9293 3.7.4",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("One write() is not one read(): the program must find its own borders.")},
    [TRACK_MSS_EXCEEDED] = {.name = "mss_exceeded",
                            .words = N_("above the MSS"),
                            .meaning = N_("The segment is larger than the peer allows."),
                            .condition = N_("More payload than the MSS option of the peer's SYN."),
                            .rfc = "9293 3.7.1",
                            .differs = N_("Wireshark has no such verdict."),
                            .look =
                                N_("Segmentation offload: the capture sees it before the network "
                                   "card cuts it, or after it was joined.")},
    [TRACK_URGENT_DATA] =
        {.name = "urgent_data",
         .words = N_("urgent"),
         .meaning = N_("The sender marks urgent data (MSG_OOB)."),
         .condition = N_("The URG flag is set."),
         .rfc = "6093 3",
         .wireshark = "tcp.urgent_pointer",
         .look = N_("The urgent pointer: one byte of the stream is out of band for the reader.")},
    [TRACK_HALF_OPEN] =
        {.name = "half_open",
         .words = N_("half-open"),
         .serious = true,
         .meaning = N_("One end still has the connection, the other does not."),
         .condition = N_(
             "A RST without ACK answers a segment of a connection that its sender had not "
             "closed; or a SYN comes for a connection that its receiver still has."),
         .rfc = "9293 3.5.1",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("The host was restarted, the program killed without a FIN, or a device between "
                    "them forgot.")},
    [TRACK_SYN_FLOOD] =
        {.name = "syn_flood",
         .words = N_("SYN flood"),
         .serious = true,
         .meaning = N_("Very many attempts at one port are not completed."),
         .condition = N_(
             "A SYN to an endpoint that has, with this one, at least 128 half-open connections in "
             "this capture."),
         .rfc = "4987 2",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("The listen queue and whether SYN cookies are on.")},
    [TRACK_UNANSWERED_SYN] =
        {.name = "unanswered_syn",
         .words = N_("unanswered"),
         .serious = true,
         .meaning = N_("A SYN is sent again and nothing has come back."),
         .condition =
             N_("The second and later repeats of a SYN while its receiver has sent nothing."),
         .rfc = "9293 3.8.3",
         .differs = N_("Wireshark says retransmission."),
         .look = N_(
             "A filter that drops (a closed port would answer with RST), a wrong address, or a "
             "full queue.")},
    [TRACK_IGNORED_RST] = {.name = "ignored_rst",
                           .words = N_("RST ignored"),
                           .serious = true,
                           .meaning = N_("A RST that its receiver does not accept: nothing ends."),
                           .condition =
                               N_("The sequence number is not exactly RCV.NXT (in SYN_SENT: "
                                  "the ack does not cover the SYN)."),
                           .rfc = "5961 3",
                           .wireshark = "tcp.connection.rst",
                           .differs =
                               N_("Wireshark, like most tools, takes the connection for reset."),
                           .look = N_("Who sent it: another device on the path, or an attacker.")},
    [TRACK_DATA_AFTER_CLOSE] =
        {.name = "data_after_close",
         .words = N_("after close"),
         .serious = true,
         .meaning = N_("Data for an end that is closed."),
         .condition = N_("Payload while the receiver is in CLOSED."),
         .rfc = "9293 3.10.7.1",
         .differs = N_("Wireshark has no such verdict."),
         .look = N_("It is answered with RST: the writer gets ECONNRESET, then EPIPE.")},
    [TRACK_UNACCEPTABLE] = {.name = "unacceptable",
                            .words = N_("not acceptable"),
                            .serious = true,
                            .meaning = N_("The receiver drops the segment."),
                            .condition =
                                N_("Outside of the window, an ack of what was never sent, or "
                                   "signed otherwise than the handshake (TCP-MD5)."),
                            .rfc = "9293 3.10.7.4",
                            .differs = N_("Wireshark takes it in."),
                            .look = N_("Forged, or from another life of the connection.")},
    [TRACK_KERNEL_DISAGREES] =
        {.name = "kernel_disagrees",
         .words = N_("kernel disagrees"),
         .serious = true,
         .meaning =
             N_("This host's kernel has its endpoint in another state than the segments show."),
         .condition = N_(
             "With --kernel and in the lab: samples of the kernel show one state and the segments "
             "another, both unchanged, for longer than the handshake took (1 s if it was not seen) "
             "and 200 ms at least. Counted once for each pair of states, and in no segment."),
         .differs = N_("Wireshark does not ask the kernel."),
         .look = N_(
             "FIN_WAIT_1 in the kernel alone: the FIN waits behind data that the peer takes "
             "none of. SYN_RECEIVED: the accept queue is full. CLOSED: the kernel gave up, or "
             "never had it (SYN cookies, a firewall). Else the capture has missed segments.")},
};

const struct track_finding_entry *track_finding_entry(enum track_finding finding)
{
    assert(finding < TRACK_FINDINGS);
    return &table[finding];
}

const char *track_finding_name(enum track_finding finding)
{
    return track_finding_entry(finding)->name;
}
