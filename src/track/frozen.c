/* A connection in a tenth of its space. */
#include "config.h"

#include "track/frozen.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/path.h"

/* Which list of members it is kept by. */
enum layout {
    LAYOUT_SYN,    /* a SYN, and nobody answered */
    LAYOUT_PLAIN,  /* without timestamps */
    LAYOUT_STAMPED /* with timestamps, RFC 7323 */
};

/* What is needed to find it, to order it and to let it go comes first and is not packed. */
struct frozen {
    uint32_t number_low, frame_low;
    uint16_t number_high, frame_high;
    uint16_t room; /* bytes it has */
    uint8_t layout;
    uint8_t age;
    uint8_t is_ipv6;
    uint32_t scope;
    uint16_t port[2];
    uint8_t rest[]; /* two addresses, the members by the list, other words, the path,
                       segments being timed */
};

/* --- the lists of members ---
 *
 * Each entry: how the difference is kept, the member, what it is expected to be. Kinds: SAME takes
 * no space, Un is n bytes above, Dn is n bytes below what is expected. In an expectation c is the
 * connection with all members that stand before in the list. */

/* "ShADad" */
#define ZEEK_LETTERS 0x646144416853u

#define E(i) c->end[i]
#define M(i) c->measured[i]

/* What an unanswered SYN leaves. */
#define END_OF_SYN(i, sent)                                                                        \
    SAME(E(i).base, E(i).iss)                                                                      \
    SAME(E(i).snd_nxt, E(i).iss + (sent))                                                          \
    SAME(E(i).contiguous, E(i).snd_nxt)                                                            \
    SAME(E(i).shown, E(i).snd_nxt)                                                                 \
    SAME(E(i).open_nxt, E(i).snd_nxt)                                                              \
    SAME(E(i).window_seq, E(i).iss)                                                                \
    SAME(E(i).sent_rel, (sent))                                                                    \
    SAME(E(i).packets, (sent))                                                                     \
    SAME(E(i).reaction_ns, -1)

#define SYN_MEMBERS                                                                                \
    U8(c->start_ns, 0)                                                                             \
    U4(E(0).iss, 0)                                                                                \
    U2(E(0).window, 0)                                                                             \
    U2(E(0).mss, 0)                                                                                \
    U1(E(0).window_scale, 0)                                                                       \
    SAME(E(1).window_scale, -1)                                                                    \
    SAME(E(0).window_bytes, E(0).window)                                                           \
    END_OF_SYN(0, 1)                                                                               \
    END_OF_SYN(1, 0)                                                                               \
    SAME(E(0).state, TRACK_SYN_SENT)                                                               \
    SAME(E(0).presumed, TRACK_SYN_SENT)                                                            \
    SAME(E(1).state, TRACK_LISTEN)                                                                 \
    SAME(E(1).presumed, TRACK_SYN_RECEIVED)                                                        \
    SAME(c->first_frame, c->last_frame)                                                            \
    SAME(c->end_ns, c->start_ns)                                                                   \
    SAME(c->syn_ns, c->start_ns)                                                                   \
    SAME(c->syn_ack_ns, -1)                                                                        \
    SAME(c->handshake_server_ns, -1)                                                               \
    SAME(c->handshake_client_ns, -1)                                                               \
    SAME(E(0).last_seen_ns, c->end_ns)                                                             \
    SAME(E(0).last_sent_ns, c->end_ns)                                                             \
    SAME(E(0).nxt_sent_ns, c->end_ns)                                                              \
    SAME(E(0).last_frame, c->last_frame)                                                           \
    SAME(c->incarnation, 1)                                                                        \
    U2(c->flags, 0)                                                                                \
    SAME(c->syn_seen, 1)                                                                           \
    U1(c->checks_held, 0)                                                                          \
    U3(E(0).flags, 0)                                                                              \
    SAME(c->zeek.history[0], 'S')                                                                  \
    SAME(c->zeek.length, 1)                                                                        \
    SAME(c->zeek.completeness, 1)                                                                  \
    SAME(c->zeek.once[0], 0x10)                                                                    \
    SAME(c->zeek.state[0], 1)                                                                      \
    SAME(c->zeek.begun, 1)                                                                         \
    SAME(c->zeek.control_seq[0][0], E(0).iss)                                                      \
    SAME(c->zeek.start_seq[0], E(0).iss)                                                           \
    SAME(c->zeek.highest_end[0], E(0).snd_nxt)

