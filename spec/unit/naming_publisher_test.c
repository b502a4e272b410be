/* Tests of core/naming: keeping names at a name server of scripted bytes. No test sleeps: the clock
 * is fake. */
#include "rpc_fixture.h"

#include <ctype.h>

#include "naming/client/publisher.h"
#include "rpc/exception.h"
#include "rpc/uri_state.h"

#define OURS "PYRO:obj@localhost:4711"
#define THEIRS "PYRO:obj@elsewhere:4711"

struct world {
    struct pyro_runtime *runtime;
    struct scripted_peer peer;
    struct pyro_publisher *publisher;
    bool leases; /* the name server has them */
    char lost[40];
};

struct waiter {
    struct pyro_publishing wait;
    int told;
};

static void waiter_done(struct pyro_publishing *wait)
{
    PYRO_CONTAINER(wait, struct waiter, wait)->told++;
}

static void world_lost(void *owner, const char *name)
{
    struct world *world = owner;
    assert_string_equal(world->lost, "");
    snprintf(world->lost, sizeof(world->lost), "%s", name);
}

static void listen_again(struct world *world)
{
    peer_close(&world->peer);
    peer_listen(&world->peer, world->runtime->loop, socket_path());
}

static void begin_world(struct world *world, struct pyro_runtime *runtime, bool leases)
{
    struct pyro_error err = {.code = PYRO_OK};
    *world = (struct world){.runtime = runtime, .leases = leases};
    runtime->config.PROTOCOL = 502;
    set_text(runtime, "SERIALIZER", "msgpack");
    peer_listen(&world->peer, runtime->loop, socket_path());
    world->publisher = pyro_publisher_new(runtime, world_lost, world, &err);
    assert_non_null(world->publisher);
}

static void end_world(struct world *world)
{
    pyro_publisher_free(world->publisher);
    peer_close(&world->peer);
    run_loop(world->runtime);
}

static enum pyro_code begin_publish(struct world *world, struct waiter *waiter, const char *name,
                                    struct pyro_publish_options options)
{
    static const char *const tags[] = {"fruit", "red"};
    char host[80];
    struct pyro_error err = {.code = PYRO_OK};
    snprintf(host, sizeof(host), "./u:%s", socket_path());
    options.host = host;
    options.lease = options.lease == 0 ? 10 : options.lease;
    if (strcmp(name, "tagged") == 0) {
        options.tags = tags;
        options.tag_count = PYRO_COUNT(tags);
    }
    *waiter = (struct waiter){.wait.done = waiter_done};
    enum pyro_code code =
        pyro_publisher_publish(world->publisher, name, OURS, &options, &waiter->wait, &err);
    if (code != PYRO_OK)
        waiter->wait.error = err;
    run_loop(world->runtime);
    return code;
}

static void publish(struct world *world, struct waiter *waiter, const char *name,
                    struct pyro_publish_options options)
{
    assert_int_equal(begin_publish(world, waiter, name, options), PYRO_OK);
}

static void assert_told(struct waiter *waiter, enum pyro_code code, const char *part)
{
    assert_int_equal(waiter->told, 1);
    assert_int_equal(waiter->wait.error.code, code);
    if (code != PYRO_OK && !strstr(waiter->wait.error.message, part))
        fail_msg("'%s' lacks '%s'", waiter->wait.error.message, part);
}

/* --- the name server --- */

static void put_methods(struct pyro_sink *to, bool leases)
{
    pyro_begin(to, PYRO_DICT, 2);
    pyro_put_text(to, "handshake");
    pyro_put_text(to, "hello");
    pyro_put_text(to, "meta");
    pyro_begin(to, PYRO_DICT, 3);
    pyro_put_text(to, "methods");
    pyro_begin(to, PYRO_LIST, 2);
    pyro_put_text(to, "lookup");
    pyro_put_text(to, leases ? "publish" : "register");
    pyro_end(to, PYRO_LIST);
    for (int i = 0; i < 2; i++) {
        pyro_put_text(to, i == 0 ? "oneway" : "attrs");
        pyro_begin(to, PYRO_LIST, 0);
        pyro_end(to, PYRO_LIST);
    }
    pyro_end(to, PYRO_DICT);
    pyro_end(to, PYRO_DICT);
}

