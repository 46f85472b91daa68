"""What confined code can't do, whichever way it is confined."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from attrs import frozen

from mendline.checks.sandbox import bubblewrap, visible
from mendline.checks.sandbox.confining import LABELS, Limits, best_way, confined, works
from mendline.checks.sandbox.launcher import order
from mendline.checks.sandbox.place import Place

WALLS = [order.BUBBLEWRAP, order.LANDLOCK]
WAYS = [*WALLS, order.PLAIN]
MIB = 2**20


@frozen
class Ended:
    status: int
    out: str
    err: str


def start(way: str, program: str, folder: Path, *arguments: str, limits: Limits | None = None) -> subprocess.Popen[str]:
    if not works(way):
        pytest.skip(f"no {LABELS[way]} here")
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-I", "-S", "-c", program, *arguments]
    made = confined(command, writable=folder, limits=limits or Limits(wall_seconds=20), way=way)
    return subprocess.Popen(
        made.argv, env=dict(made.env), cwd=made.cwd, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def run(way: str, program: str, folder: Path, *arguments: str, limits: Limits | None = None) -> Ended:
    process = start(way, program, folder, *arguments, limits=limits)
    out, err = process.communicate(timeout=60)
    return Ended(process.returncode, out, err)


EACH = """
import ctypes, os, resource, signal, socket, sys
given, *attacks = sys.argv[1:]
given = eval(given)
for attack in attacks:
    print(f"<{attack}>", flush=True)
    if os.fork() == 0:
        exec(attack)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