#define CONN_MEMBERS                                                                               \
    U8(c->start_ns, 0)                                                                             \
    U6(c->end_ns, c->start_ns)                                                                     \
    D4(c->first_frame, c->last_frame)                                                              \
    U4(c->handshake_server_ns, 0)                                                                  \
    U4(c->handshake_client_ns, 0)                                                                  \
    SAME(c->syn_ns, c->start_ns)                                                                   \
    SAME(c->syn_ack_ns, c->start_ns + c->handshake_server_ns)                                      \
    U2(c->checks_held, 0)                                                                          \
    U1(c->checks_broken, 0)                                                                        \
    U1(c->checks_unknown, 0)                                                                       \
    SAME(c->incarnation, 1)                                                                        \
    SAME(c->syn_seen, 3)                                                                           \
    U2(c->flags, 0)                                                                                \
    SAME(c->zeek.first_letters, ZEEK_LETTERS)                                                      \
    U1(c->zeek.length, 0)                                                                          \
    SAME(c->zeek.completeness, 15)                                                                 \
    SAME(c->zeek.begun, 1)

/* Numbers first: each end's expectations look at the other's. */
#define END_NUMBERS(i)                                                                             \
    U4(E(i).iss, 0)                                                                                \
    SAME(E(i).base, E(i).iss)                                                                      \
    U4(E(i).snd_nxt, E(i).iss)                                                                     \
    SAME(E(i).sent_rel, E(i).snd_nxt - E(i).base)                                                  \
    SAME(E(i).contiguous, E(i).snd_nxt)                                                            \
    SAME(E(i).shown, E(i).snd_nxt)                                                                 \
    SAME(E(i).open_nxt, E(i).snd_nxt)                                                              \
    D2(E(i).snd_una, E(i).snd_nxt)                                                                 \
    U2(E(i).flags, 0)                                                                              \
    U2(E(i).window, 0)                                                                             \
    U2(E(i).mss, 0)                                                                                \
    U1(E(i).window_scale, 0)                                                                       \
    SAME(E(i).state, TRACK_ESTABLISHED)                                                            \
    SAME(E(i).presumed, E(i).state)                                                                \
    SAME(E(i).written, E(i).state)                                                                 \
    SAME(E(i).window_bytes, window_expected(&E(i)))                                                \
    D5(E(i).last_seen_ns, c->end_ns)                                                               \
    D5(E(i).last_sent_ns, E(i).last_seen_ns)                                                       \
    SAME(E(i).nxt_sent_ns, E(i).last_sent_ns)                                                      \
    D3(E(i).last_frame, c->last_frame)                                                             \
    D3(E(i).last_ack_frame, E(i).last_frame)                                                       \
    U2(E(i).packets, 0)                                                                            \
    U4(E(i).payload_bytes, 0)                                                                      \
    SAME(E(i).unique_bytes, E(i).payload_bytes)                                                    \
    SAME(c->zeek.control_seq[i][0], E(i).iss)                                                      \
    SAME(c->zeek.start_seq[i], E(i).iss)                                                           \
    SAME(c->zeek.highest_end[i], E(i).snd_nxt)                                                     \
    SAME(c->zeek.state[i], 4)                                                                      \
    U1(c->zeek.once[i], 0)                                                                         \
    SAME(c->zeek.has_payload[i], (E(i).payload_bytes != 0))

#define END_REST(i, peer)                                                                          \
    SAME(E(i).last_ack, E(peer).snd_una)                                                           \
    SAME(E(i).right_edge, E(i).last_ack + E(i).window_bytes)                                       \
    D2(E(i).window_seq, E(i).snd_nxt)                                                              \
    SAME(E(i).small_end, (E(i).small_known ? E(i).snd_nxt : 0u))                                   \
    SAME(E(i).latest_data.frame, (waits(c, i) ? E(i).last_frame : 0u))                             \
    SAME(E(i).latest_data.time_ns, (waits(c, i) ? E(i).last_sent_ns : 0))                          \
    SAME(E(i).latest_data.right, (waits(c, i) ? E(i).snd_nxt : 0u))                                \
    SAME(E(i).latest_data.ack, (waits(c, i) ? E(i).last_ack : 0u))                                 \
    SAME(E(i).unacked.frame, E(i).latest_data.frame)                                               \
    SAME(E(i).unacked.time_ns, E(i).latest_data.time_ns)                                           \
    SAME(E(i).unacked.right, E(i).latest_data.right)                                               \
    SAME(E(i).unacked.ack, E(i).latest_data.ack)

