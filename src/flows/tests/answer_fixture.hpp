/// @file People who write, and the dialogues that haat ships, in the small state of plans.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "flows/answer_message.hpp"
#include "flows/send_message.hpp"
#include "market/offers.hpp"
#include "plan_fixture.hpp"
#include "registry/people.hpp"

namespace haat::flows {

inline constexpr const char* kSharedPhone = "+919812300002";  // Gita's and Meera's
inline constexpr const char* kSitasPhone = "+919812300001";

class Answers : public PlanTest {
 protected:
    void SetUp() override {
        PlanTest::SetUp();
        std::vector<std::pair<std::string, std::string>> files;
        for (const auto& file :
             std::filesystem::directory_iterator(HAAT_SOURCE_DIR "/data/dialogues")) {
            files.emplace_back(file.path().filename().string(), file_text(file.path().string()));
        }
        std::ranges::sort(files);
        dialogues_.publish(std::make_shared<const messaging::DialogueBook>(
            read_dialogues(files, texts()).value()));
        here().dialogues = &dialogues_;
        sender_.emplace(texts(), clock(), [] {}, &dialogues_);
    }

    /// Her message is in the record; nobody has answered it.
    AddressId stored(const std::string& phone, const std::string& text,
                     const std::string& button_id = "", const std::string& kind = "text") {
        return write([&](storage::Transaction& tx) {
            messaging::Message message{.message_id = "wamid." + std::to_string(++messages_),
                                       .from = phone,
                                       .kind = button_id.empty() ? kind : "button",
                                       .text = text,
                                       .button_id = button_id,
                                       .at = clock().now()};
            messaging::store_messages(tx, registry::Channel::kWhatsapp, std::span(&message, 1),
                                      clock().now());
            return registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone)
                ->address_id;
        });
    }

    /// What the address was sent since then, the last message first.
    std::vector<messaging::MailRow> mail_since(AddressId address_id, UnixSeconds since) {
        return read([&](storage::Transaction& tx) {
            std::vector<messaging::MailRow> mail = messaging::mail_to(tx, address_id, 50);
            std::erase_if(mail,
                          [&](const messaging::MailRow& row) { return row.created_at < since; });
            return mail;
        });
    }

    /// She writes, or presses; returns what she is answered, the last message first.
    std::vector<messaging::MailRow> from(const std::string& phone, const std::string& text,
                                         const std::string& button_id = "") {
        clock().advance_seconds(1);
        const AddressId address_id = stored(phone, text, button_id);
        EXPECT_EQ(answer_waiting(here(), *sender_, 10), 1);
        return mail_since(address_id, clock().now());
    }

    /// What she writes and what the answer must contain; "#2" presses the second button.
    struct Said {
        std::string text;
        std::string answered;  ///< Empty: nothing is looked for.
    };
    void talk(const std::string& phone, const std::vector<Said>& conversation) {
        std::vector<messaging::Button> buttons;
        for (const Said& said : conversation) {
            std::string button_id;
            if (said.text.starts_with("#")) {
                const auto at = static_cast<std::size_t>(said.text[1] - '1');
                ASSERT_LT(at, buttons.size()) << said.text;
                button_id = buttons[at].id;
            }
            const auto mail = from(phone, said.text, button_id);
            ASSERT_FALSE(mail.empty()) << said.text;
            bool is_found = said.answered.empty();
            std::string all;
            for (const messaging::MailRow& row : mail) {
                is_found = is_found || row.text.find(said.answered) != std::string::npos;
                all += row.text + "\n";
            }
            EXPECT_TRUE(is_found) << said.text << " was answered " << all;
            buttons = mail.front().buttons;
        }
    }

    std::vector<registry::Person> people_on(const std::string& phone) {
        return read([&](storage::Transaction& tx) {
            const auto address =
                registry::find_address(tx, system_viewer(), registry::Channel::kWhatsapp, phone);
            return address ? registry::people_on_address(tx, system_viewer(), address->address_id)
                           : std::vector<registry::Person>();
        });
    }

    std::vector<market::Offer> offers() {
        return read([&](storage::Transaction& tx) {
            return market::list_offers(tx, system_viewer(), {}, {.limit = 10}, clock().now());
        });
    }

    messaging::DialogueBooks dialogues_;
    std::optional<MailSender> sender_;
    int messages_ = 0;
};

}  // namespace haat::flows
