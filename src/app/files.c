/* The files that -r names: a directory stands for the captures in it. */
#include "config.h"

#include "app/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "app/catalogue.h"
#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/source.h"

static void append(struct app_files *files, char *name, bool was_named)
{
    files->files = base_realloc(files->files, files->count + 1, sizeof files->files[0]);
    files->files[files->count++] = (struct app_file){name, was_named};
}

static char *join_path(const char *directory, const char *name)
{
    struct base_strbuf path = BASE_STRBUF_INIT;
    size_t length = strlen(directory);
    base_strbuf_printf(&path, "%s%s%s", directory,
                       length > 0 && directory[length - 1] == '/' ? "" : "/", name);
    char *text = base_strdup(base_strbuf_text(&path));
    base_strbuf_free(&path);
    return text;
}

static bool is_regular(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* By what is in it, not by its name. */
static bool is_capture(const char *path)
{
    struct capture_error error;
    struct capture_source *source = capture_open_file(path, &(struct capture_options){0}, &error);
    if (source == NULL)
        return false;
    capture_source_close(source);
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct app_file *)a)->name, ((const struct app_file *)b)->name);
}

static bool add_directory(struct app_files *files, const char *name, struct base_strbuf *error)
{
    DIR *directory = opendir(name);
    if (directory == NULL) {
        base_strbuf_printf(error, "%s: %s", name, strerror(errno));
        return false;
    }
    size_t first = files->count;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = join_path(name, entry->d_name);
        if (is_regular(path))
            append(files, path, false);
        else
            free(path);
    }
    closedir(directory);
    if (files->count > first)
        qsort(files->files + first, files->count - first, sizeof files->files[0], by_name);
    files->directories =
        base_realloc(files->directories, files->directory_count + 1, sizeof files->directories[0]);
    files->directories[files->directory_count++] = base_strdup(name);
    return true;
}

bool app_files_add(struct app_files *files, const char *name, struct base_strbuf *error)
{
    struct stat status;
    if (strcmp(name, "-") != 0 && stat(name, &status) == 0 && S_ISDIR(status.st_mode))
        return add_directory(files, name, error);
    struct base_strbuf bundled = BASE_STRBUF_INIT;
    bool missing = strcmp(name, "-") != 0 && stat(name, &status) != 0 && errno == ENOENT;
    bool found = missing && app_catalogue_find(name, &bundled);
    append(files, base_strdup(found ? base_strbuf_text(&bundled) : name), true);
    base_strbuf_free(&bundled);
    return true;
}

/* Whether one of the files lies in a directory that was looked into. */
static bool has_one_of(const struct app_files *files, const char *directory)
{
    size_t length = strlen(directory);
    for (size_t i = 0; i < files->count; i++) {
        const struct app_file *file = &files->files[i];
        if (!file->was_named && strncmp(file->name, directory, length) == 0 &&
            strchr(file->name + length + (file->name[length] == '/'), '/') == NULL)
            return true;
    }
    return false;
}

void app_files_check(struct app_files *files, struct base_strbuf *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < files->count; i++) {
        struct app_file file = files->files[i];
        if (file.was_named || is_capture(file.name))
            files->files[kept++] = file;
        else
            free(file.name);
    }
    files->count = kept;
    for (size_t i = 0; i < files->directory_count; i++)
        if (!has_one_of(files, files->directories[i]))
            base_strbuf_printf(error, _("%s: no capture is in this directory\n"),
                               files->directories[i]);
}

bool app_files_hold(const struct app_files *files, const char *path)
{
    struct stat wanted, status;
    if (stat(path, &wanted) != 0 || !S_ISREG(wanted.st_mode))
        return false;
    for (size_t i = 0; i < files->count; i++)
        if (stat(files->files[i].name, &status) == 0 && status.st_dev == wanted.st_dev &&
            status.st_ino == wanted.st_ino)
            return true;
    return false;
}

void app_files_end_name(const char *name, const char *end, struct base_strbuf *out)
{
    const char *dot = strrchr(name, '.'), *slash = strrchr(name, '/');
    size_t stem =
        dot != NULL && (slash == NULL || dot > slash) ? (size_t)(dot - name) : strlen(name);
    base_strbuf_printf(out, "%.*s-%s%s", (int)stem, name, end, name + stem);
}

void app_files_free(struct app_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->files[i].name);
    for (size_t i = 0; i < files->directory_count; i++)
        free(files->directories[i]);
    free(files->files);
    free(files->directories);
    *files = (struct app_files){0};
}

bool app_files_have_pipe(const struct app_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->files[i].name, "-") == 0)
            return true;
    return false;
}

void app_files_copy(struct app_files *files, const struct app_files *from)
{
    *files = (struct app_files){.count = from->count};
    files->files = base_calloc(from->count, sizeof files->files[0]);
    for (size_t i = 0; i < from->count; i++)
        files->files[i] =
            (struct app_file){base_strdup(from->files[i].name), from->files[i].was_named};
}
