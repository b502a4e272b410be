#include "rpc/members.h"

#include "rpc/client_state.h"

bool pyro_add_member(struct pyro_map *members, struct pyro_slice name, unsigned bits)
{
    bits |= (unsigned)(uintptr_t)pyro_map_get(members, name);
    return pyro_map_set(members, name, (void *)(uintptr_t)bits, NULL);
}

unsigned pyro_client_member(const struct pyro_client *client, struct pyro_slice name)
{
    return (unsigned)(uintptr_t)pyro_map_get(&client->members, name);
}

bool pyro_client_has_metadata(const struct pyro_client *client)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *bits;
    while (pyro_map_next(&client->members, &cursor, &name, &bits))
        if ((uintptr_t)bits & (PYRO_METHOD | PYRO_ATTRIBUTE))
            return true;
    return false;
}

bool pyro_client_add_member(struct pyro_client *client, struct pyro_slice name, unsigned member)
{
    return pyro_add_member(&client->members, name, member);
}

void pyro_client_forget_members(struct pyro_client *client, unsigned members)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *bits;
    while (pyro_map_next(&client->members, &cursor, &name, &bits)) /* a key that is there stays */
        pyro_map_set(&client->members, name, (void *)((uintptr_t)bits & ~(uintptr_t)members), NULL);
}

bool pyro_client_copy_metadata(struct pyro_client *client, const struct pyro_client *from)
{
    struct pyro_map_entry *cursor = NULL;
    struct pyro_slice name;
    void *bits;
    while (pyro_map_next(&from->members, &cursor, &name, &bits))
        if (!pyro_add_member(&client->members, name, (unsigned)(uintptr_t)bits))
            return false;
    client->dialect = from->dialect;
    return true;
}

const struct pyro_map *pyro_client_members(const struct pyro_client *client)
{
    return &client->members;
}
