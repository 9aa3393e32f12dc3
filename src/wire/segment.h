/* What decode makes of a packet: one TCP segment (or an ICMP error about one) as plain host-order
 * values. Nothing after decode sees packet bytes. */
#ifndef TCPVIZ_WIRE_SEGMENT_H
#define TCPVIZ_WIRE_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>

/* Flag bits as in the header, RFC 9293 section 3.1; AE (RFC 9768) is bit 8. */
enum {
    WIRE_FIN = 0x001,
    WIRE_SYN = 0x002,
    WIRE_RST = 0x004,
    WIRE_PSH = 0x008,
    WIRE_ACK = 0x010,
    WIRE_URG = 0x020,
    WIRE_ECE = 0x040,
    WIRE_CWR = 0x080,
    WIRE_AE = 0x100
};

/* An address and port. IPv4 takes the first four bytes, the rest are 0, so that endpoints compare
 * by memcmp. */
struct wire_endpoint {
    uint8_t address[16];
    uint16_t port;
    uint8_t family; /* 4 or 6 */
    uint8_t zero;
};

/* The layers around the segment, outermost first. */
enum wire_layer_kind {
    WIRE_LAYER_NONE,
    WIRE_LAYER_ETHERNET,
    WIRE_LAYER_SLL,
    WIRE_LAYER_SLL2,
    WIRE_LAYER_LOOPBACK, /* BSD NULL and LOOP */
    WIRE_LAYER_RAW,      /* no link header */
    WIRE_LAYER_LLC,      /* 802.2 LLC and SNAP */
    WIRE_LAYER_VLAN,
    WIRE_LAYER_MPLS,
    WIRE_LAYER_PPPOE,
    WIRE_LAYER_PPP,
    WIRE_LAYER_CHDLC,
    WIRE_LAYER_WLAN, /* 802.11, with radiotap or PPI */
    WIRE_LAYER_NFLOG,
    WIRE_LAYER_FDDI,
    WIRE_LAYER_IPOIB,
    WIRE_LAYER_IPV4,
    WIRE_LAYER_IPV6,
    WIRE_LAYER_GRE,
    WIRE_LAYER_ERSPAN,
    WIRE_LAYER_UDP,
    WIRE_LAYER_VXLAN,
    WIRE_LAYER_GENEVE,
    WIRE_LAYER_GTPU,
    WIRE_LAYER_TEREDO,
    WIRE_LAYER_AH,
    WIRE_LAYER_TCP
};

struct wire_layer {
    uint16_t
        offset; /* where its header begins in the captured bytes; 0 in a reassembled datagram */
    uint16_t length; /* header bytes */
    uint32_t id;     /* VLAN id, MPLS label, VNI, TEID, GRE key, PPPoE session; else 0 */
    uint8_t kind;    /* enum wire_layer_kind */
};

#define WIRE_MAX_LAYERS 16

/* Whether a segment reached the other end: known when its capture was joined (join/join.h). */
enum wire_arrival {
    WIRE_ARRIVAL_UNKNOWN,
    WIRE_ARRIVED,
    WIRE_ARRIVAL_LOST,
    WIRE_ARRIVAL_UNSENT /* it came to its receiver, and its sender's capture does not have it */
};

enum wire_checksum { WIRE_CHECKSUM_UNKNOWN, WIRE_CHECKSUM_GOOD, WIRE_CHECKSUM_BAD };

/* Which TCP options the segment carries: bits of struct wire_options.present. */
enum {
    WIRE_OPTION_MSS = 1 << 0,
    WIRE_OPTION_WINDOW_SCALE = 1 << 1,
    WIRE_OPTION_SACK_PERMITTED = 1 << 2,
    WIRE_OPTION_SACK = 1 << 3,
    WIRE_OPTION_TIMESTAMPS = 1 << 4,
    WIRE_OPTION_FASTOPEN = 1 << 5, /* kind 34, or 254 with magic 0xF989 (RFC 7413) */
    WIRE_OPTION_MPTCP = 1 << 6,
    WIRE_OPTION_MD5 = 1 << 7,
    WIRE_OPTION_AO = 1 << 8,
    WIRE_OPTION_USER_TIMEOUT = 1 << 9,
    WIRE_OPTION_ACCECN = 1 << 10, /* kinds 172 and 174, RFC 9768 */
    WIRE_OPTION_UNKNOWN = 1 << 14,
    WIRE_OPTION_BAD = 1 << 15 /* a length that its kind forbids, or that does not fit: an option so
                                 marked is not taken, those before it are */
};

