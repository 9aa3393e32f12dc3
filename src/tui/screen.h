/* What the screens share: the state of the terminal UI, and the interface of a screen. */
#ifndef TCPVIZ_TUI_SCREEN_H
#define TCPVIZ_TUI_SCREEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/catalogue.h"
#include "app/feed.h"
#include "base/strbuf.h"
#include "base/u64map.h"
#include "tui/edit.h"
#include "tui/keys.h"
#include "tui/model.h"
#include "tui/paint.h"
#include "tui/replay.h"
#include "tui/script.h"
#include "tui/tui.h"
#include "view/grid.h"
#include "view/ladder.h"
#include "view/lanes.h"
#include "view/scene.h"
#include "wire/segment.h"

/* A smaller terminal only gets a notice. */
#define TUI_MIN_WIDTH 40
#define TUI_MIN_HEIGHT 12

struct tui;

/* A screen draws into an area of the grid and answers actions; its state is in struct tui. */
struct tui_screen {
    unsigned bit; /* TUI_IN_… */
    void (*enter)(struct tui *tui);
    void (*draw)(struct tui *tui, struct tui_area area);
    /* False: the action means nothing here. */
    bool (*act)(struct tui *tui, enum tui_action action);
    void (*click)(struct tui *tui, size_t x, size_t y);
    /* A key before it becomes an action, for what is typed into; false: it becomes one. NULL: every
     * key does. */
    bool (*key)(struct tui *tui, int key);
};

extern const struct tui_screen tui_screen_connections;
extern const struct tui_screen tui_screen_columns;
extern const struct tui_screen tui_screen_save;
extern const struct tui_screen tui_screen_settings;
extern const struct tui_screen tui_screen_timeline;
extern const struct tui_screen tui_screen_states;
extern const struct tui_screen tui_screen_segment;
extern const struct tui_screen tui_screen_sequence;
extern const struct tui_screen tui_screen_help;
extern const struct tui_screen tui_screen_quiz;
extern const struct tui_screen tui_screen_start;
extern const struct tui_screen tui_screen_legend;
extern const struct tui_screen tui_screen_lanes;
extern const struct tui_screen tui_screen_lesson;

/* A list that scrolls: where it is. */
struct tui_scroll {
    size_t count;    /* lines there are */
    size_t selected; /* < count, or 0 */
    size_t top;      /* the first line shown */
    size_t page;     /* lines shown, as last drawn */
};

/* Up, down, pages, first and last. */
bool tui_action_moves(enum tui_action action);
/* Moves by an action of moving; false if it is none. */
bool tui_scroll_act(struct tui_scroll *scroll, enum tui_action action);
/* Sets what can be seen, and moves top so that the selected line is. */
void tui_scroll_fit(struct tui_scroll *scroll, size_t count, size_t page);

#define TUI_PROMPT_HISTORY 20

/* The filter while it is typed, and those before it. */
struct tui_prompt {
    struct tui_edit edit;
    char *history[TUI_PROMPT_HISTORY]; /* owned, the latest first; NULL: no more */
    size_t recalled;                   /* which of them is edited, from 1; 0: a new one */
    size_t cursor_x;                   /* as drawn */
};

struct tui_connections_state {
    struct tui_scroll scroll;
    struct view_columns columns;
    uint64_t selected; /* connection number; 0: none yet */
    bool follow;
};

struct tui_columns_state {
    struct tui_scroll scroll; /* by columns: those that are shown, then the others */
};

struct tui_settings_state {
    const struct tui_screen *below; /* where it goes back to */
    struct tui_scroll scroll;
};

enum tui_save_what { TUI_SAVE_SELECTED, TUI_SAVE_MARKED, TUI_SAVE_SHOWN, TUI_SAVE_WHATS };
enum tui_save_line { TUI_SAVE_WHAT, TUI_SAVE_FORMAT, TUI_SAVE_FILE, TUI_SAVE_LINES };

struct app_save;

struct tui_save_state {
    const struct tui_screen *below; /* where it goes back to */
    bool opening;                   /* it comes from there */
    uint64_t selected;              /* connection number */
    enum tui_save_what what;
    unsigned kind; /* of app/save.h */
    enum tui_save_line line;
    struct tui_edit file;
    bool named;           /* by the user: the name stays when something else is chosen */
    struct app_save *job; /* owned; NULL: nothing is being saved */
    size_t cursor_x, cursor_y; /* as drawn */
};

struct tui_timeline_state {
    struct tui_scroll scroll;
    struct view_scene scene;
    uint64_t connection; /* number */
    /* What the scene was made of. */
    uint64_t drawn_connection, drawn_generation;
    size_t drawn_width;
    size_t body_y, body_first; /* the first line of the body and the row it shows */
    enum view_times times;
    bool follow, no_fold, no_detail, lesson, no_calls, no_kernel, stale;
    struct base_u64map folded; /* connection numbers to sections that are folded: see there */
    size_t lane_width;         /* columns to draw in; 0: those of the screen */
    size_t pan;                /* the first of them that is shown */
    /* The segment to select when the scene is next made: come back from another screen. */
    bool wanted;
    size_t wanted_item;
    uint64_t wanted_frame;
};

/* What the screens of one segment look at: see cursor.h. */
struct tui_cursor {
    const struct tui_screen *below; /* the list or timeline that is gone back to */
    uint64_t connection;            /* number */
    uint64_t frame;                 /* of the segment; 0: a fold */
    size_t item;                    /* of the timeline */
    uint64_t seen, generation;      /* the connection and timeline it was last fitted to */
    bool follow;                    /* stays with the newest segment */
};