#define MEASURED(i)                                                                                \
    U1(M(i).flags, 0)                                                                              \
    SAME(M(i).data_end, (c->measuring ? E(i).snd_nxt : 0u))                                        \
    SAME(M(i).syn_data_end, (c->measuring ? E(i).iss + 1 : 0u))                                    \
    U5(M(i).data_ns, (c->measuring ? c->start_ns : 0))                                             \
    D5(M(i).active_ns, (M(i).data_seen ? c->end_ns : M(i).data_ns))                                \
    U2(M(i).in_flight_max, 0)                                                                      \
    SAME(M(i).window_last, (M(i).window_known ? E(i).window_bytes : 0u))                           \
    SAME(M(i).window_min, M(i).window_last)                                                        \
    SAME(M(i).window_max, M(i).window_last)                                                        \
    SAME(M(i).by_ack.any, M(i).data_seen)                                                          \
    SAME(M(i).by_ack.newest, (M(i).by_ack.any ? M(i).data_end : 0u))                               \
    SAME(M(i).by_ack.count, waits(c, i))                                                           \
    SAME(M(i).by_ack.few[0].time_ns, (M(i).by_ack.count == 1 ? E(i).last_sent_ns : 0))             \
    SAME(M(i).by_ack.few[0].mark, (M(i).by_ack.count == 1 ? M(i).by_ack.newest : 0u))              \
    U1(M(i).ack.samples, 0)                                                                        \
    SAME(M(i).ack.few_ns[0], (M(i).handshake_taken ? E(i).reaction_ns : 0))                        \
    U4(M(i).ack.few_ns[1], 0)                                                                      \
    U4(M(i).ack.few_ns[2], 0)                                                                      \
    U4(M(i).ack.few_ns[3], 0)

#define STATES                                                                                     \
    SAME(E(0).reaction_ns, c->handshake_client_ns)                                                 \
    SAME(E(1).reaction_ns, c->handshake_server_ns)                                                 \
    SAME(E(0).written_ns, c->start_ns + c->handshake_server_ns)                                    \
    SAME(E(1).written_ns, c->start_ns + c->handshake_server_ns + c->handshake_client_ns)           \
    SAME(M(0).states, 1u << TRACK_SYN_SENT)                                                        \
    SAME(M(1).states, 1u << TRACK_SYN_RECEIVED)                                                    \
    SAME(M(0).state_ns[TRACK_SYN_SENT], c->handshake_server_ns)                                    \
    SAME(M(1).state_ns[TRACK_SYN_RECEIVED], c->handshake_server_ns + c->handshake_client_ns)

#define PLAIN_MEMBERS                                                                              \
    CONN_MEMBERS                                                                                   \
    END_NUMBERS(0)                                                                                 \
    END_NUMBERS(1)                                                                                 \
    END_REST(0, 1)                                                                                 \
    END_REST(1, 0)                                                                                 \
    STATES                                                                                         \
    MEASURED(0)                                                                                    \
    MEASURED(1)                                                                                    \
    SAME(c->zeek.previous[0], 1)

#define STAMPS(i)                                                                                  \
    U4(E(i).ts_value, 0)                                                                           \
    SAME(M(i).by_timestamp.any, M(i).by_ack.any)                                                   \
    SAME(M(i).by_timestamp.newest, (M(i).by_timestamp.any ? E(i).ts_value : 0u))                   \
    SAME(M(i).by_timestamp.count, M(i).by_ack.count)                                               \
    SAME(M(i).by_timestamp.few[0].time_ns, M(i).by_ack.few[0].time_ns)                             \
    SAME(M(i).by_timestamp.few[0].mark, (M(i).by_timestamp.count == 1 ? E(i).ts_value : 0u))       \
    SAME(M(i).timestamp.samples, M(i).ack.samples)                                                 \
    SAME(M(i).timestamp.few_ns[0], M(i).ack.few_ns[0])                                             \
    SAME(M(i).timestamp.few_ns[1], M(i).ack.few_ns[1])                                             \
    SAME(M(i).timestamp.few_ns[2], M(i).ack.few_ns[2])                                             \
    SAME(M(i).timestamp.few_ns[3], M(i).ack.few_ns[3])

