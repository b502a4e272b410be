/** @file
 * What others changed in a file: collected in a thread, then applied to the registry on the loop.
 * Private to naming/. */
#ifndef PYRO_NAMING_SQL_NEWS_H
#define PYRO_NAMING_SQL_NEWS_H

#include "naming/registry/registry.h"
#include "naming/sql/sql_names.h"

/** A list of names. */
struct sql_news {
    struct sql_reader reader; /**< collects into the list */
    struct pyro_list list;
};

void sql_news_init(struct sql_news *news);

/** Applies what was collected, and forgets it. Fails only for want of memory. */
enum pyro_code sql_news_apply(struct sql_news *news, struct registry *registry,
                              struct pyro_error *err);

/** Forgets what was collected. */
void sql_news_clear(struct sql_news *news);

#endif
