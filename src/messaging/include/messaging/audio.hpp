/// @file Audio versions of texts, for who would rather listen: a text becomes one Ogg/Opus file
/// that WhatsApp and Telegram take as a voice note. Made once: files are named by a hash of the
/// text, the voice and the engine. Source: docs/formats/voice.md, "Voice notes".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "messaging/channel.hpp"
#include "net/client.hpp"

namespace haat::messaging {

/// Turns text into sound. Safe from any thread.
class SpeechEngine {
 public:
    virtual ~SpeechEngine() = default;
    /// Part of the files' names: a new version or voice makes new files.
    [[nodiscard]] virtual std::string name() const = 0;
    /// Writes a WAV file. @param language  "hi", "en", …, as people have it.
    /// @return messaging.no_speech_engine, messaging.speech_failed.
    [[nodiscard]] virtual Result<void> speak(std::string_view text, std::string_view language,
                                             const std::string& wav_path) const = 0;
};

/// espeak-ng as a child process, without a shell, 20 s at most.
[[nodiscard]] std::unique_ptr<SpeechEngine> espeak_engine(int words_per_minute = 135);

struct AudioFile {
    std::string path;
    std::int64_t bytes = 0;
    int milliseconds = 0;  ///< How long it plays.
};

/// Beyond it a voice note is not fetched by itself and shows no play button.
inline constexpr std::int64_t kVoiceNoteBytesMax = 512 << 10;
inline constexpr std::string_view kVoiceNoteMimeType = "audio/ogg; codecs=opus";

class AudioStore {
 public:
    /// @param folder  Made if it is not there; may be emptied at any time.
    AudioStore(std::string folder, std::unique_ptr<SpeechEngine> engine);

    /// The file of a text: made if it is not there, in about 0.2 s for 10 s of speech. Mono, 16
    /// kHz, 16 kbit/s. Blocks; safe from any thread and process: a file is there whole or not at
    /// all.
    /// @param text      1..4,096 code points; numbers may be digits: they are spoken as words.
    /// @return messaging.no_text, messaging.text_too_long, messaging.no_speech_engine,
    ///         messaging.speech_failed, messaging.audio_too_long.
    [[nodiscard]] Result<AudioFile> speak(std::string_view text, std::string_view language) const;

 private:
    std::string folder_;
    std::unique_ptr<SpeechEngine> engine_;
};

/// The text as it is said: "₹24" is "चौबीस रुपये", "40.5" "साढ़े चालीस"; ten digits and more, and
/// numbers that start with 0, digit by digit. Emoji and markup marks are left out. O(n).
[[nodiscard]] std::string spoken_text(std::string_view text, std::string_view language);

/// How long an Ogg/Opus file plays; none unless it is one, with one channel.
[[nodiscard]] std::optional<int> voice_note_milliseconds(std::string_view bytes);

namespace whatsapp {

/// POST /{phone-number-id}/media, multipart. The id in the answer lives 30 days.
[[nodiscard]] net::ClientRequest upload_voice_request(std::string_view phone_number_id,
                                                      std::string_view access_token,
                                                      std::string_view ogg);
/// The media id of an answer; on a refusal the outcome says what to do, as for a send.
struct Upload {
    std::string media_id;  ///< Empty: look at `outcome`.
    SendOutcome outcome;
};
[[nodiscard]] Upload upload_of(const net::ClientResult& result);
/// A voice note; allowed while her 24-hour window is open.
[[nodiscard]] std::string send_voice_json(std::string_view to, std::string_view callback_data,
                                          std::string_view media_id);

}  // namespace whatsapp
}  // namespace haat::messaging