struct wire_options {
    uint16_t present;
    uint16_t mss;
    uint8_t window_scale; /* as sent; more than 14 is used as 14 (RFC 7323 section 2.3) */
    uint8_t sack_blocks;  /* of sack[], 0 to 4 */
    uint8_t fastopen_cookie_bytes;
    uint8_t mptcp_subtype; /* of the last MPTCP option */
    uint32_t timestamp_value;
    uint32_t timestamp_echo;
    struct {
        uint32_t left, right;
    } sack[4];
};

struct wire_segment {
    uint64_t number; /* of its packet */
    int64_t time_ns; /* of its packet */
    struct wire_endpoint source, destination;
    uint32_t scope;     /* part of the flow's identity: see wire_scope in decode.h */
    uint32_t interface; /* of its packet */
    uint32_t seq, ack;
    uint32_t payload_bytes;          /* by the IP length */
    uint32_t captured_payload_bytes; /* of these, in the capture */
    uint32_t packet_captured_bytes, packet_wire_bytes;
    uint16_t flags;
    uint16_t window; /* as sent, not scaled */
    uint16_t urgent;
    uint16_t payload_offset; /* in the packet's captured bytes; 0 when reassembled */
    uint8_t header_bytes;    /* of TCP with options */
    uint8_t ttl;
    uint8_t ecn;           /* the IP header's two ECN bits */
    uint16_t ip_id;        /* IPv4 identification, else 0 */
    uint8_t ip_checksum;   /* enum wire_checksum */
    uint8_t tcp_checksum;  /* enum wire_checksum */
    bool truncated_header; /* options cut by the snapshot length: those that were there are decoded
                            */
    bool reassembled;      /* from IP fragments: see "Fragments" in decode.h */
    bool first_fragment;   /* only the first fragment of a datagram whose rest is not in the capture
                            */
    uint8_t layer_count;
    uint8_t arrival;    /* enum wire_arrival */
    int64_t arrived_ns; /* valid if it arrived */
    struct wire_options options;
    struct wire_layer layers[WIRE_MAX_LAYERS]; /* only layer_count of them are set */
};

/* An ICMP or ICMPv6 error that quotes a TCP segment. */
struct wire_icmp_error {
    uint64_t number;
    int64_t time_ns;
    struct wire_endpoint source,
        destination; /* of the QUOTED segment: source is who gets the error */
    uint32_t scope;
    uint32_t seq; /* of the quoted segment */
    uint8_t reporter[16];
    uint8_t reporter_family;
    uint8_t type, code; /* as on the wire, by reporter_family */
    uint32_t mtu;       /* fragmentation needed / packet too big, else 0 */
};

/* Why a packet gave no segment. */
enum wire_skip {
    WIRE_SKIP_NOT_IP,
    WIRE_SKIP_NOT_TCP,
    WIRE_SKIP_TRUNCATED, /* the snapshot length cut it inside a header that is needed */
    WIRE_SKIP_MALFORMED, /* lengths that contradict each other */
    WIRE_SKIP_FRAGMENT, /* a fragment: of a datagram that waits for the rest, lost it or was already
                           decoded */
    WIRE_SKIP_LINK_TYPE, /* a link type that is not decoded */
    WIRE_SKIP_TOO_DEEP,  /* more layers than WIRE_MAX_LAYERS */
    WIRE_SKIP_DUPLICATE, /* the other sight of a packet on lo or any */
    WIRE_SKIP_KINDS
};

enum wire_verdict { WIRE_SEGMENT, WIRE_ICMP_ERROR, WIRE_SKIPPED };

struct wire_result {
    enum wire_verdict verdict;
    enum wire_skip skip; /* when skipped */
    union {
        struct wire_segment segment;
        struct wire_icmp_error icmp;
    };
};

/* JSON key and message word of a reason: "not_ip", "not_tcp", … */
const char *wire_skip_name(enum wire_skip skip);
/* "Ethernet", "802.1Q", "IPv4", … */
const char *wire_layer_name(enum wire_layer_kind kind);
/* LINKTYPE_ name as tcpdump prints it ("EN10MB"), or NULL if the type is not decoded. */
const char *wire_link_type_name(uint32_t link_type);

#endif
