/* The tracker: which connection a segment belongs to, how long connections are remembered, when
 * records are written. */
#include "config.h"

#include "track/tracker.h"

#include <assert.h>
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
#include "track/store.h"
#include "track/timers.h"
#include "track/wireshark.h"

/* Who goes next when the bound is reached: connections of one age, the longest idle first. It is
 * made when it is needed and used up before it is made anew, so that segments cost nothing; who got
 * a segment since stays. */
struct victims {
    uint32_t *ids; /* owned; 0: none */
    size_t count, next;
    uint64_t newest_frame; /* when it was made */
};

/* Half-open connections by server endpoint, hashed: a coarse count is enough to see a flood. */
#define FLOOD_COUNTERS 4096
#define FLOOD_HALF_OPEN 128

/* Entries that no longer hold and are not worth being looked for. */
#define SPARE_TIMERS 1024

struct tracker {
    struct tracker_options options;
    struct track_observer observer;
    void *context;
    struct conn_store *store;
    struct flow_table *flows;
    struct timer_queue timers[CONN_TIMERS];
    size_t armed[CONN_TIMERS]; /* entries that hold */
    uint64_t timer_serial;
    struct victims victims[CONN_AGES];
    size_t ages[CONN_AGES]; /* connections of each */
    uint64_t last_frame;
    struct tracker_counts counts;
    int64_t now_ns; /* of the newest packet or tracker_advance() */
    uint32_t half_open[FLOOD_COUNTERS];
};

struct tracker *tracker_new(const struct tracker_options *options,
                            const struct track_observer *observer, void *context)
{
    struct tracker *tracker = base_calloc(1, sizeof *tracker);
    tracker->options = *options;
    tracker->observer = *observer;
    tracker->context = context;
    tracker->store = store_new(options->warm > 0 ? options->warm : STORE_WARM);
    tracker->flows = flow_new(options->hash_seed, tracker->store);
    tracker->now_ns = INT64_MIN;
    return tracker;
}

/* --- timers and ages --- */

static bool holds(void *context, const struct timer_entry *entry)
{
    struct tracker *tracker = context;
    struct store_brief brief;
    if (!store_brief(tracker->store, entry->id, &brief))
        return false;
    store_turn(tracker->store);
    return store_get(tracker->store, entry->id)->timer_serial == entry->serial;
}

/* The connection whose timer began first; NULL if there is none. */
static struct track_conn *first_armed(struct tracker *tracker, enum conn_timer timer)
{
    const struct timer_entry *entry;
    while ((entry = timers_first(&tracker->timers[timer])) != NULL) {
        struct store_brief brief;
        struct track_conn *conn = store_brief(tracker->store, entry->id, &brief)
                                      ? store_get(tracker->store, entry->id)
                                      : NULL;
        if (conn != NULL && conn->timer_serial == entry->serial)
            return conn;
        timers_drop_first(&tracker->timers[timer]);
    }
    return NULL;
}

static void add_timer(struct tracker *tracker, struct track_conn *conn, enum conn_timer timer)
{
    conn->timer_serial = ++tracker->timer_serial;
    timers_add(&tracker->timers[timer],
               &(struct timer_entry){conn->timer_start_ns, conn->timer_serial, conn->id});
    tracker->armed[timer]++;
}

static void set_timer(struct tracker *tracker, struct track_conn *conn, enum conn_timer timer,
                      int64_t start_ns)
{
    if (conn->timer == timer && conn->timer_start_ns == start_ns)
        return;
    if (conn->timer != CONN_NO_TIMER)
        tracker->armed[conn->timer]--;
    conn->timer = (uint8_t)timer;
    conn->timer_start_ns = start_ns;
    conn->timer_serial = 0;
    if (timer != CONN_NO_TIMER)
        add_timer(tracker, conn, timer);
}

/* Timers that are restarted again and again leave entries behind. Not while a connection is in
 * hand. */
static void sift_timers(struct tracker *tracker)
{
    for (int timer = CONN_TIMER_TIME_WAIT; timer < CONN_TIMERS; timer++)
        if (tracker->timers[timer].count > 2 * tracker->armed[timer] + SPARE_TIMERS)
            timers_sift(&tracker->timers[timer], holds, tracker);
}

