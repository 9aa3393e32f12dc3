/* Keys: their codes and names, and the one table that says what each does where. */
#ifndef TCPVIZ_TUI_KEYS_H
#define TCPVIZ_TUI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

/* A key is a Unicode character (control characters included) or one of these. */
enum tui_key {
    TUI_KEY_NONE = 0,
    TUI_KEY_TAB = 0x09,
    TUI_KEY_ENTER = 0x0a,
    TUI_KEY_ESCAPE = 0x1b,
    TUI_KEY_UP = 0x110000,
    TUI_KEY_DOWN,
    TUI_KEY_LEFT,
    TUI_KEY_RIGHT,
    TUI_KEY_HOME,
    TUI_KEY_END,
    TUI_KEY_PAGE_UP,
    TUI_KEY_PAGE_DOWN,
    TUI_KEY_BACKSPACE,
    TUI_KEY_DELETE,
    TUI_KEY_F1,
    TUI_KEY_F12 = TUI_KEY_F1 + 11,
    TUI_KEY_CLICK, /* the place is told beside the key */
    TUI_KEY_WHEEL_UP,
    TUI_KEY_WHEEL_DOWN
};

#define TUI_KEY_CONTROL(letter) ((letter)&0x1f)
#define TUI_KEY_F(number) (TUI_KEY_F1 + (number)-1)

/* Screens, as bits. */
enum {
    TUI_IN_CONNECTIONS = 1 << 0,
    TUI_IN_TIMELINE = 1 << 1,
    TUI_IN_HELP = 1 << 2,
    TUI_IN_STATES = 1 << 3,
    TUI_IN_SEGMENT = 1 << 4,
    TUI_IN_QUIZ = 1 << 5,
    TUI_IN_START = 1 << 6, /* before anything is open */
    TUI_IN_SEQUENCE = 1 << 7,
    TUI_IN_LEGEND = 1 << 8,
    TUI_IN_SETTINGS = 1 << 12,
    TUI_IN_SAVE = 1 << 11,
    TUI_IN_LANES = 1 << 9,    /* merged or compared */
    TUI_IN_COLUMNS = 1 << 10, /* the chooser of the list's columns */
    TUI_IN_LESSON = 1 << 13,  /* the text of a lesson of the course */
    TUI_IN_ALL = TUI_IN_CONNECTIONS | TUI_IN_TIMELINE | TUI_IN_HELP | TUI_IN_STATES |
                 TUI_IN_SEGMENT | TUI_IN_SEQUENCE | TUI_IN_START | TUI_IN_QUIZ | TUI_IN_LEGEND |
                 TUI_IN_COLUMNS | TUI_IN_SAVE | TUI_IN_SETTINGS | TUI_IN_LANES |
                 TUI_IN_LESSON
};

