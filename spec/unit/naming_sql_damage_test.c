/* A disk that lies about a file of names: cut off, with bits that flipped, without its log. It is
 * opened with the names that were registered, or refused in one line. */
#include "naming_sql_fixture.h"

#include "base/buffer.h"

#define NAMES 150

/* The bytes of a file. */
static void read_file(const char *path, struct pyro_buffer *bytes)
{
    FILE *file = fopen(path, "r");
    char chunk[4096];
    size_t count;
    assert_non_null(file);
    while ((count = fread(chunk, 1, sizeof(chunk), file)) > 0)
        assert_true(pyro_buffer_append(bytes, chunk, count));
    fclose(file);
}

static void write_file(const char *path, const char *data, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    fclose(file);
}

static void expected_uri(int i, char *uri, size_t size)
{
    snprintf(uri, size, "PYRO:obj_%032x@host%d:9999", (unsigned)i * 2654435761U, i % 7);
}

/* Fills a file with names, with one tag and an owner each. */
static void fill(struct front *front)
{
    static struct edit edits[NAMES];
    static char names[NAMES][20], uris[NAMES][80];
    static const char *tags[NAMES];
    for (int i = 0; i < NAMES; i++) {
        snprintf(names[i], sizeof(names[i]), "name.%d", i);
        expected_uri(i, uris[i], sizeof(uris[i]));
        edits[i] = setting(names[i], uris[i]);
        tags[i] = names[(i + 1) % NAMES];
        edits[i].change.registration.tag_count = 1;
        edits[i].change.registration.tags = &tags[i];
        edits[i].change.registration.owner = "00112233445566778899aabbccddeeff";
        begin_edit(front, &edits[i]);
    }
    for (int i = 0; i < NAMES; i++)
        wait_until(front->world, edits[i].answers == 1);
}

static bool is_expected(void *context, struct pyro_slice name,
                        const struct registration *registration)
{
    char uri[80], tag[16];
    int i = -1;
    size_t *count = context;
    assert_int_equal(sscanf(name.data, "name.%d", &i), 1);
    expected_uri(i, uri, sizeof(uri));
    assert_string_equal(registration->uri, uri);
    assert_int_equal(registration->tag_count, 1);
    snprintf(tag, sizeof(tag), "name.%d", (i + 1) % NAMES);
    assert_string_equal(registration->tags[0], tag);
    ++*count;
    return true;
}

/* Opens what the disk has now. Returns whether all names are there; else it was refused. */
static bool check_opening(struct world *world)
{
    struct front front;
    size_t count = 0;
    if (!try_front(&front, world)) {
        assert_true(*front.err.message && !strchr(front.err.message, '\n'));
        assert_int_equal(strncmp(front.err.message, world->storage, strlen(world->storage)), 0);
        return false;
    }
    registry_each(front.registry, pyro_slice("", 0), pyro_slice("", 0), is_expected, &count);
    assert_int_equal(count, NAMES);
    close_front(&front);
    return true;
}

static void make_file(struct world *world, struct pyro_buffer *bytes)
{
    struct front front;
    open_front(&front, world);
    fill(&front);
    close_front(&front);
    read_file(world->path, bytes);
    assert_true(bytes->length > 10 * 4096);
}

static void cut_off_file_is_refused(void **state)
{
    struct world *world = *state;
    struct pyro_buffer bytes = {.data = NULL};
    make_file(world, &bytes);
    for (size_t length = 1024; length < bytes.length; length += 1024) {
        remove_files(world);
        write_file(world->path, bytes.data, length);
        assert_false(check_opening(world));
    }
    remove_files(world);
    write_file(world->path, bytes.data, bytes.length);
    assert_true(check_opening(world));
    pyro_buffer_free(&bytes);
}

static void flipped_bit_is_harmless_or_noticed(void **state)
{
    struct world *world = *state;
    struct pyro_buffer bytes = {.data = NULL};
    const char *sample = getenv("SAMPLE");
    size_t step = sample ? (size_t)atoi(sample) * 7 : 61, refused = 0;
    make_file(world, &bytes);
    for (size_t at = 0; at < bytes.length; at += at < 100 ? 1 : step) {
        char *byte = &bytes.data[at], bit = (char)(1 << at % 8);
        *byte = (char)(*byte ^ bit);
        remove_files(world);
        write_file(world->path, bytes.data, bytes.length);
        refused += !check_opening(world);
        *byte = (char)(*byte ^ bit);
    }
    assert_true(refused > 20);
    pyro_buffer_free(&bytes);
}

static size_t count_lines(const char *path, const char *words)
{
    struct pyro_buffer bytes = {.data = NULL};
    size_t count = 0;
    read_file(path, &bytes);
    assert_true(pyro_buffer_append(&bytes, "", 1));
    for (const char *at = bytes.data; (at = strstr(at, words)) != NULL; at++)
        count++;
    pyro_buffer_free(&bytes);
    return count;
}

/* Remains of a killed name server. */
struct left {
    struct pyro_buffer file, log;
    char wal[80]; /* the log's path */
};

