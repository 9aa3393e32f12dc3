/* A lab scenario as read from its text (tcpviz-lab(5)): what two hosts do and what the wire between
 * them does. */
#ifndef TCPVIZ_LAB_SCENARIO_H
#define TCPVIZ_LAB_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/strbuf.h"
#include "track/state.h"

enum lab_host { LAB_CLIENT, LAB_SERVER, LAB_HOSTS };

/* Where the packets are captured, on the wire. */
enum lab_vantage {
    LAB_VANTAGE_CLIENT,
    LAB_VANTAGE_SERVER,
    LAB_VANTAGE_BOTH,  /* packets of interface 0 at the client's end, of interface 1 at the server's
                        */
    LAB_VANTAGE_UNSAID /* by the scenario: where it says, which is one end */
};

/* Bounds of what a file may ask for. */
#define LAB_MAX_FILE 65536
#define LAB_MAX_PROGRAMS 8
#define LAB_MAX_STEPS 512 /* of a program, repeats counted */
#define LAB_MAX_SOCKETS 16
#define LAB_MAX_RULES 64
#define LAB_MAX_SYSCTLS 64
#define LAB_MAX_EXPECTED 32
#define LAB_MAX_PATH 24 /* states of an expected path */
#define LAB_MAX_BYTES (16 * 1024 * 1024)
#define LAB_MAX_TIME_NS (INT64_C(120) * 1000000000)

enum lab_op {
    LAB_ACCEPT,
    LAB_BIND,
    LAB_CLOSE,
    LAB_CONNECT,
    LAB_DISCONNECT, /* connect() to AF_UNSPEC */
    LAB_DRAIN,      /* read() until it returns no more bytes */
    LAB_EXIT,
    LAB_KILL,
    LAB_LISTEN,
    LAB_NONBLOCK,
    LAB_PAUSE, /* until the scenario ends */
    LAB_READ,
    LAB_SEND, /* and write() */
    LAB_SENDTO,
    LAB_SET_ISN, /* TCP_REPAIR: the first sequence number that connect() will use */
    LAB_SETSOCKOPT,
    LAB_SHUTDOWN,
    LAB_SIGNAL,
    LAB_SLEEP,
    LAB_SOCKET,
    LAB_VANISH /* TCP_REPAIR: the socket goes without a word to its peer, as if its host had died */
};

enum lab_when {
    LAB_AT_ONCE, /* when the call before has returned */
    LAB_AFTER,   /* time_ns after that */
    LAB_AT       /* time_ns after the start */
};

enum lab_expectation { LAB_ANY_RESULT, LAB_RESULT, LAB_ERRNO };

#define LAB_NO_SOCKET 255

/* One call of a program. */
struct lab_step {
    int64_t when_ns;
    int64_t number;     /* bytes, value, nanoseconds, backlog */
    int64_t expected;   /* result or errno */
    char *bytes;        /* owned: what to send; NULL: number bytes of a pattern */
    char *text;         /* owned: "connect(c, server:1234)" */
    unsigned line;      /* in the file */
    int flags;          /* MSG_…, SHUT_… */
    const void *option; /* of setsockopt(): struct lab_option */
    uint16_t port;
    uint8_t to;     /* enum lab_host, or LAB_HOSTS: no address */
    uint8_t op;     /* enum lab_op */
    uint8_t when;   /* enum lab_when */
    uint8_t expect; /* enum lab_expectation */
    uint8_t socket; /* which it uses, or LAB_NO_SOCKET */
    uint8_t makes;  /* which it makes, or LAB_NO_SOCKET */
};

struct lab_program {
    uint8_t host;   /* enum lab_host */
    uint8_t number; /* 1, 2, … on its host */
    struct lab_step *steps;
    size_t step_count;
    char *sockets[LAB_MAX_SOCKETS]; /* owned names */
    size_t socket_count;
};

enum lab_action {
    LAB_DROP,
    LAB_DELAY,      /* time_ns longer than others */
    LAB_DUPLICATE,  /* once more, time_ns later */
    LAB_CORRUPT,    /* a bit flips, so that the checksum is wrong */
    LAB_HOLD,       /* until count more segments have passed it */
    LAB_FORGE,      /* a segment that its host never sent, after this one has passed */
    LAB_UNREACHABLE /* dropped, and its sender gets an ICMP error */
};

enum lab_load { LAB_ANY_LOAD, LAB_EMPTY, LAB_DATA };

/* What the wire does to the very segment that it names. */
struct lab_rule {
    int64_t time_ns;
    int64_t seq;                /* the segment carries this byte, counted from the ISN; -1: any */
    int64_t after_ns, until_ns; /* since the start */
    unsigned line;
    uint32_t first, last;  /* which of the segments that match, from 1 */
    uint32_t connection;   /* 0: any */
    uint32_t count;        /* HOLD; UNREACHABLE: the ICMP code */
    uint32_t chance;       /* percent of those that match for which it holds */
    uint32_t seed;         /* which ones: the same for the same seed */
    int32_t forged_offset; /* FORGE: added to the next sequence number */
    uint16_t forged_flags;
    uint16_t forged_bytes; /* payload */
    uint16_t flags;
    bool any_flags;
    uint8_t forged_from; /* enum lab_host */
    uint8_t action;      /* enum lab_action */
    uint8_t from;        /* enum lab_host */
    uint8_t load;        /* enum lab_load */
};

struct lab_sysctl {
    unsigned line;
    bool host[LAB_HOSTS];
    char *path;  /* owned, below /proc/sys/net: "ipv4/tcp_fin_timeout" */
    char *value; /* owned */
};

/* The states that an endpoint goes through, in order. */
struct lab_path {
    unsigned line;
    uint8_t host;   /* enum lab_host */
    bool of_kernel; /* where the kernel's own list differs from what can be inferred */
    uint32_t connection;
    uint8_t states[LAB_MAX_PATH]; /* enum track_state */
    size_t count;
};

struct lab_scenario {
    char *file;  /* owned, as it was given */
    char *name;  /* owned: its file's name without directory and ".lab" */
    char *title; /* owned, as the next ones; NULL if the file has none */
    char *chapter, *teaches, *look, *question, *answer;
    unsigned lesson;          /* its place in the course; 0: none */
    enum lab_vantage vantage; /* the end where it is worth seeing; one of them */
    bool ipv6;
    int64_t delay_ns[LAB_HOSTS]; /* towards this host */
    unsigned mtu;
    int64_t quiet_ns; /* it ends when nothing has happened for so long after the programs' end */
    int64_t last_ns;  /* but not before */
    int64_t limit_ns; /* and at the latest then */
    struct lab_program programs[LAB_MAX_PROGRAMS];
    size_t program_count;
    struct lab_rule rules[LAB_MAX_RULES];
    size_t rule_count;
    struct lab_sysctl sysctls[LAB_MAX_SYSCTLS];
    size_t sysctl_count;
    struct lab_path expected[LAB_MAX_EXPECTED];
    size_t expected_count;
};

/* Reads the text. NULL and "FILE:LINE: what: why" in *error if it is not a scenario. */
struct lab_scenario *lab_scenario_parse(const char *file, const char *text, size_t length,
                                        struct base_strbuf *error);
/* Reads the file. */
struct lab_scenario *lab_scenario_read(const char *file, struct base_strbuf *error);
void lab_scenario_free(struct lab_scenario *scenario);

/* A step as one would write it: "+50ms c = accept(s)". Appends. */
void lab_step_describe(const struct lab_program *program, size_t step, struct base_strbuf *out);

/* "client", "server". */
const char *lab_host_name(enum lab_host host);

#endif
