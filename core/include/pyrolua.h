/** @file
 * The public header of pyrolua: remote objects, as in Pyro, for programs in C.
 *
 * A *runtime* holds an event loop, a Lua state, daemons that serve objects, and proxies that call
 * them. A process may have several runtimes, which share nothing. Each belongs to one thread at a
 * time; only pyrolua_stop(), pyrolua_post() and pyrolua_log_reopen() may be called from other
 * threads.
 *
 * A runtime works while the program is in pyrolua_run(), pyrolua_step(), pyrolua_call_wait() or a
 * script, and only then calls functions of the program. These may call any function of this
 * header, pyrolua_free() included.
 *
 * Functions that can fail return PYROLUA_OK or an error code; pyrolua_last_error() tells more.
 * Strings are UTF-8 and end with a zero byte, unless a length is given. Arguments are copied. NULL
 * is an error (PYROLUA_EVALUE) unless its function allows it; functions without a result ignore
 * it, and nothing can be read from a reader that is NULL. A handle that the program does not free
 * is freed with its runtime. No function of this header leaves by longjmp, exits, aborts, or
 * changes signal handlers.
 *
 * After fork(), runtimes belong to the parent. The child may call pyrolua_free(), which then only
 * releases memory and file descriptors; the parent does not notice. Other functions find nothing
 * to wait for. The child may make runtimes of its own. */
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

/** Error codes, which functions return. */
enum pyrolua_code {
    PYROLUA_OK = 0,
    PYROLUA_EMEMORY,        /**< out of memory */
    PYROLUA_EVALUE,         /**< an argument has a wrong value */
    PYROLUA_ESYSTEM,        /**< a system call failed: address in use, no such file */
    PYROLUA_ECOMMUNICATION, /**< no connection, a broken one, or a peer that does not speak Pyro */
    PYROLUA_ETIMEOUT,       /**< a timeout */
    PYROLUA_ENAMING,        /**< no name server, or an unknown name */
    PYROLUA_ESERIALIZE,     /**< a value cannot be sent, or has another type than was read */
    PYROLUA_ERAISED,        /**< the remote object, or a script, raised an exception */
    PYROLUA_EIDLE,          /**< nothing is open that could end the wait */
    PYROLUA_ECLOSED,        /**< the runtime was stopped, or is being freed */
    PYROLUA_ENESTED         /**< too many nested waits (MAX_NESTED_WAITS) */
};

/** An error. Its strings are never NULL. */
typedef struct pyrolua_error {
    int code;               /**< an enum pyrolua_code */
    const char *class_name; /**< "ZeroDivisionError", "CommunicationError", "mymodule.MyError" */
    const char *message;
    const char *traceback; /**< lines that tell where it was raised; "" if unknown */
} pyrolua_error;

/* --- the runtime --- */

typedef struct pyrolua_runtime pyrolua_runtime;

/** Makes a runtime, with settings from the environment (`PYROLUA_…`, `PYRO_…`). On failure,
 * pyrolua_last_error(*runtime) tells the reason, and `*runtime` must be freed as well; it is
 * NULL only if memory ran out. */
PYROLUA_API int pyrolua_new(pyrolua_runtime **runtime);

/** Frees a runtime and everything that belongs to it. Daemons and connections are closed, pending
 * output (oneway calls included) has up to a second to be sent, pending calls end with
 * PYROLUA_ECLOSED, and scripts are dropped. Functions of the program that are called meanwhile may
 * still use and free its handles. Accepts NULL.
 *
 * If a function that the runtime called calls this, nothing is served from then on. The runtime
 * is freed when the outermost function of the runtime returns; that function, and all in
 * between, return PYROLUA_ECLOSED. */
PYROLUA_API void pyrolua_free(pyrolua_runtime *runtime);

/** Returns the last error of a runtime. It is valid until the next error. For NULL, returns the
 * error for no memory. */
PYROLUA_API const pyrolua_error *pyrolua_last_error(const pyrolua_runtime *runtime);

/** Sets a setting, such as "COMMTIMEOUT", to a value in the form of an environment variable.
 * Returns PYROLUA_EVALUE, and changes nothing, if the name or value is wrong. */
