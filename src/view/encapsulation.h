/* A segment in its packet, as textbooks draw it: the layers as boxes, the TCP header as rows of 32
 * bits, the options one by one, the payload as bytes. */
#ifndef TCPVIZ_VIEW_ENCAPSULATION_H
#define TCPVIZ_VIEW_ENCAPSULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "track/event.h"
#include "view/grid.h"
#include "wire/packet.h"
#include "wire/segment.h"

/* Where to draw: from (x, y), that wide, down to the grid's end. */
struct view_place {
    struct view_grid *grid;
    size_t x, y, width;
    bool ascii;
};

/* Each draws and returns the rows it took. */

/* The layers with the bytes of each header, and the payload. In several lines where they are many.
 */
size_t view_draw_layers(const struct view_place *place, const struct wire_segment *segment);

/* RFC 9293 figure 1 with the values. bytes: the header, length of them captured; without them
 * (NULL) what the event keeps is shown. */
struct view_header {
    const struct track_event *event;
    const uint8_t *bytes;
    size_t length;     /* up to 60 */
    uint16_t ports[2]; /* source and destination */
    uint8_t checksum;  /* enum wire_checksum */
    bool absolute;     /* sequence numbers as on the wire first */
};
/* From this width on as boxes; below it as a list. */
#define VIEW_HEADER_WIDTH 66
size_t view_draw_header(const struct view_place *place, const struct view_header *header);

/* "MSS 1460": the option at bytes[*at], which moves on; false behind the last one. Hostile lengths
 * end the list with a word about it. */
bool view_add_option(struct base_strbuf *out, const struct view_header *header, size_t *at);

/* Offset, bytes in hexadecimal, and their characters where they are printable ASCII. */
size_t view_draw_bytes(const struct view_place *place, const uint8_t *bytes, size_t length);

#endif
