/** @file
 * The public header of pyrolua: remote objects as Pyro has them, for programs in C.
 *
 * A *runtime* holds everything: an event loop, a Lua state, daemons that serve objects, proxies
 * that call them. A process may have several, which share nothing: each belongs to one thread at a
 * time (only pyrolua_stop() and pyrolua_post() may be called from others). Nothing happens behind
 * the program's back: the runtime works while pyrolua_run(), pyrolua_step(), pyrolua_call_wait() or
 * a script runs, and calls the program's functions from there. These may call anything here, also
 * pyrolua_free().
 *
 * What can fail returns PYROLUA_OK or a code; then pyrolua_last_error() says more. Texts are UTF-8,
 * and ended by a zero byte unless a length is given; what is passed in is copied. NULL where it is
 * not said to be allowed is PYROLUA_EVALUE; functions that return nothing ignore it, and from a
 * reader that is NULL nothing can be read. A handle that is not freed by the program is freed with
 * its runtime. No function here leaves by longjmp, exits or aborts, and none changes what signals
 * do.
 *
 * After a fork(), runtimes stay the parent's. The child may call pyrolua_free(), which then only
 * releases memory and descriptors: the parent notices nothing. What else it calls finds nothing to
 * wait for. It may make runtimes of its own. */
#ifndef PYROLUA_H
#define PYROLUA_H

#include <stddef.h>
#include <stdint.h>

#define PYROLUA_VERSION_MAJOR 0
#define PYROLUA_VERSION_MINOR 1
#define PYROLUA_VERSION_PATCH 0
#define PYROLUA_VERSION "0.1.0"

#if defined(__GNUC__)
#define PYROLUA_API __attribute__((visibility("default")))
#define PYROLUA_FORMAT(text, first) __attribute__((format(printf, text, first)))
#else
#define PYROLUA_API
#define PYROLUA_FORMAT(text, first)
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- errors --- */

/** What functions return. */
enum pyrolua_code {
    PYROLUA_OK = 0,
    PYROLUA_EMEMORY,        /**< out of memory */
    PYROLUA_EVALUE,         /**< an argument is not what it has to be */
    PYROLUA_ESYSTEM,        /**< the system refused: an address is in use, a file is not there */
    PYROLUA_ECOMMUNICATION, /**< no connection, or it broke; or what came is no Pyro */
    PYROLUA_ETIMEOUT,       /**< it took too long */
    PYROLUA_ENAMING,        /**< no name server, or it does not know the name */
    PYROLUA_ESERIALIZE,     /**< a value cannot travel, or is not of the kind that was read */
    PYROLUA_ERAISED,        /**< the remote object, or the script, raised an exception */
    PYROLUA_EIDLE,          /**< waiting is in vain: nothing is open that could end it */
    PYROLUA_ECLOSED,        /**< the runtime was stopped, or is being freed */
    PYROLUA_ENESTED         /**< too many waits inside of waits (MAX_NESTED_WAITS) */
};

/** An error. Its texts are never NULL. */
typedef struct pyrolua_error {
    int code;               /**< of enum pyrolua_code */
    const char *class_name; /**< "ZeroDivisionError", "CommunicationError", "mymodule.MyError" */
    const char *message;
    const char *traceback; /**< where it was raised, in lines; "" where that is not known */
} pyrolua_error;

/* --- the runtime --- */

typedef struct pyrolua_runtime pyrolua_runtime;

/** Makes a runtime, with the settings of the environment (`PYROLUA_…`, `PYRO_…`). Where it fails,
 * `*runtime` can be asked for the error and has to be freed, too; it is NULL only when out of
 * memory. */
PYROLUA_API int pyrolua_new(pyrolua_runtime **runtime);

/** Frees a runtime and all that belongs to it: daemons and connections are closed (output, oneway
 * calls among it, gets up to a second to leave), calls under way end with PYROLUA_ECLOSED, scripts
 * are dropped. The program's functions that hear of it may still use, and free, its handles. Where
 * it is called by one of the program's functions that the runtime called, nothing is served from
 * then on, and the rest is done when the outermost function of the runtime returns: that, and all
 * in between, return PYROLUA_ECLOSED. Accepts NULL. */
