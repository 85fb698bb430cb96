/// @file The story in steps, so that each test starts where it wants to.
#pragma once

#include "flows/answer_order.hpp"
#include "flows/dispatch_consignment.hpp"
#include "flows/gather_order.hpp"
#include "flows/pack_lots.hpp"
#include "flows/plan_order.hpp"
#include "flows/post_demand.hpp"
#include "flows/receive_consignment.hpp"
#include "flows/record_batch.hpp"
#include "flows/sell.hpp"
#include "flows/weigh_in.hpp"
#include "flows_fixture.hpp"
#include "market/offers.hpp"

namespace haat::flows {

class StoryTest : public FlowsTest {
 protected:
    DemandRequest pickle_wanted(std::string device_id = "shop-0001") {
        return {.device_id = std::move(device_id),
                .product_key = "pickle_mango",
                .quantity = {40'000},
                .unit = "kg",
                .max_price = Paise{20'000},
                .deadline_at = {kStart.value + 20 * kDay},
                .place_id = kCity,
                .note = "",
                .buyer_organisation_id = {}};
    }

    market::Offer has(PersonId person_id, PlaceId place_id, std::int64_t quantity,
                      std::int64_t price) {
        return write([&](storage::Transaction& tx) {
                   return market::add(tx,
                                      {.person_id = person_id,
                                       .product_id = {1},
                                       .quantity = {quantity},
                                       .unit = "kg",
                                       .price_per_unit = {price},
                                       .grade = "",
                                       .place_id = place_id,
                                       .available_from_at = clock().now(),
                                       .available_until_at = {kStart.value + 30 * kDay},
                                       .inbound_id = InboundId{person_id.value},
                                       .demand_id = std::nullopt,
                                       .said = "अचार है"},
                                      clock().now());
               })
            .value();
    }

    /// Village A: Sita 20 kg at 180, Meera 10 at 185, Gita 15 at 190; village B: Rita 30 at 200.
    void everybody_offers() {
        has(kSita, kVillageA, 20'000, 18'000);
        has(kGita, kVillageA, 15'000, 19'000);
        has(kRita, kVillageB, 30'000, 20'000);
        has(kMeera, kVillageA, 10'000, 18'500);
    }

    PlacedOrder ordered() {
        everybody_offers();
        const DemandId demand_id =
            post_demand(context(), buyer(), pickle_wanted()).value().thing.demand_id;
        const OrderPlan plan = plan_order(context(), officer(), demand_id).value();
        return gather_order(context(), officer(), {"order-0001", demand_id, plan.total})
            .value()
            .thing;
    }

    static const market::OrderLine& line_of(const std::vector<market::OrderLine>& lines,
                                            PersonId person_id) {
        const auto found = std::ranges::find(lines, person_id, &market::OrderLine::person_id);
        if (found == lines.end()) {
            throw std::logic_error("she has no line");
        }
        return *found;
    }

    AnsweredLine answered(const market::OrderLine& line, market::Answer answer) {
        return answer_order(context(), system_viewer(), line.person_id, line.order_line_id, answer)
            .value();
    }

    /// Sita, Gita and Rita have said yes (Meera no), and their lots stand at the purchase point.
    std::vector<supply::Lot> weighed_in() {
        const PlacedOrder placed = ordered();
        const market::OrderLine rita =
            answered(line_of(placed.asked, kMeera), market::Answer::kNo).asked_instead.at(0);
        std::vector<supply::Lot> lots;
        int number = 0;
        for (const market::OrderLine& line :
             {line_of(placed.asked, kSita), line_of(placed.asked, kGita), rita}) {
            answered(line, market::Answer::kYes);
            lots.push_back(weigh_in(context(), system_viewer(),
                                    {.device_id = "scale-000" + std::to_string(++number),
                                     .order_line_id = line.order_line_id,
                                     .weight = line.quantity,
                                     .grade = "a",
                                     .site_id = data().purchase_point})
                               .value()
                               .thing);
        }
        return lots;
    }

    /// 78 packets of half a kilo stand at the packaging house.
    supply::Lot packed() {
        std::vector<LotId> lots;
        PackingRequest packing{.device_id = "pack-00001",
                               .site_id = data().packaging_house,
                               .inputs = {},
                               .pack_size = {500},
                               .packs = 78};
        for (const supply::Lot& lot : weighed_in()) {
            lots.push_back(lot.lot_id);
            packing.inputs.push_back({lot.lot_id, lot.weight});
        }
        EXPECT_TRUE(carry_to_packaging_house(
            context(), system_viewer(),
            {"carry-0001", data().purchase_point, data().packaging_house, lots, {}}));
        return pack_lots(context(), system_viewer(), packing).value().thing;
    }

    /// The lot stands at an outlet.
    void brought_to(SiteId from, SiteId outlet, LotId lot_id) {
        const auto sent = dispatch_consignment(
            context(), system_viewer(),
            {"send-" + std::to_string(lot_id.value), from, outlet, {lot_id}, {}});
        ASSERT_TRUE(sent) << sent.error().code;
        ASSERT_TRUE(
            receive_consignment(context(), system_viewer(), sent->thing.consignment_id, {}));
    }

    supply::Lot in_the_mall() {
        supply::Lot lot = packed();
        brought_to(data().packaging_house, data().khadi_mall, lot.lot_id);
        return lot;
    }

    SaleRequest pickle_sale(LotId lot_id, std::string device_id = "till-00001") {
        return {.device_id = std::move(device_id),
                .site_id = data().khadi_mall,
                .lot_id = lot_id,
                .quantity = {5'000},
                .price = {122'000}};
    }

    BatchRequest notebooks(std::string device_id = "jail-00001") {
        return {.device_id = std::move(device_id),
                .site_id = data().workshop,
                .product_key = "notebook",
                .quantity = {100'000},
                .unit = "piece",
                .material = {50'000},
                .makers = {{"K-17", {2'000}, "skilled"}, {"K-18", {1'500}, "unskilled"}}};
    }

    supply::Lot notebooks_in_the_shop() {
        supply::Lot lot = record_batch(context(), jailer(), notebooks()).value().thing;
        brought_to(data().workshop, data().museum_shop, lot.lot_id);
        return lot;
    }
};

}  // namespace haat::flows
