/* Runs the program: opens the source, shows it in the format wanted, says what went wrong. */
#include "config.h"

#include "app/run.h"

#include <errno.h>
#include <locale.h>
#include <inttypes.h>
#include <langinfo.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/catalogue.h"
#include "app/feed.h"
#include "app/lesson.h"
#include "app/message.h"
#include "app/quiz.h"
#include "app/rights.h"
#include "app/select.h"
#include "app/start.h"
#include "app/stop.h"
#include "base/intl.h"
#include "guard/guard.h"
#include "out/format.h"
#ifdef HAVE_TUI
#include "tui/tui.h"
#define HAS_TUI true
#else
#define HAS_TUI false
#endif

/* Packets a turn: enough to keep up, few enough that a signal is answered at once. */
#define PACKETS_PER_TURN 1024
/* How often a quiet interface lets the timers run. */
#define IDLE_MS 250

/* Where the results of a headless format go. */
struct run_output {
    FILE *stream;
    const char *name;
    struct out_sink *sink;
};

static bool terminal_is_usable(void)
{
    const char *term = getenv("TERM");
    return term != NULL && term[0] != '\0' && strcmp(term, "dumb") != 0;
}

static bool use_color(const struct app_options *options, int fd)
{
    const char *no_color = getenv("NO_COLOR");
    switch (options->color) {
    case APP_COLOR_ALWAYS:
        return true;
    case APP_COLOR_NEVER:
        return false;
    case APP_COLOR_AUTO:
        break;
    }
    return isatty(fd) && terminal_is_usable() && (no_color == NULL || no_color[0] == '\0');
}

