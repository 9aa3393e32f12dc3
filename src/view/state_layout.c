/* Where the states of RFC 9293 figure 5 stand in a drawing, and how its arrows go. */
#include "config.h"

#include "view/state_layout.h"

#include "base/intl.h"

static const struct view_node_place places[VIEW_NODES] = {
    [VIEW_NODE_CLOSED] = {TRACK_CLOSED, 1, 0},
    [VIEW_NODE_LISTEN] = {TRACK_LISTEN, 1, 1},
    [VIEW_NODE_SYN_RECEIVED] = {TRACK_SYN_RECEIVED, 0, 2},
    [VIEW_NODE_SYN_SENT] = {TRACK_SYN_SENT, 2, 2},
    [VIEW_NODE_ESTABLISHED] = {TRACK_ESTABLISHED, 1, 3},
    [VIEW_NODE_FIN_WAIT_1] = {TRACK_FIN_WAIT_1, 0, 4},
    [VIEW_NODE_CLOSE_WAIT] = {TRACK_CLOSE_WAIT, 2, 4},
    [VIEW_NODE_FIN_WAIT_2] = {TRACK_FIN_WAIT_2, 0, 5},
    [VIEW_NODE_CLOSING] = {TRACK_CLOSING, 1, 5},
    [VIEW_NODE_LAST_ACK] = {TRACK_LAST_ACK, 2, 5},
    [VIEW_NODE_TIME_WAIT] = {TRACK_TIME_WAIT, 1, 6},
    [VIEW_NODE_OVER] = {TRACK_CLOSED, 2, 6},
};

#define SENDS_FIN N_("close(), sends FIN")
#define GOT_FIN N_("got FIN, sends ACK")

static const struct view_route routes[VIEW_EDGES] = {
    [VIEW_EDGE_LISTEN] = {VIEW_NODE_CLOSED, VIEW_NODE_LISTEN, VIEW_DOWN, 0, 0, "listen()",
                          "listen()"},
    [VIEW_EDGE_CONNECT] = {VIEW_NODE_CLOSED, VIEW_NODE_SYN_SENT, VIEW_ACROSS_DOWN, 0, 3,
                           N_("connect(), sends SYN"), "connect()"},
    [VIEW_EDGE_LISTEN_SYN] = {VIEW_NODE_LISTEN, VIEW_NODE_SYN_RECEIVED, VIEW_ACROSS_DOWN, 0, 0,
                              N_("got SYN, sends SYN,ACK"), N_("got SYN")},
    [VIEW_EDGE_LISTEN_SEND] = {VIEW_NODE_LISTEN, VIEW_NODE_SYN_SENT, VIEW_ACROSS_DOWN, 0, -3,
                               N_("sends SYN"), "send()"},
    [VIEW_EDGE_SIMULTANEOUS_OPEN] = {VIEW_NODE_SYN_SENT, VIEW_NODE_SYN_RECEIVED, VIEW_ACROSS, 0, 0,
                                     N_("got SYN, sends SYN,ACK"), N_("got SYN")},
    [VIEW_EDGE_ACK_OF_SYN] = {VIEW_NODE_SYN_RECEIVED, VIEW_NODE_ESTABLISHED, VIEW_DOWN_ACROSS, 6, 0,
                              N_("got ACK of SYN"), N_("got ACK")},
    [VIEW_EDGE_SYN_ACK] = {VIEW_NODE_SYN_SENT, VIEW_NODE_ESTABLISHED, VIEW_DOWN_ACROSS, 0, 0,
                           N_("got SYN,ACK, sends ACK"), N_("got SYN,ACK")},
    [VIEW_EDGE_EARLY_CLOSE] = {VIEW_NODE_SYN_RECEIVED, VIEW_NODE_FIN_WAIT_1, VIEW_DOWN, -6, -6,
                               "close()", "close()"},
    [VIEW_EDGE_CLOSE] = {VIEW_NODE_ESTABLISHED, VIEW_NODE_FIN_WAIT_1, VIEW_DOWN_ACROSS_DOWN, -4, 6,
                         SENDS_FIN, "close()"},
    [VIEW_EDGE_FIN] = {VIEW_NODE_ESTABLISHED, VIEW_NODE_CLOSE_WAIT, VIEW_DOWN_ACROSS_DOWN, 4, 0,
                       GOT_FIN, N_("got FIN")},
    [VIEW_EDGE_ACK_OF_FIN] = {VIEW_NODE_FIN_WAIT_1, VIEW_NODE_FIN_WAIT_2, VIEW_DOWN, 0, 0,
                              N_("got ACK of FIN"), N_("got ACK")},
    [VIEW_EDGE_SIMULTANEOUS_CLOSE] = {VIEW_NODE_FIN_WAIT_1, VIEW_NODE_CLOSING, VIEW_ACROSS_DOWN, 0,
                                      0, GOT_FIN, N_("got FIN")},
    [VIEW_EDGE_LAST_FIN] = {VIEW_NODE_FIN_WAIT_2, VIEW_NODE_TIME_WAIT, VIEW_DOWN_ACROSS, 0, 0,
                            GOT_FIN, N_("got FIN")},
    [VIEW_EDGE_ACK_OF_FIN_CLOSING] = {VIEW_NODE_CLOSING, VIEW_NODE_TIME_WAIT, VIEW_DOWN, 0, 0,
                                      N_("got ACK of FIN"), N_("got ACK")},
    [VIEW_EDGE_CLOSE_AFTER_PEER] = {VIEW_NODE_CLOSE_WAIT, VIEW_NODE_LAST_ACK, VIEW_DOWN, 0, 0,
                                    SENDS_FIN, "close()"},
    [VIEW_EDGE_LAST_ACK] = {VIEW_NODE_LAST_ACK, VIEW_NODE_OVER, VIEW_DOWN, 0, 0,
                            N_("got ACK of FIN"), N_("got ACK")},
    [VIEW_EDGE_TIMEOUT] = {VIEW_NODE_TIME_WAIT, VIEW_NODE_OVER, VIEW_ACROSS, 0, 0,
                           N_("2 MSL passed"), "2 MSL"},
};

const struct view_node_place *view_node_place(enum view_node node)
{
    return &places[node];
}

const struct view_route *view_route(enum view_edge edge)
{
    return &routes[edge];
}
