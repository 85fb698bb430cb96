/// @file A broadcast as a card for people-run WhatsApp groups: a picture with text and a code that
/// opens a chat with us, and the record of who passed it on. What arrives in such groups nobody can
/// know: it is counted as relayed, never as delivered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/viewer.hpp"
#include "messaging/broadcasts.hpp"
#include "storage/transaction.hpp"

namespace haat::messaging {

/// What stands on it, all in one language.
struct ShareCard {
    std::string brand;   ///< "हाट"; one line.
    std::string text;    ///< The message; what does not fit ends in "…".
    std::string invite;  ///< "Scan this to answer"; beside the code.
    std::string number;  ///< "+91 98123 45678"; may be empty.
    std::string link;    ///< In the code; at most 300 bytes; empty: there is no code.
};
/// A PNG of 1080 by 1350 pixels. Some 50 ms of CPU. @throws Bug if nothing can be drawn.
[[nodiscard]] std::string share_card_png(const ShareCard& card);

/// "https://wa.me/919812345678?text=…": opens a chat with that number, the text already written.
/// @param number  Digits with the country code, "+" and blanks allowed; without any: "".
[[nodiscard]] std::string chat_link(std::string_view number, std::string_view text);

struct CardRelay {
    std::string device_id;  ///< Made by the client; the same one counts once.
    BroadcastId broadcast_id;
    AccountId by;
    std::int64_t groups = 1;  ///< 1..200
    UnixSeconds at;
};
/// Safe to repeat.
void add_relay(storage::Transaction& tx, const CardRelay& relay);

struct RelaySums {
    std::int64_t people = 0;  ///< Who passed it on.
    std::int64_t groups = 0;
};
/// Of one account, or (none) of all.
[[nodiscard]] RelaySums relays_of(storage::Transaction& tx, BroadcastId broadcast_id, AccountId by);

/// Broadcasts made since then in the viewer's places or in those around them, the newest first, at
/// most 50: a mobiliser sees what her block, her district and the state tell.
[[nodiscard]] std::vector<BroadcastId> broadcasts_around(storage::Transaction& tx,
                                                         const Viewer& viewer, UnixSeconds since);

}  // namespace haat::messaging
