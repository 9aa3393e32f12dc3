/* The tracker: which connection a segment belongs to, how long connections are remembered, when
 * records are written. */
#include "config.h"

#include "track/tracker.h"

#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "track/agreement.h"
#include "track/conn.h"
#include "track/flow.h"
#include "track/measure.h"
#include "track/observe.h"
#include "track/path.h"
#include "track/seq.h"
#include "track/sequence.h"
#include "track/wireshark.h"

struct conn_list {
    struct track_conn *first, *last;
};

/* Half-open connections by server endpoint, hashed: a coarse count is enough to see a flood. */
#define FLOOD_COUNTERS 4096
#define FLOOD_HALF_OPEN 128

struct tracker {
    struct tracker_options options;
    struct track_observer observer;
    void *context;
    struct flow_table *flows;
    struct conn_list timers[CONN_TIMERS]; /* by timer_start_ns */
    struct conn_list ages[CONN_AGES];     /* by last segment */
    struct tracker_counts counts;
    int64_t now_ns; /* of the newest packet or tracker_advance() */
    size_t held;    /* connections in memory */
    uint32_t half_open[FLOOD_COUNTERS];
};

struct tracker *tracker_new(const struct tracker_options *options,
                            const struct track_observer *observer, void *context)
{
    struct tracker *tracker = base_calloc(1, sizeof *tracker);
    tracker->options = *options;
    tracker->observer = *observer;
    tracker->context = context;
    tracker->flows = flow_new(options->hash_seed);
    tracker->now_ns = INT64_MIN;
    return tracker;
}

/* --- lists --- */

#define LIST_APPEND(list, conn, link)                                                              \
    do {                                                                                           \
        (conn)->link.next = NULL;                                                                  \
        (conn)->link.prev = (list)->last;                                                          \
        if ((list)->last != NULL)                                                                  \
            (list)->last->link.next = (conn);                                                      \
        else                                                                                       \
            (list)->first = (conn);                                                                \
        (list)->last = (conn);                                                                     \
    } while (0)

#define LIST_REMOVE(list, conn, link)                                                              \
    do {                                                                                           \
        if ((conn)->link.next != NULL)                                                             \
            (conn)->link.next->link.prev = (conn)->link.prev;                                      \
        else                                                                                       \
            (list)->last = (conn)->link.prev;                                                      \
        if ((conn)->link.prev != NULL)                                                             \
            (conn)->link.prev->link.next = (conn)->link.next;                                      \
        else                                                                                       \
            (list)->first = (conn)->link.next;                                                     \
    } while (0)

static void set_timer(struct tracker *tracker, struct track_conn *conn, enum conn_timer timer,
                      int64_t start_ns)
{
    if (conn->timer == timer && conn->timer_start_ns == start_ns)
        return;
    if (conn->timer != CONN_NO_TIMER)
        LIST_REMOVE(&tracker->timers[conn->timer], conn, timer_link);
    conn->timer = (uint8_t)timer;
    conn->timer_start_ns = start_ns;
    if (timer == CONN_NO_TIMER)
        return;
    struct conn_list *list = &tracker->timers[timer];
    /* Nearly always the newest: walk back only for what was restarted out of order. */
    struct track_conn *after = list->last;
    while (after != NULL && after->timer_start_ns > start_ns)
        after = after->timer_link.prev;
    if (after == list->last) {
        LIST_APPEND(list, conn, timer_link);
        return;
    }
    struct track_conn *before = after != NULL ? after->timer_link.next : list->first;
    conn->timer_link = (struct conn_link){before, after};
    before->timer_link.prev = conn;
    if (after != NULL)
        after->timer_link.next = conn;
    else
        list->first = conn;
}

/* Two servers may share a counter, but they do so in every run: what is found depends on it. */
static uint32_t *half_open_at(struct tracker *tracker, const struct track_conn *conn)
{
    const struct wire_endpoint *server = &conn->end[TRACK_SERVER].endpoint;
    return &tracker->half_open[flow_endpoint_hash(server) % FLOOD_COUNTERS];
}

static void enter_age(struct tracker *tracker, struct track_conn *conn, enum conn_age age)
{
    conn->age = (uint8_t)age;
    LIST_APPEND(&tracker->ages[age], conn, age_link);
    if (age == CONN_HALF_OPEN)
        ++*half_open_at(tracker, conn);
}

