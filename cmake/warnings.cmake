# Our own code compiles without a warning; headers from outside are SYSTEM and stay silent.
add_library(haat_warnings INTERFACE)
target_compile_options(haat_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports fields left to their default in designated initializers, which we use on purpose.
  target_compile_options(haat_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-field-initializers>)
else()
  target_compile_options(haat_warnings INTERFACE
    $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-designated-field-initializers>)
endif()
