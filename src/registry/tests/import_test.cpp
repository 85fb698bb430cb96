#include "registry/import.hpp"

#include <gmock/gmock.h>

#include <sstream>

#include "loaded_places.hpp"
#include "registry/consents.hpp"
#include "registry/groups.hpp"
#include "registry/people.hpp"
#include "registry/synthetic.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using namespace testing;
using storage::Transaction;

constexpr UnixSeconds kNow{1'790'000'000};
const ManualClock& fixed_clock() {
    static const ManualClock kClock(kNow);
    return kClock;
}

std::optional<ProductId> product_by_key(std::string_view key) {
    return key == "pickle_mango" ? std::optional(ProductId{11})
           : key == "rice"       ? std::optional(ProductId{12})
                                 : std::nullopt;
}

constexpr std::string_view kHeader =
    "name,phone,village_code,village,block,district,language,shg,vo,clf,products,whatsapp,"
    "consent_text_version,consent_evidence\n";

class ImportTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        load(database(), few_places());
    }

    struct Outcome {
        ImportTotals totals;
        std::vector<std::string> refusals;  ///< "line field code"
    };

    Outcome run(const std::string& text, ImportMode mode, int max_steps = 1'000'000) {
        std::istringstream in(text);
        std::istringstream hashed(text);
        Result<PeopleImport> import = PeopleImport::create(
            in, file_content_hash(hashed), {.mode = mode}, product_by_key, fixed_clock());
        Outcome outcome;
        EXPECT_TRUE(import.has_value()) << import.error().code;
        const auto work = [&](Transaction& tx) { return import->step(tx); };
        for (int i = 0; i < max_steps; ++i) {
            const bool more =
                mode == ImportMode::kApply ? database().write(work) : database().read(work);
            for (const ImportRefusal& refusal : import->take_refusals()) {
                outcome.refusals.push_back(std::to_string(refusal.line) + " " + refusal.field +
                                           " " + refusal.code);
            }
            if (!more) {
                break;
            }
        }
        outcome.totals = import->totals();
        return outcome;
    }

    std::vector<Person> everybody() {
        return database().read(
            [](Transaction& tx) { return list_people(tx, system_viewer(), {.limit = 500}); });
    }
};
HAAT_BOTH_ENGINES(ImportTest);

TEST_P(ImportTest, ADryRunSaysWhatApplyingThenDoes) {
    const std::string file =
        "\xEF\xBB\xBF" + std::string(kHeader) +
        "रीता देवी,98123 45601,300001,,,,hi,Lakshmi,Ekta VO,Ekta "
        "CLF,pickle_mango;rice,yes,1/hi,form:1\r\n"
        "\"Sita, Devi\",+91-9812345601,,Sonpur Tola,Patna Sadar,Patna,,Lakshmi,,,,no,,\r\n"
        "Gita,,300004,,,,bho,,,,rice,,,\n"
        "\n"
        "\"Mita \"\"M\"\" Devi\",०९८१२३४५६०३,,,Rajpur,Katihar,,,,,,हाँ,,\n";
    for (const ImportMode mode : {ImportMode::kDryRun, ImportMode::kApply}) {
        const Outcome outcome = run(file, mode);
        EXPECT_THAT(outcome.refusals, ::testing::IsEmpty());
        EXPECT_EQ(outcome.totals.records, 4);
        EXPECT_EQ(outcome.totals.added, 4);
        EXPECT_EQ(outcome.totals.shared_phones, 1);
        EXPECT_EQ(outcome.totals.without_phone, 1);
        EXPECT_EQ(everybody().size(), mode == ImportMode::kApply ? 4U : 0U);
    }
    database().read([&](Transaction& tx) {
        const Viewer all = system_viewer();
        const auto whatsapp = find_address(tx, all, Channel::kWhatsapp, "+919812345601");
        const auto sms = find_address(tx, all, Channel::kSms, "+919812345601");
        ASSERT_TRUE(whatsapp && sms);
        EXPECT_EQ(people_on_address(tx, all, whatsapp->address_id).size(), 1U);
        ASSERT_EQ(people_on_address(tx, all, sms->address_id).size(), 2U);
        const Person rita = people_on_address(tx, all, whatsapp->address_id).front();
        EXPECT_EQ(rita.name, "रीता देवी");
        EXPECT_EQ(rita.consents, kAllPurposes);
        EXPECT_EQ(products_of(tx, all, rita.person_id)->size(), 2U);
        EXPECT_EQ(group_path(tx, rita.group_id).size(), 3U);
        EXPECT_TRUE(find_address(tx, all, Channel::kWhatsapp, "+919812345603").has_value());
    });
    // The same file again does nothing; an altered one updates.
    EXPECT_EQ(run(file, ImportMode::kApply).totals.added, 4);
    EXPECT_EQ(everybody().size(), 4U);
    const Outcome altered = run(file + "\nNaya,,300001,,,,,,,,,,,\n", ImportMode::kApply);
    EXPECT_EQ(altered.totals.added, 1);
    EXPECT_EQ(altered.totals.updated, 4);
    EXPECT_EQ(everybody().size(), 5U);
}

