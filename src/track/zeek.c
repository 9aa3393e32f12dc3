/* Zeek's conn_state and history, and Wireshark's conversation completeness. */
#include "config.h"

#include "track/zeek.h"

#include <stddef.h>
#include <string.h>

#include "track/seq.h"

enum endpoint_state { INACTIVE, SYN_SENT, SYN_ACK_SENT, PARTIAL, ESTABLISHED, CLOSED, RESET };

enum control { CONTROL_SYN, CONTROL_FIN, CONTROL_RST };

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

/* What repeats when its sequence number differs from the last one of its kind. */
static void add_control(struct track_zeek *zeek, unsigned side, enum control kind, char letter,
                        uint32_t seq)
{
    uint8_t bit = (uint8_t)(0x10u << kind);
    if ((zeek->once[side] & bit) == 0 || zeek->control_seq[side][kind] != seq)
        put(zeek, side, letter);
    zeek->once[side] |= bit;
    zeek->control_seq[side][kind] = seq;
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
    if (fin && rst)
        add_once(zeek, side, 'i');
    else if (syn && (fin || rst))
        add_once(zeek, side, 'q');
    else if (syn)
        add_control(zeek, side, CONTROL_SYN, (flags & WIRE_ACK) != 0 ? 'h' : 's', segment->seq);
    else if (fin)
        add_control(zeek, side, CONTROL_FIN, 'f', segment->seq + segment->payload_bytes);
    else if (rst)
        add_control(zeek, side, CONTROL_RST, 'r', segment->seq);
    else if (segment->payload_bytes > 0)
        add_once(zeek, side, 'd');
    else if ((flags & WIRE_ACK) != 0)
        add_once(zeek, side, 'a');
}

static bool zero_window_counts(const struct track_zeek *zeek, unsigned side,
                               const struct wire_segment *segment)
{
    return segment->window == 0 && (segment->flags & WIRE_RST) == 0 && zeek->state[side] != RESET &&
           zeek->state[!side] != CLOSED;
}

/* --- t: by one number a direction, the highest one sent; so what comes out of order counts too,
 * and so does the payload of a first SYN --- */

static void begin_numbers(struct track_zeek *zeek, unsigned side,
                          const struct wire_segment *segment, uint32_t end)
{
    bool syn = (segment->flags & WIRE_SYN) != 0;
    uint8_t state = zeek->state[side];
    if (state != INACTIVE && (!syn || state == CLOSED))
        return;
    if (state == RESET && zeek->previous[side] != INACTIVE)
        return;
    if ((state == SYN_SENT || state == SYN_ACK_SENT) && segment->seq == zeek->start_seq[side])
        return;
    zeek->start_seq[side] = syn ? segment->seq : segment->seq - 1;
    zeek->highest_end[side] = syn ? end : segment->seq;
}

/* A SYN or RST this far off says nothing about the stream. */
#define FAR_OFF (1 << 20)

static bool is_retransmitted(struct track_zeek *zeek, unsigned side,
                             const struct wire_segment *segment)
{
    bool syn = (segment->flags & WIRE_SYN) != 0, fin = (segment->flags & WIRE_FIN) != 0,
         rst = (segment->flags & WIRE_RST) != 0;
    uint32_t end = segment->seq + (rst ? 0 : segment->payload_bytes) + syn + fin;
    begin_numbers(zeek, side, segment, end);
    int32_t advance = seq_diff(end, zeek->highest_end[side]);
    if ((syn || rst) && (advance > FAR_OFF || advance < -FAR_OFF))
        return false;
    bool only_syn_before = zeek->highest_end[side] == zeek->start_seq[side] + 1;
    if (!(fin && only_syn_before)) {
        if (zeek->state[side] == RESET)
            return false;
        if (advance <= 0)
            return segment->payload_bytes > 0;
    }
    zeek->highest_end[side] = end;
    return false;
}

/* --- the two endpoint states --- */

