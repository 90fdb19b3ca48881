"""Reads every #include and every simurgh_library() of the tree against the layer table.

usage: check_layers.py SOURCE_DIR      prints violations, exit status 1 when there are any
"""

import re
import sys
from pathlib import Path

# Folder -> what it may include besides itself. The longest matching folder counts, on both sides.
# The order is that of the layers (docs/architecture.md): each row names only rows above it.
CORE = ["base", "hal", "apdu", "crypto", "firmware/config.h"]
LAYER2 = CORE + ["firmware/store", "firmware/rsp"]
LAYER3 = LAYER2 + ["firmware/keys", "firmware/fs"]
LAYER4 = LAYER3 + ["firmware/access", "firmware/pki"]
ROOMS = LAYER4 + ["firmware/gp", "firmware/cat", "firmware/profile"]
CARD = ROOMS + ["firmware/apps", "firmware/card"]
ALLOWED = {
    "base": [],
    "hal": ["base"],
    "hal/host": ["base", "hal"],
    "hal/cortex_m": ["base", "hal"],
    "apdu": ["base", "hal"],
    "crypto": ["base", "hal"],
    "crypto/mbedtls": ["base", "hal", "crypto"],
    "firmware/config.h": [],
    "firmware/store": CORE,
    "firmware/rsp": ["base", "firmware/config.h"],
    "firmware/keys": LAYER2,
    "firmware/fs": LAYER2,
    "firmware/access": LAYER3,
    "firmware/pki": LAYER3,
    "firmware/profile": LAYER4,
    "firmware/gp": LAYER4,
    "firmware/cat": LAYER4 + ["firmware/gp"],
    "firmware/apps": ROOMS,  # session.h
    "firmware/apps/*": ROOMS + ["firmware/apps"],  # one app never includes another
    # but for class A0, which is the UICC's commands in another dress
    "firmware/apps/gsm": ROOMS + ["firmware/apps", "firmware/apps/*"],
    "firmware/card": ROOMS + ["firmware/apps", "firmware/apps/*", "firmware/apps/gsm"],
    "firmware/measured_door.h": CORE,
    "firmware/main.cc": CARD + ["firmware/measured_door.h", "hal/cortex_m", "qemu", "boards"],
    "boards": CARD + ["firmware/measured_door.h", "hal/cortex_m"],
    "boards/host": CARD + ["firmware/measured_door.h", "hal/host"],  # the PC is a board
    "qemu": CARD + ["firmware/measured_door.h", "hal/cortex_m"],
    # Entities off the card reach a card through a link only.
    "offcard": ["base", "hal", "hal/host", "apdu", "crypto", "firmware/rsp", "firmware/config.h"],
    "tests": None,  # everything
}

# What an #include line may say only in certain folders.
FENCES = [
    ("mbedTLS", re.compile(r"^(mbedtls|psa|tf-psa-crypto)/"), ["crypto/mbedtls"]),
    ("CMSIS or vendor", re.compile(r"^(core_cm|cmsis|CMSDK|mps2|stm32|nrf|RP2|pico/|hardware/)"),
     ["boards", "qemu", "hal/cortex_m"]),
    ("POSIX", re.compile(r"^(unistd|fcntl|termios|poll|pty|dirent|signal|csignal|pthread|netdb|utmp)(\.h)?$"
                         r"|^(sys|netinet|arpa|net)/"),
     ["hal/host", "boards/host", "offcard", "tests"]),
]
THIRD_PARTY = ("third_party", "build", ".git")
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)
LIBRARY = re.compile(r"^\s*simurgh_(?:library|interface)\(\s*(\w+)([^)]*)\)", re.M)


def room_of(path):
    """The row of ALLOWED for a path from the root, and what names the room itself."""
    parts = path.split("/")
    if parts[:2] == ["firmware", "apps"] and len(parts) > 3 and "/".join(parts[:3]) not in ALLOWED:
        return "firmware/apps/*", "/".join(parts[:3])
    for n in range(len(parts), 0, -1):
        name = "/".join(parts[:n])
        if name in ALLOWED:
            return name, name
    return None, None


def may(user, used):
    """Whether a file at `user` may include, or depend on, something at `used`."""
    user_row, user_room = room_of(user)
    used_row, used_room = room_of(used)
    if user_row is None or used_row is None:
        return False
    if user_room == used_room or ALLOWED[user_row] is None:
        return True
    if user_row == "crypto" and used_row == "crypto/mbedtls":
        return used.endswith("CMakeLists.txt")
    return used_row in ALLOWED[user_row]


def sources(root):
    for suffix in ("*.h", "*.cc", "*.c", "*.cpp"):
        for path in sorted(root.rglob(suffix)):
            name = path.relative_to(root).as_posix()
            if not name.startswith(tuple(t + "/" for t in THIRD_PARTY)):
                yield name, path.read_text(errors="replace")


def check_includes(root):
    for name, text in sources(root):
        for quote, target in INCLUDE.findall(text):
            for what, pattern, folders in FENCES:
                if pattern.search(target) and not name.startswith(tuple(f + "/" for f in folders)):
                    yield f"{name}: {what} header <{target}> outside {', '.join(folders)}"
            if quote == "<":
                continue
            if not (root / target).exists():
                known = any(f.search(target) for _, f, _ in FENCES)
                if not known and room_of(target)[0] is not None:
                    yield f"{name}: includes {target}, which does not exist (paths start at the root)"
                continue
            if not may(name, target):
                yield f"{name}: {room_of(name)[1]} may not include {target}"


def libraries(root):
    """Target name -> (CMakeLists.txt, names after DEPENDS and PRIVATE)."""
    found = {}
    for path in sorted(root.rglob("CMakeLists.txt")):
        name = path.relative_to(root).as_posix()
        if name.startswith(tuple(t + "/" for t in THIRD_PARTY)):
            continue
        text = re.sub(r"#.*", "", path.read_text())
        for target, rest in LIBRARY.findall(text):
            depends, keyword = [], None
            for word in rest.split():
                if word in ("SOURCES", "DEPENDS", "PRIVATE"):
                    keyword = word
                elif keyword in ("DEPENDS", "PRIVATE"):
                    depends.append(word)
            found[target] = (name, depends)
    return found


def check_targets(root):
    known = libraries(root)
    for target, (where, depends) in known.items():
        for other in depends:
            if other in known and not may(where, known[other][0]):
                yield f"{where}: {target} may not depend on {other} ({known[other][0]})"


def check(root):
    return sorted(set(check_includes(root)) | set(check_targets(root)))


def main():
    root = Path(sys.argv[1]).resolve()
    violations = check(root)
    for line in violations:
        print(line)
    print(f"layers: {sum(1 for _ in sources(root))} files, {len(libraries(root))} targets, "
          f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
