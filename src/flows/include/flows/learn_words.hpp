/// @file haat learns: messages that were not understood are noted, officers say what they meant,
/// and from both come suggestions which words the lexicon lacks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "language/understanding.hpp"
#include "messaging/corrections.hpp"
#include "messaging/dialogue.hpp"
#include "messaging/inbox.hpp"

namespace haat::flows {

/// Notes a message that the dialogue could not follow, or that began something by a meaning that
/// was not sure, within the transaction that answers it. Commands and whatever answered a question
/// are understood.
/// @param is_command  A whole message by which a dialogue begins.
void note_if_not_understood(storage::Transaction& tx, const messaging::Inbound& inbound,
                            const language::Understanding& meaning, PlaceId place_id,
                            const messaging::DialogueState& before,
                            const messaging::DialogueState& after, bool is_command);

/// Messages that say the same, with the latest as example.
struct NotUnderstoodRow {
    messaging::NotUnderstoodGroup group;
    std::string example;               ///< Phones and names masked.
    language::Understanding meaning;   ///< Of the latest message, as the lexicon now has it.
    std::vector<std::string> unknown;  ///< Words of it.
};
/// In the viewer's places, the most frequent first. @return flows.not_allowed.
[[nodiscard]] Result<std::vector<NotUnderstoodRow>> list_not_understood(MessagingContext& context,
                                                                        const Viewer& viewer,
                                                                        int days, int limit);

/// Keeps what a message meant, as an example. It changes neither an offer nor a ticket.
/// @param corrected_json  "intent" and "items" as language::understanding_from_json reads them.
/// @return flows.not_allowed, messaging.no_message (in her places), flows.bad_correction.
[[nodiscard]] Result<messaging::Correction> correct_message(MessagingContext& context,
                                                            const Viewer& viewer,
                                                            InboundId inbound_id,
                                                            std::string_view corrected_json);

/// A word that the lexicon lacks, and what it seems to mean.
struct WordSuggestion {
    language::WordKind kind = language::WordKind::kProduct;
    std::string spelling;
    std::string target;
    std::int64_t messages = 0;            ///< That have it.
    std::int64_t corrections = 0;         ///< Of those, corrected by officers.
    int likeness_permille = 0;            ///< To the nearest name of the target.
    std::vector<std::string> examples;    ///< At most 3; phones and names masked.
    std::vector<std::string> collisions;  ///< What it means already: "product:papad".
};
/// WordSuggestion of the contract.
void write_suggestion(JsonWriter& json, const WordSuggestion& suggestion);

/// From corrections and what was not understood in the last 90 days: those of corrections first,
/// then the most frequent. Reads at most 2,000 messages of each; up to a second.
[[nodiscard]] std::vector<WordSuggestion> suggest_words(storage::Transaction& tx,
                                                        const language::Lexicon& lexicon,
                                                        UnixSeconds now, int limit);

}  // namespace haat::flows
