/// @file A producer as a viewer may see her: by name where her role and places allow it, else by a
/// code. One place for the rule, used by every answer that shows a producer.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/viewer.hpp"
#include "registry/groups.hpp"
#include "registry/places.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

struct ProducerView {
    PersonId person_id;
    std::string producer_code;                ///< "P000017": the same for everybody, says nothing.
    std::optional<std::string> name;          ///< None where the viewer may not see people.
    std::optional<std::string> phone_masked;  ///< "98••••3210"; none as above or without a phone.
    std::optional<registry::Place> village;
    std::optional<registry::Group> group;
    bool synthetic = false;  ///< Made up for a demonstration.
};

/// Looks each producer up once for one answer; lives no longer than the transaction.
class ProducerBook {
 public:
    ProducerBook(storage::Transaction& tx, const Viewer& viewer) : tx_(tx), viewer_(viewer) {}

    /// At most 5 reads the first time. An id that nobody has gives a view with the code alone.
    const ProducerView& of(PersonId person_id);

 private:
    storage::Transaction& tx_;
    const Viewer& viewer_;
    std::map<PersonId, ProducerView> views_;
};

}  // namespace haat::flows
