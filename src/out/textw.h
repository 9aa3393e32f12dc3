/* Text from anywhere as text of Markdown, Mermaid and Graphviz: what means something there is
 * escaped, what is no UTF-8, control characters and what turns the direction of writing round
 * becomes U+FFFD. All append. */
#ifndef TCPVIZ_OUT_TEXTW_H
#define TCPVIZ_OUT_TEXTW_H

#include <stddef.h>

#include "base/strbuf.h"
#include "view/scene.h"

enum out_text_form {
    OUT_TEXT_MARKDOWN, /* GitHub's: in a paragraph or a table's cell */
    OUT_TEXT_MERMAID,  /* a message or a note of a sequence diagram: #59; for ; */
    OUT_TEXT_DOT       /* between double quotes */
};

void out_text(struct base_strbuf *out, enum out_text_form form, const char *text, size_t length);
/* Up to the NUL. */
void out_text_string(struct base_strbuf *out, enum out_text_form form, const char *text);
/* The parts of a scene's row with a blank between two. */
void out_text_parts(struct base_strbuf *out, enum out_text_form form,
                    const struct view_scene *scene, uint32_t first, uint32_t count);

#endif
