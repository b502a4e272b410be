/* A thermostat with a loop of its own, which polls the keyboard and pyrolua. */
#include <poll.h>
#include <pyrolua.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct thermostat {
    double wanted;
    int over;
};

static int get_wanted(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    pyrolua_put_real(result, ((struct thermostat *)self)->wanted);
    return PYROLUA_OK;
}

static int set_wanted(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct thermostat *thermostat = self;
    double wanted = pyrolua_read_real(arguments);
    (void)result;
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE;
    thermostat->wanted = wanted;
    printf("%g degrees are wanted by somebody\n", wanted);
    return PYROLUA_OK;
}

static int turn_off(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    (void)result;
    ((struct thermostat *)self)->over = 1;
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {
    {.name = "turnOff", .call = turn_off},
    {.name = "wanted", .get = get_wanted, .set = set_wanted},
    {.name = NULL},
};

static const pyrolua_class thermostat_class = {.members = members};

/* A line was typed; returns whether more may come. */
static int read_keyboard(struct thermostat *thermostat)
{
    char line[80];
    ssize_t length = read(STDIN_FILENO, line, sizeof(line) - 1);
    if (length <= 0)
        return 0;
    line[length] = '\0';
    if (sscanf(line, "%lf", &thermostat->wanted) == 1)
        printf("%g degrees are wanted here\n", thermostat->wanted);
    return 1;
}

static int loop(pyrolua_runtime *runtime, struct thermostat *thermostat)
{
    struct pollfd polled[] = {{.fd = pyrolua_descriptor(runtime), .events = POLLIN},
                              {.fd = STDIN_FILENO, .events = POLLIN}};
    int code = PYROLUA_OK;
    while (!code && !thermostat->over) {
        double seconds = pyrolua_timeout(runtime);
        fflush(stdout);
        if (poll(polled, 2, seconds < 0 ? -1 : (int)(seconds * 1000)) < 0)
            return PYROLUA_ESYSTEM;
        if (polled[1].revents && !read_keyboard(thermostat))
            polled[1].fd = -1; /* nobody types any more */
        code = pyrolua_step(runtime, 0);
    }
    return code;
}

int main(void)
{
    struct thermostat thermostat = {.wanted = 18};
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    const char *uri;
    int code = pyrolua_new(&runtime);
    if (!code)
        code = pyrolua_daemon_new(runtime, NULL, &daemon);
    if (!code)
        code = pyrolua_daemon_register(daemon, "thermostat", &thermostat_class, &thermostat, &uri);
    if (!code) {
        printf("%s is running.\n", uri);
        code = loop(runtime, &thermostat);
    }
    if (code)
        fprintf(stderr, "thermostat: %s\n", pyrolua_last_error(runtime)->message);
    pyrolua_free(runtime);
    return code != PYROLUA_OK;
}
