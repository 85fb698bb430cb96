// Reads the sources of a lexicon. The only file that parses JSON.
#include <simdjson.h>

#include <algorithm>
#include <map>

#include "csv.hpp"
#include "language/lexicon.hpp"
#include "lexicon_builder.hpp"
#include "lexicon_data.hpp"

namespace haat::language {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

std::string_view text_of(element value) {
    std::string_view text;
    return value.get(text) == simdjson::SUCCESS ? text : std::string_view{};
}

// Calls `visit` with each string of the array `name` of `parent`; nothing if there is none.
template <typename Visit>
void each_string(element parent, std::string_view name, const Visit& visit) {
    simdjson::dom::array list;
    if (parent[name].get(list) != simdjson::SUCCESS) return;
    for (const element item : list) visit(text_of(item));
}

template <typename Visit>
void each_element(element parent, std::string_view name, const Visit& visit) {
    simdjson::dom::array list;
    if (parent[name].get(list) != simdjson::SUCCESS) return;
    for (const element item : list) visit(item);
}

// A number of the file in ten-thousandths, without passing through floating point arithmetic of
// ours.
std::int64_t scaled(element value) {
    std::int64_t whole = 0;
    if (value.get(whole) == simdjson::SUCCESS) return whole * kScale;
    const std::string text = simdjson::minify(value);
    std::int64_t result = 0;
    std::int64_t place = 0;
    for (const char c : text) {
        if (c == '.') {
            place = kScale / 10;
        } else if (c >= '0' && c <= '9') {
            result += place == 0 ? 0 : (c - '0') * place;
            if (place == 0) result = result * 10 + (c - '0') * kScale;
            place /= 10;
        }
    }
    return result;
}

Date date_of(std::string_view iso) {
    const auto part = [&](std::size_t from, std::size_t count) {
        int value = 0;
        for (const char c : iso.substr(std::min(from, iso.size()), count))
            value = value * 10 + (c - '0');
        return value;
    };
    return {part(0, 4), part(5, 2), part(8, 2)};
}

// Rows of cues.csv that hold roots of verbs: "future_of:will_give".
constexpr std::string_view kFutureOf = "future_of:";
constexpr std::string_view kAnyOf = "any_of:";

class Loader {
 public:
    Loader(LexiconData& data, std::span<const OfficerWord> words) : data_(data), builder_(data) {
        for (const OfficerWord& word : words) {
            (word.removed ? removed_ : added_).push_back(&word);
        }
    }

    // Connectors first: phrases are stored with them folded.
    Result<void> cues(std::string_view csv) {
        std::vector<std::string> row;
        std::string_view rest = csv;
        while (next_row(rest, row)) {
            if (row.size() >= 2 && row[0] == "connector") {
                for (const std::string_view w : split(row[1], ';')) builder_.add_connector(w);
            }
        }
        rest = csv;
        next_row(rest, row);  // the head line
        while (next_row(rest, row)) {
            if (row.size() < 2 || row[0].starts_with('#') || row[0] == "connector") continue;
            if (row[0] == "verb_root") {
                for (const std::string_view w : split(row[1], ';')) builder_.add_verb_root(w);
                continue;
            }
            if (row[0] == "short_for") {
                for (const std::string_view pair : split(row[1], ';')) {
                    const std::size_t equals = std::min(pair.find('='), pair.size());
                    builder_.add_short_form(pair.substr(0, equals),
                                            pair.substr(std::min(equals + 1, pair.size())));
                }
                continue;
            }
            const std::string_view name = row[0];
            const bool future = name.starts_with(kFutureOf);
            const bool any = name.starts_with(kAnyOf);
            const std::optional<Cue> cue = cue_from_name(future ? name.substr(kFutureOf.size())
                                                         : any  ? name.substr(kAnyOf.size())
                                                                : name);
            if (!cue) return unreadable("cues.csv", row[0]);
            if (future || any) {
                for (const std::string_view w : split(row[1], ';'))
                    builder_.add_verb_cue(w, *cue, future);
                continue;
            }
            for (const std::string_view w : split(row[1], ';')) cue_word(w, *cue);
        }
        return {};
    }

