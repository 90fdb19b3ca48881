#!/usr/bin/env python3
"""Wrong use of `simurgh`: every row ends with its exit code, one line on stderr that says what, and
nothing done.   command_line_test.py PROGRAM EXAMPLES
"""
import os
import subprocess
import sys
import tempfile

EID = "89049032123451234512345678901235"
CARD = "--card host:my.card"
K = "465B5CE8B199B49FAA5F0A2EE238A6BC"

# What makes the rows' world; all of it must work: the control.
WORLD = [
    f"card new my.card --eid {EID}",
    "pki new keys",
    f"manufacture {CARD} --pki keys",
    "profile build examples/operational.json -o p.der",
    f"image pack p.der --pki keys --eid {EID} --id 5 -o p.img",
    f"image send p.img {CARD}",
    f"profiles enable 8900101000000000019 {CARD}",
    f"apdu {CARD} 00A40004023F00",
    f"trace {CARD} --hex 00A40004023F00 --record t.trace --pcap t.pcap --summary",
    "trace read t.trace --json",
    "trace read t.pcap",
    f"card tree {CARD} --contents",
    f"card snapshot {CARD} p.snap",
    "card restore p.snap --card host:second.card",
    f"auth {CARD} --pin 1234 --k {K} --opc CD63CB71954A9F4E48A5994E37A02BAF",
]

