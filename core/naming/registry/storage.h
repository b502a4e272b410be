/** @file
 * Where registrations are kept: an engine that stores changes, and answers later. What it has
 * stored, it applies to the registry, where everything is read. Private to naming/.
 *
 * In which order things are called: storage_open() fills the registry with what the engine has;
 * storage_change() for each change; the engine stores it, then storage_apply() (where it took
 * effect), then storage_answer(). The engine keeps the order of changes to one name.
 *
 * A name server's own registration (PYRO_NAMESERVER_NAME) is in the registry only: no change is
 * about it, and engines skip that name in what they load. */
#ifndef PYRO_NAMING_STORAGE_H
#define PYRO_NAMING_STORAGE_H

#include "naming/registry/registry.h"

enum change_kind {
    CHANGE_SET,    /**< adds or replaces the registration */
    CHANGE_TAGS,   /**< replaces the tags of a name that there is */
    CHANGE_REMOVE, /**< removes the name */
    CHANGE_RENEW,  /**< all leases of an owner begin anew; only for engines that end leases */
};

/** When a change takes effect. The engine decides that, in one step with the change. */
enum change_condition {
    CHANGE_ALWAYS,
    CHANGE_IF_ABSENT, /**< there is no such name, or `registration.owner` (not NULL) keeps it */
    CHANGE_IF_OWNED,  /**< `registration.owner` keeps it */
    CHANGE_IF_URI,    /**< its URI is `registration.uri`, and nobody keeps it */
};

/** One change. The caller owns it and all its strings until `stored` is called. */
struct change {
    struct pyro_list node; /**< the engine's */
    enum change_kind kind;
    enum change_condition condition;
    struct pyro_slice name; /**< not of CHANGE_RENEW. Terminated, without NUL */
    /** Of CHANGE_SET; of CHANGE_TAGS `tags`; of CHANGE_RENEW `owner`; and what the condition
     * names. */
    struct registration registration;
    /** The result: 1, or 0 where there was no such name, or the condition did not hold. Of
     * CHANGE_RENEW how many names the owner keeps. */
    size_t applied;
    size_t room; /**< storage_change()'s */
    /** Called once, perhaps within storage_change(): `why` NULL when the change is stored for good
     * and the registry shows it. It may free the change, and make others. */
    void (*stored)(struct change *change, const struct pyro_error *why);
};

/** When an owner last renewed its leases. */
struct renewal {
    struct pyro_list node;
    struct pyro_slice owner;
    double age; /**< the answer: seconds since then, in the engine's time; below 0: not known */
};

/** A question to an engine that ends leases. The caller owns it and all in it until `answered` is
 * called. */
struct renewals {
    struct pyro_list each; /**< struct renewal, one or more, `age` below 0 */
    /** Called once, perhaps within the engine's `ask`: with what the engine could tell. It may free
     * the question, and do anything else. */
    void (*answered)(struct renewals *renewals);
};

struct storage;

struct storage_ops {
    /** Takes a change, and answers it now or later with storage_answer(). */
    void (*change)(struct storage *self, struct change *change);
    /** Answers what is not stored yet with an error, and questions with what it knows, then closes
     * and frees. */
    void (*close)(struct storage *self);
    /** Tells when owners last renewed their leases, now or later. NULL where the engine does not
     * itself end leases, nor know CHANGE_RENEW. */
    void (*ask)(struct storage *self, struct renewals *renewals);
};

struct storage {
    const struct storage_ops *ops;
    struct registry *registry; /**< borrowed */
    uint64_t changes, failed;  /**< that are stored, and that are not */
    uint64_t pending;          /**< that are being stored */
};

/** Stores a change. Where the registry has no room for it, it is answered with an error at once,
 * and the engine does not get it. */
void storage_change(struct storage *storage, struct change *change);

/** Does to the registry what a change says, whatever its condition. For engines, on the loop's
 * thread, when they have stored it. Fails only for want of memory: then the name is stored, and
 * shown again after the next start. */
enum pyro_code storage_apply(struct storage *storage, const struct change *change,
                             struct pyro_error *err);

/** Gives the answer to a change: `why` NULL, or why it is not stored. For engines; the change may
 * be gone then. */
void storage_answer(struct storage *storage, struct change *change, const struct pyro_error *why);

/** Returns whether a change's condition holds for what the name has now (NULL: there is none), for
 * engines that decide it in C. */
bool storage_holds(const struct change *change, const struct registration *now);

#endif
