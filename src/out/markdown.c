/* The markdown sink: a handout for a course: of each connection a diagram, a table, what is the
 * matter, questions, and their answers at the end. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "explain/quiz.h"
#include "out/lives.h"
#include "out/mermaid.h"
#include "out/textw.h"
#include "view/words.h"
#include "wire/decode.h"

#define MAX_CONNECTIONS 20
#define MAX_QUESTIONS 12
#define COLUMNS 200

static const char *const arrows[2] = {"→", "←"}; /* by sender */

static void add_line(struct base_strbuf *out, const char *text)
{
    out_text_string(out, OUT_TEXT_MARKDOWN, text);
    base_strbuf_char(out, '\n');
}

static void add_endpoint(struct base_strbuf *out, const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    out_text_string(out, OUT_TEXT_MARKDOWN, wire_endpoint_text(endpoint, text, sizeof text));
}

static void add_title(struct base_strbuf *out, const struct track_connection *record)
{
    base_strbuf_printf(out, _("## Connection %" PRIu64 ": "), record->number);
    add_endpoint(out, &record->end[TRACK_CLIENT].endpoint);
    if (!record->self_connect) {
        base_strbuf_str(out, " ⇄ ");
        add_endpoint(out, &record->end[TRACK_SERVER].endpoint);
    }
    base_strbuf_str(out, "\n\n");
    base_strbuf_printf(out, _("Open: %s. Close: %s. "),
                       view_open_words((enum track_open)record->open),
                       view_close_words((enum track_close)record->close));
    view_add_bytes(out, record->end[0].unique_bytes + record->end[1].unique_bytes);
    base_strbuf_str(out, _(" in "));
    view_add_span(out, record->end_ns - record->start_ns, false);
    base_strbuf_str(out, ".\n\n");
}

/* --- the table --- */

static void add_cell(struct base_strbuf *out, const struct view_scene *scene, struct view_text text)
{
    base_strbuf_str(out, " | ");
    out_text(out, OUT_TEXT_MARKDOWN, view_scene_text(scene, text), text.length);
}

static void add_table_row(struct base_strbuf *out, const struct view_scene *scene,
                          const struct view_scene_row *row, const char *from, uint32_t first,
                          uint32_t count)
{
    base_strbuf_str(out, "| ");
    if (row->frame != 0)
        base_strbuf_u64(out, row->frame);
    add_cell(out, scene, row->time);
    base_strbuf_printf(out, " | %s | ", from);
    out_text_parts(out, OUT_TEXT_MARKDOWN, scene, first, count);
    add_cell(out, scene, row->label[0]);
    add_cell(out, scene, row->label[1]);
    base_strbuf_str(out, " |\n");
}

/* Two segments that crossed: the frame and the states of the later one stand in the row below. */
static void add_crossing(struct base_strbuf *out, const struct view_scene *scene,
                         const struct view_scene_row *row, const struct view_scene_row *below)
{
    unsigned first = row->sender & 1;
    const struct view_scene_row *rows[2] = {row, below};
    for (unsigned i = 0; i < 2; i++) {
        unsigned side = first ^ i;
        add_table_row(out, scene, rows[i], arrows[side],
                      side == TRACK_CLIENT ? row->parts : row->other_parts,
                      side == TRACK_CLIENT ? row->part_count : row->other_count);
    }
}

static void add_table(struct base_strbuf *out, const struct view_timeline *timeline,
                      const struct view_ladder_options *options)
{
    struct view_scene scene = VIEW_SCENE_INIT;
    view_ladder_build(&scene, timeline, options);
    base_strbuf_printf(out, "| %s | %s | %s | %s | %s | %s |\n", _("frame"), _("time"), _("from"),
                       _("segment"), _("client"), _("server"));
    base_strbuf_str(out, "|---:|---:|---|---|---|---|\n");
    for (size_t i = 0; i < scene.row_count; i++) {
        const struct view_scene_row *row = &scene.rows[i];
        if (row->kind == VIEW_ROW_TEXT || row->kind == VIEW_ROW_HEADER ||
            row->kind == VIEW_ROW_SECTION)
            continue;
        if (row->kind == VIEW_ROW_CROSS && i + 1 < scene.row_count) {
            add_crossing(out, &scene, row, &scene.rows[++i]);
            continue;
        }
        const char *from = row->kind != VIEW_ROW_ARROW && row->kind != VIEW_ROW_CALL
                               ? ""
                               : arrows[row->sender & 1];
        add_table_row(out, &scene, row, from, row->parts, row->part_count);
    }
    base_strbuf_char(out, '\n');
    view_scene_free(&scene);
}

/* --- sentences --- */

static void add_diagnoses(struct base_strbuf *out, const struct view_timeline *timeline,
                          int64_t now_ns)
{
    struct explain_diagnosis found[EXPLAIN_MAX_DIAGNOSES];
    struct base_strbuf text = BASE_STRBUF_INIT;
    size_t count = view_timeline_diagnose(timeline, now_ns, found);
    for (size_t i = 0; i < count; i++) {
        base_strbuf_clear(&text);
        explain_diagnosis_text(&found[i], view_timeline_record(timeline), false, &text);
        base_strbuf_str(out, "* ");
        add_line(out, base_strbuf_text(&text));
    }
    if (count > 0)
        base_strbuf_char(out, '\n');
    base_strbuf_free(&text);
}

