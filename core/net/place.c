#include "net/place.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "net/address.h"

void pyro_place_of(int descriptor, struct pyro_place *out)
{
    struct sockaddr_storage own = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof(own);
    *out = (struct pyro_place){.port = 0};
    if (getsockname(descriptor, (struct sockaddr *)&own, &length) != 0)
        return;
    if (own.ss_family == AF_UNIX) {
        const struct sockaddr_un *local = (const struct sockaddr_un *)&own;
        bool bound = length > offsetof(struct sockaddr_un, sun_path) && local->sun_path[0];
        snprintf(out->path, sizeof(out->path), "%s", bound ? local->sun_path : "<<not-bound>>");
    } else {
        pyro_address_text((struct sockaddr *)&own, out->host, sizeof(out->host), &out->port);
    }
}
