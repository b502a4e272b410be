/* Names in a file of SQLite, which several front ends and other programs use. */
#include "naming_sql_fixture.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "support/child.h"

/* --- what is kept --- */

static void names_are_there_after_a_restart(void **state)
{
    static const char *const tags[] = {"blue", "red"}, *const fewer[] = {"green"};
    struct front front;
    open_front(&front, *state);
    struct edit edit = setting("a", "PYRO:a@h:1");
    edit.change.registration.tag_count = 2;
    edit.change.registration.tags = tags;
    make_edit(&front, &edit);
    assert_int_equal(edit.why.code, PYRO_OK);
    assert_int_equal(edit.change.applied, 1);
    struct edit kept = setting("kept", "PYRO:k@h:1");
    kept.change.registration.owner = "0123abcd";
    kept.change.registration.lease = 2.5;
    kept.change.registration.since = 1234567890;
    make_edit(&front, &kept);
    put(&front, "gone", "PYRO:g@h:1");
    struct edit removal = {.change = {.kind = CHANGE_REMOVE, .name = pyro_slice_text("gone")}};
    make_edit(&front, &removal);
    assert_int_equal(removal.change.applied, 1);
    make_edit(&front, &removal);
    assert_int_equal(removal.change.applied, 0);
    close_front(&front);
    open_front(&front, *state);
    assert_int_equal(registry_count(front.registry), 2);
    const struct registration *found = registry_get(front.registry, pyro_slice_text("a"));
    assert_int_equal(found->tag_count, 2);
    assert_string_equal(found->tags[0], "blue");
    assert_string_equal(found->tags[1], "red");
    assert_null(found->owner);
    found = registry_get(front.registry, pyro_slice_text("kept"));
    assert_string_equal(found->owner, "0123abcd");
    assert_true(found->lease == 2.5 && found->since == 1234567890 && found->tag_count == 0);
    struct edit tagging = {.change = {.kind = CHANGE_TAGS,
                                      .name = pyro_slice_text("kept"),
                                      .registration = {.tag_count = 1, .tags = fewer}}};
    make_edit(&front, &tagging);
    close_front(&front);
    open_front(&front, *state);
    found = registry_get(front.registry, pyro_slice_text("kept"));
    assert_string_equal(found->owner, "0123abcd");
    assert_string_equal(found->tags[0], "green");
    close_front(&front);
}

static void tags_go_with_what_they_were_of(void **state)
{
    static const char *const tags[] = {"blue", "red"};
    struct front front;
    struct edit edit = setting("a", "PYRO:a@h:1");
    open_front(&front, *state);
    for (int removed = 0; removed <= 1; removed++) {
        edit.change.kind = CHANGE_SET;
        edit.change.registration.tag_count = 2;
        edit.change.registration.tags = tags;
        make_edit(&front, &edit);
        edit.change.registration.tag_count = 0;
        edit.change.kind = removed ? CHANGE_REMOVE : CHANGE_SET;
        make_edit(&front, &edit);
        assert_int_equal(edit.why.code, PYRO_OK);
        run_sql_once(*state, "CREATE TEMP TABLE none (row CHECK (row IS NULL));"
                             "INSERT INTO none SELECT object FROM pyro_metadata");
    }
    close_front(&front);
}

static void name_servers_own_name_is_left_alone(void **state)
{
    struct front front;
    open_front(&front, *state);
    run_sql_once(*state,
                 "INSERT INTO pyro_names(name, uri) VALUES ('Pyro.NameServer', 'PYRO:x@h:1'),"
                 "('a', 'PYRO:a@h:1')");
    wait_until(front.world, *uri_of(&front, "a"));
    assert_int_equal(registry_count(front.registry), 1);
    close_front(&front);
    open_front(&front, *state);
    assert_int_equal(registry_count(front.registry), 1);
    close_front(&front);
}