/* The questions that are asked: all, or so many evenly spread. */
static size_t asked_count(const struct explain_quiz *quiz)
{
    size_t count = explain_quiz_count(quiz);
    return count < MAX_QUESTIONS ? count : MAX_QUESTIONS;
}

static size_t asked(const struct explain_quiz *quiz, size_t i)
{
    return i * explain_quiz_count(quiz) / asked_count(quiz);
}

static void add_questions(struct base_strbuf *out, const struct explain_quiz *quiz)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(out, "### %s\n\n", _("Questions"));
    for (size_t i = 0; i < asked_count(quiz); i++) {
        const struct explain_question *question = explain_quiz_question(quiz, asked(quiz, i));
        base_strbuf_clear(&text);
        explain_quiz_ask(quiz, asked(quiz, i), &text);
        base_strbuf_printf(out, "%zu. ", i + 1);
        add_line(out, base_strbuf_text(&text));
        for (unsigned choice = 0; choice < EXPLAIN_CHOICES; choice++) {
            base_strbuf_printf(out, "    * %c: ", 'a' + (int)choice);
            add_line(out, question->choices[choice]);
        }
    }
    base_strbuf_char(out, '\n');
    base_strbuf_free(&text);
}

/* A list item with a line for each sentence. */
static void add_answer(struct base_strbuf *out, const struct explain_quiz *quiz, size_t number,
                       struct base_strbuf *text)
{
    const struct explain_question *question = explain_quiz_question(quiz, asked(quiz, number));
    const struct explain_options options = {.absolute = false};
    base_strbuf_clear(text);
    explain_quiz_answer(quiz, asked(quiz, number), &options, text);
    base_strbuf_printf(out, "%zu. %c: ", number + 1, 'a' + (int)question->right);
    out_text_string(out, OUT_TEXT_MARKDOWN, question->choices[question->right]);
    base_strbuf_str(out, "\n");
    const char *line = base_strbuf_text(text);
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        base_strbuf_str(out, "    * ");
        out_text(out, OUT_TEXT_MARKDOWN, line, length);
        base_strbuf_char(out, '\n');
        line += length + (line[length] == '\n');
    }
}

static void add_quiz(struct base_strbuf *out, const struct view_timeline *timeline)
{
    struct explain_quiz *quiz = explain_quiz_new(timeline);
    struct base_strbuf text = BASE_STRBUF_INIT;
    if (explain_quiz_count(quiz) > 0) {
        add_questions(out, quiz);
        base_strbuf_printf(out, "<details><summary>%s</summary>\n\n", _("Answers"));
        for (size_t i = 0; i < asked_count(quiz); i++)
            add_answer(out, quiz, i, &text);
        base_strbuf_str(out, "\n</details>\n\n");
    }
    base_strbuf_free(&text);
    explain_quiz_free(quiz);
}

/* --- the sink --- */

static size_t draw(struct out_pages *pages, const struct view_timeline *timeline,
                   struct base_strbuf *text)
{
    struct view_ladder_options options = out_lives_ladder(&pages->lives, COLUMNS);
    options.ascii = options.title = options.explain = false;
    add_title(text, view_timeline_record(timeline));
    base_strbuf_str(text, "```mermaid\n");
    out_add_mermaid(text, timeline, &options);
    base_strbuf_str(text, "```\n\n");
    add_table(text, timeline, &options);
    add_diagnoses(text, timeline, pages->lives.now_ns);
    add_quiz(text, timeline);
    return 0;
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct out_pages *pages = (struct out_pages *)sink;
    struct base_strbuf out = BASE_STRBUF_INIT;
    uint64_t left_out = out_pages_left_out(pages, capture);
    base_strbuf_str(&out, "# ");
    add_line(&out, capture->source != NULL ? capture->source : "tcpviz");
    base_strbuf_char(&out, '\n');
    if (pages->count == 0)
        base_strbuf_printf(&out, "%s\n", _("No TCP connection."));
    if (left_out > 0) {
        base_strbuf_str(&out, _("Not shown: "));
        view_add_counted(&out, left_out, "connection");
        base_strbuf_str(&out, _("; --connection chooses"));
        base_strbuf_str(&out, ".\n\n");
    }
    fwrite(base_strbuf_text(&out), 1, out.length, pages->lives.stream);
    for (size_t i = 0; i < pages->count; i++)
        fwrite(base_strbuf_text(&pages->page[i].text), 1, pages->page[i].text.length,
               pages->lives.stream);
    base_strbuf_free(&out);
}

struct out_sink *out_markdown_new(FILE *stream, const struct out_options *options)
{
    return out_pages_new(stream, options, MAX_CONNECTIONS, draw, finish);
}
