/// "Stop" and "start" by themselves: what haat tells people to write must never be missed.
#include <gtest/gtest.h>

#include "fixture.hpp"
#include "language/understanding.hpp"

namespace haat::language {
namespace {

TEST(Commands, StopByItselfIsAnOptOut) {
    for (const char* text : {"बंद", "STOP", "Stop!", "बंद करो", "बंद कर दीजिए", "band karo", "रोक दो",
                             "दीदी बंद कर दो", "संदेश बंद करो"}) {
        EXPECT_EQ(intent_name(understand(shipped_lexicon(), text, kToday).intent), "opt_out")
            << text;
    }
    for (const char* text : {"शुरू", "START", "फिर शुरू करो", "chalu karo"}) {
        EXPECT_EQ(intent_name(understand(shipped_lexicon(), text, kToday).intent), "opt_in")
            << text;
    }
}

TEST(Commands, StopAboutSomethingElseIsNone) {
    for (const char* text : {"दुकान बंद है", "बाजार बंद है क्या", "road band hai", "हाँ", "कर दो", "दो"}) {
        EXPECT_NE(intent_name(understand(shipped_lexicon(), text, kToday).intent), "opt_out")
            << text;
    }
}

}  // namespace
}  // namespace haat::language
