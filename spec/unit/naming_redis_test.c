/* Answers of Redis, without Redis: URLs, replies in any form, want of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "naming/redis/redis_names.h"
#include "naming/redis/redis_url.h"

/* --- URLs --- */

static void url_has_its_parts(void **state)
{
    (void)state;
    struct redis_url url;
    struct pyro_error err;
    assert_int_equal(redis_url_parse(&url, "redis://h", &err), PYRO_OK);
    assert_false(url.tls || url.master || url.user || url.password);
    assert_int_equal(url.count, 1);
    assert_string_equal(url.places[0].host, "h");
    assert_int_equal(url.places[0].port, 6379);
    assert_string_equal(url.prefix, "pyro");
    assert_int_equal(url.wait, -1);
    redis_url_free(&url);
    assert_int_equal(redis_url_parse(&url, "rediss://u%40:p%25/@%3f@[::1]:1/a%20b?wait=2", &err),
                     PYRO_OK);
    assert_true(url.tls);
    assert_string_equal(url.user, "u@");
    assert_string_equal(url.password, "p%/@?");
    assert_string_equal(url.places[0].host, "::1");
    assert_int_equal(url.places[0].port, 1);
    assert_string_equal(url.prefix, "a b");
    assert_int_equal(url.wait, 2);
    redis_url_free(&url);
    assert_int_equal(redis_url_parse(&url, "redis+sentinel://:p@a,b:2,[::2]:3/main/x?wait=0", &err),
                     PYRO_OK);
    assert_null(url.user);
    assert_string_equal(url.master, "main");
    assert_string_equal(url.prefix, "x");
    assert_int_equal(url.count, 3);
    assert_int_equal(url.places[0].port, 26379);
    assert_string_equal(url.places[2].host, "::2");
    assert_int_equal(url.places[2].port, 3);
    redis_url_free(&url);
}

static void url_that_is_wrong_is_said_without_the_password(void **state)
{
    (void)state;
    static const char *const wrong[] = {"redis://u:SECRET@",
                                        "redis://u:SECRET@h:0",
                                        "redis://u:SECRET@h:1x",
                                        "redis://u:SECRET%00@h",
                                        "redis://u:SECRET%4@h",
                                        "redis://u:SECRET@[::1",
                                        "redis://u:SECRET@[::1]x",
                                        "redis://u:SECRET@h/{",
                                        "redis://u:SECRET@h/a/b",
                                        "redis://u:SECRET@h?wait=",
                                        "redis://u:SECRET@h?wait=101",
                                        "redis://u:SECRET@h/?x",
                                        "redis://u:@h",
                                        "redis+sentinel://u:SECRET@h",
                                        "redis+sentinel://u:SECRET@h,,i/m",
                                        "redis+sentinel://u:SECRET@h//x",
                                        "redis+sentinel://a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q/m",
                                        "redis:/h"};
    for (size_t i = 0; i < PYRO_COUNT(wrong); i++) {
        struct redis_url url;
        struct pyro_error err;
        assert_int_equal(redis_url_parse(&url, wrong[i], &err), PYRO_EVALUE);
        assert_null(strstr(err.message, "SECRET"));
        assert_null(strchr(err.message, '\n'));
    }
}

/* --- replies --- */

struct world {
    const struct hiredis *api;
    struct redis_names names;
    struct pyro_log log;
};

static void begin_world(struct world *world)
{
    struct pyro_error err;
    memset(world, 0, sizeof(*world));
    world->api = hiredis_load(&err);
    assert_non_null(world->api);
    assert_int_equal(
        pyro_log_set(&world->log, &(struct pyro_log_settings){"CRITICAL", NULL, NULL}, &err),
        PYRO_OK);
    world->names.log = &world->log;
    world->names.registry = registry_new(0, &err);
    assert_non_null(world->names.registry);
}

static void end_world(struct world *world)
{
    redis_names_free(&world->names);
    registry_free(world->names.registry);
    pyro_log_close(&world->log);
}

/* Reads one reply, in Redis' protocol but with a space for each line's end. */
static redisReply *parse(const struct world *world, const char *text)
{
    redisReader *reader = world->api->redisReaderCreate();
    void *reply = NULL;
    for (; *text; text++)
        world->api->redisReaderFeed(reader, *text == ' ' ? "\r\n" : text, *text == ' ' ? 2 : 1);
    assert_int_equal(world->api->redisReaderGetReply(reader, &reply), REDIS_OK);
    assert_non_null(reply);
    world->api->redisReaderFree(reader);
    return reply;
}

#define NAME_A "$1 n $1 a "
#define REST "$1 u $10 PYRO:a@h:1 $1 m $5 [\"t\"] $1 o $0  $1 l $1 0 $1 s $1 7 "

static enum pyro_code give_event(struct world *world, const char *text, struct pyro_error *err)
{
    redisReply *reply = parse(world, text);
    enum pyro_code code = redis_names_event(&world->names, reply, err);
    world->api->freeReplyObject(reply);
    return code;
}

static void event_sets_and_removes_a_name(void **state)
{
    (void)state;
    struct world world;
    struct pyro_error err;
    begin_world(&world);
    assert_int_equal(give_event(&world, "*12 " NAME_A REST, &err), PYRO_OK);
    const struct registration *a = registry_get(world.names.registry, pyro_slice_text("a"));
    assert_non_null(a);
    assert_string_equal(a->uri, "PYRO:a@h:1");
    assert_string_equal(a->tags[0], "t");
    assert_int_equal(a->since, 7);
    assert_null(a->owner);
    assert_int_equal(give_event(&world, "*2 " NAME_A, &err), PYRO_OK);
    assert_int_equal(registry_count(world.names.registry), 0);
    end_world(&world);
}

