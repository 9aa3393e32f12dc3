/* Saves connections while the terminal UI runs: their packets as a capture, or any format that
 * there is. In pieces, so that nothing waits for it. */
#ifndef TCPVIZ_APP_SAVE_H
#define TCPVIZ_APP_SAVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/feed.h"
#include "base/strbuf.h"
#include "out/format.h"
#include "track/event.h"

/* What can be saved: the packets, then the formats of out/format.h. */
#define APP_SAVE_KINDS (1 + (unsigned)OUT_KINDS)
#define APP_SAVE_PACKETS 0
/* For people, and of file names, without the dot. */
const char *app_save_name(unsigned kind);
const char *app_save_words(unsigned kind);
const char *app_save_extension(unsigned kind);

struct app_save;

/* Begins to save the connections in a new file. The feed is borrowed and has to live as long; the
 * records are copied. NULL and a line of "what: why" in *error: the file is there already or cannot
 * be made, or a live capture, which cannot be read again, was to be saved in another form than its
 * packets. */
struct app_save *app_save_begin(struct app_feed *feed, unsigned kind, const char *file, bool ascii,
                                const struct track_connection *const *connections, size_t count,
                                struct base_strbuf *error);
/* Goes on for a while; false when it is done, or broke. */
bool app_save_step(struct app_save *save);
/* 0 to 100. */
int app_save_percent(const struct app_save *save);
/* Closes the file and frees all; appends a line that says what was saved. False: something was
 * lost, and the line says what. */
bool app_save_end(struct app_save *save, struct base_strbuf *result);

#endif
