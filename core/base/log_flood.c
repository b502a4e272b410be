#include "base/log_flood.h"

#include <stdio.h>

#include "base/escape.h"
#include "base/random.h"
#include "base/siphash.h"

static uint64_t hash(struct pyro_log_flood *flood, struct pyro_slice text)
{
    if (!flood->keyed)
        pyro_random(flood->key, sizeof(flood->key)); /* without, it is known */
    flood->keyed = true;
    return pyro_siphash(flood->key, text);
}

/* Finds the kind of that key; NULL where it is one kind too many. */
static struct pyro_log_kind *find(struct pyro_log_flood *flood, uint64_t key)
{
    for (size_t i = 0; i < flood->count; i++)
        if (flood->kinds[i].key == key)
            return &flood->kinds[i];
    if (flood->count == PYRO_LOG_KINDS)
        return NULL;
    struct pyro_log_kind *kind = &flood->kinds[flood->count++];
    *kind = (struct pyro_log_kind){.key = key};
    return kind;
}

/* Describes a kind by the first line of it that is left out. */
static void describe(struct pyro_log_kind *kind, const struct pyro_log_record *record,
                     const char *name)
{
    static const char like[] = "like this: ";
    size_t start = name ? 0 : strlen(like);
    kind->level = record->level;
    kind->area = record->area;
    memcpy(kind->what, like, start);
    pyro_escape(kind->what + start, sizeof(kind->what) - start,
                name ? pyro_slice_text(name) : record->message);
}

bool pyro_log_flood_admit(struct pyro_log_flood *flood, const struct pyro_log_record *record,
                          const struct pyro_log_likeness *likeness)
{
    const char *name = likeness->kind;
    struct pyro_log_kind *kind =
        find(flood, hash(flood, name ? pyro_slice_text(name) : likeness->text));
    if (!kind && !likeness->others)
        return true;
    if (!kind) {
        kind = &flood->others;
        name = "of other kinds";
    }
    if (kind->written < PYRO_LOG_BURST) {
        kind->written++;
        return true;
    }
    if (kind->left_out++ == 0)
        describe(kind, record, name);
    if (!flood->untold && flood->begun)
        flood->begun(flood->context);
    flood->untold = true;
    return false;
}

static void tell_of(const struct pyro_log_kind *kind, pyro_log_flood_told *tell, void *context)
{
    static const struct pyro_log_fields none = {.client = {NULL, 0}};
    char message[sizeof(kind->what) + 20];
    int length = snprintf(message, sizeof(message), "%u more %s", kind->left_out, kind->what);
    tell(context, &(struct pyro_log_record){kind->level, kind->area,
                                            pyro_slice(message, (size_t)length), &none});
}

/* Begins another second for a kind; false where there was no flood of it. */
static bool turn(struct pyro_log_kind *kind, pyro_log_flood_told *tell, void *context)
{
    const struct pyro_log_kind before = *kind;
    kind->written = before.left_out > 0 ? PYRO_LOG_BURST - 1 : 0;
    kind->left_out = 0;
    if (before.left_out > 0)
        tell_of(&before, tell, context);
    return before.left_out > 0;
}

void pyro_log_flood_turn(struct pyro_log_flood *flood, double now, pyro_log_flood_told *tell,
                         void *context)
{
    size_t kept = 0;
    flood->since = now;
    flood->untold = false;
    for (size_t i = 0; i < flood->count; i++)
        if (turn(&flood->kinds[i], tell, context))
            flood->kinds[kept++] = flood->kinds[i];
    flood->count = kept;
    turn(&flood->others, tell, context);
}
