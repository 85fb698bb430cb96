#include "find_village.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.hpp"
#include "name_sound.hpp"

namespace haat::flows {
namespace {

using registry::Place;
using registry::PlaceKind;

constexpr std::size_t kWordsMost = 8;
constexpr std::size_t kShownMost = 9;
constexpr std::size_t kSoundLeast = 3;  ///< Fewer consonants are borne by too many names.
constexpr std::size_t kSureSound = 4;   ///< Of a village that no block tells from others.

/// Words that say what a place is, or join the sentence; no place's name.
constexpr std::array<std::string_view, 78> kNoNames{
    "गाँव",  "गांव",  "गाव",   "ग्राम",  "village",  "gaon",      "gaanv", "gram", "ब्लॉक", "ब्लाक",
    "ब्लोक", "प्रखंड", "प्रखण्ड", "block", "prakhand", "जिला",      "ज़िला",  "जिले",  "ज़िले",  "district",
    "zila", "jila", "dist",  "थाना",  "पंचायत",    "panchayat", "मेरा",   "मेरी",  "mera", "meri",
    "है",    "हैं",    "hai",   "hain",  "हूँ",        "हूं",         "hu",    "hun",  "hoon", "से",
    "se",   "का",   "ka",    "के",     "ke",       "की",        "ki",    "में",    "me",   "mein",
    "पिन",  "pin",  "कोड",   "code",  "po",       "ps",        "मैं",     "मै",    "main", "mai",
    "हम",   "ham",  "hum",   "रहती",  "rahti",    "raheti",    "rehti", "नाम",  "naam", "i",
    "am",   "from", "in",    "of",    "live",     "the",       "बिहार", "bihar"};

/// Words after which no village's name stood before: "मुजफ्फरपुर जिला", "Bochahan block".
constexpr std::array<std::string_view, 15> kNotVillages{
    "ब्लॉक", "ब्लाक", "ब्लोक", "प्रखंड",     "प्रखण्ड", "block", "prakhand", "जिला",
    "ज़िला", "जिले",  "ज़िले",  "district", "zila",  "jila",  "dist"};

struct Words {
    std::vector<std::string> names;
    bool begins_above = false;  ///< The first name is said to be a block's or district's.
};

Words words_of(std::string_view text) {
    Words words;
    std::string word;
    const auto end = [&] {
        if (std::ranges::find(kNoNames, word) != kNoNames.end()) {
            words.begins_above =
                words.begins_above || (words.names.size() == 1 &&
                                       std::ranges::find(kNotVillages, word) != kNotVillages.end());
        } else if (!word.empty() && words.names.size() < kWordsMost) {
            words.names.push_back(word);
        }
        word.clear();
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_danda = text.substr(i).starts_with("।");
        if (is_danda || std::string_view(" ,.;:-()/\n\t#").contains(c)) {
            end();
            i += is_danda ? 2 : 0;
        } else {
            word += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        }
    }
    end();
    return words;
}

/// Six digits, in ASCII or Devanagari.
std::optional<std::int64_t> pincode_of(const std::string& word) {
    std::string digits;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const auto byte = static_cast<unsigned char>(word[i]);
        if (byte >= '0' && byte <= '9') {
            digits += word[i];
        } else if (byte == 0xE0 && word.compare(i, 2, "\xE0\xA5") == 0 && i + 2 < word.size() &&
                   static_cast<unsigned char>(word[i + 2]) >= 0xA6 &&
                   static_cast<unsigned char>(word[i + 2]) <= 0xAF) {
            digits += static_cast<char>('0' + (static_cast<unsigned char>(word[i + 2]) - 0xA6));
            i += 2;
        } else {
            return std::nullopt;
        }
    }
    const auto number = digits.size() == 6 ? parse_integer(digits) : std::nullopt;
    return number;
}

struct Named {
    std::vector<Place> districts;
    std::vector<Place> blocks;
    std::vector<Place> of_offices;  ///< Villages that bear the name of a post office of the PIN.
    std::string rest;               ///< Words that name none of them.
    bool by_pincode = false;
};

void add_once(std::vector<Place>& places, const Place& place) {
    if (places.size() < kShownMost &&
        std::ranges::find(places, place.place_id, &Place::place_id) == places.end()) {
        places.push_back(place);
    }
}

/// One or two words from `at` on that are a district's or block's name; how many they were.
std::size_t take_name(storage::Transaction& tx, const std::vector<std::string>& words,
                      std::size_t at, Named& named) {
    for (std::size_t length = std::min<std::size_t>(2, words.size() - at); length > 0; --length) {
        std::string name = words[at];
        for (std::size_t i = 1; i < length; ++i) {
            name += " " + words[at + i];
        }
        const std::vector<Place> districts = registry::resolve_district(tx, name).candidates;
        const std::vector<Place> blocks = registry::resolve_block(tx, name).candidates;
        for (const Place& district : districts) {
            add_once(named.districts, district);
        }
        for (const Place& block : blocks) {
            add_once(named.blocks, block);
        }
        if (!districts.empty() || !blocks.empty()) {
            return length;
        }
    }
    return 0;
}

/// Names as they sound: Devanagari spellings differ from the list's, and villages have none there.
class Sounding {
 public:
    explicit Sounding(storage::Transaction& tx)
        : districts_(registry::places_below(tx, registry::kBihar, PlaceKind::kDistrict)),
          blocks_(registry::places_below(tx, registry::kBihar, PlaceKind::kBlock)) {}