PYROLUA_API int pyrolua_configure(pyrolua_runtime *runtime, const char *name, const char *value);

/* --- the log --- */

/** Levels of the log, in the numbers of Python. */
enum pyrolua_log_level {
    PYROLUA_LOG_DEBUG = 10,
    PYROLUA_LOG_INFO = 20,
    PYROLUA_LOG_WARNING = 30,
    PYROLUA_LOG_ERROR = 40,
    PYROLUA_LOG_CRITICAL = 50
};

/** A field of a line of the log: "client" (its address), "object", "method", "error" (the class of
 * the exception), "correlation_id" and "traceparent" (of the call) or, if LOGLEVEL is INFO or
 * DEBUG, "traceback", whose value has several lines. More names may follow in later versions. */
typedef struct pyrolua_log_field {
    const char *name; /**< NULL ends an array of fields */
    const char *value;
} pyrolua_log_field;

/** Hears of a line of the log: its level, its logger ("pyrolua.daemon"), its message, and its
 * fields, which end with one whose name is NULL. All strings are valid UTF-8 without characters
 * that are not seen, and valid until the function returns.
 *
 * Runs on the runtime's thread, wherever the runtime has something to tell: also in
 * pyrolua_configure() or pyrolua_free(), say. Of this header, it may call only pyrolua_post() and
 * pyrolua_stop() for this runtime. */
typedef void pyrolua_logger(void *context, int level, const char *logger, const char *message,
                            const pyrolua_log_field *fields);

/** Lets a function have the lines of the log, in place of LOGFILE; NULL: the file has them again.
 * It hears of lines from LOGLEVEL on; if that is not set, of warnings and errors, though a runtime
 * without such a function logs nothing then. Of a flood it hears the first lines, and how many more
 * there were. Returns PYROLUA_ECLOSED if the runtime is being freed. */
PYROLUA_API int pyrolua_log(pyrolua_runtime *runtime, pyrolua_logger *function, void *context);

/** Has the file of LOGFILE opened again, which somebody has renamed: before the next line is
 * written, or when the runtime works. If it cannot be opened, lines go on to the old file, and one
 * of them says so. May be called from any thread, and from a signal handler: that of SIGUSR2, for
 * example, which makes the program `pyrolua` do the same. */
PYROLUA_API void pyrolua_log_reopen(pyrolua_runtime *runtime);

/* --- the loop --- */

/** Serves, and calls callbacks. Returns PYROLUA_OK after pyrolua_stop(), and PYROLUA_EIDLE when
 * nothing is open any more. */
PYROLUA_API int pyrolua_run(pyrolua_runtime *runtime);

/** Ends pyrolua_run(), or whatever else waits; that returns PYROLUA_ECLOSED. If nothing waits
 * now, ends the next wait. A script that was ended while it waited continues if the runtime runs
 * again. In running Lua code, raises an error, again and again if the code continues; functions
 * in C are not interrupted. May be called from any thread, and from a signal handler. */
PYROLUA_API void pyrolua_stop(pyrolua_runtime *runtime);

/** Waits for an event, at most `timeout` seconds (0: does not wait; negative: no limit; NAN:
 * PYROLUA_EVALUE), and handles what is ready. Returns PYROLUA_EIDLE if nothing is open. */
PYROLUA_API int pyrolua_step(pyrolua_runtime *runtime, double timeout);

/** Returns a file descriptor for the program's own event loop. When it is readable, or after
 * pyrolua_timeout() seconds, call pyrolua_step(runtime, 0). The runtime closes it. */
PYROLUA_API int pyrolua_descriptor(const pyrolua_runtime *runtime);

/** Returns how many seconds to poll at most before the next step; a negative number means no
 * limit. Call it right before you poll, each time: it also submits pending output to the system. */
PYROLUA_API double pyrolua_timeout(pyrolua_runtime *runtime);

