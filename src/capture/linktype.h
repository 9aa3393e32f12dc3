/* LINKTYPE_ values, as files hold them, and this host's DLT_ values, as libpcap wants them. */
#ifndef TCPVIZ_CAPTURE_LINKTYPE_H
#define TCPVIZ_CAPTURE_LINKTYPE_H

#include <stdint.h>

#define LINKTYPE_ETHERNET 1u
#define LINKTYPE_NULL 0u
#define LINKTYPE_PPP 9u
#define LINKTYPE_RAW 101u
#define LINKTYPE_LOOP 108u
#define LINKTYPE_LINUX_SLL 113u
#define LINKTYPE_IPV4 228u
#define LINKTYPE_IPV6 229u
#define LINKTYPE_LINUX_SLL2 276u

uint32_t capture_linktype_from_dlt(int dlt);
int capture_linktype_to_dlt(uint32_t link_type);

#endif
