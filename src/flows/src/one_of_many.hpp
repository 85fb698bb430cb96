/// @file What shares a transaction shares its failure; this tells whether one of them is to blame.
/// Private to flows.
#pragma once

#include <exception>

#include "storage/failure.hpp"

namespace haat::flows {

/// True if others may have failed for the sake of one; false: the database itself failed.
inline bool may_be_one_of_them(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const storage::Unavailable&) {
        return false;
    } catch (const storage::DiskFull&) {
        return false;
    } catch (const storage::CommitUnknown&) {
        return false;
    } catch (...) {
        return true;
    }
}

}  // namespace haat::flows
