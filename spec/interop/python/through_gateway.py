"""Asks Pyro4's own HTTP gateway for the paths that are its arguments, and prints what it answers."""
import io
import sys
import urllib.parse

from Pyro4.utils.httpgateway import pyro_app

pyro_app.ns_regex = ""

for path in sys.argv[1:]:
    said = []
    path, _, query = path.partition("?")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/pyro/" + urllib.parse.unquote(path), "QUERY_STRING": query,
               "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr}
    body = b"".join(pyro_app(environ, lambda status, headers: said.append(status)))
    print(said[0][:3], body.decode("utf-8"))
