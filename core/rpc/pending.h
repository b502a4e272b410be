/** @file
 * Pending calls: who waits for a client, to be connected or for a reply. */
#ifndef PYRO_RPC_PENDING_H
#define PYRO_RPC_PENDING_H

#include "codec/codec.h"
#include "net/timer.h"
#include "rpc/runtime.h"
#include "wire/message.h"

struct pyro_client;

/** Bytes of the name of a method, as messages show it. */
#define PYRO_SHOWN_METHOD 48

/** Somebody who waits for a client: to be connected, or for a reply. Zero-initialize, set `done`.
 */
struct pyro_call {
    /** Hears that the wait is over: `error.code` is PYRO_OK, or says why it failed. Called once, as
     * a completion of its own. May do anything, such as free the call (after pyro_call_free) and
     * the client. */
    void (*done)(struct pyro_call *call);
    struct pyro_error error;
    struct pyro_message reply; /**< of a call that went well; pyro_call_free() releases it */
    struct pyro_reading held;  /**< of the reply that is being read */

    struct pyro_list node;
    struct pyro_client *client; /**< while waiting, else NULL */
    const struct pyro_runtime *runtime;
    struct pyro_timer *timer; /**< NULL until a wait has a timeout */
    double timeout;           /**< of this wait, in seconds; 0: none */
    double since;             /**< when the wait began, in the loop's seconds */
    char method[40];          /**< the name of the method, cut, not escaped */
    unsigned method_length;
    struct pyro_completion expired;
    struct pyro_completion finished;
    uint64_t number; /**< of the program's calls, from 1 */
    uint16_t seq;    /**< the sequence number of the reply; 0: the call waits for none */
    bool correlated; /**< the call was sent with this correlation id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
};

/** Stops waiting (a call whose reply is outstanding takes its connection down with it, lest the
 * reply meet another call), and releases what the call holds. Then it can be used again. */
void pyro_call_free(struct pyro_call *call);

/** Does what pyro_call_free() does, but keeps the timer: the call will be used again, or freed. */
void pyro_call_end(struct pyro_call *call);

/** Does what pyro_call_end() does, but keeps the connection: a reply that is outstanding will be
 * dropped. */
void pyro_call_forget(struct pyro_call *call);

/** Returns whether the reply is an exception. */
bool pyro_call_raised(const struct pyro_call *call);

/** Sends the reply's value to `to`. */
enum pyro_code pyro_call_read(struct pyro_call *call, struct pyro_sink *to, struct pyro_error *err);

/** Returns whether the call, whose `done` was called, is to confirm the connection. */
bool pyro_client_must_confirm(const struct pyro_client *client, const struct pyro_call *call);

/* The rest is private to rpc/. */

/** Enters a call into one of the lists. */
enum pyro_code pyro_call_wait(struct pyro_call *call, struct pyro_client *client,
                              struct pyro_list *list, double timeout, struct pyro_error *err);

/** Writes the name of a call's method as messages show it. */
void pyro_call_show_method(const struct pyro_call *call, char out[PYRO_SHOWN_METHOD]);

/** Restarts the timeouts of all calls in a list: the server was heard from. */
void pyro_call_renew_all(struct pyro_list *list);

/** Takes a call out of its list. */
void pyro_call_detach(struct pyro_call *call);

/** Ends a call's wait: well, or (`why` not NULL) with an error. */
void pyro_call_finish(struct pyro_call *call, const struct pyro_error *why);

/** Ends the waits of all calls in a list. */
void pyro_call_finish_all(struct pyro_list *list, const struct pyro_error *why);

/** Returns the first call of a list; NULL where there is none. */
struct pyro_call *pyro_call_first(const struct pyro_list *list);

/** Closes the client's stream, or gives up its search. The client is then idle; who waits goes on
 * waiting. */
void pyro_client_close_stream(struct pyro_client *client);

/** Closes the connection, and ends the waits of all calls with the error. */
void pyro_client_end(struct pyro_client *client, const struct pyro_error *why);

#endif
