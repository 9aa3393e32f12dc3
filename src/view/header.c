/* The TCP header as rows of 32 bits, with its options: RFC 9293 figure 1 with values. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cursor.h"
#include "base/intl.h"
#include "track/seq.h"
#include "view/charwidth.h"
#include "view/encapsulation.h"

#define BITS 32
#define FIXED_BYTES 20

/* A field of a row: which bits, and what stands in it. */
struct field {
    unsigned bits;
    char text[64];
    enum view_role role;
};

struct row {
    struct field fields[12];
    size_t count;
};

/* --- values --- */

static uint16_t u16_at(const struct view_header *header, size_t at)
{
    return (uint16_t)(header->bytes[at] << 8 | header->bytes[at + 1]);
}

static bool has_bytes(const struct view_header *header)
{
    return header->bytes != NULL && header->length >= FIXED_BYTES;
}

/* As on the wire and counted from the first one, the wanted one first. */
static void add_number(char *text, size_t size, const char *name, uint32_t wire, bool known,
                       int64_t relative, bool absolute)
{
    if (!known)
        snprintf(text, size, "%s %" PRIu32, name, wire);
    else if (absolute)
        snprintf(text, size, _("%s %" PRIu32 " (relative %" PRId64 ")"), name, wire, relative);
    else
        snprintf(text, size, _("%s %" PRId64 " (on the wire %" PRIu32 ")"), name, relative, wire);
}

#define SET(field, width, look, ...)                                                               \
    do {                                                                                           \
        (field)->bits = (width);                                                                   \
        (field)->role = (look);                                                                    \
        snprintf((field)->text, sizeof(field)->text, __VA_ARGS__);                                 \
    } while (0)

static void set_numbers(const struct view_header *header, struct row *seq, struct row *ack)
{
    const struct track_event *event = header->event;
    bool acks = (event->flags & WIRE_ACK) != 0;
    seq->count = ack->count = 1;
    seq->fields[0] = ack->fields[0] = (struct field){.bits = BITS, .role = VIEW_ROLE_NUMBER};
    add_number(seq->fields[0].text, sizeof seq->fields[0].text, _("Sequence number"), event->seq,
               event->rel_seq_known, event->rel_seq, header->absolute);
    add_number(ack->fields[0].text, sizeof ack->fields[0].text, _("Acknowledgment number"),
               event->ack, acks && event->rel_ack_known, event->rel_ack, header->absolute);
    if (!acks)
        SET(&ack->fields[0], BITS, VIEW_ROLE_DIM,
            _("Acknowledgment number (means nothing: no ACK)"));
}

static const char flag_letters[] = "CEUAPRSF";

static void set_flags(const struct view_header *header, struct row *row, bool values)
{
    const struct track_event *event = header->event;
    unsigned offset = has_bytes(header) ? header->bytes[12] >> 4 : 0;
    unsigned reserved = has_bytes(header) ? header->bytes[12] & 15 : (event->flags >> 8 & 1);
    row->count = 11;
    if (values && offset > 0)
        SET(&row->fields[0], 4, VIEW_ROLE_NUMBER, "%u", offset);
    else
        SET(&row->fields[0], 4, VIEW_ROLE_PLAIN, values ? "?" : _("Offset"));
    if (values)
        SET(&row->fields[1], 4, VIEW_ROLE_NUMBER, "%u", reserved);
    else
        SET(&row->fields[1], 4, VIEW_ROLE_PLAIN, _("Rsrvd"));
    for (unsigned i = 0; i < 8; i++) {
        bool set = (event->flags >> (7 - i) & 1) != 0;
        enum view_role role = set ? VIEW_ROLE_FLAGS : VIEW_ROLE_DIM;
        SET(&row->fields[2 + i], 1, role, "%c", values ? (set ? '1' : '0') : flag_letters[i]);
    }
    if (values)
        SET(&row->fields[10], 16, VIEW_ROLE_NUMBER, "%u", (unsigned)event->window);
    else
        SET(&row->fields[10], 16, VIEW_ROLE_PLAIN, _("Window"));
}

