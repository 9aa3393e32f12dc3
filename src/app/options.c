/* The command line: one table says every option, its argument, its meaning and how it is taken. */
#include "config.h"

#include "app/options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "filter/filter.h"
#include "view/charwidth.h"

#define FILTER_FILE_MAX 65536

/* How an option's argument is taken; where to put it is its offset in struct app_options. */
enum option_kind {
    OPTION_FLAG,   /* bool */
    OPTION_COUNT,  /* unsigned, how often */
    OPTION_TEXT,   /* const char * */
    OPTION_NUMBER, /* uint64_t from min to max */
    OPTION_CALL    /* set() takes it */
};

struct option_row {
    const char *group;
    const char *name;
    const char *argument; /* NULL: none */
    const char *meaning;
    bool (*set)(struct app_options *options, const char *text, struct base_strbuf *error);
    uint64_t min, max;
    size_t offset;
    enum option_kind kind;
    char letter; /* 0: none */
};

static bool set_read(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_format(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_json(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_connections(struct app_options *options, const char *text,
                            struct base_strbuf *error);
static bool set_msl(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_display_filter(struct app_options *options, const char *text,
                               struct base_strbuf *error);
static bool set_color(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_replay(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_lesson(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_theme(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_times(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_view(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_columns(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_sort(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_print_config(struct app_options *options, const char *text,
                             struct base_strbuf *error);
static bool set_completion(struct app_options *options, const char *text,
                           struct base_strbuf *error);
static bool set_help(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_version(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_lab(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_vantage(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_sandbox(struct app_options *options, const char *text, struct base_strbuf *error);
static bool set_list(struct app_options *options, const char *text, struct base_strbuf *error);

#define GROUP_SOURCE N_("What to read")
#define GROUP_OUTPUT N_("What to write")
#define GROUP_ANALYSIS N_("How to analyse")
#define GROUP_DRAWING N_("How to draw")
#define GROUP_GENERAL N_("General")

#define FLAG(field) .kind = OPTION_FLAG, .offset = offsetof(struct app_options, field)
#define TEXT(field) .kind = OPTION_TEXT, .offset = offsetof(struct app_options, field)
#define NUMBER(field, low, high)                                                                   \
    .kind = OPTION_NUMBER, .offset = offsetof(struct app_options, field), .min = (low),            \
    .max = (high)
#define CALL(function) .kind = OPTION_CALL, .set = (function)

/* clang-format off */
static const struct option_row option_table[] = {
    {GROUP_SOURCE, "interface", "IF", N_("capture live on this interface; \"any\" works"),
     .letter = 'i', TEXT(interface)},
    {GROUP_SOURCE, "list-interfaces", NULL, N_("list the interfaces and exit"),
     .letter = 'D', CALL(set_list)},
    {GROUP_SOURCE, "read", "FILE",
     N_("read a capture, or all in a directory; - is standard input; may be repeated"),
     .letter = 'r', CALL(set_read)},
    {GROUP_SOURCE, "other-end", "FILE", N_("with -r: join the capture of the connection's other end"),
     TEXT(other_end)},
    {GROUP_SOURCE, "lab", "SCENARIO",
     N_("run a real TCP scenario, by name or file, in a private network; list lists them"),
     CALL(set_lab)},
    {GROUP_SOURCE, "vantage", "END", N_("lab: capture at the client, the server or both"),
     CALL(set_vantage)},
    {GROUP_SOURCE, "count", "N", N_("stop after N packets"),
     .letter = 'c', NUMBER(packet_limit, 1, UINT64_MAX)},
    {GROUP_SOURCE, "snapshot-length", "BYTES", N_("live: capture this much of each packet"),
     .letter = 's', NUMBER(snaplen, 0, 262144)},
    {GROUP_SOURCE, "no-promiscuous-mode", NULL, N_("live: only this host's own traffic"),
     .letter = 'p', FLAG(no_promiscuous)},
    {GROUP_SOURCE, "buffer-size", "KIB", N_("live: size of the kernel's capture buffer"),
     .letter = 'B', NUMBER(buffer_kib, 1, 2097151)},
    {GROUP_SOURCE, "filter-file", "FILE", N_("take the filter expression from this file"),
     .letter = 'F', TEXT(filter_file)},
    {GROUP_OUTPUT, "format", "FORMAT", N_("--help formats: what they are"),
     .letter = 'f', CALL(set_format)},
    {GROUP_OUTPUT, "json", NULL, N_("short for -f json: JSON Lines"), CALL(set_json)},
    {GROUP_OUTPUT, "output", "FILE", N_("write the format here instead of to standard output"),
     .letter = 'o', TEXT(output_file)},
    {GROUP_OUTPUT, "write", "FILE", N_("also save the packets as a capture"),
     .letter = 'w', TEXT(write_file)},
    {GROUP_OUTPUT, "connection", "N[,M...]", N_("show only these connections, by their numbers"),
     CALL(set_connections)},
    {GROUP_OUTPUT, "display-filter", "EXPR",
     N_("show only the connections that match; --help filter says how"), .letter = 'Y',
     CALL(set_display_filter)},
    {GROUP_OUTPUT, "segments", NULL, N_("JSON: a record per segment as well; CSV: one instead"), FLAG(segments)},
    {GROUP_OUTPUT, "wireshark-findings", NULL, N_("segment records also carry Wireshark's verdicts"),
     FLAG(wireshark)},
    {GROUP_OUTPUT, "explain", NULL, N_("ladder: say below each arrow what it is and why"), FLAG(explain)},
    {GROUP_OUTPUT, "view", "VIEW", N_("svg: draw the timeline, the states or the sequence graph"),
     CALL(set_view)},
    {GROUP_ANALYSIS, "absolute-sequence-numbers", NULL, N_("raw sequence numbers, not relative ones"),
     .letter = 'S', FLAG(absolute)},
    {GROUP_ANALYSIS, "checksums", NULL, N_("verify IP and TCP checksums"), FLAG(checksums)},
    {GROUP_ANALYSIS, "kernel", NULL,
     N_("live: set each state beside the one this host's kernel has, with process, timers and queues"),
     FLAG(kernel)},
    {GROUP_ANALYSIS, "msl", "SECONDS",
     N_("maximum segment lifetime, 30 unless given; TIME_WAIT lasts twice that"), CALL(set_msl)},
    {GROUP_ANALYSIS, "max-connections", "N", N_("track at most N connections at a time"),
     NUMBER(max_connections, 1, 1000000000)},
    {GROUP_DRAWING, "numeric", NULL, N_("port numbers, not service names"),
     .letter = 'n', FLAG(numeric)},
    {GROUP_DRAWING, "ascii", NULL, N_("draw with ASCII characters only"), FLAG(ascii)},
    {GROUP_DRAWING, "color", "WHEN", N_("auto, always or never"), CALL(set_color)},
    {GROUP_DRAWING, "theme", "NAME",
     N_("colours: default, dark, light, color-blind, mono or projector"), CALL(set_theme)},
    {GROUP_DRAWING, "times", "WHICH", N_("terminal UI: times as steps, from the start or of the day"),
     CALL(set_times)},
    {GROUP_DRAWING, "addresses", NULL,
     N_("terminal UI: addresses, not the aliases of the settings file"), FLAG(addresses)},
    {GROUP_DRAWING, "columns", "LIST", N_("terminal UI: the columns of the list, and their widths"),
     CALL(set_columns)},
    {GROUP_DRAWING, "sort", "COLUMN", N_("terminal UI: sort the list by it; -COLUMN: the other way"),
     CALL(set_sort)},
    {GROUP_DRAWING, "replay", "[=SPEED]",
     N_("play a saved capture: at its own pace, or so many times that; step: by key"), CALL(set_replay)},
    {GROUP_DRAWING, "quiz", NULL,
     N_("ask what comes next in a saved capture; with -f ladder as plain text"), FLAG(quiz)},
    {GROUP_DRAWING, "lesson", "[=NAME]",
     N_("the course: captures with what they teach, in order; by number or name; list lists them"),
     CALL(set_lesson)},
    {GROUP_GENERAL, "relinquish-privileges", "USER",
     N_("as root: become USER once the capture is open; without it whoever called sudo"),
     .letter = 'Z', TEXT(run_as)},
    {GROUP_GENERAL, "sandbox", "WHEN", N_("on, or off to debug: neither Landlock nor seccomp"),
     CALL(set_sandbox)},
    {GROUP_GENERAL, "script", "FILE", N_("drive the terminal UI with the keys in this file"),
     TEXT(script_file)},
    {GROUP_GENERAL, "print-config", NULL, N_("show the settings as a settings file and exit"),
     CALL(set_print_config)},
    {GROUP_GENERAL, "completion", "SHELL", N_("print completion for bash, zsh or fish and exit"),
     CALL(set_completion)},
    {GROUP_GENERAL, "verbose", NULL, N_("say more about what was read"),
     .letter = 'v', .kind = OPTION_COUNT, .offset = offsetof(struct app_options, verbose)},
    {GROUP_GENERAL, "quiet", NULL, N_("no closing statistics"), .letter = 'q', FLAG(quiet)},
    {GROUP_GENERAL, "help", NULL, N_("show this help and exit; --help findings, formats or filter: what these are"), .letter = 'h', CALL(set_help)},
    {GROUP_GENERAL, "version", NULL, N_("show the version and exit"),
     .letter = 'V', CALL(set_version)},
};
/* clang-format on */

#define OPTION_ROWS (sizeof option_table / sizeof option_table[0])
/* getopt_long() returns this plus the row's index. */
#define OPTION_BASE 256
/* … and this for --no-NAME. */
#define OPTION_NO_BASE 4096
#define NEGATION_BYTES 48

static bool set_help(struct app_options *options, const char *text, struct base_strbuf *error)
{
    (void)text, (void)error;
    options->action = APP_HELP;
    return true;
}

static bool set_version(struct app_options *options, const char *text, struct base_strbuf *error)
{
    (void)text, (void)error;
    options->action = APP_VERSION;
    return true;
}

static bool set_lab(struct app_options *options, const char *text, struct base_strbuf *error)
{
    (void)error;
    options->lab = text;
    if (strcmp(text, "list") == 0)
        options->action = APP_LIST_SCENARIOS;
    return true;
}

static bool set_vantage(struct app_options *options, const char *text, struct base_strbuf *error)
{
    static const char *const names[] = {[LAB_VANTAGE_CLIENT] = "client",
                                        [LAB_VANTAGE_SERVER] = "server",
                                        [LAB_VANTAGE_BOTH] = "both"};
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(text, names[i]) == 0) {
            options->vantage = (enum lab_vantage)i;
            return true;
        }
    base_strbuf_printf(error, _("%s: not an end of the wire; client, server or both"), text);
    return false;
}

static bool set_sandbox(struct app_options *options, const char *text, struct base_strbuf *error)
{
    options->no_sandbox = strcmp(text, "off") == 0;
    if (options->no_sandbox || strcmp(text, "on") == 0)
        return true;
    base_strbuf_printf(error, _("%s: on or off"), text);
    return false;
}

static bool set_list(struct app_options *options, const char *text, struct base_strbuf *error)
{
    (void)text, (void)error;
    options->action = APP_LIST_INTERFACES;
    return true;
}

static bool set_read(struct app_options *options, const char *text, struct base_strbuf *error)
{
    if (text[0] == '\0') {
        base_strbuf_str(error, _("'': nothing has an empty name"));
        return false;
    }
    options->files =
        base_realloc(options->files, options->file_count + 1, sizeof options->files[0]);
    options->files[options->file_count++] = text;
    return true;
}

static bool set_format(struct app_options *options, const char *text, struct base_strbuf *error)
{
    enum out_kind kind;
    if (strcmp(text, "tui") == 0) {
        options->format = APP_FORMAT_TUI;
        return true;
    }
    if (out_format_find(text, &kind)) {
        options->format = (enum app_format)((unsigned)APP_FORMAT_OUT + (unsigned)kind);
        return true;
    }
    base_strbuf_printf(error, _("%s: unknown format; there are tui, "), text);
    out_format_add_names(error, "and");
    return false;
}

static bool set_json(struct app_options *options, const char *text, struct base_strbuf *error)
{
    (void)text, (void)error;
    options->format = APP_FORMAT_JSON;
    return true;
}

static bool set_color(struct app_options *options, const char *text, struct base_strbuf *error)
{
    if (strcmp(text, "auto") == 0)
        options->color = APP_COLOR_AUTO;
    else if (strcmp(text, "always") == 0)
        options->color = APP_COLOR_ALWAYS;
    else if (strcmp(text, "never") == 0)
        options->color = APP_COLOR_NEVER;
    else {
        base_strbuf_printf(error, _("%s: not a time for colour; auto, always or never"), text);
        return false;
    }
    return true;
}

/* Decimal digits only: no sign, no blank, no overflow. */
static bool parse_number(const char *text, const char **end, uint64_t *value)
{
    if (!isdigit((unsigned char)text[0]))
        return false;
    char *rest;
    errno = 0;
    unsigned long long number = strtoull(text, &rest, 10);
    if (errno != 0)
        return false;
    *value = number;
    *end = rest;
    return true;
}

static int compare_numbers(const void *left, const void *right)
{
    const uint64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static bool set_connections(struct app_options *options, const char *text,
                            struct base_strbuf *error)
{
    const char *next = text;
    for (;;) {
        uint64_t number;
        if (!parse_number(next, &next, &number) || number == 0 || (*next != ',' && *next != '\0')) {
            base_strbuf_printf(error, _("%s: not a list of connection numbers such as 1 or 2,5"),
                               text);
            return false;
        }
        options->connections = base_realloc(options->connections, options->connection_count + 1,
                                            sizeof options->connections[0]);
        options->connections[options->connection_count++] = number;
        if (*next == '\0')
            break;
        next++;
    }
    qsort(options->connections, options->connection_count, sizeof options->connections[0],
          compare_numbers);
    return true;
}

static bool set_msl(struct app_options *options, const char *text, struct base_strbuf *error)
{
    char *rest;
    double seconds = isdigit((unsigned char)text[0]) ? strtod(text, &rest) : -1.0;
    if (seconds < 0.001 || seconds > 86400.0 || *rest != '\0') {
        base_strbuf_printf(error, _("%s: not a number of seconds from 0.001 to 86400"), text);
        return false;
    }
    options->msl_ns = (int64_t)(seconds * 1e9);
    return true;
}

/* Of UTF-8. */
static size_t characters(const char *text, size_t bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

static bool set_display_filter(struct app_options *options, const char *text,
                               struct base_strbuf *error)
{
    struct filter_error why;
    struct filter *filter = filter_new(text, &why);
    options->display_filter = text;
    if (filter == NULL)
        base_strbuf_printf(error, _("%s: %s, at character %zu"), text, why.text,
                           characters(text, why.offset) + 1);
    filter_free(filter);
    return filter != NULL;
}

static bool set_replay(struct app_options *options, const char *text, struct base_strbuf *error)
{
    char *rest = NULL;
    options->replay_steps = text != NULL && strcmp(text, "step") == 0;
    options->replay_speed = 1.0;
    if (text == NULL || options->replay_steps)
        return true;
    if (isdigit((unsigned char)text[0]))
        options->replay_speed = strtod(text, &rest);
    if (rest != NULL && *rest == '\0' && options->replay_speed >= 0.05 &&
        options->replay_speed <= 100.0)
        return true;
    base_strbuf_printf(error, _("%s: not a speed from 0.05 to 100, or step"), text);
    return false;
}

static bool set_lesson(struct app_options *options, const char *text, struct base_strbuf *error)
{
    (void)error;
    options->lesson = text != NULL ? text : "";
    return true;
}

static const char *const themes[] = {
    [APP_THEME_DEFAULT] = "default", [APP_THEME_DARK] = "dark",
    [APP_THEME_LIGHT] = "light",     [APP_THEME_COLOR_BLIND] = "color-blind",
    [APP_THEME_MONO] = "mono",       [APP_THEME_PROJECTOR] = "projector",
};
/* By enum view_times. */
static const char *const times_names[] = {"steps", "start", "day"};
static const char *const color_names[] = {
    [APP_COLOR_AUTO] = "auto", [APP_COLOR_ALWAYS] = "always", [APP_COLOR_NEVER] = "never"};

const char *app_theme_name(unsigned theme)
{
    return theme < sizeof themes / sizeof themes[0] ? themes[theme] : NULL;
}

const char *app_times_name(unsigned times)
{
    return times < sizeof times_names / sizeof times_names[0] ? times_names[times] : NULL;
}

/* The index of a name; count: it is none of them. */
static size_t name_index(const char *const *names, size_t count, const char *text)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], text) != 0)
        i++;
    return i;
}

static bool set_theme(struct app_options *options, const char *text, struct base_strbuf *error)
{
    size_t count = sizeof themes / sizeof themes[0], index = name_index(themes, count, text);
    if (index < count)
        options->theme = (enum app_theme)index;
    else
        base_strbuf_printf(
            error, _("%s: no such theme; default, dark, light, color-blind, mono or projector"),
            text);
    return index < count;
}

static bool set_times(struct app_options *options, const char *text, struct base_strbuf *error)
{
    size_t count = sizeof times_names / sizeof times_names[0];
    size_t index = name_index(times_names, count, text);
    if (index < count)
        options->times = (unsigned)index;
    else
        base_strbuf_printf(error, _("%s: not a kind of times; steps, start or day"), text);
    return index < count;
}

static bool set_completion(struct app_options *options, const char *text, struct base_strbuf *error)
{
    if (strcmp(text, "bash") != 0 && strcmp(text, "zsh") != 0 && strcmp(text, "fish") != 0) {
        base_strbuf_printf(error, _("%s: no completion for this shell; bash, zsh or fish"), text);
        return false;
    }
    options->action = APP_COMPLETION;
    options->shell = text;
    return true;
}

static bool set_view(struct app_options *options, const char *text, struct base_strbuf *error)
{
    static const char *const names[] = {[OUT_VIEW_TIMELINE] = "timeline",
                                        [OUT_VIEW_STATES] = "states",
                                        [OUT_VIEW_SEQUENCE] = "sequence"};
    size_t count = sizeof names / sizeof names[0], index = name_index(names, count, text);
    if (index < count)
        options->view = (enum out_view)index;
    else
        base_strbuf_printf(error, _("%s: no such view; timeline, states or sequence"), text);
    return index < count;
}

static bool set_columns(struct app_options *options, const char *text, struct base_strbuf *error)
{
    return view_columns_parse(&options->columns, text, error);
}

static bool set_sort(struct app_options *options, const char *text, struct base_strbuf *error)
{
    return view_column_parse_sort(text, &options->sort, &options->sort_reversed, error);
}

static bool set_print_config(struct app_options *options, const char *text,
                             struct base_strbuf *error)
{
    (void)text, (void)error;
    options->action = APP_PRINT_CONFIG;
    return true;
}

static bool set_number(struct app_options *options, const struct option_row *row, const char *text,
                       struct base_strbuf *error)
{
    const char *end;
    uint64_t value;
    if (!parse_number(text, &end, &value) || *end != '\0' || value < row->min || value > row->max) {
        if (row->max == UINT64_MAX)
            base_strbuf_printf(error, _("%s: not a number from %" PRIu64 " on"), text, row->min);
        else
            base_strbuf_printf(error, _("%s: not a number from %" PRIu64 " to %" PRIu64), text,
                               row->min, row->max);
        return false;
    }
    memcpy((char *)options + row->offset, &value, sizeof value);
    return true;
}

static bool take(struct app_options *options, const struct option_row *row, const char *text,
                 struct base_strbuf *error)
{
    char *field = (char *)options + row->offset;
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)(void *)field = true;
        return true;
    case OPTION_COUNT:
        ++*(unsigned *)(void *)field;
        return true;
    case OPTION_TEXT:
        if (text[0] == '\0') {
            base_strbuf_str(error, _("'': nothing has an empty name"));
            return false;
        }
        memcpy(field, &text, sizeof text);
        return true;
    case OPTION_NUMBER:
        return set_number(options, row, text, error);
    case OPTION_CALL:
        return row->set(options, text, error);
    }
    return true;
}

/* "-c" or "--color", as the user would type it. */
static void add_option_name(struct base_strbuf *out, const struct option_row *row)
{
    if (row->letter != 0)
        base_strbuf_printf(out, "-%c", row->letter);
    else
        base_strbuf_printf(out, "--%s", row->name);
}

static const struct option_row *find_row(int code)
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        if (code == OPTION_BASE + (int)i || (code != 0 && code == option_table[i].letter))
            return &option_table[i];
    return NULL;
}

/* What getopt_long() stumbled over. */
static void explain_bad_option(int code, char **argv, struct base_strbuf *error)
{
    const struct option_row *row = find_row(optopt);
    if (code == ':' && row != NULL) {
        add_option_name(error, row);
        base_strbuf_printf(error, _(": needs an argument, %s"), row->argument);
    } else if (row != NULL) {
        base_strbuf_printf(error, _("%s: takes no argument"), argv[optind - 1]);
    } else if (optopt != 0) {
        base_strbuf_printf(error, _("-%c: no such option; see tcpviz --help"), optopt);
    } else {
        base_strbuf_printf(error, _("%s: no such option, or not the whole name; see tcpviz --help"),
                           argv[optind - 1]);
    }
}

/* "[=WHAT]" may be left out. */
static int argument_of(const struct option_row *row)
{
    if (row->argument == NULL)
        return no_argument;
    return row->argument[0] == '[' ? optional_argument : required_argument;
}

/* What the settings file may say: what one wants each time. */
static bool is_setting(const char *name)
{
    static const char *const settings[] = {
        "theme",          "ascii", "color",     "times",     "numeric", "absolute-sequence-numbers",
        "columns",        "sort",  "addresses", "checksums", "msl",     "quiet",
        "max-connections"};
    size_t count = sizeof settings / sizeof settings[0];
    return name_index(settings, count, name) < count;
}

/* What a settings file can say yes to, --no-NAME says no to. */
static bool is_refusable(const struct option_row *row)
{
    return row->kind == OPTION_FLAG && is_setting(row->name);
}

/* The table in the two forms that getopt_long() wants. */
static void make_getopt_tables(struct option *longs, char *shorts,
                               char (*negations)[NEGATION_BYTES])
{
    for (size_t i = 0; i < OPTION_ROWS; i++)
        snprintf(negations[i], NEGATION_BYTES, "no-%s", option_table[i].name);
    *shorts++ = ':';
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_table[i];
        *longs++ = (struct option){row->name, argument_of(row), NULL, OPTION_BASE + (int)i};
        if (is_refusable(row))
            *longs++ = (struct option){negations[i], no_argument, NULL, OPTION_NO_BASE + (int)i};
        if (row->letter == 0)
            continue;
        *shorts++ = row->letter;
        if (row->argument != NULL)
            *shorts++ = ':';
    }
    *longs = (struct option){0};
    *shorts = '\0';
}

static bool parse_options(struct app_options *options, int argc, char **argv,
                          struct base_strbuf *error)
{
    struct option longs[2 * OPTION_ROWS + 1];
    char shorts[OPTION_ROWS * 2 + 2], negations[OPTION_ROWS][NEGATION_BYTES];
    make_getopt_tables(longs, shorts, negations);
    optind = 0; /* glibc: start afresh, for the unit tests */
    opterr = 0;
    int code;
    while ((code = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
        if (code >= OPTION_NO_BASE) {
            size_t offset = option_table[code - OPTION_NO_BASE].offset;
            *(bool *)(void *)((char *)options + offset) = false;
            continue;
        }
        const struct option_row *row = code == '?' || code == ':' ? NULL : find_row(code);
        if (row == NULL) {
            explain_bad_option(code, argv, error);
            return false;
        }
        struct base_strbuf why = BASE_STRBUF_INIT;
        bool taken = take(options, row, optarg, &why);
        if (!taken) {
            add_option_name(error, row);
            base_strbuf_printf(error, " %s", base_strbuf_text(&why));
        }
        base_strbuf_free(&why);
        if (!taken)
            return false;
    }
    return true;
}

/* "#" starts a comment, as in tcpdump; what is left is put on one line. */
static void make_one_line(char *text)
{
    char *to = text;
    bool comment = false;
    for (const char *from = text; *from != '\0'; from++) {
        comment = *from == '#' || (comment && *from != '\n');
        bool blank = comment || isspace((unsigned char)*from);
        if (!blank)
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to > text && to[-1] == ' ')
        to--;
    *to = '\0';
}

static bool read_filter_file(struct app_options *options, struct base_strbuf *error)
{
    FILE *file = fopen(options->filter_file, "re");
    if (file == NULL) {
        base_strbuf_printf(error, "%s: %s", options->filter_file, strerror(errno));
        return false;
    }
    char *text = base_alloc(FILTER_FILE_MAX + 1);
    size_t length = fread(text, 1, FILTER_FILE_MAX + 1, file);
    bool broke = ferror(file) != 0;
    int why = errno;
    fclose(file);
    if (broke || length > FILTER_FILE_MAX || memchr(text, '\0', length) != NULL) {
        base_strbuf_printf(error, "%s: %s", options->filter_file,
                           broke ? strerror(why) : "not a filter expression");
        free(text);
        return false;
    }
    text[length] = '\0';
    make_one_line(text);
    options->filter = text;
    return true;
}

static char *join_words(char **words, int count)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    for (int i = 0; i < count; i++) {
        if (i > 0)
            base_strbuf_char(&text, ' ');
        base_strbuf_str(&text, words[i]);
    }
    char *joined = base_strdup(base_strbuf_text(&text));
    base_strbuf_free(&text);
    return joined;
}

/* After --lesson there is but its name. */
static bool take_lesson(struct app_options *options, char **words, int count,
                        struct base_strbuf *error)
{
    if (count == 1 && options->lesson[0] == '\0') {
        options->lesson = words[0];
        return true;
    }
    if (count > 0)
        base_strbuf_printf(error, _("--lesson: %s: wants one name or number, and no filter"),
                           words[0]);
    return count == 0;
}

/* The arguments that are no options: a file to read, the words of the filter. */
static bool take_words(struct app_options *options, char **words, int count,
                       struct base_strbuf *error)
{
    if (options->lesson != NULL)
        return take_lesson(options, words, count, error);
    bool no_source = options->interface == NULL && options->file_count == 0 && options->lab == NULL;
    if (count > 0 && words[0][0] == '\0') {
        base_strbuf_str(error, _("'': an empty argument, neither a file nor a filter"));
        return false;
    }
    if (count > 0 && no_source) {
        if (access(words[0], R_OK) == 0) {
            set_read(options, words[0], error);
            words++;
            count--;
        } else {
            options->first_word = words[0];
        }
    }
    if (options->filter_file == NULL) {
        if (count > 0)
            options->filter = join_words(words, count);
        return true;
    }
    if (count > 0) {
        base_strbuf_printf(error, _("%s: a filter on the command line and one by -F"), words[0]);
        return false;
    }
    return read_filter_file(options, error);
}

static bool reads_standard_input(const struct app_options *options)
{
    for (size_t i = 0; i < options->file_count; i++)
        if (strcmp(options->files[i], "-") == 0)
            return true;
    return false;
}

/* What the quiz cannot do; NULL: nothing of it is wanted. */
static const char *check_quiz(const struct app_options *options)
{
    if (!options->quiz)
        return NULL;
    if (options->interface != NULL || options->lab != NULL)
        return _("--quiz: is for saved captures, not for live ones");
    if (options->output_file != NULL)
        return _("--quiz: asks on standard output, not in a file");
    if (reads_standard_input(options))
        return _("--quiz: the answers come from standard input, so the capture cannot");
    if (options->format > APP_FORMAT_TUI && options->format != APP_FORMAT_LADDER)
        return _("--quiz: works with the terminal UI and with -f ladder only");
    return NULL;
}

/* What the course cannot do; NULL: nothing of it is wanted. */
static const char *check_lesson(const struct app_options *options)
{
    if (options->lesson == NULL)
        return NULL;
    if (options->interface != NULL || options->lab != NULL || options->file_count > 0)
        return _("--lesson: brings its own captures; leave -i, -r and --lab away");
    if (options->output_file != NULL || options->write_file != NULL)
        return _("--lesson: tells on standard output, and saves nothing");
    if (options->quiz)
        return _("--lesson: with --quiz at once; w begins the quiz in the terminal UI");
    if (options->format != APP_FORMAT_DEFAULT && options->format != APP_FORMAT_TUI &&
        options->format != APP_FORMAT_LADDER)
        return _("--lesson: works with the terminal UI and with -f ladder only");
    return NULL;
}

/* Options that contradict each other. */
static bool check_together(const struct app_options *options, struct base_strbuf *error)
{
    bool output_is_stdout = options->output_file == NULL || strcmp(options->output_file, "-") == 0;
    const char *why = NULL;
    if (options->interface != NULL && options->file_count > 0)
        why = _("-i, -r: a live capture and a file at once; give one of them");
    else if (options->lab != NULL && (options->interface != NULL || options->file_count > 0))
        why = _("--lab: with -i or -r at once; give one of them");
    else if (options->other_end != NULL && options->file_count != 1)
        why = _("--other-end: joins one capture with the one that -r names");
    else if (options->lab == NULL && options->vantage != LAB_VANTAGE_UNSAID)
        why = _("--vantage: is for --lab only");
    else if (options->vantage == LAB_VANTAGE_BOTH && options->write_file != NULL &&
             strcmp(options->write_file, "-") == 0)
        why = _("-w -: two captures, by --vantage both, want a file's name");
    else if (options->write_file != NULL && strcmp(options->write_file, "-") == 0 &&
             output_is_stdout)
        why =
            _("-w -: standard output cannot take packets and results; add -o FILE for the results");
    else if (options->format == APP_FORMAT_TUI && options->output_file != NULL)
        why = _("-f tui: the terminal UI does not write to a file; use another format with -o");
    else if (options->kernel && options->file_count > 0)
        why = _("--kernel: is for an interface (-i): of a saved capture no kernel knows any more");
    else if (options->replay_speed > 0 && options->interface != NULL)
        why = _("--replay: is for saved captures, not for an interface");
    else if (options->replay_speed > 0 && options->format != APP_FORMAT_DEFAULT &&
             options->format != APP_FORMAT_TUI)
        why = _("--replay: works with the terminal UI only, not with another -f");
    else if (options->script_file != NULL && options->format != APP_FORMAT_DEFAULT &&
             options->format != APP_FORMAT_TUI)
        why = _("--script: works with the terminal UI only, not with another -f");
    if (why == NULL)
        why = check_quiz(options);
    if (why == NULL)
        why = check_lesson(options);
    if (why != NULL)
        base_strbuf_str(error, why);
    return why == NULL;
}

bool app_options_set(struct app_options *options, const char *name, const char *value,
                     struct base_strbuf *error)
{
    const struct option_row *row = NULL;
    for (size_t i = 0; i < OPTION_ROWS && is_setting(name); i++)
        if (strcmp(option_table[i].name, name) == 0)
            row = &option_table[i];
    if (row == NULL) {
        base_strbuf_printf(error, _("%s: no such setting"), name);
        return false;
    }
    if (row->kind == OPTION_FLAG) {
        bool yes = strcmp(value, "yes") == 0;
        if (!yes && strcmp(value, "no") != 0) {
            base_strbuf_printf(error, _("%s: yes or no"), name);
            return false;
        }
        *(bool *)(void *)((char *)options + row->offset) = yes;
        return true;
    }
    struct base_strbuf why = BASE_STRBUF_INIT;
    bool taken = take(options, row, value, &why);
    if (!taken)
        base_strbuf_printf(error, "%s %s", name, base_strbuf_text(&why));
    base_strbuf_free(&why);
    return taken;
}

void app_options_print(const struct app_options *options, struct base_strbuf *out)
{
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        const struct option_row *row = &option_table[i];
        if (row->kind == OPTION_FLAG && is_setting(row->name))
            base_strbuf_printf(
                out, "%s %s\n", row->name,
                *(const bool *)(const void *)((const char *)options + row->offset) ? "yes" : "no");
    }
    base_strbuf_printf(out, "theme %s\ntimes %s\ncolor %s\n", themes[options->theme],
                       times_names[options->times], color_names[options->color]);
    base_strbuf_str(out, "columns ");
    view_columns_print(&options->columns, out);
    base_strbuf_str(out, "\nsort ");
    view_column_print_sort(options->sort, options->sort_reversed, out);
    base_strbuf_char(out, '\n');
    base_strbuf_printf(out, "msl %g\nmax-connections %" PRIu64 "\n", (double)options->msl_ns / 1e9,
                       options->max_connections);
}

void app_options_defaults(struct app_options *options)
{
    *options = (struct app_options){.msl_ns = 30 * INT64_C(1000000000),
                                    .max_connections = 200000,
                                    .vantage = LAB_VANTAGE_UNSAID};
    view_columns_default(&options->columns);
}

bool app_options_parse(struct app_options *options, int argc, char **argv,
                       struct base_strbuf *error)
{
    app_options_defaults(options);
    return app_options_parse_over(options, argc, argv, error);
}

bool app_options_parse_over(struct app_options *options, int argc, char **argv,
                            struct base_strbuf *error)
{
    bool parsed = parse_options(options, argc, argv, error);
    if (parsed && options->action == APP_HELP && optind < argc)
        options->help_topic = argv[optind];
    if (parsed &&
        (options->action != APP_SHOW || (take_words(options, argv + optind, argc - optind, error) &&
                                         check_together(options, error))))
        return true;
    app_options_free(options);
    return false;
}

void app_options_free(struct app_options *options)
{
    free(options->files);
    free(options->filter);
    free(options->connections);
    *options = (struct app_options){0};
}

#define HELP_WIDTH 80
#define MEANING_COLUMN 28

/* May a line of the text end before this byte? At a blank; Chinese has none and breaks between any two
 * characters, but not before punctuation. */
static bool may_break(const char *text, size_t at)
{
    static const char *const closing[] = {"，", "。", "；", "：", "、", "）"};
    unsigned char next = (unsigned char)text[at], last = (unsigned char)text[at - 1];
    if (next == ' ')
        return true;
    if ((next & 0xc0) == 0x80 || ((next | last) & 0x80) == 0)
        return false;
    for (size_t i = 0; i < sizeof closing / sizeof closing[0]; i++)
        if (strncmp(text + at, closing[i], strlen(closing[i])) == 0)
            return false;
    return true;
}

/* The text wrapped between MEANING_COLUMN and HELP_WIDTH; used columns of the first line are
 * taken. */
static void add_meaning(struct base_strbuf *out, const char *text, size_t used)
{
    for (;;) {
        base_strbuf_fill(out, ' ', MEANING_COLUMN - used);
        size_t all = strlen(text), fits = view_text_fit(text, all, HELP_WIDTH - MEANING_COLUMN);
        size_t length = fits;
        while (length < all && length > 0 && !may_break(text, length))
            length--;
        if (length == 0)
            length = fits;
        base_strbuf_add(out, text, length);
        base_strbuf_char(out, '\n');
        if (text[length] == '\0')
            return;
        text += length + (text[length] == ' ');
        used = 0;
    }
}

/* One option: its names in the left column, what it means beside or below. */
static void add_help_row(struct base_strbuf *out, const struct option_row *row)
{
    size_t start = out->length;
    if (row->letter != 0)
        base_strbuf_printf(out, "  -%c, --%s", row->letter, row->name);
    else
        base_strbuf_printf(out, "      --%s", row->name);
    if (row->argument != NULL)
        base_strbuf_printf(out, "%s%s", row->argument[0] == '[' ? "" : " ", row->argument);
    size_t used = out->length - start;
    if (used + 2 > MEANING_COLUMN) {
        base_strbuf_char(out, '\n');
        used = 0;
    }
    struct base_strbuf formats = BASE_STRBUF_INIT;
    if (row->set == set_format) {
        base_strbuf_str(&formats, "tui, ");
        out_format_add_names(&formats, "or");
        base_strbuf_printf(&formats, "; %s", _(row->meaning));
    }
    add_meaning(out, formats.length > 0 ? base_strbuf_text(&formats) : _(row->meaning), used);
    base_strbuf_free(&formats);
}

void app_options_usage(struct base_strbuf *out)
{
    base_strbuf_str(
        out, _("usage: tcpviz [-i INTERFACE | -r FILE | --lab SCENARIO] [options] [FILTER ...]\n"
               "       tcpviz --help lists the options\n"));
}

bool app_option_words(size_t index, struct app_option_words *words)
{
    if (index >= OPTION_ROWS)
        return false;
    const struct option_row *row = &option_table[index];
    *words = (struct app_option_words){row->name, row->argument, row->meaning, row->letter};
    return true;
}

void app_options_help(struct base_strbuf *out)
{
    base_strbuf_str(
        out, _("usage: tcpviz [-i INTERFACE | -r FILE | --lab SCENARIO] [options] [FILTER ...]\n"
               "Shows TCP connections with the states of both endpoints.\n\n"
               "FILTER is an expression as in tcpdump (pcap-filter(7)): port 1234.\n"
               "A first argument that names a file is read as if -r stood before it.\n"));
    const char *group = "";
    for (size_t i = 0; i < OPTION_ROWS; i++) {
        if (strcmp(option_table[i].group, group) != 0) {
            group = option_table[i].group;
            base_strbuf_printf(out, _("\n%s:\n"), _(group));
        }
        add_help_row(out, &option_table[i]);
    }
    base_strbuf_str(
        out, _("\nOptions that the settings file can say yes to are turned off again with no-\n"
               "before their names: --no-ascii.\n"));
    base_strbuf_str(out, _("\nExit status: 0 done; 1 the input broke or something was lost;\n"
                           "2 wrong usage or nothing could be opened.\n"));
}
