"""Pages of several sites, in a real browser, request things of the HTTP gateway, in the ways that
pages have. usage: foreign.py PORT GATEWAY

Serves the pages of all sites at PORT, and passes on what comes for /pyro/ to the port GATEWAY: so
it sees what the browser sends. Prints a line for each page, host of the gateway, and way, with
tabs between: "foreign.example localhost json OPTIONS 200, POST 200". The page "own" is the
gateway's, "none" is where the user gives an address to the browser.
"""
import http.client
import http.server
import os
import sys
import threading
import urllib.parse

import chromium

PORT, GATEWAY = int(sys.argv[1]), int(sys.argv[2])
PATIENCE = float(os.environ.get("PATIENCE", 30))  # seconds
FOREIGN, FRIEND = "foreign.example", "friend.example"
MARKED, UNMARKED = "localhost", "gateway.example"  # browsers tell only their own machine who asks

PAGE = b"""<!DOCTYPE html>
<html lang="en"><title>Elsewhere</title><link rel="icon" href="data:,"><body><script>
function add(tag, attributes) {
  return document.body.appendChild(Object.assign(document.createElement(tag), attributes));
}
</script>"""

# Scripts that request a URL.
WAYS = {
    "fetch": "fetch(url)",
    "no-cors": "fetch(url, {mode: 'no-cors'})",
    "text": "fetch(url, {method: 'POST', body: 'text'})",
    "text no-cors": "fetch(url, {method: 'POST', mode: 'no-cors', body: 'text'})",
    "json": "fetch(url, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'})",
    "beacon": "navigator.sendBeacon(url, new URLSearchParams())",
    "events": "new EventSource(url)",
    "socket": "new WebSocket(url.replace('http', 'ws'))",
    "image": "add('img', {src: url})",
    "redirect": "add('img', {src: '/to?' + url})",
    "script": "add('script', {src: url})",
    "style": "add('link', {rel: 'stylesheet', href: url})",
    "prefetch": "add('link', {rel: 'prefetch', href: url})",
    "frame": "add('iframe', {src: url})",
    "sandbox": "add('iframe', {sandbox: 'allow-scripts', srcdoc: `<script>fetch('${url}')</` + 'script>'})",
}
# Those that leave the page.
LEAVING = {
    "form": "add('form', {method: 'POST', action: url}).submit()",
    "overview": "add('a', {href: url}).click()",
    "location": "location = url",
}

answered = {}  # requests, and the status of answers, by page, host and way
news = threading.Condition()


class Sites(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/pyro/"):
            self.pass_on()
        elif self.path.startswith("/to?"):
            self.answer(302, [("Location", self.path[4:])], b"")
        else:
            self.answer(200, [("Content-Type", "text/html")], PAGE)

    def do_POST(self):
        self.pass_on()

    do_OPTIONS = do_POST

    def pass_on(self):
        gateway = http.client.HTTPConnection("127.0.0.1", GATEWAY)
        gateway.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            gateway.putheader(name, value)
        gateway.endheaders(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        answer = gateway.getresponse()
        self.answer(answer.status, answer.getheaders(), answer.read())
        note(self.path, self.headers["Host"], f"{self.command} {answer.status}")

    def answer(self, status, headers, body):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def origin(host):
    return f"http://{host}:{PORT}"


def url_of(page, host, way):
    path = "" if way == "overview" else "http.counter/count"
    return f"{origin(host)}/pyro/{path}?" + urllib.parse.urlencode({"page": page, "way": way})


def note(path, host, what):
    """Notes a request that was answered. Browsers repeat it at once if the status is 421."""
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
    with news:
        requests = answered.setdefault((query["page"], host.split(":")[0], query["way"]), [])
        if what not in requests:
            requests.append(what)
        news.notify()


def wait_for(page, host, ways):
    """Waits until a request of each way was answered, and not only the question whether it may come."""
    def lacking():
        return [way for way in ways if answered.get((page, host, way), ["OPTIONS 200"])[-1] == "OPTIONS 200"]
    with news:
        if not news.wait_for(lambda: not lacking(), PATIENCE):
            sys.exit(f"{page} {host}: nothing comes by {lacking()}")


def run(page, host, ways):
    """Runs scripts in the page that the browser shows."""
    for way, script in ways.items():
        browser.execute_script("const [url] = arguments;" + script, url_of(page, host, way))
    wait_for(page, host, ways)


def use_all_ways(page, host):
    browser.get(origin(page))
    run(page, host, WAYS)
    for way, script in LEAVING.items():
        browser.get(origin(page))
        run(page, host, {way: script})
    browser.refresh()  # as a user may who is refused


def go(host, way, before=""):
    """Gives an address to the browser."""
    browser.get(before + url_of("none", host, way))
    wait_for("none", host, [way])


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Sites)
threading.Thread(target=server.serve_forever, daemon=True).start()
with chromium.started("--host-resolver-rules=MAP *.example 127.0.0.1") as browser:
    use_all_ways(FOREIGN, FOREIGN)
    for each in MARKED, UNMARKED:
        use_all_ways(FOREIGN, each)
        use_all_ways(FRIEND, each)
        go(each, "overview")
        run("own", each, {"fetch": WAYS["fetch"]})
        go(each, "address")
        go(each, "redirect", origin(FOREIGN) + "/to?")
for attempt, said in answered.items():
    print(*attempt, ", ".join(said), sep="\t")
