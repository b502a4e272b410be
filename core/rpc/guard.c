/* Asks whether a client may call what it wants to call.
 *
 * Nothing that is not known counts as allowed: a request whose daemon has closed, so that its rules
 * are gone, is refused. The log says which rule has decided; the client is not told. */
#include "rpc/guard.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/memory.h"
#include "net/tls.h"
#include "rpc/connection.h"
#include "rpc/daemon.h"
#include "rpc/rules.h"

/* Bytes of an object's id, a method's name, or a name in the name server, that rules are compared
 * with: a longer one is not allowed, so that nobody can have long ones compared with many rules. */
#define LONGEST_NAME 1000

enum pyro_code pyro_guard_open(struct pyro_registry *registry, const char *path,
                               struct pyro_error *err)
{
    enum pyro_code code = pyro_rules_open(&registry->rules, path, err);
    registry->guarded = code == PYRO_OK;
    return code;
}

/* --- refusals --- */

/* Room for what a client wants, in words. */
#define SHOWN 240

static void show_wanted(const struct pyro_wanted *wanted, char out[SHOWN])
{
    char object[100], method[100];
    pyro_escape(object, sizeof(object), wanted->object);
    pyro_escape(method, sizeof(method), wanted->method);
    if (wanted->members)
        snprintf(out, SHOWN, "use %s", object);
    else
        snprintf(out, SHOWN, "call %s.%s", object, method);
}

static void log_refusal(const struct pyro_connection *connection, const struct pyro_wanted *wanted,
                        const char *why, const struct pyro_error *err)
{
    const struct pyro_log_fields fields = {.client = pyro_slice_text(connection->peer),
                                           .object = wanted->object,
                                           .method = wanted->method,
                                           .error = pyro_slice_text(pyro_error_name(err))};
    pyro_registry_log_refusal(connection->registry, PYRO_REFUSED_CALL, &fields, "%s: %s",
                              err->message, why);
}

/* Logs that a rule, or (NULL) the lack of one, refuses what the error tells. */
static void log_rule(const struct pyro_connection *connection, const struct pyro_wanted *wanted,
                     const struct pyro_rule *rule, const struct pyro_error *err)
{
    char why[300];
    const struct pyro_rules *rules = connection->registry->rules;
    if (rule)
        snprintf(why, sizeof(why), "%.250s:%u denies it", pyro_rules_path(rules), rule->line);
    else if (rules)
        snprintf(why, sizeof(why), "no rule of %.250s allows it", pyro_rules_path(rules));
    else
        snprintf(why, sizeof(why), "names have at most %d bytes", LONGEST_NAME);
    log_refusal(connection, wanted, why, err);
}

/* --- rules --- */

/* Returns the daemon's rules, in their newest version; NULL where it has none. */
static const struct pyro_rules *rules_of(const struct pyro_connection *connection)
{
    struct pyro_registry *registry = connection->registry;
    if (registry->rules)
        pyro_rules_refresh(registry->rules, registry->runtime->loop, &registry->runtime->log,
                           "daemon");
    return registry->rules;
}

/* Returns whether the rules allow something; says which rule has decided. */
static bool allows(struct pyro_connection *connection, struct pyro_question *question,
                   const struct pyro_rule **rule)
{
    const struct pyro_rules *rules = rules_of(connection);
    question->peer = pyro_connection_identity(connection);
    *rule = NULL;
    if (question->object.length > LONGEST_NAME || question->method.length > LONGEST_NAME ||
        question->name.length > LONGEST_NAME)
        return false;
    if (rules)
        *rule = pyro_rules_decide(rules, question);
    return !rules || (*rule && (*rule)->allow);
}

/* Returns what is known of the name that a call of an object is about. Only an object that asks
 * about names itself may be called before they are read. */
static enum pyro_name_known name_of(const struct pyro_registry *registry, struct pyro_slice object)
{
    const struct pyro_object *found = pyro_registry_find(registry, object);
    return found && found->asks_names ? PYRO_NAME_UNREAD : PYRO_NAME_NONE;
}

static enum pyro_code refuse_closed(struct pyro_error *err)
{
    return pyro_error_set(err, PYRO_EPERMISSION, "not allowed to call: the connection is closed");
}

/* Returns whether nobody is refused that call of Pyro.Daemon: who may not make it gets less. */
static bool is_stats(struct pyro_slice object, struct pyro_slice method)
{
    return pyro_slice_equals(object, PYRO_DAEMON_NAME) && pyro_slice_equals(method, "stats");
}

bool pyro_guard_limit(struct pyro_request *request, struct pyro_slice method)
{
    request->limited = is_stats(request->call.object, method);
    return request->limited;
}

/* Returns whether the rules let a client know the members of an object. Those of Pyro.Daemon are
 * the same everywhere. */
