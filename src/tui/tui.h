/* The terminal UI: shows what the feed reads while it reads it. */
#ifndef TCPVIZ_TUI_TUI_H
#define TCPVIZ_TUI_TUI_H

#include <stdbool.h>
#include <stdint.h>

#include "app/catalogue.h"
#include "app/feed.h"
#include "base/strbuf.h"
#include "view/alias.h"
#include "view/columns.h"

struct tui_options {
    const char *script_file; /* keys come from here; NULL: from the terminal */
    bool offscreen;          /* an imaginary terminal of 80x24 */
    bool ascii;
    bool color;
    bool numeric;         /* port numbers, not service names */
    bool absolute;        /* sequence numbers as on the wire */
    int64_t time_wait_ns; /* twice the maximum segment lifetime */
    /* --connection: NULL or the numbers to show; borrowed. */
    const uint64_t *connections;
    unsigned connection_count;
    const char *filter;  /* -Y: to begin with; NULL: none */
    struct view_columns columns;
    enum view_column sort;
    bool sort_reversed;
    double replay_speed; /* --replay; 0: not asked for */
    bool replay_steps;   /* … and it begins standing still */
    bool quiz;           /* begin with it */
    /* Begin with its text, and tell what to show next; NULL: no lesson. Borrowed. */
    struct app_lesson *lesson;
    unsigned theme;      /* enum tui_theme */
    unsigned times;      /* enum view_times that the timeline begins with */
    /* Keys of the settings file; borrowed. */
    const struct app_key_binding *keys;
    size_t key_count;
    struct view_aliases aliases; /* of the settings file */
    bool addresses;              /* … which are not shown */
    size_t script_done;   /* steps of the script that the start screen took */
    void (*opened)(void); /* called by tui_run() when nothing more has to be opened */
};

/* Runs until the user quits, a signal comes or the script ends, and finishes the feed. False and a
 * line of "what: why" in *error if it could not begin, or the script could not go on. */
bool tui_run(struct app_feed *feed, const struct tui_options *options, struct base_strbuf *error);

/* The start screen, before a feed is open. *chosen is an index of the catalogue or SIZE_MAX;
 * *script_done as the option. False and why in *error as tui_run(). */
bool tui_choose(const struct app_catalogue *catalogue, const struct tui_options *options,
                size_t *chosen, size_t *script_done, struct base_strbuf *error);

#endif
