/// @file What goes wrong in a database and no caller can mend: caught only at the three edges.
#pragma once

#include <stdexcept>
#include <string>

namespace haat::storage {

/// The database failed: disk, network, a statement that does not fit the schema.
class Failure : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The disk is full. Nothing of the transaction was kept; the same work may succeed later.
class DiskFull : public Failure {
  public:
    using Failure::Failure;
};

/// The database cannot be reached, has no connection left, or let us wait too long. Nothing of the
/// transaction was kept; the same work may succeed later.
class Unavailable : public Failure {
  public:
    using Failure::Failure;
};

/// The connection was lost while the commit was under way, and the database did not come back soon
/// enough to be asked: nobody knows whether the transaction was kept.
class CommitUnknown : public Failure {
  public:
    using Failure::Failure;
};

/// What is on the disk is not what was written there. Nothing can be trusted; restore a backup.
class Corrupt : public Failure {
  public:
    using Failure::Failure;
};

/// A row that must be unique exists already.
class UniqueViolation : public Failure {
  public:
    using Failure::Failure;
};

/// Two transactions met; `Database::write` repeats the work by itself and passes this on only after
/// many tries.
class SerializationFailure : public Failure {
  public:
    using Failure::Failure;
};

/// The database cannot be opened as asked (locked by another server, stale schema, no such host).
class CannotOpen : public Failure {
  public:
    using Failure::Failure;
};

}  // namespace haat::storage
