/// @file Made-up people over the real villages, for demonstration and measuring. Each bears
/// is_synthetic and a name that ends in "(नमूना)". Their phones start with +999, a country code
/// that nobody has, so no message can reach a real person by mistake.
#pragma once

#include <cstdint>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "storage/transaction.hpp"

namespace haat::registry {

struct SyntheticOptions {
    std::uint64_t seed = 1;
    std::int64_t people = 2'000;
    /// What they make, commonest first; the first is made by one in three.
    std::vector<ProductId> products;
    PlaceId below;                  ///< None: the whole state.
    std::int64_t per_village = 24;  ///< About; spreads them over people / per_village villages.
    int whatsapp_percent = 80;
    int consent_percent = 95;
    int opted_out_percent = 2;
    int shared_phone_percent = 6;
    /// The first of each SHG is its mobiliser, and her name says so.
    bool mobilisers = false;
};

/// Makes them in slices. The same options on the same places make the same people; a run that was
/// killed goes on where its last commit left it, and a finished one makes nobody more. Not for a
/// database that holds real people: it refuses nothing, so its caller must.
class SyntheticPeople {
 public:
    SyntheticPeople(SyntheticOptions options, UnixSeconds now);
    SyntheticPeople(SyntheticPeople&&) noexcept;
    SyntheticPeople& operator=(SyntheticPeople&&) noexcept;
    ~SyntheticPeople();

    /// Some villages, about 300 people; false when all are made. About 15 ms.
    [[nodiscard]] bool step(storage::Transaction& tx);
    [[nodiscard]] std::int64_t made() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A people file (README.md) of made-up people, written while it is read: all villages below
/// options.below in tree order, SHGs of a dozen, one VO for each village and one CLF for each
/// block, phones in no order. Import it with is_synthetic. `product_keys` are the catalogue's,
/// commonest first; options.products, per_village and opted_out_percent do not matter here. The
/// same options on the same places write the same file. 0.5 µs a row.
[[nodiscard]] std::unique_ptr<std::istream> synthetic_people_file(
    storage::Transaction& tx, const SyntheticOptions& options,
    std::vector<std::string> product_keys);

}  // namespace haat::registry
