"""Debian's pcscd with the vpcd driver, and programs that use it: do they see and use the card?

usage: pcscd_test.py --simurgh PROGRAM --make-card PROGRAM --scripts FOLDER

Starts a pcscd of its own, in a mount namespace with an empty /run, puts a provisioned card into the
virtual reader with `simurgh card run --vpcd`, and lets opensc-tool, pcsc_scan and scriptor work
with it. Everything started here dies with the namespace. Exit status 77: cannot run here.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
PROGRAMS = ("pcscd", "opensc-tool", "pcsc_scan", "scriptor", "unshare")
READER = "Virtual PCD 00 00"
ATR = "3B9F96803FC7828031E073F62157" + b"WSimurgh".hex().upper()
SKIP = 77
# Scripts whose answers do not depend on who asks; scriptor sends their lines as they stand.
FOR_SCRIPTOR = ("class_and_form", "select", "pin")

failures = []


def check(what, good, seen=""):
    print(("ok    " if good else "FAILED") + " " + what, flush=True)
    if not good:
        failures.append(what)
        print("       " + str(seen)[-2000:].replace("\n", "\n       "), flush=True)


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIP)


def run(*command, timeout=40, stdin=None):
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, input=stdin,
                          check=False)
    return done.returncode, done.stdout + done.stderr


def until(condition, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def hexadecimal(text):
    return re.sub(r"[^0-9A-F]", "", text.upper())


def free_port():
    """A port with a free one behind it: the driver takes two."""
    for _ in range(100):
        with socket.socket() as a, socket.socket() as b:
            a.bind(("127.0.0.1", 0))
            port = a.getsockname()[1]
            try:
                b.bind(("127.0.0.1", port + 1))
                return port
            except (OSError, OverflowError):
                continue
    skip("no two neighbouring ports are free")


class Daemon:
    def __init__(self, folder, port):
        conf = folder / "reader.conf.d"
        conf.mkdir()
        (conf / "vpcd").write_text(
            f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME /dev/null:0x{port:04X}\n'
            f"LIBPATH {DRIVER}\nCHANNELID 0x{port:04X}\n")
        self.log = open(folder / "pcscd.log", "w+")
        self.process = subprocess.Popen(["pcscd", "--foreground", "--config", str(conf)],
                                        stdout=self.log, stderr=subprocess.STDOUT)

    def works(self):
        ready = until(lambda: self.process.poll() is not None
                      or "Virtual PCD" in run("opensc-tool", "--list-readers")[1])
        return ready and self.process.poll() is None

    def text(self):
        self.log.seek(0)
        return self.log.read()


class Card:
    """A fresh card in the reader."""

    def __init__(self, args, original, folder, port):
        self.file = folder / "inserted.card"
        subprocess.run(["cp", "--sparse=always", str(original), str(self.file)], check=True)
        self.process = subprocess.Popen(
            [args.simurgh, "card", "run", "--card", f"host:{self.file}", "--vpcd", f"127.0.0.1:{port}"],
            stdout=subprocess.PIPE, text=True)
        self.said = self.process.stdout.readline()

    def seen(self):
        return until(lambda: re.search(r"^0\s+Yes", run("opensc-tool", "--list-readers")[1], re.M))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        until(lambda: not re.search(r"^0\s+Yes", run("opensc-tool", "--list-readers")[1], re.M))
        self.file.unlink()


def expectations(text):
    """(command, patterns or None) of a script: its own notation, tests/scripts/README.md."""
    out = []
    start = ""  # of a command that goes on in the next line
    again = False  # this command has a #> line already: the next one continues it
    for line in text.splitlines():
        if line[:2] in ("#>", "#|") and out:
            pattern = line[2:].replace(" ", "")
            if line[1] == ">" and again:
                out[-1][1][-1] += pattern
            else:
                out[-1][1].append(pattern)
            again = True
            continue
        if not line.strip() or line.startswith("#"):
            continue
        start += line.strip().rstrip("\\")
        if not line.rstrip().endswith("\\"):
            out.append((start, []))
            start, again = "", False
    return out


def matches(pattern, answer):
    regex = "".join("[0-9A-F]" if c == "." else "(?:[0-9A-F]{2})*" if c == "*" else re.escape(c)
                    for c in pattern.upper())
    return re.fullmatch(regex, answer) is not None


def with_scriptor(name, text):
    code, output = run("scriptor", "-r", READER, stdin=text, timeout=90)
    answers = []
    for line in output.splitlines():
        if line.startswith("> "):
            answers.append("")
        elif answers and re.match(r"^(< )?([0-9A-F]{2} )+[0-9A-F]{2}|^< OK", line):
            answers[-1] += hexadecimal(line.split(" : ")[0].replace("< OK:", ""))
    wanted = expectations(text)
    check(f"scriptor {name}: sends every line", code == 0 and len(answers) == len(wanted),
          f"{len(answers)} answers to {len(wanted)} lines\n{output}")
    checked = 0
    for (command, patterns), answer in zip(wanted, answers):
        if not patterns:
            continue
        checked += 1
        if not any(matches(p, answer) for p in patterns):
            check(f"scriptor {name}: {command}", False, f"{answer}, expected {patterns}")
    check(f"scriptor {name}: {checked} expectations", checked > 3, output)


def test(args, folder):
    original = folder / "original.card"
    subprocess.run([args.make_card, str(original)], check=True, capture_output=True)
    port = free_port()
    daemon = Daemon(folder, port)
    if not daemon.works():
        skip("pcscd does not come up here: " + daemon.text()[-500:])
    new_card = lambda: Card(args, original, folder, port)  # noqa: E731

    if args.bench:
        with new_card() as card:
            card.seen()
            print(run(args.bench, "--pcsc", READER, "--markdown", timeout=120)[1])
        return
    code, output = run("opensc-tool", "--list-readers")
    check("opensc-tool lists the reader, empty",
          code == 0 and re.search(rf"^0\s+No\s+{re.escape(READER)}", output, re.M), output)

    with new_card() as card:
        check("the card is in the reader", card.seen() and f":{port}" in card.said, card.said)
        code, output = run("opensc-tool", "--list-readers")
        check("opensc-tool lists the reader with its card",
              code == 0 and re.search(rf"^0\s+Yes\s+{re.escape(READER)}", output, re.M), output)
        code, output = run("opensc-tool", "-r", "0", "-a")
        check("opensc-tool -a shows the ATR", code == 0 and ATR in hexadecimal(output), output)
        code, output = run("opensc-tool", "-r", "0", "-s", "00A4000C022FE2", "-s", "00B000000A")
        check("opensc-tool -s selects and reads EF.ICCID",
              code == 0 and output.count("SW1=0x90, SW2=0x00") == 2
              and "980001010000000010F9" in hexadecimal(output), output)
        code, output = run("pcsc_scan", "-n", "-t", "3")
        check("pcsc_scan sees the reader, the card and its ATR",
              READER in output and "Card inserted" in output and ATR in hexadecimal(output), output)
        code, output = run(args.simurgh, "apdu", "--card", "pcsc:Virtual PCD 00 00", "--atr",
                           "00A4040C07A0000000871002")
        check("simurgh goes through PC/SC too", code == 0 and ATR in hexadecimal(output), output)

    with new_card() as card:
        card.seen()
        # A PIN verified, and a channel opened, do not live through a reset by the reader.
        code, output = run("scriptor", "-r", READER, stdin="""reset
