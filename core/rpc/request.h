/** @file
 * Requests that a daemon passes on to objects, and how objects answer them. */
#ifndef PYRO_RPC_REQUEST_H
#define PYRO_RPC_REQUEST_H

#include "codec/codec.h"
#include "rpc/object.h"
#include "rpc/runtime.h"
#include "value/tree.h"
#include "wire/message.h"

struct pyro_connection;
struct pyro_items;

/** What a request asks for. */
enum pyro_request_kind {
    PYRO_REQUEST_METHOD,
    PYRO_REQUEST_GET,   /**< an attribute: its name is the argument */
    PYRO_REQUEST_SET,   /**< an attribute: its name and value are the arguments */
    PYRO_REQUEST_BATCH, /**< methods: the argument is a list of entries */
};

/** A call that came in. Read its fields; answer it with the functions below. */
struct pyro_request {
    struct pyro_runtime *runtime;
    const struct pyro_codec *codec;
    const struct pyro_protocol *protocol;
    /** whom it is for, and the method. The arguments are read with pyro_request_args(). */
    struct pyro_invocation call;
    enum pyro_request_kind kind;
    unsigned flags; /**< PYRO_FLAG_ONEWAY, PYRO_FLAG_BATCH, PYRO_FLAG_BLOB */
    bool failed;    /**< set it where an answer is an error of the object's own */
    bool running;   /**< the object's: the method runs, or its arguments are found not to fit */
    bool unread; /**< reading failed: nothing ran, so a SecurityError leaves the connection open */
    /** What the answer carries, besides the message's correlation id; borrowed until it is begun.
     */
    const struct pyro_annotation *annotations;
    size_t annotation_count;
    struct pyro_annotation stream_id; /**< the annotation of an answer whose items are fetched */

    struct pyro_message message; /**< keeps in place what is read of the call */
    char *names;                 /**< object and method, once what they were read from is gone */
    struct pyro_connection *connection; /**< counted */
    bool concurrent;           /**< later requests of the connection are not blocked by it */
    struct pyro_items *items;  /**< whose next item is wanted, or NULL */
    struct pyro_draft draft;   /**< the answer that is being written */
    struct pyro_writer writer; /**< at the end: large, and prepared by its codec */
};

/** Sends two values to `to`: arguments (list or tuple), keyword arguments (dict or nil). Not of a
 * blob: that is a PYRO_ETYPE. Again only where pyro_request_reports_failure(): else they may be
 * gone.
 */
enum pyro_code pyro_request_args(struct pyro_request *request, struct pyro_sink *to,
                                 struct pyro_error *err);

/** With PYRO_FLAG_BLOB, the argument is the call itself, as it is serialized in `message.data`.
 * Sends what the client says about it: a tuple whose first item is its info. */
enum pyro_code pyro_request_blob(struct pyro_request *request, struct pyro_sink *to,
                                 struct pyro_error *err);

/** Whom it is for; NULL where that is registered no more. */
struct pyro_object *pyro_request_object(const struct pyro_request *request);

/** Gives the request a correlation id, where it has none: it has one from when somebody asks. False
 * when the system has no random numbers. */
bool pyro_request_correlate(struct pyro_request *request);

/** Whether nothing more of its connection is served, as the daemon is being drained. */
bool pyro_request_is_last(const struct pyro_request *request);

/** Whether somebody waits for the answer: not for oneway calls, and not when the client has gone.
 * If not, just finish. */
bool pyro_request_wanted(const struct pyro_request *request);

/** Whether the owner of the daemon wants to hear of methods that fail. */
bool pyro_request_reports_failure(const struct pyro_request *request);

/** Tells that owner that the method failed; `failure` is whatever both know of it. */
void pyro_request_report_failure(struct pyro_request *request, void *failure);

/** Starts the answer, with `flags` such as PYRO_FLAG_EXCEPTION: one value is then put into the sink
 * that comes back, and the answer ended. NULL with the error: answer with fail. The loop must not
 * be stepped before end or abort. */
struct pyro_sink *pyro_request_begin(struct pyro_request *request, unsigned flags,
                                     struct pyro_error *err);

/** Sends the answer and finishes the request. With an error (PYRO_ETOOLARGE) nothing was sent, and
 * the request is still to be answered. */
enum pyro_code pyro_request_end(struct pyro_request *request, struct pyro_error *err);

/** Begins, writes and ends an answer that is at hand as C data. An error leaves the request to be
 * answered. */
enum pyro_code pyro_request_answer(struct pyro_request *request, const struct pyro_value *value,
                                   struct pyro_error *err);

/** Answers that the result is to be fetched item by item, and finishes the request. Takes `items`
 * (rpc/items.h), also on failure. NULL: the daemon does not do that. An error leaves the request to
 * be answered. */
enum pyro_code pyro_request_stream(struct pyro_request *request, struct pyro_items *items,
                                   struct pyro_error *err);

/** Cuts off a begun answer; the request is still to be answered. */
void pyro_request_abort(struct pyro_request *request);

/** Logs a warning: who called what, and why it failed. */
void pyro_request_log(const struct pyro_request *request, struct pyro_slice method,
                      const char *why);

/** The same, of an error of the core. An unknown name is no warning, and the end of an item stream
 * not even logged. */
void pyro_request_log_error(const struct pyro_request *request, struct pyro_slice method,
                            const struct pyro_error *why);

/** Answers with an exception of the error's class, logs it, and finishes the request. After a
 * SecurityError of what was called the connection is closed, as Pyro does. */
void pyro_request_fail(struct pyro_request *request, const struct pyro_error *why);

/** Copies the names of object and method: what they were read from may go. Returns false when out
 * of memory. Private to rpc/. */
bool pyro_request_keep_names(struct pyro_request *request);

/** Frees the request and lets the connection go on. */
void pyro_request_finish(struct pyro_request *request);

#endif
