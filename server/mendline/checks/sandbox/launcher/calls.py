"""Which system calls a confined process may not make, and their numbers.

Numbers: for x86_64 from Linux's `syscall_64.tbl`, for aarch64 from <asm-generic/unistd.h>; 0 where there is none.
"""

from __future__ import annotations

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Names of `uname` and numbers of <linux/audit.h>, in the order of the tables' columns."""

Table = dict[str, tuple[int, int]]

ABSENT: Table = {
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "clone3": (435, 435),
}
"""Answered as by a kernel without them, so that callers do it another way: io_uring goes around any filter of system
calls, and what `clone3` is to make stands in memory, where a filter can't see it."""

REFUSED: Table = {
    # Other processes: their memory, their files.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    # Ways into the kernel with many bugs behind them, and none a test needs.
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "modify_ldt": (154, 0),
    "lookup_dcookie": (212, 18),
    "fanotify_init": (300, 262),
    # Another view of the file system, or of the machine.
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "unshare": (272, 97),
    "setns": (308, 268),
    "open_by_handle_at": (304, 265),
    # The machine itself.
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "iopl": (172, 0),
    "ioperm": (173, 0),
    "syslog": (103, 116),
    "vhangup": (153, 58),
}
"""Refused always."""

SHARED: Table = {
    # Memory and queues that all processes of a user share.
    "shmget": (29, 194),
    "shmctl": (31, 195),
    "shmat": (30, 196),
    "semget": (64, 190),
    "semctl": (66, 191),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "msgrcv": (70, 188),
    "msgsnd": (69, 189),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    # What happens in folders, by the names of what happens to it.
    "inotify_add_watch": (254, 27),
    # Networks; sockets of local services, which do things for their user (D-Bus, Docker), are no better.
    "socket": (41, 198),
}
"""Refused where no namespaces keep the confined processes apart from others."""

PRETENDED: Table = {
    "chmod": (90, 0),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "chown": (92, 0),
    "fchown": (93, 55),
    "lchown": (94, 0),
    "fchownat": (260, 54),
    "utime": (132, 0),
    "utimes": (235, 0),
    "futimesat": (261, 0),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
"""Without namespaces these do nothing and say that it went well: Landlock doesn't cover them, so they would reach any
file of the user's, and programs that copy files can't do without them."""

CLONE = (56, 220)
IOCTL = (16, 29)
SOCKETPAIR = (53, 199)
ON_PROCESSES: Table = {
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
}
"""Take a process as their first argument, 0 standing for the caller."""
ON_GROUPS: Table = {"setpriority": (141, 140), "ioprio_set": (251, 30)}
"""Take what the second argument names: a process, or all of a user's. Their numbers for "a process" are 0 and 1."""
