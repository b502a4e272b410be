#include "rpc/client_encryption.h"

#include <stdio.h>

#include "rpc/encryption.h"

/* Makes an error of before one of connecting. */
static enum pyro_code cannot_connect(const struct pyro_client *client, struct pyro_error *err)
{
    struct pyro_error why = *err;
    char place[PYRO_PLACE_SIZE];
    if (client->name.object)
        snprintf(place, sizeof(place), "%s", client->name.object);
    else
        pyro_uri_place(&client->uri, place);
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
    bool unix_socket = !client->name.object && client->uri.sockname; /* not that of a name server */
    client->terms.encryption = NULL;                                 /* was borrowed */
    if (!unix_socket && pyro_encryption_context(client->runtime, false, options ? options : &as_set,
                                                &tls, err) != PYRO_OK)
        return cannot_connect(client, err);
    pyro_client_forget_encryption(client);
    client->tls = tls;
    return PYRO_OK;
}

enum pyro_code pyro_client_check_found(const struct pyro_client *client,
                                       const struct pyro_uri *found, struct pyro_error *err)
{
    if (!client->tls || !found->sockname)
        return PYRO_OK;
    pyro_error_set(err, PYRO_ECOMMUNICATION,
                   "SSL asks for TLS, which the Unix socket that was found does not have: connect "
                   "by its own URI, or with the option ssl = false");
    return cannot_connect(client, err);
}
