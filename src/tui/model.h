/* What the screens show: every connection's timeline, and the list of those that pass the filter,
 * sorted. Fed by the tracker. */
#ifndef TCPVIZ_TUI_MODEL_H
#define TCPVIZ_TUI_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "filter/filter.h"
#include "track/tracker.h"
#include "tui/tui.h"
#include "view/activity.h"
#include "view/columns.h"
#include "view/cut.h"
#include "view/timeline.h"

struct tui_model;

struct tui_model *tui_model_new(const struct tui_options *options);
void tui_model_free(struct tui_model *model);
/* The model is its context. */
const struct track_observer *tui_model_observer(void);

/* True if something came since the last call. */
bool tui_model_changed(struct tui_model *model);
/* The time that ages are counted to, when it is later than the newest packet. */
void tui_model_set_now(struct tui_model *model, int64_t now_ns);
/* Holding keeps the list and what it says as they are; the model still learns. */
void tui_model_hold(struct tui_model *model, bool held);

void tui_model_set_sort(struct tui_model *model, enum view_column sort, bool reverse);
enum view_column tui_model_sort(const struct tui_model *model);
bool tui_model_is_reversed(const struct tui_model *model);
/* A filter that cannot be understood shows all: see tui_model_filter_error(). */
void tui_model_set_filter(struct tui_model *model, const char *text);
/* NULL: it is right. */
const struct filter_error *tui_model_filter_error(const struct tui_model *model);
const char *tui_model_filter(const struct tui_model *model);

/* Brings the list up to date, unless it is held or that was done a moment ago and takes long. */
void tui_model_refresh(struct tui_model *model, int64_t now_ms);
/* The same for what must hold at once, such as another filter: for keys that come before the next
 * frame. */
void tui_model_settle(struct tui_model *model);
/* The connections in the list. */
size_t tui_model_count(const struct tui_model *model);
/* … and how many there would be without the filter. */
size_t tui_model_unfiltered(const struct tui_model *model);
const struct track_connection *tui_model_at(const struct tui_model *model, size_t index);
/* The index of a connection in the list; SIZE_MAX if it is not in it. */
size_t tui_model_find(const struct tui_model *model, uint64_t number);
/* NULL if it was forgotten. */
const struct view_timeline *tui_model_timeline(const struct tui_model *model, uint64_t number);
/* What a kernel said last of an end; NULL: nothing, or it is a replay's moment. Valid until more is
 * read. */
const struct track_kernel_socket *tui_model_kernel(const struct tui_model *model, uint64_t number,
                                                   enum track_side side);
/* What it sent over its life; NULL if it was forgotten. */
const struct view_activity *tui_model_activity(const struct tui_model *model, uint64_t number);
/* Up to when ages, and lives, go. */
int64_t tui_model_now(const struct tui_model *model);
/* When the capture's first packet was. */
int64_t tui_model_start(const struct tui_model *model);

/* Marks, which a connection keeps while the list changes. */
void tui_model_mark(struct tui_model *model, uint64_t number, bool marked);
bool tui_model_is_marked(const struct tui_model *model, uint64_t number);
size_t tui_model_marks(const struct tui_model *model);

/* --- replay: the same connections as they were at a moment --- */

/* How many connections there are by number, 1 to this; and each one's whole life, NULL if it was
 * forgotten or is not wanted, also during a replay. */
uint64_t tui_model_numbers(const struct tui_model *model);
const struct view_timeline *tui_model_whole(const struct tui_model *model, uint64_t number);
/* From now on only what tui_model_cut() gave is shown; nothing at first. Again: from nothing. What
 * comes meanwhile is learned and shown afterwards; the lives are cut as they are now. */
void tui_model_start_replay(struct tui_model *model);
void tui_model_end_replay(struct tui_model *model);
/* A connection as it was at the moment; cheap if that was asked for already. */
void tui_model_cut(struct tui_model *model, uint64_t number, struct view_moment moment);
/* What ages are counted to. */
void tui_model_set_replay_clock(struct tui_model *model, int64_t now_ns);

/* Connections that were forgotten to keep memory bounded. */
uint64_t tui_model_forgotten(const struct tui_model *model);

/* Figures of a connection as the list sorts by them. */
uint64_t tui_connection_packets(const struct track_connection *connection);
uint64_t tui_connection_bytes(const struct track_connection *connection);
uint64_t tui_connection_findings(const struct track_connection *connection);
/* Bytes a second of the faster end. */
uint64_t tui_connection_throughput(const struct track_connection *connection);
int64_t tui_connection_rtt(const struct track_connection *connection); /* ns; -1: not known */
int64_t tui_connection_age(const struct tui_model *model,
                           const struct track_connection *connection);

#endif
