#include "net/tls_context.h"

#include "base/assert.h"
#include "base/clock.h"
#include "base/memory.h"
#include "net/tls_context_private.h"
#include "net/tls_record.h"
#include "net/tls_ticket.h"

/* Contexts that are kept though nobody uses them at the moment. */
#define KEPT 16
/* Seconds between two looks at the files. */
#define LOOK 1.0
/* Bytes of a peer's certificates: it takes OpenSSL 0.15 ms to read one of 300 bytes, also for a
 * stranger. */
#define CERTIFICATES ((long)PYRO_TLS_MESSAGE_SIZE)
/* Whom sessions are for. */
static const unsigned char session_context[] = "pyrolua";

struct pyro_tls_contexts *pyro_tls_contexts_new(struct pyro_log *log, struct pyro_error *err)
{
    const struct pyro_openssl *api = pyro_openssl_load(err);
    if (!api)
        return NULL;
    struct pyro_tls_contexts *contexts = pyro_calloc(1, sizeof(*contexts));
    if (!contexts || !(contexts->reading = pyro_malloc(PYRO_TLS_READ_SIZE))) {
        pyro_free(contexts);
        pyro_error_memory(err);
        return NULL;
    }
    pyro_list_init(&contexts->all);
    pyro_list_init(&contexts->warm);
    contexts->log = log;
    contexts->api = api;
    return contexts;
}

static void free_context(struct pyro_tls_context *context)
{
    struct pyro_tls_contexts *contexts = context->contexts;
    PYRO_ASSERT(context->refcount == 0);
    pyro_list_remove(&context->node);
    contexts->count--;
    pyro_tls_sessions_free(&context->sessions, contexts->api);
    contexts->api->SSL_CTX_free(context->ssl);
    contexts->api->X509_free(context->refused);
    pyro_tls_files_free(&context->files);
    pyro_free(context);
}

void pyro_tls_contexts_free(struct pyro_tls_contexts *contexts)
{
    if (!contexts)
        return;
    while (!pyro_list_empty(&contexts->all))
        free_context(PYRO_CONTAINER(contexts->all.next, struct pyro_tls_context, node));
    if (contexts->method)
        contexts->api->BIO_meth_free(contexts->method);
    pyro_free(contexts->reading);
    pyro_free(contexts);
}

/* --- making them --- */

static enum pyro_code fail(const struct pyro_openssl *api, struct pyro_error *err)
{
    api->ERR_clear_error();
    return pyro_error_memory(err);
}

/* Returns the certificate that was refused: the one that is out of date, which may be an
 * authority's; else that of the other side itself. */
static X509 *find_refused(const struct pyro_openssl *api, X509_STORE_CTX *store)
{
    int error = api->X509_STORE_CTX_get_error(store);
    bool dated = error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
    return dated ? api->X509_STORE_CTX_get_current_cert(store)
                 : api->X509_STORE_CTX_get0_cert(store);
}

/* Verifies the other side's certificate, and remembers one that is refused. */
static int context_on_verify(X509_STORE_CTX *store, void *owner)
{
    struct pyro_tls_context *context = owner;
    const struct pyro_openssl *api = context->contexts->api;
    int good = api->X509_verify_cert(store);
    X509 *refused = good == 1 ? NULL : find_refused(api, store);
    if (!refused || api->X509_up_ref(refused) != 1)
        return good;
    api->X509_free(context->refused);
    context->refused = refused;
    return good;
}

/* Sets what does not depend on the settings. */
static bool set_up(struct pyro_tls_context *context, const struct pyro_openssl *api, SSL_CTX *ssl)
{
    api->SSL_CTX_set_cert_verify_callback(ssl, context_on_verify, context);
    api->SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    api->SSL_CTX_ctrl(ssl, SSL_CTRL_MODE, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, NULL);
    api->SSL_CTX_ctrl(ssl, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, NULL);
    api->SSL_CTX_ctrl(ssl, SSL_CTRL_SET_MAX_CERT_LIST, CERTIFICATES, NULL);
    return api->SSL_CTX_ctrl(ssl, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, NULL) == 1;
}

/* A server asks for certificates only where they are required, as Pyro's. */
static bool set_up_server(const struct pyro_openssl *api, SSL_CTX *ssl,
                          const struct pyro_tls_settings *settings)
{
    int verified = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    api->SSL_CTX_set_verify(ssl, settings->require ? verified : SSL_VERIFY_NONE, NULL);
    return pyro_tls_tickets_expire(api, ssl) && api->SSL_CTX_set_num_tickets(ssl, 1) == 1 &&
           api->SSL_CTX_set_session_id_context(ssl, session_context, sizeof(session_context) - 1) ==
               1;
}

static bool set_up_client(const struct pyro_openssl *api, SSL_CTX *ssl)
{
    api->SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
    return api->SSL_CTX_set_default_verify_paths(ssl) == 1;
}

