/* The terminal UI: one loop over packets, keys, signals and frames. */
#include "config.h"

#include "tui/tui.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/lesson.h"
#include "app/stop.h"
#include "base/intl.h"
#include "base/utf8.h"
#include "base/xalloc.h"
#include "guard/guard.h"
#include "tui/model.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "tui/terminal.h"

/* Packets a piece, and how long pieces are read before keys are looked at again. */
#define PACKETS_PER_PIECE 256
#define READING_MS 12
/* At most one frame in this time, 25 a second; a key is answered at once. */
#define FRAME_MS 40
/* How often a quiet interface lets the timers run. */
#define IDLE_MS 250
/* How often a live picture is drawn though nothing came: ages and rates change. */
#define TICK_MS 1000

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void tui_say(struct tui *tui, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    base_strbuf_clear(&tui->message);
    base_strbuf_vprintf(&tui->message, format, args);
    va_end(args);
    tui->warned = false;
    tui->dirty = true;
}

void tui_warn(struct tui *tui, const char *text)
{
    tui_say(tui, "%.*s", (int)strcspn(text, "\n"), text);
    tui->warned = true;
}

void tui_show(struct tui *tui, const struct tui_screen *screen)
{
    tui->screen = screen;
    screen->enter(tui);
    tui->dirty = true;
}

static void toggle_aliases(struct tui *tui)
{
    tui->options.addresses = !tui->options.addresses;
    tui->timeline.stale = true;
    if (tui->options.aliases.count == 0)
        tui_say(tui, "%s", _("There are no aliases; the settings file can give some."));
    else
        tui_say(tui, "%s", tui->options.addresses ? _("Addresses.") : _("Aliases."));
}

/* What means the same on every screen. */
static void common_action(struct tui *tui, enum tui_action action, int key)
{
    if (tui_lesson_takes(tui, action, key)) {
        tui_show(tui, &tui_screen_lesson);
    } else if (action == TUI_ACTION_QUIT) {
        tui->quit = true;
    } else if (action == TUI_ACTION_HELP) {
        tui->below_help = tui->screen;
        tui_show(tui, &tui_screen_help);
    } else if (action == TUI_ACTION_SETTINGS) {
        tui->settings.below = tui->screen;
        tui_show(tui, &tui_screen_settings);
    } else if (action == TUI_ACTION_ALIASES) {
        toggle_aliases(tui);
    } else if (action == TUI_ACTION_SAVE) {
        tui->save.below = tui->screen;
        tui->save.opening = true;
        tui_show(tui, &tui_screen_save);
    } else if (action == TUI_ACTION_QUIZ) {
        tui_show(tui, &tui_screen_quiz);
    } else if (action == TUI_ACTION_FREEZE && tui->replay.on && tui->replay.live) {
        tui_replay_act(tui, TUI_ACTION_REPLAY_END, key);
    } else if (action == TUI_ACTION_FREEZE) {
        tui->held = !tui->held;
        tui_model_hold(tui->model, tui->held);
    } else if (action == TUI_ACTION_MERGE || action == TUI_ACTION_COMPARE) {
        tui_lanes_open(tui, tui->connections.selected, action == TUI_ACTION_COMPARE);
    } else if (tui_replay_act(tui, action, key)) {
        tui->dirty = true;
    } else if (action == TUI_ACTION_REDRAW) {
        tui_terminal_redraw();
    } else if (action == TUI_ACTION_SUSPEND) {
        tui_terminal_suspend();
    }
}

static bool too_small(const struct tui *tui)
{
    return tui->grid.width < TUI_MIN_WIDTH || tui->grid.height < TUI_MIN_HEIGHT;
}

/* The key that a key of the settings file stands for. */
static int meant_key(const struct tui *tui, int key)
{
    for (size_t i = 0; i < tui->key_count; i++)
        if (tui->keys[i].key == key)
            return tui->keys[i].like;
    return key;
}

static void take_input(struct tui *tui, struct tui_input input)
{
    if (!tui->prompting)
        input.key = meant_key(tui, input.key);
    tui->dirty = true;
    tui->key = input.key;
    base_strbuf_clear(&tui->message);
    if (too_small(tui)) {
        tui->quit = input.key == 'q' || input.key == 'Q';
    } else if (tui->prompting) {
        tui_prompt_key(tui, input.key);
    } else if (tui->screen->key != NULL && tui->screen->key(tui, input.key)) {
        return;
    } else if (input.key == TUI_KEY_CLICK) {
        if (tui->replay.on && (size_t)input.y + 2 == tui->grid.height)
            tui_replay_click(tui, (size_t)input.x);
        else if (input.y > 0 && (size_t)input.y + 1 < tui->grid.height)
            tui->screen->click(tui, (size_t)input.x, (size_t)input.y);
    } else if (input.key == TUI_KEY_WHEEL_UP || input.key == TUI_KEY_WHEEL_DOWN) {
        for (int i = 0; i < 3; i++)
            tui->screen->act(tui, input.key == TUI_KEY_WHEEL_UP ? TUI_ACTION_UP : TUI_ACTION_DOWN);
    } else {
        enum tui_action action = tui_key_action(input.key, tui->screen->bit);
        if (action != TUI_ACTION_NONE && !tui->screen->act(tui, action))
            common_action(tui, action, input.key);
    }
}

