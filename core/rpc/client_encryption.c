#include "rpc/client_encryption.h"

#include <stdio.h>

#include "rpc/encryption.h"

/* Makes an error of before one of connecting. */
static enum pyro_code cannot_connect(const struct pyro_client *client, struct pyro_error *err)
{
    struct pyro_error why = *err;
    char place[PYRO_PLACE_SIZE];
    if (client->uri.protocol == PYRO_URI_PYRO)
        pyro_uri_place(&client->uri, place);
    else
        snprintf(place, sizeof(place), "%s", client->uri.object); /* not resolved yet */
    return pyro_error_set(err, PYRO_ECOMMUNICATION, "cannot connect to %.100s: %s", place,
                          why.message);
}

void pyro_client_forget_encryption(struct pyro_client *client)
{
    pyro_tls_context_release(client->tls);
    client->tls = NULL;
}

enum pyro_code pyro_client_choose_encryption(struct pyro_client *client, struct pyro_error *err)
{
    static const struct pyro_encryption as_set = {.wanted = PYRO_AS_SET};
    const struct pyro_encryption *options = client->terms.encryption;
    struct pyro_tls_context *tls = NULL;
    client->terms.encryption = NULL; /* was borrowed */
    if (!client->uri.sockname &&
        pyro_encryption_context(client->runtime, false, options ? options : &as_set, &tls, err) !=
            PYRO_OK)
        return cannot_connect(client, err);
    pyro_client_forget_encryption(client);
    client->tls = tls;
    return PYRO_OK;
}