/* Makes what OpenSSL calls a context, of the files as they are now. */
static enum pyro_code read_files(struct pyro_tls_context *context, SSL_CTX **out,
                                 struct pyro_error *err)
{
    const struct pyro_openssl *api = context->contexts->api;
    const struct pyro_tls_settings *settings = &context->files.settings;
    SSL_CTX *ssl = api->SSL_CTX_new(api->TLS_method());
    if (!ssl || !set_up(context, api, ssl) ||
        !(settings->server ? set_up_server(api, ssl, settings) : set_up_client(api, ssl))) {
        api->SSL_CTX_free(ssl);
        return fail(api, err);
    }
    enum pyro_code code = pyro_tls_files_read(&context->files, api, ssl, err);
    if (code == PYRO_OK)
        *out = ssl;
    else
        api->SSL_CTX_free(ssl);
    return code;
}

static struct pyro_tls_context *new_context(struct pyro_tls_contexts *contexts,
                                            const struct pyro_tls_settings *settings,
                                            struct pyro_error *err)
{
    struct pyro_tls_context *context = pyro_calloc(1, sizeof(*context));
    if (!context || !pyro_tls_files_copy(&context->files, settings)) {
        pyro_free(context);
        pyro_error_memory(err);
        return NULL;
    }
    context->contexts = contexts;
    pyro_list_push(&contexts->all, &context->node);
    contexts->count++;
    pyro_tls_files_changed(&context->files);
    context->checked = pyro_wall_seconds();
    if (read_files(context, &context->ssl, err) == PYRO_OK)
        return context;
    free_context(context);
    return NULL;
}

/* Frees those that have not been used for longest, if they are many. */
static void drop_unused(struct pyro_tls_contexts *contexts)
{
    struct pyro_list *node = contexts->all.next, *next;
    for (; node != &contexts->all && contexts->count > KEPT; node = next) {
        struct pyro_tls_context *context = PYRO_CONTAINER(node, struct pyro_tls_context, node);
        next = node->next;
        if (context->refcount == 0)
            free_context(context);
    }
}

static struct pyro_tls_context *find(struct pyro_tls_contexts *contexts,
                                     const struct pyro_tls_settings *settings)
{
    for (struct pyro_list *node = contexts->all.next; node != &contexts->all; node = node->next) {
        struct pyro_tls_context *context = PYRO_CONTAINER(node, struct pyro_tls_context, node);
        if (pyro_tls_files_match(&context->files, settings))
            return context;
    }
    return NULL;
}

struct pyro_tls_context *pyro_tls_context_get(struct pyro_tls_contexts *contexts,
                                              const struct pyro_tls_settings *settings,
                                              struct pyro_error *err)
{
    struct pyro_tls_context *context = find(contexts, settings);
    if (!context && !(context = new_context(contexts, settings, err)))
        return NULL;
    pyro_list_remove(&context->node);
    pyro_list_push(&contexts->all, &context->node);
    context->refcount++;
    drop_unused(contexts);
    return context;
}

void pyro_tls_context_retain(struct pyro_tls_context *context)
{
    context->refcount++;
}

void pyro_tls_context_release(struct pyro_tls_context *context)
{
    if (!context)
        return;
    PYRO_ASSERT(context->refcount > 0);
    context->refcount--;
}

/* --- reading files again --- */

/* Reads the files. What cannot be read is told once. */
static void reload(struct pyro_tls_context *context)
{
    struct pyro_tls_contexts *contexts = context->contexts;
    struct pyro_error err = {.code = PYRO_OK};
    bool told = context->unread;
    SSL_CTX *ssl = NULL;
    enum pyro_code code = read_files(context, &ssl, &err);
    context->unread = code == PYRO_EOS || code == PYRO_EMEMORY;
    if (code != PYRO_OK && told && context->unread)
        return;
    if (code != PYRO_OK) {
        pyro_log_write(contexts->log, PYRO_WARNING, "tls",
                       "the certificates have changed, but stay as they were: %s", err.message);
        return;
    }
    contexts->api->SSL_CTX_free(context->ssl);
    context->ssl = ssl;
    pyro_tls_sessions_free(&context->sessions, contexts->api);
    pyro_log_write(contexts->log, PYRO_INFO, "tls", "the certificates have changed: read again");
}

/* Clients may hold all descriptors, of whom some may have to go. */
void pyro_tls_context_refresh(struct pyro_tls_context *context, struct pyro_loop *loop)
{
    double now = pyro_wall_seconds();
    if (now - context->checked < LOOK)
        return;
    context->checked = now;
    pyro_loop_yield_descriptor(loop);
    if (pyro_tls_files_changed(&context->files) || context->unread)
        reload(context);
    pyro_loop_regain_descriptor(loop);
}
