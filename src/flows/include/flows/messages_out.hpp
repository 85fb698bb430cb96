/// @file What flows have to say to a person. The message is queued in the transaction that causes
/// it, so it goes out if and only if the change is kept.
#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "base/texts.hpp"
#include "registry/channels.hpp"
#include "storage/transaction.hpp"

namespace haat::flows {

/// A quick answer under a message.
struct Button {
    std::string id;        ///< Comes back when it is pressed, as "order_yes:812"; at most 64 bytes.
    std::string text_key;  ///< "messages.button_yes"; its texts have at most 20 code points.
};

/// One message to one person, in her language.
struct Outgoing {
    PersonId person_id;
    std::string text_key;  ///< "messages.order_ask".
    TextParams params;     ///< Ready to be shown in her language.
    /// Placeholders whose value is itself a text: {"unit", "messages.unit_kg"}.
    TextParams params_by_key;
    std::vector<Button> buttons;
    registry::MessagePurpose purpose = registry::MessagePurpose::kOrder;
};

class MessageSender {
 public:
    virtual ~MessageSender() = default;
    /// Queues it; what becomes of it is the delivery machine's. A person with
    /// a stop for this purpose is counted there, not refused here. What is for a person without an
    /// address goes to the mobiliser of her group, who reads for whom it is; without one, nowhere.
    virtual void send(storage::Transaction& tx, const Outgoing& message) = 0;
};

}  // namespace haat::flows
