/* A row's parts made to fit: gaps shrink, then parts take their shorter forms and go, in the order
 * of enum view_elision. */
#ifndef TCPVIZ_VIEW_FIT_H
#define TCPVIZ_VIEW_FIT_H

#include <stddef.h>
#include <stdint.h>

#include "view/scene.h"

#define VIEW_MAX_PARTS 64

struct view_fitted {
    struct view_text texts[VIEW_MAX_PARTS];
    uint8_t roles[VIEW_MAX_PARTS]; /* enum view_role */
    size_t count;
    size_t gap;   /* columns between two parts */
    size_t width; /* columns of all; above max if even the shortest form is too wide */
};

/* count parts of the scene from first on, in at most max columns. */
void view_fit(const struct view_scene *scene, uint32_t first, uint32_t count, size_t max,
              struct view_fitted *out);

#endif
