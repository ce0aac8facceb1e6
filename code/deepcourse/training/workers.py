"""Workers as processes of this machine, which end together.

Nothing here waits for ever: a worker that dies, or a limit of time, ends all
of them, and says which one it was and what it said last.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deepcourse.gradflow import expect


class WorkerError(RuntimeError):
    """A worker died, or there was no end."""


def tf_configs(ports):
    """What a worker has to know: all addresses, its number.

    Args:
        ports: one of this machine for each worker.

    Returns:
        A list of texts, each a value of the variable TF_CONFIG.

    Examples:
        >>> tf_configs([5001, 5002])[1]
        '{"cluster": {"worker": ["127.0.0.1:5001", "127.0.0.1:5002"]}, \
"task": {"type": "worker", "index": 1}}'
    """
    addresses = [f"127.0.0.1:{port}" for port in ports]
    return [
        json.dumps(
            {
                "cluster": {"worker": addresses},
                "task": {"type": "worker", "index": i},
            }
        )
        for i in range(len(ports))
    ]


def free_ports(count):
    """Ports that nobody listens at, chosen by the system.

    Args:
        count: how many.

    Returns:
        A list of different numbers.
    """
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            made = stack.enter_context(socket.socket())
            made.bind(("127.0.0.1", 0))
            found.append(made.getsockname()[1])
        return found


def run_all(commands, environments, seconds):
    """Run processes side by side until all have ended well.

    Args:
        commands: the arguments of each, program first.
        environments: variables that each gets beside those of this process.
        seconds: after which all are ended.

    Returns:
        What each printed.

    Raises:
        WorkerError: One ended with an error, or time was up. No process is
            left then.
    """
    seconds = expect.number(
        "seconds", seconds, lambda s: s > 0, "above 0"
    )
    end, alive = time.monotonic() + seconds, []
    with tempfile.TemporaryDirectory() as place:
        files = [
            Path(place, f"{i}") for i in range(len(commands))
        ]
        try:
            for own, also, file in zip(
                commands, environments, files, strict=True
            ):
                with (
                    file.open("w", encoding="utf-8") as out,
                    file.with_suffix(".err").open(
                        "w", encoding="utf-8"
                    ) as err,
                ):
                    alive.append(
                        subprocess.Popen(
                            own,
                            stdout=out,
                            stderr=err,
                            env=os.environ | also,
                        )
                    )
            while None in (codes := [p.poll() for p in alive]):
                if any(codes):
                    break
                if time.monotonic() > end:
                    late = codes.index(None)
                    raise WorkerError(
                        f"worker {late} of {len(codes)}: no end after "
                        f"{seconds} s; {last_line(files[late])}"
                    )
                time.sleep(0.05)
            for i, code in enumerate(codes):
                if code:
                    raise WorkerError(
                        f"worker {i} of {len(codes)}: ended with {code}; "
                        f"{last_line(files[i])}"
                    )
            return [f.read_text(encoding="utf-8") for f in files]
        finally:
            for process in alive:
                process.kill()
                process.wait()


def last_line(file):
    """What a process said last on its way to an error.

    Args:
        file: the path of what it printed.

    Returns:
        A line, or that there is none.
    """
    said = file.with_suffix(".err").read_text(
        encoding="utf-8", errors="replace"
    )
    lines = [line for line in said.splitlines() if line.strip()]
    return f"it said: {lines[-1]}" if lines else "it said nothing"


WORKER = "deepcourse.training.distributed"


def start(workers, seconds=120, module=WORKER, **settings):
    """Train on some workers of this machine.

    Args:
        workers: how many.
        seconds: after which all are ended.
        module: what each of them runs.
        **settings: of `distributed.losses_of`, and threads of each worker.

    Returns:
        For each worker a dictionary of its losses and its seconds a step.

    Raises:
        WorkerError: One died, or there was no end.
    """
    command = [sys.executable, "-m", module, json.dumps(settings)]
    quiet = {
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "CUDA_VISIBLE_DEVICES": "-1",
    }
    also = [{}]
    if workers > 1:
        made = tf_configs(free_ports(workers))
        also = [{"TF_CONFIG": text} for text in made]
    printed = run_all(
        [command] * workers,
        [quiet | each for each in also],
        seconds,
    )
    return [json.loads(each.splitlines()[-1]) for each in printed]
