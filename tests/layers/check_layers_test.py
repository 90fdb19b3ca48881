"""The layer checker must be able to fail: small trees, each with one fault, and their control."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import check_layers  # noqa: E402

GOOD = {
    "base/bytes.h": "#include <cstdint>\n",
    "hal/flash.h": '#include "base/bytes.h"\n',
    "crypto/mbedtls/aes.cc": '#include "mbedtls/aes.h"\n#include "base/bytes.h"\n',
    "firmware/store/store.h": '#include "hal/flash.h"\n',
    "firmware/keys/key_store.h": '#include "firmware/store/store.h"\n',
    "firmware/apps/session.h": '#include "firmware/keys/key_store.h"\n',
    "firmware/apps/uicc/uicc.h": '#include "firmware/apps/session.h"\n',
    "firmware/apps/usim/usim.h": '#include "firmware/apps/session.h"\n',
    "firmware/card/card.h": '#include "firmware/apps/usim/usim.h"\n',
    "hal/host/tcp.cc": "#include <sys/socket.h>\n",
    "tests/unit/all_test.cc": '#include "firmware/card/card.h"\n#include <unistd.h>\n',
    "base/CMakeLists.txt": "simurgh_library(base SOURCES a.cc)\n",
    "firmware/store/CMakeLists.txt": "simurgh_library(store SOURCES s.cc DEPENDS base)\n",
    "firmware/keys/CMakeLists.txt": "simurgh_library(keys\n  SOURCES k.cc DEPENDS store PRIVATE base)\n",
}

BAD = {
    "upward": {"base/bytes.h": '#include "hal/flash.h"\n'},
    "store above itself": {"firmware/store/store.h": '#include "firmware/keys/key_store.h"\n'},
    "another app": {"firmware/apps/uicc/uicc.h": '#include "firmware/apps/usim/usim.h"\n'},
    "off the card into the card": {"offcard/cli/main.cc": '#include "firmware/card/card.h"\n'},
    "mbedTLS outside": {"crypto/aes.h": '#include "mbedtls/aes.h"\n'},
    "PSA outside, spaced": {"crypto/aes.h": "  #  include <psa/crypto.h>\n"},
    "POSIX on the card": {"firmware/store/log.cc": "#include <unistd.h>\n"},
    "vendor header on the card": {"apdu/frame.cc": '#include "core_cm4.h"\n'},
    "folder without a row": {"extra/a.cc": '#include "base/bytes.h"\n'},
    "target depends upward": {
        "firmware/store/CMakeLists.txt": "simurgh_library(store SOURCES s.cc DEPENDS base keys)\n"},
    "private dependency upward": {
        "firmware/store/CMakeLists.txt": "simurgh_library(store SOURCES s.cc DEPENDS base PRIVATE keys)\n"},
    "include that is not there": {"hal/clock.h": '#include "base/byte.h"\n'},
}


def violations(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return check_layers.check(Path(folder))


def main():
    failed = 0
    found = violations(GOOD)
    if found:
        failed += 1
        print("control: expected none, found", found)
    for what, change in BAD.items():
        found = violations({**GOOD, **change})
        if len(found) != 1:
            failed += 1
            print(f"{what}: expected one violation, found {found}")
    print(f"layers_checker: {len(BAD)} faults, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
