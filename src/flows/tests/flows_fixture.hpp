/// @file A small state in which one story fits: two villages of a block, a city, four women in two
/// groups of one federation, the demonstration's sites, and a sender that remembers.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/texts.hpp"
#include "flows/context.hpp"
#include "flows/demo_master_data.hpp"
#include "ledger/journal.hpp"
#include "registry/places.hpp"
#include "storage_testing/testing.hpp"

namespace haat::flows {

inline constexpr UnixSeconds kStart{1'795'000'000};  // 18 November 2026
inline constexpr std::int64_t kDay = 86'400;
inline constexpr PersonId kSita{501};
inline constexpr PersonId kGita{502};
inline constexpr PersonId kRita{503};
inline constexpr PersonId kMeera{504};

inline constexpr PlaceId kCity = registry::place_id_of(registry::PlaceKind::kDistrict, 212);
inline constexpr PlaceId kBlock = registry::place_id_of(registry::PlaceKind::kBlock, 1880);
inline constexpr PlaceId kVillageA = registry::place_id_of(registry::PlaceKind::kVillage, 1);
inline constexpr PlaceId kVillageB = registry::place_id_of(registry::PlaceKind::kVillage, 2);

/// Remembers what was queued and kept; on request it fails as a full disk does.
class RememberingSender final : public MessageSender {
 public:
    void send(storage::Transaction& tx, const Outgoing& message) override {
        if (fails_) {
            throw storage_is_full();
        }
        tx.after_commit([this, message] {
            const std::lock_guard lock(mutex_);
            sent_.push_back(message);
        });
    }
    void fail(bool fails) { fails_ = fails; }

    /// Everything since the last call.
    std::vector<Outgoing> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(sent_, {});
    }

 private:
    static std::runtime_error storage_is_full() { return std::runtime_error("no space left"); }

    std::mutex mutex_;
    std::vector<Outgoing> sent_;
    bool fails_ = false;
};

class RememberingNotifier final : public Notifier {
 public:
    void changed(std::string_view topic, std::string json) override {
        const std::lock_guard lock(mutex_);
        events_.push_back(std::string(topic) + " " + json);
    }
    [[nodiscard]] std::vector<std::string> take() {
        const std::lock_guard lock(mutex_);
        return std::exchange(events_, {});
    }

