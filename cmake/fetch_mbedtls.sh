#!/bin/sh
# Obtains the source of mbedTLS 3.6 from Debian's own archive, through apt, as any user.
#   fetch_mbedtls.sh DIRECTORY     prints the folder of the source, DIRECTORY/mbedtls-3.6.x
# The machine's apt sources are read for the archive it already trusts; the suite is set to the one
# that carries 3.6, and apt checks its signatures. A source that is there already is used as it is.
set -eu

SUITE=trixie
KNOWN_VERSION=3.6.6
KNOWN_SHA256=8fb65fae8dcae5840f793c0a334860a411f884cc537ea290ce1c52bb64ca007a

fail() {
  echo "fetch_mbedtls: $1; or set SIMURGH_MBEDTLS_DIR to a copy of mbedTLS 3.6" >&2
  exit 1
}

[ $# -eq 1 ] || fail "usage: fetch_mbedtls.sh DIRECTORY"
mkdir -p "$1"
target=$(cd "$1" && pwd)

# Two configures may run at once: the second waits, then finds the work done.
if command -v flock >/dev/null; then
  exec 9>"$target/.fetch.lock"
  flock 9
fi

for found in "$target"/mbedtls-3.6.*; do
  if [ -f "$found/library/aes.c" ]; then
    echo "$found"
    exit 0
  fi
done

command -v apt-get >/dev/null || fail "this machine has no apt-get"
command -v bzip2 >/dev/null || fail "bzip2 is missing (apt-get install bzip2)"

tmp=$(mktemp -d "$target/.fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
mkdir -p "$tmp/parts" "$tmp/lists/partial" "$tmp/cache/archives/partial" "$tmp/unpacked"

# The stanzas that carry this machine's own release, section main, with the suite exchanged.
codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
for file in /etc/apt/sources.list.d/*.sources; do
  [ -f "$file" ] || continue
  # A comment line may stand inside a stanza: drop comments, keep blank lines.
  sed '/^#/d' "$file" | awk -v suite="$SUITE" -v own="$codename" '
    function has(list, word,   i, n, words) {
      n = split(list, words, /[ \t]+/)
      for (i = 1; i <= n; i++) if (words[i] == word) return 1
      return 0
    }
    function flush_stanza(   use) {
      use = has(value["types"], "deb") || has(value["types"], "deb-src")
      use = use && has(value["components"], "main") && value["enabled"] !~ /^[ \t]*no/
      use = use && (has(value["suites"], own) || has(value["suites"], "stable") ||
                    has(value["suites"], "oldstable") || has(value["suites"], suite))
      if (use) print "Types: deb-src\nSuites: " suite "\nComponents: main\n" kept
      split("", value); kept = ""; name = ""
    }
    /^[ \t]*$/ { flush_stanza(); next }
    /^[ \t]/ {
      value[name] = value[name] " " $0
      if (keep) kept = kept $0 "\n"
      next
    }
    {
      name = tolower(substr($0, 1, index($0, ":") - 1))
      value[name] = substr($0, index($0, ":") + 1)
      keep = name == "uris" || name == "signed-by" || name == "trusted" || name == "check-valid-until"
      if (keep) kept = kept $0 "\n"
    }
    END { flush_stanza() }' >>"$tmp/parts/own.sources"
done
# One-line style: deb [options] URI suite components
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
  [ -f "$file" ] || continue
  sed 's/#.*//' "$file" | awk -v suite="$SUITE" -v own="$codename" '
    $1 == "deb" || $1 == "deb-src" {
      at = 2; options = ""
      if ($2 ~ /^\[/) {
        while (at <= NF) {
          word = $at; closed = word ~ /\]$/
          gsub(/[][]/, "", word)
          if (word != "" && word !~ /^(arch|lang|target)/) options = options " " word
          at++
          if (closed) break
        }
      }
      main = 0
      for (i = at + 2; i <= NF; i++) if ($i == "main") main = 1
      release = $(at + 1)
      if (main && (release == own || release == "stable" || release == "oldstable" || release == suite))
        print "deb-src " (options == "" ? "" : "[" options " ] ") $at " " suite " main"
    }' | sort -u >>"$tmp/parts/own.list"
done
[ -s "$tmp/parts/own.sources" ] || [ -s "$tmp/parts/own.list" ] ||
  fail "found no apt source for section main of this machine's release"

# Lists and cache are private, so no root is needed and the machine's own lists stay as they are.
private_apt() {
  apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$tmp/parts" \
    -o Dir::State::Lists="$tmp/lists" -o Dir::Cache="$tmp/cache" -o APT::Sandbox::User= \
    -o Acquire::Languages=none -o Acquire::Retries=2 "$@"
}
private_apt update >"$tmp/log" 2>&1 || true  # one foreign source may fail: the download tells
if ! (cd "$tmp" && private_apt source --download-only --tar-only mbedtls >>"$tmp/log" 2>&1); then
  grep -E '^(E|W|Err)' "$tmp/log" | sed -n '1,5p' >&2 || true
  fail "apt could not download the source of mbedtls from suite $SUITE"
fi

tarball=$(find "$tmp" -maxdepth 1 -name 'mbedtls_*.orig.tar.*' ! -name '*.asc' | sed -n 1p)
[ -n "$tarball" ] || fail "apt downloaded no mbedtls tarball"
version=$(basename "$tarball" | sed 's/^mbedtls_//; s/\.orig\.tar\..*//')
case $version in
  "$KNOWN_VERSION")
    echo "$KNOWN_SHA256  $tarball" | sha256sum --check --status ||
      fail "the mbedtls $version tarball has another SHA-256 than the known one" ;;
  3.6.*) echo "fetch_mbedtls: taking mbedtls $version (known is $KNOWN_VERSION); apt checked its signature" >&2 ;;
  *) fail "suite $SUITE offers mbedtls $version, not 3.6" ;;
esac

tar -xf "$tarball" -C "$tmp/unpacked" || fail "cannot unpack the mbedtls tarball"
source=$(find "$tmp/unpacked" -mindepth 1 -maxdepth 1 -type d | sed -n 1p)
[ -f "$source/library/aes.c" ] || fail "the mbedtls tarball holds no library/aes.c"
mv "$source" "$target/mbedtls-$version"  # one rename: a half-unpacked folder is never seen
echo "$target/mbedtls-$version"
