/* How far each end has come in the state machine at a point of its connection's life. */
#ifndef TCPVIZ_VIEW_STATE_WALK_H
#define TCPVIZ_VIEW_STATE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "view/timeline.h"

/* The arrows of the diagram, RFC 9293 figure 5, without the ways back to CLOSED that only delete.
 */
enum view_edge {
    VIEW_EDGE_LISTEN,             /* CLOSED to LISTEN */
    VIEW_EDGE_CONNECT,            /* CLOSED to SYN_SENT */
    VIEW_EDGE_LISTEN_SYN,         /* LISTEN to SYN_RECEIVED */
    VIEW_EDGE_LISTEN_SEND,        /* LISTEN to SYN_SENT */
    VIEW_EDGE_SIMULTANEOUS_OPEN,  /* SYN_SENT to SYN_RECEIVED */
    VIEW_EDGE_ACK_OF_SYN,         /* SYN_RECEIVED to ESTABLISHED */
    VIEW_EDGE_SYN_ACK,            /* SYN_SENT to ESTABLISHED */
    VIEW_EDGE_EARLY_CLOSE,        /* SYN_RECEIVED to FIN_WAIT_1 */
    VIEW_EDGE_CLOSE,              /* ESTABLISHED to FIN_WAIT_1 */
    VIEW_EDGE_FIN,                /* ESTABLISHED to CLOSE_WAIT */
    VIEW_EDGE_ACK_OF_FIN,         /* FIN_WAIT_1 to FIN_WAIT_2 */
    VIEW_EDGE_SIMULTANEOUS_CLOSE, /* FIN_WAIT_1 to CLOSING */
    VIEW_EDGE_LAST_FIN,           /* FIN_WAIT_2 to TIME_WAIT */
    VIEW_EDGE_ACK_OF_FIN_CLOSING, /* CLOSING to TIME_WAIT */
    VIEW_EDGE_CLOSE_AFTER_PEER,   /* CLOSE_WAIT to LAST_ACK */
    VIEW_EDGE_LAST_ACK,           /* LAST_ACK to CLOSED */
    VIEW_EDGE_TIMEOUT,            /* TIME_WAIT to CLOSED */
    VIEW_EDGES
};

/* Ends of an edge. */
enum track_state view_edge_from(enum view_edge edge);
enum track_state view_edge_to(enum view_edge edge);

struct view_walk {
    uint8_t state;    /* enum track_state, now */
    bool confirmed;   /* nothing of the way is presumed */
    bool over;        /* in CLOSED after it was in another state */
    uint16_t visited; /* 1 << enum track_state; CLOSED: at the beginning */
    uint32_t walked;  /* 1 << enum view_edge */
    size_t steps;     /* transitions so far */
};

/* The walks of both ends after an item of the timeline. */
void view_walk_to(const struct view_timeline *timeline, size_t item, struct view_walk walk[2]);

/* The item at which a state changes next, or before: VIEW_WALK_NONE if there is none. */
#define VIEW_WALK_NONE SIZE_MAX
size_t view_walk_next_change(const struct view_timeline *timeline, size_t item, bool back);

/* A move out of a state, and what would cause it. */
struct view_move {
    uint8_t to; /* enum track_state */
    const char *when;
};
#define VIEW_MAX_MOVES 8

/* What can come next, the usual first; at most VIEW_MAX_MOVES. over: CLOSED after a life. */
size_t view_walk_moves(enum track_state state, bool over, struct view_move moves[VIEW_MAX_MOVES]);

#endif