/* Two servers may share a counter, but they do so in every run: what is found depends on it. */
static uint32_t *half_open_at(struct tracker *tracker, const struct track_conn *conn)
{
    const struct wire_endpoint *server = &conn->endpoint[TRACK_SERVER];
    return &tracker->half_open[flow_endpoint_hash(server) % FLOOD_COUNTERS];
}

static void enter_age(struct tracker *tracker, struct track_conn *conn, enum conn_age age)
{
    conn->age = (uint8_t)age;
    tracker->ages[age]++;
    if (age == CONN_HALF_OPEN)
        ++*half_open_at(tracker, conn);
}

static void leave_age(struct tracker *tracker, struct track_conn *conn)
{
    tracker->ages[conn->age]--;
    if (conn->age == CONN_HALF_OPEN)
        --*half_open_at(tracker, conn);
}

static void touch_age(struct tracker *tracker, struct track_conn *conn, enum conn_age age)
{
    if (conn->age == age)
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
    free(conn->wireshark);
    free(conn->kernel);
    measure_free(conn);
    free(conn->holes[0]);
    free(conn->holes[1]);
    free(conn->sacked[0]);
    free(conn->sacked[1]);
    store_drop(tracker->store, conn);
}

static uint32_t hash_of(const struct tracker *tracker, const struct track_conn *conn)
{
    return flow_hash(tracker->flows, &conn->endpoint[0], &conn->endpoint[1], conn->scope);
}

/* An older incarnation that hangs on this one, or NULL. */
static struct track_conn *previous_of(struct tracker *tracker, const struct track_conn *conn)
{
    return conn->previous != 0 ? store_get(tracker->store, conn->previous) : NULL;
}

