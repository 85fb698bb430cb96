/// Working audiences out block by block gives what a plain look at every ordinal gives, whatever
/// kinds of containers its sets lie in.
#include "audience_blocks.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <iterator>

#include "audience_evaluate.hpp"
#include "base/random.hpp"

namespace haat::registry {
namespace {

constexpr std::uint32_t kBlock = 1U << 16U;
constexpr std::uint32_t kOrdinals = 4 * kBlock;
constexpr std::int64_t kDay = 20'600;
constexpr std::int64_t kSets = 24;

/// One set of each kind for each block, so that every pair of kinds meets.
Bitmap some_set(Random& random) {
    Bitmap set;
    for (std::uint32_t first = 0; first < kOrdinals; first += kBlock) {
        switch (random.below(7)) {
            case 0:  // nobody
                break;
            case 1:  // everybody
                add_run(set, {first, first + kBlock - 1});
                break;
            case 2:  // an array
                for (std::uint32_t i = 0; i < 1 + random.below(200); ++i) {
                    set.add(first + random.below(kBlock));
                }
                break;
            case 3: {  // runs, some of them at the edges
                for (std::uint32_t i = 0; i < 1 + random.below(20); ++i) {
                    const std::uint32_t from = random.chance(1, 8) ? 0 : random.below(kBlock);
                    add_run(set, {first + from,
                                  first + std::min(from + random.below(9'000), kBlock - 1)});
                }
                break;
            }
            case 4:  // runs with small gaps
                add_run(set, {first, first + kBlock - 1});
                for (std::uint32_t i = 0; i < 50; ++i) {
                    set.remove(first + random.below(kBlock));
                }
                break;
            default:  // bits
                for (std::uint32_t i = 0; i < kBlock; i += 1 + random.below(6)) {
                    set.add(first + i);
                }
        }
    }
    if (random.chance(3, 4)) {
        shrink(set);
    }
    return set;
}

std::vector<std::uint32_t> ordinals_of(const Bitmap& set) {
    std::vector<std::uint32_t> ordinals(set.cardinality());
    set.toUint32Array(ordinals.data());
    return ordinals;
}

class AudienceBlocksTest : public ::testing::Test {
 protected:
    void SetUp() override {
        data_.columns.all = some_set(random_);
        data_.columns.all |= some_set(random_);
        for (std::int64_t id = 0; id < kSets; ++id) {
            data_.columns.products[id] = some_set(random_) & data_.columns.all;
            data_.tags[std::to_string(id)] = some_set(random_);  // also people who are gone
        }
        data_.columns.products[0] = data_.columns.all;
        last_day_.resize(kOrdinals);
        for (int i = 0; i < 40; ++i) {
            const std::int64_t day = kDay - random_.below(40);
            const Bitmap written_to = some_set(random_) & data_.columns.all;
            if (random_.chance(1, 2)) {
                (void)contacts_.since(kDay - random_.below(40));  // what is kept must follow
            }
            contacts_.mark(day, written_to);
            for (const std::uint32_t ordinal : written_to) {
                last_day_[ordinal] = std::max(last_day_[ordinal], day);
            }
        }
    }

    std::int64_t some_id() { return random_.below(static_cast<std::uint32_t>(kSets)); }

    Audience some_tree(int depth) {
        switch (random_.below(depth > 0 ? 8 : 4)) {
            case 0:
            case 1:
                return term(AudienceField::kMakes, some_id());
            case 2:
                return term(AudienceField::kTag, std::to_string(some_id()));
            case 3: {
                Audience contacted = term(AudienceField::kContacted, 1);
                contacted.first_day = kDay - random_.below(45);
                return contacted;
            }
            case 4:
                return none_of(some_tree(depth - 1));
            case 5:
                return everybody();
            default: {
                std::vector<Audience> parts;
                for (std::uint32_t i = 0; i < 2 + random_.below(3); ++i) {
                    parts.push_back(some_tree(depth - 1));
                }
                return random_.chance(1, 2) ? any_of(std::move(parts)) : all_of(std::move(parts));
            }
        }
    }

    bool fits(std::uint32_t ordinal, const Audience& audience) {
        const auto part_fits = [&](const Audience& part) { return fits(ordinal, part); };
        switch (audience.kind) {
            case Audience::Kind::kAll:
                return std::ranges::all_of(audience.parts, part_fits);
            case Audience::Kind::kAny:
                return std::ranges::any_of(audience.parts, part_fits);
            case Audience::Kind::kNot:
                return !fits(ordinal, audience.parts.front());
            case Audience::Kind::kTerm:
                break;
        }
        if (audience.field == AudienceField::kContacted) {
            return last_day_[ordinal] >= audience.first_day && last_day_[ordinal] > 0;
        }
        return audience.field == AudienceField::kTag
                   ? data_.tags.at(audience.text).contains(ordinal)
                   : data_.columns.products.at(audience.id).contains(ordinal);
    }

    Random random_{20261122};
    AudienceData data_;
    AudienceContacts contacts_;
    std::vector<std::int64_t> last_day_;
};

TEST_F(AudienceBlocksTest, GiveWhatAPlainLookGives) {
    const std::vector<std::uint32_t> people = ordinals_of(data_.columns.all);
    for (int round = 0; round < 60; ++round) {
        const Audience audience = some_tree(3);
        const Bitmap among = some_set(random_);
        const bool asked_among = random_.chance(1, 4);
        std::vector<std::uint32_t> expected;
        std::ranges::copy_if(people, std::back_inserter(expected), [&](std::uint32_t ordinal) {
            return fits(ordinal, audience) && (!asked_among || among.contains(ordinal));
        });
        AudienceFormula formula(data_, contacts_, system_viewer(), audience,
                                asked_among ? &among : nullptr);
        std::vector<std::uint32_t> found(kOrdinals);
        std::uint32_t* end = found.data();
        std::int64_t counted = 0;
        Bitmap rebuilt;
        formula.each_block([&](std::uint16_t block, Piece& piece) {
            counted += piece.count();
            piece.append_to(rebuilt, block);
            end = piece.write(std::uint32_t{block} << 16U, end);
        });
        found.resize(static_cast<std::size_t>(end - found.data()));
        ASSERT_EQ(found, expected) << round << ": " << audience_text(audience);
        ASSERT_EQ(counted, static_cast<std::int64_t>(expected.size()));
        ASSERT_EQ(ordinals_of(rebuilt), expected);
    }
}

/// Each operation on each pair of pieces of one block.
TEST_F(AudienceBlocksTest, JoinAnyTwoKinds) {
    using Change = std::function<void(Piece&, Piece)>;
    using Plain = std::function<Bitmap(const Bitmap&, const Bitmap&)>;
    const std::vector<std::pair<Change, Plain>> operations{
        {[](Piece& a, Piece b) { a.keep(std::move(b)); },
         [](const Bitmap& a, const Bitmap& b) { return a & b; }},
        {[](Piece& a, Piece b) { a.join(std::move(b)); },
         [](const Bitmap& a, const Bitmap& b) { return a | b; }},
        {[](Piece& a, Piece b) { a.drop(std::move(b)); },
         [](const Bitmap& a, const Bitmap& b) { return a - b; }}};
    BlockPool pool;
    std::vector<Bitmap> sets(40);
    std::ranges::generate(sets, [&] { return some_set(random_); });
    for (int round = 0; round < 4'000; ++round) {
        const Bitmap& first = sets[random_.below(40)];
        const Bitmap& second = sets[random_.below(40)];
        const auto block = static_cast<std::uint16_t>(random_.below(4));
        const std::uint32_t lowest = std::uint32_t{block} << 16U;
        Bitmap here;
        add_run(here, {lowest, lowest + kBlock - 1});
        Piece a = BlockCursor(first).at(block, pool);
        Piece b = BlockCursor(second).at(block, pool);
        Bitmap plain_a = first & here;
        Bitmap plain_b = second & here;
        if (random_.chance(1, 3)) {  // bits of its own
            a.flip();
            plain_a = here - plain_a;
        }
        if (random_.chance(1, 3)) {
            b.flip();
            plain_b = here - plain_b;
        }
        ASSERT_EQ(a.count_common(b), static_cast<std::int64_t>((plain_a & plain_b).cardinality()));
        const auto& [change, plain] = operations[random_.below(3)];
        change(a, std::move(b));
        Bitmap result;
        a.append_to(result, block);
        ASSERT_EQ(ordinals_of(result), ordinals_of(plain(plain_a, plain_b))) << round;
        ASSERT_EQ(a.is_nobody(), result.isEmpty());
    }
}

}  // namespace
}  // namespace haat::registry