static void file_of_old_versions_gets_metadata(void **state)
{
    struct front front;
    run_sql_once(*state,
                 "CREATE TABLE pyro_names (name nvarchar PRIMARY KEY NOT NULL, uri nvarchar "
                 "NOT NULL); INSERT INTO pyro_names VALUES ('a', 'PYRO:a@h:1')");
    open_front(&front, *state);
    assert_string_equal(uri_of(&front, "a"), "PYRO:a@h:1");
    run_sql_once(*state, "INSERT INTO pyro_metadata SELECT id, 't' FROM pyro_names;"
                         "UPDATE pyro_names SET name = 'b'");
    wait_until(front.world, *uri_of(&front, "b"));
    assert_int_equal(registry_count(front.registry), 1);
    close_front(&front);
}

/* --- several front ends --- */

static void file_decides_whose_change_counts(void **state)
{
    struct front first, second;
    open_front(&first, *state);
    open_front(&second, *state);
    struct edit mine = setting("a", "PYRO:mine@h:1"), yours = setting("a", "PYRO:yours@h:1");
    mine.change.condition = yours.change.condition = CHANGE_IF_ABSENT;
    mine.change.registration.owner = "11";
    yours.change.registration.owner = "22";
    begin_edit(&first, &mine);
    begin_edit(&second, &yours);
    wait_until(first.world, mine.answers == 1 && yours.answers == 1);
    assert_int_equal(mine.change.applied + yours.change.applied, 1);
    const char *uri = mine.change.applied ? "PYRO:mine@h:1" : "PYRO:yours@h:1";
    wait_until(first.world, strcmp(uri_of(&first, "a"), uri) == 0);
    wait_until(first.world, strcmp(uri_of(&second, "a"), uri) == 0);
    struct edit removal = {.change = {.kind = CHANGE_REMOVE,
                                      .condition = CHANGE_IF_OWNED,
                                      .name = pyro_slice_text("a"),
                                      .registration = {.owner = "33"}}};
    make_edit(&first, &removal);
    assert_int_equal(removal.change.applied, 0);
    removal.change.registration.owner = mine.change.applied ? "11" : "22";
    make_edit(&first, &removal);
    assert_int_equal(removal.change.applied, 1);
    put(&second, "a", "PYRO:new@h:1");
    assert_string_equal(uri_of(&second, "a"), "PYRO:new@h:1");
    removal.change.condition = CHANGE_IF_URI;
    removal.change.registration = (struct registration){.uri = "PYRO:old@h:1"};
    make_edit(&first, &removal);
    assert_int_equal(removal.change.applied, 0);
    assert_string_equal(uri_of(&first, "a"), "PYRO:new@h:1");
    close_front(&first);
    close_front(&second);
}

/* Only one hears of renewals: only that one may end the lease. */
static void lease_is_of_the_front_end_that_gave_it(void **state)
{
    struct front first, second;
    struct edit edit = setting("a", "PYRO:a@h:1");
    edit.change.registration.owner = "11";
    edit.change.registration.lease = 10;
    open_front(&first, *state);
    open_front(&second, *state);
    make_edit(&first, &edit);
    wait_until(first.world, *uri_of(&second, "a"));
    const struct registration *there = registry_get(second.registry, pyro_slice_text("a"));
    assert_string_equal(there->owner, "11");
    assert_true(there->lease == 0);
    run_sql_once(*state, "BEGIN; INSERT INTO pyro_names(name, uri) VALUES ('b', 'PYRO:b@h:1');"
                         "INSERT INTO pyrolua_changes VALUES (1000, 'a');" /* all is read anew */
                         "DELETE FROM pyrolua_changes WHERE revision < 1000; COMMIT");
    wait_until(first.world, *uri_of(&first, "b") && *uri_of(&second, "b"));
    assert_true(registry_get(first.registry, pyro_slice_text("a"))->lease == 10);
    assert_true(registry_get(second.registry, pyro_slice_text("a"))->lease == 0);
    edit.change.registration.since = 1000; /* its owner goes on to the second */
    make_edit(&second, &edit);
    assert_true(registry_get(second.registry, pyro_slice_text("a"))->lease == 10);
    wait_until(first.world, registry_get(first.registry, pyro_slice_text("a"))->lease == 0);
    close_front(&second);
    open_front(&second, *state); /* leases begin anew */
    assert_true(registry_get(second.registry, pyro_slice_text("a"))->lease == 10);
    close_front(&first);
    close_front(&second);
}