static bool use_ascii(const struct app_options *options)
{
    return options->ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

/* Columns of the terminal at fd, or what COLUMNS says of another place; 0: not known. */
static unsigned output_width(int fd)
{
    struct winsize size;
    if (isatty(fd))
        return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
    const char *columns = getenv("COLUMNS");
    unsigned long width = columns != NULL ? strtoul(columns, NULL, 10) : 0;
    return width < UINT16_MAX ? (unsigned)width : 0;
}

static enum app_format choose_format(const struct app_options *options)
{
    if (options->format != APP_FORMAT_DEFAULT)
        return options->format;
    bool onto_terminal = isatty(STDOUT_FILENO) && terminal_is_usable();
    if (options->script_file != NULL || options->replay_speed > 0 ||
        (HAS_TUI && options->output_file == NULL && onto_terminal))
        return APP_FORMAT_TUI;
    return APP_FORMAT_LADDER;
}

static enum out_theme picture_theme(enum app_theme theme)
{
    switch (theme) {
    case APP_THEME_DEFAULT:
        break;
    case APP_THEME_DARK:
        return OUT_THEME_DARK;
    case APP_THEME_LIGHT:
        return OUT_THEME_LIGHT;
    case APP_THEME_COLOR_BLIND:
        return OUT_THEME_COLOR_BLIND;
    case APP_THEME_MONO:
        return OUT_THEME_MONO;
    case APP_THEME_PROJECTOR:
        return OUT_THEME_PROJECTOR;
    }
    return OUT_THEME_BOTH;
}

static char output_buffer[65536]; /* of the one output stream */

static bool open_output(const struct app_options *options, enum app_format format,
                        struct run_output *output)
{
    if (options->output_file == NULL || strcmp(options->output_file, "-") == 0) {
        output->stream = stdout;
        output->name = _("standard output");
    } else {
        int fd = guard_open(options->output_file, GUARD_WRITE);
        output->stream = fd >= 0 ? fdopen(fd, "w") : NULL;
        output->name = options->output_file;
    }
    if (output->stream == NULL) {
        app_complain("%s: %s", output->name, strerror(errno));
        return false;
    }
    int fd = fileno(output->stream);
    if (!isatty(fd)) /* and before the first byte: fewer writes than stdio's 4 KiB take */
        setvbuf(output->stream, output_buffer, _IOFBF, sizeof output_buffer);
    struct out_options wanted = {
        .segments = options->segments,
        .wireshark = options->wireshark,
        .explain = options->explain,
        .ascii = use_ascii(options),
        .color = use_color(options, fd),
        .numeric = options->numeric,
        .absolute = options->absolute,
        .width = output_width(fd),
        .theme = picture_theme(options->theme),
        .view = options->view,
        .live = options->interface != NULL || options->lab != NULL,
        .time_wait_ns = 2 * options->msl_ns,
        .connections = options->connections,
        .connection_count = options->connection_count,
    };
    enum out_kind kind = (enum out_kind)(format - APP_FORMAT_OUT);
    if (out_format(kind)->data)
        setlocale(LC_MESSAGES, "C");
    output->sink = out_format_open(kind, output->stream, &wanted);
    return true;
}

/* True once nobody can read the results any more: the pipe's reader is gone. */
static bool reader_is_gone(const struct run_output *output)
{
    struct pollfd stream = {.fd = fileno(output->stream), .events = 0};
    return poll(&stream, 1, 0) > 0 && (stream.revents & (POLLERR | POLLHUP)) != 0;
}

/* Flushes and closes; APP_LOST if results could not be written for any reason but a closed pipe. */
static int close_output(struct run_output *output)
{
    output->sink->free(output->sink);
    errno = 0;
    bool lost = fflush(output->stream) != 0 || ferror(output->stream);
    int why = errno;
    bool gone = lost && (why == EPIPE || reader_is_gone(output));
    if (output->stream != stdout && fclose(output->stream) != 0 && !lost) {
        lost = true;
        why = errno;
    }
    if (!lost || gone)
        return APP_DONE;
    app_complain("%s: %s", output->name, why != 0 ? strerror(why) : _("could not be written"));
    return APP_LOST;
}

/* Waits for packets, a signal or the end of the reader; the timers run in between. */
static void wait_for_packets(const struct app_feed *feed, const struct run_output *output)
{
    struct pollfd wanted[] = {
        {.fd = app_feed_fd(feed), .events = POLLIN},
        {.fd = app_stop_fd(), .events = POLLIN},
        {.fd = fileno(output->stream), .events = 0},
    };
    poll(wanted, sizeof wanted / sizeof wanted[0], app_feed_wait_ms(feed, IDLE_MS));
}

static void read_all(struct app_feed *feed, const struct run_output *output)
{
    while (!app_stop_wanted() && !ferror(output->stream)) {
        enum capture_status status = app_feed_read(feed, PACKETS_PER_TURN);
        if (status == CAPTURE_END || status == CAPTURE_ERROR)
            return;
        if (status == CAPTURE_MORE)
            continue;
        app_feed_idle(feed);
        fflush(output->stream);
        wait_for_packets(feed, output);
        if (reader_is_gone(output))
            return;
    }
}

static void print_counted(uint64_t count, const char *noun, const char *after)
{
    const char *word = _(noun);
    fprintf(stderr, "%" PRIu64 " %s%s%s", count, word, count == 1 || word != noun ? "" : "s",
            after);
}

static void print_skipped(const struct out_capture *totals)
{
    for (unsigned i = 0; i < WIRE_SKIP_KINDS; i++)
        if (totals->skipped[i] > 0)
            fprintf(stderr, ", %" PRIu64 " %s", totals->skipped[i], wire_skip_name(i));
}

static void print_rights(void)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    app_rights_describe(&text);
    fprintf(stderr, "tcpviz: %s\n", base_strbuf_text(&text));
    base_strbuf_free(&text);
}

/* The closing line: always for an interface, else on -v. */
static void print_statistics(const struct app_options *options, const struct app_feed *feed)
{
    bool live = options->interface != NULL || options->lab != NULL;
    if (options->quiet || (!live && options->verbose == 0))
        return;
    struct out_capture totals;
    app_feed_describe(feed, &totals);
    fputs("tcpviz: ", stderr);
    app_print_seen(stderr, totals.source);
    fputs(": ", stderr);
    print_counted(totals.frames, N_("packet"), ", ");
    print_counted(totals.tcp_segments, N_("TCP segment"), ", ");
    print_counted(totals.connections, N_("connection"), "");
    if (live)
        fprintf(stderr, _(", %" PRIu64 " dropped by the kernel, %" PRIu64 " by the interface"),
                totals.kernel_dropped, totals.interface_dropped);
    if (totals.evicted > 0)
        fprintf(stderr, _(", %" PRIu64 " written out early (--max-connections)"), totals.evicted);
    if (options->verbose > 0)
        print_skipped(&totals);
    fputc('\n', stderr);
    if (options->verbose > 0)
        print_rights();
}