static void type_text(struct tui *tui, const char *text)
{
    size_t used;
    for (size_t length = strlen(text); length > 0; text += used, length -= used)
        take_input(tui, (struct tui_input){.key = (int)base_utf8_decode(text, length, &used)});
}

static void fit_grid(struct tui *tui)
{
    int width, height;
    tui_terminal_size(&width, &height);
    if (tui->grid.width == (size_t)width && tui->grid.height == (size_t)height)
        return;
    view_grid_free(&tui->grid);
    view_grid_init(&tui->grid, (size_t)width, (size_t)height);
    tui->dirty = true;
}

static void draw_frame(struct tui *tui)
{
    fit_grid(tui);
    tui_model_refresh(tui->model, now_ms());
    tui_frame_draw(tui);
    int cursor = -1;
    int row = (int)tui->grid.height - 1;
    if (tui->prompting && !too_small(tui)) {
        cursor = (int)tui->prompt.cursor_x;
    } else if (tui->screen == &tui_screen_save && !too_small(tui)) {
        cursor = (int)tui->save.cursor_x;
        row = (int)tui->save.cursor_y;
    }
    tui_terminal_draw(&tui->grid, cursor, row);
    tui->dirty = tui_segment_wants_more(tui);
    tui->next_frame_ms = now_ms() + FRAME_MS;
}

static void add_roles(const struct view_grid *grid, size_t y, struct base_strbuf *out)
{
    size_t used = view_grid_used(grid, y);
    for (size_t x = 0; x < grid->width; x++)
        if (view_grid_cell(grid, x, y)->role != VIEW_ROLE_PLAIN && x >= used)
            used = x + 1;
    for (size_t x = 0; x < used; x++)
        base_strbuf_char(out, tui_style_letter(view_grid_cell(grid, x, y)->role));
}

static bool save_screen(struct tui *tui, const char *file, bool roles)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (size_t y = 0; y < tui->grid.height; y++) {
        view_grid_add_row(&tui->grid, y, false, &text);
        base_strbuf_char(&text, '\n');
        if (!roles)
            continue;
        add_roles(&tui->grid, y, &text);
        base_strbuf_char(&text, '\n');
    }
    int fd = guard_open(file, GUARD_WRITE);
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool saved = stream != NULL && fwrite(base_strbuf_text(&text), 1, text.length, stream) > 0;
    if (stream != NULL && fclose(stream) != 0)
        saved = false;
    if (!saved)
        base_strbuf_printf(&tui->error, "%s: %s", file, strerror(errno));
    base_strbuf_free(&text);
    return saved;
}

/* So many have been read, or there will be no more. */
static bool have_packets(const struct tui *tui, unsigned wanted)
{
    struct out_capture totals;
    if (tui->loaded || tui->feed == NULL)
        return true;
    app_feed_describe(tui->feed, &totals);
    return totals.frames >= wanted;
}

/* Does one step; false if the script cannot go on now. */
static bool do_step(struct tui *tui, const struct tui_step *step)
{
    switch (step->kind) {
    case TUI_STEP_KEY:
        take_input(tui, (struct tui_input){.key = step->key});
        break;
    case TUI_STEP_TEXT:
        type_text(tui, step->text);
        break;
    case TUI_STEP_CLICK:
        take_input(tui, (struct tui_input){TUI_KEY_CLICK, step->x, step->y});
        break;
    case TUI_STEP_RESIZE:
        tui_terminal_resize(step->x, step->y);
        break;
    case TUI_STEP_WAIT_LOADED:
        if (!tui->loaded)
            return false;
        break;
    case TUI_STEP_WAIT_PACKETS:
        return have_packets(tui, step->packets);
    case TUI_STEP_WAIT:
        /* a replay off the screen has only the time that the script gives it */
        if (tui->options.offscreen && tui->loaded)
            tui_replay_pass(tui, step->wait_ms);
        else
            tui->resume_ms = now_ms() + step->wait_ms;
        break;
    case TUI_STEP_SAVE:
    case TUI_STEP_SAVE_ROLES:
        if (tui->dirty)
            draw_frame(tui);
        if (!save_screen(tui, step->text, step->kind == TUI_STEP_SAVE_ROLES))
            tui->quit = true;
        break;
    case TUI_STEP_QUIT:
        tui->quit = true;
        break;
    }
    return true;
}

