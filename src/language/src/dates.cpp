#include "dates.hpp"

#include <algorithm>
#include <array>

#include "calendar.hpp"

namespace haat::language {
namespace {

enum class Tense : std::uint8_t { kUnknown, kPast, kFuture };

// A day that was named, over tokens begin..end-1.
struct Mention {
    std::int64_t day = 0;
    std::size_t begin = 0;
    std::size_t end = 0;
    bool festival = false;
    bool duration = false;  ///< "3 din": `day` is the number of days.
};

class Reader {
 public:
    explicit Reader(Message& message) : m_(message), today_(day_number(message.today)) {
        // Money that did not come is for goods given before: "10 नवंबर के धान का पैसा कब मिलेगा".
        complains_ = m_.all.has(Cue::kMoney) && !m_.all.has(Cue::kSell) &&
                     m_.all.has_any({Cue::kNotGot, Cue::kNotCome, Cue::kPending, Cue::kWhen});
    }

    Dates run() {
        for (std::size_t at = 0; at < m_.size();) {
            if (const std::optional<Mention> mention = mention_at(at)) {
                apply(*mention);
                at = std::max(mention->end, at + 1);
            } else {
                ++at;
            }
        }
        return found_;
    }

 private:
    [[nodiscard]] const Span* span(std::size_t at, Kind kind) const {
        const Span* found = m_.span_at(at);
        return found != nullptr && found->kind == kind && found->begin == at ? found : nullptr;
    }

    [[nodiscard]] bool plain_number(std::size_t at) const {
        return at < m_.size() && m_.tokens[at].kind == TokenKind::kNumber && !m_.tokens[at].decimal;
    }

    std::optional<Mention> mention_at(std::size_t at) {
        if (m_.breaks(at)) return std::nullopt;
        if (auto numeric = numeric_date(at)) return numeric;
        if (const Span* number = span(at, Kind::kNumber)) return number_date(*number);
        if (auto end = end_of_named_month(at)) return end;
        if (const Span* month = span(at, Kind::kMonth)) return month_first(*month);
        if (const Span* day = span(at, Kind::kRelativeDay)) {
            return Mention{.day = today_ + offset(*day), .begin = day->begin, .end = day->end};
        }
        if (const Span* day = span(at, Kind::kWeekday)) return weekday(*day);
        if (const Span* festival = span(at, Kind::kFestival)) {
            if (const auto day = next_festival(festival->value)) {
                return Mention{
                    .day = *day, .begin = festival->begin, .end = festival->end, .festival = true};
            }
            return std::nullopt;
        }
        return week_or_month(at);
    }

    // 12/11, 12-11-2026, 12.11.2026
    std::optional<Mention> numeric_date(std::size_t at) {
        if (!plain_number(at) || m_.tokens[at].digits > 2 || at + 2 >= m_.size())
            return std::nullopt;
        const char mark = m_.tokens[at + 1].symbol;
        if ((mark != '/' && mark != '-') || !plain_number(at + 2) || !m_.tokens[at + 2].glued ||
            m_.tokens[at + 2].digits > 2) {
            return std::nullopt;
        }
        const bool has_year = at + 4 < m_.size() && m_.tokens[at + 3].symbol == mark &&
                              plain_number(at + 4) && m_.tokens[at + 4].glued;
        if (mark == '-' && !has_year) return std::nullopt;  // 10-12 is a range
        if (m_.may_be(at + 3, Kind::kUnit)) return std::nullopt;
        int year = has_year ? static_cast<int>(m_.tokens[at + 4].number / kScale) : 0;
        if (has_year && year < 100) year += 2000;
        const std::size_t end = at + (has_year ? 5 : 3);
        return of_calendar(static_cast<int>(m_.tokens[at].number / kScale),
                           static_cast<int>(m_.tokens[at + 2].number / kScale), year, at, end);
    }

    // A day and a month; without a year the next such day from today on, or the last if past.
    std::optional<Mention> of_calendar(int day, int month, int year, std::size_t begin,
                                       std::size_t end) {
        if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
        const auto valid = [&](int y) { return day <= days_in_month(y, month); };
        if (year != 0) {
            if (year < 2000 || year > 2100 || !valid(year)) return std::nullopt;
            return Mention{.day = day_number({year, month, day}), .begin = begin, .end = end};
        }
        const bool past = is_past(begin, end);
        for (int step = 0; step <= 4; ++step) {
            const int y = m_.today.year + (past ? -step : step);
            if (!valid(y)) continue;
            const std::int64_t number = day_number({y, month, day});
            if (past ? number <= today_ : number >= today_) {
                return Mention{.day = number, .begin = begin, .end = end};
            }
        }
        return std::nullopt;
    }

