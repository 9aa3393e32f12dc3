/* The mermaid sink: a connection as a sequence diagram in Mermaid's language, as GitHub and others
 * draw it. */
#include "config.h"

#include "out/mermaid.h"

#include <inttypes.h>

#include "out/lives.h"
#include "out/textw.h"

/* Wide enough for both names beside one another. */
#define COLUMNS 200

static void add_note(struct base_strbuf *out, const struct view_scene *scene,
                     const struct view_scene_row *row)
{
    base_strbuf_str(out, "    Note over C,S: ");
    out_text_parts(out, OUT_TEXT_MERMAID, scene, row->parts, row->part_count);
    base_strbuf_char(out, '\n');
}

static void add_message(struct base_strbuf *out, const struct view_scene *scene, unsigned sender,
                        bool lost, uint32_t first, uint32_t count)
{
    base_strbuf_printf(out, "    %c%s%c: ", sender == TRACK_CLIENT ? 'C' : 'S', lost ? "-x" : "->>",
                       sender == TRACK_CLIENT ? 'S' : 'C');
    out_text_parts(out, OUT_TEXT_MERMAID, scene, first, count);
    base_strbuf_char(out, '\n');
}

/* What one end sent of two segments that crossed. */
static void add_crossing(struct base_strbuf *out, const struct view_scene *scene,
                         const struct view_scene_row *row, unsigned sender)
{
    if (sender == TRACK_CLIENT)
        add_message(out, scene, sender, false, row->parts, row->part_count);
    else
        add_message(out, scene, sender, false, row->other_parts, row->other_count);
}

/* The states that a row says, beside their lifelines. */
static void add_states(struct base_strbuf *out, const struct view_scene *scene,
                       const struct view_scene_row *row)
{
    for (unsigned side = 0; side < 2; side++) {
        if (row->label[side].length == 0)
            continue;
        base_strbuf_str(out,
                        side == TRACK_CLIENT ? "    Note left of C: " : "    Note right of S: ");
        out_text(out, OUT_TEXT_MERMAID, view_scene_text(scene, row->label[side]),
                 row->label[side].length);
        base_strbuf_char(out, '\n');
    }
}

static void add_call(struct base_strbuf *out, const struct view_scene *scene,
                     const struct view_scene_row *row)
{
    base_strbuf_printf(out, "    Note over %c: ", row->sender == TRACK_CLIENT ? 'C' : 'S');
    out_text_parts(out, OUT_TEXT_MERMAID, scene, row->parts, row->part_count);
    base_strbuf_char(out, '\n');
}

static void add_participants(struct base_strbuf *out, const struct view_scene *scene,
                             const struct view_scene_row *row)
{
    for (unsigned side = 0; side < 2; side++) {
        if (row->label[side].length == 0)
            continue;
        base_strbuf_printf(out, "    participant %c as ", side == TRACK_CLIENT ? 'C' : 'S');
        out_text(out, OUT_TEXT_MERMAID, view_scene_text(scene, row->label[side]),
                 row->label[side].length);
        base_strbuf_char(out, '\n');
    }
}

static void add_row(struct base_strbuf *out, const struct view_scene *scene,
                    const struct view_scene_row *row)
{
    switch ((enum view_row_kind)row->kind) {
    case VIEW_ROW_TEXT:
        return;
    case VIEW_ROW_HEADER:
        add_participants(out, scene, row);
        return;
    case VIEW_ROW_SECTION:
    case VIEW_ROW_FOLD:
    case VIEW_ROW_GAP:
    case VIEW_ROW_NOTE:
        add_note(out, scene, row);
        break;
    case VIEW_ROW_ARROW:
        add_message(out, scene, row->sender, row->lost, row->parts, row->part_count);
        break;
    case VIEW_ROW_CROSS: /* there are no crossing arrows: one after the other */
        add_crossing(out, scene, row, row->sender);
        add_crossing(out, scene, row, row->sender ^ 1u);
        break;
    case VIEW_ROW_CALL:
        add_call(out, scene, row);
        break;
    case VIEW_ROW_CROSS_END:
    case VIEW_ROW_STATE:
        break;
    }
    add_states(out, scene, row);
}

void out_add_mermaid(struct base_strbuf *out, const struct view_timeline *timeline,
                     const struct view_ladder_options *options)
{
    struct view_scene scene = VIEW_SCENE_INIT;
    struct view_ladder_options drawn = *options;
    drawn.ascii = drawn.title = drawn.explain = false;
    drawn.width = COLUMNS;
    view_ladder_build(&scene, timeline, &drawn);
    base_strbuf_str(out, "sequenceDiagram\n");
    for (size_t i = 0; i < scene.row_count; i++)
        add_row(out, &scene, &scene.rows[i]);
    view_scene_free(&scene);
}

/* --- the sink --- */

static size_t draw(struct out_pages *pages, const struct view_timeline *timeline,
                   struct base_strbuf *text)
{
    const struct view_ladder_options options = out_lives_ladder(&pages->lives, COLUMNS);
    out_add_mermaid(text, timeline, &options);
    return 0;
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct out_pages *pages = (struct out_pages *)sink;
    uint64_t left_out = out_pages_left_out(pages, capture);
    fputs(pages->count > 0 ? base_strbuf_text(&pages->page[0].text)
                           : "sequenceDiagram\n    participant C as no TCP connection\n",
          pages->lives.stream);
    if (left_out > 0 && pages->count > 0)
        fprintf(pages->lives.stream,
                "%%%% connection %" PRIu64 " alone; --connection chooses another\n",
                pages->page[0].number);
}

struct out_sink *out_mermaid_new(FILE *stream, const struct out_options *options)
{
    return out_pages_new(stream, options, 1, draw, finish);
}
