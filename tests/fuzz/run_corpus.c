/* Runs a fuzzer on files and on mutations of them, without libFuzzer: its corpus as a test of every
 * build. Speaks TAP. */
#include "config.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

#define MAX_BYTES 65536
#define MUTATIONS 3000
#define MAX_FILES 256

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static uint8_t input[MAX_BYTES];

static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    size_t length = 0;
    if (file != NULL) {
        length = fread(input, 1, sizeof input, file);
        fclose(file);
    }
    return length;
}

/* A copy of just its size, so that a read past the end is seen. */
static void run(size_t length)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    if (copy == NULL)
        abort();
    memcpy(copy, input, length);
    LLVMFuzzerTestOneInput(copy, length);
    free(copy);
}

static void mutate(struct random *random, size_t length)
{
    unsigned changes = 1 + random_below(random, 16);
    for (unsigned i = 0; i < changes && length > 0; i++)
        input[random_below(random, (uint32_t)length)] = (uint8_t)random_next(random);
}

static void run_mutations(struct random *random, const char *path)
{
    size_t length = read_file(path);
    for (unsigned i = 0; i < MUTATIONS; i++) {
        if (i % 64 == 0)
            length = read_file(path);
        mutate(random, length);
        run(length);
    }
}

static int run_directory(const char *directory)
{
    DIR *entries = opendir(directory);
    struct random random = {1};
    const struct dirent *entry;
    char path[4096];
    int files = 0;
    if (entries == NULL)
        return 0;
    while ((entry = readdir(entries)) != NULL && files < MAX_FILES) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        run(read_file(path));
        run_mutations(&random, path);
        printf("ok %d - %s\n", ++files, entry->d_name);
        fflush(stdout);
    }
    closedir(entries);
    return files;
}

int main(void)
{
    int files = run_directory(CORPUS_DIR);
    if (files == 0)
        printf("not ok 1 - no corpus in %s\n", CORPUS_DIR);
    printf("1..%d\n", files > 0 ? files : 1);
    return files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