/** Has the runtime call `function(context)` once, on its own thread, while it works. Other threads
 * use this to hand over results. May be called from any thread, but not from a signal handler.
 *
 * Functions run in the order in which they were posted. Functions that have not run when the
 * runtime is freed run in pyrolua_free(). Each takes a few bytes of memory until it runs: only the
 * program limits their number. Posting wakes a wait, but does not keep pyrolua_run() going; an open
 * daemon does, and so does an unanswered reply.
 *
 * Returns PYROLUA_EMEMORY, PYROLUA_ECLOSED (the runtime is being freed) or PYROLUA_EVALUE (NULL)
 * if the function will not be called; pyrolua_last_error() does not tell these errors. When the
 * runtime is freed, no other thread may be about to call this or pyrolua_stop(). */
PYROLUA_API int pyrolua_post(pyrolua_runtime *runtime, void (*function)(void *context),
                             void *context);

/* --- values: read --- */

/** Reads values in order: the arguments of a call, a result, the items of a container. Values
 * belong to the reader, and the reader to the handle that it comes from. The reader keeps its
 * first error (another type than is read, no further value); everything read after it is 0 or
 * NULL, and pyrolua_read_end() returns the error. */
typedef struct pyrolua_reader pyrolua_reader;

enum pyrolua_type {
    PYROLUA_NOTHING, /**< no further value, or reading has failed */
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
    PYROLUA_OTHER, /**< an integer beyond 64 bits, a complex number, a date: skip it */
    PYROLUA_ARRAY  /**< an array of numbers, such as numpy's */
};

/** Maximum number of dimensions of an array. */
#define PYROLUA_DIMENSIONS 32

/** An array of numbers. */
typedef struct pyrolua_array {
    const char *dtype; /**< numpy's name of the type of the items: "<f8", ">i2", "<c16" … */
    int fortran;       /**< 1: the first index changes fastest in `data`; 0: the last */
    int form;          /**< form in which it came, and goes back; 0: a new array */
    size_t dimensions;
    size_t shape[PYROLUA_DIMENSIONS]; /**< the length of each dimension */
    const void *data;                 /**< the items, without gaps */
    size_t length;                    /**< number of bytes of `data` */
} pyrolua_array;

/** Returns the type of the next value, an enum pyrolua_type. */
PYROLUA_API int pyrolua_next(const pyrolua_reader *reader);

/** Reads a bool: 0 or 1. */
PYROLUA_API int pyrolua_read_bool(pyrolua_reader *reader);

/** Reads an integer. */
PYROLUA_API int64_t pyrolua_read_int(pyrolua_reader *reader);

/** Reads a number. Accepts an integer, too. */
PYROLUA_API double pyrolua_read_real(pyrolua_reader *reader);

/** Reads a string. If `length` is NULL, a string that contains a zero byte is an error. */
PYROLUA_API const char *pyrolua_read_text(pyrolua_reader *reader, size_t *length);

/** Reads bytes. */
PYROLUA_API const void *pyrolua_read_bytes(pyrolua_reader *reader, size_t *length);

/** Reads an array. Its `dtype` and `data` (aligned for numbers of any type) belong to the reader.
 * Returns whether there was an array; if not, sets `array` to zero. */
PYROLUA_API int pyrolua_read_array(pyrolua_reader *reader, pyrolua_array *array);

/** Reads the URI of an object, for pyrolua_proxy_new(): of a received proxy, a URI, or a string. */
PYROLUA_API const char *pyrolua_read_uri(pyrolua_reader *reader);

/** Enters a container of any type. Its items are read next; those of a dict in the order key,
 * value, key, value. Returns the number of items; for a dict, of pairs. */
PYROLUA_API size_t pyrolua_read_begin(pyrolua_reader *reader);

/** Finds a key in the dict that is being read, or a named argument of a method that does not
 * name its parameters: its value is read next. Returns whether there is one. */
PYROLUA_API int pyrolua_read_key(pyrolua_reader *reader, const char *key);

/** Skips the next value. */
PYROLUA_API void pyrolua_skip(pyrolua_reader *reader);

/** Leaves the container that was entered last, even if not all of it was read. Outside of
 * containers, ends reading: values or named arguments that are left are an error. Returns
 * PYROLUA_OK, or the code of the first error. */
