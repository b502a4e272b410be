/* URIs: what is parsed and written anew is the same, and never longer than what errors quote. */
#include <stdlib.h>

#include "base/buffer.h"
#include "base/uri.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool condition)
{
    if (!condition)
        abort();
}

static void write_and_parse(const struct pyro_uri *uri)
{
    struct pyro_buffer text = {.data = NULL};
    struct pyro_uri again, copy;
    struct pyro_error err;
    char place[PYRO_PLACE_SIZE];
    demand(pyro_uri_text(uri, &text));
    demand(pyro_uri_parse(&again, pyro_slice(text.data, text.length), uri->port, &err) == PYRO_OK);
    demand(pyro_uri_equals(uri, &again));
    demand(pyro_uri_copy(&copy, uri, &err) == PYRO_OK);
    demand(pyro_uri_equals(uri, &copy));
    if (uri->protocol == PYRO_URI_PYRO)
        pyro_uri_place(uri, place);
    pyro_uri_free(&copy);
    pyro_uri_free(&again);
    pyro_buffer_free(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_uri uri;
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice text = pyro_slice((const char *)data, size);
    enum pyro_code code = pyro_uri_parse(&uri, text, 9090, &err);
    demand(code == err.code);
    if (code == PYRO_OK) {
        write_and_parse(&uri);
        pyro_uri_free(&uri);
    } else {
        demand(err.message[0] != '\0' && strlen(err.message) < sizeof(err.message));
    }
    return 0;
}
