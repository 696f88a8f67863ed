"""A shell as far as job control matters: runs a program as its job.

It waits for its job, says when that has stopped and how the terminal is then, and does with it what
is typed: Enter continues it in the foreground, and names of signals are sent to it.
"""

from __future__ import annotations

import sys

_SHELL = """
import os, signal, sys, termios, time
PAUSE = 0.02
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
before = termios.tcgetattr(0)
pid = os.fork()
if pid == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execvp(sys.argv[1], sys.argv[1:])
print("PID", pid, flush=True)
stops = 0
while True:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        break
    os.tcsetpgrp(0, os.getpgrp())
    stops += 1
    state = "SANE" if termios.tcgetattr(0) == before else "RAW"
    print("\\x1b[9;1HSTOPPED", stops, state, flush=True)
    names = sys.stdin.readline().split()
    if not names:
        os.tcsetpgrp(0, pid)
    for name in names or ["SIGCONT"]:
        os.killpg(pid, getattr(signal, name))
        time.sleep(PAUSE)
os.tcsetpgrp(0, os.getpgrp())
print("\\x1b[9;1HENDED", os.waitstatus_to_exitcode(status), flush=True)
"""

JOB_SHELL = (sys.executable, "-c", _SHELL)
"""What is put before a command to run it as a job."""
