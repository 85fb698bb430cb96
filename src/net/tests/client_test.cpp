#include "net/client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include "net/server.hpp"
#include "raw_socket.hpp"

namespace haat::net {
namespace {

constexpr std::string_view kBody = "the only copy";

/// A server that follows a script for each connection and keeps all that it was sent.
class Scripted {
 public:
    using Script = std::function<void(RawSocket& socket, std::string& seen)>;
    explicit Scripted(Script script)
        : thread_([this, script = std::move(script)](const std::stop_token& stop) {
              while (!stop.stop_requested()) {
                  RawSocket socket = listener_.accept(50);
                  if (!socket.is_open()) continue;
                  ++connections;
                  script(socket, seen);
              }
          }) {}
    /// Everything that arrived, over all connections, once the server has ended.
    const std::string& finish() {
        thread_.request_stop();
        thread_.join();
        return seen;
    }
    [[nodiscard]] std::string url() const { return listener_.url(); }

    std::atomic<int> connections = 0;

 private:
    RawListener listener_;
    std::string seen;
    std::jthread thread_;
};

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

ClientOptions options_for(const std::string& url, Protocol protocol) {
    ClientOptions options;
    options.base_url = url;
    options.protocol = protocol;
    options.connections = 1;
    options.deadline_milliseconds = 400;
    return options;
}

void read_request(RawSocket& socket, std::string& seen) { seen += socket.read_until(kBody); }

struct Http1Case {
    const char* name;
    Scripted::Script script;
    Outcome outcome;
    int status;
};

std::vector<Http1Case> http1_cases() {
    const auto answers = [](std::string text) {
        return [text](RawSocket& socket, std::string& seen) {
            read_request(socket, seen);
            socket.write(text);
        };
    };
    return {
        {"whole answer", answers("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"),
         Outcome::kAnswered, 200},
        {"interim answer first",
         answers("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
         Outcome::kAnswered, 200},
        {"error answer", answers("HTTP/1.1 503 No\r\nContent-Length: 0\r\nRetry-After: 7\r\n\r\n"),
         Outcome::kAnswered, 503},
        {"answer until the end", answers("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhi"),
         Outcome::kAnswered, 200},
        {"closed after the request", [](RawSocket& s, std::string& seen) { read_request(s, seen); },
         Outcome::kUnknown, 0},
        {"reset after the request",
         [](RawSocket& s, std::string& seen) {
             read_request(s, seen);
             s.reset();
         },
         Outcome::kUnknown, 0},
        {"garbage", answers("what?\r\n\r\n"), Outcome::kUnknown, 0},
        {"cut head", answers("HTTP/1.1 200 OK\r\nContent-Le"), Outcome::kUnknown, 0},
        {"cut body", answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"), Outcome::kUnknown,
         0},
        {"too large an answer",
         answers("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + std::string(70000, 'x')),
         Outcome::kUnknown, 0},
        {"no answer",
         [](RawSocket& s, std::string& seen) {
             read_request(s, seen);
             seen += s.read_some(600);
         },
         Outcome::kUnknown, 0},
    };
}

TEST(ClientHttp1, NamesTheOutcomeAndSendsOnce) {
    for (const Http1Case& row : http1_cases()) {
        SCOPED_TRACE(row.name);
        Scripted server(row.script);
        Client client(options_for(server.url(), Protocol::kHttp1));
        const ClientResult result = client.post_blocking("/send", std::string(kBody));
        EXPECT_EQ(result.outcome, row.outcome) << result.reason;
        EXPECT_EQ(result.status, row.status);
        if (row.status == 503) {
            EXPECT_EQ(result.header("Retry-After"), "7");
        }
        client.stop();
        EXPECT_EQ(count_of(server.finish(), kBody), 1U);
    }
}

TEST(ClientHttp1, AReusedConnectionThatDiesIsNotTriedAgain) {
    // The case in which libcurl silently posts a second time.
    Scripted server([](RawSocket& socket, std::string& seen) {
        read_request(socket, seen);
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        read_request(socket, seen);
        socket.reset();
    });
    Client client(options_for(server.url(), Protocol::kHttp1));
    EXPECT_EQ(client.post_blocking("/a", std::string(kBody)).outcome, Outcome::kAnswered);
    EXPECT_EQ(client.post_blocking("/b", std::string(kBody)).outcome, Outcome::kUnknown);
    client.stop();
    EXPECT_EQ(count_of(server.finish(), kBody), 2U);
    EXPECT_EQ(server.connections, 1);
}

TEST(ClientHttp1, NothingListeningIsNotSent) {
    RawListener listener;
    const std::string url = listener.url();
    listener.close();
    for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
        Client client(options_for(url, protocol));
        const ClientResult result = client.post_blocking("/", std::string(kBody));
        EXPECT_EQ(result.outcome, Outcome::kNotSent);
        EXPECT_STREQ(result.reason, "connect");
    }
    ClientOptions unknown_host = options_for("http://no-such-host.invalid", Protocol::kHttp1);
    unknown_host.deadline_milliseconds = 20'000;
    Client client(unknown_host);
    EXPECT_EQ(client.post_blocking("/", "x").outcome, Outcome::kNotSent);
}

TEST(ClientHttp1, ARequestTheSocketDidNotTakeWholeIsNotSent) {
    Scripted server([](RawSocket& socket, std::string& seen) {
        seen += socket.read_some();
        socket.reset();
    });
    for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
        Client client(options_for(server.url(), protocol));
        const ClientResult result = client.post_blocking("/", std::string(64 << 20, 'x'));
        EXPECT_EQ(result.outcome, Outcome::kNotSent) << result.reason;
    }
}

TEST(Client, ThePermitIsAskedLastAndCanRefuse) {
    Scripted server([](RawSocket& socket, std::string& seen) { seen += socket.read_some(300); });
    Client client(options_for(server.url(), Protocol::kHttp1));
    ClientRequest request;
    request.path = "/";
    request.body = kBody;
    request.may_send = [] { return false; };
    const ClientResult result = client.send_blocking(std::move(request));
    EXPECT_EQ(result.outcome, Outcome::kNotSent);
    EXPECT_STREQ(result.reason, "permit");
    client.stop();
    EXPECT_EQ(server.finish(), "");
}

TEST(Client, WhatCannotBeWrittenIsRefused) {
    ClientOptions options = options_for("http://127.0.0.1:9", Protocol::kHttp1);
    Client client(options);
    for (const char* path : {"no-slash", "/a b", "/a\r\nX: y"}) {
        EXPECT_STREQ(client.post_blocking(path, "x").reason, "malformed") << path;
    }
    EXPECT_STREQ(client.post_blocking("/", "x", {{"A", "b\r\nC: d"}}).reason, "malformed");
    client.stop();
    EXPECT_STREQ(client.post_blocking("/", "x").reason, "stopped");
    EXPECT_THROW(Client(options_for("not a url", Protocol::kAuto)), Failure);
}

// HTTP/2 frames, by hand.
std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream,
                  std::string_view payload) {
    std::string out;
    const auto length = static_cast<std::uint32_t>(payload.size());
    for (const int shift : {16, 8, 0}) out += static_cast<char>(length >> shift & 255);
    out += static_cast<char>(type);
    out += static_cast<char>(flags);
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(stream >> shift & 255);
    out += payload;
    return out;
}
std::string number(std::uint32_t value) {
    std::string out;
    for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 255);
    return out;
}
const std::string kSettings = frame(4, 0, 0, "");
std::string goaway(std::uint32_t last) { return frame(7, 0, 0, number(last) + number(0)); }
std::string reset(std::uint32_t stream, std::uint32_t code) {
    return frame(3, 0, stream, number(code));
}
constexpr std::uint32_t kRefused = 7;
constexpr std::uint32_t kInternal = 2;
const std::string kHeaders200 = "\x88";  // the static table's ":status: 200"

