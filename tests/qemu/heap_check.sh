#!/bin/sh
# The link check (cmake/check_firmware.cmake) must refuse a program with a heap and accept one
# without. Usage: heap_check.sh SOURCE_DIR WORK_DIR
set -eu
source=$1
work=$2/heap_check
command -v arm-none-eabi-gcc > /dev/null || { echo "skipped: arm-none-eabi-gcc is not installed"; exit 77; }
mkdir -p "$work"

check() { cmake -DNM=arm-none-eabi-nm -DELF="$1" -P "$source/cmake/check_firmware.cmake" > "$work/log" 2>&1; }
link() { arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -nostartfiles --specs=nano.specs "$@" -Wl,-e,main; }

echo 'int main(void) { return 0; }' > "$work/without.c"
echo '#include <stdlib.h>
int main(void) { return malloc(3) != 0; }' > "$work/with.c"

link "$work/without.c" -o "$work/without.elf"
check "$work/without.elf" || { cat "$work/log"; echo "a program without a heap was refused"; exit 1; }
[ -f "$work/without.elf" ]

# As the firmware is linked: malloc needs _sbrk, which nobody has.
if link "$work/with.c" -o "$work/with.elf" 2> "$work/log"; then
  echo "malloc linked"; exit 1
fi
grep -q _sbrk "$work/log"

# With a heap of its own it links, and the check refuses it.
link "$work/with.c" --specs=nosys.specs -o "$work/with.elf" 2> /dev/null
if check "$work/with.elf"; then
  echo "a program with malloc passed the check"; exit 1
fi
grep -q malloc "$work/log"
[ ! -f "$work/with.elf" ]
echo "heap check: ok"
