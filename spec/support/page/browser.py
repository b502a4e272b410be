"""The gateway's page in a real browser. usage: browser.py URL LOCKED EMPTY EXAMPLE PID [CHECK…]

Each function check_NAME below is a check. Prints "ok NAME", or "failed NAME" and why. LOCKED
is the URL of a gateway with the key "secret", EMPTY that of one that exposes nothing, EXAMPLE
that of examples/http/. PID is that of a
server, which a check ends. With PYROLUA_PICTURES, pictures are put in that folder.
"""
import contextlib
import http.client
import http.server
import json
import os
import re
import signal
import socket
import socketserver
import sys
import threading
import time
import traceback
import urllib.parse

import chromium
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

URL, LOCKED, EMPTY, EXAMPLE = sys.argv[1:5]
SERVER, CHOSEN = int(sys.argv[5]), sys.argv[6:]
PATIENCE = float(os.environ.get("PATIENCE", 30))  # seconds
AXE = "build/axe/node_modules/axe-core/axe.min.js"
PICTURES = os.environ.get("PYROLUA_PICTURES")
MARKUP = "http.<img src=x onerror=\"document.title='harmed'\"><script>document.title='harmed'</script>"
SCHEMES = "light", "dark"


def wait(condition, what):
    """Waits until the condition holds, and returns what it returned."""
    deadline, last = time.monotonic() + PATIENCE, ""
    while time.monotonic() < deadline:
        try:
            result = condition()
            if result:
                return result
        except Exception as error:  # the page may just be changing
            last = f" ({type(error).__name__}: {str(error)[:200]})"
        time.sleep(0.05)
    raise AssertionError(f"{what} does not come{last}; the page says:\n{text()[:3000]}")


def do(action, what):
    """Acts on an element. The page may change meanwhile, or move it: then it is tried again."""
    def act():
        action()
        return True
    wait(act, what)


