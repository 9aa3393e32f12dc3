/* --connection, -Y: which connections an output shows. */
#ifndef TCPVIZ_OUT_SELECT_H
#define TCPVIZ_OUT_SELECT_H

#include <stdbool.h>
#include <stdint.h>

#include "out/sink.h"

static inline bool out_selected(const struct out_options *options, uint64_t number)
{
    if (options->connections == NULL)
        return true;
    unsigned low = 0, high = options->connection_count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (options->connections[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < options->connection_count && options->connections[low] == number;
}

#endif