    /// As take_name, by the sound of one or two words.
    std::size_t take(const std::vector<std::string>& words, std::size_t at, Named& named) const {
        for (std::size_t length = std::min<std::size_t>(2, words.size() - at); length > 0;
             --length) {
            const std::string said = words[at] + (length == 2 ? words[at + 1] : std::string());
            const std::string sound = name_sound(said);
            const std::size_t before = named.districts.size() + named.blocks.size();
            if (sound.size() >= kSoundLeast) {
                add(districts_, sound, named.districts);
                add(blocks_, sound, named.blocks);
            }
            if (named.districts.size() + named.blocks.size() > before) {
                return length;
            }
        }
        return 0;
    }

 private:
    static void add(const std::vector<Place>& places, const std::string& sound,
                    std::vector<Place>& found) {
        for (const Place& place : places) {
            if (name_sound(place.name_en) == sound || name_sound(place.name_hi) == sound) {
                add_once(found, place);
            }
        }
    }

    std::vector<Place> districts_;
    std::vector<Place> blocks_;
};

/// A district's name before its block's: no village.
bool is_district_of(storage::Transaction& tx, const std::string& name,
                    const std::vector<Place>& blocks) {
    const std::vector<Place> districts =
        name.empty() ? std::vector<Place>() : registry::resolve_district(tx, name).candidates;
    return std::ranges::any_of(blocks, [&](const Place& block) {
        return std::ranges::find(districts, block.district_id, &Place::place_id) != districts.end();
    });
}

/// Where the post offices of a PIN code are: their points are coarse, so their names count too.
void take_pincode(storage::Transaction& tx, std::int64_t pincode, Named& named) {
    named.by_pincode = true;
    for (const registry::PostOffice& office : registry::post_offices_of(tx, pincode)) {
        for (const Place& village :
             registry::resolve_village(tx, office.name_en, office.district_id).candidates) {
            add_once(named.of_offices, village);
        }
        if (const auto block = registry::find_place(tx, office.block_id)) {
            add_once(named.blocks, *block);
        }
    }
}

/// With `sounding`, what is written like no name is taken for one that sounds so.
Named names_in(storage::Transaction& tx, std::string_view text, const Sounding* sounding) {
    Named named;
    const Words said = words_of(text);
    const std::vector<std::string>& words = said.names;
    for (std::size_t i = 0; i < words.size();) {
        if (const auto pincode = pincode_of(words[i])) {
            take_pincode(tx, *pincode, named);
            ++i;
            continue;
        }
        // The first words are the village's, though a block may bear the same name.
        const bool is_village = i == 0 && words.size() > 1 && !said.begins_above;
        std::size_t taken = is_village ? 0 : take_name(tx, words, i, named);
        if (taken == 0 && !is_village && sounding != nullptr) {
            taken = sounding->take(words, i, named);
        }
        if (taken == 0) {
            named.rest += (named.rest.empty() ? "" : " ") + words[i];
        }
        i += std::max<std::size_t>(1, taken);
    }
    // A block of a district that was named too.
    if (!named.districts.empty()) {
        std::vector<Place> inside = named.blocks;
        std::erase_if(inside, [&](const Place& block) {
            return std::ranges::find(named.districts, block.district_id, &Place::place_id) ==
                   named.districts.end();
        });
        named.blocks = inside.empty() ? named.blocks : inside;
    }
    if (!named.blocks.empty() && is_district_of(tx, named.rest, named.blocks)) {
        named.rest.clear();  // "मुजफ्फरपुर, बोचहां"
    }
    return named;
}

/// How well a village's name is what she wrote; the smaller the better.
enum class Fit : std::uint8_t { kWritten, kSounds, kHalf, kNearly, kNot };

Fit fit_of(const Place& village, const std::string& folded, const std::string& sound) {
    if (registry::fold_name(village.name_en) == folded ||
        registry::fold_name(village.name_hi) == folded) {
        return Fit::kWritten;
    }
    const int distance = sound_distance(name_sound(village.name_en), sound, 1);
    if (distance == 0 && !sound.empty()) {
        return Fit::kSounds;
    }
    // "Kasipur urf Rampur", "Sahila Rampur": people say one of the names.
    const std::string_view words = village.name_en;
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        const std::string_view word = words.substr(at, end - at);
        const bool sounds = sound.size() >= kSoundLeast && name_sound(word) == sound;
        if (word.size() < words.size() && (sounds || registry::fold_name(word) == folded)) {
            return Fit::kHalf;
        }
        at = end + 1;
    }
    return distance == 1 && sound.size() >= kSureSound ? Fit::kNearly : Fit::kNot;
}

struct Villages {
    std::vector<Place> places;
    bool are_written = false;  ///< Letter by letter as she wrote.
};

