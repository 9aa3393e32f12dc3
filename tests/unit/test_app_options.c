/* app: the command line. */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/options.h"

#define MAX_WORDS 32

/* Parses a command line written with blanks between the words. */
static bool parse(const char *line, struct app_options *options, struct base_strbuf *error,
                  char *text, size_t size)
{
    char *argv[MAX_WORDS + 1] = {(char *)"tcpviz"};
    int argc = 1;
    assert_true(strlen(line) < size);
    snprintf(text, size, "%s", line);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(argc < MAX_WORDS);
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    return app_options_parse(options, argc, argv, error);
}

struct parsed {
    struct app_options options;
    char text[256];
};

/* A line that is right. */
static struct app_options *good(const char *line, struct parsed *parsed)
{
    struct base_strbuf error = BASE_STRBUF_INIT;
    bool taken = parse(line, &parsed->options, &error, parsed->text, sizeof parsed->text);
    if (!taken)
        fail_msg("%s: %s", line, base_strbuf_text(&error));
    base_strbuf_free(&error);
    return &parsed->options;
}

static void assert_refused(const char *line, const char *message)
{
    struct parsed parsed;
    struct base_strbuf error = BASE_STRBUF_INIT;
    if (parse(line, &parsed.options, &error, parsed.text, sizeof parsed.text))
        fail_msg("%s: was taken", line);
    assert_string_equal(base_strbuf_text(&error), message);
    base_strbuf_free(&error);
}

static void defaults(void **state)
{
    (void)state;
    struct parsed parsed;
    struct app_options *options = good("", &parsed);
    assert_int_equal(options->action, APP_SHOW);
    assert_int_equal(options->format, APP_FORMAT_DEFAULT);
    assert_int_equal(options->color, APP_COLOR_AUTO);
    assert_int_equal(options->msl_ns, INT64_C(30000000000));
    assert_true(options->max_connections > 0);
    assert_null(options->interface);
    assert_null(options->filter);
    assert_int_equal(options->packet_limit, 0);
    app_options_free(options);
}

static void every_letter(void **state)
{
    (void)state;
    struct parsed parsed;
    struct app_options *o =
        good("-i lo -w out -c 7 -s 0 -p -B 64 -n -f json -o x -S -v -v -q", &parsed);
    assert_string_equal(o->interface, "lo");
    assert_string_equal(o->write_file, "out");
    assert_string_equal(o->output_file, "x");
    assert_int_equal(o->packet_limit, 7);
    assert_int_equal(o->snaplen, 0);
    assert_int_equal(o->buffer_kib, 64);
    assert_int_equal(o->format, APP_FORMAT_JSON);
    assert_int_equal(o->verbose, 2);
    assert_true(o->no_promiscuous && o->numeric && o->absolute && o->quiet);
    app_options_free(o);
    assert_int_equal(good("-D", &parsed)->action, APP_LIST_INTERFACES);
    assert_int_equal(good("-h", &parsed)->action, APP_HELP);
    assert_int_equal(good("-V", &parsed)->action, APP_VERSION);
}

static void every_name(void **state)
{
    (void)state;
    struct parsed parsed;
    struct app_options *o =
        good("--read a --read b --connection 2,15 --segments --checksums --ascii --color never "
             "--msl 0.5 --max-connections 9 --format ladder",
             &parsed);
    assert_int_equal(o->file_count, 2);
    assert_string_equal(o->files[0], "a");
    assert_string_equal(o->files[1], "b");
    assert_int_equal(o->connection_count, 2);
    assert_int_equal(o->connections[0], 2);
    assert_int_equal(o->connections[1], 15);
    assert_true(o->segments && o->checksums && o->ascii);
    assert_int_equal(o->color, APP_COLOR_NEVER);
    assert_int_equal(o->msl_ns, 500000000);
    assert_int_equal(o->max_connections, 9);
    assert_int_equal(o->format, APP_FORMAT_LADDER);
    app_options_free(o);
    o = good("--interface=any --write=w --count=1 --snapshot-length=96 --no-promiscuous-mode "
             "--buffer-size=1 --json --output=- --absolute-sequence-numbers --quiet --verbose",
             &parsed);
    assert_string_equal(o->interface, "any");
    assert_int_equal(o->snaplen, 96);
    assert_int_equal(o->buffer_kib, 1);
    assert_int_equal(o->format, APP_FORMAT_JSON);
    assert_true(o->no_promiscuous && o->absolute && o->quiet);
    app_options_free(o);
    o = good("-r x --script keys --numeric --color always", &parsed);
    assert_string_equal(o->script_file, "keys");
    assert_int_equal(o->color, APP_COLOR_ALWAYS);
    app_options_free(o);
    assert_int_equal(good("--list-interfaces", &parsed)->action, APP_LIST_INTERFACES);
    assert_int_equal(good("--help", &parsed)->action, APP_HELP);
    assert_int_equal(good("--version", &parsed)->action, APP_VERSION);
}

