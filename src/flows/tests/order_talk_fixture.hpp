/// @file Women who write, and an order that asks some of them for a part.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "answer_fixture.hpp"
#include "flows/answer_order.hpp"
#include "flows/gather_order.hpp"
#include "flows/plan_order.hpp"
#include "flows/post_demand.hpp"

namespace haat::flows {

class OrderTalk : public Answers {
 protected:
    void has(PersonId person_id, PlaceId place_id, std::int64_t quantity, std::int64_t price) {
        write([&](storage::Transaction& tx) {
            EXPECT_TRUE(market::add(tx,
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
                                    clock().now()));
        });
    }

    /// 40 kg are wanted; Sita has 20, Rita 30 and is dearer.
    PlacedOrder ordered() {
        has(kSita, kVillageA, 20'000, 18'000);
        has(kMeera, kVillageA, 20'000, 18'500);
        has(kRita, kVillageB, 30'000, 20'000);
        const DemandId demand_id = post_demand(context(), buyer(),
                                               {.device_id = "shop-0001",
                                                .product_key = "pickle_mango",
                                                .quantity = {40'000},
                                                .unit = "kg",
                                                .max_price = Paise{20'000},
                                                .deadline_at = {kStart.value + 20 * kDay},
                                                .place_id = kCity,
                                                .note = "",
                                                .buyer_organisation_id = {}})
                                       .value()
                                       .thing.demand_id;
        const OrderPlan plan = plan_order(context(), officer(), demand_id).value();
        return gather_order(context(), officer(), {"order-0001", demand_id, plan.total})
            .value()
            .thing;
    }

    market::OrderLine line_of(const PlacedOrder& placed, PersonId person_id) {
        const auto line = std::ranges::find(placed.asked, person_id, &market::OrderLine::person_id);
        EXPECT_NE(line, placed.asked.end());
        return *line;
    }
    market::OrderLine now(OrderLineId order_line_id) {
        return read([&](storage::Transaction& tx) {
            return *market::find_line(tx, system_viewer(), order_line_id);
        });
    }
    /// haat asked her about it.
    void ask(const market::OrderLine& line) {
        write([&](storage::Transaction& tx) {
            sender_->send(tx, {.person_id = line.person_id,
                               .text_key = "messages.help",
                               .params = {{"name", "सीता"}},
                               .params_by_key = {},
                               .buttons = {{order_button(line.order_line_id, market::Answer::kYes),
                                            "messages.button_yes"}}});
        });
    }
    AddressId address_of(const std::string& phone) {
        return read([&](storage::Transaction& tx) {
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone)
                ->address_id;
        });
    }
};

}  // namespace haat::flows
