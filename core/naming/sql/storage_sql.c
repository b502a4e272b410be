/* One piece of work at a time is in a thread: a transaction for all changes that were waiting when
 * it began (group commit), or a look at what others changed. Its completion applies what it found
 * and did to the registry, answers the changes, and starts the next. The thread alone uses `names`,
 * `batch` and `news` while it runs.
 *
 * Clients that were answered send their next changes a moment later. Would a transaction begin with
 * the first of them, the others would wait for the disk twice: so it waits until there are as many
 * changes as last time, or half the time has passed that the last transaction took. On a fast disk
 * that is a fraction of a millisecond. */
#include "naming/sql/storage_sql.h"

#include "base/clock.h"
#include "base/memory.h"
#include "naming/sql/sql_news.h"
#include "net/fine_timer.h"
#include "net/timer.h"
#include "net/work.h"

/* Seconds between two looks at what others changed. */
#define LOOK_EVERY 0.5
/* Seconds for which more changes are waited for at most, however long the last transaction took:
 * it may have waited for another program. */
#define LONGEST_WAIT 0.05

struct sql_storage {
    struct storage storage;
    struct pyro_runtime *runtime;
    struct sql_names names;
    struct pyro_work *work;
    struct pyro_timer *next_look;
    struct pyro_fine_timer *patience;
    struct pyro_completion begin, worked;
    struct pyro_list waiting; /* changes */
    struct pyro_list batch;   /* those of the transaction */
    size_t arrived;           /* changes that wait */
    size_t expected;          /* changes for which the next transaction waits */
    double began, took;       /* the last transaction, in seconds */
    bool gathering;           /* it waits for more changes, as long as there is patience */
    struct sql_news news;
    struct pyro_error why; /* it failed; PYRO_OK: it did not */
    bool ran;
    bool failing; /* the last look failed, which was logged */
    char path[];
};

static struct sql_storage *sql_of(struct storage *self)
{
    return PYRO_CONTAINER(self, struct sql_storage, storage);
}

static void sql_in_thread(void *context)
{
    struct sql_storage *self = context;
    pyro_error_clear(&self->why);
    if (pyro_list_empty(&self->batch))
        sql_names_read(&self->names, &self->news.reader, &self->why);
    else
        sql_names_change(&self->names, &self->batch, &self->news.reader, &self->why);
    self->ran = true;
}

/* --- on the loop --- */

static bool is_idle(const struct sql_storage *self)
{
    return !pyro_work_is_running(self->work) && !pyro_completion_is_posted(&self->worked);
}

static void start(struct sql_storage *self)
{
    struct pyro_list *node;
    PYRO_ASSERT(is_idle(self) && pyro_list_empty(&self->batch));
    while ((node = pyro_list_pop(&self->waiting)) != NULL)
        pyro_list_push(&self->batch, node);
    self->expected = self->arrived;
    self->arrived = 0;
    self->ran = self->gathering = false;
    self->began = pyro_wall_seconds();
    pyro_timer_stop(self->next_look);
    pyro_fine_timer_stop(self->patience);
    pyro_work_start(self->work);
}

/* Answers the changes of a list that were not stored. */
static void refuse(struct sql_storage *self, struct pyro_list *changes,
                   const struct pyro_error *why)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(changes)) != NULL)
        storage_answer(&self->storage, PYRO_CONTAINER(node, struct change, node), why);
}

static void answer_stored(struct sql_storage *self)
{
    struct pyro_list *node;
    while ((node = pyro_list_pop(&self->batch)) != NULL) {
        struct change *change = PYRO_CONTAINER(node, struct change, node);
        struct pyro_error err;
        enum pyro_code code = PYRO_OK;
        if (change->applied > 0)
            code = storage_apply(&self->storage, change, &err);
        storage_answer(&self->storage, change, code == PYRO_OK ? NULL : &err);
    }
}

/* Logs that others' changes are not seen, once. */
static void report_look(struct sql_storage *self, const struct pyro_error *why)
{
    bool failed = why->code != PYRO_OK;
    if (failed && !self->failing)
        pyro_log_write(&self->runtime->log, PYRO_WARNING, "naming",
                       "changes of others are not seen: %s", why->message);
    self->failing = failed;
}

/* Takes over what the thread has found and done. */
static void settle(struct sql_storage *self)
{
    struct pyro_error err = self->why;
    bool looked = pyro_list_empty(&self->batch);
    self->ran = false;
    if (err.code != PYRO_OK)
        sql_news_clear(&self->news);
    else if (sql_news_apply(&self->news, self->storage.registry, &err) != PYRO_OK)
        sql_names_forget(&self->names);
    if (looked)
        report_look(self, &err);
    if (self->why.code == PYRO_OK)
        answer_stored(self);
    else
        refuse(self, &self->batch, &self->why);
}

