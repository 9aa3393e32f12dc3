/* The command line: one table says every option, its argument, its meaning and how it is taken. */
#ifndef TCPVIZ_APP_OPTIONS_H
#define TCPVIZ_APP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "lab/lab.h"
#include "view/alias.h"
#include "view/columns.h"
#include "out/format.h"

enum app_action {
    APP_SHOW,
    APP_HELP,
    APP_VERSION,
    APP_LIST_INTERFACES,
    APP_LIST_SCENARIOS,
    APP_PRINT_CONFIG,
    APP_COMPLETION
};

enum app_format {
    APP_FORMAT_DEFAULT, /* the terminal UI on a terminal, else the ladder */
    APP_FORMAT_TUI,
    APP_FORMAT_OUT, /* + enum out_kind */
    APP_FORMAT_LADDER = APP_FORMAT_OUT + OUT_LADDER,
    APP_FORMAT_JSON = APP_FORMAT_OUT + OUT_JSON,
    APP_FORMAT_END = APP_FORMAT_OUT + OUT_KINDS
};

enum app_color { APP_COLOR_AUTO, APP_COLOR_ALWAYS, APP_COLOR_NEVER };

enum app_theme {
    APP_THEME_DEFAULT, /* tones for a dark and a light ground */
    APP_THEME_DARK,
    APP_THEME_LIGHT,
    APP_THEME_COLOR_BLIND,
    APP_THEME_MONO,
    APP_THEME_PROJECTOR
};

#define APP_KEY_NAME 16
#define APP_MAX_KEYS 64
#define APP_MAX_ALIASES 128

/* Of the settings file: a key that does what another one does, by their names. */
struct app_key_binding {
    char key[APP_KEY_NAME], like[APP_KEY_NAME];
};

struct app_lesson;

/* Strings are borrowed from argv unless said otherwise. */
struct app_options {
    enum app_action action;
    const char *interface;   /* -i, or NULL */
    const char *lab;         /* --lab: a scenario's name or file, or NULL */
    const char **files;      /* -r in order; owned array */
    size_t file_count;       /* of files */
    char *filter;            /* the words joined, or -F's text; owned; NULL: none */
    const char *filter_file; /* -F */
    const char *other_end;   /* --other-end */
    const char *write_file;  /* -w */
    const char *output_file; /* -o */
    const char *script_file; /* --script */
    const char *run_as;      /* -Z; NULL: whoever called sudo */
    bool no_sandbox;         /* --sandbox=off */
    double replay_speed;     /* --replay; 0: not asked for */
    size_t script_done;      /* steps of the script that the start screen took */
    const char *shell;       /* --completion: bash, zsh or fish */
    const char *help_topic;  /* the word after --help, or NULL */
    const char *first_word;  /* first bare argument when there is no source, for the message */
    uint64_t *connections;   /* --connection: owned, ascending */
    unsigned connection_count;
    struct view_columns columns; /* --columns, --sort: of the terminal UI's list */
    enum view_column sort;
    bool sort_reversed;
    /* -Y, known to be right; NULL: none */
    const char *display_filter;
    uint64_t packet_limit;    /* -c; 0: none */
    uint64_t snaplen;         /* -s; 0: the default */
    uint64_t buffer_kib;      /* -B; 0: the default */
    uint64_t max_connections; /* 0 is not accepted */
    int64_t msl_ns;
    enum app_format format;
    enum app_color color;
    enum lab_vantage vantage;
    unsigned verbose; /* how often -v was given */
    bool quiet;
    bool numeric;
    bool absolute;
    bool no_promiscuous;
    bool segments;
    bool wireshark;
    bool explain;
    bool checksums;
    bool kernel; /* ask this host's kernel, on an interface */
    bool ascii;
    enum app_theme theme;
    enum out_view view;
    unsigned times; /* --times: enum view_times */
    struct app_key_binding keys[APP_MAX_KEYS];
    size_t key_count;
    struct view_alias aliases[APP_MAX_ALIASES]; /* of the settings file */
    size_t alias_count;
    bool addresses; /* --addresses: the aliases are not shown */
    bool quiz;
    const char *lesson;              /* --lesson: which, "" for the first; NULL: not asked for */
    struct app_lesson *lesson_shown; /* the one that is shown, by app_lesson_run(); borrowed */
    bool replay_steps;               /* --replay=step */
};

/* Takes argv apart; true and *options, which app_options_free() releases, or false and one line of
 * "what: why" in *error. Reads the -F file and asks the file system whether a bare argument is a
 * file. */
bool app_options_parse(struct app_options *options, int argc, char **argv,
                       struct base_strbuf *error);
void app_options_free(struct app_options *options);
/* The two steps of app_options_parse(), for settings between them: the defaults, then what argv
 * changes. */
void app_options_defaults(struct app_options *options);
bool app_options_parse_over(struct app_options *options, int argc, char **argv,
                            struct base_strbuf *error);

/* A line of the settings file: an option by its long name, and its argument, or yes or no for one
 * that has none. False and "name: why" in *error. */
bool app_options_set(struct app_options *options, const char *name, const char *value,
                     struct base_strbuf *error);
/* The words of --theme and --times, by their numbers; NULL: there are no more. */
const char *app_theme_name(unsigned theme);
const char *app_times_name(unsigned times);
/* The options that settings can have, as lines of the settings file. Appends. */
void app_options_print(const struct app_options *options, struct base_strbuf *out);

/* What the table says of an option. Strings are the table's. */
struct app_option_words {
    const char *name; /* the long one, without the dashes */
    const char
        *argument; /* a placeholder, in brackets when it may be left out; NULL: it has none */
    const char *meaning;
    char letter; /* 0: it has none */
};
/* The options in the order of --help; false past the last one. */
bool app_option_words(size_t index, struct app_option_words *words);

/* The --help text, generated from the table. */
void app_options_help(struct base_strbuf *out);
/* The text of --help TOPIC; false and one line in *error when there is no such topic. */
bool app_help_topic(const char *topic, struct base_strbuf *out, struct base_strbuf *error);
/* The short form for standard error. */
void app_options_usage(struct base_strbuf *out);

#endif