def find(selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def find_all(selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def text(selector="body"):
    return find(selector).text


def wait_text(part, selector="body"):
    wait(lambda: part in text(selector), repr(part))


def row_of(name):
    return wait(lambda: next((a for a in find_all("#list a") if a.find_element(
        By.CSS_SELECTOR, ".name").text == name), None), name)


def is_shown_as(name, health):
    return row_of(name).find_element(By.CSS_SELECTOR, ".health").get_attribute("data-health") == health


def open_page(fragment=""):
    browser.get("about:blank")
    browser.get(URL + fragment)
    wait(lambda: find_all("#list a"), "the list")


def choose(name):
    do(lambda: row_of(name).click(), name)
    wait(lambda: name in text("#detail h2"), "the object")
    wait(lambda: find_all(".method"), "its methods")


def open_method(name):
    """Opens a method, and returns its element, which stays as long as the object is shown."""
    method = wait(lambda: next(m for m in find_all(".method") if m.find_element(
        By.CSS_SELECTOR, ".member").text == name), f"the method {name}")
    if not method.get_attribute("open"):
        do(lambda: method.find_element(By.CSS_SELECTOR, "summary").click(), f"the title of {name}")
    wait(lambda: method.find_element(By.CSS_SELECTOR, ".primary"), "the form")
    return method


def press(element, label):
    do(lambda: next(b for b in element.find_elements(By.CSS_SELECTOR, "button") if b.text == label).click(),
       f"the button {label}")


def enter(field, value):
    """Puts a value into the field that a function finds."""
    def put():
        field().clear()
        field().send_keys(value)
    do(put, "a field")


def call(name, *values):
    """Calls a method, and returns its element."""
    method = open_method(name)
    for i, value in enumerate(values):
        if len(inputs(method)) <= i:
            press(method, "Add argument")
        enter(lambda: inputs(method)[i], value)
    press(method, "Call")
    return method


def read(name):
    """Reads an attribute."""
    do(lambda: find(f".attributes button[aria-label='Read {name}']").click(), f"the attribute {name}")


def inputs(method):
    """Returns where values are typed, not names."""
    return method.find_elements(By.CSS_SELECTOR, ".arguments textarea")


def status(method):
    return method.find_element(By.CSS_SELECTOR, ".status").text


def output(method):
    return method.find_element(By.CSS_SELECTOR, ".output").text


def complaints():
    """What the console has said since, besides that a call failed, which the browser tells, too."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"
            and not ("/pyro/" in entry["message"] and "status of 500" in entry["message"])]


def use_size(width, height):
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})


def use_scheme(scheme):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})


def check_warehouse():
    open_page()
    choose("example.warehouse")
    method = call("list_contents")
    wait(lambda: '"flashlight"' in output(method), "the contents")
    assert "Result after" in status(method)
    method = call("take", "Henry", "flashlight")
    wait(lambda: output(method) == "null", "the result")
    method = call("list_contents")
    wait(lambda: "list of 4" in output(method), "fewer contents")
    method = call("take", "Henry", "flashlight")
    wait(lambda: "ValueError: list.remove(x): x not in list" in output(method), "the error")
    do(lambda: method.find_element(By.CSS_SELECTOR, ".failure summary").click(), "the traceback")
    wait(lambda: "warehouse.lua" in output(method), "the remote traceback")
    wait_text("take ValueError: list.remove(x)", ".failures")
    do(lambda: find("h1 a").click(), "the title")
    wait_text("take ValueError: list.remove(x)", ".failures")
    assert text(".failures").count("take ValueError") == 1, "the error is shown once"


def check_arguments():
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    assert "A shop, which sells fruit." in text("#detail")
    assert "Sells something." in text("#detail")
    assert "What it says." in text(".attributes")
    method = call("buy", "pear", "[1, null]")
    wait(lambda: '"pear"' in output(method), "the result")
    for part in "number: list of 2", "bytes", '"AP8="', "pair: tuple of 2":
        assert part in output(method), output(method)
    method = call("buy", "pear", "")
    wait(lambda: "dict of 3" in output(method), "the result without a number")
    method = call("sum", "1", "2")
    wait(lambda: output(method) == "3", "the sum")
    method = call("keywords", "9007199254740993")
    wait(lambda: output(method) == '"9007199254740993"', "all digits")
    method = call("keywords", "1.0")
    wait(lambda: output(method) == '"1.0"', "a float")
    assert method.find_element(By.CSS_SELECTOR, ".told").text == "float"
    method = call("keywords", "[1")
    wait(lambda: output(method) == '"\'[1\'"', "a text")
    assert method.find_element(By.CSS_SELECTOR, ".told").text.startswith("sent as text, since it is not JSON: ")
    method = call("keywords", "1", "two")
    for i, name in enumerate(("b", "a")):
        enter(lambda: method.find_elements(By.CSS_SELECTOR, ".arguments li > input:first-child")[i], name)
    press(method, "Call")
    wait(lambda: '{\'a\': \'two\', \'b\': 1}' in output(method), "the result of named arguments")
    enter(lambda: method.find_element(By.CSS_SELECTOR, ".arguments input"), "a")
    press(method, "Call")
    wait(lambda: "Give each argument a name of its own." in output(method), "the complaint of the same names")
    enter(lambda: method.find_element(By.CSS_SELECTOR, ".arguments input"), "")
    press(method, "Call")
    wait(lambda: "Give names to all arguments, or to none." in output(method), "the complaint")
    read("motto")
    wait_text('"cheap"', ".attributes")
    method = call("tell", "x")
    wait(lambda: "A oneway call has no result." in status(method), "the oneway call")
    assert output(method) == ""


def check_lines():
    """Arguments may have several lines, which are typed with Shift, or pasted."""
    open_page("#o/http.shop")
    what, number = wait(lambda: inputs(open_method("buy")), "fields")
    height = what.size["height"]
    what.send_keys("two")
    what.send_keys(Keys.SHIFT, Keys.ENTER)
    what.send_keys("lines")
    assert height < what.size["height"] < 3 * height, "the field does not grow"
    do(number.click, "the other field")
    browser.execute_cdp_cmd("Input.insertText", {"text": "[1,\n2]"})
    method = open_method("buy")
    assert method.find_elements(By.CSS_SELECTOR, ".told")[1].text == "list"
    number.send_keys(Keys.ENTER)
    for line in 'what: "two\\nlines"', "number: list of 21, 2":
        wait(lambda: line in output(method).split("\n"), line)


def check_streams():
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    method = call("count", "3")
    wait(lambda: status(method) == "The stream ended after 3 items.", "the end")
    assert [li.text for li in method.find_elements(By.CSS_SELECTOR, ".items li")] == ["1", "2", "3"]
    method = call("count", "1")
    wait(lambda: status(method) == "The stream ended after 1 item.", "the end")
    assert method.find_element(By.CSS_SELECTOR, ".plot path.dots").get_attribute("d"), "one value is not seen"
    open_page("#o/http.items")
    method = call("fall_later")
    wait(lambda: status(method) == "The stream failed after 2 items.", "the failure")
    open_page("#o/example.stockmarket.nasdaq")
    wait(lambda: find_all(".method"), "its methods")
    method = call("quotes")
    wait(lambda: len(method.find_elements(By.CSS_SELECTOR, ".items li")) >= 3, "items")
    curves = "return [...document.querySelectorAll('.plot path.curve')].map(p => p.getAttribute('d')).join()"
    before = wait(lambda: browser.execute_script(curves), "a curve")
    wait(lambda: browser.execute_script(curves) != before, "a move of the curve")
    press(method, "Stop")
    wait(lambda: status(method) == "Stopped.", "the stop")
    assert not method.find_element(By.XPATH, ".//button[text()='Stop']").is_displayed()


def check_curves():
    open_page("#o/example.stockmarket.newyork")
    wait(lambda: find_all(".method"), "its methods")
    path = "return document.querySelector('.curves path.calls').getAttribute('d')"
    wait(lambda: browser.execute_script(path), "a curve")
    for _ in range(3):
        method = call("quotes")
        wait(lambda: output(method), "an item")
    wait(lambda: len({point.split()[1] for point in browser.execute_script(path)[1:].replace("M", "L").split("L")}) > 1,
         "a curve that is not flat")
    wait_text(", 0 errors, p99", ".method .numbers")


def check_rates():
    """Errors and times have curves, too, which say what was counted between two looks."""
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    browser.execute_script("setInterval(() => fetch('http.shop/buy?what=moon'), 100)")
    wait(lambda: re.fullmatch(r"[1-9]\S*, [1-9]\S*, [\d.]+ (µs|ms|s)", ", ".join(b.text for b in find_all(".curves b"))),
         "rates of calls, of errors and a time")
    for kind in "errors", "p99":
        wait(lambda: "L" in find(f".curves path.{kind}").get_attribute("d"), f"a curve of {kind}")
    rates = browser.execute_async_script("""
        const [done] = arguments;
        import("/static/rates.js").then(({ total, between }) => {
          const tally = (calls, errors) => ({ calls, errors, buckets: [[8e-6, calls]] });
          const before = total([tally(10, { KeyError: 1 })]);
          const now = total([tally(12, { KeyError: 2 }), tally(2, { KeyError: 1, TypeError: 2 })]);
          done([between(now, before, 2), between(before, now, 2)]);
        });""")
    assert rates == [{"calls": 2, "errors": 2, "p99": 7.99e-6}, None], rates


def check_markup():
    open_page()
    choose(MARKUP)
    method = call("fail")
    wait(lambda: "ValueError: <img src=x" in output(method), "the error")
    method = call("<b>bold")
    wait(lambda: MARKUP[5:] in output(method), "the result")
    method = call("endless")
    wait(lambda: len(method.find_elements(By.CSS_SELECTOR, ".items li")) == 200, "many items")
    press(method, "Stop")
    wait(lambda: status(method) == "Stopped.", "the stop")
    method = call("long")
    wait(lambda: "too large for this page" in output(method), "the refusal")
    method = call("deep")
    wait(lambda: "list of 1" in output(method), "the result")
    assert find_all("body img, body script, main b b, .member b") == []
    assert browser.title == MARKUP + " – Remote objects", browser.title


def check_strange():
    """Values that are made to break JavaScript, or what is too long to be looked at."""
    open_page()
    choose(MARKUP)
    method = call("members")
    wait(lambda: 'toString: "x"' in output(method), "the result")
    method = call("fail_strangely")
    wait(lambda: 'Failure: {"' in output(method), "the error")
    do(lambda: method.find_element(By.CSS_SELECTOR, ".failure summary").click(), "the traceback")
    wait(lambda: "the last line" in output(method), "the remote traceback")
    method = call("stream_members")
    wait(lambda: len(method.find_elements(By.CSS_SELECTOR, ".items li")) == 10, "the items")
    wait(lambda: 'Failure: {"' in output(method), "the error")
    assert "nnn…" in method.find_element(By.CSS_SELECTOR, ".legend").text
    method = call("stream_much")
    wait(lambda: "ended after 6 items" in status(method), "the end")
    assert len(method.find_elements(By.CSS_SELECTOR, ".items li")) == 3, "too much is kept"
    method = call("keys")
    wait(lambda: "dict of 3" in output(method), "the result")
    assert len(output(method)) < 6000, "it is too long"
    assert "\\u202e:" in output(method), "the mark that turns text around is not seen"
    method = call("fail_at_length")
    wait(lambda: "Show all 200,000 characters" in output(method), "the button")
    assert len(output(method)) < 6000 and "\ufffd" not in output(method)
    press(method, "Show all 200,000 characters")
    wait(lambda: len(output(method)) > 100000, "all of it")
    method = call("..")
    wait(lambda: "No URL can have this name." in output(method), "the complaint")
    wait_text("too many for this list", ".failures")


def row_of_error(words):
    return wait(lambda: next(row for row in find_all(".failures > li") if words in row.text), words)


def check_repeated():
    """Errors of a kind are counted, in a row that stays."""
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    method = call("fall", "1")
    wait(lambda: "IndexError: 1" in output(method), "the error")
    row = row_of_error("fall IndexError")
    do(lambda: row.find_element(By.CSS_SELECTOR, "summary").click(), "the traceback")
    method = call("fall", "2")
    wait(lambda: "fall IndexError × 2: 2" in row.text, "the second error")
    assert row.find_element(By.CSS_SELECTOR, "details").get_attribute("open"), "the row is another one"
    assert "objects.lua" in row.text
    do(lambda: find("h1 a").click(), "the title")
    wait(lambda: "fall IndexError × 2: 2" in row_of_error("fall IndexError").text, "the row of both")


def check_uncalled():
    """Nothing is called unless somebody presses a button."""
    open_page()
    choose("http.shop")
    for name in "buy", "still", "tell":
        open_method(name)
    enter(lambda: inputs(open_method("buy"))[0], "pear")
    await_looks(2)
    assert questions() == 1, "requests are not seen"
    calls = questions("/pyro/")
    assert calls == 0, f"the page has called {calls} times"


def check_still():
    """Numbers that come move nothing that may be about to be clicked."""
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    wait_text("not called", "#detail")
    places = "return JSON.stringify([...document.querySelectorAll('#list a, .method')].map(e => [e.offsetTop, e.offsetHeight]))"
    for width in 1280, 390:
        use_size(width, 900)
        before = browser.execute_script(places)
        numbers = wait(lambda: next(m.text for m in find_all(".method") if m.text.startswith("still")), "the method")
        browser.execute_script("for (let i = 0; i < 100; i++) fetch('http.shop/still')")
        wait(lambda: next(m.text for m in find_all(".method") if m.text.startswith("still")) != numbers, "its numbers")
        after = browser.execute_script(places)
        assert after == before, f"the page has moved: {before} {after}"


def check_list():
    """The list stays beside a long object, and shows the one that is selected."""
    use_size(1280, 300)
    open_page("#o/http.strange")
    top_and_bottom = "const r = arguments[0].getBoundingClientRect(); return [r.top, r.bottom]"
    top, bottom = browser.execute_script(top_and_bottom, row_of("http.strange"))
    assert top >= 0 and bottom <= 300, f"the selected one is at {top} to {bottom}"
    lines = browser.execute_script("""
        const name = arguments[0].querySelector('.name');
        name.style.width = '19ch';
        const range = document.createRange();
        return [...name.childNodes].filter((node) => node.data).map((node) => {
          range.selectNodeContents(node);
          return range.getClientRects().length;
        });""", row_of("example.stockmarket.newyork"))
    assert lines == [1, 1, 1], f"words of a name are broken: {lines}"
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    browser.execute_script("window.scrollTo(0, 1000)")
    top, bottom = browser.execute_script(top_and_bottom, find("nav"))
    assert top >= 0 and bottom <= 300, f"the list is at {top} to {bottom}"


def check_nothing():
    """What is not there is said, with its reason."""
    browser.get(EMPTY)
    wait_text("The name server has no names that this gateway shows you.", "#count")
    open_page("#o/http.nobody")
    wait_text("The name server has no such name.", ".reason")
    assert not find(".curves").is_displayed()
    open_page("#o/http.bare")
    wait_text("remote object doesn't expose any methods", ".failure")
    do(lambda: find(".failure summary").click(), "the exception")
    await_looks(3)
    assert find(".failure details").get_attribute("open"), "the complaint is another one"
    assert questions() == 1, "it is asked with each look"
    show_health("http.bare", "down")
    show_health("http.bare", "up")
    wait(lambda: questions() == 2, "another question, once it is up again")
    browser.get("about:blank")
    assert [m for m in complaints() if "status of 500" not in m] == []


def check_alias():
    """An object whose server is not asked whether it is up can be called."""
    open_page("#o/http.alias")
    method = call("many")
    wait(lambda: "list of 250" in output(method), "the result")
    assert is_shown_as("http.alias", "unknown")


def await_looks(count):
    browser.execute_async_script("""
        let [count, done] = arguments;
        import("/static/objects.js").then(({ objects }) => objects.addEventListener("look", () => {
          count -= 1;
          if (count === 0) {
            done();
          }
        }));""", count)


def questions(path="/overview/object"):
    """Returns how often the page has requested that; by default, what an object has."""
    return browser.execute_script("""
        const [path] = arguments;
        return performance.getEntriesByType("resource").filter(({ name }) => name.includes(path)).length;""", path)


def show_health(name, health):
    """Lets the page believe that an object is up or down."""
    browser.execute_async_script("""
        const [name, health, done] = arguments;
        import("/static/objects.js").then(({ objects }) => {
          objects.entries.get(name).health = health;
          objects.dispatchEvent(new Event("look"));
          done();
        });""", name, health)


class Relay(socketserver.ThreadingTCPServer):
    """Passes on connections to the gateway, until it ends them."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), None)
        self.open = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def finish_request(self, request, client_address):
        gateway = socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(URL).port))
        self.open += request, gateway
        threading.Thread(target=self.pass_on, args=(gateway, request), daemon=True).start()
        self.pass_on(request, gateway)

    @staticmethod
    def pass_on(source, target):
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def end(self):
        self.shutdown()
        self.server_close()
        for each in self.open:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def check_outage():
    """Without the gateway, nothing is said to be up; what was typed stays."""
    relay = Relay()
    port = relay.server_address[1]
    browser.get(f"http://localhost:{port}/pyro/#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    method = open_method("buy")
    enter(lambda: inputs(method)[0], "half a wo")
    registered = text(".facts").split("Registered")[1]
    relay.end()
    wait_text("The gateway does not answer. Trying again…", "#trouble")
    wait(lambda: is_shown_as("http.shop", "unknown"), "that its health is not known")
    wait_text("unknown", "#detail h2")
    time.sleep(3)  # it has tried again
    assert registered.split(" at ")[1] in text(".facts") and " 0 seconds ago" not in text(".facts")
    relay = Relay(port)
    wait(lambda: is_shown_as("http.shop", "up"), "its health")
    wait(lambda: not find("#trouble").is_displayed(), "that the trouble ends")
    inputs(method)[0].send_keys("rd")
    assert inputs(method)[0].get_attribute("value") == "half a word"
    browser.get("about:blank")
    relay.end()
    assert [m for m in complaints() if "ERR_" not in m] == []


def check_unknown():
    """Without the gateway, the list says why it is empty, curves have no present, and no field is covered."""
    use_size(390, 600)
    relay = Relay()
    browser.get(f"http://localhost:{relay.server_address[1]}/pyro/")
    wait(lambda: is_shown_as("http.shop", "up"), "its health")
    wait(lambda: text(".curves b") != "–", "curves")
    find("#search").send_keys("http.shop")
    find("#health").send_keys("objects that are up")
    relay.end()
    wait(lambda: re.fullmatch(r"0 of \d+ objects; 1 not known to be up or down", text("#count")), "the reason")
    wait(lambda: text(".curves b") == "–", "that nothing is counted")
    for field in "search", "health":
        assert browser.execute_script("""
            const field = document.getElementById(arguments[0]);
            field.scrollIntoView();
            const { x, y } = field.getBoundingClientRect();
            return document.elementFromPoint(x + 9, y + 9) === field;""", field), f"{field} is covered"
    browser.get("about:blank")
    assert [m for m in complaints() if "ERR_" not in m] == []


def check_changed():
    """An object that is registered anew is asked anew; what was typed stays, if it has the same members."""
    def become(name):
        address = text(".facts")
        browser.execute_script(f"fetch('http.changing/become?other={name}')")
        wait(lambda: text(".facts").split()[1] != address.split()[1], "another address")
    open_page("#o/http.changing")
    method = open_method("first")
    enter(lambda: inputs(method)[0], "typed")
    become("first")
    time.sleep(1)
    assert inputs(method)[0].get_attribute("value") == "typed", "what was typed is gone"
    become("second")
    wait(lambda: [m.text for m in find_all(".method .member")] == ["become", "second"], "the other method")


def check_written():
    """Numbers are shown as the server wrote them."""
    open_page("#o/http.shop")
    method = call("buy", "pear", '[1.0, 2, -0.0, 9007199254740993, {"$dict": [[1e-7, "one"]]}]')
    do(lambda: method.find_element(By.XPATH, ".//summary[starts-with(., 'number')]").click(), "the list")
    for line in "0: 1.0", "1: 2", "2: -0.0", "3: 9007199254740993", '4: dict of 11e-07: "one"':
        wait(lambda: line in output(method).split("\n"), line)
    method = call("fall", "1.0")
    wait(lambda: "IndexError: 1.0" in output(method), "the error")
    wait(lambda: re.search(r"fall IndexError( × \d+)?: 1\.0", text(".failures")), "the error in the list")
    method = call("count", "2.0")
    wait(lambda: status(method) == "The stream ended after 2 items.", "the end")
    assert [li.text for li in method.find_elements(By.CSS_SELECTOR, ".items li")] == ["1.0", "2.0"]
    assert method.find_element(By.CSS_SELECTOR, ".plot").is_displayed(), "floats have no curve"
    read_by_an_old_browser = browser.execute_async_script("""
        const [done] = arguments;
        const parse = JSON.parse;
        JSON.parse = (text, reviver) => parse(text, (key, value) => reviver(key, value));
        import("/static/values.js").then((values) => done(values.parse("[1.0, 2]")));""")
    assert read_by_an_old_browser == [1, 2]


def check_numbers():
    """Numbers of any size can be read, and fit into their places."""
    open_page()
    told = browser.execute_async_script("""
        const done = arguments[0];
        import("/static/format.js").then(({ count, exact, rate }) => done([
          [0, 0.00012, -0.05, 5e-324, 1234.5678, 1e300].map((number) => exact(number)),
          [99999, 1234567].map(count), [0, 0.004, 0.256, 12.34].map(rate)]));""")
    assert told == [["0", "0.00012", "-0.05", "4.94e-324", "1,234.568", "1.00e+300"],
                    ["99,999", "1.23M"], ["0", "0.004", "0.26", "12.3"]], told


def check_more():
    """Items that a button shows take its place for the keyboard."""
    open_page("#o/http.items")
    method = call("many")
    wait(lambda: "list of 250" in output(method), "the result")
    do(lambda: method.find_element(By.CSS_SELECTOR, ".output summary").click(), "the list")
    press(method, "150 more items")
    assert focused().text == "100: 101", focused().text


def check_search():
    open_page()
    row_of("example.warehouse")
    enter(lambda: find("#search"), "fruit sho")
    wait(lambda: [a.text for a in find_all("#list .name")] == ["http.shop"], "one object")
    assert [tag.text for tag in find_all("#list .tag")] == ["example", "fruit"]
    use_size(390, 844)
    wait(lambda: find("nav").size["width"] == 390, "a list as wide as a phone")
    assert text("#count").startswith("1 of ")
    assert "Pyro.NameServer" not in browser.page_source.replace("PYRO:Pyro.NameServer", "")


def focused():
    return browser.switch_to.active_element


def tab_to(condition, what):
    """Presses Tab until the focused element is that one."""
    for _ in range(80):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if condition(focused()):
            outline = focused().value_of_css_property("outline-style")
            assert outline != "none", f"the focus is not seen at {what}"
            return
    raise AssertionError(f"Tab does not lead to {what}")


def check_keyboard():
    open_page()
    row_of("http.shop")
    tab_to(lambda e: e.get_attribute("class") == "skip", "the link that skips the list")
    tab_to(lambda e: e.get_attribute("id") == "search", "the search")
    focused().send_keys("http.shop")
    tab_to(lambda e: "http.shop" in e.text and e.tag_name == "a", "the object")
    focused().send_keys(Keys.ENTER)
    wait(lambda: find_all(".method"), "its methods")
    tab_to(lambda e: e.tag_name == "summary" and e.text.startswith("buy"), "the method")
    focused().send_keys(Keys.ENTER)
    tab_to(lambda e: e.tag_name == "textarea" and "what" in e.accessible_name, "the argument")
    focused().send_keys("moon", Keys.ENTER)
    method = open_method("buy")
    wait(lambda: "KeyError: we have no moon" in output(method), "the error")
    tab_to(lambda e: e.text == "Remote traceback", "the traceback")
    focused().send_keys(Keys.ENTER)
    wait(lambda: "objects.lua" in output(method), "the traceback")
    browser.back()
    wait_text("All objects", "#detail h2")
    open_page("#o/http.shop")
    tab_to(lambda e: e.get_attribute("class") == "skip", "the link that skips the list")
    focused().send_keys(Keys.ENTER)
    assert focused().get_attribute("id") == "detail" and browser.current_url.endswith("#o/http.shop")


def check_key():
    browser.get(LOCKED)
    wait_text("This gateway needs a key")
    assert not find("#frame").is_displayed()
    focused().send_keys("wrong", Keys.ENTER)
    wait_text("This key is wrong.", "#key [role=alert]")
    assert serious_findings() == []
    assert [m for m in complaints() if "status of 403" not in m] == []
    enter(lambda: find("#key-value"), "secret" + Keys.ENTER)
    choose("http.shop")
    method = call("buy", "pear")
    wait(lambda: '"pear"' in output(method), "the result")
    browser.refresh()
    choose("http.shop")
    assert "secret" not in browser.page_source and "secret" not in browser.current_url
    browser.execute_script("sessionStorage.clear()")


class Proxy(http.server.BaseHTTPRequestHandler):
    """A proxy that asks the gateway by the gateway's address, not by the name that was asked for."""

    def do_GET(self):
        gateway = http.client.HTTPConnection("127.0.0.1", urllib.parse.urlsplit(URL).port)
        gateway.request("GET", self.path, headers={
            name: value for name, value in self.headers.items() if name.lower() != "host"})
        answer = gateway.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        gateway.close()

    def log_message(self, *_):
        pass


def check_proxy():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        browser.get(f"http://gw.example:{proxy.server_port}/pyro/")
        wait_text("The gateway refuses: 403 Forbidden - over HTTP, browsers do not say which page asks", "#trouble")
        assert not find("#key").is_displayed()
        browser.get("about:blank")
        expected = "status of 403", "Cross-Origin-Opener-Policy"  # the latter needs HTTPS
        others = [m for m in complaints() if not any(part in m for part in expected)]
        assert others == [], others
        proxy.shutdown()


def check_theme():
    open_page()
    sheet = "return getComputedStyle(document.body).backgroundColor"
    use_scheme("light")
    light = browser.execute_script(sheet)
    find("#theme").send_keys("dark")
    dark = wait(lambda: browser.execute_script(sheet) != light and browser.execute_script(sheet), "dark")
    open_page()
    assert browser.execute_script(sheet) == dark, "the choice is forgotten"
    find("#theme").send_keys("as the system")
    wait(lambda: browser.execute_script(sheet) == light, "light")
    use_scheme("dark")
    wait(lambda: browser.execute_script(sheet) == dark, "dark")


def outcome_of(*call):
    """Calls a method from the example's page. Returns the result, or the message of the error."""
    return browser.execute_async_script("""
        const [words, done] = arguments;
        import("/gateway.js").then(({ call }) => call(...words)).then(done, (error) => done(error.message));
    """, call)


def check_example():
    browser.get(EXAMPLE)
    wait_text("Take the bike", "#contents")
    wait(lambda: len(find_all("#quotes tr")) >= 3, "quotes")
    before = text("#quotes")
    wait(lambda: text("#quotes") != before, "new quotes")
    find("#name").send_keys("Janet")
    find("#item").send_keys("<b>lamp", Keys.ENTER)
    wait_text("Take the <b>lamp", "#contents")
    press(find("#contents"), "Take the bike")
    wait(lambda: "bike" not in text("#contents"), "that the bike is gone")
    assert outcome_of("example.warehouse", "take", "Janet", "moon") == \
        "builtins.ValueError: list.remove(x): x not in list"
    assert outcome_of("http.shop", "tell", "all") is None, "a oneway call has a result"
    assert outcome_of("http.shop", "motto") == "cheap"


def check_refusals():
    """The example tells why nothing was called, as far as browsers let it know."""
    browser.get(EXAMPLE)
    assert outcome_of("Pyro.NameServer", "count") == \
        "403 Forbidden - access to the requested object has been denied"
    browser.get(EXAMPLE.split("?")[0] + "?gateway=" + URL.removesuffix("/pyro/"))
    wait_text("no answer from " + URL.removesuffix("/pyro/"), "#message")
    assert [m for m in complaints() if not re.search("status of 403|CORS|ERR_FAILED", m)] == []


def serious_findings():
    with open(AXE, encoding="utf-8") as file:
        browser.execute_script(file.read())
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done(JSON.stringify(r.violations)), e => done(String(e)))")
    return [f"{v['id']}: {v['help']}: {v['nodes'][0]['html'][:200]}" for v in json.loads(found)
            if v["impact"] in ("serious", "critical", "moderate")]


