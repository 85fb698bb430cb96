#include "atom_mending.hpp"

#include <algorithm>

namespace haat::language {
namespace {

class Mender {
 public:
    Mender(const Message& message, std::vector<Atom>& atoms) : m_(message), atoms_(atoms) {}

    void run() {
        merge_compounds();
        drop_denied();
        drop_denied_behind();
        drop_denied_after();
        drop_raised();
        drop_replaced();
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
        drop_contents();
        drop_pack_sizes();
        find_old_prices();
    }

 private:
    static bool counts(const Atom& atom) {
        return atom.kind == AtomKind::kQuantity || atom.kind == AtomKind::kNumber ||
               atom.kind == AtomKind::kPrice;
    }

    [[nodiscard]] const Span* span(std::size_t at, Kind kind) const {
        const Span* found = m_.span_at(at);
        return found != nullptr && found->kind == kind ? found : nullptr;
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
    void drop_denied() {
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
    }

    // "25 किलो है 20 नहीं"
    void drop_denied_behind() {
        for (std::size_t i = 1; i + 1 < atoms_.size(); ++i) {
            if (atoms_[i].kind != AtomKind::kNumber || atoms_[i].dropped ||
                atoms_[i + 1].kind != AtomKind::kNegation || atoms_[i + 1].begin != atoms_[i].end) {
                continue;
            }
            const std::size_t before =
                atoms_[i - 1].kind == AtomKind::kBreak && i > 1 ? i - 2 : i - 1;
            const bool last = i + 2 == atoms_.size();
            if (last && atoms_[before].kind == AtomKind::kQuantity)
                atoms_[i].dropped = atoms_[i + 1].dropped = true;
        }
    }

    // "45 kg turmeric, not 54"
    void drop_denied_after() {
        for (std::size_t i = 1; i + 1 < atoms_.size(); ++i) {
            const bool denies =
                atoms_[i].kind == AtomKind::kNegation && m_.has(atoms_[i].begin, Cue::kEnglishNot);
            const bool said = std::any_of(atoms_.begin(), atoms_.begin() + static_cast<long>(i),
                                          [&](const Atom& atom) { return counts(atom); });
            if (denies && said && counts(atoms_[i + 1]) && !atoms_[i].dropped)
                atoms_[i + 1].dropped = true;
        }
    }

    // "90 से बढ़ाकर 95": from the old to the new.
    void drop_raised() {
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            Atom& old = atoms_[i];
            Atom& now = atoms_[i + 1];
            const Span* from = span(old.end, Kind::kDateMarker);
            if (!counts(old) || !counts(now)) continue;
            if (from == nullptr && old.begin > 0 && m_.has(old.end, Cue::kIf)) {
                from = span(old.begin - 1, Kind::kDateMarker);  // "from 500 to 470"
                if (from != nullptr && now.begin <= old.end + 1 && m_.all.has(Cue::kChanged)) {
                    old.dropped = true;
                    if (old.kind == AtomKind::kPrice && now.kind == AtomKind::kNumber)
                        now.kind = AtomKind::kPrice;
                }
                continue;
            }
            if (from == nullptr) continue;
            const Span* until = span(now.end, Kind::kDateMarker);
            if (old.kind == AtomKind::kPrice && now.kind == AtomKind::kPrice && until != nullptr &&
                now.number > old.number && now.begin == from->end) {
                now.dropped = true;  // "900 rs se 1500 rs tak": the lower
                continue;
            }
            const bool lower = old.kind == AtomKind::kPrice && now.number < old.number;
            if (!lower && !m_.has(from->end, Cue::kChanged) && !m_.all.has(Cue::kChanged)) continue;
            if (now.begin > from->end + 2U) continue;
            old.dropped = true;
            if (old.kind == AtomKind::kPrice && now.kind == AtomKind::kNumber) {
                now.kind = AtomKind::kPrice;
                now.unit = old.unit;
            }
        }
    }

    // "20 में से 8 बचा", "45 kg instead of 50".
    void drop_replaced() {
        for (std::size_t i = 0; i < atoms_.size(); ++i) {
            Atom& atom = atoms_[i];
            // "20 किलो शहद में से 12"
            const bool of_goods =
                i + 1 < atoms_.size() && atoms_[i + 1].kind == AtomKind::kProduct &&
                atoms_[i + 1].begin == atom.end && m_.has(atoms_[i + 1].end, Cue::kOutOf);
            // "अब 46 किलो है, पहले 60 लिखा था"
            const bool told = atom.begin > 0 && m_.has(atom.begin - 1, Cue::kOldPrice) &&
                              m_.has(atom.end, Cue::kTold);
            if (counts(atom) && told &&
                std::ranges::count_if(atoms_, [](const Atom& a) { return counts(a); }) > 1) {
                atom.dropped = true;
                continue;
            }
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

    // "2 bora, 1 bore me 12 kilo": what one pack holds.
    void drop_contents() {
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            Atom& pack = atoms_[i];
            Atom& size = atoms_[i + 1];
            const bool one = pack.kind == AtomKind::kQuantity && pack.number == kScale &&
                             !is_measure(pack) && m_.has(pack.end, Cue::kIn);
            if (one && size.kind == AtomKind::kQuantity && is_measure(size) &&
                size.begin == pack.end + 1) {
                pack.dropped = size.dropped = true;
            }
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
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
            if (i + 1 < atoms_.size() && describes(size, atoms_[i + 1])) {
                size.dropped = true;
                take_pack_before(size, atoms_[i + 1]);
            }
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

    // "छोटा पैकेट 200 ग्राम का 45": forty-five of the packets named before.
    void take_pack_before(const Atom& size, Atom& count) const {
        if (count.kind != AtomKind::kNumber || size.begin == 0) return;
        const Span* pack = span(size.begin - 1, Kind::kUnit);
        if (pack == nullptr || span(pack->begin - (pack->begin > 0 ? 1U : 0U), Kind::kNumber))
            return;
        count.kind = AtomKind::kQuantity;
        count.unit = pack->value;
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
    std::vector<Atom>& atoms_;
};

}  // namespace

void mend_atoms(const Message& message, std::vector<Atom>& atoms) { Mender(message, atoms).run(); }

}  // namespace haat::language
