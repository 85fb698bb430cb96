#include "simulator.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <latch>
#include <set>
#include <thread>

#include "net/client.hpp"
#include "net/hmac.hpp"
#include "net/server.hpp"

namespace haat::sim {
namespace {

constexpr const char* kDidi = "+919812345678";

Options quick_options() {
    Options options;
    options.phone_number_ids = {"111", "222"};
    options.sent_after = options.delivered_after = options.read_after = {0, 2};
    options.webhook_linger_ms = 1;
    options.webhook_retry_ms = 5;
    return options;
}

/// A simulator without a network: requests go straight to its handler.
class Bench {
 public:
    explicit Bench(const Options& options = quick_options()) : simulator(options) {
        control("/sim/templates",
                R"({"templates":[{"name":"wanted","language":"hi","category":"UTILITY",
                    "body":"{{1}}, {{2}} चाहिए","buttons":["हाँ"]}]})");
    }

    std::optional<net::Response> ask(const std::string& method, const std::string& path,
                                     const std::string& body,
                                     const std::string& token = "access-token") {
        net::Request request;
        request.method = method;
        request.path = path;
        if (const std::size_t mark = path.find('?'); mark != std::string::npos) {
            request.path = path.substr(0, mark);
            request.query = {{"after", path.substr(path.find('=') + 1)}};
        }
        request.body = body;
        request.remote_address = "127.0.0.1";
        request.headers = {{"Authorization", "Bearer " + token}, {"Host", "sim"}};
        std::optional<net::Response> answer;
        simulator.handle(std::move(request),
                         [&answer](net::Response response) { answer = std::move(response); });
        return answer;
    }
    json::object control(const std::string& path, const std::string& body) {
        const std::optional<net::Response> answer = ask("POST", path, body);
        EXPECT_EQ(answer->status, 200) << answer->body;
        return *parse_object(answer->body);
    }
    json::object get(const std::string& path) { return *parse_object(ask("GET", path, "")->body); }
    std::optional<net::Response> send(const std::string& body) {
        return ask("POST", "/v24.0/111/messages", body);
    }

    Simulator simulator;
};

std::string message(const std::string& rest, const std::string& to = kDidi) {
    return R"({"messaging_product":"whatsapp","to":")" + to + "\"," + rest + "}";
}
std::string text_message(const std::string& callback = "c") {
    return message(R"("type":"text","text":{"body":"नमस्ते"},"biz_opaque_callback_data":")" +
                   callback + "\"");
}
std::string wanted(const std::string& parameters, const std::string& language = "hi") {
    return message(R"("type":"template","template":{"name":"wanted","language":{"code":")" +
                   language + R"("},"components":[{"type":"body","parameters":[)" + parameters +
                   "]}]}");
}
std::string button(const std::string& id, const std::string& title) {
    return R"({"type":"reply","reply":{"id":")" + id + R"(","title":")" + title + "\"}}";
}
std::string buttons(const std::string& list) {
    return message(R"("type":"interactive","interactive":{"type":"button","body":{"text":"?"},)"
                   R"("action":{"buttons":[)" +
                   list + "]}}");
}
std::string rows(int count, const std::string& title = "t") {
    std::string list;
    for (int i = 0; i < count; ++i) {
        list += (i == 0 ? "" : ",") +
                (R"({"id":")" + std::to_string(i) + R"(","title":")" + title + "\"}");
    }
    return message(R"("type":"interactive","interactive":{"type":"list","body":{"text":"?"},)"
                   R"("action":{"button":"चुनें","sections":[{"rows":[)" +
                   list + "]}]}}");
}

int code_of(const std::optional<net::Response>& answer) {
    const std::optional<json::object> body = parse_object(answer->body);
    const json::object* const error = body ? object_in(*body, "error") : nullptr;
    return error ? static_cast<int>(integer_in(*error, "code", -1)) : 0;
}

struct Case {
    const char* name;
    std::string body;
    int code;
    int status = 400;
};