/* Changes at both ends, until both have seen all of them. */
static void front_ends_agree(void **state)
{
    struct front fronts[2];
    struct edit edits[100];
    char names[100][12];
    open_front(&fronts[0], *state);
    open_front(&fronts[1], *state);
    for (int i = 0; i < 100; i++) {
        snprintf(names[i], sizeof(names[i]), "%d", i);
        edits[i] = setting(names[i], "PYRO:a@h:1");
        begin_edit(&fronts[i % 2], &edits[i]);
    }
    wait_until(fronts[0].world, registry_count(fronts[0].registry) == 100 &&
                                    registry_count(fronts[1].registry) == 100);
    for (int i = 0; i < 100; i++) {
        wait_until(fronts[0].world, edits[i].answers == 1);
        edits[i].change.kind = CHANGE_REMOVE;
        begin_edit(&fronts[i % 2], &edits[i]);
    }
    wait_until(fronts[0].world,
               registry_count(fronts[0].registry) + registry_count(fronts[1].registry) == 0);
    for (int i = 0; i < 100; i++)
        wait_until(fronts[0].world, edits[i].answers == 1);
    close_front(&fronts[0]);
    close_front(&fronts[1]);
}

/* The list of changes does not go back as far as what a front end has seen. */
static void front_end_that_missed_too_much_reads_all(void **state)
{
    struct front front;
    open_front(&front, *state);
    put(&front, "a", "PYRO:a@h:1");
    put(&front, "b", "PYRO:b@h:1");
    put(&front, "c", "PYRO:c@h:1");
    run_sql_once(*state, "BEGIN; DELETE FROM pyro_names WHERE name IN ('a', 'c');"
                         "INSERT INTO pyro_names(name, uri) VALUES ('d', 'PYRO:d@h:1');"
                         "UPDATE pyro_names SET uri = 'PYRO:b@h:2' WHERE name = 'b';"
                         "DELETE FROM pyrolua_changes WHERE revision < 8; COMMIT");
    wait_until(front.world, *uri_of(&front, "d"));
    assert_string_equal(uri_of(&front, "b"), "PYRO:b@h:2");
    assert_int_equal(registry_count(front.registry), 2);
    close_front(&front);
}

/* Such a file has another order of names. */
static void all_are_read_from_a_file_in_utf16(void **state)
{
    struct front front;
    run_sql_once(*state, "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t(x)");
    open_front(&front, *state);
    put(&front, "a", "PYRO:a@h:1");
    put(&front, "\xc4\x80", "PYRO:b@h:1");
    run_sql_once(*state, "BEGIN; DELETE FROM pyrolua_changes;"
                         "INSERT INTO pyro_names(name, uri) VALUES ('c', 'PYRO:c@h:1'); COMMIT");
    wait_until(front.world, *uri_of(&front, "c"));
    assert_string_equal(uri_of(&front, "a"), "PYRO:a@h:1");
    assert_string_equal(uri_of(&front, "\xc4\x80"), "PYRO:b@h:1");
    close_front(&front);
}

static void list_of_changes_is_trimmed(void **state)
{
    struct front front;
    struct pyro_error err;
    const struct sqlite *api = sqlite_load(&err);
    open_front(&front, *state);
    sqlite3 *db = connect_to(*state);
    run_sql(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 205000) "
                "INSERT INTO pyrolua_changes(name) SELECT 'a' FROM n");
    sqlite3_stmt *count;
    assert_int_equal(
        api->sqlite3_prepare_v2(db, "SELECT count(*) FROM pyrolua_changes", -1, &count, NULL),
        SQLITE_OK);
    assert_int_equal(api->sqlite3_step(count), SQLITE_ROW);
    assert_in_range(api->sqlite3_column_int64(count, 0), 100000, 101000);
    api->sqlite3_finalize(count);
    disconnect(db);
    close_front(&front);
}

