#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The memory of this process, in bytes, as Linux counts it.
func residentMemory() -> Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ")
    return (pages.flatMap { $0.count > 1 ? Int($0[1]) : nil } ?? 0) * 4096
}

/// Whether that says what the code holds: the address sanitizer keeps what was freed for a while, some hundred MiB of it.
let residentMemoryIsTelling = dlsym(dlopen(nil, RTLD_LAZY), "__asan_init") == nil
