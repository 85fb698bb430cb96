#include "atoms.hpp"

#include <algorithm>

#include "atom_mending.hpp"

namespace haat::language {
namespace {

class Collector {
 public:
    explicit Collector(const Message& message) : m_(message) {}

    std::vector<Atom> run() {
        for (std::size_t at = 0; at < m_.size();) {
            const Span* span = m_.span_at(at);
            if (span == nullptr || span->begin != at) {
                if (m_.breaks(at) || m_.has(at, Cue::kAnd)) {
                    atoms_.push_back({.kind = AtomKind::kBreak,
                                      .begin = at,
                                      .end = at + 1,
                                      .mark = m_.breaks(at) ? m_.tokens[at].symbol : '&'});
                }
                ++at;
                continue;
            }
            at = std::max<std::size_t>(take(*span), at + 1);
        }
        mend_atoms(m_, atoms_);
        return std::move(atoms_);
    }

 private:
    [[nodiscard]] const Span* span(std::size_t at, Kind kind) const {
        const Span* found = m_.span_at(at);
        return found != nullptr && found->kind == kind ? found : nullptr;
    }
    [[nodiscard]] bool symbol(std::size_t at, char mark) const {
        return at < m_.size() && m_.tokens[at].symbol == mark;
    }

    std::size_t take(const Span& found) {
        switch (found.kind) {
            case Kind::kProduct:
                atoms_.push_back({.kind = AtomKind::kProduct,
                                  .begin = found.begin,
                                  .end = found.end,
                                  .product = found.value,
                                  .misspelt = found.misspelt});
                return found.end;
            case Kind::kNegation:
                atoms_.push_back(
                    {.kind = AtomKind::kNegation, .begin = found.begin, .end = found.end});
                return found.end;
            case Kind::kNumber:
                return take_number(found);
            default:
                return found.end;
        }
    }

    // What stands around a number decides whether it counts goods or money.
    std::size_t take_number(const Span& number) {
        if (m_.has_any(number.end,
                       {Cue::kPeople, Cue::kOtherUnit, Cue::kDay, Cue::kWeek, Cue::kMonthWord}) &&
            span(number.end, Kind::kUnit) == nullptr) {
            return number.end;
        }
        if (symbol(number.end, '%')) return number.end;
        Atom atom{.kind = AtomKind::kNumber,
                  .begin = number.begin,
                  .end = number.end,
                  .number = number.number,
                  .article = number.article,
                  .each = number.each};
        const std::size_t end = right_of(number, atom);
        const bool rate = left_of(number, atom);
        const bool market = atom.unit < 0 && of_a_market(number.begin);
        if (atom.money || rate || priced_ || market ||
            (atom.unit < 0 && mends_price(number.begin))) {
            atom.kind = AtomKind::kPrice;
        } else if (atom.unit < 0) {
            atom.unit = unit_behind_goods(end);
            if (atom.unit < 0) atom.unit = pack_before(number.begin);
        }
        if (atom.kind == AtomKind::kPrice) {
            if (atom.unit < 0) atom.unit = unit_before(number.begin);
            atom.rank = rank_of(number.begin, end);
            atom.lump = atom.unit < 0 && lump_beside(number.begin, end);
        } else if (atom.unit >= 0) {
            atom.kind = AtomKind::kQuantity;
        } else if (number.counted) {
            atom.kind = AtomKind::kQuantity;
            atom.unit = m_.lexicon.piece_unit();
        } else if (lump_beside(number.begin, end) && counted_before()) {
            atom.kind = AtomKind::kPrice;
            atom.lump = true;
        }
        // "पूरे 30 किलो पनीर 9000 में", "entire stock of 25 for 9000"
        const bool for_it = number.begin > 0 && m_.has(number.begin - 1, Cue::kForBefore);
        const bool sum = atom.kind == AtomKind::kNumber ||
                         (atom.kind == AtomKind::kPrice && atom.money && atom.unit < 0 && !rate);
        if (sum && (m_.has(end, Cue::kIn) || for_it) && counted_before() && lump_said()) {
            atom.kind = AtomKind::kPrice;
            atom.lump = true;
        }
        // "hum 48 me denge", "110 में देते थे"
        if (atom.kind == AtomKind::kNumber && m_.has(end, Cue::kIn) &&
            m_.has_any(end + 1, {Cue::kWillGive, Cue::kDeal})) {
            atom.kind = AtomKind::kPrice;
        }
        if (atom.kind == AtomKind::kNumber || atom.kind == AtomKind::kQuantity)
            atom.rank = rank_of(number.begin, end);
        // "ek bottle 90 rupaye": the one bottle belongs to the price.
        if (atom.article && atom.kind == AtomKind::kQuantity && price_follows(end)) return end;
        atom.end = end;
        atoms_.push_back(atom);
        return end;
    }

