#include <fmt/format.h>

#include <array>

#include "base/json_writer.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "flows/learn_words.hpp"
#include "output.hpp"
#include "schema_check.hpp"
#include "settings.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

constexpr int kSuggestionsMost = 200;

constexpr std::array kWords{
    Word{"what", "suggest",
         "Words that the lexicon lacks, from corrections and what was not "
         "understood."},
};
constexpr std::array kOptions{
    Option{"--data", "DIR", "Directory of the SQLite database."},
    Option{"--database", "URL", "PostgreSQL instead, as postgresql://haat@host/haat."},
    Option{"--schema", "NAME", "Schema in PostgreSQL; haat if not given."},
    Option{"--config", "FILE", "File with settings (packaging/haat.conf explains them)."},
};

void print_suggestion(const flows::WordSuggestion& one) {
    print_line(fmt::format("{} → {}:{}  ({} messages, {} corrected, likeness {})", one.spelling,
                           language::word_kind_name(one.kind), one.target, one.messages,
                           one.corrections, one.likeness_permille));
    for (const std::string& meaning : one.collisions) {
        print_line(fmt::format("    ! means {} already", meaning));
    }
    for (const std::string& example : one.examples) {
        print_line("    " + example);
    }
}

std::string json_of(const std::vector<flows::WordSuggestion>& list) {
    JsonWriter json;
    json.begin_object().key("suggestions").begin_array();
    for (const flows::WordSuggestion& one : list) {
        flows::write_suggestion(json, one);
    }
    return json.end_array().end_object().take();
}

Result<int> run(const Arguments& arguments) {
    const Settings settings = HAAT_TRY(read_settings(arguments));
    HAAT_TRY(require_current_schema(settings));
    storage::OpenOptions options = open_options(settings);
    options.read_only = true;  // beside a server that runs
    const auto database = storage::Database::open(options);
    const auto shelf = HAAT_TRY(shipped_words());
    const auto list = HAAT_TRY(
        database->read([&](storage::Transaction& tx) -> Result<std::vector<flows::WordSuggestion>> {
            const language::Lexicon lexicon = HAAT_TRY(shelf->draft(tx));
            return flows::suggest_words(tx, lexicon, system_clock().now(), kSuggestionsMost);
        }));
    if (arguments.json()) {
        print_line(json_of(list));
        return kExitOk;
    }
    for (const flows::WordSuggestion& one : list) {
        print_suggestion(one);
    }
    return kExitOk;
}

}  // namespace

constinit const Command kLanguage{"language",
                                  "What haat could learn: words that people write and it does not "
                                  "know.",
                                  kWords, kOptions, run};

}  // namespace haat::app
