// Broadcasts of a whole state: the quick way must judge exactly as the thorough one does.
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <map>
#include <set>

#include "net/hmac.hpp"
#include "net/server.hpp"
#include "simulator.hpp"

namespace haat::sim {
namespace {

constexpr std::string_view kForm = R"({"name":"wanted","language":"hi","category":"MARKETING",
    "body":"{{1}}, {{2}}","buttons":["हाँ"]})";

std::string parameter(const std::string& text) {
    return R"({"type":"text","text":")" + text + "\"}";
}
std::string component(const std::string& parameters) {
    return R"({"type":"body","parameters":[)" + parameters + "]}";
}
const std::string kTwo = component(parameter("दीदी") + "," + parameter("आम"));
const std::string kButton = R"({"type":"button","sub_type":"quick_reply","index":"0",)"
                            R"("parameters":[{"type":"payload","payload":"yes"}]})";

std::string send_of(const std::string& components, const std::string& to = "+919812345678",
                    const std::string& callback = "c", const std::string& more = "") {
    return R"({"messaging_product":"whatsapp","recipient_type":"individual","to":")" + to +
           R"(","biz_opaque_callback_data":")" + callback +
           R"(","type":"template","template":{"name":"wanted","language":{"code":"hi"},)"
           R"("components":[)" +
           components + "]}" + more + "}";
}

struct Case {
    const char* name;
    std::string body;
    bool is_common;
};

TEST(BulkReader, TakesTheCommonMessageAndLeavesTheRest) {
    const std::vector<Case> cases = {
        {"usual", send_of(kTwo), true},
        {"with a button", send_of(kTwo + "," + kButton), true},
        {"escapes", send_of(component(parameter("\\u0926\\\"") + "," + parameter("आम"))), true},
        {"without '+'", send_of(kTwo, "919812345678"), true},
        {"one parameter", send_of(component(parameter("दीदी"))), false},
        {"line break", send_of(component(parameter("a\\nb") + "," + parameter("c"))), false},
        {"five blanks", send_of(component(parameter("a     b") + "," + parameter("c"))), false},
        {"empty text", send_of(component(parameter("") + "," + parameter("c"))), false},
        {"two bodies", send_of(kTwo + "," + kTwo), false},
        {"second button",
         send_of(kTwo + "," + std::string(kButton).replace(kButton.find("\"0\""), 3, "\"1\"")),
         false},
        {"unknown field", send_of(kTwo, "+919812345678", "c", R"(,"colour":1)"), false},
        {"field twice", send_of(kTwo, "+919812345678", "c", R"(,"type":"template")"), false},
        {"not a number", send_of(kTwo, "didi"), false},
        {"zero first", send_of(kTwo, "0919812345678"), false},
        {"long callback", send_of(kTwo, "+919812345678", std::string(513, 'c')), false},
        {"empty callback", send_of(kTwo, "+919812345678", ""), false},
        {"cut", send_of(kTwo).substr(0, 200), false},
        {"more behind", send_of(kTwo) + "{}", false},
        {"not UTF-8", send_of(component(parameter("\xff") + "," + parameter("c"))), false},
        {"nothing", "", false},
        {"a list", "[]", false},
    };
    Templates templates;
    templates[{"wanted", "hi"}] = *read_template(*parse_object(kForm));
    const std::vector<BulkForm> forms = bulk_forms(templates);
    BulkReader reader;
    for (const Case& row : cases) {
        SCOPED_TRACE(row.name);
        std::string body = row.body;
        const std::optional<BulkSend> quick = reader.read(body, forms);
        EXPECT_EQ(quick.has_value(), row.is_common);
        EXPECT_EQ(body, row.body);
        if (!quick) continue;
        const std::expected<Send, Problem> thorough =
            validate_send(*parse_object(row.body), templates);
        ASSERT_TRUE(thorough) << thorough.error().details;
        EXPECT_EQ("+" + std::to_string(quick->to), thorough->to);
        EXPECT_EQ(quick->input, thorough->input);
        EXPECT_EQ(quick->callback_data, thorough->callback_data);
        EXPECT_EQ(quick->form->category, thorough->category);
    }
    templates[{"wanted", "hi"}].status = "PAUSED";
    std::string body = send_of(kTwo);
    EXPECT_FALSE(reader.read(body, bulk_forms(templates)));
}

