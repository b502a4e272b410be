#include "net/sigpipe.h"

#include <pthread.h>
#include <time.h>

static sigset_t only_sigpipe(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    return set;
}

void pyro_sigpipe_block(struct pyro_sigpipe *before)
{
    sigset_t pipe = only_sigpipe(), pending;
    sigemptyset(&pending);
    sigpending(&pending);
    before->pending = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &pipe, &before->mask);
}

void pyro_sigpipe_restore(const struct pyro_sigpipe *before)
{
    sigset_t pipe = only_sigpipe();
    if (!before->pending)
        sigtimedwait(&pipe, NULL, &(struct timespec){.tv_sec = 0});
    pthread_sigmask(SIG_SETMASK, &before->mask, NULL);
}