static void largest_values(void **state)
{
    (void)state;
    struct parsed parsed;
    struct app_options *o = good("-r x -s 262144 -B 2097151 --msl 86400 -c 18446744073709551615 "
                                 "--max-connections 1000000000",
                                 &parsed);
    assert_int_equal(o->snaplen, 262144);
    assert_int_equal(o->buffer_kib, 2097151);
    assert_int_equal(o->msl_ns, INT64_C(86400000000000));
    assert_true(o->packet_limit == UINT64_MAX);
    app_options_free(o);
}

static void bad_values(void **state)
{
    (void)state;
    assert_refused("-c 0", "-c 0: not a number from 1 on");
    assert_refused("-c -1", "-c -1: not a number from 1 on");
    assert_refused("-c 1x", "-c 1x: not a number from 1 on");
    assert_refused("-c 18446744073709551616", "-c 18446744073709551616: not a number from 1 on");
    assert_refused("-s 262145", "-s 262145: not a number from 0 to 262144");
    assert_refused("-B 0", "-B 0: not a number from 1 to 2097151");
    assert_refused("--max-connections 0", "--max-connections 0: not a number from 1 to 1000000000");
    assert_refused("--msl 0", "--msl 0: not a number of seconds from 0.001 to 86400");
    assert_refused("--msl nan", "--msl nan: not a number of seconds from 0.001 to 86400");
    assert_refused("--msl 1e9", "--msl 1e9: not a number of seconds from 0.001 to 86400");
    assert_refused("--msl 3s", "--msl 3s: not a number of seconds from 0.001 to 86400");
    assert_refused("--color red", "--color red: not a time for colour; auto, always or never");
    struct base_strbuf formats = BASE_STRBUF_INIT;
    base_strbuf_str(&formats, "-f xml: unknown format; there are tui, ");
    out_format_add_names(&formats, "and");
    assert_refused("-f xml", base_strbuf_text(&formats));
    base_strbuf_free(&formats);
    static const char *const lists[] = {"0", "1,", ",1", "1,,2", "a", "-1", "1 2x"};
    for (size_t i = 0; i + 1 < sizeof lists / sizeof lists[0]; i++) {
        char line[64], message[128];
        snprintf(line, sizeof line, "--connection %s", lists[i]);
        snprintf(message, sizeof message,
                 "--connection %s: not a list of connection numbers such as 1 or 2,5", lists[i]);
        assert_refused(line, message);
    }
}

static void unknown_options(void **state)
{
    (void)state;
    assert_refused("-x", "-x: no such option; see tcpviz --help");
    assert_refused("--frob", "--frob: no such option, or not the whole name; see tcpviz --help");
    assert_refused("--co 1", "--co: no such option, or not the whole name; see tcpviz --help");
    assert_refused("-r", "-r: needs an argument, FILE");
    assert_refused("--msl", "--msl: needs an argument, SECONDS");
    assert_refused("--json=1", "--json=1: takes no argument");
}

static void contradictions(void **state)
{
    (void)state;
    assert_refused("-i lo -r x", "-i, -r: a live capture and a file at once; give one of them");
    assert_refused("-i lo -w -", "-w -: standard output cannot take packets and results; add -o "
                                 "FILE for the results");
    assert_refused("-r x -w - -o -", "-w -: standard output cannot take packets and results; add "
                                     "-o FILE for the results");
    assert_refused("-r x -f tui -o y", "-f tui: the terminal UI does not write to a file; use "
                                       "another format with -o");
    assert_refused("-r x --script k --json",
                   "--script: works with the terminal UI only, not with another -f");
}

static void filter_words(void **state)
{
    (void)state;
    struct parsed parsed;
    struct app_options *o = good("-i lo port 1234 -n and host a", &parsed);
    assert_string_equal(o->filter, "port 1234 and host a");
    assert_true(o->numeric);
    app_options_free(o);
    o = good("-r x -- tcp[13] = 2", &parsed);
    assert_string_equal(o->filter, "tcp[13] = 2");
    app_options_free(o);
}

