/* A pcap-filter(7) expression, compiled for each link type that shows up. */
#ifndef TCPVIZ_CAPTURE_FILTER_H
#define TCPVIZ_CAPTURE_FILTER_H

#include "capture/source.h"

struct capture_filter;

/* NULL and *error when the expression is wrong whatever the link type. Freed with
 * capture_filter_free(). */
struct capture_filter *capture_filter_new(const char *expression, struct capture_error *error);
void capture_filter_free(struct capture_filter *filter);

/* The slot of the program for packets of this link type; -1 and *error (without a file name) when
 * the expression makes no sense there. */
int capture_filter_slot(struct capture_filter *filter, uint32_t link_type,
                        struct capture_error *error);
bool capture_filter_passes(const struct capture_filter *filter, int slot,
                           const struct wire_packet *packet);

#endif
