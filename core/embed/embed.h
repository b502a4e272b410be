/** @file
 * What the parts of embed/ share: the public handles from the inside. Private to embed/. */
#ifndef PYRO_EMBED_EMBED_H
#define PYRO_EMBED_EMBED_H

#include <pthread.h>
#include <stdarg.h>

#include "base/report.h"
#include "bind/base/marks.h"
#include "bind/module/lembed.h"
#include "include/pyrolua.h"
#include "rpc/client.h"
#include "rpc/listening.h"
#include "rpc/native.h"
#include "value/tree.h"

/** What other threads want to be run on the runtime's. */
struct posts {
    pthread_mutex_t lock;
    struct pyro_list list;       /**< locked */
    bool open;                   /**< locked */
    struct pyro_completion bell; /**< runs the next one */
};

/** What calls have in common that come of one another. */
struct embed_chain {
    bool correlated; /**< they have this id: */
    unsigned char correlation[PYRO_CORRELATION_SIZE];
    bool wanted; /**< a client waits for the request */
};

struct pyrolua_runtime {
    struct lruntime *lua; /**< NULL where it could not be opened */
    struct pyro_report report;
    pyrolua_error error; /**< views of the report */
    struct posts posts;
    struct pyro_list daemons, proxies, calls, replies;
    struct embed_chain serving; /**< of the request whose method runs; none while steps do */
    struct pyro_list provided;  /**< objects that scripts have */
    unsigned depth;             /**< functions on the C stack that may call the program's */
    uint64_t frame;             /**< which call of a function of the program's runs; 0: none */
    uint64_t frames;            /**< how many there were */
    uint64_t failed_in;         /**< the one that the last error is of */
    bool doomed;                /**< the outermost of them is to destroy it */
};

/** Sets the error that the runtime is being freed; returns PYROLUA_ECLOSED. */
int embed_fail_closed(pyrolua_runtime *runtime);

/** Around what may call the program's functions, which may free the runtime. PYROLUA_ECLOSED where
 * that has happened already: then there is nothing to leave. */
int embed_enter(pyrolua_runtime *runtime);

/** The same around what steps the loop: PYROLUA_ENESTED where that is done too often inside of
 * another step. */
LOOP_STEPS int embed_enter_wait(pyrolua_runtime *runtime);

/** Returns `code`, or PYROLUA_ECLOSED where the runtime was freed meanwhile. */
LOOP_STEPS int embed_leave(pyrolua_runtime *runtime, int code);

/** Around a function of the program's that the runtime calls. It may free the runtime: whoever runs
 * the loop, or the script, sees to that. */
static inline uint64_t embed_begin(pyrolua_runtime *runtime)
{
    uint64_t outer = runtime->frame;
    runtime->frame = ++runtime->frames;
    runtime->depth++;
    return outer;
}

static inline void embed_end(pyrolua_runtime *runtime, uint64_t outer)
{
    runtime->depth--;
    runtime->frame = outer;
}

/** Sets the runtime's last error; returns its code. */
int embed_fail(pyrolua_runtime *runtime, const struct pyro_error *err);

/** The report is the last error from now on. */
int embed_reported(pyrolua_runtime *runtime);

/** The runtime's report is that one, whose texts it takes, from now on. */
int embed_take(pyrolua_runtime *runtime, struct pyro_report *report);

/** Sets the error why waiting has ended: the runtime was stopped, or nothing is open. */
int embed_unmet(pyrolua_runtime *runtime);

/** Sets the error that an argument is wrong. Without a runtime there is nowhere to say why. */
int embed_refuse(pyrolua_runtime *runtime, const char *why);

/** Sets the error that the argument of that name is NULL. */
int embed_refuse_null(pyrolua_runtime *runtime, const char *name);

/** Views of a report's texts. */
pyrolua_error embed_view(const struct pyro_report *report);

/** One step; `*alive`: whether there was anything to wait for. */
LOOP_STEPS int embed_step(pyrolua_runtime *runtime, double timeout, bool *alive);

/* --- functions that other threads post --- */

/** Once the loop is there. */
void posts_open(pyrolua_runtime *runtime);

/** Runs what is left, and takes nothing more. */
void posts_close(pyrolua_runtime *runtime);

static inline struct pyro_runtime *embed_core(pyrolua_runtime *runtime)
{
    return &runtime->lua->core;
}

/* --- values --- */

struct reader_frame {
    const struct pyro_value *items;
    size_t count, at;
    bool dict;
};

/* Bytes that were made of what was read: a URI of its parts, the data of an array. */
struct reader_kept {
    struct reader_kept *next;
    struct pyro_buffer bytes;
};

