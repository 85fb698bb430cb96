#include "provider.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "base/assert.hpp"
#include "world.hpp"

namespace haat::simulation {

using messaging::SlotState;
using messaging::Status;
using registry::Channel;

namespace {

constexpr std::int64_t kMilli = 1'000;
constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kDeadline = 30 * kSecond;

std::string_view between(std::string_view text, std::string_view before, char after) {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) {
        return {};
    }
    const std::string_view rest = text.substr(at + before.size());
    return rest.substr(0, rest.find(after));
}

/// "broadcast.slot.attempt.nonce.mac" without looking at the MAC: the provider does not know the
/// key.
messaging::AttemptId attempt_of(std::string_view name) {
    messaging::AttemptId attempt;
    const char* at = name.data();
    const char* end = at + name.size();
    at = std::from_chars(at, end, attempt.id.broadcast).ptr + 1;
    at = std::from_chars(at, end, attempt.id.slot).ptr + 1;
    at = std::from_chars(at, end, attempt.attempt).ptr + 1;
    if (std::count(name.begin(), name.end(), '.') == 4) {
        std::from_chars(at, end, attempt.nonce);
    }
    return attempt;
}

net::ClientResult answered(int status, std::string body) {
    net::ClientResult result;
    result.outcome = net::Outcome::kAnswered;
    result.status = status;
    result.body = std::move(body);
    return result;
}

net::ClientResult error(int code) {
    return answered(400, fmt::format(R"({{"error":{{"message":"no","code":{}}}}})", code));
}

net::ClientResult without_answer(net::Outcome outcome) {
    net::ClientResult result;
    result.outcome = outcome;
    return result;
}

}  // namespace

class SimulatedTransport final : public messaging::Transport {
 public:
    SimulatedTransport(Provider& provider, std::shared_ptr<Line> line)
        : provider_(provider), line_(std::move(line)) {}
    ~SimulatedTransport() override { line_->is_alive = false; }
    void send(Channel channel, std::vector<net::BatchRequest> requests,
              net::BatchRules rules) override {
        provider_.send(line_, channel, std::move(requests), std::move(rules));
    }
    void stop(int /*milliseconds*/) override { line_->is_alive = false; }

 private:
    Provider& provider_;
    std::shared_ptr<Line> line_;
};

std::unique_ptr<messaging::Transport> Provider::connect(std::shared_ptr<Line> line) {
    return std::make_unique<SimulatedTransport>(*this, std::move(line));
}

