/* The topics of --help. */
#include "config.h"

#include <string.h>

#include "app/options.h"
#include "base/intl.h"
#include "filter/filter.h"
#include "out/format.h"
#include "track/finding.h"

static void add_line(struct base_strbuf *out, const char *label, const char *text)
{
    if (text != NULL)
        base_strbuf_printf(out, "    %s%s%s\n", label, *label != '\0' ? ": " : "", text);
}

static void add_findings(struct base_strbuf *out)
{
    base_strbuf_str(out,
                    _("What tcpviz finds in a segment, by the name that JSON and filters use.\n"));
    for (unsigned i = 0; i < TRACK_FINDINGS; i++) {
        const struct track_finding_entry *entry = track_finding_entry((enum track_finding)i);
        base_strbuf_printf(out, "\n%s\n", entry->name);
        add_line(out, "", _(entry->meaning));
        add_line(out, _("when"), entry->condition != NULL ? _(entry->condition) : NULL);
        add_line(out, _("look"), entry->look != NULL ? _(entry->look) : NULL);
        base_strbuf_printf(out, "    RFC %s", entry->rfc);
        if (entry->wireshark != NULL)
            base_strbuf_printf(out, "; Wireshark: %s", entry->wireshark);
        base_strbuf_char(out, '\n');
        add_line(out, _("differs"), entry->differs != NULL ? _(entry->differs) : NULL);
    }
}

static void add_formats(struct base_strbuf *out)
{
    base_strbuf_str(out, _("What -f takes, with the usual ending of a file's name.\n\n"));
    base_strbuf_printf(out, "%-10s %-8s %s\n", "tui", "", _("the terminal user interface"));
    for (unsigned i = 0; i < OUT_KINDS; i++) {
        const struct out_format *format = out_format((enum out_kind)i);
        base_strbuf_printf(out, "%-10s .%-7s %s%s\n", format->name, format->extension,
                           _(format->what), format->one ? _("; one connection") : "");
    }
}

static const struct {
    const char *name;
    void (*add)(struct base_strbuf *out);
} topics[] = {
    {"filter", filter_help},
    {"findings", add_findings},
    {"formats", add_formats},
};

bool app_help_topic(const char *topic, struct base_strbuf *out, struct base_strbuf *error)
{
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++)
        if (strcmp(topics[i].name, topic) == 0) {
            topics[i].add(out);
            return true;
        }
    base_strbuf_printf(error, _("--help %s: no such topic; there is"), topic);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++)
        base_strbuf_printf(error, "%s %s", i > 0 ? "," : "", topics[i].name);
    return false;
}
