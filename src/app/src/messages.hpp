/// @file What flows say to people becomes mail, in the transaction of its cause.
#pragma once

#include <functional>

#include "base/clock.hpp"
#include "base/texts.hpp"
#include "flows/messages_out.hpp"

namespace haat::app {

class Messages final : public flows::MessageSender {
 public:
    Messages(const Texts& texts, const Clock& clock) : texts_(texts), clock_(clock) {}

    /// Who is told after each commit that there is new mail; before anything is sent.
    void on_mail(std::function<void()> wake) { wake_ = std::move(wake); }

    void send(storage::Transaction& tx, const flows::Outgoing& message) override;

 private:
    const Texts& texts_;
    const Clock& clock_;
    std::function<void()> wake_;
};

}  // namespace haat::app