static void leave_age(struct tracker *tracker, struct track_conn *conn)
{
    LIST_REMOVE(&tracker->ages[conn->age], conn, age_link);
    if (conn->age == CONN_HALF_OPEN)
        --*half_open_at(tracker, conn);
}

static void touch_age(struct tracker *tracker, struct track_conn *conn, enum conn_age age)
{
    if (conn->age == age && tracker->ages[age].last == conn)
        return;
    leave_age(tracker, conn);
    enter_age(tracker, conn, age);
}

/* --- the end of a connection --- */

static void write_conn(struct tracker *tracker, struct track_conn *conn, bool confirmed)
{
    path_settle(conn, TRACK_CLIENT, confirmed);
    path_settle(conn, TRACK_SERVER, confirmed);
    path_write(conn, &tracker->observer, tracker->context);
    if (tracker->observer.connection != NULL) {
        struct track_connection record;
        track_conn_describe(conn, &record);
        tracker->observer.connection(tracker->context, &record);
    }
}

static void forget(struct tracker *tracker, struct track_conn *conn)
{
    set_timer(tracker, conn, CONN_NO_TIMER, 0);
    leave_age(tracker, conn);
    free(conn->path);
    free(conn->wireshark);
    free(conn->kernel);
    measure_free(conn->measure);
    free(conn->holes[0]);
    free(conn->holes[1]);
    free(conn->sacked[0]);
    free(conn->sacked[1]);
    free(conn);
    tracker->held--;
}

/* Writes the connection out and forgets it, with the older incarnation that hangs on it. */
static void end_conn(struct tracker *tracker, struct track_conn *conn, bool confirmed)
{
    if (conn->previous != NULL)
        end_conn(tracker, conn->previous, confirmed);
    conn->previous = NULL;
    if (conn->successor != NULL)
        conn->successor->previous = NULL;
    else
        flow_remove(tracker->flows, conn);
    write_conn(tracker, conn, confirmed);
    forget(tracker, conn);
}

/* --- timers --- */

static bool is_closed(const struct track_conn *conn, enum track_side side)
{
    if (conn->self_connect && side == TRACK_SERVER)
        return true;
    return conn->end[side].presumed == TRACK_CLOSED;
}

static void arm(struct tracker *tracker, struct track_conn *conn, int64_t now_ns)
{
    int64_t start_ns = INT64_MAX;
    for (int side = 0; side < 2; side++)
        if (conn->end[side].presumed == TRACK_TIME_WAIT && conn->end[side].time_wait_ns < start_ns)
            start_ns = conn->end[side].time_wait_ns;
    if (start_ns != INT64_MAX)
        set_timer(tracker, conn, CONN_TIMER_TIME_WAIT, start_ns);
    else if (!is_closed(conn, TRACK_CLIENT) || !is_closed(conn, TRACK_SERVER))
        set_timer(tracker, conn, CONN_NO_TIMER, 0);
    else if (conn->timer != CONN_TIMER_CLOSED)
        set_timer(tracker, conn, CONN_TIMER_CLOSED, now_ns);
}

static void emit_timer_event(struct tracker *tracker, struct track_conn *conn, int64_t time_ns)
{
    struct track_event event = {
        .time_ns = time_ns, .connection = conn->number, .kind = TRACK_EVENT_TIMER};
    observe_states(conn, &event);
    if (tracker->observer.event != NULL)
        tracker->observer.event(tracker->context, conn, &event);
    path_write(conn, &tracker->observer, tracker->context);
}

static void time_wait_over(struct tracker *tracker, struct track_conn *conn)
{
    int64_t over_ns = conn->timer_start_ns + 2 * tracker->options.msl_ns;
    for (int i = 0; i < 2; i++) {
        enum track_side side = (enum track_side)i;
        struct track_endpoint *end = &conn->end[side];
        if (end->presumed != TRACK_TIME_WAIT || end->time_wait_ns != conn->timer_start_ns)
            continue;
        path_settle(conn, side, true);
        path_commit(conn, side, FSM_TIME_WAIT_OVER, 0, over_ns, (struct path_proof){true, 0});
        path_presume(conn, side);
    }
    arm(tracker, conn, over_ns);
    emit_timer_event(tracker, conn, over_ns);
}

