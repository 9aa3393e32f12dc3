/* Finds, lists and starts scenarios. */
#include "config.h"

#include "app/lab.h"

#include <stdio.h>

#include "base/intl.h"
#include "app/message.h"
#include "lab/library.h"

static void print_scenario(void *context, const struct lab_scenario *scenario)
{
    (void)context;
    printf("%-28s %s\n", scenario->name, scenario->title);
}

int app_lab_list(void)
{
    struct base_strbuf error = BASE_STRBUF_INIT;
    bool found = lab_library_each(print_scenario, NULL, &error);
    bool wrong = error.length > 0;
    app_complain_lines(base_strbuf_text(&error));
    base_strbuf_free(&error);
    if (!found)
        app_complain(_("--lab list: no scenarios in %s"), PKGDATADIR "/captures");
    return !found ? APP_USAGE : wrong ? APP_LOST : APP_DONE;
}

struct capture_source *app_lab_open(const struct app_options *options,
                                    const struct lab_observer *observer,
                                    struct lab_scenario **scenario, struct base_strbuf *error)
{
    *scenario = lab_library_open(options->lab, error);
    if (*scenario == NULL)
        return NULL;
#ifdef HAVE_LAB
    struct lab_options wanted = {
        .scenario = *scenario,
        .vantage = options->vantage,
        .snaplen = (uint32_t)options->snaplen,
        .filter = options->filter,
    };
    return lab_open(&wanted, observer, error);
#else
    (void)observer;
    struct base_strbuf capture = BASE_STRBUF_INIT;
    lab_library_capture(*scenario, &capture);
    base_strbuf_printf(error,
                       _("--lab: this tcpviz was built without libmnl, which it takes; see a "
                         "capture: tcpviz -r %s"),
                       base_strbuf_text(&capture));
    base_strbuf_free(&capture);
    return NULL;
#endif
}
