"""Uses files of names as Pyro4's or Pyro5's own name server does. usage: names_file.py 4|5 FILE
Each line that it reads is a command:
  check             says "right COUNT" where the registrar's names are as it sent them
  set NAME URI TAG  says "set"
  remove NAME       says "removed"
  list              says "NAME URI TAGS" of each name, in order, then "end"."""
import sys

if sys.argv[1] == "4":
    from Pyro4.naming_storage import SqlStorage
else:
    from Pyro5.nameserver import SqlStorage

storage = SqlStorage(sys.argv[2])


def check():
    names = {name: entry for name, entry in storage.everything(return_metadata=True).items()
             if name != "Pyro.NameServer"}
    for name, entry in names.items():
        if (entry[0], set(entry[1])) != (f"PYRO:{name}@localhost:1", {f"of {name}"}):
            return f"wrong {name} {entry}"
    return f"right {len(names)}"


print("ready", flush=True)
for line in sys.stdin:
    command, *words = line.split()
    if command == "check":
        print(check(), flush=True)
    elif command == "set":
        storage[words[0]] = words[1], set(words[2:])
        print("set", flush=True)
    elif command == "remove":
        del storage[words[0]]
        print("removed", flush=True)
    else:
        for name, (uri, tags) in sorted(storage.everything(return_metadata=True).items()):
            print(name, uri, *sorted(tags))
        print("end", flush=True)
