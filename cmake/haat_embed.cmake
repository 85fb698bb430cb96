# haat_embed(<target> <variable> <base folder> <file>...): puts files of the tree into <target> as
# `haat::embedded::<variable>()`, a table of (path below the base folder, bytes) sorted by path.
function(haat_embed target variable base)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/generated/embedded_${variable}.cpp)
  set(list ${CMAKE_CURRENT_BINARY_DIR}/generated/embedded_${variable}.txt)
  list(JOIN ARGN "\n" lines)
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}\n" @ONLY)
  add_custom_command(
    OUTPUT ${out}
    COMMAND haat_dev embed ${variable} ${base} ${list} ${out}
    DEPENDS haat_dev ${list} ${ARGN}
    COMMENT "embed ${variable}" VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()
