#include "wishes.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "intent.hpp"

namespace haat::language {
namespace {

using Keys = std::initializer_list<std::string_view>;

enum class Denial : std::uint8_t {
    kNone,
    kPlain,   ///< नहीं, नइ, no: of a wish or of a fact, the verb's form tells.
    kSoft,    ///< न, ना: of a wish in Hindi, of either in Bhojpuri.
    kStrict,  ///< मत, जनि, don't: of a wish only.
};

enum class Verb : std::uint8_t { kNone, kSend, kGive, kDo, kCome };

class Wishes {
 public:
    explicit Wishes(Message& message) : m_(message) {}

    void run() {
        look_over();
        for (std::size_t at = 0; at < m_.size(); ++at) {
            if (m_.has_any(at, {Cue::kStop, Cue::kStopAll}) && denial(at) == Denial::kNone)
                settle_stop(at);
            if (m_.has_any(at, {Cue::kStart, Cue::kStartAll})) settle_start(at);
        }
        for (std::size_t at = 0; at < m_.size(); ++at) {
            if (denial(at) != Denial::kNone) deny(at);
            if (m_.has(at, Cue::kSend)) ask(at);
        }
        if (bare_ && again_ && starts_) m_.all.add(Cue::kSendOn);
        if (stopped_ && messages_ && !starts_ && still_come()) m_.all.add(Cue::kWantsNone);
    }

 private:
    // Whether messages are named, and whether nothing is said but asking, again and courtesy.
    void look_over() {
        constexpr int kMostWords = 7;
        int words = 0;
        for (std::size_t at = 0; at < m_.size(); ++at) {
            if (m_.tokens[at].kind == TokenKind::kNumber) bare_ = false;
            if (m_.tokens[at].kind != TokenKind::kWord) continue;
            ++words;
            regional_ = regional_ || is(at, {"nay", "nan", "nai", "jani", "juni"});
            messages_ = messages_ || m_.has(at, Cue::kMessage);
            if (m_.has(at, Cue::kAgain) && is(at + 1, {"Bi"})) {  // "फिर भी": even so
                m_.cues[at].remove(Cue::kAgain);
            }
            again_ = again_ || m_.has(at, Cue::kAgain);
            const bool polite =
                m_.has_any(at, {Cue::kAgain, Cue::kSend, Cue::kGiveMe, Cue::kDoIt, Cue::kStart,
                                Cue::kGreeting, Cue::kHonorific, Cue::kPeople, Cue::kToMe, Cue::kMe,
                                Cue::kNewPrice, Cue::kYes}) ||
                is(at, {"se", "san", "Bi", "na", "ho", "de", "jaye"});
            bare_ = bare_ && polite;
        }
        bare_ = bare_ && words <= kMostWords;
    }

    [[nodiscard]] std::string_view key(std::size_t at) const {
        return at < m_.size() && m_.tokens[at].kind == TokenKind::kWord ? m_.tokens[at].key.view()
                                                                        : std::string_view();
    }
    [[nodiscard]] bool is(std::size_t at, Keys keys) const {
        return std::ranges::find(keys, key(at)) != keys.end();
    }
    [[nodiscard]] bool begins(std::size_t at, Keys roots) const {
        return std::ranges::any_of(
            roots, [&](std::string_view root) { return key(at).starts_with(root); });
    }
    [[nodiscard]] bool ends(std::size_t at, Keys endings) const {
        return std::ranges::any_of(endings, [&](std::string_view ending) {
            return key(at).ends_with(ending) && key(at).size() > ending.size();
        });
    }

    [[nodiscard]] Denial denial(std::size_t at) const {
        // Bhojpuri "जिन भेजऽ"; elsewhere the word means "which"
        if (is(at, {"jin"}) && (verb(at + 1) == Verb::kSend || verb(at + 1) == Verb::kDo))
            return Denial::kStrict;
        if (at >= m_.size() || !is_negation(m_, at)) return Denial::kNone;
        if (is(at, {"mat", "mt", "mati", "jani", "juni", "dont", "never"})) return Denial::kStrict;
        if (is(at, {"not"}) && at > 0 && is(at - 1, {"do"})) return Denial::kStrict;
        if (is(at, {"na"})) return Denial::kSoft;
        return is(at, {"didnt", "isnt", "hasnt", "havent", "cant", "cannot", "without"})
                   ? Denial::kNone
                   : Denial::kPlain;
    }

