# SPDX-License-Identifier: GPL-3.0-or-later
"""One session, run again and again with one fault in it each time, then once more without.

A fault is a call that fails, a full disk, a short write, or the program's end by SIGKILL: see
shim.c. After each: the program ended by itself, with one line of what went wrong where it did
not go on; every file it was to write is whole or not there, and nothing else is left. The second
session, in the same folder, then writes the very bytes of one that nothing happened to.

    faults.py PROGRAM SHIM [MOST]

MOST is how many calls of a kind are failed at most (600): all of them where there are not more,
else the first third of MOST and the rest spread over those that follow.
"""
import concurrent.futures
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import zipfile

PROGRAM, SHIM = (os.path.abspath(path) for path in sys.argv[1:3])
MOST = int(sys.argv[3]) if len(sys.argv) > 3 else 600
LIMIT = 120  # seconds in which a session ends by itself, on any machine

SESSION = """set rows 60 test-rows 20 dim 3 batch 10 steps 20 eval-every 10 experts 2 expert-units 3
sweep store=t.db seeds=3 p=0.5,1 jobs=1
report r.html
run
export loss.svg
export loss.csv
export weights w.npz
export data d.safetensors
save s.npz
load s.npz
log l.mmoe
"""
# Font libraries do not outlive a lack of memory: its session draws nothing.
DRAWS = re.compile(r"report r.html\n|export loss.svg\n")
WRITTEN = ["r.html", "loss.svg", "loss.csv", "w.npz", "d.safetensors", "s.npz", "l.mmoe"]
STORE = ["t.db", "t.db-wal", "t.db-shm"]
FAULTS = [
    ("malloc", "ENOMEM"), ("malloc", "+ENOMEM"),
    ("write", "EIO"), ("write", "+ENOSPC"), ("write", "short"), ("write", "EINTR"), ("write", "kill"),
    ("fsync", "EIO"), ("fsync", "kill"),
    ("rename", "EACCES"), ("rename", "kill"),
    ("open", "EMFILE"), ("open", "EACCES"), ("open", "kill"),
]
DIED = 128


def session(folder, fault=None):
    """Runs the session in a folder; its status and what it said on stderr."""
    text = DRAWS.sub("", SESSION) if fault and fault.startswith("malloc") else SESSION
    environment = dict(os.environ, HOME=folder, XDG_STATE_HOME=folder + "/state",
                       XDG_CONFIG_HOME=folder + "/state", OPENBLAS_NUM_THREADS="1", LC_ALL="C.UTF-8")
    if fault:
        environment.update(LD_PRELOAD=SHIM, FAULT=fault, FAULT_COUNT=folder + "/../count")
    done = subprocess.run([PROGRAM, "-b", "-q", "-e", text], cwd=folder, env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, timeout=LIMIT, check=False)
    return done.returncode, done.stderr.decode("utf-8", "replace")


def content(path):
    """What a file says, but for the time things took."""
    if path.endswith("s.npz"):
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["run.numbers.npy"] = parts["run.numbers.npy"][:-8]  # the last one is seconds
        return hashlib.sha256(repr(parts).encode()).hexdigest()
    with open(path, "rb") as file:
        text = file.read()
    if path.endswith(".html"):
        text = re.sub(rb"[0-9.,]+ (s|min|h)\b|[0-9-]{10}T[0-9:]{8}Z", b"TIME", text)
    if path.endswith(".mmoe"):
        text = DRAWS.sub("", text.decode()).encode()
    return hashlib.sha256(text).hexdigest()


def runs(folder, study="1"):
    """The losses of a study, by run and task; None where there is no store yet."""
    path = folder + "/t.db"
    if not os.path.exists(path):
        return None
    store = sqlite3.connect(path)
    try:
        return dict(store.execute("SELECT run || ':' || task, loss FROM losses "
                                  f"WHERE study = {study}"))
    except sqlite3.OperationalError:
        return None  # the tables were not made yet
    finally:
        store.close()


def others(folder):
    """Names of files that no session is to leave."""
    return [name for name in os.listdir(folder) if name not in WRITTEN + STORE + ["state"]]


def faults(count):
    """Which of so many calls are failed."""
    first = MOST if count <= MOST else MOST // 3
    chosen = list(range(1, min(count, first) + 1))
    left = MOST - len(chosen)
    if count > MOST:
        chosen += [first + 1 + i * (count - first) // left for i in range(left)]
    return chosen


def broken(fault, reference):
    """Runs one fault; a line of what does not hold, or None."""
    top = tempfile.mkdtemp(prefix="mmoe-faults-")
    folder = top + "/work"
    os.mkdir(folder)
    try:
        status, said = session(folder, fault)
        killed = fault.endswith("kill")
        lines = [line for line in said.splitlines() if line]
        if status < 0 and not (killed and status == -9):
            return f"ended by signal {-status}: {said}"
        if status > 0 and not 1 <= len(lines) <= 3:
            return f"status {status} with {len(lines)} lines: {said}"
        if status > DIED:
            return f"status {status}: {said}"
        if not (killed or "out of memory" in said) and others(folder):
            return f"left {others(folder)}; said: {said}"
        for name in WRITTEN:
            path = folder + "/" + name
            if os.path.exists(path) and content(path) != reference[name]:
                return f"{name} is not whole (status {status}): {said}"
        before = runs(folder) or {}
        status, said = session(folder)
        if status != 0:
            return f"the second session ended with {status}: {said}"
        for name in WRITTEN:
            if content(folder + "/" + name) != reference[name]:
                return f"the second session wrote another {name}"
        if runs(folder, "(SELECT max(id) FROM studies)") != reference["runs"]:
            return "the second session stored other runs"
        if others(folder):
            return f"the second session left {others(folder)}"
        if not set(before.items()) <= set(runs(folder).items()):
            return "stored runs are gone"
        return None
    except subprocess.TimeoutExpired:
        return "did not end"
    finally:
        shutil.rmtree(top)


def counted(call):
    """How many such calls a session makes."""
    with tempfile.TemporaryDirectory(prefix="mmoe-faults-") as top:
        os.mkdir(top + "/work")
        session(top + "/work", f"{call}:0:EIO")
        with open(top + "/count", encoding="ascii") as file:
            return int(file.read())


def main():
    with tempfile.TemporaryDirectory(prefix="mmoe-faults-") as folder:
        status, said = session(folder)
        if status != 0:
            sys.exit(f"the session fails without a fault: {said}")
        reference = {name: content(folder + "/" + name) for name in WRITTEN}
        reference["runs"] = runs(folder)
    counts = {call: counted(call) for call in {call for call, _ in FAULTS}}
    failures = injected = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for call, how in FAULTS:
            plan = [f"{call}:{n}:{how}" for n in faults(counts[call])]
            wrong = [(fault, line) for fault, line in
                     zip(plan, pool.map(lambda fault: broken(fault, reference), plan)) if line]
            injected += len(plan)
            failures += len(wrong)
            print(f"{call} {how}: {len(plan)} of {counts[call]} calls, {len(wrong)} broken", flush=True)
            for fault, line in wrong[:8]:
                print(f"  {fault}: {line}", flush=True)
    print(f"{injected} faults, {failures} broken promises")
    sys.exit(failures > 0)


main()