/* Lets the next transaction begin when there are enough changes, or they have waited for long. */
static void gather(struct sql_storage *self)
{
    double patience = self->took / 2;
    if (self->arrived >= self->expected) {
        pyro_loop_post(self->runtime->loop, &self->begin);
    } else if (!self->gathering) {
        self->gathering = true;
        pyro_fine_timer_start(self->patience, patience < LONGEST_WAIT ? patience : LONGEST_WAIT);
    }
}

static void sql_on_worked(struct pyro_completion *done)
{
    struct sql_storage *self = PYRO_CONTAINER(done, struct sql_storage, worked);
    self->took = pyro_wall_seconds() - self->began;
    self->expected +=
        self->arrived; /* those that are answered now, and those that came meanwhile */
    settle(self);
    if (self->arrived > 0)
        gather(self);
    else
        pyro_timer_start(self->next_look, LOOK_EVERY);
}

/* Starts a transaction, or a look. */
static void sql_on_begin(struct pyro_completion *done)
{
    struct sql_storage *self = PYRO_CONTAINER(done, struct sql_storage, begin);
    if (is_idle(self))
        start(self);
}

static void sql_change(struct storage *storage, struct change *change)
{
    struct sql_storage *self = sql_of(storage);
    pyro_list_push(&self->waiting, &change->node);
    self->arrived++;
    if (is_idle(self))
        gather(self);
}

/* --- life --- */

/* Ends a transaction that is being made, and refuses the changes that wait. A forked process leaves
 * the file to its parent. */
static void sql_close_storage(struct storage *storage)
{
    struct sql_storage *self = sql_of(storage);
    struct pyro_error closed;
    bool inherited = pyro_loop_inherited(self->runtime->loop);
    pyro_error_set(&closed, PYRO_ENAMING, "the name server is closed");
    pyro_work_free(self->work);
    pyro_timer_free(self->next_look);
    pyro_fine_timer_free(self->patience);
    pyro_completion_cancel(&self->begin);
    if (self->ran && !inherited)
        settle(self);
    refuse(self, &self->batch, &closed);
    refuse(self, &self->waiting, &closed);
    if (!inherited) {
        sql_news_clear(&self->news);
        sql_names_close(&self->names);
    }
    pyro_free(self);
}

static const struct storage_ops sql_ops = {sql_change, sql_close_storage, NULL};

/* Puts a name that the file has into the registry. */
static enum pyro_code sql_on_loaded(void *context, struct pyro_slice name,
                                    const struct registration *registration, struct pyro_error *err)
{
    struct registry *registry = context;
    size_t room;
    enum pyro_code code = registry_reserve(registry, name, registration, &room, err);
    registry_release(registry, room);
    return code == PYRO_OK ? registry_set(registry, name, registration, err) : code;
}

static enum pyro_code load(struct sql_storage *self, struct pyro_error *err)
{
    struct sql_reader reader = {.found = sql_on_loaded, .context = self->storage.registry};
    bool lost = false;
    enum pyro_code code = sql_names_open(&self->names, self->path, &lost, err);
    if (code == PYRO_OK)
        code = sql_names_read(&self->names, &reader, err);
    if (code == PYRO_OK && lost)
        pyro_log_write(&self->runtime->log, PYRO_WARNING, "naming",
                       "sql:%s: what was in %s-wal is missing: the names are those of an earlier "
                       "moment",
                       self->path, self->path);
    return code;
}

static struct sql_storage *new_storage(struct pyro_runtime *runtime, const char *path,
                                       struct registry *registry)
{
    size_t size = strlen(path) + 1;
    struct sql_storage *self = pyro_calloc(1, sizeof(*self) + size);
    if (!self)
        return NULL;
    self->storage = (struct storage){.ops = &sql_ops, .registry = registry};
    self->runtime = runtime;
    memcpy(self->path, path, size);
    pyro_list_init(&self->waiting);
    pyro_list_init(&self->batch);
    sql_news_init(&self->news);
    pyro_completion_init(&self->begin, sql_on_begin);
    pyro_completion_init(&self->worked, sql_on_worked);
    self->next_look = pyro_timer_new(runtime->loop, &self->begin);
    self->work = pyro_work_new(runtime->loop, sql_in_thread, self, &self->worked);
    return self;
}

struct storage *storage_sql_open(struct pyro_runtime *runtime, const char *path,
                                 struct registry *registry, struct pyro_error *err)
{
    struct sql_storage *self = new_storage(runtime, path, registry);
    if (!self || !self->next_look || !self->work)
        pyro_error_memory(err);
    else if ((self->patience = pyro_fine_timer_new(runtime->loop, &self->begin, err)) != NULL &&
             load(self, err) == PYRO_OK) {
        pyro_timer_start(self->next_look, LOOK_EVERY);
        return &self->storage;
    }
    if (self)
        sql_close_storage(&self->storage);
    return NULL;
}
