/// @file How long understanding one message takes: messages of many kinds in a row, then one of
/// 10,000 characters. Each figure is of one message, the best of three passes for each, so that
/// other work on the machine does not count.
#include <ctime>
#include <limits>

#include "base/clock.hpp"
#include "bench.hpp"
#include "benches.hpp"
#include "exit_codes.hpp"
#include "language/understanding.hpp"
#include "shipped.hpp"

namespace haat::app {
namespace {

constexpr Date kToday{2026, 11, 25};
constexpr int kPasses = 5;

constexpr std::string_view kMessages[] = {
    "नमस्ते दीदी, मेरे पास 20 किलो मखाना है, 450 रुपये किलो",
    "mashroom 8kg @150",
    "lahthi 40 jodi, 150 jodi",
    "मटर छीमी 2 मन 1400 रु मन, गोभी 100 पीस 15 रु पीस, टमाटर डेढ़ क्विंटल 1800 रु क्विंटल",
    "order HT-204 accept hai, 40 bottle achar shanivar tak pahucha denge",
    "हमरा लगे दस किलो ठेकुआ बा, अढ़ाई सौ रुपइया किलो, छठ ले ले जाईं",
    "पाँच मन मखान अछि हमरा लग, अठारह हजार टका मन, मधुबनी",
    "चूड़ा एक क्विंटल तइयार हे 48 रुपइया किलो लेवे के हइ त बताव",
    "15 दिन पहले 30 लीटर सरसों तेल दिया था, अभी तक पैसा नहीं आया",
    "What is the wheat price in Patna today?",
    "mujhe 3 quintal kenchua khad lena hai kahan milega",
    "मैसेज बंद कर दीजिए",
    "ok",
    "Congratulations aapne 25 lakh ki lottery jeeti hai is number par call kare 8877665544",
    "didi ji hamare samuh me chauda didi milke tilkut banayi hai pacchis kilo taiyar ho gaya hai "
    "tin sau bis rupaye kilo ke hisab se makar sankranti tak chahiye to bata dijiyega gaya se",
    "kal gadi aane wali thi par abhi tak nahi aayi, 8 quintal dhan bahar khule me pada hua hai",
};

/// CPU of this thread in nanoseconds.
std::int64_t thread_cpu_nanos() {
    timespec spent{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    return std::int64_t{spent.tv_sec} * 1'000'000'000 + spent.tv_nsec;
}

std::int64_t best_nanos(const language::Lexicon& lexicon, std::string_view text) {
    std::int64_t best = std::numeric_limits<std::int64_t>::max();
    for (int pass = 0; pass < kPasses; ++pass) {
        const std::int64_t started = thread_cpu_nanos();
        (void)language::understand(lexicon, text, kToday);
        best = std::min(best, thread_cpu_nanos() - started);
    }
    return best;
}

/// 10,000 characters of words that are looked up by their likeness, the dearest kind.
std::string long_message() {
    constexpr std::string_view kPiece = "मखनाा 20 kilo tamaattar achaaar अदरख ५ किल्लो qwertzu ";
    std::string text;
    for (std::size_t characters = 0; characters < 10'000; characters += 48) text += kPiece;
    return text;
}

}  // namespace

Result<int> bench_understand(const Arguments& arguments) {
    const std::int64_t started = thread_cpu_nanos();
    const language::Lexicon lexicon = HAAT_TRY(shipped_lexicon());
    const std::int64_t built = thread_cpu_nanos() - started;
    std::vector<std::int64_t> nanos;
    std::string varied;
    for (int round = 0; round < 60; ++round) {
        for (const std::string_view message : kMessages) {
            varied = std::to_string(round + 1) + " " + std::string(message);
            nanos.push_back(best_nanos(lexicon, round == 0 ? message : varied));
        }
    }
    const std::string text = long_message();
    const std::int64_t longest = best_nanos(lexicon, text);

    BenchReport report;
    report.count("messages", static_cast<std::int64_t>(nanos.size()));
    report.figure("p50_us", static_cast<double>(percentile(nanos, 0.50)) / 1e3);
    report.figure("p99_us", static_cast<double>(percentile(nanos, 0.99)) / 1e3);
    report.figure("long_ms", static_cast<double>(longest) / 1e6);
    report.count("long_bytes", static_cast<std::int64_t>(text.size()));
    report.figure("lexicon_build_ms", static_cast<double>(built) / 1e6);
    report.count("lexicon_spellings", static_cast<std::int64_t>(lexicon.spelling_count()));
    report.count("lexicon_bytes", static_cast<std::int64_t>(lexicon.memory_bytes()));
    report.print(arguments);
    return kExitOk;
}

}  // namespace haat::app
