"""What a process of a benchmark does with the machine: its core, and the memory it took."""

import os
import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def take_core(number: int | None) -> None:
    """Stay on this core, threads to come included; where it cannot be chosen, go anywhere."""
    if number is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {number % (os.cpu_count() or 1)})


def memory_mb(*, peak: bool = False) -> float:
    """What this process holds of the memory now, or held at most."""
    if STATUS.exists():  # The other way counts what the parent held too.
        word = "VmHWM:" if peak else "VmRSS:"
        line = next(line for line in STATUS.read_text().splitlines() if line.startswith(word))
        return int(line.split()[1]) / 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / 2 ** (20 if sys.platform == "darwin" else 10)