#define STAMPED_MEMBERS                                                                            \
    PLAIN_MEMBERS                                                                                  \
    STAMPS(0)                                                                                      \
    STAMPS(1)

static uint32_t window_expected(const struct track_endpoint *end)
{
    return (uint32_t)end->window << (end->window_scale > 0 ? end->window_scale : 0);
}

/* Whether an end's data is not acknowledged yet. */
static bool waits(const struct track_conn *conn, unsigned side)
{
    const struct track_endpoint *end = &conn->end[side];
    return end->payload_bytes > 0 && end->snd_una != end->snd_nxt;
}

/* --- members to bytes: what does not fit stays in *rest --- */

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LITTLE(value) (value)
#else
#define LITTLE(value) __builtin_bswap64(value)
#endif

static inline uint8_t *put(uint8_t *out, uint64_t value, size_t bytes)
{
    value = LITTLE(value);
    memcpy(out, &value, bytes);
    return out + bytes;
}

static inline const uint8_t *get(const uint8_t *in, uint64_t *value, size_t bytes)
{
    uint64_t low = 0;
    memcpy(&low, in, bytes);
    *value = LITTLE(low);
    return in + bytes;
}

#define LOW(value, bytes) ((value) & (UINT64_MAX >> (64 - 8 * (bytes))))

#define PUT_UP(member, expected, bytes)                                                            \
    {                                                                                              \
        uint64_t more = (uint64_t)(member) - (uint64_t)(expected);                                 \
        out = put(out, LOW(more, bytes), bytes);                                                   \
        LEFT(member) = (__typeof__(member))(more - LOW(more, bytes));                              \
    }
#define PUT_DOWN(member, expected, bytes)                                                          \
    {                                                                                              \
        uint64_t less = (uint64_t)(expected) - (uint64_t)(member);                                 \
        out = put(out, LOW(less, bytes), bytes);                                                   \
        LEFT(member) = (__typeof__(member))(LOW(less, bytes) - less);                              \
    }
#define LEFT(member) (*(__typeof__(member) *)((char *)left + ((char *)&(member) - (char *)c)))

#define SAME(member, expected)                                                                     \
    LEFT(member) = (__typeof__(member))((uint64_t)(member) - (uint64_t)(expected));
#define U1(member, expected) PUT_UP(member, expected, 1)
#define U2(member, expected) PUT_UP(member, expected, 2)
#define U3(member, expected) PUT_UP(member, expected, 3)
#define U4(member, expected) PUT_UP(member, expected, 4)
#define U5(member, expected) PUT_UP(member, expected, 5)
#define U6(member, expected) PUT_UP(member, expected, 6)
#define U8(member, expected) PUT_UP(member, expected, 8)
#define D2(member, expected) PUT_DOWN(member, expected, 2)
#define D3(member, expected) PUT_DOWN(member, expected, 3)
#define D4(member, expected) PUT_DOWN(member, expected, 4)
#define D5(member, expected) PUT_DOWN(member, expected, 5)

static uint8_t *put_syn(struct track_conn *c, struct track_conn *left, uint8_t *out)
{
    SYN_MEMBERS
    return out;
}

static uint8_t *put_plain(struct track_conn *c, struct track_conn *left, uint8_t *out)
{
    PLAIN_MEMBERS
    return out;
}

static uint8_t *put_stamped(struct track_conn *c, struct track_conn *left, uint8_t *out)
{
    STAMPED_MEMBERS
    return out;
}

#undef SAME
#undef U1
#undef U2
#undef U3
#undef U4
#undef U5
#undef U6
#undef U8
#undef D2
#undef D3
#undef D4
#undef D5

#define SAME(member, expected)                                                                     \
    member = (__typeof__(member))((uint64_t)(member) + (uint64_t)(expected));
#define GET_UP(member, expected, bytes)                                                            \
    {                                                                                              \
        uint64_t more;                                                                             \
        in = get(in, &more, bytes);                                                                \
        member = (__typeof__(member))((uint64_t)(member) + (uint64_t)(expected) + more);           \
    }
#define GET_DOWN(member, expected, bytes)                                                          \
    {                                                                                              \
        uint64_t less;                                                                             \
        in = get(in, &less, bytes);                                                                \
        member = (__typeof__(member))((uint64_t)(member) + (uint64_t)(expected)-less);             \
    }