struct pyrolua_reader {
    pyrolua_runtime *runtime;
    struct pyro_error err;          /**< the first one */
    const struct pyro_value *named; /**< arguments: a dict, or NULL */
    uint64_t named_read;            /**< bits of those that were asked for */
    const struct pyro_value *key;   /**< what was found by key, and is read next; or NULL */
    bool batch;                     /**< the first level is of results, or exceptions */
    struct reader_kept *kept;       /**< what stays as long as the reader */
    size_t depth;                   /**< of containers that were entered */
    size_t room;                    /**< for how many there are frames */
    struct reader_frame *frames;    /**< the first ones, or on the heap */
    struct reader_frame first[8];
};

/** Reads `count` values, which stay in place. Free it. */
void reader_init(pyrolua_reader *reader, pyrolua_runtime *runtime, const struct pyro_value *items,
                 size_t count);

void reader_free(pyrolua_reader *reader);

/** The arguments of a method, in the order of its parameters. */
struct parameters {
    const struct pyro_value *items;
    size_t count;
    struct pyro_value *own; /**< the same where they were put together, to be freed; else NULL */
};

/** Puts the named arguments of a call into the places that the member's `parameters` name, behind
 * those without a name; nil is in between. PYRO_ETYPE in Python's words where they do not fit. */
enum pyro_code parameters_fill(const pyrolua_member *member, const struct pyro_native_call *call,
                               struct parameters *out);

/** Reports the exception that a dict is. */
void exception_report(struct pyro_report *report, const struct pyro_value *exception);

struct method_call;

struct pyrolua_writer {
    struct pyro_sink *to;
    struct method_call *method; /**< whose result is written; NULL: something else is */
    bool arguments; /**< what is written are a call's, in a tuple, then a dict of named ones */
    bool named;     /**< that dict is being written */
    bool closed;    /**< nothing more can be written */
    size_t values;  /**< that were written outside of containers */
    size_t depth;
    unsigned char kinds[PYRO_MAX_DEPTH + 1];
    bool odd[PYRO_MAX_DEPTH + 1]; /**< whether a container has an odd number of values */
};

void writer_init(pyrolua_writer *writer, struct pyro_sink *to);

/** A call's arguments begin, or end: a tuple and a dict are sent. */
void writer_begin_arguments(pyrolua_writer *writer);
void writer_end_arguments(pyrolua_writer *writer);

/** Nothing more is written. PYRO_EVALUE where a container is not ended. */
enum pyro_code writer_close(pyrolua_writer *writer);

/* --- methods --- */

struct object;

/** A method that runs. */
struct method_call {
    const struct pyro_native_call *native;
    struct object *object;
    bool deferred;         /**< it is answered by `reply` */
    pyrolua_reply *reply;  /**< NULL once that is gone */
    pyrolua_writer result; /**< what it writes to */
};

/** Sets the error that an object has no such method or attribute. */
enum pyro_code method_unknown(const struct pyro_native_call *call);

/** Sets the error of a method that returned `code`, where it failed. */
void method_judge(const struct pyro_native_call *call, pyrolua_runtime *runtime,
                  const pyrolua_reader *reader, int code);

/** Why a class can do for no object; NULL: it can. */
const char *class_fault(const pyrolua_class *kind);

/** The runtime of an object. */
pyrolua_runtime *object_runtime(const struct object *object);

/** Keeps an object from being released, until it is dropped as often. */
void object_hold(struct object *object);
void object_drop(struct object *object);

/** A method has returned whose answer was put off: it is the program's to give. */
enum pyro_code reply_keep(struct method_call *method);

/** The same with an error: that is the answer, unless there was one already. */
enum pyro_code reply_fail(struct method_call *method, const struct pyro_error *why);

/** Frees those that are left. Releases objects. */
void replies_free(pyrolua_runtime *runtime);

/** Sets the error that a function of the program's raises; returns PYROLUA_ERAISED, or
 * PYROLUA_EVALUE where exceptions can have no such class. */
int writer_raise(struct pyro_error *err, const char *class_name, const char *format, va_list args);

/* --- handles --- */

struct pyrolua_proxy {
    pyrolua_runtime *runtime;
    struct pyro_list node;
    struct pyro_uri uri;
    struct pyro_client *client;
    double timeout;
};

/** Nothing is served any more. Calls the program's functions. */
void daemons_close(pyrolua_runtime *runtime);

/** Releases the objects that scripts have. Calls the program's functions. */
void provided_release(pyrolua_runtime *runtime);

/** Ends the calls under way. Calls the program's functions. */
void calls_end(pyrolua_runtime *runtime);

/** Frees the handles that are left. */
void daemons_free(pyrolua_runtime *runtime);
void calls_free(pyrolua_runtime *runtime);

#endif
