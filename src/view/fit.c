/* A row's parts made to fit. */
#include "config.h"

#include "view/fit.h"

#include "view/charwidth.h"

static void fit_at(const struct view_scene *scene, uint32_t first, uint32_t count, unsigned level,
                   size_t gap, struct view_fitted *out)
{
    out->count = out->width = 0;
    out->gap = gap;
    for (uint32_t i = 0; i < count && out->count < VIEW_MAX_PARTS; i++) {
        const struct view_part *part = &scene->parts[first + i];
        if (part->gone_at != VIEW_NEVER && part->gone_at <= level)
            continue;
        bool brief = part->brief_at != VIEW_NEVER && part->brief_at <= level;
        struct view_text text = brief ? part->brief : part->text;
        out->width +=
            view_text_width(view_scene_text(scene, text), text.length) + (out->count > 0 ? gap : 0);
        out->roles[out->count] = part->role;
        out->texts[out->count++] = text;
    }
}

void view_fit(const struct view_scene *scene, uint32_t first, uint32_t count, size_t max,
              struct view_fitted *out)
{
    fit_at(scene, first, count, scene->least, 2, out);
    for (unsigned level = scene->least; level < VIEW_LEVELS && out->width > max; level++)
        fit_at(scene, first, count, level, 1, out);
}
