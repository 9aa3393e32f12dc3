/* Replay: the clock that the views of a saved capture follow, and its bar. */
#include "config.h"

#include "tui/replay.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "tui/detail.h"
#include "tui/screen.h"
#include "tui/style.h"
#include "view/charwidth.h"
#include "view/words.h"

static const double speeds[] = {0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100};
#define SPEEDS (sizeof speeds / sizeof speeds[0])

/* --- marks --- */

struct collection {
    struct tui_mark *marks;
    size_t count, capacity;
};

static void add_mark(struct collection *all, struct tui_mark mark)
{
    if (all->count == all->capacity) {
        all->capacity = all->capacity > 0 ? 2 * all->capacity : 256;
        all->marks = base_realloc(all->marks, all->capacity, sizeof all->marks[0]);
    }
    all->marks[all->count++] = mark;
}

static void add_items(struct collection *all, const struct view_timeline *timeline, uint64_t number)
{
    size_t count = view_timeline_count(timeline);
    for (size_t i = 0; i < count; i++) {
        struct view_item item;
        view_timeline_item(timeline, i, &item);
        struct tui_mark mark = {.connection = number, .kinds = TUI_MARK_SEGMENT};
        if (item.kind == VIEW_ITEM_EVENT) {
            mark.time_ns = item.event.time_ns;
            mark.frame = item.event.frame;
            if (tui_detail_has_finding(&item.event))
                mark.kinds |= TUI_MARK_FINDING;
        } else {
            mark.time_ns = item.fold.end_ns;
            mark.timer = true;
        }
        add_mark(all, mark);
    }
}

static void add_transitions(struct collection *all, const struct view_timeline *timeline,
                            uint64_t number, int64_t time_wait_ns)
{
    size_t count;
    const struct track_transition *transitions = view_timeline_transitions(timeline, &count);
    for (size_t i = 0; i < count; i++) {
        struct tui_mark mark = {.time_ns = transitions[i].time_ns,
                                .frame = transitions[i].frame,
                                .connection = number,
                                .kinds = TUI_MARK_STATE,
                                .timer = transitions[i].frame == 0};
        add_mark(all, mark);
    }
    for (unsigned side = 0; side < 2; side++) {
        struct tui_mark mark = {.connection = number, .kinds = TUI_MARK_STATE, .timer = true};
        if (view_cut_expiry(timeline, (enum track_side)side, time_wait_ns, &mark.time_ns))
            add_mark(all, mark);
    }
}

/* By frame, a segment before the transitions that it causes; timers last. */
static int compare_frames(const void *left, const void *right)
{
    const struct tui_mark *a = left, *b = right;
    if (a->timer != b->timer)
        return a->timer ? 1 : -1;
    if (a->frame != b->frame)
        return a->frame < b->frame ? -1 : 1;
    return (b->kinds & TUI_MARK_SEGMENT) - (a->kinds & TUI_MARK_SEGMENT);
}

static int compare_times(const void *left, const void *right)
{
    const struct tui_mark *a = left, *b = right;
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns ? -1 : 1;
    return compare_frames(left, right);
}

/* One mark a frame, in the order of the frames, whose times may not run back. */
static size_t merge_frames(struct tui_mark *marks, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct tui_mark *last = kept > 0 ? &marks[kept - 1] : NULL;
        if (last != NULL && !marks[i].timer && last->frame == marks[i].frame) {
            last->kinds |= marks[i].kinds;
            continue;
        }
        if (last != NULL && !marks[i].timer && marks[i].time_ns < last->time_ns)
            marks[i].time_ns = last->time_ns;
        marks[kept++] = marks[i];
    }
    return kept;
}

static void collect_marks(struct tui *tui)
{
    struct tui_replay *replay = &tui->replay;
    struct collection all = {0};
    for (uint64_t number = 1; number <= tui_model_numbers(tui->model); number++) {
        const struct view_timeline *timeline = tui_model_whole(tui->model, number);
        if (timeline == NULL)
            continue;
        add_items(&all, timeline, number);
        add_transitions(&all, timeline, number, tui->options.time_wait_ns);
    }
    if (all.count == 0)
        return;
    qsort(all.marks, all.count, sizeof all.marks[0], compare_frames);
    all.count = merge_frames(all.marks, all.count);
    qsort(all.marks, all.count, sizeof all.marks[0], compare_times);
    replay->start_ns = replay->end_ns = all.marks[0].time_ns;
    uint64_t frame = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (all.marks[i].timer)
            all.marks[i].frame = frame;
        if (all.marks[i].kinds & TUI_MARK_SEGMENT)
            replay->end_ns = all.marks[i].time_ns;
        frame = all.marks[i].frame;
    }
    replay->marks = all.marks;
    replay->count = all.count;
}

