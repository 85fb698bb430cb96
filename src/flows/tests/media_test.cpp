/// Voice notes fetched from a provider that answers over HTTP, kept on disk, shown to who may see
/// her.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <mutex>

#include "flows/fetch_media.hpp"
#include "flows/sync_provider.hpp"
#include "messaging/inbox.hpp"
#include "net/server.hpp"
#include "plan_fixture.hpp"
#include "registry/people.hpp"

namespace haat::flows {
namespace {

const std::string kVoice = std::string("OggS\0\2", 6) + std::string(22, 'x') + "OpusHead" + "voice";

/// Tells where a file is and gives it to who bears the token, as the Graph API does.
class MediaProvider {
 public:
    MediaProvider()
        : server_({}, [this](net::Request request, net::Reply reply) { reply(answer(request)); }) {}

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(server_.port());
    }
    void put(const std::string& id, std::string bytes) {
        const std::lock_guard lock(mutex_);
        files_[id] = std::move(bytes);
    }
    void fail(bool fails) {
        const std::lock_guard lock(mutex_);
        fails_ = fails;
    }

 private:
    net::Response answer(const net::Request& request) {
        const std::lock_guard lock(mutex_);
        net::Response response;
        const bool is_file = request.path.ends_with("/content");
        const std::string id = request.path.substr(1, request.path.size() - 1 - (is_file ? 8 : 0));
        const auto found = files_.find(id);
        if (fails_) {
            response.status = 500;
        } else if (request.header("authorization") != "Bearer token of tests") {
            response.status = 401;
        } else if (found == files_.end()) {
            response.status = 404;
        } else if (is_file) {
            response.body = found->second;
        } else {
            response.body = R"({"url":")" + url() + "/" + id + R"(/content","id":")" + id + "\"}";
        }
        return response;
    }

    std::mutex mutex_;
    std::map<std::string, std::string> files_;
    bool fails_ = false;
    net::Server server_;  // last: its thread uses what stands above
};

class MediaTest : public PlanTest {
 protected:
    void SetUp() override {
        PlanTest::SetUp();
        net::ClientOptions options;
        options.base_url = provider_.url();
        client_.emplace(std::move(options));
        account_.emplace(ProviderAccount{
            .client = *client_, .account_id = "1", .access_token = "token of tests"});
        here().provider = &*account_;
        directory_ =
            std::filesystem::temp_directory_path() / ("haat-media-" + std::to_string(::getpid()) +
                                                      "-" + std::to_string(database().new_id()));
        elsewhere_ = add_officer("patna", Role::kDistrictOfficer, kCity);
    }
    void TearDown() override {
        std::filesystem::remove_all(directory_);
        PlanTest::TearDown();
    }

    /// She sends a file that the provider calls so.
    InboundId she_sends(const std::string& media_id, const std::string& kind = "audio") {
        return write([&](storage::Transaction& tx) {
            messaging::Message message{.message_id = "wamid." + media_id,
                                       .from = "+919812300001",
                                       .kind = kind,
                                       .raw = R"({"type":")" + kind + R"(",")" + kind +
                                              R"(":{"id":")" + media_id + R"("}})",
                                       .at = clock().now()};
            const messaging::Received received{registry::Channel::kWhatsapp, message, ""};
            const auto stored =
                messaging::store_messages(tx, std::span(&received, 1), clock().now());
            messaging::want_media(tx, stored.front().inbound_id, clock().now());
            return stored.front().inbound_id;
        });
    }
    messaging::MediaState state(InboundId inbound_id) {
        return read(
            [&](storage::Transaction& tx) { return messaging::find_media(tx, inbound_id)->state; });
    }

    MediaProvider provider_;
    std::optional<net::Client> client_;
    std::optional<ProviderAccount> account_;
    std::string directory_;
    Viewer elsewhere_;
};

HAAT_BOTH_ENGINES(MediaTest);

TEST_P(MediaTest, AVoiceNoteIsFetchedOnceAndHeardByWhoAnswersHer) {
    provider_.put("11", kVoice);
    const InboundId id = she_sends("11");
    EXPECT_EQ(read_media(context(), block_officer(), id, directory_).error().code,
              "flows.no_media");
    EXPECT_EQ(fetch_media(here(), directory_, 10), 1);
    EXPECT_EQ(fetch_media(here(), directory_, 10), 0);
    EXPECT_EQ(state(id), messaging::MediaState::kKept);
    const auto file = read_media(context(), block_officer(), id, directory_);
    ASSERT_TRUE(file) << file.error().code;
    EXPECT_EQ(file->kind, messaging::MediaKind::kAudio);
    EXPECT_EQ(file->bytes, kVoice);
    EXPECT_EQ(read_media(context(), elsewhere_, id, directory_).error().code, "flows.no_media");
    EXPECT_EQ(read_media(context(), viewer(Role::kBuyer), id, directory_).error().code,
              "flows.not_allowed");
}

TEST_P(MediaTest, WhatIsNeitherVoiceNorPictureIsNotKept) {
    provider_.put("21", "<html>");
    provider_.put("22", "\xFF\xD8\xFF picture");
    const InboundId page = she_sends("21");
    const InboundId picture = she_sends("22", "image");
    const InboundId none = she_sends("23");
    const InboundId odd = she_sends("../24");
    EXPECT_EQ(fetch_media(here(), directory_, 10), 4);
    EXPECT_EQ(state(page), messaging::MediaState::kRefused);
    EXPECT_EQ(state(picture), messaging::MediaState::kKept);
    EXPECT_EQ(state(none), messaging::MediaState::kGone);
    EXPECT_EQ(state(odd), messaging::MediaState::kGone);
}

TEST_P(MediaTest, ASilentProviderIsAskedAgainLater) {
    provider_.put("31", kVoice);
    provider_.fail(true);
    const InboundId id = she_sends("31");
    EXPECT_EQ(fetch_media(here(), directory_, 10), 1);
    EXPECT_EQ(state(id), messaging::MediaState::kWaiting);
    EXPECT_EQ(fetch_media(here(), directory_, 10), 0);
    provider_.fail(false);
    clock().advance_seconds(10);
    EXPECT_EQ(fetch_media(here(), directory_, 10), 1);
    EXPECT_EQ(state(id), messaging::MediaState::kKept);
}

}  // namespace
}  // namespace haat::flows
