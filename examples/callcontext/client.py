import uuid

import Pyro4

context = Pyro4.current_context
desk = Pyro4.Proxy("PYRONAME:example.callcontext")

desk._pyroBind()  # annotations go with the next call, which shall not be one to the name server
context.annotations = {"USER": b"Ann"}
context.correlation_id = uuid.UUID("0c1c5a2a-6f6a-4bd9-8bcb-6d6b3bd44b2b")
print(desk.ask())
print("answered by", bytes(context.response_annotations["DESK"]).decode())
