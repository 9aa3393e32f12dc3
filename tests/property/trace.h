/* A run as text, to see who is wrong. */
#ifndef TCPVIZ_PROPERTY_TRACE_H
#define TCPVIZ_PROPERTY_TRACE_H

#include "simulate.h"
#include "told.h"

/* Every frame of a capture with what both hosts did until then, and what the tracker told of them.
 * keep[i] false: the tracker was not given frame i + 1. */
void trace_print(const struct sim *sim, unsigned vantage, const bool *keep,
                 const struct told *told);

#endif
