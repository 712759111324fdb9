import Foundation

/// What is unusual about the process that a program is started from.
struct Circumstances: Sendable {
    /// Variables that are not as they usually are; nil takes one away.
    var variables: [String: String?] = [:]
    /// The bits that the modes of new files lack, in octal digits; nil for those of the tests.
    var mask: String?
    /// The number of the user and the group that the program runs as; nil for those of the tests.
    var user: Int?

    /// The directory of the programs.
    var programs = Programs.directory

    static let usual = Circumstances()

    /// A program of ours with its arguments, started under these circumstances.
    func command(_ program: String, _ arguments: [String], environment: [String: String]) -> Command {
        var words = [programs + "/" + program] + arguments
        if let user {
            words = ["setpriv", "--reuid", "\(user)", "--regid", "\(user)", "--clear-groups", "--"] + words
        }
        if let mask { words = ["/bin/sh", "-c", "umask \(mask) && exec \"$@\"", "sh"] + words }
        var changed = environment
        for (name, value) in variables { changed[name] = value }
        return Command(words: words, environment: changed)
    }
}
