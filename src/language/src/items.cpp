#include "items.hpp"

#include <algorithm>

#include "atoms.hpp"
#include "goods_names.hpp"

namespace haat::language {
namespace {

class Assembler {
 public:
    explicit Assembler(const Message& message) : m_(message), atoms_(collect_atoms(message)) {}

    Drafts run() {
        name_goods(m_, atoms_);
        for (at_ = 0; at_ < atoms_.size() && drafts_.size() < kMostItems; ++at_) {
            const Atom& atom = atoms_[at_];
            switch (atom.kind) {
                case AtomKind::kProduct:
                    product(atom);
                    break;
                case AtomKind::kQuantity:
                    quantity(atom);
                    break;
                case AtomKind::kNumber:
                    number(atom);
                    break;
                case AtomKind::kPrice:
                    price(atom);
                    break;
                case AtomKind::kNegation:
                    negation(atom);
                    break;
                case AtomKind::kBreak:
                    break;
            }
        }
        merge_repeats();
        drop_givers();
        return {std::move(drafts_), unused_numbers_, loose_amount_};
    }

 private:
    [[nodiscard]] Draft* current() { return drafts_.empty() ? nullptr : &drafts_.back(); }

    Draft& start(const Atom& atom) {
        Draft& draft = drafts_.emplace_back();
        draft.first_token = atom.begin;
        draft.last_token = atom.end;
        return draft;
    }

    void product(const Atom& atom) {
        Draft* last = current();
        if (price_of_counted(atom) || describes_counted(atom)) return;
        if (last == nullptr || last->product >= 0) last = &start(atom);
        last->product = atom.product;
        last->word = m_.words[atom.end - 1];
        last->first_word = m_.words[atom.begin];
        last->misspelt = atom.misspelt;
        // "लीची खत्म, आम 4 क्विंटल है"
        last->negated = last->negated || (m_.has(atom.end, Cue::kSold) && !last->has_quantity);
        last->last_token = atom.end;
        product_end_ = atom.end;
    }

    // "रजाई 18 पीस, सूती कपड़े की, ..."
    [[nodiscard]] bool is_made_of(const Atom& atom) const {
        return m_.has(atom.end, Cue::kConnector) && m_.breaks(atom.end + 1);
    }

    // "chura 3 quintal katarni wala 75 rs": what kind of chura.
    bool describes_counted(const Atom& atom) {
        Draft* last = current();
        if (last == nullptr || last->product < 0 || !last->has_quantity || last->has_price ||
            !(m_.has(atom.end, Cue::kWala) || is_made_of(atom))) {
            return false;
        }
        std::size_t next = at_ + 1;
        while (next < atoms_.size() && atoms_[next].kind == AtomKind::kBreak) ++next;
        return next >= atoms_.size() || atoms_[next].kind == AtomKind::kPrice;
    }

    // "sup 150, daura 60": another lot of the same key under another name.
    [[nodiscard]] bool is_one_of_two(const Draft& draft) const {
        return std::ranges::any_of(drafts_, [&](const Draft& other) {
            return other.product == draft.product && other.word != draft.word;
        });
    }

    // "कतरनी चावल 3 क्विंटल ... चावल 85"
    [[nodiscard]] bool is_kind_of(std::int32_t special, std::int32_t general) const {
        const auto& goods = m_.lexicon.products;
        return goods[static_cast<std::size_t>(special)].key.starts_with(
            goods[static_cast<std::size_t>(general)].key + "_");
    }

    // "चटाई 15, दरी 8, चटाई 120 की": goods counted before, now with their price.
    bool price_of_counted(const Atom& atom) {
        if (at_ + 1 >= atoms_.size()) return false;
        const Atom& next = atoms_[at_ + 1];
        const bool counts = next.kind == AtomKind::kNumber || next.kind == AtomKind::kQuantity;
        if (!counts && next.kind != AtomKind::kPrice) return false;
        for (Draft& draft : drafts_) {
            if (draft.product < 0 || !draft.has_quantity || draft.has_price) continue;
            const std::uint32_t word = m_.words[atom.end - 1];
            // "तीसी तेल 25 लीटर ... तीसी 260"
            const bool first = draft.word != word && draft.first_word == word &&
                               draft.product != atom.product && atom.end == atom.begin + 1;
            if (draft.word != word && !first) continue;  // "कुर्सी 6 और मेज 4"
            const bool same = draft.product == atom.product && (counts || is_one_of_two(draft));
            if (!same && !first && !is_kind_of(draft.product, atom.product)) continue;
            if (next.kind == AtomKind::kQuantity && !(price_list_ && next.unit == draft.unit))
                continue;
            price_list_ = true;
            draft.has_price = true;
            draft.price_unit = next.unit;
            draft.amount = next.number;
            ++at_;
            return true;
        }
        return false;
    }

