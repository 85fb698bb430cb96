/// @file Audience and Purpose of the contract, as they are asked for.
#pragma once

#include <optional>
#include <string_view>

#include "audience_tree.hpp"
#include "base/result.hpp"
#include "call.hpp"
#include "reader.hpp"
#include "registry/audience.hpp"

namespace haat::http {

/// What a client said, keys still as text.
struct AudienceAsked {
    registry::AudienceQuery query;
    registry::Channel channel = registry::Channel::kWhatsapp;
    std::vector<std::string> product_keys;
    AudienceExpression expression;  ///< She fits this, too.
    UnixSeconds at;                 ///< When it was asked, for what days mean.
};

/// Reads the field `audience`.
[[nodiscard]] AudienceAsked read_audience(Reader& in);

/// Looks keys up and checks that every place lies in the viewer's.
/// @return catalogue.no_product, registry.no_place, registry.no_group, registry.audience_*.
[[nodiscard]] Result<registry::AudienceQuery> resolve_audience(storage::Transaction& tx,
                                                               const Viewer& viewer,
                                                               AudienceAsked asked);

/// demand, price and fair are market messages; training, scheme and notice are notices.
[[nodiscard]] std::optional<registry::MessagePurpose> purpose_from(std::string_view name);

}  // namespace haat::http