PYROLUA_API void pyrolua_free(pyrolua_runtime *runtime);

/** The last error of the runtime, until the next one; of NULL, that there is no memory. */
PYROLUA_API const pyrolua_error *pyrolua_last_error(const pyrolua_runtime *runtime);

/** Sets a setting: a name of Pyro's config, such as "COMMTIMEOUT", and its value as an environment
 * variable has it. A name or value that does not fit is PYROLUA_EVALUE, and changes nothing. */
PYROLUA_API int pyrolua_configure(pyrolua_runtime *runtime, const char *name, const char *value);

/* --- the loop --- */

/** Serves, and calls back, until pyrolua_stop() (PYROLUA_OK), or as long as there is anything open
 * (PYROLUA_EIDLE). */
PYROLUA_API int pyrolua_run(pyrolua_runtime *runtime);

/** Ends pyrolua_run(), and whatever else waits (that returns PYROLUA_ECLOSED; a script can be gone
 * on with by running the runtime): what does now, else what does next. In Lua code that runs an
 * error is raised, again and again should it go on; a function of C is not interrupted. May be
 * called from any thread, and from a signal handler. */
PYROLUA_API void pyrolua_stop(pyrolua_runtime *runtime);

/** Waits for something to do, at most `timeout` seconds (0: not at all, negative: any time; NAN is
 * PYROLUA_EVALUE), and does it. PYROLUA_EIDLE where nothing is open. */
PYROLUA_API int pyrolua_step(pyrolua_runtime *runtime, double timeout);

/** For a loop of the program's own: a descriptor to poll for input. When it is readable, or the
 * time of pyrolua_timeout() is over, call pyrolua_step(runtime, 0). It is closed with the runtime.
 */
PYROLUA_API int pyrolua_descriptor(const pyrolua_runtime *runtime);

/** How many seconds to poll at most before the next step; negative: any time. Call it right before
 * polling, each time: it also gives the system what is to be sent and awaited. */
PYROLUA_API double pyrolua_timeout(pyrolua_runtime *runtime);

/** Has the runtime call `function(context)` once, on its own thread, while it works: how another
 * thread, which may call nothing else here, hands over what it has done. May be called from any
 * thread, but not from a signal handler. Functions run in the order in which they were posted;
 * those that have not run when the runtime is freed run in pyrolua_free(). Each waits in a few
 * bytes of memory: nothing but the program limits how many. A function that is posted wakes
 * whatever waits, but does not keep pyrolua_run() going: an open daemon does, or a reply that is
 * not answered yet.
 *
 * PYROLUA_EMEMORY, PYROLUA_ECLOSED (the runtime is being freed) or PYROLUA_EVALUE (NULL): the
 * function is not called; pyrolua_last_error() does not tell. No other thread may be about to call
 * this, or pyrolua_stop(), when the runtime is freed. */
PYROLUA_API int pyrolua_post(pyrolua_runtime *runtime, void (*function)(void *context),
                             void *context);

/* --- values: read --- */

/** Reads values one after the other: arguments of a call, a result, the items of a container.
 * Values belong to the reader, and the reader to what gave it. The first thing that goes wrong
 * (another type than is read, nothing more to read) is kept, and everything read from then on is 0
 * or NULL; pyrolua_read_end() tells. */
typedef struct pyrolua_reader pyrolua_reader;

enum pyrolua_type {
    PYROLUA_NOTHING, /**< there is no further value, or reading has failed */
    PYROLUA_NIL,
    PYROLUA_BOOL,
    PYROLUA_INT,
    PYROLUA_REAL,
    PYROLUA_TEXT,
    PYROLUA_BYTES,
    PYROLUA_LIST,
    PYROLUA_TUPLE,
    PYROLUA_SET,
    PYROLUA_FROZENSET,
    PYROLUA_DICT,
    PYROLUA_OTHER, /**< an integer beyond 64 bits, a complex number, a date: it can be skipped */
    PYROLUA_ARRAY  /**< an array of numbers, such as numpy's */
};

