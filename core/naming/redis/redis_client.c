#include "naming/redis/redis_client.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/escape.h"
#include "base/memory.h"
#include "net/connect.h"
#include "net/timer.h"

/* Until a connection is there. */
#define CONNECT_TIMEOUT 3.0 /* seconds */
#define LOGIN_TIMEOUT 3.0
/* One reply is no longer, nor is an array in it. */
#define LONGEST_REPLY ((size_t)256 << 20)
#define MOST_ITEMS 100000

/* The type in which hiredis counts items of an array. */
#if HIREDIS_MAJOR < 1
typedef int item_count;
#else
typedef size_t item_count;
#endif

/* A command that was sent. */
struct expected {
    struct pyro_list node;
    redis_reply_fn *replied;
    void *context;
    double deadline; /* by pyro_loop_now() */
};

struct redis_client {
    const struct redis_client_ops *ops;
    void *owner;
    struct pyro_loop *loop;
    const struct hiredis *api;
    redisReader *reader;
    redisReplyObjectFunctions functions; /* hiredis' own, but for limits */
    redisReplyObjectFunctions *unlimited;
    size_t fed; /* bytes since the last whole reply */
    struct pyro_stream *stream;
    struct pyro_timer *timer;
    struct pyro_completion expired;
    struct pyro_list expected;
    bool connected, closed;
    unsigned busy;  /* replies are being handed out */
    char *password; /* until it is sent; or NULL */
    char *user;     /* or NULL */
    char place[PYRO_PLACE_SIZE];
    char received[16384];
};

void redis_command_add(struct redis_command *command, struct pyro_slice word)
{
    PYRO_ASSERT(command->count < REDIS_WORDS);
    command->words[command->count] = word.data;
    command->lengths[command->count++] = word.length;
}

static void forget_login(struct redis_client *client)
{
    if (client->password)
        explicit_bzero(client->password, strlen(client->password));
    pyro_free(client->password);
    pyro_free(client->user);
    client->password = client->user = NULL;
}

static void free_client(struct redis_client *client)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&client->expected)))
        pyro_free(PYRO_CONTAINER(node, struct expected, node));
    if (client->reader)
        client->api->redisReaderFree(client->reader);
    forget_login(client);
    pyro_free(client);
}

void redis_client_close(struct redis_client *client)
{
    if (!client)
        return;
    PYRO_ASSERT(!client->closed);
    client->closed = true;
    pyro_stream_close(client->stream);
    pyro_timer_free(client->timer);
    if (client->busy == 0)
        free_client(client);
}

static void end(struct redis_client *client, const struct pyro_error *why)
{
    if (!client->closed)
        client->ops->ended(client->owner, why);
}

static void end_by_words(struct redis_client *client, const char *words)
{
    struct pyro_error why;
    pyro_error_set(&why, PYRO_ECOMMUNICATION, "Redis at %s %s", client->place, words);
    end(client, &why);
}

/* --- timeouts --- */

static struct expected *next_expected(const struct redis_client *client)
{
    return pyro_list_empty(&client->expected)
               ? NULL
               : PYRO_CONTAINER(client->expected.next, struct expected, node);
}

static void client_on_expired(struct pyro_completion *done)
{
    struct redis_client *client = PYRO_CONTAINER(done, struct redis_client, expired);
    const struct expected *next = next_expected(client);
    double left = next ? next->deadline - pyro_loop_now(client->loop) : 0;
    if (client->connected && !next)
        return;
    if (client->connected && left > 0)
        pyro_timer_start(client->timer, left);
    else
        end_by_words(client, client->connected ? "does not answer" : "does not answer in time");
}

/* --- sending --- */

static enum pyro_code append(struct redis_client *client, const struct redis_command *command)
{
    char *text = NULL;
    struct pyro_buffer *output = pyro_stream_output(client->stream);
    const char **words = (const char **)command->words;
    long long length =
        client->api->redisFormatCommandArgv(&text, command->count, words, command->lengths);
    bool fits = length > 0 && pyro_buffer_append(output, text, (size_t)length);
    if (length > 0)
        client->api->redisFreeCommand(text);
    return fits ? PYRO_OK : PYRO_EMEMORY;
}

enum pyro_code redis_client_send(struct redis_client *client, const struct redis_command *command,
                                 double timeout, redis_reply_fn *replied, void *context,
                                 struct pyro_error *err)
{
    PYRO_ASSERT(client->connected && !client->closed);
    struct expected *expected = pyro_calloc(1, sizeof(*expected));
    if (!expected || append(client, command) != PYRO_OK) {
        pyro_free(expected);
        return pyro_error_memory(err);
    }
    expected->replied = replied;
    expected->context = context;
    expected->deadline = pyro_loop_now(client->loop) + timeout;
    if (pyro_list_empty(&client->expected))
        pyro_timer_start(client->timer, timeout);
    pyro_list_push(&client->expected, &expected->node);
    pyro_stream_changed(client->stream);
    return PYRO_OK;
}

/* --- the stream --- */

static void *client_create_array(const redisReadTask *task, item_count count)
{
    const struct redis_client *client = task->privdata;
    return (size_t)count > MOST_ITEMS ? NULL : client->unlimited->createArray(task, count);
}

static void client_space(void *owner, char **at, size_t *size)
{
    struct redis_client *client = owner;
    *at = client->received;
    *size = sizeof(client->received);
}

static bool client_filled(void *owner, size_t size)
{
    struct redis_client *client = owner;
    client->fed += size;
    return client->fed <= LONGEST_REPLY &&
           client->api->redisReaderFeed(client->reader, client->received, size) == REDIS_OK;
}