PYROLUA_API int pyrolua_read_end(pyrolua_reader *reader);

/* --- values: write --- */

/** Writes values in order: arguments, a result, the items of a container. The writer keeps its
 * first error (a string that is not UTF-8, no memory, a container that is not ended), and the
 * call fails with it. */
typedef struct pyrolua_writer pyrolua_writer;

/** Writes nil, Python's None. */
PYROLUA_API void pyrolua_put_nil(pyrolua_writer *writer);

/** Writes a bool: false for 0, true for anything else. */
PYROLUA_API void pyrolua_put_bool(pyrolua_writer *writer, int value);

/** Writes an integer. */
PYROLUA_API void pyrolua_put_int(pyrolua_writer *writer, int64_t value);

/** Writes a number, which remains a float even if it is whole. */
PYROLUA_API void pyrolua_put_real(pyrolua_writer *writer, double value);

/** Writes a string that ends with a zero byte. */
PYROLUA_API void pyrolua_put_text(pyrolua_writer *writer, const char *text);

/** Writes a string of `length` bytes. */
PYROLUA_API void pyrolua_put_text_of(pyrolua_writer *writer, const char *text, size_t length);

/** Writes bytes. */
PYROLUA_API void pyrolua_put_bytes(pyrolua_writer *writer, const void *data, size_t length);

/** Writes an array, which is copied. Its dtype may also be a word ("float64"), but not a type of
 * objects or records. The length of its data must fit its shape. Python gets a numpy array with
 * pickle, and with msgpack through msgpack-numpy; else a dict: see docs/arrays.md. */
PYROLUA_API void pyrolua_put_array(pyrolua_writer *writer, const pyrolua_array *array);

/** Begins a container (PYROLUA_LIST, _TUPLE, _SET, _FROZENSET or _DICT). Write its items next,
 * those of a dict in the order key, value, key, value; then call pyrolua_put_end(). */
PYROLUA_API void pyrolua_put_begin(pyrolua_writer *writer, int type);

/** Ends the container that was begun last. */
PYROLUA_API void pyrolua_put_end(pyrolua_writer *writer);

/** Names the next argument of a call. Write named arguments after all others. */
PYROLUA_API void pyrolua_put_name(pyrolua_writer *writer, const char *name);

/** Fails a method with an exception of the class ("ValueError", "mymodule.MyError") and a
 * message, formatted as by printf and cut after some 400 bytes. A class name consists of
 * identifiers separated by dots, of less than 64 bytes; any other name raises a ValueError that
 * says so. A client that uses pickle gets a RuntimeError instead of "mymodule.MyError": Python
 * would call whatever the name says. Returns the code that the method must return. */
PYROLUA_API int pyrolua_raise(pyrolua_writer *writer, const char *class_name, const char *format,
                              ...) PYROLUA_FORMAT(3, 4);

/* --- serving --- */

/** A method of an object, or a function that gets or sets an attribute. It reads its arguments,
 * writes one result (nil if it writes none), and returns PYROLUA_OK.
 *
 * To fail, it returns the code of pyrolua_read_end(), pyrolua_raise(), or another function of this
 * header that failed in it: the caller gets that error as an exception. Any other code raises an
 * exception that says so, of the class that fits the code (ValueError for PYROLUA_EVALUE), or else
 * a RuntimeError.
 *
 * It may call other objects and wait; meanwhile further calls are served. */
typedef int pyrolua_method(void *self, pyrolua_reader *arguments, pyrolua_writer *result);

/** A member of a class: a method or an attribute. Unused fields are NULL or 0. */
typedef struct pyrolua_member {
    const char *name;
    pyrolua_method *call; /**< the method */
    int oneway;           /**< callers do not wait, and get no result */
    pyrolua_method *get;  /**< writes the value of the attribute */
    pyrolua_method *set;  /**< reads a new value; NULL if read-only */
    /** Parameter names of the method, then NULL. Named arguments are then read like the others, in
     * this order. An argument that was not given is nil if others follow, and missing at the end;
     * unknown names are a TypeError. If NULL, the method uses pyrolua_read_key(). */
    const char *const *parameters;
    /** The member's purpose, for people who use it: `help(proxy)` and `pyrolua inspect` show it.
     * UTF-8, at most 4096 bytes. */
    const char *text;
} pyrolua_member;

