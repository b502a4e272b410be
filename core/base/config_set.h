/** @file
 * Setting config items, with their ranges checked. */
#ifndef PYRO_BASE_CONFIG_SET_H
#define PYRO_BASE_CONFIG_SET_H

#include "base/config.h"

/** Set an item, which must have that type. A value out of the item's range is a PYRO_EVALUE that
 * names the setting. */
enum pyro_code pyro_config_set_bool(struct pyro_config *config, struct pyro_setting setting,
                                    bool value, struct pyro_error *err);
enum pyro_code pyro_config_set_int(struct pyro_config *config, struct pyro_setting setting,
                                   int64_t value, struct pyro_error *err);
enum pyro_code pyro_config_set_real(struct pyro_config *config, struct pyro_setting setting,
                                    double value, struct pyro_error *err);
/** Sets a string or a list. `value` is copied. */
enum pyro_code pyro_config_set_text(struct pyro_config *config, struct pyro_setting setting,
                                    const char *value, struct pyro_error *err);

/** Sets an item of any type by the string that an environment variable has for it. */
enum pyro_code pyro_config_parse(struct pyro_config *config, struct pyro_setting setting,
                                 const char *value, struct pyro_error *err);

#endif
