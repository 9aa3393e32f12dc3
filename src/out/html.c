/* The html sink: one page that needs nothing else: the list, of each connection the timeline, the
 * state machine that steps with the arrow keys, what each segment means, and questions. Without its
 * script it shows all of them below one another. */
#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "explain/quiz.h"
#include "out/jsonw.h"
#include "out/lives.h"
#include "out/page_files.h"
#include "out/picture.h"
#include "out/xmlw.h"
#include "view/steps.h"
#include "view/words.h"
#include "wire/decode.h"

#define MAX_CONNECTIONS 100

/* What a page's section is made from. */
struct section {
    struct base_strbuf *out;
    const struct view_timeline *timeline;
    const struct track_connection *record;
    struct view_ladder_options options;
    struct view_scene scene;
    struct view_steps steps;
    struct out_jsonw json;
    explain_lesson_set lessons;
    int64_t now_ns;
};

/* <name class=>text</name> */
static void add_element(struct base_strbuf *out, const char *open, const char *text,
                        const char *close)
{
    base_strbuf_str(out, open);
    out_xml_string(out, text);
    base_strbuf_str(out, close);
}

static void add_endpoint(struct base_strbuf *out, const struct wire_endpoint *endpoint)
{
    char text[WIRE_ENDPOINT_TEXT];
    out_xml_string(out, wire_endpoint_text(endpoint, text, sizeof text));
}

/* --- the list's row --- */

static void add_number_cell(struct base_strbuf *out, const struct base_strbuf *text)
{
    add_element(out, "<td class=\"n\">", base_strbuf_text(text), "</td>");
}

static void add_list_row(struct base_strbuf *out, const struct track_connection *record)
{
    const struct track_end_record *end = record->end;
    struct base_strbuf text = BASE_STRBUF_INIT;
    base_strbuf_printf(out,
                       "<tr><th scope=\"row\"><a href=\"#c%" PRIu64 "\">%" PRIu64 "</a></th><td>",
                       record->number, record->number);
    add_endpoint(out, &end[0].endpoint);
    base_strbuf_str(out, "</td><td>");
    add_endpoint(out, record->self_connect ? &end[0].endpoint : &end[1].endpoint);
    base_strbuf_printf(
        out, "</td><td>%s</td><td>%s</td>", track_state_name((enum track_state)end[0].state),
        record->self_connect ? "" : track_state_name((enum track_state)end[1].state));
    add_element(out, "<td>", view_open_words((enum track_open)record->open), "</td>");
    add_element(out, "<td>", view_close_words((enum track_close)record->close), "</td>");
    view_add_count(&text, end[0].packets + end[1].packets);
    add_number_cell(out, &text);
    base_strbuf_clear(&text);
    view_add_bytes_short(&text, end[0].unique_bytes + end[1].unique_bytes);
    add_number_cell(out, &text);
    base_strbuf_clear(&text);
    view_add_span(&text, record->end_ns - record->start_ns, false);
    add_number_cell(out, &text);
    base_strbuf_str(out, "</tr>\n");
    base_strbuf_free(&text);
}

static void add_list_head(struct base_strbuf *out)
{
    static const char *const columns[] = {
        "#",        N_("client"), N_("server"),  N_("client state"), N_("server state"),
        N_("open"), N_("close"),  N_("packets"), N_("bytes"),        N_("duration")};
    add_element(out, "<nav aria-label=\"", _("Connections"),
                "\">\n<div class=\"scroll\"><table><thead><tr>");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        add_element(out, "<th scope=\"col\">", _(columns[i]), "</th>");
    base_strbuf_str(out, "</tr></thead><tbody>\n");
}

/* --- steps: rows of the timeline that show an item --- */

static bool is_step(const struct view_scene *scene, size_t row)
{
    size_t item = scene->rows[row].item;
    return item != VIEW_NO_ITEM && (row == 0 || scene->rows[row - 1].item != item);
}