/** A class of objects. It is not copied: keep it, and its members, in place. */
typedef struct pyrolua_class {
    const pyrolua_member *members; /**< array, ends with an entry whose name is NULL */
    void (*release)(void *self);   /**< called when nothing uses the object; or NULL */
    const char *text;              /**< what the object is, like the text of a member; or NULL */
} pyrolua_class;

/** Listens, and serves objects. */
typedef struct pyrolua_daemon pyrolua_daemon;

/** The address at which a daemon listens. Zero-initialized, it is the configured host and any
 * port. */
typedef struct pyrolua_place {
    const char *host;       /**< all its addresses on this machine; NULL: the setting HOST */
    int port;               /**< 0: any, for a name server NS_PORT; -1: any */
    const char *unixsocket; /**< path of a Unix socket, instead of host and port; or NULL. A socket
                               file that a killed program left there is replaced */
    const char *nathost;    /**< host in URIs, for clients behind NAT; or NULL */
    int natport;            /**< port in URIs, likewise; 0: the port itself */
    const char *allow;      /**< path of a file of rules that say who may call what; NULL: the
                               setting ALLOW */
    const char *storage;    /**< where a name server keeps its names: "sql:FILE" or "redis://HOST",
                               as for pyrolua-ns; NULL, or "memory": they end with it */
} pyrolua_place;

/** Starts a daemon. `place` may be NULL. Its objects are served whenever the runtime works. */
PYROLUA_API int pyrolua_daemon_new(pyrolua_runtime *runtime, const pyrolua_place *place,
                                   pyrolua_daemon **daemon);

/** Starts a name server, in a daemon that can serve other objects, too. If `broadcast` is not 0,
 * it answers clients that look for a name server by broadcast, in the network in which it listens:
 * on localhost only those of this machine. Until its names are read from Redis, the runtime works.
 */
PYROLUA_API int pyrolua_nameserver_new(pyrolua_runtime *runtime, const pyrolua_place *place,
                                       int broadcast, pyrolua_daemon **daemon);

/** Returns the address of a daemon: "localhost:4711" or "./u:path". */
PYROLUA_API const char *pyrolua_daemon_location(const pyrolua_daemon *daemon);

/** Gives a daemon an HMAC key, `length` bytes that are copied: from now on it accepts only messages
 * that are signed with that key, and signs its own, as Pyro4 does. NULL: the setting HMAC_KEY
 * counts; a length of 0: messages are not signed. Protocol 502 (Pyro5) is refused then. */
PYROLUA_API int pyrolua_daemon_hmac_key(pyrolua_daemon *daemon, const void *key, size_t length);

/** Serves `self` as an object with the id (NULL: a new one). The object is released when it is
 * unregistered, or when the daemon is freed; on failure it remains the caller's. Sets `*uri`
 * (NULL: not wanted), which is valid while the object is registered. */
PYROLUA_API int pyrolua_daemon_register(pyrolua_daemon *daemon, const char *id,
                                        const pyrolua_class *kind, void *self, const char **uri);

/** Stops serving an object. Returns PYROLUA_EVALUE if no object has the id. */
PYROLUA_API int pyrolua_daemon_unregister(pyrolua_daemon *daemon, const char *id);

/** A client that wants to call something. It is valid until the function that gets it returns. */
typedef struct pyrolua_caller {
    const char *address; /**< "127.0.0.1:4711", or "unix socket" */
    const char *subject; /**< subject of its certificate ("CN=worker1,O=Example"), or NULL */
    int hmac;            /**< whether its messages are signed with the daemon's HMAC key */
    /** Reads one value: the data that it sent when it connected. There is none if the daemon had no
     * such function then. */
    pyrolua_reader *handshake;
} pyrolua_caller;

/** Decides whether a client may call a method of an object. Returns 0 if it may not: the client
 * gets a PermissionError. It may call other objects and wait; meanwhile further calls are served.
 */