TEST(Judge, FindsEverySecondAcceptanceHoweverItIsKept) {
    Judge judge(7);
    std::set<std::string> wamids;
    // Look-alikes in their packed form, and enough of them to make the table grow.
    std::vector<std::string> callbacks = {"a",
                                          std::string(16, '0'),
                                          std::string(17, '0'),
                                          std::string(16, 'A'),
                                          "0123456789abcdef",
                                          "0123456789abcdeF",
                                          std::string(512, 'f')};
    for (int i = 0; i < 5000; ++i) {
        callbacks.push_back("12." + std::to_string(i) + ".0.00000000deadbeef");
    }
    for (const std::string& callback : callbacks) {
        wamids.insert(judge.record(
            {.at_micros = 5, .to = 919812345678, .callback_data = callback, .error_code = 0}));
        EXPECT_TRUE(judge
                        .record({.at_micros = 5,
                                 .to = 919812345678,
                                 .callback_data = callback,
                                 .error_code = kRateLimitHit})
                        .empty());
    }
    EXPECT_EQ(wamids.size(), callbacks.size());
    const auto summary = [&judge] {
        JsonWriter out;
        out.begin_object();
        judge.write_summary(out);
        out.end_object();
        return *parse_object(out.take());
    };
    EXPECT_TRUE(summary().at("accepted_more_than_once_by_callback").as_array().empty());
    // Again: one the quick way, one the thorough way, one thrice.
    static_cast<void>(judge.record({.to = 1, .callback_data = callbacks[1], .error_code = 0}));
    judge.record(LogEntry{.to = "+1", .callback_data = callbacks[4], .wamid = "wamid.x"});
    judge.record(LogEntry{.to = "+1", .callback_data = callbacks[4], .wamid = "wamid.y"});
    judge.record(LogEntry{.to = "+1", .callback_data = "slow", .wamid = "wamid.z"});
    static_cast<void>(judge.record({.to = 1, .callback_data = "slow", .error_code = 0}));
    EXPECT_EQ(summary().at("accepted_more_than_once_by_callback").as_array(),
              (json::array{callbacks[1], callbacks[4], "slow"}));
    EXPECT_EQ(summary().at("requests").as_int64(),
              static_cast<std::int64_t>(2 * callbacks.size() + 5));
    JsonWriter out;
    judge.write_log(out, 2 * callbacks.size() + 1, 1);
    const json::object entry = parse_object(out.take())->at("entries").as_array()[0].as_object();
    EXPECT_EQ(entry.at("callback_data").as_string(), callbacks[4]);
    EXPECT_EQ(entry.at("attempt").as_int64(), 3);
}

/// Keeps what it is told; refuses the first posts.
class Receiver {
 public:
    explicit Receiver(int refusals)
        : refusals_(refusals), server_({}, [this](const net::Request& request, net::Reply reply) {
              reply(receive(request));
          }) {}
    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook";
    }

    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> statuses;  ///< By callback data.
    std::map<std::string, int> messages;                       ///< Times each id came.
    bool is_always_right = true;

 private:
    net::Response receive(const net::Request& request) {
        const std::lock_guard lock(mutex);
        net::HmacSha256 mac("secret");
        const std::string_view signature = request.header("x-hub-signature-256");
        if (!signature.starts_with("sha256=") ||
            !mac.verify_hex(request.body, signature.substr(7))) {
            is_always_right = false;
        }
        if (refusals_-- > 0) return json_response(503, "{}");
        const json::object body = *parse_object(request.body);
        for (const json::value& change : body.at("entry").as_array()[0].at("changes").as_array()) {
            take(change.at("value").as_object());
        }
        return json_response(200, "{}");
    }
    void take(const json::object& value) {
        if (const json::array* const list = array_in(value, "statuses")) {
            for (const json::value& each : *list) {
                statuses[each.at("biz_opaque_callback_data").as_string().c_str()].emplace_back(
                    each.at("status").as_string());
                const bool is_priced = each.at("status").as_string() != "read";
                if (is_priced != each.as_object().contains("pricing")) is_always_right = false;
            }
        }
        if (const json::array* const list = array_in(value, "messages")) {
            for (const json::value& each : *list) ++messages[each.at("id").as_string().c_str()];
        }
    }

    int refusals_;
    net::Server server_;
};

class Held : public testing::Test {
 protected:
    static Options options_for(const std::string& url) {
        Options options;
        options.phone_number_ids = {"111", "222"};
        options.holds_statuses = true;
        options.webhook_url = url;
        options.app_secret = "secret";
        return options;
    }
    std::future<net::Response> ask(const std::string& method, const std::string& path,
                                   const std::string& body) {
        net::Request request;
        request.method = method;
        request.path = path;
        request.body = body;
        request.remote_address = "127.0.0.1";
        request.headers = {{"authorization", "Bearer access-token"}};
        auto answer = std::make_shared<std::promise<net::Response>>();
        simulator.handle(std::move(request), [answer](net::Response response) {
            answer->set_value(std::move(response));
        });
        return answer->get_future();
    }
    json::object control(const std::string& path, const std::string& body) {
        const net::Response answer = ask("POST", path, body).get();
        EXPECT_EQ(answer.status, 200) << answer.body;
        return parse_object(answer.body).value_or(json::object());
    }
    json::object get(const std::string& path) {
        return *parse_object(ask("GET", path, "").get().body);
    }
    void send_all(int count) {
        for (int i = 0; i < count; ++i) {
            const std::string body =
                send_of(kTwo, std::to_string(919800000000 + i), "m" + std::to_string(i));
            const std::string number = i % 3 == 0 ? "222" : "111";
            EXPECT_EQ(ask("POST", "/v24.0/" + number + "/messages", body).get().status, 200);
        }
    }

