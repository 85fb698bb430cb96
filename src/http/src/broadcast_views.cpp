#include "broadcast_views.hpp"

#include <iterator>

#include "access/accounts.hpp"
#include "base/money.hpp"
#include "flows/create_broadcast.hpp"
#include "flows/messaging_context.hpp"
#include "messaging/delivery.hpp"
#include "registry/audience.hpp"
#include "sql/today.hpp"
#include "views.hpp"

namespace haat::http {
namespace {

using messaging::SlotState;

}  // namespace

/// What is kept is what consent goes by; the contract's finer purposes follow from it.
std::string_view purpose_in_contract(const messaging::NewBroadcast& what) {
    if (what.purpose == registry::MessagePurpose::kMarket) {
        return what.demand_id ? "demand" : "price";
    }
    return "notice";
}

void write_relayed(JsonWriter& json, const messaging::RelaySums& sums) {
    json.begin_object().field("people", sums.people).field("groups", sums.groups).end_object();
}

std::string_view state_in_contract(messaging::BroadcastState state) {
    return state == messaging::BroadcastState::kSending ? "running"
                                                        : messaging::broadcast_state_name(state);
}

void DeliverySums::add(SlotState state, std::int64_t count) {
    if (state == SlotState::kShared) {
        shared += count;
        return;
    }
    recipients += count;
    switch (state) {
        case SlotState::kQueued:
        case SlotState::kRetry:
            queued += count;
            break;
        case SlotState::kBusy:
            busy += count;
            break;
        case SlotState::kUnknown:
            unknown += count;
            break;
        case SlotState::kSuppressed:
            suppressed += count;
            break;
        case SlotState::kCapped:
            capped += count;
            break;
        case SlotState::kExpired:
            expired += count;
            break;
        case SlotState::kCancelled:
            cancelled += count;
            break;
        case SlotState::kSpared:
            spared += count;
            break;
        case SlotState::kNoAddress:
        case SlotState::kRejected:
            rejected += count;
            break;
        case SlotState::kAccepted:
            accepted += count;
            break;
        case SlotState::kSent:
            sent += count;
            break;
        case SlotState::kDelivered:
            delivered += count;
            break;
        case SlotState::kRead:
        case SlotState::kPlayed:
            read += count;
            break;
        case SlotState::kShared:
            break;
    }
}

void DeliverySums::add(const messaging::Progress& progress) {
    for (int i = 0; i < messaging::kSlotStateCount; ++i) {
        const auto state = static_cast<SlotState>(i);
        add(state, progress.of(state));
    }
}

void write_counts(JsonWriter& json, const messaging::Progress& progress) {
    DeliverySums sums;
    sums.add(progress);
    json.begin_object().field("recipients", sums.recipients);
    json.field("shared", sums.shared).field("queued", sums.queued).field("busy", sums.busy);
    json.field("accepted", sums.accepted).field("sent", sums.sent);
    json.field("delivered", sums.delivered).field("read", sums.read);
    json.field("rejected", sums.rejected).field("suppressed", sums.suppressed);
    json.field("expired", sums.expired).field("unknown", sums.unknown);
    json.field("cancelled", sums.cancelled).field("capped", sums.capped);
    json.field("spared", sums.spared).end_object();
}

void write_reasons(JsonWriter& json, const Texts& texts,
                   std::span<const flows::DeliveryReason> reasons) {
    json.begin_array();
    for (const flows::DeliveryReason& reason : reasons) {
        const std::string code = std::to_string(reason.code);
        const TextParams params{{"code", code}};
        json.begin_object().field("channel", registry::channel_name(reason.channel));
        json.field("code", code);
        json.field("text_hi", texts.text(Language::kHindi, "http.failed_reason", params));
        json.field("text_en", texts.text(Language::kEnglish, "http.failed_reason", params));
        json.field("count", reason.count).end_object();
    }
    json.end_array();
}

void write_broadcast(JsonWriter& json, storage::Transaction& tx, const Call& call,
                     const messaging::Broadcast& broadcast) {
    const messaging::Delivery& delivery = call.services.messaging.delivery;
    const flows::WholeDelivery whole =
        flows::read_whole_delivery(call.services.messaging, tx, broadcast);
    const std::int64_t replied = delivery.count_recipients(
        broadcast.broadcast_id, messaging::people_who_wrote_after(tx, broadcast));
    const flows::BroadcastTexts texts = flows::texts_of(broadcast);
    const auto account = access::find_account(tx, broadcast.what.created_by);
    json.begin_object().field("broadcast_id", broadcast.broadcast_id);
    json.field("purpose", purpose_in_contract(broadcast.what));
    json.field("channel", registry::channel_name(broadcast.what.channel));
    nullable(json, "demand_id", broadcast.what.demand_id);
    json.field("text_hi", texts.text_hi).field("text_en", texts.text_en);
    json.field("state", state_in_contract(broadcast.state));
    json.field("created_at", broadcast.created_at);
    json.field("created_by", account ? account->name_en : std::string("haat"));
    nullable(json, "finished_at", broadcast.finished_at);
    json.key("counts");
    write_counts(json, whole.people);
    json.field("replies", replied);
    json.field("offers",
               broadcast.what.demand_id
                   ? sql::offers_of_demand(tx, {.demand_id = broadcast.what.demand_id}).offers
                   : 0);
    json.field("cost_paise", whole.cost).end_object();
}

void add_people(DistrictTable& table, const Call& call, std::span<const std::uint32_t> ordinals,
                std::int64_t DistrictSums::* column) {
    if (ordinals.empty()) {
        return;
    }
    for (const registry::DistrictCount& count :
         call.services.audience.districts_of(call.viewer, ordinals)) {
        table[count.district_id].*column += count.people;
    }
}

void add_delivery(DistrictTable& table, storage::Transaction& tx, const Call& call,
                  BroadcastId broadcast_id) {
    const flows::ReachedOrdinals reached =
        flows::read_reached(call.services.messaging, tx, broadcast_id);
    add_people(table, call, reached.all, &DistrictSums::recipients);
    add_people(table, call, reached.delivered, &DistrictSums::delivered);
}

void write_districts(JsonWriter& json, storage::Transaction& tx, const Call& call,
                     const DistrictTable& table) {
    Views views(tx, call.viewer);
    std::vector<registry::Place> districts =
        registry::places_below(tx, call.viewer.place_id, registry::PlaceKind::kDistrict);
    if (districts.empty()) {
        const PlaceId own = views.above(call.viewer.place_id, registry::PlaceKind::kDistrict);
        if (const registry::Place* place = own ? views.find_place(own) : nullptr) {
            districts.push_back(*place);
        }
    }
    json.begin_array();
    for (const registry::Place& district : districts) {
        const auto found = table.find(district.place_id);
        const DistrictSums sums = found == table.end() ? DistrictSums{} : found->second;
        json.begin_object().field("place_id", district.place_id);
        json.field("lgd_code", std::to_string(district.code));
        json.field("name_hi", district.name("hi")).field("name_en", district.name_en);
        json.field("recipients", sums.recipients).field("delivered", sums.delivered);
        json.field("replies", sums.replies).field("offers", sums.offers).end_object();
    }
    json.end_array();
}

}  // namespace haat::http
