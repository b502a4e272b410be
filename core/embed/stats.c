/* Statistics, for programs: a handle of the runtime's, which the next call makes anew. */
#include "rpc/stats.h"

#include "base/memory.h"
#include "embed/reader.h"
#include "embed/runtime.h"

struct stats {
    struct pyro_list node; /* the only one in the runtime's list */
    struct pyro_tree tree;
    pyrolua_reader reader;
};

static void stats_free(pyrolua_runtime *runtime)
{
    struct pyro_list *node = pyro_list_pop(embed_handles(runtime, EMBED_STATS));
    if (!node)
        return;
    struct stats *stats = PYRO_CONTAINER(node, struct stats, node);
    reader_free(&stats->reader);
    pyro_tree_free(&stats->tree);
    pyro_free(stats);
}

static const struct embed_part part = {.free = stats_free};

pyrolua_reader *pyrolua_stats(pyrolua_runtime *runtime)
{
    static const struct pyro_stats_options options = {.buckets = true};
    struct pyro_error err = {.code = PYRO_OK};
    if (!runtime)
        return NULL;
    if (runtime->closing || !runtime->lua) {
        embed_fail_closed(runtime);
        return NULL;
    }
    stats_free(runtime);
    struct stats *stats = pyro_calloc(1, sizeof(*stats));
    if (!stats) {
        pyro_error_memory(&err);
        embed_fail(runtime, &err);
        return NULL;
    }
    pyro_tree_init(&stats->tree, &err);
    enum pyro_code code = pyro_stats_put(embed_core(runtime), &options, &stats->tree.sink);
    reader_init(&stats->reader, runtime, stats->tree.root.u.of.items, stats->tree.root.u.of.count);
    embed_keep(runtime, EMBED_STATS, &part, &stats->node);
    if (code == PYRO_OK)
        return &stats->reader;
    embed_fail(runtime, &err);
    stats_free(runtime);
    return NULL;
}
