# Arm GNU toolchain (Debian's gcc-arm-none-eabi 12.2, newlib nano), for one core: SIMURGH_CPU.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES SIMURGH_CPU)

set(SIMURGH_CPU "cortex-m4" CACHE STRING "cortex-m4 or cortex-m33")
# No floating point on the card: the soft ABI leaves the FPU off and exception frames small.
set(simurgh_core "-mcpu=${SIMURGH_CPU} -mthumb -mfloat-abi=soft")
set(simurgh_common "${simurgh_core} -ffunction-sections -fdata-sections -fno-common --specs=nano.specs")
set(CMAKE_C_FLAGS_INIT "${simurgh_common}")
set(CMAKE_CXX_FLAGS_INIT
    "${simurgh_common} -fno-exceptions -fno-rtti -fno-threadsafe-statics -fno-use-cxa-atexit -fno-unwind-tables -fno-asynchronous-unwind-tables")
# -Og would not fit a chip: both build types are small ones.
set(CMAKE_C_FLAGS_MINSIZEREL_INIT "-Os -g")
set(CMAKE_CXX_FLAGS_MINSIZEREL_INIT "-Os -g")
# No nosys.specs: whatever wants _sbrk, and with it the heap, does not link.
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-nostartfiles -Wl,--gc-sections -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments -Wl,--build-id=none")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