    // The next atom that is no break, if it stands within the clause.
    [[nodiscard]] const Atom* next_in_clause(std::size_t from) const {
        return from + 1 < atoms_.size() && atoms_[from + 1].kind != AtomKind::kBreak
                   ? &atoms_[from + 1]
                   : nullptr;
    }

    // True if the quantity at at_ counts the product behind it and not the one before: "makhana
    // aur 10 kg sattu", "20 kg makhana 10 kg sattu".
    [[nodiscard]] bool counts_next(const Draft& last) const {
        const Atom* next = next_in_clause(at_);
        if (next == nullptr || next->kind != AtomKind::kProduct) return false;
        if (last.has_quantity || quantity_first()) return true;
        const bool apart = at_ > 0 && atoms_[at_ - 1].kind == AtomKind::kBreak;
        if (!apart) return false;
        const std::size_t after = at_ + 2;
        const bool own = after < atoms_.size() && (atoms_[after].kind == AtomKind::kQuantity ||
                                                   atoms_[after].kind == AtomKind::kNumber);
        return !own;
    }

    // The message names quantities before their products.
    [[nodiscard]] bool quantity_first() const {
        for (const Atom& atom : atoms_) {
            if (atom.kind == AtomKind::kProduct) return false;
            if (atom.kind == AtomKind::kQuantity) return true;
        }
        return false;
    }

    // "गोभी और बंधा गोभी दोनों 2 क्विंटल"
    void share_quantity(const Draft& from, const Atom& atom) {
        bool both = atom.each;
        each_ = each_ || atom.each;
        for (std::size_t at = atom.begin; at-- > 0 && !m_.breaks(at);) {
            both = both || m_.has(at, Cue::kBoth);
        }
        if (!both || from.product < 0) return;
        for (Draft& other : drafts_) {
            if (other.has_quantity || other.product < 0) continue;
            other.has_quantity = true;
            other.quantity = from.quantity;
            other.unit = from.unit;
        }
    }

    void set_quantity(Draft& draft, const Atom& atom) {
        draft.has_quantity = true;
        draft.article = atom.article;
        draft.unit = atom.compound >= 0 ? atom.compound : atom.unit;
        draft.bare_number = atom.unit < 0;
        draft.quantity = atom.number;
        if (atom.unit >= 0) {
            const std::int64_t factor =
                m_.lexicon.units[static_cast<std::size_t>(atom.unit)].factor;
            draft.quantity =
                static_cast<std::int64_t>(static_cast<Wide>(atom.number) * factor / kScale);
        }
        draft.last_token = atom.end;
        share_quantity(draft, atom);
    }

    // "7 darjan. 1500 bola tha, aakhri 1380 darjan": an amount of money beside others of its size,
    // or far above what is counted, whatever unit stands behind it.
    [[nodiscard]] bool is_amount(const Draft& last, const Atom& atom) const {
        if (last.product < 0 || !last.has_quantity || last.bare_number || last.unit < 0 ||
            atom.article || (atom.unit >= 0 && atom.unit != last.unit) ||
            m_.has_any(atom.end, {Cue::kExists, Cue::kLeft, Cue::kSold})) {
            return false;
        }
        const Wide spoken = static_cast<Wide>(last.quantity) * kScale /
                            m_.lexicon.units[static_cast<std::size_t>(last.unit)].factor;
        const auto like = [&](std::int64_t amount) {
            return static_cast<Wide>(atom.number) * 2 >= amount &&
                   static_cast<Wide>(amount) * 2 >= atom.number;
        };
        if (atom.number <= spoken * 2) return false;
        const bool another = std::ranges::any_of(atoms_, [&](const Atom& other) {
            return other.kind == AtomKind::kPrice && like(other.number);
        });
        return another || (last.has_price && like(last.amount)) ||
               (atom.rank != 0 && atom.number >= spoken * 20);
    }

