/* The signs that drawings are made of, in Unicode and in ASCII. */
#ifndef TCPVIZ_VIEW_GLYPHS_H
#define TCPVIZ_VIEW_GLYPHS_H

#include <stdbool.h>
#include <stdint.h>

/* Each a single column. */
struct view_glyphs {
    uint32_t rule;          /* section lines */
    uint32_t line;          /* an arrow's shaft */
    uint32_t line_reset;    /* of a RST */
    uint32_t line_note;     /* of what is no segment */
    uint32_t line_repeated; /* ' ': every other column of line is left out */
    uint32_t line_out_of_order;
    uint32_t head_right; /* arrow heads */
    uint32_t head_left;
    uint32_t ignored_right; /* … of a segment that changes nothing */
    uint32_t ignored_left;
    uint32_t lost;      /* where an arrow ends that did not arrive */
    uint32_t life;      /* lifeline of an endpoint that has a connection */
    uint32_t life_idle; /* of one in CLOSED, LISTEN or unknown */
    uint32_t down, up;  /* crossing arrows: falling and rising */
    uint32_t cross;     /* where they meet */
    /* Texts of one column or more. */
    const char *holds, *breaks;
    const char *ellipsis;          /* cut text */
    const char *fold;              /* a run of segments */
    const char *both;              /* between two endpoints */
    const char *folded, *unfolded; /* a section */
    const char *then;              /* between two steps */
};

const struct view_glyphs *view_glyphs(bool ascii);

#endif
