"""What the programs say about their own command lines; for the scripts beside this."""

import json
import os
import subprocess
import sys

PROGRAMS = ["niks3", "niks3-hook", "niks3-server"]

# The form of the description; there has been no other.
VERSION = 0


def output(*call):
    return subprocess.run(call, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def command_tree(programs, program):
    """The command of a program as its parser describes it, with the commands below it."""
    binary = str(programs / program)
    if not os.access(binary, os.X_OK):
        script = os.path.basename(sys.argv[0])
        sys.exit(f"{script}: {programs} has no program {program}; build it first, with make build")
    tree = json.loads(output(binary, "--experimental-dump-help"))
    if tree["serializationVersion"] != VERSION:
        sys.exit(f"{program} describes itself in version {tree['serializationVersion']}; only {VERSION} is known")
    return tree["command"]


def shown_commands(words, command):
    """Every command with its words, the program itself first; the one for help apart."""
    yield words, command
    for sub in command.get("subcommands", []):
        if sub["shouldDisplay"] and sub["commandName"] != "help":
            yield from shown_commands(words + [sub["commandName"]], sub)