#define U1(member, expected) GET_UP(member, expected, 1)
#define U2(member, expected) GET_UP(member, expected, 2)
#define U3(member, expected) GET_UP(member, expected, 3)
#define U4(member, expected) GET_UP(member, expected, 4)
#define U5(member, expected) GET_UP(member, expected, 5)
#define U6(member, expected) GET_UP(member, expected, 6)
#define U8(member, expected) GET_UP(member, expected, 8)
#define D2(member, expected) GET_DOWN(member, expected, 2)
#define D3(member, expected) GET_DOWN(member, expected, 3)
#define D4(member, expected) GET_DOWN(member, expected, 4)
#define D5(member, expected) GET_DOWN(member, expected, 5)

/* The other words are in *c already. */
static void get_syn(struct track_conn *c, const uint8_t *in)
{
    SYN_MEMBERS(void) in;
}

static void get_plain(struct track_conn *c, const uint8_t *in)
{
    PLAIN_MEMBERS(void) in;
}

static void get_stamped(struct track_conn *c, const uint8_t *in)
{
    STAMPED_MEMBERS(void) in;
}

#undef SAME
#define SAME(member, expected)
#undef GET_UP
#undef GET_DOWN
#define GET_UP(member, expected, bytes) +(bytes)
#define GET_DOWN(member, expected, bytes) +(bytes)

static const uint8_t member_bytes[] = {
    [LAYOUT_SYN] = 0 SYN_MEMBERS,
    [LAYOUT_PLAIN] = 0 PLAIN_MEMBERS,
    [LAYOUT_STAMPED] = 0 STAMPED_MEMBERS,
};

/* --- words that are not 0 --- */

typedef uint32_t __attribute__((may_alias)) word;

#define BODY offsetof(struct track_conn, first_frame)
#define BODY_WORDS ((sizeof(struct track_conn) - BODY) / sizeof(uint32_t))

/* Runs of words: how many are skipped (255: go on skipping, none follow), how many follow. */
static uint8_t *put_words(uint8_t *out, const word *words, unsigned count)
{
    unsigned at = 0, done = 0;
    for (;;) {
        while (at + 8 <= count &&
               (words[at] | words[at + 1] | words[at + 2] | words[at + 3] | words[at + 4] |
                words[at + 5] | words[at + 6] | words[at + 7]) == 0)
            at += 8;
        while (at < count && words[at] == 0)
            at++;
        if (at == count)
            break;
        unsigned run = 1;
        while (at + run < count && words[at + run] != 0 && run < UINT8_MAX)
            run++;
        for (; at - done >= UINT8_MAX; done += UINT8_MAX) {
            *out++ = UINT8_MAX;
            *out++ = 0;
        }
        *out++ = (uint8_t)(at - done);
        *out++ = (uint8_t)run;
        memcpy(out, words + at, run * sizeof *words);
        out += run * sizeof *words;
        at += run;
        done = at;
    }
    *out++ = 0;
    *out++ = 0;
    return out;
}

static const uint8_t *get_words(const uint8_t *in, word *words)
{
    unsigned at = 0;
    while (in[0] != 0 || in[1] != 0) {
        at += in[0];
        unsigned run = in[1];
        memcpy(words + at, in + 2, run * sizeof *words);
        at += run;
        in += 2 + run * sizeof *words;
    }
    return in + 2;
}

/* --- the path --- */

#define INPUT_WORDS (sizeof(struct track_input) / sizeof(uint32_t))
#define STEP_WORDS (sizeof(struct track_transition) / sizeof(uint32_t))

static uint8_t *put_element(uint8_t *out, const void *element, unsigned count)
{
    uint32_t words[INPUT_WORDS];
    memcpy(words, element, count * sizeof *words);
    unsigned mask = 0;
    uint8_t *data = out + 2;
    for (unsigned i = 0; i < count; i++)
        if (words[i] != 0) {
            mask |= 1u << i;
            memcpy(data, &words[i], sizeof *words);
            data += sizeof *words;
        }
    put(out, mask, 2);
    return data;
}

static const uint8_t *get_element(const uint8_t *in, void *element, unsigned count)
{
    uint32_t words[INPUT_WORDS] = {0};
    uint64_t mask;
    in = get(in, &mask, 2);
    for (unsigned i = 0; i < count; i++)
        if ((mask >> i & 1) != 0) {
            memcpy(&words[i], in, sizeof *words);
            in += sizeof *words;
        }
    memcpy(element, words, count * sizeof *words);
    return in;
}

