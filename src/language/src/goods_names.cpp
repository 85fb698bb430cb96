#include "goods_names.hpp"

#include <algorithm>

namespace haat::language {
namespace {

class Namer {
 public:
    Namer(const Message& message, std::vector<Atom>& atoms) : m_(message), atoms_(atoms) {}

    void run() {
        drop_purposes();
        specialise();
    }

 private:
    // "स्कूल ड्रेस के लिए सूती कपड़ा": what it is for is not what it is.
    void drop_purposes() {
        const auto is_purpose = [&](const Atom& atom) {
            // English puts it before: "compost for our nursery"
            const bool english = (atom.begin > 0 && m_.has(atom.begin - 1, Cue::kForBefore)) ||
                                 (atom.begin > 1 && m_.has(atom.begin - 2, Cue::kForBefore) &&
                                  m_.has_any(atom.begin - 1, {Cue::kMine, Cue::kOrdinary}));
            // "dudh dene wali gay": what another gives
            const bool source = m_.has(atom.end, Cue::kVerb) && m_.has(atom.end + 1, Cue::kWala) &&
                                m_.may_be(atom.end + 2, Kind::kProduct);
            return atom.kind == AtomKind::kProduct &&
                   (english || source || m_.has(atom.end, Cue::kFor));
        };
        const bool other = std::ranges::any_of(atoms_, [&](const Atom& atom) {
            return atom.kind == AtomKind::kProduct && !is_purpose(atom);
        });
        if (other) std::erase_if(atoms_, is_purpose);
    }

    // "अचार है - आम वाला": a general product named once, then only its kinds.
    void specialise() {
        const Atom* general = nullptr;
        for (Atom& atom : atoms_) {
            if (atom.kind != AtomKind::kProduct) continue;
            const bool kind =
                general != nullptr && m_.has_any(atom.end, {Cue::kWala, Cue::kConnector});
            if (kind) {
                if (const std::int32_t special = compound(atom, *general); special >= 0) {
                    atom.product = special;
                    general_used_ = general->begin;
                    continue;
                }
            }
            if (atom.end == atom.begin + 1) general = &atom;
        }
        if (general_used_ != kNowhere) {
            std::erase_if(atoms_, [&](const Atom& atom) {
                return atom.kind == AtomKind::kProduct && atom.begin == general_used_;
            });
        }
        join_kinds();
        join_neighbours();
        join_heads();
        join_specific();
    }

    // "चाउर हे कतरनी": within one clause a kind of the goods just named says what they are.
    void join_specific() {
        const auto counts = [](const Atom& atom) {
            return atom.kind == AtomKind::kQuantity || atom.kind == AtomKind::kNumber ||
                   atom.kind == AtomKind::kPrice;
        };
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            if (atoms_[i].kind != AtomKind::kProduct) continue;
            std::size_t j = i + 1;
            while (j < atoms_.size() && counts(atoms_[j])) ++j;
            if (j >= atoms_.size() || atoms_[j].kind != AtomKind::kProduct) continue;
            const std::string& general = key_of(atoms_[i]);
            const std::string& special = key_of(atoms_[j]);
            if (special.size() <= general.size() || !special.starts_with(general + "_")) continue;
            if (j > i + 1 && i > 0 && counts(atoms_[i - 1])) continue;  // each has its own
            atoms_[i].product = atoms_[j].product;
            atoms_[j].dropped = true;
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
    }

    [[nodiscard]] const std::string& key_of(const Atom& atom) const {
        return m_.lexicon.products[static_cast<std::size_t>(atom.product)].key;
    }

    // "आम और नींबू का अचार": the last word of the second names the first too.
    void join_kinds() {
        for (std::size_t i = 0; i + 2 < atoms_.size(); ++i) {
            Atom& first = atoms_[i];
            const Atom& second = atoms_[i + 2];
            if (first.kind != AtomKind::kProduct || second.kind != AtomKind::kProduct ||
                atoms_[i + 1].kind != AtomKind::kBreak || second.end < second.begin + 2) {
                continue;
            }
            if (atoms_[i + 1].end != second.begin || atoms_[i + 1].begin != first.end) continue;
            Atom tail = second;
            tail.begin = second.end - 1;
            if (const std::int32_t special = compound(first, tail); special >= 0)
                first.product = special;
        }
    }

