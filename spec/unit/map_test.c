/* Tests of base/map.h and base/siphash.h with keys that somebody chose to make look-ups slow. */
#include <time.h>

#include "base/map.h"
#include "base/siphash.h"
#include "record.h"

/* The hashes of the bytes 0, 1, 2… in CPython, whose key is 0 with PYTHONHASHSEED=0. */
static void siphash_is_the_known_one(void **state)
{
    static const uint64_t key[2] = {0, 0};
    static const struct {
        size_t length;
        uint64_t hash;
    } known[] = {{1, 0x68a914128e01e473}, {7, 0x2f098ab0c751325a},  {8, 0xead411e67ebe2eea},
                 {9, 0x75927f9d95124362}, {15, 0xf30eb725bb91c9ea}, {24, 0x31185a47af932f3a},
                 {63, 0x385d3e39e5f37359}};
    char text[64];
    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)i;
    for (size_t i = 0; i < PYRO_COUNT(known); i++)
        assert_true(pyro_siphash(key, pyro_slice(text, known[i].length)) == known[i].hash);
}

#define KEYS 20000
#define KEY_SIZE 24

/* One round of Jenkins's hash, which uthash uses unless told otherwise, and its inverse. */
static void jenkins(uint32_t s[3])
{
    static const signed char shifts[9] = {-13, 8, -13, -12, 16, -5, -3, 10, -15};
    for (int i = 0; i < 9; i++) {
        uint32_t *x = &s[i % 3], y = s[(i + 1) % 3], z = s[(i + 2) % 3];
        *x = (*x - y - z) ^ (shifts[i] < 0 ? z >> -shifts[i] : z << shifts[i]);
    }
}

static void jenkins_back(uint32_t s[3])
{
    static const signed char shifts[9] = {-13, 8, -13, -12, 16, -5, -3, 10, -15};
    for (int i = 8; i >= 0; i--) {
        uint32_t *x = &s[i % 3], y = s[(i + 1) % 3], z = s[(i + 2) % 3];
        *x = (*x ^ (shifts[i] < 0 ? z >> -shifts[i] : z << shifts[i])) + y + z;
    }
}

/* Makes a key of 24 bytes, all of which have the same hash of Jenkins's: the second half leads back
 * from one end to where the first half came. */
static void make_colliding(uint32_t number, unsigned char key[KEY_SIZE])
{
    uint32_t words[6] = {number, 7 * number, 11 * number};
    uint32_t end[3] = {1, 2, 3}, s[3] = {0x9e3779b9U, 0x9e3779b9U, 0xfeedbeefU};
    for (int i = 0; i < 3; i++)
        s[i] += words[i];
    jenkins(s);
    jenkins_back(end);
    for (int i = 0; i < 3; i++)
        words[3 + i] = end[i] - s[i];
    for (size_t i = 0; i < KEY_SIZE; i++)
        key[i] = (unsigned char)(words[i / 4] >> (8 * (i % 4)));
}

/* Returns the processor time that it takes to set the keys. */
static clock_t time_of(bool colliding)
{
    struct pyro_map map = {.entries = NULL};
    clock_t begun = clock();
    for (uint32_t i = 0; i < KEYS; i++) {
        unsigned char key[KEY_SIZE] = {0};
        if (colliding)
            make_colliding(i, key);
        else
            snprintf((char *)key, sizeof(key), "key %u", (unsigned)i);
        assert_true(pyro_map_set(&map, pyro_slice((char *)key, sizeof(key)), &map, NULL));
    }
    assert_int_equal(pyro_map_count(&map), KEYS);
    pyro_map_free(&map);
    return clock() - begun;
}

static void keys_cannot_be_chosen_to_collide(void **state)
{
    (void)state;
    clock_t usual = time_of(false);
    assert_true(time_of(true) < 20 * usual + CLOCKS_PER_SEC / 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(siphash_is_the_known_one),
                                       cmocka_unit_test(keys_cannot_be_chosen_to_collide)};
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