00A4040C07A0000000871002
002800010831323334FFFFFFFF
00A4000C026F07
00B0000009
0070000001
reset
00A4040C07A0000000871002
00A4000C026F07
00B0000009
01A4000C023F00
""")
        words = re.findall(r"([0-9A-F]{2} [0-9A-F]{2}) : ", output)
        check("reset over vpcd: PIN and channels are gone",
              code == 0 and words[:4] == ["90 00"] * 4 and words[-4:] == ["90 00", "90 00", "69 82", "68 81"],
              output)
        code, output = run("opensc-tool", "-r", "0", "--reset")
        check("opensc-tool --reset", code == 0, output)

    for name in FOR_SCRIPTOR:
        with new_card() as card:
            card.seen()
            with_scriptor(name, (args.scripts / f"{name}.apdu").read_text())
        with new_card() as card:
            card.seen()
            code, output = run(args.simurgh, "script", str(args.scripts / f"{name}.apdu"), "--card",
                               "pcsc:Virtual PCD 00 00", timeout=90)
            check(f"simurgh script {name} through pcscd", code == 0, output)

    code, output = run("opensc-tool", "--list-readers")
    check("without a card the reader is empty again", re.search(r"^0\s+No", output, re.M), output)
    daemon.process.terminate()
    check("pcscd ends when asked to", daemon.process.wait(timeout=10) is not None)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--simurgh", required=True)
    parser.add_argument("--make-card", required=True)
    parser.add_argument("--scripts", type=Path, required=True)
    parser.add_argument("--bench", help="measure with this link_bench instead of testing")
    parser.add_argument("--inside", action="store_true")
    args = parser.parse_args()
    for program in PROGRAMS:
        if shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin") is None:
            skip(f"{program} is not installed (cmake/packages.sh test)")
    if not DRIVER.exists():
        skip(f"{DRIVER} is not installed (Debian: vsmartcard-vpcd)")
    os.environ["PATH"] += ":/usr/sbin"
    if not args.inside:
        # A namespace of mounts and one of processes: whatever is left running ends with it.
        probe = ["unshare", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"]
        if subprocess.run(probe + ["mount", "-t", "tmpfs", "tmpfs", "/run"], capture_output=True,
                          check=False).returncode != 0:
            skip("no mount namespace can be made here (unshare)")
        os.execvp(probe[0], probe + [sys.executable] + sys.argv + ["--inside"])
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    os.mkdir("/run/pcscd")
    with tempfile.TemporaryDirectory(prefix="simurgh-pcscd-") as folder:
        test(args, Path(folder))
    if failures:
        print(f"{len(failures)} failed: " + "; ".join(failures))
        sys.exit(1)
    print("pcscd: all as expected")


if __name__ == "__main__":
    main()