/* Dimensions that an array has at most. */
#define PYROLUA_DIMENSIONS 32

/** An array of numbers. */
typedef struct pyrolua_array {
    const char *dtype; /**< numpy's name of the type of its items: "<f8", ">i2", "<c16" … */
    int fortran;       /**< the first index changes fastest in `data`; 0: the last one does */
    int form;          /**< how it came, and is to be sent back; 0 for a new one */
    size_t dimensions;
    size_t shape[PYROLUA_DIMENSIONS]; /**< the length of each dimension */
    const void *data;                 /**< the items, without gaps */
    size_t length;                    /**< bytes of these */
} pyrolua_array;

/** The type of the next value. */
PYROLUA_API int pyrolua_next(const pyrolua_reader *reader);

/** Reads a bool: 0 or 1. */
PYROLUA_API int pyrolua_read_bool(pyrolua_reader *reader);

/** Reads an integer. */
PYROLUA_API int64_t pyrolua_read_int(pyrolua_reader *reader);

/** Reads a number: an integer is accepted, too. */
PYROLUA_API double pyrolua_read_real(pyrolua_reader *reader);

/** Reads a text. Where `length` is NULL, one with a zero byte in it is refused. */
PYROLUA_API const char *pyrolua_read_text(pyrolua_reader *reader, size_t *length);

/** Reads bytes. */
PYROLUA_API const void *pyrolua_read_bytes(pyrolua_reader *reader, size_t *length);

/** Reads an array. Its `dtype` and `data` (aligned for numbers of any type) belong to the reader.
 * Returns whether there was one; else `array` is all zero. */
PYROLUA_API int pyrolua_read_array(pyrolua_reader *reader, pyrolua_array *array);

/** Reads the URI of an object: of a proxy or a URI that came, or a text. For pyrolua_proxy_new().
 */
PYROLUA_API const char *pyrolua_read_uri(pyrolua_reader *reader);

/** Enters a container, of any kind: its items are read next, of a dict key, value, key, value.
 * Returns how many items (of a dict: pairs) there are. */
PYROLUA_API size_t pyrolua_read_begin(pyrolua_reader *reader);

/** In a dict, or among a call's named arguments (of a method without names for its parameters): the
 * value of that key is read next. Returns whether there is one. */
PYROLUA_API int pyrolua_read_key(pyrolua_reader *reader, const char *key);

/** Passes over the next value. */
PYROLUA_API void pyrolua_skip(pyrolua_reader *reader);

/** Leaves the container that was entered, whether all of it was read or not; or, outside of
 * containers, ends reading: then it is an error if values (or named arguments) are left. Returns
 * PYROLUA_OK, or the code of the first error. */
PYROLUA_API int pyrolua_read_end(pyrolua_reader *reader);

/* --- values: write --- */

/** Writes values one after the other: arguments, a result, the items of a container. What goes
 * wrong (text that is no UTF-8, no memory, a container that is not ended) is kept, and fails the
 * call. */
typedef struct pyrolua_writer pyrolua_writer;

/** Writes Lua's nil, which is Python's None. */
PYROLUA_API void pyrolua_put_nil(pyrolua_writer *writer);

/** Writes a bool: false for 0, else true. */
PYROLUA_API void pyrolua_put_bool(pyrolua_writer *writer, int value);

/** Writes an integer. */
PYROLUA_API void pyrolua_put_int(pyrolua_writer *writer, int64_t value);

/** Writes a number, which stays a float where it is a whole one. */
PYROLUA_API void pyrolua_put_real(pyrolua_writer *writer, double value);

/** Writes a text, up to its zero byte. */
PYROLUA_API void pyrolua_put_text(pyrolua_writer *writer, const char *text);