    // "28 तारीख", "25th", "15 नवंबर", "3 दिन".
    std::optional<Mention> number_date(const Span& number) {
        const std::int64_t value = number.number / kScale;
        const bool whole = number.number % kScale == 0;
        std::size_t next = number.end;
        bool ordinal = false;
        if (next < m_.size() && m_.tokens[next].glued && m_.tokens[next].kind == TokenKind::kWord) {
            const std::string_view word =
                m_.text.substr(m_.tokens[next].begin, m_.tokens[next].end - m_.tokens[next].begin);
            static constexpr std::array<std::string_view, 8> kEndings = {"th", "st", "nd", "rd",
                                                                         "TH", "ST", "ND", "RD"};
            ordinal = std::ranges::find(kEndings, word) != kEndings.end();
            if (ordinal) ++next;
        }
        if (whole && value >= 1 && value <= 31) {
            if (m_.has(next, Cue::kConnector) || m_.has(next, Cue::kOf)) {
                if (span(next + 1, Kind::kMonth) != nullptr) ++next;
            }
            if (const Span* month = span(next, Kind::kMonth)) {
                std::size_t end = month->end;
                int year = 0;
                if (plain_number(end) && m_.tokens[end].digits == 4 &&
                    m_.tokens[end].number / kScale > 2000) {
                    year = static_cast<int>(m_.tokens[end].number / kScale);
                    ++end;
                }
                return of_calendar(static_cast<int>(value), month->value, year, number.begin, end);
            }
            if (m_.has(next, Cue::kDayOfMonth))
                return day_of_month(static_cast<int>(value), number.begin, next + 1);
            if (ordinal) return day_of_month(static_cast<int>(value), number.begin, next);
        }
        std::int64_t days = 0;
        if (m_.has(next, Cue::kDay)) days = 1;
        if (m_.has(next, Cue::kWeek)) days = 7;
        if (m_.has(next, Cue::kMonthWord)) days = 30;
        if (days == 0) return std::nullopt;
        return Mention{.day = number.number * days / kScale,
                       .begin = number.begin,
                       .end = next + 1,
                       .duration = true};
    }

    std::optional<Mention> month_first(const Span& month) {  // "November 15", "March 3rd"
        if (!plain_number(month.end) || m_.tokens[month.end].digits > 2) return std::nullopt;
        if (m_.may_be(month.end + 1, Kind::kUnit) || m_.may_be(month.end + 1, Kind::kCurrency)) {
            return std::nullopt;
        }
        const int day = static_cast<int>(m_.tokens[month.end].number / kScale);
        return of_calendar(day, month.value, 0, month.begin, month.end + 1U);
    }

    std::optional<Mention> day_of_month(int day, std::size_t begin, std::size_t end) {
        const bool past = is_past(begin, end);
        const bool next_month =
            begin >= 2 && m_.has(begin - 1, Cue::kMonthWord) && m_.has(begin - 2, Cue::kNextWord);
        int year = m_.today.year;
        int month = m_.today.month + (next_month ? 1 : 0);
        for (int step = 0; step < 14; ++step) {
            if (month > 12) month = 1, ++year;
            if (month < 1) month = 12, --year;
            if (day <= days_in_month(year, month)) {
                const std::int64_t number = day_number({year, month, day});
                if (next_month || (past ? number <= today_ : number >= today_)) {
                    return Mention{.day = number, .begin = begin, .end = end};
                }
            }
            month += past ? -1 : 1;
        }
        return std::nullopt;
    }

    std::optional<Mention> weekday(const Span& day) {
        std::size_t begin = day.begin;
        const bool next_week = begin > 0 && m_.has(begin - 1, Cue::kNextWord);
        const bool this_week = begin > 0 && m_.has(begin - 1, Cue::kThisWord);
        if (next_week || this_week) --begin;
        const int now = weekday_of(today_);
        std::int64_t number = today_ + (day.value - now + 7) % 7;
        if (next_week) {
            number = today_ - now + 7 + day.value;
        } else if (!this_week && (tense(begin, day.end) == Tense::kPast || waits_since(day.end))) {
            number = today_ - (now - day.value + 6) % 7 - 1;
        } else if (number == today_) {
            number += 7;
        }
        return Mention{.day = number, .begin = begin, .end = day.end};
    }

