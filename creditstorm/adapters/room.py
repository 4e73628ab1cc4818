"""What a plan needs of this machine beside time: open files, ports, memory, disk, loopback."""

import math
import resource
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil
from creditstorm.adapters import disk
from creditstorm.adapters.cores import memory_allowed
from creditstorm.adapters.preflight import Finding, check_ports
from creditstorm.startable import startable

MOST_FILES: Final = 65_536
"""No run needs more, and a limit without end makes some libraries walk through all of it."""
FILES_BESIDE: Final = 96
"""What a process has open before anybody asks, and what start-up and the report need: 64 were not enough (seen)."""
CALM_FILES_AN_HZ: Final = 4.0
"""149 files of Toxiproxy at 30/s, 24 of them its own: each call is open twice there, and connections are kept."""
CALLS_AN_ANSWER: Final = 7
LEAST_MEMORY_MIB: Final = 384
"""What the processes of a run hold together beside its rows: 300 MiB were seen, with most pages shared."""
LEAST_ADDRESS_SPACE_MIB: Final = 3_072
"""The harness maps 2,800 MiB once it has its libraries and threads (seen), a load worker 1,550, Toxiproxy 1,300."""
LEAST_CPU_S: Final = 5
"""A simulated run of six seconds took so much with its report (seen)."""
CPU_AN_ANSWER_S: Final = 0.002
"""The decision service needs most of all processes: 13.7 s of them for 6,650 answers (seen)."""
SIMULATED_CPU_AN_ANSWER_S: Final = 0.0004
"""A million simulated answers took 420 s (seen)."""
LEAST_THREADS: Final = 64
"""The processes of a run have 32 threads before its report is drawn, on two cores, and 40 were not enough (seen)."""
MEMORY_A_ROW: Final = 2_000
LOCAL_PORTS: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


@dataclass(frozen=True, slots=True)
class Needs:
    """What is planned: the people a second at the peak, answers in all, and how long a call may be open at most."""

    peak_hz: float
    rows: float
    deadline_s: float

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the process that needs most, where nobody has to ask again."""
        return LEAST_CPU_S + CPU_AN_ANSWER_S * self.rows / 2

    @property
    def simulated_cpu_s(self) -> float:
        """CPU seconds of a run in one process and in virtual time."""
        return LEAST_CPU_S + SIMULATED_CPU_AN_ANSWER_S * self.rows / 2

    @property
    def files(self) -> int:
        """Open files of the process that needs most, in calm."""
        return round(FILES_BESIDE + CALM_FILES_AN_HZ * self.peak_hz)

    @property
    def files_in_storm(self) -> int:
        """The same where every call to every service is held until the deadline."""
        return round(FILES_BESIDE + 2 * CALLS_AN_ANSWER * self.peak_hz * self.deadline_s)


ORDINARY: Final = Needs(peak_hz=80.0, rows=20_000.0, deadline_s=2.0)
"""More than any scenario that comes with creditstorm: what a machine is looked at for where nothing is planned yet."""


def raised_open_files() -> int:
    """Raise the soft limit of open files to the hard one, for this process and its children; the limit that holds."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft


def cannot_work(needs: Needs, results: Path, files: int) -> Iterator[Finding]:
    """What is found of the things without which this plan cannot be carried out."""
    yield check_files(needs, files)
    yield check_ports()
    yield check_threads(startable(LEAST_THREADS))
    yield from _of_the_system(needs)
    if disk.existing(results).is_dir():  # where it is not, making the run folder says so
        yield check_disk(needs, results)


def examined(results: Path, needs: Needs = ORDINARY) -> Iterator[Finding]:
    """What is found of memory, ports to call from and the disk, where only a usual plan is to be carried out."""
    yield from _of_the_system(needs)
    yield check_results(results, needs)


def _of_the_system(needs: Needs) -> Iterator[Finding]:
    yield check_calling_ports(needs, _text(LOCAL_PORTS))
    yield check_address_space(resource.getrlimit(resource.RLIMIT_AS)[0])
    yield check_cpu_time(resource.getrlimit(resource.RLIMIT_CPU), needs.cpu_s)
    yield check_memory(needs, int(min(psutil.virtual_memory().available, memory_allowed())))


def check_files(needs: Needs, limit: int) -> Finding:
    """The hard limit of open files carries the plan in calm."""
    detail = f"{limit} open files are allowed, {needs.files} are needed at {needs.peak_hz:g}/s"
    return Finding("open files", limit >= needs.files, detail, _more_files(needs))


