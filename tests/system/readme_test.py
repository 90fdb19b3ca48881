#!/usr/bin/env python3
"""Runs the sessions of a page and compares what they print with what the page says.

    readme_test.py PAGE.md PROGRAM EXAMPLES

A session is a fenced block with lines that begin with "$ ". They run in one new directory, in the
order of the page. In what is expected, a line "..." stands for any lines and "..." within a line for
any text. Commands that need a service or a program from elsewhere are not run (SKIPPED).
"""
import os
import re
import subprocess
import sys
import tempfile

SKIPPED = re.compile(r"--vpcd|^(LPAC_|lpac|scriptor|opensc|pcsc|git )|&$")


def sessions(text):
    """(command, expected lines) in the order of the page."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        command, expected = None, []
        lines = iter(block.splitlines())
        for line in lines:
            if line.startswith("$ "):
                if command is not None:
                    yield command, expected
                command, expected = line[2:], []
                while command.endswith("\\"):
                    command = command[:-1] + next(lines)
            elif command is not None:
                expected.append(line)
        if command is not None:
            yield command, expected


def line_matches(expected, actual):
    pattern = ".*".join(re.escape(part) for part in expected.rstrip().split("..."))
    return re.fullmatch(pattern, actual.rstrip()) is not None


def matches(expected, actual):
    if not expected:
        return not actual
    if expected[0].strip() == "...":
        return any(matches(expected[1:], actual[i:]) for i in range(len(actual) + 1))
    return bool(actual) and line_matches(expected[0], actual[0]) and matches(expected[1:], actual[1:])


def main():
    page, program, examples = sys.argv[1:4]
    with open(page, encoding="utf-8") as file:
        commands = list(sessions(file.read()))
    environment = dict(os.environ, PATH=os.path.dirname(program) + ":" + os.environ["PATH"])
    run = failed = 0
    with tempfile.TemporaryDirectory() as directory:
        os.symlink(examples, os.path.join(directory, "examples"))
        for command, expected in commands:
            if SKIPPED.search(command):
                print(f"not run: {command}")
                continue
            done = subprocess.run(["bash", "-c", command], cwd=directory, env=environment, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
            run += 1
            if done.returncode == 0 and matches(expected, done.stdout.splitlines()):
                continue
            failed += 1
            print(f"{page}: $ {command}\nexpected:\n" + "\n".join(expected) +
                  f"\nprinted (exit code {done.returncode}):\n{done.stdout}")
    print(f"{page}: {run} commands run, {failed} differ")
    return 1 if failed or run == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