    [[nodiscard]] static bool is_from(const Span* marker) {
        return marker != nullptr && marker->value == static_cast<std::int32_t>(DateMarker::kFrom);
    }

    // "सोमवार से गाड़ी का इंतजार है"
    [[nodiscard]] bool waits_since(std::size_t end) const {
        return is_from(marker_after(end)) && tense(end, end) == Tense::kUnknown &&
               m_.all.has_any({Cue::kWaiting, Cue::kNotCome, Cue::kNotGot, Cue::kPending});
    }

    // "काल्ह से गाड़ी के राह देखत बानी, परवल सड़ जाई": she waits, whatever comes of it.
    [[nodiscard]] bool waited_from(std::size_t end) const {
        return is_from(marker_after(end)) && m_.all.has_any({Cue::kWaiting, Cue::kNotCome}) &&
               m_.all.has(Cue::kVehicle);
    }

    [[nodiscard]] std::optional<std::int64_t> next_festival(std::int32_t index) const {
        for (const Date& date : m_.lexicon.festivals[static_cast<std::size_t>(index)].dates) {
            if (date >= m_.today) return day_number(date);
        }
        return std::nullopt;
    }

    // "अगले हफ्ते", "next month", "महीने के अंत", "हफ्ते भर में".
    std::optional<Mention> week_or_month(std::size_t at) {
        if (m_.has(at, Cue::kNextWord)) {
            if (m_.has(at + 1, Cue::kWeek)) {
                return Mention{.day = today_ - weekday_of(today_) + 8, .begin = at, .end = at + 2};
            }
            if (m_.has(at + 1, Cue::kMonthWord) &&
                !(plain_number(at + 2) && m_.has(at + 3, Cue::kDayOfMonth))) {
                const bool december = m_.today.month == 12;
                const Date first{m_.today.year + (december ? 1 : 0),
                                 december ? 1 : m_.today.month + 1, 1};
                return Mention{.day = day_number(first), .begin = at, .end = at + 2};
            }
        }
        if (const auto end = end_of_named_month(at)) return end;
        if (m_.has(at, Cue::kMonthWord) || m_.has(at, Cue::kEndOf)) {
            for (std::size_t i = at; i < std::min(at + 4, m_.size()); ++i) {
                const bool pair =
                    m_.has(at, Cue::kEndOf) ? m_.has(i, Cue::kMonthWord) : m_.has(i, Cue::kEndOf);
                if (!pair || i == at) continue;
                const Date last{m_.today.year, m_.today.month,
                                days_in_month(m_.today.year, m_.today.month)};
                return Mention{.day = day_number(last), .begin = at, .end = i + 1};
            }
        }
        const bool bare_week = m_.has(at, Cue::kWeek) && marker_after(at + 1) != nullptr;
        if (bare_week) return Mention{.day = 7, .begin = at, .end = at + 1, .duration = true};
        return std::nullopt;
    }

    // "मार्च के अंत तक", "end of March": the last day of the next such month.
    [[nodiscard]] std::optional<Mention> end_of_named_month(std::size_t at) const {
        const Span* month = span(at, Kind::kMonth);
        std::size_t end = at;
        if (month != nullptr) {
            end = month->end;
            while (m_.has(end, Cue::kConnector)) ++end;
            if (!m_.has(end, Cue::kEndOf)) return std::nullopt;
            ++end;
        } else if (m_.has(at, Cue::kEndOf)) {
            end = at + 1;
            while (m_.has(end, Cue::kOf)) ++end;
            month = span(end, Kind::kMonth);
            if (month == nullptr) return std::nullopt;
            end = month->end;
        }
        if (month == nullptr) return std::nullopt;
        const int year = m_.today.year + (month->value < m_.today.month ? 1 : 0);
        const Date last{year, month->value, days_in_month(year, month->value)};
        return Mention{.day = day_number(last), .begin = at, .end = end};
    }

    // ±1, ±2, ±3 by the verb of the clause.
    std::int64_t offset(const Span& day) {
        if (day.direction == Direction::kFixed) return day.value;
        Tense when = waited_from(day.end) ? Tense::kPast : tense(day.begin, day.end);
        if (when == Tense::kUnknown) {
            const bool past = (m_.all.has_any({Cue::kPast, Cue::kSent, Cue::kNotCome, Cue::kNotGot,
                                               Cue::kWaiting}) ||
                               m_.all.has_all({Cue::kLying, Cue::kVehicle}) ||
                               m_.all.has_all({Cue::kNotSend, Cue::kVehicle})) &&
                              !m_.all.has(Cue::kFuture) &&
                              !m_.all.has_all({Cue::kAccept, Cue::kOrder});
            when = past ? Tense::kPast : Tense::kFuture;
            found_.unsure = true;
        }
        return when == Tense::kPast ? -day.value : day.value;
    }