static void run_timers(struct tracker *tracker, int64_t now_ns)
{
    int64_t duration_ns = 2 * tracker->options.msl_ns;
    struct track_conn *conn;
    while ((conn = tracker->timers[CONN_TIMER_TIME_WAIT].first) != NULL &&
           conn->timer_start_ns + duration_ns <= now_ns)
        time_wait_over(tracker, conn);
    while ((conn = tracker->timers[CONN_TIMER_CLOSED].first) != NULL &&
           conn->timer_start_ns + duration_ns <= now_ns)
        end_conn(tracker, conn, true);
}

/* --- new connections and the bound on them --- */

/* Keeps to the bound before a connection is added. *watched becomes NULL if it is the one that
 * goes; watched may be NULL. */
static void make_room(struct tracker *tracker, struct track_conn **watched)
{
    if (tracker->options.max_connections == 0 || tracker->held < tracker->options.max_connections)
        return;
    /* A flood of SYNs must not push out what is established. */
    struct track_conn *conn = tracker->timers[CONN_TIMER_CLOSED].first;
    if (conn == NULL)
        conn = tracker->ages[CONN_HALF_OPEN].first;
    if (conn == NULL)
        conn = tracker->ages[CONN_COMPLETE].first;
    if (conn == NULL)
        return;
    if (watched != NULL && conn == *watched)
        *watched = NULL;
    conn->evicted = true;
    tracker->counts.evicted++;
    end_conn(tracker, conn, false);
}

static void start_endpoint(struct track_endpoint *end, const struct wire_endpoint *endpoint,
                           enum track_state state)
{
    end->endpoint = *endpoint;
    end->state = end->presumed = (uint8_t)state;
    end->window_scale = -1;
    end->reaction_ns = -1;
}

/* SPEC: the sender of the first SYN is the client, else that of the first SYN-ACK the server, else
 * the lower port the server, and that is a guess. */
static bool sender_is_client(const struct wire_segment *segment, bool *guessed)
{
    if ((segment->flags & WIRE_SYN) != 0)
        return (segment->flags & WIRE_ACK) == 0;
    *guessed = true;
    return segment->source.port >= segment->destination.port;
}

static struct track_conn *new_conn(struct tracker *tracker, const struct wire_segment *segment,
                                   uint64_t hash, uint32_t incarnation)
{
    make_room(tracker, NULL);
    struct track_conn *conn = base_calloc(1, sizeof *conn);
    bool from_client = sender_is_client(segment, &conn->guessed);
    bool opens = (segment->flags & WIRE_SYN) != 0;
    const struct wire_endpoint *client = from_client ? &segment->source : &segment->destination;
    const struct wire_endpoint *server = from_client ? &segment->destination : &segment->source;
    conn->number = ++tracker->counts.connections;
    conn->incarnation = incarnation;
    conn->scope = segment->scope;
    conn->hash = hash;
    conn->first_frame = segment->number;
    conn->start_ns = segment->time_ns;
    conn->handshake_client_ns = conn->handshake_server_ns = conn->syn_ns = conn->syn_ack_ns = -1;
    conn->flipped = !from_client;
    conn->self_connect = memcmp(client, server, sizeof *client) == 0;
    start_endpoint(&conn->end[TRACK_CLIENT], client, opens ? TRACK_CLOSED : TRACK_UNKNOWN);
    start_endpoint(&conn->end[TRACK_SERVER], server, opens ? TRACK_LISTEN : TRACK_UNKNOWN);
    enter_age(tracker, conn, CONN_HALF_OPEN);
    conn->flooded = opens && *half_open_at(tracker, conn) >= FLOOD_HALF_OPEN;
    tracker->held++;
    return conn;
}

/* --- which incarnation a segment belongs to --- */

static enum track_side side_of(const struct track_conn *conn, const struct wire_endpoint *sender)
{
    return memcmp(&conn->end[TRACK_CLIENT].endpoint, sender, sizeof *sender) == 0 ? TRACK_CLIENT
                                                                                  : TRACK_SERVER;
}

/* RFC 6191 and RFC 9293 section 3.6.1: TIME_WAIT yields to a SYN that is newer by timestamp or by
 * sequence number. */
static bool may_reuse(const struct track_endpoint *sender, const struct wire_segment *syn)
{
    if ((syn->options.present & WIRE_OPTION_TIMESTAMPS) != 0 && sender->ts_known &&
        seq_gt(syn->options.timestamp_value, sender->ts_value))
        return true;
    return !sender->nxt_known || seq_geq(syn->seq, sender->snd_nxt);
}