TEST(ClientHttp2, NamesTheOutcomeAndSendsOnce) {
    struct Case {
        const char* name;
        std::string answer;
        Outcome outcome;
    };
    const Case cases[] = {
        {"whole answer", frame(1, 5, 1, kHeaders200), Outcome::kAnswered},
        {"answer with body", frame(1, 4, 1, kHeaders200) + frame(0, 1, 1, "hi"),
         Outcome::kAnswered},
        {"refused stream", reset(1, kRefused), Outcome::kNotSent},
        {"reset stream", reset(1, kInternal), Outcome::kUnknown},
        {"above the last id", goaway(0), Outcome::kNotSent},
        {"not above the last id, then closed", goaway(1), Outcome::kUnknown},
        {"headers, then closed", frame(1, 4, 1, kHeaders200), Outcome::kUnknown},
        {"headers, then refused", frame(1, 4, 1, kHeaders200) + reset(1, kRefused),
         Outcome::kUnknown},
        {"closed", "", Outcome::kUnknown},
        {"garbage", "HTTP/1.1 400 Bad Request\r\n\r\n", Outcome::kUnknown},
    };
    for (const Case& row : cases) {
        SCOPED_TRACE(row.name);
        Scripted server([&row](RawSocket& socket, std::string& seen) {
            socket.write(kSettings);
            read_request(socket, seen);
            socket.write(row.answer);
        });
        Client client(options_for(server.url(), Protocol::kHttp2));
        const ClientResult result = client.post_blocking("/send", std::string(kBody));
        EXPECT_EQ(result.outcome, row.outcome) << result.reason;
        client.stop();
        EXPECT_EQ(count_of(server.finish(), kBody), 1U);
    }
}

