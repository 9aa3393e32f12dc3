/* Names of skip reasons, layers and link types. */
#include "config.h"

#include <stddef.h>

#include "wire/linktype.h"
#include "wire/segment.h"

const char *wire_skip_name(enum wire_skip skip)
{
    switch (skip) {
    case WIRE_SKIP_NOT_IP:
        return "not_ip";
    case WIRE_SKIP_NOT_TCP:
        return "not_tcp";
    case WIRE_SKIP_TRUNCATED:
        return "truncated";
    case WIRE_SKIP_MALFORMED:
        return "malformed";
    case WIRE_SKIP_FRAGMENT:
        return "fragment";
    case WIRE_SKIP_LINK_TYPE:
        return "link_type";
    case WIRE_SKIP_TOO_DEEP:
        return "too_deep";
    case WIRE_SKIP_DUPLICATE:
        return "duplicate";
    case WIRE_SKIP_KINDS:
        break;
    }
    return "";
}

static const char *const layer_names[] = {
    [WIRE_LAYER_NONE] = "",
    [WIRE_LAYER_ETHERNET] = "Ethernet",
    [WIRE_LAYER_SLL] = "Linux cooked",
    [WIRE_LAYER_SLL2] = "Linux cooked v2",
    [WIRE_LAYER_LOOPBACK] = "loopback",
    [WIRE_LAYER_RAW] = "raw IP",
    [WIRE_LAYER_LLC] = "LLC",
    [WIRE_LAYER_VLAN] = "802.1Q",
    [WIRE_LAYER_MPLS] = "MPLS",
    [WIRE_LAYER_PPPOE] = "PPPoE",
    [WIRE_LAYER_PPP] = "PPP",
    [WIRE_LAYER_CHDLC] = "Cisco HDLC",
    [WIRE_LAYER_WLAN] = "802.11",
    [WIRE_LAYER_NFLOG] = "NFLOG",
    [WIRE_LAYER_FDDI] = "FDDI",
    [WIRE_LAYER_IPOIB] = "IPoIB",
    [WIRE_LAYER_IPV4] = "IPv4",
    [WIRE_LAYER_IPV6] = "IPv6",
    [WIRE_LAYER_GRE] = "GRE",
    [WIRE_LAYER_ERSPAN] = "ERSPAN",
    [WIRE_LAYER_UDP] = "UDP",
    [WIRE_LAYER_VXLAN] = "VXLAN",
    [WIRE_LAYER_GENEVE] = "GENEVE",
    [WIRE_LAYER_GTPU] = "GTP-U",
    [WIRE_LAYER_TEREDO] = "Teredo",
    [WIRE_LAYER_AH] = "AH",
    [WIRE_LAYER_TCP] = "TCP",
};

const char *wire_layer_name(enum wire_layer_kind kind)
{
    return (size_t)kind < sizeof layer_names / sizeof *layer_names ? layer_names[kind] : "";
}

static const struct {
    uint32_t link_type;
    const char *name;
} link_type_names[] = {
    {LINK_NULL, "NULL"},
    {LINK_EN10MB, "EN10MB"},
    {LINK_PPP, "PPP"},
    {LINK_FDDI, "FDDI"},
    {LINK_RAW_BSD, "RAW"},
    {LINK_RAW_OPENBSD, "RAW"},
    {LINK_PPP_HDLC, "PPP_SERIAL"},
    {LINK_PPP_ETHER, "PPP_ETHER"},
    {LINK_RAW, "RAW"},
    {LINK_C_HDLC, "C_HDLC"},
    {LINK_IEEE802_11, "IEEE802_11"},
    {LINK_LOOP, "LOOP"},
    {LINK_LINUX_SLL, "LINUX_SLL"},
    {LINK_IEEE802_11_RADIO, "IEEE802_11_RADIO"},
    {LINK_PPP_PPPD, "PPP_PPPD"},
    {LINK_PPI, "PPI"},
    {LINK_PPP_WITH_DIR, "PPP_WITH_DIR"},
    {LINK_C_HDLC_WITH_DIR, "C_HDLC_WITH_DIR"},
    {LINK_IPV4, "IPV4"},
    {LINK_IPV6, "IPV6"},
    {LINK_NFLOG, "NFLOG"},
    {LINK_IPOIB, "IPOIB"},
    {LINK_LINUX_SLL2, "LINUX_SLL2"},
};

const char *wire_link_type_name(uint32_t link_type)
{
    for (size_t i = 0; i < sizeof link_type_names / sizeof *link_type_names; i++)
        if (link_type_names[i].link_type == link_type)
            return link_type_names[i].name;
    return NULL;
}
