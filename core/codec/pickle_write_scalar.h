/** @file
 * Writing what is one value into pickles: functions of struct pyro_sink_ops. Private to this room.
 */
#ifndef PYRO_CODEC_PICKLE_WRITE_SCALAR_H
#define PYRO_CODEC_PICKLE_WRITE_SCALAR_H

#include "value/sink.h"

enum pyro_code pickle_write_nil(struct pyro_sink *to);
enum pyro_code pickle_write_boolean(struct pyro_sink *to, bool value);
enum pyro_code pickle_write_integer(struct pyro_sink *to, int64_t value);
enum pyro_code pickle_write_bigint(struct pyro_sink *to, struct pyro_slice text);
enum pyro_code pickle_write_real(struct pyro_sink *to, double value);
enum pyro_code pickle_write_complex(struct pyro_sink *to, double real, double imaginary);
enum pyro_code pickle_write_datetime(struct pyro_sink *to, double seconds);
enum pyro_code pickle_write_date(struct pyro_sink *to, int64_t ordinal);

#endif