TEST(ClientHttp2, AStreamPastItsDeadlineIsResetAndTheConnectionLives) {
    std::atomic<bool> saw_reset = false;
    Scripted server([&](RawSocket& socket, std::string& seen) {
        socket.write(kSettings);
        read_request(socket, seen);
        // RST_STREAM of stream 1 with CANCEL (8); the next request may come in the same read.
        const std::string more = socket.read_until(reset(1, 8));
        saw_reset = more.contains(reset(1, 8));
        seen += more;
        if (!more.contains(kBody)) read_request(socket, seen);
        socket.write(frame(1, 5, 3, kHeaders200));
        seen += socket.read_some(300);
    });
    Client client(options_for(server.url(), Protocol::kHttp2));
    const ClientResult late = client.post_blocking("/a", std::string(kBody));
    EXPECT_EQ(late.outcome, Outcome::kUnknown);
    EXPECT_STREQ(late.reason, "deadline");
    EXPECT_EQ(client.post_blocking("/b", std::string(kBody)).outcome, Outcome::kAnswered);
    client.stop();
    EXPECT_EQ(count_of(server.finish(), kBody), 2U);
    EXPECT_TRUE(saw_reset);
    EXPECT_EQ(server.connections, 1);
}

TEST(ClientHttp2, HonoursThePeersStreamLimit) {
    // SETTINGS_MAX_CONCURRENT_STREAMS (3) = 1.
    const std::string one_stream = frame(4, 0, 0, std::string("\0\x03", 2) + number(1));
    std::string before_answer;
    Scripted server([&](RawSocket& socket, std::string& seen) {
        socket.write(one_stream);
        read_request(socket, seen);
        seen += socket.read_some(100);  // acknowledgements, but no second request
        seen += socket.read_some(100);
        before_answer = seen;
        socket.write(frame(1, 5, 1, kHeaders200));
        read_request(socket, seen);
        socket.write(frame(1, 5, 3, kHeaders200));
        seen += socket.read_some(300);
    });
    Client client(options_for(server.url(), Protocol::kHttp2));
    // The first request teaches the limit only once SETTINGS has come, so wait for that.
    std::latch done(2);
    std::atomic<int> answered = 0;
    const auto send = [&] {
        ClientRequest request;
        request.path = "/";
        request.body = kBody;
        request.deadline_milliseconds = 5000;
        client.send(std::move(request), [&](ClientResult result) {
            if (result.outcome == Outcome::kAnswered) ++answered;
            done.count_down();
        });
    };
    send();
    while (client.counts().in_flight == 0) std::this_thread::yield();
    send();
    done.wait();
    client.stop();
    server.finish();
    EXPECT_EQ(answered, 2);
    EXPECT_EQ(count_of(before_answer, kBody), 1U);
}

