/* Finding name servers: tactics, one after the other (enum tactic).
 *
 * A search begins in a completion of its own, so that it never answers from within pyro_locate().
 * Each tactic connects a client to a place, or broadcasts and tries the places that are answered,
 * as they come; its completion ends the search, or begins the next tactic. Ending frees the search,
 * then tells its owner, who may do anything. */
#include "naming/client/locate.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/escape.h"
#include "base/memory.h"
#include "base/words.h"
#include "naming/client/hosts.h"
#include "net/datagram.h"
#include "net/timer.h"
#include "rpc/client_key.h"
#include "rpc/object.h"

#define BROADCAST_TRIES 3
#define BROADCAST_WAIT 0.7 /* seconds */
#define ANSWERS 8          /* to broadcasts that are tried, one of each host */
#define LONGEST_REASON 150 /* bytes */
/* During tactics no single host may hold things up longer, in seconds. */
#define ATTEMPT_TIMEOUT 5.0

/* Tactics, in their order. Pyro broadcasts before it asks a configured host that is another one:
 * that takes 2 seconds where nobody answers, and who answers first takes the place of that host. */
enum tactic { GIVEN_HOST, LISTED_HOSTS, CONFIGURED_HOST, DEBIAN_HOST, BROADCAST, NO_TACTIC };

/* An answer to a broadcast. */
struct answer {
    struct pyro_uri uri;
    struct pyro_address from;
};

struct locate {
    struct pyro_search search;
    struct pyro_runtime *runtime;
    enum tactic tactic;
    char *host;      /* given, or NULL */
    int port;        /* given, or 0 */
    unsigned listed; /* hosts of NS_HOSTS that were tried */
    unsigned first;  /* place of the first of them in NS_HOSTS, */
    unsigned place;  /* and of the last */
    double timeout;
    struct pyro_hmac_key *key;  /* or NULL */
    struct pyro_client *client; /* being tried */
    struct pyro_call call;
    struct pyro_datagram *datagram;
    struct pyro_timer *timer;
    struct pyro_completion expired;
    int tries;
    struct answer answers[ANSWERS];
    size_t answered, attempted; /* answers that came, and that were tried */
    char tried[320];            /* places; of NS_HOSTS, why each failed: for people */
    struct pyro_error rejected; /* why a name server that is there cannot be used */
};

static struct locate *locate_of(struct pyro_search *search)
{
    return PYRO_CONTAINER(search, struct locate, search);
}

static void drop_client(struct locate *l)
{
    pyro_call_free(&l->call);
    pyro_client_free(l->client);
    l->client = NULL;
}

static void stop_broadcast(struct locate *l)
{
    pyro_timer_free(l->timer);
    l->timer = NULL;
    pyro_datagram_close(l->datagram);
    l->datagram = NULL;
    while (l->answered > 0)
        pyro_uri_free(&l->answers[--l->answered].uri);
}

static void locate_free(struct pyro_search *search)
{
    struct locate *l = locate_of(search);
    drop_client(l);
    stop_broadcast(l);
    pyro_completion_cancel(&l->expired); /* it may not have begun yet */
    pyro_hmac_key_release(l->key);
    pyro_free(l->host);
    pyro_free(l);
}

static void fail(struct locate *l)
{
    struct pyro_error err;
    if (l->listed > 0)
        pyro_error_set(&err, PYRO_ENAMING, "Failed to locate the nameserver by NS_HOSTS: %s",
                       l->tried);
    else if (l->rejected.code == PYRO_OK)
        pyro_error_set(&err, PYRO_ENAMING,
                       "Failed to locate the nameserver; tried %s; start one with pyrolua-ns, or "
                       "say where it is by NS_HOST and NS_PORT",
                       l->tried);
    else
        pyro_error_set(&err, PYRO_ENAMING, "Failed to locate the nameserver: %s",
                       l->rejected.message);
    pyro_search_fail(&l->search, &err);
}

/* Notes why one of NS_HOSTS failed, as far as there is room. */
static void note_failure(struct locate *l, const struct pyro_error *why)
{
    size_t length = strlen(l->tried), room = sizeof(l->tried) - length;
    if (room < 16)
        return;
    const char *between = length > 0 ? "; " : "";
    length += (size_t)snprintf(l->tried + length, room, "%s", between);
    room = sizeof(l->tried) - length;
    pyro_escape(l->tried + length, room < LONGEST_REASON ? room : LONGEST_REASON,
                pyro_slice_text(why->message));
}

static void next_tactic(struct locate *l);
static void next_answer(struct locate *l);