    [[nodiscard]] Verb verb(std::size_t at) const {
        if (key(at).empty() || m_.has(at, Cue::kPeople)) return Verb::kNone;
        if (m_.has(at, Cue::kSend) || begins(at, {"Bej", "Bij", "paT"})) return Verb::kSend;
        if ((begins(at, {"kar", "kij", "kr"}) && !m_.may_be(at, Kind::kUnit)) ||
            is(at, {"kiya", "kiye", "kail", "kael"}))
            return Verb::kDo;
        const bool gives =
            is(at, {"de",   "do",    "di",     "da",   "den",      "dena", "deni", "dehu",
                    "deho", "deu",   "dahu",   "dah",  "dia",      "die",  "diya", "diye",
                    "diyo", "dijie", "dijiye", "dijo", "dijiyega", "diha", "dena", "give"});
        if (gives) return Verb::kGive;
        const bool comes =
            is(at, {"a",   "ae",  "aye", "ao",  "ave",  "avai", "avo",   "abe",   "abai", "abay",
                    "ana", "ani", "ane", "ay",  "avat", "ait",  "abait", "ail",   "ayal", "ael",
                    "ata", "ati", "ate", "aya", "ayi",  "ai",   "come",  "coming"});
        return comes ? Verb::kCome : Verb::kNone;
    }

    // Words between a denial and its verb: whom it is said to, how, how often.
    [[nodiscard]] bool is_filler(std::size_t at) const {
        if (m_.has_any(at, {Cue::kMoney, Cue::kGoods, Cue::kVehicle, Cue::kOrder, Cue::kStop}) ||
            m_.may_be(at, Kind::kProduct))
            return false;
        return m_.has_any(at, {Cue::kToMe, Cue::kMe, Cue::kPeople, Cue::kHonorific, Cue::kHuman,
                               Cue::kAgain, Cue::kNewPrice, Cue::kMessage, Cue::kOrdinary,
                               Cue::kAnyone, Cue::kEnglishNot, Cue::kAllOf, Cue::kEvery}) ||
               m_.may_be(at, Kind::kRelativeDay);
    }

    // The verb that the denial at `at` is about: behind it, else before it; m_.size() if none.
    [[nodiscard]] std::size_t verb_of(std::size_t at) const {
        for (std::size_t i = at + 1; i < m_.size() && i <= at + 4 && !m_.breaks(i); ++i) {
            if (verb(i) != Verb::kNone) return i;
            if (!is_filler(i)) break;
        }
        const bool last = at + 1 >= m_.size() || m_.breaks(at + 1) || is_filler(at + 1) ||
                          m_.has(at + 1, Cue::kDoIt);
        if (last && at > 0 && verb(at - 1) != Verb::kNone) return at - 1;
        return m_.size();
    }

    // "भेजा करें", "किया करो", "भेजल करीं": what is done again and again.
    [[nodiscard]] bool habit(std::size_t at) const { return verb(at + 1) == Verb::kDo; }
    // "भेजा जाए", "भेजल जाव"
    [[nodiscard]] bool let_be(std::size_t at) const {
        return is(at + 1, {"jae", "jaye", "jay", "jav", "jana", "jai", "jaen", "jayen"});
    }

