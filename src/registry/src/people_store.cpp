#include "people_store.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "sql/addresses.hpp"
#include "sql/audience.hpp"
#include "sql/consents.hpp"
#include "sql/people.hpp"
#include "sql/settings.hpp"

namespace haat::registry {
namespace {

// A village's ranges double: few ordinals are wasted on a small village, and few ranges on a large
// one. An average village has 350 producers.
constexpr std::int64_t kFirstExtent = 64;
constexpr std::int64_t kLargestExtent = 4096;
constexpr std::int64_t kMostAtOnce = 512;

/// Everything that one bulk insert writes, table by table. Text is borrowed from the drafts.
struct Batches {
    std::vector<sql::PersonAddParams> people;
    std::vector<sql::PersonContactAddParams> contacts;
    std::vector<sql::PersonProductAddParams> products;
    std::vector<sql::ConsentAddParams> consents;
    std::vector<sql::SuppressionAddParams> suppressions;
};

template <typename Params, typename Write>
void flush(storage::Transaction& tx, const std::vector<Params>& batch, Write write) {
    if (!batch.empty()) {
        write(tx, batch);
    }
}

void add_consents(Batches& batches, const PersonDraft& draft, std::uint32_t ordinal,
                  UnixSeconds now) {
    const auto add = [&](std::int64_t number, PurposeMask purposes, bool given,
                         std::string_view evidence) {
        batches.consents.push_back(
            {.ordinal = ordinal,
             .number = number,
             .purposes = purposes.bits,
             .channel = static_cast<std::int64_t>(draft.consent ? draft.consent->channel
                                                                : Channel::kWhatsapp),
             .is_given = given ? 1 : 0,
             .now_at = now,
             .text_version = draft.consent ? draft.consent->text_version : std::string_view(),
             .evidence = evidence});
    };
    if (draft.consent) {
        add(1, draft.consent->purposes, true, draft.consent->evidence);
    }
    if (draft.suppressed != kNoPurpose) {
        add(draft.consent ? 2 : 1, draft.suppressed, false, draft.suppressed_evidence);
        batches.suppressions.push_back(
            {.ordinal = ordinal, .purposes = draft.suppressed.bits, .now_at = now});
    }
}

void add_to(Batches& batches, const PersonDraft& draft, const InsertedPerson& person,
            UnixSeconds now) {
    const PurposeMask given = draft.consent ? draft.consent->purposes : kNoPurpose;
    unsigned channels = 0;
    for (const DraftContact& contact : draft.contacts) {
        channels |= contact.channels;
        batches.contacts.push_back({.ordinal = person.ordinal,
                                    .contact_id = contact.contact_id,
                                    .channels = contact.channels});
    }
    batches.people.push_back(
        {.ordinal = person.ordinal,
         .person_id = person.person_id,
         .place_id = draft.place_id,
         .group_id = draft.group_id ? std::optional(draft.group_id) : std::nullopt,
         .kind = static_cast<std::int64_t>(draft.kind),
         .language = draft.language,
         .channels = channels,
         .consents = (given - draft.suppressed).bits,
         .suppressed = draft.suppressed.bits,
         .is_synthetic = draft.is_synthetic ? 1 : 0,
         .created_at = now,
         .name = draft.name,
         .name_latin = draft.name_latin});
    for (const ProductId product_id : draft.products) {
        batches.products.push_back({.ordinal = person.ordinal, .product_id = product_id});
    }
    add_consents(batches, draft, person.ordinal, now);
}

/// Hands out ordinals: those of one village follow one another, in the order of the drafts.
std::vector<std::uint32_t> ordinals_for(storage::Transaction& tx,
                                        std::span<const PersonDraft> drafts) {
    std::vector<std::uint32_t> ordinals(drafts.size());
    std::map<PlaceId, std::vector<std::size_t>> by_place;
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        by_place[drafts[i].place_id].push_back(i);
    }
    for (const auto& [place_id, indexes] : by_place) {
        std::size_t done = 0;
        while (done < indexes.size()) {
            const std::size_t count =
                std::min(indexes.size() - done, static_cast<std::size_t>(kMostAtOnce));
            const std::uint32_t first =
                take_ordinals(tx, place_id, static_cast<std::int64_t>(count));
            for (std::size_t k = 0; k < count; ++k) {
                ordinals[indexes[done + k]] = first + static_cast<std::uint32_t>(k);
            }
            done += count;
        }
    }
    return ordinals;
}

/// One audience change for each run of ordinals.
void note_runs(storage::Transaction& tx, std::vector<std::uint32_t> ordinals) {
    std::ranges::sort(ordinals);
    std::vector<sql::AudienceChangeAddParams> runs;
    for (const std::uint32_t ordinal : ordinals) {
        if (!runs.empty() && runs.back().ordinal_last + 1 == ordinal) {
            runs.back().ordinal_last = ordinal;
        } else {
            runs.push_back({.ordinal_first = ordinal, .ordinal_last = ordinal});
        }
    }
    std::int64_t number =
        take_numbers(tx, "audience", static_cast<std::int64_t>(runs.size())).first;
    for (sql::AudienceChangeAddParams& run : runs) {
        run.change_number = number++;
    }
    sql::audience_change_add(tx, runs);
}

}  // namespace

