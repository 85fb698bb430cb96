#include "flows/suggest_replies.hpp"

#include "allowed.hpp"
#include "messaging/tickets.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

constexpr int kMost = 10;

}  // namespace

Result<std::vector<SuggestedReply>> suggest_replies(MessagingContext& context, const Viewer& viewer,
                                                    InboundId ticket_id) {
    HAAT_TRY(allow(viewer, access::Action::kAnswerInbox));
    using Replies = std::vector<SuggestedReply>;
    return context.flows.database.read([&](storage::Transaction& tx) -> Result<Replies> {
        const messaging::Ticket ticket = HAAT_TRY(messaging::find_ticket(tx, viewer, ticket_id));
        const auto person = registry::find_person(tx, system_viewer(), ticket.person_id);
        const std::string code = person ? person->language : "hi";
        Replies replies;
        for (int number = 1; number <= kMost; ++number) {
            const std::string key = "messages.reply_" + ticket.topic + "_" + std::to_string(number);
            if (!context.texts.has(key)) {
                break;
            }
            replies.push_back({context.texts.text(language_from_code(code), key,
                                                  {{"name", person ? person->name : ""}}),
                               0});
        }
        const int left = kMost - static_cast<int>(replies.size());
        for (messaging::FrequentAnswer& answer :
             messaging::frequent_answers(tx, viewer, ticket.topic, code, left)) {
            replies.push_back({std::move(answer.text), answer.times});
        }
        return replies;
    });
}

}  // namespace haat::flows