"""


def attempts(way: str, attacks: dict[str, str], given: object, folder: Path) -> dict[str, str]:
    """Try each in a process of its own, within one confinement; return what it has printed, with its exit status."""
    ended = run(way, EACH, folder, repr(given), *attacks.values())
    assert ended.status == 0, ended.err
    said = {name: ended.out.partition(f"<{attack}>\n")[2].partition("\n<")[0] for name, attack in attacks.items()}
    assert all(said.values())
    return {name: text.strip() for name, text in said.items()}


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder with a secret in it, and the services of its user."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    secret = home / ".ssh" / "id_ed25519"
    secret.write_text("secret")
    secret.chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    yield secret
    assert secret.read_text() == "secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert secret.stat().st_mtime > 1_000_000_000
    assert [each.name for each in home.rglob("*")] == [".ssh", "id_ed25519"]


ATTACKS = {
    "read": "print(open(given).read())",
    "read through a link": "os.symlink(given, 'link'); print(open('link').read())",
    "take as a hard link": "os.link(given, 'taken'); print(open('taken').read())",
    "take by renaming": "os.rename(given, 'taken'); print(open('taken').read())",
    "list": "print(os.listdir(os.path.dirname(given)))",
    "overwrite": "open(given, 'w').write('x')",
    "overwrite through a link": "os.symlink(given, 'link'); open('link', 'w').write('x')",
    "empty": "os.truncate(given, 0)",
    "remove": "os.remove(given)",
    "put beside": "open(os.path.dirname(given) + '/authorized_keys', 'w').write('x')",
    "make a folder": "os.mkdir(os.path.dirname(given) + '/more')",
    "put a link": "os.symlink('x', os.path.dirname(given) + '/link')",
    "put one's own": "open('mine', 'w').close(); os.rename('mine', os.path.dirname(given) + '/mine')",
    "run a shell": "os.execv('/bin/sh', ['sh', '-c', 'cat \"$0\"; echo x > \"$0\"', given])",
    "mount over": "assert ctypes.CDLL(None).mount(b'x', os.path.dirname(given).encode(), b'tmpfs', 0, 0) == 0",
    "another view": "assert ctypes.CDLL(None).unshare(0x10020000) == 0",
    "change root": "os.chroot('.')",
}


@pytest.mark.parametrize("way", WALLS)
def test_the_home_folder_is_out_of_reach(way: str, outside: Path, tmp_path: Path) -> None:
    said = attempts(way, ATTACKS, str(outside), tmp_path / "scratch")
    assert dict.fromkeys(said, "1") | {"run a shell": "2"} == said


ATTRIBUTES = {
    "mode": "os.chmod(given, 0o777)",
    "mode of an open folder": "os.fchmod(os.open('/usr', os.O_RDONLY), 0o755)",
    "dates": "os.utime(given, (0, 0))",
    "owner": "os.chown(given, 0, 12345)",
    "attributes": "os.setxattr(given, 'user.x', b'x')",
}


@pytest.mark.parametrize("way", WALLS)
def test_what_stands_beside_a_files_text_stays(way: str, outside: Path, tmp_path: Path) -> None:
    before, system = outside.stat(), os.stat("/usr")
    attempts(way, ATTRIBUTES, str(outside), tmp_path / "scratch")
    assert (outside.stat(), os.stat("/usr")) == (before, system)
    assert os.listxattr(outside) == []


SYSTEM = {
    "passwords": "open('/etc/shadow').read()",
    "keys": "os.listdir('/etc/ssh')",
    "homes": "assert os.listdir('/home')",
    "logs": "os.listdir('/var/log')",
    "services": "os.listdir('/run')",
    "disks": "os.listdir('/dev/disk')",
}


KERNEL = [
    "sys/kernel/core_pattern",
    "sys/vm/overcommit_memory",
    "sys/fs/file-max",
    "self/oom_score_adj",
    "self/uid_map",
]


@pytest.mark.parametrize("way", WALLS)
def test_the_kernels_settings_can_not_be_written(way: str, tmp_path: Path) -> None:
    # Opened only: where that succeeds, the test must not do any harm.
    attacks = {name: f"os.open('/proc/{name}', os.O_WRONLY)" for name in KERNEL}
    said = attempts(way, attacks, None, tmp_path / "scratch")
    assert dict.fromkeys(said, "1") == said


def test_bubblewrap_alone_keeps_the_kernels_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not works(order.BUBBLEWRAP):
        pytest.skip("no bubblewrap here")
    place = Place.prepare(tmp_path)
    argv = [sys.executable, "-I", "-S", "-c", "import os; os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY)"]
    bare = bubblewrap.wrapped("bwrap", place, visible.of_program(Path(sys.executable)), argv)
    ended = subprocess.run(bare, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "core_pattern" in ended.stderr


@pytest.mark.parametrize("way", WALLS)
def test_of_the_system_only_what_programs_need_is_seen(way: str, tmp_path: Path) -> None:
    said = attempts(way, SYSTEM, None, tmp_path / "scratch")
    assert dict.fromkeys(said, "1") == said


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[dict[str, object]]:
    """Services of this machine, by port, by path and by name; and a note of each that was reached."""
    reached: list[str] = []
    sockets = {
        "tcp": socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "udp": socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "datagram": socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM),
        "abstract": socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
    }
    addresses = {
        "tcp": ("127.0.0.1", 0),
        "udp": ("127.0.0.1", 0),
        "unix": str(tmp_path / "unix"),
        "datagram": str(tmp_path / "datagram"),
        "abstract": f"\0mendline-{os.getpid()}",
    }
    for name, each in sockets.items():
        each.bind(addresses[name])
        if each.type == socket.SOCK_STREAM:
            each.listen()
        each.setblocking(False)
    yield {name: each.getsockname() for name, each in sockets.items()}
    for name, each in sockets.items():
        try:
            each.recv(1) if each.type == socket.SOCK_DGRAM else each.accept()[0].close()
            reached.append(name)
        except BlockingIOError:
            pass
        each.close()
    assert reached == []


NETWORK = {
    "tcp": "socket.create_connection(given['tcp'], 1)",
    "udp": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', given['udp'])",
    "unix": "socket.socket(socket.AF_UNIX).connect(given['unix'])",
    "datagram": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', given['datagram'])",
    "abstract": "socket.socket(socket.AF_UNIX).connect(given['abstract'])",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).bind((0, 0)); assert len(socket.if_nameindex()) > 1",
}


@pytest.mark.parametrize("way", WALLS)
def test_there_is_no_network(way: str, listening: dict[str, object], tmp_path: Path) -> None:
    said = attempts(way, NETWORK, listening, tmp_path / "scratch")
    # A network of one's own takes a datagram to nobody.
    assert dict.fromkeys(said, "1") | {"udp": "0" if way == order.BUBBLEWRAP else "1"} == said


OTHERS = {
    "signal": "os.kill(given, signal.SIGCONT)",
    "signal all": "os.kill(-1, signal.SIGCONT); raise SystemExit(1)",
    "its environment": "print(open(f'/proc/{given}/environ').read())",
    "its files": "print(os.readlink(f'/proc/{given}/fd/0'))",
    "its memory": "open(f'/proc/{given}/mem', 'rb')",
    "its root": "print(os.listdir(f'/proc/{given}/root/home'))",
    "trace": "assert ctypes.CDLL(None).ptrace(16, given, 0, 0) == 0",
    "limits": "import resource; resource.prlimit(given, resource.RLIMIT_CORE, (0, 0))",
    "priority": "os.setpriority(os.PRIO_PROCESS, given, 19)",
    "priority of all": "os.setpriority(os.PRIO_USER, 0, 19); assert os.getpriority(os.PRIO_PROCESS, given) == 19",
    "affinity": "os.sched_setaffinity(given, {0})",
}


@pytest.mark.parametrize("way", WALLS)
def test_other_processes_are_left_alone(way: str, tmp_path: Path) -> None:
    # A process that stands for the user's others. In a namespace its number is nobody's.
    with subprocess.Popen(["sleep", "60"], env={"TOKEN": "secret"}) as victim:
        victim.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, victim.pid, os.WSTOPPED)
        priority = os.getpriority(os.PRIO_PROCESS, victim.pid)
        try:
            said = attempts(way, OTHERS, victim.pid, tmp_path / "scratch")
            assert dict.fromkeys(said, "1") == said
            assert psutil.Process(victim.pid).status() == psutil.STATUS_STOPPED
            assert os.getpriority(os.PRIO_PROCESS, victim.pid) == priority
        finally:
            victim.kill()


@pytest.mark.parametrize("way", WAYS)
def test_what_tests_do_works(way: str, tmp_path: Path) -> None:
    program = """
