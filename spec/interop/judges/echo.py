"""Puts `pyrolua -m pyro.echoserver` in the place of Pyro's echo server."""
import re

import remote


class EchoServer:
    _must_shutdown = False

    def __init__(self, words):
        self.process = remote.Process("-m", "pyro.echoserver", *words)
        while True:
            said = re.match(r"echo uri: (.*)", self.process.line())
            if said:
                self.uri = said.group(1)
                break

    def requestLoop(self, loopCondition):
        self.process.wait()

    def shutdown(self):
        self.process.close()


def swap(pyro):
    def main(args, returnWithoutLooping):
        server = EchoServer([word for word in args if word != "-q"])  # which would not say the URI
        return server, server, server.uri
    pyro.echoserver.main = main