static int run_headless(const struct app_options *options, enum app_format format,
                        struct app_feed *feed)
{
    struct run_output output;
    if (!open_output(options, format, &output))
        return APP_USAGE;
    app_rights_seal();
    app_feed_observe(feed, &output.sink->observer, output.sink);
    read_all(feed, &output);
    app_feed_finish(feed);
    struct out_capture totals;
    app_feed_describe(feed, &totals);
    output.sink->finish(output.sink, &totals);
    return close_output(&output);
}

#ifdef HAVE_TUI
static struct tui_options make_tui_options(const struct app_options *options)
{
    return (struct tui_options){
        .script_file = options->script_file,
        .offscreen = options->script_file != NULL && !isatty(STDOUT_FILENO),
        .time_wait_ns = 2 * options->msl_ns,
        .ascii = use_ascii(options),
        .color = options->color == APP_COLOR_ALWAYS || use_color(options, STDOUT_FILENO),
        .numeric = options->numeric,
        .absolute = options->absolute,
        .connections = options->connections,
        .connection_count = options->connection_count,
        .filter = options->display_filter,
        .columns = options->columns,
        .sort = options->sort,
        .sort_reversed = options->sort_reversed,
        .replay_speed = options->replay_speed,
        .replay_steps = options->replay_steps,
        .quiz = options->quiz,
        .lesson = options->lesson_shown,
        .theme = options->theme,
        .times = options->times,
        .keys = options->keys,
        .key_count = options->key_count,
        .aliases = {options->aliases, options->alias_count},
        .addresses = options->addresses,
        .script_done = options->script_done,
        .opened = app_rights_seal,
    };
}

static int run_tui(const struct app_options *options, struct app_feed *feed)
{
    struct tui_options wanted = make_tui_options(options);
    struct base_strbuf error = BASE_STRBUF_INIT;
    bool shown = tui_run(feed, &wanted, &error);
    if (!shown)
        app_complain("%s", base_strbuf_text(&error));
    base_strbuf_free(&error);
    return shown ? APP_DONE : APP_USAGE;
}
#endif

static int run_format(const struct app_options *options, enum app_format format,
                      struct app_feed *feed)
{
#ifdef HAVE_TUI
    if (format == APP_FORMAT_TUI)
        return run_tui(options, feed);
#endif
    if (options->quiz) {
        app_rights_seal();
        return app_quiz(feed, options->connection_count > 0 ? options->connections[0] : 0,
                        use_ascii(options));
    }
    return run_headless(options, format, feed);
}

/* What can be said before anything is opened. */
static bool check_terminal(const struct app_options *options, enum app_format format)
{
    if (format != APP_FORMAT_TUI || (HAS_TUI && options->script_file != NULL))
        return true;
#ifndef HAVE_TUI
    app_complain(_("-f tui: this tcpviz was built without the terminal UI; use -f ladder"));
    return false;
#else
    const char *term = getenv("TERM");
    if (!isatty(STDOUT_FILENO))
        app_complain(_("-f tui: standard output is no terminal; use -f ladder"));
    else if (!terminal_is_usable())
        app_complain(_("-f tui: TERM is %s; set it to your terminal's name, such as xterm, or use "
                       "-f ladder"),
                     term == NULL || term[0] == '\0' ? _("not set") : term);
    else
        return true;
    return false;
#endif
}

/* What a terminal UI opened, for the start screen of the next time. */
static void remember(const struct app_options *options, enum app_format format)
{
    if (format != APP_FORMAT_TUI || options->interface != NULL || options->lab != NULL ||
        options->lesson != NULL)
        return;
    for (size_t i = options->file_count; i-- > 0;)
        if (strcmp(options->files[i], "-") != 0)
            guard_remember(options->files[i]);
}

#ifdef HAVE_TUI
static int run_source(const struct app_options *options);

