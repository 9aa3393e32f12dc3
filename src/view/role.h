/* What a piece of a drawing is, so that terminals, themes and pages can give it a look. No colours
 * here. */
#ifndef TCPVIZ_VIEW_ROLE_H
#define TCPVIZ_VIEW_ROLE_H

#include <stdint.h>

#include "track/state.h"

enum view_role {
    VIEW_ROLE_PLAIN,
    VIEW_ROLE_DIM,      /* legends, hints */
    VIEW_ROLE_TITLE,    /* a connection's head line */
    VIEW_ROLE_ENDPOINT, /* the names above the lifelines */
    VIEW_ROLE_TIME,
    VIEW_ROLE_RULE,    /* section lines */
    VIEW_ROLE_SECTION, /* section names */
    VIEW_ROLE_ARROW,
    VIEW_ROLE_ARROW_RESET,
    VIEW_ROLE_ARROW_LOST,
    VIEW_ROLE_ARROW_REPEATED,
    VIEW_ROLE_ARROW_OUT_OF_ORDER,
    VIEW_ROLE_ARROW_IGNORED, /* arrives and changes nothing */
    VIEW_ROLE_FLAGS,
    VIEW_ROLE_FLAGS_RESET,
    VIEW_ROLE_NUMBER,  /* seq, ack, length, options */
    VIEW_ROLE_HOLDS,   /* the check mark of right arithmetic */
    VIEW_ROLE_BREAKS,  /* the cross of wrong arithmetic, and what was expected */
    VIEW_ROLE_FINDING, /* a finding that asks for attention */
    VIEW_ROLE_REMARK,  /* a finding that does not */
    VIEW_ROLE_FOLD,    /* a run of segments in one line */
    VIEW_ROLE_GAP,     /* time passes */
    VIEW_ROLE_NOTE,    /* what no segment of the connection says: timers, ICMP */
    VIEW_ROLE_CLIENT,  /* what is one end's in a drawing of both */
    VIEW_ROLE_SERVER,
    VIEW_ROLE_BOTH,
    VIEW_ROLE_STATE,   /* + enum track_state: a state's name and its stretch of lifeline */
    VIEW_ROLES = VIEW_ROLE_STATE + TRACK_STATES
};

/* An enum view_role, as narrow as grid cells keep it. */
static inline uint8_t view_role_of_state(enum track_state state)
{
    return (uint8_t)((int)VIEW_ROLE_STATE + (int)state);
}

#endif