/* --- the clock --- */

static void go_to(struct tui *tui, size_t done, int64_t clock_ns)
{
    struct tui_replay *replay = &tui->replay;
    size_t from = done < replay->done ? done : replay->done;
    size_t to = done < replay->done ? replay->done : done;
    struct view_moment moment = {0, clock_ns};
    if (done > 0)
        moment.frame = replay->marks[done - 1].frame;
    replay->done = done;
    replay->clock_ns = clock_ns;
    tui_model_set_replay_clock(tui->model, clock_ns);
    for (size_t i = from; i < to; i++)
        tui_model_cut(tui->model, replay->marks[i].connection, moment);
    tui->dirty = true;
}

/* The marks that have happened at a time. */
static size_t marks_until(const struct tui_replay *replay, int64_t time_ns)
{
    size_t low = 0, high = replay->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (replay->marks[middle].time_ns <= time_ns)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void seek(struct tui *tui, int64_t clock_ns)
{
    go_to(tui, marks_until(&tui->replay, clock_ns), clock_ns);
}

static int64_t last_moment(const struct tui_replay *replay)
{
    return replay->marks[replay->count - 1].time_ns;
}

static void say_end(struct tui *tui)
{
    tui->replay.playing = false;
    tui_say(tui, _("The end of the capture."));
}

void tui_replay_pass(struct tui *tui, int64_t milliseconds)
{
    struct tui_replay *replay = &tui->replay;
    if (!replay->on || !replay->playing || milliseconds <= 0)
        return;
    int64_t last = last_moment(replay);
    double step = (double)milliseconds * 1e6 * replay->speed;
    int64_t clock = last;
    if (step < (double)(last - replay->clock_ns))
        clock = replay->clock_ns + (int64_t)step;
    seek(tui, clock);
    if (clock == last)
        say_end(tui);
}

void tui_replay_tick(struct tui *tui, int64_t now_ms)
{
    struct tui_replay *replay = &tui->replay;
    if (replay->ticked_ms != 0)
        tui_replay_pass(tui, now_ms - replay->ticked_ms);
    replay->ticked_ms = replay->on && replay->playing ? now_ms : 0;
}

/* --- on and off --- */

/* A picture of what comes is frozen at the present. */
static void freeze(struct tui *tui)
{
    struct tui_replay *replay = &tui->replay;
    free(replay->marks);
    *replay = (struct tui_replay){.speed = replay->speed, .live = true};
    if (!tui->held)
        return;
    tui->held = false;
    tui_model_hold(tui->model, false);
}

static bool begin(struct tui *tui)
{
    struct tui_replay *replay = &tui->replay;
    if (replay->on)
        return true;
    if (!tui->loaded && !app_feed_is_live(tui->feed)) {
        tui_say(tui, _("Replay is for a capture that has been read to its end."));
        return false;
    }
    if (!tui->loaded)
        freeze(tui);
    if (replay->count == 0)
        collect_marks(tui);
    if (replay->count == 0) {
        tui_say(tui, _("There is nothing to replay."));
        return false;
    }
    if (replay->speed <= 0)
        replay->speed = 1;
    replay->on = true;
    replay->done = 0;
    replay->clock_ns = replay->start_ns;
    tui_model_start_replay(tui->model);
    if (replay->live)
        seek(tui, replay->end_ns);
    tui->dirty = true;
    return true;
}

static void end(struct tui *tui)
{
    struct tui_replay *replay = &tui->replay;
    replay->on = replay->playing = false;
    tui_model_end_replay(tui->model);
    tui_say(tui, replay->live && !tui->loaded ? _("Live again.") : _("The whole capture."));
    if (!replay->live)
        return;
    free(replay->marks); /* more has come since */
    *replay = (struct tui_replay){.speed = replay->speed};
}

void tui_replay_start(struct tui *tui, double speed, bool playing)
{
    tui->replay.speed = speed;
    if (!begin(tui))
        return;
    tui->replay.playing = playing;
    seek(tui, tui->replay.start_ns);
}

void tui_replay_free(struct tui_replay *replay)
{
    free(replay->marks);
    replay->marks = NULL;
}

/* --- actions --- */

static void play(struct tui *tui)
{
    struct tui_replay *replay = &tui->replay;
    bool was_on = replay->on;
    if (!begin(tui))
        return;
    replay->playing = !replay->playing;
    if (!was_on || (replay->playing && replay->clock_ns >= last_moment(replay)))
        seek(tui, replay->start_ns);
}

static void step(struct tui *tui, unsigned kind)
{
    struct tui_replay *replay = &tui->replay;
    if (!begin(tui))
        return;
    replay->playing = false;
    for (size_t i = replay->done; i < replay->count; i++) {
        if ((replay->marks[i].kinds & kind) != 0) {
            go_to(tui, i + 1, replay->marks[i].time_ns);
            return;
        }
    }
    tui_say(tui, kind == TUI_MARK_FINDING ? _("No finding after this moment.")
                 : kind == TUI_MARK_STATE ? _("No state changes after this moment.")
                 : replay->live ? _("The newest segment when this was frozen; R goes on live.")
                                : _("The end of the capture."));
}

/* To the mark of this kind before the last one that has happened. */
static void step_back(struct tui *tui, unsigned kind)
{
    struct tui_replay *replay = &tui->replay;
    bool was_on = replay->on;
    if (!begin(tui))
        return;
    replay->playing = false;
    if (!was_on && !replay->live)
        go_to(tui, replay->count, last_moment(replay));
    size_t i = replay->done > 0 ? replay->done - 1 : 0;
    while (i > 0 && (replay->marks[i - 1].kinds & kind) == 0)
        i--;
    if (i == 0 && kind != TUI_MARK_SEGMENT) {
        tui_say(tui, kind == TUI_MARK_FINDING ? _("No finding before this moment.")
                                              : _("No state changes before this moment."));
        return;
    }
    go_to(tui, i, i > 0 ? replay->marks[i - 1].time_ns : replay->start_ns);
    if (i == 0)
        tui_say(tui, _("The beginning of the capture."));
}

static void change_speed(struct tui *tui, bool faster)
{
    struct tui_replay *replay = &tui->replay;
    if (!begin(tui))
        return;
    double wanted = replay->speed;
    if (faster) {
        for (size_t i = 0; i < SPEEDS && wanted <= replay->speed; i++)
            wanted = speeds[i];
    } else {
        for (size_t i = SPEEDS; i > 0 && wanted >= replay->speed; i--)
            wanted = speeds[i - 1];
    }
    replay->speed = wanted;
}

static void seek_share(struct tui *tui, int64_t part, int64_t whole)
{
    struct tui_replay *replay = &tui->replay;
    if (!begin(tui))
        return;
    int64_t span = replay->end_ns - replay->start_ns;
    seek(tui, replay->start_ns + (int64_t)((double)span * (double)part / (double)whole));
}

bool tui_replay_act(struct tui *tui, enum tui_action action, int key)
{
    if (action == TUI_ACTION_REPLAY_PLAY)
        play(tui);
    else if (action == TUI_ACTION_REPLAY_STEP)
        step(tui, TUI_MARK_SEGMENT);
    else if (action == TUI_ACTION_REPLAY_STEP_BACK)
        step_back(tui, TUI_MARK_SEGMENT);
    else if (action == TUI_ACTION_REPLAY_STATE)
        step(tui, TUI_MARK_STATE);
    else if (action == TUI_ACTION_REPLAY_STATE_BACK)
        step_back(tui, TUI_MARK_STATE);
    else if (action == TUI_ACTION_REPLAY_FINDING)
        step(tui, TUI_MARK_FINDING);
    else if (action == TUI_ACTION_REPLAY_FINDING_BACK)
        step_back(tui, TUI_MARK_FINDING);
    else if (action == TUI_ACTION_REPLAY_FASTER || action == TUI_ACTION_REPLAY_SLOWER)
        change_speed(tui, action == TUI_ACTION_REPLAY_FASTER);
    else if (action == TUI_ACTION_REPLAY_SEEK)
        seek_share(tui, key - '0', 10);
    else if (action == TUI_ACTION_REPLAY_END && tui->replay.on)
        end(tui);
    else
        return false;
    return true;
}

/* --- the bar --- */

size_t tui_replay_height(const struct tui *tui)
{
    return tui->replay.on ? 1 : 0;
}

/* "0:01.204" */
static void add_clock(struct base_strbuf *out, int64_t span_ns)
{
    int64_t ms = span_ns / 1000000;
    if (ms >= 3600000)
        base_strbuf_printf(out, "%" PRId64 ":%02" PRId64, ms / 3600000, ms / 60000 % 60);
    else
        base_strbuf_printf(out, "%" PRId64, ms / 60000);
    base_strbuf_printf(out, ":%02" PRId64 ".%03" PRId64, ms / 1000 % 60, ms % 1000);
}

static void add_head(const struct tui *tui, struct base_strbuf *out)
{
    const struct tui_replay *replay = &tui->replay;
    bool ascii = tui->options.ascii;
    base_strbuf_printf(out, "%s %g%s  ",
                       replay->playing ? _("Playing")
                       : replay->live  ? _("Frozen ")
                                       : _("Paused "),
                       replay->speed, ascii ? "x" : "×");
    add_clock(out, replay->clock_ns - replay->start_ns);
    base_strbuf_str(out, " / ");
    add_clock(out, replay->end_ns - replay->start_ns);
    base_strbuf_char(out, ' ');
}

/* Where a time stands on a track. */
static size_t track_column(const struct tui_replay *replay, int64_t time_ns, size_t width)
{
    if (time_ns >= replay->end_ns)
        return width - 1;
    double share =
        (double)(time_ns - replay->start_ns) / (double)(replay->end_ns - replay->start_ns);
    return (size_t)(share * (double)(width - 1));
}

/* The first column of the track, and its width. */
static size_t track_place(const struct tui *tui, size_t *width)
{
    struct base_strbuf head = BASE_STRBUF_INIT;
    add_head(tui, &head);
    size_t x = view_text_width(base_strbuf_text(&head), head.length);
    base_strbuf_free(&head);
    size_t tail = 16; /* "frame 123456789" */
    *width = tui->grid.width > x + tail + 8 ? tui->grid.width - x - tail : 0;
    return x;
}

static void draw_track(struct tui *tui, size_t x, size_t y, size_t width)
{
    const struct tui_replay *replay = &tui->replay;
    bool ascii = tui->options.ascii;
    size_t now = track_column(replay, replay->clock_ns, width);
    view_grid_fill(&tui->grid, x, y, ascii ? '.' : 0x2500, width, VIEW_ROLE_RULE);
    view_grid_fill(&tui->grid, x, y, ascii ? '=' : 0x2501, now, VIEW_ROLE_SECTION);
    for (size_t i = 0; i < replay->count; i++) {
        const struct tui_mark *mark = &replay->marks[i];
        if ((mark->kinds & TUI_MARK_FINDING) != 0)
            view_grid_fill(&tui->grid, x + track_column(replay, mark->time_ns, width), y, '!', 1,
                           VIEW_ROLE_FINDING);
    }
    view_grid_fill(&tui->grid, x + now, y, ascii ? 'O' : 0x25cf, 1, VIEW_ROLE_TITLE);
}

void tui_replay_draw(struct tui *tui, size_t y)
{
    const struct tui_replay *replay = &tui->replay;
    struct base_strbuf text = BASE_STRBUF_INIT;
    size_t width;
    size_t x = track_place(tui, &width);
    add_head(tui, &text);
    tui_paint_text(&tui->grid, 0, y, tui->grid.width, base_strbuf_text(&text), TUI_ROLE_PROMPT,
                   tui->options.ascii);
    if (width > 0) {
        draw_track(tui, x, y, width);
        base_strbuf_clear(&text);
        base_strbuf_printf(&text, _("frame %" PRIu64),
                           replay->done > 0 ? replay->marks[replay->done - 1].frame : 0);
        tui_paint_right(&tui->grid, x + width + 1, y, tui->grid.width - x - width - 1,
                        base_strbuf_text(&text), VIEW_ROLE_PLAIN, tui->options.ascii);
    }
    base_strbuf_free(&text);
}

void tui_replay_click(struct tui *tui, size_t x)
{
    size_t width;
    size_t first = track_place(tui, &width);
    if (x >= first && x < first + width)
        seek_share(tui, (int64_t)(x - first), (int64_t)width - 1);
}