/** Writes a text of `length` bytes. */
PYROLUA_API void pyrolua_put_text_of(pyrolua_writer *writer, const char *text, size_t length);

/** Writes bytes. */
PYROLUA_API void pyrolua_put_bytes(pyrolua_writer *writer, const void *data, size_t length);

/** Writes an array, which is copied. Its dtype may also be named in letters ("float64"); objects
 * and records are none. The length of its data must be that of its shape. With pickle and msgpack
 * it is numpy's array in Python (by msgpack-numpy), else a dict; see docs/arrays.md. */
PYROLUA_API void pyrolua_put_array(pyrolua_writer *writer, const pyrolua_array *array);

/** Begins a container (PYROLUA_LIST, _TUPLE, _SET, _FROZENSET or _DICT): its items follow, of a
 * dict key, value, key, value; then pyrolua_put_end(). */
PYROLUA_API void pyrolua_put_begin(pyrolua_writer *writer, int type);

/** Ends the container that was begun last. */
PYROLUA_API void pyrolua_put_end(pyrolua_writer *writer);

/** Among a call's arguments, after all without a name: the next value is the named argument. */
PYROLUA_API void pyrolua_put_name(pyrolua_writer *writer, const char *name);

/** In a method: it fails with an exception of that class ("ValueError", "mymodule.MyError") and
 * message (as for printf; what is too long, some 400 bytes, is cut). A class is named by
 * identifiers with dots between them, less than 64 bytes: else the exception is a ValueError that
 * tells of it. Returns what the method is to return. */
PYROLUA_API int pyrolua_raise(pyrolua_writer *writer, const char *class_name, const char *format,
                              ...) PYROLUA_FORMAT(3, 4);

/* --- serving --- */

/** A method of an object, or what reads or writes an attribute of it: reads its arguments, writes
 * one result (none is nil), and returns PYROLUA_OK; or the code of pyrolua_read_end() or
 * pyrolua_raise(), which the caller gets as an exception; or that of another function here that
 * failed in it, whose error the caller gets then. Any other code, and what is none, is an exception
 * that says so, of the code's class (ValueError for PYROLUA_EVALUE), else a RuntimeError. It may
 * call other objects, and wait; meanwhile further calls are served. */
typedef int pyrolua_method(void *self, pyrolua_reader *arguments, pyrolua_writer *result);

/** A member of a class: a method, or an attribute. The other fields are NULL or 0. */
typedef struct pyrolua_member {
    const char *name;
    pyrolua_method *call; /**< the method */
    int oneway;           /**< nobody waits for the method, or hears of its result */
    pyrolua_method *get;  /**< writes the attribute's value */
    pyrolua_method *set;  /**< reads it; NULL where it cannot be set */
    /** The names of the method's parameters, then NULL: its named arguments are then read as those
     * without a name, in this order. One that was not given is nil before others, and nothing
     * behind them; other names are a TypeError. NULL: pyrolua_read_key() reads named arguments. */
    const char *const *parameters;
} pyrolua_member;

/** What objects of a kind can do. It is not copied: it stays where it is. */
typedef struct pyrolua_class {
    const pyrolua_member *members; /**< up to the entry whose name is NULL */
    void (*release)(void *self);   /**< nothing refers to the object any more; or NULL */
} pyrolua_class;

/** Listens, and serves objects. */
typedef struct pyrolua_daemon pyrolua_daemon;

/** Where a daemon listens. Zero-initialized: at the configured host, on any port. */
typedef struct pyrolua_place {
    const char *host;       /**< NULL: the setting HOST. Of a name, all addresses of this machine */
    int port;               /**< 0: any, or of a name server the setting NS_PORT; -1: any */
    const char *unixsocket; /**< path of a Unix socket, instead of those; or NULL. A file that
                               a killed program left there is replaced. */
    const char *nathost;    /**< what URIs say where the daemon is behind NAT, or NULL */
    int natport;            /**< likewise; 0: the port itself */
} pyrolua_place;