    void numbers(element root) {
        object list;
        if (root["numbers_0_100"].get(list) == simdjson::SUCCESS) {
            for (const auto [key, value] : list) {
                const int number = static_cast<int>(scaled_key(key));
                for (const char* script : {"deva", "latn", "regional"}) {
                    each_string(value, script, [&, n = number](std::string_view name) {
                        if (name.find(' ') != std::string_view::npos) return;
                        if (n == 100) {
                            builder_.add(name, Kind::kMultiplier, 100);
                        } else {
                            builder_.add(name, Kind::kNumber, n,
                                         n > 10 ? Spelling::kMayBeMisspelt : Spelling::kExact);
                        }
                    });
                }
            }
        }
        each_element(root, "multipliers", [&](element item) {
            const auto value = static_cast<std::int32_t>(scaled(item["value"].value()) / kScale);
            scripts(item, [&](std::string_view name) {
                builder_.add(name, Kind::kMultiplier, value, long_word(name));
                // "साठि हजारक एक": the genitive of Maithili
                if (static_cast<signed char>(name.front()) < 0)
                    builder_.add(std::string(name) + "क", Kind::kMultiplier, value);
            });
        });
        fractions(root);
    }

    void units(element root) {
        each_element(root, "units", [&](element item) {
            const std::int64_t factor = scaled(item["factor"].value());
            const std::string unit(text_of(item["unit"].value()));
            const auto index = static_cast<std::int32_t>(data_.units.size());
            data_.units.push_back({unit, factor});
            std::string& key = data_.units.back().key;
            each_string(item, "names", [&](std::string_view name) {
                if (key.empty() && std::ranges::all_of(name, [](char c) { return c >= 'a'; }))
                    key = name;
            });
            each_string(item, "names", [&](std::string_view name) {
                if (keeps(WordKind::kUnit, name, key)) builder_.add_unit_name(name, index);
            });
        });
    }

    void words(element root) {
        const std::pair<const char*, Kind> lists[] = {
            {"currency", Kind::kCurrency},     {"rate_markers", Kind::kRate},
            {"lump_sum_markers", Kind::kLump}, {"approx_markers", Kind::kApprox},
            {"negation", Kind::kNegation},     {"sold_out", Kind::kSoldOut}};
        for (const auto& [name, kind] : lists) {
            each_string(root, name,
                        [&, k = kind](std::string_view w) { builder_.add(w, k, 0, long_word(w)); });
        }
        each_element(root, "weekdays", [&](element item) { names(item, "iso", Kind::kWeekday); });
        each_element(root, "months", [&](element item) { names(item, "n", Kind::kMonth); });
        each_element(root, "relative_days", [&](element item) { relative_day(item); });
        const std::pair<const char*, DateMarker> markers[] = {{"until", DateMarker::kUntil},
                                                              {"before", DateMarker::kBefore},
                                                              {"after", DateMarker::kAfter},
                                                              {"from", DateMarker::kFrom},
                                                              {"within", DateMarker::kWithin}};
        const element list = root["date_markers"].value();
        for (const auto& [name, marker] : markers) {
            each_string(list, name, [&, m = marker](std::string_view w) {
                builder_.add(w, Kind::kDateMarker, static_cast<std::int32_t>(m), long_word(w));
            });
        }
    }

    void festivals_and_places(element root) {
        each_element(root, "festivals", [&](element item) {
            Festival festival{.key = std::string(text_of(item["key"].value())), .dates = {}};
            object dates;
            if (item["dates"].get(dates) == simdjson::SUCCESS) {
                for (const auto [year, day] : dates)
                    festival.dates.push_back(date_of(text_of(day)));
            }
            std::ranges::sort(festival.dates);
            const auto index = static_cast<std::int32_t>(data_.festivals.size());
            data_.festivals.push_back(std::move(festival));
            each_string(item, "names", [&](std::string_view name) {
                builder_.add(name, Kind::kFestival, index, Spelling::kMayBeMisspelt);
            });
        });
        each_element(root, "places", [&](element item) {
            const auto index = static_cast<std::int32_t>(data_.places.size());
            const bool district = text_of(item["kind"].value()) == "district";
            const std::string key(text_of(item["key"].value()));
            data_.places.push_back({key, district});
            each_string(item, "names", [&](std::string_view name) {
                if (!keeps(WordKind::kPlace, name, key)) return;
                builder_.add(name, Kind::kPlace, index, Spelling::kMayBeMisspelt);
            });
        });
    }

