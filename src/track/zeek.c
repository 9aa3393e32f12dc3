/* Zeek's conn_state and history, and Wireshark's conversation completeness. */
#include "config.h"

#include "track/zeek.h"

#include <stddef.h>
#include <string.h>

enum endpoint_state { INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET };

/* Letters that repeat when their sequence number differs from the last one of their kind. */
static const char by_seq[] = "shfr";
/* Letters that repeat at their 1st, 10th, 100th … time. */
static const char logarithmic[] = "cgtw";
/* Letters once per direction. */
static const char once[] = "adiq";

enum {
    COMPLETE_SYN = 1,
    COMPLETE_SYN_ACK = 2,
    COMPLETE_ACK = 4,
    COMPLETE_DATA = 8,
    COMPLETE_FIN = 16,
    COMPLETE_RST = 32
};

static void put(struct track_zeek *zeek, unsigned side, char letter)
{
    if (zeek->length < ZEEK_HISTORY)
        zeek->history[zeek->length++] = (char)(side == 0 ? letter - 'a' + 'A' : letter);
}

static void add_once(struct track_zeek *zeek, unsigned side, char letter)
{
    uint8_t bit = (uint8_t)(1u << (strchr(once, letter) - once));
    if ((zeek->once[side] & bit) != 0)
        return;
    zeek->once[side] |= bit;
    put(zeek, side, letter);
}

static void add_by_seq(struct track_zeek *zeek, unsigned side, char letter, uint32_t seq)
{
    ptrdiff_t kind = strchr(by_seq, letter) - by_seq;
    uint8_t bit = (uint8_t)(0x10u << kind);
    if ((zeek->once[side] & bit) != 0 && zeek->last_seq[side][kind] == seq)
        return;
    zeek->once[side] |= bit;
    zeek->last_seq[side][kind] = seq;
    put(zeek, side, letter);
}

static bool is_power_of_ten(uint32_t n)
{
    while (n >= 10 && n % 10 == 0)
        n /= 10;
    return n == 1;
}

static void add_logarithmic(struct track_zeek *zeek, unsigned side, char letter)
{
    ptrdiff_t kind = strchr(logarithmic, letter) - logarithmic;
    if (is_power_of_ten(++zeek->seen[side][kind]))
        put(zeek, side, letter);
}

static void add_flags(struct track_zeek *zeek, unsigned side, const struct wire_segment *segment)
{
    unsigned flags = segment->flags;
    bool syn = (flags & WIRE_SYN) != 0, fin = (flags & WIRE_FIN) != 0,
         rst = (flags & WIRE_RST) != 0;
    if (syn && (fin || rst))
        add_once(zeek, side, 'q');
    if (fin && rst)
        add_once(zeek, side, 'i');
    if (syn)
        add_by_seq(zeek, side, (flags & WIRE_ACK) != 0 ? 'h' : 's', segment->seq);
    if (fin)
        add_by_seq(zeek, side, 'f', segment->seq);
    if (rst)
        add_by_seq(zeek, side, 'r', segment->seq);
    if (syn || fin || rst)
        return;
    if (segment->payload_bytes > 0)
        add_once(zeek, side, 'd');
    else if ((flags & WIRE_ACK) != 0)
        add_once(zeek, side, 'a');
}

static bool zero_window_counts(const struct track_zeek *zeek, unsigned side,
                               const struct wire_segment *segment)
{
    return segment->window == 0 && (segment->flags & WIRE_RST) == 0 && zeek->state[0] != RESET &&
           zeek->state[1] != RESET && zeek->state[!side] != CLOSED;
}

/* Zeek's TCP_Analyzer, reduced to what moves an endpoint. */
static void move(struct track_zeek *zeek, unsigned side, unsigned flags)
{
    uint8_t *own = &zeek->state[side], *peer = &zeek->state[!side];
    if ((flags & WIRE_RST) != 0) {
        /* A FIN that a RST of an end which had sent its own FIN follows stays a close. */
        if (*own != CLOSED)
            *own = RESET;
    } else if ((flags & WIRE_FIN) != 0) {
        *own = CLOSED;
    } else if ((flags & WIRE_SYN) != 0) {
        if (*own == INACTIVE || *own == PARTIAL || *own == SYN_SENT)
            *own = (flags & WIRE_ACK) != 0 ? SYN_ACK_SENT : SYN_SENT;
    } else if (*peer == SYN_ACK_SENT && (*own == SYN_SENT || *own == SYN_ACK_SENT)) {
        *own = *peer = ESTABLISHED;
    } else if (*own == INACTIVE) {
        *own = PARTIAL;
    }
}

