#include "join_words.hpp"

#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "messaging/dialogue_book.hpp"

namespace haat::flows {

std::string name_said(std::string_view text) {
    constexpr std::array<std::string_view, 12> kBefore{
        "मेरा नाम ",   "मेरा नाम: ", "नाम ",  "नाम: ",       "मैं ",    "हम ",
        "mera naam ", "mera nam ", "naam ", "my name is ", "i am ", "name "};
    constexpr std::array<std::string_view, 8> kAfter{" है",   " हैं",  " हूँ",    " बोल रही हूँ",
                                                     " hai", " hu", " hoon", " bol rahi hu"};
    const std::string folded = messaging::fold_command(text);
    std::string_view name = trim(text);
    for (const std::string_view end : {"।", ".", "!"}) {
        name = name.ends_with(end) ? trim(name.substr(0, name.size() - end.size())) : name;
    }
    for (const std::string_view before : kBefore) {
        if (folded.starts_with(before) && name.size() > before.size()) {
            name = trim(name.substr(before.size()));
            break;
        }
    }
    for (const std::string_view after : kAfter) {
        if (name.ends_with(after)) {
            name = trim(name.substr(0, name.size() - after.size()));
            break;
        }
    }
    return std::string(name);
}

messaging::DialogueState begun_anew(const messaging::BookShelf& shelf,
                                    messaging::DialogueState state, std::string_view text,
                                    bool is_known) {
    const messaging::Script* begins = shelf.latest().by_words(text, is_known).first;
    const bool is_anew = !is_known && begins != nullptr && begins->who == messaging::Who::kStranger;
    return is_anew ? messaging::ended(std::move(state)) : state;
}

std::string date_said(UnixSeconds at) {
    const Date date = date_in_india(at);
    return fmt::format("{:02}/{:02}/{}", date.day, date.month, date.year);
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const std::size_t end = text.find(' ');
        if (end != 0) {
            words.push_back(text.substr(0, end));
        }
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return words;
}

}  // namespace haat::flows
