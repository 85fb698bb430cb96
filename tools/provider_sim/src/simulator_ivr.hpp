/// @file A stateful IVR provider after Exotel's interface: phones that answer, are busy or do not,
/// digits that are pressed, status callbacks with repetition, missed calls. Control below
/// /sim/calls/.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "hook_poster.hpp"
#include "judge.hpp"
#include "mishaps.hpp"

namespace haat::sim {

class IvrSimulator {
 public:
    /// @param account  Basic auth must be account key "key", token "token" unless told otherwise.
    IvrSimulator(std::string key, std::string token, std::uint64_t seed, Scheduler& scheduler);

    [[nodiscard]] static bool owns(std::string_view path);
    void handle(const net::Request& request, net::Reply reply);

 private:
    struct Phone {
        std::string outcome = "completed";  ///< Or busy, no-answer, failed.
        std::string digits;                 ///< Pressed once she has heard it; empty: none.
    };

    net::Response connect(const net::Request& request);
    net::Response control(const net::Request& request);
    void ring(const std::string& sid, const std::string& number,
              const std::map<std::string, std::string>& call);

    std::string authorization_;
    std::mutex mutex_;
    Scheduler& scheduler_;
    Mishaps mishaps_;
    HookPoster poster_;
    std::map<std::string, Phone> phones_;  ///< By the last ten digits.
    Judge judge_;
    std::string passthru_url_;  ///< Of the flow: gets digits and missed calls.
    std::int64_t last_id_ = 0;
};

}  // namespace haat::sim
