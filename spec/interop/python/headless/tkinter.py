"""Stands for tkinter where there is no display: as much of it as Pyro's example robots uses.

What a window would show as text is printed, and a button is pressed by typing what is written on it.
"""
import heapq
import itertools
import select
import sys
import time

BOTH = BOTTOM = CENTER = DISABLED = END = LEFT = NORMAL = NW = RIGHT = X = None

_buttons = {}
_timers = []
_order = itertools.count()


class Widget:
    def __init__(self, *parent, text=None, command=None, **options):
        if command:
            _buttons[text] = command

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return self.ignore

    def ignore(self, *args, **options):
        pass

    def config(self, text=None, **options):
        if text:
            print(text)

    def after(self, milliseconds, function, *args):
        heapq.heappush(_timers, (time.time() + milliseconds / 1000, next(_order), function, args))


class Tk(Widget):
    def mainloop(self):
        while True:
            pause = max(0, _timers[0][0] - time.time()) if _timers else None
            if select.select([sys.stdin], [], [], pause)[0]:
                line = sys.stdin.readline()
                if not line:
                    return
                _buttons[line.rstrip("\n")]()
            elif _timers:
                _, _, function, args = heapq.heappop(_timers)
                function(*args)


class Canvas(Widget):
    def create_text(self, x, y, text=None, **options):
        print("text:", text)
        return next(_order) + 1


class Listbox(Widget):
    count = 0

    def size(self):
        return self.count

    def insert(self, where, item):
        self.count += 1

    def delete(self, first, last):
        self.count = 0


Button = Frame = Label = Widget
