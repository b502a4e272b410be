#include "rpc/client_key.h"

#include "rpc/client_state.h"

void pyro_client_set_key(struct pyro_client *client, struct pyro_hmac_key *key)
{
    pyro_hmac_key_retain(key);
    pyro_hmac_key_release(client->key);
    client->key = key;
}

struct pyro_hmac_key *pyro_client_key(const struct pyro_client *client)
{
    return client->key;
}

enum pyro_code pyro_client_verify(struct pyro_client *client, const struct pyro_message *message,
                                  struct pyro_error *err)
{
    struct pyro_error why;
    char place[PYRO_PLACE_SIZE];
    enum pyro_code code = pyro_hmac_check(message, pyro_client_signs_with(client), err);
    if (code == PYRO_OK || client->state != CLIENT_HANDSHAKE)
        return code;
    why = *err;
    client->rejected = true;
    pyro_uri_place(&client->uri, place);
    return pyro_error_set(err, PYRO_ECOMMUNICATION, "cannot connect to %s: %s", place, why.message);
}