/* Whether the receiving end of an older incarnation outlives a SYN of the next one. */
static bool survives_syn(const struct track_conn *conn, enum track_side side,
                         const struct wire_segment *syn)
{
    enum track_side peer = conn_peer(conn, side);
    switch ((enum track_state)conn->end[peer].presumed) {
    case TRACK_UNKNOWN:
    case TRACK_CLOSED:
    case TRACK_LISTEN:
    case TRACK_SYN_SENT:
        return false;
    case TRACK_TIME_WAIT:
        return !may_reuse(&conn->end[side], syn);
    case TRACK_SYN_RECEIVED:
    case TRACK_ESTABLISHED:
    case TRACK_FIN_WAIT_1:
    case TRACK_FIN_WAIT_2:
    case TRACK_CLOSE_WAIT:
    case TRACK_CLOSING:
    case TRACK_LAST_ACK:
    case TRACK_STATES:
        break;
    }
    return true;
}

/* Only TIME_WAIT ends by the new SYN; any other state was left before, unseen. */
static void leave(struct track_conn *conn, enum track_side side, const struct wire_segment *segment)
{
    path_settle(conn, side, true);
    bool by_syn = conn->end[side].state == TRACK_TIME_WAIT;
    path_commit(conn, side, FSM_REUSED, by_syn ? segment->number : 0, segment->time_ns,
                (struct path_proof){by_syn, by_syn ? segment->number : 0});
    path_presume(conn, side);
}

/* A SYN in the name of an end that was in the middle of a connection: it rebooted, or somebody
 * forges. What it sends of the old life takes it back. */
static void leave_perhaps(struct track_conn *conn, enum track_side side,
                          const struct wire_segment *segment)
{
    struct track_input input = {.frame = segment->number,
                                .time_ns = segment->time_ns,
                                .kind = FSM_REUSED,
                                .doubtful = true};
    path_expect(conn, side, &input);
}

/* A SYN that nothing answered yet does not come between an older life and the next one. */
static struct track_conn *drop_unanswered(struct tracker *tracker, struct track_conn *conn,
                                          enum track_side side)
{
    struct track_conn *previous = conn->previous;
    if (previous == NULL || conn->end[conn_peer(conn, side)].packets > 0)
        return conn;
    conn->previous = NULL;
    previous->successor = NULL;
    end_conn(tracker, conn, false);
    flow_put(tracker->flows, previous);
    return previous;
}

/* A SYN with a new number on a known 4-tuple: its sender has begun anew; its receiver may still be
 * in the old life. */
static struct track_conn *reincarnate(struct tracker *tracker, struct track_conn *old,
                                      const struct wire_segment *segment)
{
    uint32_t incarnation = old->incarnation + 1;
    uint64_t hash = old->hash;
    old = drop_unanswered(tracker, old, side_of(old, &segment->source));
    enum track_side side = side_of(old, &segment->source);
    bool survives = survives_syn(old, side, segment);
    bool doubtful = survives && old->end[side].presumed >= TRACK_SYN_RECEIVED &&
                    old->end[side].presumed != TRACK_TIME_WAIT;
    if (doubtful)
        leave_perhaps(old, side, segment);
    else
        leave(old, side, segment);
    if (!survives)
        leave(old, conn_peer(old, side), segment);
    if (!survives) {
        end_conn(tracker, old, true);
        old = NULL;
    } else if (old->previous != NULL) {
        end_conn(tracker, old->previous, true);
    }
    make_room(tracker, &old);
    struct track_conn *conn = new_conn(tracker, segment, hash, incarnation);
    conn->end[TRACK_CLIENT].unsure = doubtful;
    if (old != NULL) {
        flow_remove(tracker->flows, old);
        old->challenged |= (uint8_t)(1u << conn_peer(old, side)); /* RFC 5961 section 4 */
        conn->previous = old;
        old->successor = conn;
    }
    flow_put(tracker->flows, conn);
    return conn;
}

static bool is_new_syn(const struct track_conn *conn, const struct wire_segment *segment)
{
    if ((segment->flags & (WIRE_SYN | WIRE_ACK | WIRE_RST)) != WIRE_SYN)
        return false;
    const struct track_endpoint *end = &conn->end[side_of(conn, &segment->source)];
    if (end->iss_known)
        return segment->seq != end->iss;
    /* The other SYN of a simultaneous open. */
    return end->nxt_known || conn->midstream;
}