def check_own_files(limit: int) -> Finding:
    """The hard limit of open files is enough for a run in this process alone."""
    detail = f"{limit} open files are allowed, {FILES_BESIDE} are needed"
    remedy = f"ulimit -Hn {FILES_BESIDE} or more, in the shell that starts creditstorm"
    return Finding("open files", limit >= FILES_BESIDE, detail, remedy)


def may_not_work(needs: Needs, files: int) -> Iterator[Finding]:
    """What may not be enough when all goes slow."""
    detail = f"{files} open files are allowed; a storm may take {needs.files_in_storm}"
    yield Finding("open files", files >= needs.files_in_storm, detail, _more_files(needs))
    yield check_cpu_time(resource.getrlimit(resource.RLIMIT_CPU), 2 * needs.cpu_s)


def check_calling_ports(needs: Needs, text: str) -> Finding:
    """The range that the kernel takes ports to call from is wide enough; unknown is wide enough."""
    words = text.split()
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return Finding("calling ports", ok=True, detail="the system has no range of its own")
    wide = int(words[1]) - int(words[0]) + 1
    detail = f"{wide} ports to call from, {needs.files} are needed at {needs.peak_hz:g}/s"
    return Finding("calling ports", wide >= needs.files, detail, f'sysctl -w {LOCAL_PORTS.name}="32768 60999"')


def check_address_space(limit: int) -> Finding:
    """The limit that a shell sets with `ulimit -v` leaves room for libraries, which map far more than they use."""
    remedy = "ulimit -v unlimited, in the shell that starts creditstorm; to bound memory use a control group"
    if limit == resource.RLIM_INFINITY:
        return Finding("address space", ok=True, detail="no limit")
    detail = f"{limit / 2**20:.0f} MiB are allowed to a process, {LEAST_ADDRESS_SPACE_MIB} are needed"
    return Finding("address space", limit >= LEAST_ADDRESS_SPACE_MIB * 2**20, detail, remedy)


def check_cpu_time(limits: tuple[int, int], needed_s: float) -> Finding:
    """The limits that a shell sets with `ulimit -t`, soft and hard, let a process come to its end: nobody is asked."""
    remedy = "ulimit -t unlimited, in the shell that starts creditstorm, or plan fewer people"
    soft, hard = limits
    if soft == resource.RLIM_INFINITY:
        return Finding("CPU time", ok=True, detail="no limit", remedy=remedy)
    told = f"{soft} s" if hard in (soft, resource.RLIM_INFINITY) else f"{hard} s, the last {hard - soft} to end,"
    detail = f"{told} are allowed to a process, about {math.ceil(needed_s)} are needed"
    return Finding("CPU time", soft >= needed_s, detail, remedy)


def check_threads(more: int) -> Finding:
    """So many more threads as could be started carry the processes of a run: each is one at least."""
    detail = f"{more} more can be started, {LEAST_THREADS} are needed"
    remedy = "ulimit -u unlimited, in the shell that starts creditstorm, or a larger pids.max of its control group"
    return Finding("threads", more >= LEAST_THREADS, detail, remedy)


def check_memory(needs: Needs, available: int) -> Finding:
    """Memory is left for the processes and the rows of the analysis."""
    wanted = LEAST_MEMORY_MIB * 2**20 + needs.rows * MEMORY_A_ROW
    detail = f"{available / 2**20:.0f} MiB are free, about {wanted / 2**20:.0f} are needed"
    return Finding("memory", available >= wanted, detail, "free some, or plan fewer people")


def check_disk(needs: Needs, results: Path) -> Finding:
    """The planned rows find room where results are written."""
    wanted, free = disk.to_carry_out(needs.rows), disk.free_at(disk.existing(results))
    detail = f"{free / 2**20:.0f} MiB are free at {results}, about {wanted / 2**20:.0f} are needed"
    return Finding("disk", free >= wanted, detail, "free some disk space, or give another folder with --out")


def check_results(results: Path, needs: Needs) -> Finding:
    """Run folders can be written there, and the planned rows find room."""
    try:
        with tempfile.TemporaryFile(dir=disk.existing(results)):
            found = check_disk(needs, results)
    except OSError as error:
        return Finding("disk", ok=False, detail=f"{results}: {error.strerror}", remedy="give another folder with --out")
    return found


def _more_files(needs: Needs) -> str:
    return f"ulimit -Hn {needs.files_in_storm} or more, in the shell that starts creditstorm, or plan fewer people"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