    [[nodiscard]] bool lump_said() const {
        return std::ranges::any_of(m_.spans,
                                   [](const Span& one) { return one.kind == Kind::kLump; });
    }

    [[nodiscard]] bool counted_before() const {
        return std::ranges::any_of(atoms_, [](const Atom& atom) {
            return atom.kind == AtomKind::kQuantity || atom.kind == AtomKind::kNumber;
        });
    }

    // "थोक में 95, खुदरा 120"
    [[nodiscard]] bool of_a_market(std::size_t begin) const {
        const std::size_t at = begin > 0 && m_.has(begin - 1, Cue::kIn) ? begin - 1 : begin;
        return at > 0 && m_.has_any(at - 1, {Cue::kWholesale, Cue::kRetail});
    }

    // "480 था अब 520": a bare number behind a price, now.
    [[nodiscard]] bool mends_price(std::size_t begin) const {
        const auto last = std::find_if(atoms_.rbegin(), atoms_.rend(), [](const Atom& atom) {
            return atom.kind != AtomKind::kBreak && atom.kind != AtomKind::kNegation;
        });
        if (last == atoms_.rend() || last->kind != AtomKind::kPrice) return false;
        for (std::size_t at = begin; at > last->end && at + 3 > begin; --at) {
            const Span* day = m_.span_at(at - 1);
            const bool today = day != nullptr && day->kind == Kind::kRelativeDay && day->value == 0;
            if (today || m_.has(at - 1, Cue::kNewPrice)) return true;
        }
        return false;
    }

    // "18 lahthi set": the unit stands behind the goods.
    [[nodiscard]] std::int32_t unit_behind_goods(std::size_t end) const {
        std::size_t at = end;
        while (const Span* goods = span(at, Kind::kProduct)) at = goods->end;
        const Span* unit = at == end ? nullptr : span(at, Kind::kUnit);
        return unit == nullptr ? -1 : unit->value;
    }

    // "घी का डिब्बा 40 है": a pack of the goods just named, then how many.
    [[nodiscard]] std::int32_t pack_before(std::size_t begin) const {
        if (begin < 3 || counted_before() || !m_.has(begin - 2, Cue::kConnector) ||
            span(begin - 3, Kind::kProduct) == nullptr) {
            return -1;
        }
        for (std::uint32_t i = m_.first_candidate[begin - 1]; i < m_.first_candidate[begin]; ++i) {
            const Meaning& meaning = m_.candidates[i].meaning;
            if (meaning.kind != Kind::kUnit) continue;
            const std::string& name =
                m_.lexicon.units[static_cast<std::size_t>(meaning.value)].name;
            const bool measure = name == "kg" || name == "litre" || name == "metre";
            return measure ? -1 : meaning.value;
        }
        return -1;
    }

