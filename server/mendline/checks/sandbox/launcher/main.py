"""The launcher's processes.

```
 front ──▶ supervisor ──▶ tool ──▶ …
                     └──▶ killer
```

*front* is what Mendline has started, and may be killed in any way: the supervisor notices and ends everything. It only
waits, and ends as the tool has ended. The *supervisor* is in a session of its own, so that no signal to the front's
group reaches it, and all orphans below it become its children. The *tool* confines itself, then becomes the program.

The *killer* is there with Landlock only. It stands inside the tool's walls, and the tool within more walls of its own:
there, one `kill(-1)` reaches all of the tool's processes in one step, however fast they multiply, and nobody else.
It acts when the supervisor says so, or is gone.
"""

from __future__ import annotations

import os
import sys

from mendline.checks.sandbox.launcher import bounds, kernel
from mendline.checks.sandbox.launcher.order import CANNOT, LANDLOCK, SIGNALLED, Order
from mendline.checks.sandbox.launcher.supervisor import Supervisor, wake_on_signals

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from typing import NoReturn
else:
    import _signal as signal  # without `enum`, which costs as much as everything else here


def main(arguments: list[str]) -> None:
    """Start what the command line says; does not return."""
    try:
        order = Order.read(arguments)
        front = os.getpid()
        supervisor = os.fork()
    except (OSError, ValueError) as error:
        _fail(error)
    if supervisor == 0:
        try:
            status = _supervise(order, front)
        except (OSError, ValueError) as error:
            _fail(error)
        os._exit(status)
    _let_go_of_input()
    code = os.waitstatus_to_exitcode(os.waitpid(supervisor, 0)[1])
    os._exit(SIGNALLED - code if code < 0 else code)


def _supervise(order: Order, front: int) -> int:
    os.setsid()
    wakes = wake_on_signals()
    if kernel.is_linux():
        kernel.prctl(kernel.SET_CHILD_SUBREAPER, 1)
        kernel.prctl(kernel.SET_PDEATHSIG, signal.SIGTERM)
    watched, killer = os.pipe()
    tool = os.fork()
    if tool == 0:
        try:
            os.close(killer)
            _become(order, watched)
        except (OSError, ValueError) as error:
            _fail(error)
    os.close(watched)
    _let_go_of_input()
    return Supervisor(order, tool, front, wakes).run(killer)


def _become(order: Order, watched: int) -> None:
    """Bound and confine this process, then become the tool; only returns by raising."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.setsid()
    if kernel.is_linux():
        kernel.prctl(kernel.SET_PDEATHSIG, signal.SIGKILL)
    bounds.wall(order)
    if order.way == LANDLOCK:
        _leave_killer(watched)
    bounds.close_files()
    bounds.limit(order)
    bounds.close_in(order)
    os.execvp(order.argv[0], order.argv)  # noqa: S606 - what this process is for


def _leave_killer(watched: int) -> None:
    """Start the killer, as an orphan: the tool must not find a child that it hasn't started."""
    between = os.fork()
    if between == 0:
        if os.fork() == 0:
            os.setsid()
            for stream in (0, 1, 2):
                os.close(stream)
            os.read(watched, 1)
            os.kill(-1, signal.SIGKILL)
        os._exit(0)
    os.waitpid(between, 0)


def _let_go_of_input() -> None:
    """Leave the standard input to the tool, so that its writer notices when the tool closes it."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    os.close(nowhere)


def _fail(error: Exception) -> NoReturn:
    sys.stderr.write(f"mendline: the sandbox can't start: {error}\n")
    sys.stderr.flush()
    os._exit(CANNOT)
