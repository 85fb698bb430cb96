/// @file A real server on a port of the kernel's choice, over a real database, with an account for
/// every role in two districts.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/passwords.hpp"
#include "access/sessions.hpp"
#include "base/texts.hpp"
#include "flows/demo_master_data.hpp"
#include "flows/messaging_context.hpp"
#include "flows/send_message.hpp"
#include "http/event_hub.hpp"
#include "http/hub_notifier.hpp"
#include "http/metrics.hpp"
#include "http/services.hpp"
#include "http/web_server.hpp"
#include "flows/lexicon_shelf.hpp"
#include "messaging/delivery.hpp"
#include "net/client.hpp"
#include "registry/audience.hpp"
#include "storage_testing/testing.hpp"

namespace haat::http::testing {

inline constexpr std::string_view kPassword = "a password of tests";

/// A signed-in browser.
struct Browser {
    std::string cookie;
    std::string csrf;
};

class WebTest : public storage::testing::DatabaseTest {
 protected:
    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] net::ClientResult ask(std::string method, std::string path,
                                        const Browser* browser = nullptr, std::string body = {},
                                        std::vector<net::Header> more = {});
    [[nodiscard]] Browser sign_in(const std::string& login);
    void add_account(const std::string& login, Role role, PlaceId place_id);

    [[nodiscard]] const flows::DemoMasterData& demo() const { return demo_; }
    [[nodiscard]] PlaceId district_of_demo() const { return district_; }
    [[nodiscard]] PlaceId village_of_demo() const { return places_.village; }

    std::unique_ptr<WebServer> server_;
    std::unique_ptr<Services> services_;

 private:
    void load_world();

    std::optional<Texts> texts_;
    std::unique_ptr<flows::LexiconShelf> lexicon_;
    std::unique_ptr<registry::AudienceIndex> audience_;
    std::unique_ptr<EventHub> events_;
    std::unique_ptr<HubNotifier> notifier_;
    std::unique_ptr<Metrics> metrics_;
    std::unique_ptr<access::PasswordHasher> passwords_;
    std::unique_ptr<access::SignInThrottle> throttle_;
    std::unique_ptr<messaging::Delivery> delivery_;
    messaging::DialogueBooks dialogues_;
    std::unique_ptr<flows::MailSender> mail_;
    std::optional<flows::FlowContext> flows_;
    std::optional<flows::MessagingContext> messaging_;
    std::unique_ptr<net::Client> client_;
    flows::DemoMasterData demo_;
    flows::DemoPlaces places_;
    PlaceId district_;
};

inline void expect_has(const net::ClientResult& result, std::string_view part) {
    EXPECT_NE(result.body.find(part), std::string::npos) << part << " in " << result.body;
}
inline void expect_lacks(const net::ClientResult& result, std::string_view part) {
    EXPECT_EQ(result.body.find(part), std::string::npos) << part << " in " << result.body;
}

}  // namespace haat::http::testing