static bool shows_members(struct pyro_connection *connection, struct pyro_slice object,
                          const struct pyro_rule **rule)
{
    struct pyro_question question = {.object = object, .any_method = true};
    *rule = NULL;
    if (pyro_slice_equals(object, PYRO_DAEMON_NAME))
        return true;
    question.named = name_of(connection->registry, object);
    return allows(connection, &question, rule);
}

/* Returns whether the rules let a client have what it wants. */
static bool gives(struct pyro_connection *connection, const struct pyro_wanted *wanted,
                  const struct pyro_rule **rule)
{
    struct pyro_question question = {.object = wanted->object, .method = wanted->method};
    if (wanted->members)
        return shows_members(connection, wanted->object, rule);
    question.named = name_of(connection->registry, wanted->object);
    return allows(connection, &question, rule);
}

/* Checks by the rules. */
static enum pyro_code check(struct pyro_connection *connection, const struct pyro_wanted *wanted,
                            struct pyro_error *err)
{
    const struct pyro_rule *rule;
    char shown[SHOWN];
    if (!pyro_connection_registry(connection))
        return refuse_closed(err);
    if (gives(connection, wanted, &rule))
        return PYRO_OK;
    show_wanted(wanted, shown);
    pyro_error_set(err, PYRO_EPERMISSION, "not allowed to %s", shown);
    if (!is_stats(wanted->object, wanted->method))
        log_rule(connection, wanted, rule, err);
    return err->code;
}

/* Returns whether the client has a certificate that cannot be read: it must not be taken for one
 * without. */
static bool is_disguised(struct pyro_connection *connection)
{
    return connection->stream && !pyro_connection_certificate(connection) &&
           pyro_tls_has_certificate(connection->stream);
}

enum pyro_code pyro_guard_connect(struct pyro_connection *connection, struct pyro_error *err)
{
    const struct pyro_rule *rule;
    struct pyro_question question = {
        .any_object = true, .any_method = true, .named = PYRO_NAME_UNREAD};
    if (is_disguised(connection))
        return pyro_error_set(err, PYRO_EPERMISSION,
                              "not allowed to connect: the certificate cannot be read");
    if (!connection->registry->guarded || allows(connection, &question, &rule))
        return PYRO_OK;
    return pyro_error_set(err, PYRO_EPERMISSION, "not allowed to connect");
}

enum pyro_code pyro_guard_members(struct pyro_connection *connection, struct pyro_slice object,
                                  struct pyro_error *err)
{
    const struct pyro_rule *rule;
    if (!connection->registry->guarded || shows_members(connection, object, &rule))
        return PYRO_OK;
    char shown[100];
    pyro_escape(shown, sizeof(shown), object);
    return pyro_error_set(err, PYRO_EPERMISSION, "not allowed to use %s", shown);
}

enum pyro_code pyro_guard_check_member(struct pyro_request *request, struct pyro_slice member,
                                       struct pyro_error *err)
{
    const struct pyro_wanted wanted = {.object = request->call.object, .method = member};
    request->refused = check(request->connection, &wanted, err) != PYRO_OK;
    return err->code;
}

/* Returns whether the rules allow a call about a name; says which rule has decided. */
static bool allows_name(const struct pyro_request *request, const char *method,
                        const struct pyro_slice *name, const struct pyro_rule **rule)
{
    struct pyro_question question = {.object = request->call.object,
                                     .method = pyro_slice_text(method),
                                     .name = name ? *name : pyro_slice("", 0),
                                     .named = name ? PYRO_NAME_IS_READ : PYRO_NAME_NONE};
    return pyro_connection_registry(request->connection) &&
           allows(request->connection, &question, rule);
}

bool pyro_guard_allows_name(const struct pyro_request *request, const char *method,
                            const struct pyro_slice *name)
{
    const struct pyro_rule *rule;
    return !request->guarded || allows_name(request, method, name, &rule);
}

enum pyro_code pyro_guard_name(const struct pyro_request *request, const char *method,
                               const struct pyro_slice *name, struct pyro_error *err)
{
    const struct pyro_rule *rule = NULL;
    const struct pyro_wanted wanted = {.object = request->call.object,
                                       .method = pyro_slice_text(method)};
    char shown[160] = "", object[100];
    if (!request->guarded || allows_name(request, method, name, &rule))
        return PYRO_OK;
    if (!pyro_connection_registry(request->connection))
        return refuse_closed(err);
    pyro_escape(object, sizeof(object), request->call.object);
    if (name)
        pyro_escape(shown, sizeof(shown), *name);
    pyro_error_set(err, PYRO_EPERMISSION, "not allowed to call %s.%s%s%s%s", object, method,
                   name ? " with the name '" : "", shown, name ? "'" : "");
    log_rule(request->connection, &wanted, rule, err);
    return err->code;
}

/* --- what is wanted of Pyro.Daemon --- */