def fill_page():
    """Opens an object with a stream and an error, for what looks at all of it."""
    open_page("#o/http.shop")
    wait(lambda: find_all(".method"), "its methods")
    method = call("buy", "moon")
    wait(lambda: "KeyError" in output(method), "the error")
    stream = call("prices")
    wait(lambda: len(stream.find_elements(By.CSS_SELECTOR, ".items li")) >= 40, "items")
    wait_text("KeyError", ".failures")


def check_accessibility():
    for width, height in (1280, 900), (390, 844):
        use_size(width, height)
        for scheme in SCHEMES:
            use_scheme(scheme)
            open_page()
            row_of("example.warehouse")
            findings = serious_findings()
            fill_page()
            findings += serious_findings()
            assert findings == [], f"{width} {scheme}: {findings}"
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"the page is {wide} wide on {width}"


def check_down():
    open_page()
    row_of("http.kept")
    wait(lambda: is_shown_as("http.kept", "up"), "its health")
    os.kill(SERVER, signal.SIGKILL)
    ended = time.monotonic()
    wait(lambda: is_shown_as("http.kept", "down"), "that it is down")
    assert time.monotonic() - ended < 5, "it took too long"
    wait(lambda: row_of("http.kept").text.endswith("down"), "the word")
    find("#health").send_keys("objects that are down")
    wait(lambda: is_shown_as("http.kept", "down"), "that it is in the list of these")
    assert "http.shop" not in text("#list")
    assert is_shown_as("http.strange", "down")
    do(lambda: row_of("http.kept").click(), "the object")
    wait_text("cannot connect", ".reason")
    assert "ab12" in text(".facts") and "unless it is renewed" in text(".facts")
    assert "Methods and attributes are shown once the server is up." in text("#detail")


