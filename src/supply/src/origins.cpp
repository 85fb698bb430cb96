#include <map>
#include <numeric>

#include "base/assert.hpp"
#include "goods.hpp"
#include "sql/traces.hpp"
#include "supply/errors.hpp"
#include "supply/packing.hpp"
#include "supply/traces.hpp"

namespace haat::supply {
namespace {

__extension__ using Wide = __int128;

constexpr int kDeepest = 8;
constexpr std::int64_t kGreatest = std::int64_t{1} << 62;

/// An exact part of a whole, in lowest terms; both below 2^62.
struct Part {
    std::int64_t over = 0;
    std::int64_t under = 1;
};

Wide greatest_common(Wide a, Wide b) {
    while (b != 0) {
        a = std::exchange(b, a % b);
    }
    return a;
}

/// `over`/`under` in lowest terms, or none if that is too fine.
std::optional<Part> lowest(Wide over, Wide under) {
    const Wide common = greatest_common(over, under);
    over /= common;
    under /= common;
    if (over >= kGreatest || under >= kGreatest) {
        return std::nullopt;
    }
    return Part{static_cast<std::int64_t>(over), static_cast<std::int64_t>(under)};
}

std::optional<Part> times(Part part, std::int64_t over, std::int64_t under) {
    const std::optional<Part> other = lowest(over, under);
    return other ? lowest(Wide{part.over} * other->over, Wide{part.under} * other->under)
                 : std::nullopt;
}

std::optional<Part> plus(Part a, Part b) {
    const std::int64_t common = std::gcd(a.under, b.under);
    const Wide under = Wide{a.under} / common * b.under;
    if (under >= kGreatest) {
        return std::nullopt;
    }
    return lowest(Wide{a.over} * (b.under / common) + Wide{b.over} * (a.under / common), under);
}

/// Follows the packings back, adding up what each source has in the whole.
class Walk {
 public:
    explicit Walk(storage::Transaction& tx) : tx_(tx) {}

    [[nodiscard]] bool add(LotId lot_id, Part part, int depth) {
        const std::vector<PackingInput> inputs = inputs_of(tx_, lot_id);
        if (inputs.empty()) {
            const auto [found, is_new] = parts_.try_emplace(lot_id, part);
            const std::optional<Part> sum = is_new ? part : plus(found->second, part);
            if (sum) found->second = *sum;
            return sum.has_value();
        }
        if (depth == kDeepest) {
            return false;
        }
        Wide all = 0;
        for (const PackingInput& input : inputs) {
            all += input.quantity.value;
        }
        for (const PackingInput& input : inputs) {
            const std::optional<Part> share =
                all < kGreatest ? times(part, input.quantity.value, static_cast<std::int64_t>(all))
                                : std::nullopt;
            if (!share || !add(input.lot_id, *share, depth + 1)) {
                return false;
            }
        }
        return true;
    }

    /// The least number by which every part becomes whole, or none if that is too great.
    [[nodiscard]] std::optional<std::int64_t> common_under() const {
        Wide common = 1;
        for (const auto& [lot_id, part] : parts_) {
            common = common / greatest_common(common, part.under) * part.under;
            if (common >= kGreatest) return std::nullopt;
        }
        return static_cast<std::int64_t>(common);
    }

    [[nodiscard]] const std::map<LotId, Part>& parts() const { return parts_; }

 private:
    storage::Transaction& tx_;
    std::map<LotId, Part> parts_;
};

/// All that went into a packed lot; of a source its own weight.
Milli whole_of(storage::Transaction& tx, LotId lot_id, Milli weight) {
    const std::optional<Packing> packing = find_packing(tx, lot_id);
    return packing ? packing->input : weight;
}

}  // namespace

Result<std::vector<Origin>> origins_of(storage::Transaction& tx, LotId lot_id) {
    const auto lot = sql::source_get(tx, {.lot_id = lot_id});
    if (!lot) {
        return not_found(errors::kNoLot);
    }
    Walk walk(tx);
    const std::optional<std::int64_t> under =
        walk.add(lot_id, {1, 1}, 0) ? walk.common_under() : std::nullopt;
    if (!under) {
        return refuse(ErrorKind::kInvalid, errors::kTraceTooDeep);
    }
    const Milli whole = whole_of(tx, lot_id, lot->weight_milli);
    std::vector<Origin> origins;
    for (const auto& [source_id, part] : walk.parts()) {
        const auto source = sql::source_get(tx, {.lot_id = source_id});
        HAAT_ASSERT(source.has_value());
        origins.push_back(
            {.lot_id = source_id,
             .producer_person_id = source->producer_person_id,
             .order_line_id = source->order_line_id,
             .weight = *under / part.under * part.over,
             .quantity = {static_cast<std::int64_t>(Wide{whole.value} * part.over / part.under)},
             .price_per_unit = source->price_paise});
    }
    return origins;
}

}  // namespace haat::supply
