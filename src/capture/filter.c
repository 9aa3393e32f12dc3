/* Filters for files: libpcap compiles them, one program a link type. */
#include "config.h"

#include "capture/filter.h"

#include <stdlib.h>
#include <string.h>

#include <pcap/pcap.h>

#include "base/intl.h"
#include "base/xalloc.h"
#include "capture/impl.h"
#include "capture/linktype.h"

/* Real files hold one or two link types; a hostile one may hold 65536. */
#define MAX_PROGRAMS 44

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

/* Compiles it for the link types that there mostly are, and that between them know every word of
 * the language: names of hosts and services can be looked up now, and may not later. True if one
 * takes it. The reason kept is that for Ethernet. */
static bool compile_common(struct capture_filter *filter, char why[PCAP_ERRBUF_SIZE])
{
    static const uint32_t link_types[] = {LINKTYPE_ETHERNET,
                                          LINKTYPE_RAW,
                                          LINKTYPE_LINUX_SLL2,
                                          LINKTYPE_LINUX_SLL,
                                          LINKTYPE_NULL,
                                          LINKTYPE_LOOP,
                                          LINKTYPE_IPV4,
                                          LINKTYPE_IPV6,
                                          LINKTYPE_PPP,
                                          105 /* 802.11 */,
                                          127 /* 802.11 radiotap */,
                                          117 /* pflog */};
    char other[PCAP_ERRBUF_SIZE];
    for (size_t i = 0; i < sizeof link_types / sizeof link_types[0]; i++) {
        struct bpf_program *program = &filter->slots[filter->count].program;
        if (compile(filter->expression, link_types[i], program, i == 0 ? why : other))
            filter->slots[filter->count++].link_type = link_types[i];
    }
    return filter->count > 0;
}

struct capture_filter *capture_filter_new(const char *expression, struct capture_error *error)
{
    char why[PCAP_ERRBUF_SIZE];
    struct capture_filter *filter = base_calloc(1, sizeof *filter);
    filter->expression = base_strdup(expression);
    if (compile_common(filter, why))
        return filter;
    capture_error_set(error, "filter: %s: %s", expression, why);
    capture_filter_free(filter);
    return NULL;
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
        capture_error_set(error, _("filter: more than %d link types in one file"), MAX_PROGRAMS);
        return -1;
    }
    char why[PCAP_ERRBUF_SIZE];
    if (!compile(filter->expression, link_type, &filter->slots[filter->count].program, why)) {
        const char *name = capture_link_type_name(link_type);
        capture_error_set(error, _("filter: %s: not possible with link type %u%s%s: %s"),
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