std::vector<Case> send_cases() {
    const std::string one = R"({"type":"text","text":"दीदी"})";
    const std::string two = one + R"(,{"type":"text","text":"आम"})";
    const std::string yes = button("y", "हाँ");
    std::string body_4097;
    for (int i = 0; i < 4097; ++i) body_4097 += "क";
    const std::string body_4096 = body_4097.substr(3);
    const auto text = [](const std::string& body) {
        return message(R"("type":"text","text":{"body":")" + body + "\"}");
    };
    return {
        {"text", text_message(), 0, 200},
        {"4096 characters", text(body_4096), 0, 200},
        {"4097 characters", text(body_4097), 131009},
        {"empty body", text(""), 131009},
        {"no body", message(R"("type":"text","text":{})"), 131008},
        {"no object of the type", message(R"("type":"text")"), 131008},
        {"no JSON", "{", 100},
        {"no product", R"({"to":"+919812345678","type":"text","text":{"body":"x"}})", 100},
        {"unknown field", message(R"("type":"text","text":{"body":"x"},"extra":1)"), 100},
        {"unknown inner field", message(R"("type":"text","text":{"body":"x","b":1})"), 100},
        {"another type's object",
         message(R"("type":"text","text":{"body":"x"},"image":{"id":"1"})"), 100},
        {"unknown type", message(R"("type":"fax","fax":{})"), 131051},
        {"not a number", message(R"("type":"text","text":{"body":"x"})", "abc"), 131009},
        {"callback data of 513",
         message(R"("type":"text","text":{"body":"x"},"biz_opaque_callback_data":")" +
                 std::string(513, 'c') + "\""),
         131009},
        {"template", wanted(two), 0, 200},
        {"template with one parameter", wanted(one), 132000},
        {"template in another language", wanted(two, "en"), 132001, 404},
        {"template with a line break", wanted(one + R"(,{"type":"text","text":"a\nb"})"), 132012},
        {"one button", buttons(yes), 0, 200},
        {"no button", buttons(""), 131009},
        {"four buttons",
         buttons(yes + "," + button("n", "नहीं") + "," + button("a", "a") + "," + button("b", "b")),
         131009},
        {"button of 21", buttons(button("y", std::string(21, 'a'))), 131009},
        {"two buttons of one id", buttons(yes + "," + button("y", "नहीं")), 131009},
        {"ten rows", rows(10), 0, 200},
        {"eleven rows", rows(11), 131009},
        {"row title of 25", rows(1, std::string(25, 'a')), 131009},
        {"image by id", message(R"("type":"image","image":{"id":"1","caption":"c"})"), 0, 200},
        {"image by id and link",
         message(R"("type":"image","image":{"id":"1","link":"https://a/b.png"})"), 100},
        {"caption on audio", message(R"("type":"audio","audio":{"id":"1","caption":"c"})"), 100},
        {"to a group that is not there",
         message(R"("recipient_type":"group","type":"text","text":{"body":"x"})"), 131041},
    };
}

TEST(Simulator, ValidatesAsTheCloudApiDoes) {
    Bench bench;
    bench.control("/sim/phones", R"({"phones":[{"number":"+919812345678","has_written":true}]})");
    for (const Case& row : send_cases()) {
        SCOPED_TRACE(row.name);
        const std::optional<net::Response> answer = bench.send(row.body);
        ASSERT_TRUE(answer);
        EXPECT_EQ(code_of(answer), row.code) << answer->body;
        EXPECT_EQ(answer->status, row.status);
    }
}

TEST(Simulator, KnowsWhoAsksAndWhatExists) {
    Bench bench;
    EXPECT_EQ(code_of(bench.ask("POST", "/v24.0/111/messages", text_message(), "wrong")), 190);
    EXPECT_EQ(code_of(bench.ask("POST", "/v24.0/999/messages", text_message())), 100);
    EXPECT_EQ(code_of(bench.ask("POST", "/111/messages", text_message())), 2500);
    EXPECT_EQ(bench.ask("GET", "/v25.1/111", "")->status, 200);
    EXPECT_EQ(bench.get("/sim/summary").at("requests").as_int64(), 0);
}

TEST(Simulator, FreeTextNeedsAMessageOfTheLastDay) {
    Bench bench;
    EXPECT_EQ(code_of(bench.send(text_message())), 131047);
    bench.control("/sim/phones/+919812345678/messages", R"({"text":"नमस्ते"})");
    EXPECT_EQ(bench.send(text_message())->status, 200);
    EXPECT_EQ(code_of(bench.ask("POST", "/v24.0/222/messages", text_message())), 131047);
    bench.control("/sim/clock", R"({"advance_seconds":86399})");
    EXPECT_EQ(bench.send(text_message())->status, 200);
    bench.control("/sim/clock", R"({"advance_seconds":2})");
    EXPECT_EQ(code_of(bench.send(text_message())), 131047);
}