NumberRange take_numbers(storage::Transaction& tx, std::string_view counter, std::int64_t count) {
    HAAT_ASSERT(count > 0);
    const std::int64_t last = sql::counter_add(tx, {.count = count, .name = counter}).value;
    return {last - count + 1, last};
}

std::uint32_t take_ordinals(storage::Transaction& tx, PlaceId place_id, std::int64_t count) {
    HAAT_ASSERT(count > 0 && count <= kMostAtOnce);
    const auto taken = sql::extent_take(tx, {.count = count, .place_id = place_id});
    std::int64_t first = 0;
    if (taken) {
        first = taken->ordinal_next - count;
    } else {
        const std::int64_t extents = sql::extent_size(tx, {.place_id = place_id}).extents;
        std::int64_t size =
            std::min(kLargestExtent, kFirstExtent << std::min<std::int64_t>(extents, 6));
        while (size < count + count / 4) {
            size *= 2;
        }
        first = take_numbers(tx, "ordinal", size).first - 1;  // ordinals count from 0
        sql::extent_add(tx, {.ordinal_first = first,
                             .ordinal_last = first + size - 1,
                             .ordinal_next = first + count,
                             .place_id = place_id});
    }
    HAAT_ASSERT(first + count <= std::numeric_limits<std::uint32_t>::max());
    return static_cast<std::uint32_t>(first);
}

std::vector<InsertedPerson> insert_people(storage::Transaction& tx,
                                          std::span<const PersonDraft> drafts, UnixSeconds now) {
    std::vector<InsertedPerson> people;
    if (drafts.empty()) {
        return people;
    }
    const std::vector<std::uint32_t> ordinals = ordinals_for(tx, drafts);
    Batches batches;
    batches.people.reserve(drafts.size());
    people.reserve(drafts.size());
    for (std::size_t i = 0; i < drafts.size(); ++i) {
        people.push_back({.person_id = tx.new_id_as<PersonId>(), .ordinal = ordinals[i]});
        add_to(batches, drafts[i], people.back(), now);
    }
    flush(tx, batches.people, sql::person_add);
    flush(tx, batches.contacts, sql::person_contact_add);
    flush(tx, batches.products, sql::person_product_add);
    flush(tx, batches.consents, sql::consent_add);
    if (!batches.suppressions.empty()) {
        std::int64_t epoch =
            take_numbers(tx, "suppression", static_cast<std::int64_t>(batches.suppressions.size()))
                .first;
        for (sql::SuppressionAddParams& suppression : batches.suppressions) {
            suppression.epoch = epoch++;
        }
        sql::suppression_add(tx, batches.suppressions);
    }
    note_runs(tx, ordinals);
    return people;
}

void change_purposes(storage::Transaction& tx, const Person& person, PurposeMask purposes,
                     bool given, const ConsentSource& source, UnixSeconds now) {
    const sql::ConsentAddParams consent{
        .ordinal = person.ordinal,
        .number = sql::consent_last(tx, {.ordinal = person.ordinal}).number + 1,
        .purposes = purposes.bits,
        .channel = static_cast<std::int64_t>(source.channel),
        .is_given = given ? 1 : 0,
        .now_at = now,
        .text_version = source.text_version,
        .evidence = source.evidence};
    sql::consent_add(tx, std::span(&consent, 1));
    const PurposeMask consents = given ? person.consents | purposes : person.consents - purposes;
    const PurposeMask suppressed =
        given ? person.suppressed - purposes : person.suppressed | purposes;
    if (consents == person.consents && suppressed == person.suppressed) {
        return;
    }
    sql::person_set_purposes(
        tx,
        {.consents = consents.bits, .suppressed = suppressed.bits, .person_id = person.person_id});
    if (suppressed != person.suppressed) {
        const sql::SuppressionAddParams change{.epoch = take_numbers(tx, "suppression", 1).first,
                                               .ordinal = person.ordinal,
                                               .purposes = suppressed.bits,
                                               .now_at = now};
        sql::suppression_add(tx, std::span(&change, 1));
    }
    note_audience_change(tx, person.ordinal, person.ordinal);
}

void note_audience_change(storage::Transaction& tx, std::uint32_t ordinal_first,
                          std::uint32_t ordinal_last) {
    sql::counter_step(tx, {.name = "audience"});
    sql::audience_change_next(tx, {.ordinal_first = ordinal_first, .ordinal_last = ordinal_last});
}

}  // namespace haat::registry
