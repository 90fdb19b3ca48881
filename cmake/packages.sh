#!/usr/bin/env bash
# Installs the Debian packages that ./run and ./test need, and only those that are missing.
# Usage: cmake/packages.sh run|test
set -euo pipefail

run_packages=(
  build-essential cmake ninja-build ccache git bzip2 ca-certificates
  gcc-arm-none-eabi libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib
  qemu-system-arm util-linux
  libcli11-dev nlohmann-json3-dev libssl-dev libpcsclite-dev libfmt-dev pkg-config
)
test_packages=(libgtest-dev libgmock-dev python3 pcscd vsmartcard-vpcd opensc pcsc-tools tshark)

packages=("${run_packages[@]}")
if [ "${1:-run}" = test ]; then
  packages+=("${test_packages[@]}")
fi

missing=()
for package in "${packages[@]}"; do
  if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
    missing+=("$package")
  fi
done
if [ "${#missing[@]}" -eq 0 ]; then
  exit 0
fi

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "simurgh: missing packages: ${missing[*]}; install them as root, or install sudo" >&2
    exit 1
  }
  as_root=(sudo)
fi
echo "installing: ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update &&
       "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
         apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "simurgh: apt-get could not install: ${missing[*]}; see the lines above" >&2
  exit 1
fi
