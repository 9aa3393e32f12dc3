/* The LINKTYPE_ values that are decoded, https://www.tcpdump.org/linktypes.html. */
#ifndef TCPVIZ_WIRE_LINKTYPE_H
#define TCPVIZ_WIRE_LINKTYPE_H

enum {
    LINK_NULL = 0,
    LINK_EN10MB = 1,
    LINK_PPP = 9,
    LINK_FDDI = 10,
    LINK_RAW_BSD = 12,     /* DLT_RAW of most systems, written as it is by some */
    LINK_RAW_OPENBSD = 14, /* DLT_RAW of OpenBSD */
    LINK_PPP_HDLC = 50,
    LINK_PPP_ETHER = 51,
    LINK_RAW = 101,
    LINK_C_HDLC = 104,
    LINK_IEEE802_11 = 105,
    LINK_LOOP = 108,
    LINK_LINUX_SLL = 113,
    LINK_IEEE802_11_RADIO = 127,
    LINK_PPP_PPPD = 166,
    LINK_PPI = 192,
    LINK_PPP_WITH_DIR = 204,
    LINK_C_HDLC_WITH_DIR = 205,
    LINK_IPV4 = 228,
    LINK_IPV6 = 229,
    LINK_NFLOG = 239,
    LINK_IPOIB = 242,
    LINK_LINUX_SLL2 = 276
};

#endif
