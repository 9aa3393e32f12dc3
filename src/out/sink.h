/* Where results go: each output format is a sink. */
#ifndef TCPVIZ_OUT_SINK_H
#define TCPVIZ_OUT_SINK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "join/join.h"
#include "track/tracker.h"
#include "wire/segment.h"

/* What the whole run read, for the capture record and the closing lines. */
struct out_capture {
    const char *source;    /* file or interface name */
    const char *link_type; /* "EN10MB", or NULL */
    uint64_t frames, tcp_segments, connections, evicted;
    uint64_t skipped[WIRE_SKIP_KINDS];
    uint64_t kernel_dropped, interface_dropped;
    bool complete; /* false: the source broke or drops were seen */
    /* --kernel: what it took to ask this host; valid if kernel_asked */
    bool kernel_asked;
    uint64_t kernel_rounds, kernel_questions, process_scans;
    uint64_t kernel_not_asked; /* connections for which there was no room */
    struct join_clock clock; /* with the other end's capture; known: there is one */
};

/* Colours of pictures. */
enum out_theme {
    OUT_THEME_BOTH, /* light or dark, as the viewer prefers */
    OUT_THEME_DARK,
    OUT_THEME_LIGHT,
    OUT_THEME_COLOR_BLIND,
    OUT_THEME_MONO,
    OUT_THEME_PROJECTOR
};

/* What a picture shows. */
enum out_view { OUT_VIEW_TIMELINE, OUT_VIEW_STATES, OUT_VIEW_SEQUENCE };

struct out_options {
    bool segments;  /* a record per segment too */
    bool wireshark; /* segment records carry Wireshark's verdicts */
    bool explain;   /* the ladder has sentences below each arrow */
    bool ascii;
    bool color;
    bool numeric;   /* -n: port numbers, not service names */
    bool absolute;  /* -S: raw sequence numbers */
    unsigned width; /* columns of text output; 0: 100 */
    enum out_theme theme;
    enum out_view view;
    /* --connection, -Y: NULL or ascending numbers, count long */
    const uint64_t *connections;
    unsigned connection_count;
    bool live;            /* rows are wanted as they come */
    int64_t time_wait_ns; /* how long TIME_WAIT lasts (2 MSL), to be said; 0: not said */
};

struct out_sink {
    struct track_observer observer; /* called with the sink as context */
    /* After the tracker's finish. */
    void (*finish)(struct out_sink *sink, const struct out_capture *capture);
    void (*free)(struct out_sink *sink);
};

/* Each writes to the stream, which stays the caller's; write errors show in ferror(), flushing is
 * the caller's. The options are copied, the list of connections is borrowed until free(). Never
 * NULL. */
struct out_sink *out_json_new(FILE *stream, const struct out_options *options);
struct out_sink *out_summary_new(FILE *stream, const struct out_options *options);
struct out_sink *out_ladder_new(FILE *stream, const struct out_options *options);
struct out_sink *out_html_new(FILE *stream, const struct out_options *options);
struct out_sink *out_markdown_new(FILE *stream, const struct out_options *options);
struct out_sink *out_dot_new(FILE *stream, const struct out_options *options);
struct out_sink *out_mermaid_new(FILE *stream, const struct out_options *options);
struct out_sink *out_zeek_new(FILE *stream, const struct out_options *options);
struct out_sink *out_csv_new(FILE *stream, const struct out_options *options);
struct out_sink *out_svg_new(FILE *stream, const struct out_options *options);

#endif
