/* Zeek's conn_state and history, and Wireshark's conversation completeness, so that other tools'
 * logs and ours can be laid side by side. They are defined by those programs, not by RFCs. */
#ifndef TCPVIZ_TRACK_ZEEK_H
#define TCPVIZ_TRACK_ZEEK_H

#include <stdbool.h>
#include <stdint.h>

#include "wire/segment.h"

#define ZEEK_HISTORY 32

/* By originator (0) and responder (1). */
struct track_zeek {
    union {
        char history[ZEEK_HISTORY]; /* letters, not terminated */
        uint64_t first_letters;
    };
    uint32_t control_seq[2][3];            /* of the latest SYN, FIN, RST */
    uint32_t start_seq[2], highest_end[2]; /* of what was sent */
    uint32_t seen[2][4];                   /* of c, g, t, w */
    uint8_t length;
    uint8_t once[2];        /* a, d, i, q, and which of SYN, FIN, RST were seen */
    uint8_t state[2];       /* Zeek's endpoint state */
    uint8_t previous[2];    /* the one before */
    uint8_t completeness;   /* Wireshark's bits */
    uint8_t has_payload[2]; /* bool */
    uint8_t begun;          /* bool */
};

/* What the segment was found to be, beyond its flags. */
struct zeek_facts {
    bool gap; /* it acks data of the other end that is not in the capture */
    bool bad_checksum;
};

/* Takes in a segment of the originator (side 0) or the responder. flipped: the first segment of the
 * connection came from the end that was then taken for the responder. */
void zeek_segment(struct track_zeek *zeek, unsigned side, const struct wire_segment *segment,
                  const struct zeek_facts *facts, bool flipped);

/* "SF", "S0", … */
const char *zeek_conn_state(const struct track_zeek *zeek);
/* The history as a string; text holds ZEEK_HISTORY + 1. */
const char *zeek_history_text(const struct track_zeek *zeek, char *text);

#endif