    // The verb's form tells what was, is or can be, and wishes nothing.
    [[nodiscard]] bool states(std::size_t at, Denial how) const {
        if (habit(at) || let_be(at) || ends(at, {"iyega", "iega"})) return false;
        if (m_.has_any(at + 1, {Cue::kProgressive, Cue::kAble}) || begins(at + 1, {"sak"}) ||
            is(at + 1, {"pa", "pae", "pai", "paye", "payi", "pata", "pate", "pati", "rah"}))
            return true;
        if (ends(at, {"te", "ti", "ta", "at", "ait"}) || ends(at, {"ega", "egi", "enge"}))
            return true;
        if (ends(at, {"al", "il", "lai", "lau", "lahu", "ole", "oli", "nai"})) return true;
        // "नय भेजिहऽ" is the wish of Magahi, though it sounds as "भेजी"
        if (is(at, {"Beji"}) && !m_.has(at, Cue::kExists) && regional_) return false;
        // "न आए", "na bheje" are wishes, "नहीं आए" is a fact
        if (how == Denial::kSoft && ends(at, {"e"})) return false;
        return m_.has(at, Cue::kPast) || (ends(at, {"ya"}) && !m_.has(at, Cue::kGiveMe));
    }

    [[nodiscard]] std::size_t clause_begin(std::size_t at) const {
        while (at > 0 && !m_.breaks(at - 1)) --at;
        return at;
    }
    [[nodiscard]] bool clause_has(std::size_t at, const CueSet& cues) const {
        for (std::size_t i = clause_begin(at); i < m_.size() && !m_.breaks(i); ++i) {
            if (m_.has_any(i, cues)) return true;
        }
        return false;
    }

    void deny(std::size_t at) {
        const Denial how = denial(at);
        const bool messages = clause_has(at, {Cue::kMessage});
        if (messages && how == Denial::kStrict && m_.has(at + 1, Cue::kMessage)) {  // "don't text"
            m_.all.add(Cue::kWantsNone);
            return;
        }
        const std::size_t found = verb_of(at);
        if (found == m_.size()) {
            if (messages) deny_without_verb(at);
            return;
        }
        const Verb what = verb(found);
        // "बंद मत करो": settled with the word itself; "फॉरवर्ड मत करो" is about something else
        const std::size_t object = std::min(at, found);
        if (what == Verb::kDo && object > 0 &&
            (settled_ == object || m_.has_any(object - 1, {Cue::kForward, Cue::kRemove})))
            return;
        const Named other = what == Verb::kSend ? named_before(object) : Named::kNothing;
        if (other == Named::kThing)  // "sample mat bhejiye": no order is declined either
            m_.cues[found].remove_all({Cue::kNotSend, Cue::kNotGive});
        if (other != Named::kNothing) return;
        const bool bothers =
            what == Verb::kDo && object > 0 && is(object - 1, {"paresan", "tang", "dik", "hairan"});
        if (how != Denial::kStrict && states(found, how)) {
            for (std::size_t i = found + 1; i <= found + 2 && i < m_.size(); ++i) {
                if (m_.has(i, Cue::kStart)) m_.cues[i].remove(Cue::kNotSend);
            }
            if (messages)  // "मैसेज नहीं भेज पाते": nor are goods on their way
                m_.cues[found].remove_all({Cue::kNotSend, Cue::kSend, Cue::kSent});
            return;
        }
        if (messages) {
            m_.all.add(Cue::kWantsNone);
        } else if (bothers) {  // "हमको तंग मत करो"
            m_.all.add(Cue::kSendNone);
        } else if (what == Verb::kSend && (how != Denial::kPlain || orders(found))) {
            m_.all.add(Cue::kSendNone);
        }
    }

    enum class Named : std::uint8_t { kNothing, kGoods, kThing };

    // What is named last before the verb at `at`, if it is no message.
    [[nodiscard]] Named named_before(std::size_t at) const {
        for (std::size_t back = 1; back <= 3 && back <= at && !m_.breaks(at - back); ++back) {
            const std::size_t i = at - back;
            if (m_.has(i, Cue::kMessage)) break;
            const bool receives = is(i + 1, {"par", "pr", "pe", "me"});  // "मेरे पते पर मत भेजो"
            if (m_.has_any(i, {Cue::kThing, Cue::kChat}) && !receives) return Named::kThing;
            if (m_.has_any(i, {Cue::kMoney, Cue::kGoods, Cue::kVehicle}) ||
                (m_.may_be(i, Kind::kProduct) && !m_.has(i, Cue::kOrdinary)))
                return Named::kGoods;
        }
        return Named::kNothing;
    }

