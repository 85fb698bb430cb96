# haat_module(<name> LEVEL <n> DEPENDS <module>... [LIBRARIES <target>...] [PRIVATE_LIBRARIES <target>...])
# Makes this folder the library haat::<name>:
#   include/<name>/*.hpp  what it offers, each header compiled alone by the target `headers`
#   src/*.cpp             how
#   sql/*.sql             what it asks of the database; becomes "sql/<noun>.hpp", private to it
# A dependency on the same or a higher level does not configure.
function(haat_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LEVEL" "DEPENDS;LIBRARIES;PRIVATE_LIBRARIES")
  file(GLOB headers CONFIGURE_DEPENDS include/${name}/*.hpp)
  file(GLOB sources CONFIGURE_DEPENDS src/*.cpp src/*.c)
  file(GLOB queries CONFIGURE_DEPENDS sql/*.sql)

  if(NOT sources)  # a module of headers only is a library all the same
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/generated/empty.cpp)
    file(CONFIGURE OUTPUT ${sources} CONTENT "")
  endif()
  add_library(haat_${name} STATIC ${sources})
  add_library(haat::${name} ALIAS haat_${name})
  target_sources(haat_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  set_target_properties(haat_${name} PROPERTIES HAAT_LEVEL ${arg_LEVEL} LINKER_LANGUAGE CXX)
  target_link_libraries(haat_${name} PRIVATE haat_warnings ${arg_PRIVATE_LIBRARIES})
  target_link_libraries(haat_${name} PUBLIC ${arg_LIBRARIES})
  target_include_directories(haat_${name} PRIVATE src)
  if(HAAT_CLANG_TIDY)
    set_target_properties(haat_${name} PROPERTIES CXX_CLANG_TIDY "clang-tidy-19;--quiet")
  endif()

  foreach(dependency IN LISTS arg_DEPENDS)
    get_target_property(level haat_${dependency} HAAT_LEVEL)
    if(NOT level LESS arg_LEVEL)
      message(FATAL_ERROR
              "${name} (level ${arg_LEVEL}) may not depend on ${dependency} (level ${level})")
    endif()
    target_link_libraries(haat_${name} PUBLIC haat::${dependency})
  endforeach()

  if(queries)
    haat_sql(${name} ${queries})
  endif()
  set_property(GLOBAL APPEND PROPERTY HAAT_MODULES ${name})
endfunction()

# One typed C++ function per named statement; the module's list of them is <name>/statements.
function(haat_sql name)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(generated)
  foreach(query IN LISTS ARGN)
    get_filename_component(noun ${query} NAME_WE)
    set(hpp ${dir}/sql/${noun}.hpp)
    set(cpp ${dir}/sql/${noun}.cpp)
    add_custom_command(
      OUTPUT ${hpp} ${cpp}
      COMMAND haat_dev sql ${name} ${query} ${PROJECT_SOURCE_DIR}/src/base/include/base/ids.hpp ${dir}/sql
      DEPENDS haat_dev ${query} ${PROJECT_SOURCE_DIR}/src/base/include/base/ids.hpp
      COMMENT "sql ${name}/${noun}" VERBATIM)
    list(APPEND generated ${hpp} ${cpp})
  endforeach()
  target_sources(haat_${name} PRIVATE ${generated})
  target_include_directories(haat_${name} PRIVATE ${dir})
endfunction()

# haat_tests(<name> [LIBRARIES <target>...]): tests/*_test.cpp of this folder, as one program.
function(haat_tests name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  file(GLOB sources CONFIGURE_DEPENDS tests/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(haat_${name}_test ${sources})
  target_link_libraries(haat_${name}_test PRIVATE
    haat::${name} haat_warnings GTest::gtest GTest::gmock GTest::gtest_main ${arg_LIBRARIES})
  target_include_directories(haat_${name}_test PRIVATE src tests)
  target_compile_definitions(haat_${name}_test PRIVATE
    HAAT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" HAAT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND haat_${name}_test)
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()
