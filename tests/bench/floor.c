/* floor FILE: what reading a capture costs at least with libpcap: a dispatch loop that touches the
 * headers of each packet and does nothing with them. The other programs are measured against it. */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>

#include <pcap/pcap.h>

struct sums {
    uint64_t packets, bytes, touched;
};

static uint32_t load32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void touch(unsigned char *user, const struct pcap_pkthdr *header, const uint8_t *packet)
{
    struct sums *sums = (struct sums *)(void *)user;
    sums->packets++;
    sums->bytes += header->len;
    if (header->caplen < 14 + 20 + 20 || packet[12] != 8 || packet[13] != 0 || packet[23] != 6)
        return;
    const uint8_t *tcp = packet + 14 + (packet[14] & 15) * 4;
    sums->touched += load32(packet + 26) ^ load32(packet + 30) ^ load32(tcp) ^ load32(tcp + 4) ^
                     load32(tcp + 8) ^ tcp[13];
}

int main(int argc, char **argv)
{
    char why[PCAP_ERRBUF_SIZE];
    struct sums sums = {0, 0, 0};
    pcap_t *pcap = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
    if (pcap == NULL) {
        fprintf(stderr, "floor: %s\n", argc == 2 ? why : "usage: floor FILE");
        return 2;
    }
    int result = pcap_dispatch(pcap, 0, touch, (unsigned char *)&sums);
    pcap_close(pcap);
    printf("%" PRIu64 " packets, %" PRIu64 " bytes, %" PRIx64 "\n", sums.packets, sums.bytes,
           sums.touched);
    return result < 0;
}
