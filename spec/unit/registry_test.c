/* The registry of a name server: what it finds by a prefix, its room, and who hears of changes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "naming/registry/registry.h"

#define NAMES 3000

struct found {
    size_t count;
    size_t at_most;
    char last[32];
};

static bool note(void *context, struct pyro_slice name, const struct registration *registration)
{
    struct found *found = context;
    assert_string_equal(registration->uri, name.data);
    assert_true(strcmp(found->last, name.data) < 0);
    snprintf(found->last, sizeof(found->last), "%s", name.data);
    return ++found->count < found->at_most;
}

static size_t count_found(struct registry *registry, const char *prefix, const char *after,
                          size_t at_most)
{
    struct found found = {.at_most = at_most};
    registry_each(registry, pyro_slice_text(prefix), pyro_slice_text(after), note, &found);
    return found.count;
}

/* Numbers without leading zeros: "12" is a prefix of many, and a name itself. */
static size_t count_expected(const bool *there, const char *prefix, const char *after)
{
    size_t count = 0;
    char name[32];
    for (int i = 0; i < NAMES; i++) {
        snprintf(name, sizeof(name), "%d", i);
        count += there[i] && strncmp(name, prefix, strlen(prefix)) == 0 && strcmp(name, after) > 0;
    }
    return count;
}

static void change(struct registry *registry, bool *there)
{
    char name[32];
    int i = rand() % NAMES;
    struct pyro_error err;
    snprintf(name, sizeof(name), "%d", i);
    if (rand() % 3 == 0) {
        assert_int_equal(registry_remove(registry, pyro_slice_text(name)), there[i]);
        there[i] = false;
    } else {
        assert_int_equal(registry_set(registry, pyro_slice_text(name),
                                      &(struct registration){.uri = name}, &err),
                         PYRO_OK);
        there[i] = true;
    }
}

static void prefixes_find_what_starts_with_them(void **state)
{
    static const char *const prefixes[] = {"", "1", "12", "129", "1299", "9", "0", "00", "x"};
    static bool there[NAMES];
    struct pyro_error err;
    struct registry *registry = registry_new(0, &err);
    (void)state;
    assert_non_null(registry);
    srand(1);
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < 200; i++)
            change(registry, there);
        for (size_t i = 0; i < sizeof(prefixes) / sizeof(*prefixes); i++)
            for (size_t j = 0; j < sizeof(prefixes) / sizeof(*prefixes); j++)
                assert_int_equal(count_found(registry, prefixes[i], prefixes[j], NAMES + 1),
                                 count_expected(there, prefixes[i], prefixes[j]));
    }
    assert_int_equal(count_found(registry, "1", "", 3), 3);
    registry_free(registry);
}

/* --- room --- */

static const struct registration ordinary = {.uri = "PYRO:a@h:1"};

static enum pyro_code reserve(struct registry *registry, const char *name,
                              const struct registration *registration, size_t *room)
{
    struct pyro_error err;
    enum pyro_code code =
        registry_reserve(registry, pyro_slice_text(name), registration, room, &err);
    if (code != PYRO_OK)
        assert_string_equal(err.message, "the name server is full (NS_MAX_MEMORY: 1000 bytes)");
    return code;
}

static void set(struct registry *registry, const char *name,
                const struct registration *registration)
{
    struct pyro_error err;
    assert_int_equal(registry_set(registry, pyro_slice_text(name), registration, &err), PYRO_OK);
}

static void room_is_reserved_for_what_is_being_stored(void **state)
{
    struct pyro_error err;
    struct registry *registry = registry_new(1000, &err);
    size_t room, first;
    (void)state;
    assert_int_equal(reserve(registry, "a", &ordinary, &first), PYRO_OK);
    assert_true(first > 100 && first < 500); /* where pointers are short, too */
    while (reserve(registry, "b", &ordinary, &room) == PYRO_OK)
        ;
    assert_int_equal(room, 0);
    registry_release(registry, first);
    set(registry, "a", &ordinary);
    assert_int_equal(reserve(registry, "b", &ordinary, &room), PYRO_ENAMING);
    assert_int_equal(reserve(registry, "a", &ordinary, &room), PYRO_OK); /* in its place */
    assert_int_equal(room, 0);
    registry_release(registry, 1000 / first * first - first);
    registry_free(registry);
}

/* --- listeners --- */

struct listener {
    struct registry_listener registry;
    char heard[100];
};

static const char *uri_of(const struct registration *registration)
{
    return registration ? registration->uri : "-";
}

static void listener_on_set(struct registry_listener *self, struct pyro_slice name,
                            const struct registration *now, const struct registration *before)
{
    struct listener *listener = (struct listener *)self;
    snprintf(listener->heard, sizeof(listener->heard), "set %s %s %s", name.data, uri_of(now),
             uri_of(before));
}

static void listener_on_remove(struct registry_listener *self, struct pyro_slice name,
                               const struct registration *before)
{
    struct listener *listener = (struct listener *)self;
    snprintf(listener->heard, sizeof(listener->heard), "remove %s %s", name.data, uri_of(before));
}

static void listeners_hear_of_changes(void **state)
{
    struct pyro_error err;
    struct registry *registry = registry_new(0, &err);
    struct listener listener = {{.on_set = listener_on_set, .on_remove = listener_on_remove}, ""};
    (void)state;
    registry_listen(registry, &listener.registry);
    set(registry, "a", &(struct registration){.uri = "1"});
    assert_string_equal(listener.heard, "set a 1 -");
    set(registry, "a", &(struct registration){.uri = "2"});
    assert_string_equal(listener.heard, "set a 2 1");
    assert_true(registry_remove(registry, pyro_slice_text("a")));
    assert_string_equal(listener.heard, "remove a 2");
    assert_false(registry_remove(registry, pyro_slice_text("a")));
    pyro_list_remove(&listener.registry.node);
    set(registry, "b", &ordinary);
    assert_string_equal(listener.heard, "remove a 2");
    registry_free(registry);
}

/* --- what is kept --- */

static void registrations_are_copied(void **state)
{
    const char *tags[] = {"one", "two"};
    struct registration from = {"PYRO:a@h:1", 2, tags, "0aff", 2.5, 77};
    struct pyro_error err;
    struct registry *registry = registry_new(0, &err);
    (void)state;
    set(registry, "a", &from);
    tags[0] = tags[1] = "";
    const struct registration *kept = registry_get(registry, pyro_slice_text("a"));
    assert_string_equal(kept->uri, "PYRO:a@h:1");
    assert_int_equal(kept->tag_count, 2);
    assert_string_equal(kept->tags[0], "one");
    assert_string_equal(kept->tags[1], "two");
    assert_string_equal(kept->owner, "0aff");
    assert_true(kept->lease == 2.5 && kept->since == 77);
    assert_true(registration_is_kept_by(kept, "0aff"));
    assert_false(registration_is_kept_by(kept, "0af"));
    assert_false(registration_is_kept_by(&ordinary, NULL));
    registry_free(registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prefixes_find_what_starts_with_them),
        cmocka_unit_test(room_is_reserved_for_what_is_being_stored),
        cmocka_unit_test(listeners_hear_of_changes),
        cmocka_unit_test(registrations_are_copied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
