/// @file What goes wrong with one request to send, for every simulated API alike.
#pragma once

#include <functional>

#include "base/random.hpp"
#include "json.hpp"
#include "net/http.hpp"
#include "options.hpp"
#include "scheduler.hpp"

namespace haat::sim {

/// Under its owner's lock, except what it hands to the scheduler.
class Mishaps {
 public:
    Mishaps(std::uint64_t seed, Scheduler& scheduler) : random_(seed), scheduler_(scheduler) {}

    /// {"no_answer":20,"delay_ms":[0,5],"next":[{"count":1,"code":429}],"reset":true}; empty if
    /// all of it is known.
    [[nodiscard]] std::string change(const json::object& wanted);
    [[nodiscard]] bool strikes(Fault fault);
    /// The code of the next forced error, 0 for none.
    [[nodiscard]] int take_forced();
    /// Answers with what `accept` makes, or as a fault demands; `accept` is called at most once.
    void answer(net::Reply reply, const std::function<net::Response()>& accept);

 private:
    Faults faults_;
    Random random_;
    Scheduler& scheduler_;
    std::vector<net::Reply> withheld_;
};

}  // namespace haat::sim
