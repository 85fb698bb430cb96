/// @file From a message in any spelling to intent and slots: what she has, how much, at what price,
/// when and where. A pure function over a lexicon; it never asks and never guesses aloud: each slot
/// says how sure it is, and the dialogue layer asks back below 800 per mille.
/// Source: data/language/README.md (the annotation scheme, binding).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "language/lexicon.hpp"

namespace haat::language {

/// Exactly one per message.
enum class Intent : std::uint8_t {
    kOfferStock,
    kWithdrawStock,
    kRequestStock,
    kAskPrice,
    kAskDemand,
    kAcceptOrder,
    kDeclineOrder,
    kReportDispatch,
    kReportPickupProblem,
    kReportPaymentProblem,
    kReportQualityProblem,
    kAskScheme,
    kRegister,
    kOptOut,
    kOptIn,
    kHelp,
    kGreeting,
    kOther,
};
inline constexpr int kIntentCount = 18;

/// "offer_stock".
[[nodiscard]] std::string_view intent_name(Intent intent);

/// The inverse of intent_name; none if there is no such intent.
[[nodiscard]] std::optional<Intent> intent_from_name(std::string_view name);

/// An amount of goods in ten-thousandths of its unit: 0.0625 kg is 625.
struct TenThousandths {
    std::int64_t value = 0;
    friend constexpr auto operator<=>(TenThousandths, TenThousandths) = default;
};

/// The same in thousandths, rounded half up; what the market stores.
[[nodiscard]] Milli to_milli(TenThousandths quantity);

struct Item {
    std::string product;                     ///< Key; empty if the goods are not named.
    std::optional<TenThousandths> quantity;  ///< >= 0.
    std::string unit;                        ///< "kg", "packet", ...; empty without quantity.
    std::optional<Paise> price;              ///< Per price_unit, or the whole sum for "lot".
    std::string price_unit;                  ///< A unit or "lot"; empty without price.
};

/// How sure, in per mille; 1000 also for a slot that is absent and clearly so.
struct Confidence {
    int overall = 0;
    int intent = 0;
    int items = 0;
    int price = 0;
    int dates = 0;
    int order_ref = 0;
    int place = 0;
};

/// What the confidence is reckoned from; counts, so that a person can see why haat asks back.
struct Evidence {
    int intent_score = 0;    ///< Weight of the evidence for the intent.
    int intent_margin = 0;   ///< Over the next best intent.
    int words = 0;           ///< Words of the message, at most 1,024.
    int unknown_words = 0;   ///< That the lexicon does not have.
    int likened_goods = 0;   ///< Goods found by their likeness.
    int unnamed_goods = 0;   ///< Quantities of nobody knows what.
    int guesses = 0;         ///< Items decided by habit.
    int unused_numbers = 0;  ///< Numbers that found no place.
    int likened_places = 0;
    int unsure_dates = 0;
    int uneven_items = 0;  ///< Of an offer, items that lack what their neighbours have.
    int odd_amounts = 0;   ///< Quantities or prices that are hardly meant.
    int items = 0;
    int strange_cues = 0;      ///< Kinds of cues that go with other intents than the one chosen.
    int bare_numbers = 0;      ///< Quantities without a unit.
    int numbers_left = 0;      ///< Numbers beyond the quantities and prices.
    int unit_clashes = 0;      ///< Items counted in one kind of unit and priced in another.
    int days_named = 0;        ///< Days and spans of days that were read.
    int bare_offers = 0;       ///< 1 for an offer without price and without a word that offers.
    bool is_greeting = false;  ///< The intent is greeting.
    bool is_answer = false;    ///< The message is nothing but an answer or a command.
};

/// What a short message says by itself, for the dialogue layer: "हाँ", "nahi", "2".
enum class Answer : std::uint8_t { kNone, kYes, kNo, kNumber };

/// How much of what is asked about, said without an amount: "आधा ही दे पाऊँगी", "पूरा दूँगी".
enum class Share : std::uint8_t { kNone, kHalf, kAll };

struct Understanding {
    Intent intent = Intent::kOther;
    /// In the order of the message; at most 32. Of kOther one at most, an amount or a price alone
    /// ("10 किलो", "170 रुपये"; price_unit may lack), for a dialogue that asked for it; of
    /// kOfferStock too ("दाम 190 कर दो"), then the only item.
    std::vector<Item> items;
    std::optional<Date> date_from;
    std::optional<Date> date_until;
    std::string order_ref;  ///< Upper case, ASCII digits, no '#'; empty if none.
    std::string place;      ///< Key of a place of the lexicon; empty if none.
    Confidence confidence;
    Evidence evidence;
    bool asks_for_person = false;    ///< kHelp of who wants to talk with somebody.
    Answer answer = Answer::kNone;   ///< Set only if the message is nothing but that answer.
    std::int64_t answer_number = 0;  ///< For kNumber: 0 and more.
    /// Set if the message says nothing else; kHalf of kAcceptOrder whatever else it says.
    Share share = Share::kNone;
};

/// Understands one message. `text` is anything: malformed UTF-8 counts as blanks, and only the
/// first 1,024 words are read. `today` is the day in India. Costs about 10 µs for a usual message,
/// at most 2 ms for 10,000 characters. Never refuses, never throws but for want of memory.
[[nodiscard]] Understanding understand(const Lexicon& lexicon, std::string_view text, Date today);

/// One JSON object with the fields of the scheme, "confidence" (the whole, 0 to 1) and "sure" (the
/// same for each slot), without a line feed; with `with_evidence` also what it rests on.
/// `id` is well-formed UTF-8.
[[nodiscard]] std::string understanding_to_json(std::string_view id, const Understanding& meaning,
                                                bool with_evidence = false);

}  // namespace haat::language
