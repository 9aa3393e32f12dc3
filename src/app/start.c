/* What there is to open: the list of interfaces, and the answer to a call without a source. */
#include "config.h"

#include "app/start.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "app/message.h"
#include "capture/source.h"

#define CAPTURES_DIRECTORY PKGDATADIR "/captures"

static void print_interface(void *context, const char *name, const char *description, bool up,
                            bool loopback)
{
    (void)context;
    fputs("  ", stdout);
    app_print_seen(stdout, name);
    printf("%*s ", strlen(name) < 16 ? (int)(16 - strlen(name)) : 0, "");
    app_print_seen(stdout, description);
    if (description[0] == '\0')
        fputs(loopback ? _("loopback") : up ? _("up") : _("down"), stdout);
    else if (!up)
        fputs(_(" (down)"), stdout);
    putchar('\n');
}

int app_list_interfaces(void)
{
    struct capture_error error;
    if (!capture_list_interfaces(print_interface, NULL, &error)) {
        app_complain("%s", error.text);
        return APP_USAGE;
    }
    return APP_DONE;
}

static int is_visible(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".pcap") == 0;
}

static void print_captures(void)
{
    struct dirent **entries;
    int count = scandir(CAPTURES_DIRECTORY, &entries, is_visible, alphasort);
    if (count > 0)
        puts(_("\nCaptures to learn from (tcpviz FILE):"));
    for (int i = 0; i < count; i++) {
        printf("  %s/%s\n", CAPTURES_DIRECTORY, entries[i]->d_name);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int app_start(const struct app_options *options)
{
    if (options->first_word != NULL) {
        app_complain(_("%s: not a file that can be read, and no -i INTERFACE or -r FILE to filter"),
                     options->first_word);
        return APP_USAGE;
    }
    if (!isatty(STDOUT_FILENO)) {
        struct base_strbuf usage = BASE_STRBUF_INIT;
        app_options_usage(&usage);
        fputs(base_strbuf_text(&usage), stderr);
        base_strbuf_free(&usage);
        return APP_USAGE;
    }
    puts(_("tcpviz shows TCP connections with the states of both endpoints. What can be opened:\n\n"
           "Interfaces (sudo tcpviz -i NAME):"));
    int status = app_list_interfaces();
    print_captures();
    puts(_("\ntcpviz --help lists the options."));
    return status;
}
