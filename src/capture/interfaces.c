/* The interfaces that can be captured on. */
#include "config.h"

#include <string.h>

#include <pcap/pcap.h>

#include "capture/impl.h"

#include "base/intl.h"

/* libpcap also offers buses that never carry TCP. */
static bool may_carry_tcp(const char *name)
{
    static const char *const others[] = {"usbmon", "bluetooth", "dbus-", "nfqueue", "can-queue"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strncmp(name, others[i], strlen(others[i])) == 0)
            return false;
    return true;
}

bool capture_list_interfaces(capture_interface_fn *each, void *context, struct capture_error *error)
{
    pcap_if_t *list;
    char why[PCAP_ERRBUF_SIZE];
    if (pcap_findalldevs(&list, why) != 0) {
        capture_error_set(error, "interfaces: %s", why);
        return false;
    }
    for (const pcap_if_t *item = list; item != NULL; item = item->next)
        if (may_carry_tcp(item->name))
            each(context, item->name, item->description != NULL ? item->description : "",
                 (item->flags & PCAP_IF_UP) != 0, (item->flags & PCAP_IF_LOOPBACK) != 0);
    pcap_freealldevs(list);
    return true;
}