static void add_parts(const struct view_scene *scene, uint32_t first, uint32_t count,
                      struct base_strbuf *out)
{
    for (uint32_t i = first; i < first + count; i++) {
        struct view_text text = scene->parts[i].text;
        if (i > first)
            base_strbuf_char(out, ' ');
        base_strbuf_add(out, view_scene_text(scene, text), text.length);
    }
}

/* "frame 3, client → server: ACK seq 1 …" */
static void add_step_title(const struct section *s, size_t row, struct base_strbuf *out)
{
    const struct view_scene_row *shown = &s->scene.rows[row], *from = shown;
    struct view_item item;
    view_timeline_item(s->timeline, shown->item, &item);
    bool server = item.kind == VIEW_ITEM_EVENT && item.event.sender == TRACK_SERVER;
    if (shown->frame != 0)
        base_strbuf_printf(out, _("frame %" PRIu64), shown->frame);
    if (item.kind == VIEW_ITEM_EVENT && item.event.kind == TRACK_EVENT_SEGMENT)
        base_strbuf_str(out, server ? _(", server → client: ") : _(", client → server: "));
    else if (shown->frame != 0)
        base_strbuf_str(out, ": ");
    if (shown->kind == VIEW_ROW_CROSS_END && row > 0)
        from = &s->scene.rows[row - 1];
    bool crossing = from->kind == VIEW_ROW_CROSS;
    if (crossing && server)
        add_parts(&s->scene, from->other_parts, from->other_count, out);
    else
        add_parts(&s->scene, from->parts, from->part_count, out);
}

/* What there is to say of an item: a line each. */
static void add_step_lines(struct section *s, size_t index, struct base_strbuf *out)
{
    const struct view_item *item = &s->steps.items[index];
    if (item->kind != VIEW_ITEM_EVENT)
        return;
    const struct explain_subject subject = {.event = &item->event,
                                            .record = s->record,
                                            .transitions = s->steps.transitions,
                                            .transition_count = s->steps.transition_count};
    const struct explain_options options = {.absolute = s->options.absolute};
    explain_segment(&subject, &options, out);
    explain_lessons(&subject, &options, &s->lessons, out);
}

/* Each line of a text, handed to take. */
static void each_line(const char *text,
                      void (*take)(void *context, const char *line, size_t length), void *context)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        take(context, text, length);
        text += length + (text[length] == '\n');
    }
}

static void take_json_line(void *context, const char *line, size_t length)
{
    out_jsonw_string(context, line, length);
}

static void take_paragraph(void *context, const char *line, size_t length)
{
    struct base_strbuf *out = context;
    base_strbuf_str(out, "<p>");
    out_xml_text(out, line, length);
    base_strbuf_str(out, "</p>");
}

static void key_lines(struct out_jsonw *json, const char *key, const char *text)
{
    out_jsonw_key(json, key);
    out_jsonw_open_array(json);
    each_line(text, take_json_line, json);
    out_jsonw_close_array(json);
}

/* A step in the list that is read, and in the data of the script. */
static void add_step(struct section *s, size_t row)
{
    struct base_strbuf title = BASE_STRBUF_INIT, lines = BASE_STRBUF_INIT;
    size_t item = s->scene.rows[row].item;
    add_step_title(s, row, &title);
    add_step_lines(s, item, &lines);
    add_element(s->out, "<li><strong>", base_strbuf_text(&title), "</strong>");
    each_line(base_strbuf_text(&lines), take_paragraph, s->out);
    base_strbuf_str(s->out, "</li>\n");
    out_jsonw_open_object(&s->json);
    out_jsonw_key_u64(&s->json, "item", item);
    out_jsonw_key_text(&s->json, "title", base_strbuf_text(&title));
    key_lines(&s->json, "lines", base_strbuf_text(&lines));
    out_jsonw_close_object(&s->json);
    base_strbuf_free(&title);
    base_strbuf_free(&lines);
}

