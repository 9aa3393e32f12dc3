/* What is the matter with a connection, by its symptoms: each said in plain words, with the frames
 * that show it.
 *
 * A case gathers what is needed from the tracker's events and final transitions, in bounded memory;
 * who wants diagnoses owns it. */
#ifndef TCPVIZ_EXPLAIN_DIAGNOSE_H
#define TCPVIZ_EXPLAIN_DIAGNOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/event.h"

/* Append only, except that the order is that in which diagnoses are told. */
enum explain_symptom {
    EXPLAIN_PORT_CLOSED,
    EXPLAIN_NO_ANSWER,
    EXPLAIN_PROHIBITED,
    EXPLAIN_UNREACHABLE,
    EXPLAIN_SYN_LOST,
    EXPLAIN_SYN_ACK_LOST,
    EXPLAIN_NEVER_COMPLETED,
    EXPLAIN_LISTEN_QUEUE_FULL,
    EXPLAIN_LISTEN_QUEUE_RESET,
    EXPLAIN_ABORTED_OPEN,
    EXPLAIN_SIMULTANEOUS_OPEN,
    EXPLAIN_SELF_CONNECT,
    EXPLAIN_SYN_FLOOD,
    EXPLAIN_TIME_WAIT_REUSED,
    EXPLAIN_ZERO_WINDOW_STALL,
    EXPLAIN_NAGLE_DELAYED_ACK,
    EXPLAIN_DATA_LOST,
    EXPLAIN_PEER_SILENT,
    EXPLAIN_PATH_MTU,
    EXPLAIN_HALF_OPEN_PEER,
    EXPLAIN_BLIND_RESET_IGNORED,
    EXPLAIN_RESET_UNREAD_DATA,
    EXPLAIN_RESET_LINGER_ZERO,
    EXPLAIN_WROTE_AFTER_CLOSE,
    EXPLAIN_CLOSE_WAIT_HELD,
    EXPLAIN_FIN_WAIT_2_STUCK,
    EXPLAIN_FIN_WAIT_2_EXPIRED,
    EXPLAIN_SIMULTANEOUS_CLOSE,
    EXPLAIN_LAST_ACK_LOST,
    EXPLAIN_TIME_WAIT_BLOCKS_BIND,
    EXPLAIN_OFFLOAD_SEGMENTS,
    EXPLAIN_OFFLOAD_CHECKSUMS,
    EXPLAIN_BAD_CHECKSUMS,
    EXPLAIN_CAPTURE_LOSS,
    EXPLAIN_SYMPTOMS
};

struct explain_symptom_entry {
    const char *name;      /* in JSON: "close_wait_held" */
    const char *text;      /* what it says, with places; for people */
    const char *condition; /* exactly when it is told */
    const char *reference; /* RFC or manual page that tells more */
};

/* Never NULL. */
const struct explain_symptom_entry *explain_symptom_entry(enum explain_symptom symptom);

#define EXPLAIN_EVIDENCE 4

struct explain_diagnosis {
    uint8_t symptom; /* enum explain_symptom */
    uint8_t side;    /* enum track_side: whom it is about */
    uint8_t frame_count;
    uint32_t count;                    /* how often it was seen */
    int64_t span_ns;                   /* how long it lasted, or 0 */
    uint64_t frames[EXPLAIN_EVIDENCE]; /* ascending: the first ones and the last one */
};

struct explain_case;

/* Never NULL. */
struct explain_case *explain_case_new(void);
/* Another one that knows the same. */
struct explain_case *explain_case_copy(const struct explain_case *kase);
void explain_case_free(struct explain_case *kase);
/* Asks the caches for what an event needs of it. NULL is allowed. */
void explain_case_prefetch(const struct explain_case *kase);
/* What the tracker's observer hears of the connection. The first SYN may be left out if
 * explain_case_opened() says when it was: a flood of SYNs then needs no cases. */
void explain_case_opened(struct explain_case *kase, int64_t syn_ns);
void explain_case_event(struct explain_case *kase, const struct track_event *event);
void explain_case_transition(struct explain_case *kase, const struct track_transition *transition);

/* Each symptom comes once an end at most. */
#define EXPLAIN_MAX_DIAGNOSES (2 * EXPLAIN_SYMPTOMS)

/* What the case and the record come to at now_ns, the newest time known. kase may be NULL: nothing
 * was heard but the record. open: transitions that the case was not told because they may still be
 * revised. Returns how many of out[] it filled. */
size_t explain_diagnose(const struct explain_case *kase, const struct track_connection *record,
                        const struct track_transition *open, size_t open_count, int64_t now_ns,
                        struct explain_diagnosis out[EXPLAIN_MAX_DIAGNOSES]);

/* Appends the sentences of a diagnosis; nothing that is not ASCII where ascii is set. */
void explain_diagnosis_text(const struct explain_diagnosis *diagnosis,
                            const struct track_connection *record, bool ascii,
                            struct base_strbuf *out);

#endif
