#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A file of logins for machines, as curl and Nix read it: `machine H login L password P`, and `default` for all others.
///
/// Source: curl's documentation of `--netrc-file`, and `netrc-file` in the Nix manual.
public struct NetrcFile: Sendable {
    private struct Entry {
        /// Nil for `default`.
        var machine: String?
        var login = ""
        var password = ""
    }

    private var entries: [Entry] = []
    private static let sizeLimit = 1 << 20

    /// Reads a file.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``ClientError`` with the code `credentials` when it cannot be read or does not exist.
    public init(path: String) throws(ClientError) {
        let bytes: [UInt8]?
        do throws(ClientError) {
            bytes = try FileAccess.contents(of: path, limit: Self.sizeLimit)
        } catch {
            throw ClientError(.credentials, error.message, cause: error)
        }
        guard let bytes else { throw ClientError(.credentials, "There is no file \(path) with logins.") }
        self.init(parsing: String(decoding: bytes, as: UTF8.self))
    }

    /// Reads the text of a file; what is not known in it is passed over.
    init(parsing text: String) {
        var words = Self.words(in: text)[...]
        while let word = words.popFirst() {
            switch word {
            case "machine": entries.append(Entry(machine: words.popFirst()?.lowercased() ?? ""))
            case "default": entries.append(Entry())
            case "login": if !entries.isEmpty { entries[entries.count - 1].login = words.popFirst() ?? "" }
            case "password": if !entries.isEmpty { entries[entries.count - 1].password = words.popFirst() ?? "" }
            default: break
            }
        }
    }

    /// The value of an `Authorization` header for a server (RFC 7617); nil when the file has no login for it.
    ///
    /// - Parameter server: The server, of whose address only the name counts.
    public func authorization(for server: ServerURL) -> String? {
        let host = server.host.lowercased()
        guard let entry = entries.first(where: { $0.machine == nil || $0.machine == host }) else { return nil }
        return "Basic " + Data("\(entry.login):\(entry.password)".utf8).base64EncodedString()
    }

    /// Words between spaces and line ends, in quotes where they hold such; `#` begins a comment at the start of a word.
    private static func words(in text: String) -> [String] {
        var words: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line[...]
            while let first = rest.first {
                if first.isWhitespace {
                    rest.removeFirst()
                } else if first == "#" {
                    break
                } else if first == "\"" {
                    rest.removeFirst()
                    var word = ""
                    while let character = rest.popFirst(), character != "\"" {
                        word.append(character == "\\" ? rest.popFirst() ?? "\\" : character)
                    }
                    words.append(word)
                } else {
                    let word = rest.prefix { !$0.isWhitespace }
                    words.append(String(word))
                    rest = rest.dropFirst(word.count)
                }
            }
        }
        return words
    }
}
