/* What a segment means, in sentences: what it is, the sums behind its numbers, what it moved, what
 * is odd about it, which calls belong to it, what can come next, what is easily taken wrongly.
 *
 * No line breaks within a sentence, no full stop at its end. Translatable: base/intl.h. */
#ifndef TCPVIZ_EXPLAIN_SEGMENT_H
#define TCPVIZ_EXPLAIN_SEGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/event.h"

struct explain_options {
    bool absolute; /* sequence numbers as on the wire */
    bool ascii;
};

/* A segment in its connection: what the sentences are made from. All borrowed. */
struct explain_subject {
    const struct track_event *event;
    const struct track_connection *record;
    const struct track_transition *transitions; /* of the connection, as known now */
    size_t transition_count;
};

/* Each appends one sentence, or nothing where there is nothing to say. */

/* "a pure ACK: it carries no data and takes no sequence number"; never nothing */
void explain_what(const struct explain_subject *subject, const struct explain_options *options,
                  struct base_strbuf *out);
/* "seq 1 is the next one expected; + 100 bytes makes 101 the next" */
void explain_seq(const struct explain_subject *subject, const struct explain_options *options,
                 struct base_strbuf *out);
/* "ack 1301 = 1201 + 100: 100 bytes arrived; 1301 is the next one that the server expects" */
void explain_ack(const struct explain_subject *subject, const struct explain_options *options,
                 struct base_strbuf *out);
/* "client: SYN_SENT → ESTABLISHED: received SYN,ACK (RFC 9293 3.10.7.3)" */
void explain_transition(const struct track_transition *transition,
                        const struct explain_options *options, struct base_strbuf *out);
/* "retransmission by timeout: repeats frame 4" */
void explain_finding(const struct explain_subject *subject, enum track_finding finding,
                     struct base_strbuf *out);
/* "the checksum is wrong": of a check that breaks, other than seq and ack */
void explain_broken_check(enum track_check_kind check, struct base_strbuf *out);
/* "connect() returns 0 at the client when this arrives": the likely socket call at either end */
void explain_calls(const struct explain_subject *subject, const struct explain_options *options,
                   struct base_strbuf *out);
/* "next: the ACK that completes the handshake" */
void explain_next(const struct explain_subject *subject, const struct explain_options *options,
                  struct base_strbuf *out);

/* All of these that there are, a line each, in the order above; every line ends with a newline. */
void explain_segment(const struct explain_subject *subject, const struct explain_options *options,
                     struct base_strbuf *out);

/* --- what is easily taken wrongly --- */

/* Which lessons a connection has given so far: a bit each. */
typedef uint64_t explain_lesson_set;

/* At most this many at one segment; the others wait for the next place that fits. */
#define EXPLAIN_LESSONS_AT_ONCE 3

/* The lessons that fit this segment and are not in *given, a line each, added to *given: call it
 * for a connection's segments in order, beginning with an empty set, and each comes once, at the
 * first segment that it fits. out may be NULL, to only go past a segment. */
void explain_lessons(const struct explain_subject *subject, const struct explain_options *options,
                     explain_lesson_set *given, struct base_strbuf *out);

#endif
