/* A ladder as rows of meaning: the container. */
#include "config.h"

#include "view/scene.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"

static void *grown(void *array, size_t count, size_t *capacity, size_t size_bytes)
{
    if (count < *capacity)
        return array;
    *capacity = *capacity > 0 ? 2 * *capacity : 32;
    return base_realloc(array, *capacity, size_bytes);
}

void view_scene_free(struct view_scene *scene)
{
    free(scene->rows);
    free(scene->parts);
    free(scene->slants);
    base_strbuf_free(&scene->arena);
    *scene = (struct view_scene)VIEW_SCENE_INIT;
}

void view_scene_clear(struct view_scene *scene)
{
    scene->row_count = scene->part_count = scene->head_rows = scene->time_width = 0;
    scene->slant_count = 0;
    base_strbuf_clear(&scene->arena);
}

const char *view_scene_text(const struct view_scene *scene, struct view_text text)
{
    return base_strbuf_text(&scene->arena) + text.start;
}

struct view_text view_scene_keep(struct view_scene *scene, const char *text, size_t length)
{
    struct view_text kept = {(uint32_t)scene->arena.length, (uint32_t)length};
    assert(scene->arena.length + length <= UINT32_MAX);
    base_strbuf_add(&scene->arena, text, length);
    return kept;
}

struct view_scene_row *view_scene_add_row(struct view_scene *scene, enum view_row_kind kind)
{
    scene->rows = grown(scene->rows, scene->row_count, &scene->row_capacity, sizeof scene->rows[0]);
    struct view_scene_row *row = &scene->rows[scene->row_count++];
    *row = (struct view_scene_row){.kind = (uint8_t)kind,
                                   .item = VIEW_NO_ITEM,
                                   .parts = (uint32_t)scene->part_count,
                                   .other_parts = (uint32_t)scene->part_count};
    if (scene->row_count > 1)
        memcpy(row->state, row[-1].state, sizeof row->state);
    return row;
}

void view_scene_add_slant(struct view_scene *scene, size_t leaves, size_t arrives)
{
    assert(leaves < arrives && arrives < scene->row_count);
    scene->slants =
        grown(scene->slants, scene->slant_count, &scene->slant_capacity, sizeof scene->slants[0]);
    size_t at = scene->slant_count++;
    for (; at > 0 && scene->slants[at - 1].leaves > leaves; at--)
        scene->slants[at] = scene->slants[at - 1];
    scene->slants[at] = (struct view_slant){(uint32_t)leaves, (uint32_t)arrives};
    scene->rows[leaves].slanted = true;
}

void view_scene_add_part(struct view_scene *scene, const char *text, const char *brief,
                         enum view_role role, enum view_elision brief_at, enum view_elision gone_at)
{
    assert(scene->row_count > 0);
    struct view_scene_row *row = &scene->rows[scene->row_count - 1];
    scene->parts =
        grown(scene->parts, scene->part_count, &scene->part_capacity, sizeof scene->parts[0]);
    struct view_part part = {.role = (uint8_t)role, .gone_at = (uint8_t)gone_at};
    part.text = view_scene_keep(scene, text, strlen(text));
    if (brief != NULL) {
        part.brief = view_scene_keep(scene, brief, strlen(brief));
        part.brief_at = (uint8_t)brief_at;
    }
    scene->parts[scene->part_count++] = part;
    if (row->other_parts > row->parts)
        row->other_count++;
    else
        row->part_count++;
}

void view_scene_other_parts(struct view_scene *scene)
{
    assert(scene->row_count > 0 && scene->rows[scene->row_count - 1].part_count > 0);
    scene->rows[scene->row_count - 1].other_parts = (uint32_t)scene->part_count;
}
