// A whole register loaded by a command that is alone: the same outcome as beside a server, whatever
// fails on the way.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "base/random.hpp"
#include "loaded_places.hpp"
#include "registry/consents.hpp"
#include "registry/import.hpp"
#include "registry/people.hpp"
#include "storage/migrations.hpp"
#include "storage_testing/testing.hpp"

namespace haat::registry {
namespace {

using namespace testing;
using storage::Transaction;

std::optional<ProductId> product_by_key(std::string_view key) {
    return key == "rice"    ? std::optional(ProductId{12})
           : key == "honey" ? std::optional(ProductId{13})
                            : std::nullopt;
}

/// A file with everything that a real one has: shared phones, seven on one, people twice, people
/// without a phone, bad rows, names that a bulk load could misread.
std::string people_file(int people) {
    std::string file =
        "name,name_latin,phone,village_code,language,shg,vo,clf,products,whatsapp,"
        "consent_text_version,consent_evidence\n";
    Random random(3);
    int phone = 0;
    for (int i = 0; i < people; ++i) {
        const std::string village = std::to_string(300001 + i * 2 / people + (i % 17 == 0 ? 1 : 0));
        if (random.below(100) >= 30 || i == 0) {
            ++phone;
        }
        const std::string number =
            i % 11 == 0 ? "" : "98" + std::to_string(10'000'000 + phone * 7919 % 10'000'000);
        const std::string odd = i % 29 == 0 ? "\"Ri\\ta\\N \"\"R\"\"\t,\nDevi " : "Didi ";
        file += odd + std::to_string(random.below(5) == 0 ? i / 2 : i) +
                (i % 29 == 0 ? "\"," : ",") + ",";
        file += (i % 97 == 0 ? "12" : number) + "," + village + ",";
        file += std::string(i % 3 == 0 ? "mai" : "") + ",Lakshmi " + std::to_string(i / 12) +
                ",Ekta,Sankul," + (i % 4 == 0 ? "rice;honey" : "honey") + "," +
                (i % 5 == 0 ? "no" : "yes") + (i % 6 == 0 ? ",," : ",1/hi,form:\\7") + "\n";
    }
    return file;
}

PeopleImport import_of(std::istream& in, const std::string& text, ImportCompany company) {
    std::istringstream hashed(text);
    Result<PeopleImport> import = PeopleImport::create(
        in, file_content_hash(hashed), {.mode = ImportMode::kApply, .company = company},
        product_by_key, system_clock());
    EXPECT_TRUE(import.has_value());
    return std::move(*import);
}

/// Everything that an import writes about people, without ids and ordinals.
std::vector<std::string> everything(storage::Database& database) {
    std::vector<std::string> lines;
    database.read([&](Transaction& tx) {
        const Viewer viewer = system_viewer();
        for (std::int64_t after = -1;;) {
            const auto page = list_people(tx, viewer, {.after_ordinal = after, .limit = 500});
            if (page.empty()) {
                break;
            }
            after = page.back().ordinal;
            for (const Person& person : page) {
                std::string line = person.name + "|" + std::to_string(person.place_id.value) + "|" +
                                   person.language + "|" + std::to_string(person.consents.bits);
                line += person.group_id ? "|group" : "|";
                for (const PersonAddress& address : *addresses_of(tx, viewer, person.person_id)) {
                    line += "|" + std::string(channel_name(address.channel)) + address.external_id +
                            "x" + std::to_string(address.people);
                    const auto found =
                        find_address(tx, viewer, address.channel, address.external_id);
                    EXPECT_TRUE(found && found->address_id == address.address_id);
                }
                for (const ProductId product_id : *products_of(tx, viewer, person.person_id)) {
                    line += "|" + std::to_string(product_id.value);
                }
                for (const ConsentRow& consent : *consents_of(tx, viewer, person.person_id)) {
                    line += "|" + consent.text_version + consent.evidence;
                }
                lines.push_back(line);
            }
        }
    });
    std::ranges::sort(lines);
    return lines;
}

std::vector<std::string> outcome_beside_a_server(storage::Database& database,
                                                 const std::string& text) {
    std::istringstream in(text);
    PeopleImport import = import_of(in, text, ImportCompany::kServer);
    while (database.write([&](Transaction& tx) { return import.step(tx); })) {
    }
    return everything(database);
}

class LoadTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override {
        DatabaseTest::SetUp();
        load(database(), few_places());
    }
};
HAAT_BOTH_ENGINES(LoadTest);

/// The same in a database of its own, to compare with.
std::vector<std::string> outcome_elsewhere(const std::string& text) {
    const std::string directory =
        std::filesystem::temp_directory_path() / ("haat_load_" + std::to_string(::getpid()));
    const storage::OpenOptions options{.sqlite_directory = directory, .readers = 1};
    EXPECT_TRUE(storage::migrate(options).has_value());
    std::vector<std::string> lines;
    {
        const auto database = storage::Database::open(options);
        load(*database, few_places());
        lines = outcome_beside_a_server(*database, text);
    }
    std::filesystem::remove_all(directory);
    return lines;
}

TEST_P(LoadTest, AloneAndReadAheadTheOutcomeIsTheSame) {
    const std::string text = people_file(3'000);
    std::istringstream in(text);
    PeopleImport import = import_of(in, text, ImportCompany::kAlone);
    bool more = database().write([&](Transaction& tx) { return import.step(tx); });
    std::thread reading([&] {
        while (database().read([&](Transaction& tx) { return import.read_ahead(tx); })) {
            import.wait_for_room();
        }
    });
    while (more) {
        import.wait_for_rows();
        more = database().write([&](Transaction& tx) { return import.step(tx); });
    }
    reading.join();
    EXPECT_GT(import.totals().shared_phones, 100);
    EXPECT_GT(import.totals().updated, 10);
    EXPECT_GT(import.totals().refused, 10);
    EXPECT_EQ(everything(database()), outcome_elsewhere(text));
}

TEST_P(LoadTest, AStepThatFailsIsDoneAgain) {
    struct Failed {};
    const std::string text = people_file(1'500);
    std::istringstream in(text);
    PeopleImport import = import_of(in, text, ImportCompany::kAlone);
    Random random(5);
    bool more = true;
    int failures = 0;
    while (more) {
        try {
            more = database().write([&](Transaction& tx) {
                const bool goes_on = import.step(tx);
                if (random.below(2) == 0) {
                    throw Failed();
                }
                return goes_on;
            });
        } catch (const Failed&) {
            ++failures;
        }
    }
    EXPECT_GT(failures, 1);
    EXPECT_EQ(everything(database()), outcome_elsewhere(text));
}

TEST_P(LoadTest, AnotherFileAndAServerFindARegisterThatWasLeftHalfLoaded) {
    const std::string text = people_file(1'500);
    {
        std::istringstream in(text);
        PeopleImport import = import_of(in, text, ImportCompany::kAlone);
        for (int i = 0; i < 4; ++i) {
            ASSERT_TRUE(database().write([&](Transaction& tx) { return import.step(tx); }));
        }
    }
    reopen();
    // Who reads meanwhile finds people by phone, and an address is not made twice.
    const std::vector<std::string> half = everything(database());
    EXPECT_FALSE(half.empty());
    database().write([](Transaction& tx) { finish_bulk_load(tx); });
    database().write([](Transaction& tx) { finish_bulk_load(tx); });
    EXPECT_EQ(everything(database()), half);
    EXPECT_EQ(outcome_beside_a_server(database(), text), outcome_elsewhere(text));
    // The whole file with one line more: everybody is known already.
    const std::string more = text + "Naya,,,300001,,,,,,,,\n";
    const std::size_t before = everything(database()).size();
    EXPECT_EQ(outcome_beside_a_server(database(), more).size(), before + 1);
}

/// Imports until it is killed; exits with 0 when done.
[[noreturn]] void import_in_child(const storage::OpenOptions& options, const std::string& text) {
    try {
        const auto database = storage::Database::open(options);
        std::istringstream in(text);
        PeopleImport import = import_of(in, text, ImportCompany::kAlone);
        while (database->write([&](Transaction& tx) { return import.step(tx); })) {
        }
    } catch (...) {
        std::_Exit(1);
    }
    std::_Exit(0);
}

/// Kills the import at random moments until it comes to its end; returns how often.
int killed_imports(const storage::OpenOptions& options, const std::string& text) {
    Random random(11);
    for (int kills = 0;; ++kills) {
        const pid_t child = ::fork();
        if (child == 0) {
            import_in_child(options, text);
        }
        // The more often it was killed, the longer it lives: it comes to its end on any machine.
        ::usleep(random.below(20'000) + static_cast<unsigned>(kills) * 10'000U);
        ::kill(child, SIGKILL);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
            return kills;
        }
    }
}

TEST_P(LoadTest, KilledAtAnyMomentItGoesOn) {
    const std::string text = people_file(2'000);
    const std::vector<std::string> expected = outcome_elsewhere(text);
    const storage::OpenOptions here = options();
    close();  // no thread and no lock of ours while children come and go
    EXPECT_GT(killed_imports(here, text), 0);
    reopen();
    EXPECT_EQ(everything(database()), expected);
}

}  // namespace
}  // namespace haat::registry
