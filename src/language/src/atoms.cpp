#include "atoms.hpp"

#include <algorithm>

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
        merge_compounds();
        drop_corrected();
        drop_pack_sizes();
        find_old_prices();
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
        if (atom.money || rate || priced_ || (atom.unit < 0 && mends_price(number.begin))) {
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
            atom.unit = piece();
        } else if (lump_beside(number.begin, end) && counted_before()) {
            atom.kind = AtomKind::kPrice;
            atom.lump = true;
        }
        // "पूरे 30 किलो पनीर 9000 में"
        if (atom.kind == AtomKind::kNumber && m_.has(end, Cue::kIn) && counted_before() &&
            lump_said()) {
            atom.kind = AtomKind::kPrice;
            atom.lump = true;
        }
        // "hum 48 me denge"
        if (atom.kind == AtomKind::kNumber && m_.has(end, Cue::kIn) &&
            m_.has(end + 1, Cue::kWillGive)) {
            atom.kind = AtomKind::kPrice;
        }
        if (atom.kind == AtomKind::kNumber) atom.rank = rank_of(number.begin, end);
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

    // "480 था अब 520": a bare number behind a price, now.
    [[nodiscard]] bool mends_price(std::size_t begin) const {
        const auto last = std::find_if(atoms_.rbegin(), atoms_.rend(), [](const Atom& atom) {
            return atom.kind != AtomKind::kBreak && atom.kind != AtomKind::kNegation;
        });
        if (last == atoms_.rend() || last->kind != AtomKind::kPrice) return false;
        for (std::size_t at = begin; at > last->end && at + 3 > begin; --at) {
            if (m_.has(at - 1, Cue::kNewPrice)) return true;
        }
        return false;
    }

    // "18 lahthi set": the unit stands behind the goods.
    [[nodiscard]] std::int32_t unit_behind_goods(std::size_t end) const {
        const Span* goods = span(end, Kind::kProduct);
        if (goods == nullptr) return -1;
        const Span* unit = span(goods->end, Kind::kUnit);
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

    [[nodiscard]] std::int32_t piece() const {
        for (std::size_t i = 0; i < m_.lexicon.units.size(); ++i) {
            if (m_.lexicon.units[i].name == "piece") return static_cast<std::int32_t>(i);
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
            if (m_.has(at, Cue::kEach)) {
                priced_ = true;
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
            if (!m_.has_any(
                    at, {Cue::kConnector, Cue::kExists, Cue::kNewPrice, Cue::kOldPrice, Cue::kPast,
                         Cue::kOrdinary, Cue::kMine, Cue::kWholesale, Cue::kRetail})) {
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
            if (here != nullptr && here->kind == Kind::kNumber)
                return span(here->end, Kind::kUnit) == nullptr;
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

    [[nodiscard]] const UnitName& unit(const Atom& atom) const {
        return m_.lexicon.units[static_cast<std::size_t>(atom.unit)];
    }

    // "2 क्विंटल 35 किलो" is one quantity.
    void merge_compounds() {
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            Atom& big = atoms_[i];
            Atom& small = atoms_[i + 1];
            if (big.kind != AtomKind::kQuantity || small.kind != AtomKind::kQuantity) continue;
            if (small.begin > big.end + 1 || unit(big).name != unit(small).name) continue;
            if (unit(small).factor >= unit(big).factor) continue;
            if (small.begin > big.end && !m_.has(big.end, Cue::kAnd)) continue;
            const Wide larger = static_cast<Wide>(big.number) * unit(big).factor;
            constexpr Wide kMost = 1'000'000'000'000'000;  // beyond it nobody's goods
            small.number += static_cast<std::int64_t>(std::min(larger / unit(small).factor, kMost));
            small.compound = big.unit;
            small.begin = big.begin;
            big.dropped = true;
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
    }

    // "20 नहीं 22 किलो": a number that is denied and followed by another.
    void drop_corrected() {
        const auto counts = [](const Atom& atom) {
            return atom.kind == AtomKind::kQuantity || atom.kind == AtomKind::kNumber ||
                   atom.kind == AtomKind::kPrice;
        };
        for (std::size_t i = 0; i + 2 < atoms_.size(); ++i) {
            if (!counts(atoms_[i]) || atoms_[i + 1].kind != AtomKind::kNegation) continue;
            std::size_t next = i + 2;
            if (atoms_[next].kind == AtomKind::kBreak && next + 1 < atoms_.size()) ++next;
            const bool alike = atoms_[i].kind == atoms_[next].kind ||
                               atoms_[i].kind == AtomKind::kNumber ||
                               atoms_[next].kind == AtomKind::kNumber;
            if (counts(atoms_[next]) && alike && atoms_[next].begin <= atoms_[i + 1].end + 2) {
                if (m_.has(atoms_[i + 1].begin, Cue::kEnglishNot)) {  // "15 kg not 50 kg"
                    atoms_[next].dropped = true;
                    atoms_[i + 1].dropped = true;
                    continue;
                }
                atoms_[i].dropped = true;
                atoms_[i + 1].dropped = true;
                if (atoms_[i].kind == AtomKind::kPrice && atoms_[next].kind == AtomKind::kNumber) {
                    atoms_[next].kind = AtomKind::kPrice;
                    atoms_[next].unit = atoms_[i].unit;
                }
            }
        }
        // "45 kg turmeric, not 54"
        for (std::size_t i = 1; i + 1 < atoms_.size(); ++i) {
            const bool denies =
                atoms_[i].kind == AtomKind::kNegation && m_.has(atoms_[i].begin, Cue::kEnglishNot);
            const bool said = std::any_of(atoms_.begin(), atoms_.begin() + static_cast<long>(i),
                                          [&](const Atom& atom) { return counts(atom); });
            if (denies && said && counts(atoms_[i + 1]) && !atoms_[i].dropped)
                atoms_[i + 1].dropped = true;
        }
        // "90 से बढ़ाकर 95": from the old to the new.
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            Atom& old = atoms_[i];
            Atom& now = atoms_[i + 1];
            const Span* from = span(old.end, Kind::kDateMarker);
            if (!counts(old) || !counts(now)) continue;
            if (from == nullptr && old.begin > 0 && m_.has(old.end, Cue::kIf)) {
                from = span(old.begin - 1, Kind::kDateMarker);  // "from 500 to 470"
                if (from != nullptr && now.begin <= old.end + 1 && m_.all.has(Cue::kChanged)) {
                    old.dropped = true;
                }
                continue;
            }
            if (from == nullptr) continue;
            const bool lower = old.kind == AtomKind::kPrice && now.number < old.number;
            if (!lower && !m_.has(from->end, Cue::kChanged) && !m_.all.has(Cue::kChanged)) continue;
            if (now.begin > from->end + 2U) continue;
            old.dropped = true;
            if (old.kind == AtomKind::kPrice && now.kind == AtomKind::kNumber) {
                now.kind = AtomKind::kPrice;
                now.unit = old.unit;
            }
        }
        for (std::size_t i = 0; i < atoms_.size(); ++i) {
            Atom& atom = atoms_[i];
            // "20 किलो शहद में से 12"
            const bool of_goods =
                i + 1 < atoms_.size() && atoms_[i + 1].kind == AtomKind::kProduct &&
                atoms_[i + 1].begin == atom.end && m_.has(atoms_[i + 1].end, Cue::kOutOf);
            const bool english = atom.begin > 1 && m_.has(atom.begin - 2, Cue::kInstead) &&
                                 m_.has(atom.begin - 2, Cue::kEnglishNot);
            if (counts(atom) && english && i > 0) {  // "45 kg instead of 50"
                atom.dropped = true;
                continue;
            }
            if (m_.has(atom.end, Cue::kEnglishNot) || m_.has(atom.end + 1, Cue::kEnglishNot))
                continue;
            const bool replaced =
                m_.has(atom.end, Cue::kInstead) || m_.has(atom.end + 1, Cue::kInstead);
            if (counts(atom) &&
                (m_.has(atom.end, Cue::kOutOf) || of_goods || replaced)) {  // "20 में से 8 बचा"
                const bool another = std::ranges::any_of(atoms_, [&](const Atom& other) {
                    return counts(other) && other.begin > atom.begin;
                });
                if (another) atom.dropped = true;
            }
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
    }

    // "पहले 380 था अब 420 रु": what was before is of the kind of what is now.
    void find_old_prices() {
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            if (atoms_[i].kind == AtomKind::kNumber && atoms_[i].rank < 0 &&
                atoms_[i + 1].kind == AtomKind::kPrice) {
                atoms_[i].kind = AtomKind::kPrice;
            }
        }
    }

    [[nodiscard]] bool is_measure(const Atom& atom) const {
        const std::string& name = unit(atom).name;
        return name == "kg" || name == "litre" || name == "metre";
    }

    // "250 ग्राम के 40 पैकेट", "60 packets of 100 g", "1 kg packet 40": the counted pack wins.
    void drop_pack_sizes() {
        for (std::size_t i = 0; i < atoms_.size(); ++i) {
            Atom& size = atoms_[i];
            if (size.kind != AtomKind::kQuantity || !is_measure(size) || size.dropped) continue;
            // A pack unit right behind the measure that no number counts.
            const Span* pack = m_.has(size.end, Cue::kConnector) || m_.has(size.end, Cue::kWala)
                                   ? span(size.end + 1, Kind::kUnit)
                                   : span(size.end, Kind::kUnit);
            if (pack != nullptr) {
                const std::size_t other = neighbour_number(i);
                if (other < atoms_.size()) {
                    atoms_[other].kind = AtomKind::kQuantity;
                    atoms_[other].unit = pack->value;
                    size.dropped = true;
                    continue;
                }
                std::size_t next = i + 1;  // "100 ग्राम का पैकेट, 80 पैकेट"
                if (next + 1 < atoms_.size() && atoms_[next].kind == AtomKind::kBreak) ++next;
                if (next < atoms_.size() && atoms_[next].kind == AtomKind::kQuantity &&
                    !is_measure(atoms_[next])) {  // "1 kg ka packet 100 pcs"
                    size.dropped = true;
                    continue;
                }
            }
            if (m_.has(size.end, Cue::kWala) && counted_later(i)) size.dropped = true;
            if (i + 1 < atoms_.size() && describes(size, atoms_[i + 1])) size.dropped = true;
            // "900 ग्राम मधु वाला 30 शीशी"
            const bool of_goods = unit(size).factor < kScale && i + 2 < atoms_.size() &&
                                  atoms_[i + 1].kind == AtomKind::kProduct &&
                                  atoms_[i + 2].kind == AtomKind::kQuantity &&
                                  !is_measure(atoms_[i + 2]);
            if (of_goods) size.dropped = true;
            if (i > 0 && !atoms_[i - 1].dropped && describes_back(atoms_[i - 1], size))
                size.dropped = true;
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
    }

    // "500 ग्राम वाला सत्तू 90 पैकेट"
    [[nodiscard]] bool counted_later(std::size_t i) const {
        for (std::size_t j = i + 1; j < atoms_.size(); ++j) {
            const Atom& atom = atoms_[j];
            if (atom.kind == AtomKind::kBreak && atom.mark != '&') return false;
            if (atom.kind == AtomKind::kQuantity) return !is_measure(atom);
            if (atom.kind == AtomKind::kNumber) return true;
        }
        return false;
    }

    [[nodiscard]] std::size_t neighbour_number(std::size_t i) const {
        for (const std::size_t other : {i + 1, i - 1}) {
            if (other < atoms_.size() && atoms_[other].kind == AtomKind::kNumber) return other;
        }
        for (std::size_t other = i + 1; other < std::min(i + 3, atoms_.size()); ++other) {
            if (atoms_[other].kind == AtomKind::kNumber) return other;
        }
        return atoms_.size();
    }

    // "100 ग्राम वाला 60 पैकेट": only ka, ke, wala stand between.
    [[nodiscard]] bool describes(const Atom& size, const Atom& pack) const {
        const bool counted =
            pack.kind == AtomKind::kQuantity ? !is_measure(pack) : pack.kind == AtomKind::kNumber;
        if (!counted || pack.begin > size.end + 2) return false;
        if (pack.begin == size.end) {  // "100gm 300 pkt"
            return pack.kind == AtomKind::kQuantity && unit(size).factor < kScale;
        }
        for (std::size_t at = size.end; at < pack.begin; ++at) {
            if (!m_.has_any(at, {Cue::kConnector, Cue::kWala, Cue::kOf})) return false;
        }
        return true;
    }

    // "60 packets of 100 g", "60 पैकेट (100 ग्राम)".
    [[nodiscard]] bool describes_back(const Atom& pack, const Atom& size) const {
        if (pack.kind != AtomKind::kQuantity || is_measure(pack)) return false;
        if (size.begin > pack.end + 3 || size.begin == pack.end) return false;
        for (std::size_t at = pack.end; at < size.begin; ++at) {
            const bool bracket = m_.tokens[at].symbol == '(' || m_.tokens[at].symbol == '*';
            if (!bracket && !m_.has_any(at, {Cue::kOf, Cue::kEach})) return false;
        }
        return true;
    }

    const Message& m_;
    std::vector<Atom> atoms_;
    bool priced_ = false;
};

}  // namespace

std::vector<Atom> collect_atoms(const Message& message) { return Collector(message).run(); }

}  // namespace haat::language
