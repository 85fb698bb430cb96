/// @file Puts a message to a person together: her language decides names of goods and places; the
/// words themselves are in i18n/messages.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "catalogue/products.hpp"
#include "flows/context.hpp"
#include "registry/organisations.hpp"
#include "storage/transaction.hpp"
#include "supply/sites.hpp"

namespace haat::flows {

class Letter {
 public:
    /// Starts with {name}, who is meant: several people may share the phone.
    Letter(storage::Transaction& tx, PersonId person_id, std::string_view text_key,
           registry::MessagePurpose purpose);

    Letter& put(std::string_view name, std::string value);
    Letter& amount(std::string_view name, Paise value);
    Letter& day(std::string_view name, UnixSeconds at);
    /// {product}, {quantity} and {unit}.
    Letter& goods(const catalogue::Product& product, Milli quantity, std::string_view unit);
    Letter& organisation(std::string_view name, const registry::Organisation& body);
    Letter& site(const supply::Site& site);
    Letter& button(std::string id, std::string_view text_key);

    /// Queues it in the transaction.
    void send(storage::Transaction& tx, FlowContext& context) const;

 private:
    Outgoing outgoing_;
    std::string language_;
};

}  // namespace haat::flows
