/// @file Plans in the small state: three officers with accounts, four women of whom two share a
/// phone, a delivery machine that is never started, a clock that is set by hand.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "access/accounts.hpp"
#include "flows/plan_broadcast.hpp"
#include "flows/run_plans.hpp"
#include "flows_fixture.hpp"
#include "messaging/book_source.hpp"
#include "messaging/delivery.hpp"
#include "messaging/transport.hpp"
#include "registry/audience.hpp"

namespace haat::flows {

inline constexpr PlaceId kDistrict = registry::place_id_of(registry::PlaceKind::kDistrict, 208);

inline constexpr const char* kPhones = R"sql(
INSERT INTO contact (contact_id, external_id, channels, suppressed)
VALUES (701, '+919812300001', 1, 0), (702, '+919812300002', 1, 0), (703, '+919812300003', 1, 0);
INSERT INTO person_contact (ordinal, contact_id, channels)
VALUES (1, 701, 1), (2, 702, 1), (3, 703, 1), (4, 702, 1);
UPDATE person SET channels = 1;
UPDATE registry_counter SET value = 4096 WHERE name = 'ordinal';
)sql";

inline std::unique_ptr<LexiconShelf> shipped_words() {
    const std::string root = std::string(HAAT_SOURCE_DIR) + "/data/";
    return LexiconShelf::make({.lexicon_json = file_text(root + "language/lexicon.json"),
                               .products_csv = file_text(root + "catalogue/products.csv"),
                               .product_keys_csv = file_text(root + "catalogue/product_keys.csv"),
                               .spellings_csv = file_text(root + "language/spellings.csv"),
                               .cues_csv = file_text(root + "language/cues.csv")})
        .value();
}

/// What haat ships, as the database keeps it for who edits and tries dialogues.
inline messaging::BookSource shipped_source() {
    messaging::BookSource source;
    const std::filesystem::path root = HAAT_SOURCE_DIR;
    for (const auto& file : std::filesystem::directory_iterator(root / "data/dialogues")) {
        source.dialogues[file.path().stem().string()] = file_text(file.path().string());
    }
    for (const char* name : {"flows.json", "dialogue.json", "talk.json"}) {
        messaging::add_texts(source, file_text((root / "i18n/messages" / name).string()));
    }
    return source;
}

/// One for all tests that publish no words.
inline LexiconShelf& test_lexicon() {
    static const std::unique_ptr<LexiconShelf> shelf = shipped_words();
    return *shelf;
}

class PlanTest : public FlowsTest {
 protected:
    void SetUp() override {
        FlowsTest::SetUp();
        write([&](storage::Transaction& tx) { tx.execute_script(kPhones); });
        block_officer_ = add_officer("bpm", Role::kBlockOfficer, kBlock);
        district_officer_ = add_officer("dpm", Role::kDistrictOfficer, kDistrict);
        state_officer_ = add_officer("smd", Role::kStateOfficer, registry::kBihar);
        audience_.emplace();
        read([&](storage::Transaction& tx) { audience_->build(tx); });
        const std::string messages = file_text(HAAT_SOURCE_DIR "/i18n/messages/flows.json");
        const std::string templates = file_text(HAAT_SOURCE_DIR "/i18n/messages/templates.json");
        const std::string dialogue = file_text(HAAT_SOURCE_DIR "/i18n/messages/dialogue.json");
        const std::string talk = file_text(HAAT_SOURCE_DIR "/i18n/messages/talk.json");
        const std::array sources{
            std::pair<std::string_view, std::string_view>{"talk.json", talk},
            std::pair<std::string_view, std::string_view>{"flows.json", messages},
            std::pair<std::string_view, std::string_view>{"templates.json", templates},
            std::pair<std::string_view, std::string_view>{"dialogue.json", dialogue}};
        texts_ = Texts::from(sources);
        start_haat();
    }
    void TearDown() override {
        messaging_.reset();
        delivery_.reset();
        FlowsTest::TearDown();
    }

    virtual LexiconShelf& lexicon() { return test_lexicon(); }

