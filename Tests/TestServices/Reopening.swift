/// Opens what this process has just closed, and what only one may have open.
///
/// A process that another test is starting has all files of this one, and thus its locks, until it becomes its program.
/// As long as that takes, opening is tried again, for five seconds.
public func reopening<Value>(_ open: () async throws -> Value) async throws -> Value {
    for _ in 0..<100 {
        do { return try await open() } catch { try await Task.sleep(for: .milliseconds(50)) }
    }
    return try await open()
}
