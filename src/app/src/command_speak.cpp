#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/json_writer.hpp"
#include "commands.hpp"
#include "exit_codes.hpp"
#include "messaging/audio.hpp"
#include "output.hpp"

namespace haat::app {
namespace {

namespace fs = std::filesystem;

constexpr std::array kOptions{
    Option{"--text", "TEXT", "What is said; numbers may be digits."},
    Option{"--language", "CODE", "hi if not given; en, ur, bn, ne, mr."},
    Option{"--out", "FILE", "Where the voice note goes (Ogg/Opus)."},
};

/// Made in a folder of its own, which goes again.
Result<messaging::AudioFile> make(const Arguments& arguments, const fs::path& folder) {
    const std::string language =
        arguments.has("--language") ? arguments.value("--language") : std::string("hi");
    const messaging::AudioStore store(folder.string(), messaging::espeak_engine());
    messaging::AudioFile file = HAAT_TRY(store.speak(arguments.value("--text"), language));
    std::error_code error;
    fs::copy_file(file.path, arguments.value("--out"), fs::copy_options::overwrite_existing, error);
    if (error) {
        return refuse(ErrorKind::kInvalid, "app.cannot_write",
                      {{"file", arguments.value("--out")}});
    }
    return file;
}

Result<int> run(const Arguments& arguments) {
    if (arguments.value("--out").empty()) {
        return refuse(ErrorKind::kInvalid, "app.cannot_write", {{"file", "--out"}});
    }
    const fs::path folder =
        fs::temp_directory_path() / ("haat_speak_" + std::to_string(::getpid()));
    const Result<messaging::AudioFile> made = make(arguments, folder);
    std::error_code ignored;
    fs::remove_all(folder, ignored);
    const messaging::AudioFile file = HAAT_TRY(Result<messaging::AudioFile>(made));
    JsonWriter json;
    json.begin_object().field("bytes", file.bytes).field("milliseconds", file.milliseconds);
    json.end_object();
    print_line(json.text());
    return kExitOk;
}

}  // namespace

constinit const Command kSpeak{
    "speak", "A text as a voice note, as broadcasts send it.", {}, kOptions, run};

}  // namespace haat::app
