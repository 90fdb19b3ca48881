# The words every CMakeLists.txt of the project uses.
#   simurgh_library(NAME SOURCES a.cc ... [DEPENDS lib ...] [PRIVATE lib ...])  one per folder
#   simurgh_interface(NAME [DEPENDS lib ...])                                   headers only
#   simurgh_test(NAME SOURCES a_test.cc ... DEPENDS lib ...)                    a gtest program and its CTest entry
# Dependencies are stated here and nowhere else; the layer test compares them with every #include.

set(SIMURGH_TARGET "host" CACHE STRING "host, or the machine the firmware is built for (mps2-an386, mps2-an505)")
set(SIMURGH_SANITIZE "" CACHE STRING "Sanitizers for host builds, e.g. address,undefined")
option(SIMURGH_FUZZ "Build the libFuzzer targets (needs clang)" OFF)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON)  # statement expressions: TRY
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(SIMURGH_CCACHE ccache)
if(SIMURGH_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${SIMURGH_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${SIMURGH_CCACHE})
endif()

add_library(simurgh_options INTERFACE)
target_include_directories(simurgh_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(simurgh_options INTERFACE
  -Wall -Wextra -Werror -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor -Woverloaded-virtual>
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
if(SIMURGH_ALLOW_RSA_SHA1)
  target_compile_definitions(simurgh_options INTERFACE SIMURGH_ALLOW_RSA_SHA1=1)
endif()

# Link-time optimization inlines until frames are large; the card's stack has a fixed size.
if(NOT SIMURGH_TARGET STREQUAL "host")
  add_compile_options(-fconserve-stack)
endif()

if(SIMURGH_SANITIZE)
  add_compile_options(-fsanitize=${SIMURGH_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SIMURGH_SANITIZE})
endif()
if(SIMURGH_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

function(simurgh_interface name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  add_library(${name} INTERFACE)
  target_link_libraries(${name} INTERFACE simurgh_options ${ARG_DEPENDS})
endfunction()

function(simurgh_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS;PRIVATE" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC simurgh_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE})
endfunction()

# Rooms on the way of every command: on the card they are built for speed, the rest for size.
function(simurgh_fast name)
  if(NOT SIMURGH_TARGET STREQUAL "host")
    target_compile_options(${name} PRIVATE -O2)
  endif()
endfunction()

# Sources of such a room that are on the way of few commands only.
function(simurgh_small)
  if(NOT SIMURGH_TARGET STREQUAL "host")
    set_source_files_properties(${ARGN} PROPERTIES COMPILE_OPTIONS -Os)
  endif()
endfunction()

function(simurgh_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE simurgh_options ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE SIMURGH_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name} WORKING_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()