static uint8_t completeness_bits(const struct track_zeek *zeek, const struct wire_segment *segment)
{
    unsigned flags = segment->flags;
    bool ack = (flags & WIRE_ACK) != 0;
    unsigned bits = 0;
    if ((flags & WIRE_SYN) != 0) {
        if (ack)
            bits |= COMPLETE_SYN_ACK;
        else if (!zeek->begun)
            bits |= COMPLETE_SYN | (segment->payload_bytes > 0 ? COMPLETE_DATA : 0u);
    } else if (ack) {
        bits |= segment->payload_bytes > 0 ? COMPLETE_DATA : COMPLETE_ACK;
    }
    if ((flags & WIRE_FIN) != 0 && ack)
        bits |= COMPLETE_FIN;
    if ((flags & WIRE_RST) != 0)
        bits |= COMPLETE_RST;
    return (uint8_t)bits;
}

void zeek_segment(struct track_zeek *zeek, unsigned side, const struct wire_segment *segment,
                  const struct zeek_facts *facts, bool flipped)
{
    zeek->completeness |= completeness_bits(zeek, segment);
    if (!zeek->begun && flipped && zeek->length < ZEEK_HISTORY)
        zeek->history[zeek->length++] = '^';
    zeek->begun = true;
    if (facts->bad_checksum) {
        add_logarithmic(zeek, side, 'c');
        return;
    }
    if (facts->gap)
        add_logarithmic(zeek, side, 'g');
    add_flags(zeek, side, segment);
    if (facts->retransmitted_payload)
        add_logarithmic(zeek, side, 't');
    if (zero_window_counts(zeek, side, segment))
        add_logarithmic(zeek, side, 'w');
    if (segment->payload_bytes > 0)
        zeek->has_payload[side] = true;
    move(zeek, side, segment->flags);
}

static bool inactive(uint8_t state)
{
    return state == INACTIVE || state == PARTIAL;
}

/* ^?S[^HAFGIQ]*R : the originator's SYN, then its RST, nothing answered. */
static bool syn_then_rst(const struct track_zeek *zeek)
{
    unsigned at = zeek->length > 0 && zeek->history[0] == '^' ? 1 : 0;
    if (at == zeek->length || zeek->history[at] != 'S')
        return false;
    for (at++; at < zeek->length; at++) {
        if (zeek->history[at] == 'R')
            return true;
        if (strchr("HAFGIQ", zeek->history[at]) != NULL)
            return false;
    }
    return false;
}

const char *zeek_conn_state(const struct track_zeek *zeek)
{
    uint8_t o = zeek->state[0], r = zeek->state[1];
    if (r == RESET) {
        bool nothing = !zeek->has_payload[0] && !zeek->has_payload[1];
        if (o == SYN_SENT || o == SYN_ACK_SENT || (o == RESET && nothing))
            return "REJ";
        return inactive(o) ? "RSTRH" : "RSTR";
    }
    if (o == RESET) {
        if (!inactive(r))
            return "RSTO";
        return syn_then_rst(zeek) ? "RSTOS0" : "OTH";
    }
    if (o == CLOSED && r == CLOSED)
        return "SF";
    if (o == CLOSED)
        return inactive(r) ? "SH" : "S2";
    if (r == CLOSED)
        return inactive(o) ? "SHR" : "S3";
    if (o == SYN_SENT && r == INACTIVE)
        return "S0";
    return o == ESTABLISHED && r == ESTABLISHED ? "S1" : "OTH";
}

const char *zeek_history_text(const struct track_zeek *zeek, char *text)
{
    memcpy(text, zeek->history, zeek->length);
    text[zeek->length] = '\0';
    return text;
}