# arguments, exit code, what the line says
ROWS = [
    ("", 2, "subcommand is required"),
    ("bogus", 2, "there is no command 'bogus'"),
    ("card new", 2, "FILE is required"),
    ("card new y.card --eid 123", 1, "32 decimal digits"),
    ("card new y.card --eid 89049032123451234512345678901236", 1, "should be 35"),
    (f"card new my.card --eid {EID}", 1, "File exists"),
    (f"card new no/y.card --eid {EID}", 1, "No such file or directory"),
    ("card info none.card", 1, "create the card first"),
    ("card info p.der", 1, "exactly 16 MiB"),
    ("apdu 00A4000000", 2, "--card is required"),
    (f"apdu {CARD} 00", 1, "at least four bytes"),
    (f"apdu {CARD} 0", 1, "odd number"),
    (f"apdu {CARD} 00A4000X", 1, "not a hexadecimal digit"),
    ("apdu --card foo:bar 00A4000000", 1, "expected host:FLASH"),
    (f"apdu {CARD} --link t3 00A4000000", 2, "--link"),
    ("apdu --card pcsc:x --link t1 00A4000000", 1, "chooses the protocol itself"),
    (f"apdu {CARD} --link t0 00A4000000012400", 1, "no extended lengths"),
    ("apdu --card host:none.card 00A4000000", 1, "simurgh card new none.card"),
    ("apdu --card qemu:pdp11:my.card 00A4000000", 1, 'no machine "pdp11"'),
    ("apdu --card tcp:127.0.0.1 00A4000000", 1, "expected tcp:HOST:PORT"),
    ("apdu --card tcp:127.0.0.1:1 00A4000000", 1, "simurgh card run"),
    ("apdu --card unix:none 00A4000000", 1, "No such file"),
    ("apdu --card serial:/dev/null 00A4000000", 1, "not a serial device"),
    (f"script none.apdu {CARD}", 1, "cannot be read"),
    (f"trace {CARD}", 1, "give scripts, or commands with --hex"),
    ("trace --hex 00A4000000", 1, "--card is missing"),
    ("trace --card tcp:127.0.0.1:1 --hex 00A4000000", 1, "simurgh card run"),
    (f"trace {CARD} --hex 00A4000X", 1, "not a hexadecimal digit"),
    (f"trace {CARD} --hex 00A40004 --pcap no/t.pcap", 1, "no/t.pcap: No such file"),
    (f"trace {CARD} --hex 00A40004 --record no/t.trace", 1, "no/t.trace: No such file"),
    (f"trace {CARD} --hex 00A40004 --pcap /dev/full", 1, "/dev/full: No space left"),
    (f"trace {CARD} --hex 00A40004 --gsmtap 127.0.0.1:0", 1, "expected HOST or HOST:PORT"),
    (f"card run {CARD} --listen 0 --trace no/t.trace", 1, "no/t.trace: No such file"),
    (f"card run {CARD} --listen 0 --pcap no/t.pcap", 1, "no/t.pcap: No such file"),
    ("trace read none.trace", 1, "cannot be read"),
    ("trace read p.der", 1, "neither a trace"),
    ("card tree --card tcp:127.0.0.1:1", 1, "simurgh card run"),
    (f"card tree {CARD} --adm 123456789", 1, "1..8 characters"),
    (f"card tree {CARD} --adm 99999999", 1, "tries left"),
    ("card snapshot --card host:none.card s.snap", 1, "No such file"),
    ("card snapshot --card host:p.der s.snap", 1, "exactly 16 MiB"),
    ("card snapshot --card tcp:127.0.0.1:1 s.snap", 1, "are files"),
    ("card restore p.der --card host:new.card", 1, "not a snapshot"),
    (f"card restore p.snap {CARD}", 1, "--force"),
    ("profile build none.json -o q.der", 1, "cannot be read"),
    ("profile check keys", 1, "Is a directory"),
    ("pki new keys", 1, "already"),
    ("pki show none", 1, "simurgh pki new none"),
    (f"manufacture {CARD} --pki none", 1, "simurgh pki new none"),
    (f"manufacture {CARD} --pki keys", 1, "a card takes them once"),
    (f"image pack p.der --pki keys --eid {EID} --id -1 -o q.img", 2, "not a whole number"),
    (f"image pack p.der --pki keys --eid {EID} --id 99999999999999999999 -o q.img", 2, "not a whole number"),
    (f"image pack p.img --pki keys --eid {EID} --id 6 -o q.img", 1, "not a profile package"),
    ("image pack p.der --pki keys --eid 12 --id 6 -o q.img", 1, "no keys of card 12"),
    ("image inspect p.der", 1, "not an image"),
    (f"image send p.der {CARD}", 1, "not an image"),
    (f"image send p.img {CARD}", 1, "greater --id"),
    (f"profiles enable 12 {CARD}", 1, "18 to 20 digits"),
    (f"profiles enable 8900101000000000018 {CARD}", 1, "no such profile"),
    (f"profiles enable 8900101000000000019 {CARD}", 1, "enabled already"),
    (f"profiles delete 8900101000000000019 {CARD}", 1, "disable it first"),
    (f"auth {CARD} --pin 12 --k {K}", 1, "4 to 8 digits"),
    (f"auth {CARD} --k 00", 1, "K must have"),
    (f"personalize {CARD} --pki keys --imsi 12 --k {K}", 1, "6 to 15 digits"),
    (f"personalize {CARD} --pki keys --imsi 001010000000002 --k 00", 1, "32 hexadecimal digits"),
    (f"personalize {CARD} --pki keys --imsi 001010000000002 --k {K} --admin-code 0000", 1, "tries left"),
    ("main-job --examples none", 2, "Directory does not exist"),
    ("main-job --machine pdp11 --examples examples", 2, "pdp11"),
]


def main():
    program, examples = sys.argv[1:3]
    failures = []
    with tempfile.TemporaryDirectory() as directory:
        os.symlink(examples, os.path.join(directory, "examples"))

        def run(arguments):
            return subprocess.run([program, *arguments.split()], cwd=directory, text=True, timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        for arguments in WORLD:
            done = run(arguments)
            if done.returncode != 0:
                failures.append(f"{arguments}: exit code {done.returncode}: {done.stderr}")
        before = sorted(os.listdir(directory))
        for arguments, code, words in ROWS:
            done = run(arguments)
            lines = done.stderr.splitlines()
            if done.returncode != code or len(lines) != 1 or words not in lines[0]:
                failures.append(f"simurgh {arguments}: exit code {done.returncode}, expected {code} and "
                                f"'{words}':\n{done.stderr}")
        after = sorted(os.listdir(directory))
        if before != after:
            failures.append(f"files came or went: {before} {after}")
    print("\n".join(failures))
    print(f"{len(ROWS)} rows, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
