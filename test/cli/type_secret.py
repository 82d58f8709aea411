"""Runs a command at a terminal of its own, and types a line for each question. Prints all that the terminal shows.

type_secret.py LINE COMMAND [ARGUMENT …]
"""

import os
import pty
import sys

line, *command = sys.argv[1:]
process, terminal = pty.fork()
if process == 0:
    os.execvp(command[0], command)
shown = b""
answered = 0
while True:
    try:
        read = os.read(terminal, 4096)
    except OSError:
        break
    if not read:
        break
    shown += read
    questions = shown.count(b"(not shown): ") + shown.count(b"Again: ")
    if questions > answered:
        answered += 1
        os.write(terminal, line.encode() + b"\r")
sys.stdout.write(shown.decode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