/* Whether a segment belongs to the life that the newer of two incarnations has begun. */
static bool fits_newer(const struct track_conn *conn, const struct wire_segment *segment)
{
    enum track_side side = side_of(conn, &segment->source);
    const struct track_endpoint *end = &conn->end[side];
    const struct track_endpoint *peer = &conn->end[conn_peer(conn, side)];
    bool ack = (segment->flags & WIRE_ACK) != 0;
    if (ack && peer->iss_known &&
        (seq_leq(segment->ack, peer->iss) || seq_gt(segment->ack, peer->snd_nxt)))
        return false;
    if ((segment->flags & WIRE_SYN) != 0)
        return true;
    if (!end->iss_known)
        return (segment->flags & WIRE_RST) != 0 && ack;
    return seq_geq(segment->seq, end->iss) && seq_leq(segment->seq, end->snd_nxt + 1);
}

/* The newer life was taken up by the peer: the older one is over. */
static void drop_previous(struct tracker *tracker, struct track_conn *conn,
                          const struct wire_segment *segment)
{
    struct track_conn *old = conn->previous;
    if (old == NULL || (segment->flags & (WIRE_SYN | WIRE_ACK)) != (WIRE_SYN | WIRE_ACK))
        return;
    leave(old, side_of(old, &segment->source), segment);
    end_conn(tracker, old, true);
}

static struct track_conn *route(struct tracker *tracker, const struct wire_segment *segment,
                                uint64_t hash)
{
    struct track_conn *conn =
        flow_find(tracker->flows, hash, &segment->source, &segment->destination, segment->scope);
    if (conn == NULL) {
        conn = new_conn(tracker, segment, hash, 1);
        conn->midstream = (segment->flags & WIRE_SYN) == 0;
        flow_put(tracker->flows, conn);
        return conn;
    }
    if (is_new_syn(conn, segment))
        return reincarnate(tracker, conn, segment);
    if (conn->previous != NULL && !fits_newer(conn, segment))
        return conn->previous;
    drop_previous(tracker, conn, segment);
    return conn;
}

/* --- input --- */

static void deliver(struct tracker *tracker, struct track_conn *conn,
                    const struct track_event *event)
{
    if (tracker->observer.event != NULL)
        tracker->observer.event(tracker->context, conn, event);
    path_write(conn, &tracker->observer, tracker->context);
    arm(tracker, conn, event->time_ns);
}

/* Only what an end has proven counts: the victim of a flood answers each SYN, and a SYN,ACK
 * establishes nobody. A stray segment in the middle of nothing does not either. */
static enum conn_age age_of(const struct track_conn *conn)
{
    const struct track_endpoint *client = &conn->end[TRACK_CLIENT];
    const struct track_endpoint *server = &conn->end[TRACK_SERVER];
    bool proven = client->state >= TRACK_ESTABLISHED || server->state >= TRACK_ESTABLISHED;
    bool both_heard = client->packets > 0 && server->packets > 0;
    return proven && (both_heard || !conn->midstream) ? CONN_COMPLETE : CONN_HALF_OPEN;
}

static uint32_t ask_wireshark(struct track_conn *conn, const struct wire_segment *segment)
{
    if (conn->wireshark == NULL)
        conn->wireshark = wireshark_flow_new(conn->incarnation > 1);
    /* A self-connect has one endpoint for us and one direction for Wireshark as well. */
    return wireshark_segment(conn->wireshark, side_of(conn, &segment->source), segment);
}

tracker_flow tracker_expect(const struct tracker *tracker, const struct wire_segment *segment)
{
    tracker_flow flow =
        flow_hash(tracker->flows, &segment->source, &segment->destination, segment->scope);
    flow_prefetch(tracker->flows, flow);
    return flow;
}

/* Asks the caches for an object of so many bytes. */
static void prefetch(const void *object, size_t bytes)
{
    enum { CACHE_LINE = 64 };
    for (size_t at = 0; at < bytes; at += CACHE_LINE)
        __builtin_prefetch((const char *)object + at);
}

void tracker_expect_more(const struct tracker *tracker, tracker_flow flow)
{
    const struct track_conn *conn = flow_likely(tracker->flows, flow);
    if (conn != NULL)
        prefetch(conn, sizeof *conn);
}

