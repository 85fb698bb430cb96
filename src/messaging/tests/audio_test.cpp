#include "messaging/audio.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "child_process.hpp"

namespace haat::messaging {
namespace {

namespace fs = std::filesystem;

class AudioTest : public testing::Test {
 protected:
    AudioTest() {
        std::string pattern = (fs::temp_directory_path() / "haat_audio_XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~AudioTest() override { fs::remove_all(folder_); }

    static std::string bytes_of(const std::string& path) {
        std::ifstream file(path, std::ios::binary);
        std::ostringstream bytes;
        bytes << file.rdbuf();
        return bytes.str();
    }
    std::size_t files() const {
        std::size_t count = 0;
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            count += entry.is_regular_file() ? 1 : 0;
        }
        return count;
    }

    std::string folder_;
};

TEST_F(AudioTest, MakesAVoiceNoteOnce) {
    const AudioStore store(folder_, espeak_engine());
    const std::string text = "नमस्ते दीदी, टमाटर का भाव आज ₹24 किलो है। 40 किलो चाहिए।";
    const Result<AudioFile> file = store.speak(text, "hi");
    ASSERT_TRUE(file.has_value()) << file.error().code;
    const std::string bytes = bytes_of(file->path);
    EXPECT_EQ(static_cast<std::int64_t>(bytes.size()), file->bytes);
    EXPECT_EQ(bytes.substr(0, 4), "OggS");
    EXPECT_EQ(bytes.substr(28, 8), "OpusHead");
    EXPECT_EQ(bytes[37], 1);
    EXPECT_GT(file->milliseconds, 2000);
    EXPECT_LT(file->milliseconds, 20'000);
    // A decoder that is not ours finds nothing wrong with it.
    const ChildResult probed = run_program(
        {"ffmpeg", "-nostdin", "-v", "error", "-i", file->path, "-f", "null", "-"}, 20'000);
    EXPECT_EQ(probed.exit_code, 0) << probed.said;
    EXPECT_EQ(files(), 1U);

    const fs::file_time_type made = fs::last_write_time(file->path);
    const Result<AudioFile> again = store.speak(text, "hi");
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->path, file->path);
    EXPECT_EQ(again->milliseconds, file->milliseconds);
    EXPECT_EQ(fs::last_write_time(again->path), made);
    EXPECT_NE(store.speak("-- " + text, "hi")->path, file->path);
}

TEST_F(AudioTest, MendsABrokenFileAndSharesBetweenThreads) {
    const AudioStore store(folder_, espeak_engine());
    const std::string path = store.speak("एक", "hi")->path;
    std::ofstream(path, std::ios::trunc) << "OggS";
    EXPECT_TRUE(store.speak("एक", "hi").has_value());
    EXPECT_TRUE(voice_note_milliseconds(bytes_of(path)).has_value());
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] { EXPECT_TRUE(store.speak("दो", "hi").has_value()); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(files(), 2U);
}

TEST_F(AudioTest, RefusesWhatCannotBeSpoken) {
    const AudioStore store(folder_, espeak_engine());
    EXPECT_EQ(store.speak(" ", "hi").error().code, "messaging.no_text");
    EXPECT_EQ(store.speak(std::string(5000, 'a'), "hi").error().code, "messaging.text_too_long");
    // Digits are said one by one: half an hour of them, or six minutes.
    EXPECT_EQ(store.speak(std::string(4096, '0'), "en").error().code, "messaging.audio_too_long");
    EXPECT_EQ(store.speak(std::string(1000, '0'), "en").error().code, "messaging.audio_too_long");

    class Absent final : public SpeechEngine {
        std::string name() const override { return "absent"; }
        Result<void> speak(std::string_view, std::string_view, const std::string&) const override {
            return refuse(ErrorKind::kUnavailable, "messaging.no_speech_engine");
        }
    };
    const AudioStore without(folder_, std::make_unique<Absent>());
    EXPECT_EQ(without.speak("एक", "hi").error().code, "messaging.no_speech_engine");
    EXPECT_EQ(files(), 0U);
}

TEST(ChildProcess, IsKilledWhenItIsTooSlowAndToldApart) {
    using End = ChildResult::End;
    EXPECT_EQ(run_program({"/does/not/exist"}, 1000).end, End::kNotStarted);
    EXPECT_EQ(run_program({"sleep", "60"}, 50).end, End::kKilled);
    const ChildResult failed = run_program({"ls", "/does/not/exist"}, 10'000);
    EXPECT_EQ(failed.end, End::kExited);
    EXPECT_NE(failed.exit_code, 0);
    EXPECT_NE(failed.said, "");
}

TEST(SpokenText, SaysNumbersAsPeopleDo) {
    struct Case {
        const char* language;
        const char* text;
        const char* said;
    };
    for (const Case& each : {
             Case{"hi", "भाव ₹24 किलो", "भाव चौबीस रुपये किलो"},
             Case{"hi", "रु. 100 और Rs 5", "एक सौ रुपये और पाँच रुपये"},
             Case{"hi", "1,24,000 लोग", "एक लाख चौबीस हज़ार लोग"},
             Case{"hi", "2.5 किलो, २० बोरी", "ढाई किलो, बीस बोरी"},
             Case{"hi", "20% छूट", "बीस प्रतिशत छूट"},
             Case{"hi", "007", "शून्य शून्य सात"},
             Case{"hi", "20 किलो.", "बीस किलो."},
             Case{"hi", "*ताज़ा* 🍅 20.", "ताज़ा  बीस."},
             Case{"en", "₹24/kg", "twenty-four rupees kg"},
             Case{"hi", "रुकिए", "रुकिए"},
             Case{"hi", "", ""},
         }) {
        EXPECT_EQ(spoken_text(each.text, each.language), each.said);
    }
    EXPECT_EQ(spoken_text("9812345678", "en"),
              "nine eight one two three four five six seven eight");
}

TEST(VoiceNote, IsToldFromOtherFiles) {
    EXPECT_FALSE(voice_note_milliseconds("").has_value());
    EXPECT_FALSE(voice_note_milliseconds(std::string(100, 'x')).has_value());
    EXPECT_FALSE(voice_note_milliseconds("OggS" + std::string(100, '\0')).has_value());
}

TEST(WhatsappVoice, IsUploadedAndSentByItsId) {
    const net::ClientRequest upload = whatsapp::upload_voice_request("1001", "T", "OggS");
    EXPECT_EQ(upload.path, "/1001/media");
    EXPECT_EQ(upload.headers.at(0).value, "Bearer T");
    EXPECT_TRUE(upload.content_type.starts_with("multipart/form-data; boundary=haat-"));
    EXPECT_NE(upload.body.find("name=\"messaging_product\"\r\n\r\nwhatsapp\r\n"),
              std::string::npos);
    EXPECT_EQ(whatsapp::send_voice_json("+91981", "1.2.1.ab", "77"),
              R"({"messaging_product":"whatsapp","recipient_type":"individual","to":"+91981",)"
              R"("biz_opaque_callback_data":"1.2.1.ab","type":"audio",)"
              R"("audio":{"id":"77","voice":true}})");
    const auto answered = [](int status, std::string body) {
        return whatsapp::upload_of(
            {.outcome = net::Outcome::kAnswered, .status = status, .body = std::move(body)});
    };
    EXPECT_EQ(answered(200, R"({"id":"9"})").media_id, "9");
    EXPECT_EQ(answered(200, "x").outcome.state, SlotState::kUnknown);
    EXPECT_EQ(answered(400, R"({"error":{"code":131053}})").outcome.state, SlotState::kRejected);
}

}  // namespace
}  // namespace haat::messaging
