/** @file
 * Requests that a daemon passes on to objects, and how objects answer them. */
#ifndef PYRO_RPC_REQUEST_H
#define PYRO_RPC_REQUEST_H

#include "codec/codec.h"
#include "rpc/counting.h"
#include "rpc/object.h"
#include "rpc/runtime.h"
#include "value/tree.h"
#include "wire/message.h"

struct pyro_connection;
struct pyro_items;

/** Entries of a batch that run before others get a turn. */
#define PYRO_ENTRIES_A_TURN 100

/** The kind of a request. */
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
    /** The ids of object and method. The arguments are read with pyro_request_args(). */
    struct pyro_invocation call;
    enum pyro_request_kind kind;
    unsigned flags; /**< PYRO_FLAG_ONEWAY, PYRO_FLAG_BATCH, PYRO_FLAG_BLOB */
    bool failed;    /**< the answer is an error of the object's own; set by the object */
    bool running;   /**< the object's: the method runs, or its arguments are found not to fit */
    bool guarded;   /**< the daemon asks whether clients may call what they call (rpc/guard.h) */
    bool limited;   /**< of Pyro.Daemon.stats(): the client may know the totals only */
    bool refused;   /**< the log tells that the client may not use what it wants to use */
    bool unread; /**< reading failed: nothing ran, so a SecurityError leaves the connection open */
    bool concurrent; /**< the connection's later requests do not wait for this one */
    bool considered; /**< the daemon's owner decides whether it is served */
    /** Annotations of the answer, besides its correlation id; borrowed until it is begun. */
    const struct pyro_annotation *annotations;
    size_t annotation_count;

    char *names;    /**< object and method, once what they were read from is gone */
    uint64_t since; /**< when the call that is counted began */
    uint64_t made;  /**< calls of proxies that had been made when it came: these may wait for it */
    struct pyro_method_tally *tally;    /**< of its method; NULL: it was not found */
    struct pyro_connection *connection; /**< retained */
    struct pyro_items *items;           /**< the stream whose next item is wanted, or NULL */
    /** Keeps in place what is read of the call. From here on, nothing is zeroed. */
    struct pyro_message message;
    struct pyro_draft draft;   /**< the answer that is being written */
    struct pyro_writer writer; /**< of the answer, prepared by its codec */
};

/** Sends two values to `to`: arguments (list or tuple), keyword arguments (dict or nil). PYRO_ETYPE
 * for a blob. May be called again only where pyro_request_reports_failure(): elsewhere the bytes
 * may be gone. */
enum pyro_code pyro_request_args(struct pyro_request *request, struct pyro_sink *to,
                                 struct pyro_error *err);

/** Does what pyro_request_args() does, but keeps the bytes for that. Private to rpc/. */
enum pyro_code pyro_request_peek_args(struct pyro_request *request, struct pyro_sink *to,
                                      struct pyro_error *err);

/** Sends the description of a request with PYRO_FLAG_BLOB: a tuple whose first item is the blob's
 * info. The blob itself is the serialized call, in `message.data`. */
enum pyro_code pyro_request_blob(struct pyro_request *request, struct pyro_sink *to,
                                 struct pyro_error *err);

/** Returns the object that the request is for; NULL where it is no longer registered. */
struct pyro_object *pyro_request_object(const struct pyro_request *request);

/** Returns whether the request is the last of its connection, as the daemon is being drained. */
bool pyro_request_is_last(const struct pyro_request *request);

/** Returns whether somebody waits for the answer: nobody does after a oneway call, or when the
 * client has gone. Then the request is only finished. */
bool pyro_request_wanted(const struct pyro_request *request);

/** Returns whether the owner of the daemon wants to hear of methods that fail. */
bool pyro_request_reports_failure(const struct pyro_request *request);

/** Tells the owner of the daemon that the method failed; `failure` is passed on. */
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

/** Says that the method of a request was found, or of the next entry of its batch: its call is now
 * counted. Does nothing for NULL. */
static inline void pyro_request_found(struct pyro_request *request, struct pyro_slice method)
{
    if (request && !request->tally)
        pyro_count_found(request, method);
}

/** Counts an error of the call, by its class. */
void pyro_request_count_error(struct pyro_request *request, struct pyro_slice class_name);

/** Answers with an exception of the error's class, logs it, and finishes the request. After a
 * SecurityError of what was called the connection is closed, as Pyro does. */
void pyro_request_fail(struct pyro_request *request, const struct pyro_error *why);

/** Copies the names of object and method: what they were read from may go. Returns false when out
 * of memory. Private to rpc/. */
bool pyro_request_keep_names(struct pyro_request *request);

/** Frees the request and lets the connection go on. */
void pyro_request_finish(struct pyro_request *request);

#endif
