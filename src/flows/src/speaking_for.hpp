/// @file A mobiliser speaks for a member of her group: what she writes is about the member, and the
/// member hears of it. Private to flows.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "answer_actions.hpp"

namespace haat::flows {

/// Value of a dialogue that names the member, for as long as it goes on.
inline constexpr const char* kSpeaksFor = "speaks_for";

/// Of her SHG, or of the SHGs of her village organisation, without herself, by name. None unless
/// she is a mobiliser.
[[nodiscard]] std::vector<registry::Person> members_of(storage::Transaction& tx,
                                                       const registry::Person& mobiliser);

/// What she writes now is about the member whom the dialogue under way names. False if she may not
/// speak for her any more: then that dialogue is over.
[[nodiscard]] bool heed_speaking_for(Answering& a, const messaging::DialogueState& state);

/// Whose line of an order it is: of somebody on the phone, or of a member, for whom she speaks from
/// here on. None if it is of neither.
[[nodiscard]] std::optional<PersonId> person_of_line(Answering& a, OrderLineId order_line_id);

/// Evidence that she spoke for the member, and a message to her if she can be written to.
/// @param text_key Of a text with {name}, {by}, {said} and what the action found.
void tell_member(Answering& a, std::string_view action, std::string_view text_key,
                 const messaging::ActionResult& result);

/// The mobiliser who is told what is meant for somebody without an address; none if there is none.
[[nodiscard]] std::optional<registry::Person> mobiliser_for(storage::Transaction& tx,
                                                            const registry::Person& member);

}  // namespace haat::flows
