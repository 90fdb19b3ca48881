# cmake -DNM=arm-none-eabi-nm -DELF=FILE -P check_firmware.cmake
# Fails, and deletes the file, when the firmware contains an allocator, an unwinder or a static
# constructor. The linker already refuses what needs _sbrk; this also sees a heap that brings its own.
execute_process(COMMAND ${NM} ${ELF} OUTPUT_VARIABLE symbols RESULT_VARIABLE failed)
if(failed OR symbols STREQUAL "")
  message(FATAL_ERROR "${ELF}: ${NM} cannot list its symbols")
endif()
foreach(name malloc free calloc realloc _malloc_r _free_r _calloc_r _realloc_r _sbrk _sbrk_r sbrk
             _Znwj _Znaj _ZdlPv _ZdaPv _ZdlPvj _ZdaPvj _Unwind_RaiseException __cxa_throw
             __cxa_guard_acquire __cxa_atexit)
  if(symbols MATCHES "(^|[ \n])${name}(\n|$)")
    list(APPEND found ${name})
  endif()
endforeach()
if(found)
  file(REMOVE ${ELF})
  list(JOIN found ", " found)
  message(FATAL_ERROR "${ELF} would contain ${found}: the card has no heap and no exceptions")
endif()