static void add_steps(struct section *s)
{
    add_element(s->out, "<details><summary>", _("All segments, explained"),
                "</summary>\n<ol class=\"steps\">\n");
    out_jsonw_key(&s->json, "steps");
    out_jsonw_open_array(&s->json);
    out_jsonw_open_object(&s->json);
    out_jsonw_key_u64(&s->json, "item", 0);
    out_jsonw_key_text(&s->json, "title", _("before the first segment"));
    key_lines(&s->json, "lines", "");
    out_jsonw_close_object(&s->json);
    for (size_t i = 0; i < s->scene.row_count; i++)
        if (is_step(&s->scene, i))
            add_step(s, i);
    out_jsonw_close_array(&s->json);
    base_strbuf_str(s->out, "</ol></details>\n");
}

/* --- data of the script --- */

static void add_moves(struct section *s)
{
    struct out_jsonw *json = &s->json;
    unsigned sides = s->record->self_connect ? 1 : 2;
    out_jsonw_key(json, "initial");
    out_jsonw_open_array(json);
    for (unsigned side = 0; side < sides; side++) {
        const char *name = track_state_name((enum track_state)s->steps.initial[side]);
        out_jsonw_string(json, name, strlen(name));
    }
    out_jsonw_close_array(json);
    out_jsonw_key(json, "moves");
    out_jsonw_open_array(json);
    for (size_t i = 0; i < s->steps.transition_count; i++) {
        const struct track_transition *transition = &s->steps.transitions[i];
        out_jsonw_open_object(json);
        out_jsonw_key_u64(json, "item", s->steps.anchors[i].step);
        out_jsonw_key_u64(json, "side", transition->side & (sides - 1));
        out_jsonw_key_text(json, "from", track_state_name((enum track_state)transition->from));
        out_jsonw_key_text(json, "to", track_state_name((enum track_state)transition->to));
        out_jsonw_close_object(json);
    }
    out_jsonw_close_array(json);
}

static void add_question(struct section *s, const struct explain_quiz *quiz, size_t index)
{
    const struct explain_question *question = explain_quiz_question(quiz, index);
    const struct explain_options options = {.absolute = s->options.absolute};
    struct base_strbuf text = BASE_STRBUF_INIT;
    out_jsonw_open_object(&s->json);
    explain_quiz_ask(quiz, index, &text);
    out_jsonw_key_text(&s->json, "ask", base_strbuf_text(&text));
    out_jsonw_key(&s->json, "choices");
    out_jsonw_open_array(&s->json);
    for (unsigned i = 0; i < EXPLAIN_CHOICES; i++)
        out_jsonw_string(&s->json, question->choices[i], strlen(question->choices[i]));
    out_jsonw_close_array(&s->json);
    out_jsonw_key_u64(&s->json, "right", question->right);
    base_strbuf_clear(&text);
    explain_quiz_answer(quiz, index, &options, &text);
    key_lines(&s->json, "why", base_strbuf_text(&text));
    out_jsonw_close_object(&s->json);
    base_strbuf_free(&text);
}

static void add_questions(struct section *s)
{
    struct explain_quiz *quiz = explain_quiz_new(s->timeline);
    out_jsonw_key(&s->json, "questions");
    out_jsonw_open_array(&s->json);
    for (size_t i = 0; i < explain_quiz_count(quiz); i++)
        add_question(s, quiz, i);
    out_jsonw_close_array(&s->json);
    explain_quiz_free(quiz);
    add_element(s->out, "<div class=\"quiz\"><h3>", _("Quiz: what comes next?"),
                "</h3><div class=\"body\"></div></div>\n");
}

