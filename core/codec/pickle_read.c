#include "codec/pickle.h"

enum pyro_code pyro_pickle_read(struct pyro_slice in, struct pyro_reading *held,
                                struct pyro_sink *to, struct pyro_error *err)
{
    (void)in, (void)held, (void)to;
    return pyro_error_set(err, PYRO_ESERIALIZE, "pickles are not read yet");
}

enum pyro_code pyro_pickle_read_call(struct pyro_slice in, struct pyro_invocation *call,
                                     struct pyro_error *err)
{
    (void)in, (void)call;
    return pyro_error_set(err, PYRO_ESERIALIZE, "pickles are not read yet");
}

enum pyro_code pyro_pickle_read_args(struct pyro_invocation *call, struct pyro_sink *to,
                                     struct pyro_error *err)
{
    (void)call, (void)to;
    return pyro_error_set(err, PYRO_ESERIALIZE, "pickles are not read yet");
}
