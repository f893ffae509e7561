"""The front of the server: who asks, what she may see, and the process that answers. It holds no ledger.

    browser -> [proxy] -> listener -> audit -> headers -> front -> a worker: one process, one ledger

What stands here imports neither Beancount nor Fava: `beancoop_fava.server.worker`, which does, is started by its name.
"""