/* JSON between script tags: nothing in it may look like markup, and it needs none of <>& itself. */
static void add_json(struct base_strbuf *out, const char *json, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bool markup = json[i] == '<' || json[i] == '>' || json[i] == '&';
        if (markup)
            base_strbuf_printf(out, "\\u%04x", (unsigned)json[i]);
        else
            base_strbuf_char(out, json[i]);
    }
}

/* --- a section --- */

static void add_head(struct section *s)
{
    const struct track_connection *record = s->record;
    base_strbuf_printf(s->out,
                       "<section class=\"connection\" id=\"c%" PRIu64
                       "\" aria-labelledby=\"t%" PRIu64 "\">\n<h2 id=\"t%" PRIu64
                       "\" tabindex=\"-1\">#%" PRIu64 "  ",
                       record->number, record->number, record->number, record->number);
    add_endpoint(s->out, &record->end[0].endpoint);
    if (!record->self_connect) {
        base_strbuf_str(s->out, " ⇄ ");
        add_endpoint(s->out, &record->end[1].endpoint);
    }
    base_strbuf_str(s->out, "</h2>\n<p class=\"facts\">");
    struct base_strbuf text = BASE_STRBUF_INIT;
    out_picture_facts(&text, record);
    out_xml_string(s->out, base_strbuf_text(&text));
    base_strbuf_str(s->out, "</p>\n");
    base_strbuf_free(&text);
}

static void add_stepper(struct section *s)
{
    static const struct {
        const char *go, *sign, *words;
    } buttons[] = {{"first", "|◀", N_("first")},
                   {"back", "◀", N_("back")},
                   {"on", "▶", N_("on")},
                   {"last", "▶|", N_("last")}};
    add_element(s->out, "<div class=\"stepper\" role=\"group\" aria-label=\"",
                _("Step through the segments"), "\">");
    for (size_t i = 0; i < sizeof buttons / sizeof buttons[0]; i++) {
        base_strbuf_printf(s->out,
                           "<button type=\"button\" data-go=\"%s\">"
                           "<span aria-hidden=\"true\">%s</span> ",
                           buttons[i].go, buttons[i].sign);
        add_element(s->out, "", _(buttons[i].words), "</button>");
    }
    add_element(s->out, "<span class=\"dim\">",
                _("or with the arrow keys ← →, or by a click on a segment"), "</span></div>\n");
}

/* A drawing as an element of its own; what a reader of screens says instead of it is words. */
static void add_drawing(struct section *s, const struct base_strbuf *drawing, size_t height,
                        const char *words)
{
    base_strbuf_printf(s->out,
                       "<svg class=\"tcpviz\" viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"",
                       OUT_PICTURE_WIDTH, height);
    out_xml_string(s->out, words);
    base_strbuf_str(s->out, "\">\n");
    base_strbuf_add(s->out, base_strbuf_text(drawing), drawing->length);
    base_strbuf_str(s->out, "</svg>\n");
}

static void add_panes(struct section *s)
{
    struct base_strbuf drawing = BASE_STRBUF_INIT;
    base_strbuf_str(s->out, "<div class=\"panes\"><div class=\"timeline\">\n");
    size_t height = out_draw_timeline(&drawing, s->timeline, &s->options, true);
    add_drawing(s, &drawing, height,
                _("Timeline; the steps and the list of all segments say the same"));
    base_strbuf_str(s->out, "</div>\n<div class=\"side\">\n");
    base_strbuf_clear(&drawing);
    height = out_draw_states(&drawing, s->timeline, true);
    add_drawing(s, &drawing, height, _("State machine; the steps say the same"));
    base_strbuf_str(
        s->out,
        "<div class=\"say\" aria-live=\"polite\" aria-atomic=\"true\"></div>\n</div></div>\n");
    base_strbuf_free(&drawing);
}