/* Writes the connection out and forgets it, with the older incarnation that hangs on it. */
static void end_conn(struct tracker *tracker, struct track_conn *conn, bool confirmed)
{
    assert(conn != NULL); /* what hangs on another one is in the store as long as that is */
    if (conn->previous != 0)
        end_conn(tracker, previous_of(tracker, conn), confirmed);
    conn->previous = 0;
    if (conn->successor != 0)
        store_get(tracker->store, conn->successor)->previous = 0;
    else
        flow_remove(tracker->flows, hash_of(tracker, conn), conn->id);
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

/* The next whose time is over, or NULL. */
static struct track_conn *next_over(struct tracker *tracker, enum conn_timer timer, int64_t now_ns)
{
    int64_t duration_ns = 2 * tracker->options.msl_ns;
    const struct timer_entry *entry = timers_first(&tracker->timers[timer]);
    if (entry == NULL || entry->start_ns + duration_ns > now_ns)
        return NULL;
    store_turn(tracker->store);
    struct track_conn *conn = first_armed(tracker, timer);
    return conn != NULL && conn->timer_start_ns + duration_ns <= now_ns ? conn : NULL;
}

static void run_timers(struct tracker *tracker, int64_t now_ns)
{
    struct track_conn *conn;
    while ((conn = next_over(tracker, CONN_TIMER_TIME_WAIT, now_ns)) != NULL)
        time_wait_over(tracker, conn);
    while ((conn = next_over(tracker, CONN_TIMER_CLOSED, now_ns)) != NULL)
        end_conn(tracker, conn, true);
    sift_timers(tracker);
}

/* --- new connections and the bound on them --- */

static void find_victims(struct tracker *tracker, enum conn_age age)
{
    struct victims *victims = &tracker->victims[age];
    free(victims->ids);
    victims->ids = store_by_last_frame(tracker->store, age, &victims->count);
    victims->next = 0;
    victims->newest_frame = tracker->last_frame;
}

/* The one left in the list that is idle longest; NULL when the list is used up. */
static struct track_conn *next_victim(struct tracker *tracker, enum conn_age age)
{
    struct victims *victims = &tracker->victims[age];
    struct store_brief brief;
    while (victims->next < victims->count) {
        uint32_t id = victims->ids[victims->next];
        if (id != 0 && store_brief(tracker->store, id, &brief) && brief.age == age &&
            brief.last_frame <= victims->newest_frame)
            return store_get(tracker->store, id);
        victims->next++;
    }
    return NULL;
}

static struct track_conn *longest_idle(struct tracker *tracker, enum conn_age age)
{
    struct track_conn *conn = next_victim(tracker, age);
    if (conn != NULL || tracker->ages[age] == 0)
        return conn;
    find_victims(tracker, age);
    return next_victim(tracker, age);
}

/* Keeps to the bound before a connection is added. *watched becomes NULL if it is the one that
 * goes; watched may be NULL. */
static void make_room(struct tracker *tracker, struct track_conn **watched)
{
    if (tracker->options.max_connections == 0 ||
        store_count(tracker->store) < tracker->options.max_connections)
        return;
    /* A flood of SYNs must not push out what is established. */
    struct track_conn *conn = first_armed(tracker, CONN_TIMER_CLOSED);
    if (conn == NULL)
        conn = longest_idle(tracker, CONN_HALF_OPEN);
    if (conn == NULL)
        conn = longest_idle(tracker, CONN_COMPLETE);
    if (conn == NULL)
        return;
    if (watched != NULL && conn == *watched)
        *watched = NULL;
    conn->evicted = true;
    tracker->counts.evicted++;
    end_conn(tracker, conn, false);
}

static void start_endpoint(struct track_conn *conn, enum track_side side,
                           const struct wire_endpoint *endpoint, enum track_state state)
{
    struct track_endpoint *end = &conn->end[side];
    conn->endpoint[side] = *endpoint;
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
                                   uint32_t incarnation)
{
    make_room(tracker, NULL);
    struct track_conn *conn = store_add(tracker->store);
    bool guessed = false, from_client = sender_is_client(segment, &guessed);
    bool opens = (segment->flags & WIRE_SYN) != 0;
    const struct wire_endpoint *client = from_client ? &segment->source : &segment->destination;
    const struct wire_endpoint *server = from_client ? &segment->destination : &segment->source;
    conn->number = ++tracker->counts.connections;
    conn->incarnation = incarnation;
    conn->scope = segment->scope;
    conn->first_frame = segment->number;
    conn->start_ns = segment->time_ns;
    conn->handshake_client_ns = conn->handshake_server_ns = conn->syn_ns = conn->syn_ack_ns = -1;
    conn->guessed = guessed;
    conn->flipped = !from_client;
    conn->self_connect = memcmp(client, server, sizeof *client) == 0;
    start_endpoint(conn, TRACK_CLIENT, client, opens ? TRACK_CLOSED : TRACK_UNKNOWN);
    start_endpoint(conn, TRACK_SERVER, server, opens ? TRACK_LISTEN : TRACK_UNKNOWN);
    enter_age(tracker, conn, CONN_HALF_OPEN);
    conn->flooded = opens && *half_open_at(tracker, conn) >= FLOOD_HALF_OPEN;
    return conn;
}

/* --- which incarnation a segment belongs to --- */

static enum track_side side_of(const struct track_conn *conn, const struct wire_endpoint *sender)
{
    return memcmp(&conn->endpoint[TRACK_CLIENT], sender, sizeof *sender) == 0 ? TRACK_CLIENT
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
    struct track_conn *previous = previous_of(tracker, conn);
    if (previous == NULL || conn->end[conn_peer(conn, side)].packets > 0)
        return conn;
    conn->previous = 0;
    previous->successor = 0;
    end_conn(tracker, conn, false);
    flow_put(tracker->flows, hash_of(tracker, previous), previous->id);
    return previous;
}

/* A SYN with a new number on a known 4-tuple: its sender has begun anew; its receiver may still be
 * in the old life. */
static struct track_conn *reincarnate(struct tracker *tracker, struct track_conn *old,
                                      const struct wire_segment *segment)
{
    uint32_t incarnation = old->incarnation + 1;
    uint32_t hash = hash_of(tracker, old);
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
    } else if (old->previous != 0) {
        end_conn(tracker, previous_of(tracker, old), true);
    }
    make_room(tracker, &old);
    struct track_conn *conn = new_conn(tracker, segment, incarnation);
    conn->end[TRACK_CLIENT].unsure = doubtful;
    if (old != NULL) {
        flow_remove(tracker->flows, hash, old->id);
        old->challenged |= (uint8_t)(1u << conn_peer(old, side)); /* RFC 5961 section 4 */
        conn->previous = old->id;
        conn->after_open = old->timer != CONN_TIMER_TIME_WAIT;
        old->successor = conn->id;
    }
    flow_put(tracker->flows, hash, conn->id);
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
    struct track_conn *old = previous_of(tracker, conn);
    if (old == NULL || (segment->flags & (WIRE_SYN | WIRE_ACK)) != (WIRE_SYN | WIRE_ACK))
        return;
    leave(old, side_of(old, &segment->source), segment);
    end_conn(tracker, old, true);
}

