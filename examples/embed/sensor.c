/* A sensor, served by C: Lua and Python read it. */
#include <pyrolua.h>
#include <stdio.h>

struct sensor {
    double celsius;
    double offset;
};

static int read_celsius(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    (void)arguments;
    pyrolua_put_real(result, sensor->celsius + sensor->offset);
    return PYROLUA_OK;
}

static int calibrate(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    struct sensor *sensor = self;
    double reference = pyrolua_read_real(arguments);
    if (pyrolua_read_end(arguments))
        return PYROLUA_ESERIALIZE; /* the caller gets a TypeError that says what was wrong */
    if (reference < -273.15)
        return pyrolua_raise(result, "ValueError", "%g is colder than cold can be", reference);
    sensor->offset = reference - sensor->celsius;
    printf("calibrated to %g\n", reference);
    return PYROLUA_OK;
}

static int get_offset(void *self, pyrolua_reader *arguments, pyrolua_writer *result)
{
    (void)arguments;
    pyrolua_put_real(result, ((struct sensor *)self)->offset);
    return PYROLUA_OK;
}

static const pyrolua_member members[] = {
    {.name = "read", .call = read_celsius, .text = "Returns the temperature in degrees Celsius."},
    {.name = "calibrate",
     .call = calibrate,
     .text = "calibrate(reference): from now on, read() returns what the reference shows."},
    {.name = "offset", .get = get_offset, .text = "What read() adds to the measured temperature."},
    {.name = NULL},
};

static const pyrolua_class sensor_class = {.members = members, .text = "A thermometer."};

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

int main(void)
{
    struct sensor sensor = {.celsius = 21.5};
    pyrolua_runtime *runtime;
    pyrolua_daemon *daemon;
    const char *uri;
    int code = pyrolua_new(&runtime);
    if (!code)
        code = pyrolua_daemon_new(runtime, NULL, &daemon);
    if (!code)
        code = pyrolua_daemon_register(daemon, "sensor", &sensor_class, &sensor, &uri);
    if (!code)
        code = announce(runtime, "example.sensor", uri);
    if (!code) {
        printf("The sensor is running.\n");
        code = pyrolua_run(runtime);
    }
    if (code)
        fprintf(stderr, "sensor: %s\n", pyrolua_last_error(runtime)->message);
    pyrolua_free(runtime);
    return code != PYROLUA_OK;
}