    // "अब और मैसेज नहीं", "no more messages": nothing behind it but courtesy.
    void deny_without_verb(std::size_t at) {
        const bool behind = m_.has(at + 1, Cue::kMessage) || m_.has(at + 2, Cue::kMessage);
        std::size_t end = m_.has(at + 2, Cue::kMessage) ? at + 2 : at + 1;  // "no further messages"
        while (end < m_.size() && !m_.breaks(end) && (is_filler(end) || m_.has(end, Cue::kDoIt)))
            ++end;
        if (!m_.breaks(end)) return;
        const bool before = at > 0 && m_.has(at - 1, Cue::kMessage) &&
                            (denial(at) == Denial::kStrict ||
                             clause_has(at, {Cue::kNewPrice, Cue::kAnd, Cue::kAllOf}));
        if (before || (behind && is(at, {"no"}))) m_.all.add(Cue::kWantsNone);
    }

    // A form that asks another to do it: भेजिए, भेजो, भेजीं, भेजू.
    [[nodiscard]] bool orders(std::size_t at) const {
        return m_.has(at, Cue::kGiveMe) ||
               is(at, {"Bejo", "Beji", "Beje", "Bejen", "Beju", "send"}) ||
               ends(at, {"ie", "iye", "iyega", "iega"});
    }

    // "फिर से भेजो", "भेजते रहिए", "हमें भी मैसेज भेजिए": asked for, and denied nowhere.
    void ask(std::size_t at) {
        if (m_.has(at, Cue::kNotSend)) return;
        const bool goes_on = ends(at, {"te", "ta", "at", "ait"}) && begins(at + 1, {"rah"}) &&
                             ends(at + 1, {"o", "ie", "iye", "iyega", "en", "na", "u", "i"});
        bool me_too = false;
        for (std::size_t i = clause_begin(at); i < at; ++i) {
            me_too = me_too || is(i, {"hamro"}) || (m_.has(i, Cue::kToMe) && is(i + 1, {"Bi"}));
        }
        const bool again = again_ && orders(at) && (bare_ || messages_);
        const bool habitually = messages_ && habit(at) && asks_to_do(at + 1);  // "भेजा करिए"
        if (again || habitually || (goes_on && (bare_ || messages_)) ||
            (me_too && orders(at) && messages_))
            m_.all.add(Cue::kSendOn);
    }

    // "बंद किया था फिर भी आ रहा है"
    [[nodiscard]] bool still_come() const {
        for (std::size_t at = 0; at < m_.size(); ++at) {
            if (verb(at) != Verb::kCome || m_.has(at, Cue::kNotCome)) continue;
            const bool denied =
                denial(at + 1) != Denial::kNone || (at > 0 && denial(at - 1) != Denial::kNone);
            const bool comes = m_.has(at + 1, Cue::kProgressive) ||
                               is(at + 1, {"ja", "jata", "jate"}) ||
                               ends(at, {"te", "ta", "ti", "at", "ait"});
            if (comes && !denied) return true;
        }
        return false;
    }

    // A verb of doing in a form that asks for it: करो, करना, कीजिए, करीं; not करते, कर रहे.
    [[nodiscard]] bool asks_to_do(std::size_t at) const {
        return verb(at) == Verb::kDo && key(at).size() > 3 && !states(at, Denial::kPlain);
    }