TEST_P(ImportTest, ABadRowLosesNothingElse) {
    const std::string file = std::string(kHeader) +
                             "Good One,9812345601,300001,,,,,,,,,,,\n"              // 2
                             ",9812345602,300001,,,,,,,,,,,\n"                      // 3
                             "Bad Phone,12345,300001,,,,,,,,,,,\n"                  // 4
                             "Bad Code,,999999,,,,,,,,,,,\n"                        // 5
                             "Ambiguous,,,,Rajpur,,,,,,,,,\n"                       // 6
                             "No Place,,,,,,,,,,,,,\n"                              // 7
                             "No Village,,,Nowhere,Patna Sadar,,,,,,,,,\n"          // 8
                             "Bad Language,,300001,,,,xx,,,,,,,\n"                  // 9
                             "Bad Product,,300001,,,,,,,,tea,,,\n"                  // 10
                             "Bad Yes,,300001,,,,,,,,,perhaps,,\n"                  // 11
                             "Half Consent,,300001,,,,,,,,,,1/hi,\n"                // 12
                             "Too,Few\n"                                            // 13
                             "Bad \xFF,,300001,,,,,,,,,,,\n"                        // 14
                             "Bad \"Quote,,300001,,,,,,,,,,,\n"                     // 15
                             "No District,,,Rampur,Patna Sadar,Atlantis,,,,,,,,\n"  // 16
                             "\"Open quote,,300001,,,,,,,,,,,\n"                    // 17
                             "Good Two,9812345601,300001,,,,,,,,,,,\n";             // 18
    const std::vector<std::string> expected = {
        "3 name registry.bad_name",
        "4 phone registry.bad_phone",
        "5 village_code registry.unknown_village_code",
        "6 block registry.ambiguous_block",
        "7 village_code registry.no_village",
        "8 village registry.unknown_village",
        "9 language registry.bad_language",
        "10 products registry.unknown_product",
        "11 whatsapp registry.bad_yes_no",
        "12 consent_evidence registry.bad_consent",
        "13  registry.csv_bad_row",
        "14 name registry.csv_not_utf8_field",
        "15  registry.csv_bad_row",
        "16 district registry.unknown_district",
        "17  registry.csv_bad_row",
    };
    for (const ImportMode mode : {ImportMode::kDryRun, ImportMode::kApply}) {
        const Outcome outcome = run(file, mode);
        EXPECT_EQ(outcome.refusals, expected);
        EXPECT_EQ(outcome.totals.added, 2);
        EXPECT_EQ(outcome.totals.refused, 15);
    }
    EXPECT_EQ(everybody().size(), 2U);
}

TEST_P(ImportTest, SixOnOnePhoneAndNoMore) {
    std::string file(kHeader);
    for (int i = 0; i < 8; ++i) {
        file += "Didi " + std::to_string(i) + ",9812345601,300001,,,,,,,,,,,\n";
    }
    file += "Didi 1,9812345601,300001,,,,,,,,rice,,,\n";  // the same person once more
    for (const ImportMode mode : {ImportMode::kDryRun, ImportMode::kApply}) {
        const Outcome outcome = run(file, mode);
        EXPECT_EQ(outcome.totals.added, 6);
        EXPECT_EQ(outcome.totals.updated, 1);
        EXPECT_EQ(outcome.totals.shared_phones, 5);
        EXPECT_THAT(outcome.refusals, ::testing::ElementsAre("8 phone registry.address_full",
                                                             "9 phone registry.address_full"));
    }
    EXPECT_EQ(everybody().size(), 6U);
}

