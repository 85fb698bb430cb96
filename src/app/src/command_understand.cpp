#include <boost/json.hpp>
#include <charconv>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "language/understanding.hpp"
#include "output.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

namespace bj = boost::json;

Result<std::string> file_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file.good() && text.empty()) {
        return refuse(ErrorKind::kNotFound, "app.no_file", {{"file", path}});
    }
    return text;
}

/// The lexicon from a folder laid out as data/, so that a spelling can be tried without a rebuild.
Result<language::Lexicon> lexicon_from(const std::string& folder) {
    const std::string json = HAAT_TRY(file_of(folder + "/language/lexicon.json"));
    const std::string products = HAAT_TRY(file_of(folder + "/catalogue/products.csv"));
    const std::string keys = HAAT_TRY(file_of(folder + "/catalogue/product_keys.csv"));
    const std::string spellings = HAAT_TRY(file_of(folder + "/language/spellings.csv"));
    const std::string cues = HAAT_TRY(file_of(folder + "/language/cues.csv"));
    return language::Lexicon::build({json, products, keys, spellings, cues});
}

std::string_view text_of(const bj::object& object, std::string_view name) {
    const bj::value* value = object.if_contains(name);
    if (value == nullptr || !value->is_string()) return {};
    return {value->get_string().data(), value->get_string().size()};
}

/// "2026-11-25"; none if it is no such day.
std::optional<Date> date_of(std::string_view iso) {
    if (iso.size() != 10 || iso[4] != '-' || iso[7] != '-') return std::nullopt;
    Date date{};
    const auto part = [&](std::size_t from, std::size_t count, int& out) {
        const char* begin = iso.data() + from;
        return std::from_chars(begin, begin + count, out).ptr == begin + count;
    };
    if (!part(0, 4, date.year) || !part(5, 2, date.month) || !part(8, 2, date.day)) {
        return std::nullopt;
    }
    const bool valid =
        date.year >= 1970 && date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= 31;
    return valid ? std::optional(date) : std::nullopt;
}

/// {"id": "…", "text": "…", "today": "2026-11-25"} a line in; what was understood a line out.
/// Without `today` it is the day in India.
Result<int> run(const Arguments& arguments) {
    const language::Lexicon lexicon =
        HAAT_TRY(arguments.has("--lexicon") ? lexicon_from(arguments.value("--lexicon"))
                                            : shipped_lexicon());
    const bool evidence = arguments.has("--evidence");
    const Date now = date_in_india(system_clock().now());
    std::string line;
    for (std::int64_t number = 1; std::getline(std::cin, line); ++number) {
        if (trim(line).empty()) {
            continue;
        }
        boost::system::error_code error;
        const bj::value value = bj::parse(line, error);
        const bj::object* object = error ? nullptr : value.if_object();
        const bj::value* text = object == nullptr ? nullptr : object->if_contains("text");
        if (text == nullptr || !text->is_string()) {
            return refuse(ErrorKind::kInvalid, "app.bad_line", {{"line", std::to_string(number)}});
        }
        const bj::value* id = object->if_contains("id");
        const std::string name = id == nullptr     ? std::to_string(number)
                                 : id->is_string() ? std::string(id->get_string().c_str())
                                                   : bj::serialize(*id);
        const Date today = date_of(text_of(*object, "today")).value_or(now);
        print_line(language::understanding_to_json(
            name, language::understand(lexicon, text_of(*object, "text"), today), evidence));
    }
    return kExitOk;
}

constexpr std::array kOptions{
    Option{"--lexicon", "DIR", "Word lists from here (laid out as data/) instead of the shipped."},
    Option{"--evidence", "", "Also what the confidence rests on."},
};

}  // namespace

constinit const Command kUnderstand{
    "understand",
    "What messages mean: lines of {\"id\", \"text\", \"today\"} in, JSON lines out.",
    {},
    kOptions,
    run};

}  // namespace haat::app
