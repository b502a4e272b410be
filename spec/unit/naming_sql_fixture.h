/* Parts that the tests of names in a file of SQLite share: a folder, name servers' storages on one
 * file, and SQL as another program would run it. */
#ifndef NAMING_SQL_FIXTURE_H
#define NAMING_SQL_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/memory.h"
#include "naming/server/storage_open.h"
#include "naming/sql/sqlite.h"

#define CEILING 30.0 /* seconds: no test waits longer */

struct world {
    struct pyro_runtime runtime;
    char folder[40], path[64], storage[80];
};

/* A storage and what it shows. */
struct front {
    struct world *world;
    struct registry *registry;
    struct storage *storage;
    struct pyro_error err; /* why it could not be opened */
};

/* A change, and its answer. */
struct edit {
    struct change change;
    int answers;
    struct pyro_error why;
};

/* Lets warnings go to a file, which is not made before there is one, or nowhere; returns its path.
 */
static inline const char *log_warnings(struct world *world, bool to_file)
{
    static char path[80];
    struct pyro_error err;
    snprintf(path, sizeof(path), "%s-log", world->path); /* removed with the others */
    const struct pyro_log_settings settings = {to_file ? "WARNING" : "CRITICAL",
                                               to_file ? path : NULL, NULL};
    assert_int_equal(pyro_log_set(&world->runtime.log, &settings, &err), PYRO_OK);
    return path;
}

static inline int set_world_up(void **state)
{
    struct world *world = calloc(1, sizeof(*world));
    struct pyro_error err;
    assert_int_equal(pyro_runtime_open(&world->runtime, NULL, &err), PYRO_OK);
    log_warnings(world, false);
    const char *parent =
        access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"; /* no disk to wait for */
    snprintf(world->folder, sizeof(world->folder), "%s/pyrolua-sql-XXXXXX", parent);
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof(world->path), "%s/names", world->folder);
    snprintf(world->storage, sizeof(world->storage), "sql:%s", world->path);
    *state = world;
    return 0;
}

static inline void remove_files(const struct world *world)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", "-log"};
    char path[80];
    for (size_t i = 0; i < PYRO_COUNT(ends); i++) {
        snprintf(path, sizeof(path), "%s%s", world->path, ends[i]);
        unlink(path);
    }
}

static inline int tear_world_down(void **state)
{
    struct world *world = *state;
    remove_files(world);
    assert_int_equal(rmdir(world->folder), 0);
    pyro_runtime_close(&world->runtime);
    free(world);
    return 0;
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_world_up, tear_world_down)

static inline double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Steps until `condition` holds. */
#define wait_until(world, condition)                                                               \
    do {                                                                                           \
        double begun_ = seconds_now();                                                             \
        while (!(condition) && seconds_now() - begun_ < CEILING)                                   \
            pyro_loop_step((world)->runtime.loop, 0.05);                                           \
        assert_true(condition);                                                                    \
    } while (0)

/* Returns whether it was opened. */
static inline bool try_front(struct front *front, struct world *world)
{
    *front = (struct front){.world = world};
    front->registry = registry_new((size_t)world->runtime.config.NS_MAX_MEMORY, &front->err);
    if (front->registry)
        front->storage =
            storage_open(&world->runtime, world->storage, front->registry, &front->err);
    if (!front->storage)
        registry_free(front->registry);
    return front->storage != NULL;
}

static inline void open_front(struct front *front, struct world *world)
{
    if (!try_front(front, world))
        fail_msg("%s", front->err.message);
}

static inline void close_front(struct front *front)
{
    front->storage->ops->close(front->storage);
    registry_free(front->registry);
}

static inline void edit_on_stored(struct change *change, const struct pyro_error *why)
{
    struct edit *edit = PYRO_CONTAINER(change, struct edit, change);
    edit->answers++;
    edit->why.code = PYRO_OK;
    if (why)
        edit->why = *why;
}

/* Begins a change, which was initialized. */
static inline void begin_edit(struct front *front, struct edit *edit)
{
    edit->answers = 0;
    edit->change.stored = edit_on_stored;
    storage_change(front->storage, &edit->change);
}

static inline void make_edit(struct front *front, struct edit *edit)
{
    begin_edit(front, edit);
    wait_until(front->world, edit->answers == 1);
}

static inline struct edit setting(const char *name, const char *uri)
{
    return (struct edit){.change = {.kind = CHANGE_SET,
                                    .name = pyro_slice_text(name),
                                    .registration = {.uri = uri}}};
}

/* Registers a name, which must go well. */
static inline void put(struct front *front, const char *name, const char *uri)
{
    struct edit edit = setting(name, uri);
    make_edit(front, &edit);
    if (edit.why.code != PYRO_OK)
        fail_msg("%s", edit.why.message);
}

/* Returns the URI that a front end has for a name, or "". */
static inline const char *uri_of(const struct front *front, const char *name)
{
    const struct registration *found = registry_get(front->registry, pyro_slice_text(name));
    return found ? found->uri : "";
}

/* Another program's connection. */
static inline sqlite3 *connect_to(const struct world *world)
{
    sqlite3 *db;
    struct pyro_error err;
    const struct sqlite *api = sqlite_load(&err);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    assert_int_equal(api->sqlite3_open_v2(world->path, &db, flags, NULL), SQLITE_OK);
    return db;
}

static inline void run_sql(sqlite3 *db, const char *text)
{
    const struct sqlite *api = sqlite_load(NULL);
    if (api->sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s", api->sqlite3_errmsg(db));
}

static inline void disconnect(sqlite3 *db)
{
    assert_int_equal(sqlite_load(NULL)->sqlite3_close(db), SQLITE_OK);
}

/* Runs SQL as a program that comes and goes. */
static inline void run_sql_once(const struct world *world, const char *text)
{
    sqlite3 *db = connect_to(world);
    run_sql(db, text);
    disconnect(db);
}

#endif
