/* --connection: which connections an output shows. */
#ifndef TCPVIZ_OUT_SELECT_H
#define TCPVIZ_OUT_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "out/sink.h"

static inline bool out_selected(const struct out_options *options, uint64_t number)
{
    if (options->connections == NULL)
        return true;
    for (unsigned i = 0; i < options->connection_count; i++)
        if (options->connections[i] == number)
            return true;
    return false;
}

#endif