/* Whatever an event looks like, it is no name, or none that is wrong. */
static void event_in_another_form_is_ignored(void **state)
{
    (void)state;
    static const char *const events[] = {
        "*0 ",
        "$-1 ",
        ":1 ",
        "*-1 ",
        "-ERR ",
        "*1 $1 n ",
        "*2 $1 n :1 ",
        "*2 $1 n *1 $1 a ",
        "*3 " NAME_A "$1 u ",
        "*4 " NAME_A "$1 u $-1 ",
        "*4 " NAME_A "$1 u *0 ",
        "*4 " NAME_A "$1 u $1 x ",
        "*12 " NAME_A "$1 u $1 x $1 m $1 { $1 o $0  $1 l $1 0 $1 s $1 7 ",
        "*12 " NAME_A "$1 u $1 x $1 m $3 [1] $1 o $0  $1 l $1 0 $1 s $1 7 ",
        "*12 " NAME_A "$1 u $1 x $1 m $3 {}[ $1 o $0  $1 l $1 0 $1 s $1 7 ",
        "*12 " NAME_A "$1 u $1 x $1 m $2 [] $1 o $0  $1 l $2 -1 $1 s $1 7 ",
        "*12 " NAME_A "$1 u $1 x $1 m $2 [] $1 o $0  $1 l $3 nan $1 s $1 7 ",
        "*12 " NAME_A "$1 u $1 x $1 m $2 [] $1 o $0  $1 l $1 1 $1 s $5 1e999 ",
        "*12 " NAME_A "$1 u $1 x $1 m $2 [] $1 o $0  $1 l $1 1 $1 s $0  ",
        "*12 $1 n $15 Pyro.NameServer " REST,
        "*2 $1 n $15 Pyro.NameServer ",
    };
    struct world world;
    struct pyro_error err;
    begin_world(&world);
    for (size_t i = 0; i < PYRO_COUNT(events); i++) {
        assert_int_equal(give_event(&world, events[i], &err), PYRO_OK);
        assert_int_equal(registry_count(world.names.registry), 0);
    }
    end_world(&world);
}

static enum pyro_code give_pages(struct world *world, struct pyro_error *err)
{
    redisReply *page = parse(world, "*2 *6 $1 a $10 PYRO:a@h:1 $5 [\"t\"] $1 x $1 9 $1 7 *1 $1 b ");
    redis_names_begin(&world->names);
    enum pyro_code code = redis_names_page(&world->names, page, err);
    world->api->freeReplyObject(page);
    return code == PYRO_OK ? redis_names_end(&world->names, err) : code;
}

static void pages_are_all_there_is(void **state)
{
    (void)state;
    struct world world;
    struct pyro_error err;
    begin_world(&world);
    assert_int_equal(give_event(&world, "*12 $1 n $1 c " REST, &err), PYRO_OK);
    assert_int_equal(give_event(&world, "*12 $1 n $1 b " REST, &err), PYRO_OK);
    assert_int_equal(give_pages(&world, &err), PYRO_OK);
    assert_int_equal(registry_count(world.names.registry), 1);
    const struct registration *a = registry_get(world.names.registry, pyro_slice_text("a"));
    assert_string_equal(a->owner, "x");
    assert_true(a->lease == 9);
    redisReply *page = parse(&world, "*1 *1 $-1 ");
    assert_int_equal(redis_names_page(&world.names, page, &err), PYRO_EPROTOCOL);
    world.api->freeReplyObject(page);
    end_world(&world);
}

/* Each allocation fails in turn. */
static void want_of_memory_is_an_error(void **state)
{
    (void)state;
    struct pyro_error err;
    for (unsigned long n = 1;; n++) {
        struct world world;
        begin_world(&world);
        assert_int_equal(give_event(&world, "*12 $1 n $1 c " REST, &err), PYRO_OK);
        pyro_memory_fail_at(n);
        enum pyro_code event = give_event(&world, "*12 " NAME_A REST, &err);
        enum pyro_code pages = event == PYRO_OK ? give_pages(&world, &err) : PYRO_OK;
        bool all = pyro_memory_fail_at(0) > 0;
        assert_true(event == PYRO_OK || event == PYRO_EMEMORY);
        assert_true(pages == PYRO_OK || pages == PYRO_EMEMORY);
        end_world(&world);
        if (all)
            break;
    }
    for (unsigned long n = 1;; n++) {
        struct redis_url url;
        pyro_memory_fail_at(n);
        enum pyro_code code = redis_url_parse(&url, "redis://u:p@h/x", &err);
        bool all = pyro_memory_fail_at(0) > 0;
        assert_int_equal(code, all ? PYRO_OK : PYRO_EMEMORY);
        if (code == PYRO_OK)
            redis_url_free(&url);
        if (all)
            break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(url_has_its_parts),
        cmocka_unit_test(url_that_is_wrong_is_said_without_the_password),
        cmocka_unit_test(event_sets_and_removes_a_name),
        cmocka_unit_test(event_in_another_form_is_ignored),
        cmocka_unit_test(pages_are_all_there_is),
        cmocka_unit_test(want_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
