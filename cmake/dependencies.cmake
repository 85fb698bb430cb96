# Every library from outside, found once; docs/decisions says why each was chosen.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(GTest REQUIRED)
find_package(Boost 1.81.0 EXACT REQUIRED COMPONENTS json url)
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode)
pkg_check_modules(pangocairo REQUIRED IMPORTED_TARGET pangocairo)
pkg_check_modules(fmt REQUIRED IMPORTED_TARGET fmt)
pkg_check_modules(icu REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
find_library(HAAT_ROARING roaring REQUIRED)  # its CMake package is broken in Debian
add_library(roaring INTERFACE)
set_target_properties(roaring PROPERTIES INTERFACE_LINK_LIBRARIES ${HAAT_ROARING})
find_package(mimalloc REQUIRED)

# SQLite is built from its own amalgamation, newer than Debian's (docs/decisions/0003-sqlite.md);
# tools/setup puts it there.
set(HAAT_SQLITE_DIR ${PROJECT_SOURCE_DIR}/build/third_party/sqlite)
if(NOT EXISTS ${HAAT_SQLITE_DIR}/sqlite3.c)
  message(FATAL_ERROR "no ${HAAT_SQLITE_DIR}/sqlite3.c: run tools/setup (make does)")
endif()
add_library(haat_sqlite STATIC ${HAAT_SQLITE_DIR}/sqlite3.c)
target_include_directories(haat_sqlite SYSTEM PUBLIC ${HAAT_SQLITE_DIR})
target_compile_definitions(haat_sqlite PRIVATE
  SQLITE_DQS=0 SQLITE_THREADSAFE=2 SQLITE_DEFAULT_MEMSTATUS=0 SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_OMIT_DEPRECATED SQLITE_OMIT_SHARED_CACHE SQLITE_USE_ALLOCA SQLITE_MAX_EXPR_DEPTH=0
  SQLITE_ENABLE_STAT4 SQLITE_ENABLE_DBSTAT_VTAB SQLITE_OMIT_LOAD_EXTENSION)
target_link_libraries(haat_sqlite PUBLIC Threads::Threads)