static void add_diagnoses(struct section *s)
{
    struct explain_diagnosis found[EXPLAIN_MAX_DIAGNOSES];
    struct base_strbuf text = BASE_STRBUF_INIT;
    size_t count = view_timeline_diagnose(s->timeline, s->now_ns, found);
    if (count > 0)
        add_element(s->out, "<h3>", _("What is notable"), "</h3>\n<ul>\n");
    for (size_t i = 0; i < count; i++) {
        base_strbuf_clear(&text);
        explain_diagnosis_text(&found[i], s->record, false, &text);
        add_element(s->out, "<li>", base_strbuf_text(&text), "</li>\n");
    }
    if (count > 0)
        base_strbuf_str(s->out, "</ul>\n");
    base_strbuf_free(&text);
}

/* The row of the list, a NUL, the section. */
static size_t draw(struct out_pages *pages, const struct view_timeline *timeline,
                   struct base_strbuf *out)
{
    struct section s = {.out = out,
                        .timeline = timeline,
                        .record = view_timeline_record(timeline),
                        .options = out_lives_ladder(&pages->lives, OUT_PICTURE_COLUMNS),
                        .now_ns = pages->lives.now_ns};
    char *data = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&data, &length);
    if (stream == NULL)
        base_out_of_memory(sizeof(FILE));
    s.json = (struct out_jsonw)OUT_JSONW_INIT(stream);
    s.options.ascii = s.options.title = s.options.explain = false;
    view_ladder_build(&s.scene, timeline, &s.options);
    view_steps_make(&s.steps, timeline);
    add_list_row(out, s.record);
    base_strbuf_char(out, '\0');
    add_head(&s);
    add_stepper(&s);
    add_panes(&s);
    add_diagnoses(&s);
    out_jsonw_begin(&s.json);
    add_moves(&s);
    add_steps(&s);
    add_questions(&s);
    out_jsonw_end(&s.json);
    fclose(stream);
    base_strbuf_str(out, "<script type=\"application/json\" class=\"data\">");
    add_json(out, data, length);
    base_strbuf_str(out, "</script>\n</section>\n");
    free(data);
    out_jsonw_free(&s.json);
    view_scene_free(&s.scene);
    view_steps_free(&s.steps);
    return 0;
}

/* --- the page --- */

static void add_lines(struct base_strbuf *out, const char *const *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        base_strbuf_str(out, lines[i]);
        base_strbuf_char(out, '\n');
    }
}

/* The words that the script says. */
static void add_words(struct base_strbuf *out)
{
    static const struct {
        const char *key, *text;
    } words[] = {
        /* TRANSLATORS: a step's number, the number of steps, and what it is */
        {"where", N_("%1 of %2: %3")},
        {"question", N_("%1 of %2.")},
        {"check", N_("Check")},
        {"choose", N_("Choose an answer first.")},
        {"right", N_("Right.")},
        {"wrong", N_("No: %1.")},
        {"score", N_("%1 of %2 right.")},
        {"next", N_("Next question")},
        {"again", N_("Ask again from the first")},
    };
    char *json = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&json, &length);
    if (stream == NULL)
        base_out_of_memory(sizeof(FILE));
    struct out_jsonw writer = OUT_JSONW_INIT(stream);
    out_jsonw_begin(&writer);
    out_jsonw_key(&writer, "ends");
    out_jsonw_open_array(&writer);
    out_jsonw_string(&writer, _("client"), strlen(_("client")));
    out_jsonw_string(&writer, _("server"), strlen(_("server")));
    out_jsonw_close_array(&writer);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        out_jsonw_key_text(&writer, words[i].key, _(words[i].text));
    out_jsonw_end(&writer);
    fclose(stream);
    base_strbuf_str(out, "<script type=\"application/json\" id=\"words\">");
    add_json(out, json, length);
    base_strbuf_str(out, "</script>\n");
    out_jsonw_free(&writer);
    free(json);
}

static const char *class_of(enum out_theme theme)
{
    switch (theme) {
    case OUT_THEME_BOTH:
        return "";
    case OUT_THEME_DARK:
        return "dark";
    case OUT_THEME_LIGHT:
    case OUT_THEME_COLOR_BLIND:
    case OUT_THEME_MONO:
    case OUT_THEME_PROJECTOR:
        break;
    }
    return "light";
}

