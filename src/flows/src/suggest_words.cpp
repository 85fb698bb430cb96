// Which words the lexicon lacks: unknown words beside what officers say was meant.
#include <algorithm>
#include <map>
#include <set>

#include "flows/learn_words.hpp"
#include "join_words.hpp"
#include "language/learning.hpp"
#include "language/number_words.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

using language::Lexicon;
using language::Understanding;
using language::UnknownWords;
using language::WordKind;

constexpr int kMessagesRead = 2'000;
constexpr int kDays = 90;
constexpr std::size_t kExamples = 3;
constexpr int kLikeEnough = 400;    ///< Of one that officers say was meant.
constexpr int kLikeByItself = 650;  ///< With nobody to say so.
constexpr std::size_t kWordsLookedUp = 100;
constexpr int kNeighboursMost = 500;  ///< Of a village, whose names are no goods.

std::set<std::string> products_of(const Understanding& meaning) {
    std::set<std::string> products;
    for (const language::Item& item : meaning.items) {
        if (!item.product.empty()) {
            products.insert(item.product);
        }
    }
    return products;
}

/// Unknown words with only blanks between them are one: "गोबर छत्ता".
std::vector<UnknownWords> in_rows(const std::vector<UnknownWords>& words, std::string_view text) {
    std::vector<UnknownWords> rows;
    for (const UnknownWords& word : words) {
        const bool beside =
            !rows.empty() &&
            text.substr(rows.back().end, word.begin - rows.back().end).find_first_not_of(' ') ==
                std::string_view::npos;
        if (beside) {
            rows.back().end = word.end;
            rows.back().text =
                std::string(text.substr(rows.back().begin, word.end - rows.back().begin));
        } else {
            rows.push_back(word);
        }
    }
    return rows;
}

bool bears(const registry::Person& person, const std::string& sound) {
    for (const std::string* name : {&person.name, &person.name_latin}) {
        for (const std::string_view word : split_words(*name)) {
            if (language::folded_message(word) == sound) {
                return true;
            }
        }
    }
    return false;
}

/// Of one of those who wrote it, or of their village: she said who she is, not what she has.
bool is_somebodys_name(storage::Transaction& tx, std::string_view word,
                       const std::set<AddressId>& addresses) {
    const std::string sound = language::folded_message(word);
    for (const AddressId address_id : addresses) {
        for (const registry::Person& writer :
             registry::people_on_address(tx, system_viewer(), address_id)) {
            const std::vector<registry::Person> neighbours = registry::list_people(
                tx, system_viewer(), {.place_id = writer.place_id, .limit = kNeighboursMost});
            if (bears(writer, sound) || std::ranges::any_of(neighbours, [&](const auto& one) {
                    return bears(one, sound);
                })) {
                return true;
            }
        }
    }
    return false;
}

class Suggester {
 public:
    explicit Suggester(const Lexicon& lexicon) : lexicon_(lexicon) {}

    void learn(const messaging::Correction& correction);
    void look_at(const messaging::NotUnderstoodText& message);
    [[nodiscard]] std::vector<WordSuggestion> result(storage::Transaction& tx, int limit);

 private:
    struct Key {
        WordKind kind;
        std::string sound;
        std::string target;
        auto operator<=>(const Key&) const = default;
    };
    struct Seen {
        std::string spelling;
        std::int64_t messages = 0;
        std::vector<std::string> texts;
        std::set<AddressId> addresses;  ///< At most kExamples.
    };

    void note(WordKind kind, const UnknownWords& word, const std::string& target,
              std::string_view text, InboundId inbound_id);
    bool learn_unit(const Understanding& corrected, const UnknownWords& word, std::string_view text,
                    InboundId inbound_id);
    void name_the_rest(storage::Transaction& tx);

    const Lexicon& lexicon_;
    std::map<Key, WordSuggestion> found_;
    std::map<std::string, Seen> unnamed_;  ///< Words of messages that nobody corrected, by sound.
    std::set<std::int64_t> corrected_;
};