/* A frame after each step, so that what is saved is what the step made. */
static void run_script(struct tui *tui)
{
    while (!tui->quit && now_ms() >= tui->resume_ms && tui->save.job == NULL) {
        if (tui->script.next >= tui->script.count) {
            tui->quit = true;
            return;
        }
        if (!do_step(tui, &tui->script.steps[tui->script.next]))
            return;
        tui->script.next++;
        draw_frame(tui);
    }
}

/* On an interface time passes without packets. */
static void let_time_pass(struct tui *tui)
{
    struct timespec now;
    app_feed_idle(tui->feed);
    if (!app_feed_is_interface(tui->feed))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    tui_model_set_now(tui->model, (int64_t)now.tv_sec * 1000000000 + now.tv_nsec);
    if (now_ms() >= tui->next_frame_ms + TICK_MS - FRAME_MS)
        tui->dirty = true;
}

static void read_keys(struct tui *tui)
{
    struct tui_input input;
    while (!tui->quit && (input = tui_terminal_read()).key != TUI_KEY_NONE) {
        take_input(tui, input);
        tui->next_frame_ms = 0;
    }
    if (tui_terminal_is_gone())
        tui->quit = true;
}

static void finish_reading(struct tui *tui)
{
    app_feed_finish(tui->feed);
    tui->loaded = true;
    tui->dirty = true;
    const char *problems = app_feed_problems(tui->feed);
    if (problems[0] != '\0')
        tui_warn(tui, problems);
    if (tui->options.replay_speed > 0 && tui->options.lesson == NULL)
        tui_replay_start(tui, tui->options.replay_speed, !tui->options.replay_steps);
}

/* Reads for a short while. True if there may be more at once. */
static bool read_packets(struct tui *tui)
{
    if (tui->loaded)
        return false;
    int64_t until = now_ms() + READING_MS;
    enum capture_status status;
    do
        status = app_feed_read(tui->feed, PACKETS_PER_PIECE);
    while (status == CAPTURE_MORE && now_ms() < until);
    if (status == CAPTURE_END || status == CAPTURE_ERROR)
        finish_reading(tui);
    else if (status == CAPTURE_WAIT)
        let_time_pass(tui);
    if (tui_model_changed(tui->model))
        tui->dirty = true;
    return status == CAPTURE_MORE;
}

/* How long nothing needs to be done unless a descriptor says so; -1: no limit. */
static int wait_time(const struct tui *tui, bool more)
{
    int64_t now = now_ms();
    int64_t wait = tui->loaded ? -1 : IDLE_MS;
    if (tui->feed != NULL && !tui->loaded)
        wait = app_feed_wait_ms(tui->feed, IDLE_MS);
    if (more || tui->save.job != NULL)
        return 0;
    if (tui->start.catalogue != NULL)
        wait = IDLE_MS;
    if (tui->replay.playing && !tui->options.offscreen)
        wait = FRAME_MS;
    if (tui->dirty && !tui_terminal_is_busy()) {
        int64_t until_frame = tui->next_frame_ms > now ? tui->next_frame_ms - now : 0;
        wait = wait < 0 || until_frame < wait ? until_frame : wait;
    }
    if (tui->options.script_file != NULL) {
        int64_t until_step = tui->resume_ms > now ? tui->resume_ms - now : 0;
        bool waits = tui->script.next < tui->script.count &&
                     (tui->script.steps[tui->script.next].kind == TUI_STEP_WAIT_LOADED ||
                      tui->script.steps[tui->script.next].kind == TUI_STEP_WAIT_PACKETS);
        if (!waits && (wait < 0 || until_step < wait))
            wait = until_step;
    }
    return (int)wait;
}

static void wait_for_something(const struct tui *tui, bool more)
{
    struct pollfd fds[] = {
        {.fd = tui_terminal_input_fd(), .events = POLLIN},
        {.fd = tui_terminal_wake_fd(), .events = POLLIN},
        {.fd = app_stop_fd(), .events = POLLIN},
        {.fd = tui->feed == NULL || tui->loaded ? -1 : app_feed_fd(tui->feed), .events = POLLIN},
        {.fd = tui_terminal_is_busy() ? tui_terminal_output_fd() : -1, .events = POLLOUT},
    };
    poll(fds, sizeof fds / sizeof fds[0], wait_time(tui, more));
}

