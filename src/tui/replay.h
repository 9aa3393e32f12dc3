/* Replay: every view shows a saved capture as it was at the replay clock, which plays, stands, or
 * goes from step to step either way. */
#ifndef TCPVIZ_TUI_REPLAY_H
#define TCPVIZ_TUI_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/keys.h"

struct tui;

/* What can be stepped to, as bits. */
enum {
    TUI_MARK_SEGMENT = 1 << 0,
    TUI_MARK_STATE = 1 << 1, /* an endpoint's state changes */
    TUI_MARK_FINDING = 1 << 2
};

/* A moment at which something happens. */
struct tui_mark {
    int64_t time_ns; /* never before that of the mark before */
    uint64_t frame;  /* the last frame seen then */
    uint64_t connection;
    uint8_t kinds;
    bool timer; /* no frame does it */
};

struct tui_replay {
    struct tui_mark *marks; /* owned; sorted */
    size_t count;
    size_t done;              /* marks that have happened */
    int64_t clock_ns;         /* at least the time of the last of them */
    int64_t start_ns, end_ns; /* of the capture; timers may end later */
    int64_t ticked_ms;        /* when the clock was last moved on */
    double speed;
    bool on, playing;
    bool live; /* packets still come: it began at the present, and its end leads back there */
};

/* With --replay: begins as soon as the capture is read. */
void tui_replay_start(struct tui *tui, double speed, bool playing);
void tui_replay_free(struct tui_replay *replay);

/* Lets the clock run for a time of the watcher's. */
void tui_replay_pass(struct tui *tui, int64_t milliseconds);
/* The same for the time since the last call. */
void tui_replay_tick(struct tui *tui, int64_t now_ms);

/* False: the action is none of replay's. digit: the key, for TUI_ACTION_REPLAY_SEEK. */
bool tui_replay_act(struct tui *tui, enum tui_action action, int key);
/* Lines of the screen that the bar takes: 0 or 1. */
size_t tui_replay_height(const struct tui *tui);
void tui_replay_draw(struct tui *tui, size_t y);
/* A click on the bar: the clock goes there. */
void tui_replay_click(struct tui *tui, size_t x);

#endif
