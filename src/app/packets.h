/* Packets again, after they were decoded: those of files are read anew, of the rest the beginnings
 * of the latest ones are kept. */
#ifndef TCPVIZ_APP_PACKETS_H
#define TCPVIZ_APP_PACKETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/packet.h"

/* What is kept of packets that cannot be read again: 9 MB at most. */
#define APP_PACKETS_KEPT 32768
#define APP_PACKETS_KEPT_BYTES 256
/* A packet that is read anew is cut here. */
#define APP_PACKETS_READ_BYTES 262144

enum app_fetch {
    APP_FETCH_DONE,
    APP_FETCH_MORE,     /* not yet: ask again */
    APP_FETCH_NOT_KEPT, /* too long ago */
    APP_FETCH_FAILED    /* the file cannot be read any more, or is another one */
};

struct app_packets;

/* Never NULL. */
struct app_packets *app_packets_new(void);
void app_packets_free(struct app_packets *packets);

/* A packet that cannot be read again. */
void app_packets_keep(struct app_packets *packets, const struct wire_packet *packet);
/* A file that can; its packets' numbers count from base on. Files come in this order. */
void app_packets_add_file(struct app_packets *packets, const char *name, uint64_t base);

/* The packet of that number. Looks at most at max packets of a file a call. Its bytes are valid
 * until the next call. */
enum app_fetch app_packets_fetch(struct app_packets *packets, uint64_t number, unsigned max,
                                 struct wire_packet *out);

#endif
