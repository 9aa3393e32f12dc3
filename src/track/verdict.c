/* How a connection was opened and closed, and its record. */
#include "config.h"

#include "track/verdict.h"

#include <stdio.h>
#include <string.h>

#include "track/agreement.h"
#include "track/measure.h"
#include "track/path.h"
#include "track/seq.h"
#include "track/tracker.h"

static bool was_established(const struct track_conn *conn, enum track_side side)
{
    const struct track_endpoint *end = &conn->end[side];
    return end->presumed >= TRACK_ESTABLISHED || conn->handshake_client_ns >= 0;
}

enum track_open verdict_open(const struct track_conn *conn)
{
    if (!conn_syn_seen(conn, TRACK_CLIENT) && !conn_syn_seen(conn, TRACK_SERVER))
        return TRACK_OPEN_MIDSTREAM;
    if (conn->simultaneous_open || conn->self_connect)
        return TRACK_OPEN_SIMULTANEOUS;
    if (conn->refused)
        return TRACK_OPEN_REFUSED;
    if (conn->fast_open_used)
        return TRACK_OPEN_FAST_OPEN;
    if (!conn_syn_seen(conn, TRACK_SERVER) && conn->end[TRACK_SERVER].packets == 0 &&
        conn->end[TRACK_CLIENT].presumed != TRACK_ESTABLISHED)
        return TRACK_OPEN_UNANSWERED;
    if (!was_established(conn, TRACK_CLIENT))
        return TRACK_OPEN_HALF;
    return TRACK_OPEN_THREE_WAY;
}

static bool fin_acked(const struct track_endpoint *end)
{
    return end->fin_known && end->una_known && seq_geq(end->snd_una, end->fin_end);
}

enum track_close verdict_close(const struct track_conn *conn)
{
    const struct track_endpoint *client = &conn->end[TRACK_CLIENT];
    const struct track_endpoint *server = &conn->end[TRACK_SERVER];
    /* A RST after both FINs were acked ends TIME_WAIT at most (RFC 1337): the close was complete.
     */
    if (conn->reset && !(fin_acked(client) && fin_acked(server)))
        return TRACK_CLOSE_RESET;
    if (conn->self_connect)
        return client->fin_known ? TRACK_CLOSE_SIMULTANEOUS : TRACK_CLOSE_OPEN;
    if (!client->fin_known && !server->fin_known)
        return TRACK_CLOSE_OPEN;
    if (!client->fin_known || !server->fin_known)
        return TRACK_CLOSE_HALF_CLOSED;
    if (conn->simultaneous_close)
        return TRACK_CLOSE_SIMULTANEOUS;
    return conn->fin_merged ? TRACK_CLOSE_THREE_SEGMENT : TRACK_CLOSE_FOUR_WAY;
}

enum track_closed_by verdict_closed_by(const struct track_conn *conn)
{
    static const uint8_t by[] = {TRACK_CLOSED_BY_NONE, TRACK_CLOSED_BY_CLIENT,
                                 TRACK_CLOSED_BY_SERVER, TRACK_CLOSED_BY_BOTH};
    return (enum track_closed_by)by[conn->closers & 3];
}

static void describe_end(const struct track_conn *conn, enum track_side side, bool round_trips,
                         struct track_end_record *out)
{
    const struct track_endpoint *end = &conn->end[side];
    *out = (struct track_end_record){.endpoint = conn->endpoint[side],
                                     .packets = end->packets,
                                     .payload_bytes = end->payload_bytes,
                                     .unique_bytes = end->unique_bytes,
                                     .retransmissions = end->retransmissions,
                                     .out_of_order = end->out_of_order,
                                     .duplicate_acks = end->duplicate_acks,
                                     .zero_windows = end->zero_windows,
                                     .isn = end->iss,
                                     .mss = end->mss,
                                     .window_scale = end->window_scale,
                                     .isn_known = end->iss_known,
                                     .state = end->presumed,
                                     .certainty = (uint8_t)path_certainty(conn, side)};
    agreement_describe(conn, side, &out->kernel);
    measure_describe(conn, side, round_trips, &out->measures);
}

static void describe(const struct track_conn *conn, bool round_trips, struct track_connection *out)
{
    memset(out, 0, sizeof *out);
    out->number = conn->number;
    out->frames[0] = conn->first_frame;
    out->frames[1] = conn->last_frame;
    out->incarnation = conn->incarnation;
    out->scope = conn->scope;
    describe_end(conn, TRACK_CLIENT, round_trips, &out->end[TRACK_CLIENT]);
    if (!conn->self_connect)
        describe_end(conn, TRACK_SERVER, round_trips, &out->end[TRACK_SERVER]);
    out->start_ns = conn->start_ns;
    out->end_ns = conn->end_ns;
    out->handshake_server_ns = conn->handshake_server_ns;
    out->handshake_client_ns = conn->handshake_client_ns;
    out->checks_held = conn->checks_held;
    out->checks_broken = conn->checks_broken;
    out->checks_unknown = conn->checks_unknown;
    memcpy(out->findings, conn->findings, sizeof out->findings);
    out->open = (uint8_t)verdict_open(conn);
    out->close = (uint8_t)verdict_close(conn);
    out->closed_by = (uint8_t)verdict_closed_by(conn);
    out->guessed = conn->guessed;
    out->self_connect = conn->self_connect;
    out->evicted = conn->evicted;
    out->wireshark_completeness = conn->zeek.completeness;
    snprintf(out->zeek_conn_state, sizeof out->zeek_conn_state, "%s", zeek_conn_state(&conn->zeek));
    zeek_history_text(&conn->zeek, out->zeek_history);
}

void track_conn_describe(const struct track_conn *conn, struct track_connection *out)
{
    describe(conn, true, out);
}

void track_conn_describe_briefly(const struct track_conn *conn, struct track_connection *out)
{
    describe(conn, false, out);
}

bool track_conn_began(const struct track_conn *conn, int64_t *start_ns)
{
    *start_ns = conn->start_ns;
    return conn_syn_seen(conn, TRACK_CLIENT) || conn_syn_seen(conn, TRACK_SERVER);
}

uint64_t track_conn_number(const struct track_conn *conn)
{
    return conn->number;
}

const struct wire_endpoint *track_conn_endpoint(const struct track_conn *conn, enum track_side side)
{
    return &conn->endpoint[conn->self_connect ? TRACK_CLIENT : side];
}

uint32_t track_conn_scope(const struct track_conn *conn)
{
    return conn->scope;
}

bool track_conn_self_connect(const struct track_conn *conn)
{
    return conn->self_connect;
}

size_t track_conn_open_transitions(const struct track_conn *conn, struct track_transition *out,
                                   size_t max)
{
    return path_list(conn, out, max);
}
