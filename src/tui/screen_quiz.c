/* The quiz: the life so far, what comes next, and after the answer why. */
#include "config.h"

#include <inttypes.h>
#include <string.h>

#include "base/intl.h"
#include "explain/quiz.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/cut.h"
#include "view/glyphs.h"
#include "view/ladder.h"

/* The question, its choices, and the explanation below the life so far. */
#define QUESTION_LINES 14
/* On a small screen the choices matter most. */
#define LEAST_LINES 8

static const struct view_timeline *whole_of(const struct tui *tui)
{
    return tui_model_whole(tui->model, tui->quiz.connection);
}

void tui_quiz_free(struct tui_quiz_state *state)
{
    explain_quiz_free(state->quiz);
    state->quiz = NULL;
    view_scene_free(&state->scene);
}

static void begin(struct tui *tui)
{
    struct tui_quiz_state *state = &tui->quiz;
    const struct view_timeline *whole = whole_of(tui);
    explain_quiz_free(state->quiz);
    state->quiz = NULL;
    state->index = state->asked = state->right = 0;
    state->answer = EXPLAIN_CHOICES;
    if (whole != NULL && tui->loaded)
        state->quiz = explain_quiz_new(whole);
}

static size_t count_of(const struct tui_quiz_state *state)
{
    return state->quiz != NULL ? explain_quiz_count(state->quiz) : 0;
}

/* --- drawing --- */

/* What came before the segment that is asked about; with it once that is answered. */
static void draw_life(struct tui *tui, struct tui_area area)
{
    struct tui_quiz_state *state = &tui->quiz;
    const struct explain_question *question = explain_quiz_question(state->quiz, state->index);
    /* not before the last question about it: the arrow would answer them */
    size_t next = state->index + 1;
    bool last =
        next >= count_of(state) || explain_quiz_question(state->quiz, next)->item != question->item;
    bool told = last && state->answer < EXPLAIN_CHOICES;
    struct view_item item;
    view_timeline_item(whole_of(tui), question->item, &item);
    struct view_moment moment = {question->frame - (told ? 0 : 1),
                                 item.event.time_ns - (told ? 0 : 1)};
    struct view_timeline *cut = view_cut(whole_of(tui), moment, tui->options.time_wait_ns);
    if (cut == NULL) {
        tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1,
                       _("Nothing has been sent yet."), VIEW_ROLE_DIM, tui->options.ascii);
        return;
    }
    const struct view_ladder_options options = {.ascii = tui->options.ascii, .width = area.width};
    view_ladder_build(&state->scene, cut, &options);
    view_timeline_free(cut);
    struct view_grid drawing;
    size_t rows = state->scene.row_count, head = state->scene.head_rows;
    view_grid_init(&drawing, area.width, area.height);
    size_t first = rows > area.height ? rows - area.height : 0;
    if (first > 0 && head < area.height) {
        view_ladder_draw(&state->scene, 0, &drawing, 0);
        for (size_t y = head; y < area.height; y++)
            view_grid_fill(&drawing, 0, y, ' ', area.width, VIEW_ROLE_PLAIN);
        view_ladder_draw(&state->scene, first + head, &drawing, head);
    } else {
        view_ladder_draw(&state->scene, first, &drawing, 0);
    }
    tui_paint_copy(&tui->grid, area, &drawing, 0, 0);
    view_grid_free(&drawing);
}

static void draw_choices(struct tui *tui, struct tui_area area, size_t *line)
{
    const struct tui_quiz_state *state = &tui->quiz;
    const struct explain_question *question = explain_quiz_question(state->quiz, state->index);
    const struct view_glyphs *glyphs = view_glyphs(tui->options.ascii);
    const char *wrong = tui->options.ascii ? "x" : glyphs->breaks;
    for (size_t i = 0; i < EXPLAIN_CHOICES && *line < area.height; i++, ++*line) {
        bool told = state->answer < EXPLAIN_CHOICES;
        bool right = i == question->right;
        const char *mark = !told ? "" : right ? glyphs->holds : i == state->answer ? wrong : "";
        uint8_t role = !told                ? VIEW_ROLE_PLAIN
                       : right              ? VIEW_ROLE_HOLDS
                       : i == state->answer ? VIEW_ROLE_BREAKS
                                            : VIEW_ROLE_DIM;
        char key[2] = {(char)('1' + (int)i), '\0'};
        size_t y = area.y + *line;
        tui_paint_text(&tui->grid, area.x + 1, y, 2, mark, role, tui->options.ascii);
        tui_paint_text(&tui->grid, area.x + 4, y, 1, key, TUI_ROLE_BAR_KEY, tui->options.ascii);
        tui_paint_text(&tui->grid, area.x + 6, y, area.width - 6, question->choices[i], role,
                       tui->options.ascii);
    }
}