    // Reads currency, "/", "per", "ka", "ek" and a unit behind the number; where they end.
    std::size_t right_of(const Span& number, Atom& atom) {
        priced_ = false;
        std::size_t at = number.end;
        if (const Span* unit = span(at, Kind::kUnit)) {
            atom.unit = unit->value;
            at = unit->end;
            if (const Span* real = span(at, Kind::kUnit);
                real != nullptr &&
                m_.lexicon.units[static_cast<std::size_t>(unit->value)].name == "piece") {
                atom.unit = real->value;  // "das go bora": ten sacks
                at = real->end;
            }
            return at;
        }
        if (m_.has(at, Cue::kPaiseWord) && number.number < 100 * kScale) {
            atom.money = true;
            atom.number /= 100;
            ++at;
        }
        while (const Span* currency = span(at, Kind::kCurrency)) {
            atom.money = true;
            at = currency->end;
        }
        if (const Span* paise = span(at, Kind::kNumber);
            atom.money && paise != nullptr && paise->number < 100 * kScale &&
            m_.has(paise->end, Cue::kPaiseWord)) {  // "एक रुपया पच्चीस पैसा"
            atom.number += paise->number / 100;
            atom.article = false;
            at = paise->end + 1U;
        }
        const std::size_t kept = at;
        bool per = false;
        for (int steps = 0; steps < 4 && at < m_.size() && !m_.breaks(at); ++steps) {
            if (const Span* unit = span(at, Kind::kUnit)) {
                if (!per && !atom.money) break;
                atom.unit = unit->value;
                priced_ = true;
                return unit->end;
            }
            if (m_.has(at, Cue::kEach) || (m_.has(at, Cue::kIn) && m_.has(at + 1, Cue::kOne) &&
                                           span(at + 2, Kind::kUnit) == nullptr)) {
                priced_ = atom.one = true;
                ++at;
                while (m_.has(at, Cue::kConnector) || m_.has(at, Cue::kOne)) ++at;  // "का एक"
                return at;
            }
            const Span* here = m_.span_at(at);
            if (symbol(at, '/') || m_.has_any(at, {Cue::kPer, Cue::kEvery})) {
                per = true;
                priced_ = true;
            } else if (here != nullptr && here->kind == Kind::kRate) {
                if (span(here->end, Kind::kNumber) != nullptr) break;  // "30 @ 475"
                priced_ = true;
                per = true;
                per = true;
                at = here->end - 1U;
            } else if (here != nullptr && here->kind == Kind::kNumber && here->article &&
                       steps > 0) {
                per = true;
                priced_ = true;
                at = here->end - 1U;
            } else if (here != nullptr && here->kind == Kind::kNumber && here->article &&
                       atom.money) {
                per = true;
            } else if (m_.has(at, Cue::kOne) && (steps > 0 || atom.money)) {
                per = true;
                priced_ = true;
            } else if (m_.has(at, Cue::kConnector) && here == nullptr) {
                // "220 का": a price if the clause ends there
                const bool ends =
                    m_.breaks(at + 1) || m_.has_any(at + 1, {Cue::kExists, Cue::kAnd});
                if (ends && !atom.money) priced_ = true;
            } else {
                break;
            }
            ++at;
        }
        return priced_ && per ? std::max(at, kept) : kept;
    }

    // Currency or a rate word before the number; true for a rate word.
    bool left_of(const Span& number, Atom& atom) const {
        std::size_t at = number.begin;
        for (int steps = 0; steps < 4 && at > 0; ++steps) {
            --at;
            const Span* here = m_.span_at(at);
            if (here != nullptr) {
                if (here->kind == Kind::kCurrency) {
                    // "500 rs 20 kg": the money belongs to the number before it
                    const bool taken =
                        here->begin > 0 && span(here->begin - 1U, Kind::kNumber) != nullptr;
                    if (taken) return false;
                    atom.money = true;
                    return false;
                }
                if (here->kind == Kind::kRate) {
                    if (atom.unit >= 0 && !symbol(at, '@')) return false;
                    return !rate_is_taken(*here);
                }
                if (here->kind == Kind::kUnit && unit_before(at + 1) >= 0) continue;
                if (here->kind == Kind::kApprox || here->kind == Kind::kDateMarker) continue;
                return false;
            }
            const char mark = m_.tokens[at].symbol;
            if (m_.breaks(at) && mark != ':' && mark != '.') return false;
            if (mark == '.' && steps > 0) return false;
            if (mark == ':' || mark == '=' || mark == '-' || mark == '.') continue;
            if (!m_.has_any(at, {Cue::kConnector, Cue::kExists, Cue::kNewPrice, Cue::kOldPrice,
                                 Cue::kPast, Cue::kOrdinary, Cue::kMine, Cue::kWholesale,
                                 Cue::kRetail, Cue::kChanged})) {
                return false;
            }
        }
        return false;
    }

    // "2450 ke rate se 10 kuntal": that rate word belongs to the number before it.
    [[nodiscard]] bool rate_is_taken(const Span& rate) const {
        if (symbol(rate.begin, '@') || symbol(rate.begin, '/')) return false;
        std::size_t at = rate.begin;
        while (at > 0 && m_.has(at - 1, Cue::kConnector)) --at;
        if (at == 0) return false;
        const Span* left = m_.span_at(at - 1);
        return left != nullptr && (left->kind == Kind::kNumber || left->kind == Kind::kCurrency) &&
               at < rate.begin;
    }

