/* How many transactions are made for changes to a file of names: several share one, where clients
 * send their next changes one after the other. */
#include "naming_sql_fixture.h"

#define CLIENTS 20

static int commits;

/* Stands for the C library's function: a disk that takes its time. */
int fdatasync(int descriptor);
__attribute__((visibility("default"))) int fdatasync(int descriptor)
{
    (void)descriptor;
    commits++;
    usleep(50000);
    return 0;
}

struct clients {
    struct edit edits[CLIENTS];
    char names[CLIENTS][12];
};

static void name_them(struct clients *clients)
{
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(clients->names[i], sizeof(clients->names[i]), "%d", i);
        clients->edits[i] = setting(clients->names[i], "PYRO:a@h:1");
    }
}

/* Lets each client make a change, all at once or each in a step of its own, and returns how many
 * transactions that took. */
static int make_changes(struct front *front, struct clients *clients, bool at_once)
{
    int before = commits;
    for (int i = 0; i < CLIENTS; i++) {
        begin_edit(front, &clients->edits[i]);
        if (!at_once)
            pyro_loop_step(front->world->runtime.loop, 0);
    }
    for (int i = 0; i < CLIENTS; i++) {
        wait_until(front->world, clients->edits[i].answers == 1);
        assert_int_equal(clients->edits[i].why.code, PYRO_OK);
    }
    return commits - before;
}

/* On a machine that is busy, some of them may come too late for a transaction. */
static void clients_that_were_answered_share_the_next_transaction(void **state)
{
    struct front front, other;
    struct clients clients;
    name_them(&clients);
    open_front(&front, *state);
    open_front(&other, *state);
    double begun = seconds_now();
    int made;
    do {
        assert_int_equal(make_changes(&front, &clients, true), 1);
        made = make_changes(&front, &clients, false);
    } while (made > 1 && seconds_now() - begun < CEILING);
    assert_int_equal(made, 1);
    wait_until(front.world, registry_count(other.registry) == CLIENTS);
    close_front(&front);
    close_front(&other);
}

/* The others do not come again: it is waited for them no longer than half of what a transaction
 * takes, not until the next look at the file. The best of many tries, on a machine that is busy. */
static void who_comes_alone_is_served_alone(void **state)
{
    struct front front;
    struct clients clients;
    name_them(&clients);
    open_front(&front, *state);
    double begun = seconds_now(), took;
    do {
        make_changes(&front, &clients, true);
        double before = seconds_now();
        put(&front, "alone", "PYRO:a@h:1");
        took = seconds_now() - before;
    } while (took > 0.3 && seconds_now() - begun < CEILING);
    assert_true(took <= 0.3);
    close_front(&front);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(clients_that_were_answered_share_the_next_transaction),
        WITH_WORLD(who_comes_alone_is_served_alone),
    };
    return cmocka_run_group_tests_name("naming sql commit", tests, NULL, NULL);
}
