"""Uses an echo server, and shuts it down: use_echoserver.py uri"""
import sys

import Pyro4


def attempt(call):
    try:
        return call()
    except Exception as error:
        return type(error).__name__, str(error).replace(sys.argv[1], "URI")


with Pyro4.Proxy(sys.argv[1]) as echo:
    for message in "text", {"a": [1, 2.5, None]}, True:
        print(echo.echo(message))
    print(echo.nan(), echo.inf(), echo.oneway_echo("once"))
    print(list(echo.generator()))
    print(attempt(echo.error))
    print(attempt(echo.error_with_text))
    print(attempt(lambda: getattr(echo, "_private")()))
    print(attempt(lambda: echo.no_such_method()))
    print(echo.verbose)
    echo.verbose = False
    print(echo.verbose, echo.echo("unseen"))
    echo.verbose = True
    print(sorted(echo._pyroMethods - {"__dunder__"}), sorted(echo._pyroOneway), sorted(echo._pyroAttrs))
    echo.shutdown()
