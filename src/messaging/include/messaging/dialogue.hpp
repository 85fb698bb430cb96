/// @file What to answer. A pure function: state + input → state + named actions. It knows neither
/// database nor channel; a table in flows carries the actions out. Asks one thing at a time, reads
/// back what it understood before it becomes an offer, and hands over to a person after two tries.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/money.hpp"
#include "base/quantity.hpp"
#include "base/texts.hpp"
#include "language/understanding.hpp"

namespace haat::messaging {

/// An offer that was read back and waits for her yes.
struct PendingOffer {
    std::string product_key;
    Milli quantity;
    std::string unit;
    std::optional<Paise> price;  ///< Per unit.
};

enum class Waiting : std::uint8_t {
    kNothing,
    kConfirmOffer,  ///< For yes or no to what was read back.
    kPrice,         ///< For the price of what she offered.
    kQuantity,      ///< For the quantity.
    kOrder,         ///< For yes or no to an order line.
};

struct DialogueState {
    Waiting waiting = Waiting::kNothing;
    std::vector<PendingOffer> offers;
    std::string said;  ///< Her own words about the offers.
    std::int64_t token = 0;  ///< Of the question asked last; buttons of older ones are stale.
    std::int64_t order_line = 0;
    int misunderstood = 0;  ///< In a row.
};

[[nodiscard]] std::string to_json(const DialogueState& state);
/// Anything unreadable is the start.
[[nodiscard]] DialogueState dialogue_state_from_json(std::string_view json);

struct DialogueInput {
    std::int64_t token = 0;  ///< Names this message; becomes the token of a question it leads to.
    std::string text;        ///< As she wrote it.
    std::string button_id;   ///< Of a pressed button; else empty.
    language::Understanding meaning;
    bool is_known = false;   ///< The sender is a registered person.
    bool is_media = false;   ///< A voice note or picture: nothing to read.
};

enum class ActionKind : std::uint8_t {
    kReply,         ///< Send `text_key` with `params` and `buttons`.
    kAddOffers,     ///< Make the confirmed offers.
    kAnswerOrder,   ///< yes or no to an order line.
    kWithdraw,      ///< Take her offers of `product_key` (empty: all) off the list.
    kOptOut,
    kOptIn,
    kAskPerson,     ///< Put the conversation into the inbox.
    kShowDemands,
    kShowPrice,
    kShowOrders,
};

struct DialogueButton {
    std::string id;
    std::string text_key;
};

struct Action {
    ActionKind kind = ActionKind::kReply;
    std::string text_key;
    std::vector<DialogueButton> buttons;
    std::vector<PendingOffer> offers;
    std::string said;
    std::string product_key;
    std::int64_t order_line = 0;
    bool yes = false;
};

struct DialogueStep {
    DialogueState state;
    std::vector<Action> actions;
};

[[nodiscard]] DialogueStep step(const DialogueState& state, const DialogueInput& input);

/// Button ids that the dialogue knows: confirm_yes, confirm_no (token); order_yes, order_no (order
/// line); demand_have (demand); broadcast_stop (0); each followed by ':' and the number.

/// State after haat itself asked about an order line (flows/gather_order).
[[nodiscard]] DialogueState asked_about_order(DialogueState state, std::int64_t order_line);

}  // namespace haat::messaging
