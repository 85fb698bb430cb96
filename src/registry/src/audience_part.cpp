#include "audience_part.hpp"

#include <bit>

#include "sql/audience.hpp"

namespace haat::registry {
namespace {

using Ordinals = std::vector<std::uint32_t>;

Bitmap bitmap_of(const Ordinals& ordinals) { return {ordinals.size(), ordinals.data()}; }

/// The list for a key that mostly repeats from row to row.
template <typename Key>
class Lists {
 public:
    template <typename Like>
    Ordinals& of(const Like& key) {
        if (last_ != nullptr && last_key_ == key) {
            return *last_;
        }
        for (auto& [known, ordinals] : lists_) {
            if (known == key) {
                last_key_ = known;
                return *(last_ = &ordinals);
            }
        }
        last_key_ = Key(key);
        lists_.emplace_back(Key(key), Ordinals());
        return *(last_ = &lists_.back().second);
    }
    [[nodiscard]] const std::vector<std::pair<Key, Ordinals>>& all() const { return lists_; }

 private:
    std::vector<std::pair<Key, Ordinals>> lists_;
    Ordinals* last_ = nullptr;  ///< Points into lists_; set again whenever that grows.
    Key last_key_{};
};

/// Product ids lie anywhere: a small table by hash, then one list each.
class ProductLists {
 public:
    Ordinals& of(std::int64_t product) {
        const auto [at, is_new] = index_.try_emplace(product, lists_.size());
        if (is_new) {
            lists_.emplace_back(product, Ordinals());
        }
        return lists_[at->second].second;
    }
    [[nodiscard]] const std::vector<std::pair<std::int64_t, Ordinals>>& all() const {
        return lists_;
    }

 private:
    std::unordered_map<std::int64_t, std::size_t> index_;
    std::vector<std::pair<std::int64_t, Ordinals>> lists_;
};

void read_people(storage::Transaction& tx, std::int64_t first, std::int64_t last,
                 AudiencePart& part) {
    Ordinals all;
    std::array<Ordinals, kLanguages.size()> languages;
    std::array<Ordinals, 5> channels;
    std::array<Ordinals, 4> purposes;
    sql::audience_people(
        tx, {.ordinal_first = first, .ordinal_last = last}, [&](const sql::AudiencePeopleRow& row) {
            const auto ordinal = static_cast<std::uint32_t>(row.ordinal);
            all.push_back(ordinal);
            languages.at(static_cast<std::size_t>(row.language)).push_back(ordinal);
            for (const Channel channel : kChannels) {
                if ((row.channels & channel_bit(channel)) != 0) {
                    channels.at(static_cast<std::size_t>(channel)).push_back(ordinal);
                }
            }
            auto allowed = static_cast<unsigned>(row.consents & ~row.suppressed & 15);
            for (; allowed != 0; allowed &= allowed - 1) {
                purposes[static_cast<std::size_t>(std::countr_zero(allowed))].push_back(ordinal);
            }
            if (row.group_id) {
                part.groups.emplace_back(ordinal, row.group_id);
            }
            if (!part.homes.empty() && part.homes.back().place_id == row.place_id &&
                part.homes.back().run.last + 1 == ordinal) {
                part.homes.back().run.last = ordinal;
            } else {
                part.homes.push_back({{ordinal, ordinal}, row.place_id});
            }
        });
    part.columns.all = bitmap_of(all);
    for (std::size_t i = 0; i < languages.size(); ++i) {
        if (!languages[i].empty()) {
            part.columns.languages[std::string(kLanguages.at(i))] = bitmap_of(languages[i]);
        }
    }
    for (std::size_t i = 0; i < channels.size(); ++i) {
        part.columns.channels[i] = bitmap_of(channels[i]);
    }
    for (std::size_t i = 0; i < purposes.size(); ++i) {
        part.columns.purposes[i] = bitmap_of(purposes[i]);
    }
}

}  // namespace

AudiencePart read_audience_part(storage::Transaction& tx, std::int64_t first, std::int64_t last) {
    AudiencePart part;
    read_people(tx, first, last, part);
    ProductLists products;
    sql::audience_products(
        tx, {.ordinal_first = first, .ordinal_last = last},
        [&](const sql::AudienceProductsRow& row) {
            products.of(row.product_id.value).push_back(static_cast<std::uint32_t>(row.ordinal));
        });
    for (const auto& [product, ordinals] : products.all()) {
        part.columns.products[product] = bitmap_of(ordinals) & part.columns.all;
    }
    return part;
}

void AudienceColumns::subtract(const Bitmap& ordinals) {
    each([&](Bitmap& bitmap) { bitmap -= ordinals; });
}

void AudienceColumns::add(const AudienceColumns& other) {
    all |= other.all;
    for (const auto& [product, bitmap] : other.products) {
        products[product] |= bitmap;
    }
    for (const auto& [language, bitmap] : other.languages) {
        languages[language] |= bitmap;
    }
    for (std::size_t i = 0; i < channels.size(); ++i) {
        channels[i] |= other.channels[i];
    }
    for (std::size_t i = 0; i < purposes.size(); ++i) {
        purposes[i] |= other.purposes[i];
    }
}

void AudienceColumns::shrink_all() {
    each([](Bitmap& bitmap) { shrink(bitmap); });
}

std::size_t AudienceColumns::memory_bytes() const {
    std::size_t bytes = 0;
    const_cast<AudienceColumns*>(this)->each(
        [&](const Bitmap& bitmap) { bytes += bytes_of(bitmap); });
    return bytes;
}

}  // namespace haat::registry
