"""The process that all editors share: one model in memory, behind the OpenAI API on a loopback port.

    registry    where a running process is found: record, locks and log in a folder only the user can touch
    server      the HTTP application
    process     the process's life: bind, register, serve, end when idle or told to
    launch      how others find it or start it, and what they may ask it outside of requests

Invariants: one live process for a model file and protocol version (a lock held for life); every route asks for the
token; the token is in a file of mode 0600 only, never in an argument, an environment variable or a log.
"""