/* --- what goes wrong --- */

static void change_waits_for_a_lock(void **state)
{
    struct front front;
    struct edit edit = setting("a", "PYRO:a@h:1");
    open_front(&front, *state);
    sqlite3 *db = connect_to(*state);
    run_sql(db, "BEGIN IMMEDIATE");
    begin_edit(&front, &edit);
    wait_until(front.world, edit.answers == 1); /* after five seconds */
    assert_int_equal(edit.why.code, PYRO_ENAMING);
    char expected[120];
    snprintf(expected, sizeof(expected), "%s: database is locked", front.world->storage);
    assert_string_equal(edit.why.message, expected);
    assert_string_equal(uri_of(&front, "a"), "");
    begin_edit(&front, &edit);
    run_sql(db, "COMMIT");
    wait_until(front.world, edit.answers == 1);
    assert_int_equal(edit.why.code, PYRO_OK);
    disconnect(db);
    close_front(&front);
}

/* A limit of the process stands for a disk that is full. */
static void full_disk_refuses_what_does_not_fit(void **state)
{
    struct front front;
    struct rlimit before, small = {.rlim_cur = 150000};
    char names[200][20];
    int stored = 0;
    const char *log = log_warnings(*state, true);
    open_front(&front, *state);
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small.rlim_max = before.rlim_max;
    setrlimit(RLIMIT_FSIZE, &small);
    struct edit edit;
    do {
        assert_true(stored < 199);
        snprintf(names[stored], sizeof(names[stored]), "name%d", stored);
        edit = setting(names[stored], "PYRO:a@h:1");
        make_edit(&front, &edit);
    } while (edit.why.code == PYRO_OK && ++stored);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(edit.why.code, PYRO_ENAMING);
    assert_non_null(strstr(edit.why.message, "names: disk I/O error"));
    assert_int_equal(registry_count(front.registry), stored);
    put(&front, names[stored], "PYRO:a@h:1");
    close_front(&front);
    assert_int_equal(access(log, F_OK), -1); /* whoever made the change was told */
    open_front(&front, *state);
    assert_int_equal(registry_count(front.registry), stored + 1);
    close_front(&front);
}

/* Changes that were written into it would be lost. */
static void file_that_was_removed_or_replaced_takes_no_changes(void **state)
{
    struct world *world = *state;
    struct front front;
    char aside[80];
    snprintf(aside, sizeof(aside), "%s-log", world->path);
    open_front(&front, world);
    put(&front, "a", "PYRO:a@h:1");
    assert_int_equal(rename(world->path, aside), 0);
    struct edit edit = setting("b", "PYRO:b@h:1");
    make_edit(&front, &edit);
    assert_int_equal(edit.why.code, PYRO_ENAMING);
    assert_non_null(strstr(edit.why.message, "the file was removed or replaced"));
    fclose(fopen(world->path, "w"));
    make_edit(&front, &edit);
    assert_int_equal(edit.why.code, PYRO_ENAMING);
    assert_string_equal(uri_of(&front, "a"), "PYRO:a@h:1");
    assert_string_equal(uri_of(&front, "b"), "");
    assert_int_equal(rename(aside, world->path), 0);
    put(&front, "b", "PYRO:b@h:1");
    close_front(&front);
    open_front(&front, world);
    assert_int_equal(registry_count(front.registry), 2);
    close_front(&front);
}

/* As somebody who may read it. */
static void read_only_file_is_refused(void **state)
{
    struct world *world = *state;
    struct front front;
    char expected[120];
    uid_t own = geteuid();
    open_front(&front, world);
    close_front(&front);
    assert_int_equal(chmod(world->folder, 0755) + chmod(world->path, 0444), 0);
    assert_int_equal(own == 0 ? seteuid(65534) : 0, 0);
    bool opened = try_front(&front, world);
    assert_int_equal(own == 0 ? seteuid(0) : 0, 0);
    assert_false(opened);
    snprintf(expected, sizeof(expected), "%s: attempt to write a readonly database",
             world->storage);
    assert_string_equal(front.err.message, expected);
}