/* Differences from what a SYN that waits for its answer has: its sender's step, its receiver's
 * input. sign: 1 takes the expected away, -1 adds it again. */
static void expect_input(const struct track_conn *conn, unsigned side, struct track_input *input,
                         int sign)
{
    input->frame -= (uint64_t)sign * conn->last_frame;
    input->time_ns = (int64_t)((uint64_t)input->time_ns - (uint64_t)sign * (uint64_t)conn->end_ns);
    input->seq -= (uint32_t)sign * conn->end[!side].snd_nxt;
    input->kind = (uint8_t)(input->kind - sign * FSM_GOT_SYN);
}

static void expect_step(const struct track_conn *conn, struct track_transition *step, int sign)
{
    step->confirmed_by -= (uint64_t)sign * conn->first_frame;
    step->frame -= (uint64_t)sign * conn->first_frame;
    step->time_ns = (int64_t)((uint64_t)step->time_ns - (uint64_t)sign * (uint64_t)conn->start_ns);
    step->from = (uint8_t)(step->from - sign * TRACK_CLOSED);
    step->to = (uint8_t)(step->to - sign * TRACK_SYN_SENT);
    step->cause = (uint8_t)(step->cause - sign * TRACK_CAUSE_SENT_SYN);
}

/* How many of each in four bytes; of a SYN that waits there is one step and one input. */
static uint8_t *put_path(uint8_t *out, const struct track_conn *conn)
{
    const struct track_path *path = conn->path;
    memset(out, 0, 4);
    for (unsigned side = 0; side < 2 && path != NULL; side++) {
        out[side] = path->inputs[side];
        out[2 + side] = path->steps[side];
    }
    out += 4;
    for (unsigned side = 0; side < 2 && path != NULL; side++) {
        for (unsigned i = 0; i < path->inputs[side]; i++) {
            struct track_input input = path->input[side][i];
            expect_input(conn, side, &input, 1);
            out = put_element(out, &input, INPUT_WORDS);
        }
        for (unsigned i = 0; i < path->steps[side]; i++) {
            struct track_transition step = path->step[side][i];
            expect_step(conn, &step, 1);
            out = put_element(out, &step, STEP_WORDS);
        }
    }
    return out;
}

static const uint8_t *get_path(const uint8_t *in, struct base_slab *slab, struct track_conn *conn)
{
    static const uint8_t none[4];
    conn->path = NULL;
    if (memcmp(in, none, 4) == 0)
        return in + 4;
    struct track_path *path = conn->path = path_make(slab);
    const uint8_t *inputs = in, *steps = in + 2;
    in += 4;
    for (unsigned side = 0; side < 2; side++) {
        for (unsigned i = 0; i < inputs[side]; i++) {
            struct track_input *input = path_add_input(slab, path, (enum track_side)side);
            in = get_element(in, input, INPUT_WORDS);
            expect_input(conn, side, input, -1);
        }
        for (unsigned i = 0; i < steps[side]; i++) {
            struct track_transition *step = path_add_step(slab, path, (enum track_side)side);
            in = get_element(in, step, STEP_WORDS);
            expect_step(conn, step, -1);
        }
    }
    return in;
}

/* --- segments being timed --- */

/* Leaves a single one, or none, where it is, and nothing of those that are put. */
static uint8_t *put_timed(uint8_t *out, struct measure_timed *timed)
{
    if (timed->count == 0 && timed->newest == 0 && timed->many == NULL)
        return out; /* never used */
    struct measure_mark marks[MEASURE_TIMED];
    const struct measure_mark *ring = timed->many != NULL ? timed->many->mark : timed->few;
    unsigned count = timed->count, room = timed->many != NULL ? MEASURE_TIMED : MEASURE_FEW;
    for (unsigned i = 0; i < count; i++)
        marks[i] = ring[(timed->first + i) % room];
    free(timed->many);
    timed->many = NULL;
    timed->first = 0;
    if (count == 0)
        timed->full = false;
    memset(timed->few, 0, sizeof timed->few);
    if (count == 1) {
        timed->few[0].time_ns = marks[0].time_ns;
        timed->few[0].mark = marks[0].mark;
    }
    for (unsigned i = 0; i < count && count > 1; i++) {
        out = put(out, (uint64_t)marks[i].time_ns, sizeof(int64_t));
        out = put(out, marks[i].mark, sizeof(uint32_t));
    }
    return out;
}

