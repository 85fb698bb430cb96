#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "net/certificate.hpp"
#include "net/client.hpp"
#include "net/server.hpp"

namespace haat::net {
namespace {

class Tls : public testing::Test {
 protected:
    void SetUp() override {
        std::string name = (std::filesystem::temp_directory_path() / "haat-tls-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        files_ = write_self_signed_certificate(folder_);
        ServerOptions options;
        options.certificate_file = files_.certificate_file;
        options.key_file = files_.key_file;
        server_ = std::make_unique<Server>(options, [](Request request, Reply reply) {
            Response response;
            response.body = std::to_string(request.http_major) + (request.is_secure ? "s" : "");
            reply(std::move(response));
        });
    }
    void TearDown() override {
        server_.reset();
        std::filesystem::remove_all(folder_);
    }
    [[nodiscard]] ClientOptions options(const char* host, Protocol protocol) const {
        ClientOptions options;
        options.base_url =
            std::string("https://") + host + ":" + std::to_string(server_->port()) + "/base/";
        options.protocol = protocol;
        options.ca_file = files_.certificate_file;
        return options;
    }

    std::string folder_;
    CertificateFiles files_;
    std::unique_ptr<Server> server_;
};

TEST_F(Tls, AgreesOnTheVersion) {
    for (const char* host : {"localhost", "127.0.0.1"}) {
        Client best(options(host, Protocol::kAuto));
        EXPECT_EQ(best.post_blocking("/", "x").body, "2s");
        Client old(options(host, Protocol::kHttp1));
        EXPECT_EQ(old.post_blocking("/", "x").body, "1s");
        EXPECT_EQ(old.post_blocking("/", "y").body, "1s");
        EXPECT_EQ(old.counts().connects, 1U);
    }
}

TEST_F(Tls, AnUnusedConnectionStaysUsable) {
    // TLS 1.3 sends session tickets after the handshake: not a reason to close.
    Client old(options("localhost", Protocol::kHttp1));
    EXPECT_EQ(old.post_blocking("/", "x").body, "1s");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));  // several sweeps pass
    EXPECT_EQ(old.post_blocking("/", "y").body, "1s");
    EXPECT_EQ(old.counts().connects, 1U);
}

TEST_F(Tls, AnUnknownAuthorityOrAnotherNameIsNotSent) {
    ClientOptions unknown = options("localhost", Protocol::kAuto);
    unknown.ca_file.clear();
    Client client(unknown);
    const ClientResult result = client.post_blocking("/", "x");
    EXPECT_EQ(result.outcome, Outcome::kNotSent);
    EXPECT_STREQ(result.reason, "connect");
    unknown.verify_peer = false;
    Client trusting(unknown);
    EXPECT_EQ(trusting.post_blocking("/", "x").body, "2s");
    Client other_name(options("127.0.0.2", Protocol::kAuto));
    EXPECT_EQ(other_name.post_blocking("/", "x").outcome, Outcome::kNotSent);
}

TEST_F(Tls, APlainClientIsNotAnswered) {
    ClientOptions plain;
    plain.base_url = "http://127.0.0.1:" + std::to_string(server_->port());
    plain.deadline_milliseconds = 2000;
    Client client(plain);
    EXPECT_EQ(client.post_blocking("/", "x").outcome, Outcome::kUnknown);
}

TEST(TlsFiles, MissingOnesAreAFailure) {
    ServerOptions options;
    options.certificate_file = "/nonexistent/a.pem";
    options.key_file = "/nonexistent/b.pem";
    EXPECT_THROW(Server(options, [](Request, Reply) {}), Failure);
    EXPECT_THROW(static_cast<void>(write_self_signed_certificate("/nonexistent")), Failure);
}

}  // namespace
}  // namespace haat::net