void Provider::send(const std::shared_ptr<Line>& line, Channel channel,
                    std::vector<net::BatchRequest> requests, net::BatchRules rules) {
    auto batch = std::make_shared<Batch>();
    batch->line = line;
    batch->channel = channel;
    batch->permit_commit = world_.last_commit(line->process);
    batch->requests = std::move(requests);
    batch->rules = std::move(rules);
    ++on_the_way_;
    const std::int64_t now = world_.clock().monotonic_micros();
    const bool is_slow = world_.faults() && world_.random().chance(1, 20);  // while it connects
    world_.at(now + world_.random().below(is_slow ? 3'000'000 : 3'000),
              [this, batch] { depart(batch); });
}

/// What the request says of itself.
Provider::Flight Provider::read(const Batch& batch, net::BatchRequest& request,
                                int& mail_key) const {
    Flight flight{.attempt = {}, .tag = request.tag, .name = {}, .to = {}};
    if (batch.channel == Channel::kWhatsapp) {
        flight.name = between(request.body, R"("biz_opaque_callback_data":")", '"');
        flight.to = between(request.body, R"("to":")", '"');
    } else {
        for (const net::Header& header : request.head->headers()) {
            if (header.name == "x-kannel-dlr-url") {
                flight.name = between(header.value, "?m=", '&');
            } else if (header.name == "x-kannel-to") {
                flight.to = header.value;
            }
        }
    }
    HAAT_ASSERT(!flight.name.empty());
    flight.attempt = attempt_of(flight.name);
    if (flight.attempt.id.broadcast == 0) {
        const std::size_t at = request.body.find(":\"m");  // mail N says "mN"
        const std::string_view number =
            std::string_view(request.body).substr(at == std::string::npos ? 1 : at + 3);
        std::from_chars(number.data(), number.data() + number.size(), mail_key);
    }
    return flight;
}

void Provider::depart(const std::shared_ptr<Batch>& batch) {
    const std::int64_t now = world_.clock().monotonic_micros();
    const int process = batch->line->process;
    const std::int64_t running = batch->line->is_alive ? world_.when_running(process) : now;
    if (running > now) {
        world_.at(running, [this, batch] { depart(batch); });
        return;
    }
    --on_the_way_;
    const bool is_posthumous = !batch->line->is_alive;
    if (is_posthumous) {  // were the bytes in the kernel's hands already?
        if (world_.random().chance(1, 2)) {
            return;
        }
        world_.met("bytes left after the process died");
    }
    std::array<std::shared_ptr<Answers>, 2> answers;  // soon, at the deadline
    for (auto& part : answers) {
        part = std::make_shared<Answers>();
        part->batch = batch;
    }
    std::vector<Flight> taken;
    for (net::BatchRequest& request : batch->requests) {
        const bool may_send = is_posthumous || batch->rules.may_send(request.tag);
        net::ClientResult result;
        int mail_key = -1;
        if (!may_send || (world_.faults() && draw() == Fate::kNotSent)) {
            world_.met(may_send ? "connection refused" : "permit too old when its turn came");
            answers[0]->results.push_back({request.tag, without_answer(net::Outcome::kNotSent)});
            continue;
        }
        Flight flight = read(*batch, request, mail_key);
        flight.truth = world_.judge().departs(process, flight.attempt, batch->permit_commit,
                                              flight.to, batch->channel, mail_key);
        bool definite_no = false;
        result = decide(flight, batch->channel, taken, definite_no);
        const bool is_late = result.outcome == net::Outcome::kUnknown ||
                             (world_.faults() && world_.random().chance(1, 200));
        Answers& part = *answers[is_late ? 1 : 0];
        part.results.push_back({request.tag, std::move(result)});
        part.told.emplace_back(std::move(flight), definite_no);
    }
    batch->requests.clear();
    report(std::move(taken), batch->channel);
    tell_at(now + 20 * kMilli + world_.random().below(200'000), answers[0]);
    tell_at(now + (world_.random().chance(1, 2) ? kDeadline : world_.random().below(29) * kSecond),
            answers[1]);
}

void Provider::tell_at(std::int64_t micros, std::shared_ptr<Answers> answers) {
    if (answers->results.empty()) {
        return;
    }
    ++on_the_way_;
    waiting_.push_back(answers);
    world_.at(micros, [this, answers]() mutable {
        if (answers->is_told) {
            return;
        }
        const std::shared_ptr<Line>& line = answers->batch->line;
        const std::int64_t now = world_.clock().monotonic_micros();
        const std::int64_t running = line->is_alive ? world_.when_running(line->process) : now;
        if (running > now) {
            std::erase(waiting_, answers);
            --on_the_way_;
            tell_at(running, std::move(answers));
            return;
        }
        tell(*answers);
    });
}

void Provider::tell(Answers& answers) {
    answers.is_told = true;
    --on_the_way_;
    std::erase_if(waiting_, [&](const auto& other) { return other.get() == &answers; });
    if (!answers.batch->line->is_alive) {
        return;
    }
    answers.batch->rules.done(answers.results);
    for (const auto& [flight, definite_no] : answers.told) {
        world_.judge().told(flight.attempt, *flight.truth, definite_no);
    }
    world_.outcome_told(answers.batch->line->process);
}

void Provider::tell_some(int process) {
    for (const std::shared_ptr<Answers>& answers : waiting_) {
        if (answers->batch->line->process == process && answers->batch->line->is_alive) {
            const std::shared_ptr<Answers> held = answers;
            world_.met("outcome told in the middle of a transaction");
            tell(*held);
            return;
        }
    }
}

Provider::Fate Provider::draw() {
    Random& random = world_.random();
    if (!world_.faults() || !random.chance(world_.temper().trouble_per_mille, 1000)) {
        return Fate::kTaken;
    }
    const std::uint32_t kind = random.below(1000);
    if (kind < 6) {
        constexpr std::array kRare{Fate::kTemplate, Fate::kSpam, Fate::kNumber, Fate::kToken};
        return world_.temper().is_large ? Fate::kRefused : kRare[random.below(4)];
    }
    constexpr std::array kCommon{Fate::kRefused,      Fate::kRefused,     Fate::kRetry,
                                 Fate::kPair,         Fate::kNotSent,     Fate::kLostBefore,
                                 Fate::kLostAfter,    Fate::k5xxBefore,   Fate::k5xxAfter,
                                 Fate::kBrokenBefore, Fate::kBrokenAfter, Fate::kTakenLate};
    return kCommon[random.below(kCommon.size())];
}

void Provider::take(Flight& flight, std::vector<Flight>& taken) {
    world_.judge().accepted(flight.attempt, *flight.truth);
    taken.push_back(flight);
}

net::ClientResult Provider::decide(Flight& flight, Channel channel, std::vector<Flight>& taken,
                                   bool& definite_no) {
    constexpr std::array kFinal{131026, 131047, 130472, 131050, 100, 131049};
    constexpr std::array kLater{130429, 4, 133016, 1, 80007};
    constexpr std::array kTemplates{132001, 132015, 132016};
    Random& random = world_.random();
    const bool is_sms = channel == Channel::kSms;
    const auto yes = [&] {
        return is_sms ? answered(202, "0: Accepted for delivery")
                      : answered(200, fmt::format(R"({{"messages":[{{"id":"wamid.{}"}}]}})",
                                                  flight.name));
    };
    const auto no = [&](int whatsapp, int sms) {
        definite_no = true;
        return is_sms ? answered(sms, "no") : error(whatsapp);
    };
    const Fate fate = draw();
    switch (fate) {
        case Fate::kTaken:
            break;
        case Fate::kRefused:
            return no(kFinal[random.below(kFinal.size())], 400);
        case Fate::kNotSent:
        case Fate::kRetry:
            return no(kLater[random.below(kLater.size())], 503);
        case Fate::kPair:
            world_.met("pair limit");
            return no(131056, 503);
        case Fate::kTemplate:
            return no(kTemplates[random.below(kTemplates.size())], 400);
        case Fate::kSpam:
            return no(131048, 503);
        case Fate::kNumber:
            return no(131042, 403);
        case Fate::kToken:
            return no(190, 403);
        case Fate::kLostBefore:
            return without_answer(net::Outcome::kUnknown);
        case Fate::kLostAfter:
            take(flight, taken);
            return without_answer(net::Outcome::kUnknown);
        case Fate::k5xxBefore:
            return answered(random.chance(1, 2) ? 500 : 502, "oops");
        case Fate::k5xxAfter:
            take(flight, taken);
            return answered(504, "oops");
        case Fate::kBrokenBefore:
            return answered(is_sms ? 200 : 200, "{\"messages\":[{\"i");
        case Fate::kBrokenAfter:
            take(flight, taken);
            return answered(200, "{\"mess");
        case Fate::kTakenLate: {
            ++flight.truth->undecided;
            ++on_the_way_;
            const std::int64_t late = kSecond * (1 + random.below(1'000));
            world_.at(world_.clock().monotonic_micros() + late, [this, flight, channel]() mutable {
                --on_the_way_;
                --flight.truth->undecided;
                world_.met("taken long after the deadline");
                std::vector<Flight> later;
                take(flight, later);
                report(std::move(later), channel);
            });
            return without_answer(net::Outcome::kUnknown);
        }
    }
    take(flight, taken);
    return yes();
}

/// What the provider reports of what it took: lost, twice, late, out of order, without our name.
void Provider::report(std::vector<Flight> taken, Channel channel) {
    if (taken.empty()) {
        return;
    }
    Random& random = world_.random();
    const std::int64_t now = world_.clock().monotonic_micros();
    // Sent, delivered, read, of some days later, each with its own time: they overtake each other.
    std::array<std::shared_ptr<std::vector<Status>>, 4> parts;
    for (auto& part : parts) {
        part = std::make_shared<std::vector<Status>>();
    }
    const std::uint32_t trouble = world_.faults() ? 40 : 5;  // per mille
    for (const Flight& flight : taken) {
        Status status{.message_id = channel == Channel::kSms ? "" : "wamid." + flight.name,
                      .callback_data = flight.name,
                      .recipient = flight.to.starts_with('+') ? flight.to : "+" + flight.to,
                      .state = SlotState::kSent,
                      .at = world_.clock().now(),
                      .channel = channel};
        const std::uint32_t reaches = random.below(100);
        constexpr std::array kStates{SlotState::kSent, SlotState::kDelivered, SlotState::kRead};
        for (std::size_t i = 0; i < kStates.size(); ++i) {
            if (i == 2 && reaches < 40) {
                break;
            }
            status.state = kStates[i];
            if (i == 1 && reaches < 3) {
                status.state = SlotState::kAccepted;
                status.failed = true;
                status.error_code = 131026;
            }
            const bool is_strange = random.chance(trouble, 1000);
            const std::uint32_t how = is_strange ? random.below(4) : 9;
            if (how == 0) {
                world_.met("status lost");
                continue;
            }
            Status one = status;
            if (how == 1 && channel == Channel::kWhatsapp && !status.failed) {
                one.callback_data.clear();
                world_.met("status without our name");
            }
            if (how == 2) {
                world_.met("status twice");
                parts[3]->push_back(one);
            }
            parts[how == 3 ? 3 : i]->push_back(std::move(one));
            if (status.failed) {
                break;
            }
        }
    }
    const std::array<std::int64_t, 4> most{10 * kSecond, 60 * kSecond, 1800 * kSecond, 6 * kDay};
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i]->empty()) {
            const auto wait = static_cast<std::int64_t>(
                random.below(static_cast<std::uint32_t>(most[i] / kMilli)));
            ++on_the_way_;
            world_.at(now + wait * kMilli, [this, part = parts[i]] {
                --on_the_way_;
                world_.deliver(part);
            });
        }
    }
    if (random.chance(1, 20)) {
        forge();
    }
}

/// A status of a message that is not ours: a wrong MAC, or another system's message.
void Provider::forge() {
    Random& random = world_.random();
    auto forged = std::make_shared<std::vector<Status>>();
    forged->push_back(
        {.message_id = fmt::format("wamid.other.{}", random.next()),
         .callback_data = fmt::format("1.{}.1.{:016x}", random.below(100), random.next()),
         .recipient = phone_of(1 + random.below(500)),
         .state = SlotState::kRead,
         .at = world_.clock().now()});
    world_.met("status forged");
    world_.at(world_.clock().monotonic_micros() + random.below(5'000'000),
              [this, forged] { world_.deliver(forged); });
}

}  // namespace haat::simulation
