"""Puts `pyrolua -m pyro.gateway` in the place of Pyro's HTTP gateway: an application of WSGI that passes requests on.

The name server is a real one, as the suites' own is an object in this process."""
import http.client
import re
import threading

import remote

HIDDEN = ("date", "content-length", "connection")  # which a server of WSGI adds


class Gateway:
    def __init__(self, pyro):
        self.pyro = pyro
        self.process, self.ns_regex = None, None

    def start(self):
        ns = self.pyro.start_offline_names()
        threading.Thread(target=ns.requestLoop, daemon=True).start()
        with self.pyro.Proxy(ns.uriFor("Pyro.NameServer")) as names:
            names.register("http.ObjectName", "PYRO:dummy12345@localhost:59999")
        self.process = remote.Process("-m", "pyro.gateway", "-p", "0", PYRO_NS_HOST="localhost",
                                      PYRO_NS_PORT=str(ns.uriFor("x").port))
        said = None
        while not said:
            line = self.process.line()
            exposed = re.match("Exposing objects with names matching:  (.*)", line)
            self.ns_regex = exposed.group(1) if exposed else self.ns_regex
            said = re.match(r"Pyro HTTP gateway running on http://127.0.0.1:(\d+)/pyro/", line)
        self.connection = http.client.HTTPConnection("localhost", int(said.group(1)))

    def __call__(self, environ, start_response):
        """Answers a request."""
        query = environ["QUERY_STRING"]
        headers = {"Content-Type": environ["CONTENT_TYPE"]} if environ.get("CONTENT_TYPE") else {}
        self.connection.request(environ["REQUEST_METHOD"], environ["PATH_INFO"] + ("?" + query if query else ""),
                                environ["wsgi.input"].read(), headers)
        answer = self.connection.getresponse()
        start_response("%d %s" % (answer.status, answer.reason),
                       [(name, value) for name, value in answer.getheaders() if name.lower() not in HIDDEN])
        return [answer.read()]


def swap(pyro):
    pyro.httpgateway.pyro_app = Gateway(pyro)
    pyro.httpgateway.pyro_app.start()
