/// @file Every handler, by noun as the tags of the contract; each is in the file of its noun.
#pragma once

#include <functional>

#include "call.hpp"

namespace haat::http {

// session.cpp
Result<Answer> sign_in(Call& call);
Result<Answer> get_session(Call& call);
Result<Answer> sign_out(Call& call);

// today.cpp
Result<Answer> get_today(Call& call);

// events.cpp
Result<Answer> stream_events(Call& call);

// places.cpp
Result<Answer> list_places(Call& call);
Result<Answer> get_place(Call& call);

// products.cpp
Result<Answer> list_products(Call& call);

// audience.cpp
Result<Answer> count_audience(Call& call);

// audiences.cpp
Result<Answer> measure_audience(Call& call);
Result<Answer> list_audiences(Call& call);
Result<Answer> create_audience(Call& call);
Result<Answer> get_audience(Call& call);
Result<Answer> change_audience(Call& call);
Result<Answer> remove_audience(Call& call);

// share_cards.cpp
Result<Answer> list_share_cards(Call& call);
Result<Answer> get_share_card(Call& call);
Result<Answer> get_share_card_picture(Call& call);
Result<Answer> record_relay(Call& call);

// group_chats.cpp
Result<Answer> list_group_chats(Call& call);
Result<Answer> create_group_chat(Call& call);
Result<Answer> put_group_chat(Call& call);
Result<Answer> list_group_messages(Call& call);
Result<Answer> write_to_group(Call& call);

// broadcasts.cpp
Result<Answer> preview_broadcast(Call& call);
Result<Answer> create_broadcast(Call& call);
Result<Answer> list_broadcasts(Call& call);
Result<Answer> get_broadcast(Call& call);
Result<Answer> pause_broadcast(Call& call);
Result<Answer> resume_broadcast(Call& call);

// delivery.cpp
Result<Answer> cancel_broadcast(Call& call);
Result<Answer> get_broadcast_live(Call& call);
Result<Answer> list_broadcast_places(Call& call);
Result<Answer> export_broadcast_recipients(Call& call);

// plans.cpp
Result<Answer> list_plans(Call& call);
Result<Answer> create_plan(Call& call);
Result<Answer> forecast_plan(Call& call);
Result<Answer> get_plan(Call& call);
Result<Answer> change_plan(Call& call);
Result<Answer> submit_plan(Call& call);
Result<Answer> approve_plan(Call& call);
Result<Answer> reject_plan(Call& call);
Result<Answer> pause_plan(Call& call);
Result<Answer> resume_plan(Call& call);
Result<Answer> cancel_plan(Call& call);
Result<Answer> send_rest_of_plan(Call& call);
Result<Answer> get_plan_results(Call& call);
Result<Answer> get_broadcast_rules(Call& call);

// templates.cpp
Result<Answer> list_templates(Call& call);
Result<Answer> create_template(Call& call);
Result<Answer> sync_templates(Call& call);
Result<Answer> get_template(Call& call);

// numbers.cpp
Result<Answer> list_numbers(Call& call);
Result<Answer> sync_numbers(Call& call);
Result<Answer> rest_number(Call& call);
Result<Answer> unrest_number(Call& call);

// opt_outs.cpp
Result<Answer> list_opt_outs(Call& call);
Result<Answer> record_opt_out(Call& call);
Result<Answer> summarise_opt_outs(Call& call);

// searches.cpp
Result<Answer> list_searches(Call& call);
Result<Answer> create_search(Call& call);
Result<Answer> remove_search(Call& call);
Result<Answer> tell_search(Call& call);
Result<Answer> see_search(Call& call);
Result<Answer> list_search_offers(Call& call);
Result<Answer> create_phone_code(Call& call);
Result<Answer> unlink_phone(Call& call);
// demands.cpp
Result<Answer> list_demands(Call& call);
Result<Answer> create_demand(Call& call);
Result<Answer> get_demand(Call& call);

// offers.cpp
Result<Answer> list_offers(Call& call);
Result<Answer> get_offer(Call& call);

// orders.cpp
Result<Answer> plan_order(Call& call);
Result<Answer> create_order(Call& call);
Result<Answer> list_orders(Call& call);
Result<Answer> get_order(Call& call);

// lots.cpp
Result<Answer> list_lots(Call& call);
Result<Answer> create_lot(Call& call);
Result<Answer> get_lot(Call& call);
Result<Answer> get_lot_label(Call& call);

// packings.cpp, batches.cpp
Result<Answer> create_packing(Call& call);
Result<Answer> create_batch(Call& call);

// consignments.cpp
Result<Answer> list_consignments(Call& call);
Result<Answer> create_consignment(Call& call);
Result<Answer> receive_consignment(Call& call);

// sales.cpp
Result<Answer> list_sales(Call& call);
Result<Answer> create_sale(Call& call);
Result<Answer> get_share_out(Call& call);

// conversations.cpp
Result<Answer> list_conversations(Call& call);
Result<Answer> get_conversation(Call& call);
Result<Answer> send_message(Call& call);
Result<Answer> close_conversation(Call& call);

// tickets.cpp
Result<Answer> list_tickets(Call& call);
Result<Answer> get_ticket(Call& call);
Result<Answer> get_ticket_thread(Call& call);
Result<Answer> suggest_ticket_replies(Call& call);
Result<Answer> take_ticket(Call& call);
Result<Answer> give_ticket(Call& call);
Result<Answer> return_ticket(Call& call);
Result<Answer> move_ticket(Call& call);
Result<Answer> note_ticket(Call& call);
Result<Answer> write_for_ticket(Call& call);
Result<Answer> close_ticket(Call& call);

// media.cpp
Result<Answer> get_message_media(Call& call);

// people.cpp
Result<Answer> get_person(Call& call);
Result<Answer> get_person_thread(Call& call);

// phones.cpp
Result<Answer> list_phones(Call& call);
Result<Answer> list_phone_messages(Call& call);
Result<Answer> send_from_phone(Call& call);

// dialogues.cpp
Result<Answer> get_dialogues(Call& call);
Result<Answer> change_dialogue_draft(Call& call);
Result<Answer> discard_dialogue_draft(Call& call);
Result<Answer> try_dialogue(Call& call);
Result<Answer> speak_text(Call& call);
Result<Answer> list_dialogue_versions(Call& call);
Result<Answer> publish_dialogues(Call& call);
Result<Answer> get_dialogue_version(Call& call);
Result<Answer> restore_dialogue_version(Call& call);

// lexicon.cpp
Result<Answer> get_lexicon_draft(Call& call);
Result<Answer> change_lexicon(Call& call);
Result<Answer> publish_lexicon(Call& call);
Result<Answer> try_lexicon(Call& call);
Result<Answer> look_up_word(Call& call);
Result<Answer> list_lexicon_targets(Call& call);
Result<Answer> list_product_words(Call& call);
Result<Answer> list_word_suggestions(Call& call);

// not_understood.cpp
Result<Answer> list_not_understood(Call& call);
Result<Answer> correct_message(Call& call);

// sites.cpp
Result<Answer> list_sites(Call& call);

// operation.cpp
Result<Answer> get_health(Call& call);
Result<Answer> get_ready(Call& call);
Result<Answer> get_metrics(Call& call);

// hooks.cpp
Result<Answer> verify_whatsapp(Call& call);
/// What a provider posts to one of the routes that take bytes. `done` is called once with the HTTP
/// status, when everything is durable or refused. The request's body is taken.
void take_hook(const Services& services, const Route& route, net::Request& request,
               std::function<void(int)> done);

}  // namespace haat::http