/* A file of the test's own; the caller frees and removes. */
static char *make_file(const char *text)
{
    char *name = strdup("/tmp/tcpviz-options-XXXXXX");
    int fd = mkstemp(name);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return name;
}

static void bare_file_is_read(void **state)
{
    (void)state;
    char *name = make_file("");
    struct parsed parsed;
    char line[128];
    struct app_options *o = good(name, &parsed);
    assert_int_equal(o->file_count, 1);
    assert_string_equal(o->files[0], name);
    assert_null(o->filter);
    app_options_free(o);
    snprintf(line, sizeof line, "%s tcp port 80", name);
    o = good(line, &parsed);
    assert_int_equal(o->file_count, 1);
    assert_string_equal(o->filter, "tcp port 80");
    app_options_free(o);
    snprintf(line, sizeof line, "-i lo %s", name);
    o = good(line, &parsed);
    assert_int_equal(o->file_count, 0);
    assert_string_equal(o->filter, name);
    app_options_free(o);
    o = good("/nonexistent/x", &parsed);
    assert_int_equal(o->file_count, 0);
    assert_string_equal(o->first_word, "/nonexistent/x");
    app_options_free(o);
    unlink(name);
    free(name);
}

static void filter_from_file(void **state)
{
    (void)state;
    char *name = make_file("port 80 # web\nor port 443\n#end");
    struct parsed parsed;
    char line[128], message[256];
    snprintf(line, sizeof line, "-i lo -F %s", name);
    struct app_options *o = good(line, &parsed);
    assert_string_equal(o->filter, "port 80 or port 443");
    app_options_free(o);
    snprintf(line, sizeof line, "-i lo -F %s tcp", name);
    assert_refused(line, "tcp: a filter on the command line and one by -F");
    unlink(name);
    snprintf(line, sizeof line, "-i lo -F %s", name);
    snprintf(message, sizeof message, "%s: No such file or directory", name);
    assert_refused(line, message);
    free(name);
}

static void help_fits(void **state)
{
    (void)state;
    struct base_strbuf text = BASE_STRBUF_INIT;
    app_options_help(&text);
    const char *line = base_strbuf_text(&text);
    assert_non_null(strstr(line, "  -i, --interface IF"));
    assert_non_null(strstr(line, "      --json"));
    while (*line != '\0') {
        size_t length = strcspn(line, "\n");
        if (length > 80)
            fail_msg("wider than 80: %.*s", (int)length, line);
        assert_int_equal(line[length], '\n');
        assert_true(length == 0 || line[length - 1] != ' ');
        line += length + 1;
    }
    base_strbuf_free(&text);
}

static void replay_speeds(void **state)
{
    (void)state;
    struct parsed parsed;
    assert_true(good("-r x --replay", &parsed)->replay_speed == 1.0);
    app_options_free(&parsed.options);
    assert_true(good("-r x --replay=0.05", &parsed)->replay_speed == 0.05);
    app_options_free(&parsed.options);
    assert_true(good("-r x --replay=step", &parsed)->replay_steps);
    app_options_free(&parsed.options);
    assert_refused("-r x --replay=0", "--replay 0: not a speed from 0.05 to 100, or step");
    assert_refused("-r x --replay=nan", "--replay nan: not a speed from 0.05 to 100, or step");
    assert_refused("-r x --replay=101", "--replay 101: not a speed from 0.05 to 100, or step");
    assert_refused("--lesson -r x",
                   "--lesson: brings its own captures; leave -i, -r and --lab away");
    assert_refused("--lesson=refused port 80",
                   "--lesson: port: wants one name or number, and no filter");
    assert_refused("--lesson -o x", "--lesson: tells on standard output, and saves nothing");
    assert_refused("--lesson --json",
                   "--lesson: works with the terminal UI and with -f ladder only");
    assert_refused("-i lo --replay", "--replay: is for saved captures, not for an interface");
    assert_refused("-r x --json --replay",
                   "--replay: works with the terminal UI only, not with another -f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),          cmocka_unit_test(every_letter),
        cmocka_unit_test(every_name),        cmocka_unit_test(bad_values),
        cmocka_unit_test(largest_values),    cmocka_unit_test(unknown_options),
        cmocka_unit_test(contradictions),    cmocka_unit_test(filter_words),
        cmocka_unit_test(bare_file_is_read), cmocka_unit_test(filter_from_file),
        cmocka_unit_test(help_fits),         cmocka_unit_test(replay_speeds),
    };
    return cmocka_run_group_tests_name("app_options", tests, NULL, NULL);
}
