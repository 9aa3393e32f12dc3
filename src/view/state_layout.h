/* Where the states of RFC 9293 figure 5 stand in a drawing, and how its arrows go: three columns
 * and seven rows, CLOSED both above and below as in the RFC. Every arrow has a route of its own, so
 * that none crosses or joins another. */
#ifndef TCPVIZ_VIEW_STATE_LAYOUT_H
#define TCPVIZ_VIEW_STATE_LAYOUT_H

#include <stdint.h>

#include "view/state_walk.h"

#define VIEW_NODE_COLUMNS 3
#define VIEW_NODE_ROWS 7
/* What offsets are measured by: the width of a box. */
#define VIEW_BOX_WIDTH 18

enum view_node {
    VIEW_NODE_CLOSED,
    VIEW_NODE_LISTEN,
    VIEW_NODE_SYN_RECEIVED,
    VIEW_NODE_SYN_SENT,
    VIEW_NODE_ESTABLISHED,
    VIEW_NODE_FIN_WAIT_1,
    VIEW_NODE_CLOSE_WAIT,
    VIEW_NODE_FIN_WAIT_2,
    VIEW_NODE_CLOSING,
    VIEW_NODE_LAST_ACK,
    VIEW_NODE_TIME_WAIT,
    VIEW_NODE_OVER, /* CLOSED again */
    VIEW_NODES
};

struct view_node_place {
    uint8_t state; /* enum track_state */
    uint8_t column, row;
};

/* How an arrow goes: across, down, or one after the other. */
enum view_route_shape {
    VIEW_ACROSS,
    VIEW_DOWN,
    VIEW_ACROSS_DOWN,
    VIEW_DOWN_ACROSS,
    VIEW_DOWN_ACROSS_DOWN
};

/* Offsets are from the middle of the box whose upper or lower edge the arrow touches. */
struct view_route {
    uint8_t from, to; /* enum view_node */
    uint8_t shape;    /* enum view_route_shape */
    int8_t from_offset, to_offset;
    const char *full, *brief; /* what is written on it, by room */
};

/* Neither returns NULL. */
const struct view_node_place *view_node_place(enum view_node node);
const struct view_route *view_route(enum view_edge edge);

#endif