typedef int pyrolua_authorize(void *context, const pyrolua_caller *caller, const char *object,
                              const char *method);

/** Sets a function that decides, before arguments are read, what clients of a daemon may call;
 * NULL: none. The rules of ALLOW, if there are any, are asked first. The function is asked about
 * the method "get_metadata" of an object when a client connects, or sends a batch, and then about
 * each call of that; about "__getattr__" or "__setattr__", and then about the name, when it
 * accesses an attribute. Handshake data of more than 4,096 bytes, or about 250 values, are refused.
 */
PYROLUA_API int pyrolua_daemon_authorize(pyrolua_daemon *daemon, pyrolua_authorize *function,
                                         void *context);

/** How a name is published. Zero-initialized: with the defaults. */
typedef struct pyrolua_publication {
    const char *const *metadata; /**< tags, and NULL behind the last; or NULL: none */
    double lease;                /**< seconds that the name outlives a process that is killed, at
                                    least 1; 0: 10 */
    int safe;                    /**< if not 0, the name must not be registered already */
    const char *nameserver;      /**< host of the name server, or "./u:path"; NULL: the one that is
                                    found by the settings */
    int port;                    /**< of the name server; 0: NS_PORT */
} pyrolua_publication;

/** Registers a name for an object of the daemon in the name server, waits until that is done, and
 * keeps the name registered until pyrolua_daemon_unpublish() or pyrolua_daemon_free(): if the name
 * server is restarted, or loses the name, it is registered again whenever the runtime works.
 * `publication` may be NULL. Returns PYROLUA_EVALUE if no object has the id, and PYROLUA_ENAMING if
 * no name server is found, it refuses the name, or the daemon has published it already; then the
 * name is not kept. */
PYROLUA_API int pyrolua_daemon_publish(pyrolua_daemon *daemon, const char *name, const char *id,
                                       const pyrolua_publication *publication);

/** Keeps a name no more, and removes it from the name server if it is still the daemon's. Waits
 * until that is done. Returns PYROLUA_EVALUE if the daemon does not publish the name (any more),
 * and PYROLUA_ENAMING if the name server is not found: it is then removed as soon as that is there.
 */
PYROLUA_API int pyrolua_daemon_unpublish(pyrolua_daemon *daemon, const char *name);

/** Hears that somebody else has registered a name, which the daemon then keeps no more. May free
 * the daemon. */
typedef void pyrolua_lost(void *context, pyrolua_daemon *daemon, const char *name);

/** Sets a function that hears of the names that a daemon has lost to others; NULL: none. */
PYROLUA_API int pyrolua_daemon_lost(pyrolua_daemon *daemon, pyrolua_lost *function, void *context);

/** Stops listening, and closes connections when their output is sent. If the daemon has published
 * names, removes them first: the runtime works meanwhile, for a second at most. (pyrolua_free()
 * does not wait: it only tells the name server, if that is one of pyrolua's.) Accepts NULL. */
PYROLUA_API void pyrolua_daemon_free(pyrolua_daemon *daemon);

/* --- certificates --- */

/** A certificate: the other side of a connection has shown it, and proved to have its key. Strings
 * are never NULL; control characters, and what is not UTF-8, are escaped. */
typedef struct pyrolua_certificate {
    const char *subject; /**< whom it is for: "CN=worker1,O=Example" (RFC 2253) */
    const char *issuer;  /**< who signed it, in the same form */
    const char *names;   /**< "DNS:localhost, IP Address:127.0.0.1"; "" if it has none. A comma
                          * of a name is \x2c */
    const char *serial_number; /**< hexadecimal: "1A2B" */
    const char *not_before;    /**< "May  9 00:00:00 2026 GMT" */
    const char *not_after;     /**< when it expires */
} pyrolua_certificate;

/** Describes the certificate of the client that calls the method which has this writer. The strings
 * are valid until the method returns. Returns PYROLUA_EVALUE if the client has shown none: daemons
 * ask for certificates only if SSL_REQUIRECLIENTCERT is set. */
