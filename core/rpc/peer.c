#include "rpc/peer.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

bool pyro_peer_is_ipv4(const unsigned char address[PYRO_PEER_ADDRESS])
{
    return memcmp(address, mapped, sizeof(mapped)) == 0;
}

bool pyro_peer_parse(const char *text, unsigned char address[PYRO_PEER_ADDRESS])
{
    if (inet_pton(AF_INET6, text, address) == 1)
        return true;
    memcpy(address, mapped, sizeof(mapped));
    return inet_pton(AF_INET, text, address + sizeof(mapped)) == 1;
}

/* Takes the host out of "host:port", "[host]:port" or "host"; without the zone of "fe80::1%eth0".
 */
static void take_host(const char *text, char *out, size_t size)
{
    const char *colon = strchr(text, ':');
    size_t length = strlen(text);
    if (*text == '[')
        length = strcspn(++text, "]");
    else if (colon && !strchr(colon + 1, ':'))
        length = (size_t)(colon - text);
    snprintf(out, size, "%.*s", (int)length, text);
    out[strcspn(out, "%")] = '\0';
}

bool pyro_peer_locate(struct pyro_peer *peer, const char *address)
{
    char host[80];
    peer->kind = PYRO_PEER_UNKNOWN;
    if (strcmp(address, "unix") == 0 || strcmp(address, "unix socket") == 0)
        peer->kind = PYRO_PEER_UNIX;
    take_host(address, host, sizeof(host));
    if (pyro_peer_parse(host, peer->address))
        peer->kind = PYRO_PEER_IP;
    return peer->kind != PYRO_PEER_UNKNOWN;
}