/* Takes a connection. */
static void welcome(struct world *world)
{
    struct pyro_message handshake;
    struct pyro_writer writer;
    struct pyro_buffer out = {.data = NULL};
    struct pyro_error err = {.code = PYRO_OK};
    const struct pyro_header header = {
        .type = PYRO_CONNECTOK, .flags = PYRO_FLAG_METADATA, .serializer = PYRO_SERIALIZER_MSGPACK};
    peer_accept(&world->peer);
    peer_expect_message(&world->peer, &handshake);
    pyro_message_release(&handshake);
    pyro_codec_msgpack.open(&writer, &out, &err);
    put_methods(&writer.sink, world->leases);
    peer_send_message(&world->peer, &pyro_protocol_502, &header, out.data, out.length);
    pyro_buffer_free(&out);
    run_loop(world->runtime);
}

/* Writes the owner's id, which is random, as OWNER. */
static void hide_owner(char *text)
{
    for (char *p = text; *p; p++) {
        size_t digits = 0;
        while (isxdigit((unsigned char)p[digits]) && digits < 33)
            digits++;
        if (digits == 32) {
            memcpy(p, "OWNER", 5);
            memmove(p + 5, p + 32, strlen(p + 32) + 1);
        }
    }
}

/* Takes a call, whose method and arguments are these; returns its sequence number. */
static uint16_t take(struct world *world, const char *expected)
{
    struct pyro_message request;
    struct recorder r;
    char text[400];
    peer_expect_message(&world->peer, &request);
    struct pyro_reading held = {.parsed = NULL};
    recorder_init(&r);
    assert_int_equal(pyro_codec_msgpack.read(request.data, &held, &r.sink, &r.err), PYRO_OK);
    pyro_reading_free(&held);
    const char *call = recorded(&r);
    const char *prefix = "[4 'Pyro.NameServer' ";
    assert_int_equal(strncmp(call, prefix, strlen(prefix)), 0);
    snprintf(text, sizeof(text), "%s", call + strlen(prefix));
    hide_owner(text);
    assert_non_null(strstr(text, "{0 } ] "));
    *strstr(text, "{0 } ] ") = '\0';
    assert_string_equal(text, expected);
    recorder_free(&r);
    uint16_t seq = request.header.seq;
    pyro_message_release(&request);
    return seq;
}

/* The answer to a call. */
struct reply {
    struct pyro_writer writer;
    struct pyro_buffer out;
    struct pyro_error err;
    uint16_t seq;
};

/* Takes a call; returns where its answer is written. */
static struct pyro_sink *begin_reply(struct world *world, struct reply *reply, const char *expected)
{
    *reply = (struct reply){.seq = take(world, expected)};
    pyro_codec_msgpack.open(&reply->writer, &reply->out, &reply->err);
    return &reply->writer.sink;
}

static void end_reply(struct world *world, struct reply *reply, unsigned flags)
{
    const struct pyro_header header = {.type = PYRO_RESULT,
                                       .flags = flags,
                                       .seq = reply->seq,
                                       .serializer = PYRO_SERIALIZER_MSGPACK};
    peer_send_message(&world->peer, &pyro_protocol_502, &header, reply->out.data,
                      reply->out.length);
    run_loop(world->runtime);
    pyro_buffer_free(&reply->out);
}

/* Takes a call, and answers it by an integer, or (-1) by nil. */
static void answer(struct world *world, const char *expected, int result)
{
    struct reply reply;
    struct pyro_sink *to = begin_reply(world, &reply, expected);
    if (result < 0)
        pyro_put_nil(to);
    else
        pyro_put_int(to, result);
    end_reply(world, &reply, 0);
}

static void answer_uri(struct world *world, const char *expected, const char *text)
{
    struct pyro_uri uri;
    struct reply reply;
    struct pyro_sink *to = begin_reply(world, &reply, expected);
    assert_int_equal(pyro_uri_parse(&uri, pyro_slice_text(text), 9090, &reply.err), PYRO_OK);
    assert_int_equal(pyro_put_uri(to, &pyro_protocol_502, &uri), PYRO_OK);
    end_reply(world, &reply, 0);
    pyro_uri_free(&uri);
}