/* The start screen; then what was chosen there, as if it had been an option. */
static int run_start(const struct app_options *options)
{
    struct app_catalogue catalogue;
    struct tui_options wanted = make_tui_options(options);
    struct base_strbuf error = BASE_STRBUF_INIT;
    size_t chosen = SIZE_MAX;
    struct app_options with = *options;
    app_stop_install();
    app_catalogue_read(&catalogue);
    bool shown = tui_choose(&catalogue, &wanted, &chosen, &with.script_done, &error);
    if (!shown)
        app_complain("%s", base_strbuf_text(&error));
    base_strbuf_free(&error);
    int status = shown ? APP_DONE : APP_USAGE;
    if (shown && chosen < catalogue.count) {
        const struct app_thing *thing = &catalogue.things[chosen];
        const char *file = thing->name;
        if (thing->kind == APP_THING_INTERFACE)
            with.interface = file;
        else if (thing->kind == APP_THING_LAB)
            with.lab = file;
        else {
            with.files = &file;
            with.file_count = 1;
        }
        status = run_source(&with);
    }
    app_catalogue_free(&catalogue);
    return status;
}
#endif

/* What is shown as it is read has to know before which connections match. */
static int run_selected(const struct app_options *options, enum app_format format,
                        struct app_feed *feed)
{
    struct app_options with = *options;
    struct base_strbuf error = BASE_STRBUF_INIT;
    int status = APP_USAGE;
    if (app_select(feed, options, &with.connections, &with.connection_count, &error)) {
        status = run_format(&with, format, feed);
        free(with.connections);
    } else {
        app_complain_lines(base_strbuf_text(&error));
    }
    base_strbuf_free(&error);
    return status;
}

/* --connection: a number that no connection has is told, once all of them are known. */
static bool check_numbers(const struct app_options *options, const struct app_feed *feed)
{
    struct out_capture totals;
    bool right = true;
    app_feed_describe(feed, &totals);
    for (unsigned i = 0; i < options->connection_count && app_feed_read_to_end(feed); i++) {
        uint64_t number = options->connections[i];
        if (number <= totals.connections)
            continue;
        app_complain(P_("--connection %" PRIu64 ": no such connection; there is %" PRIu64,
                        "--connection %" PRIu64 ": no such connection; there are %" PRIu64,
                        totals.connections),
                     number, totals.connections);
        right = false;
    }
    return right;
}

static int run_opened(const struct app_options *options, enum app_format format)
{
    struct base_strbuf error = BASE_STRBUF_INIT;
    struct app_feed *feed = app_feed_open(options, &error);
    if (feed == NULL) {
        app_complain_lines(base_strbuf_text(&error));
        base_strbuf_free(&error);
        return APP_USAGE;
    }
    if (options->no_sandbox)
        app_complain("%s", _("--sandbox=off: nothing confines what parses the packets"));
    remember(options, format);
    bool select = options->display_filter != NULL && format != APP_FORMAT_TUI;
    int status = select ? run_selected(options, format, feed) : run_format(options, format, feed);
    if (status != APP_USAGE) {
        print_statistics(options, feed);
        const char *problems = app_feed_problems(feed);
        app_complain_lines(problems);
        if (problems[0] != '\0' || !check_numbers(options, feed))
            status = APP_LOST;
    }
    app_feed_close(feed);
    return status;
}

static int run_source(const struct app_options *options)
{
    enum app_format format = choose_format(options);
    if (!check_terminal(options, format))
        return APP_USAGE;
    if (options->display_filter != NULL && format != APP_FORMAT_TUI && !app_select_can(options)) {
        app_complain("%s",
                     _("-Y: this format wants a file that can be read twice; for a live capture "
                       "or a pipe use the terminal UI, or save it with -w first"));
        return APP_USAGE;
    }
    app_stop_install();
    return run_opened(options, format);
}

static int run_lesson(const struct app_options *options)
{
    enum app_format format = choose_format(options);
    bool list = strcmp(options->lesson, "list") == 0;
    if (!list && !check_terminal(options, format))
        return APP_USAGE;
    return app_lesson_run(options, format != APP_FORMAT_TUI, output_width(STDOUT_FILENO),
                          run_source);
}

int app_run(const struct app_options *options)
{
    if (options->lesson != NULL)
        return run_lesson(options);
    if (options->interface != NULL || options->file_count > 0 || options->lab != NULL)
        return run_source(options);
#ifdef HAVE_TUI
    if (options->first_word == NULL && choose_format(options) == APP_FORMAT_TUI &&
        (options->script_file != NULL || (isatty(STDOUT_FILENO) && terminal_is_usable())))
        return run_start(options);
#endif
    return app_start(options);
}
