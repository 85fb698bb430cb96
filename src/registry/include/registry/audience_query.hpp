/// @file Whom a message is for, as a tree of conditions and as text that people can read and write:
///
///     place:muzaffarpur and makes:(litchi or honey) and not contacted:7d and speaks:hi
///
/// The same tree comes from the composer by picking. Reading and writing need no database; what
/// names mean is found in a second step (registry/audience_names.hpp). Grammar:
/// docs/formats/audience.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace haat::registry {

/// What a condition is about.
enum class AudienceField : std::uint8_t {
    kPlace,      ///< Lives there or below.
    kMakes,      ///< Makes the product.
    kGroup,      ///< Belongs to the SHG, VO or CLF, or to a group below it.
    kSpeaks,     ///< Is written to in the language, as "hi".
    kReach,      ///< Has an address on the channel, as "whatsapp".
    kConsent,    ///< Agreed to the purpose and did not say stop, as "market".
    kTag,        ///< Bears the tag.
    kStage,      ///< Is at the stage of assistance; stored as the tag "stage:…".
    kSaved,      ///< Fits a saved audience.
    kContacted,  ///< A broadcast was planned or sent to her within so many India days.
};

inline constexpr std::int64_t kMostContactedDays = 62;
inline constexpr std::size_t kMostAudienceBytes = 64'000;
inline constexpr std::size_t kMostAudienceTerms = 2'000;
inline constexpr int kMostAudienceDepth = 32;

/// A condition, or conditions joined. Value semantics; normal form (see all_of) throughout.
struct Audience {
    enum class Kind : std::uint8_t {
        kAll,   ///< Every part holds; without parts: everybody.
        kAny,   ///< One part at least holds; never without parts.
        kNot,   ///< Its one part does not hold.
        kTerm,  ///< A condition. Only kSaved has a part: what it stands for, once resolved.
    };
    Kind kind = Kind::kAll;
    AudienceField field = AudienceField::kPlace;
    /// Of the place, product, group or saved audience; 0 while only the name is known. For
    /// kContacted the number of days; for others 0.
    std::int64_t id = 0;
    /// The name as written, or the code ("hi", "whatsapp", "market", a tag). May be empty if the id
    /// is known.
    std::string text;
    std::vector<Audience> parts;
    /// Where it stood in the text, in code points from 1; 0 if it came from elsewhere. Not
    /// compared.
    int at = 0;
    /// kContacted once resolved: the first India day that counts. Not compared.
    std::int64_t first_day = 0;

    [[nodiscard]] bool is_everybody() const { return kind == Kind::kAll && parts.empty(); }
    friend bool operator==(const Audience& a, const Audience& b) {
        return a.kind == b.kind && a.field == b.field && a.id == b.id && a.text == b.text &&
               (a.kind == Kind::kTerm || a.parts == b.parts);
    }
};

[[nodiscard]] Audience everybody();
[[nodiscard]] Audience term(AudienceField field, std::int64_t id, std::string text = {});
/// A code or a name, as term(kSpeaks, "hi").
[[nodiscard]] Audience term(AudienceField field, std::string text);
/// Joined in normal form: nothing directly within its own kind, no single part, no double not.
[[nodiscard]] Audience all_of(std::vector<Audience> parts);
[[nodiscard]] Audience any_of(std::vector<Audience> parts);
[[nodiscard]] Audience none_of(Audience part);

/// "place", "makes", …: the English keyword, also in the contract.
[[nodiscard]] std::string_view audience_field_name(AudienceField field);
/// Of an English or Hindi keyword, without regard to case; false if it is none.
[[nodiscard]] bool audience_field_from(std::string_view word, AudienceField& field);

/// Makes a condition's value what is stored: "hindi" and "हिंदी" become "hi". Names stay.
/// @return registry.audience_choice {at, word, choices}, registry.audience_days {at, most},
///         registry.audience_value {at}.
[[nodiscard]] Result<void> check_term(Audience& term);

/// Reads a text. Linear in its length.
/// @return registry.audience_*, with `at` (code points from 1), `found`, and `suggestions` where
///         there are any; i18n/errors/registry.json says what was expected.
[[nodiscard]] Result<Audience> parse_audience(std::string_view text);

enum class AudienceStyle : std::uint8_t {
    kNames,  ///< place:muzaffarpur where a name is known.
    kIds,    ///< place:#3000000216 where an id is known: stays right when names change.
};

/// The canonical text; parse_audience gives the same tree again (for kNames without the ids).
[[nodiscard]] std::string audience_text(const Audience& audience,
                                        AudienceStyle style = AudienceStyle::kNames);

/// A value as it stands behind the colon: bare if it may, in quotes if it must.
[[nodiscard]] std::string audience_value(std::string_view name);

/// Up to three of the words that are most like `word`, best first, joined by ", ".
[[nodiscard]] std::string nearest_words(std::string_view word,
                                        const std::vector<std::string>& words);

}  // namespace haat::registry
