/** @file
 * An object in C whose methods are answered later, for tests of the embedding API: what they have
 * put off lies on the desk. Client and server are one runtime. */
#ifndef SPEC_SUPPORT_EMBED_DESK_H
#define SPEC_SUPPORT_EMBED_DESK_H

#include <pyrolua.h>

struct office;

struct desk {
    struct office *office;
    pyrolua_reply *replies[8];
    int numbers[8]; /**< their arguments */
    int count;
    int calls; /**< of any method */
    int released;
    void (*then)(struct desk *desk); /**< what a method does that has put off its answer; or NULL */
};

extern const pyrolua_class desk_class;

struct office {
    pyrolua_runtime *runtime; /**< NULL once a test has freed it */
    pyrolua_daemon *daemon;
    struct desk desk;
    int provided;
    pyrolua_proxy *proxies[8]; /**< each has a connection */
    int next;                  /**< which of them calls next */
};

/** A call under way, and how it ended. */
struct visit {
    pyrolua_runtime *runtime;
    int over;
    int code;
    int type; /**< of the result */
    int result;
    char error[256];   /**< class and message */
    char results[128]; /**< of a batch, in order */
};

int open_office(void **state);
int close_office(void **state);

#define WITH_OFFICE(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)

/** Calls a method with a number, an attribute by its name (and a 1), or a batch of methods, each
 * with its place in the batch. */
void visit(struct office *office, struct visit *visited, const char *method, int number);
void visit_with(struct office *office, struct visit *visited, const char *method, const char *name);
void visit_batch(struct office *office, struct visit *visited, ...);
#define visit_batch(...) (visit_batch)(__VA_ARGS__, (const char *)NULL)

/** Gives scripts the object as the global "desk". */
void provide(struct office *office);

/** Works until a number has been reached. */
void serve_until(struct office *office, const int *number, int value);

#endif
