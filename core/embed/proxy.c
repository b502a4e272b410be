#include "embed/proxy.h"

#include "base/memory.h"
#include "embed/certificate.h"
#include "rpc/client_key.h"

static void proxies_free(pyrolua_runtime *runtime)
{
    struct pyro_list *handles = embed_handles(runtime, EMBED_PROXIES);
    while (!pyro_list_empty(handles))
        pyrolua_proxy_free(PYRO_CONTAINER(handles->next, pyrolua_proxy, node));
}

static const struct embed_part proxies = {.free = proxies_free};

int pyrolua_proxy_new(pyrolua_runtime *runtime, const char *uri, pyrolua_proxy **out)
{
    struct pyro_error err = {.code = PYRO_OK};
    if (!out)
        return embed_refuse_null(runtime, "proxy");
    *out = NULL;
    if (!runtime || !uri)
        return embed_refuse_null(runtime, "uri");
    if (runtime->closing || !runtime->lua)
        return embed_fail_closed(runtime);
    struct pyro_runtime *core = embed_core(runtime);
    pyrolua_proxy *proxy = pyro_calloc(1, sizeof(*proxy));
    if (!proxy) {
        pyro_error_memory(&err);
        return embed_fail(runtime, &err);
    }
    struct pyro_uri parsed = {.object = NULL};
    proxy->runtime = runtime;
    proxy->timeout = core->config.COMMTIMEOUT;
    embed_keep(runtime, EMBED_PROXIES, &proxies, &proxy->node);
    if (pyro_uri_parse(&parsed, pyro_slice_text(uri), (uint16_t)core->config.NS_PORT, &err) ==
        PYRO_OK)
        proxy->client = pyro_client_new(core, &parsed, &err);
    pyro_uri_free(&parsed);
    if (!proxy->client) {
        pyrolua_proxy_free(proxy);
        return embed_fail(runtime, &err);
    }
    *out = proxy;
    return PYROLUA_OK;
}

void pyrolua_proxy_timeout(pyrolua_proxy *proxy, double seconds)
{
    if (proxy)
        proxy->timeout = seconds > 0 ? seconds : 0;
}

int pyrolua_proxy_certificate(pyrolua_proxy *proxy, pyrolua_certificate *certificate)
{
    if (!proxy)
        return PYROLUA_EVALUE;
    pyro_certificate_free(proxy->certificate);
    proxy->certificate = pyro_client_certificate(proxy->client);
    return certificate_show(proxy->runtime, proxy->certificate, certificate);
}

int pyrolua_proxy_hmac_key(pyrolua_proxy *proxy, const void *key, size_t length)
{
    struct pyro_hmac_key *made;
    if (!proxy)
        return PYROLUA_EVALUE;
    int code = embed_make_key(proxy->runtime, key, length, &made);
    if (code == PYROLUA_OK)
        pyro_client_set_key(proxy->client, made);
    pyro_hmac_key_release(made);
    return code;
}
