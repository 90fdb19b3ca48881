"""Writes docs/clauses.md: which clause of which standard lives where, and what tests it.

usage: clauses.py SOURCE_DIR            writes docs/clauses.md
       clauses.py SOURCE_DIR --check    says whether it is up to date, exit status 1 when it is not

What it reads, and nothing else:
  tests/clauses/titles.txt       the clauses the project answers for, with their titles
  rows of command tables         {Class::kIso, 0x20, ..., VerifyPin},  // 11.1.9
                                 {0xBF29, SetNickname},  // 5.7.21
                                 a clause without a standard is of the one named above the table
  tests/scripts/*.apdu           # @clause TS 102 221 11.1.9, with the `#:` above it
  tests/**/*.cc                  // @clause TS 102 221 11.1.9, above the TEST it belongs to
  comments of firmware, apdu and crypto that cite a clause: `TS 102 221 11.1.1.4.6`
A test of 11.1.1.2 also counts for 11.1.1. A clause with no code, or no test, is a hole.
"""

import re
import sys
from pathlib import Path

STANDARD = r"(?:(?:ETSI )?TS \d+(?:[ .]\d+)?|SGP\.\d+|ISO/IEC \d+-\d+|GP(?: Amendment [A-Z])?|docs/formats/\w+\.md)"
CITATION = re.compile(r"(%s),?(?: (?:clause|annex))? ([A-Z]?\d*(?:\.\d+)+|[A-Z]\.\d+(?:\.\d+)*|\d{1,2})(?![\w/])" % STANDARD)
BARE = re.compile(r"^([A-Z]?\d+(?:\.\d+)*)\b")
ROW = re.compile(r"\{\s*Class::k\w+\s*,\s*0x([0-9A-Fa-f]{2})\s*,[^}]*?(\w+)\s*\}\s*,\s*//\s*(.+?)\s*$")
OTHER_ROW = re.compile(r"\{\s*0x([0-9A-Fa-f]{2,6})\s*,\s*(\w+)[^}]*\}\s*,\s*//\s*(\d+(?:\.\d+)+)\s*$")
TEST = re.compile(r"^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST)\(\s*(\w+)\s*,\s*(\w+)\s*\)")
CODE_FOLDERS = ("apdu", "crypto", "firmware", "hal", "boards")


def normal(standard):
    standard = standard.removeprefix("ETSI ").strip()
    match = re.fullmatch(r"TS (\d+)\.(\d+)", standard)  # 3GPP TS 31.102 stays as it is
    return standard if not match or len(match[1]) == 2 else f"TS {match[1]} {match[2]}"


def sort_key(clause):
    return [(0, int(p), "") if p.isdigit() else (1, 0, p) for p in clause.split(".")]


class Clauses:
    """Standard -> clause -> places."""

    def __init__(self):
        self.titles = {}
        self.code = {}
        self.tests = {}
        self.order = []

    def note(self, table, standard, clause, place):
        places = table.setdefault((normal(standard), clause.rstrip(".")), [])
        if place not in places:
            places.append(place)


def read_titles(path, clauses):
    standard = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            standard = line[1:-1]
            clauses.order.append(standard)
            continue
        clause, _, title = line.partition(" ")
        if standard is None or not title:
            raise SystemExit(f"{path}:{number}: expected [STANDARD] or CLAUSE TITLE")
        clauses.titles[(standard, clause)] = title


def read_rows(name, lines, clauses):
    """Command tables: the standard is the last one a comment named before the row."""
    standard = None
    for line in lines:
        row = ROW.search(line)
        other = OTHER_ROW.search(line)
        if other and standard:
            clauses.note(clauses.code, standard, other[3], f"{name} ({other[2]}, tag {other[1].upper()})")
            continue
        if row is None:
            comment = line.strip()
            cited = re.search(STANDARD, comment) if comment.startswith("//") else None
            if cited:
                standard = normal(cited[0])
            continue
        ins, handler, note = row[1].upper(), row[2], row[3]
        place = f"{name} ({handler}, INS {ins})"
        cited = CITATION.search(note)
        bare = BARE.match(note)
        if cited:
            clauses.note(clauses.code, cited[1], cited[2], place)
        elif bare and standard:
            clauses.note(clauses.code, standard, bare[1], place)
        elif re.match(r"\w+\.md", note):
            clauses.note(clauses.code, "docs/formats", note.split()[0], place)
        else:
            raise SystemExit(f"{name}: row of INS {ins} names no clause: {note}")