PYROLUA_API int pyrolua_client_certificate(const pyrolua_writer *result,
                                           pyrolua_certificate *certificate);

/* --- answering later --- */

/** A reply that was deferred: fill and send it, or free it, once, on the runtime's thread. It
 * outlives the client, the registration of the object, and the daemon; its functions then still
 * work, though nobody waits for it. */
typedef struct pyrolua_reply pyrolua_reply;

/** Defers the reply of the method that has this writer (or of a function that gets or sets an
 * attribute). The method must have read its arguments, and returns PYROLUA_OK. What it has written
 * is discarded. If it returns an error, the caller gets that, and the reply is freed.
 *
 * Until the reply is sent, other connections are served, but not further calls of the same
 * connection, nor later calls of the same batch. The object is not released before its replies are
 * sent or freed. A script that calls a provided object waits for the reply.
 *
 * Returns NULL if memory ran out, if the writer is not a method's, or if the reply was deferred
 * already. */
PYROLUA_API pyrolua_reply *pyrolua_defer(pyrolua_writer *result);

/** Returns the writer for the result, one value (nil if none is written). */
PYROLUA_API pyrolua_writer *pyrolua_reply_writer(pyrolua_reply *reply);

/** Returns whether somebody still waits for the reply: false for a oneway call, and when the
 * client has gone. */
PYROLUA_API int pyrolua_reply_wanted(const pyrolua_reply *reply);

/** Sends the result that was written, and frees the reply. Returns PYROLUA_OK also if nobody
 * waits for it. If the result is invalid or too large, returns an error, and the caller gets it
 * as an exception. */
PYROLUA_API int pyrolua_reply_send(pyrolua_reply *reply);

/** Sends an exception, like pyrolua_raise() in a method, and frees the reply. */
PYROLUA_API int pyrolua_reply_raise(pyrolua_reply *reply, const char *class_name,
                                    const char *format, ...) PYROLUA_FORMAT(3, 4);

/** Frees a reply. If it was not sent, the caller gets a RuntimeError. Accepts NULL. */
PYROLUA_API void pyrolua_reply_free(pyrolua_reply *reply);

/* --- calling --- */

/** A proxy of a remote object. It connects at its first call, and reconnects after its
 * connection broke. One call fails with PYROLUA_ECOMMUNICATION first, even if the connection broke
 * between calls, because what the server kept for it is gone. */
typedef struct pyrolua_proxy pyrolua_proxy;

/** Makes a proxy for a URI: `PYRO:object@host:port`, `PYRONAME:name` or `PYROMETA:tag,…`. The
 * name server itself is `PYRONAME:Pyro.NameServer`. */
PYROLUA_API int pyrolua_proxy_new(pyrolua_runtime *runtime, const char *uri, pyrolua_proxy **proxy);

/** Sets how many seconds each call may take; 0 for no limit. The default is the setting
 * COMMTIMEOUT. */
PYROLUA_API void pyrolua_proxy_timeout(pyrolua_proxy *proxy, double seconds);

/** Describes the certificate of the server that a proxy is connected to; its first call connects
 * it. The strings are valid until this function is called again, or the proxy is freed. Returns
 * PYROLUA_EVALUE if the proxy is not connected, or not with TLS. */
PYROLUA_API int pyrolua_proxy_certificate(pyrolua_proxy *proxy, pyrolua_certificate *certificate);

/** Gives a proxy an HMAC key, as pyrolua_daemon_hmac_key() does. It then speaks protocol 48, and
 * asks name servers with the same key. A server without the key: calls end with
 * PYROLUA_ECOMMUNICATION. */
PYROLUA_API int pyrolua_proxy_hmac_key(pyrolua_proxy *proxy, const void *key, size_t length);

/** Closes the connection of a proxy, and frees it. Pending calls end with
 * PYROLUA_ECOMMUNICATION; the program must still free them. Accepts NULL. */
PYROLUA_API void pyrolua_proxy_free(pyrolua_proxy *proxy);

/** A call, or a batch of calls: create it, write its arguments, send it once, read its result,
 * free it. */
typedef struct pyrolua_call pyrolua_call;