/** Starts a daemon. `place` may be NULL. Objects are served whenever the runtime works. */
PYROLUA_API int pyrolua_daemon_new(pyrolua_runtime *runtime, const pyrolua_place *place,
                                   pyrolua_daemon **daemon);

/** Starts a name server, on a daemon that can serve other objects as well. `broadcast`: whether it
 * answers to clients that look for it by broadcast. */
PYROLUA_API int pyrolua_nameserver_new(pyrolua_runtime *runtime, const pyrolua_place *place,
                                       int broadcast, pyrolua_daemon **daemon);

/** "localhost:4711" or "./u:path". */
PYROLUA_API const char *pyrolua_daemon_location(const pyrolua_daemon *daemon);

/** Serves `self` as an object with that id (NULL: a new one). It is released when it is
 * unregistered or the daemon freed; on failure it stays the caller's. `*uri` (NULL: not wanted) is
 * valid as long as it is registered. */
PYROLUA_API int pyrolua_daemon_register(pyrolua_daemon *daemon, const char *id,
                                        const pyrolua_class *kind, void *self, const char **uri);

/** Ends serving the object; PYROLUA_EVALUE where there is none of that id. */
PYROLUA_API int pyrolua_daemon_unregister(pyrolua_daemon *daemon, const char *id);

/** Stops listening, and closes connections once what is sent has left. Accepts NULL. */
PYROLUA_API void pyrolua_daemon_free(pyrolua_daemon *daemon);

/* --- answering later --- */

/** The answer of a call that is put off: filled and sent, or freed, once, on the runtime's thread.
 * It outlives the client, the object's registration and the daemon: then nobody waits any more, and
 * everything still works. */
typedef struct pyrolua_reply pyrolua_reply;

/** In a method (or what reads or writes an attribute), with its writer: its result comes later. The
 * method has read its arguments, and returns PYROLUA_OK; meanwhile others are served, but not
 * further calls of the same connection, and of a batch not the calls after it. What the method has
 * written counts for nothing. Should it return an error, its caller gets that, and the reply is
 * freed. The object is not released before its replies are answered or freed. A script that calls a
 * provided object waits for the answer.
 *
 * NULL: out of memory; or it is no method's writer, or was done already. */
PYROLUA_API pyrolua_reply *pyrolua_defer(pyrolua_writer *result);

/** Where the result goes: one value (none is nil). */
PYROLUA_API pyrolua_writer *pyrolua_reply_writer(pyrolua_reply *reply);

/** Whether somebody still waits for the answer: not in a oneway call, and not once the client has
 * gone. */
PYROLUA_API int pyrolua_reply_wanted(const pyrolua_reply *reply);

/** Answers with what was written, and frees the reply. PYROLUA_OK also where nobody waits any more;
 * else the caller gets an exception, for the reason that pyrolua_last_error() tells: what was
 * written is no result, or too large. */
PYROLUA_API int pyrolua_reply_send(pyrolua_reply *reply);

/** Answers with an exception, as pyrolua_raise() in a method, and frees the reply. */
PYROLUA_API int pyrolua_reply_raise(pyrolua_reply *reply, const char *class_name,
                                    const char *format, ...) PYROLUA_FORMAT(3, 4);

/** Frees a reply: where it was not answered, its caller gets a RuntimeError. Accepts NULL. */
PYROLUA_API void pyrolua_reply_free(pyrolua_reply *reply);

/* --- calling --- */

/** Calls one remote object. It connects with its first call, and again after its connection broke.
 */
typedef struct pyrolua_proxy pyrolua_proxy;

/** A proxy for a URI: `PYRO:object@host:port`, `PYRONAME:name`, `PYROMETA:tag,…`. The name server
 * itself is `PYRONAME:Pyro.NameServer`. */
PYROLUA_API int pyrolua_proxy_new(pyrolua_runtime *runtime, const char *uri, pyrolua_proxy **proxy);

/** How many seconds each of its calls may take, 0 for any time. At first the setting COMMTIMEOUT.
 */
