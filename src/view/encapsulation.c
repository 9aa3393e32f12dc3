/* A segment in its packet: the layers as boxes, and bytes. */
#include "config.h"

#include "view/encapsulation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/intl.h"
#include "view/charwidth.h"
#include "view/words.h"

/* --- boxes --- */

struct box {
    char name[32], size[32];
    size_t width; /* inside */
    enum view_role role;
};

/* One more than the layers: payload, and what follows it. */
#define MAX_BOXES (WIRE_MAX_LAYERS + 2)

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

static size_t columns_of(const char *text)
{
    return view_text_width(text, strlen(text));
}

static void set_box(struct box *box, const char *name, uint64_t bytes, enum view_role role)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_counted(&text, bytes, N_("byte"));
    snprintf(box->name, sizeof box->name, "%s", name);
    snprintf(box->size, sizeof box->size, "%s", base_strbuf_text(&text));
    box->width = larger(columns_of(box->name), columns_of(box->size)) + 2;
    box->role = role;
    base_strbuf_free(&text);
}

static void set_layer(struct box *box, const struct wire_layer *layer)
{
    char name[32];
    const char *kind = wire_layer_name((enum wire_layer_kind)layer->kind);
    if (layer->id != 0)
        snprintf(name, sizeof name, "%s %" PRIu32, kind, layer->id);
    else
        snprintf(name, sizeof name, "%s", kind);
    set_box(box, name, layer->length,
            layer->kind == WIRE_LAYER_TCP ? VIEW_ROLE_FLAGS : VIEW_ROLE_PLAIN);
}

/* Ethernet fills up short frames. */
static uint32_t padding_of(const struct wire_segment *segment)
{
    uint64_t end = (uint64_t)segment->payload_offset + segment->payload_bytes;
    if (segment->payload_offset == 0 || segment->packet_wire_bytes <= end)
        return 0;
    return segment->packet_wire_bytes - (uint32_t)end;
}

static size_t make_boxes(const struct wire_segment *segment, struct box boxes[MAX_BOXES])
{
    size_t count = 0;
    size_t layers = segment->layer_count < WIRE_MAX_LAYERS ? segment->layer_count : WIRE_MAX_LAYERS;
    for (size_t i = 0; i < layers; i++)
        set_layer(&boxes[count++], &segment->layers[i]);
    set_box(&boxes[count++], _("payload"), segment->payload_bytes, VIEW_ROLE_NUMBER);
    if (padding_of(segment) > 0)
        set_box(&boxes[count++], _("after IP"), padding_of(segment), VIEW_ROLE_DIM);
    return count;
}

static void draw_box(const struct view_place *place, size_t x, size_t y, const struct box *box,
                     bool first, bool last)
{
    static const uint32_t signs[2][8] = {
        {0x2500, 0x2502, 0x250c, 0x252c, 0x2510, 0x2514, 0x2534, 0x2518},
        {'-', '|', '+', '+', '+', '+', '+', '+'},
    };
    const uint32_t *s = signs[place->ascii];
    struct view_grid *grid = place->grid;
    size_t right = x + box->width + 1;
    view_grid_fill(grid, x, y, s[0], box->width + 2, VIEW_ROLE_RULE);
    view_grid_fill(grid, x, y + 3, s[0], box->width + 2, VIEW_ROLE_RULE);
    view_grid_fill(grid, x, y, first ? s[2] : s[3], 1, VIEW_ROLE_RULE);
    view_grid_fill(grid, x, y + 3, first ? s[5] : s[6], 1, VIEW_ROLE_RULE);
    if (last) {
        view_grid_fill(grid, right, y, s[4], 1, VIEW_ROLE_RULE);
        view_grid_fill(grid, right, y + 3, s[7], 1, VIEW_ROLE_RULE);
    }
    for (size_t i = 1; i <= 2; i++) {
        const char *text = i == 1 ? box->name : box->size;
        view_grid_fill(grid, x, y + i, s[1], 1, VIEW_ROLE_RULE);
        view_grid_fill(grid, right, y + i, s[1], 1, VIEW_ROLE_RULE);
        view_grid_text(grid, x + 1 + (box->width - columns_of(text)) / 2, y + i, text,
                       i == 1 ? box->role : VIEW_ROLE_DIM);
    }
}

/* How many boxes fit side by side. */
static size_t boxes_of_line(const struct box *boxes, size_t count, size_t width)
{
    size_t used = 1, fits = 0;
    while (fits < count && used + boxes[fits].width + 1 <= width)
        used += boxes[fits++].width + 1;
    return fits > 0 ? fits : 1;
}

size_t view_draw_layers(const struct view_place *place, const struct wire_segment *segment)
{
    struct box boxes[MAX_BOXES];
    size_t count = make_boxes(segment, boxes), rows = 0;
    for (size_t done = 0; done < count;) {
        size_t fits = boxes_of_line(boxes + done, count - done, place->width);
        size_t x = place->x;
        for (size_t i = 0; i < fits; i++) {
            draw_box(place, x, place->y + rows, &boxes[done + i], i == 0, i + 1 == fits);
            x += boxes[done + i].width + 1;
        }
        done += fits;
        rows += 4;
    }
    return rows;
}

/* --- bytes --- */

/* The most of 8, 16 and 32 that fit a line: "0000  " and four columns a byte. */
static size_t bytes_of_line(size_t width)
{
    size_t count = 32;
    while (count > 4 && 6 + 4 * count + 1 + count / 8 > width)
        count /= 2;
    return count;
}

size_t view_draw_bytes(const struct view_place *place, const uint8_t *bytes, size_t length)
{
    size_t count = bytes_of_line(place->width), rows = 0;
    size_t text_x = place->x + 6 + 3 * count + count / 8 + 1;
    for (size_t at = 0; at < length; at += count, rows++) {
        size_t y = place->y + rows;
        char text[24];
        snprintf(text, sizeof text, "%04zx", at);
        view_grid_text(place->grid, place->x, y, text, VIEW_ROLE_DIM);
        for (size_t i = 0; i < count && at + i < length; i++) {
            uint8_t byte = bytes[at + i];
            bool printable = byte >= ' ' && byte < 0x7f;
            snprintf(text, sizeof text, "%02x", byte);
            view_grid_text(place->grid, place->x + 6 + 3 * i + i / 8, y, text, VIEW_ROLE_NUMBER);
            view_grid_fill(place->grid, text_x + i, y, printable ? byte : '.', 1,
                           printable ? VIEW_ROLE_PLAIN : VIEW_ROLE_DIM);
        }
    }
    return rows;
}
