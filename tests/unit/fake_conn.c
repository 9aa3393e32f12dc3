/* A connection by hand. */
#include "config.h"

#include "fake_conn.h"

#include <string.h>

struct wire_endpoint fake_ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
    return (struct wire_endpoint){.address = {a, b, c, d}, .port = port, .family = 4};
}

struct wire_endpoint fake_ipv6(uint8_t last, uint16_t port)
{
    struct wire_endpoint endpoint = {
        .address = {0x20, 0x01, 0x0d, 0xb8}, .port = port, .family = 6};
    endpoint.address[15] = last;
    return endpoint;
}

struct track_conn fake_conn(void)
{
    struct track_conn conn = {.open_transition_count = 0};
    conn.record.number = 1;
    conn.record.incarnation = 1;
    conn.record.end[0].endpoint = fake_ipv4(10, 0, 0, 1, 50312);
    conn.record.end[1].endpoint = fake_ipv4(10, 0, 0, 2, 1234);
    conn.record.end[0].window_scale = conn.record.end[1].window_scale = -1;
    conn.record.start_ns = conn.record.end_ns = FAKE_START_NS;
    conn.record.end[0].measures.handshake_ns = conn.record.end[1].measures.handshake_ns = -1;
    conn.record.handshake_server_ns = conn.record.handshake_client_ns = -1;
    return conn;
}

void track_conn_describe(const struct track_conn *conn, struct track_connection *out)
{
    *out = conn->record;
}

void track_conn_describe_briefly(const struct track_conn *conn, struct track_connection *out)
{
    *out = conn->record;
}

bool track_conn_began(const struct track_conn *conn, int64_t *start_ns)
{
    *start_ns = conn->record.start_ns;
    return conn->record.open != TRACK_OPEN_MIDSTREAM;
}

uint64_t track_conn_number(const struct track_conn *conn)
{
    return conn->record.number;
}

const struct wire_endpoint *track_conn_endpoint(const struct track_conn *conn, enum track_side side)
{
    return &conn->record.end[side].endpoint;
}

bool track_conn_self_connect(const struct track_conn *conn)
{
    return conn->record.self_connect;
}

size_t track_conn_open_transitions(const struct track_conn *conn, struct track_transition *out,
                                   size_t max)
{
    size_t count = conn->open_transition_count < max ? conn->open_transition_count : max;
    memcpy(out, conn->open_transitions, count * sizeof out[0]);
    return count;
}