TEST_P(ImportTest, GoesOnAfterACrash) {
    std::string file(kHeader);
    for (int i = 0; i < 1'000; ++i) {
        file += "Didi " + std::to_string(i) + ",98" + std::to_string(10'000'000 + i) +
                ",300001,,,,,,,,rice,yes,,\n";
    }
    const Outcome first = run(file, ImportMode::kApply, 3);  // then the process is gone
    EXPECT_GT(first.totals.added, 0);
    EXPECT_LT(first.totals.added, 1'000);
    reopen();
    const Outcome second = run(file, ImportMode::kApply);
    EXPECT_EQ(second.totals.added, 1'000);
    EXPECT_EQ(second.totals.updated, 0);
    database().read([](Transaction& tx) {
        std::set<std::string> names;
        std::int64_t after = -1;
        while (true) {
            const std::vector<Person> page =
                list_people(tx, system_viewer(), {.after_ordinal = after, .limit = 500});
            if (page.empty()) {
                break;
            }
            for (const Person& person : page) {
                EXPECT_TRUE(names.insert(person.name).second) << person.name;
            }
            after = page.back().ordinal;
        }
        EXPECT_EQ(names.size(), 1'000U);
    });
}

TEST_P(ImportTest, NeverLiftsWhatSheStopped) {
    const std::string row = "Rita,9812345601,300001,,,,,,,,,yes,1/hi,form:1\n";
    EXPECT_EQ(run(std::string(kHeader) + row, ImportMode::kApply).totals.added, 1);
    database().write([&](Transaction& tx) {
        const auto address = find_address(tx, system_viewer(), Channel::kWhatsapp, "+919812345601");
        suppress_address(tx, address->address_id, kAllPurposes, {Channel::kWhatsapp, "", "wamid:1"},
                         kNow);
    });
    EXPECT_EQ(run(std::string(kHeader) + row + row, ImportMode::kApply).totals.updated, 2);
    const Person rita = everybody().front();
    EXPECT_EQ(rita.suppressed, kAllPurposes);
    EXPECT_EQ(rita.consents, kNoPurpose);
}

TEST_P(ImportTest, SyntheticPeopleAreMarkedAndReachNobody) {
    const auto make = [&] {
        SyntheticPeople makers(
            {.seed = 7, .people = 200, .products = {{11}, {12}, {13}}, .per_village = 50}, kNow);
        while (database().write([&](Transaction& tx) { return makers.step(tx); })) {
        }
        return makers.made();
    };
    EXPECT_EQ(make(), 200);
    EXPECT_EQ(make(), 200);  // once more makes nobody
    const std::vector<Person> people = everybody();
    ASSERT_EQ(people.size(), 200U);
    int with_pickle = 0;
    int suppressed = 0;
    database().read([&](Transaction& tx) {
        for (const Person& person : people) {
            EXPECT_TRUE(person.is_synthetic);
            EXPECT_TRUE(person.name.ends_with("(नमूना)"));
            EXPECT_TRUE(person.group_id);
            for (const PersonAddress& address :
                 *addresses_of(tx, system_viewer(), person.person_id)) {
                EXPECT_TRUE(address.external_id.starts_with("+999"));
                EXPECT_LE(address.people, kMaxPeoplePerAddress);
            }
            for (const ProductId product_id : *products_of(tx, system_viewer(), person.person_id)) {
                with_pickle += product_id == ProductId{11} ? 1 : 0;
            }
            suppressed += person.suppressed == kAllPurposes ? 1 : 0;
        }
    });
    EXPECT_GT(with_pickle, 50);
    EXPECT_LT(with_pickle, 150);
    EXPECT_GT(suppressed, 0);
}

TEST(Import, RefusesFilesItCannotRead) {
    const auto code_of = [](const std::string& text) -> std::string {
        std::istringstream in(text);
        const Result<PeopleImport> import =
            PeopleImport::create(in, "x", {}, product_by_key, fixed_clock());
        return import ? "taken" : import.error().code;
    };
    const std::string ascii = "name,village_code\nRita,300001\n";
    std::string utf16_le = "\xFF\xFE";
    std::string utf16_plain;
    for (const char c : ascii) {
        utf16_le += {c, '\0'};
        utf16_plain += {c, '\0'};
    }
    EXPECT_EQ(code_of(ascii), "taken");
    EXPECT_EQ(code_of("\xEF\xBB\xBF" + ascii), "taken");
    EXPECT_EQ(code_of(utf16_le), "registry.csv_utf16");
    EXPECT_EQ(code_of("\xFE\xFF"), "registry.csv_utf16");
    EXPECT_EQ(code_of(utf16_plain), "registry.csv_utf16");
    EXPECT_EQ(code_of(""), "registry.csv_empty");
    EXPECT_EQ(code_of("name,village_code,caste\n"), "registry.csv_unknown_column");
    EXPECT_EQ(code_of("name,phone\n"), "registry.csv_no_column");
    EXPECT_EQ(code_of("phone,village_code\n"), "registry.csv_no_column");
    EXPECT_EQ(code_of("n\xE9,village_code\n"), "registry.csv_not_utf8");
    EXPECT_EQ(code_of("\"name,village_code\n"), "registry.csv_bad_header");
}

TEST(Import, WritesRefusalsThatNoSpreadsheetRuns) {
    EXPECT_EQ(
        refusal_file_row({.line = 7, .field = "name", .code = "registry.bad_name", .value = "=1+1"},
                         "A \"short\" name"),
        "7,\"name\",\"'=1+1\",\"registry.bad_name\",\"A \"\"short\"\" name\"\n");
}

}  // namespace
}  // namespace haat::registry