static void answer_error(struct world *world, const char *expected, enum pyro_code code)
{
    struct pyro_error why;
    struct reply reply;
    struct pyro_sink *to = begin_reply(world, &reply, expected);
    pyro_error_set(&why, code, "refused");
    assert_int_equal(pyro_put_error(to, &pyro_protocol_502, &why, false), PYRO_OK);
    end_reply(world, &reply, PYRO_FLAG_EXCEPTION);
}

#define PUBLISH "'publish' [6 'thing' '" OURS "' 'OWNER' 10f nil false ] "
#define CLAIM "'publish' [6 'thing' '" OURS "' 'OWNER' 10f nil true ] "
#define RENEW "'renew' [1 'OWNER' ] "
#define WITHDRAW "'withdraw' [2 'thing' 'OWNER' ] "
#define REGISTER "'register' [4 'thing' '" OURS "' false nil ] "
#define REGISTER_SAFE "'register' [4 'thing' '" OURS "' true nil ] "
#define LOOKUP "'lookup' [1 'thing' ] "
#define REMOVE "'remove' [1 'thing' ] "

static const struct pyro_publish_options plain = {.safe = false};

/* Publishes the name "thing". */
static void begin_published(struct world *world, struct pyro_runtime *runtime, bool leases)
{
    struct waiter waiter;
    begin_world(world, runtime, leases);
    publish(world, &waiter, "thing", plain);
    welcome(world);
    answer(world, leases ? PUBLISH : REGISTER, -1);
    assert_told(&waiter, PYRO_OK, "");
}

/* Lets time pass in steps, as nothing happens meanwhile. */
static void pass(struct world *world, double seconds)
{
    fake_clock_advance(seconds);
    run_loop(world->runtime);
}

/* --- leases --- */

static void leases_are_renewed_in_each_third(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    for (int i = 0; i < 3; i++) {
        pass(&world, 2.99);
        peer_expect_nothing(&world.peer);
        pass(&world, 0.35);
        answer(&world, RENEW, 1);
    }
    end_world(&world);
}

static void all_names_are_renewed_at_once(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    publish(&world, &waiter, "tagged", (struct pyro_publish_options){.lease = 3, .safe = true});
    answer(&world, "'publish' [6 'tagged' '" OURS "' 'OWNER' 3f [2 'fruit' 'red' ] true ] ", -1);
    assert_told(&waiter, PYRO_OK, "");
    for (int i = 0; i < 3; i++) {
        pass(&world, 0.89);
        peer_expect_nothing(&world.peer);
        pass(&world, 0.12);
        answer(&world, RENEW, 2);
    }
    end_world(&world);
}

/* Publishing does not put renewals off. */
static void renewals_come_in_time_while_names_are_published(void **state)
{
    struct world world;
    struct waiter waiter;
    char name[20], expected[100];
    begin_published(&world, *state, true);
    for (int i = 0; i < 3; i++) {
        pass(&world, 0.99);
        snprintf(name, sizeof(name), "name%d", i);
        snprintf(expected, sizeof(expected),
                 "'publish' [6 '%s' '" OURS "' 'OWNER' 10f nil false ] ", name);
        publish(&world, &waiter, name, plain);
        answer(&world, expected, -1);
    }
    pass(&world, 0.4);
    answer(&world, RENEW, 4);
    end_world(&world);
}

static void names_that_are_missing_are_published_again(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    pass(&world, 3.34);
    answer(&world, RENEW, 0);
    answer(&world, CLAIM, -1);
    pass(&world, 3.34);
    answer(&world, RENEW, 1);
    end_world(&world);
}

static void name_of_somebody_else_is_lost(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    pass(&world, 3.34);
    answer(&world, RENEW, 0);
    answer_error(&world, CLAIM, PYRO_ENAMING);
    answer_uri(&world, LOOKUP, THEIRS);
    assert_string_equal(world.lost, "thing");
    peer_expect_end(&world.peer); /* there is nothing to be kept */
    assert_false(pyro_publisher_unpublish(world.publisher, "thing", &waiter.wait));
    end_world(&world);
}