    Result<void> products(const LexiconSources& sources) {
        std::map<std::string, std::int32_t, std::less<>> by_key;
        std::vector<std::string> row;
        std::string_view rest = sources.product_keys_csv;
        if (!next_row(rest, row) || row.size() < 4) return unreadable("product_keys.csv", "head");
        while (next_row(rest, row)) {
            if (row.size() < 4) return unreadable("product_keys.csv", row[0]);
            const auto index = static_cast<std::int32_t>(data_.products.size());
            by_key[row[0]] = index;
            data_.products.push_back({row[0], row[1], row[2], row[3], false});
            builder_.add_product_name(row[1], index);
            builder_.add_product_name(row[2], index);
            const std::size_t bracket = row[2].find(" (");  // "Fish (fresh)" is fish
            if (bracket != std::string::npos && row[2].ends_with(')'))
                builder_.add_product_name(std::string_view(row[2]).substr(0, bracket), index);
            if (row.size() > 5) names_of(row[5], index);
        }
        rest = sources.products_csv;
        if (!next_row(rest, row) || row.size() < 6) return unreadable("products.csv", "head");
        while (next_row(rest, row)) {
            const auto found = by_key.find(row[0]);
            if (row.size() < 6 || found == by_key.end()) return unreadable("products.csv", row[0]);
            Product& product = data_.products[static_cast<std::size_t>(found->second)];
            product.animal = row[5] == "head";
            names_of(row[3], found->second);
        }
        rest = sources.spellings_csv;
        next_row(rest, row);
        while (next_row(rest, row)) {
            const auto found = by_key.find(row[0]);
            if (row.size() < 2 || found == by_key.end()) return unreadable("spellings.csv", row[0]);
            names_of(row[1], found->second);
        }
        for (const OfficerWord* word : added_) {
            if (word->kind != WordKind::kProduct) continue;
            const auto found = by_key.find(word->target);
            if (found == by_key.end()) return unknown_target(*word);
            names_of((word->decides ? "!" : "") + word->spelling, found->second);
        }
        for (const Product& product : data_.products) {
            data_.product_names.push_back(
                {product.key, product.hindi, product.english, product.default_unit});
        }
        return {};
    }

    // Units, places and cues that officers added; products are added beside the shipped ones.
    Result<void> officers_words() {
        for (const OfficerWord* word : added_) {
            if (word->kind == WordKind::kProduct) continue;
            if (word->kind == WordKind::kCue) {
                const std::optional<Cue> cue = cue_from_name(word->target);
                if (!cue || word->target.starts_with('=')) return unknown_target(*word);
                cue_word(word->spelling, *cue);
                continue;
            }
            const bool unit = word->kind == WordKind::kUnit;
            const std::int32_t index =
                unit ? place_in(data_.units, word->target) : place_in(data_.places, word->target);
            if (index < 0) return unknown_target(*word);
            if (unit) {
                builder_.add_unit_name(word->spelling, index);
            } else {
                builder_.add(word->spelling, Kind::kPlace, index, Spelling::kMayBeMisspelt);
            }
        }
        return {};
    }

    void finish() { builder_.finish(); }

    static std::unexpected<Error> unreadable(std::string_view source, std::string_view detail) {
        return refuse(ErrorKind::kInvalid, "language.lexicon_unreadable",
                      {{"source", std::string(source)}, {"detail", std::string(detail)}});
    }

 private:
    // False for a spelling that an officer took out of the lists.
    [[nodiscard]] bool keeps(WordKind kind, std::string_view spelling,
                             std::string_view target) const {
        return std::ranges::none_of(removed_, [&](const OfficerWord* word) {
            return word->kind == kind && word->spelling == spelling && word->target == target;
        });
    }

    template <typename Things>
    static std::int32_t place_in(const Things& things, std::string_view key) {
        for (std::size_t i = 0; i < things.size(); ++i) {
            if (things[i].key == key) return static_cast<std::int32_t>(i);
        }
        return -1;
    }

    static std::unexpected<Error> unknown_target(const OfficerWord& word) {
        return refuse(ErrorKind::kInvalid, "language.unknown_target",
                      {{"spelling", word.spelling}, {"target", word.target}});
    }

    // A word long enough to be known again though it is misspelt: "paymant", "tomorow".
    static Spelling long_word(std::string_view spelling) {
        constexpr std::size_t kLongRoman = 6;
        const bool long_enough =
            spelling.find(' ') == std::string_view::npos && spelling.size() >= kLongRoman &&
            std::ranges::all_of(spelling, [](char c) { return c >= 'a' && c <= 'z'; });
        return long_enough ? Spelling::kNearlyExact : Spelling::kExact;
    }

