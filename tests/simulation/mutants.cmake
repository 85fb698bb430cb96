# Mutants: each is the production source of one file with one fault put in, compiled instead of it. A
# mutant that the simulator does not find within a minute is an error of the simulator; one whose
# place in the source is gone does not configure.
#
# haat_mutant(<name> <invariant that falls> <source of messaging> <text> <text instead>)
function(haat_mutant name invariant source before after)
  set(path ${PROJECT_SOURCE_DIR}/src/messaging/src/${source})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  file(READ ${path} text)
  string(FIND "${text}" "${before}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "mutant ${name}: ${source} has no longer: ${before}")
  endif()
  if(NOT HAAT_LONG_TESTS)
    return()  # that its place is there is seen at each configuration
  endif()
  string(REPLACE "${before}" "${after}" mutated "${text}")
  set(copy ${CMAKE_CURRENT_BINARY_DIR}/mutants/${name}.cpp)
  file(CONFIGURE OUTPUT ${copy} CONTENT "${mutated}" @ONLY)
  # Named before the library, it takes the place of the member that it is a copy of.
  add_executable(mutant_${name} EXCLUDE_FROM_ALL empty.cpp ${copy})
  target_include_directories(mutant_${name} PRIVATE ${PROJECT_SOURCE_DIR}/src/messaging/src
                             ${PROJECT_BINARY_DIR}/src/messaging/generated)
  target_compile_options(mutant_${name} PRIVATE -w)
  target_link_libraries(mutant_${name} PRIVATE haat_simulation PkgConfig::simdjson
                        PkgConfig::sodium)
  add_test(NAME mutant_${name}_built
           COMMAND ${CMAKE_COMMAND} --build ${PROJECT_BINARY_DIR} --target mutant_${name})
  add_test(NAME mutant_${name}
           COMMAND mutant_${name} --expects ${invariant} --seconds 60)
  set_tests_properties(mutant_${name}_built PROPERTIES FIXTURES_SETUP mutant_${name} TIMEOUT 600
                       RESOURCE_LOCK build)
  set_tests_properties(mutant_${name} PROPERTIES FIXTURES_REQUIRED mutant_${name} TIMEOUT 120)
endfunction()

# An unknown send is tried again as if it had been refused.
haat_mutant(resends_unknown S1 machine_run.cpp
            "++counts_.unknown;"
            "++counts_.unknown; evidence.state = SlotState::kRetry;")
# The bytes leave before the permit is durable: a crash at the commit forgets it.
haat_mutant(sends_before_commit S1 machine_run.cpp
            "database_.write([&](storage::Transaction& tx) { plan_permits(tx, turn, plan); });"
            "database_.write([&](storage::Transaction& tx) { plan_permits(tx, turn, plan); for (const PermittedSend& one : plan.sends) { senders_[one.permit.sender].took(1); } counts_.in_flight += static_cast<std::int64_t>(plan.sends.size()); send(std::move(plan.sends)); plan.sends.clear(); });")
# The later evidence holds, not the higher one.
haat_mutant(status_goes_back S slot.cpp
            "Slot merged = rank(a) < rank(b) ? b : a;"
            "Slot merged = is_accepted(b.state) || rank(a) < rank(b) ? b : a;")
# Opt-outs are read before the permit's transaction.
haat_mutant(optout_read_early S8 machine_run.cpp
            "database_.write([&](storage::Transaction& tx) { plan_permits(tx, turn, plan); });"
            "database_.read([&](storage::Transaction& tx) { catch_up_suppressions(tx); }); suppression_epoch_ += INT64_C(1) << 40; database_.write([&](storage::Transaction& tx) { const std::int64_t seen = suppression_epoch_; plan_permits(tx, turn, plan); suppression_epoch_ = seen; }); suppression_epoch_ -= INT64_C(1) << 40;")
# The permit does not look at the lease.
haat_mutant(lease_not_checked S1 machine_permit.cpp
            "    check_leases(tx);\n    catch_up"
            "    catch_up")
# The journal is called stored one commit further than it is.
haat_mutant(cursor_too_far S machine_flush.cpp
            "cursors[{s, writer_}] = folded_seq_;"
            "cursors[{s, writer_}] = folded_seq_ + 1;")
