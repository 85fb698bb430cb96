/// @file Who was written to lately, for "not contacted: 7d" in audiences: the index forgets it with
/// the process, the chunks of broadcasts keep it.
#pragma once

#include <set>

#include "base/ids.hpp"
#include "flows/messaging_context.hpp"

namespace haat::flows {

/// Marks in the audience index whom the broadcasts of the last 62 days went to, those of other
/// processes too, but for those in `known`; adds them to it. Called by a worker: the first round
/// reads every chunk of these days, later ones a list. Returns how many broadcasts were new.
int learn_contacts(MessagingContext& context, std::set<BroadcastId>& known);

}  // namespace haat::flows