    // "7 kilo aaj toda, 170 kilo": the larger figure is the rate.
    [[nodiscard]] bool dearer_than(const Draft& draft, const Atom& atom) const {
        if (draft.unit < 0) return false;
        const Wide spoken = static_cast<Wide>(draft.quantity) * kScale /
                            m_.lexicon.units[static_cast<std::size_t>(draft.unit)].factor;
        return atom.number > spoken;
    }

    // "गाय ... 8 लीटर": what an animal gives is no number of animals.
    [[nodiscard]] bool is_yield(const Draft& draft, const Atom& atom) const {
        return draft.product >= 0 && atom.unit >= 0 &&
               m_.lexicon.products[static_cast<std::size_t>(draft.product)].animal &&
               m_.lexicon.units[static_cast<std::size_t>(atom.unit)].name == "litre";
    }

    // Goods that are counted and priced, "and", a number with a price of its own.
    [[nodiscard]] bool is_another_lot(const Draft& last) const {
        if (at_ == 0 || at_ + 1 >= atoms_.size()) return false;
        const AtomKind next = atoms_[at_ + 1].kind;
        // "1 किलो वाला 40 पैकेट 115 रु पैकेट, आधा किलो वाला 60 पैकेट 60 रु पैकेट"
        const bool of_a_size = m_.has(atoms_[at_].begin - 1, Cue::kWala) &&
                               next == AtomKind::kPrice && last.unit == atoms_[at_].unit;
        return last.product >= 0 && last.has_quantity && last.has_price && !last.lump &&
               atoms_[at_ - 1].kind == AtomKind::kBreak &&
               (atoms_[at_ - 1].mark == '&' || of_a_size) &&
               (next == AtomKind::kPrice || next == AtomKind::kNumber) &&
               !m_.all.has_any({Cue::kChanged, Cue::kLeft, Cue::kSold, Cue::kBad});
    }

    // The cow that is only named beside her milk.
    void drop_givers() {
        const auto gives = [&](const Draft& draft) {
            return draft.product >= 0 && !draft.has_quantity && !draft.has_price &&
                   m_.lexicon.products[static_cast<std::size_t>(draft.product)].animal;
        };
        const bool milk = std::ranges::any_of(drafts_, [&](const Draft& draft) {
            return draft.product >= 0 && draft.has_quantity && draft.unit >= 0 &&
                   m_.lexicon.units[static_cast<std::size_t>(draft.unit)].name == "litre";
        });
        if (milk) std::erase_if(drafts_, gives);
    }

    void quantity(const Atom& atom) {
        Draft* last = current();
        if (last == nullptr || (last->product >= 0 && counts_next(*last))) {
            set_quantity(start(atom), atom);
            return;
        }
        if (is_amount(*last, atom)) {
            price(atom);
            return;
        }
        if (is_another_lot(*last)) {  // "sweater 15 pc 500 wala aur 10 pc 700 wala"
            const std::int32_t goods = last->product;
            Draft& lot = start(atom);
            lot.product = goods;
            set_quantity(lot, atom);
            return;
        }
        if (is_yield(*last, atom)) {
            const Atom* next = next_in_clause(at_);
            if (next != nullptr && next->kind == AtomKind::kProduct)
                set_quantity(start(atom), atom);
            return;
        }
        if (!last->has_quantity || last->article) {
            set_quantity(*last, atom);
            return;
        }
        if (last->quantity == kScale && last->has_price && !last->lump) {
            // "1 packet 12 rupaye, 600 packet hai": the one belonged to the price
            if (last->price_unit < 0) last->price_unit = last->unit;
            set_quantity(*last, atom);
            return;
        }
        const Span* total = atom.begin > 0 ? m_.span_at(atom.begin - 1) : nullptr;
        // "20 किलो में 8 किलो बचा", but "10 kilo bacha h 300 kilo"
        const bool left = m_.all.has(Cue::kLeft) && !m_.has_any(last->last_token, {Cue::kLeft}) &&
                          !m_.has(last->last_token + 1, Cue::kLeft);
        const bool changed = left || m_.all.has_any({Cue::kChanged, Cue::kSold, Cue::kBad}) ||
                             last->product < 0 || m_.has_any(atom.begin - 1, {Cue::kNewPrice}) ||
                             (total != nullptr && total->kind == Kind::kLump);
        const bool same_unit = last->unit == atom.unit;
        const bool beside = atom.begin <= last->last_token + 1 || dearer_than(*last, atom);
        if (!changed && same_unit && !last->has_price && beside) {
            price(atom);  // "lahthi 40 jodi, 150 jodi"
            return;
        }
        if (atom.article) return;
        last->guessed = last->guessed || last->product < 0 || !changed;
        if (changed) set_quantity(*last, atom);
    }

