# How things are compiled, whatever they are: cache, linker, sanitizers.
find_program(HAAT_CCACHE ccache)
if(HAAT_CCACHE)
  # Paths relative to the tree, so that every build folder and every clone shares one cache.
  set(haat_launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}
                    CCACHE_NOHASHDIR=1 ${HAAT_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${haat_launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${haat_launcher})
endif()

# Line tables are enough for a stack trace, and half the compile time and disk of full debug info.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g1")

set(HAAT_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize")
if(HAAT_SANITIZE)
  add_compile_options(-fsanitize=${HAAT_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HAAT_SANITIZE})
  if(HAAT_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)  # false alarms of g++ 12 under sanitizers
  endif()
endif()

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  add_compile_options(-Wno-restrict)  # false alarms of g++ 12 about string::insert (gcc bug 105329)
endif()

option(HAAT_FUZZ "Build the fuzzers (clang only)" OFF)

if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld-19)
else()
  add_link_options(-fuse-ld=mold)
endif()

option(HAAT_CLANG_TIDY "Run clang-tidy beside the compiler" OFF)
