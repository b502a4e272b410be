"""A plugin of pytest: puts pyrolua's servers in the place of Pyro's, and writes down how each test went.

It is told by JUDGES_PYRO ("4" or "5"), JUDGES_SERVER ("real" or "lua"), JUDGES_FILE (the suite's file, without
".py"), JUDGES_SERIALIZER, and JUDGES_RESULTS, a file for lines of JSON.
"""
import json
import os

import generations
import reasons

PYRO = os.environ["JUDGES_PYRO"]
FILE = os.environ["JUDGES_FILE"]
SERIALIZER = os.environ["JUDGES_SERIALIZER"]
pyro = generations.Pyro5() if PYRO == "5" else generations.Pyro4()


def choose_serializer():
    """Makes one serializer the suite's, where it has the one that Pyro has by default."""
    config = pyro.config
    assign = type(config).__setattr__

    def choose(config, name, value):
        assign(config, name, SERIALIZER if name == "SERIALIZER" and value == "serpent" else value)
    type(config).__setattr__ = choose
    reset = type(config).reset

    def reset_and_choose(config, *arguments, **named):
        reset(config, *arguments, **named)
        config.SERIALIZER = "serpent"
        if hasattr(config, "SERIALIZERS_ACCEPTED"):
            config.SERIALIZERS_ACCEPTED.add(SERIALIZER)
    type(config).reset = reset_and_choose
    config.reset(False)


def swap():
    if FILE.startswith("test_server") or FILE == "test_daemon":
        import remote
        pyro.serving.Daemon = remote.daemon_class(pyro)
    elif FILE.startswith("test_naming"):
        import names
        names.swap(pyro)
    elif FILE == "test_echoserver":
        import echo
        echo.swap(pyro)
    elif FILE == "test_httpgateway":
        import gateway
        gateway.swap(pyro)
    elif FILE == "test_serialize":
        import trips
        trips.swap(pyro)


if os.environ["JUDGES_SERVER"] == "lua":
    swap()
if SERIALIZER:
    choose_serializer()


def name_of(item):
    return ".".join(item.nodeid.split("::")[1:])


def write(**line):
    with open(os.environ["JUDGES_RESULTS"], "a") as file:
        print(json.dumps(line), file=file)


def pytest_collection_modifyitems(config, items):
    kept, left = [], []
    for item in items:
        reason = reasons.left_out(PYRO, FILE, name_of(item), SERIALIZER)
        (left if reason else kept).append(item)
        if reason:
            write(test=name_of(item), outcome="left out", why=reason)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_runtest_makereport(item, call):
    """Writes what failed, or that a test has passed or was skipped by the suite."""
    if call.excinfo is not None:
        skipped = call.excinfo.typename == "Skipped" or call.excinfo.typename == "SkipTest"
        write(test=name_of(item), outcome="skipped" if skipped else "failed",
              why="%s: %s" % (call.when, call.excinfo.exconly()[:2000]), at=str(call.excinfo.traceback[-1])[:200])
    elif call.when == "teardown":
        write(test=name_of(item), outcome="passed", why="")