TEST(Simulator, GroupsAreMadeLaterAndTakeTextOnceSomebodyIsIn) {
    Bench bench;
    EXPECT_EQ(code_of(bench.ask("POST", "/v24.0/111/groups", R"({"subject":"x"})")), 100);
    const auto asked = bench.ask("POST", "/v24.0/111/groups",
                                 R"({"messaging_product":"whatsapp","subject":"अचार"})");
    EXPECT_TRUE(parse_object(asked->body)->contains("request_id")) << asked->body;
    std::string group;
    for (int i = 0; i < 500 && group.empty(); ++i) {
        const json::object all = bench.get("/sim/groups");
        if (!all.at("groups").as_array().empty()) {
            group = all.at("groups").as_array()[0].at("group_id").as_string();
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    ASSERT_FALSE(group.empty());
    const auto write = [&](const std::string& rest) {
        return bench.send(R"({"messaging_product":"whatsapp","recipient_type":"group","to":")" +
                          group + "\"," + rest + "}");
    };
    const std::string text = R"("type":"text","text":{"body":"नमस्ते"})";
    EXPECT_EQ(code_of(write(text)), 131020) << "nobody is in it";
    bench.control("/sim/groups/" + group + "/join", R"({"number":"+919812345678"})");
    EXPECT_EQ(code_of(write(text)), 131047) << "nobody wrote there";
    bench.control("/sim/groups/" + group + "/messages",
                  R"({"number":"+919812345678","text":"hello"})");
    EXPECT_EQ(code_of(write(text)), 0);
    EXPECT_EQ(code_of(bench.send(text_message())), 131047) << "her own window stays closed";
}

TEST(Simulator, LimitsRateAndPair) {
    Options options = quick_options();
    options.has_pair_limit = true;
    Bench bench(options);
    bench.control("/sim/phones", R"({"phones":[{"number":"+919812345678","has_written":true}]})");
    for (int i = 0; i < 45; ++i) EXPECT_EQ(bench.send(text_message())->status, 200) << i;
    EXPECT_EQ(code_of(bench.send(text_message())), 131056);
    bench.control("/sim/clock", R"({"advance_seconds":6})");
    EXPECT_EQ(bench.send(text_message())->status, 200);

    options = quick_options();
    options.rate_per_number = 10;
    Bench slow(options);
    slow.control("/sim/phones", R"({"phones":[{"number":"+919812345678","has_written":true}]})");
    int refused = 0;
    for (int i = 0; i < 20; ++i) refused += code_of(slow.send(text_message())) == 130429 ? 1 : 0;
    EXPECT_GE(refused, 8);
    EXPECT_LE(refused, 11);
}

TEST(Simulator, FaultsShowAsTheyShouldAndTheLogJudges) {
    struct Row {
        const char* fault;
        bool is_answered;
        bool is_cut;
        int status;
        bool is_accepted;
    };
    constexpr Row kRows[] = {
        {"no_answer", false, false, 0, true},
        {"lost_before_accept", true, true, 200, false},
        {"lost_after_accept", true, true, 200, true},
        {"error_before_accept", true, false, 500, false},
        {"error_after_accept", true, false, 500, true},
        {"broken_answer", true, false, 200, true},
    };
    Bench bench;
    bench.control("/sim/phones", R"({"phones":[{"number":"+919812345678","has_written":true}]})");
    std::int64_t seq = 0;
    for (const Row& row : kRows) {
        SCOPED_TRACE(row.fault);
        bench.control("/sim/faults", std::string(R"({"reset":true,")") + row.fault + "\":1000}");
        const std::optional<net::Response> answer = bench.send(text_message(row.fault));
        ASSERT_EQ(answer.has_value(), row.is_answered);
        if (answer) {
            EXPECT_EQ(answer->is_cut, row.is_cut);
            EXPECT_EQ(answer->status, row.status);
        }
        const json::object log = bench.get("/sim/log?after=" + std::to_string(seq));
        const json::array& entries = log.at("entries").as_array();
        ASSERT_EQ(entries.size(), 1U);
        EXPECT_EQ(entries[0].at("accepted").as_bool(), row.is_accepted);
        EXPECT_EQ(entries[0].at("callback_data").as_string(), row.fault);
        ++seq;
    }
    EXPECT_EQ(parse_object(bench.send(text_message("broken"))->body), std::nullopt);
    bench.control("/sim/faults", R"({"reset":true,"next":[{"count":1,"code":131056,"http":400}]})");
    EXPECT_EQ(code_of(bench.send(text_message("twice"))), 131056);
    EXPECT_EQ(bench.send(text_message("twice"))->status, 200);
    EXPECT_TRUE(
        bench.get("/sim/summary").at("accepted_more_than_once_by_callback").as_array().empty());
    EXPECT_EQ(bench.send(text_message("twice"))->status, 200);
    const json::object summary = bench.get("/sim/summary");
    EXPECT_EQ(summary.at("accepted_more_than_once_by_callback").as_array(), json::array({"twice"}));
    EXPECT_EQ(summary.at("requests").as_int64(), 10);
}

TEST(Simulator, ControlIsStrictAndLocal) {
    Bench bench;
    const auto refused = [&bench](const char* path, const char* body) {
        return bench.ask("POST", path, body)->status == 400;
    };
    EXPECT_TRUE(refused("/sim/faults", R"({"unheard_of":1})"));
    EXPECT_TRUE(refused("/sim/faults", R"({"no_answer":1001})"));
    EXPECT_TRUE(refused("/sim/phones", R"({"phones":[{"number":"x"}]})"));
    EXPECT_TRUE(refused("/sim/phones", R"({"phones":[{"number":"+919812345678","colour":1}]})"));
    EXPECT_TRUE(
        refused("/sim/phones", R"({"phones":[{"number":"+919812345678","rules":[{"when":{}}]}]})"));
    EXPECT_TRUE(refused("/sim/config", R"({"webhook_url":"nowhere"})"));
    net::Request request;
    request.method = "GET";
    request.path = "/sim/summary";
    request.remote_address = "10.0.0.1";
    bench.simulator.handle(std::move(request),
                           [](net::Response response) { EXPECT_EQ(response.status, 403); });
}

TEST(Webhooks, AreAscii) {
    EXPECT_EQ(ascii_escaped(R"({"a":"ह/😀"})"), R"({"a":"\u0939\/\ud83d\ude00"})");
}

/// A business that keeps what it is told and refuses the first few posts.
class Business {
 public:
    explicit Business(int refusals)
        : refusals_(refusals),
          server_({}, [this](net::Request request, net::Reply reply) { reply(receive(request)); }) {
    }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook";
    }
    /// Waits until something told so far is so.
    bool wait_for(const std::function<bool()>& is_so) {
        std::unique_lock lock(mutex);
        return changed_.wait_for(lock, std::chrono::seconds(20), is_so);
    }
    int refusals() {
        const std::lock_guard lock(mutex);
        return refusals_;
    }

    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> statuses;  ///< By callback data.
    std::vector<json::object> messages;
    bool is_always_signed = true;

 private:
    net::Response receive(const net::Request& request) {
        const std::lock_guard lock(mutex);
        if (refusals_ > 0) {
            --refusals_;
            return json_response(503, "{}");
        }
        net::HmacSha256 mac("secret");
        const std::string_view signature = request.header("X-Hub-Signature-256");
        is_always_signed = is_always_signed && signature.starts_with("sha256=") &&
                           mac.verify_hex(request.body, signature.substr(7));
        const json::object body = *parse_object(request.body);
        for (const json::value& change : body.at("entry").as_array()[0].at("changes").as_array()) {
            const json::object& value = change.at("value").as_object();
            if (const json::array* const list = array_in(value, "statuses")) {
                for (const json::value& status : *list) {
                    const json::object& from = status.as_object();
                    statuses[text_in(from, "biz_opaque_callback_data").value_or("")].push_back(
                        *text_in(from, "status"));
                }
            }
            if (const json::array* const list = array_in(value, "messages")) {
                for (const json::value& entry : *list) messages.push_back(entry.as_object());
            }
        }
        changed_.notify_all();
        return json_response(200, "{}");
    }

    std::condition_variable changed_;
    int refusals_;
    net::Server server_;
};

