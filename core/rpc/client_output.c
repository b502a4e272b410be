#include "rpc/client_output.h"

#include "base/assert.h"
#include "rpc/client_key.h"
#include "rpc/wirelog.h"

const struct pyro_codec *pyro_client_codec(const struct pyro_client *client)
{
    return pyro_dialect_codec(&client->dialect, client->runtime);
}

enum pyro_code pyro_client_begin_message(struct pyro_client *client,
                                         const struct pyro_header *header,
                                         const struct pyro_annotation *annotations, size_t count,
                                         struct pyro_error *err)
{
    PYRO_ASSERT(!client->drafting);
    enum pyro_code code =
        pyro_message_begin(&client->draft, pyro_stream_output(client->stream),
                           client->dialect.protocol, header, annotations, count, err);
    struct pyro_hmac_key *key = pyro_client_signs_with(client);
    if (code == PYRO_OK && key)
        code = pyro_message_sign(&client->draft, key, err);
    client->drafting = code == PYRO_OK;
    return code;
}

enum pyro_code pyro_client_end_message(struct pyro_client *client, size_t limit, bool compress,
                                       struct pyro_error *err)
{
    PYRO_ASSERT(client->drafting && client->stream);
    client->drafting = false;
    enum pyro_code code = pyro_message_end(&client->draft, limit, compress, err);
    if (code != PYRO_OK)
        return code;
    pyro_wirelog_sending(client->runtime, "proxy", pyro_stream_peer(client->stream),
                         &client->draft);
    pyro_stream_changed(client->stream);
    return PYRO_OK;
}

void pyro_client_abort_message(struct pyro_client *client)
{
    PYRO_ASSERT(client->drafting && client->stream);
    client->drafting = false;
    pyro_message_abort(&client->draft);
}
