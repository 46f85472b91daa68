"""What the launcher is told, as arguments of its command line."""

from __future__ import annotations

BUBBLEWRAP, LANDLOCK, PLAIN = "bubblewrap", "landlock", "plain"
"""The ways of confining; for the launcher: what is around it already, or what it is to put up itself."""

TOO_MANY, TOO_LONG, TOO_MUCH_MEMORY, TOO_MUCH_DISK, CANNOT = 121, 122, 123, 124, 125
"""Exit statuses of the launcher's own. A tool that ends with one of them itself only slanders itself."""

SIGNALLED = 128
"""A shell's way of passing on a signal: this plus its number."""


class Order:
    """What to start, and its bounds; 0 stands for no bound of the launcher's.

    Attributes:
        way: one of the ways above.
        writable, readable: what may be written, and what may be read on top; for `LANDLOCK`.
        own: a folder in `writable` to be removed when all is over.
        in_memory: folders whose files count as memory.
        devices: character devices that may be read and written; for `LANDLOCK`.
        cpu_seconds, address_bytes, file_bytes, open_files: bounds of each process.
        memory_bytes: a bound of each process, and of all together.
        tasks: processes and threads of the tool's tree.
        disk_bytes: what all of `writable` may hold.
        wall_milliseconds: time until all of it is ended.
        argv: the tool and its arguments.
    """

    def __init__(self) -> None:
        self.way = PLAIN
        self.own = ""
        self.writable: list[str] = []
        self.readable: list[str] = []
        self.in_memory: list[str] = []
        self.devices: list[str] = []
        self.cpu_seconds = self.address_bytes = self.memory_bytes = self.file_bytes = self.open_files = 0
        self.tasks = self.disk_bytes = self.wall_milliseconds = 0
        self.argv: list[str] = []

    @classmethod
    def read(cls, arguments: list[str]) -> Order:
        """Read `name=value…` up to `--`, and what to start behind it.

        Raises:
            ValueError: it can't be understood.
        """
        order = cls()
        end = arguments.index("--")
        for argument in arguments[:end]:
            name, equals, value = argument.partition("=")
            known = getattr(order, name, None) if equals else None
            if isinstance(known, list):
                known.append(value)
            elif isinstance(known, int):
                setattr(order, name, int(value))
            elif isinstance(known, str):
                setattr(order, name, value)
            else:
                raise ValueError(f"the launcher knows no {argument!r}")
        order.argv = arguments[end + 1 :]
        return order

    def write(self) -> list[str]:
        """Return the arguments that `read` reads."""
        written: list[str] = []
        for name, value in vars(self).items():
            if name == "argv":
                continue
            if isinstance(value, list):
                written += (f"{name}={each}" for each in value)
            elif value:
                written.append(f"{name}={value}")
        return [*written, "--", *self.argv]
