"""What a process that reads strangers' files gives away before the first byte: `give_away`.

Then it ends at its limits, can open no file and no connection, start no process, and no longer ask the kernel to
signal, trace or slow down other processes.

Limits cannot forbid the last among processes of one account, a filter of system calls can (seccomp, Linux 3.17 and
newer).
It is a few instructions for the kernel, so no library is needed. Where there is none, on another system or processor,
the limits that the process sets itself hold alone.
"""

from __future__ import annotations

import ctypes
import errno
import os
import resource
import struct
from typing import Any

# What the kernel calls a machine, and the number of each forbidden system call there; None where it does not exist.
_MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_FORBIDDEN: dict[str, tuple[int, int | None]] = {
    "kill": (62, 129),
    "tkill": (200, 130),
    "tgkill": (234, 131),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "kcmp": (312, 272),
    "prlimit64": (302, 261),
    "setpriority": (141, 140),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    "socket": (41, 198),
    "io_uring_setup": (425, 425),
    "execve": (59, 221),
    "execveat": (322, 281),
    "clone": (56, 220),
    "clone3": (435, 435),
    "fork": (57, None),
    "vfork": (58, None),
}
# On x86_64 the same calls once more, with other numbers; on the other machine there is nothing from there on.
_OTHER_NUMBERS = 0x40000000

_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER, _DUMPABLE = 38, 22, 2, 4
_LOAD, _EQUAL, _AT_LEAST, _ANSWER = 0x20, 0x15, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT = 0, 4
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM

try:
    # Here, while files can still be opened.
    _prctl: Any = ctypes.CDLL(None).prctl
except (OSError, AttributeError):
    _prctl = None


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


LOWER_PRIORITY = 10


def give_away(*, seconds: int, memory: int, answer: int) -> None:
    """Limits this process, for good, to so many seconds of processor time and bytes of memory and of its answer.

    What is needed later must be loaded before.
    """
    os.nice(LOWER_PRIORITY)
    # First the soft limit, whose signal says what happened, then the hard one.
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        # The answer goes to a file.
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_CORE, 0),
        # Binds every account but root, which should run no portal.
        (resource.RLIMIT_NPROC, 0),
        # What is open stays so, and nothing new is opened, not even in the place of standard input once that is closed.
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # After the limits, which it could no longer set.
    confine()


def confine() -> bool:
    """Forbids it from here on, for good; whether the kernel took the filter."""
    machine = os.uname().machine
    if _prctl is None or machine not in _MACHINES:
        return False
    # Nobody of the same account looks into this process, either.
    _prctl(_DUMPABLE, 0, 0, 0, 0)
    if _prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    instructions = _instructions(machine)
    program = _Program(len(instructions) // 8, instructions)
    return bool(_prctl(_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def _instructions(machine: str) -> bytes:
    refuse = (_ANSWER, 0, 0, _REFUSE)
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_EQUAL, 1, 0, _MACHINES[machine]),
        refuse,
        (_LOAD, 0, 0, _NUMBER_AT),
        (_AT_LEAST, 0, 1, _OTHER_NUMBERS),
        refuse,
    ]
    column = [*_MACHINES].index(machine)
    for numbers in _FORBIDDEN.values():
        if (number := numbers[column]) is not None:
            steps += [(_EQUAL, 0, 1, number), refuse]
    steps.append((_ANSWER, 0, 0, _ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)
