/* The columns of the list of connections. */
#include "config.h"

#include "view/columns.h"

#include <string.h>

#include "base/intl.h"

/* clang-format off */
/* In the order of enum view_column. */
static const struct view_column_entry entries[] = {
    {"number", "#", N_("number"), 4, 0, false, false, false},
    {"client", N_("Client"), N_("client"), 15, 0, true, false, false},
    {"server", N_("Server"), N_("server"), 15, 0, true, false, false},
    {"client-state", N_("Client state"), N_("client state"), 12, 0, true, false, false},
    {"server-state", N_("Server state"), N_("server state"), 12, 0, true, false, false},
    {"packets", N_("Pkts"), N_("packets"), 6, 1, false, true, false},
    {"bytes", N_("Bytes"), N_("bytes"), 8, 3, false, true, false},
    {"findings", "!", N_("findings"), 3, 2, false, true, false},
    {"rtt", "RTT", N_("RTT"), 8, 4, false, true, false},
    {"age", N_("Age"), N_("age"), 11, 5, false, true, false},
    {"activity", N_("Activity"), N_("activity: bytes over its life"), 16, 7, true, false, true},
    {"life", N_("Life"), N_("life: its segments in brief"), 20, 6, true, false, true},
    {"start", N_("Start"), N_("start, since the capture began"), 11, 8, false, false, false},
    {"duration", N_("Duration"), N_("duration"), 11, 8, false, true, false},
    {"open", N_("Open"), N_("how it was opened"), 12, 8, true, false, false},
    {"close", N_("Close"), N_("how it was closed"), 13, 8, true, false, false},
    {"closed-by", N_("Closed by"), N_("who closed it"), 9, 8, true, false, false},
    {"client-packets", N_("C pkts"), N_("packets of the client"), 6, 8, false, true, false},
    {"server-packets", N_("S pkts"), N_("packets of the server"), 6, 8, false, true, false},
    {"client-bytes", N_("C bytes"), N_("bytes of the client"), 8, 8, false, true, false},
    {"server-bytes", N_("S bytes"), N_("bytes of the server"), 8, 8, false, true, false},
    {"retransmissions", N_("Retrans"), N_("retransmissions"), 7, 8, false, true, false},
    {"out-of-order", N_("OOO"), N_("segments out of order"), 5, 8, false, true, false},
    {"zero-windows", N_("0-win"), N_("zero windows"), 5, 8, false, true, false},
    {"throughput", N_("Bytes/s"), N_("throughput of the faster end, bytes a second"), 8, 8, false, true, false},
    {"history", N_("History"), N_("history, in Zeek's letters"), 12, 8, true, false, false},
    {"conn-state", "Zeek", N_("connection state, in Zeek's words"), 6, 8, true, false, false},
    {"kernel", N_("Kernel"), N_("states as the kernel says, ! where it disagrees"), 14, 8, true, false, true},
    {"process", N_("Process"), N_("processes that have the sockets, with --kernel"), 16, 8, true, false, true},
    {"incarnation", N_("Inc"), N_("incarnation"), 3, 8, false, false, false},
};
/* clang-format on */

_Static_assert(sizeof entries / sizeof entries[0] == VIEW_COLUMNS, "an entry per column");

const struct view_column_entry *view_column_entry(enum view_column column)
{
    return &entries[column];
}

void view_columns_default(struct view_columns *columns)
{
    *columns = (struct view_columns){.count = VIEW_COLUMN_LIFE + 1};
    for (size_t i = 0; i < columns->count; i++)
        columns->shown[i].column = (uint8_t)i;
}

size_t view_columns_find(const struct view_columns *columns, enum view_column column)
{
    size_t place = 0;
    while (place < columns->count && columns->shown[place].column != column)
        place++;
    return place;
}

void view_columns_toggle(struct view_columns *columns, enum view_column column)
{
    size_t place = view_columns_find(columns, column);
    if (column == VIEW_COLUMN_NUMBER && place < columns->count)
        return;
    if (place == columns->count) {
        columns->shown[columns->count].column = (uint8_t)column;
        columns->shown[columns->count++].width = 0;
        return;
    }
    columns->count--;
    memmove(&columns->shown[place], &columns->shown[place + 1],
            (columns->count - place) * sizeof columns->shown[0]);
}

