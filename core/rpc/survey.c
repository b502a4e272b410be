#include "rpc/survey.h"

#include "base/serializer.h"
#include "rpc/client_state.h"
#include "rpc/daemon_state.h"

/* Returns the node after that one in a list (NULL: the first), or NULL. */
static struct pyro_list *next_node(const struct pyro_list *list, const struct pyro_list *node)
{
    struct pyro_list *next = node ? node->next : list->next;
    return next == list ? NULL : next;
}

/* --- daemons --- */

const struct pyro_daemon *pyro_survey_next_daemon(const struct pyro_runtime *runtime,
                                                  const struct pyro_daemon *daemon)
{
    struct pyro_list *node = next_node(&runtime->all_daemons, daemon ? &daemon->node : NULL);
    return node ? PYRO_CONTAINER(node, struct pyro_daemon, node) : NULL;
}

void pyro_survey_daemon(const struct pyro_daemon *daemon, struct pyro_daemon_survey *out)
{
    const struct pyro_map *objects = pyro_daemon_objects(daemon);
    bool itself = pyro_daemon_find(daemon, pyro_slice_text(PYRO_DAEMON_NAME)) != NULL;
    *out = (struct pyro_daemon_survey){
        .location = pyro_daemon_location(daemon),
        .open = !pyro_daemon_closed(daemon),
        .listening = daemon->listener != NULL,
        .objects = pyro_map_count(objects) - itself,
        .item_streams = pyro_map_count(&daemon->registry.streams.by_id),
        .connections = daemon->connection_count,
    };
}

const struct pyro_connection *pyro_survey_next_connection(const struct pyro_daemon *daemon,
                                                          const struct pyro_connection *connection)
{
    struct pyro_list *node = next_node(&daemon->connections, connection ? &connection->node : NULL);
    return node ? PYRO_CONTAINER(node, struct pyro_connection, node) : NULL;
}

void pyro_survey_connection(const struct pyro_connection *connection,
                            struct pyro_connection_survey *out)
{
    static const char *const states[] = {
        [CONNECTION_NEW] = "handshake",
        [CONNECTION_READY] = "ready",
        [CONNECTION_CLOSED] = "closed",
    };
    *out = (struct pyro_connection_survey){
        .peer = connection->peer,
        .state = states[connection->state],
        .requests = connection->requests,
        .running = connection->oneways + (connection->busy ? 1 : 0),
        .unread = pyro_input_pending(&connection->input),
        .unsent = connection->stream ? pyro_stream_unsent(connection->stream) : 0,
    };
}

/* --- clients --- */

const struct pyro_client *pyro_survey_next_client(const struct pyro_runtime *runtime,
                                                  const struct pyro_client *client)
{
    struct pyro_list *node = next_node(&runtime->all_clients, client ? &client->node : NULL);
    return node ? PYRO_CONTAINER(node, struct pyro_client, node) : NULL;
}

static const char *state_name(enum pyro_client_state state)
{
    static const char *const names[] = {
        [CLIENT_IDLE] = "idle",           [CLIENT_RESOLVING] = "resolving",
        [CLIENT_ADOPTED] = "adopted",     [CLIENT_CONNECTING] = "connecting",
        [CLIENT_HANDSHAKE] = "handshake", [CLIENT_METADATA] = "metadata",
        [CLIENT_ACCEPTED] = "validation", [CLIENT_READY] = "ready",
    };
    return names[state];
}

void pyro_survey_client(const struct pyro_client *client, struct pyro_client_survey *out)
{
    const struct pyro_dialect *dialect = &client->dialect;
    *out = (struct pyro_client_survey){
        .uri = &client->uri,
        .state = state_name(client->state),
        .protocol = dialect->protocol ? dialect->protocol->version : 0,
        .serializer = pyro_serializer_name(dialect->serializer),
        .unread = pyro_input_pending(&client->input),
        .announced = pyro_input_announced(&client->input),
        .unsent = client->stream ? pyro_stream_unsent(client->stream) : 0,
    };
    if (dialect->protocol)
        out->serializer = pyro_serializer_name(
            pyro_dialect_serializer(dialect, pyro_dialect_codec(dialect, client->runtime)));
}

/* The lists of calls that wait for a client, in the order in which they are looked at. */
static const struct pyro_list *call_list(const struct pyro_client *client, size_t i)
{
    const struct pyro_list *const lists[PYRO_SURVEY_LISTS] = {&client->binding, &client->confirming,
                                                              &client->pending, &client->draining};
    return lists[i];
}

static void survey_call(const struct pyro_client *client, size_t list, const struct pyro_call *call,
                        struct pyro_call_survey *out)
{
    static const char *const waits[PYRO_SURVEY_LISTS] = {"connection", "validation", "reply",
                                                         "output"};
    out->waits = call->done ? waits[list] : "unwanted reply";
    out->seconds = pyro_loop_now(client->runtime->loop) - call->since;
    out->method[0] = '\0';
    if (call_list(client, list) == &client->pending)
        pyro_call_show_method(call, out->method);
}

bool pyro_survey_next_call(const struct pyro_client *client, struct pyro_survey_cursor *at,
                           struct pyro_call_survey *out)
{
    for (; at->list < PYRO_SURVEY_LISTS; at->list++) {
        const struct pyro_list *list = call_list(client, at->list);
        at->node = next_node(list, at->node);
        if (at->node) {
            survey_call(client, at->list, PYRO_CONTAINER(at->node, struct pyro_call, node), out);
            return true;
        }
    }
    return false;
}
