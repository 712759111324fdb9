/// How a command of `niks3-server` ends, as its exit status.
enum WorkStatus: Int32, Sendable {
    /// It did what it was asked for, and found nothing wrong.
    case success = 0
    /// It failed, or found something wrong.
    case failure = 1
    /// It was called wrongly.
    case usage = 2
    /// It was interrupted.
    case interrupted = 130
}
