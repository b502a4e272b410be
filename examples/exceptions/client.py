import Pyro4

trouble = Pyro4.Proxy("PYRONAME:example.exceptions")

print(trouble.divide(10, 3))
try:
    trouble.divide(10, 0)
except ZeroDivisionError as x:
    print("ZeroDivisionError:", x)
try:
    trouble.refuse("Henry", 1000)
except ValueError as x:
    print("ValueError:", x.args)
    # The traceback of the other side, which is Lua's:
    print("".join(x._pyroTraceback), end="")