static void add_page_head(struct base_strbuf *out, const struct out_pages *pages,
                          const char *source)
{
    enum out_theme theme = pages->lives.options.theme;
    /* TRANSLATORS: the code of the language that you translate to */
    base_strbuf_printf(out, "<!DOCTYPE html>\n<html lang=\"%s\" class=\"%s\">\n<head>\n", _("en"),
                       class_of(theme));
    base_strbuf_str(out,
                    "<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n");
    add_element(out, "<title>", source, " · tcpviz</title>\n<style>\n");
    out_picture_style(out, theme, ".tcpviz");
    add_lines(out, page_css, sizeof page_css / sizeof page_css[0]);
    base_strbuf_str(out, "</style>\n</head>\n<body>\n<svg width=\"0\" height=\"0\" "
                         "style=\"position:absolute\" class=\"tcpviz\" aria-hidden=\"true\">");
    out_picture_defs(out);
    base_strbuf_str(out, "</svg>\n");
}

static void add_summary(struct base_strbuf *out, const struct out_pages *pages,
                        const struct out_capture *capture)
{
    uint64_t left_out = out_pages_left_out(pages, capture);
    struct base_strbuf text = BASE_STRBUF_INIT;
    view_add_counted(&text, capture->frames, "frame");
    base_strbuf_str(&text, ", ");
    view_add_counted(&text, capture->tcp_segments, "TCP segment");
    base_strbuf_str(&text, ", ");
    view_add_counted(&text, capture->connections, "connection");
    if (left_out > 0) {
        base_strbuf_str(&text, _("; not shown: "));
        view_add_count(&text, left_out);
    }
    add_element(out, "<p class=\"dim\">", base_strbuf_text(&text), "</p>\n");
    base_strbuf_free(&text);
}

static void add_body(struct base_strbuf *out, const struct out_pages *pages)
{
    add_list_head(out);
    for (size_t i = 0; i < pages->count; i++)
        base_strbuf_str(out, base_strbuf_text(&pages->page[i].text));
    base_strbuf_str(out, "</tbody></table></div>\n</nav>\n<main id=\"main\">\n");
    for (size_t i = 0; i < pages->count; i++) {
        const struct base_strbuf *text = &pages->page[i].text;
        size_t row = strlen(text->text) + 1;
        base_strbuf_add(out, text->text + row, text->length - row);
    }
    base_strbuf_str(out, "</main>\n");
}

static void finish(struct out_sink *sink, const struct out_capture *capture)
{
    struct out_pages *pages = (struct out_pages *)sink;
    struct base_strbuf out = BASE_STRBUF_INIT;
    const char *source = capture->source != NULL ? capture->source : "";
    add_page_head(&out, pages, source);
    add_element(&out, "<a class=\"skip\" href=\"#main\">", _("To the connection"), "</a>\n");
    add_element(&out, "<header><h1>", source, "</h1>\n");
    add_summary(&out, pages, capture);
    base_strbuf_str(&out, "</header>\n");
    if (pages->count > 0)
        add_body(&out, pages);
    else
        add_element(&out, "<main id=\"main\"><p>", _("No TCP connection."), "</p></main>\n");
    add_words(&out);
    base_strbuf_str(&out, "<script>\n");
    add_lines(&out, page_js, sizeof page_js / sizeof page_js[0]);
    base_strbuf_str(&out, "</script>\n</body>\n</html>\n");
    fwrite(base_strbuf_text(&out), 1, out.length, pages->lives.stream);
    base_strbuf_free(&out);
}

struct out_sink *out_html_new(FILE *stream, const struct out_options *options)
{
    return out_pages_new(stream, options, MAX_CONNECTIONS, draw, finish);
}