    void number(const Atom& atom) {
        Draft* last = current();
        const Atom* next = next_in_clause(at_);
        const bool before_product = next != nullptr && next->kind == AtomKind::kProduct;
        if (last == nullptr) {
            if (before_product || m_.all.has(Cue::kLeft)) {
                set_quantity(start(atom), atom);
            } else if (!atom.article && atom.rank >= 0) {
                leave(atom);
            } else if (!atom.article) {
                loose_amount_ = std::max(loose_amount_, atom.number);  // what it was before
            }
            return;
        }
        // "घर में एक ढेला नहीं": none at all
        if (atom.article && at_ + 1 < atoms_.size() &&
            atoms_[at_ + 1].kind == AtomKind::kNegation) {
            return;
        }
        // "sanitary pad 500 packet, 6 pad wala": what one packet holds
        if (before_product && last->has_quantity && m_.has(next->end, Cue::kWala) &&
            next->product == last->product) {
            return;
        }
        // "kurta 12 pis 350 gamcha 30 pis 90": the goods behind it have a quantity of their own
        const bool priced_list = before_product && last->product >= 0 && last->has_quantity &&
                                 !last->bare_number && !last->has_price && !atom.article &&
                                 at_ + 2 < atoms_.size() &&
                                 atoms_[at_ + 2].kind == AtomKind::kQuantity;
        if (priced_list) {
            price(atom);
            return;
        }
        if (before_product && (last->has_quantity || counts_next(*last))) {
            set_quantity(start(atom), atom);
            return;
        }
        if (before_product && last->product < 0 && !last->has_quantity) {
            set_quantity(*last, atom);
            return;
        }
        if (!last->has_quantity && last->product >= 0) {
            if (atom.article && (last->has_price || m_.all.has(Cue::kPrice))) return;
            set_quantity(*last, atom);
            return;
        }
        // "60 बिक गई", "8 bacha hai": what is sold or left is what counts.
        if (last->has_quantity && m_.has_any(atom.end, {Cue::kSold, Cue::kLeft})) {
            set_quantity_keeping_unit(*last, atom);
            return;
        }
        if (last->has_quantity && !atom.article) {
            // "pehle 900 bola tha, last 820 le lo"
            const bool bargains =
                (atom.rank > 0 && m_.has(atom.end, Cue::kTake)) || is_amount(*last, atom);
            if (m_.all.has(Cue::kChanged) && !bargains) {
                set_quantity_keeping_unit(*last, atom);
            } else {
                price(atom);
            }
        } else if (!atom.article) {
            leave(atom);
        }
    }

    void leave(const Atom& atom) {
        ++unused_numbers_;
        loose_amount_ = std::max(loose_amount_, atom.number);
    }

    // "20 kilo nahi, 22": the unit stays.
    void set_quantity_keeping_unit(Draft& draft, const Atom& atom) {
        Atom same = atom;
        same.unit = draft.unit;
        set_quantity(draft, same);
    }

