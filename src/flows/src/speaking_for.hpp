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
/// speak for her any more, or an officer talked with her meanwhile: then that dialogue is over.
[[nodiscard]] bool heed_speaking_for(Answering& a, const messaging::DialogueState& state);

/// The writer's own member with that id; none if it is none of hers.
[[nodiscard]] std::optional<registry::Person> find_member(const Answering& a, PersonId person_id);

/// Value of `about`: the line of a member without an address, about which she was written to last.
inline constexpr const char* kOrderRelayed = "order_relayed";

/// The line, if she may answer it: of somebody on the phone, or of a member about whose order she
/// was written to, for whom she speaks from here on. While she works for one member only that
/// one's. None: no such line, or not hers to answer. Costs nothing for id 0.
[[nodiscard]] std::optional<market::OrderLine> line_to_answer(Answering& a,
                                                              const messaging::DialogueState& state,
                                                              OrderLineId order_line_id);

/// A line that waits for a member without a chat of her own, for whom she speaks from here on. None
/// unless she is a mobiliser and works for nobody just now. Reads the members.
[[nodiscard]] std::optional<market::OrderLine> line_of_members(Answering& a);

/// Evidence that she spoke for the member, and a message to her if she can be written to.
/// @param text_key Of a text with {name}, {by}, {said} and what the action found.
void tell_member(Answering& a, std::string_view action, std::string_view text_key,
                 const messaging::ActionResult& result);

/// Mobilisers of her group and of its village organisation, without herself.
[[nodiscard]] std::vector<registry::Person> mobilisers_of(storage::Transaction& tx,
                                                          const registry::Person& member);

}  // namespace haat::flows