    /// As after a restart: what was in memory is gone.
    void start_haat() {
        messaging_.reset();
        delivery_.reset();
        messaging::DeliveryOptions options;
        options.phone_number_ids = {"1"};
        options.attempt_key = "a key of sixteen bytes or more";
        delivery_ = std::make_unique<messaging::Delivery>(database(), clock(), options,
                                                          messaging::network_transport({}));
        messaging_.emplace(MessagingContext{.flows = context(),
                                            .delivery = *delivery_,
                                            .audience = *audience_,
                                            .lexicon = lexicon(),
                                            .texts = *texts_,
                                            .whatsapp_app_secret = "secret of tests",
                                            .whatsapp_phone_number_ids = {"1"},
                                            .inbound_stored = {}});
    }

    Viewer add_officer(const std::string& login, Role role, PlaceId place_id) {
        Viewer made;
        made.role = role;
        made.place_id = place_id;
        write([&](storage::Transaction& tx) {
            made.account_id = access::add_account(tx,
                                                  {.login = login,
                                                   .name_hi = login,
                                                   .name_en = login,
                                                   .role = role,
                                                   .place_id = place_id,
                                                   .organisation_id = {},
                                                   .site_id = {},
                                                   .password_hash = "x"},
                                                  clock().now())
                                  .value()
                                  .account_id;
            made.places = registry::place_range(tx, place_id);
        });
        return made;
    }

    static PlanBody notice(std::string text = "कल बैठक है") {
        PlanBody body;
        body.title = "बैठक";
        body.purpose = "notice";
        body.channels = {{registry::Channel::kWhatsapp, 0}};
        body.texts = {{.template_name = "haat_broadcast",
                       .params_hi = {std::move(text)},
                       .params_en = {},
                       .demand_id = {}}};
        return body;
    }

    void set_setting(std::string_view key, std::int64_t value) {
        write([&](storage::Transaction& tx) {
            tx.execute_script(
                "INSERT INTO flow_setting (setting_key, valid_from_at, value, order_no) "
                "VALUES ('" +
                std::string(key) + "', 1, " + std::to_string(value) + ", 'test')");
        });
    }

    messaging::PlanId kept(const Viewer& maker, const PlanBody& body) {
        const std::string device = "device-" + std::to_string(++devices_);
        auto made = create_plan(here(), maker, device, body);
        EXPECT_TRUE(made) << made.error().code;
        return made->plan.plan_id;
    }

    PlanView view(messaging::PlanId plan_id) {
        return read_plan(here(), system_viewer(), plan_id).value();
    }
    std::string state(messaging::PlanId plan_id) {
        return std::string(messaging::plan_state_name(view(plan_id).plan.state));
    }

    std::string submitted(const Viewer& viewer, messaging::PlanId plan_id) {
        const PlanView seen = view(plan_id);
        const auto done =
            submit_plan(here(), viewer, plan_id, {seen.plan.content_hash, seen.people});
        return done ? "" : done.error().code;
    }
    std::string approved(const Viewer& viewer, messaging::PlanId plan_id) {
        const PlanView seen = view(plan_id);
        const auto done =
            approve_plan(here(), viewer, plan_id, {seen.plan.content_hash, seen.people});
        return done ? "" : done.error().code;
    }

    /// Recipients that are not shared, over all parts of a plan.
    std::int64_t recipients(messaging::PlanId plan_id) {
        std::int64_t sum = 0;
        for (const messaging::PlanPart& part : view(plan_id).parts) {
            sum += delivery().progress(part.broadcast_id).recipients;
        }
        return sum;
    }

    std::int64_t broadcasts() {
        std::int64_t count = 0;
        read([&](storage::Transaction& tx) {
            count = static_cast<std::int64_t>(
                messaging::list_broadcasts(tx, system_viewer(), 0, 1000).size());
        });
        return count;
    }

    MessagingContext& here() { return *messaging_; }
    messaging::Delivery& delivery() { return *delivery_; }
    registry::AudienceIndex& audience() { return *audience_; }
    const Texts& texts() const { return *texts_; }
    const Viewer& block_officer() const { return block_officer_; }
    const Viewer& district_officer() const { return district_officer_; }
    const Viewer& state_officer() const { return state_officer_; }

 private:
    std::optional<registry::AudienceIndex> audience_;
    std::optional<Texts> texts_;
    std::unique_ptr<messaging::Delivery> delivery_;
    std::optional<MessagingContext> messaging_;
    Viewer block_officer_;
    Viewer district_officer_;
    Viewer state_officer_;
    int devices_ = 0;
};

}  // namespace haat::flows
