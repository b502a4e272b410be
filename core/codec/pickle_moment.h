/** @file
 * Dates and times in pickles. Private to this room. */
#ifndef PYRO_CODEC_PICKLE_MOMENT_H
#define PYRO_CODEC_PICKLE_MOMENT_H

#include "codec/pickle_cells.h"

/** Send instances of the classes of Python's module datetime. */
extern pickle_sender pyro_pickle_send_datetime, pyro_pickle_send_date, pyro_pickle_send_time,
    pyro_pickle_send_timedelta;

#endif