    // "हल्दी साबुन" is soap, "खेसारी दाल" is khesari: two names in a row, the second a head word.
    void join_neighbours() {
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            Atom& kind = atoms_[i];
            Atom& head = atoms_[i + 1];
            if (kind.kind != AtomKind::kProduct || head.kind != AtomKind::kProduct) continue;
            if (head.begin != kind.end) continue;
            if (const std::int32_t special = compound(kind, head); special >= 0) {
                head.product = special;
                kind.dropped = true;
            } else if (m_.has(head.end, Cue::kWala) ||
                       (m_.has(kind.begin, Cue::kHead) && m_.has(head.end, Cue::kConnector) &&
                        m_.breaks(head.end + 1))) {  // "साबुन हल्दी वाला", "पौधे अमरूद के"
                head.product = kind.product;
                kind.dropped = true;
            } else if (m_.has(head.end - 1, Cue::kWeakHead)) {
                head.product = kind.misspelt ? head.product : kind.product;
                kind.dropped = true;
            } else if (m_.has(head.end - 1, Cue::kHead)) {
                kind.dropped = true;
            }
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
    }

    // "आम के 25 पौधे", "लीची का पौधा": the last word says what it is, the first of what kind.
    void join_heads() {
        for (std::size_t i = 0; i + 1 < atoms_.size(); ++i) {
            Atom& kind = atoms_[i];
            if (kind.kind != AtomKind::kProduct || !m_.has(kind.end, Cue::kConnector)) continue;
            const bool counted = (atoms_[i + 1].kind == AtomKind::kQuantity ||
                                  atoms_[i + 1].kind == AtomKind::kNumber) &&
                                 i + 2 < atoms_.size() && atoms_[i + 1].begin == kind.end + 1;
            Atom& head = atoms_[counted ? i + 2 : i + 1];
            std::size_t expected = counted ? atoms_[i + 1].end : kind.end + 1;
            // "मिर्च का भरवा अचार"
            const bool described =
                !m_.breaks(expected) && m_.span_of[expected] < 0 && m_.has(head.begin, Cue::kHead);
            if (head.kind == AtomKind::kProduct && head.begin == expected + 1 && described)
                ++expected;
            if (head.kind != AtomKind::kProduct || head.begin != expected) continue;
            Atom last_word = kind;
            last_word.begin = kind.end - 1;
            for (const Atom& named : {kind, last_word}) {
                if (const std::int32_t special = compound(named, head); special >= 0) {
                    head.product = special;
                    break;
                }
            }
            kind.dropped = true;
        }
        std::erase_if(atoms_, [](const Atom& atom) { return atom.dropped; });
    }

    // The product named by the words of `kind` followed by the last word of `general`; -1 if none.
    [[nodiscard]] std::int32_t compound(const Atom& kind, const Atom& general) const {
        std::uint32_t node = 0;
        for (std::size_t i = kind.begin; i < kind.end && node != kNoWord; ++i) {
            node = m_.words[i] == kNoWord ? kNoWord : m_.lexicon.step(node, m_.words[i]);
        }
        if (node == kNoWord || m_.words[general.end - 1] == kNoWord) return -1;
        node = m_.lexicon.step(node, m_.words[general.end - 1]);
        if (node == kNoWord) return -1;
        for (const Meaning& meaning : m_.lexicon.meanings[node]) {
            if (meaning.kind == Kind::kProduct) return meaning.value;
        }
        return -1;
    }

    static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

    const Message& m_;
    std::vector<Atom>& atoms_;
    std::size_t general_used_ = kNowhere;
};

}  // namespace

void name_goods(const Message& message, std::vector<Atom>& atoms) { Namer(message, atoms).run(); }

}  // namespace haat::language
