/* What is kept of one connection's life to draw it: its first and last segments whole, those in
 * between that open, close or move it, and counts of the rest; its transitions; its record.
 *
 * Memory is bounded by the options, however long the connection lives. */
#ifndef TCPVIZ_VIEW_TIMELINE_H
#define TCPVIZ_VIEW_TIMELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/diagnose.h"
#include "track/tracker.h"

/* A segment as kept: struct track_event without what follows from the rest. */
#define VIEW_SACK_KEPT 3 /* blocks of a segment, the first ones */
struct view_event {
    uint64_t frame;
    int64_t time_ns;
    int64_t rel_seq, rel_ack;
    track_finding_set findings;
    uint32_t seq, ack;
    uint32_t payload_bytes;
    uint32_t window_bytes;
    uint32_t sum_bytes;
    uint32_t expected_seq, expected_ack; /* of the checks of that name */
    uint32_t bytes_in_flight;
    uint32_t related_before;          /* how many frames back the related one is; 0: none */
    uint32_t sack[VIEW_SACK_KEPT][2]; /* left and right, counted from ack on */
    uint16_t flags, window, urgent;
    uint16_t option_present, option_mss;
    uint16_t outcomes; /* two bits a check, enum track_outcome */
    uint16_t duplicate_ack_number;
    uint8_t option_window_scale, option_sack_blocks;
    uint8_t states;   /* client's in the low four bits, server's in the high */
    uint8_t marks[2]; /* see timeline.c */
};

/* A socket call as kept, or a kernel's word on its end. */
struct view_call {
    int64_t time_ns, end_ns; /* made, and returned */
    uint8_t side;            /* enum track_side: whose it was */
    uint8_t end;             /* enum track_call_end */
    bool kernel;             /* no call: the state that the kernel of this side says */
    uint8_t state;           /* … enum track_state */
    uint8_t agreement;       /* … enum track_agreement */
    char text[96];           /* as struct track_call's */
    char outcome[48];
};

struct view_timeline_options {
    size_t first, last; /* segments kept whole at either end; each at least 1 */
    size_t between;     /* notable segments kept between them */
};

/* A run of segments of which only this is known. */
struct view_fold {
    uint64_t segments, payload_bytes, retransmissions;
    uint64_t unique_bytes; /* of the payload, those not sent before */
    int64_t start_ns, end_ns;
};

enum view_item_kind { VIEW_ITEM_EVENT, VIEW_ITEM_FOLD };

struct view_item {
    enum view_item_kind kind;
    union {
        struct track_event event; /* SACK blocks after the third, timestamps and urgent
                                     data aside, as it was */
        struct view_fold fold;
    };
};

/* Adds what an item stands for to a count: an event or a fold. */
void view_fold_add(struct view_fold *fold, const struct view_item *item);
/* Whether a segment repeats what was sent before, in any of the ways there are names for. */
bool view_is_retransmission(track_finding_set findings);

struct view_timeline;

/* The options are copied. Never NULL. */
struct view_timeline *view_timeline_new(const struct view_timeline_options *options);
/* Another one that holds the same and owns all of it; not of a part. */
struct view_timeline *view_timeline_copy(const struct view_timeline *timeline);
void view_timeline_free(struct view_timeline *timeline);

/* Asks the caches for what an event needs of it. */
void view_timeline_prefetch(const struct view_timeline *timeline);
/* What the tracker's observer hears of this one connection. conn may be NULL: then the record and
 * the transitions that are still open stay as they are. */
void view_timeline_event(struct view_timeline *timeline, const struct track_conn *conn,
                         const struct track_event *event);
void view_timeline_transition(struct view_timeline *timeline,
                              const struct track_transition *transition);
void view_timeline_connection(struct view_timeline *timeline,
                              const struct track_connection *connection);

/* A socket call of the endpoint on this side. Of many only the first are kept. */
void view_timeline_call(struct view_timeline *timeline, enum track_side side,
                        const struct track_call *call);

/* A kernel's word on the endpoint of socket->side. Kept when its state or the verdict has changed;
 * counts as one of the calls. */
void view_timeline_kernel(struct view_timeline *timeline, const struct track_kernel_socket *socket);
/* Whose call it is: by both addresses, or by the port alone where its socket has no peer, as a
 * listener has none. False: of neither end. */
bool view_call_side(const struct track_call *call, const struct track_connection *connection,
                    enum track_side *side);

/* When a segment was at both ends of the wire. Of many only the first are kept. */
void view_timeline_passage(struct view_timeline *timeline, const struct track_passage *passage);
/* NULL: not known. */
const struct track_passage *view_timeline_find_passage(const struct view_timeline *timeline,
                                                       uint64_t frame);
bool view_timeline_has_passages(const struct view_timeline *timeline);

/* Forgets the segments, keeps counting them: for a bound over many timelines. */
void view_timeline_drop_events(struct view_timeline *timeline);
/* How many segments are kept whole. */
size_t view_timeline_kept(const struct view_timeline *timeline);

/* The life in order: events and, between them, folds. */
size_t view_timeline_count(const struct view_timeline *timeline);
void view_timeline_item(const struct view_timeline *timeline, size_t index, struct view_item *out);

/* Final transitions, then those that may still be revised; valid until the timeline changes. */
const struct track_transition *view_timeline_transitions(const struct view_timeline *timeline,
                                                         size_t *count);
/* The calls in the order in which they were told; valid until the timeline changes. */
const struct view_call *view_timeline_calls(const struct view_timeline *timeline, size_t *count);
/* The connection's record, as of the last event; final once it ended, and with the round-trip times
 * of its measures only then. */
const struct track_connection *view_timeline_record(const struct view_timeline *timeline);
/* What is the matter with it at now_ns, or at its last event if that is later. */
size_t view_timeline_diagnose(const struct view_timeline *timeline, int64_t now_ns,
                              struct explain_diagnosis out[EXPLAIN_MAX_DIAGNOSES]);
bool view_timeline_ended(const struct view_timeline *timeline);
/* Changes whenever anything above does; a part's are never those of the whole. */
uint64_t view_timeline_generation(const struct view_timeline *timeline);

/* For cut.c: the first items alone, at least one, and the calls made until then, without
 * transitions; see view_cut(). */
struct view_timeline *view_timeline_part(const struct view_timeline *whole, size_t items,
                                         int64_t until_ns);
void view_timeline_set_record(struct view_timeline *timeline,
                              const struct track_connection *record);

#endif
