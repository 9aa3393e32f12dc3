/* From the sources to the tracker: reads packets in bounded pieces, saves them, decodes them and
 * hands the segments on. The headless loop and the terminal UI both drive it. */
#ifndef TCPVIZ_APP_FEED_H
#define TCPVIZ_APP_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "app/options.h"
#include "app/packets.h"
#include "base/strbuf.h"
#include "capture/source.h"
#include "out/sink.h"
#include "track/tracker.h"

struct app_feed;

/* Opens what the options name: an interface, or the first of the files that can be. NULL and one
 * line of "what: why" in *error if nothing could be. The options are borrowed. */
struct app_feed *app_feed_open(const struct app_options *options, struct base_strbuf *error);
/* A feed that reads the same files from their beginning, through the same filter, and saves
 * nothing; for a feed that was opened and lives as long. Rights are as they are. NULL and a line of
 * "what: why" in *error. */
struct app_feed *app_feed_again(const struct app_feed *feed, struct base_strbuf *error);
/* The options of the command line for a sink that is opened later: all connections, no colours. */
struct out_options app_feed_out_options(const struct app_feed *feed);
/* True for the names of -w and -o. */
bool app_feed_saves_in(const struct app_feed *feed, const char *file);
/* Who is told what the tracker finds; once, before the first app_feed_read(). */
void app_feed_observe(struct app_feed *feed, const struct track_observer *observer, void *context);
void app_feed_close(struct app_feed *feed);

/* Reads at most max packets; CAPTURE_END also after -c and after an error, which
 * app_feed_problems() then tells. */
enum capture_status app_feed_read(struct app_feed *feed, unsigned max);
/* To poll for reading; -1: always ready. Changes from file to file. */
int app_feed_fd(const struct app_feed *feed);
/* Nothing was waiting: flushes what is saved and, on an interface, lets the tracker's timers run
 * by the wall clock. */
void app_feed_idle(struct app_feed *feed);
/* How long may be waited for packets before app_feed_idle() has something to do; at most so long.
 */
int app_feed_wait_ms(const struct app_feed *feed, int most_ms);
/* No more will be read: writes out every connection and closes the saved file. */
void app_feed_finish(struct app_feed *feed);

/* From now on packets can be had again: app_feed_fetch(). Before the first app_feed_read(). */
void app_feed_keep_packets(struct app_feed *feed);
/* As app_packets_fetch(); APP_FETCH_NOT_KEPT unless they are kept. */
enum app_fetch app_feed_fetch(struct app_feed *feed, uint64_t number, unsigned max,
                              struct wire_packet *out);

/* True if more packets may come without an end: an interface or a pipe. */
bool app_feed_is_live(const struct app_feed *feed);
/* True for an interface, whose time is the clock's. */
bool app_feed_is_interface(const struct app_feed *feed);
/* Totals so far; the strings live as long as the feed. */
void app_feed_describe(const struct app_feed *feed, struct out_capture *out);
/* Done and total bytes of all files together; total 0: not known. */
void app_feed_progress(const struct app_feed *feed, uint64_t *done, uint64_t *total);
/* What went wrong on the way, a line of "what: why" each; "" if nothing. */
const char *app_feed_problems(const struct app_feed *feed);
/* The program is about to end for want of memory: writes out what is saved, allocating nothing. */
void app_feed_rescue(void);
/* There is nothing more to read, and nothing was left out by -c, a signal or a full disk. */
bool app_feed_read_to_end(const struct app_feed *feed);
/* The reader of -w - went away. */
bool app_feed_writer_gone(const struct app_feed *feed);

#endif
