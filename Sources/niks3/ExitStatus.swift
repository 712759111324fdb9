import ArgumentParser
import CacheClient
import ProgramKit

/// What the program tells its caller.
enum ExitStatus: Int32 {
    case success = 0
    case failure = 1
    case usage = 2
    case interrupted = 130

    /// The status after an error that was reported.
    init(after error: ClientError) {
        switch error.code {
        case .cancelled: self = .interrupted
        case .invalidArgument: self = .usage
        default: self = .failure
        }
    }

    /// Prints what the argument parser has to say: help and version on standard output, errors on standard error.
    init(reporting error: any Error) {
        let isClean = Niks3.exitCode(for: error) == .success
        let text = Niks3.fullMessage(for: error)
        let stream = isClean ? StandardStream.output : .error
        if !text.isEmpty { stream.write(text + "\n") }
        self = isClean ? .success : .usage
    }
}