static void draw_why(struct tui *tui, struct tui_area area, size_t line)
{
    const struct explain_options options = {.ascii = tui->options.ascii};
    struct base_strbuf text = BASE_STRBUF_INIT, part = BASE_STRBUF_INIT;
    explain_quiz_answer(tui->quiz.quiz, tui->quiz.index, &options, &text);
    for (const char *at = base_strbuf_text(&text); *at != '\0' && line < area.height;) {
        size_t length = strcspn(at, "\n");
        base_strbuf_clear(&part);
        base_strbuf_add(&part, at, length);
        struct tui_area rest = {area.x + 1, area.y + line, area.width - 2, area.height - line};
        line += tui_paint_wrapped(&tui->grid, rest, 2, base_strbuf_text(&part), VIEW_ROLE_PLAIN);
        at += length + (at[length] == '\n');
    }
    base_strbuf_free(&part);
    base_strbuf_free(&text);
}

static void draw_question(struct tui *tui, struct tui_area area)
{
    const struct tui_quiz_state *state = &tui->quiz;
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    view_grid_fill(&tui->grid, area.x, area.y, view_glyphs(ascii)->rule, area.width,
                   VIEW_ROLE_RULE);
    base_strbuf_printf(&text, _(" question %zu of %zu   %zu of %zu right "), state->index + 1,
                       count_of(state), state->right, state->asked);
    tui_paint_text(&tui->grid, area.x + 2, area.y, area.width - 2, base_strbuf_text(&text),
                   VIEW_ROLE_TITLE, ascii);
    base_strbuf_clear(&text);
    explain_quiz_ask(state->quiz, state->index, &text);
    struct tui_area asked = {area.x + 1, area.y + 1, area.width - 2, area.height - 1};
    size_t line =
        1 + tui_paint_wrapped(&tui->grid, asked, 0, base_strbuf_text(&text), VIEW_ROLE_SECTION);
    draw_choices(tui, area, &line);
    if (state->answer < EXPLAIN_CHOICES)
        draw_why(tui, area, line + (area.height > line + 3));
    base_strbuf_free(&text);
}

static void draw_notice(struct tui *tui, struct tui_area area, const char *text)
{
    tui_paint_text(&tui->grid, area.x + 1, area.y + 1, area.width - 1, text, VIEW_ROLE_TITLE,
                   tui->options.ascii);
}

static void quiz_draw(struct tui *tui, struct tui_area area)
{
    struct tui_quiz_state *state = &tui->quiz;
    if (state->quiz == NULL && tui->loaded)
        begin(tui);
    size_t count = count_of(state);
    if (count == 0) {
        draw_notice(tui, area,
                    tui->loaded ? _("This connection has nothing to ask about.")
                                : _("The quiz begins when the capture has been read."));
        return;
    }
    if (state->index >= count) {
        struct base_strbuf text = BASE_STRBUF_INIT;
        base_strbuf_printf(&text, _("The end: %zu of %zu right.  Enter asks again, q goes back."),
                           state->right, state->asked);
        draw_notice(tui, area, base_strbuf_text(&text));
        base_strbuf_free(&text);
        return;
    }
    size_t lines = area.height >= 2 * QUESTION_LINES ? QUESTION_LINES : area.height / 2;
    if (lines < LEAST_LINES)
        lines = LEAST_LINES < area.height ? LEAST_LINES : area.height;
    draw_life(tui, (struct tui_area){area.x, area.y, area.width, area.height - lines});
    draw_question(tui, (struct tui_area){area.x, area.y + area.height - lines, area.width, lines});
}

/* --- actions --- */

static void answer(struct tui *tui, size_t choice)
{
    struct tui_quiz_state *state = &tui->quiz;
    if (state->index >= count_of(state) || state->answer < EXPLAIN_CHOICES ||
        choice >= EXPLAIN_CHOICES)
        return;
    state->answer = choice;
    state->asked++;
    state->right += choice == explain_quiz_question(state->quiz, state->index)->right;
}

static void go_on(struct tui *tui)
{
    struct tui_quiz_state *state = &tui->quiz;
    if (state->index >= count_of(state)) {
        begin(tui);
    } else if (state->answer == EXPLAIN_CHOICES) {
        tui_say(tui, _("1 to 4 answers."));
    } else {
        state->index++;
        state->answer = EXPLAIN_CHOICES;
    }
}

static bool quiz_act(struct tui *tui, enum tui_action action)
{
    if (action == TUI_ACTION_ANSWER)
        answer(tui, (size_t)(tui->key - '1'));
    else if (action == TUI_ACTION_QUIZ_NEXT)
        go_on(tui);
    else if (action == TUI_ACTION_BACK)
        tui_show(tui, &tui_screen_connections);
    else
        return tui_action_moves(action);
    return true;
}

static void quiz_click(struct tui *tui, size_t x, size_t y)
{
    (void)tui, (void)x, (void)y;
}

static void quiz_enter(struct tui *tui)
{
    uint64_t wanted = tui->connections.selected != 0 ? tui->connections.selected : 1;
    if (tui->quiz.quiz != NULL && tui->quiz.connection == wanted)
        return; /* back from the help: the same question */
    tui->quiz.connection = wanted;
    begin(tui);
}

const struct tui_screen tui_screen_quiz = {
    .bit = TUI_IN_QUIZ,
    .enter = quiz_enter,
    .draw = quiz_draw,
    .act = quiz_act,
    .click = quiz_click,
};
