#include "embed/certificate.h"

#include "embed/reply.h"
#include "embed/runtime.h"
#include "rpc/connection.h"

int certificate_show(pyrolua_runtime *runtime, const struct pyro_certificate *from,
                     pyrolua_certificate *to)
{
    if (!to)
        return embed_refuse_null(runtime, "certificate");
    *to = (pyrolua_certificate){"", "", "", "", "", ""};
    if (!from)
        return embed_refuse(runtime, "the other side has shown no certificate");
    to->subject = pyro_certificate_text(from, from->subject);
    to->issuer = pyro_certificate_text(from, from->issuer);
    to->names = pyro_certificate_text(from, from->names);
    to->serial_number = pyro_certificate_text(from, from->serial);
    to->not_before = pyro_certificate_text(from, from->not_before);
    to->not_after = pyro_certificate_text(from, from->not_after);
    return PYROLUA_OK;
}

int pyrolua_client_certificate(const pyrolua_writer *result, pyrolua_certificate *certificate)
{
    const struct method_call *method = result ? result->method : NULL;
    if (!method)
        return PYROLUA_EVALUE;
    const struct pyro_request *request = method->native->request; /* NULL: a script calls */
    return certificate_show(method->object->runtime,
                            request ? pyro_connection_certificate(request->connection) : NULL,
                            certificate);
}