static enum pyro_code copy_wanted(struct pyro_wanted *wanted, struct pyro_slice object,
                                  struct pyro_slice method, struct pyro_error *err)
{
    char *kept = pyro_malloc(object.length + method.length + 1);
    if (!kept)
        return pyro_error_memory(err);
    memcpy(kept, object.data, object.length);
    memcpy(kept + object.length, method.data, method.length);
    wanted->kept = kept;
    wanted->object = pyro_slice(kept, object.length);
    wanted->method = pyro_slice(kept + object.length, method.length);
    return PYRO_OK;
}

static struct pyro_slice first_text(const struct pyro_value *args)
{
    const struct pyro_value *first = pyro_value_at(args, 0);
    return first && first->type == PYRO_STR ? first->u.text : pyro_slice("", 0);
}

/* Replaces a method of Pyro.Daemon by what it is about: the members of an object, or the method
 * that has made a stream. Of a stream that there is not, nothing is wanted. */
static enum pyro_code take_subject(const struct pyro_registry *registry,
                                   const struct pyro_value *args, struct pyro_wanted *wanted,
                                   struct pyro_error *err)
{
    const struct pyro_items *items = NULL;
    wanted->members = pyro_slice_equals(wanted->method, "get_metadata");
    if (wanted->members)
        return copy_wanted(wanted, first_text(args), wanted->method, err);
    items = pyro_streams_find(&registry->streams, first_text(args));
    wanted->nothing = !items;
    return items ? copy_wanted(wanted, items->object, items->method, err) : PYRO_OK;
}

/* Returns whether it is a method of Pyro.Daemon that is about something else. */
static bool is_about(const struct pyro_wanted *wanted)
{
    return pyro_slice_equals(wanted->object, PYRO_DAEMON_NAME) &&
           (pyro_slice_equals(wanted->method, "get_metadata") ||
            pyro_slice_equals(wanted->method, "get_next_stream_item") ||
            pyro_slice_equals(wanted->method, "close_stream"));
}

static enum pyro_code read_subject(struct pyro_request *request, struct pyro_wanted *wanted,
                                   struct pyro_error *err)
{
    struct pyro_tree args;
    pyro_tree_init(&args, err);
    enum pyro_code code = pyro_request_peek_args(request, &args.sink, err);
    if (code == PYRO_OK)
        code = take_subject(request->connection->registry, args.root.u.of.items, wanted, err);
    pyro_tree_free(&args);
    return code;
}

/* --- requests --- */

/* Of a batch, which tells whether there is the object, its members are wanted before its entries
 * are: its answer, even to an empty one, would tell that otherwise. */
enum pyro_code pyro_guard_request(struct pyro_request *request, struct pyro_wanted *wanted,
                                  struct pyro_error *err)
{
    bool batch = request->kind == PYRO_REQUEST_BATCH;
    enum pyro_code code = PYRO_OK;
    *wanted = (struct pyro_wanted){.object = request->call.object,
                                   .method = batch ? pyro_slice_text("get_metadata")
                                                   : request->call.method,
                                   .members = batch};
    if (request->kind == PYRO_REQUEST_METHOD && is_about(wanted))
        code = read_subject(request, wanted, err);
    else if (!wanted->method.data)
        wanted->method = pyro_slice("", 0);
    if (code != PYRO_OK || wanted->nothing)
        return code;
    code = check(request->connection, wanted, err);
    wanted->nothing = code != PYRO_OK && pyro_guard_limit(request, wanted->method);
    return wanted->nothing ? PYRO_OK : code;
}

void pyro_guard_free_wanted(struct pyro_wanted *wanted)
{
    pyro_free(wanted->kept);
    wanted->kept = NULL;
}

enum pyro_code pyro_guard_ask(struct pyro_connection *connection, const struct pyro_wanted *wanted,
                              struct pyro_error *err)
{
    struct pyro_registry *registry = pyro_connection_registry(connection);
    if (!registry)
        return refuse_closed(err);
    if (wanted->nothing || !registry->hooks->authorize)
        return PYRO_OK;
    enum pyro_code code = registry->hooks->authorize(registry->owner, connection, wanted, err);
    if (code == PYRO_EPERMISSION && !is_stats(wanted->object, wanted->method))
        log_refusal(connection, wanted, "authorize() does not allow it", err);
    return code;
}

enum pyro_code pyro_guard_call(struct pyro_request *request, struct pyro_slice member,
                               const struct pyro_value *args, struct pyro_error *err)
{
    struct pyro_connection *connection = request->connection;
    struct pyro_wanted wanted = {.object = request->call.object, .method = member};
    enum pyro_code code = PYRO_OK;
    if (!request->guarded)
        return PYRO_OK;
    if (!pyro_connection_registry(connection))
        return refuse_closed(err);
    if (args && is_about(&wanted))
        code = take_subject(connection->registry, args, &wanted, err);
    if (code == PYRO_OK && !wanted.nothing)
        code = check(connection, &wanted, err);
    if (code == PYRO_OK)
        code = pyro_guard_ask(connection, &wanted, err);
    pyro_guard_free_wanted(&wanted);
    if (code != PYRO_OK && pyro_guard_limit(request, member))
        code = err->code = PYRO_OK;
    return code;
}