/// Villages of a block or district that fit best.
Villages villages_like(storage::Transaction& tx, PlaceId where, const std::string& name,
                       Fit worst) {
    const std::string folded = registry::fold_name(name);
    const std::string sound = name_sound(name);
    std::vector<std::pair<Fit, Place>> found;
    for (Place& village : registry::places_below(tx, where, PlaceKind::kVillage)) {
        const Fit fit = fit_of(village, folded, sound);
        if (fit <= worst && fit != Fit::kNot) {
            found.emplace_back(fit, std::move(village));
        }
    }
    std::ranges::sort(found, {}, [](const std::pair<Fit, Place>& one) {
        return std::pair(one.first, one.second.place_id);
    });
    Villages best;
    for (auto& [fit, village] : found) {
        // By halves and nearly, all that may be meant; else those that are so.
        if ((fit == found.front().first || fit >= Fit::kHalf) && best.places.size() < kShownMost) {
            best.places.push_back(std::move(village));
        }
    }
    best.are_written = !found.empty() && found.front().first == Fit::kWritten;
    if (best.are_written) {
        std::erase_if(best.places, [&](const Place& one) {
            return fit_of(one, folded, sound) != Fit::kWritten;
        });
    }
    return best;
}

/// Of the blocks that she named; none there: of their district, but then never sure.
void search_blocks(storage::Transaction& tx, const std::string& name, VillageSearch& search) {
    bool are_written = true;
    for (const Place& block : search.blocks) {
        const Villages found = villages_like(tx, block.place_id, name, Fit::kNearly);
        are_written = are_written && (found.places.empty() || found.are_written);
        for (const Place& village : found.places) {
            add_once(search.villages, village);
        }
    }
    search.is_sure = search.villages.size() == 1 && are_written;
    if (search.villages.empty() && name_sound(name).size() >= kSoundLeast) {
        search.villages =
            villages_like(tx, search.blocks.front().district_id, name, Fit::kSounds).places;
    }
}

/// No block is known: in the district that she named, else in the whole state.
void search_wide(storage::Transaction& tx, const std::string& name, const Named& named,
                 VillageSearch& search) {
    const bool has_district = named.districts.size() == 1;
    const PlaceId where = has_district ? named.districts[0].place_id : registry::kBihar;
    for (const Place& village : registry::resolve_village(tx, name, where).candidates) {
        add_once(search.villages, village);
    }
    search.is_sure = has_district && search.villages.size() == 1;
    if (has_district && search.villages.empty() && name_sound(name).size() >= kSoundLeast) {
        search.villages = villages_like(tx, where, name, Fit::kNearly).places;
    }
}

VillageSearch search_by(storage::Transaction& tx, std::string_view text, const Within& within,
                        const Sounding* sounding) {
    Named named = names_in(tx, text, sounding);
    VillageSearch search{.villages = {}, .blocks = named.blocks};
    if (within.block_id && (named.rest.empty() || named.blocks.empty() || named.by_pincode)) {
        search.blocks = {*registry::find_place(tx, within.block_id)};
        if (named.rest.empty() && within.is_asked && !named.by_pincode) {
            for (const std::string& word : words_of(text).names) {
                named.rest += (named.rest.empty() ? "" : " ") + word;
            }
        }
    }
    search.names_village = !named.rest.empty();
    const bool other_block = within.block_id && !named.blocks.empty() && !named.by_pincode;
    if (named.rest.empty()) {
        search.villages = within.block_id ? std::vector<Place>() : named.of_offices;
    } else if (!search.blocks.empty()) {
        search_blocks(tx, named.rest, search);
    } else {
        search_wide(tx, named.rest, named, search);
    }
    if (within.is_asked && other_block && search.villages.empty()) {
        search.blocks = named.blocks;  // she corrects the block
        search.names_village = false;
    }
    // "Rampur": a block is called so, and many villages elsewhere.
    if (!within.block_id && !search.names_village && named.districts.empty() && !named.by_pincode &&
        words_of(text).names.size() == 1 && !words_of(text).begins_above &&
        registry::resolve_village(tx, words_of(text).names[0], registry::kBihar).candidates.size() >
            1) {
        search.blocks.clear();
        search.names_village = true;
    }
    return search;
}

}  // namespace

VillageSearch find_villages(storage::Transaction& tx, std::string_view text, const Within& within) {
    VillageSearch search = search_by(tx, text, within, nullptr);
    if (!search.villages.empty() || within.block_id) {
        return search;
    }
    const Sounding sounding(tx);
    VillageSearch by_sound = search_by(tx, text, within, &sounding);
    const bool is_better = !by_sound.villages.empty() || search.blocks.empty();
    return is_better ? by_sound : search;
}

std::string place_in_words(storage::Transaction& tx, const Place& place,
                           std::string_view language) {
    std::string words = place.name(language);
    for (const PlaceId above : {place.block_id, place.district_id}) {
        const auto found = above && above != place.place_id ? registry::find_place(tx, above)
                                                            : Result<Place>(place);
        if (found && found->place_id != place.place_id) {
            words += ", " + found->name(language);
        }
    }
    return words;
}

}  // namespace haat::flows