    void cue_word(std::string_view spelling, Cue cue) {
        if (!keeps(WordKind::kCue, spelling, kCueNames[static_cast<std::size_t>(cue)])) return;
        if (spelling.ends_with('*')) {
            builder_.add_stem(spelling.substr(0, spelling.size() - 1), cue);
        } else {
            // Messages are stopped and started by a plain word only.
            const bool plain = cue == Cue::kStopAll || cue == Cue::kStartAll || cue == Cue::kStop ||
                               cue == Cue::kStart || cue == Cue::kGreeting;
            builder_.add(spelling, Kind::kCue, static_cast<std::int32_t>(cue),
                         plain ? Spelling::kExact : long_word(spelling));
        }
    }

    static std::int64_t scaled_key(std::string_view digits) {
        std::int64_t value = 0;
        for (const char c : digits) value = value * 10 + (c - '0');
        return value;
    }

    template <typename Visit>
    static void scripts(element item, const Visit& visit) {
        for (const char* script : {"deva", "latn", "regional"}) each_string(item, script, visit);
    }

    void fractions(element root) {
        const std::pair<const char*, Fraction> list[] = {
            {"half", Fraction::kHalf},  {"quarter_less_one", Fraction::kThreeQuarters},
            {"sawa", Fraction::kSawa},  {"dedh", Fraction::kDedh},
            {"dhai", Fraction::kDhai},  {"sadhe", Fraction::kSadhe},
            {"paune", Fraction::kPaune}};
        const element parent = root["fractions"].value();
        for (const auto& [name, fraction] : list) {
            scripts(parent[name].value(), [&, f = fraction](std::string_view w) {
                builder_.add(w, Kind::kFraction, static_cast<std::int32_t>(f));
            });
        }
    }

    void names(element item, const char* number, Kind kind) {
        const auto value = static_cast<std::int32_t>(scaled(item[number].value()) / kScale);
        each_string(item, "names", [&](std::string_view name) {
            builder_.add(name, kind, value, Spelling::kMayBeMisspelt);
        });
    }

    // "offset" is a number of days, or says "+1 or -1 by tense"; a name may carry its own "(+1)".
    void relative_day(element item) {
        std::int64_t fixed = 0;
        const bool by_tense = item["offset"].get(fixed) != simdjson::SUCCESS;
        std::int32_t days = static_cast<std::int32_t>(fixed);
        if (by_tense) days = text_of(item["offset"].value()).substr(1, 1)[0] - '0';
        each_string(item, "names", [&](std::string_view name) {
            const std::size_t bracket = name.find('(');
            if (bracket == std::string_view::npos) {
                builder_.add(name, Kind::kRelativeDay, days, long_word(name),
                             by_tense ? Direction::kByTense : Direction::kFixed);
            } else {
                const bool back = name.substr(bracket + 1, 1) == "-";
                builder_.add(name.substr(0, bracket), Kind::kRelativeDay, back ? -days : days);
            }
        });
    }

    void names_of(std::string_view list, std::int32_t product) {
        for (std::string_view name : split(list, ';')) {
            if (name.starts_with('!')) {
                name.remove_prefix(1);
                builder_.forget_other_products(name, product);
            }
            const std::string& key = data_.products[static_cast<std::size_t>(product)].key;
            if (!keeps(WordKind::kProduct, name, key)) continue;
            builder_.add_product_name(name, product);
        }
    }

    LexiconData& data_;
    LexiconBuilder builder_;
    std::vector<const OfficerWord*> added_;
    std::vector<const OfficerWord*> removed_;
};

}  // namespace

Result<Lexicon> Lexicon::build(const LexiconSources& sources) {
    simdjson::dom::parser parser;
    element root;
    const simdjson::padded_string json(sources.lexicon_json);
    if (const auto error = parser.parse(json).get(root); error != simdjson::SUCCESS) {
        return Loader::unreadable("lexicon.json", simdjson::error_message(error));
    }
    for (const char* part : {"numbers_0_100", "multipliers", "fractions", "units", "weekdays",
                             "months", "relative_days", "date_markers", "festivals", "places"}) {
        element ignored;
        if (root[part].get(ignored) != simdjson::SUCCESS) {
            return Loader::unreadable("lexicon.json", part);
        }
    }
    auto data = std::make_shared<LexiconData>();
    Loader loader(*data, sources.words);
    try {
        HAAT_TRY(loader.cues(sources.cues_csv));
        loader.numbers(root);
        loader.units(root);
        loader.words(root);
        loader.festivals_and_places(root);
    } catch (const simdjson::simdjson_error& error) {
        return Loader::unreadable("lexicon.json", error.what());
    }
    HAAT_TRY(loader.officers_words());
    HAAT_TRY(loader.products(sources));
    loader.finish();
    return Lexicon(std::move(data));
}

}  // namespace haat::language