/* Also the neighbours that it leaves when it becomes the newest of its list. */
void tracker_expect_rest(const struct tracker *tracker, tracker_flow flow)
{
    const struct track_conn *conn = flow_likely(tracker->flows, flow);
    if (conn == NULL)
        return;
    if (conn->measure != NULL)
        measure_prefetch(conn->measure);
    if (conn->path != NULL)
        __builtin_prefetch(conn->path->inputs);
    if (conn->age_link.next != NULL)
        __builtin_prefetch(&conn->age_link.next->age_link, 1);
    if (conn->age_link.prev != NULL)
        __builtin_prefetch(&conn->age_link.prev->age_link, 1);
}

void tracker_segment(struct tracker *tracker, const struct wire_segment *segment)
{
    tracker_expected_segment(
        tracker, segment,
        flow_hash(tracker->flows, &segment->source, &segment->destination, segment->scope));
}

void tracker_expected_segment(struct tracker *tracker, const struct wire_segment *segment,
                              tracker_flow flow)
{
    tracker->counts.segments++;
    tracker_advance(tracker, segment->time_ns);
    struct track_conn *conn = route(tracker, segment, flow);
    struct track_event event;
    observe_segment(conn, side_of(conn, &segment->source), segment, &event);
    if (tracker->options.wireshark)
        event.wireshark = ask_wireshark(conn, segment);
    touch_age(tracker, conn, age_of(conn));
    deliver(tracker, conn, &event);
}

void tracker_icmp_error(struct tracker *tracker, const struct wire_icmp_error *error)
{
    tracker->counts.icmp_errors++;
    tracker_advance(tracker, error->time_ns);
    uint64_t hash = flow_hash(tracker->flows, &error->source, &error->destination, error->scope);
    struct track_conn *conn =
        flow_find(tracker->flows, hash, &error->source, &error->destination, error->scope);
    if (conn == NULL)
        return;
    struct track_event event;
    observe_icmp_error(conn, side_of(conn, &error->source), error, &event);
    deliver(tracker, conn, &event);
}

void tracker_kernel(struct tracker *tracker, const struct track_kernel_socket *socket,
                    uint32_t scope, uint64_t number)
{
    uint64_t hash = flow_hash(tracker->flows, &socket->local, &socket->remote, scope);
    struct track_conn *conn =
        flow_find(tracker->flows, hash, &socket->local, &socket->remote, scope);
    while (conn != NULL && number != 0 && conn->number != number)
        conn = conn->previous;
    struct track_kernel_socket told = *socket;
    if (conn != NULL)
        agreement_sample(conn, side_of(conn, &socket->local), tracker->now_ns, &told);
    else if (number != 0)
        told.changes = TRACK_KERNEL_STATE;
    if ((conn != NULL || number != 0) && tracker->observer.kernel != NULL)
        tracker->observer.kernel(tracker->context, &told, conn != NULL ? conn->number : number);
}

void tracker_advance(struct tracker *tracker, int64_t now_ns)
{
    if (now_ns <= tracker->now_ns)
        return;
    tracker->now_ns = now_ns;
    run_timers(tracker, now_ns);
}

/* --- the end --- */

static int by_number(const void *a, const void *b)
{
    const struct track_conn *const *left = a, *const *right = b;
    return ((*left)->number > (*right)->number) - ((*left)->number < (*right)->number);
}

/* All connections in the order of their numbers; the caller frees the array. */
static struct track_conn **all_conns(const struct tracker *tracker)
{
    struct track_conn **conns = base_calloc(tracker->held, sizeof(struct track_conn *));
    size_t n = 0;
    for (int age = 0; age < CONN_AGES; age++)
        for (struct track_conn *conn = tracker->ages[age].first; conn != NULL;
             conn = conn->age_link.next)
            conns[n++] = conn;
    qsort(conns, n, sizeof(struct track_conn *), by_number);
    return conns;
}

static void end_all(struct tracker *tracker, bool write)
{
    size_t held = tracker->held;
    struct track_conn **conns = all_conns(tracker);
    for (size_t i = 0; i < held; i++) {
        if (write)
            write_conn(tracker, conns[i], false);
        forget(tracker, conns[i]);
    }
    free(conns);
    flow_free(tracker->flows);
    tracker->flows = flow_new(tracker->options.hash_seed);
}

void tracker_finish(struct tracker *tracker)
{
    end_all(tracker, true);
}

void tracker_free(struct tracker *tracker)
{
    end_all(tracker, false);
    flow_free(tracker->flows);
    free(tracker);
}

struct tracker_counts tracker_counts(const struct tracker *tracker)
{
    struct tracker_counts counts = tracker->counts;
    counts.open_connections = tracker->held;
    return counts;
}
