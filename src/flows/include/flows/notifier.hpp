/// @file Tells open screens that something changed. Flows know topics and ids; `http` knows who is
/// listening.
#pragma once

#include <string>
#include <string_view>

namespace haat::flows {

class Notifier {
 public:
    virtual ~Notifier() = default;
    /// Called once after the commit, on a thread of the database: quick, and never throws.
    /// @param topic  "today", "demand", "offer", "order", "lot", "consignment", "sale".
    /// @param json   A LiveEvent of the contract: {"id":17,"change":"created","at":1763…}.
    virtual void changed(std::string_view topic, std::string json) = 0;
};

/// For commands and tests without screens.
class SilentNotifier final : public Notifier {
 public:
    void changed(std::string_view, std::string) override {}
};

}  // namespace haat::flows
