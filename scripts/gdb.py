"""Commands for gdb that show what pyrolua is doing, in a process or in a core dump.

    (gdb) source scripts/gdb.py
    (gdb) pyro tasks          # tasks, what they wait for, and where they are in Lua
    (gdb) pyro connections    # daemons, their connections; proxies, their pending calls
    (gdb) pyro lua            # traceback of the Lua code that runs, or steps the event loop
    (gdb) pyro lua 0x55d0…    # traceback of the thread (lua_State) with that address

They only read memory, and call no function of the program. The program has to be built with debug
information, as `make` builds it. Lua has none: its structures are read as those of Lua 5.4 on a
64-bit, little-endian processor are laid out.
"""

import struct

import gdb

MOST = 1000  # rows of a list that are shown; memory may be damaged

# Offsets in Lua's structures (lstate.h, lobject.h).
STATE_STATUS, STATE_CI = 10, 32
CI_FUNCTION, CI_PREVIOUS, CI_SAVED_PC = 0, 16, 32
C_FUNCTION, C_UPVALUES = 24, 32
LUA_PROTO = 24
PROTO_SIZE_ABSOLUTE, PROTO_LINE = 40, 44
PROTO_CODE, PROTO_LINES, PROTO_ABSOLUTE, PROTO_SOURCE = 64, 88, 96, 112
STRING_TYPE, STRING_SHORT, STRING_LONG, STRING_BYTES = 8, 11, 16, 24
VALUE_SIZE, VALUE_TYPE = 16, 8
# Types of values, without the bit of what is collected.
LUA_FUNCTION, LIGHT_C_FUNCTION, C_CLOSURE, THREAD, SHORT_STRING = 6, 22, 38, 8, 4


# --- memory ---

def read(address, layout):
    size = struct.calcsize(layout)
    memory = gdb.selected_inferior().read_memory(int(address), size)
    return struct.unpack(layout, memory.tobytes())[0]


def pointer(address):
    return read(address, "<Q")


def printable(text):
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def text_of(value, length=-1):
    """Returns a C string; strings of peers lose their control characters."""
    try:
        return printable(value.string(errors="replace", length=length))
    except gdb.error:
        return "?"