PYROLUA_API void pyrolua_proxy_timeout(pyrolua_proxy *proxy, double seconds);

/** Closes the connection: calls under way end with PYROLUA_ECOMMUNICATION. The proxy's calls are
 * still the program's to free. Accepts NULL. */
PYROLUA_API void pyrolua_proxy_free(pyrolua_proxy *proxy);

/** A call, or a batch of calls: made, given arguments, sent once, asked for its result, freed. */
typedef struct pyrolua_call pyrolua_call;

/** A call of a method. An attribute is read with "__getattr__" and its name as the argument, and
 * set with "__setattr__", name and value. */
PYROLUA_API int pyrolua_call_new(pyrolua_proxy *proxy, const char *method, pyrolua_call **call);

/** An empty batch: calls that travel as one message, and run in order until one fails. */
PYROLUA_API int pyrolua_batch_new(pyrolua_proxy *proxy, pyrolua_call **batch);

/** Adds a call: its arguments are written next. */
PYROLUA_API void pyrolua_batch_add(pyrolua_call *batch, const char *method);

/** Where the arguments go. */
PYROLUA_API pyrolua_writer *pyrolua_call_arguments(pyrolua_call *call);

/** Sends the call, and waits until its result, or an error, has come; meanwhile the runtime works:
 * it serves, and calls back. Methods that it calls may wait as well: as often as MAX_NESTED_WAITS
 * and the stack allow, then it is PYROLUA_ENESTED, and the call is not sent. */
PYROLUA_API int pyrolua_call_wait(pyrolua_call *call);

/** A call is over: `error` says why it failed, NULL: it went well. May free the call. */
typedef void pyrolua_done(void *owner, pyrolua_call *call, const pyrolua_error *error);

/** Sends the call without waiting. If that is PYROLUA_OK, `done` (or NULL) is called once, later,
 * while the runtime works; unless the call is freed before. */
PYROLUA_API int pyrolua_call_send(pyrolua_call *call, pyrolua_done *done, void *owner);

/** The result of a call that went well: one value. Of a batch: the results of its calls, one after
 * the other; to read that of one that failed is its error. Of a oneway call: nil. NULL before. */
PYROLUA_API pyrolua_reader *pyrolua_call_result(pyrolua_call *call);

/** Frees a call, what was read from it included. One that is under way is given up, and its
 * connection closed; not while pyrolua_call_wait() waits for it. Accepts NULL. */
PYROLUA_API void pyrolua_call_free(pyrolua_call *call);

/* --- scripts --- */

struct lua_State;

/** Runs a Lua script, as `pyrolua` does, and waits until its main chunk has ended; `require "pyro"`
 * works in it, and os.exit() is an error: the program is not the script's to end. PYROLUA_ESYSTEM
 * where the file cannot be read. What it serves is served whenever the runtime works. The `count`
 * arguments are the script's; NULL and 0: none. */
PYROLUA_API int pyrolua_run_file(pyrolua_runtime *runtime, const char *path, int count,
                                 const char *const *arguments);

/** Runs Lua code; `name` is what error messages call it. */
PYROLUA_API int pyrolua_run_text(pyrolua_runtime *runtime, const char *code, const char *name);

/** Gives scripts the object as the global variable `name`: `name:method(…)`, `name.attribute`. Its
 * methods are called directly, nothing is sent. It is released when the Lua state has no use for it
 * any more; on failure it stays the caller's. */
PYROLUA_API int pyrolua_provide(pyrolua_runtime *runtime, const char *name,
                                const pyrolua_class *kind, void *self);

/** The Lua state, for programs that use lua.h. It is closed with the runtime, which may not be
 * freed while the program itself runs code in it. A lua_CFunction that calls functions of this
 * header may not be called in a coroutine that a script made; methods of provided objects may. */
PYROLUA_API struct lua_State *pyrolua_state(pyrolua_runtime *runtime);

#ifdef __cplusplus
}
#endif

#endif