class EndToEnd : public testing::TestWithParam<net::Protocol> {};

TEST_P(EndToEnd, EveryMessageIsAcceptedOnceToldAndAnswered) {
    constexpr int kMessages = 300;
    Business business(3);
    Options options = quick_options();
    options.webhook_url = business.url();
    options.app_secret = "secret";
    options.faults.per_mille[static_cast<std::size_t>(Fault::kLostBeforeAccept)] = 50;
    options.faults.per_mille[static_cast<std::size_t>(Fault::kErrorAfterAccept)] = 50;
    options.faults.per_mille[static_cast<std::size_t>(Fault::kWebhookDuplicated)] = 100;
    Bench bench(options);
    bench.control("/sim/phones", R"({"phones":[{"number":"+919800000001","name":"सुनीता","rules":[
        {"when":{"template":"wanted"},"reply":{"text":"20 किलो"},"after_ms":1,"times":2},
        {"when":{"buttons":true},"reply":{"button":0},"after_ms":1}]}]})");
    net::ServerOptions listening;
    listening.http2_streams = 1000;
    net::Server server(listening, [&bench](net::Request request, net::Reply reply) {
        bench.simulator.handle(std::move(request), std::move(reply));
    });
    net::ClientOptions client_options;
    client_options.base_url = "http://127.0.0.1:" + std::to_string(server.port());
    client_options.protocol = GetParam();
    net::Client client(client_options);
    std::latch done(kMessages);
    std::atomic<int> answered = 0;
    for (int i = 0; i < kMessages; ++i) {
        net::ClientRequest request;
        request.path = "/v24.0/111/messages";
        request.headers = {{"Authorization", "Bearer access-token"}};
        const std::string number = std::to_string(919800000000 + i);
        request.body = R"({"messaging_product":"whatsapp","to":"+)" + number +
                       R"(","type":"template","biz_opaque_callback_data":"m)" + number +
                       R"(","template":{"name":"wanted","language":{"code":"hi"},"components":[
                       {"type":"body","parameters":[{"type":"text","text":"दीदी"},
                       {"type":"text","text":"आम"}]}]}})";
        client.send(std::move(request), [&](net::ClientResult result) {
            if (result.status == 200) ++answered;
            done.count_down();
        });
    }
    done.wait();
    const json::object summary = bench.get("/sim/summary");
    const std::int64_t accepted = summary.at("accepted").as_int64();
    EXPECT_EQ(summary.at("requests").as_int64(), kMessages);
    EXPECT_TRUE(summary.at("accepted_more_than_once_by_callback").as_array().empty());
    EXPECT_LT(answered, accepted);   // some were accepted and answered 500
    EXPECT_LT(accepted, kMessages);  // some connections broke before
    EXPECT_TRUE(business.wait_for([&] {
        std::int64_t read = 0;
        for (const auto& [callback, list] : business.statuses) {
            const std::set<std::string> kinds(list.begin(), list.end());
            if (kinds == std::set<std::string>{"sent", "delivered", "read"}) ++read;
        }
        return read == accepted;
    }));
    EXPECT_EQ(business.refusals(), 0);
    EXPECT_TRUE(business.is_always_signed);
}

