/// @file The provider of a simulated world and the network to it: takes, refuses, loses and delays,
/// and tells the judge what really happened.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "judge.hpp"
#include "messaging/channel.hpp"
#include "messaging/transport.hpp"

namespace haat::simulation {

class World;

/// The line of one process to the provider; falls silent when the process dies.
struct Line {
    int process = 0;
    bool is_alive = true;
};

class Provider {
 public:
    explicit Provider(World& world) : world_(world) {}

    [[nodiscard]] std::unique_ptr<messaging::Transport> connect(std::shared_ptr<Line> line);
    /// Requests or statuses that are still on their way.
    [[nodiscard]] std::int64_t on_the_way() const { return on_the_way_; }
    /// Outcomes that wait to be told to a process, a few of them now.
    void tell_some(int process);

 private:
    friend class SimulatedTransport;
    struct Flight {
        messaging::AttemptId attempt;
        Truth* truth = nullptr;
        std::uint64_t tag = 0;
        std::string name;
        std::string to;
    };
    struct Batch {
        std::shared_ptr<Line> line;
        registry::Channel channel = registry::Channel::kWhatsapp;
        std::int64_t permit_commit = 0;
        std::vector<net::BatchRequest> requests;
        net::BatchRules rules;
    };
    struct Answers {
        std::shared_ptr<Batch> batch;
        std::vector<net::BatchResult> results;
        std::vector<std::pair<Flight, bool>> told;  ///< With: a definite no.
        bool is_told = false;
    };
    enum class Fate : std::uint8_t {
        kTaken,
        kRefused,
        kRetry,
        kPair,
        kTemplate,
        kSpam,
        kNumber,
        kToken,
        kNotSent,
        kLostBefore,
        kLostAfter,
        k5xxBefore,
        k5xxAfter,
        kBrokenBefore,
        kBrokenAfter,
        kTakenLate,
    };

    void send(const std::shared_ptr<Line>& line, registry::Channel channel,
              std::vector<net::BatchRequest> requests, net::BatchRules rules);
    void depart(const std::shared_ptr<Batch>& batch);
    [[nodiscard]] Flight read(const Batch& batch, net::BatchRequest& request, int& mail_key) const;
    [[nodiscard]] Fate draw();
    net::ClientResult decide(Flight& flight, registry::Channel channel, std::vector<Flight>& taken,
                             bool& definite_no);
    void take(Flight& flight, std::vector<Flight>& taken);
    void tell_at(std::int64_t micros, std::shared_ptr<Answers> answers);
    void tell(Answers& answers);
    void report(std::vector<Flight> taken, registry::Channel channel);
    void forge();

    World& world_;
    std::int64_t on_the_way_ = 0;
    std::vector<std::shared_ptr<Answers>> waiting_;  ///< To be told.
};

}  // namespace haat::simulation