/** Creates a call of a method. To read an attribute, call "__getattr__" with its name; to set
 * it, call "__setattr__" with its name and value. */
PYROLUA_API int pyrolua_call_new(pyrolua_proxy *proxy, const char *method, pyrolua_call **call);

/** Creates an empty batch: calls that travel as one message, and run in order until one fails. */
PYROLUA_API int pyrolua_batch_new(pyrolua_proxy *proxy, pyrolua_call **batch);

/** Adds a call to a batch. Write its arguments next. */
PYROLUA_API void pyrolua_batch_add(pyrolua_call *batch, const char *method);

/** Returns the writer for the arguments of a call. */
PYROLUA_API pyrolua_writer *pyrolua_call_arguments(pyrolua_call *call);

/** Sends a call, and waits for its result or error. Meanwhile the runtime works: it serves, and
 * calls callbacks. Methods that it calls may wait as well, as often as MAX_NESTED_WAITS and the
 * stack allow; one more wait returns PYROLUA_ENESTED, and does not send the call. */
PYROLUA_API int pyrolua_call_wait(pyrolua_call *call);

/** A callback for the end of a call. `error` is NULL if the call succeeded. It may free the
 * call. */
typedef void pyrolua_done(void *owner, pyrolua_call *call, const pyrolua_error *error);

/** Sends a call without waiting. If this returns PYROLUA_OK, `done` (if not NULL) is called
 * once, later, while the runtime works, unless the call is freed before. */
PYROLUA_API int pyrolua_call_send(pyrolua_call *call, pyrolua_done *done, void *owner);

/** Returns the result of a call that succeeded: one value; for a oneway call, nil. For a batch:
 * the results of its calls in order, where reading the result of a call that failed is its
 * error. Returns NULL before the call has succeeded. */
PYROLUA_API pyrolua_reader *pyrolua_call_result(pyrolua_call *call);

/** Frees a call, and what was read from it. If the call is pending, gives it up and closes its
 * connection. Must not be called while pyrolua_call_wait() waits for the call. Accepts NULL. */
PYROLUA_API void pyrolua_call_free(pyrolua_call *call);

/* --- statistics --- */

/** Returns a reader of one value: the dict of all that the runtime has counted since it was made,
 * as docs/statistics.md describes it, with "buckets". Its "methods" are those of all daemons of the
 * runtime; where several have an object with the same id, calls of the same method are summed. The
 * reader is valid until this function is called again, or the runtime is freed. Returns NULL if
 * memory ran out, or the runtime is being freed. */
PYROLUA_API pyrolua_reader *pyrolua_stats(pyrolua_runtime *runtime);

/* --- scripts --- */

struct lua_State;

/** Runs a Lua script from a file, as the program `pyrolua` does, with `count` arguments (NULL
 * and 0: none), and waits until its main chunk has ended. `require "pyro"` works in it;
 * os.exit() raises an error, because the script must not end the program. Objects that it serves
 * are served whenever the runtime works. Returns PYROLUA_ESYSTEM if the file cannot be read. */
PYROLUA_API int pyrolua_run_file(pyrolua_runtime *runtime, const char *path, int count,
                                 const char *const *arguments);

/** Runs Lua code. Error messages call it `name`. */
PYROLUA_API int pyrolua_run_text(pyrolua_runtime *runtime, const char *code, const char *name);

/** Provides an object to scripts, as the global variable `name`: `name:method(…)`,
 * `name.attribute`. Its methods are called directly, and nothing is sent. The object is released
 * when the Lua state no longer uses it; on failure it remains the caller's. */
PYROLUA_API int pyrolua_provide(pyrolua_runtime *runtime, const char *name,
                                const pyrolua_class *kind, void *self);

/** Returns the Lua state, for programs that use lua.h. It is closed with the runtime, which may
 * not be freed while the program itself runs code in the state. A lua_CFunction that calls
 * functions of this header may not be called in a coroutine that a script created; methods of
 * provided objects may. */
PYROLUA_API struct lua_State *pyrolua_state(pyrolua_runtime *runtime);

#ifdef __cplusplus
}
#endif

#endif
