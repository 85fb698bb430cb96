/// @file Cue classes: what a word or phrase speaks for. The words stand in data/language/cues.csv.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace haat::language {

// clang-format off
// One line a class: enumerator, name in cues.csv. What each gathers is said in cues.csv.
#define HAAT_LANGUAGE_CUES(X) \
    X(Ordinary, "ordinary") X(Greeting, "greeting") X(Wish, "wish") X(Yes, "yes") X(No, "no") \
    X(Order, "order") X(Accept, "accept") X(AcceptWeak, "accept_weak") X(Decline, "decline") \
    X(Send, "send") X(Sent, "sent") X(Vehicle, "vehicle") X(Collect, "collect") \
    X(Come, "come") X(NotCome, "not_come") X(Lying, "lying") X(Money, "money") \
    X(Account, "account") X(Got, "got") X(Pending, "pending") X(Less, "less") \
    X(Wrong, "wrong") X(Bad, "bad") X(Weight, "weight") X(Complaint, "complaint") \
    X(When, "when") X(HowMuch, "how_much") X(What, "what") X(Who, "who") X(Where, "where") \
    X(How, "how") X(Price, "price") X(Buyer, "buyer") X(BuyVerb, "buy_verb") \
    X(Demand, "demand") X(Want, "want") X(Need, "need") X(GiveMe, "give_me") X(Sell, "sell") \
    X(Have, "have") X(Exists, "exists") X(Ready, "ready") X(Left, "left") X(Take, "take") \
    X(WillGive, "will_give") X(Sold, "sold") X(Remove, "remove") X(Mine, "mine") X(If, "if") \
    X(Tell, "tell") X(Scheme, "scheme") X(SchemeWeak, "scheme_weak") X(Join, "join") \
    X(JoinWeak, "join_weak") X(MyName, "my_name") X(Group, "group") X(Message, "message") \
    X(Stop, "stop") X(StopAll, "stop_all") X(Start, "start") X(Again, "again") \
    X(StartAll, "start_all") X(Help, "help") X(HelpWeak, "help_weak") \
    X(NotUnderstood, "not_understood") X(Talk, "talk") X(Human, "human") X(Spam, "spam") \
    X(Forward, "forward") X(Chat, "chat") X(Past, "past") X(Future, "future") X(Each, "each") \
    X(One, "one") X(Retail, "retail") X(Wholesale, "wholesale") X(OldPrice, "old_price") \
    X(NewPrice, "new_price") X(OtherPrice, "other_price") X(Size, "size") X(People, "people") \
    X(Phone, "phone") X(OtherUnit, "other_unit") X(Day, "day") X(Week, "week") \
    X(MonthWord, "month") X(DayOfMonth, "day_of_month") X(NextWord, "next") \
    X(ThisWord, "this") X(EndOf, "end_of") X(And, "and") X(Or, "or") X(Connector, "connector") \
    X(Of, "of_kind") X(In, "in") X(Goods, "goods") X(WeakNumber, "weak_number") \
    X(WeakUnit, "weak_unit") X(WeakPlace, "weak_place") X(Changed, "changed") \
    X(OutOf, "out_of") X(Verb, "verb") X(Every, "every") X(Made, "made") X(Give, "give") \
    X(Festive, "festive") X(Per, "per") X(Me, "me") X(Nobody, "nobody") X(Market, "market") \
    X(Before, "before") X(Ago, "ago") X(Hypothetical, "hypothetical") X(Able, "able") \
    X(Use, "use") X(Wala, "wala") X(Prefix, "prefix") X(Both, "both") X(For, "for") \
    X(Understand, "understand") X(Instead, "instead") X(PaiseWord, "paise") \
    X(Anyone, "anyone") X(Waiting, "waiting") X(EnglishNot, "english_not") \
    X(DoIt, "do_it") X(ToMe, "to_me") X(IsIt, "is_it") X(Surname, "surname") X(Told, "told") X(InBefore, "in_before") X(AllOf, "all_of") X(TimeOfDay, "time_of_day") \
    X(UnitFirst, "unit_first") X(Progressive, "progressive") X(ForBefore, "for_before") X(Adjective, "adjective") X(PriceAsk, "price_ask") X(Tag, "tag") \
    X(Honorific, "honorific") X(Head, "head") X(WeakHead, "weak_head") X(Deal, "deal") X(WasStopped, "was_stopped") \
    X(But, "but") X(AmountWord, "amount_word") X(Half, "half") X(Whole, "whole") X(BesideShare, "beside_share") \
    X(Thing, "thing") \
    /* Found by the engine itself, not words: */ \
    X(HasProduct, "=product") X(HasQuantity, "=quantity") X(HasPrice, "=price") \
    X(HasRef, "=ref") X(HasPlace, "=place") X(Question, "=question") X(Negated, "=negated") \
    X(NotGot, "=not_got") X(NotGive, "=not_give") X(NotHave, "=not_have") \
    X(NotWant, "=not_want") X(NotSend, "=not_send") X(NotSold, "=not_sold") \
    X(NotAccept, "=not_accept") X(HasDate, "=date") X(HasPhone, "=phone") \
    X(HasAmount, "=amount") X(IWant, "=i_want") X(WantsNone, "=wants_none") \
    X(SendNone, "=send_none") X(SendOn, "=send_on")
// clang-format on

enum class Cue : std::uint8_t {
#define X(enumerator, name) k##enumerator,
    HAAT_LANGUAGE_CUES(X)
#undef X
};

inline constexpr std::array kCueNames = {
#define X(enumerator, name) std::string_view(name),
    HAAT_LANGUAGE_CUES(X)
#undef X
};
inline constexpr std::size_t kCueCount = kCueNames.size();
static_assert(kCueCount <= 192);

/// A set of cues; 24 bytes, all operations a few instructions.
class CueSet {
 public:
    constexpr CueSet() = default;
    constexpr CueSet(std::initializer_list<Cue> cues) {
        for (const Cue cue : cues) add(cue);
    }
    constexpr void add(Cue cue) {
        const auto bit = static_cast<unsigned>(cue);
        bits_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    }
    constexpr void remove(Cue cue) {
        const auto bit = static_cast<unsigned>(cue);
        bits_[bit / 64] &= ~(std::uint64_t{1} << (bit % 64));
    }
    [[nodiscard]] constexpr bool has(Cue cue) const {
        const auto bit = static_cast<unsigned>(cue);
        return ((bits_[bit / 64] >> (bit % 64)) & 1U) != 0;
    }
    [[nodiscard]] constexpr bool has_all(const CueSet& other) const {
        for (std::size_t i = 0; i < bits_.size(); ++i) {
            if ((bits_[i] & other.bits_[i]) != other.bits_[i]) return false;
        }
        return true;
    }
    [[nodiscard]] constexpr bool has_any(const CueSet& other) const {
        for (std::size_t i = 0; i < bits_.size(); ++i) {
            if ((bits_[i] & other.bits_[i]) != 0) return true;
        }
        return false;
    }
    constexpr void remove_all(const CueSet& other) {
        for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] &= ~other.bits_[i];
    }
    [[nodiscard]] constexpr bool empty() const { return (bits_[0] | bits_[1] | bits_[2]) == 0; }
    constexpr CueSet& operator|=(const CueSet& other) {
        for (std::size_t i = 0; i < bits_.size(); ++i) bits_[i] |= other.bits_[i];
        return *this;
    }

 private:
    std::array<std::uint64_t, 3> bits_{};
};

[[nodiscard]] std::optional<Cue> cue_from_name(std::string_view name);

}  // namespace haat::language