void Suggester::note(WordKind kind, const UnknownWords& word, const std::string& target,
                     std::string_view text, InboundId inbound_id) {
    const std::string sound = language::folded_message(word.text);
    WordSuggestion& one = found_[{kind, sound, target}];
    if (one.messages == 0) {
        one.kind = kind;
        one.spelling = word.text;
        one.target = target;
        one.likeness_permille = language::likeness_permille(lexicon_, word.text, kind, target);
    }
    ++one.messages;
    one.corrections += corrected_.contains(inbound_id.value) ? 1 : 0;
    if (one.examples.size() < kExamples) {
        one.examples.push_back(language::masked_example(lexicon_, text, word.text));
    }
}

/// "2 पल्ला" that an officer says are 200 kg: a word behind a number, with the factor of a unit.
bool Suggester::learn_unit(const Understanding& corrected, const UnknownWords& word,
                           std::string_view text, InboundId inbound_id) {
    for (const std::string& product : products_of(corrected)) {
        if (language::likeness_permille(lexicon_, word.text, WordKind::kProduct, product) >=
            kLikeByItself) {
            return false;  // "20 makhanwa": the goods themselves
        }
    }
    std::string_view before = text.substr(0, word.begin);
    while (before.ends_with(' ')) {
        before.remove_suffix(1);
    }
    const std::size_t blank = before.rfind(' ');
    const auto number = language::number_from_text(
        lexicon_, blank == std::string_view::npos ? before : before.substr(blank + 1));
    if (!number || number->value <= 0) {
        return false;
    }
    for (const language::Item& item : corrected.items) {
        if (!item.quantity) {
            continue;
        }
        for (const language::LexiconUnit& unit : lexicon_.units()) {
            const bool same = unit.name == item.unit &&
                              item.quantity->value == number->value / 10'000 * unit.factor &&
                              number->value % 10'000 == 0;
            if (same) {
                note(WordKind::kUnit, word, unit.key, text, inbound_id);
                return true;
            }
        }
    }
    return false;
}

void Suggester::learn(const messaging::Correction& correction) {
    corrected_.insert(correction.inbound_id.value);
    const auto corrected = language::understanding_from_json(correction.corrected_json);
    if (!corrected) {
        return;
    }
    const Understanding now = language::understand(lexicon_, correction.text, Date{2026, 1, 1});
    std::vector<UnknownWords> unknown = language::unknown_words(lexicon_, correction.text);
    std::erase_if(unknown, [&](const UnknownWords& word) {
        return now.items.size() <= corrected->items.size() &&
               learn_unit(*corrected, word, correction.text, correction.inbound_id);
    });
    unknown = in_rows(unknown, correction.text);
    std::set<std::string> missing = products_of(*corrected);
    for (const std::string& known : products_of(now)) {
        missing.erase(known);
    }
    while (!missing.empty() && !unknown.empty()) {
        int best = -1;
        std::size_t word = 0;
        std::string target;
        for (const std::string& product : missing) {
            for (std::size_t i = 0; i < unknown.size(); ++i) {
                const int like = language::likeness_permille(lexicon_, unknown[i].text,
                                                             WordKind::kProduct, product);
                if (like > best) {
                    best = like;
                    word = i;
                    target = product;
                }
            }
        }
        const bool only = missing.size() == 1 && unknown.size() == 1;
        if (!only && best < kLikeEnough) {
            return;
        }
        note(WordKind::kProduct, unknown[word], target, correction.text, correction.inbound_id);
        missing.erase(target);
        unknown.erase(unknown.begin() + static_cast<std::ptrdiff_t>(word));
    }
}