static void loop(struct tui *tui)
{
    while (!tui->quit && !app_stop_wanted()) {
        bool more = read_packets(tui);
        if (tui_terminal_woken())
            tui->dirty = true;
        read_keys(tui);
        if (tui->options.script_file != NULL)
            run_script(tui);
        tui_save_tick(tui);
        if (tui->start.catalogue != NULL)
            tui_start_tick(tui, now_ms());
        if (!tui->options.offscreen)
            tui_replay_tick(tui, now_ms());
        tui_terminal_flush();
        if (tui->dirty && !tui->quit && !tui_terminal_is_busy() && now_ms() >= tui->next_frame_ms)
            draw_frame(tui);
        if (!tui->quit)
            wait_for_something(tui, more);
    }
    if (!tui->loaded)
        app_feed_finish(tui->feed);
}

static void free_all(struct tui *tui)
{
    tui_model_free(tui->model);
    view_grid_free(&tui->grid);
    view_scene_free(&tui->timeline.scene);
    view_scene_free(&tui->legend.scene);
    view_scene_free(&tui->lesson.scene);
    base_u64map_free(&tui->timeline.folded);
    view_lanes_free(&tui->lanes.lanes);
    free(tui->segment.bytes);
    tui_replay_free(&tui->replay);
    tui_quiz_free(&tui->quiz);
    tui_script_free(&tui->script);
    base_strbuf_free(&tui->message);
    tui_prompt_free(&tui->prompt);
    tui_save_free(&tui->save);
    base_strbuf_free(&tui->error);
}

/* The keys of the settings file, by their names; false and why if there is no such key. */
static bool take_keys(struct tui *tui, struct base_strbuf *error)
{
    for (size_t i = 0; i < tui->options.key_count; i++) {
        const struct app_key_binding *binding = &tui->options.keys[i];
        int key = tui_key_by_name(binding->key), like = tui_key_by_name(binding->like);
        if (key == TUI_KEY_NONE || like == TUI_KEY_NONE) {
            base_strbuf_printf(error, "settings: key %s: no such key",
                               key == TUI_KEY_NONE ? binding->key : binding->like);
            return false;
        }
        tui->keys[tui->key_count].key = key;
        tui->keys[tui->key_count++].like = like;
    }
    return true;
}

/* Reads the script, opens the terminal. */
static bool open_all(struct tui *tui, struct base_strbuf *error)
{
    const struct tui_options *options = &tui->options;
    if (!take_keys(tui, error))
        return false;
    tui->timeline.times = (enum view_times)options->times;
    tui_style_set_theme((enum tui_theme)options->theme);
    if (options->script_file != NULL && !tui_script_read(&tui->script, options->script_file, error))
        return false;
    tui->script.next = options->script_done;
    if (!tui_terminal_open(options->offscreen, options->color, error)) {
        tui_script_free(&tui->script);
        return false;
    }
    app_stop_set_last_act(tui_terminal_restore);
    tui->said = *options;
    tui->model = tui_model_new(options);
    tui->connections.columns = options->columns;
    tui_model_set_sort(tui->model, options->sort, options->sort_reversed);
    if (options->filter != NULL)
        tui_model_set_filter(tui->model, options->filter);
    return true;
}

/* Closes and frees all; false and why if the script could not go on. */
static bool close_all(struct tui *tui, struct base_strbuf *error)
{
    app_stop_set_last_act(NULL);
    tui_terminal_close();
    bool right = tui->error.length == 0;
    base_strbuf_str(error, base_strbuf_text(&tui->error));
    free_all(tui);
    return right;
}

bool tui_run(struct app_feed *feed, const struct tui_options *options, struct base_strbuf *error)
{
    struct tui tui = {.feed = feed, .options = *options};
    if (!open_all(&tui, error))
        return false;
    options->opened();
    app_feed_observe(feed, tui_model_observer(), tui.model);
    app_feed_keep_packets(feed);
    tui_show(&tui, &tui_screen_connections);
    if (options->quiz) {
        tui.connections.selected = options->connection_count > 0 ? options->connections[0] : 0;
        tui_show(&tui, &tui_screen_quiz);
    }
    if (options->lesson != NULL)
        tui_show(&tui, &tui_screen_lesson);
    fit_grid(&tui);
    loop(&tui);
    if (options->lesson != NULL)
        options->lesson->script_done = tui.script.next;
    return close_all(&tui, error);
}

bool tui_choose(const struct app_catalogue *catalogue, const struct tui_options *options,
                size_t *chosen, size_t *script_done, struct base_strbuf *error)
{
    struct tui tui = {.options = *options, .loaded = true};
    tui.start.catalogue = catalogue;
    tui.start.chosen = SIZE_MAX;
    if (!open_all(&tui, error))
        return false;
    tui_show(&tui, &tui_screen_start);
    draw_frame(&tui);
    loop(&tui);
    *chosen = tui.start.chosen;
    *script_done = tui.script.next;
    return close_all(&tui, error);
}
