/// @file A village with phones, a scripted provider, and delivery machines that are started and killed.
#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "chaos_proxy.hpp"
#include "messaging/allowances.hpp"
#include "messaging/delivery.hpp"
#include "messaging/inbox.hpp"
#include "messaging/mail.hpp"
#include "messaging/shard.hpp"
#include "registry/consents.hpp"
#include "registry/people.hpp"
#include "registry/place_loader.hpp"
#include "registry/places.hpp"
#include "scripted_provider.hpp"
#include "storage_testing/testing.hpp"

namespace haat::messaging {

using storage::Transaction;
using testing::Asked;
using testing::ScriptedProvider;

inline constexpr PlaceId kRampur = registry::place_id_of(registry::PlaceKind::kVillage, 300001);
inline constexpr registry::ConsentSource kForm{registry::Channel::kWhatsapp, "1/hi", "form:1"};

inline const registry::PlaceFiles& one_village() {
    static const registry::PlaceFiles kFiles{
        .districts_csv = "lgd_code,name_en,name_hi,aliases,division_en,division_hi,hq_lat,hq_lon\n"
                         "212,Patna,पटना,,Patna,पटना,25.6093,85.1235\n",
        .blocks_csv = "lgd_block_code,name_en,name_hi,district_lgd,name_lgd,aliases,lat,lon\n"
                      "1966,Patna Sadar,पटना सदर,212,PATNA RURAL,,25.5941,85.1376\n",
        .villages_csv = "village_code_2011,name_en,block_lgd,district_lgd,lat_guess,lon_guess\n"
                        "300001,Rampur,1966,212,25.6000,85.1000\n",
        .post_offices_csv =
            "pincode,name_en,office_type,district_lgd,block_lgd_by_point,lat,lon\n"};
    return kFiles;
}

class DeliveryTest : public storage::testing::DatabaseTest {
  protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        auto loader = registry::PlaceLoader::create(one_village());
        ASSERT_TRUE(loader.has_value()) << loader.error().code;
        while (database().write([&](Transaction& tx) { return loader->step(tx); })) {
        }
    }
    void TearDown() override {
        delivery_.reset();
        DatabaseTest::TearDown();
    }

    registry::Person add(int number, const std::string& phone = "") {
        const std::string own = phone.empty() ? phone_of(number) : phone;
        const std::string name = "दीदी " + std::to_string(number);
        return database().write([&](Transaction& tx) {
            const registry::NewAddress address{registry::Channel::kWhatsapp, own};
            return *registry::add_person(
                tx, system_viewer(),
                {.name = name,
                 .place_id = kRampur,
                 .addresses = std::span(&address, 1),
                 .consent = registry::NewConsent{registry::kAllPurposes,
                                                 registry::Channel::kWhatsapp, "1/hi", "form:1"}},
                clock().now());
        });
    }
    static std::string phone_of(int number) { return "+9198000" + std::to_string(10'000 + number); }
    [[nodiscard]] const Clock& clock() const { return system_clock(); }

    DeliveryOptions options() {
        DeliveryOptions options;
        options.access_token = "token";
        options.phone_number_ids = {"1001"};
        options.rate_per_number = 1000;
        options.quiet_hours = false;
        options.attempt_key = "a key of sixteen bytes or more";
        return options;
    }
    std::unique_ptr<Transport> network() {
        net::ClientOptions client;
        client.base_url = provider_.url();
        return network_transport({{registry::Channel::kWhatsapp, client}});
    }
    Delivery& deliver() {
        delivery_ = std::make_unique<Delivery>(database(), clock(), options(), network());
        delivery_->start();
        return *delivery_;
    }
    void stop() {
        delivery_->stop(5'000);
        delivery_.reset();
    }

    BroadcastId broadcast(const std::vector<std::uint32_t>& ordinals,
                          const std::string& device_id = "device-1") {
        const auto made = create_broadcast(
            database(),
            {.device_id = device_id,
             .template_name = "haat_broadcast",
             .params_json = R"({"hi":["नमस्ते"],"en":["hello"],"buttons":[],)"
                            R"("text_hi":"नमस्ते","text_en":"hello"})",
             .audience_json = "{}",
             .place_id = kRampur,
             .expires_at = {clock().now().value + 3600}},
            ordinals, clock().now());
        EXPECT_TRUE(made.has_value()) << made.error().code;
        nonce_ = made->nonce;
        return made->broadcast_id;
    }
    /// As the latest broadcast's attempts are named.
    [[nodiscard]] AttemptId attempt_of(BroadcastId id, std::uint32_t slot,
                                       std::uint8_t attempt = 1) const {
        return {{static_cast<std::uint32_t>(id.value), slot}, attempt, nonce_};
    }

    template <typename Done>
    bool wait(Done done) {
        for (int i = 0; i < 3'000; ++i) {
            if (done()) {
                return true;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        return false;
    }
    bool wait_idle() {
        return wait([&] { return delivery_->idle(); });
    }
    std::int64_t report(const Asked& asked, SlotState state, bool with_callback = true) {
        const Status status{.message_id = "wamid." + asked.callback_data,
                                      .callback_data = with_callback ? asked.callback_data : "",
                                      .recipient = asked.to,
                                      .state = state};
        return database().write([&](Transaction& tx) {
            return delivery_->record_statuses(tx, std::span(&status, 1));
        });
    }

    ScriptedProvider provider_;
    std::unique_ptr<Delivery> delivery_;
    std::uint32_t nonce_ = 0;
};

}  // namespace haat::messaging
