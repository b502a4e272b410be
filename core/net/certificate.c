#include "net/certificate.h"

#include "base/memory.h"

void pyro_certificate_free(struct pyro_certificate *certificate)
{
    if (!certificate)
        return;
    pyro_buffer_free(&certificate->text);
    pyro_buffer_free(&certificate->parts);
    pyro_free(certificate);
}
