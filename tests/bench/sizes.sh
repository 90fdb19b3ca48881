#!/bin/sh
# Table of firmware sizes in bytes. Usage: tests/bench/sizes.sh [BUILD_DIR]   (default: build)
# text is what the code memory holds besides data; ram is data + bss, both stacks included.
set -eu
build=${1:-build}
size=${SIZE:-arm-none-eabi-size}
command -v "$size" > /dev/null || { echo "skipped: $size is not installed"; exit 77; }

printf '%-14s %-18s %8s %6s %8s %8s\n' machine firmware text data bss ram
found=0
for elf in "$build"/qemu-*/simurgh*.elf; do
  [ -f "$elf" ] || continue
  found=1
  machine=$(basename "$(dirname "$elf")")
  "$size" "$elf" | awk -v m="${machine#qemu-}" -v f="$(basename "$elf" .elf)" \
    'NR == 2 { printf "%-14s %-18s %8d %6d %8d %8d\n", m, f, $1, $2, $3, $2 + $3 }'
done
[ "$found" = 1 ] || { echo "skipped: no firmware under $build; build the presets qemu-mps2-an386 and -an505"; exit 77; }
