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
constexpr std::array<std::string_view, 40> kNoNames{
    "गाँव",   "गांव",       "ग्राम",     "village", "gaon", "gaanv",    "gram", "ब्लॉक", "ब्लाक", "प्रखंड",
    "प्रखण्ड", "block",     "prakhand", "जिला",    "ज़िला", "district", "zila", "jila", "dist", "थाना",
    "पंचायत", "panchayat", "मेरा",      "mera",    "है",    "hai",      "हूँ",    "से",    "se",   "का",
    "ka",    "में",         "me",       "mein",    "पिन",  "pin",      "कोड",  "code", "po",   "ps"};

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    const auto end = [&] {
        if (!word.empty() && std::ranges::find(kNoNames, word) == kNoNames.end() &&
            words.size() < kWordsMost) {
            words.push_back(word);
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
    std::vector<std::string> rest;  ///< Words that name neither.
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

/// With `sounding`, what is written like no name is taken for one that sounds so.
Named names_in(storage::Transaction& tx, std::string_view text, const Sounding* sounding) {
    Named named;
    const std::vector<std::string> words = words_of(text);
    for (std::size_t i = 0; i < words.size();) {
        if (const auto pincode = pincode_of(words[i])) {
            for (const registry::PostOffice& office : registry::post_offices_of(tx, *pincode)) {
                if (const auto block = registry::find_place(tx, office.block_id)) {
                    add_once(named.blocks, *block);
                }
            }
            ++i;
            continue;
        }
        // The first words are the village's, though a block may bear the same name.
        const bool is_village = i == 0 && words.size() > 1;
        std::size_t taken = is_village ? 0 : take_name(tx, words, i, named);
        if (taken == 0 && !is_village && sounding != nullptr) {
            taken = sounding->take(words, i, named);
        }
        if (taken == 0) {
            named.rest.push_back(words[i]);
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
    return named;
}

/// Villages of a block that are written so, else that sound so, else nearly so.
std::vector<Place> villages_like(storage::Transaction& tx, PlaceId block_id,
                                 const std::string& name) {
    const std::string folded = registry::fold_name(name);
    const std::string sound = name_sound(name);
    std::vector<std::pair<int, Place>> found;
    for (Place& village : registry::places_below(tx, block_id, PlaceKind::kVillage)) {
        const int distance = sound_distance(name_sound(village.name_en), sound, 1);
        if (registry::fold_name(village.name_en) == folded ||
            registry::fold_name(village.name_hi) == folded) {
            found.emplace_back(0, std::move(village));
        } else if (distance == 0 && !sound.empty()) {
            found.emplace_back(1, std::move(village));
        } else if (distance == 1 && sound.size() >= 4) {
            found.emplace_back(2, std::move(village));
        }
    }
    std::ranges::sort(found, {}, [](const std::pair<int, Place>& one) {
        return std::pair(one.first, one.second.place_id);
    });
    std::vector<Place> best;
    for (auto& [rank, village] : found) {
        if (rank == found.front().first && best.size() < kShownMost) {
            best.push_back(std::move(village));
        }
    }
    return best;
}

VillageSearch search_by(storage::Transaction& tx, std::string_view text, PlaceId block_id,
                        const Sounding* sounding) {
    VillageSearch search;
    Named named = names_in(tx, text, sounding);
    if (block_id) {
        search.blocks = {*registry::find_place(tx, block_id)};
        if (named.rest.empty()) {
            named.rest = words_of(text);  // whatever it names, it is a village of that block
        }
    } else {
        search.blocks = named.blocks;
    }
    std::string name;
    for (const std::string& word : named.rest) {
        name += (name.empty() ? "" : " ") + word;
    }
    if (name.empty()) {
        return search;
    }
    for (const Place& block : search.blocks) {
        for (const Place& village : villages_like(tx, block.place_id, name)) {
            add_once(search.villages, village);
        }
    }
    if (!search.blocks.empty()) {
        search.is_sure = search.villages.size() == 1;
        return search;
    }
    const bool has_district = named.districts.size() == 1;
    const PlaceId where = has_district ? named.districts[0].place_id : registry::kBihar;
    for (const Place& village : registry::resolve_village(tx, name, where).candidates) {
        add_once(search.villages, village);
    }
    const bool is_written = !search.villages.empty();
    if (has_district && !is_written && name_sound(name).size() >= kSoundLeast) {
        search.villages = villages_like(tx, where, name);
    }
    search.is_sure = has_district && search.villages.size() == 1 &&
                     (is_written || name_sound(name).size() >= kSureSound);
    return search;
}

}  // namespace

VillageSearch find_villages(storage::Transaction& tx, std::string_view text, PlaceId block_id) {
    VillageSearch search = search_by(tx, text, block_id, nullptr);
    if (!search.villages.empty() || block_id) {
        return search;
    }
    const Sounding sounding(tx);
    VillageSearch by_sound = search_by(tx, text, block_id, &sounding);
    return by_sound.villages.empty() && !search.blocks.empty() ? search : by_sound;
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
