// The limits of wrong sign-ins, in memory.
#include <algorithm>
#include <deque>
#include <iterator>
#include <mutex>
#include <unordered_map>

#include "access/sessions.hpp"

namespace haat::access {
namespace {

constexpr std::int64_t kWindowSeconds = 15 * 60;
constexpr std::size_t kPerAccount = 5;
constexpr std::size_t kPerAddress = 20;
constexpr std::size_t kAllTogether = 300;
constexpr std::int64_t kAllTogetherSeconds = 60;
constexpr std::size_t kMaxKeys = 100'000;

}  // namespace

struct SignInThrottle::State {
    explicit State(const Clock& given) : clock(given) {}

    /// The seconds in which attempts were made, oldest first.
    using Attempts = std::deque<std::int64_t>;

    const Clock& clock;
    std::mutex mutex;
    std::unordered_map<std::string, Attempts> by_key;
    Attempts all;

    static void drop_old(Attempts& attempts, std::int64_t before) {
        while (!attempts.empty() && attempts.front() <= before) {
            attempts.pop_front();
        }
    }

    /// Keys of which nothing counts any more; called when there are too many.
    void sweep(std::int64_t now) {
        for (auto entry = by_key.begin(); entry != by_key.end();) {
            drop_old(entry->second, now - kWindowSeconds);
            entry = entry->second.empty() ? by_key.erase(entry) : std::next(entry);
        }
        if (by_key.size() >= kMaxKeys) {
            by_key.erase(by_key.begin());  // a flood of addresses: the limit of all still holds
        }
    }

    /// Seconds to wait before this key may try again; 0 if it may now.
    [[nodiscard]] std::int64_t wait_of(const std::string& key, std::size_t limit,
                                       std::int64_t now) {
        const auto found = by_key.find(key);
        if (found == by_key.end()) {
            return 0;
        }
        drop_old(found->second, now - kWindowSeconds);
        return found->second.size() < limit ? 0 : found->second.front() + kWindowSeconds - now;
    }

    void take_back(const std::string& key) {
        if (const auto found = by_key.find(key); found != by_key.end() && !found->second.empty()) {
            found->second.pop_back();
        }
    }
};

SignInThrottle::SignInThrottle(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
SignInThrottle::~SignInThrottle() = default;

Result<SignInThrottle::Attempt> SignInThrottle::admit(std::string_view login,
                                                      std::string_view network_address) {
    // Time that cannot jump back: else a changed wall clock would lock people out.
    const std::int64_t now = state_->clock.monotonic_micros() / 1'000'000;
    const std::string account_key = "account " + std::string(login.substr(0, 64));
    const std::string address_key = "address " + std::string(network_address.substr(0, 64));
    const std::lock_guard lock(state_->mutex);
    State& state = *state_;
    State::drop_old(state.all, now - kAllTogetherSeconds);
    std::int64_t wait = std::max(state.wait_of(account_key, kPerAccount, now),
                                 state.wait_of(address_key, kPerAddress, now));
    if (state.all.size() >= kAllTogether) {
        wait = std::max(wait, state.all.front() + kAllTogetherSeconds - now);
    }
    if (wait > 0) {
        return refuse(ErrorKind::kUnavailable, "access.too_many_sign_ins",
                      {{"seconds", std::to_string(wait)}});
    }
    if (state.by_key.size() + 2 > kMaxKeys) {
        state.sweep(now);
    }
    state.by_key[account_key].push_back(now);
    state.by_key[address_key].push_back(now);
    state.all.push_back(now);
    return Attempt{.login = std::string(login), .network_address = std::string(network_address)};
}

void SignInThrottle::record(const Attempt& attempt, bool right) {
    if (!right) {
        return;
    }
    const std::lock_guard lock(state_->mutex);
    state_->take_back("account " + attempt.login.substr(0, 64));
    state_->take_back("address " + attempt.network_address.substr(0, 64));
    if (!state_->all.empty()) {
        state_->all.pop_back();
    }
}

}  // namespace haat::access
