#include "net/server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <thread>

#include "net/client.hpp"
#include "net/event_stream.hpp"
#include "net/worker_pool.hpp"
#include "raw_socket.hpp"

namespace haat::net {
namespace {

/// Answers with what it was asked, so a test sees what the handler saw.
void echo(Request request, Reply reply) {
    Response response;
    response.content_type = "text/plain";
    response.body = request.method + " " + request.path + " [" + request.body + "]";
    for (const auto& [name, value] : request.query) {
        response.body += " " + name + "=" + value;
    }
    if (const std::string_view probe = request.header("x-probe"); !probe.empty()) {
        response.body += " probe=" + std::string(probe);
    }
    reply(std::move(response));
}

std::string exchange(std::uint16_t port, std::string_view bytes) {
    RawSocket socket = RawSocket::connect(port);
    EXPECT_TRUE(socket.write(bytes));
    return socket.read_to_end();
}

int status_of(std::string_view answer) {
    return answer.starts_with("HTTP/1.1 ") ? std::stoi(std::string(answer.substr(9, 3))) : 0;
}

std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

struct Malformed {
    const char* name;
    std::string bytes;
    int status;
};

std::vector<Malformed> malformed_requests() {
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
    const std::string post = "POST / HTTP/1.1\r\nHost: x\r\n";
    std::string many = start;
    for (int i = 0; i < 101; ++i) many += "A: b\r\n";
    return {
        {"length and chunked", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc",
         400},
        {"two lengths", post + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc", 400},
        {"two equal lengths", post + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {"length list", post + "Content-Length: 3, 3\r\n\r\nabc", 400},
        {"signed length", post + "Content-Length: +3\r\n\r\nabc", 400},
        {"negative length", post + "Content-Length: -3\r\n\r\nabc", 400},
        {"hexadecimal length", post + "Content-Length: 0x3\r\n\r\nabc", 400},
        {"empty length", post + "Content-Length:\r\n\r\n", 400},
        {"unknown encoding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 400},
        {"disguised encoding", post + "Transfer-Encoding: xchunked\r\n\r\n", 400},
        {"encoding in 1.0",
         "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"bare LF in head", "GET / HTTP/1.1\nHost: x\n\n", 400},
        {"one bare LF", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400},
        {"bare CR", "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400},
        {"folded header", start + "A: b\r\n c\r\n\r\n", 400},
        {"space before colon", start + "A : b\r\n\r\n", 400},
        {"tab before colon", start + "A\t: b\r\n\r\n", 400},
        {"no colon", start + "A\r\n\r\n", 400},
        {"empty name", start + ": b\r\n\r\n", 400},
        {"control in value", start + "A: b\x01\r\n\r\n", 400},
        {"zero byte", start + std::string("A: b\0c\r\n\r\n", 10), 400},
        {"empty line first", "\r\n" + start + "\r\n", 400},
        {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
        {"two hosts", start + "Host: y\r\n\r\n", 400},
        {"two blanks", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"no target", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"absolute target", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"fragment", "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"raw UTF-8 target", "GET /\xE0\xA4\x86 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"wrong escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"cut escape", "GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"encoded slash", "GET /a%2Fb HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"encoded zero", "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"invalid UTF-8", "GET /%C3%28 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"dot segments", "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"encoded dot segments", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"wrong method", "G@T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"version 2 as text", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"no version", "GET /\r\nHost: x\r\n\r\n", 400},
        {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 12), 400},
        {"long target", "GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
        {"endless target", "GET /" + std::string(20000, 'a'), 414},
        {"large head", start + "A: " + std::string(17000, 'b') + "\r\n\r\n", 431},
        {"many headers", many + "\r\n", 431},
        {"large body", post + "Content-Length: 2000000\r\n\r\n", 413},
        {"large chunked body",
         post + "Transfer-Encoding: chunked\r\n\r\n200000\r\n" + std::string(1100000, 'x'), 413},
        {"wrong chunk size", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", 400},
        {"chunk longer than said", post + "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
         400},
        {"unknown expectation", post + "Expect: tea\r\nContent-Length: 1\r\n\r\na", 417},
    };
}

TEST(Server, RefusesMalformedRequestsAndCloses) {
    std::atomic<int> handled = 0;
    Server server({}, [&handled](Request request, Reply reply) {
        ++handled;
        echo(std::move(request), std::move(reply));
    });
    for (const Malformed& row : malformed_requests()) {
        SCOPED_TRACE(row.name);
        // A good request behind it must not be served: the connection is over.
        const std::string answer =
            exchange(server.port(), row.bytes + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
        EXPECT_EQ(status_of(answer), row.status);
        EXPECT_EQ(count_of(answer, "HTTP/1.1 "), 1U);
        EXPECT_FALSE(answer.contains("smuggled"));
        EXPECT_TRUE(answer.contains("Connection: close"));
    }
    EXPECT_EQ(handled, 0);
    EXPECT_EQ(server.counts().refused_requests, malformed_requests().size());
}

TEST(Server, ServesPipelinedRequestsInOrder) {
    Server server({}, echo);
    const std::string answer =
        exchange(server.port(),
                 "GET /one?a=1&b=%E0%A4%86+x HTTP/1.1\r\nHost: x\r\nX-Probe: p\r\n\r\n"
                 "POST /two HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
                 "POST /three HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "3\r\ndef\r\n2\r\ngh\r\n0\r\nX-Probe: trailer\r\n\r\n"
                 "GET /four HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                 "GET /five HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(count_of(answer, "HTTP/1.1 200 OK"), 4U);
    const std::size_t one = answer.find("GET /one [] a=1 b=आ x probe=p");
    const std::size_t two = answer.find("POST /two [abc]");
    const std::size_t three = answer.find("POST /three [defgh]");
    const std::size_t four = answer.find("GET /four []");
    ASSERT_NE(four, std::string::npos);
    EXPECT_TRUE(one < two && two < three && three < four);
    EXPECT_FALSE(answer.contains("trailer"));
    EXPECT_FALSE(answer.contains("/five"));
}

TEST(Server, HeadHasTheLengthAndNoBody) {
    Server server({}, echo);
    const std::string answer =
        exchange(server.port(), "HEAD /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_TRUE(answer.contains("Content-Length: 10\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST(Server, SaysContinueBeforeTheBody) {
    Server server({}, echo);
    RawSocket socket = RawSocket::connect(server.port());
    socket.write(
        "POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n"
        "Connection: close\r\n\r\n");
    EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    socket.write("hi");
    EXPECT_TRUE(socket.read_to_end().contains("POST /a [hi]"));
}

TEST(Server, LimitsFollowTheRoute) {
    ServerOptions options;
    options.limits = [](std::string_view, std::string_view path) {
        RouteLimits limits;
        limits.max_body_bytes = path == "/big" ? 100 : 10;
        return limits;
    };
    Server server(options, echo);
    const auto post = [&](std::string_view path) {
        return status_of(exchange(server.port(), "POST " + std::string(path) +
                                                     " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                                     "Content-Length: 50\r\n\r\n" +
                                                     std::string(50, 'x')));
    };
    EXPECT_EQ(post("/big"), 200);
    EXPECT_EQ(post("/small"), 413);
}

TEST(Server, AnswersALargeUploadThatItRefuses) {
    Server server({}, echo);
    RawSocket socket = RawSocket::connect(server.port());
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n");
    const std::string megabyte(1 << 20, 'x');
    for (int i = 0; i < 8; ++i) socket.write(megabyte);
    EXPECT_EQ(status_of(socket.read_to_end()), 413);
}

TEST(Server, ADroppedReplyAndAThrowingHandlerAnswer500) {
    Server server({}, [](Request request, Reply) {
        if (request.path == "/throw") throw std::runtime_error("broken");
    });
    for (const char* path : {"/drop", "/throw"}) {
        const std::string answer = exchange(server.port(), std::string("GET ") + path +
                                                               " HTTP/1.1\r\nHost: x\r\n"
                                                               "Connection: close\r\n\r\n");
        EXPECT_EQ(status_of(answer), 500) << path;
    }
}

TEST(Server, AHeaderThatWouldSplitTheAnswerIs500) {
    Server server({}, [](Request, Reply reply) {
        Response response;
        response.headers.push_back({"Location", "/a\r\nSet-Cookie: b=c"});
        reply(std::move(response));
    });
    const std::string answer =
        exchange(server.port(), "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(status_of(answer), 500);
    EXPECT_FALSE(answer.contains("Set-Cookie"));
}

TEST(Server, CutsASlowHeadASlowHandlerAndAnIdleConnection) {
    std::mutex mutex;
    std::vector<Reply> kept;
    ServerOptions options;
    options.header_seconds = 1;
    options.idle_seconds = 1;
    options.limits = [](std::string_view, std::string_view) {
        return RouteLimits{.deadline_seconds = 1};
    };
    Server server(options, [&](Request, Reply reply) {
        const std::lock_guard lock(mutex);
        kept.push_back(std::move(reply));
    });
    RawSocket slow = RawSocket::connect(server.port());
    RawSocket idle = RawSocket::connect(server.port());
    RawSocket waiting = RawSocket::connect(server.port());
    slow.write("GET / HTTP/1.1\r\nHo");
    waiting.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    EXPECT_EQ(slow.read_to_end(), "");
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(status_of(waiting.read_to_end()), 503);
    EXPECT_GE(server.counts().cut, 2U);
    const std::lock_guard lock(mutex);
    for (Reply& reply : kept) reply({});  // too late: nobody is hurt
}

TEST(Server, LimitsConnectionsPerAddress) {
    ServerOptions options;
    options.max_connections_per_ip = 2;
    options.exempt_loopback = false;
    Server server(options, echo);
    const std::string request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    RawSocket first = RawSocket::connect(server.port());
    RawSocket second = RawSocket::connect(server.port());
    first.write(request);
    second.write(request);
    EXPECT_EQ(status_of(first.read_until("]")), 200);
    EXPECT_EQ(status_of(second.read_until("]")), 200);
    RawSocket third = RawSocket::connect(server.port());
    EXPECT_EQ(third.read_to_end(), "");
    EXPECT_EQ(server.counts().refused_connections, 1U);
}

TEST(Server, EventsComeFromAnotherThreadAndTheEndIsNoticed) {
    const auto events = std::make_shared<EventStream>();
    std::latch closed(1);
    events->on_close([&closed] { closed.count_down(); });
    Server server({}, [events](Request, Reply reply) {
        Response response;
        response.stream = events;
        reply(std::move(response));
    });
    events->push("early", "0");
    RawSocket socket = RawSocket::connect(server.port());
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string head = socket.read_until("data: 0\n\n");
    EXPECT_TRUE(head.contains("Content-Type: text/event-stream"));
    std::jthread pusher([events] { events->push("moved", "a\nb", "7"); });
    EXPECT_EQ(socket.read_until("\n\n"), "id: 7\nevent: moved\ndata: a\ndata: b\n\n");
    socket.close();
    closed.wait();
    EXPECT_FALSE(events->push("moved", "x"));
}

TEST(Server, ASilentEventStreamHasAHeartbeat) {
    ServerOptions options;
    options.heartbeat_seconds = 1;
    const auto events = std::make_shared<EventStream>();
    Server server(options, [events](Request, Reply reply) {
        Response response;
        response.stream = events;
        reply(std::move(response));
    });
    RawSocket socket = RawSocket::connect(server.port());
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(socket.read_until("\r\n\r\n:\n\n").contains("\r\n\r\n:\n\n"));
}

TEST(Server, StopsGracefully) {
    WorkerPool pool(1, 10);
    std::latch arrived(1);
    std::latch may_answer(1);
    const auto events = std::make_shared<EventStream>();
    Server server({}, [&](Request request, Reply reply) {
        if (request.path == "/events") {
            Response response;
            response.stream = events;
            reply(std::move(response));
            return;
        }
        const bool is_taken = pool.submit([&, held = std::make_shared<Reply>(std::move(reply))] {
            arrived.count_down();
            may_answer.wait();
            (*held)({});
        });
        EXPECT_TRUE(is_taken);
    });
    RawSocket idle = RawSocket::connect(server.port());
    RawSocket listening = RawSocket::connect(server.port());
    listening.write("GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    listening.read_until("\r\n\r\n");
    RawSocket busy = RawSocket::connect(server.port());
    busy.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    arrived.wait();
    std::jthread stopper([&server] { server.stop(5000); });
    EXPECT_EQ(idle.read_to_end(), "");
    EXPECT_EQ(listening.read_to_end(), "");
    EXPECT_TRUE(events->is_closed());
    may_answer.count_down();
    const std::string answer = busy.read_to_end();
    EXPECT_EQ(status_of(answer), 200);
    EXPECT_TRUE(answer.contains("Connection: close"));
    stopper.join();
    EXPECT_FALSE(RawSocket::connect(server.port()).is_open());
}

TEST(Server, AReplyMayOutliveTheServer) {
    Reply kept;
    std::latch arrived(1);
    {
        Server server({}, [&](Request, Reply reply) {
            kept = std::move(reply);
            arrived.count_down();
        });
        RawSocket socket = RawSocket::connect(server.port());
        socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        arrived.wait();
    }
    kept({});
}

TEST(Server, APortInUseIsAFailure) {
    Server server({}, echo);
    ServerOptions options;
    options.port = server.port();
    EXPECT_THROW(Server(options, echo), Failure);
    options.host = "not an address";
    EXPECT_THROW(Server(options, echo), Failure);
}

TEST(WorkerPool, RefusesWhenFullAndSurvivesExceptions) {
    std::latch blocked(1);
    std::latch release(1);
    std::atomic<int> ran = 0;
    {
        WorkerPool pool(1, 2);
        ASSERT_TRUE(pool.submit([&] {
            blocked.count_down();
            release.wait();
            throw std::runtime_error("broken");
        }));
        blocked.wait();
        EXPECT_TRUE(pool.submit([&] { ++ran; }));
        EXPECT_TRUE(pool.submit([&] { ++ran; }));
        EXPECT_FALSE(pool.submit([&] { ++ran; }));
        release.count_down();
    }
    EXPECT_EQ(ran, 2);
}

}  // namespace
}  // namespace haat::net