static const uint8_t *get_timed(const uint8_t *in, struct measure_timed *timed)
{
    if (timed->count <= 1)
        return in;
    if (timed->count > MEASURE_FEW)
        timed->many = base_alloc(sizeof *timed->many);
    struct measure_mark *marks = timed->many != NULL ? timed->many->mark : timed->few;
    for (unsigned i = 0; i < timed->count; i++) {
        uint64_t time_ns, mark;
        in = get(in, &time_ns, sizeof(int64_t));
        in = get(in, &mark, sizeof(uint32_t));
        marks[i] = (struct measure_mark){(int64_t)time_ns, (uint32_t)mark};
    }
    return in;
}

/* --- all of it --- */

#define TIMED_MOST (4 * MEASURE_TIMED * (sizeof(int64_t) + sizeof(uint32_t)))

/* More than a connection can take: each word and each element of the path on its own. */
#define MOST_BYTES                                                                                 \
    (sizeof(struct frozen) + 32 + UINT8_MAX + 6 * BODY_WORDS + 4 +                                 \
     2 * TRACK_MAX_INPUTS * (2 + sizeof(struct track_input)) +                                     \
     2 * TRACK_MAX_STEPS * (2 + sizeof(struct track_transition)) + TIMED_MOST)

/* What means nothing while it is not in use would only take space. */
static void tidy(struct track_conn *conn)
{
    for (int side = 0; side < 2; side++) {
        struct track_endpoint *end = &conn->end[side];
        if (end->unacked.frame != 0)
            continue;
        memset(&end->unacked, 0, sizeof end->unacked);
        memset(&end->latest_data, 0, sizeof end->latest_data);
    }
}

static enum layout layout_of(const struct track_conn *conn)
{
    if (conn->end[TRACK_SERVER].packets == 0 && conn->end[TRACK_CLIENT].packets == 1)
        return LAYOUT_SYN;
    return conn->end[TRACK_SERVER].ts_known ? LAYOUT_STAMPED : LAYOUT_PLAIN;
}

static uint8_t *put_members(enum layout layout, struct track_conn *conn, struct track_conn *left,
                            uint8_t *out)
{
    switch (layout) {
    case LAYOUT_SYN:
        return put_syn(conn, left, out);
    case LAYOUT_PLAIN:
        return put_plain(conn, left, out);
    case LAYOUT_STAMPED:
        break;
    }
    return put_stamped(conn, left, out);
}

static uint8_t *put_addresses(const struct track_conn *conn, uint8_t *out)
{
    size_t bytes = conn->endpoint[0].family == 6 ? 16 : 4;
    memcpy(out, conn->endpoint[0].address, bytes);
    memcpy(out + bytes, conn->endpoint[1].address, bytes);
    return out + 2 * bytes;
}

/* What a connection needs goes up and down with each segment. So that they do not move all the time
 * and leave holes behind, their rooms are coarse, and stay theirs while they fit and do not waste
 * much. */
#define ROOM_LEAST 256 /* once it was answered */
#define ROOM_STEP 64
#define ROOM_SPARE 192