INSTANTIATE_TEST_SUITE_P(Protocols, EndToEnd,
                         testing::Values(net::Protocol::kHttp1, net::Protocol::kHttp2));

TEST(Phones, AnswerByTheirRulesAndNotMoreOften) {
    Business business(0);
    Options options = quick_options();
    options.webhook_url = business.url();
    options.app_secret = "secret";
    Bench bench(options);
    bench.control("/sim/phones", R"({"phones":[{"number":"+919812345678","name":"सुनीता","rules":[
        {"when":{"template":"wanted","buttons":true},"reply":{"button":0},"after_ms":1},
        {"when":{"contains":"सही"},"reply":{"button":1},"after_ms":1},
        {"when":{"list":true},"reply":{"list":2},"after_ms":1},
        {"when":{"any":true},"reply":{"text":"20 किलो"},"after_ms":1}]}]})");
    const std::string two = R"({"type":"text","text":"दीदी"},{"type":"text","text":"आम"})";
    const auto wait_for = [&business](std::size_t count) {
        return business.wait_for([&] { return business.messages.size() >= count; });
    };
    ASSERT_EQ(bench.send(wanted(two))->status, 200);
    ASSERT_TRUE(wait_for(1));
    ASSERT_EQ(bench.send(wanted(two))->status, 200);  // its rule is used up: the last one fits
    ASSERT_TRUE(wait_for(2));
    ASSERT_EQ(bench
                  .send(message(R"("type":"interactive","interactive":{"type":"button",
        "body":{"text":"सही?"},"action":{"buttons":[)" +
                                button("y", "हाँ") + "," + button("n", "नहीं") + "]}}"))
                  ->status,
              200);
    ASSERT_TRUE(wait_for(3));
    ASSERT_EQ(bench.send(rows(3))->status, 200);
    ASSERT_TRUE(wait_for(4));
    const std::lock_guard lock(business.mutex);
    EXPECT_EQ(business.messages[0].at("button").at("payload").as_string(), "हाँ");
    EXPECT_TRUE(business.messages[0].at("context").as_object().contains("id"));
    EXPECT_EQ(business.messages[1].at("text").at("body").as_string(), "20 किलो");
    EXPECT_EQ(business.messages[2].at("interactive").at("button_reply").at("id").as_string(), "n");
    EXPECT_EQ(business.messages[3].at("interactive").at("list_reply").at("id").as_string(), "2");
    EXPECT_EQ(business.messages[3].at("from").as_string(), "919812345678");
    const json::object phone = bench.get("/sim/phones/+919812345678");
    EXPECT_EQ(phone.at("thread").as_array().size(), 8U);
    EXPECT_EQ(phone.at("thread").as_array()[0].at("text").as_string(), "दीदी, आम चाहिए");
}

}  // namespace
}  // namespace haat::sim