static void name_that_is_refused_for_now_is_claimed_later(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    pass(&world, 3.34);
    answer(&world, RENEW, 0);
    answer_error(&world, CLAIM, PYRO_ENAMING);
    answer_error(&world, LOOKUP, PYRO_ENAMING);
    for (int i = 0; i < 2; i++) {
        pass(&world, 3.34);
        answer_error(&world, CLAIM, PYRO_EPERMISSION);
    }
    pass(&world, 3.34);
    answer(&world, CLAIM, -1);
    pass(&world, 3.34);
    answer(&world, RENEW, 1);
    assert_string_equal(world.lost, "");
    end_world(&world);
}

/* Somebody registered it with our URI, and no lease. */
static void name_that_leads_to_us_is_taken_over(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    pass(&world, 3.34);
    answer(&world, RENEW, 0);
    answer_error(&world, CLAIM, PYRO_ENAMING);
    answer_uri(&world, LOOKUP, OURS);
    answer(&world, PUBLISH, -1);
    end_world(&world);
}

static void refused_renewals_are_repeated(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    for (int i = 0; i < 2; i++) {
        pass(&world, 3.34);
        answer_error(&world, RENEW, PYRO_ENAMING);
    }
    pass(&world, 3.34);
    answer(&world, RENEW, 1);
    end_world(&world);
}

static void refused_name_is_not_kept(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_world(&world, *state, true);
    publish(&world, &waiter, "thing", (struct pyro_publish_options){.safe = true});
    welcome(&world);
    answer_error(&world, CLAIM, PYRO_ENAMING);
    assert_told(&waiter, PYRO_ENAMING, "refused");
    answer(&world, WITHDRAW, 0); /* it may have been stored, but not replicated */
    peer_expect_end(&world.peer);
    end_world(&world);
}

