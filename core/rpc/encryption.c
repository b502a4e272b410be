#include "rpc/encryption.h"

#include "net/place.h"

static bool choose(enum pyro_choice choice, bool set)
{
    return choice == PYRO_AS_SET ? set : choice == PYRO_YES;
}

bool pyro_encryption_wanted(const struct pyro_runtime *runtime,
                            const struct pyro_encryption *options)
{
    return choose(options->wanted, runtime->config.SSL);
}

/* Returns the settings of a daemon or a client whose options say nothing. */
static struct pyro_tls_settings as_set(const struct pyro_config *config, bool server)
{
    struct pyro_tls_settings settings = {.server = server, .authorities = config->SSL_CACERTS};
    settings.require = server && config->SSL_REQUIRECLIENTCERT;
    settings.certificate = server ? config->SSL_SERVERCERT : config->SSL_CLIENTCERT;
    settings.key = server ? config->SSL_SERVERKEY : config->SSL_CLIENTKEY;
    settings.password = server ? config->SSL_SERVERKEYPASSWD : config->SSL_CLIENTKEYPASSWD;
    return settings;
}

/* Warns who may believe that a certificate alone makes a daemon encrypt. */
static void warn_unused(struct pyro_runtime *runtime, bool server,
                        const struct pyro_encryption *options)
{
    if (server && options->wanted == PYRO_AS_SET && *runtime->config.SSL_SERVERCERT)
        pyro_log_write(&runtime->log, PYRO_WARNING, "daemon",
                       "SSL_SERVERCERT is set, but SSL is not: connections are not encrypted");
}

enum pyro_code pyro_encryption_context(struct pyro_runtime *runtime, bool server,
                                       const struct pyro_encryption *options,
                                       struct pyro_tls_context **out, struct pyro_error *err)
{
    struct pyro_tls_settings settings = as_set(&runtime->config, server);
    *out = NULL;
    if (!pyro_encryption_wanted(runtime, options)) {
        warn_unused(runtime, server, options);
        return PYRO_OK;
    }
    settings.require = server && choose(options->required, settings.require);
    if (options->certificate) {
        settings.certificate = options->certificate;
        settings.key = options->key;
        settings.password = options->password;
    }
    if (options->authorities)
        settings.authorities = options->authorities;
    if (!runtime->tls && !(runtime->tls = pyro_tls_contexts_new(&runtime->log, err)))
        return err->code;
    *out = pyro_tls_context_get(runtime->tls, &settings, err);
    return *out ? PYRO_OK : err->code;
}

enum pyro_code pyro_encryption_check_socket(const struct pyro_runtime *runtime,
                                            const struct pyro_encryption *options, int descriptor,
                                            struct pyro_error *err)
{
    struct pyro_place place;
    if (!pyro_encryption_wanted(runtime, options))
        return PYRO_OK;
    pyro_place_of(descriptor, &place);
    if (!*place.host)
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EVALUE,
                          "SSL asks for TLS, which a connected socket cannot have: connect by a "
                          "URI, or use it with the option ssl = false");
}
