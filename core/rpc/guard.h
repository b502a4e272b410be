/** @file
 * Asks, before anything is called, whether the client may: the rules of ALLOW, then the function
 * of the daemon's owner. Private to rpc/ and the rooms that serve: what a request asks for beyond
 * its message (attributes, entries of a batch, names) they ask about once it is read. */
#ifndef PYRO_RPC_GUARD_H
#define PYRO_RPC_GUARD_H

#include "rpc/registry.h"
#include "rpc/request.h"

/** Reads the rules of a file, by which the daemon then serves. */
enum pyro_code pyro_guard_open(struct pyro_registry *registry, const char *path,
                               struct pyro_error *err);

/** Checks whether a client may connect, before anything of it is read: whether its certificate can
 * be read, if it has one, and, where the daemon is guarded, whether it may call anything at all. */
enum pyro_code pyro_guard_connect(struct pyro_connection *connection, struct pyro_error *err);

/** Checks whether a client that connects may know the members of an object: whether it may call
 * any of them. */
enum pyro_code pyro_guard_members(struct pyro_connection *connection, struct pyro_slice object,
                                  struct pyro_error *err);

/** Checks a request by the rules, before its arguments are read (but those of methods of
 * Pyro.Daemon that are about an object or a stream). `*wanted` is what the owner is to be asked
 * about, valid until the loop is stepped; then pyro_guard_free_wanted() frees it, also after an
 * error. */
enum pyro_code pyro_guard_request(struct pyro_request *request, struct pyro_wanted *wanted,
                                  struct pyro_error *err);

void pyro_guard_free_wanted(struct pyro_wanted *wanted);

/** Lets a client that may not call Pyro.Daemon.stats() have its totals. Returns false for requests
 * of other methods, which stay refused. */
bool pyro_guard_limit(struct pyro_request *request, struct pyro_slice method);

/** Asks the owner, right here, which may do anything, even step the loop. */
enum pyro_code pyro_guard_ask(struct pyro_connection *connection, const struct pyro_wanted *wanted,
                              struct pyro_error *err);

/** Does what pyro_guard_member() does, where the daemon is guarded. */
enum pyro_code pyro_guard_check_member(struct pyro_request *request, struct pyro_slice member,
                                       struct pyro_error *err);

/** Checks by the rules whether the client may use a member of the object that a request is for: an
 * attribute, or a method of a batch. */
static inline enum pyro_code pyro_guard_member(struct pyro_request *request,
                                               struct pyro_slice member, struct pyro_error *err)
{
    return request->guarded ? pyro_guard_check_member(request, member, err) : PYRO_OK;
}

/** Checks the same of a C object by the rules, and by asking the owner, as pyro_guard_ask() does.
 * `args` (NULL: it is an attribute) are those of the method. */
enum pyro_code pyro_guard_call(struct pyro_request *request, struct pyro_slice member,
                               const struct pyro_value *args, struct pyro_error *err);

/** Returns whether the rules allow the client to call a method of the name server about a name;
 * with `name` NULL, about none. */
bool pyro_guard_allows_name(const struct pyro_request *request, const char *method,
                            const struct pyro_slice *name);

/** Checks the same, and logs a refusal. */
enum pyro_code pyro_guard_name(const struct pyro_request *request, const char *method,
                               const struct pyro_slice *name, struct pyro_error *err);

#endif