static void set_last(const struct view_header *header, struct row *row)
{
    static const char *const words[] = {"", N_(" right"), N_(" WRONG")};
    const char *word = header->checksum <= WIRE_CHECKSUM_BAD ? _(words[header->checksum]) : "";
    row->count = 2;
    if (has_bytes(header))
        SET(&row->fields[0], 16, VIEW_ROLE_NUMBER, _("Checksum 0x%04x%s"),
            (unsigned)u16_at(header, 16), word);
    else
        SET(&row->fields[0], 16, VIEW_ROLE_DIM, _("Checksum not kept"));
    SET(&row->fields[1], 16, header->event->flags & WIRE_URG ? VIEW_ROLE_NUMBER : VIEW_ROLE_DIM,
        _("Urgent pointer %u"), (unsigned)header->event->urgent);
}

static void set_ports(const struct view_header *header, struct row *row)
{
    row->count = 2;
    SET(&row->fields[0], 16, VIEW_ROLE_NUMBER, _("Source port %u"), (unsigned)header->ports[0]);
    SET(&row->fields[1], 16, VIEW_ROLE_NUMBER, _("Destination port %u"),
        (unsigned)header->ports[1]);
}

/* --- options --- */

/* A SACK edge as the reader sees the numbers that are acked. */
static void add_edge(struct base_strbuf *out, const struct view_header *header, uint32_t edge)
{
    const struct track_event *event = header->event;
    if (header->absolute || !event->rel_ack_known)
        base_strbuf_u64(out, edge);
    else
        base_strbuf_printf(out, "%" PRId64, event->rel_ack + seq_diff(edge, event->ack));
}

static void add_sack(struct base_strbuf *out, const struct view_header *header,
                     struct base_cursor body)
{
    base_strbuf_str(out, "SACK");
    while (body.left >= 8) {
        uint32_t left = base_cursor_u32(&body), right = base_cursor_u32(&body);
        base_strbuf_char(out, ' ');
        add_edge(out, header, left);
        base_strbuf_str(out, "..");
        add_edge(out, header, right);
    }
}

static void add_scale(struct base_strbuf *out, unsigned shift)
{
    unsigned used = shift > 14 ? 14 : shift;
    base_strbuf_printf(out, _("Window scale %u: windows count %u bytes"), shift, 1u << used);
}

static void add_timestamps(struct base_strbuf *out, struct base_cursor body)
{
    uint32_t value = base_cursor_u32(&body), echo = base_cursor_u32(&body);
    base_strbuf_printf(out, _("Timestamps %" PRIu32 ", echo %" PRIu32), value, echo);
}

/* Kinds as IANA lists them; 'length' with the two bytes of kind and length. */
static void add_known_option(struct base_strbuf *out, const struct view_header *header,
                             unsigned kind, struct base_cursor body)
{
    size_t length = body.left + 2;
    if (kind == 2 && body.left == 2)
        base_strbuf_printf(out, _("Maximum segment size %u"), (unsigned)base_cursor_u16(&body));
    else if (kind == 3 && body.left == 1)
        add_scale(out, base_cursor_u8(&body));
    else if (kind == 4 && body.left == 0)
        base_strbuf_str(out, _("SACK permitted"));
    else if (kind == 5 && body.left > 0 && body.left % 8 == 0)
        add_sack(out, header, body);
    else if (kind == 8 && body.left == 8)
        add_timestamps(out, body);
    else if (kind == 19)
        base_strbuf_str(out, _("MD5 signature"));
    else if (kind == 28)
        base_strbuf_str(out, _("User timeout"));
    else if (kind == 29)
        base_strbuf_str(out, _("Authentication (TCP-AO)"));
    else if (kind == 30)
        base_strbuf_str(out, _("Multipath TCP"));
    else if (kind == 34 && body.left == 0)
        base_strbuf_str(out, _("Fast Open: asks for a cookie"));
    else if (kind == 34)
        base_strbuf_printf(out, _("Fast Open: cookie of %zu bytes"), body.left);
    else if (kind == 172 || kind == 174)
        base_strbuf_str(out, _("Accurate ECN"));
    else
        base_strbuf_printf(out, _("Option of kind %u"), kind);
    base_strbuf_printf(out, _("  (kind %u, %zu bytes)"), kind, length);
}

