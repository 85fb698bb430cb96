#include "flows/learn_words.hpp"

#include "allowed.hpp"
#include "language/learning.hpp"
#include "storage/audit.hpp"

namespace haat::flows {
namespace {

constexpr int kSurePermille = 800;
/// What haat asks about or reads back she can correct herself.
constexpr int kLikelyPermille = 500;
constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::size_t kJsonMost = 8'192;

bool is_lost(const messaging::DialogueState& before, const messaging::DialogueState& after,
             const language::Understanding& meaning) {
    if (after.misunderstood > before.misunderstood) {
        return true;
    }
    // After the second try a person answers, and counting starts again.
    return before.misunderstood > 0 && after.misunderstood == 0 && after.dialogue.empty() &&
           meaning.intent == language::Intent::kOther && meaning.answer == language::Answer::kNone;
}

/// A question waited and was answered, or gave way to another.
bool is_answer(const messaging::DialogueState& before, const messaging::DialogueState& after) {
    return !before.dialogue.empty() && (after.dialogue != before.dialogue ||
                                        after.step != before.step || after.token != before.token);
}

bool is_unsure(const messaging::DialogueState& before, const messaging::DialogueState& after,
               const language::Understanding& meaning, bool is_command) {
    if (is_command || meaning.intent == language::Intent::kOther ||
        meaning.answer != language::Answer::kNone || is_answer(before, after)) {
        return false;
    }
    const bool asks = !after.dialogue.empty() && after.dialogue != before.dialogue;
    return meaning.confidence.overall < (asks ? kLikelyPermille : kSurePermille);
}

}  // namespace

void note_if_not_understood(storage::Transaction& tx, const messaging::Inbound& inbound,
                            const language::Understanding& meaning, PlaceId place_id,
                            const messaging::DialogueState& before,
                            const messaging::DialogueState& after, bool is_command) {
    if (inbound.text.empty() || !inbound.button_id.empty()) {
        return;
    }
    if (!is_unsure(before, after, meaning, is_command) && !is_lost(before, after, meaning)) {
        return;
    }
    const std::string folded = language::folded_message(inbound.text);
    messaging::note_not_understood(tx, {.inbound_id = inbound.inbound_id,
                                        .folded = folded,
                                        .place_id = place_id,
                                        .intent = meaning.intent,
                                        .sure_permille = meaning.confidence.overall,
                                        .received_at = inbound.received_at});
}

Result<std::vector<NotUnderstoodRow>> list_not_understood(MessagingContext& context,
                                                          const Viewer& viewer, int days,
                                                          int limit) {
    HAAT_TRY(allow(viewer, access::Action::kCorrectMessages));
    const UnixSeconds now = context.flows.clock.now();
    const language::Lexicon lexicon = context.lexicon;
    return context.flows.database.read(
        [&](storage::Transaction& tx) -> Result<std::vector<NotUnderstoodRow>> {
            std::vector<NotUnderstoodRow> rows;
            const UnixSeconds since{now.value - days * kDaySeconds};
            for (messaging::NotUnderstoodGroup& group :
                 messaging::not_understood_groups(tx, viewer, since, limit)) {
                const auto latest =
                    messaging::message_to_correct(tx, viewer, group.last_inbound_id);
                if (!latest) {
                    continue;  // her place changed since
                }
                NotUnderstoodRow row;
                row.meaning =
                    language::understand(lexicon, latest->text, date_in_india(latest->received_at));
                std::string keep;
                for (const language::UnknownWords& word :
                     language::unknown_words(lexicon, latest->text)) {
                    row.unknown.push_back(word.text);
                    keep += word.text + " ";
                }
                row.example = language::masked_example(lexicon, latest->text, keep);
                row.group = std::move(group);
                rows.push_back(std::move(row));
            }
            return rows;
        });
}

Result<messaging::Correction> correct_message(MessagingContext& context, const Viewer& viewer,
                                              InboundId inbound_id,
                                              std::string_view corrected_json) {
    HAAT_TRY(allow(viewer, access::Action::kCorrectMessages));
    const auto corrected = corrected_json.size() <= kJsonMost
                               ? language::understanding_from_json(corrected_json)
                               : std::nullopt;
    const language::Lexicon lexicon = context.lexicon;
    bool known = corrected.has_value();
    for (std::size_t i = 0; known && i < corrected->items.size(); ++i) {
        const std::string& product = corrected->items[i].product;
        known = product.empty() || lexicon.find_product(product) != nullptr;
    }
    if (!known) {
        return refuse(ErrorKind::kInvalid, "flows.bad_correction");
    }
    const UnixSeconds now = context.flows.clock.now();
    return context.flows.database.write(
        [&](storage::Transaction& tx) -> Result<messaging::Correction> {
            const messaging::MessageText message =
                HAAT_TRY(messaging::message_to_correct(tx, viewer, inbound_id));
            const language::Understanding meaning =
                language::understand(lexicon, message.text, date_in_india(message.received_at));
            messaging::Correction correction{
                .inbound_id = inbound_id,
                .text = message.text,
                .understood_json = language::understanding_to_json("", meaning),
                .corrected_json = language::understanding_to_json("", *corrected),
                .account_id = viewer.account_id,
                .corrected_at = now};
            correction.correction_no = messaging::add_correction(tx, correction);
            storage::audit(tx, now, viewer.account_id, "message.correct",
                           "inbound:" + std::to_string(inbound_id.value), "{}");
            return correction;
        });
}

}  // namespace haat::flows