static size_t room_for(enum layout layout, size_t bytes)
{
    if (layout == LAYOUT_SYN && bytes < ROOM_LEAST / 2)
        return base_slab_room(bytes);
    size_t room = (bytes + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
    return room > ROOM_LEAST ? room : ROOM_LEAST;
}

void frozen_free(struct base_slab *slab, struct frozen *frozen)
{
    if (frozen == NULL)
        return;
    if (frozen->room <= BASE_SLAB_MAX)
        base_slab_give(slab, frozen, frozen->room);
    else
        free(frozen);
}

/* Sets *room to what there is. Does not read the home, which is in no cache any more. */
static struct frozen *take_room(struct base_slab *slab, const struct track_conn *conn,
                                uint16_t *room)
{
    if (conn->home != NULL && conn->home_room >= *room && conn->home_room - *room < ROOM_SPARE) {
        *room = conn->home_room;
        return conn->home;
    }
    frozen_free(slab, conn->home);
    return *room <= BASE_SLAB_MAX ? base_slab_take(slab, *room) : base_alloc(*room);
}

struct frozen *frozen_make(struct base_slab *slab, struct track_conn *conn)
{
    uint8_t buffer[MOST_BYTES], timed[TIMED_MOST], *timed_end = timed;
    struct track_conn left;
    tidy(conn);
    for (int side = 0; side < 2; side++) {
        timed_end = put_timed(timed_end, &conn->measured[side].by_ack);
        timed_end = put_timed(timed_end, &conn->measured[side].by_timestamp);
    }
    enum layout layout = layout_of(conn);
    uint8_t *out = put_addresses(conn, buffer);
    memcpy((char *)&left + BODY, (const char *)conn + BODY, sizeof left - BODY);
    out = put_members(layout, conn, &left, out);
    out = put_words(out, (const word *)(const void *)((const char *)&left + BODY), BODY_WORDS);
    out = put_path(out, conn);
    memcpy(out, timed, (size_t)(timed_end - timed));
    out += timed_end - timed;
    path_free(slab, conn->path);
    size_t bytes = (size_t)(out - buffer);
    uint16_t room = (uint16_t)room_for(layout, sizeof(struct frozen) + bytes);
    struct frozen *frozen = take_room(slab, conn, &room);
    *frozen = (struct frozen){
        .number_low = (uint32_t)conn->number,
        .number_high = (uint16_t)(conn->number >> 32),
        .frame_low = (uint32_t)conn->last_frame,
        .frame_high = (uint16_t)(conn->last_frame >> 32),
        .room = room,
        .layout = (uint8_t)layout,
        .age = conn->age,
        .is_ipv6 = conn->endpoint[0].family == 6,
        .scope = conn->scope,
        .port = {conn->endpoint[0].port, conn->endpoint[1].port},
    };
    memcpy(frozen->rest, buffer, bytes);
    return frozen;
}

static void set_endpoint(const struct frozen *frozen, unsigned side, struct wire_endpoint *out)
{
    size_t bytes = frozen->is_ipv6 ? 16 : 4;
    *out = (struct wire_endpoint){.family = frozen->is_ipv6 ? 6 : 4, .port = frozen->port[side]};
    memcpy(out->address, frozen->rest + side * bytes, bytes);
}

void frozen_thaw(struct base_slab *slab, const struct frozen *frozen, struct track_conn *conn)
{
    memset((char *)conn + BODY, 0, sizeof *conn - BODY);
    conn->home_room = frozen->room;
    conn->number = frozen_number(frozen);
    conn->last_frame = frozen_last_frame(frozen);
    conn->age = frozen->age;
    conn->scope = frozen->scope;
    set_endpoint(frozen, 0, &conn->endpoint[0]);
    set_endpoint(frozen, 1, &conn->endpoint[1]);
    const uint8_t *members = frozen->rest + (frozen->is_ipv6 ? 32 : 8);
    const uint8_t *in =
        get_words(members + member_bytes[frozen->layout], (word *)(void *)((char *)conn + BODY));
    switch ((enum layout)frozen->layout) {
    case LAYOUT_SYN:
        get_syn(conn, members);
        break;
    case LAYOUT_PLAIN:
        get_plain(conn, members);
        break;
    case LAYOUT_STAMPED:
        get_stamped(conn, members);
        break;
    }
    in = get_path(in, slab, conn);
    for (int side = 0; side < 2; side++) {
        in = get_timed(in, &conn->measured[side].by_ack);
        in = get_timed(in, &conn->measured[side].by_timestamp);
    }
}

/* --- without thawing --- */

static bool is_end(const struct frozen *frozen, unsigned side, const struct wire_endpoint *endpoint)
{
    size_t bytes = frozen->is_ipv6 ? 16 : 4;
    return frozen->port[side] == endpoint->port &&
           memcmp(frozen->rest + side * bytes, endpoint->address, bytes) == 0;
}

bool frozen_is_of(const struct frozen *frozen, const struct wire_endpoint *a,
                  const struct wire_endpoint *b, uint32_t scope)
{
    return frozen->scope == scope && frozen->is_ipv6 == (a->family == 6) &&
           ((is_end(frozen, 0, a) && is_end(frozen, 1, b)) ||
            (is_end(frozen, 0, b) && is_end(frozen, 1, a)));
}

uint64_t frozen_number(const struct frozen *frozen)
{
    return frozen->number_low | (uint64_t)frozen->number_high << 32;
}

uint64_t frozen_last_frame(const struct frozen *frozen)
{
    return frozen->frame_low | (uint64_t)frozen->frame_high << 32;
}

enum conn_age frozen_age(const struct frozen *frozen)
{
    return (enum conn_age)frozen->age;
}
