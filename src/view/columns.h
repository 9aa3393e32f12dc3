/* The columns of the list of connections: which there are, and which of them are shown in which
 * order and width. */
#ifndef TCPVIZ_VIEW_COLUMNS_H
#define TCPVIZ_VIEW_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum view_column {
    VIEW_COLUMN_NUMBER, /* always shown */
    VIEW_COLUMN_CLIENT,
    VIEW_COLUMN_SERVER,
    VIEW_COLUMN_CLIENT_STATE,
    VIEW_COLUMN_SERVER_STATE,
    VIEW_COLUMN_PACKETS,
    VIEW_COLUMN_BYTES,
    VIEW_COLUMN_FINDINGS,
    VIEW_COLUMN_RTT,
    VIEW_COLUMN_AGE,
    VIEW_COLUMN_ACTIVITY,
    VIEW_COLUMN_LIFE, /* takes what room is left */
    VIEW_COLUMN_START,
    VIEW_COLUMN_DURATION,
    VIEW_COLUMN_OPEN,
    VIEW_COLUMN_CLOSE,
    VIEW_COLUMN_CLOSED_BY,
    VIEW_COLUMN_CLIENT_PACKETS,
    VIEW_COLUMN_SERVER_PACKETS,
    VIEW_COLUMN_CLIENT_BYTES,
    VIEW_COLUMN_SERVER_BYTES,
    VIEW_COLUMN_RETRANSMISSIONS,
    VIEW_COLUMN_OUT_OF_ORDER,
    VIEW_COLUMN_ZERO_WINDOWS,
    VIEW_COLUMN_THROUGHPUT,
    VIEW_COLUMN_HISTORY,
    VIEW_COLUMN_CONN_STATE,
    VIEW_COLUMN_KERNEL,  /* the states that this host's kernel says */
    VIEW_COLUMN_PROCESS, /* and whose the sockets are */
    VIEW_COLUMN_INCARNATION,
    VIEW_COLUMNS
};

struct view_column_entry {
    const char *name;  /* in settings: "client-state" */
    const char *head;  /* above the column */
    const char *words; /* for people, in English; translated by _() */
    uint8_t width;     /* unless another is chosen; the ends take more where there is room */
    uint8_t order;     /* the higher, the sooner it goes where there is no room; 0: stays */
    bool left;         /* aligned to the left */
    bool falling;      /* sorted with the largest first */
    bool unsorted;     /* there is no order */
};

const struct view_column_entry *view_column_entry(enum view_column column);

#define VIEW_COLUMN_MIN_WIDTH 2
#define VIEW_COLUMN_MAX_WIDTH 200

struct view_columns {
    struct {
        uint8_t column; /* enum view_column */
        uint8_t width;  /* 0: the column's own */
    } shown[VIEW_COLUMNS];
    size_t count;
};

void view_columns_default(struct view_columns *columns);
/* From "number client:30 server state"; blanks or commas between. False and why in *error;
 * *columns is then as it was. Without the number it is put first. */
bool view_columns_parse(struct view_columns *columns, const char *text, struct base_strbuf *error);
/* As view_columns_parse() takes it. Appends. */
void view_columns_print(const struct view_columns *columns, struct base_strbuf *out);
/* The place of a column; columns->count if it is not shown. */
size_t view_columns_find(const struct view_columns *columns, enum view_column column);
/* Shows a column as the last one, or no longer. */
void view_columns_toggle(struct view_columns *columns, enum view_column column);
/* Changes places with a neighbour; false if there is none. */
bool view_columns_move(struct view_columns *columns, size_t place, bool back);

/* A column's number by its name, perhaps with '-' before it for the other direction than its own;
 * false and why in *error. */
bool view_column_parse_sort(const char *text, enum view_column *column, bool *reverse,
                            struct base_strbuf *error);
void view_column_print_sort(enum view_column column, bool reverse, struct base_strbuf *out);

#endif
