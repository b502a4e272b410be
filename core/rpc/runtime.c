#include "rpc/runtime.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/random.h"
#include "net/timer.h"
#include "net/tls_context.h"

static void runtime_warn_unknown(void *context, const char *prefix, const char *name,
                                 const struct pyro_config_item *meant)
{
    (void)context;
    fprintf(stderr, "pyrolua: warning: %s%s is no setting of this version; ", prefix, name);
    if (meant)
        fprintf(stderr, "did you mean %s%s?\n", prefix, meant->name);
    else
        fprintf(stderr, "ignored\n");
}

static enum pyro_code apply_key(struct pyro_runtime *runtime, struct pyro_error *err)
{
    const char *secret = runtime->config.HMAC_KEY ? runtime->config.HMAC_KEY : "";
    if (runtime->key && pyro_slice_equals(pyro_hmac_key_secret(runtime->key), secret))
        return PYRO_OK;
    pyro_hmac_key_release(runtime->key);
    runtime->key = NULL;
    if (*secret && !(runtime->key = pyro_hmac_key_new(pyro_slice_text(secret))))
        return pyro_error_memory(err);
    return PYRO_OK;
}

enum pyro_code pyro_runtime_apply(struct pyro_runtime *runtime, struct pyro_error *err)
{
    const struct pyro_config *config = &runtime->config;
    const struct pyro_log_settings settings = {config->LOGLEVEL, config->LOGFILE,
                                               config->LOGFORMAT};
    enum pyro_code code = apply_key(runtime, err);
    return code != PYRO_OK ? code : pyro_log_set(&runtime->log, &settings, err);
}

enum pyro_code pyro_runtime_configure(struct pyro_runtime *runtime, char *const *environment,
                                      struct pyro_error *err)
{
    static char *const nothing[] = {NULL};
    struct pyro_config config;
    enum pyro_code code = pyro_config_defaults(&config, err);
    if (code != PYRO_OK)
        return code;
    code = pyro_config_environment(&config, environment ? environment : nothing,
                                   runtime_warn_unknown, NULL, err);
    if (code != PYRO_OK) {
        pyro_config_free(&config);
        return code;
    }
    pyro_config_free(&runtime->config);
    runtime->config = config;
    return pyro_runtime_apply(runtime, err);
}

/* --- floods in the log --- */

static void runtime_on_flooded(struct pyro_completion *done)
{
    pyro_log_turn(&PYRO_CONTAINER(done, struct pyro_runtime, flooded)->log);
}

/* Has it told within a second how many lines were left out, also where nothing is logged by then.
 * No program waits for that. */
static void runtime_on_flood(void *context)
{
    struct pyro_runtime *runtime = context;
    if (!runtime->flood && (runtime->flood = pyro_timer_new(runtime->loop, &runtime->flooded)))
        pyro_timer_unref(runtime->flood);
    if (runtime->flood)
        pyro_timer_start(runtime->flood, PYRO_LOG_PERIOD);
}

static void hear_floods(struct pyro_runtime *runtime, bool hear)
{
    runtime->log.flood.begun = hear ? runtime_on_flood : NULL;
    runtime->log.flood.context = runtime;
    if (!hear)
        pyro_timer_free(runtime->flood);
}

/* --- opening and closing --- */

enum pyro_code pyro_runtime_open(struct pyro_runtime *runtime, char *const *environment,
                                 struct pyro_error *err)
{
    *runtime = (struct pyro_runtime){.loop = NULL};
    pyro_list_init(&runtime->all_daemons);
    pyro_list_init(&runtime->all_clients);
    pyro_completion_init(&runtime->flooded, runtime_on_flooded);
    pyro_counters_open(&runtime->counters);
    enum pyro_code code = pyro_runtime_configure(runtime, environment, err);
    if (code == PYRO_OK && !(runtime->loop = pyro_loop_new(err)))
        code = err->code;
    if (code != PYRO_OK) {
        pyro_runtime_close(runtime);
        return code;
    }
    runtime->counters.opened = pyro_loop_now(runtime->loop);
    hear_floods(runtime, true);
    return PYRO_OK;
}

const struct pyro_codec *pyro_runtime_codec(const struct pyro_runtime *runtime,
                                            enum pyro_serializer serializer)
{
    const struct pyro_config *config = &runtime->config;
    const struct pyro_codec *codec = pyro_codec_find(serializer);
    if (codec == &pyro_codec_pickle)
        return pyro_codec_pickle_of((unsigned)config->PICKLE_PROTOCOL_VERSION);
    return codec == &pyro_codec_serpent && config->SERPENT_BYTES_REPR ? &pyro_codec_serpent_bytes
                                                                      : codec;
}

/* Random for a start, then counted: that is as unique, and costs nearly nothing. */
bool pyro_runtime_identify(struct pyro_runtime *runtime, unsigned char out[PYRO_CORRELATION_SIZE])
{
    const int first_counted = 9; /* version and variant of the UUID are before */
    if (!runtime->identified)
        runtime->identified = pyro_random_uuid(runtime->correlation);
    for (int i = PYRO_CORRELATION_SIZE - 1; i >= first_counted; i--)
        if (++runtime->correlation[i] != 0)
            break;
    memcpy(out, runtime->correlation, PYRO_CORRELATION_SIZE);
    return runtime->identified;
}

void pyro_runtime_close(struct pyro_runtime *runtime)
{
    PYRO_ASSERT(pyro_list_empty(&runtime->all_daemons) && pyro_list_empty(&runtime->all_clients));
    hear_floods(runtime, false);
    if (runtime->loop)
        pyro_loop_free(runtime->loop);
    pyro_counters_close(&runtime->counters);
    pyro_tls_contexts_free(runtime->tls);
    pyro_chunk_pool_free(&runtime->chunks);
    pyro_log_close(&runtime->log);
    pyro_hmac_key_release(runtime->key);
    pyro_config_free(&runtime->config);
    *runtime = (struct pyro_runtime){.loop = NULL};
}
