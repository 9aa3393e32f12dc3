/* Writes tcpviz-findings(7) from the table of findings, at build time. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "track/finding.h"

_Noreturn void base_out_of_memory(size_t size_bytes)
{
    fprintf(stderr, "out of memory: %zu bytes\n", size_bytes);
    exit(1);
}

/* A line of text: what mdoc would take for a request or an escape is kept from it. Sentences begin
 * on lines of their own. */
static void print_text(const char *text)
{
    if (*text == '.' || *text == '\'')
        fputs("\\&", stdout);
    for (; *text != '\0'; text++) {
        if (*text == '\\')
            fputs("\\e", stdout);
        else
            putchar(*text);
        if ((*text == '.' || *text == '?') && text[1] == ' ') {
            putchar('\n');
            text++;
        }
    }
    putchar('\n');
}

static void print_labelled(const char *label, const char *text)
{
    if (text == NULL)
        return;
    printf(".br\n.Em %s :\n", label);
    print_text(text);
}

static void print_entry(const struct track_finding_entry *entry)
{
    printf(".It Li %s\n", entry->name);
    print_text(entry->meaning);
    print_labelled("When", entry->condition);
    print_labelled("Look", entry->look);
    print_labelled("RFC", entry->rfc);
    print_labelled("Wireshark", entry->wireshark);
    print_labelled("Differs", entry->differs);
}

static const char head[] =
    ".Dd November 20, 2026\n"
    ".Dt TCPVIZ-FINDINGS 7\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm tcpviz-findings\n"
    ".Nd what tcpviz finds in TCP segments\n"
    ".Sh DESCRIPTION\n"
    ".Xr tcpviz 1\n"
    "compares each segment with what both ends sent before it.\n"
    "What is worth a look is a finding: it stands on the arrow of the timeline, in the\n"
    ".Li findings\n"
    "of a segment record of the JSON output, and is counted in the connection record.\n"
    ".Pp\n"
    "SND.UNA, SND.NXT and RCV.NXT are those of RFC 9293, as far as the capture shows them.\n"
    "Where Wireshark has a field for the same thing, it is named;\n"
    ".Fl Fl wireshark-findings\n"
    "gives its verdicts beside these.\n"
    ".Bl -tag -width Ds\n";

static const char tail[] = ".El\n"
                           ".Sh SEE ALSO\n"
                           ".Xr tcpviz 1\n";

int main(void)
{
    fputs(head, stdout);
    for (unsigned i = 0; i < TRACK_FINDINGS; i++)
        print_entry(track_finding_entry((enum track_finding)i));
    fputs(tail, stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}
