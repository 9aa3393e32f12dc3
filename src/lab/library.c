/* Finds scenarios by name. */
#include "config.h"

#include "lab/library.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "lab/words.h"

#define MAX_SCENARIOS 1000
#define DIRECTORIES 3

static const char *directory(unsigned number)
{
    return number == 0   ? getenv("TCPVIZ_CAPTURES")
           : number == 1 ? PKGDATADIR "/captures"
                         : "captures";
}

static bool is_lab_name(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && strcmp(name + length - 4, ".lab") == 0;
}

struct lab_scenario *lab_library_open(const char *name, struct base_strbuf *error)
{
    if (strchr(name, '/') != NULL || is_lab_name(name))
        return lab_scenario_read(name, error);
    for (unsigned i = 0; i < DIRECTORIES; i++) {
        if (directory(i) == NULL)
            continue;
        struct base_strbuf path = BASE_STRBUF_INIT;
        base_strbuf_printf(&path, "%s/%s.lab", directory(i), name);
        bool found = access(base_strbuf_text(&path), F_OK) == 0;
        struct lab_scenario *scenario =
            found ? lab_scenario_read(base_strbuf_text(&path), error) : NULL;
        base_strbuf_free(&path);
        if (found)
            return scenario;
    }
    base_strbuf_printf(error, _("%s: no such scenario; --lab list lists them"), name);
    return NULL;
}

bool lab_library_find_capture(const struct lab_scenario *scenario, struct base_strbuf *out)
{
    size_t length = strlen(scenario->file);
    if (is_lab_name(scenario->file))
        length -= 4;
    base_strbuf_clear(out);
    base_strbuf_printf(out, "%.*s.pcap", (int)length, scenario->file);
    return access(base_strbuf_text(out), R_OK) == 0;
}

void lab_library_capture(const struct lab_scenario *scenario, struct base_strbuf *out)
{
    if (lab_library_find_capture(scenario, out))
        return;
    base_strbuf_clear(out);
    base_strbuf_str(out, PKGDATADIR "/captures");
}

static int is_scenario(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && is_lab_name(entry->d_name);
}

/* Those without a number come last. */
static int by_lesson(const void *left, const void *right)
{
    const struct lab_scenario *a = *(struct lab_scenario *const *)left;
    const struct lab_scenario *b = *(struct lab_scenario *const *)right;
    if (a->lesson - 1 != b->lesson - 1)
        return a->lesson - 1 < b->lesson - 1 ? -1 : 1;
    return strcmp(a->name, b->name);
}

static size_t read_directory(const char *name, struct lab_scenario **out, struct base_strbuf *error)
{
    struct dirent **entries;
    int count = scandir(name, &entries, is_scenario, alphasort);
    size_t read = 0;
    for (int i = 0; i < count; i++) {
        struct base_strbuf path = BASE_STRBUF_INIT, why = BASE_STRBUF_INIT;
        base_strbuf_printf(&path, "%s/%s", name, entries[i]->d_name);
        struct lab_scenario *scenario =
            read < MAX_SCENARIOS ? lab_scenario_read(base_strbuf_text(&path), &why) : NULL;
        if (scenario != NULL)
            out[read++] = scenario;
        else
            base_strbuf_printf(error, "%s\n", base_strbuf_text(&why));
        base_strbuf_free(&path);
        base_strbuf_free(&why);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return read;
}

/* Owned, as each of them is. */
static struct lab_scenario **read_all(size_t *count, struct base_strbuf *error)
{
    struct lab_scenario **all = base_calloc(MAX_SCENARIOS, sizeof *all);
    *count = 0;
    for (unsigned i = 0; *count == 0 && i < DIRECTORIES; i++)
        if (directory(i) != NULL)
            *count = read_directory(directory(i), all, error);
    qsort(all, *count, sizeof *all, by_lesson);
    return all;
}

bool lab_library_each(lab_library_fn *each, void *context, struct base_strbuf *error)
{
    size_t count;
    struct lab_scenario **all = read_all(&count, error);
    for (size_t i = 0; i < count; i++) {
        each(context, all[i]);
        lab_scenario_free(all[i]);
    }
    free(all);
    return count > 0;
}

void lab_course_read(struct lab_course *course, struct base_strbuf *error)
{
    struct base_strbuf capture = BASE_STRBUF_INIT;
    size_t count;
    *course = (struct lab_course){.lessons = read_all(&count, error)};
    for (size_t i = 0; i < count; i++) {
        struct lab_scenario *scenario = course->lessons[i];
        if (scenario->lesson > 0 && lab_library_find_capture(scenario, &capture))
            course->lessons[course->count++] = scenario;
        else
            lab_scenario_free(scenario);
    }
    base_strbuf_free(&capture);
}

size_t lab_course_find(const struct lab_course *course, const char *name)
{
    int64_t number;
    if (lab_word_number(name, 1, MAX_SCENARIOS, &number))
        return (size_t)number <= course->count ? (size_t)number - 1 : course->count;
    size_t i = 0;
    while (i < course->count && strcmp(course->lessons[i]->name, name) != 0)
        i++;
    return i;
}

void lab_course_free(struct lab_course *course)
{
    for (size_t i = 0; i < course->count; i++)
        lab_scenario_free(course->lessons[i]);
    free(course->lessons);
    *course = (struct lab_course){0};
}