    // "है", "हो गया", "करवा दिए थे": how things are or were. "हो जाए" is a wish.
    [[nodiscard]] bool told(std::size_t at) const {
        if (let_be(at)) return false;
        if (m_.has(at + 1, Cue::kExists)) return true;
        const bool became = is(at + 1, {"ho", "B", "Ba", "pada", "para"});
        if (became && m_.has_any(at + 2, {Cue::kPast, Cue::kExists, Cue::kProgressive}))
            return true;
        for (std::size_t i = at + 1; i <= at + 4 && !m_.breaks(i); ++i) {
            const bool article = is(i, {"Te"}) && !m_.tokens[i].devanagari && !m_.breaks(i + 1);
            if (article) break;  // "stop the messages"
            if (is(i, {"Ta", "Te", "Ti", "rahni", "cal", "cali", "hal"})) return true;
            const bool did =
                verb(i) == Verb::kDo || verb(i) == Verb::kGive || is(i, {"ho", "gaya"});
            if (!did || ends(i, {"na", "ne"})) break;  // "बंद करने को बोले थे", "बंद करना था"
        }
        return false;
    }

    // "भेजना", "भेजल", "पठायब": the sending itself.
    [[nodiscard]] bool sending(std::size_t at) const {
        return verb(at) == Verb::kSend && ends(at, {"na", "al", "ab", "nai", "ana"});
    }

    // "stop" is no wish where it is denied ("बंद मत करो") or told ("मैसेज बंद है").
    void settle_stop(std::size_t at) {
        if (!begins(at, {"band", "bnd", "ban", "rok", "stop"})) return;
        if (at > 0 && is(at - 1, {"bus"})) {  // "bus stop"
            m_.cues[at].remove_all({Cue::kStop, Cue::kStopAll});
            return;
        }
        const Denial behind = denial(at + 1);
        const Denial before = at > 0 ? denial(at - 1) : Denial::kNone;
        const bool go_on = (behind != Denial::kNone && asks_to_do(at + 2)) ||
                           (behind == Denial::kStrict && begins(at, {"rokn", "roko"})) ||
                           before == Denial::kStrict || before == Denial::kSoft;
        const bool stopped = told(at) || m_.has(at, Cue::kWasStopped);
        stopped_ = stopped_ || (stopped && !go_on);
        if (!go_on && !stopped) {
            if (at > 0 && sending(at - 1)) m_.all.add(Cue::kSendNone);  // "भेजना बंद करो"
            return;
        }
        const std::size_t other = behind != Denial::kNone ? at + 1 : at - (at > 0 ? 1 : 0);
        m_.cues[at].remove_all({Cue::kStop, Cue::kStopAll});
        if (go_on) {
            m_.cues[other].remove_all({Cue::kStop, Cue::kStopAll});
            settled_ = at + 1;
            if (messages_) m_.all.add(Cue::kSendOn);
        }
    }

    // "start" is no wish where it is denied ("चालू मत करना", "न भेजा करें") or told ("चालू है").
    void settle_start(std::size_t at) {
        bool denied = denial(at + 1) != Denial::kNone;
        for (std::size_t back = 1; back <= 3 && back <= at && !m_.breaks(at - back); ++back) {
            const Denial how = denial(at - back);
            // "नहीं आता भेजा करें": what is denied stands between
            if (how != Denial::kNone && verb_of(at - back) < at) break;
            denied = denied || how != Denial::kNone;
            if (how == Denial::kStrict && messages_) m_.all.add(Cue::kWantsNone);
        }
        // "when will the work start"
        const bool of_something = begins(at, {"start", "resum", "rejum"}) && !messages_ && !bare_;
        if (denied || of_something || told(at)) {
            m_.cues[at].remove_all({Cue::kStart, Cue::kStartAll});
        } else {
            starts_ = true;
            again_ = again_ || (at > 0 && sending(at - 1));  // "भेजना शुरू करो"
        }
    }

    Message& m_;
    bool messages_ = false;  ///< Messages are named.
    bool again_ = false;
    bool regional_ = false;    ///< Denied in Bhojpuri, Magahi or Maithili.
    bool stopped_ = false;     ///< Told that they were stopped.
    bool starts_ = false;      ///< A start that is neither denied nor told.
    bool bare_ = true;         ///< Nothing is said but asking, again and courtesy.
    std::size_t settled_ = 0;  ///< One past a word of stopping whose denial is settled.
};

}  // namespace

void derive_wishes(Message& message) { Wishes(message).run(); }

}  // namespace haat::language