static void locate_on_bound(struct pyro_call *call)
{
    struct locate *l = PYRO_CONTAINER(call, struct locate, call);
    PYRO_ASSERT(l->client);
    if (call->error.code == PYRO_OK) {
        struct pyro_client *client = l->client;
        if (l->tactic == LISTED_HOSTS)
            l->runtime->nameserver = l->place;
        pyro_call_free(&l->call);
        l->client = NULL;
        pyro_search_end(&l->search, &(struct pyro_found){.client = client});
        return;
    }
    if (l->tactic == LISTED_HOSTS)
        note_failure(l, &call->error);
    else if (pyro_client_rejected(l->client))
        l->rejected = call->error;
    drop_client(l);
    if (l->datagram)
        next_answer(l);
    else
        next_tactic(l);
}

/* Tries to connect to a URI; false when it does not even begin. */
static bool try_uri(struct locate *l, const struct pyro_uri *uri)
{
    struct pyro_error err;
    bool ready;
    double timeout = l->timeout > 0 && l->timeout < ATTEMPT_TIMEOUT ? l->timeout : ATTEMPT_TIMEOUT;
    PYRO_ASSERT(!l->client);
    l->client = pyro_client_new(l->runtime, uri, &err);
    if (!l->client)
        return false;
    pyro_client_set_key(l->client, l->key);
    l->call = (struct pyro_call){.done = locate_on_bound};
    if (pyro_client_connect(l->client, NULL, &l->call, timeout, &ready, &err) == PYRO_OK)
        return true;
    if (l->tactic == LISTED_HOSTS)
        note_failure(l, &err);
    else
        l->rejected = err; /* the settings are wrong */
    drop_client(l);
    return false;
}

/* Notes what is tried, and where. */
static void note(struct locate *l, const char *what, const struct pyro_uri *uri)
{
    size_t length = strlen(l->tried);
    struct pyro_buffer location = {.data = NULL};
    if (pyro_uri_location(uri, &location) && pyro_buffer_append(&location, "", 1))
        snprintf(l->tried + length, sizeof(l->tried) - length, "%s%s%.100s", length > 0 ? ", " : "",
                 what, location.data);
    pyro_buffer_free(&location);
}

static bool try_host(struct locate *l, const char *host, int port)
{
    struct pyro_uri uri = {.object = NULL};
    bool begun = false;
    const char *sockname = strncmp(host, "./u:", 4) == 0 ? host + 4 : NULL;
    char bare[256];
    size_t length = strlen(host);
    if (length >= 2 && length < sizeof(bare) && host[0] == '[' && host[length - 1] == ']') {
        snprintf(bare, sizeof(bare), "%.*s", (int)(length - 2), host + 1);
        host = bare;
    }
    if (port == 0)
        port = (int)l->runtime->config.NS_PORT;
    if (pyro_uri_make(&uri, PYRO_URI_PYRO, PYRO_NAMESERVER_NAME, sockname ? NULL : host, sockname,
                      (uint16_t)port, NULL) == PYRO_OK) {
        note(l, "", &uri);
        begun = try_uri(l, &uri);
    }
    pyro_uri_free(&uri);
    return begun;
}

/* --- NS_HOSTS --- */

/* Tries the next of NS_HOSTS, in a circle that begins with the one that answered last; false after
 * all of them. */
static bool try_listed(struct locate *l)
{
    unsigned count = hosts_count(l->runtime);
    struct pyro_uri uri;
    bool begun = false;
    if (l->listed == 0)
        l->first = l->runtime->nameserver;
    while (!begun && l->listed < count) {
        l->place = (l->first + l->listed++) % count;
        if (hosts_uri(l->runtime, l->place, &uri) != PYRO_OK)
            continue;
        if (l->port != 0 && uri.host)
            uri.port = (uint16_t)l->port;
        begun = try_uri(l, &uri);
        pyro_uri_free(&uri);
    }
    return begun;
}

static bool is_local(const char *host)
{
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           strncmp(host, "127.", 4) == 0;
}

/* --- broadcast --- */

static void ask(struct locate *l)
{
    const char *list = l->runtime->config.BROADCAST_ADDRS;
    int port = l->port ? l->port : (int)l->runtime->config.NS_BCPORT;
    struct pyro_slice address;
    PYRO_ASSERT(l->datagram && l->timer);
    while (pyro_word_next(&list, &address)) {
        char host[128] = "";
        if (address.length < sizeof(host))
            memcpy(host, address.data, address.length);
        if (*host && strcmp(host, "''") != 0) /* an address that cannot be sent to is passed over */
            pyro_datagram_send(l->datagram, host, (uint16_t)port, pyro_slice_text("GET_NSURI"),
                               NULL);
    }
    pyro_timer_start(l->timer, BROADCAST_WAIT);
}

/* Tries the next answer. Where there is none, it waits for one, until all has been tried. */
static void next_answer(struct locate *l)
{
    PYRO_ASSERT(l->datagram && !l->client);
    while (l->attempted < l->answered)
        if (try_uri(l, &l->answers[l->attempted++].uri))
            return;
    if (l->tries < BROADCAST_TRIES)
        return;
    stop_broadcast(l);
    next_tactic(l);
}