static void leave(struct world *world, struct left *left)
{
    struct front front;
    *left = (struct left){.file = {.data = NULL}};
    snprintf(left->wal, sizeof(left->wal), "%s-wal", world->path);
    open_front(&front, world);
    fill(&front);
    read_file(world->path, &left->file);
    read_file(left->wal, &left->log);
    close_front(&front);
}

/* Puts back the file, and so many bytes of its log. */
static void put_back(struct world *world, const struct left *left, size_t log_length)
{
    remove_files(world);
    write_file(world->path, left->file.data, left->file.length);
    if (log_length > 0)
        write_file(left->wal, left->log.data, log_length);
}

static void free_left(struct left *left)
{
    pyro_buffer_free(&left->file);
    pyro_buffer_free(&left->log);
}

static void missing_log_is_noticed(void **state)
{
    struct world *world = *state;
    struct front front;
    struct left left;
    leave(world, &left);
    const size_t lengths[] = {0, left.log.length, 100};
    for (size_t i = 0; i < PYRO_COUNT(lengths); i++) {
        bool whole = lengths[i] == left.log.length;
        put_back(world, &left, lengths[i]);
        const char *lines = log_warnings(world, true);
        open_front(&front, world);
        assert_int_equal(registry_count(front.registry), whole ? NAMES : 0);
        close_front(&front);
        log_warnings(world, false);
        if (whole)
            assert_int_equal(access(lines, F_OK), -1);
        else
            assert_int_equal(count_lines(lines, "-wal is missing: the names are those of"), 1);
    }
    free_left(&left);
}

/* Another program that opens the file last takes the log in: nothing is missing then. */
static void log_that_others_took_in_is_not_missed(void **state)
{
    struct world *world = *state;
    struct left left;
    leave(world, &left);
    put_back(world, &left, left.log.length);
    run_sql_once(world, "SELECT count(*) FROM pyro_names");
    assert_int_equal(access(left.wal, F_OK), -1);
    const char *lines = log_warnings(world, true);
    assert_true(check_opening(world));
    log_warnings(world, false);
    assert_int_equal(access(lines, F_OK), -1);
    free_left(&left);
}

static void tables_that_do_not_fit_are_refused(void **state)
{
    static const char *const damages[][2] = {
        {"DROP TABLE pyro_metadata", "pyro_metadata is missing"},
        {"DROP TRIGGER pyrolua_insert", "pyrolua_insert is missing or changed"},
        {"DELETE FROM pyrolua_names WHERE name = 'a'",
         "the URI of a name is not what was registered"},
        {"UPDATE pyrolua_names SET uri = 'PYRO:x@h:1'",
         "the URI of a name is not what was registered"},
        {"INSERT INTO pyrolua_names(name, uri, since) VALUES ('b', 'PYRO:b@h:1', 0)",
         "b is missing"},
        {"INSERT INTO pyro_metadata SELECT id, CAST(x'74ff' AS TEXT) FROM pyro_names",
         "a name, or what it has, is not UTF-8"},
        {"UPDATE pyro_names SET name = CAST(x'ff' AS TEXT)",
         "a name, or what it has, is not UTF-8"},
        {"UPDATE pyrolua_names SET lease = 9e999", "the lease of a name is out of range"},
        {"UPDATE pyrolua_names SET lease = -1", "the lease of a name is out of range"},
        {"UPDATE pyrolua_names SET since = -9223372036854775808",
         "the lease of a name is out of range"},
        {"DROP TABLE pyro_names", "pyro_names is missing"},
    };
    struct world *world = *state;
    struct front front;
    char expected[200];
    for (size_t i = 0; i < PYRO_COUNT(damages); i++) {
        remove_files(world);
        open_front(&front, world);
        put(&front, "a", "PYRO:a@h:1");
        close_front(&front);
        run_sql_once(world, damages[i][0]);
        assert_false(try_front(&front, world));
        snprintf(expected, sizeof(expected), "%s: the file is damaged: %s", world->storage,
                 damages[i][1]);
        assert_string_equal(front.err.message, expected);
    }
}

/* Without our own tables, the names are taken as they are. */
static void own_tables_are_made_anew(void **state)
{
    struct front front;
    open_front(&front, *state);
    put(&front, "a", "PYRO:a@h:1");
    close_front(&front);
    run_sql_once(*state, "DROP TABLE pyrolua_names");
    open_front(&front, *state);
    assert_string_equal(uri_of(&front, "a"), "PYRO:a@h:1");
    put(&front, "a", "PYRO:a@h:2");
    close_front(&front);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(cut_off_file_is_refused),
        WITH_WORLD(flipped_bit_is_harmless_or_noticed),
        WITH_WORLD(missing_log_is_noticed),
        WITH_WORLD(log_that_others_took_in_is_not_missed),
        WITH_WORLD(tables_that_do_not_fit_are_refused),
        WITH_WORLD(own_tables_are_made_anew),
    };
    return cmocka_run_group_tests_name("naming sql damage", tests, NULL, NULL);
}
