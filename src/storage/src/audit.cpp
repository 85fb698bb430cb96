#include "storage/audit.hpp"

#include "sql/boot.hpp"

namespace haat::storage {

void audit(Transaction& tx, UnixSeconds now, AccountId account_id, std::string_view action,
           std::string_view subject, std::string_view details_json) {
    sql::audit_add(tx, {.audit_id = tx.new_id_as<AuditId>(),
                        .now_at = now,
                        .account_id = account_id,
                        .action = action,
                        .subject = subject,
                        .details = details_json});
}

}  // namespace haat::storage