    Receiver receiver{2};
    Simulator simulator{options_for(receiver.url())};
};

TEST_F(Held, StatusesComeOnceWhenTheyAreReleased) {
    control("/sim/templates", R"({"templates":[)" + std::string(kForm) + "]}");
    constexpr int kMessages = 250;
    send_all(kMessages);
    EXPECT_EQ(get("/sim/summary").at("phones").as_int64(), 0);
    EXPECT_EQ(get("/sim/summary").at("statuses_held").as_int64(), kMessages);
    const json::object report =
        control("/sim/release_statuses", R"({"per_request":40,"connections":2})");
    EXPECT_EQ(report.at("items").as_int64(), 3 * kMessages);
    EXPECT_EQ(report.at("acknowledged").as_int64(), 3 * 7);
    EXPECT_EQ(report.at("repeated").as_int64(), 2);
    {
        const std::lock_guard lock(receiver.mutex);
        EXPECT_TRUE(receiver.is_always_right);
        EXPECT_EQ(receiver.statuses.size(), static_cast<std::size_t>(kMessages));
        for (auto& [callback, list] : receiver.statuses) {
            std::sort(list.begin(), list.end());
            EXPECT_EQ(list, (std::vector<std::string>{"delivered", "read", "sent"})) << callback;
        }
    }
    const std::string csv = ask("GET", "/sim/accepted.csv", "").get().body;
    EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), kMessages + 1);
    EXPECT_TRUE(csv.starts_with("seq,to,callback_data,wamid\n1,+919800000000,\"m0\",wamid."));

    const json::object single =
        control("/sim/status_load", R"({"single":true,"count":20,"statuses":["read"],"http":1})");
    EXPECT_EQ(single.at("acknowledged").as_int64(), 20);
}

TEST_F(Held, ASecondAcceptanceShowsInTheSummary) {
    control("/sim/templates", R"({"templates":[)" + std::string(kForm) + "]}");
    send_all(5);
    send_all(1);
    EXPECT_EQ(get("/sim/summary").at("accepted_more_than_once_by_callback").as_array(),
              json::array{"m0"});
    // A number with a phone of its own goes the thorough way, to the same judge.
    control("/sim/phones", R"({"phones":[{"number":"+919800000001"}]})");
    send_all(2);
    EXPECT_EQ(get("/sim/summary").at("accepted_more_than_once_by_callback").as_array(),
              (json::array{"m0", "m1"}));
    EXPECT_EQ(get("/sim/summary").at("phones").as_int64(), 1);
    EXPECT_EQ(ask("POST", "/v24.0/111/messages", send_of(component(""))).get().status, 400);
}

TEST_F(Held, InboundLoadSaysHowManyMessagesAreDistinct) {
    const json::object report =
        control("/sim/inbound_load",
                R"({"count":300,"rate":20000,"duplicates_per_mille":200,"from":"+919990000000"})");
    EXPECT_EQ(report.at("acknowledged").as_int64(), 300);
    const std::lock_guard lock(receiver.mutex);
    EXPECT_EQ(static_cast<std::int64_t>(receiver.messages.size()), report.at("items").as_int64());
    EXPECT_LT(receiver.messages.size(), 280U);
    int all = 0;
    for (const auto& [id, times] : receiver.messages) all += times;
    EXPECT_EQ(all, 300);
    EXPECT_TRUE(receiver.is_always_right);
}

TEST(AnswerDelay, KeepsTheOrderAndLosesNothing) {
    AnswerDelay delay(5);
    std::mutex mutex;
    std::vector<int> order;
    std::promise<void> all;
    for (int i = 0; i < 100; ++i) {
        delay.answer(
            [&, i](const net::Response& response) {
                const std::lock_guard lock(mutex);
                EXPECT_EQ(response.status, 200 + i);
                order.push_back(i);
                if (order.size() == 100) all.set_value();
            },
            json_response(200 + i, ""));
    }
    all.get_future().get();
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

}  // namespace
}  // namespace haat::sim