 private:
    std::mutex mutex_;
    std::vector<std::string> events_;
};

inline std::string file_text(const std::string& path) {
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

inline Texts message_texts() {
    const std::string json = file_text(HAAT_SOURCE_DIR "/i18n/messages/flows.json");
    const std::pair<std::string_view, std::string_view> source{"flows.json", json};
    return Texts::from(std::span(&source, 1));
}

inline constexpr const char* kSmallState = R"sql(
INSERT INTO place (place_id, kind, code, name_en, name_hi, aliases, parent_place_id,
    district_place_id, block_place_id, lat_micro, lon_micro, point_from, number_first, number_last)
VALUES (1000000010, 'state', 10, 'Bihar', 'बिहार', '', NULL, NULL, NULL, NULL, NULL, NULL, 1, 999),
    (3000000208, 'district', 208, 'Muzaffarpur', 'मुजफ्फरपुर', '', 1000000010, 3000000208, NULL,
        26000000, 85000000, 'own', 100, 199),
    (4000001880, 'block', 1880, 'Bochahan', 'बोचहां', '', 3000000208, 3000000208, 4000001880,
        26000000, 85000000, 'own', 101, 150),
    (6000000001, 'village', 1, 'Ahiyapur', '', '', 4000001880, 3000000208, 4000001880,
        26000000, 85000000, 'own', 102, 102),
    (6000000002, 'village', 2, 'Balua', '', '', 4000001880, 3000000208, 4000001880,
        26000000, 85000000, 'own', 103, 103),
    (3000000212, 'district', 212, 'Patna', 'पटना', '', 1000000010, 3000000212, NULL,
        26000000, 85000000, 'own', 200, 299);
INSERT INTO producer_group (group_id, kind, name, folded, place_id, parent_group_id, is_synthetic,
    created_at)
VALUES (301, 'clf', 'Sangh', 'sangh', 4000001880, NULL, 1, 0),
    (302, 'vo', 'Gram', 'gram', 6000000001, 301, 1, 0),
    (303, 'shg', 'Samuh A', 'samuha', 6000000001, 302, 1, 0),
    (304, 'shg', 'Samuh B', 'samuhb', 6000000002, 302, 1, 0);
INSERT INTO person (person_id, ordinal, kind, name, name_latin, place_id, group_id, language,
    channels, consents, suppressed, is_synthetic, created_at)
VALUES (501, 1, 0, 'सीता', 'Sita', 6000000001, 303, 0, 0, 15, 0, 1, 0),
    (502, 2, 0, 'गीता', 'Gita', 6000000001, 303, 0, 0, 15, 0, 1, 0),
    (503, 3, 0, 'Rita', 'Rita', 6000000002, 304, 1, 0, 15, 0, 1, 0),
    (504, 4, 0, 'मीरा', 'Meera', 6000000001, 303, 0, 0, 15, 0, 1, 0);
INSERT INTO product (product_id, key, name_hi, name_en, variants, units, unit_default, category,
    made_by, shelf_life_days, hs_code, hs_note)
VALUES (1, 'pickle_mango', 'आम अचार', 'Mango pickle', '', 'kg', 'kg', 'pickle', 'jeevika', 365, '', ''),
    (2, 'notebook', 'कॉपी', 'Exercise notebook', '', 'piece', 'piece', 'paper', 'prison', NULL, '', ''),
    (3, 'untaxed', 'अनजान', 'Unknown', '', 'piece', 'piece', 'paper', 'prison', NULL, '', '');
INSERT INTO product_tax (product_id, packing, valid_from_at, gst_basis_points, basis)
VALUES (1, 'packed', 0, 500, 'test'), (2, 'loose', 0, 500, 'test');
)sql";

class FlowsTest : public storage::testing::DatabaseTest {
 protected:
    template <typename Work>
    auto write(Work work) {
        return database().write(work);
    }
    template <typename Work>
    auto read(Work work) {
        return database().read(work);
    }

    void SetUp() override {
        DatabaseTest::SetUp();
        ::setenv("HAAT_TEST_VAULT_KEY", std::string(64, 'a').c_str(), 1);
        key_.emplace(vault::OuterKey::from_environment("HAAT_TEST_VAULT_KEY").value());
        context_.emplace(FlowContext{database(), clock_, notifier_, sender_, &key_.value()});
        const Texts texts = message_texts();
        data_ = write([&](storage::Transaction& tx) -> Result<DemoMasterData> {
                    tx.execute_script(kSmallState);
                    const DemoPlaces places = HAAT_TRY(usual_demo_places(tx));
                    return ensure_demo_master_data(tx, texts, places, clock_.now());
                }).value();
    }
    void TearDown() override {
        context_.reset();
        DatabaseTest::TearDown();
    }

    Paise balance(std::string account) {
        return read([&](storage::Transaction& tx) { return ledger::balance(tx, account); })
            .value_or(Paise{0});
    }

    FlowContext& context() { return *context_; }
    RememberingSender& sender() { return sender_; }
    RememberingNotifier& notifier() { return notifier_; }
    ManualClock& clock() { return clock_; }
    [[nodiscard]] const DemoMasterData& data() const { return data_; }

    static Viewer viewer(Role role) {
        Viewer made;
        made.account_id = {900};
        made.role = role;
        made.places = {1, 999};
        return made;
    }
    [[nodiscard]] Viewer buyer() const {
        Viewer made = viewer(Role::kBuyer);
        made.organisation_id = data_.buyer_shop;
        return made;
    }
    static Viewer officer() { return viewer(Role::kStateOfficer); }
    static Viewer at(Role role, SiteId site_id) {
        Viewer made = viewer(role);
        made.site_id = site_id;
        return made;
    }
    [[nodiscard]] Viewer jailer() const {
        Viewer made = viewer(Role::kJailOfficer);
        made.organisation_id = data_.jail;
        return made;
    }

 private:
    ManualClock clock_{kStart};
    RememberingNotifier notifier_;
    RememberingSender sender_;
    std::optional<vault::OuterKey> key_;
    std::optional<FlowContext> context_;
    DemoMasterData data_;
};

}  // namespace haat::flows