    [[nodiscard]] Tense of_token(std::size_t at) const {
        if (m_.has(at, Cue::kFuture)) return Tense::kFuture;
        if (m_.has(at, Cue::kAble) && m_.has(at + 1, Cue::kExists)) return Tense::kFuture;
        // "ले रहे हैं" is now, "ले रहे थे" was
        if (m_.has(at, Cue::kProgressive) && m_.has(at + 1, Cue::kExists)) return Tense::kUnknown;
        if (m_.has_any(at, {Cue::kPast, Cue::kSent, Cue::kSold})) return Tense::kPast;
        return Tense::kUnknown;
    }

    // The tense of the first verb behind the day, else of the last before it in the same sentence.
    [[nodiscard]] Tense tense(std::size_t begin, std::size_t end) const {
        const auto sentence_end = [&](std::size_t at) {
            const char mark = m_.tokens[at].symbol;
            return m_.breaks(at) && (mark == '.' || mark == '?');
        };
        Tense found = Tense::kUnknown;
        for (std::size_t at = end; at < m_.size() && !sentence_end(at); ++at) {
            const Tense here = of_token(at);
            if (here == Tense::kUnknown) continue;
            found = here;
            // "bhej diya", "aane wali thi": the last word of the verb decides.
            if (m_.breaks(at + 1) || of_token(at + 1) == Tense::kUnknown) break;
        }
        if (found != Tense::kUnknown) return found;
        for (std::size_t at = begin; at-- > 0 && !sentence_end(at);) {
            if (const Tense here = of_token(at); here != Tense::kUnknown) return here;
        }
        return Tense::kUnknown;
    }

    [[nodiscard]] bool is_past(std::size_t begin, std::size_t end) const {
        // "was 1600, now 1450, till 20th"
        const Span* before = english_marker(begin);
        if (before != nullptr && before->value == static_cast<std::int32_t>(DateMarker::kUntil))
            return false;
        return tense(begin, end) == Tense::kPast || (complains_ && marker_after(end) == nullptr);
    }

    [[nodiscard]] const Span* marker_after(std::size_t at) const {
        for (std::size_t i = at; i < std::min(at + 3, m_.size()) && !m_.breaks(i); ++i) {
            const Span* found = m_.span_at(i);
            if (found != nullptr && found->kind == Kind::kDateMarker) {
                // "kal le jaiye" is no "by tomorrow", "5 march bad quality" no "after"
                if (m_.has_any(i, {Cue::kTake, Cue::kBad})) return nullptr;
                // English puts its own before the day: "yesterday by bus"
                return m_.has(found->begin, Cue::kPrefix) ? nullptr : found;
            }
            if (found != nullptr) return nullptr;
            if (!m_.has_any(i,
                            {Cue::kConnector, Cue::kIn, Cue::kFestive, Cue::kDay, Cue::kTimeOfDay}))
                return nullptr;
        }
        return nullptr;
    }

    [[nodiscard]] const Span* marker_before(std::size_t at) const {
        while (at > 0 && m_.has(at - 1, Cue::kThisWord)) --at;
        if (at == 0) return nullptr;
        const Span* found = m_.span_at(at - 1);
        return found != nullptr && found->kind == Kind::kDateMarker ? found : nullptr;
    }

