/* LINKTYPE_ to DLT_ and back: equal but for a few old ones (pcap-linktype(7)). */
#include "config.h"

#include "capture/linktype.h"

#include <stddef.h>

#include <pcap/pcap.h>

#include "capture/source.h"

static const struct {
    uint32_t link_type;
    int dlt;
} different[] = {
    {100, DLT_ATM_RFC1483}, {LINKTYPE_RAW, DLT_RAW}, {102, DLT_SLIP_BSDOS},
    {103, DLT_PPP_BSDOS},   {106, DLT_ATM_CLIP},
};
#define DIFFERENT (sizeof different / sizeof different[0])

uint32_t capture_linktype_from_dlt(int dlt)
{
    for (size_t i = 0; i < DIFFERENT; i++)
        if (different[i].dlt == dlt)
            return different[i].link_type;
    return (uint32_t)dlt;
}

int capture_linktype_to_dlt(uint32_t link_type)
{
    for (size_t i = 0; i < DIFFERENT; i++)
        if (different[i].link_type == link_type)
            return different[i].dlt;
    return (int)(link_type & 0xffff);
}

const char *capture_link_type_name(uint32_t link_type)
{
    if (link_type > 0xffff)
        return NULL;
    return pcap_datalink_val_to_name(capture_linktype_to_dlt(link_type));
}