def items(head, type_name, field="node"):
    """Yields what is in a list (core/base/list.h)."""
    item_type = gdb.lookup_type(type_name)
    offset = next(f.bitpos // 8 for f in item_type.fields() if f.name == field)
    node, count = head["next"], 0
    while node != head.address:
        if count == MOST:
            print("  and more")
            return
        yield gdb.Value(int(node) - offset).cast(item_type.pointer()).dereference()
        node, count = node["next"], count + 1


# --- the runtime ---

def is_pointer_to(value, type_name):
    value_type = value.type.strip_typedefs()
    return (value_type.code == gdb.TYPE_CODE_PTR and not value.is_optimized_out
            and value_type.target().unqualified().strip_typedefs().tag == type_name
            and int(value) != 0)


def variables_of(frame):
    """Yields the values of a frame's variables and arguments."""
    try:
        block = frame.block()
    except RuntimeError:  # no debug information
        return
    while block and not block.is_global and not block.is_static:
        for symbol in block:
            if symbol.is_variable or symbol.is_argument:
                try:
                    yield symbol.value(frame)
                except (gdb.error, RuntimeError):
                    pass
        block = block.superblock


def runtime_on_stack():
    try:
        frame = gdb.newest_frame()
    except gdb.error:  # nothing runs
        return None
    while frame:
        for value in variables_of(frame):
            try:
                if is_pointer_to(value, "lruntime"):
                    return value.dereference()
            except gdb.error:
                pass
        frame = frame.older()
    return None


def runtime_of_program():
    """Returns the runtime that the program pyrolua shows on SIGUSR1."""
    try:
        context = gdb.parse_and_eval("'core/net/signal.c'::handling.context")
        if int(context) == 0:
            return None
        dump = context.cast(gdb.lookup_type("struct dump").pointer())
        return dump["runtime"].dereference()
    except gdb.error:
        return None


def find_runtime():
    runtime = runtime_on_stack() or runtime_of_program()
    if runtime is None:
        raise gdb.GdbError("No runtime of pyrolua here: select the thread that runs it, in a "
                           "program with debug information.")
    return runtime


# --- Lua ---

def check_architecture():
    if gdb.lookup_type("void").pointer().sizeof != 8:
        raise gdb.GdbError("Lua's stack is read on 64-bit processors only.")


def lua_string(address):
    short = read(address + STRING_TYPE, "B") & 0x3F == SHORT_STRING
    length = read(address + STRING_SHORT, "B") if short else pointer(address + STRING_LONG)
    memory = gdb.selected_inferior().read_memory(address + STRING_BYTES, min(length, 300))
    return printable(memory.tobytes().decode(errors="replace"))


def line_of(proto, saved_pc):
    """Returns the line of the instruction before `saved_pc`, as luaG_getfuncline() finds it."""
    lines = pointer(proto + PROTO_LINES)
    pc = (saved_pc - pointer(proto + PROTO_CODE)) // 4 - 1
    if lines == 0 or pc < 0:
        return read(proto + PROTO_LINE, "<i")
    line, at = read(proto + PROTO_LINE, "<i"), -1
    absolute = pointer(proto + PROTO_ABSOLUTE)
    for i in range(read(proto + PROTO_SIZE_ABSOLUTE, "<i")):
        if read(absolute + 8 * i, "<i") > pc:
            break
        at, line = read(absolute + 8 * i, "<i"), read(absolute + 8 * i + 4, "<i")
    for i in range(at + 1, pc + 1):
        line += read(lines + i, "<b")
    return line


def symbol_at(address):
    found = gdb.execute("info symbol 0x%x" % address, to_string=True).split()
    return found[0] if found and found[0] != "No" else "0x%x" % address


class Frame:
    """A function on a Lua stack."""

    def __init__(self, ci):
        self.function = pointer(ci + CI_FUNCTION)
        self.type = read(self.function + VALUE_TYPE, "B") & 0x3F
        self.value = pointer(self.function)
        self.ci = ci

    def is_lua(self):
        return self.type == LUA_FUNCTION

    def name(self):
        if self.is_lua():
            proto = pointer(self.value + LUA_PROTO)
            source = lua_string(pointer(proto + PROTO_SOURCE)).lstrip("@=")
            source = source.split("\\n")[0]  # of a string that was loaded, the first line
            return "%s:%d" % (source, line_of(proto, pointer(self.ci + CI_SAVED_PC)))
        if self.type == LIGHT_C_FUNCTION:
            return symbol_at(self.value)
        if self.type == C_CLOSURE:
            return symbol_at(pointer(self.value + C_FUNCTION))
        return "?"

    def resumed(self):
        """Returns the thread that coroutine.resume(), or a function of coroutine.wrap(), runs."""
        at = {"luaB_coresume": self.function + VALUE_SIZE,
              "luaB_auxwrap": self.value + C_UPVALUES}.get(self.name())
        if at and read(at + VALUE_TYPE, "B") & 0x3F == THREAD:
            thread = pointer(at)
            if read(thread + STATE_STATUS, "B") == 0:  # it has neither yielded nor failed
                return thread
        return None


def frames_of(thread):
    """Returns the functions on the stack of a thread, the innermost first."""
    frames, ci = [], pointer(thread + STATE_CI)
    while pointer(ci + CI_PREVIOUS) != 0 and len(frames) < MOST:
        frames.append(Frame(ci))
        ci = pointer(ci + CI_PREVIOUS)
    return frames


def place_of(thread):
    """Returns where the program is in Lua: outside of the modules of pyrolua, if possible."""
    names = [frame.name() for frame in frames_of(thread) if frame.is_lua()]
    own = [name for name in names if not name.startswith(("pyro/", "pyro.lua:"))]
    return (own + names + ["-"])[0]


def print_stack(thread):
    print("thread 0x%x" % thread)
    frames = frames_of(thread)
    for frame in frames:
        print("  " + frame.name())
    running = frames[0].resumed() if frames else None
    if running:
        print("it runs a coroutine:")
        print_stack(running)


# --- commands ---

class Pyro(gdb.Command):
    """Show what pyrolua is doing: pyro tasks, pyro connections, pyro lua."""

    def __init__(self):
        super().__init__("pyro", gdb.COMMAND_DATA, prefix=True)


class Tasks(gdb.Command):
    """List the tasks: what each waits for, its thread, where it is in Lua, what it serves."""

    def __init__(self):
        super().__init__("pyro tasks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        runtime = find_runtime()
        check_architecture()
        in_place = self.waits_in_place(runtime)
        for task in items(runtime["tasks"], "struct ltask"):
            state, thread = self.state(task, in_place)
            print("  %-28s 0x%x  %s%s" % (state, thread, place_of(thread), self.request(task)))

    @staticmethod
    def waits_in_place(runtime):
        """Returns the waits of tasks that step the loop themselves, by address of the task."""
        found, place = {}, runtime["place"]
        while int(place) != 0 and len(found) < MOST:
            found.setdefault(int(place["task"]), place)
            place = place["outer"]
        return found

    @staticmethod
    def state(task, in_place):
        """Returns the state of a task, and the thread that it runs."""
        thread, place = int(task["thread"]), in_place.get(int(task.address))
        if int(task["parked"]) != 0:
            return "waiting for " + text_of(task["parked"]["what"]), thread
        if place:
            return "waiting for " + text_of(place["wait"]["what"]), int(place["thread"])
        posted = task["ready"]["node"]["next"] != task["ready"]["node"].address
        return "ready" if posted else "running", thread

    @staticmethod
    def request(task):
        request = task["request"]
        if int(request) == 0:
            return ""
        names = [text_of(request["call"][field]["data"],
                         min(int(request["call"][field]["length"]), 60))
                 for field in ("object", "method")]
        return "  serves %s for %s" % (".".join(names), text_of(request["connection"]["peer"]))


class Connections(gdb.Command):
    """List daemons with their connections, and proxies with their pending calls."""

    def __init__(self):
        super().__init__("pyro connections", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        core = find_runtime()["core"]
        for daemon in items(core["all_daemons"], "struct pyro_daemon"):
            print("daemon %s" % text_of(daemon["location"]["data"]))
            for connection in items(daemon["connections"], "struct pyro_connection"):
                self.print_connection(connection)
        for client in items(core["all_clients"], "struct pyro_client"):
            self.print_client(client)

    @staticmethod
    def state(value, prefix):
        return str(value).replace(prefix, "").lower()

    def print_connection(self, connection):
        unread = int(connection["input"]["end"]) - int(connection["input"]["begin"])
        running = int(connection["oneways"]) + int(connection["busy"])
        print("  %s  %s, %d requests, %d running, %d bytes unread" % (
            text_of(connection["peer"]), self.state(connection["state"], "CONNECTION_"),
            int(connection["requests"]), running, unread))

    def print_client(self, client):
        uri = client["uri"]
        place = text_of(uri["sockname"]) if int(uri["sockname"]) else "%s:%d" % (
            text_of(uri["host"]) if int(uri["host"]) else "?", int(uri["port"]))
        print("proxy %s@%s  %s" % (text_of(uri["object"]), place,
                                   self.state(client["state"], "CLIENT_")))
        for call in items(client["pending"], "struct pyro_call"):
            print("  %s() for reply" % text_of(call["method"], int(call["method_length"])))
        for call in items(client["binding"], "struct pyro_call"):
            print("  waits for connection")


class Lua(gdb.Command):
    """Print the traceback of a Lua thread: pyro lua [ADDRESS]. By default it is that of the Lua code
    that runs, or that steps the event loop. Where the innermost function computes, its line is that
    of the last call that it made."""

    def __init__(self):
        super().__init__("pyro lua", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        thread = int(gdb.parse_and_eval(argument)) if argument else int(find_runtime()["from"])
        check_architecture()
        print_stack(thread)


Pyro()
Tasks()
Connections()
Lua()
