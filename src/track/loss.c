/* Lost by the network or missed by the capture: gaps in what an endpoint was seen to send, and what
 * it sent again. */
#include "config.h"

#include "track/loss.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/seq.h"

/* At a time; the oldest is no longer followed when there are more. */
#define MAX_GAPS 16
#define MAX_REPEATS 8
#define MAX_DOUBTED 4

/* Records of the two directions may be swapped by so much (several capture queues): an acked gap
 * that is filled within this time was not missed. */
#define SWAPPED_NS INT64_C(3000000)

struct loss_range {
    uint32_t left, right;
    int64_t time_ns;
};

struct loss_board {
    struct loss_range gap[MAX_GAPS]; /* not seen, not acknowledged; in the order they showed */
    struct loss_range repeat[MAX_REPEATS]; /* counted as lost because they came again */
    struct loss_range missed;              /* the latest range counted as missed by the capture */
    uint32_t recover; /* highest number sent when something was last sent again: until it is
                         acknowledged, more may be sent again at any time */
    struct loss_range doubted[MAX_DOUBTED]; /* seen and not believed; empty: none */
    uint8_t gaps, repeats, next_repeat, next_doubted;
    bool recovering;
};

/* Hostile times are far apart: no overflow. */
static int64_t elapsed(int64_t from_ns, int64_t to_ns)
{
    return (int64_t)((uint64_t)to_ns - (uint64_t)from_ns);
}

static struct loss_board *board_of(struct loss *loss)
{
    if (loss->board == NULL)
        loss->board = base_calloc(1, sizeof *loss->board);
    return loss->board;
}

/* Cuts [left, right) down to what it shares with range; false when that is nothing. */
static bool intersect(uint32_t *left, uint32_t *right, const struct loss_range *range)
{
    *left = seq_max(*left, range->left);
    if (seq_gt(*right, range->right))
        *right = range->right;
    return seq_lt(*left, *right);
}

static void add_gap(struct loss_board *board, uint32_t left, uint32_t right, int64_t time_ns)
{
    if (board->gaps < MAX_GAPS)
        board->gap[board->gaps++] = (struct loss_range){left, right, time_ns};
}

static void remove_gap(struct loss_board *board, unsigned at)
{
    board->gaps--;
    memmove(&board->gap[at], &board->gap[at + 1], (board->gaps - at) * sizeof board->gap[0]);
}

/* Takes [left, right), a part of it, out of a gap. */
static void cut_gap(struct loss_board *board, unsigned at, uint32_t left, uint32_t right)
{
    struct loss_range old = board->gap[at];
    if (left == old.left && right == old.right) {
        remove_gap(board, at);
    } else if (left == old.left) {
        board->gap[at].left = right;
    } else {
        board->gap[at].right = left;
        if (right != old.right)
            add_gap(board, right, old.right, old.time_ns);
    }
}

/* What of [left, right) lies in gaps: counts it, closes them and returns how many bytes that were.
 */
static uint32_t fill_gaps(struct loss *loss, const struct loss_segment *segment, uint32_t left,
                          uint32_t right)
{
    struct loss_board *board = loss->board;
    uint32_t filled = 0;
    for (unsigned i = board->gaps; i-- > 0;) {
        uint32_t from = left, to = right;
        if (!intersect(&from, &to, &board->gap[i]))
            continue;
        filled += to - from;
        if (elapsed(board->gap[i].time_ns, segment->time_ns) >= segment->round_trip_ns)
            loss->by_network += to - from;
        cut_gap(board, i, from, to);
    }
    return filled;
}

/* A copy made by the network comes at once; no sender repeats that soon unasked. */
static bool is_wire_copy(const struct loss *loss, const struct loss_segment *segment)
{
    const struct loss_board *board = loss->board;
    if (segment->repeat_asked ||
        (board != NULL && board->recovering && seq_lt(segment->snd_una, board->recover)))
        return false;
    return elapsed(segment->newest_ns, segment->time_ns) < segment->round_trip_ns;
}

static void note_repeat(struct loss *loss, const struct loss_segment *segment, uint32_t left,
                        uint32_t right, uint32_t bytes)
{
    struct loss_board *board = board_of(loss);
    loss->by_network += bytes;
    board->repeat[board->next_repeat] = (struct loss_range){left, right, segment->time_ns};
    board->next_repeat = (uint8_t)((board->next_repeat + 1) % MAX_REPEATS);
    if (board->repeats < MAX_REPEATS)
        board->repeats++;
    board->recovering = true;
    board->recover = segment->snd_nxt;
}

