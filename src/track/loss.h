/* Lost by the network or missed by the capture: gaps in what an endpoint was seen to send, and what
 * it sent again. Internal.
 *
 * A gap that is filled no sooner than a round trip after it showed was filled by a retransmission:
 * the network had lost those bytes before the capture point. Sooner, they were only overtaken. A
 * gap that is acknowledged was never there for the receiver: the capture missed those bytes. Bytes
 * that were seen before and come again, not acknowledged yet, were lost behind the capture point,
 * unless a SACK or D-SACK (RFC 2018, RFC 2883) tells that the first copy had arrived as well. A FIN
 * counts as a byte.
 */
#ifndef TCPVIZ_TRACK_LOSS_H
#define TCPVIZ_TRACK_LOSS_H

#include <stdbool.h>
#include <stdint.h>

struct loss_board;

/* Of what one endpoint sends. Zeroed: nothing lost. */
struct loss {
    struct loss_board *board; /* owned; NULL until there is a gap or a repetition */
    uint64_t by_network;      /* bytes, each lost copy counted */
    uint64_t by_capture;
};

/* A segment and what was known before it. */
struct loss_segment {
    uint32_t left, right;      /* its sequence numbers */
    uint32_t snd_una, snd_nxt; /* snd_una: left where no ack is known */
    int64_t time_ns;
    int64_t newest_ns;     /* when snd_nxt was last advanced */
    int64_t round_trip_ns; /* the shortest known of the whole path */
    bool repeat_asked;     /* the receiver has sent duplicate acks or SACK blocks since */
    bool kept; /* the receiver has reported all of it by SACK, or refused it with the SYN */
};

void loss_sent(struct loss *loss, const struct loss_segment *segment);
/* Was seen, but may be forged: it counts as seen once it is acknowledged. */
void loss_doubted(struct loss *loss, uint32_t left, uint32_t right);
/* The receiver acknowledges up to ack, more than before. Returns how many doubted bytes it took. */
uint32_t loss_acked(struct loss *loss, uint32_t ack, uint32_t snd_nxt, int64_t time_ns);
/* The receiver says that it got [left, right) twice. */
void loss_got_twice(struct loss *loss, uint32_t left, uint32_t right);
/* Frees what it owns, not the struct itself. */
void loss_free(struct loss *loss);

#endif
