/** @file
 * The names in a file: reading what others changed, and making changes. All of it blocks. Private
 * to naming/. */
#ifndef PYRO_NAMING_SQL_NAMES_H
#define PYRO_NAMING_SQL_NAMES_H

#include "base/list.h"
#include "naming/registry/registration.h"
#include "naming/sql/sql_wal.h"

struct sql_names {
    struct sql sql;
    struct sql_wal wal;
    int64_t seen; /**< revision up to which changes were read; -1: none was */
};

/** Called with each name that somebody else registered or (`registration` NULL) removed. */
typedef enum pyro_code sql_found_fn(void *context, struct pyro_slice name,
                                    const struct registration *registration,
                                    struct pyro_error *err);

/** Who hears of that. */
struct sql_reader {
    sql_found_fn *found;
    void *context;
    bool all; /**< set where what was found are all names: others are gone */
};

/** Opens a file as sql_open() does, and sees to its tables. `*lost`: see sql_wal_open(). After an
 * error it is to be closed as well. */
enum pyro_code sql_names_open(struct sql_names *names, const char *path, bool *lost,
                              struct pyro_error *err);

void sql_names_close(struct sql_names *names);

/** Lets all names be read the next time. */
void sql_names_forget(struct sql_names *names);

/** Reads what changed since the last time; all, the first time. After an error that is found again
 * the next time. */
enum pyro_code sql_names_read(struct sql_names *names, struct sql_reader *reader,
                              struct pyro_error *err);

/** Makes a list of changes (struct change) for good, all or, after an error, none; sets `applied`
 * of each. Before that it reads as sql_names_read() does what was changed until then: what the
 * reader was told before an error, it is told again. */
enum pyro_code sql_names_change(struct sql_names *names, struct pyro_list *changes,
                                struct sql_reader *reader, struct pyro_error *err);

#endif
