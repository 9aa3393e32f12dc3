/* A captured packet as the sources hand it on: where it was seen and its bytes. */
#ifndef TCPVIZ_WIRE_PACKET_H
#define TCPVIZ_WIRE_PACKET_H

#include <stdint.h>

struct wire_packet {
    uint64_t number;    /* 1-based, in the order read: the frame number of every output */
    int64_t time_ns;    /* since the epoch, UTC */
    uint32_t link_type; /* LINKTYPE_ value as in capture files (not the host's DLT_) */
    uint32_t
        interface; /* index of the capture interface in its file or source, 0 if there is one */
    uint32_t captured_bytes; /* bytes at data */
    uint32_t wire_bytes;     /* length on the wire, >= captured_bytes in a sane file */
    const uint8_t *data;     /* borrowed: valid until the source reads on */
};

#endif
