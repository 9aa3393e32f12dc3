/* A lesson of the course: what it teaches, what to look at, the programs, the question; its capture
 * is on the other screens. */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "app/lesson.h"
#include "base/intl.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/glyphs.h"
#include "view/ladder.h"
#include "view/remarks.h"

/* Longer lines are hard to read. */
#define MOST_COLUMNS 100
#define INDENT 2
#define TWO_COLUMNS_FROM 60

/* --- the text, in lines --- */

static void add_line(struct view_scene *scene, const char *text, enum view_role role)
{
    view_scene_add_row(scene, VIEW_ROW_TEXT);
    view_scene_add_part(scene, text, NULL, role, VIEW_NEVER, VIEW_NEVER);
}

static void add_part(struct view_scene *scene, const char *heading, const char *text, size_t width)
{
    if (text == NULL)
        return;
    add_line(scene, "", VIEW_ROLE_PLAIN);
    add_line(scene, heading, VIEW_ROLE_SECTION);
    view_add_paragraph(scene, text, width, INDENT, INDENT, VIEW_ROLE_PLAIN);
}

/* The nth line of what the programs of a host do, a blank one between two of them; false: none. */
static bool program_line(const struct lab_scenario *scenario, enum lab_host host, size_t number,
                         struct base_strbuf *line)
{
    base_strbuf_clear(line);
    for (size_t i = 0; i < scenario->program_count; i++) {
        const struct lab_program *program = &scenario->programs[i];
        if (program->host != host)
            continue;
        if (number < program->step_count)
            lab_step_describe(program, number, line);
        if (number <= program->step_count)
            return true;
        number -= program->step_count + 1;
    }
    return false;
}

static void add_beside(struct view_scene *scene, const char *left, const char *right, size_t width,
                       enum view_role role)
{
    struct base_strbuf line = BASE_STRBUF_INIT;
    size_t column = (width - INDENT) / 2 - 1, bytes = strlen(left);
    size_t fits = view_text_fit(left, bytes, column), used = view_text_width(left, fits);
    base_strbuf_printf(&line, "%*s%.*s%*s", INDENT, "", (int)fits, left, (int)(column - used + 1),
                       "");
    base_strbuf_add(&line, right, view_text_fit(right, strlen(right), column));
    add_line(scene, base_strbuf_text(&line), role);
    base_strbuf_free(&line);
}

static void add_programs_beside(struct view_scene *scene, const struct lab_scenario *scenario,
                                size_t width)
{
    struct base_strbuf left = BASE_STRBUF_INIT, right = BASE_STRBUF_INIT;
    bool more = true;
    add_beside(scene, _("client"), _("server"), width, VIEW_ROLE_ENDPOINT);
    for (size_t i = 0; more; i++) {
        more = program_line(scenario, LAB_CLIENT, i, &left);
        more = program_line(scenario, LAB_SERVER, i, &right) || more;
        if (left.length > 0 || right.length > 0)
            add_beside(scene, base_strbuf_text(&left), base_strbuf_text(&right), width,
                       VIEW_ROLE_PLAIN);
    }
    base_strbuf_free(&left);
    base_strbuf_free(&right);
}

static void add_programs_below(struct view_scene *scene, const struct lab_scenario *scenario,
                               size_t width)
{
    struct base_strbuf line = BASE_STRBUF_INIT;
    for (unsigned host = 0; host < LAB_HOSTS; host++) {
        view_add_paragraph(scene, lab_host_name((enum lab_host)host), width, INDENT, INDENT,
                           VIEW_ROLE_ENDPOINT);
        for (size_t i = 0; program_line(scenario, (enum lab_host)host, i, &line); i++)
            view_add_paragraph(scene, base_strbuf_text(&line), width, INDENT, 2 * INDENT,
                               VIEW_ROLE_PLAIN);
    }
    base_strbuf_free(&line);
}

static void build(struct tui *tui, size_t width)
{
    struct tui_lesson_state *state = &tui->lesson;
    const struct lab_scenario *scenario = tui->options.lesson->scenario;
    struct view_scene *scene = &state->scene;
    if (width > MOST_COLUMNS)
        width = MOST_COLUMNS;
    view_scene_clear(scene);
    view_add_paragraph(scene, scenario->title, width, 0, 0, VIEW_ROLE_TITLE);
    add_part(scene, _("What it teaches"), scenario->teaches, width);
    add_part(scene, _("Look at"), scenario->look, width);
    add_part(scene, _("Question"), scenario->question, width);
    if (state->answered)
        add_part(scene, _("Answer"), scenario->answer, width);
    else if (scenario->answer != NULL)
        view_add_paragraph(scene, _("a shows the answer"), width, INDENT, INDENT, VIEW_ROLE_DIM);
    add_line(scene, "", VIEW_ROLE_PLAIN);
    add_line(scene, _("What the programs do"), VIEW_ROLE_SECTION);
    if (width >= TWO_COLUMNS_FROM)
        add_programs_beside(scene, scenario, width);
    else
        add_programs_below(scene, scenario, width);
    state->drawn_width = width;
}