/* Seen after its ack: the records were swapped. */
static void unmiss(struct loss *loss, const struct loss_segment *segment)
{
    struct loss_board *board = loss->board;
    uint32_t left = segment->left, right = segment->right;
    if (board == NULL || board->missed.left == board->missed.right ||
        elapsed(board->missed.time_ns, segment->time_ns) > SWAPPED_NS ||
        !intersect(&left, &right, &board->missed))
        return;
    loss->by_capture -= right - left;
    board->missed.left = right; /* they come in order */
}

void loss_sent(struct loss *loss, const struct loss_segment *segment)
{
    if (seq_gt(segment->left, segment->snd_nxt)) {
        struct loss_board *board = board_of(loss);
        if (board->gaps == MAX_GAPS)
            remove_gap(board, 0);
        add_gap(board, segment->snd_nxt, segment->left, segment->time_ns);
        return;
    }
    if (segment->left == segment->right || seq_geq(segment->left, segment->snd_nxt))
        return;
    unmiss(loss, segment);
    uint32_t left = seq_max(segment->left, segment->snd_una), right = segment->right;
    if (seq_gt(right, segment->snd_nxt))
        right = segment->snd_nxt;
    if (seq_geq(left, right))
        return;
    uint32_t filled = loss->board != NULL ? fill_gaps(loss, segment, left, right) : 0;
    if (filled < right - left && !segment->kept && !is_wire_copy(loss, segment))
        note_repeat(loss, segment, left, right, right - left - filled);
}

void loss_doubted(struct loss *loss, uint32_t left, uint32_t right)
{
    struct loss_board *board = board_of(loss);
    board->doubted[board->next_doubted] = (struct loss_range){left, right, 0};
    board->next_doubted = (uint8_t)((board->next_doubted + 1) % MAX_DOUBTED);
}

/* How many of the bytes were seen and not believed; they are believed now. */
static uint32_t believe(struct loss_board *board, uint32_t left, uint32_t right)
{
    uint32_t bytes = 0;
    for (unsigned i = 0; i < MAX_DOUBTED; i++) {
        uint32_t from = left, to = right;
        if (!intersect(&from, &to, &board->doubted[i]))
            continue;
        bytes += to - from;
        board->doubted[i].right = board->doubted[i].left;
    }
    return bytes < right - left ? bytes : right - left;
}

static uint32_t miss(struct loss *loss, uint32_t left, uint32_t right, int64_t time_ns)
{
    struct loss_board *board = board_of(loss);
    uint32_t seen = believe(board, left, right);
    loss->by_capture += right - left - seen;
    board->missed = (struct loss_range){left, seen > 0 ? left : right, time_ns};
    return seen;
}

uint32_t loss_acked(struct loss *loss, uint32_t ack, uint32_t snd_nxt, int64_t time_ns)
{
    struct loss_board *board = loss->board;
    uint32_t seen = 0;
    for (unsigned i = board != NULL ? board->gaps : 0; i-- > 0;) {
        struct loss_range gap = board->gap[i];
        if (seq_leq(ack, gap.left))
            continue;
        uint32_t right = seq_lt(ack, gap.right) ? ack : gap.right;
        seen += miss(loss, gap.left, right, time_ns);
        cut_gap(board, i, gap.left, right);
    }
    if (board != NULL && seq_geq(ack, board->recover))
        board->recovering = false;
    if (seq_gt(ack, snd_nxt))
        seen += miss(loss, snd_nxt, ack, time_ns);
    return seen;
}

void loss_got_twice(struct loss *loss, uint32_t left, uint32_t right)
{
    struct loss_board *board = loss->board;
    for (unsigned i = 0; board != NULL && i < board->repeats; i++) {
        struct loss_range *repeat = &board->repeat[i];
        uint32_t from = left, to = right;
        if (!intersect(&from, &to, repeat))
            continue;
        uint32_t bytes = to - from;
        loss->by_network -= bytes < loss->by_network ? bytes : loss->by_network;
        if (from == repeat->left)
            repeat->left = to;
        else
            repeat->right = from;
    }
}

void loss_free(struct loss *loss)
{
    free(loss->board);
    loss->board = NULL;
}