static void locate_on_silence(struct pyro_completion *done)
{
    struct locate *l = PYRO_CONTAINER(done, struct locate, expired);
    if (++l->tries < BROADCAST_TRIES)
        ask(l);
    else if (!l->client)
        next_answer(l);
}

/* Returns whether an answer is to be tried: a host has one, so that it cannot hide the others'. A
 * Unix socket would be one of this machine, and without TLS. */
static bool is_wanted(const struct locate *l, const struct pyro_uri *uri,
                      const struct pyro_address *from)
{
    if (uri->protocol != PYRO_URI_PYRO || uri->sockname || l->answered == ANSWERS)
        return false;
    for (size_t i = 0; i < l->answered; i++)
        if (strcmp(l->answers[i].from.text, from->text) == 0)
            return false;
    return true;
}

/* Somebody answered: whoever it is, only a name server that shakes hands counts. */
static void locate_on_answer(void *owner, struct pyro_slice data, const struct pyro_address *from)
{
    struct locate *l = owner;
    struct pyro_uri uri = {.object = NULL};
    if (pyro_uri_parse(&uri, data, 0, NULL) != PYRO_OK)
        return;
    if (!is_wanted(l, &uri, from)) {
        pyro_uri_free(&uri);
        return;
    }
    l->answers[l->answered++] = (struct answer){uri, *from};
    if (!l->client)
        next_answer(l);
}

static bool broadcast(struct locate *l)
{
    const char *list = l->runtime->config.BROADCAST_ADDRS;
    struct pyro_slice first;
    if (l->runtime->config.PREFER_IP_VERSION == 6 || !pyro_word_next(&list, &first))
        return false;
    pyro_completion_init(&l->expired, locate_on_silence);
    l->datagram = pyro_datagram_new(l->runtime->loop, NULL, 0, locate_on_answer, l, NULL);
    if (l->datagram)
        l->timer = pyro_timer_new(l->runtime->loop, &l->expired);
    if (!l->timer) {
        stop_broadcast(l);
        return false;
    }
    note(l, "broadcasts to ",
         &(struct pyro_uri){.host = l->runtime->config.BROADCAST_ADDRS,
                            .port = (uint16_t)(l->port ? l->port : l->runtime->config.NS_BCPORT)});
    ask(l);
    return true;
}

/* --- tactics --- */

/* Begins a tactic, or goes on with one that tries several places; false where there is none (any
 * more). A list of hosts is all that is tried. */
static bool begin(struct locate *l, enum tactic tactic)
{
    const char *configured = l->runtime->config.NS_HOST;
    if (l->host ? tactic != GIVEN_HOST : tactic != LISTED_HOSTS && hosts_count(l->runtime) > 0)
        return false;
    switch (tactic) {
    case GIVEN_HOST:
        return l->host && try_host(l, l->host, l->port);
    case LISTED_HOSTS:
        return try_listed(l);
    case CONFIGURED_HOST:
        return try_host(l, configured, l->port);
    case DEBIAN_HOST: /* Debian gives the machine's own name this address */
        return is_local(configured) && strcmp(configured, "127.0.1.1") != 0 &&
               try_host(l, "127.0.1.1", l->port);
    case BROADCAST:
        return broadcast(l);
    case NO_TACTIC:
        break;
    }
    return false;
}

static void next_tactic(struct locate *l)
{
    PYRO_ASSERT(l->tactic < NO_TACTIC && !l->datagram);
    if (l->tactic == LISTED_HOSTS && begin(l, LISTED_HOSTS))
        return;
    while (++l->tactic < NO_TACTIC)
        if (begin(l, l->tactic))
            return;
    fail(l);
}

static void locate_on_start(struct pyro_completion *done)
{
    struct locate *l = PYRO_CONTAINER(done, struct locate, expired);
    if (!begin(l, l->tactic))
        next_tactic(l);
}

struct pyro_search *pyro_locate(struct pyro_runtime *runtime,
                                const struct pyro_locate_options *options, pyro_found_fn *found,
                                void *owner, struct pyro_error *err)
{
    struct locate *l = pyro_calloc(1, sizeof(*l));
    bool given = options->host && *options->host;
    if (l && given)
        l->host = pyro_copy_text(options->host, strlen(options->host));
    if (!l || (given && !l->host)) {
        pyro_free(l);
        pyro_error_memory(err);
        return NULL;
    }
    l->search = (struct pyro_search){locate_free, found, owner};
    l->runtime = runtime;
    l->port = options->port;
    l->timeout = options->timeout;
    l->key = pyro_hmac_key_retain(options->key);
    l->tactic = GIVEN_HOST;
    pyro_completion_init(&l->expired,
                         locate_on_start); /* answers come later, never from within this call */
    pyro_loop_post(runtime->loop, &l->expired);
    return &l->search;
}
