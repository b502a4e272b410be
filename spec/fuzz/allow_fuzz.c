/* Rules, and a question about what follows them behind a zero byte: object, method, name, subject,
 * address and user, with zero bytes between them. */
#include "codec_fuzz.h"
#include "rpc/allow.h"

/* Takes what comes before the next zero byte. */
static struct pyro_slice take_part(struct pyro_slice *rest)
{
    const char *zero = rest->length > 0 ? memchr(rest->data, 0, rest->length) : NULL;
    struct pyro_slice part;
    pyro_slice_take(rest, zero ? (size_t)(zero - rest->data) : rest->length, &part);
    if (rest->length > 0) {
        rest->data++;
        rest->length--;
    }
    return part;
}

static char *take_text(struct pyro_slice *rest)
{
    struct pyro_slice part = take_part(rest);
    char *text = malloc(part.length + 1);
    demand(text != NULL);
    memcpy(text, part.length > 0 ? part.data : "", part.length);
    text[part.length] = '\0';
    return text;
}

static bool is_allowed(const struct pyro_allow *allow, const struct pyro_question *question)
{
    const struct pyro_rule *rule = pyro_allow_decide(allow, question);
    return rule && rule->allow;
}

/* Checks that what is allowed once all is known is also allowed while less is. */
static void ask(const struct pyro_allow *allow, struct pyro_question question)
{
    bool allowed = is_allowed(allow, &question);
    question.named = PYRO_NAME_UNREAD;
    demand(is_allowed(allow, &question) || !allowed);
    allowed = is_allowed(allow, &question);
    question.any_method = true;
    demand(is_allowed(allow, &question) || !allowed);
    question.any_object = true;
    demand(is_allowed(allow, &question) || !allowed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pyro_error err = {.code = PYRO_OK};
    struct pyro_slice rest = pyro_slice((const char *)data, size);
    struct pyro_allow *allow;
    struct pyro_slice text = take_part(&rest);
    enum pyro_code code = pyro_allow_parse(&allow, "fuzz", text, &err);
    demand(code == err.code && (code == PYRO_OK) == (allow != NULL));
    if (code != PYRO_OK) {
        demand(code == PYRO_EVALUE && err.message[0] != '\0');
        return 0;
    }
    struct pyro_peer peer = {.kind = PYRO_PEER_UNKNOWN};
    struct pyro_question question = {.peer = &peer, .named = PYRO_NAME_IS_READ};
    question.object = take_part(&rest);
    question.method = take_part(&rest);
    question.name = take_part(&rest);
    char *subject = take_text(&rest), *address = take_text(&rest), *user = take_text(&rest);
    peer.user = *user ? user : NULL;
    peer.subject = *subject ? subject : NULL;
    pyro_peer_locate(&peer, address);
    ask(allow, question);
    question.named = PYRO_NAME_NONE;
    ask(allow, question);
    free(subject);
    free(address);
    free(user);
    pyro_allow_free(allow);
    return 0;
}
