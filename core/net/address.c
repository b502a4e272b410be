#include "net/address.h"

#include <string.h>
#include <sys/un.h>
#include <uv.h>

bool pyro_address_numeric(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    return uv_ip4_addr(host, port, (struct sockaddr_in *)out) == 0 ||
           uv_ip6_addr(host, port, (struct sockaddr_in6 *)out) == 0;
}

bool pyro_address_fallback(const char *host, uint16_t port, struct sockaddr_storage *out)
{
    return strcmp(host, "localhost") == 0 && pyro_address_numeric("127.0.0.1", port, out);
}

int pyro_address_family(int ip_version)
{
    return ip_version == 6 ? AF_INET6 : ip_version == 4 ? AF_INET : AF_UNSPEC;
}

void pyro_address_text(const struct sockaddr *address, char *out, size_t size, uint16_t *port)
{
    bool six = address->sa_family == AF_INET6;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;
    *port = ntohs(six ? v6->sin6_port : v4->sin_port);
    if ((six ? uv_ip6_name(v6, out, size) : uv_ip4_name(v4, out, size)) != 0)
        *out = '\0';
}

int pyro_path_status(const char *path)
{
    if (!*path)
        return UV_EINVAL;
    return strlen(path) < sizeof(((struct sockaddr_un *)NULL)->sun_path) ? 0 : UV_ENAMETOOLONG;
}