    void apply(const Mention& mention) {
        const Span* marker = marker_after(mention.end);
        if (mention.duration) {
            duration(mention, marker);
            return;
        }
        // English puts it before: "by 25th", "before chhath"; Hindi's own markers do not stand
        // there.
        if (const Span* before = english_marker(mention.begin)) marker = before;
        consume(mention);
        // "आज भाई दूज है", "kal holi hai"
        if (marker == nullptr && !mention.festival &&
            span(mention.end, Kind::kFestival) != nullptr &&
            m_.has(span(mention.end, Kind::kFestival)->end, Cue::kExists)) {
            return;
        }
        if (marker == nullptr && (is_written_then(mention.end) || of_old_price(mention.end)))
            return;
        // "आज तक नहीं मिला"
        if (marker != nullptr && marker->value == static_cast<std::int32_t>(DateMarker::kUntil) &&
            mention.day == today_ && m_.all.has_any({Cue::kNotGot, Cue::kNotCome, Cue::kPending})) {
            return;
        }
        if (marker == nullptr) {
            const bool on_the_day = m_.has_any(mention.end, {Cue::kFestive});
            if (!mention.festival || on_the_day) set_from(mention.day);
            return;
        }
        switch (static_cast<DateMarker>(marker->value)) {
            case DateMarker::kUntil:
            case DateMarker::kWithin:
                set_until(mention.day);
                break;
            case DateMarker::kBefore:
                set_until(mention.day - 1);
                break;
            case DateMarker::kAfter:
                set_from(mention.day + 1);
                break;
            case DateMarker::kFrom:
                set_from(mention.day);
                break;
        }
    }

    // "kal jo 30 kilo likhe the usko 40 karo": the day of writing is no day of goods.
    [[nodiscard]] bool is_written_then(std::size_t at) const {
        for (; at < m_.size() && !m_.breaks(at); ++at) {
            if (m_.has(at, Cue::kChanged) && m_.has(at, Cue::kTold)) return true;
            if (m_.has(at, Cue::kFuture)) return false;
        }
        return false;
    }

    // "rate kal 12 tha": the day of a price that is no more.
    [[nodiscard]] bool of_old_price(std::size_t at) const {
        if (span(at, Kind::kNumber) == nullptr) return false;
        std::size_t end = span(at, Kind::kNumber)->end;
        while (span(end, Kind::kCurrency) != nullptr) end = span(end, Kind::kCurrency)->end;
        return m_.has(end, Cue::kOldPrice) && m_.has(end, Cue::kPast);
    }

    [[nodiscard]] const Span* english_marker(std::size_t begin) const {
        const Span* found = marker_before(begin);
        if (found == nullptr) return nullptr;
        return m_.has(found->begin, Cue::kPrefix) ? found : nullptr;
    }

    // "3 दिन में", "15 दिन पहले", "5 दिन से", "2 हफ्ते के अंदर".
    void duration(const Mention& mention, const Span* marker) {
        std::size_t after = mention.end;
        const bool ago = m_.has(after, Cue::kAgo) || m_.has(after, Cue::kBefore);
        if (marker == nullptr && !ago) marker = english_marker(mention.begin);
        const bool in_time =
            m_.has(after, Cue::kIn) || (mention.begin > 0 && m_.has(mention.begin - 1, Cue::kIn));
        // "no one has come for 3 days"
        const bool waited = mention.begin > 0 && m_.has(mention.begin - 1, Cue::kForBefore) &&
                            m_.all.has_any({Cue::kNotCome, Cue::kNotGot, Cue::kPending,
                                            Cue::kWaiting, Cue::kLying, Cue::kNobody});
        if (waited) {
            consume(mention);
            set_from(today_ - mention.day);
            return;
        }
        if (marker == nullptr && !ago && !in_time) return;
        consume(mention);
        if (ago) {
            set_from(today_ - mention.day);
            return;
        }
        if (marker == nullptr) {
            set_from(today_ + mention.day);
            return;
        }
        switch (static_cast<DateMarker>(marker->value)) {
            case DateMarker::kUntil:
            case DateMarker::kWithin:
                set_until(today_ + mention.day);
                break;
            case DateMarker::kAfter:
                set_from(today_ + mention.day);
                break;
            case DateMarker::kBefore:
            case DateMarker::kFrom:
                set_from(today_ - mention.day);
                break;
        }
    }

    void consume(const Mention& mention) {
        for (std::size_t i = mention.begin; i < mention.end; ++i) {
            if (m_.span_of[i] >= 0) {
                Span& span = m_.spans[static_cast<std::size_t>(m_.span_of[i])];
                span.kind = Kind::kIgnored;
                span.value = static_cast<std::int32_t>(Ignored::kDate);
            }
        }
    }

    void set_from(std::int64_t day) {
        if (found_.from) return;  // the first day named is the lower end
        found_.from = date_of_day_number(day);
    }
    void set_until(std::int64_t day) { found_.until = date_of_day_number(day); }

    Message& m_;
    std::int64_t today_;
    bool complains_ = false;
    Dates found_;
};

}  // namespace

Dates find_dates(Message& message) { return Reader(message).run(); }

}  // namespace haat::language