void count_and_echo(Request request, Reply reply) {
    Response response;
    response.headers.push_back({"X-Version", std::to_string(request.http_major)});
    response.body = request.body + request.path;
    reply(std::move(response));
}

TEST(ClientAndServer, ThousandsOfRequestsOverBothProtocols) {
    Server server({}, count_and_echo);
    for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
        ClientOptions options =
            options_for("http://127.0.0.1:" + std::to_string(server.port()), protocol);
        options.connections = 4;
        options.deadline_milliseconds = 60'000;
        Client client(options);
        constexpr int kRequests = 5000;
        std::latch done(kRequests);
        std::atomic<int> right = 0;
        std::atomic<int> written = 0;
        const char* version = protocol == Protocol::kHttp2 ? "2" : "1";
        for (int i = 0; i < kRequests; ++i) {
            ClientRequest request;
            request.path = "/" + std::to_string(i);
            request.body = std::string(static_cast<std::size_t>(i % 700), 'b');
            request.on_written = [&written] { ++written; };
            const std::string expected = request.body + request.path;
            client.send(std::move(request), [&, expected](ClientResult result) {
                if (result.status == 200 && result.body == expected &&
                    result.header("x-version") == version) {
                    ++right;
                }
                done.count_down();
            });
        }
        done.wait();
        EXPECT_EQ(right, kRequests);
        EXPECT_EQ(written, kRequests);
        EXPECT_LE(client.counts().connects, 4U);
    }
    EXPECT_EQ(server.counts().requests, 10000U);
}

/// What send_many() told of each tag, and when.
struct Told {
    std::mutex mutex;
    std::vector<int> written = std::vector<int>(3000), done = written;
    std::vector<std::string> wrong;
    std::latch all{3000};
};

BatchRules rules_of(Told& told) {
    BatchRules rules;
    rules.deadline_milliseconds = 20'000;
    rules.may_send = [](std::uint64_t tag) { return tag % 1000 != 7; };
    rules.on_written = [&told](std::uint64_t tag) {
        const std::lock_guard lock(told.mutex);
        if (told.done[tag] != 0) told.wrong.push_back("written after done");
        ++told.written[tag];
    };
    rules.done = [&told](std::span<BatchResult> results) {
        const std::lock_guard lock(told.mutex);
        for (const BatchResult& each : results) {
            ++told.done[each.tag];
            const bool is_malformed = each.tag % 1000 == 8;
            const bool is_refused = each.tag % 1000 == 7;
            const std::string expected = is_malformed ? "malformed"
                                         : is_refused ? "permit"
                                                      : std::to_string(each.tag);
            const ClientResult& result = each.result;
            const bool is_sent = !is_malformed && !is_refused;
            const std::string got = is_sent ? result.body : result.reason;
            if (got != expected || !result.headers.empty() ||
                result.outcome != (is_sent ? Outcome::kAnswered : Outcome::kNotSent) ||
                told.written[each.tag] != (is_sent ? 1 : 0)) {
                told.wrong.push_back(expected + ": " + got);
            }
        }
        told.all.count_down(static_cast<std::ptrdiff_t>(results.size()));
    };
    return rules;
}

TEST(ClientAndServer, ManyAtOnceAreEachToldOnceOverBothProtocols) {
    Server server({}, [](Request request, Reply reply) {
        Response response;
        response.status = request.header("x-kind") == "bulk" ? 200 : 500;
        response.body = std::move(request.body);
        reply(std::move(response));
    });
    const auto head = std::make_shared<const RequestHead>("POST", "/echo",
                                                          std::vector<Header>{{"X-Kind", "bulk"}});
    const auto wrong = std::make_shared<const RequestHead>("POST", "/a b", std::vector<Header>{});
    for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
        ClientOptions options =
            options_for("http://127.0.0.1:" + std::to_string(server.port()), protocol);
        options.connections = 3;
        Client client(options);
        Told told;
        for (std::uint64_t first = 0; first < 3000; first += 1000) {
            std::vector<BatchRequest> batch;
            for (std::uint64_t tag = first; tag < first + 1000; ++tag) {
                batch.push_back({tag % 1000 == 8 ? wrong : head, std::to_string(tag), tag});
            }
            client.send_many(std::move(batch), rules_of(told));
        }
        told.all.wait();
        client.stop();
        EXPECT_EQ(told.wrong, std::vector<std::string>());
        EXPECT_EQ(std::count(told.done.begin(), told.done.end(), 1), 3000);
        EXPECT_EQ(client.counts().answered, 2994U);
        EXPECT_EQ(client.counts().not_sent, 6U);
        EXPECT_EQ(client.counts().queued, 0U);
    }
}

