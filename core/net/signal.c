#include "net/signal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "base/memory.h"
#include "net/loop_private.h"

struct pyro_signal {
    uv_signal_t uv;
    struct pyro_completion *done;
    bool has_come;
};

static void signal_on_signal(uv_signal_t *uv, int number)
{
    struct pyro_signal *signal = PYRO_CONTAINER(uv, struct pyro_signal, uv);
    (void)number;
    signal->has_come = true;
    pyro_loop_post(pyro_loop_of((uv_handle_t *)uv), signal->done);
}

static void signal_on_closed(uv_handle_t *handle)
{
    pyro_free(PYRO_CONTAINER(handle, struct pyro_signal, uv));
}

static void signal_close_handle(uv_handle_t *handle)
{
    pyro_close(handle, signal_on_closed);
}

static const struct pyro_handle_kind signal_kind = {.close = signal_close_handle};

struct pyro_signal *pyro_signal_new(struct pyro_loop *loop, int number, bool once,
                                    struct pyro_completion *done)
{
    struct pyro_signal *signal = pyro_calloc(1, sizeof(*signal));
    if (!signal || uv_signal_init(&loop->uv, &signal->uv) != 0) {
        pyro_free(signal);
        return NULL;
    }
    signal->uv.data = (void *)&signal_kind;
    signal->done = done;
    int status = once ? uv_signal_start_oneshot(&signal->uv, signal_on_signal, number)
                      : uv_signal_start(&signal->uv, signal_on_signal, number);
    if (status != 0) {
        pyro_signal_free(signal);
        return NULL;
    }
    return signal;
}

bool pyro_signal_has_come(const struct pyro_signal *signal)
{
    return signal->has_come;
}

void pyro_signal_free(struct pyro_signal *signal)
{
    if (!signal)
        return;
    pyro_completion_cancel(signal->done);
    signal_close_handle((uv_handle_t *)&signal->uv);
}

/* --- noting --- */

#define SIGNALS 32 /* numbers of those that programs are ended with are below */

static volatile sig_atomic_t noted;
static volatile pid_t process;            /* that notes signals */
static struct sigaction unnoted[SIGNALS]; /* what is done with them otherwise */
static void (*volatile tell)(void *context);
static void *volatile told; /* the context */
static pthread_t listener;  /* whom to tell */

/* In a forked process the loop that would hear of it is the parent's. */
static void signal_on_raised(int number)
{
    if (noted || getpid() != process) {
        signal(number, SIG_DFL);
        raise(number);
        return;
    }
    noted = 1;
    if (tell && pthread_equal(pthread_self(), listener))
        tell(told);
    unnoted[number].sa_handler(number);
}

void pyro_signal_note(int number, bool note)
{
    struct sigaction now;
    if (sigaction(number, NULL, &now) != 0)
        return;
    bool notes = now.sa_handler == signal_on_raised;
    noted = 0;
    process = getpid();
    if (note && !notes && now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN) {
        unnoted[number] = now;
        now.sa_handler = signal_on_raised;
        sigaction(number, &now, NULL);
    } else if (!note && notes) {
        sigaction(number, &unnoted[number], NULL);
    }
}

void pyro_signal_tell(void (*function)(void *context), void *context)
{
    tell = NULL;
    told = context;
    listener = pthread_self();
    tell = function;
}

/* --- handling --- */

/* The functions that the handler of pyro_signal_handle() calls, by signal. */
static struct handling {
    void (*volatile function)(void *context);
    void *context;
    pthread_t thread;
    pid_t process;
} handlings[SIGNALS];

static void handle_signal(int number)
{
    const struct handling *handling = &handlings[number];
    int error = errno;
    if (getpid() != handling->process) {
        signal(number, SIG_DFL);
        raise(number);
    } else if (!pthread_equal(pthread_self(), handling->thread)) {
        pthread_kill(handling->thread, number);
    } else if (handling->function) {
        handling->function(handling->context);
    }
    errno = error;
}

void pyro_signal_handle(int number, void (*function)(void *context), void *context)
{
    struct sigaction action = {.sa_handler = handle_signal, .sa_flags = SA_RESTART};
    struct handling *handling = &handlings[number];
    handling->function = NULL;
    handling->context = context;
    handling->thread = pthread_self();
    handling->process = getpid();
    handling->function = function;
    sigemptyset(&action.sa_mask);
    if (function)
        sigaction(number, &action, NULL);
}

bool pyro_signal_came(void)
{
    bool came = noted;
    noted = 0;
    return came;
}

bool pyro_signal_is_free(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 &&
           (now.sa_handler == SIG_DFL || now.sa_handler == signal_on_raised ||
            (number == SIGINT && now.sa_handler != SIG_IGN));
}

bool pyro_signal_is_handled(int number)
{
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler != SIG_DFL &&
           now.sa_handler != SIG_IGN;
}
