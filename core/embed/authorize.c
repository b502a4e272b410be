#include "embed/authorize.h"

#include <string.h>

#include "base/escape.h"
#include "base/memory.h"
#include "embed/reader.h"
#include "embed/runtime.h"
#include "rpc/connection.h"

static enum pyro_code refuse(const struct pyro_wanted *wanted, struct pyro_error *err)
{
    char object[100], method[100];
    pyro_escape(object, sizeof(object), wanted->object);
    pyro_escape(method, sizeof(method), wanted->method);
    return pyro_error_set(err, PYRO_EPERMISSION, "not allowed to call %s.%s", object, method);
}

/* Calls the program's function, which may free the daemon, and with it the authorizer. */
static bool call(const struct authorizer *authorizer, struct pyro_connection *connection,
                 const char *object, const char *method)
{
    const struct pyro_peer *peer = pyro_connection_identity(connection);
    const struct pyro_value *greeting = pyro_connection_greeting(connection);
    pyrolua_runtime *runtime = authorizer->runtime;
    pyrolua_reader handshake;
    reader_init(&handshake, runtime, greeting, greeting ? 1 : 0);
    const pyrolua_caller caller = {.address = pyro_connection_peer(connection),
                                   .subject = peer->subject,
                                   .hmac = peer->keyed,
                                   .handshake = &handshake};
    uint64_t outer = embed_enter_callback(runtime);
    bool allowed = authorizer->function(authorizer->context, &caller, object, method) != 0;
    embed_leave_callback(runtime, outer);
    reader_free(&handshake);
    return allowed;
}

static enum pyro_code authorizer_on_ask(void *owner, struct pyro_connection *connection,
                                        const struct pyro_wanted *wanted, struct pyro_error *err)
{
    const struct authorizer *authorizer = owner;
    struct pyro_slice object = wanted->object, method = wanted->method;
    if (authorizer->runtime->closing || memchr(object.data, 0, object.length) ||
        memchr(method.data, 0, method.length)) /* no object or method has such a name */
        return refuse(wanted, err);
    char *object_text = pyro_copy_text(object.data, object.length);
    char *method_text = pyro_copy_text(method.data, method.length);
    bool complete = object_text && method_text;
    bool allowed = complete && call(authorizer, connection, object_text, method_text);
    pyro_free(object_text);
    pyro_free(method_text);
    if (!complete)
        return pyro_error_memory(err);
    return allowed ? PYRO_OK : refuse(wanted, err);
}

void authorizer_set(struct authorizer *authorizer, struct pyro_daemon *daemon,
                    pyrolua_authorize *function, void *context)
{
    static const struct pyro_daemon_hooks hooks = {.authorize = authorizer_on_ask};
    authorizer->function = function;
    authorizer->context = context;
    pyro_daemon_hook(daemon, function ? &hooks : NULL, authorizer);
}