LOAD = """
let count = 0;
const names = ["example.warehouse/list_contents", "http.shop/buy?what=moon", "http.shop/buy?what=pear"];
setInterval(() => {
  count += 1;
  const wave = 1.5 + Math.sin(count / 40) + Math.random();
  for (let i = 0; i < wave * 2; i++) {
    const name = names[Math.random() < 0.8 ? 0 : Math.random() < 0.2 ? 1 : 2];
    fetch(name).catch(() => {});
  }
}, 150);
"""


def take_picture(name):
    browser.save_screenshot(f"{PICTURES}/gateway-{name}.png")


def take_pictures():
    """Puts pictures into a folder, of objects that are in use."""
    use_size(1280, 800)
    use_scheme("light")
    open_page()
    browser.execute_script(LOAD)
    time.sleep(70)
    take_picture("all")
    choose("http.shop")
    stream = call("prices")
    time.sleep(15)
    assert len(stream.find_elements(By.CSS_SELECTOR, ".items li")) == 200, "the stream is full"
    for width, height in (1280, 1000), (390, 844):
        for scheme in SCHEMES:
            use_size(width, height)
            use_scheme(scheme)
            top = find("main h3" if width < 600 else "header")
            browser.execute_script("arguments[0].scrollIntoView()", top)
            time.sleep(1)
            take_picture(f"{width}-{scheme}")


def run(name, check):
    started = time.monotonic()
    use_size(1280, 900)
    use_scheme("light")
    try:
        check()
        said = complaints()
        assert said == [], f"the console says: {said}"
        print(f"ok {name}\n{time.monotonic() - started:.1f} s", flush=True)
    except Exception:
        print("failed", name, flush=True)
        traceback.print_exc(file=sys.stdout)
        print("end of", name, flush=True)
        complaints()


with chromium.started("--hide-scrollbars", "--window-size=1280,900",
                      "--host-resolver-rules=MAP gw.example 127.0.0.1") as browser:
    checks = CHOSEN or [name[6:] for name in globals() if name.startswith("check_")]
    if PICTURES:
        take_pictures()
    for each in [] if PICTURES else checks:
        run(each, globals()["check_" + each])