/* Hands a reply out to who sent its command; false where nobody did. */
static bool hand_out(struct redis_client *client, redisReply *reply)
{
    struct expected *expected = next_expected(client);
    if (!expected)
        return false;
    struct expected taken = *expected;
    pyro_list_remove(&expected->node);
    pyro_free(expected);
    taken.replied(taken.context, reply);
    return true;
}

/* Takes the next whole reply, NULL where there is none yet. */
static redisReply *next_reply(struct redis_client *client)
{
    void *reply = NULL;
    if (client->api->redisReaderGetReply(client->reader, &reply) != REDIS_OK)
        return NULL;
    return reply;
}

static void client_input(void *owner)
{
    struct redis_client *client = owner;
    redisReply *reply;
    bool asked = true;
    client->busy++;
    while (asked && !client->closed && (reply = next_reply(client))) {
        client->fed = 0;
        asked = hand_out(client, reply);
        client->api->freeReplyObject(reply);
    }
    if (!asked || (!client->closed && client->reader->err))
        end_by_words(client, "does not speak Redis' protocol");
    else if (!client->closed && client->fed > LONGEST_REPLY)
        end_by_words(client, "sends a reply that is too long");
    if (--client->busy == 0 && client->closed)
        free_client(client);
}

static void client_on_login(void *context, const redisReply *reply)
{
    struct redis_client *client = context;
    char text[160], words[240];
    if (reply->type != REDIS_REPLY_ERROR)
        return;
    pyro_escape(text, sizeof(text), pyro_slice(reply->str, reply->len));
    snprintf(words, sizeof(words), "refuses the user or the password: %s", text);
    end_by_words(client, words);
}

static void client_connected(void *owner)
{
    struct redis_client *client = owner;
    struct redis_command login = {.count = 0};
    struct pyro_error err = {.code = PYRO_OK};
    pyro_timer_stop(client->timer);
    client->connected = true;
    if (client->password) {
        redis_command_text(&login, "AUTH");
        if (client->user)
            redis_command_text(&login, client->user);
        redis_command_text(&login, client->password);
        redis_client_send(client, &login, LOGIN_TIMEOUT, client_on_login, client, &err);
        forget_login(client);
    }
    if (err.code != PYRO_OK)
        end(client, &err);
    else
        client->ops->connected(client->owner);
}

static void client_drained(void *owner)
{
    (void)owner; /* commands are few: who sends many waits for their replies */
}

static void client_ended(void *owner, const struct pyro_error *why)
{
    struct redis_client *client = owner;
    char words[PYRO_ERROR_SIZE];
    if (!client->connected) { /* it names the place */
        struct pyro_error named;
        pyro_error_set(&named, PYRO_ECOMMUNICATION, "Redis: %s", why->message);
        end(client, &named);
        return;
    }
    snprintf(words, sizeof(words), "closed the connection: %.300s", why->message);
    end_by_words(client, why->code == PYRO_ECLOSED ? "closed the connection" : words);
}

static const struct pyro_stream_ops stream_ops = {client_space,     client_filled,  client_input,
                                                  client_connected, client_drained, client_ended};

/* --- connecting --- */

static enum pyro_code make_reader(struct redis_client *client, struct pyro_error *err)
{
    client->api = hiredis_load(err);
    if (!client->api)
        return err->code;
    client->reader = client->api->redisReaderCreate();
    if (!client->reader)
        return pyro_error_memory(err);
    client->unlimited = client->reader->fn;
    client->functions = *client->unlimited;
    client->functions.createArray = client_create_array;
    client->reader->fn = &client->functions;
    client->reader->privdata = client;
    return PYRO_OK;
}

static bool copy_login(struct redis_client *client, const struct redis_login *login)
{
    if (login->password)
        client->password = pyro_copy_text(login->password, strlen(login->password));
    if (login->user)
        client->user = pyro_copy_text(login->user, strlen(login->user));
    return (!login->password || client->password) && (!login->user || client->user);
}

static enum pyro_code start(struct redis_client *client, const struct redis_login *login,
                            struct pyro_error *err)
{
    struct pyro_uri uri = {.host = (char *)login->host, .port = login->port};
    enum pyro_code code = make_reader(client, err);
    if (code != PYRO_OK)
        return code;
    pyro_uri_place(&uri, client->place);
    client->timer = pyro_timer_new(client->loop, &client->expired);
    if (!client->timer || !copy_login(client, login))
        return pyro_error_memory(err);
    client->stream = pyro_stream_connect(client->loop, &uri, 0, &stream_ops, client, err);
    if (!client->stream)
        return err->code;
    if (login->tls)
        code = pyro_tls_start(client->stream, login->tls, login->host, login->port, err);
    pyro_timer_start(client->timer, CONNECT_TIMEOUT);
    return code;
}

struct redis_client *redis_client_new(struct pyro_loop *loop, const struct redis_login *login,
                                      const struct redis_client_ops *ops, void *owner,
                                      struct pyro_error *err)
{
    struct redis_client *client = pyro_calloc(1, sizeof(*client));
    if (!client) {
        pyro_error_memory(err);
        return NULL;
    }
    client->loop = loop;
    client->ops = ops;
    client->owner = owner;
    pyro_list_init(&client->expected);
    pyro_completion_init(&client->expired, client_on_expired);
    if (start(client, login, err) != PYRO_OK) {
        redis_client_close(client);
        return NULL;
    }
    return client;
}
