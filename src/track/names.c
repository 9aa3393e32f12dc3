/* The words for states, causes and verdicts, as the JSON and the manual spell them. */
#include "config.h"

#include <assert.h>
#include <stddef.h>

#include "base/intl.h"
#include "track/event.h"
#include "track/state.h"

static const char *const state_names[TRACK_STATES] = {
    [TRACK_UNKNOWN] = "UNKNOWN",
    [TRACK_CLOSED] = "CLOSED",
    [TRACK_LISTEN] = "LISTEN",
    [TRACK_SYN_SENT] = "SYN_SENT",
    [TRACK_SYN_RECEIVED] = "SYN_RECEIVED",
    [TRACK_ESTABLISHED] = "ESTABLISHED",
    [TRACK_FIN_WAIT_1] = "FIN_WAIT_1",
    [TRACK_FIN_WAIT_2] = "FIN_WAIT_2",
    [TRACK_CLOSE_WAIT] = "CLOSE_WAIT",
    [TRACK_CLOSING] = "CLOSING",
    [TRACK_LAST_ACK] = "LAST_ACK",
    [TRACK_TIME_WAIT] = "TIME_WAIT",
};

static const struct {
    const char *text, *rfc;
} causes[TRACK_CAUSES] = {
    [TRACK_CAUSE_NONE] = {N_("unknown"), NULL},
    [TRACK_CAUSE_SENT_SYN] = {N_("sent SYN"), "9293 3.10.1"},
    [TRACK_CAUSE_RECEIVED_SYN] = {N_("received SYN"), "9293 3.10.7.2"},
    [TRACK_CAUSE_RECEIVED_SYN_IN_SYN_SENT] = {N_("received SYN (simultaneous open)"),
                                              "9293 3.10.7.3"},
    [TRACK_CAUSE_RECEIVED_SYN_ACK] = {N_("received SYN,ACK"), "9293 3.10.7.3"},
    [TRACK_CAUSE_RECEIVED_ACK_OF_SYN] = {N_("received ACK of SYN"), "9293 3.10.7.4"},
    [TRACK_CAUSE_SENT_FIN] = {N_("sent FIN"), "9293 3.10.4"},
    [TRACK_CAUSE_RECEIVED_FIN] = {N_("received FIN"), "9293 3.10.7.4"},
    [TRACK_CAUSE_RECEIVED_ACK_OF_FIN] = {N_("received ACK of FIN"), "9293 3.10.7.4"},
    [TRACK_CAUSE_SENT_RST] = {N_("sent RST"), "9293 3.10.5"},
    [TRACK_CAUSE_RECEIVED_RST] = {N_("received RST"), "9293 3.10.7.4"},
    [TRACK_CAUSE_RECEIVED_RST_IN_SYN_RECEIVED] =
        {N_("received RST (Linux: CLOSED; RFC 9293: LISTEN)"), "9293 3.10.7.4"},
    [TRACK_CAUSE_REFUSED] = {N_("received RST (refused)"), "9293 3.10.7.3"},
    [TRACK_CAUSE_ICMP] = {N_("received ICMP error"), "9293 3.9.2.2"},
    [TRACK_CAUSE_ABORTED_OPEN] = {N_("gave up and answers the SYN,ACK with RST"), "9293 3.10.4"},
    [TRACK_CAUSE_TIME_WAIT_EXPIRED] = {N_("2 MSL passed"), "9293 3.10.8"},
    [TRACK_CAUSE_TIME_WAIT_REUSED] = {N_("a new SYN took its place"), "9293 3.6.1"},
    [TRACK_CAUSE_NO_SOCKET] = {N_("its host no longer knew the connection"), "9293 3.10.7.1"},
    [TRACK_CAUSE_JOINED] = {N_("first seen in this state"), NULL},
};

const char *track_state_name(enum track_state state)
{
    assert(state < TRACK_STATES);
    return state_names[state];
}

const char *track_certainty_name(enum track_certainty certainty)
{
    static const char *const names[] = {"unknown", "inferred", "seen"};
    return names[certainty];
}

const char *track_cause_text(enum track_cause cause)
{
    assert(cause < TRACK_CAUSES);
    return causes[cause].text;
}

const char *track_cause_rfc(enum track_cause cause)
{
    assert(cause < TRACK_CAUSES);
    return causes[cause].rfc;
}

const char *track_open_name(enum track_open open)
{
    static const char *const names[] = {"three-way",  "simultaneous", "fast-open", "refused",
                                        "unanswered", "half",         "midstream"};
    return names[open];
}

const char *track_close_name(enum track_close close)
{
    static const char *const names[] = {"open",        "four-way", "three-segment", "simultaneous",
                                        "half-closed", "reset",    "timeout"};
    return names[close];
}

const char *track_closed_by_name(enum track_closed_by by)
{
    static const char *const names[] = {"none", "client", "server", "both"};
    return names[by];
}

const char *track_outcome_name(enum track_outcome outcome)
{
    static const char *const names[] = {"not checked", "holds", "breaks", "cannot be known"};
    return names[outcome];
}

const char *track_check_name(enum track_check_kind check)
{
    static const char *const names[TRACK_CHECKS] = {"seq",       "ack",     "window",  "sack",
                                                    "timestamp", "options", "checksum"};
    assert(check < TRACK_CHECKS);
    return names[check];
}
