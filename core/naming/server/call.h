/** @file
 * One call of a method of the name server: its arguments, and where the answer goes. Private to
 * naming/. */
#ifndef PYRO_NAMING_CALL_H
#define PYRO_NAMING_CALL_H

#include "naming/registry/storage.h"
#include "naming/server/arguments.h"
#include "naming/server/selection.h"
#include "rpc/native.h"

/** The metadata of the own registration of name servers of Pyro4, and of Pyro5. */
#define NAMESERVER_TAG_4 "class:Pyro4.naming.NameServer"
#define NAMESERVER_TAG_5 "class:Pyro5.nameserver.NameServer"

struct autoclean;
struct leases;
struct watch;

/** The parts of a name server that its methods work on. */
struct calls {
    struct registry *registry;
    struct storage *storage;
    struct leases *leases;       /**< NULL: the storage ends them */
    struct autoclean *autoclean; /**< NULL: NS_AUTOCLEAN is 0 */
    struct watch *watch;
    struct pyro_list removals; /**< that go on (removal.h) */
    uint64_t renewals;         /**< of leases */
};

struct call {
    struct calls *calls;
    const struct pyro_native_call *native;
    const struct pyro_request *request;
    const char *method;
    const struct pyro_value *args[ARGUMENTS_MOST];
    double deadline; /**< of a search, by pyro_cpu_seconds() */
    struct pyro_sink *to;
    struct pyro_error *err;
};

bool call_is_pyro5(const struct pyro_request *request);

/** Reads an argument that is the name which the call is about, and checks whether its client may
 * call that. */
enum pyro_code call_read_name(const struct call *call, const struct pyro_value *value,
                              struct pyro_slice *name);

/** Records that there is no such name. */
enum pyro_code call_unknown_name(struct pyro_error *err, struct pyro_slice name);

/** Selects among the names that the client may find by this method. The caller frees the selection,
 * also after an error. */
enum pyro_code call_find(const struct call *call, struct criteria by, struct selection *selection);

#endif