static void enter(struct track_zeek *zeek, unsigned side, enum endpoint_state state)
{
    if (zeek->state[side] == state)
        return;
    zeek->previous[side] = zeek->state[side];
    zeek->state[side] = (uint8_t)state;
}

static void first_syn(struct track_zeek *zeek, unsigned side, bool ack)
{
    unsigned peer = !side;
    if (side == 0 && zeek->state[peer] != ESTABLISHED) {
        enter(zeek, side, ack ? SYN_ACK_SENT : SYN_SENT);
        return;
    }
    /* The responder's SYN establishes both; so does an originator's that comes after the SYN-ACK.
     */
    if (zeek->state[peer] == SYN_SENT)
        enter(zeek, peer, ESTABLISHED);
    enter(zeek, side, ESTABLISHED);
}

static void move_inactive(struct track_zeek *zeek, unsigned side,
                          const struct wire_segment *segment)
{
    unsigned flags = segment->flags;
    bool ack = (flags & WIRE_ACK) != 0;
    if ((flags & WIRE_SYN) != 0)
        first_syn(zeek, side, ack);
    if ((flags & WIRE_FIN) != 0)
        enter(zeek, side, CLOSED);
    if ((flags & WIRE_RST) != 0)
        enter(zeek, side, RESET);
    if (zeek->state[side] != INACTIVE)
        return;
    if (side == 1 && segment->payload_bytes == 0 && zeek->state[0] == SYN_SENT)
        return; /* an ACK before the SYN-ACK */
    enter(zeek, side, ack && zeek->state[!side] == ESTABLISHED ? ESTABLISHED : PARTIAL);
}

static void move_established(struct track_zeek *zeek, unsigned side, unsigned flags)
{
    unsigned peer = !side;
    if ((flags & (WIRE_SYN | WIRE_ACK)) == WIRE_SYN && zeek->state[side] == PARTIAL &&
        zeek->state[peer] == INACTIVE)
        enter(zeek, side, SYN_SENT);
    if ((flags & WIRE_RST) != 0) {
        enter(zeek, side, RESET);
    } else if ((flags & WIRE_FIN) != 0) {
        enter(zeek, side, CLOSED);
        /* FIN, RST, and only then the other FIN: a normal end all the same. */
        if (zeek->state[peer] == RESET && zeek->previous[peer] == CLOSED)
            enter(zeek, peer, CLOSED);
    }
}

static void move(struct track_zeek *zeek, unsigned side, const struct wire_segment *segment)
{
    unsigned flags = segment->flags;
    switch ((enum endpoint_state)zeek->state[side]) {
    case INACTIVE:
        move_inactive(zeek, side, segment);
        break;
    case SYN_SENT:
    case SYN_ACK_SENT:
        if ((flags & WIRE_FIN) != 0)
            enter(zeek, side, CLOSED);
        if ((flags & WIRE_RST) != 0)
            enter(zeek, side, RESET);
        break;
    case PARTIAL:
    case ESTABLISHED:
        move_established(zeek, side, flags);
        break;
    case CLOSED:
        if ((flags & WIRE_RST) != 0 && zeek->state[!side] != CLOSED)
            enter(zeek, side, RESET);
        break;
    case RESET:
        break;
    }
}

/* A gap counts between ends that were established and have not been reset since. */
static bool is_clean(const struct track_zeek *zeek, unsigned side)
{
    return zeek->state[side] == ESTABLISHED ||
           (zeek->state[side] == CLOSED && zeek->previous[side] == ESTABLISHED);
}

/* --- Wireshark --- */

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
    add_flags(zeek, side, segment);
    if (zero_window_counts(zeek, side, segment))
        add_logarithmic(zeek, side, 'w');
    if (is_retransmitted(zeek, side, segment))
        add_logarithmic(zeek, side, 't');
    if (segment->payload_bytes > 0 && (segment->flags & WIRE_RST) == 0)
        zeek->has_payload[side] = true;
    move(zeek, side, segment);
    if (facts->gap && is_clean(zeek, 0) && is_clean(zeek, 1))
        add_logarithmic(zeek, !side, 'g');
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
