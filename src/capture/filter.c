/* Filters for files: libpcap compiles them, one program a link type. */
#include "config.h"

#include "capture/filter.h"

#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "base/xalloc.h"
#include "capture/impl.h"
#include "capture/linktype.h"

/* Real files hold one or two link types; a hostile one may hold 65536. */
#define MAX_PROGRAMS 32

struct capture_filter {
    char *expression; /* owned */
    int count;
    struct {
        uint32_t link_type;
        struct bpf_program program;
    } slots[MAX_PROGRAMS];
};

static bool compile(const char *expression, uint32_t link_type, struct bpf_program *program,
                    char why[PCAP_ERRBUF_SIZE])
{
    pcap_t *dead = pcap_open_dead(capture_linktype_to_dlt(link_type), (int)CAPTURE_MAX_PACKET);
    if (dead == NULL)
        base_out_of_memory(0);
    bool ok = pcap_compile(dead, program, expression, 1, PCAP_NETMASK_UNKNOWN) == 0;
    if (!ok) {
        strncpy(why, pcap_geterr(dead), PCAP_ERRBUF_SIZE - 1);
        why[PCAP_ERRBUF_SIZE - 1] = '\0';
    }
    pcap_close(dead);
    return ok;
}

/* Whether it compiles for at least one of the link types that between them know every word of the
 * language. The reason kept is that for Ethernet. */
static bool makes_sense(const char *expression, char why[PCAP_ERRBUF_SIZE])
{
    static const uint32_t link_types[] = {LINKTYPE_ETHERNET, LINKTYPE_RAW, LINKTYPE_LINUX_SLL2,
                                          127 /* 802.11 radiotap */, 117 /* pflog */};
    char other[PCAP_ERRBUF_SIZE];
    for (size_t i = 0; i < sizeof link_types / sizeof link_types[0]; i++) {
        struct bpf_program program;
        if (compile(expression, link_types[i], &program, i == 0 ? why : other)) {
            pcap_freecode(&program);
            return true;
        }
    }
    return false;
}

struct capture_filter *capture_filter_new(const char *expression, struct capture_error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    if (!makes_sense(expression, why)) {
        capture_error_set(error, "filter: %s: %s", expression, why);
        return NULL;
    }
    struct capture_filter *filter = base_calloc(1, sizeof *filter);
    filter->expression = base_strdup(expression);
    return filter;
}

void capture_filter_free(struct capture_filter *filter)
{
    if (filter == NULL)
        return;
    for (int i = 0; i < filter->count; i++)
        pcap_freecode(&filter->slots[i].program);
    free(filter->expression);
    free(filter);
}

int capture_filter_slot(struct capture_filter *filter, uint32_t link_type,
                        struct capture_error *error)
{
    for (int i = 0; i < filter->count; i++)
        if (filter->slots[i].link_type == link_type)
            return i;
    if (filter->count == MAX_PROGRAMS) {
        capture_error_set(error, "filter: more than %d link types in one file", MAX_PROGRAMS);
        return -1;
    }
    char why[PCAP_ERRBUF_SIZE];
    if (!compile(filter->expression, link_type, &filter->slots[filter->count].program, why)) {
        const char *name = capture_link_type_name(link_type);
        capture_error_set(error, "filter: %s: not possible with link type %u%s%s: %s",
                          filter->expression, link_type, name != NULL ? " " : "",
                          name != NULL ? name : "", why);
        return -1;
    }
    filter->slots[filter->count].link_type = link_type;
    return filter->count++;
}

bool capture_filter_passes(const struct capture_filter *filter, int slot,
                           const struct wire_packet *packet)
{
    struct pcap_pkthdr header = {.caplen = packet->captured_bytes, .len = packet->wire_bytes};
    return pcap_offline_filter(&filter->slots[slot].program, &header, packet->data) != 0;
}