void Suggester::look_at(const messaging::NotUnderstoodText& message) {
    if (corrected_.contains(message.inbound_id.value)) {
        return;
    }
    for (const UnknownWords& word : language::unknown_words(lexicon_, message.text)) {
        if (word.likened) {
            continue;
        }
        const std::string sound = language::folded_message(word.text);
        const auto known = std::ranges::find_if(found_, [&](const auto& entry) {
            return entry.second.corrections > 0 && entry.first.sound == sound;
        });
        if (known != found_.end()) {  // an officer said what it means
            ++known->second.messages;
            continue;
        }
        Seen& seen = unnamed_[sound];
        seen.spelling = word.text;
        ++seen.messages;
        if (seen.texts.size() < kExamples) {
            seen.texts.push_back(message.text);
            seen.addresses.insert(message.address_id);
        }
    }
}

/// What nobody said: the goods that a word sounds like, of the most frequent words.
void Suggester::name_the_rest(storage::Transaction& tx) {
    std::vector<const Seen*> words;
    for (const auto& [sound, seen] : unnamed_) {
        words.push_back(&seen);
    }
    std::ranges::sort(words,
                      [](const Seen* a, const Seen* b) { return a->messages > b->messages; });
    words.resize(std::min(words.size(), kWordsLookedUp));
    for (const Seen* seen : words) {
        const auto nearest = language::nearest_product(lexicon_, seen->spelling, kLikeByItself);
        if (!nearest || is_somebodys_name(tx, seen->spelling, seen->addresses)) {
            continue;
        }
        const UnknownWords word{.text = seen->spelling, .begin = 0, .end = 0, .likened = false};
        for (const std::string& text : seen->texts) {
            note(WordKind::kProduct, word, nearest->product, text, InboundId{});
        }
        const std::string sound = language::folded_message(seen->spelling);
        found_[{WordKind::kProduct, sound, nearest->product}].messages = seen->messages;
    }
}

std::vector<WordSuggestion> Suggester::result(storage::Transaction& tx, int limit) {
    name_the_rest(tx);
    std::vector<WordSuggestion> list;
    for (auto& [key, one] : found_) {
        for (const language::WordMeaning& meaning : lexicon_.explain(one.spelling).meanings) {
            if (meaning.kind != "cue" || meaning.exact) {
                one.collisions.push_back(meaning.kind + ":" + meaning.target);
            }
        }
        list.push_back(std::move(one));
    }
    std::ranges::sort(list, [](const WordSuggestion& a, const WordSuggestion& b) {
        return std::tuple(a.corrections, a.messages, a.likeness_permille) >
               std::tuple(b.corrections, b.messages, b.likeness_permille);
    });
    if (list.size() > static_cast<std::size_t>(limit)) {
        list.resize(static_cast<std::size_t>(limit));
    }
    return list;
}

}  // namespace

void write_suggestion(JsonWriter& json, const WordSuggestion& suggestion) {
    const auto texts = [&](std::string_view name, const std::vector<std::string>& list) {
        json.key(name).begin_array();
        for (const std::string& text : list) {
            json.string(text);
        }
        json.end_array();
    };
    json.begin_object().field("kind", language::word_kind_name(suggestion.kind));
    json.field("spelling", suggestion.spelling).field("target", suggestion.target);
    json.field("messages", suggestion.messages).field("corrections", suggestion.corrections);
    json.field("likeness_permille", suggestion.likeness_permille);
    texts("examples", suggestion.examples);
    texts("collisions", suggestion.collisions);
    json.end_object();
}

std::vector<WordSuggestion> suggest_words(storage::Transaction& tx, const Lexicon& lexicon,
                                          UnixSeconds now, int limit) {
    Suggester suggester(lexicon);
    for (const messaging::Correction& correction : messaging::corrections(tx, kMessagesRead)) {
        suggester.learn(correction);
    }
    const UnixSeconds since{now.value - kDays * 86'400};
    for (const messaging::NotUnderstoodText& text :
         messaging::not_understood_texts(tx, since, kMessagesRead)) {
        suggester.look_at(text);
    }
    return suggester.result(tx, limit);
}

}  // namespace haat::flows