    // A unit before an amount that no number counts: "per kilo 50", "ek bottle 90", "kilo ka 50".
    [[nodiscard]] std::int32_t unit_before(std::size_t begin) const {
        std::size_t at = begin;
        for (int steps = 0; steps < 3 && at > 0; ++steps) {
            --at;
            if (m_.breaks(at)) return -1;
            const Span* here = m_.span_at(at);
            if (here != nullptr && here->kind == Kind::kUnit) {
                if (here->begin == 0) return here->value;
                const Span* left = m_.span_at(here->begin - 1U);
                if (left == nullptr) return here->value;
                if (left->kind == Kind::kNumber) return left->article ? here->value : -1;
                return left->kind == Kind::kRate || left->kind == Kind::kProduct ? here->value : -1;
            }
            if (here != nullptr && here->kind != Kind::kCurrency && here->kind != Kind::kRate)
                return -1;
            if (here == nullptr && !m_.has(at, Cue::kConnector)) return -1;
        }
        return -1;
    }

    [[nodiscard]] bool price_follows(std::size_t at) const {
        for (int steps = 0; steps < 3 && at < m_.size(); ++steps, ++at) {
            const Span* here = m_.span_at(at);
            // "ek kuntal bees kilo": the next number counts for itself
            if (here != nullptr && here->kind == Kind::kNumber) {
                // "mooli ek kuntal 6 rs kilo": that price has a unit of its own
                const Span* money = span(here->end, Kind::kCurrency);
                const std::size_t behind = money == nullptr ? here->end : money->end;
                return span(behind, Kind::kUnit) == nullptr;
            }
            if (here != nullptr && here->kind != Kind::kCurrency && here->kind != Kind::kRate)
                return false;
            if (here == nullptr && !m_.has(at, Cue::kConnector)) return false;
        }
        return false;
    }

    // Of several prices the one she will sell at now: new over old, wholesale over retail, her own
    // over the market's.
    [[nodiscard]] int rank_of(std::size_t begin, std::size_t end) const {
        int rank = 0;
        std::size_t at = begin;
        for (int steps = 0; steps < 6 && at > 0; ++steps) {
            --at;
            if (m_.breaks(at) || m_.has(at, Cue::kAnd)) break;
            const Span* here = m_.span_at(at);
            if (here != nullptr && here->kind == Kind::kNumber) break;
            // "कल 12 था आज 11": what was belongs to the number before it
            if (m_.has(at, Cue::kPast) && at > 0 && m_.number_like(at - 1)) break;
            // "90 bola tha, 82 le lo"
            if (at > 1 && m_.has(at - 1, Cue::kTold) && m_.number_like(at - 2)) break;
            if (m_.has_any(at, {Cue::kNewPrice, Cue::kWholesale})) return 2;
            if (m_.has_any(at, {Cue::kRetail, Cue::kOldPrice, Cue::kOtherPrice})) rank = -2;
        }
        for (at = end; at < std::min(end + 2, m_.size()); ++at) {
            // "thok 600 khudra 700": that word belongs to the number behind it
            if (m_.breaks(at) || m_.number_like(at + 1)) break;
            if (m_.has_any(at, {Cue::kOtherPrice, Cue::kRetail})) rank = -2;
            if (m_.has(at, Cue::kWholesale) && rank >= 0) rank = 2;
            if (m_.has(at, Cue::kPast) && !m_.has(at, Cue::kChanged)) rank = std::min(rank, -1);
        }
        return rank;
    }

    [[nodiscard]] bool lump_beside(std::size_t begin, std::size_t end) const {
        std::size_t at = begin;
        for (int steps = 0; steps < 4 && at > 0; ++steps) {
            --at;
            if (span(at, Kind::kLump) != nullptr) return true;
            const Span* here = m_.span_at(at);
            const bool passes = here == nullptr
                                    ? !m_.breaks(at) || m_.tokens[at].symbol == ':'
                                    : here->kind == Kind::kCurrency || here->kind == Kind::kRate;
            if (!passes) break;
        }
        for (at = end; at < std::min(end + 3, m_.size()); ++at) {
            if (span(at, Kind::kLump) != nullptr) {
                // "5000 total" ends its clause; "450 rs, total 20 kg" begins another
                for (std::size_t i = at + 1; i < std::min(at + 3, m_.size()); ++i) {
                    if (span(i, Kind::kNumber) != nullptr) return false;
                }
                return true;
            }
            if (m_.breaks(at) || m_.span_at(at) != nullptr) break;
        }
        return false;
    }

    const Message& m_;
    std::vector<Atom> atoms_;
    bool priced_ = false;
};

}  // namespace

std::vector<Atom> collect_atoms(const Message& message) { return Collector(message).run(); }

}  // namespace haat::language