def read_code(root, clauses):
    for folder in CODE_FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".cc"):
                continue
            name = path.relative_to(root).as_posix()
            lines = path.read_text(errors="replace").splitlines()
            read_rows(name, lines, clauses)
            for line in lines:
                _, slashes, comment = line.partition("//")
                if not slashes or ROW.search(line) or OTHER_ROW.search(line):
                    continue
                for standard, clause in CITATION.findall(comment):
                    clauses.note(clauses.code, standard, clause, name)


def read_scripts(root, clauses):
    for path in sorted((root / "tests/scripts").glob("*.apdu")):
        name = path.relative_to(root).as_posix()
        for line in path.read_text().splitlines():
            match = re.match(r"# @clause (.+)", line)
            if match:
                note_test(clauses, match[1], name)


def read_tests(root, clauses):
    for path in sorted((root / "tests").rglob("*.cc")):
        name = path.relative_to(root).as_posix()
        waiting = []
        for line in path.read_text(errors="replace").splitlines():
            match = re.match(r"\s*// @clause (.+)", line)
            if match:
                waiting.append(match[1])
            test = TEST.match(line)
            if test:
                for text in waiting:
                    note_test(clauses, text, f"{name} {test[1]}.{test[2]}")
                waiting = []


def note_test(clauses, text, place):
    """`TS 102 221 11.1.9`, several separated by commas or semicolons, or docs/formats/NAME.md."""
    for part in re.split(r"[;,]\s*", text.strip()):
        document = re.match(r"docs/formats/(\w+\.md)", part)
        cited = CITATION.search(part)
        if document:
            clauses.note(clauses.tests, "docs/formats", document[1], place)
        elif cited:
            clauses.note(clauses.tests, cited[1], cited[2], place)
        else:
            raise SystemExit(f"{place}: not a clause: {part}")


def below(table, standard, clause):
    """Places of the clause and of everything inside it."""
    found = []
    for (s, c), places in table.items():
        if s == standard and (c == clause or c.startswith(clause + ".")):
            found += [p for p in places if p not in found]
    return sorted(found)


def cell(places, what):
    if not places:
        return f"**no {what}**"
    shown = places[:4]
    more = f", and {len(places) - 4} more" if len(places) > 4 else ""
    return ", ".join(shown) + more


def render(clauses):
    out = ["# Clauses", "",
           "Which clause of which standard lives where, and what tests it. Written by `tests/clauses/clauses.py` from",
           "command tables, comments, scripts and tests; do not edit. A **hole** is a clause of the list",
           "`tests/clauses/titles.txt` that no code cites or no test names.", ""]
    holes = []
    body = []
    standards = list(clauses.order)
    for standard in sorted({s for s, _ in list(clauses.code) + list(clauses.tests)}):
        if standard not in standards:
            standards.append(standard)
    for standard in standards:
        listed = {c for s, c in clauses.titles if s == standard}
        tested = {c for s, c in clauses.tests if s == standard}
        rows = sorted(listed | tested, key=sort_key)
        if not rows:
            continue
        body += [f"## {standard}", "", "| clause | title | file | test |", "|---|---|---|---|"]
        for clause in rows:
            title = clauses.titles.get((standard, clause), "")
            code = below(clauses.code, standard, clause)
            tests = below(clauses.tests, standard, clause)
            if clause in listed:
                missing = [w for w, places in (("code", code), ("test", tests)) if not places]
                if missing:
                    holes.append(f"{standard} {clause} {title}: no {' and no '.join(missing)}")
            where = cell(code, "code") if code or clause in listed else ""
            body.append(f"| {clause} | {title} | {where} | {cell(tests, 'test')} |")
        body.append("")
    total = len(clauses.titles)
    out += [f"{total} clauses are listed, {total - len(holes)} have code and test, {len(holes)} are holes.", ""]
    out += body + ["## Holes", ""] + [f"- {h}" for h in holes] + ([""] if holes else ["None.", ""])
    return "\n".join(out)


def generate(root):
    clauses = Clauses()
    read_titles(root / "tests/clauses/titles.txt", clauses)
    read_code(root, clauses)
    read_scripts(root, clauses)
    read_tests(root, clauses)
    return render(clauses)


def main(arguments):
    if len(arguments) not in (1, 2) or (len(arguments) == 2 and arguments[1] != "--check"):
        print(__doc__)
        return 2
    root = Path(arguments[0])
    text = generate(root)
    target = root / "docs/clauses.md"
    if len(arguments) == 1:
        target.write_text(text)
        return 0
    if target.exists() and target.read_text() == text:
        return 0
    print("docs/clauses.md is not up to date; run: python3 tests/clauses/clauses.py .")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