/* Who publishes is told that there was no answer; should the name be registered, it is removed. */
static void name_that_may_be_registered_is_withdrawn(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_world(&world, *state, true);
    publish(&world, &waiter, "thing", plain);
    welcome(&world);
    take(&world, PUBLISH);
    pass(&world, 3.34);
    assert_told(&waiter, PYRO_ETIMEOUT, "");
    peer_expect_end(&world.peer);
    listen_again(&world);
    pass(&world, 0.26);
    welcome(&world);
    answer(&world, WITHDRAW, 1);
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void name_is_published_once(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    assert_int_equal(begin_publish(&world, &waiter, "thing", plain), PYRO_ENAMING);
    assert_string_equal(waiter.wait.error.message,
                        "the daemon has published the name 'thing' already");
    assert_int_equal(
        begin_publish(&world, &waiter, "x", (struct pyro_publish_options){.lease = 0.5}),
        PYRO_EVALUE);
    assert_string_equal(waiter.wait.error.message, "a lease is 1 to 3000000 seconds, got 0.5");
    end_world(&world);
}

/* --- trouble --- */

static void name_server_that_comes_back_gets_the_names(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    listen_again(&world);
    pass(&world, 3.34);
    welcome(&world);
    answer(&world, RENEW, 0);
    answer(&world, CLAIM, -1);
    end_world(&world);
}

/* However long it was away, a third of the lease after it is back it is found. */
static void pauses_are_bounded(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    peer_close(&world.peer);
    for (int i = 0; i < 60; i++)
        pass(&world, 0.5);
    listen_again(&world);
    pass(&world, 3.34);
    welcome(&world);
    answer(&world, RENEW, 0);
    answer(&world, CLAIM, -1);
    end_world(&world);
}

static void who_publishes_hears_of_trouble(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_world(&world, *state, true);
    peer_close(&world.peer);
    publish(&world, &waiter, "thing", plain);
    for (int i = 0; i < 20 && waiter.told == 0; i++)
        pyro_loop_step(world.runtime->loop, 1);
    assert_told(&waiter, PYRO_ENAMING, "Failed to locate the nameserver");
    end_world(&world);
}

static void publishing_ends_a_pause(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    peer_close(&world.peer);
    pass(&world, 3.34);
    for (int i = 0; i < 8; i++)
        pass(&world, 1);
    listen_again(&world);
    publish(&world, &waiter, "other", plain);
    welcome(&world);
    answer(&world, RENEW, 1);
    answer(&world, "'publish' [6 'other' '" OURS "' 'OWNER' 10f nil false ] ", -1);
    assert_told(&waiter, PYRO_OK, "");
    end_world(&world);
}

/* The answer to publish() did not arrive: the name may be ours, or not. */
static void broken_publishing_is_repeated_once(void **state)
{
    for (int safe = 0; safe < 2; safe++) {
        struct world world;
        struct waiter first, second;
        begin_world(&world, *state, true);
        publish(&world, &first, "other", plain);
        welcome(&world);
        answer(&world, "'publish' [6 'other' '" OURS "' 'OWNER' 10f nil false ] ", -1);
        publish(&world, &second, "thing", (struct pyro_publish_options){.safe = safe != 0});
        take(&world, safe ? CLAIM : PUBLISH);
        listen_again(&world);
        run_loop(world.runtime);
        welcome(&world);
        answer(&world, RENEW, 1);
        take(&world, safe ? CLAIM : PUBLISH);
        peer_close(&world.peer);
        run_loop(world.runtime);
        assert_int_equal(second.told, 1);
        assert_int_not_equal(second.wait.error.code, PYRO_OK);
        end_world(&world);
    }
}

static void silent_name_server_is_given_up(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    pass(&world, 3.34);
    take(&world, RENEW);
    pass(&world, 3.3);
    peer_expect_nothing(&world.peer);
    pass(&world, 0.1);
    peer_expect_end(&world.peer);
    end_world(&world);
}

/* --- name servers without leases --- */

static void names_are_looked_up_without_leases(void **state)
{
    struct world world;
    begin_published(&world, *state, false);
    for (int i = 0; i < 3; i++) {
        peer_expect_end(&world.peer); /* no connection is kept */
        listen_again(&world);
        pass(&world, 3.34);
        welcome(&world);
        answer_uri(&world, LOOKUP, OURS);
    }
    end_world(&world);
}

static void names_that_are_missing_are_registered_again(void **state)
{
    struct world world;
    begin_published(&world, *state, false);
    peer_expect_end(&world.peer);
    listen_again(&world);
    pass(&world, 3.34);
    welcome(&world);
    answer_error(&world, LOOKUP, PYRO_ENAMING);
    answer(&world, REGISTER_SAFE, -1);
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void registered_name_may_be_lost(void **state)
{
    for (int late = 0; late < 2; late++) {
        struct world world;
        begin_published(&world, *state, false);
        peer_expect_end(&world.peer);
        listen_again(&world);
        pass(&world, 3.34);
        welcome(&world);
        if (late) { /* it was registered in between */
            answer_error(&world, LOOKUP, PYRO_ENAMING);
            answer_error(&world, REGISTER_SAFE, PYRO_ENAMING);
        }
        answer_uri(&world, LOOKUP, THEIRS);
        assert_string_equal(world.lost, "thing");
        peer_expect_end(&world.peer);
        end_world(&world);
    }
}

/* --- the end --- */

static void begin_unpublish(struct world *world, struct waiter *waiter)
{
    *waiter = (struct waiter){.wait.done = waiter_done};
    assert_true(pyro_publisher_unpublish(world->publisher, "thing", &waiter->wait));
    run_loop(world->runtime);
}

static void unpublished_name_is_withdrawn(void **state)
{
    for (int ours = 0; ours < 2; ours++) {
        struct world world;
        struct waiter waiter;
        begin_published(&world, *state, true);
        begin_unpublish(&world, &waiter);
        answer(&world, WITHDRAW, ours);
        assert_told(&waiter, PYRO_OK, "");
        assert_int_equal(waiter.wait.removed, ours);
        peer_expect_end(&world.peer);
        end_world(&world);
    }
}

static void unpublished_name_is_removed_if_it_is_ours(void **state)
{
    for (int ours = 0; ours < 3; ours++) {
        struct world world;
        struct waiter waiter;
        begin_published(&world, *state, false);
        peer_expect_end(&world.peer);
        listen_again(&world);
        begin_unpublish(&world, &waiter);
        welcome(&world);
        if (ours == 2)
            answer_error(&world, LOOKUP, PYRO_ENAMING);
        else
            answer_uri(&world, LOOKUP, ours ? OURS : THEIRS);
        if (ours == 1)
            answer(&world, REMOVE, 1);
        assert_told(&waiter, PYRO_OK, "");
        assert_int_equal(waiter.wait.removed, ours == 1);
        peer_expect_end(&world.peer);
        end_world(&world);
    }
}

/* Who unpublishes hears why it failed; the name is withdrawn later, before leases are renewed. */
static void withdrawing_is_repeated(void **state)
{
    struct world world;
    struct waiter first, waiter;
    begin_world(&world, *state, true);
    publish(&world, &first, "other", plain);
    welcome(&world);
    answer(&world, "'publish' [6 'other' '" OURS "' 'OWNER' 10f nil false ] ", -1);
    publish(&world, &first, "thing", plain);
    answer(&world, PUBLISH, -1);
    peer_close(&world.peer);
    begin_unpublish(&world, &waiter);
    for (int i = 0; i < 20 && waiter.told == 0; i++)
        pyro_loop_step(world.runtime->loop, 1);
    assert_told(&waiter, PYRO_ENAMING, "Failed to locate the nameserver");
    listen_again(&world);
    pass(&world, 3.34);
    welcome(&world);
    answer(&world, WITHDRAW, 1);
    answer(&world, RENEW, 1);
    end_world(&world);
}

static void name_may_be_unpublished_while_it_is_published(void **state)
{
    struct world world;
    struct waiter first, second;
    begin_world(&world, *state, true);
    publish(&world, &first, "thing", plain);
    welcome(&world);
    begin_unpublish(&world, &second);
    assert_told(&first, PYRO_ENAMING, "the name 'thing' was unpublished meanwhile");
    answer(&world, PUBLISH, -1);
    answer(&world, WITHDRAW, 1);
    assert_told(&second, PYRO_OK, "");
    end_world(&world);
}

static void who_gives_up_leaves_no_name(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_world(&world, *state, true);
    publish(&world, &waiter, "thing", plain);
    welcome(&world);
    pyro_publishing_cancel(&waiter.wait);
    answer(&world, PUBLISH, -1);
    answer(&world, WITHDRAW, 1);
    peer_expect_end(&world.peer);
    assert_int_equal(waiter.told, 0);
    end_world(&world);
}

static void begin_stop(struct world *world, struct waiter *waiter)
{
    *waiter = (struct waiter){.wait.done = waiter_done};
    assert_true(pyro_publisher_stop(world->publisher, &waiter->wait));
    run_loop(world->runtime);
}

static void stopping_withdraws_all_names(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    publish(&world, &waiter, "fruit", (struct pyro_publish_options){.lasting = true});
    answer(&world, "'register' [4 'fruit' '" OURS "' false nil ] ", -1);
    publish(&world, &waiter, "other", plain);
    answer(&world, "'publish' [6 'other' '" OURS "' 'OWNER' 10f nil false ] ", -1);
    begin_stop(&world, &waiter);
    answer(&world, "'withdraw' [2 'other' 'OWNER' ] ", 1);
    assert_int_equal(waiter.told, 0);
    answer(&world, WITHDRAW, 1);
    assert_told(&waiter, PYRO_OK, "");
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void stopping_takes_a_second_at_most(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    begin_stop(&world, &waiter);
    take(&world, WITHDRAW);
    pass(&world, 0.99);
    assert_int_equal(waiter.told, 0);
    pass(&world, 0.02);
    assert_int_equal(waiter.told, 1);
    end_world(&world);
}

static void stopping_does_not_wait_for_who_is_not_there(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_published(&world, *state, true);
    peer_close(&world.peer);
    begin_stop(&world, &waiter);
    double begun = fake_clock_passed();
    for (int i = 0; i < 20 && waiter.told == 0; i++)
        pyro_loop_step(world.runtime->loop, 0.01);
    assert_int_equal(waiter.told, 1);
    assert_true(fake_clock_passed() - begun < 0.5);
    end_world(&world);
}

static void lasting_name_stays(void **state)
{
    struct world world;
    struct waiter waiter;
    begin_world(&world, *state, true);
    publish(&world, &waiter, "thing", (struct pyro_publish_options){.lasting = true});
    welcome(&world);
    answer(&world, REGISTER, -1);
    peer_expect_end(&world.peer);
    listen_again(&world);
    pass(&world, 3.34);
    welcome(&world);
    take(&world, LOOKUP);
    begin_stop(&world, &waiter);
    assert_told(&waiter, PYRO_OK, "");
    peer_expect_end(&world.peer);
    end_world(&world);
}

static void freed_publisher_withdraws_without_waiting(void **state)
{
    struct world world;
    begin_published(&world, *state, true);
    pyro_publisher_free(world.publisher);
    world.publisher = NULL;
    run_loop(world.runtime);
    take(&world, WITHDRAW);
    peer_expect_end(&world.peer);
    end_world(&world);
}

/* Each allocation fails in turn while a name is published. */
static void lack_of_memory_is_told(void **state)
{
    bool reached = true;
    for (unsigned long nth = 1; reached; nth++) {
        struct world world;
        struct waiter waiter;
        begin_world(&world, *state, true);
        pyro_memory_fail_at(nth);
        enum pyro_code code = begin_publish(&world, &waiter, "tagged", plain);
        reached = pyro_memory_fail_at(0) == 0;
        assert_true(code == PYRO_OK || code == PYRO_EMEMORY);
        assert_true(waiter.told == 0 || waiter.wait.error.code != PYRO_OK);
        pyro_publishing_cancel(&waiter.wait);
        end_world(&world);
        assert_true(nth < 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_RUNTIME(leases_are_renewed_in_each_third),
        WITH_RUNTIME(all_names_are_renewed_at_once),
        WITH_RUNTIME(renewals_come_in_time_while_names_are_published),
        WITH_RUNTIME(names_that_are_missing_are_published_again),
        WITH_RUNTIME(name_of_somebody_else_is_lost),
        WITH_RUNTIME(name_that_is_refused_for_now_is_claimed_later),
        WITH_RUNTIME(name_that_leads_to_us_is_taken_over),
        WITH_RUNTIME(refused_renewals_are_repeated),
        WITH_RUNTIME(refused_name_is_not_kept),
        WITH_RUNTIME(name_that_may_be_registered_is_withdrawn),
        WITH_RUNTIME(name_is_published_once),
        WITH_RUNTIME(name_server_that_comes_back_gets_the_names),
        WITH_RUNTIME(pauses_are_bounded),
        WITH_RUNTIME(who_publishes_hears_of_trouble),
        WITH_RUNTIME(publishing_ends_a_pause),
        WITH_RUNTIME(broken_publishing_is_repeated_once),
        WITH_RUNTIME(silent_name_server_is_given_up),
        WITH_RUNTIME(names_are_looked_up_without_leases),
        WITH_RUNTIME(names_that_are_missing_are_registered_again),
        WITH_RUNTIME(registered_name_may_be_lost),
        WITH_RUNTIME(unpublished_name_is_withdrawn),
        WITH_RUNTIME(unpublished_name_is_removed_if_it_is_ours),
        WITH_RUNTIME(withdrawing_is_repeated),
        WITH_RUNTIME(name_may_be_unpublished_while_it_is_published),
        WITH_RUNTIME(who_gives_up_leaves_no_name),
        WITH_RUNTIME(stopping_withdraws_all_names),
        WITH_RUNTIME(stopping_takes_a_second_at_most),
        WITH_RUNTIME(stopping_does_not_wait_for_who_is_not_there),
        WITH_RUNTIME(lasting_name_stays),
        WITH_RUNTIME(freed_publisher_withdraws_without_waiting),
        WITH_RUNTIME(lack_of_memory_is_told),
    };
    return cmocka_run_group_tests_name("naming publisher", tests, NULL, NULL);
}