import os, random, signal, socket, subprocess, sys, tempfile, threading
assert os.getcwd() == sys.argv[1], os.getcwd()
with tempfile.TemporaryDirectory() as folder:
    open(folder + '/a', 'w').write('a')
    os.rename(folder + '/a', folder + '/b')
    os.chmod(folder + '/b', 0o600)
    os.utime(folder + '/b')
    os.mkdir(folder + '/c')
    os.rename(folder + '/b', folder + '/c/b')
    os.link(folder + '/c/b', folder + '/d')
os.makedirs(os.path.expanduser('~/.cache/x'))
threads = [threading.Thread(target=random.random) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
assert subprocess.run(['sh', '-c', 'echo hi | cat'], capture_output=True, check=True).stdout == b'hi\\n'
one, other = socket.socketpair()
one.send(b'x')
assert other.recv(1) == b'x'
child = os.fork()
if child == 0:
    signal.pause()
os.kill(child, signal.SIGTERM)
assert os.waitpid(child, 0)[1] == signal.SIGTERM
open('/dev/null', 'w').write('x')
open('/dev/urandom', 'rb').read(8)
assert os.cpu_count()
assert not {'SECRET', 'PYTHONPATH'} & set(os.environ)
print('fine')
"""
    scratch = tmp_path / "scratch"
    ended = run(way, program, scratch, str(scratch))
    assert (ended.out, ended.err, ended.status) == ("fine\n", "", 0)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("pass", 0),
        ("raise SystemExit(7)", 7),
        ("import os; os.kill(os.getpid(), 9)", 128 + 9),
        ("while True: pass", 128 + 24),
        ("import time; time.sleep(60)", order.TOO_LONG),
        ("x = bytearray(512 * 2**20)", 1),
        ("open('big', 'wb').write(bytes(9 * 2**20))", 1),
        ("[open('/dev/null') for _ in range(200)]", 1),
    ],
)
def test_each_process_is_bounded(way: str, program: str, status: int, tmp_path: Path) -> None:
    waits = status == order.TOO_LONG
    limits = Limits(0.5 if waits else 20, 1, 256 * MIB, file_bytes=8 * MIB, open_files=64)
    assert run(way, program, tmp_path / "scratch", limits=limits).status == status


SHARED = {
    "memory": (
        "import os, time\nfor _ in range(3): os.fork() or (bytearray(os.urandom(1) * 60 * 2**20), time.sleep(60))\n"
        "time.sleep(60)",
        order.TOO_MUCH_MEMORY,
    ),
    "files": (
        "import itertools, time\nfor each in range(9): open(str(each), 'wb').write(bytes(7 * 2**20))\ntime.sleep(60)",
        order.TOO_MUCH_DISK,
    ),
    "removed files": (
        "import os, time\nkept = []\nfor each in range(9):\n    kept.append(open('x', 'wb'))\n    os.remove('x')\n"
        "    kept[-1].write(bytes(7 * 2**20))\ntime.sleep(60)",
        order.TOO_MUCH_DISK,
    ),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("program", "status"), SHARED.values(), ids=SHARED)
def test_all_of_them_together_are_bounded(way: str, program: str, status: int, tmp_path: Path) -> None:
    limits = Limits(20, 5, 128 * MIB, file_bytes=8 * MIB, disk_bytes=32 * MIB)
    assert run(way, program, tmp_path / "scratch", limits=limits).status == status


BOMB = """
import os, time
made = 0
while made < 300:
    try:
        child = os.fork()
    except OSError:
        break
    if child == 0:
        time.sleep(30)
        os._exit(0)
    made += 1
print(made, flush=True)
if made == 300: time.sleep(30)
"""


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])
def test_what_is_written_to_memory_counts_as_memory(folder: str, tmp_path: Path) -> None:
    program = (
        f"import time\nfor each in range(9): open(f'{folder}/{{each}}', 'wb').write(bytes(7 * 2**20))\ntime.sleep(60)"
    )
    limits = Limits(20, 5, 48 * MIB, file_bytes=8 * MIB)
    assert run(order.BUBBLEWRAP, program, tmp_path / "scratch", limits=limits).status == order.TOO_MUCH_MEMORY


@pytest.mark.parametrize("way", WAYS)
def test_processes_are_bounded(way: str, tmp_path: Path) -> None:
    ended = run(way, BOMB, tmp_path / "scratch", limits=Limits(20, tasks=40))
    if ended.status == 0:
        # The system has a bound of its own, for all that a user has.
        assert os.getuid() != 0
        assert int(ended.out) <= 60  # others of the user have ended meanwhile
    else:
        assert ended.status == order.TOO_MANY


DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for each in (0, 1, 2): os.close(each)
        open('alive', 'w').close()
        time.sleep(600)
    os._exit(0)
while not os.path.exists('alive'): time.sleep(0.01)
print('done', flush=True)
"""


def in_folder(folder: Path) -> list[psutil.Process]:
    return [each for each in psutil.process_iter() if str(folder) in " ".join(_command(each))]


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _command(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


@pytest.mark.parametrize("way", WAYS)
def test_daemons_end_with_it(way: str, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    assert run(way, DAEMON, scratch, str(scratch)).out == "done\n"
    assert in_folder(scratch) == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [9, 15])
def test_all_of_it_ends_however_its_first_process_is_ended(way: str, number: int, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    process = start(way, f"{DAEMON}\ntime.sleep(600)", scratch, str(scratch))
    assert process.stdout is not None
    assert process.stdout.readline() == "done\n"
    family = in_folder(scratch)
    assert len(family) > 2
    process.send_signal(number)
    process.communicate(timeout=60)
    while any(_runs(each) for each in family):
        psutil.wait_procs(family, timeout=0.01)


@pytest.mark.parametrize("way", WAYS)
def test_what_it_leaves_at_home_is_removed(way: str, tmp_path: Path) -> None:
    program = """
import os, tempfile
os.makedirs(os.path.expanduser("~/a/b"))
open(os.path.expanduser("~/a/b/c"), "w").close()
os.symlink("/", os.path.expanduser("~/a/root"))
open(tempfile.mkstemp()[1], "w").close()
open("kept", "w").close()
"""
    assert run(way, program, tmp_path / "scratch").status == 0
    assert [each.name for each in (tmp_path / "scratch").iterdir()] == ["kept"]


@pytest.mark.parametrize("way", WAYS)
def test_a_program_that_does_not_start_says_so(way: str, tmp_path: Path) -> None:
    if not works(way):
        pytest.skip(f"no {LABELS[way]} here")
    made = confined(["/usr/bin/no-such-program"], writable=tmp_path, way=way)
    ended = subprocess.run(made.argv, env=dict(made.env), cwd=made.cwd, capture_output=True, text=True, check=False)
    assert ended.returncode == order.CANNOT
    assert "No such file" in ended.stderr


def test_the_best_way_that_works_is_chosen(tmp_path: Path) -> None:
    best = next(way for way in WAYS if works(way))
    assert best_way() == best
    assert confined(["true"], writable=tmp_path).label == LABELS[best]


def test_without_bubblewrap_another_way_is_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv("PATH", f"{broken.parent}{os.pathsep}{os.environ['PATH']}")
    works.cache_clear()
    try:
        assert not works(order.BUBBLEWRAP)
    finally:
        works.cache_clear()


def test_a_folder_that_holds_the_home_folder_is_not_shown(outside: Path, tmp_path: Path) -> None:
    made = confined(["true"], writable=tmp_path / "scratch", readable=[outside.parents[1]], way=order.LANDLOCK)
    assert f"readable={outside.parents[1]}" not in made.argv


def test_what_is_readable_is(tmp_path: Path) -> None:
    shown = tmp_path / "shown"
    shown.mkdir()
    (shown / "file").write_text("text")
    for way in WALLS:
        if works(way):
            program = [sys.executable, "-I", "-S", "-c", f"print(open({str(shown / 'file')!r}).read())"]
            made = confined(program, writable=tmp_path / "scratch", readable=[shown], way=way)
            ended = subprocess.run(made.argv, env=dict(made.env), cwd=made.cwd, capture_output=True, check=False)
            assert ended.stdout == b"text\n"
