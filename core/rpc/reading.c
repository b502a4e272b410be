#include "rpc/reading.h"

/* Inflates a message, within the budget; where that is less than a message may have, the error says
 * so. */
static enum pyro_code inflate(struct pyro_message *message, size_t limit,
                              struct pyro_budget *budget, struct pyro_error *err)
{
    bool scarce = budget->most > 0 && (limit == 0 || limit > budget->most);
    enum pyro_code code = pyro_message_inflate(message, scarce ? budget->most : limit, err);
    if (code == PYRO_ETOOLARGE && scarce)
        return pyro_budget_exceeded(budget, err);
    return code == PYRO_OK ? pyro_spend(budget, message->data.length, err) : code;
}

enum pyro_code pyro_message_open(struct pyro_message *message, size_t limit,
                                 const struct pyro_runtime *runtime, struct pyro_reading *held,
                                 struct pyro_error *err)
{
    pyro_budget_open(&held->budget, (size_t)runtime->config.MAX_VALUE_MEMORY);
    if (!(message->header.flags & PYRO_FLAG_COMPRESSED))
        return PYRO_OK;
    return inflate(message, limit, &held->budget, err);
}

enum pyro_code pyro_message_read(struct pyro_message *message, const struct pyro_runtime *runtime,
                                 struct pyro_reading *held, struct pyro_sink *to,
                                 struct pyro_error *err)
{
    size_t limit = (size_t)runtime->config.MAX_MESSAGE_SIZE;
    const struct pyro_codec *codec = pyro_codec_find(message->header.serializer);
    if (!codec)
        return pyro_error_set(err, PYRO_ESERIALIZE, "invalid serializer in response: %u",
                              message->header.serializer_id);
    enum pyro_code code = pyro_message_open(message, limit, runtime, held, err);
    if (code != PYRO_OK)
        return code;
    pyro_reading_charge(held, to);
    held->raised = (message->header.flags & PYRO_FLAG_EXCEPTION) != 0;
    return codec->read(message->data, held, to, err);
}