/* --- drawing --- */

/* "Lesson 12 of 84  Opening", and how far that is as a rule that is partly bright. */
static void draw_progress(struct tui *tui, struct tui_area area)
{
    const struct app_lesson *lesson = tui->options.lesson;
    struct base_strbuf text = BASE_STRBUF_INIT;
    bool ascii = tui->options.ascii;
    size_t done = area.width * (lesson->index + 1) / lesson->count;
    base_strbuf_printf(&text, _(" Lesson %zu of %zu "), lesson->index + 1, lesson->count);
    if (lesson->scenario->chapter != NULL)
        base_strbuf_printf(&text, " %s ", lesson->scenario->chapter);
    view_grid_fill(&tui->grid, area.x, area.y, view_glyphs(ascii)->rule, area.width,
                   VIEW_ROLE_RULE);
    view_grid_fill(&tui->grid, area.x, area.y, ascii ? '=' : 0x2501, done, VIEW_ROLE_HOLDS);
    tui_paint_text(&tui->grid, area.x + 2, area.y, area.width - 2, base_strbuf_text(&text),
                   VIEW_ROLE_TITLE, ascii);
    base_strbuf_free(&text);
}

static void lesson_draw(struct tui *tui, struct tui_area area)
{
    struct tui_lesson_state *state = &tui->lesson;
    struct tui_area inside = {area.x + 1, area.y + 2, area.width - 2, area.height - 2};
    struct view_grid drawing;
    build(tui, inside.width);
    draw_progress(tui, area);
    state->page = inside.height;
    size_t count = state->scene.row_count;
    state->last_top = count > inside.height ? count - inside.height : 0;
    if (state->top > state->last_top)
        state->top = state->last_top;
    view_grid_init(&drawing, inside.width, inside.height);
    view_ladder_draw(&state->scene, state->top, &drawing, 0);
    tui_paint_copy(&tui->grid, inside, &drawing, 0, 0);
    view_grid_free(&drawing);
    if (state->last_top > state->top) {
        const char *more = _(" more below: Down ");
        tui_paint_right(&tui->grid, area.x, area.y + 1, area.width, more, VIEW_ROLE_DIM,
                        tui->options.ascii);
    }
}

/* --- actions --- */

static void go_to(struct tui *tui, size_t index)
{
    struct app_lesson *lesson = tui->options.lesson;
    if (index < lesson->count) {
        lesson->next = index;
        tui->quit = true;
    } else {
        tui_say(tui, "%s",
                lesson->index == 0 ? _("This is the first lesson.")
                                   : _("This is the last lesson."));
    }
}

/* The replay stands at its beginning, so that one sees it happen. */
static void open_timeline(struct tui *tui)
{
    if (!tui->loaded)
        return;
    if (tui->connections.selected == 0)
        tui->connections.selected = 1;
    if (!tui->replay.on) {
        double speed = tui->options.replay_speed > 0 ? tui->options.replay_speed : 1.0;
        tui_replay_start(tui, speed, false);
    }
    tui_show(tui, &tui_screen_timeline);
    tui_say(tui, "%s", _("P plays it, ) and ( step, R shows it whole; E: back to the lesson"));
}

static bool lesson_act(struct tui *tui, enum tui_action action)
{
    struct tui_lesson_state *state = &tui->lesson;
    struct tui_scroll lines = {
        .count = state->last_top + 1, .selected = state->top, .page = state->page};
    if (action == TUI_ACTION_OPEN)
        open_timeline(tui);
    else if (action == TUI_ACTION_SHOW_ANSWER)
        state->answered = !state->answered;
    else if (action == TUI_ACTION_NEXT_CONNECTION)
        go_to(tui, tui->options.lesson->index + 1);
    else if (action == TUI_ACTION_PREVIOUS_CONNECTION)
        go_to(tui, tui->options.lesson->index - 1);
    else if (tui_scroll_act(&lines, action))
        state->top = lines.selected;
    else
        return false;
    return true;
}

bool tui_lesson_takes(const struct tui *tui, enum tui_action action, int key)
{
    if (tui->options.lesson == NULL || tui->screen == &tui_screen_lesson)
        return false;
    /* leaving the last screen of the capture leads back, not out */
    return action == TUI_ACTION_TO_LESSON ||
           (action == TUI_ACTION_QUIT && key == 'q' && tui->screen == &tui_screen_connections);
}

static void lesson_click(struct tui *tui, size_t x, size_t y)
{
    (void)tui, (void)x, (void)y;
}

static void lesson_enter(struct tui *tui)
{
    (void)tui; /* as it was left */
}

const struct tui_screen tui_screen_lesson = {
    .bit = TUI_IN_LESSON,
    .enter = lesson_enter,
    .draw = lesson_draw,
    .act = lesson_act,
    .click = lesson_click,
};
