/* Sentences in a ladder: what explains a segment, below its arrow; the diagnoses, below the
 * connection. Each is a paragraph, wrapped. */
#ifndef TCPVIZ_VIEW_REMARKS_H
#define TCPVIZ_VIEW_REMARKS_H

#include <stddef.h>
#include <stdint.h>

#include "explain/segment.h"
#include "view/scene.h"
#include "view/timeline.h"

/* How many bytes of the text go into a row: up to the last blank that fits, or to where a word has
 * to be cut; at least one character. */
size_t view_wrap_length(const char *text, size_t width);

/* Appends text rows of at most width columns; the first begins at indent, the others at hang. */
void view_add_paragraph(struct view_scene *scene, const char *text, size_t width, size_t indent,
                        size_t hang, enum view_role role);

/* All that explain/segment.h says of a segment, with the lessons that were not given yet. */
void view_add_explanation(struct view_scene *scene, const struct explain_subject *subject,
                          const struct explain_options *options, explain_lesson_set *given,
                          size_t width);

/* "note: …" for each diagnosis at now_ns. */
void view_add_diagnoses(struct view_scene *scene, const struct view_timeline *timeline,
                        int64_t now_ns, size_t width);

#endif
