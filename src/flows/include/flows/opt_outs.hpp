/// @file Who said stop: listed, counted, and recorded by an officer on a person's request. Nobody
/// but she herself can undo it, by writing start.
/// Source: docs/decisions/0004-opt-out-and-answers.md.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "flows/context.hpp"
#include "registry/channels.hpp"

namespace haat::flows {

enum class OptOutReason : std::uint8_t {
    kWroteStop,
    kPressedStop,
    kProvider,  ///< The provider reports that she stopped us there.
    kAskedOfficer,
    kOther,  ///< As imports and older records have it.
};
/// "wrote_stop": the name in contract and i18n.
[[nodiscard]] std::string_view opt_out_reason_name(OptOutReason reason);
[[nodiscard]] std::optional<OptOutReason> opt_out_reason_from(std::string_view name);

struct OptOut {
    std::int64_t opt_out_id = 0;
    UnixSeconds at;
    PersonId person_id;
    std::string name;
    std::string phone;  ///< Masked; empty: she has none on that channel.
    PlaceId place_id;
    registry::PurposeMask purposes;
    registry::Channel channel = registry::Channel::kWhatsapp;
    OptOutReason reason = OptOutReason::kOther;
    std::string evidence;
    AccountId by;        ///< The officer who recorded it; none if she did it herself.
    bool still = false;  ///< It holds now.
};

struct OptOutFilter {
    PlaceId place_id;  ///< None: all of the viewer's.
    std::optional<registry::Channel> channel;
    std::optional<OptOutReason> reason;
    std::int64_t before = 0;
    int limit = 50;
};
/// Newest first. @return flows.not_allowed, registry.no_place.
[[nodiscard]] Result<std::vector<OptOut>> list_opt_outs(FlowContext& context, const Viewer& viewer,
                                                        const OptOutFilter& filter);

struct OptOutSummary {
    std::map<UnixSeconds, std::int64_t> days;  ///< By the start of the day in India.
    std::map<registry::Channel, std::int64_t> channels;
    std::map<OptOutReason, std::int64_t> reasons;
    std::int64_t total = 0;
};
[[nodiscard]] Result<OptOutSummary> summarise_opt_outs(FlowContext& context, const Viewer& viewer,
                                                       PlaceId place_id, std::int64_t days);

struct OptOutWish {
    std::string_view device_id;
    PersonId person_id;
    registry::PurposeMask purposes;
    registry::Channel channel = registry::Channel::kVoice;  ///< On which she asked.
    std::string_view evidence;  ///< How and when she asked, 1..500 code points.
};
struct RecordedOptOut {
    OptOut opt_out;
    bool fresh = true;
};
/// Stops the purposes for her from the next permit on. Safe to repeat by device id.
/// @return flows.not_allowed, registry.no_person, flows.opt_out_evidence.
[[nodiscard]] Result<RecordedOptOut> record_opt_out(FlowContext& context, const Viewer& viewer,
                                                    const OptOutWish& wish);

}  // namespace haat::flows