    void price(const Atom& atom) {
        Draft* last = current();
        if (last == nullptr) last = &start(atom);
        if (last->has_price && atom.rank < last->price_rank) return;
        if (last->lump && last->bare_lump && !atom.lump && last->has_quantity) {
            Atom whole = atom;  // "4 bakri 2 pathiya total 6 hai, 6000 ka ek"
            whole.number = last->amount;
            whole.article = whole.each = false;
            whole.compound = -1;
            last->has_price = last->lump = false;
            set_quantity_keeping_unit(*last, whole);
        }
        last->bare_lump = atom.lump && !atom.money;
        if (last->has_price && atom.rank == last->price_rank && atom.number != last->amount) {
            last->guessed = true;  // two prices and nothing that says which
        }
        last->has_price = true;
        last->price_rank = atom.rank;
        last->amount = atom.number;
        last->lump = atom.lump;
        last->price_unit = atom.one && by_the_dozen(*last) ? m_.lexicon.piece_unit() : atom.unit;
        last->last_token = atom.end;
        if (atom.lump) return;
        const bool all = each_ || m_.all.has(Cue::kBoth) || for_all(atom);
        const std::int32_t goods = last->product;
        for (Draft& other : drafts_) {  // "दोनों 180 रुपये किलो", "काला तिल 6, सफेद तिल 4, 180 रु"
            if (other.has_price || !(all || (other.product == goods && other.has_quantity)))
                continue;
            other.has_price = true;
            other.amount = atom.number;
            other.price_unit = atom.unit;
        }
    }

    // "5 darjan, 60 rs ka ek": each of the sixty.
    [[nodiscard]] bool by_the_dozen(const Draft& draft) const {
        return draft.unit >= 0 &&
               m_.lexicon.units[static_cast<std::size_t>(draft.unit)].name == "dozen";
    }

    // "सब 25 रुपये किलो" behind several goods.
    [[nodiscard]] bool for_all(const Atom& atom) const {
        if (atom.unit < 0) return false;
        for (std::size_t step = 1; step <= 3 && step <= atom.begin; ++step) {
            if (m_.breaks(atom.begin - step)) return false;
            if (m_.has(atom.begin - step, Cue::kAllOf)) return true;
        }
        return false;
    }

    void negation(const Atom& atom) {
        Draft* last = current();
        if (last == nullptr || last->has_price) return;
        const auto later = [&](AtomKind kind) {
            return std::ranges::any_of(atoms_.begin() + static_cast<std::ptrdiff_t>(at_),
                                       atoms_.end(),
                                       [&](const Atom& other) { return other.kind == kind; });
        };
        if (last->product < 0 && last->has_quantity && later(AtomKind::kProduct) &&
            later(AtomKind::kQuantity)) {  // "chirag 100 pis nahi, diya 150 pis"
            drafts_.pop_back();
            return;
        }
        if (last->product < 0) return;
        // "800 ग्राम शहद नहीं है, सादा शहद 10 किलो है"
        const bool another = later(AtomKind::kProduct) && later(AtomKind::kQuantity);
        if (last->has_quantity && !another) return;
        if (atom.begin <= std::max(product_end_, last->last_token) + 1) last->negated = true;
    }

    // The same goods named twice are one item, unless both are counted.
    void merge_repeats() {
        for (std::size_t i = 0; i < drafts_.size(); ++i) {
            for (std::size_t j = i + 1; j < drafts_.size();) {
                Draft& first = drafts_[i];
                Draft& second = drafts_[j];
                const bool mergeable = first.product == second.product && first.product >= 0 &&
                                       !(first.has_quantity && second.has_quantity);
                if (!mergeable) {
                    ++j;
                    continue;
                }
                if (!first.has_quantity && second.has_quantity) {
                    first.has_quantity = true;
                    first.quantity = second.quantity;
                    first.unit = second.unit;
                    first.article = second.article;
                    first.bare_number = second.bare_number;
                }
                if (second.has_price &&
                    (!first.has_price || second.price_rank >= first.price_rank)) {
                    first.has_price = true;
                    first.amount = second.amount;
                    first.price_unit = second.price_unit;
                    first.price_rank = second.price_rank;
                    first.lump = second.lump;
                }
                drafts_.erase(drafts_.begin() + static_cast<std::ptrdiff_t>(j));
            }
        }
        std::erase_if(drafts_, [](const Draft& draft) {
            return draft.product < 0 && !draft.has_quantity && !draft.has_price;
        });
    }

    const Message& m_;
    std::vector<Atom> atoms_;
    std::vector<Draft> drafts_;
    int unused_numbers_ = 0;
    std::int64_t loose_amount_ = 0;
    bool each_ = false;
    bool price_list_ = false;  ///< "pyaj 1500 lehsun 8000 quintal" behind what was counted.
    std::size_t at_ = 0;
    std::size_t product_end_ = 0;
};

}  // namespace

Drafts collect_items(const Message& message) { return Assembler(message).run(); }

}  // namespace haat::language
