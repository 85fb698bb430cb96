/// @file The program `haat`. One of the three edges where failures and bugs are caught.
#include <mimalloc.h>
#include <sys/resource.h>

#include "run.hpp"

int main(int argc, char** argv) {
    // A core file would hold personal data and keys.
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    if (mi_version() <= 0) {  // named so that the linker keeps the allocator
        return 1;
    }
    return haat::app::run(argc, argv);
}