bool view_columns_move(struct view_columns *columns, size_t place, bool back)
{
    size_t other = back ? place - 1 : place + 1;
    if (place >= columns->count || (back && place == 0) || other >= columns->count)
        return false;
    uint8_t column = columns->shown[place].column, width = columns->shown[place].width;
    columns->shown[place] = columns->shown[other];
    columns->shown[other].column = column;
    columns->shown[other].width = width;
    return true;
}

/* --- as text --- */

static bool find_name(const char *text, size_t length, enum view_column *column)
{
    for (unsigned i = 0; i < VIEW_COLUMNS; i++) {
        if (strlen(entries[i].name) == length && memcmp(entries[i].name, text, length) == 0) {
            *column = (enum view_column)i;
            return true;
        }
    }
    return false;
}

static void refuse_name(const char *text, size_t length, struct base_strbuf *error)
{
    base_strbuf_printf(error, _("%.*s: no such column; there are"),
                       (int)(length < 40 ? length : 40), text);
    for (unsigned i = 0; i < VIEW_COLUMNS; i++)
        base_strbuf_printf(error, "%s %s", i > 0 ? "," : "", entries[i].name);
}

static bool take_width(const char *text, size_t length, uint8_t *width)
{
    unsigned number = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || number > VIEW_COLUMN_MAX_WIDTH)
            return false;
        number = number * 10 + (unsigned)(text[i] - '0');
    }
    *width = (uint8_t)number;
    return length > 0 && number >= VIEW_COLUMN_MIN_WIDTH && number <= VIEW_COLUMN_MAX_WIDTH;
}

static bool take_column(struct view_columns *columns, const char *text, size_t length,
                        struct base_strbuf *error)
{
    const char *colon = memchr(text, ':', length);
    size_t name = colon != NULL ? (size_t)(colon - text) : length;
    enum view_column column;
    uint8_t width = 0;
    if (!find_name(text, name, &column)) {
        refuse_name(text, name, error);
        return false;
    }
    if (colon != NULL && !take_width(colon + 1, length - name - 1, &width)) {
        base_strbuf_printf(error, _("%.*s: not a width from %d to %d"),
                           (int)(length < 60 ? length : 60), text, VIEW_COLUMN_MIN_WIDTH,
                           VIEW_COLUMN_MAX_WIDTH);
        return false;
    }
    if (view_columns_find(columns, column) < columns->count) {
        base_strbuf_printf(error, _("%s: twice"), entries[column].name);
        return false;
    }
    columns->shown[columns->count].column = (uint8_t)column;
    columns->shown[columns->count++].width = width;
    return true;
}

bool view_columns_parse(struct view_columns *columns, const char *text, struct base_strbuf *error)
{
    struct view_columns read = {.count = 0};
    for (text += strspn(text, " ,\t"); *text != '\0'; text += strspn(text, " ,\t")) {
        size_t length = strcspn(text, " ,\t");
        if (!take_column(&read, text, length, error))
            return false;
        text += length;
    }
    if (read.count == 0) {
        base_strbuf_str(error, _("a list of columns is missing"));
        return false;
    }
    if (view_columns_find(&read, VIEW_COLUMN_NUMBER) == read.count) {
        memmove(&read.shown[1], &read.shown[0], read.count * sizeof read.shown[0]);
        read.shown[0].column = VIEW_COLUMN_NUMBER;
        read.shown[0].width = 0;
        read.count++;
    }
    *columns = read;
    return true;
}

void view_columns_print(const struct view_columns *columns, struct base_strbuf *out)
{
    for (size_t i = 0; i < columns->count; i++) {
        base_strbuf_printf(out, "%s%s", i > 0 ? " " : "", entries[columns->shown[i].column].name);
        if (columns->shown[i].width > 0)
            base_strbuf_printf(out, ":%u", columns->shown[i].width);
    }
}

bool view_column_parse_sort(const char *text, enum view_column *column, bool *reverse,
                            struct base_strbuf *error)
{
    bool turned = text[0] == '-';
    enum view_column found;
    if (!find_name(text + turned, strlen(text + turned), &found)) {
        refuse_name(text + turned, strlen(text + turned), error);
        return false;
    }
    if (entries[found].unsorted) {
        base_strbuf_printf(error, _("%s: there is no order by this column"), entries[found].name);
        return false;
    }
    *column = found;
    *reverse = entries[found].falling != turned;
    return true;
}

void view_column_print_sort(enum view_column column, bool reverse, struct base_strbuf *out)
{
    base_strbuf_printf(out, "%s%s", reverse != entries[column].falling ? "-" : "",
                       entries[column].name);
}
