/* Sentences in a ladder. */
#include "config.h"

#include "view/remarks.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "explain/diagnose.h"
#include "view/charwidth.h"

#define INDENT 13 /* where the names of the ladder begin */

size_t view_wrap_length(const char *text, size_t width)
{
    size_t length = strlen(text);
    if (view_text_width(text, length) <= width)
        return length;
    size_t fits = view_text_fit(text, length, width);
    for (size_t end = fits; end > 0; end--)
        if (text[end] == ' ')
            return end;
    return fits > 0 ? fits : length;
}

void view_add_paragraph(struct view_scene *scene, const char *text, size_t width, size_t indent,
                        size_t hang, enum view_role role)
{
    struct base_strbuf row = BASE_STRBUF_INIT;
    while (*text != '\0') {
        size_t length = view_wrap_length(text, width > indent ? width - indent : 1);
        base_strbuf_clear(&row);
        base_strbuf_fill(&row, ' ', indent);
        base_strbuf_add(&row, text, length);
        view_scene_add_row(scene, VIEW_ROW_TEXT);
        view_scene_add_part(scene, base_strbuf_text(&row), NULL, role, VIEW_NEVER, VIEW_NEVER);
        text += length;
        text += strspn(text, " ");
        indent = hang;
    }
    base_strbuf_free(&row);
}

/* A paragraph for each line. */
static void add_lines(struct view_scene *scene, struct base_strbuf *lines, const char *prefix,
                      size_t width, enum view_role role)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    const char *line = base_strbuf_text(lines);
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        base_strbuf_clear(&text);
        base_strbuf_str(&text, prefix);
        base_strbuf_add(&text, line, length);
        view_add_paragraph(scene, base_strbuf_text(&text), width, INDENT, INDENT + 2, role);
        line += length + (line[length] == '\n');
    }
    base_strbuf_free(&text);
    base_strbuf_clear(lines);
}

void view_add_explanation(struct view_scene *scene, const struct explain_subject *subject,
                          const struct explain_options *options, explain_lesson_set *given,
                          size_t width)
{
    struct base_strbuf lines = BASE_STRBUF_INIT;
    explain_segment(subject, options, &lines);
    add_lines(scene, &lines, "", width, VIEW_ROLE_REMARK);
    explain_lessons(subject, options, given, &lines);
    add_lines(scene, &lines, _("remember: "), width, VIEW_ROLE_NOTE);
    base_strbuf_free(&lines);
}

/* " (frames 3, 8; RFC 9293 3.6)" */
static void add_evidence(const struct explain_diagnosis *diagnosis, struct base_strbuf *out)
{
    base_strbuf_str(out, " (");
    for (unsigned i = 0; i < diagnosis->frame_count; i++) {
        if (i == 0)
            base_strbuf_str(out, P_("frame ", "frames ", diagnosis->frame_count));
        base_strbuf_printf(out, "%s%" PRIu64, i > 0 ? ", " : "", diagnosis->frames[i]);
    }
    base_strbuf_printf(out, "%s%s)", diagnosis->frame_count > 0 ? "; " : "",
                       explain_symptom_entry((enum explain_symptom)diagnosis->symptom)->reference);
}

void view_add_diagnoses(struct view_scene *scene, const struct view_timeline *timeline,
                        int64_t now_ns, size_t width)
{
    struct explain_diagnosis diagnoses[EXPLAIN_MAX_DIAGNOSES];
    struct base_strbuf text = BASE_STRBUF_INIT;
    size_t count = view_timeline_diagnose(timeline, now_ns, diagnoses);
    for (size_t i = 0; i < count; i++) {
        base_strbuf_clear(&text);
        base_strbuf_str(&text, _("note: "));
        explain_diagnosis_text(&diagnoses[i], view_timeline_record(timeline), scene->ascii, &text);
        add_evidence(&diagnoses[i], &text);
        view_add_paragraph(scene, base_strbuf_text(&text), width, 0, 6, VIEW_ROLE_NOTE);
    }
    base_strbuf_free(&text);
}