static void refused_line(struct world *world, const char *storage, enum pyro_code code,
                         const char *message)
{
    struct front front;
    if (storage != world->storage)
        snprintf(world->storage, sizeof(world->storage), "%s", storage);
    assert_false(try_front(&front, world));
    assert_int_equal(front.err.code, code);
    assert_string_equal(front.err.message, message);
}

static void unusable_files_are_refused(void **state)
{
    struct world *world = *state;
    refused_line(world, "sql:", PYRO_EVALUE,
                 "the storage 'sql:' keeps nothing; write sql:FILE, or memory");
    refused_line(world, "sql::memory:", PYRO_EVALUE,
                 "the storage 'sql::memory:' keeps nothing; write sql:FILE, or memory");
    refused_line(world, "sql:file:names?mode=memory", PYRO_EVALUE,
                 "the storage 'sql:file:names?mode=memory' keeps nothing; write sql:FILE, or "
                 "memory");
    refused_line(world, "dbm:names", PYRO_EVALUE,
                 "the storage 'dbm:names' is not supported; copy its names into a file for "
                 "sql:FILE with share/pyrolua/import-dbm");
    refused_line(world, "disk", PYRO_EVALUE,
                 "invalid storage type 'disk'; there are memory, sql:FILE, redis://, rediss:// and "
                 "redis+sentinel://");
    refused_line(world, "sql:/nowhere/names", PYRO_ENAMING,
                 "sql:/nowhere/names: unable to open database file (No such file or directory)");
    refused_line(world, "sql:/etc", PYRO_ENAMING,
                 "sql:/etc: unable to open database file (Is a directory)");
    refused_line(world, "sql:/etc/passwd", PYRO_ENAMING, "sql:/etc/passwd: file is not a database");
}

static void too_many_names_are_refused(void **state)
{
    struct world *world = *state;
    struct front front;
    open_front(&front, world);
    run_sql_once(world,
                 "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000) "
                 "INSERT INTO pyro_names(name, uri) SELECT 'n' || i, 'PYRO:a@h:1' FROM n");
    close_front(&front);
    world->runtime.config.NS_MAX_MEMORY = 100000;
    refused_line(world, world->storage, PYRO_ENAMING,
                 "the name server is full (NS_MAX_MEMORY: 100000 bytes)");
}

static void memory_may_be_wanting(void **state)
{
    struct front front;
    unsigned long n = 1;
    for (bool opened = false; !opened; n++) {
        pyro_memory_fail_at(n);
        opened = try_front(&front, *state);
        pyro_memory_fail_at(0);
        if (!opened)
            assert_int_equal(front.err.code, PYRO_EMEMORY);
    }
    assert_true(n > 5);
    char uri[32], text[120];
    for (n = 1;; n++) {
        struct edit edit = setting("a", "PYRO:a@h:1");
        snprintf(uri, sizeof(uri), "PYRO:b@h:%lu", n);
        snprintf(text, sizeof(text),
                 "INSERT OR REPLACE INTO pyro_names(name, uri) VALUES ('b', '%s')", uri);
        run_sql_once(*state, text);
        pyro_memory_fail_at(n);
        make_edit(&front, &edit);
        bool passed = pyro_memory_fail_at(0) != 0;
        assert_true(edit.why.code == PYRO_OK || (!passed && edit.why.code == PYRO_EMEMORY));
        wait_until(front.world, strcmp(uri_of(&front, "b"), uri) == 0);
        if (passed)
            break;
    }
    assert_string_equal(uri_of(&front, "a"), "PYRO:a@h:1");
    close_front(&front);
}

