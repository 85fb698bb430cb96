#include "messaging/audio.hpp"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.hpp"
#include "base/text.hpp"
#include "child_process.hpp"
#include "net/hmac.hpp"

namespace haat::messaging {
namespace {

namespace fs = std::filesystem;

constexpr int kDeadlineMilliseconds = 20'000;
constexpr std::size_t kTextMax = 4096;
/// Once numbers are words. Nobody says so much in five minutes.
constexpr std::size_t kSaidMax = 2 * kTextMax;
/// More speech than this does not fit in a voice note at 16 kbit/s.
constexpr std::int64_t kSpeechSecondsMax = 300;

/// Taken away when it goes out of scope, whatever happened.
class Scratch {
 public:
    explicit Scratch(std::string path) : path_(std::move(path)) {}
    ~Scratch() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    [[nodiscard]] const std::string& path() const { return path_; }

 private:
    std::string path_;
};

Result<void> run_or_refuse(const std::vector<std::string>& words) {
    const ChildResult result = run_program(words, kDeadlineMilliseconds);
    if (result.end == ChildResult::End::kNotStarted) {
        return refuse(ErrorKind::kUnavailable, "messaging.no_speech_engine",
                      {{"program", words.front()}});
    }
    if (result.end == ChildResult::End::kKilled || result.exit_code != 0) {
        // What it said may quote the text, so only its length is told.
        log_error("audio.failed", {{"program", words.front()},
                                   {"exit_code", result.exit_code},
                                   {"said_bytes", result.said.size()}});
        return refuse(ErrorKind::kUnavailable, "messaging.speech_failed");
    }
    return {};
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return bytes.str();
}

/// How long a WAV file plays, by its size: its head says how many bytes a second takes.
std::int64_t wav_seconds(const std::string& path) {
    constexpr std::streamoff kByteRate = 28;
    std::ifstream file(path, std::ios::binary);
    std::array<unsigned char, 4> rate{};
    file.seekg(kByteRate);
    file.read(reinterpret_cast<char*>(rate.data()), rate.size());
    const std::int64_t bytes_a_second =
        rate[0] | rate[1] << 8 | rate[2] << 16 | std::int64_t{rate[3]} << 24;
    return file && bytes_a_second > 0
               ? static_cast<std::int64_t>(fs::file_size(path)) / bytes_a_second
               : 0;
}

class Espeak final : public SpeechEngine {
 public:
    explicit Espeak(int words_per_minute) : words_per_minute_(words_per_minute) {}

    [[nodiscard]] std::string name() const override {
        return "espeak-ng/" + std::to_string(words_per_minute_);
    }
    [[nodiscard]] Result<void> speak(std::string_view text, std::string_view language,
                                     const std::string& wav_path) const override {
        const Scratch words(wav_path + ".txt");  // a text may start with '-'
        std::ofstream(words.path(), std::ios::binary) << text;
        return run_or_refuse({"espeak-ng", "-v", voice_of(language), "-s",
                              std::to_string(words_per_minute_), "-b", "1", "-f", words.path(),
                              "-w", wav_path});
    }

 private:
    /// Languages of Bihar without a voice of their own are read by the Hindi one.
    static std::string voice_of(std::string_view language) {
        for (const std::string_view known : {"en", "ur", "bn", "ne", "mr"}) {
            if (language == known) {
                return language == "en" ? "en-us" : std::string(known);
            }
        }
        return "hi";
    }
    int words_per_minute_;
};

}  // namespace

std::unique_ptr<SpeechEngine> espeak_engine(int words_per_minute) {
    return std::make_unique<Espeak>(words_per_minute);
}

std::optional<int> voice_note_milliseconds(std::string_view bytes) {
    constexpr std::size_t kHead = 28;
    constexpr std::size_t kChannels = 37;
    constexpr std::size_t kGranule = 6;
    if (bytes.size() <= kChannels + 10 || !bytes.starts_with("OggS") ||
        bytes.substr(kHead, 8) != "OpusHead" || bytes[kChannels] != 1) {
        return std::nullopt;
    }
    // The last page's position counts samples of 48 kHz from the start, pre-skip included.
    const std::size_t last = bytes.rfind("OggS");
    if (last + kGranule + 8 > bytes.size()) {
        return std::nullopt;
    }
    const auto number_at = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = size; i > 0; --i) {
            value = value << 8 | static_cast<unsigned char>(bytes[at + i - 1]);
        }
        return value;
    };
    const std::uint64_t samples = number_at(last + kGranule, 8);
    const std::uint64_t skipped = number_at(kChannels + 1, 2);
    constexpr std::uint64_t kSamplesPerMillisecond = 48;
    constexpr std::uint64_t kLongest = 48'000ULL * 3600;
    if (samples < skipped || samples > kLongest) {
        return std::nullopt;
    }
    return static_cast<int>((samples - skipped) / kSamplesPerMillisecond);
}

AudioStore::AudioStore(std::string folder, std::unique_ptr<SpeechEngine> engine)
    : folder_(std::move(folder)), engine_(std::move(engine)) {}

Result<AudioFile> AudioStore::speak(std::string_view text, std::string_view language) const {
    if (!is_utf8(text) || trim(text).empty()) {
        return refuse(ErrorKind::kInvalid, "messaging.no_text");
    }
    if (count_code_points(text) > kTextMax) {
        return refuse(ErrorKind::kInvalid, "messaging.text_too_long",
                      {{"most", std::to_string(kTextMax)}});
    }
    const std::string said = spoken_text(text, language);
    if (count_code_points(said) > kSaidMax) {
        return refuse(ErrorKind::kInvalid, "messaging.audio_too_long");
    }
    const std::string key = engine_->name() + "\n" + std::string(language) + "\n" + said;
    const std::string hash = net::hex(net::sha256(key));
    const std::string path = folder_ + "/" + hash.substr(0, 2) + "/" + hash + ".ogg";
    if (const auto known = voice_note_milliseconds(read_file(path))) {
        return AudioFile{path, static_cast<std::int64_t>(fs::file_size(path)), *known};
    }
    fs::create_directories(fs::path(path).parent_path());
    const std::string part = path + "." + to_hex(net::random_bytes(6));
    const Scratch wav(part + ".wav");
    const Scratch ogg(part + ".part");
    HAAT_TRY(engine_->speak(said, language, wav.path()));
    // Compressing what is then thrown away takes seconds, and somebody waits.
    if (wav_seconds(wav.path()) > kSpeechSecondsMax) {
        return refuse(ErrorKind::kInvalid, "messaging.audio_too_long");
    }
    HAAT_TRY(run_or_refuse({"ffmpeg",   "-nostdin", "-v",  "error",        "-y",    "-i",
                            wav.path(), "-ac",      "1",   "-ar",          "16000", "-c:a",
                            "libopus",  "-b:a",     "16k", "-application", "voip",  "-map_metadata",
                            "-1",       "-f",       "ogg", ogg.path()}));
    const std::string bytes = read_file(ogg.path());
    const std::optional<int> milliseconds = voice_note_milliseconds(bytes);
    if (!milliseconds) {
        return refuse(ErrorKind::kUnavailable, "messaging.speech_failed");
    }
    if (static_cast<std::int64_t>(bytes.size()) > kVoiceNoteBytesMax) {
        return refuse(ErrorKind::kInvalid, "messaging.audio_too_long");
    }
    fs::rename(ogg.path(), path);
    return AudioFile{path, static_cast<std::int64_t>(bytes.size()), *milliseconds};
}

}  // namespace haat::messaging
