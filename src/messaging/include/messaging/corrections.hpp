/// @file What was not understood, and what officers say that it meant: the examples from which the
/// lexicon learns (flows/learn_words.hpp).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "language/understanding.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

struct NotUnderstood {
    InboundId inbound_id;
    std::string_view folded;  ///< language::folded_message.
    PlaceId place_id;
    language::Intent intent = language::Intent::kOther;
    int sure_permille = 0;
    UnixSeconds received_at;
};
/// A message is noted once.
void note_not_understood(storage::Transaction& tx, const NotUnderstood& message);

/// Messages that say the same.
struct NotUnderstoodGroup {
    std::string folded;
    std::int64_t messages = 0;
    std::int64_t addresses = 0;
    InboundId last_inbound_id;  ///< Of the latest.
    UnixSeconds last_at;
};
/// In the viewer's places since then, the most frequent first; what was corrected is left out.
[[nodiscard]] std::vector<NotUnderstoodGroup> not_understood_groups(storage::Transaction& tx,
                                                                    const Viewer& viewer,
                                                                    UnixSeconds since, int limit);

struct NotUnderstoodText {
    InboundId inbound_id;
    AddressId address_id;
    std::string text;
};
/// For the machine that learns, of all places: the latest.
[[nodiscard]] std::vector<NotUnderstoodText> not_understood_texts(storage::Transaction& tx,
                                                                  UnixSeconds since, int limit);

struct MessageText {
    InboundId inbound_id;
    std::string text;
    UnixSeconds received_at;
};
/// Her message, in the viewer's places. @return messaging.no_message.
[[nodiscard]] Result<MessageText> message_to_correct(storage::Transaction& tx, const Viewer& viewer,
                                                     InboundId inbound_id);

struct Correction {
    std::int64_t correction_no = 0;
    InboundId inbound_id;
    std::string text;  ///< Her message.
    std::string understood_json;
    std::string corrected_json;  ///< "intent", "items" as the scheme has them.
    AccountId account_id;
    UnixSeconds corrected_at;
};
/// Appends; a later one of the same message counts instead. `text` is not read.
std::int64_t add_correction(storage::Transaction& tx, const Correction& correction);
/// Those that count, the newest first.
[[nodiscard]] std::vector<Correction> corrections(storage::Transaction& tx, int limit);

}  // namespace haat::messaging
