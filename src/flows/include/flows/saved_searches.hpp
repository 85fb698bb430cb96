/// @file A shop keeps what it looks for, and hears of what fits as soon as a producer confirmed it:
/// on the screen, and by message on the phone that it linked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "market/searches.hpp"

namespace haat::flows {

struct SearchRequest {
    std::string device_id;
    std::string product_key;
    std::string grade;  ///< "a", "b", "c"; empty: any.
    Milli min_quantity;
    std::optional<Paise> max_price;
    PlaceId place_id;
    bool tells = false;
};

/// Promise: what a shop looks for is kept once, and every offer that fits from now on is noted.
/// @return flows.not_allowed, flows.no_organisation, catalogue.no_product, registry.no_place and
///   what market::save_search refuses.
[[nodiscard]] Result<market::Search> save_search(FlowContext& context, const Viewer& viewer,
                                                 const SearchRequest& request);
/// @return flows.not_allowed, market.no_search; so do the next two.
[[nodiscard]] Result<void> remove_search(FlowContext& context, const Viewer& viewer,
                                         market::SearchId search_id);
[[nodiscard]] Result<void> tell_search(FlowContext& context, const Viewer& viewer,
                                       market::SearchId search_id, bool tells);
[[nodiscard]] Result<void> see_search(FlowContext& context, const Viewer& viewer,
                                      market::SearchId search_id);

/// Promise: a shop is told at most once of each offer that fits, in one message for all that came
/// in ten minutes. Without a linked phone, or after a stop, they are on the screen alone. Returns
/// how many searches were due; at most `limit`.
int tell_searches(MessagingContext& context, MailSender& sender, int limit);

/// Links the phone that wrote a shop's code ("हाट 48120937") and answers it. False: it is no code.
bool link_phone_by_code(MessagingContext& context, MailSender& sender, storage::Transaction& tx,
                        const messaging::Inbound& inbound);

}  // namespace haat::flows