bool view_add_option(struct base_strbuf *out, const struct view_header *header, size_t *at)
{
    if (!has_bytes(header))
        return false;
    size_t end = (size_t)(header->bytes[12] >> 4) * 4;
    size_t there = header->length < end ? header->length : end;
    if (*at < FIXED_BYTES)
        *at = FIXED_BYTES;
    if (*at >= there)
        return false;
    unsigned kind = header->bytes[*at];
    if (kind <= 1) {
        base_strbuf_str(out, kind == 1 ? _("No-operation  (kind 1, 1 byte)")
                                       : _("End of options  (kind 0)"));
        *at = kind == 1 ? *at + 1 : there;
        return true;
    }
    size_t length = *at + 1 < there ? header->bytes[*at + 1] : 0;
    if (length < 2 || *at + length > there) {
        base_strbuf_printf(out, _("Kind %u: its length does not fit, or was not captured"), kind);
        *at = there;
        return true;
    }
    add_known_option(out, header, kind, base_cursor_make(header->bytes + *at + 2, length - 2));
    *at += length;
    return true;
}

/* What the event keeps of them; the same form. */
static bool add_kept_option(struct base_strbuf *out, const struct view_header *header,
                            unsigned index)
{
    const struct wire_options *options = &header->event->options;
    if (index == 0 && (options->present & WIRE_OPTION_MSS))
        base_strbuf_printf(out, _("Maximum segment size %u"), (unsigned)options->mss);
    else if (index == 1 && (options->present & WIRE_OPTION_WINDOW_SCALE))
        add_scale(out, options->window_scale);
    else if (index == 2 && (options->present & WIRE_OPTION_SACK_PERMITTED))
        base_strbuf_str(out, _("SACK permitted"));
    else if (index == 3 && options->sack_blocks > 0)
        base_strbuf_printf(out, _("SACK, %u blocks"), (unsigned)options->sack_blocks);
    else if (index == 4 && (options->present & WIRE_OPTION_TIMESTAMPS))
        base_strbuf_str(out, _("Timestamps"));
    else
        return false;
    return true;
}

/* --- drawing --- */

/* A bit for each border between fields, 0 to 32. */
static uint64_t borders_of(const struct row *row)
{
    uint64_t borders = 1;
    unsigned at = 0;
    for (size_t i = 0; i < row->count; i++) {
        at += row->fields[i].bits;
        borders |= (uint64_t)1 << at;
    }
    return borders;
}

/* The line between two rows; above or below the first and last there is none (0). */
static void draw_line(const struct view_place *place, size_t y, uint64_t above, uint64_t below)
{
    static const uint32_t middle[2][2] = {{0x2500, 0x252c}, {0x2534, 0x253c}};
    for (unsigned i = 0; i <= BITS; i++) {
        bool up = (above >> i & 1) != 0, down = (below >> i & 1) != 0;
        uint32_t sign = middle[up][down];
        if (i == 0)
            sign = !up ? 0x250c : !down ? 0x2514 : 0x251c;
        else if (i == BITS)
            sign = !up ? 0x2510 : !down ? 0x2518 : 0x2524;
        if (place->ascii)
            sign = up || down ? '+' : '-';
        view_grid_fill(place->grid, place->x + 2 * i, y, sign, 1, VIEW_ROLE_RULE);
        if (i < BITS)
            view_grid_fill(place->grid, place->x + 2 * i + 1, y, place->ascii ? '-' : 0x2500, 1,
                           VIEW_ROLE_RULE);
    }
}

static void draw_row(const struct view_place *place, size_t y, const struct row *row)
{
    size_t x = place->x;
    for (size_t i = 0; i < row->count; i++) {
        const struct field *field = &row->fields[i];
        size_t room = 2 * field->bits - 1,
               length = view_text_width(field->text, strlen(field->text));
        view_grid_fill(place->grid, x, y, place->ascii ? '|' : 0x2502, 1, VIEW_ROLE_RULE);
        if (length > room)
            length = room;
        view_grid_put(place->grid, x + 1 + (room - length) / 2, y, field->text, strlen(field->text),
                      room, field->role);
        x += 2 * field->bits;
    }
    view_grid_fill(place->grid, x, y, place->ascii ? '|' : 0x2502, 1, VIEW_ROLE_RULE);
}

/* The numbers of the bits above. */
static size_t draw_ruler(const struct view_place *place)
{
    for (unsigned i = 0; i < BITS; i++) {
        if (i % 10 == 0)
            view_grid_fill(place->grid, place->x + 2 * i + 1, place->y, '0' + i / 10, 1,
                           VIEW_ROLE_DIM);
        view_grid_fill(place->grid, place->x + 2 * i + 1, place->y + 1, '0' + i % 10, 1,
                       VIEW_ROLE_DIM);
    }
    return 2;
}