static struct track_conn *route(struct tracker *tracker, const struct wire_segment *segment,
                                uint32_t hash)
{
    uint32_t id =
        flow_find(tracker->flows, hash, &segment->source, &segment->destination, segment->scope);
    if (id == 0) {
        struct track_conn *conn = new_conn(tracker, segment, 1);
        conn->midstream = (segment->flags & WIRE_SYN) == 0;
        flow_put(tracker->flows, hash, conn->id);
        return conn;
    }
    struct track_conn *conn = store_get(tracker->store, id);
    if (is_new_syn(conn, segment))
        return reincarnate(tracker, conn, segment);
    if (conn->previous != 0 && !fits_newer(conn, segment))
        return previous_of(tracker, conn);
    drop_previous(tracker, conn, segment);
    return conn;
}

/* --- input --- */

static void deliver(struct tracker *tracker, struct track_conn *conn,
                    const struct track_event *event)
{
    if (tracker->observer.event != NULL)
        tracker->observer.event(tracker->context, conn, event);
    if (conn_is_steady(conn) && conn->timer == CONN_NO_TIMER)
        return; /* nothing to write and nothing to wait for */
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

void tracker_expect_more(const struct tracker *tracker, tracker_flow flow)
{
    uint32_t id = flow_likely(tracker->flows, flow);
    if (id != 0)
        store_prefetch_place(tracker->store, id);
}

void tracker_expect_rest(const struct tracker *tracker, tracker_flow flow)
{
    uint32_t id = flow_likely(tracker->flows, flow);
    if (id != 0)
        store_prefetch(tracker->store, id);
}

void tracker_expect_told(const struct tracker *tracker, tracker_flow flow)
{
    struct store_brief brief;
    if (tracker->observer.expect == NULL)
        return;
    uint32_t id = flow_likely(tracker->flows, flow);
    if (id != 0 && store_brief(tracker->store, id, &brief))
        tracker->observer.expect(tracker->context, brief.number);
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
    store_turn(tracker->store);
    struct track_conn *conn = route(tracker, segment, flow);
    tracker->last_frame = segment->number;
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
    store_turn(tracker->store);
    uint32_t hash = flow_hash(tracker->flows, &error->source, &error->destination, error->scope);
    uint32_t id =
        flow_find(tracker->flows, hash, &error->source, &error->destination, error->scope);
    if (id == 0)
        return;
    struct track_conn *conn = store_get(tracker->store, id);
    struct track_event event;
    observe_icmp_error(conn, side_of(conn, &error->source), error, &event);
    deliver(tracker, conn, &event);
}

void tracker_kernel(struct tracker *tracker, const struct track_kernel_socket *socket,
                    uint32_t scope, uint64_t number)
{
    store_turn(tracker->store);
    uint32_t hash = flow_hash(tracker->flows, &socket->local, &socket->remote, scope);
    uint32_t id = flow_find(tracker->flows, hash, &socket->local, &socket->remote, scope);
    struct track_conn *conn = id != 0 ? store_get(tracker->store, id) : NULL;
    while (conn != NULL && number != 0 && conn->number != number)
        conn = previous_of(tracker, conn);
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

/* In the order of their numbers. */
static void end_all(struct tracker *tracker, bool write)
{
    size_t count;
    uint32_t *ids = store_by_number(tracker->store, &count);
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == 0)
            continue;
        store_turn(tracker->store);
        struct track_conn *conn = store_get(tracker->store, ids[i]);
        if (write)
            write_conn(tracker, conn, false);
        forget(tracker, conn);
    }
    free(ids);
    flow_free(tracker->flows);
    tracker->flows = flow_new(tracker->options.hash_seed, tracker->store);
}

void tracker_finish(struct tracker *tracker)
{
    end_all(tracker, true);
}

void tracker_free(struct tracker *tracker)
{
    end_all(tracker, false);
    flow_free(tracker->flows);
    store_free(tracker->store);
    for (int timer = 0; timer < CONN_TIMERS; timer++)
        timers_free(&tracker->timers[timer]);
    for (int age = 0; age < CONN_AGES; age++)
        free(tracker->victims[age].ids);
    free(tracker);
}

struct tracker_counts tracker_counts(const struct tracker *tracker)
{
    struct tracker_counts counts = tracker->counts;
    counts.open_connections = store_count(tracker->store);
    return counts;
}