TEST(Client, ManyThatFindNoRoomOrNoClientAreNotSent) {
    ClientOptions options = options_for("http://127.0.0.1:1", Protocol::kHttp1);
    options.queue_limit = 2;
    Client client(options);
    const auto head = std::make_shared<const RequestHead>("POST", "/x", std::vector<Header>{});
    for (const char* reason : {"queue full", "stopped"}) {
        if (std::string_view(reason) == "stopped") client.stop();
        std::latch told(3);
        BatchRules rules;
        rules.done = [&](std::span<BatchResult> results) {
            for (const BatchResult& each : results) {
                EXPECT_EQ(each.result.outcome, Outcome::kNotSent);
                EXPECT_STREQ(each.result.reason, reason);
            }
            told.count_down(static_cast<std::ptrdiff_t>(results.size()));
        };
        client.send_many({{head, "a", 1}, {head, "b", 2}, {head, "c", 3}}, std::move(rules));
        told.wait();
    }
}

TEST(ClientAndServer, LargeBodiesBothWays) {
    ServerOptions server_options;
    server_options.limits = [](std::string_view, std::string_view) {
        return RouteLimits{.max_body_bytes = 8 << 20};
    };
    Server server(server_options, count_and_echo);
    for (const Protocol protocol : {Protocol::kHttp1, Protocol::kHttp2}) {
        ClientOptions options =
            options_for("http://127.0.0.1:" + std::to_string(server.port()), protocol);
        options.deadline_milliseconds = 20'000;
        Client client(options);
        const std::string body(3 << 20, 'x');
        const ClientResult result = client.post_blocking("/", body);
        EXPECT_EQ(result.status, 200) << result.reason;
        EXPECT_EQ(result.body.size(), body.size() + 1);
        EXPECT_EQ(client.post_blocking("/", std::string(9 << 20, 'x')).status == 413 ||
                      client.counts().not_sent == 1,
                  true);
    }
}

TEST(ClientAndServer, LimitsHoldOverHttp2) {
    Server server({}, count_and_echo);
    Client client(
        options_for("http://127.0.0.1:" + std::to_string(server.port()), Protocol::kHttp2));
    EXPECT_EQ(client.get_blocking("/" + std::string(9000, 'a')).status, 414);
    EXPECT_EQ(client.get_blocking("/a/../b").status, 400);
    EXPECT_EQ(client.get_blocking("/", {{"a", std::string(20000, 'b')}}).status, 431);
    EXPECT_EQ(client.get_blocking("/fine").status, 200);
    EXPECT_EQ(client.counts().connects, 1U);
}

TEST(ClientAndServer, StoppingTheServerLosesNoAnswer) {
    std::latch arrived(1);
    std::mutex mutex;
    Reply kept;
    Server server({}, [&](Request, Reply reply) {
        {
            const std::lock_guard lock(mutex);
            kept = std::move(reply);
        }
        arrived.count_down();
    });
    Client client(
        options_for("http://127.0.0.1:" + std::to_string(server.port()), Protocol::kHttp2));
    std::latch done(1);
    Outcome outcome = Outcome::kUnknown;
    ClientRequest request;
    request.path = "/";
    request.deadline_milliseconds = 10'000;
    client.send(std::move(request), [&](ClientResult result) {
        outcome = result.outcome;
        done.count_down();
    });
    arrived.wait();
    std::jthread stopper([&server] { server.stop(5000); });
    {
        const std::lock_guard lock(mutex);
        kept({});
    }
    done.wait();
    EXPECT_EQ(outcome, Outcome::kAnswered);
}

}  // namespace
}  // namespace haat::net
