/// @file Who knows the truth: what the provider took, what was told to whom, who said stop when;
/// and compares it, all the time, with what the database says. Knows nothing of how delivery works,
/// and folds the journal with a merge of its own.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "disk.hpp"
#include "messaging/attempt_id.hpp"
#include "messaging/broadcasts.hpp"
#include "messaging/slot.hpp"
#include "registry/channels.hpp"

namespace haat::simulation {

/// An invariant does not hold.
struct Violation {
    std::string what;  ///< "S1: …"
    messaging::SlotId slot;
    bool is_about_slot = false;
};

/// What really became of one slot, or one piece of mail.
struct Truth {
    std::uint64_t attempts = 0;  ///< Bit n: attempt n left.
    std::uint8_t accepts = 0;
    std::uint8_t open = 0;          ///< Left, and no definite no was told.
    std::uint8_t undecided = 0;     ///< On the way: the provider may still take it.
    std::uint8_t seen = 0;          ///< Highest accepted state that was ever durable.
    std::uint8_t acknowledged = 0;  ///< Highest state in a status that was acknowledged.
    std::uint8_t before = 0;        ///< State at the last look.
    bool failed = false;            ///< A durable slot said so.
    bool reported = false;          ///< A status said that it failed.
};

/// A broadcast or one of its fallbacks.
struct Leg {
    std::uint32_t number = 0;
    std::uint32_t nonce = 0;
    registry::Channel channel = registry::Channel::kWhatsapp;
    registry::MessagePurpose purpose = registry::MessagePurpose::kMarket;
    bool at_least_once = false;
    std::uint32_t follows = 0;
    bool may_repeat = false;
    bool waits = false;
    std::vector<std::uint32_t> ordinals;
    std::vector<Truth> truth;
    std::vector<messaging::Slot> durable;  ///< As of the last recount.
    messaging::Progress recount;
};

/// Things that a long run must have met.
using Sometimes = std::map<std::string, std::int64_t>;

class Judge {
 public:
    Judge(Disk& disk, Sometimes& met) : disk_(disk), met_(met) {}

    void follow(messaging::SlotId slot) { followed_ = slot; }
    /// A line of the history of the slot that is followed; costs nothing for others.
    template <typename... Args>
    void trace(messaging::SlotId slot, fmt::format_string<Args...> text, Args&&... args) {
        if (is_followed(slot)) {
            write_down(slot, fmt::format(text, std::forward<Args>(args)...));
        }
    }
    [[nodiscard]] const std::vector<std::string>& history() const { return history_; }
    void set_time(std::int64_t micros) { micros_ = micros; }

    /// A request leaves. `key` names mail. Throws if it must not.
    Truth* departs(int process, const messaging::AttemptId& attempt, std::int64_t permit_commit,
                   const std::string& to, registry::Channel channel, int mail_key);
    void accepted(const messaging::AttemptId& attempt, Truth& truth);
    /// A status that it failed is on its way to a process.
    void reported_failed(const messaging::AttemptId& attempt);
    /// Its outcome was told to the process.
    void told(const messaging::AttemptId& attempt, Truth& truth, bool definite_no);
    void acknowledged(const messaging::AttemptId& attempt, messaging::SlotState state);

    void suppressed(std::uint32_t ordinal, registry::PurposeMask purposes);
    void mail_added(int key, std::uint32_t ordinal, std::uint8_t purpose);
    /// Looks at every broadcast: of one that a failover is about to forget a message may still leave,
    /// from a process that is in the middle of a step.
    void look_at_all();
    /// Commits after `commit` were taken back.
    void forget_since(std::int64_t commit);

    /// Reads the whole database and compares. `at_end`: nothing may be open any more.
    void recount(bool at_end);
    /// Whether the stored chunks alone say the same as the last recount.
    void check_stored();
    [[nodiscard]] const std::map<std::uint32_t, Leg>& legs() const { return legs_; }
    [[nodiscard]] const messaging::Progress& mail_recount() const { return mail_recount_; }
    [[nodiscard]] std::int64_t open_slots() const { return open_slots_; }
    [[nodiscard]] std::int64_t busy_slots() const { return busy_slots_; }
    [[nodiscard]] std::int64_t sends() const { return sends_; }

 private:
    struct Mail {
        std::uint32_t ordinal = 0;
        std::uint8_t purpose = 0;
        std::int64_t commit = 0;
        Truth truth;
        messaging::SlotId slot;
        bool has_slot = false;
    };
    struct Stop {
        std::int64_t commit = 0;
        registry::PurposeMask purposes;
    };

    [[nodiscard]] bool is_followed(messaging::SlotId slot) const;
    void write_down(messaging::SlotId slot, const std::string& what);
    Leg* leg(std::uint32_t number);
    /// The one that an attempt names, also if a failover forgot it; null if there is none.
    Leg* leg_of(const messaging::AttemptId& attempt);
    [[noreturn]] void violated(std::string what, messaging::SlotId slot) const;
    void check_fallback(const Leg& leg, messaging::SlotId slot) const;
    void check_stop(std::uint32_t ordinal, std::uint8_t purpose, std::int64_t permit_commit,
                    messaging::SlotId slot);
    void check_slot(messaging::SlotId id, const messaging::Slot& slot, Truth& truth, bool at_end);
    void read_chunks();
    void read_journal();
    void fold(messaging::SlotId id, const messaging::Slot& evidence);
    [[nodiscard]] std::string describe(const messaging::Slot& slot) const;

    Disk& disk_;
    Sometimes& met_;
    std::map<std::uint32_t, Leg> legs_;
    std::deque<Leg> forgotten_;  ///< Their numbers may be another's now.
    std::deque<Mail> mail_;  ///< By key.
    std::vector<messaging::Slot> mail_durable_;
    messaging::Progress mail_recount_;
    std::unordered_map<std::uint32_t, std::vector<Stop>> stops_;
    std::int64_t open_slots_ = 0;
    std::int64_t busy_slots_ = 0;
    std::int64_t sends_ = 0;
    std::int64_t micros_ = 0;
    messaging::SlotId followed_{UINT32_MAX, 0};
    std::vector<std::string> history_;
};

}  // namespace haat::simulation
