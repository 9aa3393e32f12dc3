/* Looks: which attributes and colours each style role has on this terminal. */
#ifndef TCPVIZ_TUI_STYLE_H
#define TCPVIZ_TUI_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "view/role.h"

/* Roles of the screens themselves, after those of the drawings. */
enum tui_role {
    TUI_ROLE_HEAD = VIEW_ROLES, /* the line of column names */
    TUI_ROLE_HEAD_SORTED,       /* the column that is sorted by */
    TUI_ROLE_BAR_KEY,           /* the key bar: a key, and what it does */
    TUI_ROLE_BAR_WORD,
    TUI_ROLE_WARNING,  /* drops, problems */
    TUI_ROLE_PROGRESS, /* the done part of a progress bar */
    TUI_ROLE_PROMPT,   /* a line that is typed into */
    TUI_ROLES
};

/* Added to a cell's role: it belongs to the selected line. */
#define TUI_ROLE_SELECTED 0x80

/* In the order of enum app_theme. */
enum tui_theme {
    TUI_THEME_DEFAULT, /* middle tones, for a dark and a light ground */
    TUI_THEME_DARK,
    TUI_THEME_LIGHT,
    TUI_THEME_COLOR_BLIND, /* told apart also without red or green */
    TUI_THEME_MONO,        /* attributes only */
    TUI_THEME_PROJECTOR,   /* all bold, strong tones for a light ground */
    TUI_THEMES
};

/* Before tui_style_init(). */
void tui_style_set_theme(enum tui_theme theme);
enum tui_theme tui_style_theme(void);
/* The colour of a role among 256 in a theme; -1: the terminal's own. */
short tui_style_color(enum tui_theme theme, uint8_t role);
/* Prepares the colours; ncurses is running. */
void tui_style_init(bool color);

struct tui_look {
    uint32_t attributes; /* ncurses' A_ bits without colour */
    short pair;
};
struct tui_look tui_style_look(uint8_t role);

/* One letter for a role, for saved screens: '.' is plain. */
char tui_style_letter(uint8_t role);

#endif
