/// @file What a broadcast says: a template with its parameters in both languages, and the whole
/// texts as people will read them. Private.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/messaging_context.hpp"
#include "flows/plan_body.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// Pairs are Hindi, English.
struct Letterhead {
    std::string template_name;
    std::array<std::vector<std::string>, 2> params{};
    std::array<std::string, 2> texts{};
    std::array<std::vector<std::string>, 2> buttons{};
    std::vector<std::string> payloads;
    UnixSeconds expires_at;  ///< After that it makes no sense any more.
    /// How long WhatsApp goes on trying to deliver it, the longer of both languages; 0: not known.
    std::int64_t lifetime_seconds = 0;
};

/// @return market.no_demand.
[[nodiscard]] Result<Letterhead> demand_letter(MessagingContext& context, storage::Transaction& tx,
                                               const Viewer& viewer, DemandId demand_id);

/// @return flows.no_broadcast_text.
[[nodiscard]] Result<Letterhead> notice_letter(const MessagingContext& context,
                                               std::string_view text_hi, std::string_view text_en);

/// Any template. @return as above; messaging.no_template; flows.template_params (params: template,
///   language, count, given).
[[nodiscard]] Result<Letterhead> template_letter(MessagingContext& context,
                                                 storage::Transaction& tx, const Viewer& viewer,
                                                 const PlanText& text);

/// As messaging::NewBroadcast wants it.
[[nodiscard]] std::string params_json(const Letterhead& letter);

}  // namespace haat::flows
