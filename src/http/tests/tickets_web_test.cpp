/// The queue over the web: who sees a ticket, two officers at once, what she never sees.
#include <cstdlib>

#include "messaging/inbox.hpp"
#include "messaging/tickets.hpp"
#include "registry/people.hpp"
#include "registry/places.hpp"
#include "web_fixture.hpp"

namespace haat::http::testing {
namespace {

constexpr std::string_view kPhone = "+919812345678";

class TicketsWeb : public WebTest {
 protected:
    /// Sunita of the demonstration's village reports that nobody came.
    InboundId add_ticket() {
        const UnixSeconds now = system_clock().now();
        const auto made = database().write([&](storage::Transaction& tx) -> Result<InboundId> {
            const registry::NewAddress address{registry::Channel::kWhatsapp, kPhone};
            registry::NewPerson person;
            person.name = "सुनीता देवी";
            person.place_id = village_of_demo();
            person.addresses = {&address, 1};
            const auto sunita = HAAT_TRY(registry::add_person(tx, system_viewer(), person, now));
            messaging::Message message{.message_id = "wamid.1",
                                       .from = std::string(kPhone),
                                       .kind = "text",
                                       .text = "गाड़ी नहीं आई",
                                       .at = now};
            messaging::store_messages(tx, registry::Channel::kWhatsapp, std::span(&message, 1),
                                      now);
            const auto stored = messaging::waiting_messages(tx, 1).front();
            messaging::open_ticket(tx,
                                   {.inbound_id = stored.inbound_id,
                                    .topic = "pickup",
                                    .address_id = stored.address_id,
                                    .person_id = sunita.person_id,
                                    .place_id = village_of_demo(),
                                    .text = stored.text,
                                    .due_at = {now.value + 3'600},
                                    .desk_place_id = district_of_demo()},
                                   now);
            return stored.inbound_id;
        });
        EXPECT_TRUE(made) << made.error().code;
        return made ? *made : InboundId{};
    }
};
HAAT_BOTH_ENGINES(TicketsWeb);

TEST_P(TicketsWeb, AreSeenAndSettledByThoseOfHerPlace) {
    const std::string path = "/api/tickets/" + std::to_string(add_ticket().value);
    const PlaceId elsewhere = registry::place_id_of(registry::PlaceKind::kDistrict, 212);
    ASSERT_NE(elsewhere, district_of_demo());
    add_account("first", Role::kDistrictOfficer, district_of_demo());
    add_account("second", Role::kDistrictOfficer, district_of_demo());
    add_account("other", Role::kDistrictOfficer, elsewhere);
    const Browser first = sign_in("first");
    const Browser second = sign_in("second");
    const Browser other = sign_in("other");

    const auto list = ask("GET", "/api/tickets?queue=nobodys&topic=pickup&desk=own", &first);
    EXPECT_EQ(list.status, 200);
    expect_has(list, "सुनीता देवी");
    expect_has(list, R"("counts":{"open":1,"mine":0,"nobodys":1,"late":0)");
    expect_lacks(list, "9812345678");
    expect_has(ask("GET", "/api/tickets", &other), R"("items":[])");
    EXPECT_EQ(ask("GET", path, &other).status, 404);
    EXPECT_EQ(ask("GET", path + "/thread", &other).status, 404);
    EXPECT_EQ(ask("POST", path + "/take", &other, R"({"device_id":"device-00"})").status, 404);

    const auto taken = ask("POST", path + "/take", &first, R"({"device_id":"device-01"})");
    EXPECT_EQ(taken.status, 200) << taken.body;
    expect_has(taken, R"("mine":true)");
    const auto late = ask("POST", path + "/take", &second, R"({"device_id":"device-02"})");
    EXPECT_EQ(late.status, 409);
    expect_has(late, "messaging.ticket_taken");
    expect_has(late, R"("who_en":"first")");
    EXPECT_EQ(ask("POST", path + "/take", &first, R"({"device_id":"device-01"})").status, 200);
    EXPECT_EQ(ask("POST", path + "/notes", &second,
                  R"({"device_id":"device-03","text":"ड्राइवर बीमार है"})")
                  .status,
              200);
    const auto wrote =
        ask("POST", path + "/messages", &first, R"({"device_id":"device-04","text":"कल आएगी"})");
    EXPECT_EQ(wrote.status, 200) << wrote.body;

    const auto thread = ask("GET", path + "/thread?limit=2", &first);
    EXPECT_EQ(thread.status, 200) << thread.body;
    expect_lacks(thread, "गाड़ी नहीं आई");
    expect_has(thread, "कल आएगी");
    const std::string_view name = "\"next\":\"";
    const std::size_t at = thread.body.find(name);
    ASSERT_NE(at, std::string::npos) << thread.body;
    const std::string cursor = thread.body.substr(
        at + name.size(), thread.body.find('"', at + name.size()) - at - name.size());
    expect_has(ask("GET", path + "/thread?after=" + cursor, &first), "गाड़ी नहीं आई");

    const auto stale =
        ask("POST", path + "/close", &first,
            R"({"device_id":"device-05","version":1,"answer":"हो गया","tell":true})");
    EXPECT_EQ(stale.status, 409) << stale.body;
    const auto closed =
        ask("POST", path + "/close", &first,
            R"({"device_id":"device-06","version":2,"answer":"हो गया","tell":true})");
    EXPECT_EQ(closed.status, 200) << closed.body;
    expect_has(closed, R"("told":true)");
    expect_has(ask("GET", "/api/tickets", &first), R"("items":[])");
    expect_has(ask("GET", "/api/tickets?queue=closed", &first), "हो गया");
}

TEST_P(TicketsWeb, HerPageIsForThoseOfHerPlaceOnly) {
    const InboundId ticket_id = add_ticket();
    const PersonId person_id = database().read([&](storage::Transaction& tx) {
        return messaging::find_ticket(tx, system_viewer(), ticket_id)->person_id;
    });
    const std::string path = "/api/people/" + std::to_string(person_id.value);
    add_account("own", Role::kMobiliser, village_of_demo());
    add_account("other", Role::kDistrictOfficer,
                registry::place_id_of(registry::PlaceKind::kDistrict, 212));
    add_account("shop", Role::kBuyer, district_of_demo());
    const Browser own = sign_in("own");
    const auto seen = ask("GET", path, &own);
    EXPECT_EQ(seen.status, 200) << seen.body;
    expect_has(seen, "सुनीता देवी");
    expect_has(seen, "98••••");
    expect_has(seen, R"("topic":"pickup")");
    expect_lacks(seen, "9812345678");
    const auto thread = ask("GET", path + "/thread", &own);
    EXPECT_EQ(thread.status, 200) << thread.body;
    expect_has(thread, "गाड़ी नहीं आई");
    const Browser other = sign_in("other");
    EXPECT_EQ(ask("GET", path, &other).status, 404);
    EXPECT_EQ(ask("GET", path + "/thread", &other).status, 404);
    const Browser shop = sign_in("shop");
    EXPECT_EQ(ask("GET", path, &shop).status, 403);
}

TEST_P(TicketsWeb, TheOperatorSeesWhatWaits) {
    const auto seen = [&](std::string_view name) {
        const std::string text = ask("GET", "/metrics").body;
        const std::string line = "\n" + std::string(name) + " ";
        const std::size_t at = text.find(line);
        return at == std::string::npos ? -1 : std::atoi(text.c_str() + at + line.size());
    };
    EXPECT_EQ(seen("haat_messages_unanswered"), 0);
    const InboundId late = add_ticket();
    EXPECT_EQ(seen("haat_messages_unanswered"), 1);
    EXPECT_EQ(seen("haat_tickets_open"), 1);
    EXPECT_EQ(seen("haat_inbox_waiting"), 1);
    EXPECT_EQ(seen("haat_tickets_overdue"), 0);
    const UnixSeconds now = system_clock().now();
    database().write([&](storage::Transaction& tx) {
        const messaging::AnsweredInbound answered{late, "pickup"};
        messaging::mark_answered(tx, std::span(&answered, 1));
        auto ticket = messaging::find_ticket(tx, system_viewer(), late).value();
        ticket.due_at = {now.value - 60};
        ticket.assigned_account_id = {1};
        EXPECT_TRUE(messaging::save_ticket(tx, ticket));
    });
    EXPECT_EQ(seen("haat_messages_unanswered"), 0);
    EXPECT_EQ(seen("haat_tickets_open"), 1);
    EXPECT_EQ(seen("haat_inbox_waiting"), 0);
    EXPECT_EQ(seen("haat_tickets_overdue"), 1);
    database().write([&](storage::Transaction& tx) {
        EXPECT_TRUE(messaging::close_ticket(tx, system_viewer(), late, "कल आई", now, "", false));
    });
    EXPECT_EQ(seen("haat_tickets_open"), 0);
    EXPECT_EQ(seen("haat_tickets_overdue"), 0);
}

}  // namespace
}  // namespace haat::http::testing
