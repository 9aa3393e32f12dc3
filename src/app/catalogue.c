/* Finds what there is to open. */
#include "config.h"

#include "app/catalogue.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/recent.h"
#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/source.h"
#include "lab/library.h"

#define MAX_THINGS 2000
/* More recent files would push the rest off the screen. */
#define RECENT_SHOWN 5

static void add(struct app_catalogue *catalogue, enum app_thing_kind kind, const char *name,
                const char *label, const char *about)
{
    if (catalogue->count == MAX_THINGS)
        return;
    if (catalogue->count == catalogue->capacity) {
        catalogue->capacity = catalogue->capacity > 0 ? 2 * catalogue->capacity : 64;
        catalogue->things =
            base_realloc(catalogue->things, catalogue->capacity, sizeof catalogue->things[0]);
    }
    catalogue->things[catalogue->count++] =
        (struct app_thing){kind, base_strdup(name), base_strdup(label), base_strdup(about)};
}

/* Up to max bytes of a file. Appends; nothing if it cannot be read. */
static void read_text(const char *file, size_t max, struct base_strbuf *out)
{
    char piece[4096];
    FILE *stream = fopen(file, "re");
    if (stream == NULL)
        return;
    size_t got;
    while (out->length < max && (got = fread(piece, 1, sizeof piece, stream)) > 0)
        base_strbuf_add(out, piece, got);
    fclose(stream);
}

/* --- recent files and interfaces --- */

static void add_recent(struct app_catalogue *catalogue)
{
    char **names;
    size_t count = app_recent_read(&names), shown = 0;
    for (size_t i = 0; i < count && shown < RECENT_SHOWN; i++) {
        if (access(names[i], R_OK) != 0)
            continue;
        char *slash = strrchr(names[i], '/');
        struct base_strbuf directory = BASE_STRBUF_INIT;
        base_strbuf_add(&directory, names[i], slash > names[i] ? (size_t)(slash - names[i]) : 1);
        add(catalogue, APP_THING_RECENT, names[i], slash + 1, base_strbuf_text(&directory));
        base_strbuf_free(&directory);
        shown++;
    }
    app_recent_free(names, count);
}

static void add_interface(void *context, const char *name, const char *description, bool up,
                          bool loopback)
{
    const char *about = description[0] != '\0' ? description
                        : loopback             ? _("this host's traffic with itself")
                                               : "";
    if (up)
        add(context, APP_THING_INTERFACE, name, name, about);
}

/* --- bundled captures --- */

static const char *directory(unsigned number)
{
    return number == 0   ? getenv("TCPVIZ_CAPTURES")
           : number == 1 ? PKGDATADIR "/captures"
                         : "captures";
}
#define DIRECTORIES 3

static bool is_capture_name(const char *name)
{
    size_t length = strlen(name);
    return length > 5 && name[0] != '.' && strcmp(name + length - 5, ".pcap") == 0;
}

static int is_capture(const struct dirent *entry)
{
    return is_capture_name(entry->d_name);
}

/* What the scenario beside a capture says that it is. */
static void add_title(const char *where, const char *label, struct base_strbuf *out)
{
    struct base_strbuf path = BASE_STRBUF_INIT, wrong = BASE_STRBUF_INIT;
    base_strbuf_printf(&path, "%s/%s.lab", where, label);
    struct lab_scenario *scenario = lab_scenario_read(base_strbuf_text(&path), &wrong);
    if (scenario != NULL)
        base_strbuf_str(out, scenario->title);
    lab_scenario_free(scenario);
    base_strbuf_free(&path);
    base_strbuf_free(&wrong);
}

static bool add_captures(struct app_catalogue *catalogue, const char *where)
{
    struct dirent **entries;
    int count = where != NULL ? scandir(where, &entries, is_capture, alphasort) : -1;
    if (count < 0)
        return false;
    struct base_strbuf path = BASE_STRBUF_INIT;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct base_strbuf about = BASE_STRBUF_INIT, label = BASE_STRBUF_INIT;
        base_strbuf_add(&label, name, strlen(name) - 5);
        add_title(where, base_strbuf_text(&label), &about);
        base_strbuf_clear(&path);
        base_strbuf_printf(&path, "%s/%s", where, name);
        add(catalogue, APP_THING_CAPTURE, base_strbuf_text(&path), base_strbuf_text(&label),
            base_strbuf_text(&about));
        base_strbuf_free(&about);
        base_strbuf_free(&label);
        free(entries[i]);
    }
    free(entries);
    base_strbuf_free(&path);
    return count > 0;
}

bool app_catalogue_find(const char *name, struct base_strbuf *path)
{
    if (name[0] == '\0' || name[0] == '.' || strchr(name, '/') != NULL)
        return false;
    for (unsigned i = 0; i < DIRECTORIES; i++) {
        if (directory(i) == NULL)
            continue;
        base_strbuf_clear(path);
        base_strbuf_printf(path, "%s/%s%s", directory(i), name,
                           is_capture_name(name) ? "" : ".pcap");
        if (access(base_strbuf_text(path), R_OK) == 0)
            return true;
    }
    base_strbuf_clear(path);
    return false;
}

/* --- the lab --- */

#ifdef HAVE_LAB
static void add_scenario(void *context, const struct lab_scenario *scenario)
{
    add(context, APP_THING_LAB, scenario->name, scenario->name,
        scenario->title != NULL ? scenario->title : "");
}
#endif

/* --- public --- */

void app_catalogue_read(struct app_catalogue *catalogue)
{
    struct capture_error error;
    *catalogue = (struct app_catalogue){0};
    add_recent(catalogue);
    capture_list_interfaces(add_interface, catalogue, &error);
    for (unsigned i = 0; i < DIRECTORIES && !add_captures(catalogue, directory(i)); i++)
        ;
#ifdef HAVE_LAB
    struct base_strbuf wrong = BASE_STRBUF_INIT;
    lab_library_each(add_scenario, catalogue, &wrong);
    base_strbuf_free(&wrong);
#endif
}

void app_catalogue_free(struct app_catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        free(catalogue->things[i].name);
        free(catalogue->things[i].label);
        free(catalogue->things[i].about);
    }
    free(catalogue->things);
    *catalogue = (struct app_catalogue){0};
}

void app_catalogue_read_traffic(struct base_strbuf *text)
{
    read_text("/proc/net/dev", 1 << 20, text);
}

/* A line: "  eth0: bytes packets errs drop fifo frame compressed multicast bytes packets …". */
bool app_catalogue_traffic(const char *text, const char *interface, uint64_t *bytes,
                           uint64_t *packets)
{
    size_t length = strlen(interface);
    for (const char *line = text; *line != '\0';
         line += strcspn(line, "\n"), line += *line == '\n') {
        const char *name = line + strspn(line, " ");
        if (strncmp(name, interface, length) != 0 || name[length] != ':')
            continue;
        uint64_t in_bytes, in_packets, out_bytes, out_packets;
        if (sscanf(name + length + 1,
                   "%" SCNu64 " %" SCNu64 " %*s %*s %*s %*s %*s %*s %" SCNu64 " %" SCNu64,
                   &in_bytes, &in_packets, &out_bytes, &out_packets) != 4)
            return false;
        *bytes = in_bytes + out_bytes;
        *packets = in_packets + out_packets;
        return true;
    }
    return false;
}
