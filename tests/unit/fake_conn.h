/* A connection by hand, for tests of what hears the tracker: the functions on struct track_conn
 * that views and sinks call answer from what the test wrote into it. Not to be linked with the
 * tracker itself. */
#ifndef TCPVIZ_TESTS_FAKE_CONN_H
#define TCPVIZ_TESTS_FAKE_CONN_H

#include "track/tracker.h"

struct track_conn {
    struct track_connection record;
    struct track_transition open_transitions[TRACK_MAX_OPEN_TRANSITIONS];
    size_t open_transition_count;
};

struct wire_endpoint fake_ipv4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port);
/* 2001:db8::last */
struct wire_endpoint fake_ipv6(uint8_t last, uint16_t port);
/* Number 1 between 10.0.0.1:50312 and 10.0.0.2:1234, from 2023-11-14T22:13:20Z on, nothing known
 * yet. */
struct track_conn fake_conn(void);

#define FAKE_START_NS 1700000000000000000

#endif