enum tui_action {
    TUI_ACTION_NONE,
    TUI_ACTION_UP, /* to LAST: moving */
    TUI_ACTION_DOWN,
    TUI_ACTION_PAGE_UP,
    TUI_ACTION_PAGE_DOWN,
    TUI_ACTION_FIRST,
    TUI_ACTION_LAST,
    TUI_ACTION_OPEN,
    TUI_ACTION_OPEN_AT_ONCE,
    TUI_ACTION_BACK,
    TUI_ACTION_QUIT,
    TUI_ACTION_HELP,
    TUI_ACTION_FILTER,
    TUI_ACTION_CLEAR_FILTER,
    TUI_ACTION_SORT_LEFT,
    TUI_ACTION_SORT_RIGHT,
    TUI_ACTION_REVERSE,
    TUI_ACTION_FOLLOW,
    TUI_ACTION_FREEZE,
    TUI_ACTION_NEXT_CONNECTION,
    TUI_ACTION_PREVIOUS_CONNECTION,
    TUI_ACTION_FOLD,
    TUI_ACTION_SEQUENCE_MODE,
    TUI_ACTION_TIME_MODE,
    TUI_ACTION_DETAIL,
    TUI_ACTION_NEXT_FINDING,
    TUI_ACTION_PREVIOUS_FINDING,
    TUI_ACTION_REPLAY_PLAY, /* to REPLAY_END: replay */
    TUI_ACTION_REPLAY_STEP,
    TUI_ACTION_REPLAY_STEP_BACK,
    TUI_ACTION_REPLAY_STATE,
    TUI_ACTION_REPLAY_STATE_BACK,
    TUI_ACTION_REPLAY_FINDING,
    TUI_ACTION_REPLAY_FINDING_BACK,
    TUI_ACTION_REPLAY_FASTER,
    TUI_ACTION_REPLAY_SLOWER,
    TUI_ACTION_REPLAY_SEEK,
    TUI_ACTION_REPLAY_END,
    TUI_ACTION_NEXT_CHANGE,
    TUI_ACTION_PREVIOUS_CHANGE,
    TUI_ACTION_STATES,
    TUI_ACTION_SEGMENT,
    TUI_ACTION_QUIZ,
    TUI_ACTION_ANSWER,
    TUI_ACTION_QUIZ_NEXT,
    TUI_ACTION_SEQUENCE,
    TUI_ACTION_ZOOM_IN,
    TUI_ACTION_ZOOM_OUT,
    TUI_ACTION_PAN_BACK,
    TUI_ACTION_PAN_ON,
    TUI_ACTION_OTHER_DIRECTION,
    TUI_ACTION_EDGE,
    TUI_ACTION_FOLD_SECTION,
    TUI_ACTION_FOLD_SECTIONS,
    TUI_ACTION_WIDER,
    TUI_ACTION_TIGHTER,
    TUI_ACTION_LESSON,
    TUI_ACTION_LEGEND,
    TUI_ACTION_TO_LESSON,
    TUI_ACTION_SHOW_ANSWER,
    TUI_ACTION_CALLS,
    TUI_ACTION_SAVE,
    TUI_ACTION_ALIASES,
    TUI_ACTION_SETTINGS,
    TUI_ACTION_SAVE_SETTINGS,
    TUI_ACTION_CHOICE,
    TUI_ACTION_CHOICE_BACK,
    TUI_ACTION_MARK,
    TUI_ACTION_MARK_SHOWN,
    TUI_ACTION_MARK_OTHERS,
    TUI_ACTION_COLUMNS,
    TUI_ACTION_TOGGLE,
    TUI_ACTION_MOVE_UP,
    TUI_ACTION_MOVE_DOWN,
    TUI_ACTION_NARROWER,
    TUI_ACTION_SORT,
    TUI_ACTION_RESET,
    TUI_ACTION_MERGE,
    TUI_ACTION_COMPARE,
    TUI_ACTION_NEXT_DIFFERENCE,
    TUI_ACTION_PREVIOUS_DIFFERENCE,
    TUI_ACTION_REDRAW,
    TUI_ACTION_SUSPEND
};

#define TUI_BINDING_KEYS 10

/* A row of the table: keys that do the same. */
struct tui_binding {
    int keys[TUI_BINDING_KEYS]; /* 0 after the last */
    enum tui_action action;
    unsigned screens;
    const char *bar;  /* the word in the key bar; NULL: not there */
    const char *help; /* what it does */
};

size_t tui_binding_count(void);
const struct tui_binding *tui_binding(size_t index);
/* What a key does on a screen (one bit); TUI_ACTION_NONE: nothing. */
enum tui_action tui_key_action(int key, unsigned screen);

/* "Down", "F1", "^L", "/", as help, bar and scripts name it. Appends. */
void tui_key_name(struct base_strbuf *out, int key);
/* The key of that name, TUI_KEY_NONE if there is none. */
int tui_key_by_name(const char *name);
/* "Down j": the keys of a row. Appends. */
void tui_binding_keys(struct base_strbuf *out, const struct tui_binding *binding);

#endif
