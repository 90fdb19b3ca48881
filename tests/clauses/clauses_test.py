"""The generator must see what it claims to see: small trees, each with one change, and their control."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import clauses  # noqa: E402

TREE = {
    "tests/clauses/titles.txt": "[TS 102 221]\n11.1.9 VERIFY PIN\n11.1.17 MANAGE CHANNEL\n[SGP.22]\n5.7.21 SetNickname\n",
    "firmware/apps/uicc/uicc.cc":
        "// ETSI TS 102 221 table 10.5.\n"
        "    {Class::kIso, 0x20, Case::kAny, Effect::kReads, VerifyPin},  // 11.1.9\n"
        "    {Class::kIso, 0x70, Case::k2, Effect::kReads, ManageChannel},  // 11.1.17\n",
    "firmware/apps/isdr/es10.cc": "// SGP.22 5.7, ascending tags.\n    {0xBF29, SetNickname},      // 5.7.21\n",
    "tests/scripts/pin.apdu": "#: a name\n# @clause TS 102 221 11.1.9.2\n0020000100\n",
    "tests/unit/uicc/channel_test.cc": "// @clause TS 102 221 11.1.17\nTEST_F(Channel, Opened_Works) {}\n",
    "tests/unit/isdr/name_test.cc": "// @clause SGP.22 5.7.21\nTEST(Name, Set_Kept) {}\n",
}

# What is changed, and what the output must then say.
CHANGES = {
    "a row without clause": ({"firmware/apps/uicc/uicc.cc": "    {Class::kIso, 0x20, Case::kAny, Effect::kReads, VerifyPin},  // later\n"}, None),
    "no test of a row": ({"tests/unit/uicc/channel_test.cc": ""}, "TS 102 221 11.1.17 MANAGE CHANNEL: no test"),
    "no row": ({"firmware/apps/isdr/es10.cc": ""}, "SGP.22 5.7.21 SetNickname: no code"),
    "neither": ({"tests/clauses/titles.txt": TREE["tests/clauses/titles.txt"] + "5.7.22 GetRAT\n"},
                "SGP.22 5.7.22 GetRAT: no code and no test"),
    "a table is no clause": ({"firmware/apps/uicc/uicc.cc": "// ETSI TS 102 221 table 11.1.9.\n"},
                             "TS 102 221 11.1.9 VERIFY PIN: no code"),
    "a clause that is none": ({"tests/scripts/pin.apdu": "# @clause whatever\n"}, None),
}


def output(files):
    """Text of the page; None when the generator refused the tree."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        (root / "docs").mkdir()
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        try:
            page = clauses.generate(root)
        except SystemExit:
            return None
        assert clauses.main([directory]) == 0
        assert clauses.main([directory, "--check"]) == 0
        (root / "docs/clauses.md").write_text(page + "edited\n")
        assert clauses.main([directory, "--check"]) == 1
        return page


def main():
    control = output(TREE)
    failures = []
    if control is None or "3 have code and test, 0 are holes" not in control:
        failures.append(f"control: {control}")
    elif "| 11.1.9 | VERIFY PIN | firmware/apps/uicc/uicc.cc (VerifyPin, INS 20) | tests/scripts/pin.apdu |" not in control:
        failures.append("control: the row of 11.1.9 differs")
    for name, (change, expected) in CHANGES.items():
        page = output({**TREE, **change})
        if (page is None) != (expected is None) or (expected is not None and f"- {expected}\n" not in page):
            failures.append(f"{name}: expected {expected}")
    print("\n".join(failures) or f"{len(CHANGES)} changes and their control: ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
