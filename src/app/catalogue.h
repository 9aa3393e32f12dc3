/* What there is to open: recent files, interfaces, bundled captures, lab scenarios. */
#ifndef TCPVIZ_APP_CATALOGUE_H
#define TCPVIZ_APP_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"

enum app_thing_kind {
    APP_THING_RECENT, /* in the order of the list */
    APP_THING_INTERFACE,
    APP_THING_CAPTURE,
    APP_THING_LAB,
    APP_THING_KINDS
};

struct app_thing {
    enum app_thing_kind kind;
    char *name;  /* owned: what to open: a path, an interface, a scenario */
    char *label; /* owned: its name to show */
    char *about; /* owned: what it is or teaches */
};

struct app_catalogue {
    struct app_thing *things; /* owned; by kind */
    size_t count, capacity;
};

/* What cannot be listed is left out. */
void app_catalogue_read(struct app_catalogue *catalogue);
void app_catalogue_free(struct app_catalogue *catalogue);

/* The path of a bundled capture by its name, with or without ".pcap"; false: there is none. */
bool app_catalogue_find(const char *name, struct base_strbuf *path);

/* Bytes and packets that an interface has received and sent since it came up; false: not known.
 * text is that of /proc/net/dev. */
bool app_catalogue_traffic(const char *text, const char *interface, uint64_t *bytes,
                           uint64_t *packets);
/* /proc/net/dev, bounded. Appends. */
void app_catalogue_read_traffic(struct base_strbuf *text);

#endif