enum { PORTS, SEQ, ACK, FLAG_NAMES, FLAG_VALUES, LAST, ROWS };

static void make_rows(const struct view_header *header, struct row rows[ROWS])
{
    memset(rows, 0, ROWS * sizeof rows[0]);
    set_ports(header, &rows[PORTS]);
    set_numbers(header, &rows[SEQ], &rows[ACK]);
    set_flags(header, &rows[FLAG_NAMES], false);
    set_flags(header, &rows[FLAG_VALUES], true);
    set_last(header, &rows[LAST]);
}

/* The option after those of *at (or *index, without bytes). */
static bool next_option(const struct view_header *header, struct base_strbuf *text, size_t *at,
                        unsigned *index)
{
    base_strbuf_clear(text);
    if (has_bytes(header))
        return view_add_option(text, header, at);
    while (*index < 5)
        if (add_kept_option(text, header, (*index)++))
            return true;
    return false;
}

/* A row over all bits for an option; more than one for what does not fit. */
static size_t draw_option(const struct view_place *place, size_t y, const char *text)
{
    size_t rows = 0;
    do {
        struct row row = {.count = 1};
        size_t length = strlen(text), fits = view_text_fit(text, length, 2 * BITS - 1);
        while (fits < length && fits > 0 && text[fits] != ' ')
            fits--;
        if (fits == 0)
            fits = view_text_fit(text, length, 2 * BITS - 1);
        SET(&row.fields[0], BITS, VIEW_ROLE_NUMBER, "%.*s", (int)fits, text);
        draw_row(place, y + rows++, &row);
        text += fits;
        text += strspn(text, " ");
    } while (*text != '\0');
    return rows;
}

static size_t draw_boxes(const struct view_place *place, const struct row rows[ROWS],
                         const struct view_header *header)
{
    static const uint64_t whole = (uint64_t)1 << BITS | 1; /* the borders of an option */
    size_t y = place->y + draw_ruler(place), at = 0;
    unsigned index = 0;
    uint64_t above = 0;
    for (unsigned i = 0; i < ROWS; i++) {
        uint64_t borders = borders_of(&rows[i]);
        if (i != FLAG_VALUES) /* belongs to the names above it */
            draw_line(place, y++, above, borders);
        draw_row(place, y++, &rows[i]);
        above = borders;
    }
    struct base_strbuf text = BASE_STRBUF_INIT;
    while (next_option(header, &text, &at, &index)) {
        if (above != whole)
            draw_line(place, y++, above, whole);
        y += draw_option(place, y, base_strbuf_text(&text));
        above = whole;
    }
    draw_line(place, y++, above, 0);
    base_strbuf_free(&text);
    return y - place->y;
}

/* A field a line, where there is no room for 32 bits side by side. */
static size_t draw_list(const struct view_place *place, const struct row rows[ROWS],
                        const struct view_header *header)
{
    size_t y = place->y, at = 0;
    unsigned index = 0;
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (unsigned i = 0; i < ROWS; i++) {
        if (i == FLAG_NAMES)
            continue;
        for (size_t f = 0; f < rows[i].count; f++) {
            const struct field *field = &rows[i].fields[f];
            const char *name = "";
            if (i == FLAG_VALUES)
                name = f == 0    ? _("Offset ")
                       : f == 1  ? _("Reserved ")
                       : f == 10 ? _("Window ")
                                 : NULL;
            if (name == NULL)
                continue;
            size_t used = view_grid_text(place->grid, place->x, y, name, VIEW_ROLE_PLAIN);
            view_grid_put(place->grid, place->x + used, y++, field->text, strlen(field->text),
                          place->width > used ? place->width - used : 0, field->role);
        }
    }
    while (next_option(header, &text, &at, &index))
        view_grid_put(place->grid, place->x, y++, base_strbuf_text(&text), text.length,
                      place->width, VIEW_ROLE_NUMBER);
    base_strbuf_free(&text);
    return y - place->y;
}

size_t view_draw_header(const struct view_place *place, const struct view_header *header)
{
    struct row rows[ROWS];
    make_rows(header, rows);
    if (place->width >= VIEW_HEADER_WIDTH - 1)
        return draw_boxes(place, rows, header);
    return draw_list(place, rows, header);
}
