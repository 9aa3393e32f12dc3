/* tcpviz: the program. */
#include "config.h"

#include <errno.h>
#ifdef ENABLE_NLS
#include <libintl.h>
#endif
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/completion.h"
#include "app/feed.h"
#include "app/lab.h"
#include "app/settings.h"
#include "app/message.h"
#include "app/options.h"
#include "app/run.h"
#include "app/start.h"
#include "base/xalloc.h"
#ifdef HAVE_TUI
#include "tui/terminal.h"
#endif

_Noreturn void base_out_of_memory(size_t size_bytes)
{
#ifdef HAVE_TUI
    tui_terminal_restore();
#endif
    app_feed_rescue();
    fprintf(stderr, "tcpviz: out of memory: %zu bytes could not be had\n", size_bytes);
    _Exit(APP_LOST);
}

static int print_help(const char *topic)
{
    struct base_strbuf text = BASE_STRBUF_INIT, error = BASE_STRBUF_INIT;
    bool known = true;
    if (topic == NULL)
        app_options_help(&text);
    else
        known = app_help_topic(topic, &text, &error);
    fputs(base_strbuf_text(&text), stdout);
    if (!known)
        app_complain("%s", base_strbuf_text(&error));
    base_strbuf_free(&text);
    base_strbuf_free(&error);
    return known ? APP_DONE : APP_USAGE;
}

static int print_config(const struct app_options *options)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    app_settings_print(options, &text);
    fputs(base_strbuf_text(&text), stdout);
    base_strbuf_free(&text);
    return APP_DONE;
}

/* What is only printed is lost, too, where standard output takes it no more. */
static int printed(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    app_complain("standard output: %s", strerror(errno));
    return status == APP_DONE ? APP_LOST : status;
}

static int print_completion(const char *shell)
{
    struct base_strbuf text = BASE_STRBUF_INIT;
    app_completion(shell, &text);
    fputs(base_strbuf_text(&text), stdout);
    base_strbuf_free(&text);
    return APP_DONE;
}

static int act(const struct app_options *options)
{
    switch (options->action) {
    case APP_HELP:
        return printed(print_help(options->help_topic));
    case APP_VERSION:
        puts(PACKAGE_STRING);
        return printed(APP_DONE);
    case APP_LIST_INTERFACES:
        return app_list_interfaces();
    case APP_LIST_SCENARIOS:
        return app_lab_list();
    case APP_PRINT_CONFIG:
        return printed(print_config(options));
    case APP_COMPLETION:
        return printed(print_completion(options->shell));
    case APP_SHOW:
        break;
    }
    return app_run(options);
}

/* The catalogues of a build that is not installed are named by TCPVIZ_LOCALES; a program with more rights
 * than its user does not take formats from there. */
static void choose_language(void)
{
    setlocale(LC_ALL, "");
    setlocale(LC_NUMERIC, "C"); /* numbers are read and written by programs, too */
#ifdef ENABLE_NLS
    const char *named = secure_getenv("TCPVIZ_LOCALES");
    bindtextdomain(PACKAGE, named != NULL && named[0] != '\0' ? named : LOCALEDIR);
    textdomain(PACKAGE);
#endif
}

int main(int argc, char **argv)
{
    choose_language();
    struct app_options options;
    struct base_strbuf error = BASE_STRBUF_INIT, wrong = BASE_STRBUF_INIT;
    int status = APP_USAGE;
    app_options_defaults(&options);
    bool set = app_settings_load(&options, &wrong);
    if (app_options_parse_over(&options, argc, argv, &error)) {
        /* with wrong settings there is still help */
        if (set || options.action == APP_HELP || options.action == APP_VERSION)
            status = act(&options);
        else
            app_complain_lines(base_strbuf_text(&wrong));
        app_options_free(&options);
    } else {
        app_complain("%s", base_strbuf_text(&error));
    }
    base_strbuf_free(&error);
    base_strbuf_free(&wrong);
    return status;
}
