/* The sequence space of one direction: what was sent, without gaps and beyond them. Internal. */
#ifndef TCPVIZ_TRACK_SEQUENCE_H
#define TCPVIZ_TRACK_SEQUENCE_H

#include "track/conn.h"

/* SEG.LEN: payload, SYN and FIN. */
uint32_t sequence_length(const struct wire_segment *segment);
enum sequence_refusal {
    SEQUENCE_TAKEN,
    SEQUENCE_BEYOND_WINDOW,
    SEQUENCE_WILD_ACK,
    SEQUENCE_WRONGLY_SIGNED
};

/* RFC 9293 section 3.10.7.4, first and fifth check, and RFC 2385: whether the receiver will take
 * the segment. What it will not take says nothing about the sender either: it may be forged. What
 * the capture missed looks alike at first; it is believed when it goes on. */
enum sequence_refusal sequence_judge(struct track_conn *conn, enum track_side side,
                                     const struct wire_segment *segment);
/* Takes in what side sent, and what its ack says about the peer. */
void sequence_sent(struct track_conn *conn, enum track_side side,
                   const struct wire_segment *segment);
/* The same for a segment that goes on where the sender's last one ended, without SYN, FIN and RST,
 * whose ack is of something sent. */
void sequence_went_on(struct track_conn *conn, enum track_side side,
                      const struct wire_segment *segment);
/* Whether an ack can be of what this end sent, captured or not. */
bool sequence_ack_possible(const struct track_endpoint *end, uint32_t ack);
/* Whether a FIN of this end that the capture lacks may lie before a number of its: only what is
 * known from acks and from the numbers of bare segments can be one. */
bool sequence_fin_may_hide(const struct track_endpoint *end, uint32_t before);
/* RFC 9293 section 3.10.7.4 (SND.WL1 and SND.WL2): an older segment that acks nothing new says
 * nothing about the window of this end. */
bool sequence_window_is_old(const struct track_endpoint *end, const struct wire_segment *segment);
/* Bytes of the segment that were not sent before. */
uint32_t sequence_new_bytes(const struct track_conn *conn, enum track_side side,
                            const struct wire_segment *segment);

#endif
