/* A gateway that hundreds of clients call at a time. It answers each as soon as it can: what a slow
 * backend is asked is passed on to that, and what is computed, a worker thread computes. */
#include <pthread.h>
#include <pyrolua.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* A proxy's calls run one after the other. So that they do not, each call that is passed on has a
 * line of its own meanwhile; afterwards another call can use it. */
struct line {
    struct gateway *gateway;
    pyrolua_proxy *backend;
    pyrolua_reply *reply;
    struct line *next;
};

struct job {
    pyrolua_reply *reply;
    int64_t number, factor;
    struct job *next;
};

struct gateway {
    pyrolua_runtime *runtime;
    struct line *free_lines;
    pthread_t worker;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct job *first, **end; /* what the worker is to do */
    int over;
};

/* --- passing on --- */

static struct line *take_line(struct gateway *gateway)
{
    struct line *line = gateway->free_lines;
    if (line) {
        gateway->free_lines = line->next;
        return line;
    }
    line = calloc(1, sizeof(*line));
    if (line)
        line->gateway = gateway;
    if (line && pyrolua_proxy_new(gateway->runtime, "PYRONAME:example.backend", &line->backend)) {
        free(line);
        return NULL;
    }
    return line;
}

static void give_line_back(struct line *line)
{
    line->next = line->gateway->free_lines;
    line->gateway->free_lines = line;
}

/* The backend has answered, and so does the gateway. */
static void answer(void *owner, pyrolua_call *call, const pyrolua_error *error)
{
    struct line *line = owner;
    double seconds = error ? 0 : pyrolua_read_real(pyrolua_call_result(call));
    if (error) {
        pyrolua_reply_raise(line->reply, error->class_name, "%s", error->message);
    } else if (pyrolua_read_end(pyrolua_call_result(call))) {
        pyrolua_reply_raise(line->reply, "TypeError", "the backend gave no number");
    } else {
        pyrolua_put_real(pyrolua_reply_writer(line->reply), seconds);
        pyrolua_reply_send(line->reply);
    }
    give_line_back(line);
    pyrolua_call_free(call);
}

static int send_on(struct line *line, double seconds)
{
    pyrolua_call *call;
    int code = pyrolua_call_new(line->backend, "work", &call);
    if (code)
        return code;
    pyrolua_put_real(pyrolua_call_arguments(call), seconds);
    code = pyrolua_call_send(call, answer, line);
    if (code)
        pyrolua_call_free(call);
    return code;
}

/* ask(seconds): how long the backend is to work on it */
static int ask(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    double seconds = pyrolua_read_real(arguments);
    int code = pyrolua_read_end(arguments);
    if (code)
        return code;
    struct line *line = take_line(self);
    if (!line)
        return pyrolua_raise(result, "RuntimeError", "there is no line to the backend");
    line->reply = pyrolua_defer(result);
    code = line->reply ? send_on(line, seconds) : PYROLUA_EMEMORY;
    if (code) /* which the caller gets; the reply is freed */
        give_line_back(line);
    return code;
}

/* --- computing --- */

/* In the runtime's thread: the result is there. */
static void finish_job(void *context)
{
    struct job *job = context;
    pyrolua_put_int(pyrolua_reply_writer(job->reply), job->factor);
    pyrolua_reply_send(job->reply);
    free(job);
}

static struct job *next_job(struct gateway *gateway)
{
    pthread_mutex_lock(&gateway->lock);
    while (!gateway->first && !gateway->over)
        pthread_cond_wait(&gateway->changed, &gateway->lock);
    struct job *job = gateway->first;
    if (job && !(gateway->first = job->next))
        gateway->end = &gateway->first;
    pthread_mutex_unlock(&gateway->lock);
    return job;
}

static void *work(void *context)
{
    struct gateway *gateway = context;
    struct job *job;
    while ((job = next_job(gateway)) != NULL) {
        for (job->factor = 2; job->number % job->factor != 0; job->factor++)
            ;
        if (pyrolua_post(gateway->runtime, finish_job, job) != PYROLUA_OK)
            free(job); /* there is no memory: the caller gets an error when all ends */
    }
    return NULL;
}

/* factor(number): the smallest one */
static int factor(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct gateway *gateway = self;
    int64_t number = pyrolua_read_int(arguments);
    int code = pyrolua_read_end(arguments);
    if (code)
        return code;
    if (number < 2)
        return pyrolua_raise(result, "ValueError", "%lld has no factor", (long long)number);
    struct job *job = calloc(1, sizeof(*job));
    if (!job || !(job->reply = pyrolua_defer(result))) {
        free(job);
        return PYROLUA_EMEMORY;
    }
    job->number = number;
    pthread_mutex_lock(&gateway->lock);
    *gateway->end = job;
    gateway->end = &job->next;
    pthread_cond_signal(&gateway->changed);
    pthread_mutex_unlock(&gateway->lock);
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {
    {.name = "ask", .call = ask},
    {.name = "factor", .call = factor},
    {.name = NULL},
};

static const pyrolua_class gateway_class = {.members = members};

/* --- the program --- */

/* Registers the name in the name server. */
static int announce(pyrolua_runtime *runtime, const char *name, const char *uri)
{
    pyrolua_proxy *names;
    pyrolua_call *call;
    int code = pyrolua_proxy_new(runtime, "PYRONAME:Pyro.NameServer", &names);
    if (!code)
        code = pyrolua_call_new(names, "register", &call);
    if (code)
        return code;
    pyrolua_put_text(pyrolua_call_arguments(call), name);
    pyrolua_put_text(pyrolua_call_arguments(call), uri);
    code = pyrolua_call_wait(call);
    pyrolua_call_free(call);
    pyrolua_proxy_free(names);
    return code;
}

static pyrolua_runtime *stopped_by_signals;

static void on_signal(int number)
{
    (void)number;
    pyrolua_stop(stopped_by_signals);
}

/* Serves until a signal comes. The worker ends before the runtime does: it posts to that. */
static int serve(struct gateway *gateway)
{
    if (pthread_create(&gateway->worker, NULL, work, gateway) != 0)
        return PYROLUA_ESYSTEM;
    stopped_by_signals = gateway->runtime;
    signal(SIGINT, on_signal);
    signal(SIGTERM, on_signal);
    printf("The gateway is running.\n");
    int code = pyrolua_run(gateway->runtime);
    pthread_mutex_lock(&gateway->lock);
    gateway->over = 1;
    pthread_cond_signal(&gateway->changed);
    pthread_mutex_unlock(&gateway->lock);
    pthread_join(gateway->worker, NULL);
    return code;
}

int main(void)
{
    struct gateway gateway = {.lock = PTHREAD_MUTEX_INITIALIZER,
                              .changed = PTHREAD_COND_INITIALIZER,
                              .end = &gateway.first};
    pyrolua_daemon *daemon;
    const char *uri;
    int code = pyrolua_new(&gateway.runtime);
    if (!code)
        code = pyrolua_daemon_new(gateway.runtime, NULL, &daemon);
    if (!code)
        code = pyrolua_daemon_register(daemon, "gateway", &gateway_class, &gateway, &uri);
    if (!code)
        code = announce(gateway.runtime, "example.gateway", uri);
    if (!code)
        code = serve(&gateway);
    if (code)
        fprintf(stderr, "gateway: %s\n", pyrolua_last_error(gateway.runtime)->message);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    pyrolua_free(gateway.runtime); /* calls that are under way end: all lines are free then */
    while (gateway.free_lines) {
        struct line *line = gateway.free_lines;
        gateway.free_lines = line->next;
        free(line);
    }
    return code != PYROLUA_OK;
}