/* Whose change is refused still sees what others changed until then. */
static void refused_change_hides_no_others(void **state)
{
    static const char *const tags[] = {"t"};
    struct front front;
    struct edit edit = setting("a", "PYRO:a@h:1");
    edit.change.registration.tag_count = 1;
    edit.change.registration.tags = tags;
    open_front(&front, *state);
    run_sql_once(*state, "CREATE UNIQUE INDEX once ON pyro_metadata (metadata);"
                         "INSERT INTO pyro_names(name, uri) VALUES ('b', 'PYRO:b@h:1');"
                         "INSERT INTO pyro_metadata SELECT id, 't' FROM pyro_names");
    make_edit(&front, &edit);
    assert_int_equal(edit.why.code, PYRO_ENAMING);
    assert_non_null(strstr(edit.why.message, "UNIQUE constraint failed: pyro_metadata.metadata"));
    wait_until(front.world, *uri_of(&front, "b"));
    run_sql_once(*state, "DROP INDEX once");
    make_edit(&front, &edit);
    assert_int_equal(edit.why.code, PYRO_OK);
    close_front(&front);
}

/* --- the end --- */

static void changes_are_answered_at_the_end(void **state)
{
    for (int steps = 0; steps < 4; steps++) {
        struct front front;
        struct edit edits[8];
        open_front(&front, *state);
        for (int i = 0; i < 8; i++) {
            edits[i] = setting(i % 2 ? "a" : "b", "PYRO:a@h:1");
            begin_edit(&front, &edits[i]);
            if (i < steps)
                pyro_loop_step(front.world->runtime.loop, 0);
        }
        front.storage->ops->close(front.storage);
        for (int i = 0; i < 8; i++) {
            assert_int_equal(edits[i].answers, 1);
            if (edits[i].why.code != PYRO_OK)
                assert_string_equal(edits[i].why.message, "the name server is closed");
        }
        registry_free(front.registry);
    }
}

static void forked_child_leaves_the_file_alone(void **state)
{
    struct front front;
    struct edit edit = setting("b", "PYRO:b@h:1");
    int status = -1;
    open_front(&front, *state);
    put(&front, "a", "PYRO:a@h:1");
    begin_edit(&front, &edit);
    pid_t child = fork();
    if (child == 0) {
        close_front(&front);
        keep_coverage();
        bool right = edit.answers == 1 && edit.why.code == PYRO_ENAMING;
        execlp(right ? "true" : "false", "child", (char *)NULL); /* SQLite's memory stays with it */
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    wait_until(front.world, edit.answers == 1);
    assert_int_equal(edit.why.code, PYRO_OK);
    close_front(&front);
    open_front(&front, *state);
    assert_int_equal(registry_count(front.registry), 2);
    close_front(&front);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(names_are_there_after_a_restart),
        WITH_WORLD(tags_go_with_what_they_were_of),
        WITH_WORLD(name_servers_own_name_is_left_alone),
        WITH_WORLD(file_of_old_versions_gets_metadata),
        WITH_WORLD(file_decides_whose_change_counts),
        WITH_WORLD(lease_is_of_the_front_end_that_gave_it),
        WITH_WORLD(front_ends_agree),
        WITH_WORLD(front_end_that_missed_too_much_reads_all),
        WITH_WORLD(all_are_read_from_a_file_in_utf16),
        WITH_WORLD(list_of_changes_is_trimmed),
        WITH_WORLD(change_waits_for_a_lock),
        WITH_WORLD(full_disk_refuses_what_does_not_fit),
        WITH_WORLD(file_that_was_removed_or_replaced_takes_no_changes),
        WITH_WORLD(read_only_file_is_refused),
        WITH_WORLD(unusable_files_are_refused),
        WITH_WORLD(too_many_names_are_refused),
        WITH_WORLD(memory_may_be_wanting),
        WITH_WORLD(refused_change_hides_no_others),
        WITH_WORLD(changes_are_answered_at_the_end),
        WITH_WORLD(forked_child_leaves_the_file_alone),
    };
    return cmocka_run_group_tests_name("naming sql", tests, NULL, NULL);
}
