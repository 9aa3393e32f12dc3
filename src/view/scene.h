/* A ladder as rows of meaning: arrows between two lifelines, states beside them, sections. No
 * terminal, no colours, no columns: ladder_draw.c, and later SVG and HTML, decide where things go.
 */
#ifndef TCPVIZ_VIEW_SCENE_H
#define TCPVIZ_VIEW_SCENE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/event.h"
#include "view/role.h"

/* A text in the scene's arena: view_scene_text(). Length 0: none. */
struct view_text {
    uint32_t start, length;
};

/* The order in which parts of a row shrink when there is no room; a level applies to all parts at
 * once. */
enum view_elision {
    VIEW_NEVER,
    VIEW_LEVEL_WINDOW,
    VIEW_LEVEL_OPTIONS,
    VIEW_LEVEL_SEQ_OF_ACK, /* the sequence number of a segment that takes no room in the stream */
    VIEW_LEVEL_REMARK,
    VIEW_LEVEL_DETAIL, /* what a finding refers to */
    VIEW_LEVEL_MSS,
    VIEW_LEVEL_SUM,
    VIEW_LEVEL_LENGTH,
    VIEW_LEVEL_SEQ,
    VIEW_LEVEL_MARK,
    VIEW_LEVEL_ACK,
    VIEW_LEVELS
};

/* A piece of a row's text with two ways to be shorter. */
struct view_part {
    struct view_text text, brief;
    uint8_t role;              /* enum view_role */
    uint8_t brief_at, gone_at; /* enum view_elision: the brief text stands in, the part goes */
};

enum view_row_kind {
    VIEW_ROW_TEXT,      /* parts from the left edge on, no lifelines */
    VIEW_ROW_HEADER,    /* labels are the endpoints' names, above their lifelines */
    VIEW_ROW_SECTION,   /* parts in a line across */
    VIEW_ROW_ARROW,     /* parts on an arrow */
    VIEW_ROW_CROSS,     /* two arrows leave: parts at the left one, other_parts at the right one */
    VIEW_ROW_CROSS_END, /* … and arrive */
    VIEW_ROW_FOLD,      /* parts between the lifelines, for segments that are not drawn */
    VIEW_ROW_GAP,       /* parts between the lifelines: time passes */
    VIEW_ROW_NOTE,      /* parts between the lifelines: something not on the wire */
    VIEW_ROW_CALL,      /* parts at the sender's lifeline: a socket call of its program */
    VIEW_ROW_STATE      /* lifelines and labels only */
};

#define VIEW_NO_ITEM SIZE_MAX

/* How an arrow is drawn: what is most telling about it, beside that it is a RST or lost. */
enum view_manner {
    VIEW_MANNER_PLAIN,
    VIEW_MANNER_REPEATED,     /* sent before */
    VIEW_MANNER_OUT_OF_ORDER, /* overtaken */
    VIEW_MANNER_IGNORED,      /* arrives, and changes nothing */
    VIEW_MANNERS
};

struct view_scene_row {
    uint8_t kind;    /* enum view_row_kind */
    uint8_t sender;  /* ARROW, CALL: enum track_side; arrows start there; CROSS: who is first */
    uint8_t manner;  /* ARROW: enum view_manner */
    bool reset;      /* ARROW: a RST */
    bool lost;       /* ARROW: does not arrive */
    bool slanted;    /* ARROW: one of the scene's slants leaves here */
    size_t item;     /* of the timeline: what the row shows, or VIEW_NO_ITEM */
    size_t items;    /* how many from there on it stands for, if there is one */
    uint8_t section; /* SECTION: enum view_section */
    bool folded;     /* SECTION: the row stands for all of it */
    uint64_t frame;  /* of the segment, 0 if there is none */
    struct view_text time;
    struct view_text label[2];  /* by side */
    uint8_t label_role[2];      /* enum view_role */
    uint8_t state[2];           /* enum track_state of the lifelines at this row */
    uint32_t parts, part_count; /* index into the scene's parts */
    uint32_t other_parts, other_count;
};

/* An arrow that takes its time: from the row at which it leaves, an ARROW's, to that at which it
 * arrives, a STATE's. */
struct view_slant {
    uint32_t leaves, arrives; /* rows */
};

struct view_scene {
    struct view_scene_row *rows; /* owned */
    size_t row_count, row_capacity;
    struct view_slant *slants; /* owned, by the row at which they leave */
    size_t slant_count, slant_capacity;
    size_t head_rows; /* how many rows at the beginning name the endpoints: to be kept in sight */
    struct view_part *parts; /* owned */
    size_t part_count, part_capacity;
    struct base_strbuf arena;
    size_t time_width; /* columns for times; 0: as many as fit the width best */
    bool ascii;
    uint8_t least; /* enum view_elision: parts are at least as short as then, with room or without */
};

#define VIEW_SCENE_INIT                                                                            \
    {                                                                                              \
        .rows = NULL                                                                               \
    }

void view_scene_free(struct view_scene *scene);
/* Empties it, keeps the memory. */
void view_scene_clear(struct view_scene *scene);
/* The text, not NUL-terminated; valid until the scene grows. */
const char *view_scene_text(const struct view_scene *scene, struct view_text text);

/* For those who build a scene. Texts are copied. */
struct view_text view_scene_keep(struct view_scene *scene, const char *text, size_t length);
/* A row of a kind, otherwise empty, with the lifelines of the row before; valid until the next one.
 */
struct view_scene_row *view_scene_add_row(struct view_scene *scene, enum view_row_kind kind);
/* The arrow of a row arrives at another one, below it. */
void view_scene_add_slant(struct view_scene *scene, size_t leaves, size_t arrives);
/* A part of the last row. brief may be NULL: the part goes without a shorter form. */
void view_scene_add_part(struct view_scene *scene, const char *text, const char *brief,
                         enum view_role role, enum view_elision brief_at,
                         enum view_elision gone_at);
/* Parts added from now on are the last row's other_parts. */
void view_scene_other_parts(struct view_scene *scene);

#endif