struct tui_segment_state {
    uint64_t frame; /* of the packet below, or of the one that is looked for; 0: none */
    enum app_fetch fetched;
    struct wire_packet packet;
    uint8_t *bytes; /* owned: the packet's */
    struct wire_segment segment;
    bool decoded;               /* segment is valid */
    size_t top, last_top, page; /* rows */
};

struct tui_sequence_state {
    enum track_side sender; /* whose data the graph shows */
    unsigned zoom;
    int64_t pan_ns;
    bool edge;
};

/* Connections side by side: merged or compared. */
struct tui_lanes_state {
    const struct tui_screen *below;
    uint64_t number[VIEW_MAX_LANES]; /* connections */
    size_t count;
    bool compare, no_fold;
    bool to_difference; /* select the first one when it is known */
    struct view_lanes lanes;
    uint64_t drawn_generation; /* of all of them */
    bool stale;
    struct tui_scroll scroll;
    size_t first_lane; /* in sight */
    size_t body_y;
    enum view_times times;
};

struct tui_lesson_state {
    struct view_scene scene;    /* its text in lines */
    size_t drawn_width;         /* what the lines were made for */
    size_t top, last_top, page; /* lines */
    bool answered;              /* the answer shows */
};
/* True if the action leads from a screen back to the text of the lesson; false without one. */
bool tui_lesson_takes(const struct tui *tui, enum tui_action action, int key);

struct tui_legend_state {
    const struct tui_screen *below;
    struct view_scene scene;
    uint64_t connection; /* number */
    size_t item;         /* of its timeline */
    size_t top, page;    /* lines */
};

struct tui_help_state {
    struct tui_scroll scroll;
};

struct explain_quiz;

struct tui_quiz_state {
    uint64_t connection;       /* number */
    struct explain_quiz *quiz; /* owned; NULL: the capture is still read */
    struct view_scene scene;
    size_t index;        /* the question */
    size_t answer;       /* the choice taken; EXPLAIN_CHOICES: none yet */
    size_t asked, right; /* answered so far */
};
void tui_quiz_free(struct tui_quiz_state *state);

#define TUI_START_RATES 32 /* interfaces with a rate */

/* The traffic of an interface, as of the last reading. */
struct tui_rate {
    uint64_t bytes, packets;
    uint64_t bytes_per_second, packets_per_second;
    bool known;
};

struct tui_start_state {
    const struct app_catalogue *catalogue; /* borrowed; NULL: a source is open */
    struct tui_scroll scroll;              /* by things, not by lines */
    size_t top, body_y;                    /* the first line shown, and where */
    size_t chosen;                         /* SIZE_MAX: nothing */
    struct tui_rate rates[TUI_START_RATES];
    int64_t read_ms; /* when the rates were read */
};

struct tui {
    struct app_feed *feed; /* NULL on the start screen */
    struct tui_options options;
    struct tui_model *model;
    const struct tui_screen *screen;
    const struct tui_screen *below_help;
    struct view_grid grid;
    struct tui_script script;
    struct base_strbuf message; /* shown in place of the key bar until the next key */
    struct tui_prompt prompt;
    struct base_strbuf error; /* why the script cannot go on */
    int64_t resume_ms;        /* the script waits until then */
    int64_t next_frame_ms;
    bool warned; /* the message is about something that went wrong */
    bool prompting;
    bool loaded; /* the source has ended */
    bool held;
    bool dirty; /* something changed since the last frame */
    bool quit;
    struct tui_replay replay;
    struct tui_connections_state connections;
    struct tui_columns_state columns;
    struct tui_save_state save;
    struct tui_settings_state settings;
    struct tui_options said; /* what the settings file and the command line said, or was saved */
    const struct tui_screen *below_columns;
    struct tui_timeline_state timeline;
    struct tui_cursor cursor;
    struct tui_segment_state segment;
    struct tui_sequence_state sequence;
    struct tui_help_state help;
    struct tui_legend_state legend;
    struct tui_lanes_state lanes;
    struct tui_lesson_state lesson;
    struct tui_start_state start;
    struct tui_quiz_state quiz;
    int key; /* the one that the action came from */
    struct {
        int key, like;
    } keys[APP_MAX_KEYS]; /* of the settings file: a key does what another one does */
    size_t key_count;
};

void tui_show(struct tui *tui, const struct tui_screen *screen);
/* The aliases to draw with; NULL: none are shown. */
static inline const struct view_aliases *tui_aliases(const struct tui *tui)
{
    return tui->options.addresses ? NULL : &tui->options.aliases;
}
/* A line for the user, in place of the key bar until the next key. */
void tui_say(struct tui *tui, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same about something that went wrong. */
void tui_warn(struct tui *tui, const char *text);
/* Sorts the list by a column; if it is that already, the other way round. */
void tui_connections_sort(struct tui *tui, enum view_column sort);

/* Saves on while there is something to save. */
void tui_save_tick(struct tui *tui);
void tui_save_free(struct tui_save_state *state);

/* The filter line. */
void tui_prompt_start(struct tui *tui);
void tui_prompt_key(struct tui *tui, int key);
void tui_prompt_draw(struct tui *tui, size_t y);
void tui_prompt_free(struct tui_prompt *prompt);

/* Reads the rates of the interfaces when it is time. */
void tui_start_tick(struct tui *tui, int64_t now_ms);

/* The connections that are marked, or some from this one on, side by side. */
void tui_lanes_open(struct tui *tui, uint64_t connection, bool compare);

/* The legend of the selected segment, over the screen that is shown. */
void tui_legend_open(struct tui *tui, uint64_t connection, size_t item);

/* The segment screen looks for a packet in a long file: to be drawn again soon. */
bool tui_segment_wants_more(const struct tui *tui);

/* The parts around a screen, in frame.c. */
void tui_frame_draw(struct tui *tui);

#endif
